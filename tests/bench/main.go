// Command bench compares the engine with bare and known servers by what a request costs: processor time
// of the whole process tree, not wall-clock time. README.md beside this file explains the method.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

type options struct {
	out      string
	short    bool
	only     string
	load     string
	rounds   int
	idle     int
	sample   time.Duration
	memory   bool
	profile  string
	steps    string
	serveOn  int
	loadFrom int
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == generatorArg {
		if err := generate(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "bench: generator:", err)
			os.Exit(1)
		}
		return
	}
	if len(os.Args) == 4 && os.Args[1] == delayArg {
		delay, err := time.ParseDuration(os.Args[3])
		if err == nil {
			err = delayBytes(os.Args[2], delay)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench: delay:", err)
			os.Exit(1)
		}
		return
	}
	var o options
	flag.StringVar(&o.out, "out", "build/bench.json", "file for the figures as JSON")
	flag.BoolVar(&o.short, "short", false, "few and brief rounds: checks that every server answers right, figures are rough")
	flag.StringVar(&o.only, "only", "", "servers to compare, as in a,c")
	flag.StringVar(&o.load, "load", "", "loads to compare, of http, request, micro, websocket, text, tls, broadcast, database, outgoing, phalcon")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds over all servers")
	flag.IntVar(&o.idle, "idle", 10000, "idle connections of the memory test")
	flag.DurationVar(&o.sample, "sample", time.Second, "length of one measurement")
	flag.BoolVar(&o.memory, "memory", true, "measure memory too")
	flag.StringVar(&o.profile, "profile", "", "show where this server's time goes (perf) instead of comparing")
	flag.StringVar(&o.steps, "steps", "", "count this server's instructions per answer, one by one, instead of comparing")
	tables := flag.String("tables", "", "print what a file of -out has as the tables of docs/performance.md, and measure nothing")
	flag.IntVar(&o.serveOn, "server-cpu", 0, "processor of the servers")
	flag.IntVar(&o.loadFrom, "load-cpu", 1, "processor of the load generator")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "bench: unexpected argument", flag.Arg(0))
		os.Exit(2)
	}
	measure := func() error { return run(o) }
	if *tables != "" {
		measure = func() error { return printTables(os.Stdout, *tables) }
	}
	if err := measure(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run.
type bench struct {
	options
	root      string // of the repository
	temp      string
	serverCPU *spawner
	loadCPU   *spawner
	generator *remoteGenerator
	servers   []*server
	loads     []string
	cells     []cell
	database  bool       // requests that ask a database are measured too
	outgoing  bool       // and those that call other servers
	phalcon   bool       // Phalcon's components, without a server
	mu        sync.Mutex // an interrupt stops servers from another goroutine
}

func run(o options) (err error) {
	b := &bench{options: o, servers: allServers()}
	b.cells = grid([]int{64, 256}, []int{2000, 10000})
	if o.short {
		b.cells = grid([]int{64}, []int{2000})
		b.rounds, b.idle, b.sample = min(o.rounds, 2), min(o.idle, 1000), min(o.sample, 100*time.Millisecond)
	}
	if b.root, err = findRoot(); err != nil {
		return err
	}
	if err := raiseFileLimit(); err != nil {
		return err
	}
	if b.temp, err = os.MkdirTemp("", "phalanx-bench"); err != nil {
		return err
	}
	if err := makeCertificate(b.temp); err != nil {
		return err
	}
	var once sync.Once
	cleanUp := func() { once.Do(b.cleanUp) }
	defer cleanUp()
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	go func() {
		<-interrupts
		cleanUp()
		os.Exit(130)
	}()

	if b.serverCPU, err = newSpawner(o.serveOn); err != nil {
		return err
	}
	if b.loadCPU, err = newSpawner(o.loadFrom); err != nil {
		return err
	}
	if b.generator, err = startGenerator(b.loadCPU); err != nil {
		return err
	}
	if err := b.chooseLoads(); err != nil {
		return err
	}
	if err := b.choose(); err != nil {
		return err
	}
	if o.profile != "" {
		return b.runProfile(os.Stdout)
	}
	if o.steps != "" {
		return b.runSteps(os.Stdout)
	}
	return b.compare(os.Stdout)
}

func (b *bench) cleanUp() {
	b.down(b.servers...)
	if b.generator != nil {
		b.generator.stop()
	}
	_ = os.RemoveAll(b.temp) // a left-over temporary folder is no failure
}

// grid is every form of load, the loads one behind the other.
func grid(http, rooms []int) (cells []cell) {
	for _, depth := range []int{1, 16} {
		for _, varied := range []bool{false, true} {
			for _, n := range http {
				cells = append(cells, cell{loadHTTP, n, depth, varied})
			}
		}
	}
	cells = append(cells, cell{loadRequest, 64, 1, false}, cell{loadMicro, 64, 1, false}, cell{loadWebSocket, 100, 1, false},
		cell{loadText, 64, 1, false},
		cell{loadText, 64, 16, false}, cell{loadTLS, 64, 1, false})
	for _, n := range rooms {
		cells = append(cells, cell{loadBroadcast, n, 1, false}, cell{loadBroadcast, n, 10, false})
	}
	return cells
}

// chooseLoads drops the cells that were not asked for.
func (b *bench) chooseLoads() error {
	wanted := list(b.load)
	all := len(wanted) == 0 && b.profile == "" && b.steps == ""
	b.database, b.outgoing = all || slices.Contains(wanted, loadDatabase), all || slices.Contains(wanted, loadOutgoing)
	b.phalcon = all || slices.Contains(wanted, loadPhalcon)
	known := func(load string) bool {
		return slices.Contains([]string{loadDatabase, loadOutgoing, loadPhalcon}, load) ||
			slices.ContainsFunc(b.cells, func(c cell) bool { return c.Load == load })
	}
	for _, load := range wanted {
		if !known(load) {
			return fmt.Errorf("no load is called %q", load)
		}
	}
	b.cells = slices.DeleteFunc(b.cells, func(c cell) bool { return len(wanted) > 0 && !slices.Contains(wanted, c.Load) })
	for _, c := range b.cells {
		if !slices.Contains(b.loads, c.Load) {
			b.loads = append(b.loads, c.Load)
		}
	}
	return nil
}

func list(names string) []string {
	return strings.FieldsFunc(names, func(r rune) bool { return r == ',' || r == ' ' })
}

// choose prepares the wanted servers and leaves the others out, with the reason.
func (b *bench) choose() error {
	wanted := list(b.only + "," + b.profile + "," + b.steps)
	for _, key := range wanted {
		if b.server(key) == nil && !(b.database && isDatabaseServer(key)) {
			return fmt.Errorf("no server is called %q", key)
		}
	}
	for _, s := range b.servers {
		if (len(wanted) > 0 || s.extra) && !slices.Contains(wanted, s.Key) {
			s.skipped = "not asked for"
			continue
		}
		launch, err := s.prepare(b)
		switch {
		case err == nil:
			s.launch = launch
		case errors.Is(err, errAbsent) && len(wanted) == 0:
			s.skipped = err.Error()
		default:
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return nil
}

func (b *bench) server(key string) *server {
	for _, s := range b.servers {
		if s.Key == key {
			return s
		}
	}
	return nil
}

// active are the servers of a load that can be compared.
func (b *bench) active(load string) (active []*server) {
	for _, s := range b.servers {
		if s.skipped == "" && s.serves(load) {
			active = append(active, s)
		}
	}
	return active
}

func (b *bench) compare(w io.Writer) error {
	r := newReport(b)
	if err := b.measureMemory(r); err != nil {
		return err
	}
	if err := b.measureCost(r); err != nil {
		return err
	}
	r.finish(b)
	r.print(w)
	if b.database {
		var err error
		if r.Database, err = b.measureDatabase(w); err != nil {
			return err
		}
	}
	if b.outgoing && (b.only == "" || slices.Contains(list(b.only), "c")) {
		var err error
		if r.Outgoing, err = b.measureOutgoing(w); err != nil {
			return err
		}
	}
	if b.phalcon && b.only == "" {
		var err error
		if r.Phalcon, err = b.measurePhalcon(w); err != nil {
			return err
		}
	}
	out := b.out
	if !filepath.IsAbs(out) {
		out = filepath.Join(b.root, out)
	}
	return r.write(out)
}

func (b *bench) measureCost(r *report) error {
	for _, load := range b.loads {
		if err := b.measureLoad(r, load); err != nil {
			return err
		}
	}
	return nil
}

// measureLoad keeps all servers up and asks them in turn, so that whatever else the machine does
// falls on all of them alike.
func (b *bench) measureLoad(r *report, load string) error {
	servers := b.active(load)
	defer b.down(servers...)
	for _, s := range servers {
		if err := b.up(s, load); err != nil {
			return err
		}
		// Code is loaded, compiled and in the caches before anything counts.
		if _, err := b.sampleCost(s, cell{load, 64, 16, load == loadHTTP}, b.sample); err != nil {
			return err
		}
	}
	for round := range b.rounds {
		for _, c := range b.cells {
			if c.Load != load {
				continue
			}
			for _, s := range servers {
				if !s.takes(c) {
					continue
				}
				b.progress("round %d of %d: %s, %d connections, depth %d, server %s",
					round+1, b.rounds, c.form(), c.Conns, c.Depth, s.Key)
				sample, err := b.sampleCost(s, c, b.sample)
				if err != nil {
					return err
				}
				r.add(s, c, sample)
			}
		}
	}
	b.progress("")
	return nil
}

// progress shows on a terminal what is being done; elsewhere it would only be noise.
func (b *bench) progress(format string, args ...any) {
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		const eraseLine = "\r\x1b[K"
		fmt.Fprintf(os.Stderr, eraseLine+format, args...)
	}
}

// costSample is one measurement of one server under one form of load.
type costSample struct {
	MicrosPerRequest float64 `json:"cpu_us_per_request"`
	ClockMicros      float64 `json:"cpu_us_per_request_by_process_clock"`
	SlicesPerRequest float64 `json:"wakeups_per_request"`
	ServerBusy       float64 `json:"server_cpu_share"` // of wall-clock time
	LoadBusy         float64 `json:"load_cpu_share"`
	Requests         int     `json:"requests"`
}

func (b *bench) sampleCost(s *server, c cell, length time.Duration) (sample costSample, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s, %s, %d connections, depth %d: %w", s.Name, c.form(), c.Conns, c.Depth, err)
		}
	}()
	g := b.generator
	if _, err := g.do(s.job("open", c)); err != nil {
		return sample, err
	}
	job := s.job("run", c)
	job.MaxRequests, job.MaxTime = 1<<30, length/5
	if _, err := g.do(job); err != nil { // the connections' own first costs do not count
		return sample, err
	}
	settle()
	before, err := readCPU(s.pid)
	if err != nil {
		return sample, err
	}
	job.MaxTime = length
	res, err := g.do(job)
	if err != nil {
		return sample, err
	}
	settle()
	after, err := readCPU(s.pid)
	if err != nil {
		return sample, err
	}
	use, err := after.since(before)
	if err != nil {
		return sample, err
	}
	if _, err := g.do(loadJob{Op: "close"}); err != nil {
		return sample, err
	}
	n := float64(res.Requests)
	return costSample{
		MicrosPerRequest: float64(use.total().Nanoseconds()) / 1000 / n,
		ClockMicros:      float64(use.clocks.Nanoseconds()) / 1000 / n,
		SlicesPerRequest: float64(use.slices) / n,
		ServerBusy:       use.total().Seconds() / res.Wall.Seconds(),
		LoadBusy:         res.CPU.Seconds() / res.Wall.Seconds(),
		Requests:         res.Requests,
	}, nil
}

func (s *server) job(op string, c cell) loadJob {
	return loadJob{
		Op: op, Load: c.Load, Addr: [4]byte{127, 0, 0, 1}, Port: s.port, Conns: c.Conns,
		Depth: c.Depth, Varied: c.Varied, Answer: s.answer,
	}
}

// command runs a tool of the build in the repository's root.
func (b *bench) command(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = b.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// findRoot looks for go.mod from the working directory upwards.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("run this inside the repository")
		}
		dir = up
	}
}

const generatorArg = "generate-load"

// remoteGenerator is the load generator's process, seen from here.
type remoteGenerator struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	enc *json.Encoder
	dec *json.Decoder
}

func startGenerator(s *spawner) (*remoteGenerator, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, generatorArg)
	cmd.Stderr = os.Stderr
	cmd.Env = append(os.Environ(), "GODEBUG=asyncpreemptoff=1") // no signals into blocking system calls
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.start(cmd); err != nil {
		return nil, err
	}
	return &remoteGenerator{cmd, in, json.NewEncoder(in), json.NewDecoder(out)}, nil
}

func (g *remoteGenerator) do(job loadJob) (loadResult, error) {
	var res loadResult
	if err := g.enc.Encode(job); err != nil {
		return res, fmt.Errorf("load generator: %w", err)
	}
	if err := g.dec.Decode(&res); err != nil {
		return res, fmt.Errorf("load generator: %w", err)
	}
	if res.Error != "" {
		return res, errors.New(res.Error)
	}
	return res, nil
}

func (g *remoteGenerator) stop() {
	_ = g.in.Close()
	_ = g.cmd.Process.Signal(syscall.SIGTERM)
	_ = g.cmd.Wait() // it has nothing to lose
}

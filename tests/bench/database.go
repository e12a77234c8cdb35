package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/tests/backend"
)

const loadDatabase = "database"

// databaseCell is one measured arrangement.
type databaseCell struct {
	Database string  `json:"database"` // "pgsql", "mysql"
	Away     float64 `json:"away_ms"`  // to the database and back
	Workers  int     `json:"workers"`
	Path     string  `json:"path"`
	Server   string  `json:"server"`
}

type databaseSample struct {
	PerSecond  float64 `json:"answers_per_second"`
	Micros     float64 `json:"cpu_us_per_answer"` // of the server's tree
	DatabaseUs float64 `json:"database_cpu_us_per_answer"`
	Busy       float64 `json:"server_cpu_share"`
}

type databaseReport struct {
	databaseCell
	PerSecond summary          `json:"answers_per_second"`
	Micros    summary          `json:"cpu_us_per_answer"`
	Faster    *summary         `json:"times_the_throughput_of_f,omitempty"`
	Cheaper   *summary         `json:"processor_time_over_f,omitempty"`
	Samples   []databaseSample `json:"samples"`
}

// databaseServer is a way to answer app/database.php.
type databaseServer struct {
	key, name string
	how       string // BENCH_DATABASE
	workerman bool
	fibers    bool
	paths     []string
}

var databaseServers = []databaseServer{
	{key: "f", name: "Workerman with PDO", how: "pdo", workerman: true, paths: []string{"/one", "/twenty"}},
	{key: "c", name: "engine with PDO, which blocks", how: "pdo", paths: []string{"/one", "/twenty"}},
	{key: "p", name: "engine with Phalanx\\Sql\\Pdo", how: "front", fibers: true, paths: []string{"/one", "/twenty", "/together"}},
	{key: "s", name: "engine with Phalanx\\Sql", how: "sql", fibers: true, paths: []string{"/one", "/twenty", "/together"}},
}

const databaseConns = 64

// measureDatabase compares requests that ask a database. The server's processes have processor 0 when there is one worker,
// and the database has the load generator's; with two workers everybody has both.
func (b *bench) measureDatabase(w io.Writer) ([]*databaseReport, error) {
	dir := filepath.Join(b.temp, "databases")
	if err := errors.Join(os.Chmod(b.temp, 0o755), os.Mkdir(dir, 0o755)); err != nil {
		return nil, err
	}
	backends, err := backend.StartAll(dir, "pgsql", "mysql")
	defer func() {
		for _, s := range backends {
			_ = s.Kill()
		}
	}()
	if err != nil {
		return nil, err
	}
	var reports []*databaseReport
	for _, d := range backends {
		if err := fillTable(d); err != nil {
			return nil, fmt.Errorf("%s: %w", d.Kind, err)
		}
		for _, away := range []time.Duration{0, time.Millisecond} {
			for _, workers := range []int{1, 2} {
				if b.short && (away > 0 || workers > 1) {
					continue
				}
				found, err := b.compareDatabase(d, away, workers)
				if err != nil {
					return nil, err
				}
				reports = append(reports, found...)
			}
		}
	}
	printDatabase(w, reports)
	return reports, nil
}

func fillTable(d *backend.Server) error {
	config := mysql.NewConfig()
	config.User, config.Passwd, config.Net, config.Addr, config.DBName = backend.User, backend.Password, "tcp", d.Address(), backend.Database
	var rows strings.Builder
	for id := int64(firstRow); id < firstRow+tableRows; id++ {
		fmt.Fprintf(&rows, ",(%d,%d)", id, rowNumber(id))
	}
	statements := []string{
		"create table world (id integer primary key, number integer not null)",
		"insert into world values " + rows.String()[1:],
	}
	ctx := context.Background()
	if d.Kind == "mysql" {
		connector, err := mysql.NewConnector(config)
		if err != nil {
			return err
		}
		db := sql.OpenDB(connector)
		defer func() { _ = db.Close() }()
		for _, s := range append(statements, "analyze table world") {
			if _, err := db.ExecContext(ctx, s); err != nil {
				return err
			}
		}
		return nil
	}
	conn, err := pgx.Connect(ctx, strings.Replace(d.URL(), "pgsql:", "postgres:", 1))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, s := range append(statements, "vacuum analyze world") {
		if _, err := conn.Exec(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// compareDatabase measures all servers with one database at one distance, in turn.
func (b *bench) compareDatabase(d *backend.Server, away time.Duration, workers int) ([]*databaseReport, error) {
	address := d.Address()
	if away > 0 {
		proxy, stop, err := b.delayProxy(address, away/2)
		if err != nil {
			return nil, err
		}
		defer stop()
		address = proxy
	}
	cpus, databaseCPUs := []int{b.serveOn}, []int{b.loadFrom}
	if workers > 1 {
		cpus = []int{b.serveOn, b.loadFrom}
		databaseCPUs = cpus
	}
	var reports []*databaseReport
	var servers []*databaseUp
	defer func() {
		for _, s := range servers {
			s.process.stop()
		}
	}()
	for _, kind := range databaseServers {
		if !b.wants(kind) {
			continue
		}
		s, err := b.upDatabase(kind, d, address, workers)
		if err != nil {
			return nil, err
		}
		servers = append(servers, s)
		if err := bindTree(s.process.pid(), cpus); err != nil {
			return nil, err
		}
		for _, path := range kind.paths {
			s.reports = append(s.reports, &databaseReport{
				databaseCell: databaseCell{d.Kind, float64(away) / float64(time.Millisecond), workers, path, kind.key},
			})
		}
		reports = append(reports, s.reports...)
	}
	pid, err := d.Pid()
	if err != nil {
		return nil, err
	}
	for round := range b.rounds {
		for _, path := range []string{"/one", "/twenty", "/together"} {
			for _, s := range servers {
				at := slices.IndexFunc(s.reports, func(r *databaseReport) bool { return r.Path == path })
				if at < 0 {
					continue
				}
				b.progress("round %d of %d: %s, %v away, %d workers, %s, server %s", round+1, b.rounds, d.Kind, away, workers, path, s.key)
				if err := bindTree(pid, databaseCPUs); err != nil {
					return nil, err
				}
				sample, err := b.sampleDatabase(s, pid, path)
				if err != nil {
					return nil, fmt.Errorf("%s, %s, %s: %w\n%s", s.name, d.Kind, path, err, s.process.output())
				}
				s.reports[at].Samples = append(s.reports[at].Samples, sample)
			}
		}
	}
	b.progress("")
	for _, r := range reports {
		r.finish(reports)
	}
	return reports, nil
}

// wants: with -only those named, else all but what stands in for Workerman where there is none.
func (b *bench) wants(kind databaseServer) bool {
	wanted := list(b.only)
	if len(wanted) > 0 && !slices.Contains(wanted, kind.key) {
		return false
	}
	return !kind.workerman || os.Getenv("BENCH_WORKERMAN") != ""
}

func isDatabaseServer(key string) bool {
	return slices.ContainsFunc(databaseServers, func(s databaseServer) bool { return s.key == key })
}

type databaseUp struct {
	databaseServer
	process *process
	port    int
	reports []*databaseReport
}

func (b *bench) upDatabase(kind databaseServer, d *backend.Server, address string, workers int) (*databaseUp, error) {
	prepare := preparePhalanx
	switch {
	case kind.workerman:
		prepare = prepareWorkerman
	case kind.fibers:
		prepare = prepareFibers
	}
	launch, err := prepare(b)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(b.temp, "database-"+kind.key)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	cmd := launch(loadDatabase, port, dir)
	host, at, _ := net.SplitHostPort(address)
	cmd.Env = append(cmd.Env, "BENCH_DATABASE="+kind.how, "BENCH_COUNT="+strconv.Itoa(workers),
		"BENCH_DSN="+d.Kind+":host="+host+";port="+at+";dbname="+backend.Database,
		"BENCH_USER="+backend.User, "BENCH_PASSWORD="+backend.Password,
		"BENCH_URL="+strings.Replace(d.URL(), d.Address(), address, 1))
	p, err := b.serverCPU.serve(cmd, dir)
	if err != nil {
		return nil, err
	}
	up := &databaseUp{databaseServer: kind, process: p, port: port}
	if err := up.ready(); err != nil {
		p.stop()
		return nil, fmt.Errorf("%s, %s: %w", kind.name, d.Kind, err)
	}
	return up, nil
}

// ready waits for the first right answer.
func (s *databaseUp) ready() error {
	x, err := exchangeOf("/one")
	if err != nil {
		return err
	}
	want := x.answer(nil, 1)
	var last error
	for range 300 {
		last = func() error {
			conn, err := net.DialTimeout("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), time.Second)
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close() }()
			if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
				return err
			}
			got, err := ask(conn, x.request(nil, 1), func(got []byte) bool { return len(got) >= len(want) })
			if err != nil {
				return err
			}
			return answer{Bytes: want}.check(got)
		}()
		if last == nil {
			return nil
		}
		select {
		case <-s.process.done:
			return fmt.Errorf("the server ended:\n%s", s.process.output())
		case <-time.After(100 * time.Millisecond):
		}
	}
	return fmt.Errorf("%w\n%s", last, s.process.output())
}

func (b *bench) sampleDatabase(s *databaseUp, database int, path string) (sample databaseSample, err error) {
	job := loadJob{Op: "open", Load: loadDatabase, Addr: [4]byte{127, 0, 0, 1}, Port: s.port, Conns: databaseConns, Path: path}
	if _, err := b.generator.do(job); err != nil {
		return sample, err
	}
	job.Op, job.MaxTime = "loop", b.sample/4
	if _, err := b.generator.do(job); err != nil {
		return sample, err
	}
	settle()
	before, err := readCPU(s.process.pid())
	if err != nil {
		return sample, err
	}
	databaseBefore := readDatabase(database)
	job.MaxTime = b.sample
	res, err := b.generator.do(job)
	if err != nil {
		return sample, err
	}
	settle()
	after, err := readCPU(s.process.pid())
	if err != nil {
		return sample, err
	}
	databaseAfter := readDatabase(database)
	if _, err := b.generator.do(loadJob{Op: "close"}); err != nil {
		return sample, err
	}
	use, err := after.since(before)
	if err != nil {
		return sample, err
	}
	// A connection's process that has ended takes its time with it: then there is no figure.
	databaseUse, _ := databaseAfter.since(databaseBefore)
	n := float64(res.Requests + res.Late)
	return databaseSample{
		PerSecond:  float64(res.Requests) / res.Wall.Seconds(),
		Micros:     float64(use.total().Nanoseconds()) / 1000 / n,
		DatabaseUs: float64(databaseUse.total().Nanoseconds()) / 1000 / n,
		Busy:       use.total().Seconds() / res.Wall.Seconds(),
	}, nil
}

// readDatabase reads again when a process ends meanwhile: PostgreSQL has one for each connection.
func readDatabase(pid int) (r cpuReading) {
	for range 5 {
		var err error
		if r, err = readCPU(pid); err == nil {
			break
		}
	}
	return r
}

func (r *databaseReport) values(of func(databaseSample) float64) []float64 {
	values := make([]float64, len(r.Samples))
	for i, s := range r.Samples {
		values[i] = of(s)
	}
	return values
}

func (s databaseSample) perSecond() float64 { return s.PerSecond }
func (s databaseSample) micros() float64    { return s.Micros }

// finish computes medians and, against Workerman's of the same rounds, ratios. Twenty queries at the same time are
// compared with its twenty one after the other.
func (r *databaseReport) finish(all []*databaseReport) {
	r.PerSecond = summarize(r.values(databaseSample.perSecond))
	r.Micros = summarize(r.values(databaseSample.micros))
	peer := r.databaseCell
	peer.Server = "f"
	if peer.Path == "/together" {
		peer.Path = "/twenty"
	}
	for _, f := range all {
		if f.databaseCell != peer || f == r {
			continue
		}
		faster := summarize(ratios(r.values(databaseSample.perSecond), f.values(databaseSample.perSecond)))
		cheaper := summarize(ratios(r.values(databaseSample.micros), f.values(databaseSample.micros)))
		r.Faster, r.Cheaper = &faster, &cheaper
	}
}

const databaseTarget = 3 // times Workerman's throughput

func printDatabase(w io.Writer, reports []*databaseReport) {
	fmt.Fprintf(w, "\nRequests that ask a database, %d connections: answers per second, processor microseconds per answer\n", databaseConns)
	for _, s := range databaseServers {
		fmt.Fprintf(w, "  (%s) %s\n", s.key, s.name)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "database\taway\tworkers\tqueries\tserver\tper second\tCPU us\tdatabase CPU us\tbusy\ttimes f\tCPU / f\t\t")
	for _, r := range reports {
		last := r.Samples[len(r.Samples)-1]
		fmt.Fprintf(t, "%s\t%g ms\t%d\t%s\t%s\t%.0f\t%.1f\t%.1f\t%.0f%%\t", r.Database, r.Away, r.Workers, r.Path[1:], r.Server,
			r.PerSecond.Median, r.Micros.Median, last.DatabaseUs, last.Busy*100)
		if r.Faster == nil {
			fmt.Fprintln(t, "\t\t\t")
			continue
		}
		fmt.Fprintf(t, "%.2f (%.2f..%.2f)\t%.2f (%.2f..%.2f)\t", r.Faster.Median, r.Faster.Min, r.Faster.Max,
			r.Cheaper.Median, r.Cheaper.Min, r.Cheaper.Max)
		if r.Server == "s" {
			fmt.Fprintf(t, "at least %d: %s", databaseTarget, verdict(r.Faster.Median >= databaseTarget))
		}
		fmt.Fprintln(t, "\t")
	}
	_ = t.Flush()
}

// bindTree binds all threads of a process and its descendants to these processors.
func bindTree(root int, cpus []int) error {
	var set unix.CPUSet
	for _, cpu := range cpus {
		set.Set(cpu)
	}
	pids, err := tree(root)
	if err != nil {
		return err
	}
	for _, pid := range pids {
		threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		if err != nil {
			continue // it ended meanwhile
		}
		for _, thread := range threads {
			tid, err := strconv.Atoi(thread.Name())
			if err != nil {
				return err
			}
			if err := unix.SchedSetaffinity(tid, &set); err != nil && !errors.Is(err, unix.ESRCH) {
				return os.NewSyscallError("sched_setaffinity", err)
			}
		}
	}
	return nil
}

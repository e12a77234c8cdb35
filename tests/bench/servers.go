package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// server is one of the compared servers.
type server struct {
	Key  string
	Name string
	// loads besides http
	loads []string
	// exact: the answer must be workermanAnswer to the byte. The others only have to give the body
	// and to repeat themselves.
	exact bool
	// extra: runs only where -only asks for it
	extra bool
	// maxConns bounds its connections; 0 is no bound.
	maxConns int
	// prepare builds what is needed and returns the command that serves a load, or why there is none.
	prepare func(b *bench) (launch, error)

	launch  launch
	skipped string
	process *process // guarded by bench.mu
	pid     int      // of the process now running
	port    int
	answer  answer
}

// launch makes the command; dir is an empty folder for the server's files.
type launch func(load string, port int, dir string) *exec.Cmd

func (s *server) serves(load string) bool { return load == loadHTTP || slices.Contains(s.loads, load) }

func (s *server) takes(c cell) bool {
	return s.serves(c.Load) && (s.maxConns == 0 || c.Conns <= s.maxConns)
}

// errAbsent marks a server that cannot be compared here, which is no failure.
var errAbsent = errors.New("not here")

func allServers() []*server {
	messages := []string{loadWebSocket, loadText, loadBroadcast}
	all := append([]string{loadRequest, loadTLS}, messages...)
	ours := append([]string{loadMicro}, all...)
	upstream := all
	if os.Getenv("BENCH_PHALCON") != "" {
		upstream = ours
	}
	return []*server{
		{Key: "a", Name: "bare epoll loop in C", loads: messages, exact: true, prepare: prepareEpoll},
		{Key: "b", Name: "engine, Go handler", exact: true, prepare: prepareGo("goserver")},
		{Key: "c", Name: "engine, PHP onMessage", loads: ours, exact: true, prepare: preparePhalanx},
		{Key: "d", Name: "Go net/http", prepare: prepareGo("nethttp")},
		{Key: "e", Name: "FrankenPHP worker mode", prepare: prepareFrankenPHP},
		{Key: "f", Name: "Workerman", loads: upstream, exact: true, prepare: prepareWorkerman},
		{Key: "g", Name: "engine, PHP onMessage in Fibers", loads: all, exact: true, extra: true, prepare: prepareFibers},
		{Key: "o", Name: "engine, PHP onMessage, of BENCH_BEFORE", loads: ours, exact: true, extra: true, prepare: prepareBefore},
	}
}

func prepareEpoll(b *bench) (launch, error) {
	bin := filepath.Join(b.temp, "epoll")
	if err := b.command("gcc", "-O2", "-Wall", "-Wextra", "-o", bin, "tests/bench/epoll/server.c"); err != nil {
		return nil, err
	}
	return func(load string, port int, _ string) *exec.Cmd {
		return exec.Command(bin, strconv.Itoa(port), load)
	}, nil
}

func prepareGo(name string) func(b *bench) (launch, error) {
	return func(b *bench) (launch, error) {
		bin := filepath.Join(b.temp, name)
		if err := b.command("go", "build", "-o", bin, "./tests/bench/"+name); err != nil {
			return nil, err
		}
		return func(_ string, port int, _ string) *exec.Cmd {
			cmd := exec.Command(bin, strconv.Itoa(port))
			cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
			return cmd
		}, nil
	}
}

func (b *bench) phalanx() (string, error) {
	bin := filepath.Join(b.root, "build", "phalanx")
	if _, err := os.Stat(bin); err != nil {
		return "", fmt.Errorf("build/phalanx is not built: %w", errAbsent)
	}
	return bin, nil
}

func preparePhalanx(b *bench) (launch, error) {
	bin, err := b.phalanx()
	if err != nil {
		return nil, err
	}
	return b.serveWith(bin), nil
}

// prepareBefore is another build of the same, to compare a change with what was before it.
func prepareBefore(b *bench) (launch, error) {
	bin := os.Getenv("BENCH_BEFORE")
	if bin == "" {
		return nil, fmt.Errorf("BENCH_BEFORE names no binary: %w", errAbsent)
	}
	return b.serveWith(bin), nil
}

func (b *bench) serveWith(bin string) launch {
	return func(load string, port int, dir string) *exec.Cmd {
		cmd := exec.Command(bin, b.script(load), "start")
		cmd.Env = append(without(os.Environ(), "BENCH_WORKERMAN"), appEnv(port, dir)...)
		if b.steps != "" {
			cmd.Env = append(cmd.Env, "GODEBUG=asyncpreemptoff=1", "GOGC=off") // nobody is to wait for the stepped thread
		}
		return cmd
	}
}

// script is the application of a load.
func (b *bench) script(load string) string {
	if load == loadHTTP {
		load = "hello"
	}
	return filepath.Join(b.root, "tests/bench/app", load+".php")
}

// prepareFibers is the engine on the loop that runs callbacks in Fibers.
func prepareFibers(b *bench) (launch, error) {
	plain, err := preparePhalanx(b)
	return func(load string, port int, dir string) *exec.Cmd {
		cmd := plain(load, port, dir)
		cmd.Env = append(cmd.Env, "BENCH_FIBERS=1")
		return cmd
	}, err
}

func appEnv(port int, dir string) []string {
	return []string{"BENCH_PORT=" + strconv.Itoa(port), "BENCH_STATE=" + dir}
}

func without(env []string, name string) []string {
	var kept []string
	for _, e := range env {
		if !strings.HasPrefix(e, name+"=") {
			kept = append(kept, e)
		}
	}
	return kept
}

func prepareFrankenPHP(b *bench) (launch, error) {
	bin, err := b.phalanx()
	if err != nil {
		return nil, err
	}
	app := filepath.Join(b.root, "tests/bench/frankenphp")
	return func(_ string, port int, dir string) *exec.Cmd {
		cmd := exec.Command(bin, "run", "--config", filepath.Join(app, "Caddyfile"), "--adapter", "caddyfile")
		cmd.Env = append(os.Environ(), appEnv(port, dir)...)
		// Caddy's own files stay out of the user's home.
		cmd.Env = append(cmd.Env, "BENCH_APP="+app, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
		return cmd
	}, nil
}

func prepareWorkerman(b *bench) (launch, error) {
	checkout := os.Getenv("BENCH_WORKERMAN")
	if checkout == "" {
		return nil, fmt.Errorf("BENCH_WORKERMAN names no checkout: %w", errAbsent)
	}
	php, args, err := b.plainPHP()
	if err != nil {
		return nil, err
	}
	loaded, err := exec.Command(php, "-m").Output()
	if err != nil {
		return nil, fmt.Errorf("%s -m: %w", php, err)
	}
	s := b.server("f")
	if strings.Contains("\n"+string(loaded), "\nevent\n") {
		s.Name += ", ext-event, JIT"
	} else {
		s.Name += ", select, JIT"
		s.maxConns = 900 // stream_select() ends at descriptor 1023
	}
	return func(load string, port int, dir string) *exec.Cmd {
		options := args
		if load == loadMicro {
			options = append(slices.Clone(args), "-d", "extension="+os.Getenv("BENCH_PHALCON"))
		}
		cmd := exec.Command(php, append(options, b.script(load), "start")...)
		cmd.Env = append(os.Environ(), appEnv(port, dir)...)
		return cmd
	}, nil
}

// plainPHP is a PHP without the engine, and the arguments that give it opcache with tracing JIT.
func (b *bench) plainPHP() (string, []string, error) {
	php := os.Getenv("BENCH_PHP")
	if php == "" {
		cmd := exec.Command("docker/php/build.sh", "--find")
		cmd.Dir = b.root
		prefix, err := cmd.Output()
		if err != nil {
			return "", nil, fmt.Errorf("no PHP (docker/php/build.sh --find): %w", errAbsent)
		}
		php = filepath.Join(strings.TrimSpace(string(prefix)), "bin", "php")
	}
	loaded, err := exec.Command(php, "-m").Output()
	if err != nil {
		return "", nil, fmt.Errorf("%s -m: %w", php, err)
	}
	args := []string{"-d", "opcache.enable_cli=1", "-d", "opcache.jit=tracing", "-d", "opcache.jit_buffer_size=64M"}
	if !strings.Contains(string(loaded), "Zend OPcache") { // the other PHP loads it by itself
		args = append([]string{"-d", "zend_extension=opcache"}, args...)
	}
	return php, args, nil
}

// up starts the server for a load and learns its answer.
func (b *bench) up(s *server, load string) error {
	dir, err := os.MkdirTemp(b.temp, s.Key)
	if err != nil {
		return err
	}
	if s.port, err = freePort(); err != nil {
		return err
	}
	p, err := b.serverCPU.serve(s.launch(load, s.port, dir), dir)
	if err != nil {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	s.pid = p.pid()
	b.mu.Lock()
	s.process = p
	b.mu.Unlock()
	raw, err := p.ready(net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), load)
	if err == nil && load == loadHTTP {
		if s.answer, err = parseAnswer(raw); err == nil && s.exact {
			err = answer{Bytes: []byte(workermanAnswer)}.check(raw)
		}
	}
	if err != nil {
		b.down(s)
		return fmt.Errorf("%s, %s: %w", s.Name, load, err)
	}
	return nil
}

// down stops the servers that are up, all at the same time.
func (b *bench) down(servers ...*server) {
	var stopping sync.WaitGroup
	b.mu.Lock()
	for _, s := range servers {
		if p := s.process; p != nil {
			s.process = nil
			stopping.Go(p.stop)
		}
	}
	b.mu.Unlock()
	stopping.Wait()
}

// freePort asks the kernel for one. Another process could take it before the server does; then the
// start fails and says so.
func freePort() (int, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}

// settle gives a server time to go back to sleep, so that the kernel has booked all its time.
func settle() { time.Sleep(10 * time.Millisecond) }

// Package backend starts real PostgreSQL, MariaDB, Redis and NATS servers for tests and benchmarks: on loopback, with data
// in a folder of their own, and without keeping that data safe from a power cut. Each can be killed and started again.
package backend

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// User, Password and Database are the same everywhere. The password has what has to be escaped in a URL.
const (
	User     = "phalanx"
	Password = "s3cret/@:#?"
	Database = "phalanx"
)

// patience bounds a server's start and its end; nothing takes it unless something is broken.
const patience = 60 * time.Second

// Server is a server that runs, or was stopped and may be started again.
type Server struct {
	Kind string // "pgsql", "mysql", "redis", "nats"
	Port int    // of 127.0.0.1; the same after Start
	Dir  string // its data and its log, which is the file "log"

	binary string
	args   []string
	user   *syscall.Credential // nil: whoever runs the test
	ready  func(context.Context, *Server) error
	quit   os.Signal // ends it in order

	mu    sync.Mutex // guards cmd and ended
	cmd   *exec.Cmd
	ended chan struct{}
}

// Kinds are the servers there are, with the environment variable that names one that runs.
var Kinds = map[string]string{
	"pgsql": "PHALANX_TEST_PGSQL",
	"mysql": "PHALANX_TEST_MYSQL",
	"redis": "PHALANX_TEST_REDIS",
	"nats":  "PHALANX_TEST_NATS",
}

var starters = map[string]func(dir string) (*Server, error){
	"pgsql": preparePostgreSQL,
	"mysql": prepareMariaDB,
	"redis": prepareRedis,
	"nats":  prepareNATS,
}

// Start starts a server of this kind in dir, which is made when it is missing, and waits until it answers.
func Start(kind, dir string) (*Server, error) {
	prepare, known := starters[kind]
	if !known {
		return nil, fmt.Errorf("backend: no %q server", kind)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	s, err := prepare(dir)
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("backend: %s: %w", kind, err)
	}
	return s, nil
}

// Start starts it again, on the same port and with the same data.
func (s *Server) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd != nil {
		return errors.New("it runs")
	}
	log, err := os.OpenFile(filepath.Join(s.Dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(s.binary, s.args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.Dir, log, log
	// A group of its own keeps a terminal's Ctrl+C from it: who started it ends it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.user, Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := spawn(cmd); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	s.cmd, s.ended = cmd, ended

	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		err := s.ready(ctx, s)
		if err == nil {
			return nil
		}
		select {
		case <-ended:
			s.cmd = nil
			return fmt.Errorf("it ended: %s", s.lastLog())
		case <-ctx.Done():
			_ = cmd.Process.Kill()
			<-ended
			s.cmd = nil
			return fmt.Errorf("it does not answer (%w): %s", err, s.lastLog())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop ends it in order.
func (s *Server) Stop() error { return s.end(s.quit) }

// Kill ends it with SIGKILL, and what it has started.
func (s *Server) Kill() error { return s.end(syscall.SIGKILL) }

// Signal sends a signal to the server itself: SIGSTOP makes one that hangs.
func (s *Server) Signal(signal os.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return os.ErrProcessDone
	}
	return s.cmd.Process.Signal(signal)
}

// Pid is the process that was started; others may descend from it.
func (s *Server) Pid() (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return 0, os.ErrProcessDone
	}
	return s.cmd.Process.Pid, nil
}

func (s *Server) end(signal os.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return nil
	}
	var children []int
	if signal == syscall.SIGKILL {
		children = s.killAll()
	} else if err := s.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	ended := s.ended
	select {
	case <-ended:
	case <-time.After(patience):
		children = s.killAll()
		<-ended
		awaitEnds(children)
		s.cmd = nil
		return fmt.Errorf("backend: %s did not end: %s", s.Kind, s.lastLog())
	}
	awaitEnds(children)
	s.cmd = nil
	return nil
}

// killAll kills the server and its children, which it answers. Those of PostgreSQL are in sessions of their own, and one that works
// would notice its parent's end only after a while.
func (s *Server) killAll() (children []int) {
	pid := s.cmd.Process.Pid
	_ = syscall.Kill(pid, syscall.SIGSTOP) // it is to have no more children than are seen here
	for deadline := time.Now().Add(time.Second); !strings.Contains("TZX", state(pid)) && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	list, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	_ = syscall.Kill(pid, syscall.SIGKILL)
	for child := range strings.FieldsSeq(string(list)) {
		if pid, err := strconv.Atoi(child); err == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL)
			children = append(children, pid)
		}
	}
	return children
}

// awaitEnds waits until processes have ended: for as long as one of PostgreSQL's has its memory, the server does not start again.
func awaitEnds(pids []int) {
	for deadline := time.Now().Add(patience); len(pids) > 0 && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		pids = slices.DeleteFunc(pids, func(pid int) bool { return strings.Contains("ZX", state(pid)) })
	}
}

// state is a process's letter in the kernel's list; "X" or "": there is none.
func state(pid int) string {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(stat), ") ")
	return rest[:min(1, len(rest))]
}

// Address is "127.0.0.1:port".
func (s *Server) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)) }

// URL names the server, with user, password and database.
func (s *Server) URL() string {
	auth := User + ":s3cret%2F%40%3A%23%3F@" + s.Address()
	switch s.Kind {
	case "redis":
		return "redis://:s3cret%2F%40%3A%23%3F@" + s.Address() + "/0"
	case "nats":
		return "nats://" + auth
	}
	return s.Kind + "://" + auth + "/" + Database
}

// lastLog is the end of what the server has printed.
func (s *Server) lastLog() string {
	b, _ := os.ReadFile(filepath.Join(s.Dir, "log"))
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}

// spawner runs what it is sent on one thread that lasts as long as the process: Pdeathsig is sent when the thread ends
// that started the child.
var spawner = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
})

func spawn(cmd *exec.Cmd) error {
	err := make(chan error)
	spawner() <- func() { err <- cmd.Start() }
	return <-err
}

// FreePort listens on a port of 127.0.0.1 of which a server may be told when it is closed again. It is none of those that the
// kernel gives to clients' connections (ip_local_port_range): one of many on a busy machine would have it before the server does,
// or while the server is started anew.
func FreePort() (l net.Listener, err error) {
	for range 100 {
		if l, err = net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(10_000+rand.IntN(20_000)))); err == nil {
			return l, nil
		}
	}
	return nil, err
}

func freePort() (int, error) {
	l, err := FreePort()
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// find looks for a program in the path and in the folders where Debian keeps those of servers.
func find(name, debianPackage string, folders ...string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, pattern := range folders {
		found, _ := filepath.Glob(filepath.Join(pattern, name))
		if len(found) > 0 {
			return found[len(found)-1], nil
		}
	}
	return "", fmt.Errorf("there is no %s: install Debian's %s (tests/setup-debian.sh does)", name, debianPackage)
}

// unprivileged is who a server runs as that refuses to be root, and owns its data then.
func unprivileged(name, dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup(name)
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32)
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, int(uid), int(gid))
}

// run runs a program to its end.
func run(credential *syscall.Credential, dir, binary string, args ...string) error {
	cmd := exec.Command(binary, args...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(binary), err, out)
	}
	return nil
}

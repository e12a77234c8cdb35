package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// spawner starts processes that are bound to one processor. Affinity and the parent-death signal
// belong to a thread, so each spawner keeps one for as long as the benchmark runs.
type spawner struct{ work chan func() }

func newSpawner(cpu int) (*spawner, error) {
	s := &spawner{work: make(chan func())}
	ready := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread is of no use to others any more
		var set unix.CPUSet
		set.Set(cpu)
		if err := unix.SchedSetaffinity(0, &set); err != nil {
			ready <- fmt.Errorf("binding to processor %d: %w", cpu, err)
			return
		}
		ready <- nil
		for f := range s.work {
			f()
		}
	}()
	return s, <-ready
}

// start runs cmd in a process group of its own. Should the benchmark die, it gets SIGTERM.
func (s *spawner) start(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	done := make(chan error)
	s.work <- func() { done <- cmd.Start() }
	return <-done
}

// process is a started server.
type process struct {
	cmd  *exec.Cmd
	log  string
	done chan struct{} // closed when it has ended
}

func (s *spawner) serve(cmd *exec.Cmd, dir string) (*process, error) {
	p := &process{cmd: cmd, log: filepath.Join(dir, "output"), done: make(chan struct{})}
	out, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = out, out
	err = errors.Join(s.start(cmd), out.Close())
	if err != nil {
		return nil, err
	}
	go func() {
		_ = cmd.Wait() // how it ended is of no interest: it is stopped by signal
		close(p.done)
	}()
	return p, nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// ready waits until the server answers, and returns the answer's bytes.
func (p *process) ready(addr, load string) ([]byte, error) {
	const patience = 30 * time.Second
	var last error
	for begin := time.Now(); time.Since(begin) < patience; {
		raw, err := probe(addr, load)
		if err == nil {
			return raw, nil
		}
		last = err
		select {
		case <-p.done:
			return nil, fmt.Errorf("the server ended:\n%s", p.output())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil, fmt.Errorf("no answer in %v: %w\n%s", patience, last, p.output())
}

// output is the end of what the server has printed.
func (p *process) output() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	const most = 2000
	return strings.TrimSpace(string(text[max(0, len(text)-most):]))
}

// stop asks with SIGTERM and, after a while, insists. Only processes are touched that descend from
// the one we started.
func (p *process) stop() {
	family := map[int]string{}
	if pids, err := tree(p.pid()); err == nil {
		for _, pid := range pids {
			family[pid] = startedAt(pid)
		}
	}
	select {
	case <-p.done:
	default:
		_ = syscall.Kill(p.pid(), syscall.SIGTERM)
	}
	select {
	case <-p.done:
	case <-time.After(5 * time.Second):
	}
	for pid, started := range family {
		if started != "" && startedAt(pid) == started {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	<-p.done
}

// startedAt is empty for a process that has gone.
func startedAt(pid int) string {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	s, err := parseStat(string(line))
	if err != nil {
		return ""
	}
	return s.started
}

// raiseFileLimit lets this process and its children hold as many connections as the system allows.
func raiseFileLimit() error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	limit.Cur = limit.Max
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
}

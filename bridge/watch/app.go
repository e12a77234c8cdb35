package watch

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

const (
	// Environment is what tells an application that it is being developed.
	Environment = "PHALANX_ENV=development"
	// FolderEnv names the folder by which this process tells workers of errors; see Phalanx\Development.
	FolderEnv = "PHALANX_WATCH"
	// brokenFile is in that folder while the newest code cannot be used.
	brokenFile = "broken.json"
)

// app is the application: "phalanx APP.php start".
type app struct {
	options Options
	folder  string // FolderEnv
	cmd     *exec.Cmd
	gone    chan error    // gets what Wait said
	news    chan string   // "ready", "reloading"
	spawns  chan spawning // to the thread that starts processes
	starts  int
}

type spawning struct {
	cmd  *exec.Cmd
	done chan error
}

func newApp(o Options, folder string) *app {
	a := &app{options: o, folder: folder, news: make(chan string, 16), spawns: make(chan spawning)}
	// The kernel ends a child with the thread that has started it: this one lives as long as the process.
	go func() {
		runtime.LockOSThread()
		for s := range a.spawns {
			s.done <- s.cmd.Start()
		}
	}()
	return a
}

// start starts it. What it has to say of its state comes by news, its end by gone.
func (a *app) start() error {
	a.starts++
	socket := fmt.Sprintf("@%s-%d", filepath.Base(a.folder), a.starts) // abstract: paths of sockets must be short
	listener, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return err
	}
	args := append(append([]string(nil), a.options.PHP...), a.options.Script, "start")
	cmd := exec.Command(a.options.Binary, append(args, a.options.Args...)...)
	cmd.Env = append(os.Environ(), Environment, FolderEnv+"="+a.folder, "NOTIFY_SOCKET="+socket)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	// A group of its own: what a terminal sends to this process is passed on once, not sent to both.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	s := spawning{cmd, make(chan error, 1)}
	a.spawns <- s
	if err := <-s.done; err != nil {
		_ = listener.Close()
		return err
	}
	gone := make(chan error, 1)
	a.cmd, a.gone = cmd, gone
	go a.hear(listener)
	go func() {
		err := cmd.Wait()
		_ = listener.Close()
		gone <- err
	}()
	return nil
}

// hear takes the messages that a service has for its manager (sd_notify(3)).
func (a *app) hear(listener *net.UnixConn) {
	buf := make([]byte, 4096)
	for {
		n, err := listener.Read(buf)
		if err != nil {
			return
		}
		for line := range strings.SplitSeq(string(buf[:n]), "\n") {
			switch line {
			case "READY=1":
				a.news <- "ready"
			case "RELOADING=1":
				a.news <- "reloading"
			}
		}
	}
}

func (a *app) runs() bool { return a.cmd != nil }

func (a *app) signal(s os.Signal) {
	if a.cmd != nil {
		_ = a.cmd.Process.Signal(s)
	}
}

// ended forgets the process, whose end err tells of, and answers its exit status.
func (a *app) ended(err error) int {
	a.cmd, a.gone = nil, nil
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		return exit.ExitCode()
	case exit != nil:
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return 128 + int(status.Signal())
		}
	}
	return 1
}

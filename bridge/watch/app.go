package watch

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/supervisor"
)

const (
	// Environment is what tells an application that it is being developed.
	Environment = "PHALANX_ENV=development"
	// FolderEnv names the folder by which this process tells workers of errors; see Phalanx\Development.
	FolderEnv = "PHALANX_WATCH"
	// brokenFile is in that folder while the newest code cannot be used.
	brokenFile = "broken.json"
	// ended is what this process tells itself by the socket of the news.
	ended = "X_PHALANX_ENDED=1"
)

// app is the application: "phalanx APP.php start", and the processes that replace it one after another (an upgrade in place).
type app struct {
	options  Options
	folder   string // FolderEnv
	news     chan news
	spawns   chan spawning // to the thread that starts processes
	children *children
	listener *net.UnixConn // for what supervisors have to say; nil: nothing has been started yet

	process *os.Process // which is waited for and passes signals on; nil: it does not run
	next    []int       // who has replaced it and each other; a child of the one before until that has ended
	status  int         // of the last one that has ended
}

// news is what an application has to say of its state: "ready", "failed" (an upgrade), "main" (another process is the
// application now) or "ended" (the one that is waited for).
type news struct {
	what   string
	pid    int // "main"
	status int // "ended"
}

type spawning struct {
	cmd  *exec.Cmd
	done chan error
}

func newApp(o Options, folder string) *app {
	a := &app{options: o, folder: folder, news: make(chan news, 16), spawns: make(chan spawning), children: o.children}
	// Who has been started by a process that ends becomes this one's child: a replaced supervisor leaves its successor.
	_ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
	// The kernel ends a child with the thread that has started it: this one lives as long as the process.
	go func() {
		runtime.LockOSThread()
		for s := range a.spawns {
			s.done <- a.children.start(s.cmd)
		}
	}()
	return a
}

// socket is the name for what supervisors have to say, an abstract one: paths of sockets must be short.
func (a *app) socket() string { return "@" + filepath.Base(a.folder) }

// start starts it. What it has to say of its state, and its end, come by news, in their order.
func (a *app) start() error {
	if a.listener == nil {
		listener, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: a.socket(), Net: "unixgram"})
		if err != nil {
			return err
		}
		if err := control(listener, func(fd int) error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PASSCRED, 1) }); err != nil {
			return err
		}
		a.listener = listener
		go a.hear()
	}
	args := append(append([]string(nil), a.options.PHP...), a.options.Script, "start")
	cmd := exec.Command(a.options.Binary, append(args, a.options.Args...)...)
	cmd.Env = append(os.Environ(), Environment, FolderEnv+"="+a.folder, supervisor.WatcherEnv+"="+strconv.Itoa(os.Getpid()),
		"NOTIFY_SOCKET="+a.socket())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	// A group of its own: what a terminal sends to this process is passed on once, not sent to both.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	s := spawning{cmd, make(chan error, 1)}
	a.spawns <- s
	if err := <-s.done; err != nil {
		return err
	}
	a.process, a.next = cmd.Process, nil
	go a.await(cmd.Process, 0)
	return nil
}

// await tells of a process's end, after all that it has said; otherwise is the status when another one has waited for it.
func (a *app) await(p *os.Process, otherwise int) {
	status := otherwise
	if state, err := p.Wait(); err == nil {
		status = statusOf(state)
	}
	a.children.forget(p.Pid)
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: a.socket(), Net: "unixgram"})
	if err == nil {
		_, err = fmt.Fprintf(c, "%s\nSTATUS=%d", ended, status)
		_ = c.Close()
	}
	if err != nil {
		a.news <- news{what: "ended", status: status}
	}
}

// hear takes the messages that a service has for its manager (sd_notify(3)), from processes of this user.
func (a *app) hear() {
	buf, oob := make([]byte, 4096), make([]byte, unix.CmsgSpace(unix.SizeofUcred))
	for {
		n, m, _, _, err := a.listener.ReadMsgUnix(buf, oob)
		if err != nil {
			return
		}
		from, err := sender(oob[:m])
		if err != nil || int(from.Uid) != os.Geteuid() {
			continue
		}
		said := map[string]string{}
		for line := range strings.SplitSeq(string(buf[:n]), "\n") {
			name, value, _ := strings.Cut(line, "=")
			said[name] = value
		}
		if int(from.Pid) == os.Getpid() {
			status, _ := strconv.Atoi(said["STATUS"])
			a.news <- news{what: "ended", status: status}
			continue
		}
		if pid, err := strconv.Atoi(said["MAINPID"]); err == nil && pid > 1 {
			a.children.add(pid)
			a.news <- news{what: "main", pid: pid}
		}
		switch {
		case said["READY"] == "1":
			a.news <- news{what: "ready"}
		case said[supervisor.UpgradeNews] == "failed":
			a.news <- news{what: "failed"}
		}
	}
}

// sender is who has sent a message, as the kernel says.
func sender(oob []byte) (*unix.Ucred, error) {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, err
	}
	for i := range messages {
		if who, err := unix.ParseUnixCredentials(&messages[i]); err == nil {
			return who, nil
		}
	}
	return nil, errors.New("nobody")
}

func control(c *net.UnixConn, do func(fd int) error) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = do(int(fd)) }); err != nil {
		return err
	}
	return failed
}

func (a *app) runs() bool { return a.process != nil }

// signal is for the oldest of the processes, which passes it on to those that have replaced it.
func (a *app) signal(s os.Signal) {
	if a.process != nil {
		_ = a.process.Signal(s)
	}
}

// isMain is told which process is the application now, and answers whether that is another one than before.
func (a *app) isMain(pid int) bool {
	last := 0
	switch {
	case len(a.next) > 0:
		last = a.next[len(a.next)-1]
	case a.process != nil:
		last = a.process.Pid
	}
	if pid == last {
		return false
	}
	if a.process == nil {
		a.adopt(pid)
	} else {
		a.next = append(a.next, pid)
	}
	return true
}

// hasEnded is told of the end of the process that was waited for, and answers whether the application has ended with it.
func (a *app) hasEnded(status int) bool {
	a.process, a.status = nil, status
	if len(a.next) == 0 {
		return true
	}
	pid := a.next[0]
	a.next = a.next[1:]
	a.adopt(pid)
	return false
}

func (a *app) adopt(pid int) {
	a.process, _ = os.FindProcess(pid) // never fails here; Wait does
	go a.await(a.process, a.status)
}

func statusOf(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}

// children are the processes that somebody here waits for. Others become this process's children when those who have started
// them end, and nobody would wait for them.
type children struct {
	mu    sync.Mutex // held while one is started, so that its end is not taken for another's
	known map[int]bool
}

func (c *children) start(cmd *exec.Cmd) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := cmd.Start()
	if err == nil {
		c.known[cmd.Process.Pid] = true
	}
	return err
}

func (c *children) add(pid int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known[pid] = true
}

func (c *children) forget(pid int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, pid)
}

// reap waits for those that have ended and that nobody waits for.
func (c *children) reap() {
	c.mu.Lock()
	defer c.mu.Unlock()
	lists, _ := filepath.Glob("/proc/self/task/*/children")
	for _, list := range lists {
		text, _ := os.ReadFile(list)
		for field := range strings.FieldsSeq(string(text)) {
			if pid, err := strconv.Atoi(field); err == nil && !c.known[pid] {
				_, _ = unix.Wait4(pid, nil, unix.WNOHANG, nil)
			}
		}
	}
}

package supervisor

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/hub"
)

// upgradeTimeout is the default of Options.UpgradeTimeout: for the new supervisor to start, and every slot to come to its loop.
const upgradeTimeout = 2 * time.Minute

// What the two supervisors say to each other, a line each.
const (
	sayReady    = "ready"  // the new one: every slot serves
	sayFailed   = "failed" // the new one: it cannot, followed by the reason
	sayTakeOver = "yours"  // the old one: it has let go of the names that only one can have
)

// Invocation is how this process was started, to be done again.
type Invocation struct {
	Path string   // where the program lay then; another may lie there now
	Args []string // with argv[0]
	Dir  string
}

// NewInvocation is to be called before anything changes the working directory.
func NewInvocation(args []string) Invocation {
	in := Invocation{Args: args}
	in.Dir, _ = os.Getwd()
	in.Path, _ = os.Executable()
	// A symbolic link that leads to this program is where the next one is to be looked for.
	if len(args) > 0 {
		path := args[0]
		if !strings.ContainsRune(path, filepath.Separator) {
			path, _ = exec.LookPath(path)
		}
		named, err := os.Stat(path)
		self, err2 := os.Stat("/proc/self/exe")
		if abs, err3 := filepath.Abs(path); errors.Join(err, err2, err3) == nil && os.SameFile(named, self) {
			in.Path = abs
		}
	}
	return in
}

// successor is the supervisor that is to replace this one.
type successor struct {
	cmd  *exec.Cmd
	conn net.Conn
	gone chan struct{} // closed when it has ended
	err  error         // how, once gone
}

// Upgrade starts the program that now lies where this one lay, and has it replace this process; Upgraded follows. While
// it starts, everything is served here. When each of its slots serves, it has the sockets, and the slots here let their
// connections end; Stopped comes when they have. If it fails before, nothing has changed.
func (s *Supervisor) Upgrade() {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.upgrading:
		return
	case s.opts.Again.Path == "" || s.ending != serving || s.reloading || !s.up:
		s.upgradeFailed("not while it is " + s.state())
		return
	}
	s.upgrading = true
	s.decided = make(chan struct{})
	go s.upgrade()
}

func (s *Supervisor) upgrade() {
	next, err := s.startSuccessor()
	if err == nil {
		if err = next.await(s.opts.UpgradeTimeout); err != nil {
			next.kill()
		}
	}
	s.mu.Lock()
	if err == nil && s.ending != serving {
		err = errors.New("the application has been stopped in the meantime")
		next.kill()
	}
	defer close(s.decided)
	if err != nil {
		s.upgrading, s.next = false, nil
		s.upgradeFailed(err.Error())
		s.mu.Unlock()
		return
	}
	pid := next.cmd.Process.Pid
	s.notify.tell("MAINPID=" + strconv.Itoa(pid)) // from now on the service manager hears the other one
	s.notify = notifier{}
	s.others.StopListening()
	_, _ = fmt.Fprintln(next.conn, sayTakeOver)
	inheritInit(pid)
	s.ending = draining
	s.replaced = true
	s.emit(Event{Type: Upgraded, PID: pid}) // before Stopped can be
	s.end(Command{Cmd: "retire"}, s.spec.gracefulTimeout()+killGrace)
	s.mu.Unlock()
	if s.opts.Left != nil {
		s.opts.Left()
	}
	go func() {
		<-next.gone
		s.emit(Event{Type: SuccessorExit, PID: pid, Status: next.status()})
	}()
}

// upgradeFailed is called with mu held. The script hears of it before a service manager that would ask for the next thing.
func (s *Supervisor) upgradeFailed(reason string) {
	s.emit(Event{Type: Upgraded, Message: reason})
	s.notify.upgradeFailed(reason)
}

func (s *Supervisor) startSuccessor() (*successor, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socketpair", err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "successor"), os.NewFile(uintptr(pair[1]), "successor")
	defer func() { _, _ = theirs.Close(), ours.Close() }()
	s.mu.Lock()
	e := estate{Once: map[string][]byte{}, PidFile: s.spec.PidFile}
	for name, value := range s.once.values {
		e.Once[name] = value
	}
	e.Tickets, _ = json.Marshal(s.tickets)
	files := []*os.File{theirs, nil}
	for i, of := range s.sockets {
		for _, f := range of {
			files = append(files, f)
			e.Sockets = append(e.Sockets, legacy{s.spec.Workers[i].Name, s.foreign[i]})
		}
	}
	s.mu.Unlock()
	if s.opts.Leave != nil {
		for _, f := range s.opts.Leave() {
			defer func() { _ = f.Close() }()
			files = append(files, f)
			e.Sockets = append(e.Sockets, legacy{})
		}
	}
	will, err := unix.MemfdCreate("phalanx-estate", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	files[1] = os.NewFile(uintptr(will), "estate")
	defer func() { _ = files[1].Close() }()
	if err := json.NewEncoder(files[1]).Encode(e); err != nil {
		return nil, err
	}
	if _, err := files[1].Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	n := &successor{gone: make(chan struct{}), cmd: exec.Command(s.opts.Again.Path)}
	n.cmd.Args, n.cmd.Dir, n.cmd.ExtraFiles = s.opts.Again.Args, s.opts.Again.Dir, files
	// A process group of its own: a terminal's Ctrl-C reaches it by this process, once.
	n.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	n.cmd.Stdin, n.cmd.Stdout, n.cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	n.cmd.Env = append(append([]string(nil), s.opts.Env...), fmt.Sprintf("%s=%d:%d", UpgradeEnv, 2+len(files), os.Getpid()))
	n.cmd.Env = append(n.cmd.Env, s.notify.environment()...)
	if n.conn, err = net.FileConn(ours); err != nil {
		return nil, err
	}
	if err := n.cmd.Start(); err != nil {
		_ = n.conn.Close()
		return nil, err
	}
	go func() {
		n.err = n.cmd.Wait()
		_ = n.conn.Close()
		close(n.gone)
	}()
	s.mu.Lock()
	s.next = n
	if s.ending != serving {
		s.abandonUpgrade() // the stop came while there was no process yet
	}
	s.mu.Unlock()
	return n, nil
}

// await waits until it serves, or cannot.
func (n *successor) await(limit time.Duration) error {
	_ = n.conn.SetReadDeadline(time.Now().Add(limit))
	text, err := bufio.NewReader(n.conn).ReadString('\n')
	said, reason, _ := strings.Cut(strings.TrimSuffix(text, "\n"), " ")
	switch {
	case said == sayReady:
		return nil
	case said == sayFailed:
		return errors.New(reason)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%s does not serve after %s", n.cmd.Path, limit)
	}
	<-n.gone // it has closed its end; what it printed says why
	if n.err == nil {
		return fmt.Errorf("%s ended before it served", n.cmd.Path)
	}
	return fmt.Errorf("%s ended before it served: %w", n.cmd.Path, n.err)
}

// kill ends it, and with it its server processes.
func (n *successor) kill() {
	_ = n.cmd.Process.Kill()
	<-n.gone
}

// status is its raw wait status.
func (n *successor) status() int {
	if ws, ok := n.cmd.ProcessState.Sys().(unix.WaitStatus); ok {
		return int(ws)
	}
	return 0
}

// announce tells the predecessor that every slot serves and takes over from it. A predecessor that is gone meanwhile
// has left everything too.
func (s *Supervisor) announce() {
	p := s.opts.Predecessor
	_, _ = fmt.Fprintln(p.conn, sayReady)
	_, _ = bufio.NewReader(p.conn).ReadString('\n')
	_ = p.conn.Close()
	if p.pidFile != s.spec.PidFile {
		_ = os.Remove(p.pidFile) // the script writes its own
	}
	s.listenForScripts()
	if s.opts.TakenOver != nil {
		s.opts.TakenOver()
	}
	s.notify.ready()
	go endWithWatcher()
	s.emit(Event{Type: TakenOver, PID: os.Getpid()})
}

// WatcherEnv is set under "phalanx watch", to its process id.
const WatcherEnv = "PHALANX_WATCHER"

// endWithWatcher has this process stop when "phalanx watch" is killed. That one had the kernel do so for the process that it has
// started itself, which this one replaces.
func endWithWatcher() {
	pid, err := strconv.Atoi(os.Getenv(WatcherEnv))
	if err != nil {
		return
	}
	fd, err := unix.PidfdOpen(pid, 0)
	for err == nil {
		_, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1)
		if err == nil || !errors.Is(err, unix.EINTR) {
			break
		}
		err = nil
	}
	if err == nil || errors.Is(err, unix.ESRCH) {
		_ = unix.Kill(os.Getpid(), unix.SIGTERM)
	}
	if fd >= 0 {
		_ = unix.Close(fd)
	}
}

// giveUp tells the predecessor that it has to go on.
func (s *Supervisor) giveUp(reason string) {
	_, _ = fmt.Fprintln(s.opts.Predecessor.conn, sayFailed, strings.ReplaceAll(reason, "\n", " "))
}

func (s *Supervisor) listenForScripts() {
	if s.spec.PidFile == "" {
		return
	}
	if err := s.others.Listen(hub.SocketPath(s.spec.PidFile)); err != nil {
		s.log.WithError(err).Warn("supervisor: scripts beside the server cannot reach its connections")
	}
}

// InitEnv is set where process 1 is our own (bridge/cli/init.c): it ends with the supervisor, so it has to know of another.
const InitEnv = "PHALANX_INIT"

// inheritInit tells process 1 which process counts from now on, by the signal that init.c waits for.
func inheritInit(pid int) {
	if os.Getenv(InitEnv) == "" {
		return
	}
	const signal = 36
	info := struct {
		signo, errno, code, _ int32
		pid                   int32
		uid                   uint32
		value                 int64
		_                     [96]byte
	}{signo: signal, code: -1, pid: int32(os.Getpid()), uid: uint32(os.Getuid()), value: int64(pid)}
	_, _, _ = unix.RawSyscall(unix.SYS_RT_SIGQUEUEINFO, 1, signal, uintptr(unsafe.Pointer(&info)))
}

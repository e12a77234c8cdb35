package supervisor

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	serverTimerSlack  = 4 * time.Millisecond
	defaultTimerSlack = 50 * time.Microsecond // the kernel's
)

// RestoreTimerSlack makes the calling thread's timers exact again, in a server process.
func RestoreTimerSlack() {
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(defaultTimerSlack), 0, 0, 0)
}

// process is one server process.
type process struct {
	cmd     *exec.Cmd
	control *os.File
	began   time.Time
	up      chan struct{} // closed when PHP runs
	gone    chan struct{} // closed when the process has ended
	heard   chan struct{} // closed when all its reports have been read
	err     error         // why, once gone

	// Guarded by Supervisor.mu:

	slots     map[[2]int]int // worker, id => thread
	ready     bool           // each of its slots has come to its loop once
	served    chan struct{}  // closed when it is ready
	replacing bool           // another one is being started beside it
	successor *process       // that runs the same slots already; this one is about to end
}

type spawnRequest struct {
	cmd  *exec.Cmd
	done chan error
}

// spawner starts processes on a thread that never ends: a child is killed with the thread that
// forked it (PR_SET_PDEATHSIG), which is to mean "with the supervisor".
//
// The threads of a child inherit this one's timer slack. Go's monitor thread would otherwise wake
// every 20 microseconds for as long as PHP's threads go in and out of Go, which costs a server a
// tenth of its time; all other threads have the usual slack (bridge/host/slack.c, RestoreTimerSlack).
func (s *Supervisor) spawner() {
	runtime.LockOSThread()
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(serverTimerSlack), 0, 0, 0)
	for r := range s.spawns {
		r.done <- r.cmd.Start()
	}
}

// spawn starts a process and makes it the server's.
func (s *Supervisor) spawn(sv *server) (*process, error) {
	p, err := s.spawnBeside(sv)
	if err == nil {
		s.mu.Lock()
		sv.process = p
		s.mu.Unlock()
	}
	return p, err
}

// spawnBeside starts a process that is not the server's yet.
func (s *Supervisor) spawnBeside(sv *server) (*process, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("supervisor: %w", os.NewSyscallError("socketpair", err))
	}
	// Non-blocking before os.NewFile looks: reads then wait in Go's poller and end with Close.
	if err := unix.SetNonblock(pair[0], true); err != nil {
		return nil, fmt.Errorf("supervisor: %w", os.NewSyscallError("fcntl", err))
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "control"), os.NewFile(uintptr(pair[1]), "control")
	defer func() { _ = theirs.Close() }()
	cmd := exec.Command(s.opts.Path)
	cmd.Args = s.opts.Args
	cmd.Dir = s.opts.Dir
	cmd.Env = append(append([]string(nil), s.opts.Env...), ControlEnv+"=3")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.ExtraFiles = append([]*os.File{theirs}, sv.files...)
	way, err := s.wayToOthers(cmd, sv)
	if err != nil {
		_ = ours.Close()
		return nil, err
	}
	defer func() { _ = way.Close() }()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	s.mu.Lock()
	s.kills.note()
	s.mu.Unlock()
	r := spawnRequest{cmd, make(chan error, 1)}
	s.spawns <- r
	if err := <-r.done; err != nil {
		_ = ours.Close()
		return nil, fmt.Errorf("supervisor: cannot start the server process: %w", err)
	}
	p := &process{
		cmd: cmd, control: ours, began: time.Now(), up: make(chan struct{}), gone: make(chan struct{}), heard: make(chan struct{}),
		slots: map[[2]int]int{}, served: make(chan struct{}),
	}
	go func() {
		p.err = cmd.Wait()
		if p.err == nil {
			p.err = errors.New("it ended by itself")
		}
		close(p.gone)
	}()
	go s.listen(sv, p)
	s.mu.Lock()
	s.tickets.Advance(time.Now())
	tickets := s.tickets
	s.mu.Unlock()
	if c := sv.credential; c != nil {
		tickets = tickets.For(fmt.Sprintf("uid %d gid %d", c.UID, c.GID)) // users do not open each other's tickets
	}
	s.send(p, Command{Cmd: "start", Spec: &s.spec, Places: sv.places, Credential: sv.credential, Group: s.group, Tickets: &tickets})
	return p, nil
}

func (s *Supervisor) send(p *process, cmd Command) {
	_ = p.control.SetWriteDeadline(time.Now().Add(5 * time.Second))
	if _, err := p.control.Write(line(cmd)); err != nil {
		s.log.WithError(err).WithField("command", cmd.Cmd).Debug("supervisor: the server process does not listen")
	}
}

// listen reads what the server process reports until it ends.
func (s *Supervisor) listen(sv *server, p *process) {
	defer close(p.heard)
	rd := bufio.NewReader(p.control)
	for {
		text, err := rd.ReadBytes('\n')
		if err != nil {
			return
		}
		var r Report
		if err := json.Unmarshal(text, &r); err != nil {
			s.log.WithError(err).Error("supervisor: unreadable report of the server process")
			continue
		}
		s.report(sv, p, &r)
	}
}

func (s *Supervisor) report(sv *server, p *process, r *Report) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.Type {
	case reportUp:
		if !isClosed(p.up) {
			close(p.up)
		}
	case reportStatus, reportMetrics:
		if answer := s.asked[r.Seq]; answer != nil {
			delete(s.asked, r.Seq)
			answer <- r // has room
		}
	case reportOnceAsk:
		s.askOnce(p, r.What, r.Seq)
	case reportOncePut:
		s.putOnce(r.What, r.Value)
	case reportSlotStart:
		p.slots[[2]int{r.Worker, r.ID}] = r.PID
	case SlotExit:
		delete(p.slots, [2]int{r.Worker, r.ID}) // not to be reported again with the death of the process
		s.emit(r.Event)
	case Ready:
		if !p.ready {
			p.ready = true
			close(p.served)
		}
		for _, other := range s.servers {
			if other.process == nil || !other.process.ready {
				return
			}
		}
		if !s.up {
			s.up = true
			if s.opts.Predecessor != nil {
				go s.announce()
			} else {
				s.notify.ready()
			}
		}
		s.emit(r.Event)
	case SlotFailed:
		if s.opts.Predecessor != nil && !s.up {
			s.giveUp(r.Message)
		}
		s.emit(r.Event)
	case Stuck:
		go s.replace(sv, p)
	case Reloaded:
		if sv.reloaded != nil {
			sv.reloaded <- r.Event // has room
			sv.reloaded = nil
		}
	default:
		s.emit(r.Event)
	}
}

// end waits until a process has ended and its last reports are read, and closes the channel.
func (p *process) end() {
	<-p.gone
	t := time.NewTimer(lastWords)
	defer t.Stop()
	select {
	case <-p.heard:
	case <-t.C: // a child of the process still holds its end
	}
	_ = p.control.Close()
}

// kill ends the process at once.
func (p *process) kill() { _ = p.cmd.Process.Kill() }

// status is the raw wait status of a process that is gone.
func (p *process) status() int {
	if p.cmd.ProcessState != nil {
		if ws, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); ok {
			return int(ws)
		}
	}
	return 0
}

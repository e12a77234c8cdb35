package supervisor

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/phalanx-php/phalanx/goengine/socket"
)

const (
	startTimeout = 60 * time.Second // default of Options.StartTimeout
	steady       = 5 * time.Second  // a process that ran so long is not failing again and again
	maxBackOff   = 5 * time.Second
	lastWords    = time.Second // for what a process has reported before it ended
	killGrace    = time.Second // on top of the stop time-out, before SIGKILL
	firstFD      = 4           // of the listening sockets, behind the standard streams and the control channel
)

// Options say how the server process is started.
type Options struct {
	Path   string   // the program; default /proc/self/exe, which stays itself when the file is replaced
	Args   []string // with argv[0]
	Env    []string // default: this process's
	Dir    string   // working directory; default: this process's
	Logger logrus.FieldLogger

	StartTimeout time.Duration // for PHP to come up in the first server process; default 60 s
}

// Supervisor runs one application. Its methods may be called from any goroutine.
type Supervisor struct {
	spec    Spec
	opts    Options
	log     logrus.FieldLogger
	files   []*os.File // the listening sockets
	fds     [][]int    // as the server process numbers them, by worker
	events  chan Event
	started time.Time
	spawns  chan spawnRequest

	mu       sync.Mutex // guards all below
	process  *process
	restarts int
	stopping bool
	kill     *time.Timer
	seq      int
	asked    map[int]chan []Slot // status commands without an answer yet
	slots    map[[2]int]int      // worker, id => thread
}

// Start is New and Launch.
func Start(spec Spec, opts Options) (*Supervisor, error) {
	s, err := New(spec, opts)
	if err != nil {
		return nil, err
	}
	return s, s.Launch()
}

// New binds the sockets: connections wait in their queues from now on.
func New(spec Spec, opts Options) (*Supervisor, error) {
	s := &Supervisor{
		spec: spec, opts: opts, log: opts.Logger, events: make(chan Event, 1024), started: time.Now(),
		spawns: make(chan spawnRequest), asked: map[int]chan []Slot{}, slots: map[[2]int]int{},
	}
	if s.log == nil {
		s.log = logrus.StandardLogger()
	}
	if s.opts.Path == "" {
		s.opts.Path = "/proc/self/exe"
	}
	if s.opts.StartTimeout <= 0 {
		s.opts.StartTimeout = startTimeout
	}
	if s.opts.Env == nil {
		s.opts.Env = os.Environ()
	}
	if err := s.bind(); err != nil {
		s.closeFiles()
		return nil, err
	}
	return s, nil
}

// Launch starts the server process, once; it returns when PHP runs there. After an error the
// supervisor is of no more use.
func (s *Supervisor) Launch() error {
	go s.spawner()
	p, err := s.spawn()
	if err != nil {
		s.release()
		return err
	}
	if err := s.awaitStart(p); err != nil {
		p.kill()
		p.end()
		s.release()
		return err
	}
	go s.watch(p)
	return nil
}

func (s *Supervisor) awaitStart(p *process) error {
	t := time.NewTimer(s.opts.StartTimeout)
	defer t.Stop()
	select {
	case <-p.up:
		return nil
	case <-p.gone:
		return fmt.Errorf("supervisor: the server process did not start: %w", p.err)
	case <-t.C:
		return fmt.Errorf("supervisor: the server process did not start within %s", s.opts.StartTimeout)
	}
}

// bind opens the sockets. They are the supervisor's for as long as it lives, so that connections
// wait in their queues while there is no server process.
func (s *Supervisor) bind() error {
	for i := range s.spec.Workers {
		w := &s.spec.Workers[i]
		w.Count = max(w.Count, 1)
		fds := []int{}
		if w.Listen != "" {
			n := 1
			if w.ReusePort {
				n = w.Count
			}
			for range n {
				fd, err := socket.Listen(w.Listen, socket.Options{Backlog: w.Backlog, ReusePort: w.ReusePort})
				if err != nil {
					return err
				}
				fds = append(fds, firstFD+len(s.files))
				s.files = append(s.files, os.NewFile(uintptr(fd), w.Listen))
			}
		}
		s.fds = append(s.fds, fds)
	}
	return nil
}

func (s *Supervisor) closeFiles() {
	for _, f := range s.files {
		_ = f.Close()
	}
	s.files = nil
}

func (s *Supervisor) release() {
	s.closeFiles()
	close(s.spawns)
}

func (s *Supervisor) emit(ev Event) {
	select {
	case s.events <- ev:
	default:
		s.log.WithField("event", ev.Type).Error("supervisor: nobody takes the events; one is lost")
	}
}

// watch starts a new server process whenever one has died, at once unless they die again and again.
func (s *Supervisor) watch(p *process) {
	for failures := 0; ; failures++ {
		p.end()
		s.mu.Lock()
		stopping, lost := s.stopping, s.slots
		s.slots = map[[2]int]int{}
		if s.kill != nil {
			s.kill.Stop()
		}
		s.mu.Unlock()
		if stopping {
			s.release()
			s.emit(Event{Type: Stopped})
			return
		}
		s.emit(Event{Type: ServerExit, PID: p.cmd.Process.Pid, Status: p.status(), Message: p.err.Error()})
		for slot, pid := range lost {
			s.emit(Event{Type: SlotExit, Worker: slot[0], ID: slot[1], PID: pid, Status: p.status(), Message: "the server process died"})
		}
		if time.Since(p.began) > steady {
			failures = 0
		}
		next, err := s.again(failures)
		if err != nil {
			s.log.WithError(err).Error("supervisor: no new server process")
			s.release()
			s.emit(Event{Type: Stopped, Message: err.Error()})
			return
		}
		p = next
	}
}

var errStopped = errors.New("supervisor: stopped while no server process ran")

// again starts the next process, the first time at once.
func (s *Supervisor) again(failures int) (*process, error) {
	if failures > 0 {
		wait := min(100*time.Millisecond<<min(failures, 10), maxBackOff)
		for until := time.Now().Add(wait); time.Now().Before(until) && !s.isStopping(); {
			time.Sleep(10 * time.Millisecond)
		}
	}
	if s.isStopping() {
		return nil, errStopped
	}
	s.mu.Lock()
	s.restarts++
	s.mu.Unlock()
	p, err := s.spawn()
	if err == nil && s.isStopping() {
		p.kill() // the stop came while there was no process to tell
	}
	return p, err
}

func (s *Supervisor) isStopping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopping
}

// Wait answers the next event; false when none came within the time-out (negative: no limit).
func (s *Supervisor) Wait(timeout time.Duration) (Event, bool) {
	if timeout < 0 {
		return <-s.events, true
	}
	t := time.NewTimer(timeout)
	defer t.Stop()
	select {
	case ev := <-s.events:
		return ev, true
	case <-t.C:
		return Event{}, false
	}
}

// Reload has the slots replaced one by one.
func (s *Supervisor) Reload(graceful bool) {
	s.mu.Lock()
	p := s.process
	s.mu.Unlock()
	s.send(p, Command{Cmd: "reload", Graceful: graceful})
}

// Stop ends the slots, then the server process; Stopped follows. Without grace the process is
// killed when the stop time-out has passed. A second call without grace means now.
func (s *Supervisor) Stop(graceful bool) {
	s.mu.Lock()
	p, again := s.process, s.stopping
	s.stopping = true
	if !graceful {
		wait := s.spec.stopTimeout() + killGrace
		if again {
			wait = 0
		}
		if s.kill != nil {
			s.kill.Stop()
		}
		s.kill = time.AfterFunc(wait, p.kill)
	}
	s.mu.Unlock()
	s.send(p, Command{Cmd: "stop", Graceful: graceful})
}

// Status asks the server process; without an answer within two seconds the slots are left out.
func (s *Supervisor) Status() Status {
	s.mu.Lock()
	s.seq++
	seq, answer, p := s.seq, make(chan []Slot, 1), s.process
	s.asked[seq] = answer
	st := Status{PID: os.Getpid(), ServerPID: p.cmd.Process.Pid, Started: s.started, Restarts: s.restarts}
	s.mu.Unlock()
	s.send(p, Command{Cmd: "status", Seq: seq})
	t := time.NewTimer(2 * time.Second)
	defer t.Stop()
	select {
	case st.Slots = <-answer:
	case <-p.gone:
	case <-t.C:
	}
	s.mu.Lock()
	delete(s.asked, seq)
	s.mu.Unlock()
	return st
}

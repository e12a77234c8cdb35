package supervisor

import (
	secret "crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/hub"
	"github.com/phalanx-php/phalanx/goengine/socket"
	"github.com/phalanx-php/phalanx/goengine/tlsconn"
)

const (
	startTimeout  = 60 * time.Second // default of Options.StartTimeout
	steady        = 5 * time.Second  // a process that ran so long is not failing again and again
	maxBackOff    = 5 * time.Second
	lastWords     = time.Second            // for what a process has reported before it ended
	killGrace     = time.Second            // on top of the stop time-out, before SIGKILL
	statusTimeout = 2 * time.Second        // for the answers to a status command
	refuseAfter   = 200 * time.Millisecond // from the end of a drain's delay: slots have stopped accepting by then
	firstFD       = 4                      // of the listening sockets, behind the standard streams and the control channel
)

// Options say how the server processes are started.
type Options struct {
	Path   string   // the program; default /proc/self/exe, which stays itself when the file is replaced
	Args   []string // with argv[0]
	Env    []string // default: this process's
	Dir    string   // working directory; default: this process's
	Logger logrus.FieldLogger

	// Cluster joins the switch with those of other machines, as the node of this number, where Spec.Cluster is not empty. What
	// it answers is closed with the supervisor.
	Cluster func(s *hub.Switch, node uint32) (io.Closer, error)

	StartTimeout time.Duration // for PHP to come up in a server process; default 60 s

	// Predecessor is whom this process replaces, nil: nobody.
	Predecessor *Predecessor
	// TakenOver is called, where there is a Predecessor, when this process has taken over from it.
	TakenOver func()
	// Again is how Upgrade starts the process that replaces this one. Leave answers copies of further listening sockets for it;
	// Left is called when it has taken over.
	Again          Invocation
	Leave          func() []*os.File
	Left           func()
	UpgradeTimeout time.Duration // default 2 minutes
}

// Supervisor runs one application. Its methods may be called from any goroutine.
type Supervisor struct {
	spec    Spec
	opts    Options
	log     logrus.FieldLogger
	sockets [][]*os.File // by worker: none, one for all its slots, or one for each
	foreign []bool       // by worker: its sockets are a service manager's

	credentials []*Credential // by worker
	servers     []*server     // set by New
	events      *eventQueue
	started     time.Time
	group       string // Command.Group
	spawns      chan spawnRequest
	released    chan struct{} // closed by release
	notify      notifier
	others      *hub.Switch // between the server processes, and scripts beside them
	node        uint32      // of this machine in a cluster, else 0
	cluster     io.Closer   // nil: there is none
	numbers     atomic.Uint32

	mu        sync.Mutex // guards all below and what servers say it does
	once      once
	stopping  bool        // no server process is replaced any more
	ending    ending      // serving < draining < ...
	drain     *time.Timer // to the end of the delay
	refuse    *time.Timer // to the refusal of new connections
	reloading bool
	reloads   int  // that have ended
	failed    int  // of them
	up        bool // all servers have been ready
	running   int  // servers that are not over
	kills     kills
	seq       int
	asked     map[int]chan *Report // questions without an answer yet
	tickets   tlsconn.TicketSeed
	upgrading bool          // the process that is to replace this one starts, or has done so
	next      *successor    // that process
	decided   chan struct{} // closed when it has taken over, or is gone; nil: there was none
	replaced  bool          // it has taken over
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
		spec: spec, opts: opts, log: opts.Logger, events: newEventQueue(), started: time.Now(), group: secret.Text(),
		spawns: make(chan spawnRequest), released: make(chan struct{}), asked: map[int]chan *Report{}, tickets: tlsconn.NewTicketSeed(time.Now()),
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
	if s.opts.UpgradeTimeout <= 0 {
		s.opts.UpgradeTimeout = upgradeTimeout
	}
	if s.opts.Env == nil {
		s.opts.Env = os.Environ()
	}
	var sockets inheritance
	sockets, s.opts.Env = activated(s.opts.Env, s.log)
	if p := s.opts.Predecessor; p != nil {
		sockets = append(sockets, p.sockets...)
		if err := json.Unmarshal(p.tickets, &s.tickets); err != nil {
			s.log.WithError(err).Warn("supervisor: TLS sessions of the process to replace do not resume")
		}
	}
	s.notify, s.opts.Env = takeNotifier(s.opts.Env)
	s.once = newOnce(spec.Once)
	for i := range s.spec.Workers {
		w := &s.spec.Workers[i]
		w.Count = max(w.Count, 1)
		c, err := credentialOf(w)
		if err != nil {
			return nil, err
		}
		s.credentials = append(s.credentials, c)
	}
	err := s.bind(&sockets)
	sockets.drop(s.spec.Workers, s.log)
	if err != nil {
		s.closeSockets()
		return nil, err
	}
	s.divide()
	s.others = hub.NewSwitch(s.log)
	if s.spec.Cluster != "" && s.opts.Cluster != nil {
		for s.node == 0 {
			s.node = rand.Uint32() // so that the names of connections are no other machine's, nor an earlier start's
		}
		if s.cluster, err = s.opts.Cluster(s.others, s.node); err != nil {
			s.closeSockets()
			return nil, err
		}
	}
	if s.opts.Predecessor == nil {
		s.listenForScripts()
	}
	return s, nil
}

// bind opens the sockets, or takes inherited ones. They are the supervisor's for as long as it lives, so that connections
// wait in their queues while there is no server process.
func (s *Supervisor) bind(ready *inheritance) error {
	for i := range s.spec.Workers {
		w := &s.spec.Workers[i]
		var files []*os.File
		foreign := false
		path, isUnix := strings.CutPrefix(w.Listen, "unix://")
		if w.Listen != "" {
			n := 1
			if w.ReusePort && !isUnix { // a path can be bound but once
				n = w.Count
			}
			files, foreign = ready.take(w.Listen, n)
			if len(files) > 0 && (foreign || !controls(files[0], socket.SharesPort)) {
				n = len(files) // nobody else can bind the address
			}
			for len(files) < n {
				fd, err := socket.Listen(w.Listen, socket.Options{Backlog: w.Backlog, ReusePort: w.ReusePort})
				if err != nil {
					s.sockets, s.foreign = append(s.sockets, files), append(s.foreign, foreign)
					return err
				}
				files = append(files, os.NewFile(uintptr(fd), w.Listen))
			}
		}
		s.sockets, s.foreign = append(s.sockets, files), append(s.foreign, foreign)
		if c := s.credentials[i]; c != nil && isUnix && !foreign {
			gid := -1
			if w.Group != "" {
				gid = c.GID
			}
			if err := os.Chown(path, c.UID, gid); err != nil {
				return fmt.Errorf("worker %s: its socket cannot be given to user %s: %w", w.Name, c.User, err)
			}
		}
	}
	return nil
}

func (s *Supervisor) closeSockets() {
	for _, files := range s.sockets {
		for _, f := range files {
			_ = f.Close()
		}
	}
	s.sockets = nil
}

func (s *Supervisor) release() {
	s.mu.Lock()
	if s.refuse != nil {
		s.refuse.Stop()
	}
	s.closeSockets()
	s.mu.Unlock()
	if s.cluster != nil {
		_ = s.cluster.Close()
	}
	s.others.Close()
	close(s.spawns)
	close(s.released)
}

// Launch starts the server processes, once; it returns when PHP runs in each. After an error the
// supervisor is of no more use.
func (s *Supervisor) Launch() error {
	go s.spawner()
	if s.notify.socket != "" && s.notify.watchdog > 0 {
		go s.keepAlive()
	}
	var err error
	var started []*process
	for _, sv := range s.servers {
		var p *process
		if p, err = s.spawn(sv); err != nil {
			break
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err == nil {
			err = s.awaitStart(p)
		}
	}
	if err != nil {
		for _, p := range started {
			p.kill()
			p.end()
		}
		s.release()
		return err
	}
	s.running = len(s.servers)
	for i, sv := range s.servers {
		go s.watch(sv, started[i])
	}
	return nil
}

func (s *Supervisor) emit(ev Event) {
	if !s.events.put(ev) {
		s.log.WithField("event", ev.Type).Error("supervisor: nobody takes the events; one is lost")
	}
}

func (s *Supervisor) isStopping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopping
}

// Wait answers the next event; false when none came within the time-out (negative: no limit).
func (s *Supervisor) Wait(timeout time.Duration) (Event, bool) { return s.events.wait(timeout) }

// Reload has the slots replaced one by one; Reloaded follows. One that comes while another runs,
// or after Stop, is ignored.
func (s *Supervisor) Reload(graceful bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reloading || s.upgrading || s.ending != serving {
		return
	}
	s.reloading = true
	s.notify.reloading()
	go s.reload(graceful)
}

// reload has one server process after the other renew its slots. Slots that cannot run the new
// code end it: the rest goes on with the old.
func (s *Supervisor) reload(graceful bool) {
	ev := Event{Type: Reloaded}
	for _, sv := range s.servers {
		done := make(chan Event, 1)
		s.mu.Lock()
		p := sv.process
		sv.reloaded = done
		s.mu.Unlock()
		s.send(p, Command{Cmd: "reload", Graceful: graceful})
		select {
		case ev = <-done:
		case <-p.gone: // its successor runs the new code
		}
		if ev.Message != "" {
			break
		}
	}
	s.mu.Lock()
	s.reloading = false
	s.reloads++
	if ev.Message != "" {
		s.failed++
	}
	manager := s.notify
	s.mu.Unlock()
	s.emit(ev)
	manager.ready() // who asks for the next thing now finds the script done with this one
}

// How far the end of the application has come.
type ending int

const (
	serving ending = iota
	draining
	gracefulStop
	plainStop
	killing
)

// Drain makes the application not ready and stops it after a while: slots stop accepting, have their
// connections end by themselves and then stop, within the stop time-out all together.
func (s *Supervisor) Drain(delay time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ending >= draining {
		return
	}
	s.abandonUpgrade()
	s.ending = draining
	s.notify.stopping("draining")
	s.drain = time.AfterFunc(delay, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.ending == draining {
			s.end(Command{Cmd: "drain"}, s.spec.StopPatience()+killGrace)
			s.refuse = time.AfterFunc(refuseAfter, s.shutListeners)
		}
	})
}

// shutListeners has the kernel refuse connections, which would otherwise wait for slots that
// accept no more. It concerns all copies of the sockets.
func (s *Supervisor) shutListeners() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, files := range s.sockets {
		if s.foreign[i] {
			continue // the service manager's: who connects waits for the next start
		}
		for _, f := range files {
			if raw, err := f.SyscallConn(); err == nil {
				_ = raw.Control(func(fd uintptr) { _ = unix.Shutdown(int(fd), unix.SHUT_RDWR) })
			}
		}
	}
}

// Stop ends the slots, then the server processes; Stopped follows. The processes are killed when
// the stop time-out has passed, or the graceful one. After a graceful stop or a drain, a call
// without grace stops at once; after that one, it means now.
func (s *Supervisor) Stop(graceful bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.abandonUpgrade()
	switch {
	case graceful && s.ending >= gracefulStop:
	case graceful:
		s.ending = gracefulStop
		s.end(Command{Cmd: "stop", Graceful: true}, s.spec.gracefulTimeout()+killGrace)
	case s.ending < plainStop:
		s.ending = plainStop
		s.end(Command{Cmd: "stop"}, s.spec.StopPatience()+killGrace)
	default:
		s.ending = killing
		s.end(Command{Cmd: "stop"}, 0)
	}
}

// abandonUpgrade ends the process that was to replace this one, unless it has. Called with mu held.
func (s *Supervisor) abandonUpgrade() {
	if s.next != nil && !s.replaced {
		_ = s.next.cmd.Process.Kill()
	}
}

// end tells all server processes to, and kills those that take too long. Called with mu held.
func (s *Supervisor) end(cmd Command, limit time.Duration) {
	s.stopping = true
	s.notify.stopping("stopping")
	if s.drain != nil {
		s.drain.Stop()
	}
	for _, sv := range s.servers {
		if sv.kill != nil {
			sv.kill.Stop()
		}
		sv.kill = time.AfterFunc(limit, sv.process.kill)
		go s.send(sv.process, cmd) // one that does not read must not hold up the others
	}
}

// Ask has every slot that is in its loop hear a wish.
func (s *Supervisor) Ask(wish string) {
	s.mu.Lock()
	var processes []*process
	for _, sv := range s.servers {
		processes = append(processes, sv.process)
	}
	s.mu.Unlock()
	for _, p := range processes {
		s.send(p, Command{Cmd: "ask", Wish: wish})
	}
}

// state is Status.State. Called with mu held.
func (s *Supervisor) state() string {
	switch {
	case s.ending > draining || s.stopping:
		return "stopping"
	case s.ending == draining:
		return "draining"
	case s.reloading, s.upgrading:
		return "reloading"
	}
	if !s.up {
		return "starting"
	}
	return "running"
}

package supervisor

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// server is a server process and those that follow it when it dies: they run the same slots.
type server struct {
	credential *Credential // nil: who started the supervisor
	places     []Place
	files      []*os.File // its listening sockets, the first one being descriptor firstFD

	// Guarded by Supervisor.mu:

	process  *process
	down     time.Time // when the process died or was started
	restarts int
	kill     *time.Timer
	reloaded chan Event // gets the end of a reload that is under way; room for one
}

func (sv *server) status() Server {
	st := Server{Restarts: sv.restarts, Slots: len(sv.places)}
	if sv.process != nil {
		st.PID = sv.process.cmd.Process.Pid
		st.Ready = sv.process.ready && !isClosed(sv.process.gone)
		st.Running = isClosed(sv.process.up) && !isClosed(sv.process.gone)
	}
	if !st.Running {
		st.DownFor = time.Since(sv.down).Seconds()
	}
	if sv.credential != nil {
		st.User = sv.credential.User
	}
	return st
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// divide decides which server process runs which slots. Workers of different users never share
// one; those of the same user are dealt out to Spec.Processes of them.
func (s *Supervisor) divide() {
	type group struct {
		credential *Credential
		slots      [][2]int
	}
	var groups []*group
	byUser := map[[2]int]*group{}
	for w := range s.spec.Workers {
		c := s.credentials[w]
		g := byUser[c.key()]
		if g == nil {
			g = &group{credential: c}
			byUser[c.key()] = g
			groups = append(groups, g)
		}
		for id := range s.spec.Workers[w].Count {
			g.slots = append(g.slots, [2]int{w, id})
		}
	}
	for _, g := range groups {
		servers := make([]*server, min(max(s.spec.Processes, 1), len(g.slots)))
		for i := range servers {
			servers[i] = &server{credential: g.credential, down: time.Now()}
		}
		for i, slot := range g.slots {
			s.place(servers[i%len(servers)], slot)
		}
		s.servers = append(s.servers, servers...)
	}
	if len(s.servers) == 0 {
		s.servers = []*server{{down: time.Now()}}
	}
}

// place gives a slot to a server.
func (s *Supervisor) place(sv *server, slot [2]int) {
	p := Place{Worker: slot[0], ID: slot[1], FDs: []int{}}
	if files := s.sockets[slot[0]]; len(files) > 0 {
		f := files[min(slot[1], len(files)-1)]
		at := -1
		for i := range sv.files {
			if sv.files[i] == f {
				at = i
			}
		}
		if at < 0 {
			at = len(sv.files)
			sv.files = append(sv.files, f)
		}
		p.FDs = append(p.FDs, firstFD+at)
	}
	sv.places = append(sv.places, p)
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

// watch starts a new server process whenever one has died, at once unless they die again and again.
func (s *Supervisor) watch(sv *server, p *process) {
	for failures := 0; ; failures++ {
		p.end()
		s.mu.Lock()
		stopping, lost, successor := s.stopping, p.slots, p.successor
		s.lostMaker(p)
		if successor == nil && isClosed(p.up) {
			sv.down = time.Now() // one that did not come up only adds to the time without one
		}
		if sv.kill != nil && successor == nil {
			sv.kill.Stop()
		}
		s.mu.Unlock()
		if stopping && successor == nil {
			s.over()
			return
		}
		message := p.err.Error()
		if why := s.whyKilled(p); why != "" {
			message += " (" + why + ")"
		}
		s.emit(Event{Type: ServerExit, PID: p.cmd.Process.Pid, Status: p.status(), Message: message})
		for slot, pid := range lost {
			s.emit(Event{Type: SlotExit, Worker: slot[0], ID: slot[1], PID: pid, Status: p.status(), Message: "the server process died"})
		}
		if time.Since(p.began) > steady {
			failures = 0
		}
		if successor != nil {
			p = successor // it serves already
			continue
		}
		if p = s.again(sv, &failures); p == nil {
			s.over()
			return
		}
		go func(p *process) {
			if err := s.awaitStart(p); err != nil && !isClosed(p.gone) {
				s.log.WithError(err).Error("supervisor: killing it")
				p.kill()
			}
		}(p)
	}
}

func (s *Supervisor) whyKilled(p *process) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kills.explain(unix.WaitStatus(p.status()))
}

// over is told of each server that runs no more.
func (s *Supervisor) over() {
	s.mu.Lock()
	s.running--
	last, decided := s.running == 0, s.decided
	s.mu.Unlock()
	if last {
		if decided != nil {
			<-decided // this process must not end before one that would take over
		}
		s.release()
		s.emit(Event{Type: Stopped})
	}
}

// again starts the next process, the first time at once; nil when the application has been
// stopped in the meantime.
func (s *Supervisor) again(sv *server, failures *int) *process {
	for ; ; *failures++ {
		if *failures > 0 {
			wait := min(100*time.Millisecond<<min(*failures, 10), maxBackOff)
			for until := time.Now().Add(wait); time.Now().Before(until) && !s.isStopping(); {
				time.Sleep(10 * time.Millisecond)
			}
		}
		if s.isStopping() {
			return nil
		}
		s.mu.Lock()
		sv.restarts++
		s.mu.Unlock()
		p, err := s.spawn(sv)
		if err != nil {
			// The machine may be short of processes or memory for a while.
			s.log.WithError(err).Error("supervisor: no new server process; trying again")
			continue
		}
		if s.isStopping() {
			p.kill() // the stop came while there was no process to tell
		}
		return p
	}
}

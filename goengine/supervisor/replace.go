package supervisor

import "time"

// replace starts a process beside one that has a thread which nothing can end. When the new one serves, the old one stops
// accepting, has its connections end by themselves, as in a drain, and is killed: the thread will not let it end. While the new
// one cannot start, the old one goes on with the slots that it has left.
func (s *Supervisor) replace(sv *server, old *process) {
	s.mu.Lock()
	busy := s.stopping || sv.process != old || old.replacing || isClosed(old.gone)
	old.replacing = true
	s.mu.Unlock()
	if busy {
		return
	}
	next, err := s.spawnBeside(sv)
	if err == nil && !s.awaitService(old, next) {
		next.kill()
		next.end()
		next = nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || next == nil {
		old.replacing = false // it may be asked for again
		if !s.stopping {
			s.log.WithError(err).WithField("pid", old.cmd.Process.Pid).Error("supervisor: a server process is stuck, and no other one can take its place")
		}
		return
	}
	if s.stopping || sv.process != old || isClosed(old.gone) {
		next.kill() // the application stops, or the old one has died and its successor is on its way
		return
	}
	sv.process, old.successor = next, next
	sv.restarts++
	go s.send(old, Command{Cmd: "drain"})
	time.AfterFunc(s.spec.StopPatience(), old.kill)
}

// awaitService waits until each slot of a process serves. False: it does not come to that, or there is no need any more.
func (s *Supervisor) awaitService(old, next *process) bool {
	late := time.NewTimer(s.opts.StartTimeout)
	defer late.Stop()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-next.served:
			return true
		case <-next.gone:
			return false
		case <-old.gone:
			return false
		case <-late.C:
			return false
		case <-look.C:
			if s.isStopping() {
				return false
			}
		}
	}
}

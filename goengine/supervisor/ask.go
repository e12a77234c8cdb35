package supervisor

import (
	"os"
	"time"

	"github.com/phalanx-php/phalanx/goengine/metrics"
)

// reply is what a server process said to a question.
type reply struct {
	pid    int
	report *Report // nil: it did not answer in time
}

// question asks every server process for a report, and answers what those said that did within two seconds. before is
// called with mu held, when the questions have their numbers.
func (s *Supervisor) question(cmd string, before func()) []reply {
	type asked struct {
		p      *process
		seq    int
		answer chan *Report
	}
	s.mu.Lock()
	if before != nil {
		before()
	}
	var questions []asked
	for _, sv := range s.servers {
		s.seq++
		q := asked{sv.process, s.seq, make(chan *Report, 1)}
		if sv.process != nil { // not before Launch
			s.asked[q.seq] = q.answer
		}
		questions = append(questions, q)
	}
	s.mu.Unlock()
	for _, q := range questions {
		if q.p != nil {
			s.send(q.p, Command{Cmd: cmd, Seq: q.seq})
		}
	}
	t := time.NewTimer(statusTimeout)
	defer t.Stop()
	late := false
	replies := make([]reply, len(questions))
	for i, q := range questions {
		if q.p == nil {
			continue
		}
		r := &replies[i]
		r.pid = q.p.cmd.Process.Pid
		if late {
			select {
			case r.report = <-q.answer:
			default:
			}
			continue
		}
		select {
		case r.report = <-q.answer:
		case <-q.p.gone:
		case <-t.C:
			late = true
		}
	}
	s.mu.Lock()
	for _, q := range questions {
		delete(s.asked, q.seq)
	}
	s.mu.Unlock()
	return replies
}

// Status asks the server processes; the slots of those that do not answer within two seconds are
// left out.
func (s *Supervisor) Status() Status { return s.status("status") }

// Stacks is Status with Slot.Stack.
func (s *Supervisor) Stacks() Status { return s.status("stacks") }

func (s *Supervisor) status(cmd string) Status {
	var st Status
	replies := s.question(cmd, func() {
		st = Status{PID: os.Getpid(), Started: s.started, State: s.state(), Reloads: s.reloads, ReloadsFailed: s.failed}
		for i := range s.spec.Workers {
			st.Workers = append(st.Workers, s.spec.Workers[i].Name)
			if s.foreign[i] {
				st.Inherited = append(st.Inherited, i)
			}
		}
		for _, sv := range s.servers {
			st.Servers = append(st.Servers, sv.status())
		}
	})
	for i, r := range replies {
		if r.report == nil {
			continue
		}
		st.Servers[i].Answered, st.Servers[i].Goroutines = true, r.report.Goroutines
		for _, slot := range r.report.Slots {
			slot.Server = i
			if slot.Worker < len(st.Workers) {
				slot.Name = st.Workers[slot.Worker]
			}
			st.Slots = append(st.Slots, slot)
		}
	}
	return st
}

// Metrics asks the server processes what they have counted, and adds what this process has.
func (s *Supervisor) Metrics() []metrics.Part {
	var parts []metrics.Part
	for i, r := range s.question("metrics", nil) {
		p := metrics.Part{Server: i, PID: r.pid}
		if r.report != nil && r.report.Metrics != nil {
			p.Snapshot, p.Answered = *r.report.Metrics, true
		}
		parts = append(parts, p)
	}
	own, err := metrics.Default().Snapshot()
	if err != nil {
		s.log.WithError(err).Error("supervisor: not all metrics could be read")
	}
	return append(parts, metrics.Part{Server: -1, PID: os.Getpid(), Snapshot: own, Answered: true})
}

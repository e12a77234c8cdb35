package supervisor

// once keeps values that are made once for the application, by whoever needs one first: in the
// supervisor's own script, or in a slot. Guarded by Supervisor.mu.
type once struct {
	values  map[string][]byte
	makers  map[string]*process // who makes it at the moment
	waiting map[string][]onceQuestion
}

type onceQuestion struct {
	p   *process
	seq int
}

func newOnce(values map[string][]byte) once {
	o := once{values: map[string][]byte{}, makers: map[string]*process{}, waiting: map[string][]onceQuestion{}}
	for name, value := range values {
		o.values[name] = value
	}
	return o
}

// askOnce answers a server process with a value, has it make one, or lets it wait for another that
// does. Called with mu held.
func (s *Supervisor) askOnce(p *process, name string, seq int) {
	value, ok := s.once.values[name]
	switch {
	case ok:
		go s.send(p, Command{Cmd: "once", Seq: seq, Value: value})
	case s.once.makers[name] == nil:
		s.once.makers[name] = p
		go s.send(p, Command{Cmd: "once", Seq: seq, Make: true})
	default:
		s.once.waiting[name] = append(s.once.waiting[name], onceQuestion{p, seq})
	}
}

// putOnce takes a value; nil: it could not be made, and the next one in line is to try. Called with
// mu held.
func (s *Supervisor) putOnce(name string, value []byte) {
	delete(s.once.makers, name)
	waiting := s.once.waiting[name]
	delete(s.once.waiting, name)
	if _, ok := s.once.values[name]; value != nil && !ok {
		s.once.values[name] = value
	}
	for _, q := range waiting {
		if !isClosed(q.p.gone) {
			s.askOnce(q.p, name, q.seq)
		}
	}
}

// lostMaker is told of a server process that has died. Called with mu held.
func (s *Supervisor) lostMaker(p *process) {
	for name, maker := range s.once.makers {
		if maker == p {
			s.putOnce(name, nil)
		}
	}
}

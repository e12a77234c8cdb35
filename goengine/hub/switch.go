package hub

import (
	"bufio"
	"encoding/json"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// Switch passes frames between the server processes of an application, and from command-line
// scripts to them. The supervisor has it; its methods may be called from any goroutine.
type Switch struct {
	log logrus.FieldLogger

	mu       sync.Mutex // guards all below
	ports    map[*port]bool
	seq      uint32
	pending  map[uint32]*gathering
	listener net.Listener
	closed   bool
	node     uint32 // this machine's number in a cluster
	up       Uplink // nil: there is no cluster

	lost   atomic.Uint64
	warned atomic.Int64
}

// port is one process's end.
type port struct {
	conn    net.Conn
	out     *outbox
	process uint64 // 0: it has no connections
	trusted bool   // it runs as the supervisor's user
}

// gathering is a question that processes are answering.
type gathering struct {
	from    *port  // who asks; nil: another node
	node    uint32 // which one
	seq     uint32 // by which the asker knows the question
	missing map[*port]bool
	nodes   map[uint32]bool // that have not answered
	failed  int             // processes and nodes that could not be asked
	answers []Answer
	timer   *time.Timer
}

// NewSwitch makes a Switch without processes.
func NewSwitch(log logrus.FieldLogger) *Switch {
	return &Switch{log: log, ports: map[*port]bool{}, pending: map[uint32]*gathering{}}
}

// Serve takes the connection of a server process, whose number is not 0 and not used twice. trusted says that it runs as
// the same user.
func (s *Switch) Serve(conn net.Conn, process uint64, trusted bool) {
	p := &port{conn: conn, out: newOutbox(conn), process: process, trusted: trusted}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		s.end(p)
		return
	}
	s.ports[p] = true
	s.mu.Unlock()
	go s.read(p)
}

// Listen lets command-line scripts of this user, and of root, connect to a unix socket.
func (s *Switch) Listen(path string) error {
	l, err := listenPrivate(path)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.listener = l
	s.mu.Unlock()
	go func() {
		for {
			conn, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil {
				time.Sleep(100 * time.Millisecond) // no descriptors, likely
				continue
			}
			if !ownPeer(conn) {
				_ = conn.Close()
				continue
			}
			s.Serve(conn, 0, true)
		}
	}()
	return nil
}

// StopListening lets another process have the path. Connections stay.
func (s *Switch) StopListening() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil {
		_ = s.listener.Close()
		s.listener = nil
	}
}

// Close ends all connections.
func (s *Switch) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.listener != nil {
		_ = s.listener.Close()
	}
	for p := range s.ports {
		_ = p.conn.Close() // its reader does the rest
	}
}

func (s *Switch) end(p *port) {
	p.out.close()
	_ = p.conn.Close()
}

func (s *Switch) read(p *port) {
	rd := bufio.NewReaderSize(p.conn, 64<<10)
	for {
		f, err := readFrame(rd)
		if err != nil {
			break
		}
		switch f.kind {
		case kindTell:
			s.tell(p, f)
		case kindAsk:
			s.ask(p, f)
		case kindAnswer:
			s.answered(p, f)
		case kindCall:
			go s.call(p, f)
		}
	}
	s.end(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.ports, p)
	for seq, g := range s.pending {
		if delete(g.missing, p); g.from == p {
			s.conclude(seq, g)
		} else {
			s.concludeIfComplete(seq, g)
		}
	}
}

// others are the server processes that what p says is for.
func (s *Switch) others(p *port, to *Target) []*port {
	var process uint64
	if to.Conn != "" {
		id, ok := parseID(to.Conn)
		if !ok {
			return nil
		}
		process = id.process
	}
	var list []*port
	for other := range s.ports {
		if other != p && other.process != 0 && (to.Conn == "" || other.process == process) && (to.Process == 0 || other.process == to.Process) {
			list = append(list, other)
		}
	}
	return list
}

func (s *Switch) tell(p *port, f *wireFrame) {
	if to := s.tellLocal(p, f); to != nil {
		s.tellNodes(f, to)
	}
}

// tellLocal passes a command on to the processes of this machine, and answers whom it is for.
func (s *Switch) tellLocal(p *port, f *wireFrame) *Target {
	var cmd struct {
		To Target `json:"to"`
	}
	if json.Unmarshal(f.head, &cmd) != nil {
		return nil
	}
	s.mu.Lock()
	list := s.others(p, &cmd.To)
	s.mu.Unlock()
	for _, other := range list {
		if err := other.out.put(f.all); errors.Is(err, loop.ErrFull) {
			s.lose(err, other.process)
		}
	}
	return &cmd.To
}

func (s *Switch) lose(err error, process uint64) {
	n := s.lost.Add(1)
	now := time.Now().Unix()
	if last := s.warned.Load(); now > last && s.warned.CompareAndSwap(last, now) {
		s.log.WithError(err).WithField("process", process).WithField("lost", n).
			Warn("hub: a server process, or the way to other machines, does not take messages fast enough; they are lost")
	}
}

// Lost is how many commands did not fit a process's queue.
func (s *Switch) Lost() uint64 { return s.lost.Load() }

func (s *Switch) ask(p *port, f *wireFrame) {
	var q Query
	if json.Unmarshal(f.head, &q) != nil {
		return
	}
	if q.Local && !p.trusted {
		return // what another user's processes have in memory
	}
	s.gather(&gathering{from: p, seq: f.seq}, &q, !q.Local)
}

// gather asks the processes of this machine and, where everywhere is true, other machines.
func (s *Switch) gather(g *gathering, q *Query, everywhere bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g.missing = map[*port]bool{}
	if q.About == Figures {
		g.answers = []Answer{{Lost: s.lost.Load()}}
	}
	s.seq++
	seq := s.seq
	frame, err := encodeFrame(kindAsk, seq, q, nil)
	if err != nil {
		return
	}
	for _, other := range s.others(g.from, &q.To) {
		if other.out.put(frame) != nil {
			g.failed++
			continue
		}
		g.missing[other] = true
	}
	if everywhere {
		s.askNodes(g, q, frame)
	}
	s.pending[seq] = g
	if s.concludeIfComplete(seq, g) {
		return
	}
	g.timer = time.AfterFunc(askTime, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.pending[seq] == g {
			s.conclude(seq, g)
		}
	})
}

func (s *Switch) answered(p *port, f *wireFrame) {
	var r reply
	if json.Unmarshal(f.head, &r) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.pending[f.seq]
	if g == nil || !g.missing[p] {
		return
	}
	g.answers = append(g.answers, r.Answers...)
	delete(g.missing, p)
	s.concludeIfComplete(f.seq, g)
}

// concludeIfComplete answers a question that all have answered. It is called with mu held.
func (s *Switch) concludeIfComplete(seq uint32, g *gathering) bool {
	if len(g.missing)+len(g.nodes) > 0 {
		return false
	}
	s.conclude(seq, g)
	return true
}

// conclude answers a question. It is called with mu held.
func (s *Switch) conclude(seq uint32, g *gathering) {
	delete(s.pending, seq)
	if g.timer != nil {
		g.timer.Stop()
	}
	missing := g.failed + len(g.missing)
	for node := range g.nodes {
		if s.up.Lives(node) { // else its connections are gone, and so are their answers
			missing++
		}
	}
	frame, err := encodeFrame(kindAnswer, g.seq, reply{Answers: g.answers, Missing: missing}, nil)
	switch {
	case err != nil:
	case g.from != nil:
		_ = g.from.out.put(frame)
	default:
		_ = s.up.Send(g.node, frame)
	}
}

package hub

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

const (
	outboxFrames = 1 << 16
	outboxBytes  = 64 << 20
	writeTime    = 5 * time.Second // for one write to another process
	askTime      = 2 * time.Second // for the answers of other processes
)

// ErrUnanswered comes with an answer that lacks what some processes know.
var ErrUnanswered = errors.New("hub: not all server processes have answered")

// outbox writes frames to a process in their order, from a goroutine of its own. What does not fit
// is refused: nobody waits for a slow process.
type outbox struct {
	conn net.Conn

	mu     sync.Mutex // guards all below
	frames [][]byte
	bytes  int
	closed bool
	wake   chan struct{} // has room for one
}

func newOutbox(conn net.Conn) *outbox {
	o := &outbox{conn: conn, wake: make(chan struct{}, 1)}
	go o.run()
	return o
}

func (o *outbox) put(frame []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return net.ErrClosed
	}
	if len(o.frames) >= outboxFrames || o.bytes+len(frame) > outboxBytes && len(o.frames) > 0 {
		return loop.ErrFull
	}
	o.frames = append(o.frames, frame)
	o.bytes += len(frame)
	select {
	case o.wake <- struct{}{}:
	default:
	}
	return nil
}

func (o *outbox) run() {
	for range o.wake {
		o.mu.Lock()
		frames := net.Buffers(o.frames)
		o.frames, o.bytes = nil, 0
		closed := o.closed
		o.mu.Unlock()
		if closed {
			return
		}
		_ = o.conn.SetWriteDeadline(time.Now().Add(writeTime))
		if _, err := frames.WriteTo(o.conn); err != nil {
			_ = o.conn.Close() // the reader notices
			o.close()
			return
		}
	}
}

func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.closed {
		o.closed = true
		close(o.wake)
	}
}

// Peer is a process's end of the way to the others: a Link.
type Peer struct {
	conn net.Conn
	out  *outbox // nil: frames are written at once
	hub  *Hub    // nil: of a process without connections

	mu      sync.Mutex // guards all below, and writes when out is nil
	seq     uint32
	waiting map[uint32]chan reply
	called  map[uint32]chan result
	closed  bool
}

// Attach makes a Peer of a connection to the supervisor's Switch and carries out for the hub what
// the others want. The hub is to be given it with Connect.
func Attach(conn net.Conn, h *Hub) *Peer {
	p := &Peer{conn: conn, out: newOutbox(conn), hub: h, waiting: map[uint32]chan reply{}}
	go p.read()
	return p
}

// Dial connects a process that has no connections of its own, as a command-line script. Its Tell
// waits until the supervisor has taken the command, so that nothing is lost when the script ends.
func Dial(path string) (*Peer, error) {
	conn, err := net.DialTimeout("unix", path, writeTime)
	if err != nil {
		return nil, err
	}
	p := &Peer{conn: conn, waiting: map[uint32]chan reply{}}
	go p.read()
	return p, nil
}

func (p *Peer) send(frame []byte) error {
	if p.out != nil {
		return p.out.put(frame)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.conn.SetWriteDeadline(time.Now().Add(writeTime))
	_, err := p.conn.Write(frame)
	return err
}

// Tell passes a command on.
func (p *Peer) Tell(cmd *Command) error {
	frame, err := encodeFrame(kindTell, 0, cmd, cmd.Data)
	if err != nil {
		return err
	}
	return p.send(frame)
}

// Ask waits for the others, two seconds at most; with ErrUnanswered it has the answers of those
// that gave one.
func (p *Peer) Ask(q *Query) ([]Answer, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, net.ErrClosed
	}
	p.seq++
	seq, answer := p.seq, make(chan reply, 1)
	p.waiting[seq] = answer
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.waiting, seq)
		p.mu.Unlock()
	}()
	frame, err := encodeFrame(kindAsk, seq, q, nil)
	if err == nil {
		err = p.send(frame)
	}
	if err != nil {
		return nil, err
	}
	t := time.NewTimer(askTime + askTime/2) // the supervisor gives up first
	defer t.Stop()
	select {
	case r, ok := <-answer:
		if !ok {
			return nil, net.ErrClosed
		}
		if r.Missing > 0 {
			err = fmt.Errorf("%w: %d missing", ErrUnanswered, r.Missing)
		}
		return r.Answers, err
	case <-t.C:
		return nil, ErrUnanswered
	}
}

// Close ends the connection.
func (p *Peer) Close() {
	if p.out != nil {
		p.out.close()
	}
	_ = p.conn.Close()
}

// inform answers a question that is not about connections.
func (p *Peer) inform(seq uint32, answer func([]byte) []byte, question []byte) {
	_, process, _ := p.hub.state()
	a := Answer{Process: process, PID: os.Getpid(), Data: answer(question)}
	frame, err := encodeFrame(kindAnswer, seq, reply{Answers: []Answer{a}}, nil)
	if err != nil { // too large
		frame, err = encodeFrame(kindAnswer, seq, reply{Missing: 1}, nil)
	}
	if err == nil {
		_ = p.send(frame)
	}
}

func (p *Peer) read() {
	rd := bufio.NewReaderSize(p.conn, 64<<10)
	for {
		f, err := readFrame(rd)
		if err != nil {
			break
		}
		switch f.kind {
		case kindTell:
			cmd := &Command{Data: f.data}
			if p.hub != nil && json.Unmarshal(f.head, cmd) == nil {
				_ = p.hub.Deliver(nil, cmd) // what is lost is counted and logged there
			}
		case kindAsk:
			var q Query
			if p.hub == nil || json.Unmarshal(f.head, &q) != nil {
				continue
			}
			if inform := informer(q.About); q.Local && inform != nil {
				go p.inform(f.seq, inform, q.Data)
				continue
			}
			if frame, err := encodeFrame(kindAnswer, f.seq, reply{Answers: []Answer{p.hub.Know(&q)}}, nil); err == nil {
				_ = p.send(frame)
			}
		case kindAnswer:
			var r reply
			if json.Unmarshal(f.head, &r) != nil {
				continue
			}
			p.mu.Lock()
			if answer := p.waiting[f.seq]; answer != nil {
				delete(p.waiting, f.seq)
				answer <- r
			}
			p.mu.Unlock()
		case kindResult:
			p.result(f)
		}
	}
	p.Close()
	p.mu.Lock()
	p.closed = true
	for seq, answer := range p.waiting {
		delete(p.waiting, seq)
		close(answer)
	}
	for seq, answer := range p.called {
		delete(p.called, seq)
		answer <- result{err: net.ErrClosed}
	}
	p.mu.Unlock()
}

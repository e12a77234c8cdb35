package tlsconn

import (
	"errors"
	"fmt"
	"iter"
)

// errAborted ends a handshake whose connection has been closed.
var errAborted = errors.New("tlsconn: the connection was closed during the handshake")

// maxIdleHands is how many coroutines a pool keeps for handshakes to come.
const maxIdleHands = 16

// Hands runs handshakes. crypto/tls keeps the state of one on the stack and cannot go on after an
// error, not even a temporary one, so a handshake runs in a coroutine that waits for the peer's
// next flight by switching back to the loop: on the same thread, without Go's scheduler. It is
// lent for the length of a handshake; an established connection has none.
//
// A Hands belongs to one thread, as does every Conn that uses it. The zero value is ready.
type Hands struct {
	idle   []*hand
	record []byte // lent to the connection that is reading
}

type hand struct {
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
	conn  *Conn // whose handshake runs
}

func newHand() *hand {
	h := &hand{}
	h.next, h.stop = iter.Pull(func(yield func(struct{}) bool) {
		h.yield = yield
		for {
			h.conn.handshakeDone(handshake(h.conn))
			h.conn = nil
			if !yield(struct{}{}) {
				return
			}
		}
	})
	return h
}

// handshake keeps a panic from ending the coroutine, and with it the loop's turn.
func handshake(c *Conn) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("tlsconn: panic during the handshake: %v", r)
		}
	}()
	return c.tls.Handshake()
}

// wait gives the thread back until there is input; false: there will be none.
func (h *hand) wait() bool { return h.yield(struct{}{}) }

func (p *Hands) take() *hand {
	if n := len(p.idle); n > 0 {
		h := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return h
	}
	return newHand()
}

func (p *Hands) give(h *hand) {
	if len(p.idle) < maxIdleHands {
		p.idle = append(p.idle, h)
		return
	}
	h.stop()
}

// Close ends the idle coroutines. Connections must have been closed before, on the same thread.
func (p *Hands) Close() {
	for _, h := range p.idle {
		h.stop()
	}
	p.idle = nil
}

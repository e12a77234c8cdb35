package tlsconn

import (
	"errors"
	"fmt"
	"iter"

	"golang.org/x/sys/unix"
)

// errAborted ends a handshake whose connection has been closed.
var errAborted = errors.New("tlsconn: the connection was closed during the handshake")

var errThread = errors.New("tlsconn: the handshake belongs to another thread")

// DefaultLimit is how many handshakes may be under way at once.
const DefaultLimit = 4096

// maxIdleHands is how many coroutines a pool keeps for handshakes to come.
const maxIdleHands = 16

// Hands runs handshakes. crypto/tls keeps the state of one on the stack and cannot go on after an
// error, not even a temporary one, so a handshake runs in a coroutine that waits for the peer's
// next flight by switching back to the loop: on the same thread, without Go's scheduler. It is
// lent for the length of a handshake; an established connection has none.
//
// A Hands belongs to one thread at a time, as does every Conn that uses it. The zero value is ready.
type Hands struct {
	// Bound says that calls come from C, so that Go ties coroutines to the thread that made them and
	// ends the process when another one resumes them. A Hands that goes to another thread must be
	// closed before; a handshake that was forgotten fails instead.
	Bound bool
	// Limit bounds the handshakes under way, each of which keeps some 20 KiB; 0: DefaultLimit. One
	// more fails with ErrBusy.
	Limit int

	active int
	idle   []*hand
	record []byte // lent to the connection that is reading
}

type hand struct {
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
	conn  *Conn // whose handshake runs
	home  int   // the thread that made it
}

// usable says whether the calling thread may switch to h.
func (p *Hands) usable(h *hand) bool { return !p.Bound || h.home == unix.Gettid() }

func newHand() *hand {
	h := &hand{home: unix.Gettid()}
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

// take lends a coroutine; nil: too many are lent.
func (p *Hands) take() *hand {
	limit := p.Limit
	if limit <= 0 {
		limit = DefaultLimit
	}
	if p.active >= limit {
		return nil
	}
	p.active++
	if n := len(p.idle); n > 0 {
		h := p.idle[n-1]
		p.idle = p.idle[:n-1]
		if p.usable(h) {
			return h
		}
		p.idle = nil
	}
	return newHand()
}

func (p *Hands) give(h *hand) {
	p.active--
	if len(p.idle) < maxIdleHands {
		p.idle = append(p.idle, h)
		return
	}
	h.stop()
}

// Close ends the idle coroutines. It must run on the thread they were made on, when no handshake is
// under way; the next one makes new ones.
func (p *Hands) Close() {
	for _, h := range p.idle {
		if p.usable(h) {
			h.stop()
		}
	}
	p.idle = nil
}

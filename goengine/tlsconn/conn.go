// Package tlsconn is TLS without sockets, threads or waiting: wire bytes go in and come out, and
// every call returns at once. The protocol is crypto/tls's; this package gives it whole records
// only, runs its handshake in a coroutine (see Hands), and keeps no buffer for a connection that
// is idle. It also makes crypto/tls's configuration from the options that PHP's stream contexts
// know (see Options).
package tlsconn

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"github.com/valyala/bytebufferpool"
)

// MaxHandshake bounds the bytes that a peer may send before its handshake is complete.
const MaxHandshake = 256 << 10

// Overhead is how many bytes of an incomplete record a connection may keep at most.
const Overhead = maxRecord

var (
	// ErrHandshakeSize ends a handshake that goes on and on.
	ErrHandshakeSize = errors.New("tlsconn: handshake over the limit of bytes")
	// ErrBusy refuses a handshake where too many are under way.
	ErrBusy = errors.New("tlsconn: too many handshakes at once")
	// ErrRecord ends a connection whose peer sends what is no TLS record.
	ErrRecord = errors.New("tlsconn: malformed record")
)

// Conn is one side of a TLS connection. It belongs to one thread.
type Conn struct {
	tls   *tls.Conn
	hands *Hands
	hand  *hand // while the handshake runs

	feed    []byte                     // whole records, while Receive runs
	left    int                        // bytes of feed's first record that crypto/tls has not taken
	partial *bytebufferpool.ByteBuffer // the start of a record whose end has not arrived
	wire    *bytebufferpool.ByteBuffer // for the peer
	wireOff int

	received int // bytes of the handshake
	eof      bool
	done     bool // the handshake is complete
	notified bool
	err      error
}

// New makes a connection by a configuration for the client's side or the server's. A client's
// first flight is in Unsent after Start.
func New(cfg *Config, hands *Hands) *Conn {
	c := &Conn{hands: hands}
	c.tls = cfg.conn((*transport)(c))
	return c
}

// Start begins the handshake; a server may leave it to the first Receive.
func (c *Conn) Start() error {
	if c.hand == nil && !c.done && c.err == nil {
		if c.hand = c.hands.take(); c.hand == nil {
			c.err = ErrBusy
			return c.err
		}
		c.hand.conn = c
		c.turn()
	}
	return c.err
}

// turn lets the handshake go on until it needs more input or is over.
func (c *Conn) turn() {
	h := c.hand
	if !c.hands.usable(h) {
		c.hand, c.err = nil, errThread
		c.hands.active--
		return
	}
	h.next()
	if c.done || c.err != nil {
		c.hand = nil
		c.hands.give(h)
	}
}

func (c *Conn) handshakeDone(err error) {
	c.done = err == nil
	c.err = err
}

// UnderWay says that a handshake has begun and is not over: it is tied to the thread.
func (c *Conn) UnderWay() bool { return c.hand != nil }

// Established says whether the handshake is complete: then Seal may be called.
func (c *Conn) Established() bool { return c.done }

// State describes an established connection.
func (c *Conn) State() tls.ConnectionState { return c.tls.ConnectionState() }

// Kept is how many bytes of an incomplete record the connection keeps.
func (c *Conn) Kept() int {
	if c.partial == nil {
		return 0
	}
	return len(c.partial.B)
}

// Receive takes bytes from the peer and writes what they mean to dst, which must have room for
// Kept() + len(wire) bytes. wire is borrowed for the call. The error is io.EOF after the peer's
// close_notify and otherwise fatal; an alert may then be in Unsent. n bytes are good in any case.
func (c *Conn) Receive(dst, wire []byte) (n int, err error) {
	if c.err != nil {
		return 0, c.err
	}
	in := wire
	joined := c.partial
	if joined != nil {
		joined.B = append(joined.B, wire...)
		in, c.partial = joined.B, nil
	}
	whole, ok := complete(in)
	if !ok && !c.done && len(in) >= recordHeader {
		whole = len(in) // crypto/tls says what is wrong with it, to the peer too
	}
	if whole > 0 {
		c.feed, c.left = in[:whole], 0
		n, err = c.open(dst)
		c.feed = nil
	}
	if !ok && c.done && c.err == nil {
		c.err, err = ErrRecord, ErrRecord
	}
	switch rest := in[whole:]; {
	case len(rest) == 0 || c.err != nil:
		if joined != nil {
			bytebufferpool.Put(joined)
		}
	case joined != nil:
		joined.B = joined.B[:copy(joined.B, rest)]
		c.partial = joined
	default:
		c.partial = bytebufferpool.Get()
		c.partial.B = append(c.partial.B[:0], rest...)
	}
	return n, err
}

// open works through feed.
func (c *Conn) open(dst []byte) (n int, err error) {
	if !c.done {
		if c.hand == nil {
			err = c.Start()
		} else {
			c.turn()
			err = c.err
		}
		if err != nil || !c.done {
			return 0, err
		}
	}
	c.hands.lend(c.tls)
	for len(c.feed) > 0 {
		m, err := c.tls.Read(dst[n:])
		n += m
		if err == nil && m == 0 {
			err = io.ErrShortBuffer
		}
		if err != nil && !errors.Is(err, errAgain) {
			c.err = err
			break
		}
	}
	c.hands.reclaim(c.tls)
	return n, c.err
}

// End tells that the peer will send no more. The error is what a handshake that was under way
// ended with; nil for an established connection.
func (c *Conn) End() error {
	if c.done {
		return nil
	}
	c.eof = true
	if c.hand != nil {
		c.turn()
	} else if c.err == nil {
		c.err = io.EOF
	}
	return c.err
}

// Seal encrypts p into Unsent. The connection must be established.
func (c *Conn) Seal(p []byte) error {
	_, err := c.tls.Write(p)
	return err
}

// CloseNotify tells the peer, once, that nothing more will be sent.
func (c *Conn) CloseNotify() {
	if c.done && !c.notified {
		c.notified = true
		_ = c.tls.CloseWrite() // an error is the one that an earlier Seal met
	}
}

// Unsent are the bytes for the peer that Sent has not taken away yet.
func (c *Conn) Unsent() []byte {
	if c.wire == nil {
		return nil
	}
	return c.wire.B[c.wireOff:]
}

// Sent takes n bytes off the front of Unsent.
func (c *Conn) Sent(n int) {
	if c.wireOff += n; c.wire != nil && c.wireOff >= len(c.wire.B) {
		bytebufferpool.Put(c.wire)
		c.wire, c.wireOff = nil, 0
	}
}

// Prepend puts bytes that are not TLS before everything in Unsent: what was said in plain text
// before TLS was started.
func (c *Conn) Prepend(p []byte) {
	b := bytebufferpool.Get()
	b.B = append(append(b.B[:0], p...), c.Unsent()...)
	if c.wire != nil {
		bytebufferpool.Put(c.wire)
	}
	c.wire, c.wireOff = b, 0
}

// Close ends a handshake that is under way and gives the buffers back.
func (c *Conn) Close() {
	c.abort()
	if c.err == nil {
		c.err = net.ErrClosed
	}
	for _, b := range [...]*bytebufferpool.ByteBuffer{c.partial, c.wire} {
		if b != nil {
			bytebufferpool.Put(b)
		}
	}
	c.partial, c.wire, c.wireOff = nil, nil, 0
}

func (c *Conn) abort() {
	if c.hand != nil {
		if c.err == nil {
			c.err = errAborted
		}
		h := c.hand
		c.hand = nil
		if !c.hands.usable(h) {
			c.hands.active--
			return
		}
		h.next() // the handshake's read answers with the error
		c.hands.give(h)
	}
}

// again is crypto/tls's word for "not now": of the errors of a read it keeps all but temporary ones.
type again struct{}

func (again) Error() string   { return "tlsconn: no input" }
func (again) Timeout() bool   { return true }
func (again) Temporary() bool { return true }

var errAgain error = again{}

// transport is what crypto/tls takes for the network.
type transport Conn

// Read gives the records of feed, never more than the rest of one, so that crypto/tls's own
// buffer holds no more than one and is empty between two calls of Receive.
func (t *transport) Read(p []byte) (int, error) {
	for len(t.feed) == 0 {
		switch {
		case t.done:
			return 0, errAgain
		case t.eof:
			return 0, io.EOF
		case t.err != nil:
			return 0, t.err
		case !t.hand.wait():
			return 0, errAborted
		}
	}
	if t.left == 0 {
		n, ok := recordLen(t.feed)
		if !ok {
			n = len(t.feed)
		}
		t.left = n
	}
	n := copy(p, t.feed[:t.left])
	t.feed, t.left = t.feed[n:], t.left-n
	if !t.done {
		if t.received += n; t.received > MaxHandshake {
			return 0, ErrHandshakeSize
		}
	}
	return n, nil
}

// Write collects what is for the peer.
func (t *transport) Write(p []byte) (int, error) {
	if t.wire == nil {
		t.wire, t.wireOff = bytebufferpool.Get(), 0
		t.wire.B = t.wire.B[:0]
	}
	t.wire.B = append(t.wire.B, p...)
	return len(p), nil
}

func (t *transport) Close() error                     { return nil }
func (t *transport) LocalAddr() net.Addr              { return nowhere{} }
func (t *transport) RemoteAddr() net.Addr             { return nowhere{} }
func (t *transport) SetDeadline(time.Time) error      { return os.ErrNoDeadline }
func (t *transport) SetReadDeadline(time.Time) error  { return os.ErrNoDeadline }
func (t *transport) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }

type nowhere struct{}

func (nowhere) Network() string { return "tlsconn" }
func (nowhere) String() string  { return "" }

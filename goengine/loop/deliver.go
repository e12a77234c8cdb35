package loop

import (
	"encoding/binary"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

const (
	ownOps    = 4 << 20 // bytes of operations that Go queues before they are applied
	keptOps   = 1 << 20 // of their buffer, when it is not in use
	chainSize = 64
)

// Form says how a delivered message is framed where the protocol leaves a choice.
type Form uint8

// The forms. Text and frame connections frame all but FormRaw alike; on HTTP ones bytes go as they
// are, for an event stream or chunks.
const (
	FormText   Form = iota // a WebSocket's text frame
	FormBinary             // a WebSocket's binary frame
	FormRaw                // bytes as they are
)

// Deliver sends one message to many connections of this loop, with the next flush: framed once for
// each protocol among them, and all that one connection gets in one write. Where output waits up to
// the connection's limit the message is dropped and the application told (Full). Connections of
// protocol User get a Delivery event: the application encodes. It answers how many took it.
func (l *Loop) Deliver(ids []ID, form Form, data []byte) (sent, dropped int) {
	if len(l.ops) > ownOps {
		l.applyOwn(false)
	}
	var from [3]int // of the record that has the bytes, for each op; 0 none
	for _, id := range ids {
		c := l.lookup(id)
		if c == nil || !c.takes() || c.proto == WebSocket && !c.wsOpen {
			continue
		}
		if c.waiting() >= c.maxSend {
			dropped++
			if !c.overfull {
				c.overfull = true
				l.tellFull(c)
			}
			continue
		}
		sent++
		if c.proto == User && form != FormRaw {
			l.queued = append(l.queued, Event{Kind: Delivery, Proto: User, Arg: c.from(), Conn: id, Data: data})
			continue
		}
		op, arg, which := SendMessage, byte(0), 0
		switch {
		case form == FormRaw || c.proto == HTTP:
			op, which = SendRaw, 1
		case c.proto == WebSocket && form == FormBinary:
			op, arg, which = SendFrame, ws.Fin|ws.OpBinary, 2
		}
		if from[which] == 0 {
			from[which] = len(l.ops) + 1
			l.ops = AppendOp(l.ops, op, arg, id, data)
			continue
		}
		l.ops = appendShared(l.ops, op, arg, id, from[which]-1)
	}
	return sent, dropped
}

// appendShared appends an operation with the bytes of another one.
func appendShared(dst []byte, op Op, arg byte, id ID, from int) []byte {
	var h [opHeader]byte
	binary.NativeEndian.PutUint64(h[0:], id)
	h[16], h[17] = byte(op)|opShared, arg
	binary.NativeEndian.PutUint32(h[20:], uint32(from))
	return append(dst, h[:]...)
}

// Everyone lists the connections that came through listeners, HTTP's not among them.
func (l *Loop) Everyone(dst []ID) []ID {
	for _, c := range l.conns {
		if c != nil && c.status == open && c.proto != HTTP && c.announced && c.incoming() {
			dst = append(dst, c.id)
		}
	}
	return dst
}

// Track has Config.Gone told of a connection's end; false: it has come.
func (l *Loop) Track(id ID) bool {
	c := l.lookup(id)
	if c != nil {
		c.tracked = true
	}
	return c != nil
}

// untrack tells the end of a connection, once.
func (l *Loop) untrack(c *conn) {
	if c.tracked {
		c.tracked = false
		if l.gone != nil {
			l.gone(c.id)
		}
	}
}

// chain is what the bytes in Loop.scratch were encoded from: the next connection that is sent the
// same messages needs no encoding.
type chain struct {
	proto Proto
	len   int
	ops   [chainSize]struct {
		from int32
		op   uint16
	}
}

// sameAsLast says whether scratch holds what this connection's operations come to. If not, it notes
// what scratch will hold.
func (l *Loop) sameAsLast(c *conn, ops []byte) bool {
	if !c.framesAlike() {
		l.chain.len = 0
		return false
	}
	same := l.chain.len > 0 && l.chain.proto == c.proto
	n := 0
	for at := c.firstOp; at >= 0; at = int32(binary.NativeEndian.Uint32(ops[at+12:])) {
		if n == chainSize {
			l.chain.len = 0
			return false
		}
		from := at
		if ops[at+16]&opShared != 0 {
			from = int32(binary.NativeEndian.Uint32(ops[at+20:]))
		}
		op := uint16(ops[at+16]&opMask) | uint16(ops[at+17])<<8
		e := &l.chain.ops[n]
		if n++; e.from != from || e.op != op || n > l.chain.len {
			same = false
		}
		e.from, e.op = from, op
	}
	same = same && n == l.chain.len
	l.chain.proto, l.chain.len = c.proto, n
	return same
}

// framesAlike says that what the connection is sent depends on the message alone.
func (c *conn) framesAlike() bool {
	switch c.proto {
	case WebSocket: // as a client we mask, and compression keeps its own last message
		return !c.client && c.ws != nil && c.ws.dec.Deflate == nil
	case HTTP:
		return false
	}
	return true
}

// Has says whether a connection is open.
func (l *Loop) Has(id ID) bool { return l.lookup(id) != nil }

// Dismiss closes a connection for another part of the application, behind what has been sent to it:
// a WebSocket with 1000 (normal closure). The application is told that it is closed.
func (l *Loop) Dismiss(id ID) error {
	c := l.lookup(id)
	if c == nil {
		return ErrClosed
	}
	if c.proto == WebSocket && c.wsOpen {
		l.reply(c, l.appendClose(nil, c, ws.CloseNormal, ""))
	}
	l.closeAfterOutput(c, DefaultLinger)
	return nil
}

package loop

import (
	"unsafe"

	"github.com/valyala/bytebufferpool"

	"github.com/phalanx-php/phalanx/goengine/frame"
	"github.com/phalanx-php/phalanx/goengine/ws"
)

// takenBack is what the application has been told and would not have yet. Nothing more of its
// connection is read or decoded before it has been told again: the order of messages holds.
type takenBack struct {
	messages []Event // while it is paused
	at       int     // where the next message of this batch belongs: before those of later ones
	turn     uint32  // of at
	bytes    []byte  // decoded by the protocol before a change; they belong before conn.in
}

// back is the connection's, made when needed.
func (l *Loop) back(c *conn) *takenBack {
	if c.back == nil {
		c.back = new(takenBack)
	}
	if c.back.turn != l.turn {
		c.back.turn, c.back.at = l.turn, 0
	}
	return c.back
}

// Defer takes back a message of this batch that came before the application paused its
// connection, or that follows one which was taken back, even if reading goes on by then. It is told
// again when the connection is resumed. Data need not be taken back: until it is consumed it is
// told again anyway.
func (l *Loop) Defer(ev *Event) {
	c := l.lookup(ev.Conn)
	if c == nil || ev.Kind != Message {
		return
	}
	b := l.back(c)
	later := *ev
	if ev.Proto == Text {
		later.Data = append([]byte(nil), line(ev)...)[:len(ev.Data)]
	} else {
		later.Data = append([]byte(nil), ev.Data...)
	}
	b.messages = append(b.messages, Event{})
	copy(b.messages[b.at+1:], b.messages[b.at:])
	b.messages[b.at] = later
	b.at++
	if !c.paused {
		l.enqueue(c)
	}
}

// Undecode takes back a message of this batch that was decoded before the application changed the
// connection's protocol. Its bytes are decoded by the new one in the next batch. A chunked HTTP
// body comes back with its length, a WebSocket message as one frame: their bytes are not kept.
func (l *Loop) Undecode(ev *Event) {
	c := l.lookup(ev.Conn)
	if c == nil || ev.Kind != Message {
		return
	}
	b := l.back(c)
	b.bytes = appendWire(b.bytes, ev)
	l.enqueue(c)
}

// undecodeDeferred turns messages that wait for the application back into bytes.
func (l *Loop) undecodeDeferred(c *conn) {
	b := c.back
	var all []byte
	for i := range b.messages {
		all = appendWire(all, &b.messages[i])
	}
	b.bytes = append(b.bytes, all...)
	b.messages = nil
	b.at = 0
}

// tellAgain tells messages that were taken back, as far as the batch has room for them, and puts
// taken back bytes in front of the input. True: that was all, and decoding may go on.
func (l *Loop) tellAgain(c *conn) bool {
	b := c.back
	n := 0
	for n < len(b.messages) && n < maxPerConn {
		ev := b.messages[n]
		if ev.Proto == Text {
			ev.Data = l.keep(line(&ev))[:len(ev.Data)]
		} else {
			ev.Data = l.keep(ev.Data)
		}
		l.events = append(l.events, ev)
		n++
	}
	if b.messages = b.messages[n:]; n > 0 {
		return false // whoever is told may change the protocol: what follows is decoded in the next batch
	}
	if len(b.bytes) > 0 {
		in := bytebufferpool.Get()
		in.B = append(in.B[:0], b.bytes...)
		if c.in != nil {
			in.B = append(in.B, c.in.B[c.inOff:]...)
			bytebufferpool.Put(c.in)
		}
		c.in, c.inOff, c.need, c.scanned = in, 0, 0, 0
	}
	c.back = nil
	return true
}

// dropBack lets go of what was taken back, and of the files that its requests came with.
func (l *Loop) dropBack(c *conn) {
	if c.back != nil {
		for i := range c.back.messages {
			c.back.messages[i].eachUpload(l.ReleaseUpload)
		}
		c.back = nil
	}
}

// line is a text message with its terminator, which lies behind it.
func line(ev *Event) []byte { return unsafe.Slice(unsafe.SliceData(ev.Data), int(ev.Aux)) }

// appendWire appends the bytes that a message was decoded from.
func appendWire(dst []byte, ev *Event) []byte {
	switch ev.Proto {
	case Text:
		return append(dst, line(ev)...)
	case Frame:
		return frame.Append(dst, ev.Data)
	case WebSocket:
		return ws.AppendMaskedFrame(dst, ws.Fin|ev.Opcode, ev.Data, [4]byte{})
	case HTTP:
		head, body, _ := ev.Request() // no protocol knows what to do with files on disk
		return append(append(dst, head...), body...)
	}
	return append(dst, ev.Data...)
}

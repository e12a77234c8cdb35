package loop

import (
	"encoding/binary"
	"time"

	"github.com/valyala/bytebufferpool"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/frame"
	"github.com/phalanx-php/phalanx/goengine/http1"
	"github.com/phalanx-php/phalanx/goengine/text"
	"github.com/phalanx-php/phalanx/goengine/ws"
)

// Op says what to do with an operation's bytes. C has the same list (php-ext/engine.h).
type Op uint8

// The operations.
const (
	SendRaw      Op = iota + 1 // as they are
	SendMessage                // framed by the connection's protocol; HTTP: the body of a 200 response
	SendResponse               // a whole HTTP response in its wire form
	SendFrame                  // a WebSocket frame; arg: its first byte
)

// An operation is a record of this shape, padded to 8 bytes, in the sender's byte order:
//
//	conn uint64 | size uint32 | next int32 (the engine's) | op uint8 | arg uint8 | 2 unused | from uint32 | size bytes
//
// One with opShared set in op has no bytes of its own: they are those of the record at offset from.
const (
	opHeader = 24
	opShared = 0x80
	opMask   = opShared - 1
)

// AppendOp appends an operation to a buffer that Flush takes.
func AppendOp(dst []byte, op Op, arg byte, id ID, data []byte) []byte {
	var h [opHeader]byte
	binary.NativeEndian.PutUint64(h[0:], id)
	binary.NativeEndian.PutUint32(h[8:], uint32(len(data)))
	h[16], h[17] = byte(op), arg
	dst = append(append(dst, h[:]...), data...)
	for len(dst)%8 != 0 {
		dst = append(dst, 0)
	}
	return dst
}

// Send queues an operation for the next flush. For handlers in Go; C keeps a buffer of its own.
func (l *Loop) Send(id ID, op Op, data []byte) error {
	c := l.lookup(id)
	if c == nil || !c.takes() {
		return ErrClosed
	}
	if c.waiting() >= c.maxSend {
		l.reached(LimitSendBuffer)
		return ErrFull
	}
	l.ops = AppendOp(l.ops, op, 0, id, data)
	return nil
}

// Flush applies operations and writes: one write for each connection that has something to say,
// whatever order they came in. Then connections that are to end do so.
func (l *Loop) Flush(ops []byte) {
	if len(l.later) > 0 {
		l.callLater()
	}
	l.applyOwn(len(ops) == 0)
	l.apply(ops, true)
	for _, c := range l.dirty {
		l.writeDirty(c)
	}
	l.dirty = l.dirty[:0]
	for i := 0; i < len(l.closing); i++ {
		if c := l.closing[i]; c.status == ending && c.pending() == 0 {
			l.sayGoodbye(c)
			l.finish(c)
		}
	}
	l.closing = l.closing[:0]
	l.publish()
	l.pulse.end(l.clock())
}

// Apply encodes and writes a run of operations, connection by connection. The rest of a flush is
// left to Flush, so it may be called in mid-batch: when the sender's buffer is full, or before an
// operation that must come behind the queued ones.
func (l *Loop) Apply(ops []byte) {
	l.applyOwn(false)
	l.apply(ops, false)
}

// applyOwn applies what Go has queued.
func (l *Loop) applyOwn(last bool) {
	if len(l.ops) > 0 {
		l.apply(l.ops, last)
		if l.ops = l.ops[:0]; cap(l.ops) > keptOps {
			l.ops = nil
		}
	}
}

// apply: last says that no operation of this batch follows, so that the engine's own answers may.
func (l *Loop) apply(ops []byte, last bool) {
	if len(ops) == 0 {
		return
	}
	// First the operations are chained by connection, so that each connection is encoded and
	// written once, however its messages are mixed with those of others.
	first := len(l.dirty)
	for off := 0; off+opHeader <= len(ops); {
		rec := ops[off:]
		size := int(binary.NativeEndian.Uint32(rec[8:]))
		if c := l.lookup(binary.NativeEndian.Uint64(rec)); c != nil && c.status != lingering {
			binary.NativeEndian.PutUint32(rec[12:], ^uint32(0))
			if c.firstOp < 0 {
				c.firstOp = int32(off)
				l.dirty = append(l.dirty, c)
			} else {
				binary.NativeEndian.PutUint32(ops[c.lastOp+12:], uint32(off))
			}
			c.lastOp = int32(off)
		}
		off += (opHeader + size + 7) &^ 7
	}
	for _, c := range l.dirty[first:] {
		direct := c.out == nil && c.file == nil && c.status != connecting
		dst := l.scratch[:0]
		if !direct {
			dst = l.output(c).B
		}
		if direct && l.sameAsLast(c, ops) {
			dst = l.scratch
		} else {
			for at := c.firstOp; at >= 0; at = int32(binary.NativeEndian.Uint32(ops[at+12:])) {
				dst = l.encode(dst, c, Op(ops[at+16]&opMask), ops[at+17], opData(ops, at))
			}
		}
		c.firstOp, c.lastOp = -1, -1
		if !direct {
			c.out.B = dst
			continue
		}
		if last && c.tail != nil {
			l.chain.len = 0
			dst = append(dst, c.tail.B...)
			bytebufferpool.Put(c.tail)
			c.tail = nil
		}
		l.scratch = dst
		l.writeNow(c, dst)
	}
	if cap(l.scratch) > 4<<20 {
		l.scratch = nil // one large answer does not keep its memory for ever
	}
	l.chain.len = 0
}

// opData are an operation's bytes.
func opData(ops []byte, at int32) []byte {
	if ops[at+16]&opShared != 0 {
		at = int32(binary.NativeEndian.Uint32(ops[at+20:]))
	}
	return ops[at+opHeader : at+opHeader+int32(binary.NativeEndian.Uint32(ops[at+8:]))]
}

func (l *Loop) encode(dst []byte, c *conn, op Op, arg byte, data []byte) []byte {
	switch op {
	case SendMessage:
		switch c.proto {
		case Text:
			return text.Append(dst, data)
		case Frame:
			return frame.Append(dst, data)
		case HTTP:
			head := c.heads&1 != 0
			if c.x != nil {
				l.endStream(c)
				c.x.raw = rawResponse{}
			}
			dst = http1.AppendBodyResponse(dst, data, !c.closeRsp || c.inflight > 1)
			if head {
				dst = dst[:len(dst)-len(data)]
			}
			l.responded(c)
			return dst
		case WebSocket:
			return l.appendFrame(dst, c, ws.Fin|ws.OpText, data)
		}
	case SendResponse:
		return l.appendResponse(dst, c, arg, data)
	case SendFrame:
		return l.appendFrame(dst, c, arg, data)
	case SendRaw:
		if c.proto == HTTP {
			return l.appendRaw(dst, c, arg, data)
		}
	}
	return append(dst, data...)
}

// responded notes that a request has its response.
func (l *Loop) responded(c *conn) {
	c.partial = false
	if c.inflight > 0 {
		c.inflight--
	}
	c.heads >>= 1
	if c.halted {
		l.readOn(c)
	}
	if c.inflight > 0 || c.x != nil && l.theirTurn(c) {
		return
	}
	if c.closeRsp {
		if c.eof {
			l.endAfterFlush(c)
		} else {
			l.closeAfterOutput(c, c.linger)
		}
		return
	}
	if c.in == nil && c.chunk == nil {
		l.limitTime(c, c.listener.opts.Limits.IdleTime)
	} else if !c.paused && !c.halted {
		c.inHead, c.window = true, 0
		l.limitTime(c, c.listener.opts.Limits.HeadTime)
	}
}

// reply queues an answer of the engine's own behind the operations of this batch.
func (l *Loop) reply(c *conn, data []byte) {
	if c.tail == nil {
		c.tail = bytebufferpool.Get()
		c.tail.B = c.tail.B[:0]
	}
	c.tail.B = append(c.tail.B, data...)
	l.markDirty(c)
}

func (l *Loop) markDirty(c *conn) {
	if !c.isDirty {
		c.isDirty = true
		l.dirty = append(l.dirty, c)
	}
}

func (l *Loop) output(c *conn) *bytebufferpool.ByteBuffer {
	if c.out == nil {
		c.out = bytebufferpool.Get()
		c.out.B, c.outOff = c.out.B[:0], 0
	}
	return c.out
}

// writeDirty writes what a connection's output buffer and tail hold.
func (l *Loop) writeDirty(c *conn) {
	c.isDirty = false
	if c.status == closed {
		return
	}
	if c.tail != nil {
		if c.file != nil || c.out != nil {
			out := l.output(c)
			out.B = append(out.B, c.tail.B...)
			bytebufferpool.Put(c.tail)
			c.tail = nil
		} else {
			c.out, c.outOff, c.tail = c.tail, 0, nil
		}
	}
	if c.out != nil || c.file != nil || c.wirePending() > 0 {
		l.continueWrite(c)
	}
	l.ended(c)
}

// writeNow writes bytes that are not the connection's: what the kernel refuses is copied.
func (l *Loop) writeNow(c *conn, data []byte) {
	if c.status == closed || len(data) == 0 {
		return
	}
	n, errno := l.send(c, data)
	if errno != 0 && errno != unix.EAGAIN && errno != unix.EINTR {
		l.writeFailed(c)
		return
	}
	n = max(n, 0)
	l.wrote(c, n)
	if n < len(data) {
		out := l.output(c)
		out.B = append(out.B, data[n:]...)
		l.blocked(c)
	} else if c.wirePending() > 0 {
		l.blocked(c)
	}
}

func (l *Loop) wrote(c *conn, n int) {
	c.bytesWritten += uint64(n)
	l.stats.bytesWritten += uint64(n)
}

// blocked waits for the kernel to take more, and tells the application how much waits.
func (l *Loop) blocked(c *conn) {
	l.awaitWrite(c)
	if c.tls != nil {
		c.tls.held = true
	}
	l.tellFull(c)
}

func (l *Loop) tellFull(c *conn) {
	if !c.announced {
		return
	}
	ev := Event{Kind: Full, Proto: c.proto, Conn: c.id, Aux: uint64(c.pending())}
	if c.waiting() >= c.maxSend {
		ev.Arg = 1
	}
	l.queued = append(l.queued, ev)
}

// continueWrite writes on from the output buffer, then from the file.
func (l *Loop) continueWrite(c *conn) {
	if c.status == connecting {
		l.tellFull(c)
		return
	}
	for c.out != nil || c.file != nil {
		if c.file != nil && (c.out == nil || c.file.behind == 0) {
			done, errno := c.file.send(c, l)
			if errno != 0 && errno != unix.EAGAIN && errno != unix.EINTR {
				l.writeFailed(c)
				return
			}
			if !done {
				l.awaitWrite(c)
				return
			}
			c.file.close()
			c.file = c.file.next
			continue
		}
		end := len(c.out.B)
		if c.file != nil {
			end = c.outOff + c.file.behind
		}
		n, errno := l.send(c, c.out.B[c.outOff:end])
		if errno != 0 && errno != unix.EAGAIN && errno != unix.EINTR {
			l.writeFailed(c)
			return
		}
		n = max(n, 0)
		l.wrote(c, n)
		c.outOff += n
		if c.file != nil {
			c.file.behind -= n
		}
		if c.outOff < end {
			l.awaitWrite(c)
			if c.outOff > 64<<10 && c.outOff > len(c.out.B)/2 {
				c.out.B = c.out.B[:copy(c.out.B, c.out.B[c.outOff:])]
				c.outOff = 0
			}
			return
		}
		if c.outOff == len(c.out.B) {
			bytebufferpool.Put(c.out)
			c.out, c.outOff = nil, 0
		}
	}
	if c.wirePending() > 0 {
		if l.flushWireOrWatch(c); c.status == closed || c.wirePending() > 0 {
			return
		}
	}
	l.taken(c)
	if c.interest&unix.EPOLLOUT != 0 || c.tls != nil && c.tls.held {
		l.watchFor(c, c.interest&^unix.EPOLLOUT)
		if c.tls != nil {
			c.tls.held = false
		}
		if c.announced {
			l.queued = append(l.queued, Event{Kind: Drain, Proto: c.proto, Conn: c.id})
			c.overfull = false
		}
	}
	l.ended(c)
}

// ended goes on with a close that waited for the output.
func (l *Loop) ended(c *conn) {
	if c.status != ending || c.pending() > 0 || c.tail != nil || c.firstOp >= 0 {
		return
	}
	if c.tls != nil {
		c.tls.CloseNotify()
		if l.flushWireOrWatch(c); c.status == closed || c.wirePending() > 0 {
			return
		}
	}
	if c.eof || c.linger <= 0 {
		l.finish(c)
		return
	}
	c.status = lingering
	l.untrack(c)
	_ = unix.Shutdown(int(c.fd), unix.SHUT_WR)
	l.watchFor(c, unix.EPOLLIN|unix.EPOLLRDHUP)
	l.limitTime(c, max(c.linger, time.Second))
}

var clientClosed = []byte("client closed")

func (l *Loop) writeFailed(c *conn) {
	if c.announced {
		l.queued = append(l.queued, Event{Kind: Failed, Proto: c.proto, Conn: c.id, Arg: CodeSendFail, Data: clientClosed})
	}
	l.finish(c)
}

// closeAfterOutput closes a connection once everything queued is written: FIN, then the peer's
// bytes are discarded for the linger time at most.
func (l *Loop) closeAfterOutput(c *conn, linger time.Duration) {
	if c.status == connecting {
		l.finish(c) // as upstream: nobody waits for a connection that is not wanted
		return
	}
	if c.status != open {
		return
	}
	c.status = ending
	c.linger = linger
	l.markDirty(c)
}

// CloseConn closes a connection once what is queued, ops included, is written.
func (l *Loop) CloseConn(id ID, linger time.Duration) error {
	c := l.lookup(id)
	if c == nil {
		return ErrClosed
	}
	l.finishStream(c)
	c.sealed = true
	l.closeAfterOutput(c, linger)
	return nil
}

// takes says whether the application may still send: it may answer what it got before the peer,
// or a broken rule, ended the connection.
func (c *conn) takes() bool { return !c.sealed && c.status < lingering }

// Destroy closes a connection at once; what is queued is dropped.
func (l *Loop) Destroy(id ID) error {
	c := l.lookup(id)
	if c == nil {
		return ErrClosed
	}
	l.finish(c)
	return nil
}

// Write sends bytes at once instead of with the next flush: for those too large to be worth a
// copy. Operations queued before must have been applied. It answers how many bytes wait, and
// whether they have reached the connection's limit: then the next send is refused.
func (l *Loop) Write(id ID, op Op, arg byte, data []byte) (pending int, full bool, err error) {
	c := l.lookup(id)
	if c == nil || !c.takes() {
		return 0, false, ErrClosed
	}
	l.applyOwn(false)
	if c.waiting() >= c.maxSend {
		l.reached(LimitSendBuffer)
		return c.pending(), true, ErrFull
	}
	asItIs := arg&Compressed == 0 && (c.x == nil || c.x.stream == nil) && (op == SendRaw || op == SendResponse)
	if c.out == nil && c.file == nil && c.status != connecting && asItIs {
		if op == SendResponse {
			data = c.wholeResponse(data)
			defer l.responded(c)
		} else if c.proto == HTTP {
			c.partial = c.inflight > 0
			data = l.sendRaw(c, data)
		}
		l.writeNow(c, data)
	} else {
		out := l.output(c)
		out.B = l.encode(out.B, c, op, arg, data)
		l.continueWrite(c)
	}
	if c.status == closed {
		return 0, false, ErrClosed
	}
	return c.pending(), c.waiting() >= c.maxSend, nil
}

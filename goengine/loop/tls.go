package loop

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/valyala/bytebufferpool"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/tlsconn"
)

const (
	tlsReadSize = 256 << 10 // bytes of the wire in one read
	tlsSeal     = 64 << 10  // bytes encrypted before the kernel is asked to take them
	tlsRoom     = 32 << 10  // free bytes that a read needs, so that it always completes a record
)

var errHandshakeTime = errors.New("loop: the handshake took too long")

// tlsState is what a connection has more when it speaks TLS. c.out holds what is not encrypted
// yet; what is encrypted waits in Conn.Unsent, at most tlsSeal and a little.
type tlsState struct {
	*tlsconn.Conn
	tell     bool // the application is to hear how the handshake ended
	held     bool // the application has been told that output waits
	awaiting bool // until the batch is over, and it is known what of the input was meant in plain text
	ended    bool // the peer's close_notify, or what broke the connection, came behind the last bytes
	settled  bool // the handshake's end has been dealt with
}

// wirePending is how many encrypted bytes the kernel has not taken.
func (c *conn) wirePending() int {
	if c.tls == nil {
		return 0
	}
	return len(c.tls.Unsent())
}

// handshaking says whether TLS has been started and is not established.
func (c *conn) handshaking() bool { return c.tls != nil && !c.tls.settled }

// StartTLS starts TLS on an open connection, as the side that cfg is for. What has been sent so far
// goes out in plain text, what is sent from now on waits for the handshake. Its end is told by a
// Secure event; after a failed one the connection closes. What had arrived and was not told, or
// (protocol User) not consumed in this batch, or given back by Undecode, is taken for the peer's
// part of the handshake: nothing sent in plain text may pass for something sent in secret.
//
// ErrProtocol: TLS was started before. ErrFull: a file is being sent.
func (l *Loop) StartTLS(id ID, cfg *tlsconn.Config) error {
	c := l.lookup(id)
	if c == nil || c.status != open {
		return ErrClosed
	}
	switch {
	case c.tls != nil:
		return ErrProtocol
	case c.file != nil:
		return ErrFull
	}
	c.announced = true
	l.secure(c, cfg)
	c.tls.tell = true
	if c.out != nil {
		c.tls.Prepend(c.out.B[c.outOff:])
		bytebufferpool.Put(c.out)
		c.out, c.outOff = nil, 0
	}
	if err := c.tls.Start(); err != nil {
		l.tlsBroke(c, err)
		return nil // the Secure event says it
	}
	l.flushWireOrWatch(c)
	if c.status != open {
		return nil
	}
	c.tls.awaiting = true
	if c.back != nil {
		l.undecodeDeferred(c)
	}
	l.enqueue(c)
	return nil
}

// secure makes a connection one that speaks TLS.
func (l *Loop) secure(c *conn, cfg *tlsconn.Config) {
	c.tls = &tlsState{Conn: tlsconn.New(cfg, &l.hands)}
	l.limitTime(c, c.listener.opts.Limits.HandshakeTime)
}

// takeWire hands what came behind the plain text to TLS.
func (l *Loop) takeWire(c *conn) {
	c.tls.awaiting = false
	var wire []byte
	if c.back != nil {
		wire = append(wire, c.back.bytes...)
		c.back = nil
	}
	if c.in != nil {
		wire = append(wire, c.in.B[c.inOff:]...)
		bytebufferpool.Put(c.in)
		c.in, c.inOff = nil, 0
	}
	c.need, c.scanned = 0, 0
	if len(wire) == 0 {
		return
	}
	plain := make([]byte, len(wire))
	n, err := c.tls.Receive(plain, wire)
	if n > 0 {
		l.stash(c, plain[:n])
		l.enqueue(c)
	}
	l.received(c, n, err)
	l.tlsEnd(c)
}

// recv reads what is for the application, from the socket or through TLS: 0 bytes and no error at
// the end, EAGAIN when there is nothing now. p has room for tlsRoom bytes at least.
func (l *Loop) recv(c *conn, p []byte) (int, unix.Errno) {
	if c.tls == nil {
		return rawRead(c.fd, p)
	}
	if c.tls.awaiting {
		return 0, unix.EAGAIN // the backlog, which it is on, did not fit this batch
	}
	if l.wireIn == nil {
		l.wireIn = make([]byte, tlsReadSize)
	}
	// All that a read brings is decrypted at once: epoll would not report what is left over.
	room := min(len(p)-c.tls.Kept(), len(l.wireIn))
	n, errno := rawRead(c.fd, l.wireIn[:room])
	switch {
	case errno == unix.EAGAIN || errno == unix.EINTR:
		return 0, errno
	case n <= 0 || errno != 0:
		if c.handshaking() {
			err := c.tls.End()
			if errno != 0 {
				err = errno
			}
			l.tlsBroke(c, fmt.Errorf("the peer ended the connection: %w", err))
			return 0, unix.EAGAIN
		}
		return 0, errno
	}
	n, err := c.tls.Receive(p, l.wireIn[:n])
	l.received(c, n, err)
	if n == 0 {
		return 0, unix.EAGAIN
	}
	return n, 0
}

// received goes on after TLS has taken bytes of the wire, of which n were for the application.
func (l *Loop) received(c *conn, n int, err error) {
	if !c.tls.settled && c.tls.Established() {
		l.established(c)
	}
	switch {
	case err == nil:
		l.flushWireOrWatch(c)
	case !c.tls.settled:
		l.tlsBroke(c, err)
	default:
		if !errors.Is(err, io.EOF) {
			l.log.WithError(err).WithField("remote", c.remote).Debug("loop: TLS broken")
		}
		l.flushWireOrWatch(c) // an alert
		c.tls.ended = true
		if n == 0 {
			l.tlsEnd(c)
		}
	}
}

// tlsEnd ends a connection whose TLS has ended, once what came before has been decoded.
func (l *Loop) tlsEnd(c *conn) {
	if c.tls != nil && c.tls.ended && !c.eof && c.status != closed {
		l.peerEnded(c)
	}
}

// shakeOn goes on with a handshake while no script listens: what comes behind it is kept.
func (l *Loop) shakeOn(c *conn) {
	if l.fileBuf == nil {
		l.fileBuf = make([]byte, tlsSeal)
	}
	n, errno := l.recv(c, l.fileBuf)
	if l.readDone(c, n, errno) {
		l.stash(c, l.fileBuf[:n])
	}
}

// handoverTime is how long a loop waits for handshakes before it is handed over: some round trips.
const handoverTime = 200 * time.Millisecond

var errHandover = errors.New("loop: the worker was replaced during the handshake")

// endHandshakes lets those that are under way end, because they cannot go to another thread, for a
// moment; then they fail. Those of connections that have said nothing yet have not begun.
func (l *Loop) endHandshakes() {
	var fds []unix.PollFd
	var waiting []*conn
	for end := time.Now().Add(handoverTime); ; {
		fds, waiting = fds[:0], waiting[:0]
		for _, c := range l.conns {
			if c != nil && c.status == open && c.tls != nil && c.tls.UnderWay() && c.outlives() && !c.tls.awaiting {
				fds = append(fds, unix.PollFd{Fd: c.fd, Events: unix.POLLIN})
				waiting = append(waiting, c)
			}
		}
		rest := time.Until(end)
		if len(fds) == 0 || rest <= 0 {
			break
		}
		if n, err := unix.Poll(fds, milliseconds(rest)); err != nil && !errors.Is(err, unix.EINTR) || n == 0 && err == nil {
			break
		}
		for i, c := range waiting {
			if fds[i].Revents != 0 {
				l.shakeOn(c)
			}
		}
	}
	for _, c := range l.conns {
		if c != nil && c.status != closed && c.tls != nil && c.tls.UnderWay() {
			c.announced = false
			l.tlsBroke(c, errHandover)
			c.tls.Close()
		}
	}
	l.hands.Close()
}

// established goes on after the handshake: the time limit is the protocol's again, and what waited
// is sent.
func (l *Loop) established(c *conn) {
	c.tls.settled = true
	l.stats.tlsHandshakes++
	if c.tls.State().DidResume {
		l.stats.tlsResumed++
	}
	switch {
	case c.status != open: // the closing limit runs
	case !c.client && (c.proto == HTTP || c.proto == WebSocket && !c.wsOpen):
		l.limitTime(c, c.listener.opts.Limits.IdleTime)
	default:
		l.limitTime(c, 0)
	}
	if c.tls.tell {
		l.queued = append(l.queued, Event{Kind: Secure, Proto: c.proto, Conn: c.id, Arg: 1})
	}
	l.markDirty(c) // writes what waited, behind the handshake's last flight
}

// tlsBroke ends a connection whose handshake has failed, after an alert has been sent.
func (l *Loop) tlsBroke(c *conn, err error) {
	if c.status == closed || c.tls.settled {
		return
	}
	c.tls.settled = true
	l.stats.tlsFailed++
	switch {
	case errors.Is(err, errHandshakeTime):
		l.reached(LimitHandshakeTime)
	case errors.Is(err, tlsconn.ErrHandshakeSize):
		l.reached(LimitHandshakeSize)
	case errors.Is(err, tlsconn.ErrBusy):
		l.reached(LimitHandshakes)
	}
	l.log.WithError(err).WithField("remote", c.remote).Debug("loop: TLS handshake failed")
	if c.announced {
		l.queued = append(l.queued, Event{Kind: Secure, Proto: c.proto, Conn: c.id, Data: []byte(err.Error())})
	}
	for _, b := range [...]**bytebufferpool.ByteBuffer{&c.out, &c.tail} {
		if *b != nil { // never to be sent now
			bytebufferpool.Put(*b)
			*b = nil
		}
	}
	c.outOff = 0
	l.flushWireOrWatch(c)
	if c.status == open {
		l.closeAfterOutput(c, DefaultLinger)
	} else if c.status == ending {
		l.markDirty(c)
	}
}

// sayGoodbye tells the peer that the end is meant, where it can be said at once.
func (l *Loop) sayGoodbye(c *conn) {
	if c.tls != nil {
		c.tls.CloseNotify()
		_ = l.flushWire(c)
	}
}

// flushWire writes what is encrypted; EAGAIN while the kernel does not take all.
func (l *Loop) flushWire(c *conn) unix.Errno {
	for c.wirePending() > 0 {
		n, errno := rawWrite(c.fd, c.tls.Unsent())
		if errno != 0 && errno != unix.EINTR {
			return errno
		}
		c.tls.Sent(max(n, 0))
	}
	return 0
}

func (l *Loop) flushWireOrWatch(c *conn) {
	switch errno := l.flushWire(c); {
	case c.status == closed || errno == 0:
	case errno == unix.EAGAIN:
		l.watchFor(c, c.interest|unix.EPOLLOUT)
	default:
		l.writeFailed(c)
	}
}

// send writes to the socket, or through TLS: then it answers how much of p has been encrypted, of
// which the kernel may not have taken all (wirePending). 0 and EAGAIN: not now.
func (l *Loop) send(c *conn, p []byte) (int, unix.Errno) {
	if c.tls == nil {
		return rawWrite(c.fd, p)
	}
	if errno := l.flushWire(c); errno != 0 {
		return 0, errno
	}
	if !c.tls.Established() {
		return 0, unix.EAGAIN
	}
	n := 0
	for n < len(p) {
		k := min(len(p)-n, tlsSeal)
		if err := c.tls.Seal(p[n : n+k]); err != nil {
			return n, unix.EPIPE // the connection has broken before
		}
		n += k
		if errno := l.flushWire(c); errno == unix.EAGAIN {
			break
		} else if errno != 0 {
			return n, errno
		}
	}
	return n, 0
}

// blockedOutput says what wakes a connection whose output waits: the socket, unless it waits for
// the handshake.
func (c *conn) blockedOutput() uint32 {
	if c.handshaking() && c.wirePending() == 0 {
		return c.interest &^ unix.EPOLLOUT
	}
	return c.interest | unix.EPOLLOUT
}

// TLSInfo describes a connection's TLS; false without it, and before it is established.
func (l *Loop) TLSInfo(id ID) (*tlsconn.Conn, bool) {
	c := l.lookup(id)
	if c == nil || c.tls == nil || !c.tls.Established() {
		return nil, false
	}
	return c.tls.Conn, true
}

// sendSealed is fileSend.send where the kernel cannot copy, because the bytes are to be encrypted.
func (f *fileSend) sendSealed(c *conn, l *Loop) (done bool, errno unix.Errno) {
	if l.fileBuf == nil {
		l.fileBuf = make([]byte, tlsSeal)
	}
	for sent := 0; f.left > 0 && sent < sendChunk; {
		if c.wirePending() > 0 || !c.tls.Established() {
			if _, errno := l.send(c, nil); errno != 0 {
				return false, errno
			}
		}
		n, err := unix.Pread(int(f.file.Fd()), l.fileBuf[:min(f.left, tlsSeal)], f.off)
		if err != nil {
			errno, _ = err.(unix.Errno)
			return false, errno
		}
		if n == 0 {
			return false, unix.EIO // shorter than the head promised
		}
		n, errno := l.send(c, l.fileBuf[:n])
		f.off, f.left, sent = f.off+int64(n), f.left-int64(n), sent+n
		l.wrote(c, n)
		if errno != 0 {
			return false, errno
		}
	}
	return f.left == 0, 0
}

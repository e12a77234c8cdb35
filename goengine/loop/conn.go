package loop

import (
	"errors"
	"net/netip"
	"os"
	"time"

	"github.com/valyala/bytebufferpool"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

// Default limits of a connection, as Workerman's TcpConnection has them.
const (
	DefaultMaxSendBuffer = 1 << 20
	DefaultMaxPackage    = 10 << 20

	maxMessage = 1<<31 - 1<<20 // lengths of messages under way are kept in 32 bits
)

// DefaultLinger is for how long what the peer still sends after our FIN is discarded.
const DefaultLinger = time.Second

// second is of the loop's clock: see monotonic.
type second = int32

func secondOf(t time.Duration) second { return second(t / time.Second) }

type connStatus int8

const (
	connecting connStatus = iota - 1 // see connect.go
	open
	ending    // closes when its output is written
	lingering // our FIN is sent; the peer's bytes are discarded
	closed
)

// conn is one connection. Owned by the loop's thread. An idle one holds no buffer: keep it small.
type conn struct {
	id       ID
	fd       int32
	need     int32 // bytes that the front message needs before decoding is worth while
	scanned  int32 // bytes already searched for the end of a head or line
	listener *listener
	remote   netip.AddrPort

	proto     Proto
	status    connStatus
	interest  uint32 // what epoll watches
	paused    bool   // by the application
	eof       bool   // the peer will send no more
	inBatch   bool   // on the backlog list
	isDirty   bool   // has operations of this batch
	wsOpen    bool   // the handshake is answered
	awaits    bool   // waits for AcceptWebSocket
	sent100   bool
	closeRsp  bool // close after the response: the request asked for it
	freed     bool // its Close event has been handled
	sealed    bool // the application has closed it
	announced bool // the application knows of it: Close is to be told
	inHead    bool // header time limit runs
	partial   bool // HTTP: a part of a response is sent
	unwatched bool // taken out of epoll while nobody listens
	client    bool // we connected: a WebSocket's client end
	shared    bool // somebody has a descriptor of the same socket
	tracked   bool // its end is told to Config.Gone
	overfull  bool // the application has been told that messages are dropped
	sending   bool // output waits, and the time limit is that of the peer who does not take it
	halted    bool // HTTP: no further request is decoded before some have their answers and these are on their way

	told       uint32 // turn of the last Data event
	inflight   uint32 // HTTP requests without a response yet
	heads      uint64 // bit i: the request i places behind the next to be answered is a HEAD
	mark       int64  // bytes that had come, or (sending) gone, when the rate was last judged
	deadline   second // when the time limit ends, 0 none
	lookAt     second // the earliest wheel entry's
	window     second // when the rate of a body is judged, 0 before it begins
	maxSend    int
	maxPackage int

	in     *bytebufferpool.ByteBuffer // what arrived and is not decoded yet
	inOff  int
	out    *bytebufferpool.ByteBuffer // what the kernel did not take
	outOff int
	tail   *bytebufferpool.ByteBuffer // the engine's own answers, behind this batch's operations
	file   *fileSend
	ws     *wsState
	chunk  *bodyState
	x      *exchange // HTTP whose requests and responses do not simply take turns
	tls    *tlsState

	peers *peers // whom its end is told to

	back *takenBack // what the application would not have yet
	dial *dial      // while connecting

	firstOp, lastOp int32 // chain of this batch's operations, -1 none
	linger          time.Duration
	bytesRead       uint64
	bytesWritten    uint64
}

type wsState struct {
	dec   ws.Decoder
	shake *wsHandshake // until it is answered
	pings int64        // and pongs, that have come since the last second (of the loop's) that begins a minute
	since int64
}

func (l *Loop) lookup(id ID) *conn {
	slot := uint32(id)
	if int(slot) >= len(l.conns) {
		return nil
	}
	c := l.conns[slot]
	if c == nil || c.id != id || c.status == closed {
		return nil
	}
	return c
}

// newConn makes a connection's record, which has no socket yet.
func (l *Loop) newConn(lst *listener, remote netip.AddrPort) *conn {
	var slot uint32
	var gen uint64 = 1
	var c *conn
	if n := len(l.free); n > 0 {
		slot = l.free[n-1]
		l.free = l.free[:n-1]
		c = l.conns[slot]
		gen = c.id>>32 + 1
	} else {
		slot = uint32(len(l.conns))
		c = new(conn)
		l.conns = append(l.conns, c)
	}
	*c = conn{
		id: gen<<32 | uint64(slot), fd: -1, listener: lst, remote: remote, proto: lst.opts.Proto,
		maxSend: lst.opts.MaxSendBuffer, maxPackage: lst.opts.MaxPackage, firstOp: -1, lastOp: -1,
		interest: unix.EPOLLIN | unix.EPOLLRDHUP, linger: DefaultLinger,
	}
	return c
}

// adopt registers a connected, non-blocking socket.
func (l *Loop) adopt(fd int, lst *listener, remote netip.AddrPort) (*conn, error) {
	c := l.newConn(lst, remote)
	c.fd = int32(fd)
	if err := l.control(unix.EPOLL_CTL_ADD, fd, c.interest, c.id); err != nil {
		c.status, c.fd = closed, -1
		l.freeSlot(uint32(c.id))
		return nil, err
	}
	l.stats.accepted++
	l.stats.open++
	switch {
	case lst.opts.TLS != nil:
		l.secure(c, lst.opts.TLS)
	case c.proto == HTTP || c.proto == WebSocket:
		l.limitTime(c, lst.opts.Limits.IdleTime)
	}
	return c, nil
}

// freeSlot lets a slot be used again, unless its generations are used up.
func (l *Loop) freeSlot(slot uint32) {
	c := l.conns[slot]
	c.freed = true
	if c.id>>32 < maxGen {
		l.free = append(l.free, slot)
	}
}

// limitTime starts, moves or (0) ends a connection's time limit. While output waits the limit is that
// of the peer who does not take it; restLimit then starts the one that fits.
func (l *Loop) limitTime(c *conn, d time.Duration) {
	if !c.sending {
		l.setLimit(c, d)
	}
}

func (l *Loop) setLimit(c *conn, d time.Duration) {
	if d <= 0 {
		c.deadline = 0
		return
	}
	c.deadline = secondOf(l.now + d)
	if c.lookAt == 0 || c.deadline < c.lookAt {
		c.lookAt = second(l.wheel.add(c.id, int64(c.deadline)))
	}
}

// deadlineReached is the wheel's look at a connection.
func (l *Loop) deadlineReached(id ID) {
	if id>>tagShift == tagListener {
		if lst := l.listeners[int(id&tagMask)]; lst != nil && lst.resume {
			_ = l.ResumeListener(lst.id)
		}
		return
	}
	c := l.lookup(id)
	if c == nil {
		return
	}
	now := secondOf(l.now)
	if c.lookAt <= now {
		c.lookAt = 0
	}
	switch {
	case c.deadline == 0:
		return
	case c.deadline >= now:
		if c.lookAt == 0 || c.deadline < c.lookAt {
			c.lookAt = second(l.wheel.add(id, int64(c.deadline)))
		}
		return
	}
	l.overdue(c)
}

// connReady reads, or writes what waited.
func (l *Loop) connReady(c *conn, flags uint32) {
	if c.status == connecting {
		l.dialReady(c, flags)
		return
	}
	if flags&unix.EPOLLOUT != 0 && c.status != closed {
		l.continueWrite(c)
	}
	if c.status == closed {
		return
	}
	switch {
	case c.status == lingering:
		l.discard(c)
	case flags&unix.EPOLLIN != 0:
		l.read(c)
		l.tlsEnd(c)
	case flags&(unix.EPOLLHUP|unix.EPOLLERR) != 0:
		l.finish(c)
	case flags&unix.EPOLLRDHUP != 0:
		if c.paused || c.eof {
			// Nobody reads, so EPOLLIN is off; the end is seen when reading goes on. A peer that has
			// gone away altogether shows as HUP.
			l.watchFor(c, c.interest&^unix.EPOLLRDHUP)
		}
	}
}

// read takes what has arrived into the arena, or behind the bytes of an unfinished message.
func (l *Loop) read(c *conn) {
	if c.paused || c.eof || c.status == ending && !c.handshaking() || c.awaits || c.refused() {
		l.watchFor(c, c.interest&^(unix.EPOLLIN|unix.EPOLLRDHUP)) // nobody wants it now: do not be told again
		return
	}
	if c.halted {
		l.watchFor(c, c.interest&^(unix.EPOLLIN|unix.EPOLLRDHUP))
		return
	}
	// Who has messages left to decode sends faster than they are told: its next bytes wait in the kernel, or they would
	// pile up here without an end.
	if !l.room(2) || c.back != nil || c.inBatch {
		return // reported again: level-triggered
	}
	if c.in != nil {
		l.readMore(c)
		return
	}
	if l.arenaOff+readSize > arenaSize {
		return
	}
	buf := l.arena[l.arenaOff : l.arenaOff+readSize : l.arenaOff+readSize]
	n, errno := l.recv(c, buf)
	if !l.readDone(c, n, errno) {
		return
	}
	if c.proto == User {
		l.stash(c, buf[:n])
		l.decodeBuffered(c)
		return
	}
	l.arenaOff += (n + 7) &^ 7
	used := l.decode(c, buf[:n:n])
	if used < n && c.status != closed {
		l.stash(c, buf[used:n])
	}
}

// readMore appends to the connection's own buffer, growing it as bytes arrive, never as announced.
func (l *Loop) readMore(c *conn) {
	b := c.in
	free := cap(b.B) - len(b.B)
	if free < 4<<10 || c.tls != nil && free < tlsRoom {
		least := 16 << 10
		if c.tls != nil {
			least = cap(b.B) + tlsRoom
		}
		grown := make([]byte, len(b.B), min(max(2*cap(b.B), least), cap(b.B)+8<<20))
		copy(grown, b.B)
		b.B = grown
		free = cap(b.B) - len(b.B)
	}
	n, errno := l.recv(c, b.B[len(b.B):len(b.B)+min(free, 1<<20)])
	if !l.readDone(c, n, errno) {
		return
	}
	b.B = b.B[:len(b.B)+n]
	l.decodeBuffered(c)
}

// readDone accounts a read; false: there is nothing to decode.
func (l *Loop) readDone(c *conn, n int, errno unix.Errno) bool {
	switch {
	case errno == unix.EAGAIN || errno == unix.EINTR:
		return false
	case errno != 0:
		l.finish(c)
		return false
	case n == 0:
		l.peerEnded(c)
		return false
	}
	c.bytesRead += uint64(n)
	l.stats.bytesRead += uint64(n)
	return true
}

// peerEnded handles the peer's FIN. What waits to be written and what this batch still has to say
// goes out first: a client may close its half as soon as it has asked. An answer that would come
// later is not waited for, as Workerman does not: a FIN is how the application learns that nobody
// waits for it any more.
func (l *Loop) peerEnded(c *conn) {
	c.eof = true
	if c.inBatch || c.halted {
		l.watchFor(c, c.interest&^(unix.EPOLLIN|unix.EPOLLRDHUP))
		return // drainBacklog goes on when all that came before the FIN is told
	}
	l.endAfterFlush(c)
}

// endAfterFlush closes the connection once the operations of this batch are applied.
func (l *Loop) endAfterFlush(c *conn) {
	if c.status >= lingering {
		return
	}
	c.status = ending
	l.closing = append(l.closing, c)
}

// decodeBuffered decodes from the connection's own buffer.
func (l *Loop) decodeBuffered(c *conn) {
	b := c.in
	pending := b.B[c.inOff:]
	if len(pending) < int(c.need) {
		l.progress(c)
		return
	}
	c.need = 0
	before := len(l.events)
	used := l.decode(c, pending)
	if c.in != b {
		return // closed meanwhile
	}
	c.inOff += used
	aliased := len(l.events) > before
	switch {
	case c.proto == User && c.told == l.turn:
		if aliased {
			l.pin(b) // stays c's, and in its place: Consume tells how much is used
		}
	case c.inOff == len(b.B):
		c.in, c.inOff = nil, 0
		if aliased {
			l.hold(b)
		} else {
			bytebufferpool.Put(b)
		}
	case aliased:
		rest := bytebufferpool.Get()
		rest.B = append(rest.B[:0], b.B[c.inOff:]...)
		c.in, c.inOff = rest, 0
		l.hold(b)
	case c.inOff > 0:
		b.B = b.B[:copy(b.B, b.B[c.inOff:])]
		c.inOff = 0
	}
}

// stash keeps what could not be decoded yet.
func (l *Loop) stash(c *conn, rest []byte) {
	b := bytebufferpool.Get()
	b.B = append(b.B[:0], rest...)
	c.in, c.inOff = b, 0
}

// enqueue puts a connection with input left to decode on the backlog.
func (l *Loop) enqueue(c *conn) {
	if !c.inBatch {
		c.inBatch = true
		l.backlog = append(l.backlog, c.id)
	}
}

func (l *Loop) drainBacklog() {
	ids := l.backlog
	l.backlog = nil
	for i, id := range ids {
		if !l.room(maxPerConn + 2) {
			l.backlog = append(l.backlog, ids[i:]...)
			return
		}
		c := l.lookup(id)
		if c == nil {
			continue
		}
		c.inBatch = false
		if c.tls != nil && c.tls.awaiting {
			l.takeWire(c)
			continue
		}
		if l.holding && c.outlives() {
			continue // the next script's
		}
		if c.back != nil && !c.paused && !l.tellAgain(c) {
			l.enqueue(c)
			continue
		}
		if c.in != nil && !c.paused && c.status == open && !c.awaits {
			l.decodeBuffered(c)
		}
		l.tlsEnd(c)
		if c.eof && !c.inBatch && !c.paused && !c.awaits && !c.halted && c.status == open {
			l.endAfterFlush(c)
		}
	}
}

// watchFor changes what epoll watches; errors cannot happen on a descriptor that is registered.
func (l *Loop) watchFor(c *conn, flags uint32) {
	if c.interest == flags || c.status == connecting {
		return // connected() watches when the time has come
	}
	c.interest = flags
	if c.unwatched {
		return
	}
	if err := l.control(unix.EPOLL_CTL_MOD, int(c.fd), flags, c.id); err != nil {
		l.log.WithError(err).WithField("fd", c.fd).Error("loop: cannot change what is watched")
	}
}

// finish closes a connection now and tells the application in the next batch.
func (l *Loop) finish(c *conn) {
	if c.status == closed {
		return
	}
	l.closeFD(c)
	l.dropBack(c)
	c.dropBuffersExcept(l)
	if c.x != nil {
		l.endStream(c)
	}
	if c.announced {
		ev := Event{Kind: Close, Conn: c.id, Proto: c.proto}
		if l.holding && c.listener != nil && c.listener.hold == parked {
			l.parked = append(l.parked, ev)
			return
		}
		l.queued = append(l.queued, ev)
		return
	}
	l.freed = append(l.freed, uint32(c.id))
}

func (l *Loop) closeFD(c *conn) {
	c.status = closed
	if c.fd >= 0 {
		if c.shared {
			_ = l.control(unix.EPOLL_CTL_DEL, int(c.fd), 0, 0)
		}
		_ = unix.Close(int(c.fd)) // also leaves epoll, unless another descriptor keeps the socket
		c.fd = -1
	}
	if c.peers != nil {
		c.peers.leave(c.remote.Addr())
		c.peers = nil
	}
	l.endDial(c)
	l.untrack(c)
	l.stats.open--
	l.stats.closed++
}

// dropBuffersExcept returns the buffers, but lets the input live on to the end of the batch: an
// event may point into it.
func (c *conn) dropBuffersExcept(l *Loop) {
	if c.in != nil {
		l.hold(c.in)
		c.in, c.inOff = nil, 0
	}
	if c.chunk != nil && c.chunk.body != nil {
		l.hold(c.chunk.body)
		c.chunk.drop()
		c.chunk = nil
	}
	c.dropBuffers()
}

func (c *conn) dropBuffers() {
	for _, b := range [...]*bytebufferpool.ByteBuffer{c.in, c.out, c.tail} {
		if b != nil {
			bytebufferpool.Put(b)
		}
	}
	c.in, c.out, c.tail, c.inOff, c.outOff, c.back = nil, nil, nil, 0, 0, nil
	if c.chunk != nil && c.chunk.body != nil {
		bytebufferpool.Put(c.chunk.body)
		c.chunk.drop()
	}
	c.chunk = nil
	if c.ws != nil {
		c.ws.dec.Close()
		c.ws = nil
	}
	if c.tls != nil {
		c.tls.Close()
	}
	for ; c.file != nil; c.file = c.file.next {
		c.file.close()
	}
}

// discard reads and forgets what a peer sends after our FIN, so that the kernel does not answer
// it with a reset that would destroy the response on its way.
func (l *Loop) discard(c *conn) {
	for range 16 {
		n, errno := rawRead(c.fd, l.arena[arenaSize:])
		if errno == unix.EAGAIN || errno == unix.EINTR {
			return
		}
		if n <= 0 || errno != 0 {
			l.finish(c)
			return
		}
	}
}

// Info is what is known of a connection.
type Info struct {
	Remote              netip.AddrPort
	BytesRead           uint64
	BytesWritten        uint64
	Pending, Unconsumed int // bytes to be sent, bytes received and not decoded
	Closing             bool
	Proto               Proto
	FD                  int
	MaxSend, MaxPackage int
	Paused              bool
	Ready               bool // a WebSocket's handshake has been answered
}

// Info answers false when the connection is gone: when its Close event has been handled.
func (l *Loop) Info(id ID) (Info, bool) {
	slot := uint32(id)
	if int(slot) >= len(l.conns) || l.conns[slot].id != id || l.conns[slot].freed {
		return Info{}, false
	}
	c := l.conns[slot]
	i := Info{Remote: c.remote, BytesRead: c.bytesRead, BytesWritten: c.bytesWritten, Closing: c.status > open, Proto: c.proto, FD: int(c.fd), Pending: c.pending(),
		MaxSend: c.maxSend, MaxPackage: c.maxPackage, Paused: c.paused, Ready: c.wsOpen}
	if c.in != nil {
		i.Unconsumed = len(c.in.B) - c.inOff
	}
	if c.back != nil {
		i.Unconsumed += len(c.back.bytes)
	}
	return i, true
}

// pending is how many bytes wait to be sent, those of files included.
func (c *conn) pending() int {
	n := c.waiting()
	for f := c.file; f != nil; f = f.next {
		n += int(f.left)
	}
	return n + c.wirePending()
}

// waiting is how many of them are in memory: what the send buffer's limit is for.
func (c *conn) waiting() int {
	if c.out == nil {
		return 0
	}
	return len(c.out.B) - c.outOff
}

// Share answers the descriptor of a connection for somebody who duplicates it, -1 when it is gone.
func (l *Loop) Share(id ID) int {
	c := l.lookup(id)
	if c == nil {
		return -1
	}
	c.shared = true
	return int(c.fd)
}

// LocalAddr asks the kernel; the zero value for unix sockets.
func (l *Loop) LocalAddr(id ID) (netip.AddrPort, error) {
	c := l.lookup(id)
	if c == nil {
		return netip.AddrPort{}, ErrClosed
	}
	sa, err := unix.Getsockname(int(c.fd))
	if err != nil {
		return netip.AddrPort{}, os.NewSyscallError("getsockname", err)
	}
	return addrPort(sa), nil
}

// Pause stops reading: the peer's bytes wait in the kernel, then at the peer.
func (l *Loop) Pause(id ID) error {
	c := l.lookup(id)
	if c == nil {
		return ErrClosed
	}
	c.paused = true
	l.watchFor(c, c.interest&^(unix.EPOLLIN|unix.EPOLLRDHUP))
	return nil
}

// Resume reads on, beginning with what had arrived before the pause.
func (l *Loop) Resume(id ID) error {
	c := l.lookup(id)
	if c == nil {
		return ErrClosed
	}
	if !c.paused {
		return nil
	}
	c.paused = false
	if c.in != nil || c.back != nil {
		l.enqueue(c)
	}
	if !c.eof {
		l.watchFor(c, c.interest|unix.EPOLLIN|unix.EPOLLRDHUP)
	}
	return nil
}

// SetProtocol changes a connection's protocol; what has arrived and is not decoded is decoded by
// the new one. Messages of this batch that are yet to be told have been decoded by the old one:
// the application hands them to Undecode instead of handling them.
func (l *Loop) SetProtocol(id ID, p Proto) error {
	c := l.lookup(id)
	if c == nil {
		return ErrClosed
	}
	if c.proto == p {
		return nil
	}
	c.proto, c.need, c.scanned, c.wsOpen = p, 0, 0, false
	if p != HTTP {
		l.finishStream(c)
		c.inflight, c.heads, c.closeRsp, c.x = 0, 0, false, nil
		l.readOn(c)
	}
	if !c.handshaking() {
		l.limitTime(c, 0)
	}
	if c.back != nil {
		l.undecodeDeferred(c)
	}
	if c.in != nil || c.back != nil {
		l.enqueue(c)
	}
	return nil
}

// SetLimits changes the send buffer's and the largest message's bounds, in bytes.
func (l *Loop) SetLimits(id ID, maxSend, maxPackage int) error {
	c := l.lookup(id)
	if c == nil {
		return ErrClosed
	}
	if maxSend <= 0 || maxPackage <= 0 {
		return errors.New("loop: a limit must be positive")
	}
	c.maxSend, c.maxPackage = maxSend, min(maxPackage, maxMessage)
	return nil
}

// Want says that User data is not worth an event before n bytes are there.
func (l *Loop) Want(id ID, n int) {
	if c := l.lookup(id); c != nil && n <= c.maxPackage {
		c.need = int32(n)
	}
}

// Consume takes n bytes off the front of a User connection's input.
func (l *Loop) Consume(id ID, n int) {
	c := l.lookup(id)
	if c == nil || c.in == nil {
		return
	}
	c.inOff = min(c.inOff+n, len(c.in.B))
	b := c.in
	if c.inOff < len(b.B) && c.inOff < 64<<10 {
		return
	}
	c.in = nil
	if c.inOff < len(b.B) {
		l.stash(c, b.B[c.inOff:])
	}
	c.inOff = 0
	l.held = append(l.held, b) // pinned when the event was made
}

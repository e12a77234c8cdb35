// Package loop is the engine's event loop: sockets, protocols, timers and limits of one worker.
//
// A loop belongs to one thread. Its owner waits in epoll (C does so itself, so that an idle
// worker holds no Go processor; Go uses Run), hands the readiness to Process, which reads the
// sockets, decodes what arrived and answers with a batch of events, lets the application react to
// each, and calls Flush with the operations that came of it: one write for each connection that
// has something to say. Nothing here blocks, starts a goroutine or takes a lock, except Post,
// which is the one method that other goroutines may call.
package loop

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/valyala/bytebufferpool"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/compress"
	"github.com/phalanx-php/phalanx/goengine/formdata"
	"github.com/phalanx-php/phalanx/goengine/http1"
	"github.com/phalanx-php/phalanx/goengine/timer"
	"github.com/phalanx-php/phalanx/goengine/tlsconn"
	"github.com/phalanx-php/phalanx/goengine/ws"
)

const (
	// The arena has readSize bytes more, which take what is read to be discarded.
	arenaSize    = 1 << 20 // bytes read in one batch; a readiness left over is reported again (level-triggered)
	readSize     = 64 << 10
	maxEvents    = 4096 // of one batch
	maxPerConn   = 256  // messages of one connection in one batch, so that a pipeline starves nobody
	acceptBurst  = 64
	udpBurst     = 64
	copyLimit    = 4 << 10 // messages up to this size are copied to the arena rather than pinned
	inboxLimit   = 1 << 16
	inboxBytes   = 64 << 20
	maxDatagram  = 65535
	readyPerWait = 512
	minInterval  = time.Microsecond // a repeated timer of no length would never let the loop go on
)

// ID names a connection: its slot in the low 32 bits, above it a generation. It is never reused.
type ID = uint64

// What a descriptor in epoll is, kept in the top bits of the epoll data.
const (
	tagShift    = 60
	tagConn     = 0
	tagListener = 1
	tagInbox    = 2
	tagWatch    = 3
	tagGuest    = 4
	tagMask     = 1<<tagShift - 1
	maxGen      = 1<<(tagShift-32) - 1
)

var (
	// ErrClosed answers operations on a connection that is gone.
	ErrClosed = errors.New("loop: connection closed")
	// ErrFull answers a send that would pass the connection's limit, and a Post to a full inbox.
	ErrFull = errors.New("loop: buffer full")
	// ErrProtocol answers an operation that the connection's protocol does not know.
	ErrProtocol = errors.New("loop: operation does not fit the protocol")
)

// Config holds what a loop is made with. The zero value gives the documented defaults.
type Config struct {
	Logger   logrus.FieldLogger   // default: logrus's standard logger
	Gone     func(ID)             // on the loop's thread, when a connection that Track knows of is closed
	Now      func() time.Duration // monotonic clock; default: CLOCK_MONOTONIC
	FromC    bool                 // its calls come from C: only between Park and Inherit may the thread change
	Resolver Resolver             // of Connect; default: Go's own, which reads resolv.conf and hosts
}

// Loop is one worker's event loop. All methods but Post and Stats belong to the loop's thread.
type Loop struct {
	epfd    int
	eventFD int
	log     logrus.FieldLogger
	gone    func(ID)
	clock   func() time.Duration
	now     time.Duration // read once a batch
	turn    uint32        // number of the batch

	arena    []byte // off the Go heap, so that C may read it between calls
	arenaOff int
	events   []Event        // pinned: C reads it
	queued   []Event        // for the next batch
	pinner   runtime.Pinner // of this batch
	pins     int
	held     []*bytebufferpool.ByteBuffer // buffers that events of this batch point into
	freed    []uint32                     // slots whose Close event is in this batch

	conns   []*conn
	free    []uint32
	idleAt  int  // where dismissIdle goes on
	backlog []ID // connections with input left to decode
	dirty   []*conn
	closing []*conn // to be finished after the flush
	ahead   bool    // decoding is past a message of the same connection and read
	scratch []byte
	mask    *rand.ChaCha8 // keys of the frames we send as a client; made when needed
	ops     []byte        // queued by Go handlers and Deliver
	chain   chain         // what scratch was encoded from
	wheel   wheel
	head    http1.Head
	lines   http1.Lines // that head remembers
	wsLim   ws.Limits
	hands   tlsconn.Hands
	wireIn  []byte // for what is to be decrypted
	fileBuf []byte // for what of a file is to be encrypted
	deflate deflateState

	compression compress.Options
	streams     int // bodies that are being compressed

	form      formdata.Options
	uploads   map[string]struct{} // files that requests came with, until they are released
	unchunked []byte              // scratch

	listeners map[int]*listener
	nextID    int
	watches   map[int]*watch
	guests    map[int]*guest // by descriptor
	later     []func()

	resolver   Resolver
	dials      *timer.Queue    // attempts to connect; nil before the first
	dialing    map[timer.ID]ID // whose attempts they are
	lookups    map[uint64]context.CancelFunc
	lastLookup uint64

	timers    *timer.Queue
	intervals []time.Duration // by timer.ID.Index(); 0 for one that fires once

	inbox struct {
		mu     sync.Mutex // guards posts and closed
		posts  []Post
		bytes  int // of their Size
		closed bool
	}

	// Between two scripts: handover.go.
	holding bool          // some listeners are held or parked
	parked  []Event       // for the next script
	memos   map[ID][]byte // the old script's notes
	Mark    int64         // a number that scripts leave for each other

	draining  bool // drain.go
	stats     counters
	published published
	pulse     pulse
	limit     messageLimit // recycle.go
	pinned    runtime.Pinner
	closed    bool
}

// Post is a message from another goroutine; the loop's owner gets it as a Posted event.
type Post struct {
	Arg  int32
	Data []byte
	Do   func() // instead: runs on the loop's thread, makes no event, and waits through a hand-over
	Size int    // bytes that Do holds on to; inboxBytes of them may wait
}

// New makes a loop. Close releases it.
func New(cfg Config) (*Loop, error) {
	l := &Loop{
		log:       cfg.Logger,
		gone:      cfg.Gone,
		clock:     cfg.Now,
		resolver:  cfg.Resolver,
		listeners: map[int]*listener{},
		watches:   map[int]*watch{},
		uploads:   map[string]struct{}{},
		timers:    timer.New(),
		events:    make([]Event, 0, maxEvents),
	}
	l.hands.Bound = cfg.FromC
	l.head.Lines = &l.lines
	if l.log == nil {
		l.log = logrus.StandardLogger()
	}
	if l.clock == nil {
		l.clock = monotonic
	}
	if l.resolver == nil {
		l.resolver = &net.Resolver{PreferGo: true}
	}
	l.now = l.clock()
	l.pulse.begin(l.now)
	l.wheel.start(l.now)
	var err error
	if l.epfd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("loop: %w", os.NewSyscallError("epoll_create1", err))
	}
	if l.eventFD, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		_ = unix.Close(l.epfd)
		return nil, fmt.Errorf("loop: %w", os.NewSyscallError("eventfd", err))
	}
	if err = l.control(unix.EPOLL_CTL_ADD, l.eventFD, unix.EPOLLIN, tagInbox<<tagShift); err == nil {
		l.arena, err = unix.Mmap(-1, 0, arenaSize+readSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
		err = os.NewSyscallError("mmap", err)
	}
	if err != nil {
		_ = unix.Close(l.epfd)
		_ = unix.Close(l.eventFD)
		return nil, fmt.Errorf("loop: %w", err)
	}
	l.pinned.Pin(&l.events[:1][0])
	return l, nil
}

// monotonic is never zero: Go reads the clock without entering the kernel, relative to a time before.
func monotonic() time.Duration { return time.Since(processStart) }

var processStart = time.Now().Add(-time.Hour)

// FD is the epoll descriptor that the owner waits on.
func (l *Loop) FD() int { return l.epfd }

// EventArray is where Process puts a batch's events. It stays in place until Close.
func (l *Loop) EventArray() *Event { return &l.events[:1][0] }

// Now is the loop's clock as of the current batch.
func (l *Loop) Now() time.Duration { return l.now }

// Process turns readiness into events. They, and the bytes they point to, live until the next call.
func (l *Loop) Process(ready []unix.EpollEvent) []Event {
	l.release()
	l.now = l.clock()
	l.pulse.begin(l.now)
	l.events = append(l.events[:0], l.takeQueued()...)
	l.turn++
	l.expire()
	// Events left over belong before what a connection says next: it is read when they are told.
	behind := len(l.queued) > 0
	if len(l.backlog) > 0 && !behind {
		l.drainBacklog()
	}
	for i := range ready {
		data := uint64(uint32(ready[i].Fd)) | uint64(uint32(ready[i].Pad))<<32
		flags := ready[i].Events
		switch data >> tagShift {
		case tagConn:
			if c := l.lookup(data); c != nil && !behind {
				if l.holding && c.outlives() {
					l.holdBack(c, flags)
					continue
				}
				l.connReady(c, flags)
			}
		case tagListener:
			l.listenerReady(int(data & tagMask))
		case tagInbox:
			l.drainInbox()
		case tagWatch:
			l.watchReady(int(data&tagMask), flags)
		case tagGuest:
			l.guestReady(int(data&tagMask), flags)
		}
	}
	return l.events
}

// room says whether n more events fit this batch.
func (l *Loop) room(n int) bool { return len(l.events)+n <= maxEvents }

// takeQueued moves over what came up between batches, as far as it fits.
func (l *Loop) takeQueued() []Event {
	n := min(len(l.queued), maxEvents/2)
	for i := range l.queued[:n] {
		switch l.queued[i].Kind {
		case ConnectFailed:
			l.queued[i].Data = l.keep(l.queued[i].Data)
			l.freed = append(l.freed, uint32(l.queued[i].Conn))
		case Close:
			l.freed = append(l.freed, uint32(l.queued[i].Conn))
		case Posted, Secure, Handshake, Control, Delivery, Resolved:
			l.queued[i].Data = l.keep(l.queued[i].Data) // C may read it only where it is pinned
		}
	}
	batch := l.queued[:n]
	if l.queued = l.queued[n:]; len(l.queued) == 0 {
		l.queued = nil
	}
	return batch
}

// release ends the life of the last batch: its buffers go back to their pool and the slots of
// connections whose Close was delivered become free.
func (l *Loop) release() {
	if l.pins > 0 {
		l.pinner.Unpin()
		l.pins = 0
	}
	if len(l.held) > 0 {
		for i, b := range l.held {
			bytebufferpool.Put(b)
			l.held[i] = nil
		}
		l.held = l.held[:0]
	}
	for _, slot := range l.freed {
		l.freeSlot(slot)
	}
	l.freed = l.freed[:0]
	l.arenaOff = 0
}

// hold keeps a buffer that events point into alive, and in place, until the next batch.
func (l *Loop) hold(b *bytebufferpool.ByteBuffer) {
	l.pin(b)
	l.held = append(l.held, b)
}

func (l *Loop) pin(b *bytebufferpool.ByteBuffer) {
	if cap(b.B) > 0 {
		l.pinner.Pin(&b.B[:1][0])
		l.pins++
	}
}

// Timeout says how long the owner may wait: 0 not at all, negative for ever.
func (l *Loop) Timeout() time.Duration {
	if len(l.queued) > 0 || len(l.backlog) > 0 {
		return 0
	}
	next, ok := l.timers.Next()
	if w, any := l.wheel.next(); any && (!ok || w < next) {
		next, ok = w, true
	}
	if l.dials != nil {
		if at, any := l.dials.Next(); any && (!ok || at < next) {
			next, ok = at, true
		}
	}
	if !ok {
		return -1
	}
	return max(next-l.clock(), 0)
}

// Idle says that nothing is left that could ever wake the loop: no socket, watch or timer.
func (l *Loop) Idle() bool {
	return len(l.listeners) == 0 && len(l.watches) == 0 && l.timers.Len() == 0 && l.Connections() == 0 && len(l.lookups) == 0 && len(l.queued) == 0
}

// expire turns due timers and time limits into events and refusals.
func (l *Loop) expire() {
	for l.room(1) {
		id, ok := l.timers.Due(l.now)
		if !ok {
			break
		}
		if every := l.intervals[id.Index()]; every > 0 {
			l.timers.Reset(id, l.now+every)
		} else {
			l.timers.Remove(id)
		}
		l.events = append(l.events, Event{Kind: Timer, Conn: uint64(id)})
	}
	l.expireDials()
	l.wheel.advance(l.now, l.deadlineReached)
}

// AddTimer arranges a Timer event, Conn being the identifier, after d, and again every d if repeat is set.
func (l *Loop) AddTimer(d time.Duration, repeat bool) timer.ID {
	d = max(d, minInterval)
	id := l.timers.Add(l.clock() + d)
	for id.Index() >= len(l.intervals) {
		l.intervals = append(l.intervals, 0)
	}
	l.intervals[id.Index()] = 0
	if repeat {
		l.intervals[id.Index()] = d
	}
	return id
}

// RemoveTimer ends a timer that has not fired; false when it has, or never was.
func (l *Loop) RemoveTimer(id timer.ID) bool { return l.timers.Remove(id) }

// Post hands a message to the loop from any goroutine and wakes it.
func (l *Loop) Post(p Post) error {
	return l.post(p, inboxLimit)
}

func (l *Loop) post(p Post, limit int) error {
	l.inbox.mu.Lock()
	defer l.inbox.mu.Unlock()
	if l.inbox.closed {
		return ErrClosed
	}
	if len(l.inbox.posts) >= limit || p.Size > 0 && l.inbox.bytes+p.Size > inboxBytes {
		l.reached(LimitInbox)
		return ErrFull
	}
	l.inbox.bytes += p.Size
	l.inbox.posts = append(l.inbox.posts, p)
	return l.wake()
}

// wake makes the loop look into its inbox, whose lock the caller holds.
func (l *Loop) wake() error {
	if len(l.inbox.posts) == 1 {
		var one = [8]byte{1}
		if _, err := unix.Write(l.eventFD, one[:]); err != nil && !errors.Is(err, unix.EAGAIN) {
			return fmt.Errorf("loop: %w", os.NewSyscallError("write eventfd", err))
		}
	}
	return nil
}

func (l *Loop) drainInbox() {
	var buf [8]byte
	_, _ = unix.Read(l.eventFD, buf[:])
	l.inbox.mu.Lock()
	posts := l.inbox.posts
	l.inbox.posts, l.inbox.bytes = nil, 0
	l.inbox.mu.Unlock()
	for _, p := range posts {
		if p.Do != nil {
			p.Do()
			continue
		}
		ev := Event{Kind: Posted, Arg: p.Arg, Data: p.Data}
		if len(l.queued) > 0 || !l.room(1) {
			l.queued = append(l.queued, ev) // its bytes are kept when its turn comes
			continue
		}
		ev.Data = l.keep(p.Data)
		l.events = append(l.events, ev)
	}
}

// keep copies bytes to where they outlive this call and C may read them.
func (l *Loop) keep(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	if n := len(b); n <= copyLimit && l.arenaOff+n <= arenaSize {
		at := l.arena[l.arenaOff : l.arenaOff+n : l.arenaOff+n]
		copy(at, b)
		l.arenaOff += (n + 7) &^ 7
		return at
	}
	buf := bytebufferpool.Get()
	buf.B = append(buf.B[:0], b...)
	l.hold(buf)
	return buf.B
}

func (l *Loop) control(op, fd int, flags uint32, data uint64) error {
	ev := unix.EpollEvent{Events: flags, Fd: int32(uint32(data)), Pad: int32(uint32(data >> 32))}
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(l.epfd, op, fd, &ev))
}

// Close ends everything at once. Connections get no Close event.
func (l *Loop) Close() {
	if l.closed {
		return
	}
	l.closed = true
	l.inbox.mu.Lock()
	l.inbox.closed = true
	l.inbox.mu.Unlock()
	l.release()
	for _, c := range l.conns {
		if c != nil && c.status != closed {
			l.closeFD(c)
			c.dropBuffers()
		}
	}
	l.hands.Close()
	l.dismissGuests()
	for id := range l.listeners {
		l.CloseListener(id)
	}
	l.RemoveUploads()
	for id := range l.lookups {
		l.CancelLookup(id)
	}
	l.publish()
	_ = unix.Close(l.eventFD)
	_ = unix.Close(l.epfd)
	l.pinned.Unpin()
	_ = unix.Munmap(l.arena)
	l.arena = nil
}

// counters are the loop's own; published are their copies that any goroutine may read.
type counters struct {
	accepted, closed, messages, bytesRead, bytesWritten uint64
	tlsHandshakes, tlsResumed, tlsFailed                uint64
	open                                                int
}

type published struct {
	accepted, closed, messages, bytesRead, bytesWritten atomic.Uint64
	tlsHandshakes, tlsResumed, tlsFailed                atomic.Uint64
	open, timers                                        atomic.Int64
}

// Stats are a loop's figures since it was made.
type Stats struct {
	Accepted, Closed, Messages, BytesRead, BytesWritten uint64
	Connections, Timers                                 int64
	TLSHandshakes, TLSResumed, TLSFailed                uint64 // those resumed are among those done
}

// Stats answers as of the last flush. Any goroutine may call it.
func (l *Loop) Stats() Stats {
	p := &l.published
	return Stats{
		p.accepted.Load(), p.closed.Load(), p.messages.Load(), p.bytesRead.Load(), p.bytesWritten.Load(), p.open.Load(), p.timers.Load(),
		p.tlsHandshakes.Load(), p.tlsResumed.Load(), p.tlsFailed.Load(),
	}
}

// Connections is how many connections are open now.
func (l *Loop) Connections() int { return l.stats.open }

func (l *Loop) publish() {
	s, p := &l.stats, &l.published
	p.accepted.Store(s.accepted)
	p.closed.Store(s.closed)
	p.messages.Store(s.messages)
	if s.messages >= l.limit.at && l.limit.at > 0 {
		l.limit.reached()
	}
	p.bytesRead.Store(s.bytesRead)
	p.bytesWritten.Store(s.bytesWritten)
	p.tlsHandshakes.Store(s.tlsHandshakes)
	p.tlsResumed.Store(s.tlsResumed)
	p.tlsFailed.Store(s.tlsFailed)
	p.open.Store(int64(s.open))
	p.timers.Store(int64(l.timers.Len()))
}

package sqldb

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/tracing"
	"github.com/phalanx-php/phalanx/goengine/wire"
)

// A line is a connection that the thread of one worker uses itself, without a goroutine: statements of its Fibers are
// written in the crossing that begins them, or at the end of the turn, and their answers are read by the worker's own
// loop. That saves waking two threads for each statement, and one system call carries what several Fibers have to say.
//
// A statement that is slow holds up those behind it. So only statements that read, and that have been quick before, are
// sent this way, and the server ends one that takes longer than lineLimit: it is begun anew on a connection of its own.
// So are those that were undone with another one's error; a statement that reads loses nothing by it.
const (
	lineLimit    = pipelineLimit
	lineLate     = pipelineQuick    // an answer that is waited for so long: others are better off on another line
	lineMost     = 1024             // statements under way on a line
	lineTogether = 16               // statements of one write
	linesOfLoop  = 4                // lines of one worker to one pool
	lineIdle     = 2 * time.Second  // without a statement, then the line goes
	lineHang     = 10 * time.Second // without an answer, then the line is given up
	lineRetry    = 5 * time.Second  // after one could not be opened
	lineNever    = time.Hour        // after a server, or what stands before it, turned out not to take them
	lineBuffer   = 16 << 10
)

// speaker is the server's protocol, as one line speaks it. It belongs to the line's thread.
type speaker interface {
	// ask appends what has a statement carried out, or nothing and errElsewhere.
	ask(dst []byte, one *asked) ([]byte, error)
	// learn appends what makes the server know a statement, so that it can be asked later. False: there is nothing to send.
	learn(dst []byte, text string) ([]byte, bool)
	// seal ends what is written together.
	seal(dst []byte) []byte
	// size is how long the message at the beginning of in is; 0: that is not known yet.
	size(in []byte) (int, error)
	// hear takes a message. The line is of no use after an error.
	hear(msg []byte) error
	// bye is the last that is written.
	bye() []byte
}

// dialed is a connection on its way to a loop.
type dialed struct {
	h       *held
	conn    net.Conn
	speaker func(*line) speaker
	taken   atomic.Bool
}

// lines are those of a pool, of all loops.
type lines struct {
	db     *database
	pool   *pool
	dial   func(ctx context.Context) (*dialed, error)
	refuse atomic.Int64 // until then none is opened, in Unix nanoseconds

	mu     sync.Mutex // guards all below
	count  int        // those being opened among them
	all    map[*line]struct{}
	closed bool
}

// asked is a statement that a Fiber waits for.
type asked struct {
	call   *component.Call
	learns bool // nobody waits: the server is to know the text
	q      *query
	text   string
	shape  Shape
	known  any // the speaker's, of the statement
	fresh  bool
	sealed bool // the last one of what was written together
	begun  bool // columns have been told to out
	skip   bool // its rows are of no use
	out    sink
	r      Result
	err    error
}

// loopLines are the lines of one thread to a pool. They belong to it.
type loopLines struct {
	of      *lines
	loop    component.Loop
	all     []*line
	opening bool
	spare   []*asked
}

type line struct {
	of      *loopLines
	h       *held
	fd      int
	speaker speaker

	in       []byte
	from, to int
	out      []byte
	unsealed int  // statements in out that are not sealed
	later    bool // the loop calls flush at the end of this turn
	full     bool // the socket takes no more at the moment
	queue    []*asked
	head     int
	last     time.Time // when an answer came
	served   uint64
	seen     uint64
	retired  bool
	err      error
	timer    *time.Timer
}

// begin is Pool.Run on PHP's thread.
func (p *Pool) begin(call *component.Call, args *wire.Decoder) bool {
	d := p.db
	if len(d.lines) == 0 {
		return false
	}
	sql, ok := args.ReadBytes()
	if !ok {
		return false
	}
	st := d.statements.known(sql)
	if st == nil || !st.Reads || st.Touches || st.Control || !st.record.quick() {
		return false
	}
	given, err := args.Any()
	if err != nil {
		return false
	}
	shape, ok := args.ReadInt()
	if !ok || shape < 0 || shape >= int64(Table) {
		return false
	}
	if values := call.Values(); values != nil && tracing.IsTraced(values) {
		return false
	}
	l := d.lines[d.pick(!p.primary())]
	if l == nil {
		return false
	}
	own, _ := call.Local(l).(*loopLines)
	if own == nil {
		own = &loopLines{of: l, loop: call.Loop()}
		call.SetLocal(l, own)
	}
	best := own.pick(time.Now())
	if best == nil {
		return false
	}
	text, values, err := st.bind(given, nil)
	if err != nil {
		return false
	}
	one := own.take()
	one.call, one.q, one.text, one.shape = call, &query{st: st, text: text, values: values}, text, Shape(shape)
	one.out = sink{shape: Shape(shape), buf: call.Buffer(), room: st.record.room()}
	return best.send(one)
}

func (ll *loopLines) take() *asked {
	if n := len(ll.spare); n > 0 {
		one := ll.spare[n-1]
		ll.spare = ll.spare[:n-1]
		return one
	}
	return &asked{}
}

func (ll *loopLines) give(one *asked) {
	*one = asked{}
	if len(ll.spare) < lineMost {
		ll.spare = append(ll.spare, one)
	}
}

// pick finds a line; nil: there is none that takes another statement.
func (ll *loopLines) pick(now time.Time) *line {
	var best *line
	for i := 0; i < len(ll.all); i++ {
		l := ll.all[i]
		under := l.under()
		if l.retired || under >= lineMost {
			continue
		}
		if under == 0 && now.Sub(l.last) > checkAfter && !l.alive() {
			i-- // it is not in the list any more
			continue
		}
		if under == 0 || now.Sub(l.last) < lineLate {
			return l
		}
		if best == nil || under < best.under() {
			best = l
		}
	}
	if len(ll.all) < linesOfLoop && !ll.opening && now.UnixNano() > ll.of.refuse.Load() {
		ll.open()
	}
	return best
}

// alive looks whether the server has closed a line, which the loop has not come to hear of.
func (l *line) alive() bool {
	var b [1]byte
	if _, errno := rawReceive(l.fd, b[:], unix.MSG_PEEK); errno == unix.EAGAIN {
		return true
	}
	if err := l.read(); err != nil {
		l.fail(err)
	}
	return l.err == nil
}

func (l *line) under() int { return len(l.queue) - l.head }

// open has a line made. Until it is there statements have connections of their own.
func (ll *loopLines) open() {
	ls := ll.of
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.closed || ls.count >= ls.pool.limits.max/2 {
		return
	}
	ls.count++
	ll.opening = true
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		d, err := ls.dial(ctx)
		switch {
		case errors.Is(err, errors.ErrUnsupported):
			ls.refuse.Store(time.Now().Add(lineNever).UnixNano())
		case err != nil:
			ls.refuse.Store(time.Now().Add(lineRetry).UnixNano()) // statements say what is wrong
		}
		if err != nil {
			ls.left()
		}
		err = ll.loop.Do(func() { ll.adopt(d) })
		switch {
		case d == nil:
		case err != nil:
			ls.drop(d.h, d.conn)
		default: // the loop may be closed before it comes to it
			time.AfterFunc(time.Minute, func() {
				if !d.taken.Swap(true) {
					ls.drop(d.h, d.conn)
				}
			})
		}
	}()
}

// drop closes a connection that did not become a line, or is none any more.
func (ls *lines) drop(h *held, c net.Conn) {
	if c != nil {
		_ = c.Close()
	}
	ls.pool.drop(h)
	ls.left()
}

func (ls *lines) left() {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.count--
}

// adopt makes a line of a connection; nil: it could not be made.
func (ll *loopLines) adopt(d *dialed) {
	ll.opening = false
	if d == nil || d.taken.Swap(true) {
		return
	}
	ls := ll.of
	fd, err := takeOver(d.conn)
	if err != nil {
		ls.refuse.Store(time.Now().Add(lineNever).UnixNano())
		ls.drop(d.h, d.conn)
		return
	}
	l := &line{of: ll, h: d.h, fd: fd, in: make([]byte, lineBuffer)}
	l.speaker = d.speaker(l)
	ls.mu.Lock()
	closed := ls.closed
	if !closed {
		ls.all[l] = struct{}{}
	}
	ls.mu.Unlock()
	if closed || ll.loop.Attach(fd, l.ready, l.gone) != nil {
		l.fail(net.ErrClosed)
		return
	}
	ll.all = append(ll.all, l)
	l.timer = time.AfterFunc(lineIdle, l.wake)
}

// takeOver makes the descriptor of a connection the caller's; Go's runtime does not watch it any more.
func takeOver(c net.Conn) (int, error) {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return -1, errors.ErrUnsupported
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return -1, err
	}
	fd, ferr := -1, error(nil)
	if err := raw.Control(func(s uintptr) { fd, ferr = unix.FcntlInt(s, unix.F_DUPFD_CLOEXEC, 0) }); err != nil {
		return -1, err
	}
	if ferr == nil {
		_ = c.Close()
	}
	return fd, ferr
}

// wake is called by the timer, on any goroutine.
func (l *line) wake() { _ = l.of.loop.Do(l.look) }

// look ends a line that nobody uses, and one whose server says nothing any more.
func (l *line) look() {
	if l.err != nil {
		return
	}
	now := time.Now()
	l.retired = l.retired || now.After(l.h.expires)
	switch {
	case l.under() > 0 && now.Sub(l.last) > lineHang:
		l.fail(&Error{Kind: Connection, SQLState: "08006", Message: "the connection broke: the server does not answer"})
		return
	case l.under() == 0 && (l.retired || l.served == l.seen):
		l.end()
		return
	}
	l.seen = l.served
	l.timer.Reset(lineIdle)
}

// end says good-bye.
func (l *line) end() {
	_, _ = rawSend(l.fd, l.speaker.bye())
	l.fail(net.ErrClosed)
}

// gone: the script ends, or the loop is closed.
func (l *line) gone() { l.end() }

// send asks a statement. False: it has to go another way.
func (l *line) send(one *asked) bool {
	mark := len(l.out)
	var err error
	if l.out, err = l.speaker.ask(l.out, one); err != nil {
		text := one.text
		*one = asked{text: text, learns: true}
		var learns bool
		if l.out, learns = l.speaker.learn(l.out[:mark], text); learns {
			l.wait(one)
		} else {
			l.of.give(one)
		}
		return false
	}
	l.wait(one)
	return true
}

// wait has what was appended to out written, at once or with others.
func (l *line) wait(one *asked) {
	idle := l.under() == 0
	if idle {
		l.last = time.Now()
	}
	l.push(one)
	switch {
	case idle && l.unsealed == 1, l.unsealed >= lineTogether:
		l.flush()
	case !l.later:
		l.later = true
		l.of.loop.Later(l.endOfTurn)
	}
}

// push adds what is waited for.
func (l *line) push(one *asked) {
	if l.head > 64 && l.head*2 > len(l.queue) {
		n := copy(l.queue, l.queue[l.head:])
		clear(l.queue[n:])
		l.queue, l.head = l.queue[:n], 0
	}
	l.queue = append(l.queue, one)
	l.unsealed++
}

func (l *line) endOfTurn() {
	l.later = false
	l.flush()
}

// flush writes. What the socket does not take waits until it does.
func (l *line) flush() {
	if l.err != nil {
		return
	}
	if l.unsealed > 0 {
		l.out = l.speaker.seal(l.out)
		l.queue[len(l.queue)-1].sealed = true
		l.unsealed = 0
	}
	if l.full || len(l.out) == 0 {
		return
	}
	n, errno := rawSend(l.fd, l.out)
	switch {
	case errno == unix.EAGAIN || errno == unix.EINTR:
		n = 0
	case errno != 0:
		l.fail(errno)
		return
	}
	if n == len(l.out) {
		if l.out = l.out[:0]; cap(l.out) > pipelineSmall {
			l.out = nil
		}
		return
	}
	l.out = append(l.out[:0], l.out[n:]...)
	l.full = true
	if err := l.of.loop.Writable(l.fd, true); err != nil {
		l.fail(err)
	}
}

// ready is called by the loop.
func (l *line) ready(readable, writable bool) {
	if writable && l.full {
		l.full = false
		_ = l.of.loop.Writable(l.fd, false)
		l.flush()
	}
	if readable && l.err == nil {
		if err := l.read(); err != nil {
			l.fail(err)
		}
	}
}

// lineReads bounds how often a line is read in one turn, for others are ready as well.
const lineReads = 16

func (l *line) read() error {
	for range lineReads {
		if l.from == l.to {
			l.from, l.to = 0, 0
		} else if len(l.in)-l.to < lineBuffer/4 {
			l.in, l.from, l.to = grow(l.in, l.from, l.to)
		}
		room := len(l.in) - l.to
		n, errno := rawReceive(l.fd, l.in[l.to:], 0)
		switch {
		case errno == unix.EAGAIN || errno == unix.EINTR:
			return nil
		case errno != 0:
			return errno
		case n == 0:
			return io.EOF
		}
		l.to += n
		if err := l.hearAll(); err != nil {
			return err
		}
		if n < room {
			return nil // the next read would only say that there is no more
		}
	}
	return nil
}

func (l *line) hearAll() error {
	for l.from < l.to {
		size, err := l.speaker.size(l.in[l.from:l.to])
		if err != nil {
			return err
		}
		if size == 0 {
			break
		}
		if size > maxResult {
			return errTooLarge
		}
		if l.to-l.from < size {
			break
		}
		msg := l.in[l.from : l.from+size : l.from+size]
		l.from += size
		if err := l.speaker.hear(msg); err != nil {
			return err
		}
	}
	if l.from == l.to && len(l.in) > 4*lineBuffer {
		l.in, l.from, l.to = make([]byte, lineBuffer), 0, 0
	}
	return nil
}

// grow makes room behind what a buffer holds: at its beginning, or as much again.
func grow(buf []byte, from, to int) ([]byte, int, int) {
	into := buf
	if from < len(buf)/2 {
		into = make([]byte, 2*len(buf))
	}
	return into, 0, copy(into, buf[from:to])
}

// next is the statement whose answers come now; nil: there is none.
func (l *line) next() *asked {
	if l.head == len(l.queue) {
		return nil
	}
	return l.queue[l.head]
}

// pop takes it away.
func (l *line) pop() *asked {
	one := l.queue[l.head]
	l.queue[l.head] = nil
	if l.head++; l.head == len(l.queue) {
		l.queue, l.head = l.queue[:0], 0
	}
	l.served++
	return one
}

// heard notes when answers came, and answers how long each of n statements took, as far as can be told.
func (l *line) heard(n int) time.Duration {
	now := time.Now()
	took := now.Sub(l.last) / time.Duration(max(n, 1))
	l.last = now
	return took
}

// done ends a statement.
func (l *line) done(one *asked, took time.Duration) {
	ls := l.of.of
	switch {
	case one.call == nil: // nobody waits
		return
	case one.err == errElsewhere, one.err != nil && ls.db.primaryMay(ls.pool, one.err):
		l.elsewhere(one)
	case one.err != nil:
		if l.err == nil {
			one.q.st.record.failed()
		}
		err := explain(one.err, one.q.st.Source)
		ls.db.count(one.q, took, err)
		one.call.Done(nil, thrown(err))
	default:
		one.q.st.record.note(ls.pool.beyond(took), len(one.out.buf))
		ls.db.count(one.q, took, nil)
		one.call.Done(one.out.done(true, one.r), nil)
	}
	l.of.give(one)
}

// elsewhere begins a statement anew, on a connection of its own.
func (l *line) elsewhere(one *asked) {
	db, q, shape := l.of.of.db, one.q, one.shape
	primary := l.of.of.pool == db.primary
	one.call.Go(func(ctx context.Context) ([]byte, error) {
		out, r, columns, err := db.runAlone(ctx, q, shape, primary)
		if err != nil {
			return nil, thrown(err)
		}
		return out.done(columns, r), nil
	})
}

// begins tells a statement's columns to its sink. An error ends the statement.
func (one *asked) begins(names []string, keys [][]byte, types []string) {
	one.begun = true
	if err := one.out.check(len(names)); err != nil {
		one.skip, one.err = true, err
		return
	}
	one.out.columns(names, keys, types)
}

// rowEnds ends a row. Of a result that is too large the rest is read and dropped.
func (one *asked) rowEnds() {
	if err := one.out.end(); err != nil && one.err == nil {
		one.skip, one.err = true, err
	}
}

// fail ends the line; who waits hears of it.
func (l *line) fail(err error) {
	if l.err != nil {
		return
	}
	l.err = err
	if l.timer != nil {
		l.timer.Stop()
	}
	ll, ls := l.of, l.of.of
	ll.loop.Detach(l.fd)
	_ = unix.Close(l.fd)
	for i, other := range ll.all {
		if other == l {
			ll.all = append(ll.all[:i], ll.all[i+1:]...)
			break
		}
	}
	e := brokenBy(err)
	for first := true; l.next() != nil; first = false {
		one := l.pop()
		if one.err = e; err == errTooLarge && !first {
			one.err = errElsewhere
		}
		l.done(one, 0)
	}
	l.queue, l.out = nil, nil
	ls.mu.Lock()
	delete(ls.all, l)
	ls.mu.Unlock()
	go ls.drop(l.h, nil) // closing may write, and nothing here is to wait
}

// shut ends all lines of a pool.
func (ls *lines) shut() {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.closed = true
	for l := range ls.all {
		_ = l.of.loop.Do(func() {
			if l.err == nil {
				l.end()
			}
		})
	}
}

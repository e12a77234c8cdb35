package loop

import (
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/http1"
	"github.com/phalanx-php/phalanx/goengine/timer"
	"github.com/phalanx-php/phalanx/goengine/ws"
)

// A loop outlives the script that runs on it. Hold stops what comes in while the old script ends,
// Park takes away what was the script's (timers, watches, events it was not told of), and the next
// script's listeners Inherit those of the old one, with their connections. Settle then closes what
// nobody inherited.

// holdState says which script a listener and its connections belong to.
type holdState uint8

const (
	notHeld holdState = iota
	held              // the old script's, which is ending: nothing more is read
	parked            // nobody's: the next script has not asked for it yet
)

// outlives says whether a connection may go on under the next script.
func (c *conn) outlives() bool {
	return c.listener != nil && c.listener.hold != notHeld && !c.listener.closed && c.status == open &&
		(c.proto == HTTP || c.listener.opts.Keep)
}

// Hold stops accepting, and reading from the connections that are to outlive the script. They may
// still be written to.
func (l *Loop) Hold() {
	for id, lst := range l.listeners {
		if !lst.opts.Datagram && lst.hold == notHeld {
			_ = l.PauseListener(id)
			lst.hold = held
			l.holding = true
		}
	}
}

// HoldEvent keeps an event of this batch for the next script, when it tells what a connection said
// that outlives this one; false: it is this script's.
func (l *Loop) HoldEvent(ev *Event) bool {
	c := l.lookup(ev.Conn)
	if c == nil || !c.outlives() {
		return false
	}
	switch ev.Kind {
	case Message:
		l.Defer(ev)
	case Handshake, Control, Accept, Delivery:
		later := *ev
		later.Data = append([]byte(nil), ev.Data...)
		l.parked = append(l.parked, later)
		if ev.Kind == Accept {
			c.announced = false // the next script is told, as of a new one
		}
	case Data:
		c.told = 0 // still with the connection, and told again
	default:
		return false
	}
	return true
}

// holdBack handles readiness of a connection nobody listens to: it is not reported again.
func (l *Loop) holdBack(c *conn, flags uint32) {
	if c.status != open {
		l.connReady(c, flags)
		return
	}
	if c.tls != nil && c.tls.UnderWay() && flags&unix.EPOLLIN != 0 {
		l.shakeOn(c)
		return
	}
	if flags&unix.EPOLLOUT != 0 {
		l.continueWrite(c)
	}
	if c.status != open || flags&^unix.EPOLLOUT == 0 {
		return
	}
	if flags&(unix.EPOLLHUP|unix.EPOLLERR) != 0 { // reported whatever is asked for
		_ = l.control(unix.EPOLL_CTL_DEL, int(c.fd), 0, 0)
		c.unwatched = true
	}
	l.watchFor(c, c.interest&^(unix.EPOLLIN|unix.EPOLLRDHUP))
}

// Unanswered is how many HTTP connections that could outlive the script wait for its answer, and
// how many connections cannot outlive it.
func (l *Loop) Unanswered() (waiting, others int) {
	for _, c := range l.conns {
		switch {
		case c == nil || c.status == closed || !c.incoming():
		case c.proto != HTTP && !c.listener.opts.Keep || c.listener.closed:
			others++
		case c.proto == HTTP && c.unanswered() > 0 && !(c.partial && c.listener.opts.Keep):
			waiting++
		}
	}
	return waiting, others
}

// unanswered is how many requests of a connection the script has been told of and owes an answer.
func (c *conn) unanswered() int {
	if c.back != nil {
		return int(c.inflight) - len(c.back.messages)
	}
	return int(c.inflight)
}

// SetMemo leaves a note of the old script about a connection for the next one.
func (l *Loop) SetMemo(id ID, memo []byte) error {
	if _, ok := l.Info(id); !ok {
		return ErrClosed
	}
	if l.memos == nil {
		l.memos = map[ID][]byte{}
	}
	l.memos[id] = append([]byte(nil), memo...)
	return nil
}

// Memo answers the note about a connection until Settle; false: there is none.
func (l *Loop) Memo(id ID) ([]byte, bool) {
	memo, ok := l.memos[id]
	return memo, ok
}

// Park ends a script's life and lets its connections wait for the next one. rest are the events of
// the last batch that the script was not told of. Connections that cannot wait are closed: with
// 1012 (service restart) where they are WebSockets. HTTP requests that the script took and left
// without an answer get 503. A script that is parked before it inherited anything leaves all as it
// was, so a script that cannot start loses nobody.
func (l *Loop) Park(rest []Event) {
	l.Hold()
	l.parkEvents(rest)
	l.parkEvents(l.queued)
	l.queued = nil
	l.release()
	l.dropScriptsOwn()
	l.endHandshakes()
	for id, lst := range l.listeners {
		if lst.opts.Datagram {
			l.CloseListener(id) // what waits is in the socket that the supervisor keeps
			continue
		}
		lst.hold = parked
	}
	for _, c := range l.conns {
		if c != nil && c.status != closed {
			l.parkConn(c)
		}
	}
	for id := range l.memos {
		if c := l.record(id); c == nil || !c.announced {
			delete(l.memos, id)
		}
	}
	l.Flush(nil)
}

// parkEvents keeps what the next script is to be told.
func (l *Loop) parkEvents(events []Event) {
	for i := range events {
		ev := &events[i]
		if ev.Kind == Close {
			if c := l.record(ev.Conn); c != nil && l.memos[ev.Conn] != nil {
				l.freed = without(l.freed, uint32(ev.Conn))
				l.parked = append(l.parked, *ev)
			}
			continue
		}
		l.HoldEvent(ev)
	}
}

func without(slots []uint32, slot uint32) []uint32 {
	for i, s := range slots {
		if s == slot {
			return append(slots[:i], slots[i+1:]...)
		}
	}
	return slots
}

// record finds a connection that may be closed already, but whose Close has not been told.
func (l *Loop) record(id ID) *conn {
	if slot := uint32(id); int(slot) < len(l.conns) {
		if c := l.conns[slot]; c != nil && c.id == id && !c.freed {
			return c
		}
	}
	return nil
}

// dropScriptsOwn ends timers, watches, guests, lookups and commands.
func (l *Loop) dropScriptsOwn() {
	l.dismissGuests()
	for id := range l.lookups {
		l.CancelLookup(id)
	}
	l.timers = timer.New()
	l.intervals = nil
	for fd := range l.watches {
		_ = l.control(unix.EPOLL_CTL_DEL, fd, 0, 0)
		delete(l.watches, fd)
	}
	l.inbox.mu.Lock()
	left := l.inbox.posts[:0]
	for _, p := range l.inbox.posts {
		if p.Do != nil {
			left = append(left, p)
		}
	}
	l.inbox.posts = left
	l.inbox.mu.Unlock()
}

func (l *Loop) parkConn(c *conn) {
	if c.status == connecting {
		c.announced = false
		l.finish(c)
		return
	}
	if c.status != open {
		c.announced = false // on its way out; the script has been told
		l.dropBack(c)
		return
	}
	if !c.outlives() {
		l.leave(c)
		return
	}
	if c.awaits && !l.isParked(c.id) {
		l.leave(c) // the handshake has no answer
		return
	}
	if c.proto != HTTP {
		return
	}
	if c.unanswered() > 0 && !(c.partial && c.listener.opts.Keep) {
		l.leave(c)
		return
	}
	if l.memos[c.id] == nil {
		c.announced = false
	}
	c.paused = false
	l.readOn(c)
}

func (l *Loop) isParked(id ID) bool {
	for i := range l.parked {
		if l.parked[i].Conn == id {
			return true
		}
	}
	return false
}

// leave closes a connection that does not go on, as its protocol wants it.
func (l *Loop) leave(c *conn) {
	c.announced, c.paused = false, false
	l.dropBack(c)
	switch {
	case c.proto == WebSocket && c.wsOpen:
		l.reply(c, l.appendClose(nil, c, ws.CloseServiceRestart, "service restart"))
	case (c.proto == HTTP && c.inflight > 0 || c.awaits) && !c.partial && !c.client:
		l.reply(c, http1.AppendError(nil, http1.ErrUnanswered))
	}
	l.closeAfterOutput(c, DefaultLinger)
}

// Inherit lets the script's listener with this key be the one that the script before it had: with
// its queue and its connections (Kept), and from now on with these options. false: there is no such
// listener, so Listen.
func (l *Loop) Inherit(key string, opts ListenOptions) (id int, ok bool) {
	var lst *listener
	for _, other := range l.listeners {
		if other.hold == parked && other.opts.Key == key {
			lst = other
		}
	}
	if lst == nil || key == "" {
		return 0, false
	}
	opts.setDefaults()
	opts.Key = key
	before := lst.opts.Proto
	lst.set(opts)
	lst.hold, lst.kept = notHeld, nil
	l.hands.Limit = opts.Limits.Handshakes
	l.holding = l.anyHeld()
	for _, c := range l.conns {
		if c == nil || c.listener != lst || c.freed {
			continue
		}
		changed := before != opts.Proto && c.proto == before
		if c.status == open && (changed || !opts.Keep && c.proto != HTTP) {
			l.leave(c)
		}
		if c.announced {
			lst.kept = append(lst.kept, c.id)
		}
		if c.status != closed {
			l.goOn(c)
		}
	}
	l.unpark(lst)
	if lst.paused {
		_ = l.ResumeListener(lst.id)
	}
	return lst.id, true
}

// Kept lists the connections that the old script knew of when its listener was inherited. Each
// still has its note (Memo).
func (l *Loop) Kept(id int) []ID {
	if lst := l.listeners[id]; lst != nil {
		return lst.kept
	}
	return nil
}

func (l *Loop) anyHeld() bool {
	for _, lst := range l.listeners {
		if lst.hold != notHeld {
			return true
		}
	}
	return false
}

// unpark queues the events that waited for a listener.
func (l *Loop) unpark(lst *listener) {
	left := l.parked[:0]
	for _, ev := range l.parked {
		c := l.record(ev.Conn)
		switch {
		case c == nil:
		case c.listener != lst:
			left = append(left, ev)
		default:
			if ev.Kind == Accept {
				c.announced = true
			}
			l.queued = append(l.queued, ev)
		}
	}
	clear(l.parked[len(left):])
	if l.parked = left; len(left) == 0 {
		l.parked = nil
	}
}

// goOn reads again.
func (l *Loop) goOn(c *conn) {
	if c.unwatched {
		c.unwatched = false
		if err := l.control(unix.EPOLL_CTL_ADD, int(c.fd), c.interest, c.id); err != nil {
			l.log.WithError(err).Error("loop: cannot watch a connection again")
			l.finish(c)
			return
		}
	}
	if c.status != open || c.paused || c.awaits {
		return
	}
	if !c.eof {
		l.watchFor(c, c.interest|unix.EPOLLIN|unix.EPOLLRDHUP)
	}
	if c.in != nil || c.back != nil || c.eof {
		l.enqueue(c)
	}
	if c.deadline != 0 && c.proto == HTTP && c.in == nil {
		l.limitTime(c, c.listener.opts.Limits.IdleTime/2) // the time without a script is not the peer's
	}
}

// Settle closes the listeners that the script before had and this one has not asked for, with
// their connections.
func (l *Loop) Settle() {
	l.memos = nil
	for _, lst := range l.listeners {
		lst.kept = nil
	}
	if !l.holding {
		return
	}
	for id, lst := range l.listeners {
		if lst.hold != parked {
			continue
		}
		l.CloseListener(id)
		lst.hold = notHeld
		for _, c := range l.conns {
			if c == nil || c.listener != lst || c.status == closed {
				continue
			}
			if c.unwatched {
				l.finish(c)
			} else if c.status == open {
				l.leave(c)
				l.goOn(c)
			}
		}
	}
	for _, ev := range l.parked {
		if c := l.record(ev.Conn); c != nil && c.status == closed && ev.Kind == Close {
			l.freed = append(l.freed, uint32(ev.Conn))
		}
	}
	l.parked, l.holding = nil, false
}

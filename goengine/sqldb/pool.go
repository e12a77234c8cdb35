package sqldb

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// limits bound a pool.
type limits struct {
	max         int
	minIdle     int
	lifetime    time.Duration // 0: no end
	idleTime    time.Duration // 0: no end
	waitTimeout time.Duration
}

// pool holds the connections to one server. What is waited for is given to who came first.
type pool struct {
	label  string // for messages
	dial   func(context.Context) (conn, error)
	limits limits
	now    func() time.Time
	far    bool         // behind a net: how far is measured
	near   atomic.Int64 // nanoseconds of a way to the server and back, at least; 0: not known

	mu      sync.Mutex // guards all below
	idle    []*held    // the one used last is at the end
	busy    map[*held]struct{}
	count   int // connections, those being made among them
	waiters []*waiter
	timer   *time.Timer // of the next look at idle ones; nil: none
	closed  bool
	stats   poolStats
}

type poolStats struct {
	created, expired, broken, resets, waits, timeouts uint64
	waited                                            time.Duration
}

// waiter is one who waits. It gets a connection, or nil: there is room for a new one, which it makes.
type waiter struct {
	got  chan *held
	left bool
}

var errPoolClosed = usageError("the database's pool is closed")

func newPool(label string, l limits, dial func(context.Context) (conn, error)) *pool {
	return &pool{label: label, limits: l, dial: dial, now: time.Now, busy: map[*held]struct{}{}}
}

// checkAfter is how long a connection may have been idle before it is looked at: the server may have closed it. No server
// is stopped and started again in less, and in a burst of statements the system call is saved.
const checkAfter = 10 * time.Millisecond

// take gives a connection to the caller alone, until put or drop. what is said of it to others who wait.
func (p *pool) take(ctx context.Context, what string) (*held, error) {
	for {
		p.mu.Lock()
		if p.closed {
			p.mu.Unlock()
			return nil, errPoolClosed
		}
		if n := len(p.idle); n > 0 {
			h := p.idle[n-1]
			p.idle[n-1] = nil
			p.idle = p.idle[:n-1]
			now := p.now()
			stale := now.Sub(h.idle) > checkAfter
			p.use(h, what, now)
			p.mu.Unlock()
			if stale && (!h.alive() || now.After(h.expires)) {
				p.drop(h)
				continue
			}
			return h, nil
		}
		if p.count < p.limits.max {
			p.count++
			p.mu.Unlock()
			return p.make(ctx, what)
		}
		w := &waiter{got: make(chan *held, 1)}
		p.waiters = append(p.waiters, w)
		p.stats.waits++
		started := p.now()
		p.mu.Unlock()
		h, err := p.wait(ctx, w)
		p.mu.Lock()
		p.stats.waited += p.now().Sub(started)
		if h != nil {
			p.use(h, what, p.now())
		}
		p.mu.Unlock()
		if err != nil {
			return nil, err
		}
		if h == nil {
			return p.make(ctx, what)
		}
		return h, nil
	}
}

// use is called with mu held.
func (p *pool) use(h *held, what string, now time.Time) {
	h.since, h.sql = now, what
	p.busy[h] = struct{}{}
}

// beyond is what a statement took besides its way to the server and back.
func (p *pool) beyond(took time.Duration) time.Duration {
	return max(0, took-time.Duration(p.near.Load()))
}

// measure asks something for which a server does nothing. The least of all connections' times counts.
func (p *pool) measure(ctx context.Context, c conn) error {
	began := p.now()
	if err := c.simple(ctx, "SELECT 1"); err != nil {
		return err
	}
	took := int64(p.now().Sub(began))
	if near := p.near.Load(); near == 0 || took < near {
		p.near.CompareAndSwap(near, took)
	}
	return nil
}

// make makes a connection; room for it has been reserved.
func (p *pool) make(ctx context.Context, what string) (*held, error) {
	c, err := p.dial(ctx)
	if err == nil && p.far {
		if err = p.measure(ctx, c); err != nil {
			c.close()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil && p.closed {
		c.close()
		err = errPoolClosed
	}
	if err != nil {
		p.count--
		p.room()
		return nil, err
	}
	p.stats.created++
	h := p.adopt(c)
	p.use(h, what, h.born)
	return h, nil
}

func (p *pool) adopt(c conn) *held {
	now := p.now()
	h := &held{conn: c, pool: p, born: now, idle: now}
	h.expires = now.Add(100 * 365 * 24 * time.Hour)
	if l := p.limits.lifetime; l > 0 {
		h.expires = now.Add(l - time.Duration(rand.Int64N(int64(l)/10+1))) // not all at one time
	}
	return h
}

func (p *pool) wait(ctx context.Context, w *waiter) (*held, error) {
	var late <-chan time.Time
	if t := p.limits.waitTimeout; t > 0 {
		timer := time.NewTimer(t)
		defer timer.Stop()
		late = timer.C
	}
	var err error
	select {
	case h, ok := <-w.got:
		if !ok {
			return nil, errPoolClosed
		}
		return h, nil
	case <-ctx.Done():
		err = context.Cause(ctx)
	case <-late:
	}
	p.mu.Lock()
	w.left = true
	select {
	case h, ok := <-w.got: // it came after all
		p.mu.Unlock()
		if !ok {
			return nil, errPoolClosed
		}
		if err == nil {
			return h, nil
		}
		p.giveBack(h)
		return nil, err
	default:
	}
	for i, other := range p.waiters {
		if other == w {
			p.waiters = append(p.waiters[:i], p.waiters[i+1:]...)
			break
		}
	}
	defer p.mu.Unlock()
	if err == nil {
		p.stats.timeouts++
		err = p.exhausted()
	}
	return nil, err
}

// giveBack hands on what came to one who had gone.
func (p *pool) giveBack(h *held) {
	if h == nil {
		p.mu.Lock()
		p.count--
		p.room()
		p.mu.Unlock()
		return
	}
	p.mu.Lock()
	p.use(h, "", p.now())
	p.mu.Unlock()
	p.put(h)
}

// exhausted says what holds the connections. mu is held.
func (p *pool) exhausted() error {
	now := p.now()
	list := make([]*held, 0, len(p.busy))
	for h := range p.busy {
		list = append(list, h)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].since.Before(list[j].since) })
	var b strings.Builder
	for i, h := range list {
		if i == 5 {
			fmt.Fprintf(&b, ", and %d more", len(list)-i)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s for %.1f s", brief(h.sql), now.Sub(h.since).Seconds())
	}
	if b.Len() == 0 {
		b.WriteString("connections that are being made")
	}
	return &Error{Kind: Exhausted, SQLState: "HYT00", Message: fmt.Sprintf(
		"no connection to %s became free within %g s: all %d (maxConnections) are taken, by %s; %d more wait",
		p.label, p.limits.waitTimeout.Seconds(), p.limits.max, b.String(), len(p.waiters))}
}

// brief is the beginning of a statement on one line.
func brief(sql string) string {
	const most = 60
	text := strings.Join(strings.Fields(strings.ToValidUTF8(sql[:min(len(sql), 4*most)], "?")), " ")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}

// resetTimeout bounds what brings a session back to its beginning.
const resetTimeout = 5 * time.Second

// clean undoes what its user has left behind.
func (h *held) clean() error {
	ctx, cancel := context.WithTimeout(context.Background(), resetTimeout)
	defer cancel()
	if h.open() {
		if err := h.simple(ctx, "ROLLBACK"); err != nil {
			return err
		}
	}
	if !h.touched {
		return nil
	}
	h.touched = false
	return h.reset(ctx)
}

// put gives a connection back. One whose session was touched, or that has a transaction open, is reset before.
func (p *pool) put(h *held) {
	if h.broken() {
		p.drop(h)
		return
	}
	if h.touched || h.open() {
		if err := h.clean(); err != nil {
			p.drop(h)
			return
		}
		p.mu.Lock()
		p.stats.resets++
		p.mu.Unlock()
	}
	p.mu.Lock()
	now := p.now()
	if p.closed || now.After(h.expires) {
		p.stats.expired++
		p.mu.Unlock()
		p.remove(h)
		return
	}
	defer p.mu.Unlock()
	delete(p.busy, h)
	h.idle, h.sql = now, ""
	for len(p.waiters) > 0 {
		w := p.waiters[0]
		p.waiters = p.waiters[1:]
		if !w.left {
			w.got <- h
			return
		}
	}
	p.idle = append(p.idle, h)
	p.arm()
}

// drop closes a connection that is of no use any more.
func (p *pool) drop(h *held) {
	p.mu.Lock()
	p.stats.broken++
	p.mu.Unlock()
	p.remove(h)
}

func (p *pool) remove(h *held) {
	h.close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, h)
	p.count--
	p.room()
}

// room lets the first who waits make a connection. mu is held.
func (p *pool) room() {
	for len(p.waiters) > 0 && p.count < p.limits.max && !p.closed {
		w := p.waiters[0]
		p.waiters = p.waiters[1:]
		if !w.left {
			p.count++
			w.got <- nil
			return
		}
	}
}

// arm has idle connections looked at while there are any. mu is held.
func (p *pool) arm() {
	if p.timer != nil || p.closed {
		return
	}
	wait := 30 * time.Second
	if t := p.limits.idleTime; t > 0 {
		wait = min(wait, max(t/2, 10*time.Millisecond))
	}
	p.timer = time.AfterFunc(wait, p.sweep)
}

// sweep closes idle connections that are too old, have been idle too long, or are dead.
func (p *pool) sweep() {
	p.mu.Lock()
	p.timer = nil
	if p.closed {
		p.mu.Unlock()
		return
	}
	now := p.now()
	var gone []*held
	kept := p.idle[:0]
	for _, h := range p.idle { // the ones idle longest come first
		old := now.After(h.expires)
		bored := p.limits.idleTime > 0 && now.Sub(h.idle) >= p.limits.idleTime && p.count-len(gone) > p.limits.minIdle
		if old || bored || !h.alive() {
			gone = append(gone, h)
			continue
		}
		kept = append(kept, h)
	}
	clear(p.idle[len(kept):])
	p.idle = kept
	p.stats.expired += uint64(len(gone))
	fill := p.limits.minIdle - (p.count - len(gone))
	if len(p.idle) > 0 || fill > 0 {
		p.arm()
	}
	p.mu.Unlock()
	for _, h := range gone {
		p.remove(h)
	}
	for range fill {
		p.fill()
	}
}

// fill makes an idle connection, if there is room.
func (p *pool) fill() {
	p.mu.Lock()
	if p.closed || p.count >= p.limits.max {
		p.mu.Unlock()
		return
	}
	p.count++
	p.mu.Unlock()
	if h, err := p.make(context.Background(), "filling the pool"); err == nil {
		p.put(h)
	}
}

// shut closes the idle connections, and those that are taken when they come back.
func (p *pool) shut() {
	p.mu.Lock()
	p.closed = true
	idle, waiters := p.idle, p.waiters
	p.idle, p.waiters = nil, nil
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
	for _, w := range waiters {
		if !w.left {
			close(w.got)
		}
	}
	p.mu.Unlock()
	for _, h := range idle {
		p.remove(h)
	}
}

// figures are what stats() says of a pool.
func (p *pool) figures() (open, idle, busy, waiting int, s poolStats) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count, len(p.idle), len(p.busy), len(p.waiters), p.stats
}

// holders are the longest-held connections: what for, and how long.
func (p *pool) holders() []map[string]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]map[string]any, 0, len(p.busy))
	now := p.now()
	for h := range p.busy {
		list = append(list, map[string]any{"for": brief(h.sql), "seconds": now.Sub(h.since).Seconds()})
	}
	sort.Slice(list, func(i, j int) bool { return list[i]["seconds"].(float64) > list[j]["seconds"].(float64) })
	return list
}

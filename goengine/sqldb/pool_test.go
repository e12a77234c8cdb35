package sqldb

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeConn is a connection that does nothing.
type fakeConn struct {
	server        *fakeServer
	dead, gone    atomic.Bool
	tx            bool
	resets, rolls int
}

type fakeServer struct {
	mu     sync.Mutex
	open   int
	most   int
	dialed int
	fail   error
}

func (s *fakeServer) dial(context.Context) (conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dialed++
	if s.fail != nil {
		return nil, s.fail
	}
	s.open++
	s.most = max(s.most, s.open)
	return &fakeConn{server: s}, nil
}

func (s *fakeServer) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

func (c *fakeConn) query(context.Context, *query, *sink) (Result, bool, error) {
	return Result{}, false, nil
}
func (c *fakeConn) rows(context.Context, *query) (stream, error) { return nil, nil }
func (c *fakeConn) simple(_ context.Context, sql string) error {
	if sql == "ROLLBACK" {
		c.tx = false
		c.rolls++
	}
	return nil
}
func (c *fakeConn) reset(context.Context) error { c.resets++; return nil }
func (c *fakeConn) open() bool                  { return c.tx }
func (c *fakeConn) alive() bool                 { return !c.dead.Load() }
func (c *fakeConn) broken() bool                { return c.dead.Load() }
func (c *fakeConn) close() {
	if !c.gone.Swap(true) {
		c.server.mu.Lock()
		c.server.open--
		c.server.mu.Unlock()
	}
}

func fakePool(l limits) (*pool, *fakeServer) {
	s := &fakeServer{}
	if l.waitTimeout == 0 {
		l.waitTimeout = time.Minute
	}
	return newPool("fake", l, s.dial), s
}

var background = context.Background()

func TestPoolGivesTheOneUsedLast(t *testing.T) {
	p, s := fakePool(limits{max: 3})
	defer p.shut()
	a, err := p.take(background, "a")
	require.NoError(t, err)
	b, err := p.take(background, "b")
	require.NoError(t, err)
	p.put(a)
	p.put(b)
	c, err := p.take(background, "c")
	require.NoError(t, err)
	require.Same(t, b, c)
	require.Equal(t, 2, s.dialed)
	p.put(c)
}

func TestPoolNeverHasMoreThanItMay(t *testing.T) {
	p, s := fakePool(limits{max: 7})
	var group sync.WaitGroup
	for range 200 {
		group.Go(func() {
			for i := range 20 {
				h, err := p.take(background, "x")
				require.NoError(t, err)
				if i%5 == 0 {
					h.conn.(*fakeConn).dead.Store(true)
				}
				p.put(h)
			}
		})
	}
	group.Wait()
	require.LessOrEqual(t, s.most, 7)
	p.shut()
	require.Zero(t, s.count())
}

func TestPoolSaysWhatHoldsItsConnections(t *testing.T) {
	p, _ := fakePool(limits{max: 1, waitTimeout: time.Millisecond})
	defer p.shut()
	h, err := p.take(background, "SELECT   slow()")
	require.NoError(t, err)
	_, err = p.take(background, "x")
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, Exhausted, e.Kind)
	require.Contains(t, e.Message, "all 1 (maxConnections) are taken, by SELECT slow() for")
	p.put(h)
	_, err = p.take(background, "x")
	require.NoError(t, err)
}

func TestPoolServesWhoCameFirst(t *testing.T) {
	p, _ := fakePool(limits{max: 1})
	defer p.shut()
	h, err := p.take(background, "")
	require.NoError(t, err)
	order := make(chan int, 5)
	var group sync.WaitGroup
	for i := range 5 {
		group.Go(func() {
			h, err := p.take(background, "")
			require.NoError(t, err)
			order <- i
			p.put(h)
		})
		require.Eventually(t, func() bool { _, _, _, waiting, _ := p.figures(); return waiting == i+1 }, time.Minute, time.Millisecond)
	}
	p.put(h)
	group.Wait()
	for i := range 5 {
		require.Equal(t, i, <-order)
	}
}

func TestPoolForgetsWhoGoesAway(t *testing.T) {
	p, _ := fakePool(limits{max: 1})
	defer p.shut()
	h, err := p.take(background, "")
	require.NoError(t, err)
	ctx, cancel := context.WithCancelCause(background)
	gone := make(chan error)
	go func() { _, err := p.take(ctx, ""); gone <- err }()
	require.Eventually(t, func() bool { _, _, _, waiting, _ := p.figures(); return waiting == 1 }, time.Minute, time.Millisecond)
	why := errors.New("the fiber is gone")
	cancel(why)
	require.ErrorIs(t, <-gone, why)
	p.put(h)
	_, idle, _, waiting, _ := p.figures()
	require.Equal(t, []int{1, 0}, []int{idle, waiting})
}

func TestPoolMakesAnotherWhenOneBreaksWhileOthersWait(t *testing.T) {
	p, s := fakePool(limits{max: 1})
	defer p.shut()
	h, err := p.take(background, "")
	require.NoError(t, err)
	got := make(chan *held)
	go func() { h, _ := p.take(background, ""); got <- h }()
	require.Eventually(t, func() bool { _, _, _, waiting, _ := p.figures(); return waiting == 1 }, time.Minute, time.Millisecond)
	h.conn.(*fakeConn).dead.Store(true)
	p.put(h)
	p.put(<-got)
	require.Equal(t, 2, s.dialed)
	require.Equal(t, 1, s.count())
}

func TestPoolFailureToConnectLeavesRoom(t *testing.T) {
	p, s := fakePool(limits{max: 1})
	defer p.shut()
	s.fail = errors.New("no server")
	for range 3 {
		_, err := p.take(background, "")
		require.ErrorIs(t, err, s.fail)
	}
	s.fail = nil
	h, err := p.take(background, "")
	require.NoError(t, err)
	p.put(h)
}

func TestPoolCleansSessions(t *testing.T) {
	p, _ := fakePool(limits{max: 1})
	defer p.shut()
	h, err := p.take(background, "")
	require.NoError(t, err)
	c := h.conn.(*fakeConn)
	p.put(h)
	require.Zero(t, c.resets+c.rolls, "nothing was left behind")
	h, _ = p.take(background, "")
	h.touched = true
	p.put(h)
	require.Equal(t, 1, c.resets)
	h, _ = p.take(background, "")
	c.tx = true
	p.put(h)
	require.Equal(t, []int{1, 1}, []int{c.rolls, c.resets})
	require.False(t, c.tx)
}

func TestPoolClosesWhatIsOldOrIdle(t *testing.T) {
	p, s := fakePool(limits{max: 4, minIdle: 1, lifetime: time.Hour, idleTime: time.Minute})
	defer p.shut()
	now := time.Now()
	p.now = func() time.Time { return now }
	var all []*held
	for range 3 {
		h, err := p.take(background, "")
		require.NoError(t, err)
		all = append(all, h)
	}
	for _, h := range all {
		p.put(h)
	}
	p.sweep()
	require.Equal(t, 3, s.count())
	now = now.Add(2 * time.Minute)
	p.sweep()
	require.Equal(t, 1, s.count(), "minIdle stays")
	now = now.Add(2 * time.Hour)
	p.sweep()
	require.Equal(t, 1, s.count(), "a new one in place of the old")
	require.Equal(t, 4, s.dialed)
}

func TestPoolLooksAtConnectionsThatWereIdle(t *testing.T) {
	p, s := fakePool(limits{max: 1})
	defer p.shut()
	now := time.Now()
	p.now = func() time.Time { return now }
	h, err := p.take(background, "")
	require.NoError(t, err)
	p.put(h)
	h.conn.(*fakeConn).dead.Store(true)
	now = now.Add(time.Second)
	h, err = p.take(background, "")
	require.NoError(t, err)
	require.True(t, h.alive())
	require.Equal(t, 2, s.dialed)
	p.put(h)
}

func TestPoolShutsWhileOthersWait(t *testing.T) {
	p, s := fakePool(limits{max: 1})
	h, err := p.take(background, "")
	require.NoError(t, err)
	gone := make(chan error)
	go func() { _, err := p.take(background, ""); gone <- err }()
	require.Eventually(t, func() bool { _, _, _, waiting, _ := p.figures(); return waiting == 1 }, time.Minute, time.Millisecond)
	p.shut()
	require.ErrorIs(t, <-gone, errPoolClosed)
	require.Equal(t, 1, s.count(), "one is still in use")
	p.put(h)
	require.Zero(t, s.count())
}

// What a server far away takes for a statement is not the way there and back.
func TestDistanceIsNoPartOfAStatement(t *testing.T) {
	p, _ := fakePool(limits{max: 3})
	require.Equal(t, 7*time.Millisecond, p.beyond(7*time.Millisecond), "not known yet")
	for _, way := range []time.Duration{20, 10, 30} {
		clock := time.Unix(0, 0)
		p.now = func() time.Time { clock = clock.Add(way * time.Millisecond); return clock }
		require.NoError(t, p.measure(context.Background(), &fakeConn{}))
	}
	require.Equal(t, 2*time.Millisecond, p.beyond(12*time.Millisecond))
	require.Zero(t, p.beyond(time.Millisecond))
}

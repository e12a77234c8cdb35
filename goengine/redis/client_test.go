package redis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// patience bounds every wait; nothing takes it unless something is broken.
const patience = 20 * time.Second

func start(t *testing.T, change ...func(*Options)) (*miniredis.Miniredis, *Client) {
	t.Helper()
	t.Cleanup(func() {
		CloseIdle()
		goleak.VerifyNone(t)
	})
	m := miniredis.RunT(t)
	o := defaults
	for _, f := range change {
		f(&o)
	}
	c := New("redis://"+m.Addr(), o)
	require.NoError(t, c.Check())
	t.Cleanup(c.release)
	return m, c
}

func do(t *testing.T, c *Client, args ...any) any {
	t.Helper()
	r, err := c.Do(context.Background(), args, int(Raw))
	require.NoError(t, err)
	return plain(must(r.AppendWire(nil)))
}

func must(b []byte, err error) any {
	if err != nil {
		panic(err)
	}
	return decoded(b)
}

func class(err error) string {
	var e *component.Exception
	if errors.As(err, &e) {
		return e.Class
	}
	return fmt.Sprintf("%T", err)
}

func TestCommands(t *testing.T) {
	_, c := start(t)
	require.Equal(t, "OK", do(t, c, "SET", "a", int64(1)))
	require.Equal(t, "1", do(t, c, "GET", "a"))
	require.Nil(t, do(t, c, "GET", "b"))
	_, err := c.Do(context.Background(), []any{"LPUSH", "a", "x"}, 0)
	require.Equal(t, classes["WRONGTYPE"], class(err))
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("enough"))
	_, err = c.Do(ctx, []any{"GET", "a"}, 0)
	require.EqualError(t, err, "enough", "the caller's end is the caller's to name")
}

func TestClientsOfOneDSNShareTheirConnections(t *testing.T) {
	m, c := start(t)
	do(t, c, "PING")
	other := New("redis://"+m.Addr(), defaults)
	require.Same(t, c.s, other.s)
	do(t, other, "PING")
	require.Equal(t, 1, m.TotalConnectionCount())
	o := defaults
	o.ClientName = "other"
	third := New("redis://"+m.Addr(), o)
	require.NotSame(t, c.s, third.s)
	other.release()
	third.release()
	require.Equal(t, 1, c.s.refs)
}

func TestConnectionsOutliveAReload(t *testing.T) {
	m, c := start(t)
	do(t, c, "PING")
	c.release()
	again := New("redis://"+m.Addr(), defaults)
	require.Same(t, c.s, again.s, "those of the script that has ended")
	again.release()
	CloseIdle()
	last := New("redis://"+m.Addr(), defaults)
	require.NotSame(t, c.s, last.s)
	do(t, last, "PING")
	c.s = last.s // which the clean-up gives back
}

func TestServerThatComesBack(t *testing.T) {
	m, c := start(t)
	do(t, c, "SET", "a", "1")
	m.Close()
	_, err := c.Do(context.Background(), []any{"SET", "a", "2"}, 0)
	require.Equal(t, connection, class(err))
	require.ErrorContains(t, err, c.Address())
	require.NoError(t, m.Restart())
	require.Eventually(t, func() bool {
		_, err := c.Do(context.Background(), []any{"SET", "a", "3"}, 0)
		return err == nil
	}, patience, time.Millisecond)
}

func TestServerThatIsNotThere(t *testing.T) {
	m, c := start(t)
	m.Close()
	for range 2 {
		_, err := c.Do(context.Background(), []any{"GET", "a"}, 0)
		require.Equal(t, connection, class(err))
	}
	require.NoError(t, m.Restart())
	require.Nil(t, do(t, c, "GET", "a"), "the next command connects")
}

func TestCommandsOfManyGoroutines(t *testing.T) {
	m, c := start(t)
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			for range 20 {
				_, err := c.Do(context.Background(), []any{"INCR", "n"}, 0)
				if err != nil {
					panic(err)
				}
			}
		})
	}
	all.Wait()
	require.Equal(t, "2000", do(t, c, "GET", "n"))
	require.Equal(t, 1, m.TotalConnectionCount())
}

func TestPinnedConnections(t *testing.T) {
	m, c := start(t, func(o *Options) { o.MaxDedicated, o.Timeout = 1, 100*time.Millisecond })
	do(t, c, "SET", "a", "0")
	l, err := c.Dedicate(context.Background())
	require.NoError(t, err)
	_, err = c.Dedicate(context.Background())
	require.ErrorContains(t, err, "$maxDedicated")
	_, err = l.Do(context.Background(), []any{"WATCH", "a"}, 0)
	require.NoError(t, err)
	do(t, c, "SET", "a", "1")
	r, err := l.Transaction(context.Background(), [][]any{{"SET", "a", "2"}}, []int{int(Bool)})
	require.NoError(t, err)
	require.False(t, r.Done)
	r, err = l.Transaction(context.Background(), [][]any{{"SET", "a", "2"}, {"LPUSH", "a", "x"}}, []int{int(Bool), 0})
	require.NoError(t, err)
	require.True(t, r.Done)
	require.Equal(t, "WRONGTYPE", r.Errors[1].Prefix)
	_, err = l.Do(context.Background(), []any{"SELECT", int64(1)}, 0)
	require.NoError(t, err)
	l.Close()
	l.Close()
	_, err = l.Do(context.Background(), []any{"GET", "a"}, 0)
	require.ErrorContains(t, err, "given back")
	require.Eventually(t, func() bool { return m.CurrentConnectionCount() == 1 }, patience, time.Millisecond, "one that was changed is closed")
}

func TestSubscriptionsSurviveTheirServer(t *testing.T) {
	m, c := start(t)
	ctx := context.Background()
	f, err := c.Subscribe()
	require.NoError(t, err)
	require.NoError(t, f.Add(ctx, channels, []string{"a", "b"}))
	g, err := c.Subscribe()
	require.NoError(t, err)
	require.NoError(t, g.Add(ctx, channels, []string{"a"}))
	require.NoError(t, g.Add(ctx, patterns, []string{"x*"}))
	require.Equal(t, 1, m.PubSubNumSub("a")["a"])
	hears := func(f *Feed, want Message) {
		t.Helper()
		got, err := f.Next(ctx, patience)
		require.NoError(t, err)
		require.Equal(t, &want, got)
	}
	m.Publish("a", "1")
	hears(f, Message{"a", "1", ""})
	hears(g, Message{"a", "1", ""})
	m.Publish("xyz", "2")
	hears(g, Message{"xyz", "2", "x*"})
	m.Close()
	require.NoError(t, m.Restart())
	require.Eventually(t, func() bool { return m.PubSubNumSub("b")["b"] == 1 && m.PubSubNumPat() == 1 }, patience, time.Millisecond)
	require.Equal(t, []int{1, 1}, []int{f.Losses(), g.Losses()})
	m.Publish("b", "again")
	got, err := f.Next(ctx, patience)
	require.NoError(t, err)
	require.Equal(t, "again", got.Payload)
	g.Close()
	require.Eventually(t, func() bool { return m.PubSubNumPat() == 0 }, patience, time.Millisecond)
	require.Equal(t, 1, m.PubSubNumSub("a")["a"], "another listens to it")
	f.Close()
	require.Eventually(t, func() bool { return len(m.PubSubChannels("")) == 0 }, patience, time.Millisecond)
	require.Error(t, f.Add(ctx, channels, []string{"c"}))
	got, err = f.Next(ctx, 0)
	require.NoError(t, err)
	require.Nil(t, got)
}

// One subscription ends while another begins: whoever has been told that it is subscribed gets what is published then.
func TestSubscriptionsComeAndGo(t *testing.T) {
	m, c := start(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 25 {
				f, err := c.Subscribe()
				if err == nil {
					err = f.Add(context.Background(), channels, []string{"a"})
				}
				if err != nil {
					panic(err)
				}
				m.Publish("a", fmt.Sprint(i))
				for {
					got, err := f.Next(context.Background(), patience)
					if err != nil || got == nil {
						panic("no message")
					}
					if got.Payload == fmt.Sprint(i) {
						break
					}
				}
				f.Close()
			}
		})
	}
	all.Wait()
}

func TestSlowSubscribersLoseMessages(t *testing.T) {
	_, c := start(t)
	f, err := c.Subscribe()
	require.NoError(t, err)
	for range maxWaiting + 5 {
		f.push(Message{Payload: "x"})
	}
	require.Equal(t, 5, f.Dropped())
	_, err = f.Next(context.Background(), 0)
	require.NoError(t, err)
	f.push(Message{Payload: string(make([]byte, maxWaitingBytes))})
	require.Equal(t, 6, f.Dropped())
	f.Close()
}

func TestListenCallsOneAfterTheOther(t *testing.T) {
	m, c := start(t)
	f, err := c.Subscribe()
	require.NoError(t, err)
	require.NoError(t, f.Add(context.Background(), channels, []string{"a"}))
	got := make(chan string, 1000)
	require.NoError(t, f.Listen(func(_ context.Context, list []Message) error {
		for _, m := range list {
			got <- m.Payload
		}
		return errors.New("thrown")
	}))
	require.Error(t, f.Listen(nil))
	for i := range 500 {
		m.Publish("a", fmt.Sprint(i))
	}
	for i := range 500 {
		select {
		case v := <-got:
			require.Equal(t, fmt.Sprint(i), v)
		case <-time.After(patience):
			require.Fail(t, "no message")
		}
	}
	f.Close()
}

func TestLocks(t *testing.T) {
	m, c := start(t)
	ctx := context.Background()
	l, err := c.Lock("l", LockOptions{TTL: 300 * time.Millisecond})
	require.NoError(t, err)
	ok, err := l.Acquire(ctx, AcquireOptions{})
	require.NoError(t, err)
	require.True(t, ok)
	first := m.TTL("l")
	require.Positive(t, first)
	m.SetTTL("l", time.Millisecond)
	require.Eventually(t, func() bool { return m.TTL("l") > 100*time.Millisecond }, patience, time.Millisecond, "it is renewed")
	other, err := c.Lock("l", LockOptions{TTL: time.Second})
	require.NoError(t, err)
	ok, err = other.Acquire(ctx, AcquireOptions{Wait: 20 * time.Millisecond})
	require.NoError(t, err)
	require.False(t, ok)
	m.Del("l")
	require.Eventually(t, func() bool { return !l.Held() }, patience, time.Millisecond, "its owner learns that it is lost")
	ok, err = other.Acquire(ctx, AcquireOptions{})
	require.NoError(t, err)
	require.True(t, ok)
	ok, err = l.Release(ctx)
	require.NoError(t, err)
	require.False(t, ok, "another's lock stays")
	require.True(t, m.Exists("l"))
	l.abandoned()
	other.abandoned()
	require.Eventually(t, func() bool { return !m.Exists("l") }, patience, time.Millisecond)
	_, err = c.Lock("", LockOptions{TTL: time.Second})
	require.Error(t, err)
	_, err = c.Lock("l", LockOptions{})
	require.Error(t, err)
}

func TestLimits(t *testing.T) {
	m, c := start(t)
	now := time.Unix(1700000000, 0)
	m.SetTime(now)
	take := func(cost int) Limit {
		l, err := c.Limit(context.Background(), "k", 3, 2, time.Second, cost)
		require.NoError(t, err)
		return l
	}
	require.Equal(t, Limit{true, 2, 0, 500 * time.Millisecond}, take(1))
	require.Equal(t, Limit{true, 0, 0, 1500 * time.Millisecond}, take(2))
	require.Equal(t, Limit{false, 0, 500 * time.Millisecond, 1500 * time.Millisecond}, take(1))
	require.Equal(t, Limit{false, 0, 1500 * time.Millisecond, 1500 * time.Millisecond}, take(3))
	m.SetTime(now.Add(600 * time.Millisecond))
	require.Equal(t, Limit{true, 1, 0, 900 * time.Millisecond}, take(0))
	require.Equal(t, Limit{true, 0, 0, 1400 * time.Millisecond}, take(1))
	require.Equal(t, Limit{false, 0, 400 * time.Millisecond, 1400 * time.Millisecond}, take(1))
	m.SetTime(now.Add(time.Hour))
	require.Equal(t, Limit{true, 3, 0, 0}, take(0))
	for _, bad := range [][4]int{{0, 1, 1, 0}, {1, 0, 1, 0}, {1, 1, 0, 0}, {1, 1, 1, 2}, {1, 1, 1, -1}} {
		_, err := c.Limit(context.Background(), "k", bad[0], bad[1], time.Duration(bad[2])*time.Second, bad[3])
		require.Error(t, err)
	}
}

func TestCacheOnThisSideHasToBeAskedFor(t *testing.T) {
	_, c := start(t)
	_, err := c.Cached(context.Background(), []any{"GET", "a"}, 0, time.Second)
	require.ErrorContains(t, err, "cacheBytes")
}

func TestBadDSN(t *testing.T) {
	c := New("redis://user:s3cret@", Options{})
	require.Equal(t, usage, class(c.Check()))
	_, err := c.Do(context.Background(), []any{"GET", "a"}, 0)
	require.Error(t, err)
	for _, err := range []error{c.Check(), err} {
		require.NotContains(t, err.Error(), "s3cret")
	}
	c.release()
}

func TestFiguresForPrometheus(t *testing.T) {
	m, c := start(t)
	do(t, c, "PING")
	_, err := c.Do(context.Background(), []any{"NOSUCH"}, 0)
	require.Error(t, err)
	got := map[string]float64{}
	all := make(chan prometheus.Metric, 100)
	metrics := &figures{describe("a", ""), describe("b", ""), describe("c", ""), describe("d", "")}
	metrics.Collect(all)
	close(all)
	for one := range all {
		var text dto.Metric
		require.NoError(t, one.Write(&text))
		require.Equal(t, "redis://"+m.Addr(), text.GetLabel()[0].GetValue())
		got[one.Desc().String()] = text.GetCounter().GetValue() + text.GetGauge().GetValue()
	}
	require.Equal(t, map[string]float64{metrics.commands.String(): 2, metrics.failures.String(): 1, metrics.dropped.String(): 0,
		metrics.dedicated.String(): 0}, got)
}

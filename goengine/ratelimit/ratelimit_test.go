package ratelimit_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/phalanx-php/phalanx/goengine/ratelimit"
)

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func start() *clock { return &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)} }

func TestABurstAndWhatComesBack(t *testing.T) {
	c := start()
	l := ratelimit.New(ratelimit.Rate{Limit: 10, Period: time.Second, Burst: 5}, 1000, c.now)
	for i := range int64(5) {
		r := l.Attempt("a", 1)
		require.True(t, r.Allowed)
		require.Equal(t, 4-i, r.Remaining)
		require.Zero(t, r.RetryAfter)
	}
	r := l.Attempt("a", 1)
	require.False(t, r.Allowed)
	require.Equal(t, 100*time.Millisecond, r.RetryAfter)
	require.Equal(t, 500*time.Millisecond, r.ResetAfter)
	require.True(t, l.Attempt("b", 1).Allowed, "another key")

	c.t = c.t.Add(99 * time.Millisecond)
	require.False(t, l.Attempt("a", 1).Allowed)
	c.t = c.t.Add(time.Millisecond)
	require.True(t, l.Attempt("a", 1).Allowed)
	require.False(t, l.Attempt("a", 1).Allowed)

	c.t = c.t.Add(time.Hour)
	r = l.Attempt("a", 0)
	require.True(t, r.Allowed)
	require.EqualValues(t, 5, r.Remaining, "a cost of 0 looks and takes nothing")
	require.Equal(t, ratelimit.Never, l.Attempt("a", 6).RetryAfter)
	require.True(t, l.Attempt("a", 5).Allowed)
	require.True(t, l.Reset("a"))
	require.True(t, l.Attempt("a", 5).Allowed)
}

// In no stretch of time is more allowed than the burst and what comes back in it, and what RetryAfter says is true.
func TestNeverMoreThanTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := ratelimit.Rate{
			Limit:  rapid.Int64Range(1, 1000).Draw(t, "limit"),
			Period: time.Duration(rapid.Int64Range(int64(time.Millisecond), int64(time.Hour)).Draw(t, "period")),
			Burst:  rapid.Int64Range(1, 50).Draw(t, "burst"),
		}
		c := start()
		l := ratelimit.New(rate, 64, c.now)
		began, taken := c.t, 0.0
		for range 60 {
			c.t = c.t.Add(time.Duration(rapid.Int64Range(0, 3*int64(rate.Period)/rate.Limit).Draw(t, "passes")))
			cost := rapid.Int64Range(1, rate.Burst).Draw(t, "cost")
			r := l.Attempt("key", cost)
			if r.Allowed {
				taken += float64(cost)
			} else {
				require.Positive(t, r.RetryAfter)
				c.t = c.t.Add(r.RetryAfter)
				require.True(t, l.Attempt("key", cost).Allowed, "after RetryAfter it is allowed")
				taken += float64(cost)
			}
			back := float64(c.t.Sub(began)) / float64(rate.Period) * float64(rate.Limit)
			require.LessOrEqual(t, taken, float64(rate.Burst)+back+1e-6*(taken+1))
		}
	})
}

func TestKeysAreBounded(t *testing.T) {
	c := start()
	l := ratelimit.New(ratelimit.Rate{Limit: 1, Period: time.Second, Burst: 1}, 640, c.now)
	for i := range 10_000 {
		l.Attempt(fmt.Sprint("key", i), 1)
	}
	st := l.Stats()
	require.LessOrEqual(t, st.Keys, int64(640))
	require.Positive(t, st.Evicted)

	c.t = c.t.Add(time.Hour)
	for i := range 200 {
		l.Attempt(fmt.Sprint("later", i), 1)
	}
	require.Equal(t, st.Evicted, l.Stats().Evicted, "those that have all of their burst make room first")
}

func TestManyAtOnce(t *testing.T) {
	c := start()
	l := ratelimit.New(ratelimit.Rate{Limit: 100, Period: time.Hour, Burst: 100}, 1000, c.now)
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if l.Attempt("one", 1).Allowed {
					allowed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 100, allowed.Load())
}

func TestRatesThatMakeNoSense(t *testing.T) {
	for _, r := range []ratelimit.Rate{
		{0, time.Second, 1}, {1, 0, 1}, {1, time.Second, 0}, {1 << 41, time.Second, 1}, {1, 10 * 365 * 24 * time.Hour, 1 << 40},
	} {
		require.ErrorIs(t, r.Check(), ratelimit.ErrRate)
	}
	require.NoError(t, ratelimit.Rate{1 << 40, time.Microsecond, 1 << 40}.Check())
}

func BenchmarkAttempt(b *testing.B) {
	l := ratelimit.New(ratelimit.Rate{Limit: 1 << 30, Period: time.Second, Burst: 1 << 30}, 1000, time.Now)
	b.ReportAllocs()
	for b.Loop() {
		l.Attempt("127.0.0.1", 1)
	}
}

package lock_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/phalanx-php/phalanx/goengine/lock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestNoMoreHoldersThanPermits(t *testing.T) {
	const permits = 3
	s := lock.New(permits)
	var inside, most atomic.Int64
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for range 500 {
				p, err := s.Acquire(context.Background(), fmt.Sprint(i))
				require.NoError(t, err)
				n := inside.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				inside.Add(-1)
				require.True(t, p.Release())
			}
		})
	}
	wg.Wait()
	require.LessOrEqual(t, most.Load(), int64(permits))
	require.Zero(t, s.State().Held)
}

func TestPermitsAreGivenInTheOrderOfAsking(t *testing.T) {
	s := lock.New(1)
	first := s.TryAcquire("first")
	require.NotNil(t, first)
	var order []string
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			p, err := s.Acquire(context.Background(), fmt.Sprint(i))
			require.NoError(t, err)
			order = append(order, fmt.Sprint(i)) // guarded by the lock
			p.Release()
		})
		waitFor(t, s, i+1)
	}
	require.Nil(t, s.TryAcquire("who comes late"))
	require.Equal(t, "first", s.State().Holders[0].Holder)
	first.Release()
	wg.Wait()
	require.Equal(t, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, order)
}

func waitFor(t *testing.T, s *lock.Semaphore, waiting int) {
	require.Eventually(t, func() bool { return s.State().Waiting == waiting }, 10*time.Second, time.Millisecond)
}

func TestAPermitIsReleasedOnce(t *testing.T) {
	s := lock.New(2)
	p := s.TryAcquire("a")
	require.True(t, p.Held())
	require.True(t, p.Release())
	require.False(t, p.Held())
	require.False(t, p.Release())
	require.NotNil(t, s.TryAcquire("a"))
	require.NotNil(t, s.TryAcquire("b"))
	require.Nil(t, s.TryAcquire("c"))
}

// Waits that are given up, at whatever moment, lose no permit and keep no place in the queue.
func TestWhoGivesUpLosesNoPermit(t *testing.T) {
	s := lock.New(1)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 200 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i%5)*10*time.Microsecond)
				if p, err := s.Acquire(ctx, ""); err == nil {
					p.Release()
				}
				cancel()
			}
		})
	}
	wg.Wait()
	st := s.State()
	require.Zero(t, st.Held)
	require.Zero(t, st.Waiting)
	require.NotNil(t, s.TryAcquire(""))
}

package counter_test

import (
	"context"
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/phalanx-php/phalanx/goengine/counter"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAddsOfManyAreAllCounted(t *testing.T) {
	var c counter.Counter
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10_000 {
				c.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 80_000, c.Get())
	require.EqualValues(t, 80_000, c.Set(5))
	require.False(t, c.CompareAndSet(4, 6))
	require.True(t, c.CompareAndSet(5, math.MaxInt64))
	require.EqualValues(t, math.MinInt64, c.Add(1), "it wraps around")
}

// Each change may be the one that is waited for: none is missed.
func TestWhoWaitsSeesTheChange(t *testing.T) {
	var c counter.Counter
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			n, err := c.Wait(context.Background(), int64(i))
			require.NoError(t, err)
			require.GreaterOrEqual(t, n, int64(i))
		})
	}
	for range 50 {
		c.Add(1)
	}
	wg.Wait()
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	var c counter.Counter
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := c.Wait(ctx, 1)
	require.ErrorIs(t, err, context.Canceled)
}

package gcpace

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPercent(t *testing.T) {
	for live, want := range map[uint64]int64{
		0: 400, 1 << 20: 400, 6 << 20: 400, 8 << 20: 300, 12 << 20: 166, 16 << 20: 100, 17 << 20: 100, 1 << 40: 100,
	} {
		require.Equal(t, want, percent(live), live)
	}
	last := int64(most)
	for live := uint64(1); live < 100<<20; live += 1 << 18 {
		p := percent(live)
		require.LessOrEqual(t, p, last)
		require.GreaterOrEqual(t, p, int64(usual))
		last = p
	}
}

func TestPaceFollowsTheHeap(t *testing.T) {
	t.Setenv("GOGC", "")
	Start()
	require.EqualValues(t, most, current.Load())
	large := make([]byte, target)
	for current.Load() != usual { // the finalizer has its own goroutine
		runtime.GC()
		runtime.Gosched()
	}
	runtime.KeepAlive(large)
	for current.Load() != most {
		runtime.GC()
		runtime.Gosched()
	}
}

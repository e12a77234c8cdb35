//go:build !race

package timer_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/timer"
)

func TestAMillionTimersTakeAtMost40BytesEach(t *testing.T) {
	const n = 1_000_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	q := timer.New()
	for i := range n {
		q.Add(time.Duration(i))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	require.Less(t, int64(after.HeapAlloc-before.HeapAlloc), int64(40*n))
	t.Logf("%.1f bytes each", float64(after.HeapAlloc-before.HeapAlloc)/n)
	runtime.KeepAlive(q)
}

func TestSteadyStateDoesNotAllocate(t *testing.T) {
	q := timer.New()
	for i := range 1000 {
		q.Add(time.Duration(i))
	}
	now := time.Duration(0)
	dst := make([]timer.ID, 0, 16)
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		now++
		for range q.Expired(now, dst[:0]) {
			q.Add(now + 1000)
		}
		q.Remove(q.Add(now + 500))
		id, _ := q.Due(now + 1)
		q.Reset(id, now+2000)
	}))
}

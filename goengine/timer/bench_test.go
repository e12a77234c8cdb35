package timer_test

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/phalanx-php/phalanx/goengine/timer"
)

var sizes = []int{1000, 1_000_000}

// filled returns a queue of n timers spread over a minute.
func filled(n int) (*timer.Queue, []timer.ID) {
	r := rand.New(rand.NewPCG(1, 2))
	q, ids := timer.New(), make([]timer.ID, n)
	for i := range ids {
		ids[i] = q.Add(time.Duration(r.Int64N(int64(time.Minute))))
	}
	return q, ids
}

func run(b *testing.B, f func(b *testing.B, n int)) {
	for _, n := range sizes {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			f(b, n)
		})
	}
}

// A request's time-out: added and removed, nearly always unexpired.
func BenchmarkAddRemove(b *testing.B) {
	run(b, func(b *testing.B, n int) {
		q, _ := filled(n)
		for b.Loop() {
			q.Remove(q.Add(30 * time.Second))
		}
	})
}

// An idle time-out: a random connection is heard of and its deadline moves on.
func BenchmarkReset(b *testing.B) {
	run(b, func(b *testing.B, n int) {
		q, ids := filled(n)
		r := rand.New(rand.NewPCG(3, 4))
		now := time.Duration(0)
		for b.Loop() {
			now += time.Microsecond
			q.Reset(ids[r.IntN(n)], now+time.Minute)
		}
	})
}

// Repeating timers: the first one is due and is queued again.
func BenchmarkRepeat(b *testing.B) {
	run(b, func(b *testing.B, n int) {
		q, _ := filled(n)
		for b.Loop() {
			now, _ := q.Next()
			id, _ := q.Due(now)
			q.Reset(id, now+time.Minute)
		}
	})
}

// One timer of random age is replaced.
func BenchmarkReplace(b *testing.B) {
	run(b, func(b *testing.B, n int) {
		q, ids := filled(n)
		r := rand.New(rand.NewPCG(5, 6))
		for b.Loop() {
			i := r.IntN(n)
			q.Remove(ids[i])
			ids[i] = q.Add(time.Duration(r.Int64N(int64(time.Minute))))
		}
	})
}

// Timers are added at random and all expire; ns/timer is what one of them costs.
func BenchmarkFillAndExpire(b *testing.B) {
	run(b, func(b *testing.B, n int) {
		r := rand.New(rand.NewPCG(7, 8))
		dst := make([]timer.ID, 0, n)
		for b.Loop() {
			q := timer.New()
			for range n {
				q.Add(time.Duration(r.Int64N(int64(time.Minute))))
			}
			dst = q.Expired(time.Minute, dst[:0])
		}
		b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(n), "ns/timer")
	})
}

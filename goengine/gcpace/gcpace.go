// Package gcpace lets the garbage collector wait for more garbage while the heap is small.
//
// Go collects when the heap has doubled, at the least 4 MiB: a process that keeps 5 MiB and makes garbage fast, as one
// does that hands arrays between PHP and Go, collects hundreds of times in a second. Here the heap may grow to 32 MiB
// before that, but at most fivefold. A heap that keeps more than 16 MiB is collected as Go does by itself.
package gcpace

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

const (
	target  = 32 << 20 // bytes of heap that are worth a collection
	most    = 400      // percent
	usual   = 100      // percent, Go's own
	tell    = 20       // percent; a smaller change is not worth stopping the world
	liveKey = "/gc/heap/live:bytes"
)

// Start sets the pace, now and after each collection. It does nothing when GOGC is set. Call it once, early.
func Start() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(most)
	current.Store(most)
	watch()
}

var current atomic.Int64

// mark is garbage at once: its finalizer runs after each collection. It is not a tiny object, which may share memory with
// one that lives.
type mark struct {
	_ [64]byte
	_ *mark
}

func watch() {
	runtime.SetFinalizer(new(mark), func(*mark) {
		sample := []metrics.Sample{{Name: liveKey}}
		metrics.Read(sample)
		if p, was := percent(sample[0].Value.Uint64()), current.Load(); p-was >= tell || was-p >= tell || p == usual && was != usual {
			debug.SetGCPercent(int(p))
			current.Store(p)
		}
		watch()
	})
}

// percent is how much garbage may come to a heap that keeps live bytes.
func percent(live uint64) int64 {
	switch {
	case live*(100+most)/100 <= target:
		return most
	case live*(100+usual)/100 >= target:
		return usual
	}
	return int64(target*100/live) - 100
}

package applog

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/phalanx-php/phalanx/goengine/metrics"
)

func counter(name, help string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "phalanx_log_" + name, Help: help}, []string{"target"})
}

// count is what became of the records.
var count = struct{ written, dropped, failed *prometheus.CounterVec }{
	counter("records_total", "Records written."),
	counter("dropped_total", "Records dropped because the queue was full."),
	counter("failed_total", "Records that could not be written."),
}

var registerCounts = sync.OnceFunc(func() { metrics.MustRegister(count.written, count.dropped, count.failed) })

// complaints tell of a target that cannot be written to, where they will be read.
var complaints struct {
	mu   sync.Mutex // guards last
	last map[string]time.Time
}

const complainEvery = time.Minute

func complain(target string, err error) {
	complaints.mu.Lock()
	defer complaints.mu.Unlock()
	if complaints.last == nil {
		complaints.last = map[string]time.Time{}
	}
	if now := time.Now(); now.Sub(complaints.last[target]) > complainEvery {
		complaints.last[target] = now
		fmt.Fprintf(os.Stderr, "phalanx: the log %s cannot be written: %v\n", target, err)
	}
}

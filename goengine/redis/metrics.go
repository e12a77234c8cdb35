package redis

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/phalanx-php/phalanx/goengine/metrics"
)

// figures is asked for what the clients of the process have counted, by server.
type figures struct {
	commands, failures, dropped, dedicated *prometheus.Desc
}

func describe(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("phalanx_redis_"+name, help, []string{"server"}, nil)
}

var registerFigures = sync.OnceFunc(func() {
	metrics.MustRegister(&figures{
		describe("commands_total", "Commands sent."),
		describe("failures_total", "Commands that failed, and connections of subscriptions that were lost."),
		describe("dropped_messages_total", "Published messages that slow subscribers had no room for."),
		describe("dedicated_connections", "Connections in use for commands that block, pinned ones and subscriptions."),
	})
})

// Describe names the figures.
func (f *figures) Describe(c chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{f.commands, f.failures, f.dropped, f.dedicated} {
		c <- d
	}
}

// Collect adds up clients of one server that have different options.
func (f *figures) Collect(c chan<- prometheus.Metric) {
	type sums struct{ commands, failures, dropped, dedicated float64 }
	servers := map[string]*sums{}
	registry.Lock()
	for _, s := range registry.all {
		address := s.target.String()
		if servers[address] == nil {
			servers[address] = &sums{}
		}
		n := servers[address]
		n.commands += float64(s.commands.Load())
		n.failures += float64(s.failures.Load())
		n.dropped += float64(s.dropped.Load())
		n.dedicated += float64(len(s.tickets))
	}
	registry.Unlock()
	for address, n := range servers {
		c <- prometheus.MustNewConstMetric(f.commands, prometheus.CounterValue, n.commands, address)
		c <- prometheus.MustNewConstMetric(f.failures, prometheus.CounterValue, n.failures, address)
		c <- prometheus.MustNewConstMetric(f.dropped, prometheus.CounterValue, n.dropped, address)
		c <- prometheus.MustNewConstMetric(f.dedicated, prometheus.GaugeValue, n.dedicated, address)
	}
}

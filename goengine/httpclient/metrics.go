package httpclient

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/phalanx-php/phalanx/goengine/metrics"
)

// registerFigures adds the process's figures to its metrics, with the first request.
var registerFigures = sync.OnceFunc(func() {
	counter := func(name, help string, read func(*Stats) int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "phalanx_http_client_" + name, Help: help}, func() float64 {
			s := ReadStats()
			return float64(read(&s))
		})
	}
	gauge := func(name, help string, read func(*Stats) int64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "phalanx_http_client_" + name, Help: help}, func() float64 {
			s := ReadStats()
			return float64(read(&s))
		})
	}
	metrics.MustRegister(
		counter("requests_total", "Requests sent, further tries and redirects among them.", func(s *Stats) int64 { return s.Requests }),
		counter("responses_total", "Responses got.", func(s *Stats) int64 { return s.Responses }),
		counter("failures_total", "Calls that ended with an exception.", func(s *Stats) int64 { return s.Failures }),
		counter("retries_total", "Further tries.", func(s *Stats) int64 { return s.Retries }),
		counter("received_bytes_total", "Bytes of bodies, decompressed.", func(s *Stats) int64 { return s.BytesReceived }),
		counter("connections_opened_total", "Connections made.", func(s *Stats) int64 { return s.ConnectionsOpened }),
		gauge("connections", "Open connections.", func(s *Stats) int64 { return s.ConnectionsOpen }),
		gauge("active", "Calls under way.", func(s *Stats) int64 { return s.Active }),
	)
})

// Package monitor tells machines how an application fares: /live and /ready for who restarts it and
// sends it traffic, /metrics for Prometheus. It has an address of its own, which is nobody's
// but the operator's: there is no authentication.
package monitor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
	"github.com/sirupsen/logrus"

	"github.com/phalanx-php/phalanx/goengine/metrics"
	"github.com/phalanx-php/phalanx/goengine/supervisor"
)

const (
	// patience is how long something may be on its way before it counts as missing: a server
	// process, a slot without a script.
	patience = 10 * time.Second

	requestTimeout = 10 * time.Second
	maxHeaderBytes = 16 << 10
)

// Source is what is watched: the supervisor.
type Source interface {
	Status() supervisor.Status
	Metrics() []metrics.Part
}

// Options say how.
type Options struct {
	// StuckAfter is how long a callback may take before its slot counts as stuck; 0: never.
	StuckAfter time.Duration
	Logger     logrus.FieldLogger
}

// Monitor answers on one address.
type Monitor struct {
	source   Source
	opts     Options
	totals   metrics.Totals
	listener net.Listener
	server   *http.Server
}

// Listen binds an address, "127.0.0.1:9090" or ":9090". Serve answers.
func Listen(address string, opts Options) (*Monitor, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("the monitor cannot listen: %w", err)
	}
	return New(l, opts), nil
}

// New is a monitor on a listener that is there; it is the monitor's from now on.
func New(l net.Listener, opts Options) *Monitor {
	if opts.Logger == nil {
		opts.Logger = logrus.StandardLogger()
	}
	return &Monitor{opts: opts, listener: l}
}

// Copy is a copy of the listening socket, which the caller owns; nil: it cannot be made.
func (m *Monitor) Copy() *os.File {
	if l, ok := m.listener.(*net.TCPListener); ok {
		if f, err := l.File(); err == nil {
			return f
		}
	}
	return nil
}

// Addr is the bound address.
func (m *Monitor) Addr() net.Addr { return m.listener.Addr() }

// Serve answers until Close.
func (m *Monitor) Serve(source Source) {
	m.source = source
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(&collector{m})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /live", m.answer(m.dead))
	mux.HandleFunc("GET /ready", m.answer(m.unready))
	counted := prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { return m.totals.Gather(source.Metrics()) })
	mux.Handle("GET /metrics", promhttp.HandlerFor(prometheus.Gatherers{registry, counted}, promhttp.HandlerOpts{
		// What can be told is told: what cannot be is in the log.
		ErrorHandling: promhttp.ContinueOnError,
		ErrorLog:      m.opts.Logger, MaxRequestsInFlight: 4, Timeout: requestTimeout,
	}))
	m.server = &http.Server{
		Handler: mux, ReadTimeout: requestTimeout, WriteTimeout: 2 * requestTimeout, IdleTimeout: time.Minute,
		MaxHeaderBytes: maxHeaderBytes,
	}
	go func() {
		if err := m.server.Serve(m.listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			m.opts.Logger.WithError(err).Error("monitor: stopped")
		}
	}()
}

// Close stops answering.
func (m *Monitor) Close() {
	if m.server == nil {
		_ = m.listener.Close()
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = m.server.Shutdown(ctx)
}

// answer says "ok", or with status 503 what is wrong, a line each.
func (m *Monitor) answer(wrong func(supervisor.Status) []string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		reasons := wrong(m.source.Status())
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		if len(reasons) == 0 {
			_, _ = io.WriteString(w, "ok\n")
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, strings.Join(reasons, "\n")+"\n")
	}
}

// dead says why the application cannot help itself any more: a restart would.
func (m *Monitor) dead(st supervisor.Status) []string {
	var reasons []string
	for i, sv := range st.Servers {
		switch {
		case !sv.Running && sv.DownFor > patience.Seconds():
			reasons = append(reasons, fmt.Sprintf("server process %d has not come up for %.0f s", i, sv.DownFor))
		case sv.Running && !sv.Answered:
			reasons = append(reasons, fmt.Sprintf("server process %d (pid %d) does not answer", i, sv.PID))
		}
	}
	if m.opts.StuckAfter > 0 {
		for i := range st.Slots {
			if s := &st.Slots[i]; s.BusyFor > m.opts.StuckAfter.Seconds() {
				reasons = append(reasons, fmt.Sprintf("worker %s, slot %d (pid %d) has not come back to its loop for %.0f s", s.Name, s.ID, s.PID, s.BusyFor))
			}
		}
	}
	return reasons
}

// unready says why the application should get no requests now.
func (m *Monitor) unready(st supervisor.Status) []string {
	if st.State != "running" && st.State != "reloading" {
		return []string{"the application is " + st.State}
	}
	var reasons []string
	for i, sv := range st.Servers {
		if !sv.Running {
			reasons = append(reasons, fmt.Sprintf("server process %d is not up", i))
		} else if !sv.Answered {
			reasons = append(reasons, fmt.Sprintf("server process %d (pid %d) does not answer", i, sv.PID))
		}
	}
	serving := map[int]bool{}
	names := map[int]string{}
	for i := range st.Slots {
		s := &st.Slots[i]
		names[s.Worker] = s.Name
		if s.Serving || s.StartingFor < patience.Seconds() && s.Exits > 0 {
			serving[s.Worker] = true
		}
	}
	for worker := range len(st.Workers) {
		if name, ok := names[worker]; ok && !serving[worker] {
			reasons = append(reasons, fmt.Sprintf("no slot of worker %s serves", name))
		}
	}
	return reasons
}

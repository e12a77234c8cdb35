// Package metrics holds the figures of a process: those of Phalanx's services, and those an application counts by itself
// with Phalanx\Metrics. The supervisor's monitor asks every server process for them and answers Prometheus with the sum.
//
// A service registers Prometheus' own collectors, when it is first used and not in an init function:
//
//	var queries = prometheus.NewCounterVec(prometheus.CounterOpts{
//		Name: "phalanx_sql_queries_total", Help: "Statements carried out.",
//	}, []string{"pool"})
//
//	var register = sync.OnceFunc(func() { metrics.MustRegister(queries) })
//
// Over several server processes counters and histograms are added up, and so are gauges for which Combine says nothing
// else. The prefix phalanx_ is for Go: PHP cannot register such names.
package metrics

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"google.golang.org/protobuf/encoding/protodelim"
)

// Merge says what becomes of a gauge that several server processes have.
type Merge string

// The rules. Each keeps the values apart by a label "server".
const (
	MergeSum  Merge = "sum"
	MergeMax  Merge = "max"
	MergeMin  Merge = "min"
	MergeEach Merge = "each"
)

// Registry holds figures. Its methods may be called from any goroutine.
type Registry struct {
	prometheus *prometheus.Registry

	mu       sync.Mutex // guards all below
	families map[string]*family
	rules    map[string]Merge // of gauges; those not named are added up
	series   int              // of all families
}

// NewRegistry makes an empty one; the process has its own.
func NewRegistry() *Registry {
	return &Registry{prometheus: prometheus.NewRegistry(), families: map[string]*family{}, rules: map[string]Merge{}}
}

var process = sync.OnceValue(NewRegistry)

// Default is the process's registry.
func Default() *Registry { return process() }

// Register adds a collector to the process's figures.
func Register(c prometheus.Collector) error { return Default().prometheus.Register(c) }

// MustRegister adds collectors whose names no others can have.
func MustRegister(all ...prometheus.Collector) { Default().prometheus.MustRegister(all...) }

// Unregister takes a collector away.
func Unregister(c prometheus.Collector) bool { return Default().prometheus.Unregister(c) }

// Combine names the rule for gauges of several server processes.
func Combine(rule Merge, gauges ...string) { Default().combine(rule, gauges...) }

func (r *Registry) combine(rule Merge, gauges ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range gauges {
		r.rules[name] = rule
	}
}

// Snapshot is what a process has counted so far, on its way to the supervisor.
type Snapshot struct {
	Families []byte           `json:"families"` // Prometheus' delimited protocol buffers
	Rules    map[string]Merge `json:"rules,omitempty"`
}

// Snapshot asks all collectors. What one of them cannot say is left out, and in the error.
func (r *Registry) Snapshot() (Snapshot, error) {
	families, err := r.prometheus.Gather()
	var s Snapshot
	var b bytes.Buffer
	for _, f := range families {
		if _, e := protodelim.MarshalTo(&b, f); e != nil {
			return s, fmt.Errorf("metrics: %w", e)
		}
	}
	s.Families = b.Bytes()
	r.mu.Lock()
	s.Rules = maps.Clone(r.rules)
	r.mu.Unlock()
	if err != nil {
		err = fmt.Errorf("metrics: %w", err)
	}
	return s, err
}

// decode reads a snapshot's families.
func (s *Snapshot) decode() ([]*dto.MetricFamily, error) {
	var all []*dto.MetricFamily
	for rd := bytes.NewReader(s.Families); ; {
		f := &dto.MetricFamily{}
		switch err := (protodelim.UnmarshalOptions{MaxSize: -1}).UnmarshalFrom(rd, f); err {
		case nil:
			all = append(all, f)
		case io.EOF:
			return all, nil
		default:
			return nil, fmt.Errorf("metrics: a server process's figures: %w", err)
		}
	}
}

// Text is what the process has counted, in Prometheus' text format.
func (r *Registry) Text() (string, error) {
	families, err := r.prometheus.Gather()
	if err != nil {
		return "", fmt.Errorf("metrics: %w", err)
	}
	var b bytes.Buffer
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&b, f); err != nil {
			return "", fmt.Errorf("metrics: %w", err)
		}
	}
	return b.String(), nil
}

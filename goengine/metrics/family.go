package metrics

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// Limits of what an application registers.
const (
	DefaultMaxSeries = 1000   // of one metric
	MaxFamilies      = 1000   // metrics of a process
	MaxAllSeries     = 50_000 // of all metrics of a process
	MaxLabels        = 16     // names of a metric
	MaxBuckets       = 100
	maxValueBytes    = 256 // of a label's value; the rest is cut off
)

// Other is the value of every label of the series that counts what went past a metric's limit of series.
const Other = "_other_"

type kind string

const (
	counterKind   kind = "counter"
	gaugeKind     kind = "gauge"
	histogramKind kind = "histogram"
)

// family is a metric that an application registered.
type family struct {
	kind      kind
	name      string
	labels    []string
	buckets   []float64
	rule      Merge
	maxSeries int

	counters   *prometheus.CounterVec
	gauges     *prometheus.GaugeVec
	histograms *prometheus.HistogramVec

	known map[string]struct{} // label values joined by NUL; guarded by Registry.mu
}

// Definition is a metric as it is registered.
type Definition struct {
	Name, Help string
	Labels     []string
	Buckets    []float64 // of histograms
	Merge      Merge     // of gauges
	MaxSeries  int
}

var (
	metricName = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)
	labelName  = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
)

// check says what is wrong with a definition.
func (d *Definition) check(k kind) error {
	if !metricName.MatchString(d.Name) {
		return fmt.Errorf("metrics: %q is no name of a metric: letters, digits, underscores and colons, not a digit first", d.Name)
	}
	if strings.HasPrefix(strings.ToLower(d.Name), "phalanx_") {
		return fmt.Errorf("metrics: %s: names with phalanx_ are for Phalanx's own metrics", d.Name)
	}
	if len(d.Labels) > MaxLabels {
		return fmt.Errorf("metrics: %s: %d labels; %d is the limit", d.Name, len(d.Labels), MaxLabels)
	}
	for i, l := range d.Labels {
		switch {
		case !labelName.MatchString(l) || strings.HasPrefix(l, "__"):
			return fmt.Errorf("metrics: %s: %q is no name of a label: letters, digits and underscores, neither a digit nor two underscores first", d.Name, l)
		case slices.Contains(d.Labels[:i], l):
			return fmt.Errorf("metrics: %s: label %s is there twice", d.Name, l)
		case l == "le" && k == histogramKind, l == "server" && d.Merge == MergeEach:
			return fmt.Errorf("metrics: %s: label %s is Phalanx's own here", d.Name, l)
		}
	}
	if d.MaxSeries < 1 {
		return fmt.Errorf("metrics: %s: maxSeries is %d; it is at least 1", d.Name, d.MaxSeries)
	}
	if k != histogramKind {
		return nil
	}
	if len(d.Buckets) == 0 || len(d.Buckets) > MaxBuckets {
		return fmt.Errorf("metrics: %s: %d buckets; 1 to %d are possible", d.Name, len(d.Buckets), MaxBuckets)
	}
	for i, b := range d.Buckets {
		if math.IsNaN(b) || math.IsInf(b, 0) || i > 0 && b <= d.Buckets[i-1] {
			return fmt.Errorf("metrics: %s: bucket bounds are finite and each is larger than the one before", d.Name)
		}
	}
	return nil
}

// define registers a metric, or finds the one of that name when it has the same shape. The help text is the first one's.
func (r *Registry) define(k kind, d Definition) error {
	if err := d.check(k); err != nil {
		return err
	}
	if k == gaugeKind && d.Merge == "" {
		d.Merge = MergeSum
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.families[d.Name]; f != nil {
		return f.same(k, &d)
	}
	if len(r.families) >= MaxFamilies {
		return fmt.Errorf("metrics: %s: the process has %d metrics, which is the limit; tell cases apart by labels", d.Name, MaxFamilies)
	}
	f := &family{
		kind: k, name: d.Name, labels: slices.Clone(d.Labels), buckets: slices.Clone(d.Buckets), rule: d.Merge,
		maxSeries: d.MaxSeries, known: map[string]struct{}{},
	}
	help := strings.ToValidUTF8(d.Help, "?")
	var c prometheus.Collector
	switch k {
	case counterKind:
		f.counters = prometheus.NewCounterVec(prometheus.CounterOpts{Name: d.Name, Help: help}, f.labels)
		c = f.counters
	case gaugeKind:
		f.gauges = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: d.Name, Help: help}, f.labels)
		c = f.gauges
	case histogramKind:
		f.histograms = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: d.Name, Help: help, Buckets: f.buckets}, f.labels)
		c = f.histograms
	}
	if err := r.prometheus.Register(c); err != nil {
		return fmt.Errorf("metrics: %s: %w", d.Name, err)
	}
	if len(f.labels) == 0 { // its one series is told from the start
		switch k {
		case counterKind:
			f.counters.WithLabelValues()
		case gaugeKind:
			f.gauges.WithLabelValues()
		case histogramKind:
			f.histograms.WithLabelValues()
		}
	}
	r.families[d.Name] = f
	if d.Merge != "" && d.Merge != MergeSum {
		r.rules[d.Name] = d.Merge
	}
	return nil
}

// same says whether a second registration means the metric that is there.
func (f *family) same(k kind, d *Definition) error {
	differs := ""
	switch {
	case f.kind != k:
		return fmt.Errorf("metrics: %s is a %s already and cannot be a %s", f.name, f.kind, k)
	case !slices.Equal(f.labels, d.Labels):
		differs = fmt.Sprintf("the labels [%s], not [%s]", strings.Join(f.labels, ", "), strings.Join(d.Labels, ", "))
	case !slices.Equal(f.buckets, d.Buckets):
		differs = fmt.Sprintf("the buckets %v, not %v", f.buckets, d.Buckets)
	case f.rule != d.Merge:
		differs = fmt.Sprintf("the merge rule %s, not %s", f.rule, d.Merge)
	case f.maxSeries != d.MaxSeries:
		differs = fmt.Sprintf("maxSeries %d, not %d", f.maxSeries, d.MaxSeries)
	default:
		return nil
	}
	return fmt.Errorf("metrics: %s is registered already with %s; metrics outlive reloads, so a new shape needs a restart or another name", f.name, differs)
}

// find answers a metric and the values of one of its series; nil values for the metric itself, when it has labels.
func (r *Registry) find(k kind, name string, values []string) (*family, []string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.families[name]
	if f == nil || f.kind != k {
		return nil, nil, fmt.Errorf("metrics: no %s %s is registered", k, name)
	}
	if len(values) == 0 && len(f.labels) > 0 {
		return f, nil, nil
	}
	if len(values) != len(f.labels) {
		return nil, nil, fmt.Errorf("metrics: %s has %d labels, %d values were given", name, len(f.labels), len(values))
	}
	values = slices.Clone(values)
	for i := range values {
		values[i] = tidy(values[i])
	}
	key := strings.Join(values, "\x00")
	if _, known := f.known[key]; !known {
		if len(f.known) < f.maxSeries && r.series < MaxAllSeries {
			f.known[key] = struct{}{}
			r.series++
		} else {
			for i := range values {
				values[i] = Other
			}
		}
	}
	return f, values, nil
}

// tidy makes a label's value one that Prometheus takes and the series' memory bears.
func tidy(value string) string {
	if len(value) > maxValueBytes {
		value = value[:maxValueBytes]
		for n := 0; n < utf8.UTFMax && !utf8.ValidString(value); n++ {
			value = value[:len(value)-1] // the cut went through a character
		}
	}
	return strings.ReplaceAll(strings.ToValidUTF8(value, "?"), "\x00", "?")
}

// errLabels answers figures for a metric that only its series have.
func errLabels(f *family) error {
	return fmt.Errorf("metrics: %s has the labels %s: count on what with() answers", f.name, strings.Join(f.labels, ", "))
}

// Errors of figures that cannot be.
var (
	ErrNegative = errors.New("metrics: a counter only grows: the amount is negative or no number")
	ErrNaN      = errors.New("metrics: the value is no number")
)

// Counter is a series that only grows.
type Counter struct {
	family *family
	series prometheus.Counter // nil: the metric has labels
}

func (r *Registry) counter(name string, values []string) (*Counter, error) {
	f, values, err := r.find(counterKind, name, values)
	if err != nil {
		return nil, err
	}
	c := &Counter{family: f}
	if values != nil || len(f.labels) == 0 {
		c.series = f.counters.WithLabelValues(values...)
	}
	return c, nil
}

// Inc adds 1.
func (c *Counter) Inc() error {
	if c.series == nil {
		return errLabels(c.family)
	}
	c.series.Inc()
	return nil
}

// Add adds an amount, which is not negative.
func (c *Counter) Add(amount float64) error {
	if c.series == nil {
		return errLabels(c.family)
	}
	if !(amount >= 0) || math.IsInf(amount, 1) {
		return ErrNegative
	}
	c.series.Add(amount)
	return nil
}

// Value is what has been counted in this process.
func (c *Counter) Value() (float64, error) {
	if c.series == nil {
		return 0, errLabels(c.family)
	}
	return read(c.series).GetCounter().GetValue(), nil
}

// Name is the metric's.
func (c *Counter) Name() string { return c.family.name }

// LabelNames are the metric's, in their order.
func (c *Counter) LabelNames() []string { return c.family.labels }

func read(m prometheus.Metric) *dto.Metric {
	var out dto.Metric
	_ = m.Write(&out) // only fails for metrics that were never valid
	return &out
}

// Gauge is a series that goes up and down.
type Gauge struct {
	family *family
	series prometheus.Gauge // nil: the metric has labels
}

func (r *Registry) gauge(name string, values []string) (*Gauge, error) {
	f, values, err := r.find(gaugeKind, name, values)
	if err != nil {
		return nil, err
	}
	g := &Gauge{family: f}
	if values != nil || len(f.labels) == 0 {
		g.series = f.gauges.WithLabelValues(values...)
	}
	return g, nil
}

// Set makes it a value.
func (g *Gauge) Set(value float64) error {
	if g.series == nil {
		return errLabels(g.family)
	}
	if math.IsNaN(value) {
		return ErrNaN
	}
	g.series.Set(value)
	return nil
}

// Inc adds 1.
func (g *Gauge) Inc() error { return g.Add(1) }

// Dec takes 1 away.
func (g *Gauge) Dec() error { return g.Add(-1) }

// Add adds an amount, which may be negative.
func (g *Gauge) Add(amount float64) error {
	if g.series == nil {
		return errLabels(g.family)
	}
	if math.IsNaN(amount) {
		return ErrNaN
	}
	g.series.Add(amount)
	return nil
}

// Value is this process's.
func (g *Gauge) Value() (float64, error) {
	if g.series == nil {
		return 0, errLabels(g.family)
	}
	return read(g.series).GetGauge().GetValue(), nil
}

// Name is the metric's.
func (g *Gauge) Name() string { return g.family.name }

// LabelNames are the metric's, in their order.
func (g *Gauge) LabelNames() []string { return g.family.labels }

// Histogram counts values by the bucket they fall into.
type Histogram struct {
	family *family
	series prometheus.Observer // nil: the metric has labels
}

func (r *Registry) histogram(name string, values []string) (*Histogram, error) {
	f, values, err := r.find(histogramKind, name, values)
	if err != nil {
		return nil, err
	}
	h := &Histogram{family: f}
	if values != nil || len(f.labels) == 0 {
		h.series = f.histograms.WithLabelValues(values...)
	}
	return h, nil
}

// Observe counts a value.
func (h *Histogram) Observe(value float64) error {
	if h.series == nil {
		return errLabels(h.family)
	}
	if math.IsNaN(value) {
		return ErrNaN
	}
	h.series.Observe(value)
	return nil
}

// Count is how many values this process has counted.
func (h *Histogram) Count() (int64, error) {
	if h.series == nil {
		return 0, errLabels(h.family)
	}
	return int64(read(h.series.(prometheus.Metric)).GetHistogram().GetSampleCount()), nil
}

// Sum is what they add up to.
func (h *Histogram) Sum() (float64, error) {
	if h.series == nil {
		return 0, errLabels(h.family)
	}
	return read(h.series.(prometheus.Metric)).GetHistogram().GetSampleSum(), nil
}

// Name is the metric's.
func (h *Histogram) Name() string { return h.family.name }

// LabelNames are the metric's, in their order.
func (h *Histogram) LabelNames() []string { return h.family.labels }

package metrics

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/require"
)

func define(t *testing.T, r *Registry, k kind, d Definition) {
	t.Helper()
	if d.MaxSeries == 0 {
		d.MaxSeries = DefaultMaxSeries
	}
	require.NoError(t, r.define(k, d))
}

func counter(t *testing.T, r *Registry, name string, values ...string) *Counter {
	t.Helper()
	c, err := r.counter(name, values)
	require.NoError(t, err)
	return c
}

func gauge(t *testing.T, r *Registry, name string, values ...string) *Gauge {
	t.Helper()
	g, err := r.gauge(name, values)
	require.NoError(t, err)
	return g
}

func TestRegistration(t *testing.T) {
	r := NewRegistry()
	define(t, r, counterKind, Definition{Name: "jobs_total", Help: "Jobs.", Labels: []string{"kind"}})
	define(t, r, histogramKind, Definition{Name: "job_seconds", Buckets: []float64{1, 2}})
	define(t, r, gaugeKind, Definition{Name: "depth"})
	define(t, r, counterKind, Definition{Name: "jobs_total", Help: "other words are no other shape", Labels: []string{"kind"}})
	tests := []struct {
		name string
		kind kind
		d    Definition
		want string
	}{
		{"another type", gaugeKind, Definition{Name: "jobs_total", Labels: []string{"kind"}}, "is a counter already and cannot be a gauge"},
		{"other labels", counterKind, Definition{Name: "jobs_total"}, "with the labels [kind], not []; metrics outlive reloads"},
		{"other buckets", histogramKind, Definition{Name: "job_seconds", Buckets: []float64{1, 3}}, "the buckets [1 2], not [1 3]"},
		{"another rule", gaugeKind, Definition{Name: "depth", Merge: MergeMax}, "the merge rule sum, not max"},
		{"another limit", gaugeKind, Definition{Name: "depth", MaxSeries: 7}, "maxSeries 1000, not 7"},
		{"a bad name", gaugeKind, Definition{Name: "a-b"}, "is no name of a metric"},
		{"Phalanx's names", gaugeKind, Definition{Name: "phalanx_x"}, "names with phalanx_ are for"},
		{"a bad label", gaugeKind, Definition{Name: "x", Labels: []string{"a-b"}}, "is no name of a label"},
		{"a reserved label", gaugeKind, Definition{Name: "x", Labels: []string{"__a"}}, "is no name of a label"},
		{"a label twice", gaugeKind, Definition{Name: "x", Labels: []string{"a", "b", "a"}}, "label a is there twice"},
		{"le of a histogram", histogramKind, Definition{Name: "x", Labels: []string{"le"}, Buckets: []float64{1}}, "label le is Phalanx's own"},
		{"server of each", gaugeKind, Definition{Name: "x", Labels: []string{"server"}, Merge: MergeEach}, "label server is Phalanx's own"},
		{"too many labels", gaugeKind, Definition{Name: "x", Labels: strings.Split("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", ",")}, "17 labels; 16 is the limit"},
		{"no series", gaugeKind, Definition{Name: "x", MaxSeries: -1}, "at least 1"},
		{"no buckets", histogramKind, Definition{Name: "x"}, "1 to 100 are possible"},
		{"buckets that fall", histogramKind, Definition{Name: "x", Buckets: []float64{2, 1}}, "each is larger"},
		{"a bucket without end", histogramKind, Definition{Name: "x", Buckets: []float64{1, math.Inf(1)}}, "are finite"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.d.MaxSeries == 0 {
				tt.d.MaxSeries = DefaultMaxSeries
			}
			require.ErrorContains(t, r.define(tt.kind, tt.d), tt.want)
		})
	}
	_, err := r.counter("nobody", nil)
	require.ErrorContains(t, err, "no counter nobody is registered")
	_, err = r.counter("depth", nil)
	require.ErrorContains(t, err, "no counter depth is registered")
	_, err = r.counter("jobs_total", []string{"a", "b"})
	require.ErrorContains(t, err, "has 1 labels, 2 values were given")
}

func TestFigures(t *testing.T) {
	r := NewRegistry()
	define(t, r, counterKind, Definition{Name: "plain"})
	define(t, r, counterKind, Definition{Name: "jobs", Labels: []string{"kind"}})
	define(t, r, gaugeKind, Definition{Name: "depth"})
	define(t, r, histogramKind, Definition{Name: "seconds", Buckets: []float64{1, 2}})

	c := counter(t, r, "plain")
	require.NoError(t, c.Inc())
	require.NoError(t, c.Add(2.5))
	for _, bad := range []float64{-1, math.NaN(), math.Inf(1)} {
		require.ErrorIs(t, c.Add(bad), ErrNegative)
	}
	require.ErrorContains(t, counter(t, r, "jobs").Inc(), "jobs has the labels kind: count on what with() answers")
	require.NoError(t, counter(t, r, "jobs", "mail").Inc())
	require.NoError(t, counter(t, r, "jobs", "mail").Inc())
	v, err := counter(t, r, "jobs", "mail").Value()
	require.NoError(t, err)
	require.Equal(t, 2.0, v)

	g := gauge(t, r, "depth")
	require.NoError(t, g.Set(5))
	require.NoError(t, g.Inc())
	require.NoError(t, g.Dec())
	require.NoError(t, g.Add(-7))
	require.ErrorIs(t, g.Set(math.NaN()), ErrNaN)

	h, err := r.histogram("seconds", nil)
	require.NoError(t, err)
	for _, v := range []float64{0.5, 1.5, 9} {
		require.NoError(t, h.Observe(v))
	}
	require.ErrorIs(t, h.Observe(math.NaN()), ErrNaN)
	text, err := r.Text()
	require.NoError(t, err)
	for _, line := range []string{
		"plain 3.5", `jobs{kind="mail"} 2`, "depth -2", `seconds_bucket{le="1"} 1`, `seconds_bucket{le="2"} 2`,
		`seconds_bucket{le="+Inf"} 3`, "seconds_sum 11", "seconds_count 3",
	} {
		require.Contains(t, text, line+"\n")
	}
}

// A label whose values come from outside must not fill the memory.
func TestSeriesAreBounded(t *testing.T) {
	r := NewRegistry()
	define(t, r, counterKind, Definition{Name: "hits", Labels: []string{"path", "host"}, MaxSeries: 3})
	for i := range 10 {
		require.NoError(t, counter(t, r, "hits", fmt.Sprint(i), "x").Inc())
		require.NoError(t, counter(t, r, "hits", "0", "x").Inc())
	}
	text, err := r.Text()
	require.NoError(t, err)
	require.Equal(t, 4, strings.Count(text, "\nhits{"), text)
	require.Contains(t, text, `hits{host="_other_",path="_other_"} 7`)
	require.Contains(t, text, `hits{host="x",path="0"} 11`)
}

func TestLabelValuesAreTidied(t *testing.T) {
	require.Equal(t, "a?b?", tidy("a\xffb\x00"))
	long := strings.Repeat("x", maxValueBytes-1) + "\u20ac"
	require.Equal(t, long[:maxValueBytes-1], tidy(long), "not cut through a character")
	require.Equal(t, strings.Repeat("x", maxValueBytes), tidy(strings.Repeat("x", 2*maxValueBytes)))
}

// snapshot is what a process with these figures tells.
func snapshot(t *testing.T, build func(r *Registry)) Snapshot {
	t.Helper()
	r := NewRegistry()
	build(r)
	s, err := r.Snapshot()
	require.NoError(t, err)
	return s
}

func figures(t *testing.T, families []*dto.MetricFamily) map[string]float64 {
	t.Helper()
	all := map[string]float64{}
	for _, f := range families {
		for _, m := range f.Metric {
			name := f.GetName()
			for _, l := range m.Label {
				name += "," + l.GetName() + "=" + l.GetValue()
			}
			all[name] = m.GetCounter().GetValue() + m.GetGauge().GetValue() + m.GetHistogram().GetSampleSum() + m.GetUntyped().GetValue()
			for _, b := range m.GetHistogram().GetBucket() {
				all[fmt.Sprint(name, "<", b.GetUpperBound())] = float64(b.GetCumulativeCount())
			}
		}
	}
	return all
}

func TestTotalsOfTwoProcesses(t *testing.T) {
	part := func(server, pid int, n float64) Part {
		return Part{Server: server, PID: pid, Answered: true, Snapshot: snapshot(t, func(r *Registry) {
			define(t, r, counterKind, Definition{Name: "jobs", Labels: []string{"kind"}})
			define(t, r, histogramKind, Definition{Name: "seconds", Buckets: []float64{1, 2}})
			require.NoError(t, counter(t, r, "jobs", "all").Add(n))
			require.NoError(t, counter(t, r, "jobs", fmt.Sprint("of", server)).Add(n))
			h, err := r.histogram("seconds", nil)
			require.NoError(t, err)
			require.NoError(t, h.Observe(n))
			for _, rule := range []Merge{MergeSum, MergeMax, MergeMin, MergeEach} {
				define(t, r, gaugeKind, Definition{Name: "g_" + string(rule), Merge: rule})
				require.NoError(t, gauge(t, r, "g_"+string(rule)).Set(n))
			}
		})}
	}
	var totals Totals
	families, err := totals.Gather([]Part{part(0, 10, 1), part(1, 11, 2)})
	require.NoError(t, err)
	require.Equal(t, map[string]float64{
		"jobs,kind=all": 3, "jobs,kind=of0": 1, "jobs,kind=of1": 2, "seconds": 3, "seconds<1": 1, "seconds<2": 2,
		"g_sum": 3, "g_max": 2, "g_min": 1, "g_each,server=0": 1, "g_each,server=1": 2,
	}, figures(t, families))

	// The second process died and its successor does not answer yet: its counts stay, its gauges do not.
	families, err = totals.Gather([]Part{part(0, 10, 1.5), {Server: 1, PID: 12}})
	require.NoError(t, err)
	require.Equal(t, map[string]float64{
		"jobs,kind=all": 3.5, "jobs,kind=of0": 1.5, "jobs,kind=of1": 2, "seconds": 3.5, "seconds<1": 0, "seconds<2": 2,
		"g_sum": 1.5, "g_max": 1.5, "g_min": 1.5, "g_each,server=0": 1.5,
	}, figures(t, families))

	// The successor counts from 0, on top.
	for range 2 {
		families, err = totals.Gather([]Part{part(0, 10, 1.5), part(1, 12, 0.25)})
		require.NoError(t, err)
		got := figures(t, families)
		require.Equal(t, 3.75, got["jobs,kind=all"])
		require.Equal(t, 2.25, got["jobs,kind=of1"])
		require.Equal(t, 3.75, got["seconds"])
		require.Equal(t, 1.75, got["g_sum"])
	}
}

func TestTotalsOfShapesThatDiffer(t *testing.T) {
	one := snapshot(t, func(r *Registry) {
		define(t, r, counterKind, Definition{Name: "a"})
		define(t, r, histogramKind, Definition{Name: "h", Buckets: []float64{1}})
		define(t, r, gaugeKind, Definition{Name: "fine"})
	})
	two := snapshot(t, func(r *Registry) {
		define(t, r, gaugeKind, Definition{Name: "a"})
		define(t, r, histogramKind, Definition{Name: "h", Buckets: []float64{2}})
		define(t, r, gaugeKind, Definition{Name: "fine"})
		require.NoError(t, gauge(t, r, "fine").Set(3))
	})
	var totals Totals
	families, err := totals.Gather([]Part{{Server: 0, Answered: true, Snapshot: one}, {Server: 1, Answered: true, Snapshot: two}})
	require.ErrorContains(t, err, "a is a COUNTER in one server process and a GAUGE in another")
	require.ErrorContains(t, err, "h: its buckets differ")
	require.Equal(t, 3.0, figures(t, families)["fine"])

	_, err = totals.Gather([]Part{{Server: 0, Answered: true, Snapshot: Snapshot{Families: []byte{200, 1}}}})
	require.ErrorContains(t, err, "a server process's figures")
}

// Many threads ask for the same series while others count and the monitor reads.
func TestConcurrentUse(t *testing.T) {
	r := NewRegistry()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 200 {
				define(t, r, counterKind, Definition{Name: "jobs", Labels: []string{"kind"}, MaxSeries: 20})
				require.NoError(t, counter(t, r, "jobs", fmt.Sprint(n%30)).Inc())
				if i == 0 && n%20 == 0 {
					_, err := r.Snapshot()
					require.NoError(t, err)
				}
			}
		})
	}
	wg.Wait()
	s, err := r.Snapshot()
	require.NoError(t, err)
	families, err := s.decode()
	require.NoError(t, err)
	total := 0.0
	for _, v := range figures(t, families) {
		total += v
	}
	require.Equal(t, 1600.0, total)
}

// A service of Phalanx's registers what it likes, and says how its gauges add up.
func TestCollectorsOfServices(t *testing.T) {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: "phalanx_test_oldest_seconds"})
	MustRegister(g)
	t.Cleanup(func() { Unregister(g) })
	require.Error(t, Register(prometheus.NewGauge(prometheus.GaugeOpts{Name: "phalanx_test_oldest_seconds"})))
	Combine(MergeMax, "phalanx_test_oldest_seconds")
	g.Set(4)
	s, err := Default().Snapshot()
	require.NoError(t, err)
	var totals Totals
	families, err := totals.Gather([]Part{{Server: 0, Answered: true, Snapshot: s}, {Server: 1, Answered: true, Snapshot: s}})
	require.NoError(t, err)
	require.Equal(t, 4.0, figures(t, families)["phalanx_test_oldest_seconds"])
}

func BenchmarkCounter(b *testing.B) {
	r := NewRegistry()
	if err := r.define(counterKind, Definition{Name: "jobs", MaxSeries: 1}); err != nil {
		b.Fatal(err)
	}
	c, _ := r.counter("jobs", nil)
	b.ReportAllocs()
	for b.Loop() {
		_ = c.Inc()
	}
}

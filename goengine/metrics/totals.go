package metrics

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/proto"
)

// Part is the snapshot of one process.
type Part struct {
	Server   int // its number; -1: the supervisor itself
	PID      int // another one: the process was replaced, and counts from 0
	Snapshot Snapshot
	Answered bool // without it, what was known counts on
}

// Totals adds the figures of several processes up, over the lives of processes that follow each other. Counters and
// histograms never go back while the supervisor lives: what a process that died had told last is kept. What it counted
// after that is lost.
type Totals struct {
	mu      sync.Mutex // guards servers
	servers map[int]*past
}

// past is what a server's processes have told.
type past struct {
	pid    int
	latest map[string]*dto.MetricFamily // of the process that runs
	before map[string]*dto.MetricFamily // counters and histograms of those that have died
	rules  map[string]Merge
}

// Gather takes the newest snapshots and answers the totals, sorted by name. What does not fit together (two processes
// that have metrics of one name and different shapes) is left out, and in the error.
func (t *Totals) Gather(parts []Part) ([]*dto.MetricFamily, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.servers == nil {
		t.servers = map[int]*past{}
	}
	var problems []string
	sum := map[string]*dto.MetricFamily{}
	add := func(families map[string]*dto.MetricFamily, rules map[string]Merge, server int, gauges bool) {
		for _, f := range sorted(families) {
			if f.GetType() == dto.MetricType_GAUGE || f.GetType() == dto.MetricType_UNTYPED {
				if !gauges {
					continue
				}
			}
			if err := merge(sum, f, rules[f.GetName()], server); err != nil {
				problems = append(problems, err.Error())
			}
		}
	}
	for i := range parts {
		p := &parts[i]
		s := t.servers[p.Server]
		if s == nil {
			s = &past{pid: p.PID, before: map[string]*dto.MetricFamily{}}
			t.servers[p.Server] = s
		}
		if p.Answered {
			families, err := p.Snapshot.decode()
			if err != nil {
				problems = append(problems, err.Error())
			} else {
				if s.pid != p.PID {
					s.bury()
				}
				s.pid, s.rules, s.latest = p.PID, p.Snapshot.Rules, map[string]*dto.MetricFamily{}
				for _, f := range families {
					s.latest[f.GetName()] = f
				}
			}
		}
		add(s.before, s.rules, p.Server, false)
		add(s.latest, s.rules, p.Server, p.Answered)
	}
	all := sorted(sum)
	for _, f := range all {
		sort.Slice(f.Metric, func(i, j int) bool { return labelsOf(f.Metric[i]) < labelsOf(f.Metric[j]) })
	}
	if problems != nil {
		slices.Sort(problems)
		return all, fmt.Errorf("%s", strings.Join(slices.Compact(problems), "; "))
	}
	return all, nil
}

// bury keeps what a process had counted that is no more.
func (s *past) bury() {
	for _, f := range s.latest {
		if f.GetType() != dto.MetricType_GAUGE && f.GetType() != dto.MetricType_UNTYPED {
			_ = merge(s.before, f, MergeSum, 0) // of another shape: the new one's counts
		}
	}
}

func sorted(m map[string]*dto.MetricFamily) []*dto.MetricFamily {
	all := make([]*dto.MetricFamily, 0, len(m))
	for _, f := range m {
		all = append(all, f)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].GetName() < all[j].GetName() })
	return all
}

// labelsOf is what tells a family's series apart.
func labelsOf(m *dto.Metric) string {
	var b strings.Builder
	for _, l := range m.GetLabel() {
		b.WriteString(l.GetName() + "\x00" + l.GetValue() + "\x00")
	}
	return b.String()
}

// merge adds a family to a sum.
func merge(sum map[string]*dto.MetricFamily, f *dto.MetricFamily, rule Merge, server int) error {
	to := sum[f.GetName()]
	if to == nil {
		to = &dto.MetricFamily{Name: f.Name, Help: f.Help, Type: f.Type, Unit: f.Unit}
		sum[f.GetName()] = to
	}
	if to.GetType() != f.GetType() {
		return fmt.Errorf("metrics: %s is a %s in one server process and a %s in another", f.GetName(), to.GetType(), f.GetType())
	}
	index := make(map[string]*dto.Metric, len(to.Metric))
	for _, m := range to.Metric {
		index[labelsOf(m)] = m
	}
	for _, m := range f.Metric {
		gauge := f.GetType() == dto.MetricType_GAUGE
		m = proto.Clone(m).(*dto.Metric)
		if gauge && rule == MergeEach {
			name, value := "server", strconv.Itoa(server)
			if server < 0 {
				value = "supervisor"
			}
			m.Label = append(m.Label, &dto.LabelPair{Name: &name, Value: &value})
			sort.Slice(m.Label, func(i, j int) bool { return m.Label[i].GetName() < m.Label[j].GetName() })
		}
		key := labelsOf(m)
		other := index[key]
		if other == nil {
			to.Metric = append(to.Metric, m)
			index[key] = m
			continue
		}
		if err := combine(other, m, rule); err != nil {
			return fmt.Errorf("metrics: %s: %w", f.GetName(), err)
		}
	}
	return nil
}

// combine makes one series of two.
func combine(to, m *dto.Metric, rule Merge) error {
	switch {
	case m.Counter != nil:
		to.Counter.Value = proto.Float64(to.Counter.GetValue() + m.Counter.GetValue())
	case m.Gauge != nil:
		a, b := to.Gauge.GetValue(), m.Gauge.GetValue()
		switch rule {
		case MergeMax:
			a = math.Max(a, b)
		case MergeMin:
			a = math.Min(a, b)
		default:
			a += b
		}
		to.Gauge.Value = &a
	case m.Histogram != nil:
		a, b := to.Histogram, m.Histogram
		if len(a.Bucket) != len(b.Bucket) {
			return fmt.Errorf("its buckets differ between server processes")
		}
		for i := range a.Bucket {
			if a.Bucket[i].GetUpperBound() != b.Bucket[i].GetUpperBound() {
				return fmt.Errorf("its buckets differ between server processes")
			}
		}
		for i := range a.Bucket {
			a.Bucket[i].CumulativeCount = proto.Uint64(a.Bucket[i].GetCumulativeCount() + b.Bucket[i].GetCumulativeCount())
		}
		a.SampleCount = proto.Uint64(a.GetSampleCount() + b.GetSampleCount())
		a.SampleSum = proto.Float64(a.GetSampleSum() + b.GetSampleSum())
	case m.Summary != nil: // quantiles cannot be added up
		a, b := to.Summary, m.Summary
		a.Quantile = nil
		a.SampleCount = proto.Uint64(a.GetSampleCount() + b.GetSampleCount())
		a.SampleSum = proto.Float64(a.GetSampleSum() + b.GetSampleSum())
	case m.Untyped != nil:
		to.Untyped.Value = proto.Float64(to.Untyped.GetValue() + m.Untyped.GetValue())
	}
	return nil
}

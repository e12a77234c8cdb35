package shared

import (
	"cmp"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/phalanx-php/phalanx/goengine/metrics"
)

// maxMeasured is how many instances of a kind have metrics: the first by name. Counters and locks have none, for their names
// are often those of users and rows.
const maxMeasured = 1000

type measure struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
}

// measures are the metrics that figures become, by kind and figure.
func measures() map[string]map[string]measure {
	all := map[string]map[string]measure{}
	add := func(kind, figure, name, help string, as prometheus.ValueType) {
		if all[kind] == nil {
			all[kind] = map[string]measure{}
		}
		all[kind][figure] = measure{prometheus.NewDesc("phalanx_"+kind+"_"+name, help, []string{kind}, nil), as}
	}
	const gauge, counter = prometheus.GaugeValue, prometheus.CounterValue
	add("cache", "entries", "entries", "Entries of a shared cache.", gauge)
	add("cache", "bytes", "bytes", "Memory of a shared cache's entries.", gauge)
	add("cache", "maxBytes", "max_bytes", "Memory that a shared cache's entries may have.", gauge)
	add("cache", "hits", "hits_total", "Values that a shared cache had.", counter)
	add("cache", "misses", "misses_total", "Values that a shared cache did not have.", counter)
	add("cache", "evictions", "evictions_total", "Entries that a shared cache gave up for want of room.", counter)
	add("table", "rows", "rows", "Rows of a shared table.", gauge)
	add("table", "maxRows", "max_rows", "Rows that a shared table may have.", gauge)
	add("table", "bytes", "bytes", "Memory of a shared table's rows.", gauge)
	add("table", "maxBytes", "max_bytes", "Memory that a shared table's rows may have.", gauge)
	add("channel", "values", "values", "Values that wait in a shared channel.", gauge)
	add("channel", "capacity", "capacity", "Values that a shared channel has room for.", gauge)
	add("channel", "bytes", "bytes", "Memory of the values that wait in a shared channel.", gauge)
	add("channel", "pushed", "pushed_total", "Values put into a shared channel.", counter)
	add("channel", "popped", "popped_total", "Values taken from a shared channel.", counter)
	add("channel", "pushers", "pushers", "Fibers and scripts that wait for room in a shared channel.", gauge)
	add("channel", "poppers", "poppers", "Fibers and scripts that wait for a value of a shared channel.", gauge)
	return all
}

var registerMeasures = sync.OnceFunc(func() { metrics.MustRegister(&collector{measures()}) })

// collector reads the figures when the monitor asks.
type collector struct{ measures map[string]map[string]measure }

// Describe names the metrics.
func (c *collector) Describe(to chan<- *prometheus.Desc) {
	for _, kind := range c.measures {
		for _, m := range kind {
			to <- m.desc
		}
	}
}

// Collect gives them.
func (c *collector) Collect(to chan<- prometheus.Metric) {
	for kind, of := range c.measures {
		list := listKind(kind)
		if len(list) > maxMeasured {
			slices.SortFunc(list, func(a, b Instance) int { return cmp.Compare(a.Name, b.Name) })
			list = list[:maxMeasured]
		}
		for _, in := range list {
			for _, f := range in.Figures {
				if m, ok := of[f.Name]; ok {
					to <- prometheus.MustNewConstMetric(m.desc, m.kind, float64(f.Value), label(in.Name))
				}
			}
		}
	}
}

// label is a name as Prometheus takes it.
func label(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	return strconv.Quote(name)
}

package metrics

import (
	"github.com/phalanx-php/phalanx/goengine/component"
)

const exception = `Phalanx\Metrics\MetricException`

// registration is the static side of Phalanx\Metrics.
type registration struct{}

func init() {
	component.RegisterEnum[Merge](`Phalanx\Metrics\Merge`, component.Case("Sum", MergeSum), component.Case("Max", MergeMax),
		component.Case("Min", MergeMin), component.Case("Each", MergeEach))
	component.RegisterType[*registration](`Phalanx\Metrics\Registry`, component.ThrowsBy(exception),
		component.Doc("Registers metrics: Phalanx\\Metrics is what applications use."),
		component.Static("counter", func(name, help string, labels []string, maxSeries int) error {
			return Default().define(counterKind, Definition{Name: name, Help: help, Labels: labels, MaxSeries: maxSeries})
		}), component.Params("counter", "name", "help", "labels", "maxSeries"),
		component.Static("gauge", func(name, help string, labels []string, merge Merge, maxSeries int) error {
			return Default().define(gaugeKind, Definition{Name: name, Help: help, Labels: labels, Merge: merge, MaxSeries: maxSeries})
		}), component.Params("gauge", "name", "help", "labels", "merge", "maxSeries"),
		component.Static("histogram", func(name, help string, labels []string, buckets []float64, maxSeries int) error {
			return Default().define(histogramKind, Definition{Name: name, Help: help, Labels: labels, Buckets: buckets, MaxSeries: maxSeries})
		}), component.Params("histogram", "name", "help", "labels", "buckets", "maxSeries"),
		component.Static("render", func() (string, error) { return Default().Text() }))
	component.Register(`Phalanx\Metrics\CounterSeries`, func(name string, values []string) (*Counter, error) {
		return Default().counter(name, values)
	}, component.Params("New", "name", "values"), component.Params("Add", "amount"), component.As("Value", "value"), component.ThrowsBy(exception),
		component.Doc("One series of a counter: Phalanx\\Metrics\\Counter is what applications use."))
	component.Register(`Phalanx\Metrics\GaugeSeries`, func(name string, values []string) (*Gauge, error) {
		return Default().gauge(name, values)
	}, component.Params("New", "name", "values"), component.Params("Set", "value"), component.Params("Add", "amount"), component.As("Value", "value"),
		component.ThrowsBy(exception), component.Doc("One series of a gauge: Phalanx\\Metrics\\Gauge is what applications use."))
	component.Register(`Phalanx\Metrics\HistogramSeries`, func(name string, values []string) (*Histogram, error) {
		return Default().histogram(name, values)
	}, component.Params("New", "name", "values"), component.Params("Observe", "value"), component.ThrowsBy(exception),
		component.Doc("One series of a histogram: Phalanx\\Metrics\\Histogram is what applications use."))
}

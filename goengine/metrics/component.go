package metrics

import "github.com/phalanx-php/phalanx/goengine/component"

//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen

const exception = `Phalanx\Metrics\MetricException`

// registration registers metrics: Phalanx\Metrics is what applications use.
type registration struct{}

func init() {
	component.RegisterEnum[Merge](`Phalanx\Metrics\Merge`, component.Case("Sum", MergeSum), component.Case("Max", MergeMax),
		component.Case("Min", MergeMin), component.Case("Each", MergeEach))
	component.RegisterType[*registration](`Phalanx\Metrics\Registry`, component.ThrowsBy(exception),
		component.Static("counter", registerCounter), component.Static("gauge", registerGauge),
		component.Static("histogram", registerHistogram), component.Static("render", render))
	component.Register(`Phalanx\Metrics\CounterSeries`, newCounter, component.As("Value", "value"), component.ThrowsBy(exception))
	component.Register(`Phalanx\Metrics\GaugeSeries`, newGauge, component.As("Value", "value"), component.ThrowsBy(exception))
	component.Register(`Phalanx\Metrics\HistogramSeries`, newHistogram, component.ThrowsBy(exception))
}

// registerCounter registers a counter, or agrees that it is there.
func registerCounter(name, help string, labels []string, maxSeries int) error {
	return Default().define(counterKind, Definition{Name: name, Help: help, Labels: labels, MaxSeries: maxSeries})
}

// registerGauge registers a gauge, or agrees that it is there.
func registerGauge(name, help string, labels []string, merge Merge, maxSeries int) error {
	return Default().define(gaugeKind, Definition{Name: name, Help: help, Labels: labels, Merge: merge, MaxSeries: maxSeries})
}

// registerHistogram registers a histogram, or agrees that it is there.
func registerHistogram(name, help string, labels []string, buckets []float64, maxSeries int) error {
	return Default().define(histogramKind, Definition{Name: name, Help: help, Labels: labels, Buckets: buckets, MaxSeries: maxSeries})
}

// render is what the process has counted, in Prometheus' text format.
func render() (string, error) { return Default().Text() }

// newCounter finds the series of these label values; without values of a metric that has labels it counts nothing.
func newCounter(name string, values []string) (*Counter, error) {
	return Default().counter(name, values)
}

// newGauge finds the series of these label values; without values of a metric that has labels it has no value.
func newGauge(name string, values []string) (*Gauge, error) { return Default().gauge(name, values) }

// newHistogram finds the series of these label values; without values of a metric that has labels it counts nothing.
func newHistogram(name string, values []string) (*Histogram, error) {
	return Default().histogram(name, values)
}

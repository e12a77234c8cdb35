package messaging

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/phalanx-php/phalanx/goengine/metrics"
)

// maxMeasuredQueues have metrics of their own; further ones are _other_.
const maxMeasuredQueues = 1000

// jobs counts what has become of them; consumers come and go.
var jobs = struct {
	total *prometheus.CounterVec
	mu    sync.Mutex // guards names
	names map[string]bool
}{
	total: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "phalanx_queue_jobs_total", Help: "Jobs that a handler got, by what became of them.",
	}, []string{"queue", "result"}),
	names: map[string]bool{},
}

// tally counts for one consumer and for the process.
type tally struct {
	own   atomic.Int64
	total prometheus.Counter
}

func (t *tally) add() {
	t.own.Add(1)
	t.total.Inc()
}

// measured is the label of a queue.
func measured(queue string) string {
	jobs.mu.Lock()
	defer jobs.mu.Unlock()
	if !jobs.names[queue] {
		if len(jobs.names) >= maxMeasuredQueues {
			return "_other_"
		}
		jobs.names[queue] = true
	}
	return queue
}

// tallies begins to count for a consumer.
func (c *Consumer) tallies() {
	queue := measured(c.queue.Name)
	for result, t := range map[string]*tally{"succeeded": &c.succeeded, "failed": &c.failed, "retried": &c.retried, "buried": &c.buried} {
		t.total = jobs.total.WithLabelValues(queue, result)
	}
}

// registerFigures adds the process's figures to its metrics, with the first connection.
var registerFigures = sync.OnceFunc(func() { metrics.MustRegister(jobs.total, newFigures()) })

// figures reads the connections' when the monitor asks. Those to one server with other credentials are added up.
type figures []figure

type figure struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	read func(c *Conn) float64
}

func newFigures() figures {
	one := func(name, help string, kind prometheus.ValueType, read func(c *Conn) float64) figure {
		return figure{prometheus.NewDesc("phalanx_messaging_"+name, help, []string{"server"}, nil), kind, read}
	}
	const gauge, counter = prometheus.GaugeValue, prometheus.CounterValue
	return figures{
		one("connected", "Connections to a server that are up.", gauge, func(c *Conn) float64 {
			if c.nc.IsConnected() {
				return 1
			}
			return 0
		}),
		one("reconnects_total", "Connections that came back.", counter, func(c *Conn) float64 { return float64(c.nc.Stats().Reconnects) }),
		one("received_messages_total", "Messages from a server.", counter, func(c *Conn) float64 { return float64(c.nc.Stats().InMsgs) }),
		one("sent_messages_total", "Messages to a server.", counter, func(c *Conn) float64 { return float64(c.nc.Stats().OutMsgs) }),
		one("received_bytes_total", "Bytes of messages from a server.", counter, func(c *Conn) float64 { return float64(c.nc.Stats().InBytes) }),
		one("sent_bytes_total", "Bytes of messages to a server.", counter, func(c *Conn) float64 { return float64(c.nc.Stats().OutBytes) }),
		one("slow_handlers_total", "Times that a subscription began to drop messages.", counter, func(c *Conn) float64 { return float64(c.slow.Load()) }),
	}
}

// Describe names the metrics.
func (f figures) Describe(to chan<- *prometheus.Desc) {
	for _, one := range f {
		to <- one.desc
	}
}

// Collect gives them.
func (f figures) Collect(to chan<- prometheus.Metric) {
	servers := map[string][]*Conn{}
	connections.mu.Lock()
	for s, o := range connections.all {
		if isDone(o.done) && o.conn != nil {
			name := strings.ToValidUTF8(s.Name(), "?")
			servers[name] = append(servers[name], o.conn)
		}
	}
	connections.mu.Unlock()
	for server, conns := range servers {
		for _, one := range f {
			sum := 0.0
			for _, c := range conns {
				sum += one.read(c)
			}
			to <- prometheus.MustNewConstMetric(one.desc, one.kind, sum, server)
		}
	}
}

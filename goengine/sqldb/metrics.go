package sqldb

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/phalanx-php/phalanx/goengine/metrics"
)

// collector reads the databases' figures when the monitor asks. Databases of one DSN with other options are added up.
type collector struct{}

var collecting sync.Once

// collect registers the collector, when the first database is opened.
func collect() { collecting.Do(func() { metrics.MustRegister(collector{}) }) }

var (
	byDatabase = []string{"database"}
	byPool     = []string{"database", "role"}

	queriesDesc  = prometheus.NewDesc("phalanx_sql_queries_total", "Statements carried out.", byDatabase, nil)
	failuresDesc = prometheus.NewDesc("phalanx_sql_failures_total", "Statements that failed.", byDatabase, nil)
	slowDesc     = prometheus.NewDesc("phalanx_sql_slow_queries_total", "Statements that took longer than slowQuery.", byDatabase, nil)
	secondsDesc  = prometheus.NewDesc("phalanx_sql_query_seconds_total", "Time that statements took, in seconds.", byDatabase, nil)
	beganDesc    = prometheus.NewDesc("phalanx_sql_transactions_total", "Transactions begun.", byDatabase, nil)
	rolledDesc   = prometheus.NewDesc("phalanx_sql_rollbacks_total", "Transactions rolled back.", byDatabase, nil)
	idleDesc     = prometheus.NewDesc("phalanx_sql_connections_idle", "Connections that nobody uses.", byPool, nil)
	busyDesc     = prometheus.NewDesc("phalanx_sql_connections_in_use", "Connections in use.", byPool, nil)
	maxDesc      = prometheus.NewDesc("phalanx_sql_connections_max", "Connections there may be.", byPool, nil)
	waitingDesc  = prometheus.NewDesc("phalanx_sql_waiting", "Fibers and scripts that wait for a connection.", byPool, nil)
	waitsDesc    = prometheus.NewDesc("phalanx_sql_waits_total", "How often a connection was waited for.", byPool, nil)
	waitedDesc   = prometheus.NewDesc("phalanx_sql_wait_seconds_total", "Time spent waiting for connections, in seconds.", byPool, nil)
	timeoutsDesc = prometheus.NewDesc("phalanx_sql_wait_timeouts_total", "Waits that ended without a connection.", byPool, nil)
	createdDesc  = prometheus.NewDesc("phalanx_sql_connections_created_total", "Connections made.", byPool, nil)
	brokenDesc   = prometheus.NewDesc("phalanx_sql_connections_broken_total", "Connections closed because they were of no use.", byPool, nil)

	allDescs = []*prometheus.Desc{queriesDesc, failuresDesc, slowDesc, secondsDesc, beganDesc, rolledDesc, idleDesc, busyDesc, maxDesc,
		waitingDesc, waitsDesc, waitedDesc, timeoutsDesc, createdDesc, brokenDesc}
)

// Describe names the figures.
func (collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range allDescs {
		to <- d
	}
}

// sums adds figures up, by what they are and their labels.
type sums map[sum]float64

type sum struct {
	desc           *prometheus.Desc
	database, role string
}

// Collect gives the figures.
func (collector) Collect(to chan<- prometheus.Metric) {
	databases.mu.Lock()
	all := make([]*database, 0, len(databases.all))
	for _, d := range databases.all {
		all = append(all, d)
	}
	databases.mu.Unlock()
	s := sums{}
	for _, d := range all {
		d.add(s)
	}
	for k, v := range s {
		kind, labels := prometheus.CounterValue, []string{k.database}
		switch k.desc {
		case idleDesc, busyDesc, maxDesc, waitingDesc:
			kind = prometheus.GaugeValue
		}
		if k.role != "" {
			labels = append(labels, k.role)
		}
		to <- prometheus.MustNewConstMetric(k.desc, kind, v, labels...)
	}
}

func (d *database) add(s sums) {
	own := func(desc *prometheus.Desc, v float64) { s[sum{desc, d.dsn.String(), ""}] += v }
	own(queriesDesc, float64(d.queries.Load()))
	own(failuresDesc, float64(d.failures.Load()))
	own(slowDesc, float64(d.slow.Load()))
	own(secondsDesc, time.Duration(d.busy.Load()).Seconds())
	own(beganDesc, float64(d.began.Load()))
	own(rolledDesc, float64(d.rolledBack.Load()))
	for i, p := range d.pools() {
		open, idle, busy, waiting, figures := p.figures()
		_ = open
		of := func(desc *prometheus.Desc, v float64) { s[sum{desc, p.label, d.role(i)}] += v }
		of(idleDesc, float64(idle))
		of(busyDesc, float64(busy))
		of(maxDesc, float64(p.limits.max))
		of(waitingDesc, float64(waiting))
		of(waitsDesc, float64(figures.waits))
		of(waitedDesc, figures.waited.Seconds())
		of(timeoutsDesc, float64(figures.timeouts))
		of(createdDesc, float64(figures.created))
		of(brokenDesc, float64(figures.broken))
	}
}

// role is what a pool is there for.
func (d *database) role(i int) string {
	switch {
	case i == 0:
		return "primary"
	case d.dsn.Dialect == SQLite:
		return "reader"
	}
	return "replica"
}

package cron

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/metrics"
)

//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen

// schedules is the Go side of Phalanx\Cron, which is what applications use.
type schedules struct{}

func init() {
	component.RegisterEnum[Overlap](`Phalanx\Cron\Overlap`, component.Case("Skip", Skip), component.Case("Queue", Queue),
		component.Case("Allow", Allow))
	component.RegisterEnum[Missed](`Phalanx\Cron\Missed`, component.Case("Skip", MissedSkip), component.Case("Once", MissedOnce))
	component.RegisterType[*Job](`Phalanx\Cron\Job`)
	component.RegisterType[*schedules](`Phalanx\Cron\Schedules`, component.ThrowsBy(`Phalanx\Cron\CronException`),
		component.Static("register", register), component.Static("list", list), component.Static("remove", remove),
		component.Static("next", next), component.Defaults(RegisterOptions{Overlap: Skip, Missed: MissedSkip}))
}

// RegisterOptions are named arguments.
type RegisterOptions struct {
	component.Options
	Timezone string
	Overlap  Overlap
	Missed   Missed
	Jitter   time.Duration
	Cluster  string
}

// Job is a worker's registration of a job. The worker stays registered when the object is gone.
type Job struct {
	name   string
	runner *runner
}

// register adds the calling worker to a job, until it begins to stop.
func register(ctx context.Context, name, rule string, handler func(context.Context, time.Time) error, o RegisterOptions) (*Job, error) {
	r := &runner{handler: handler, life: component.LifeOf(ctx)}
	err := table.register(name, Settings{
		Rule: rule, Zone: o.Timezone, Overlap: o.Overlap, Missed: o.Missed, Jitter: o.Jitter, Server: o.Cluster,
	}, r)
	if err != nil {
		return nil, err
	}
	if r.life != nil {
		go func() {
			<-r.life.Stopping()
			table.unregister(name, r)
		}()
	}
	return &Job{name, r}, nil
}

// list describes the process's jobs.
func list() []JobInfo { return table.list() }

// remove takes a job from all workers of the process, and answers whether there was one.
func remove(name string) bool { return table.remove(name) }

// next lists the times of a rule that follow another time.
func next(rule, timezone string, after time.Time, count int) ([]time.Time, error) {
	return Next(rule, timezone, after, min(max(count, 0), 10_000))
}

// Name is the job's.
func (j *Job) Name() string { return j.name }

// NextRun is the next time of the job by its rule; null when there is none, or the job has been removed.
func (j *Job) NextRun() *time.Time {
	if found := table.find(j.name); found != nil {
		return found.info().Next
	}
	return nil
}

// RunNow runs the job at once, in some worker of this process. It answers false when it still runs, or has been removed.
func (j *Job) RunNow() bool {
	found := table.find(j.name)
	return found != nil && found.begin(time.Now().Truncate(time.Second))
}

// Remove takes this worker out of the job; other workers still run it.
func (j *Job) Remove() { table.unregister(j.name, j.runner) }

// remove ends a job.
func (t *Table) remove(name string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	j := t.jobs[name]
	if j == nil {
		return false
	}
	j.end()
	delete(t.jobs, name)
	return true
}

// count is what became of the jobs.
var count = struct {
	seconds           *prometheus.HistogramVec
	failures, skipped *prometheus.CounterVec
}{
	prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "phalanx_cron_run_seconds", Help: "How long runs of a job took.", Buckets: []float64{0.01, 0.1, 1, 10, 60, 600, 3600},
	}, []string{"job"}),
	prometheus.NewCounterVec(prometheus.CounterOpts{Name: "phalanx_cron_failures_total", Help: "Runs of a job that failed."}, []string{"job"}),
	prometheus.NewCounterVec(prometheus.CounterOpts{Name: "phalanx_cron_skipped_total", Help: "Runs of a job that were left out."}, []string{"job"}),
}

var registerCounts = sync.OnceFunc(func() { metrics.MustRegister(count.seconds, count.failures, count.skipped) })

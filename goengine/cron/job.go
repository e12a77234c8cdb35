package cron

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// Overlap says what a job does whose time comes while it still runs.
type Overlap string

// The choices.
const (
	Skip  Overlap = "skip"  // it is left out
	Queue Overlap = "queue" // it follows, once however many times have come
	Allow Overlap = "allow" // it runs beside the other, up to MaxBeside
)

// Missed says what a job does whose time has come while no worker could run it, or the machine slept.
type Missed string

// The choices.
const (
	MissedSkip Missed = "skip"
	MissedOnce Missed = "once" // it runs as soon as it can, once however many times have passed
)

// Limits.
const (
	MaxJobs   = 1000 // of a process
	MaxName   = 200  // bytes of a job's name
	MaxBeside = 16   // runs of one job at once
	MaxJitter = time.Hour
	lookAgain = 10 * time.Second       // a clock that was set is noticed by then
	late      = 2 * time.Second        // more than that after its time it has been missed
	retry     = 200 * time.Millisecond // until a worker is there that can run what was missed
)

// Settings are a job's.
type Settings struct {
	Rule, Zone string
	Overlap    Overlap
	Missed     Missed
	Jitter     time.Duration
	Server     string // for messages: one runner across machines
}

// Handler is a worker's function for a job.
type Handler func(ctx context.Context, due time.Time) error

// runner is a worker that has registered a job.
type runner struct {
	handler Handler
	life    *component.Life // nil: for ever
}

// job is what all workers of the process mean by a name.
type job struct {
	name string

	mu       sync.Mutex // guards all below
	settings Settings
	schedule Schedule
	runners  []*runner
	turn     int // whose turn it is
	running  int
	queued   *time.Time // the run that follows this one
	missed   *time.Time // the run that nobody could do
	changed  chan struct{}
	claim    *claim
	next     time.Time
	stats    Stats
	stop     context.CancelFunc
}

// Stats are a job's figures in this process.
type Stats struct {
	Runs, Failures, Skipped int64
	Last                    *time.Time // begin of the last run
	LastSeconds             float64
	LastError               string
}

// Table holds the jobs of a process.
type Table struct {
	mu   sync.Mutex // guards jobs and off; taken before a job's
	jobs map[string]*job
	off  bool
	now  func() time.Time
}

var log logrus.FieldLogger = logrus.StandardLogger()

// NewTable makes an empty one; the process has its own.
func NewTable() *Table { return &Table{jobs: map[string]*job{}, now: time.Now} }

var table = NewTable()

// Forget ends all jobs of the process and takes no more: it is the supervisor, whose script only starts workers.
func Forget() { table.forget() }

func (t *Table) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.off = true
	for name, j := range t.jobs {
		j.end()
		delete(t.jobs, name)
	}
}

func check(name string, s *Settings) (Schedule, error) {
	if name == "" || len(name) > MaxName {
		return nil, fmt.Errorf("cron: a job has a name, of up to %d bytes", MaxName)
	}
	if s.Jitter < 0 || s.Jitter > MaxJitter {
		return nil, fmt.Errorf("cron: %s: jitter is 0 to %.0f seconds", name, MaxJitter.Seconds())
	}
	return Parse(s.Rule, s.Zone)
}

// register adds a worker to a job. The newest worker's settings are the job's: a reload brings new code one worker after the
// other.
func (t *Table) register(name string, s Settings, r *runner) error {
	schedule, err := check(name, &s)
	if err != nil {
		return err
	}
	registerCounts()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.off {
		return nil
	}
	j := t.jobs[name]
	if j != nil && j.settings.Server != s.Server {
		j.end() // another claim
		delete(t.jobs, name)
		others := j.runners
		j = nil
		if j, err = t.add(name, s, schedule); err != nil {
			return err
		}
		j.runners = append(j.runners, others...)
	}
	if j == nil {
		if j, err = t.add(name, s, schedule); err != nil {
			return err
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.runners = append(j.runners, r)
	if j.settings != s {
		j.settings, j.schedule = s, schedule
		close(j.changed)
		j.changed = make(chan struct{})
	}
	return nil
}

// add makes a job and starts it. It is called with mu held.
func (t *Table) add(name string, s Settings, schedule Schedule) (*job, error) {
	if len(t.jobs) >= MaxJobs {
		return nil, fmt.Errorf("cron: %s: the process has %d jobs, which is the limit", name, MaxJobs)
	}
	ctx, stop := context.WithCancel(context.Background())
	j := &job{
		name: name, settings: s, schedule: schedule, changed: make(chan struct{}), claim: newClaim(name, s.Server), stop: stop,
	}
	j.next = schedule.Next(t.now())
	t.jobs[name] = j
	go j.loop(ctx, t.now)
	return j, nil
}

// unregister takes a worker away; a job without workers is gone.
func (t *Table) unregister(name string, r *runner) {
	t.mu.Lock()
	defer t.mu.Unlock()
	j := t.jobs[name]
	if j == nil {
		return
	}
	j.mu.Lock()
	j.runners = slices.DeleteFunc(j.runners, func(other *runner) bool { return other == r })
	// One that has been missed waits for the next worker: a reload may bring it in a moment.
	none := len(j.runners) == 0
	j.mu.Unlock()
	if none {
		go t.reap(j)
	}
}

// reap ends a job that has had no worker for a while; until then it is there for the scripts that follow.
func (t *Table) reap(j *job) {
	j.claim.release() // another process may have workers
	time.Sleep(lookAgain)
	t.mu.Lock()
	defer t.mu.Unlock()
	j.mu.Lock()
	none := len(j.runners) == 0
	j.mu.Unlock()
	if none && t.jobs[j.name] == j {
		j.end()
		delete(t.jobs, j.name)
	}
}

// end stops a job; what runs goes on.
func (j *job) end() {
	j.stop()
	go j.claim.release()
}

// loop waits for the job's times.
func (j *job) loop(ctx context.Context, now func() time.Time) {
	for {
		j.mu.Lock()
		schedule, changed := j.schedule, j.changed
		due := schedule.Next(now())
		j.next = due
		j.mu.Unlock()
		if due.IsZero() { // a day that never comes
			select {
			case <-changed:
				continue
			case <-ctx.Done():
				return
			}
		}
		if !j.await(ctx, changed, due, now) {
			if ctx.Err() != nil {
				return
			}
			continue
		}
		j.due(due, now)
	}
}

// await waits until a time by the machine's clock, which may be set or stand still meanwhile. It answers false when the schedule
// has changed or the job has ended.
func (j *job) await(ctx context.Context, changed chan struct{}, due time.Time, now func() time.Time) bool {
	for {
		left := due.Sub(now())
		if left <= 0 {
			return true
		}
		t := time.NewTimer(min(left, lookAgain))
		var again <-chan time.Time
		j.mu.Lock()
		if j.missed != nil {
			again = time.After(retry)
		}
		j.mu.Unlock()
		select {
		case <-t.C:
		case <-again:
			j.makeUp()
		case <-changed:
			t.Stop()
			return false
		case <-ctx.Done():
			t.Stop()
			return false
		}
		t.Stop()
	}
}

// due runs the job unless another process does, or its settings are against it.
func (j *job) due(due time.Time, now func() time.Time) {
	j.mu.Lock()
	none, settings := len(j.runners) == 0, j.settings
	j.mu.Unlock()
	if none && settings.Missed == MissedSkip || !none && !j.claim.mine() {
		return
	}
	if behind := now().Sub(due); none || behind > late {
		if settings.Missed == MissedSkip {
			j.skip("its time had passed")
			return
		}
		j.mu.Lock()
		j.missed = &due
		j.mu.Unlock()
		j.makeUp()
		return
	}
	j.begin(due)
}

// makeUp runs what was missed as soon as there is a worker.
func (j *job) makeUp() {
	j.mu.Lock()
	due := j.missed
	if due == nil || len(j.runners) == 0 {
		j.mu.Unlock()
		return
	}
	j.missed = nil
	j.mu.Unlock()
	if j.claim.mine() {
		j.begin(*due)
	}
}

func (j *job) skip(why string) {
	j.mu.Lock()
	j.stats.Skipped++
	j.mu.Unlock()
	count.skipped.WithLabelValues(j.name).Inc()
	log.WithFields(logrus.Fields{"job": j.name, "reason": why}).Debug("cron: a run is left out")
}

// begin runs the job now if it may; it answers whether it does, or will.
func (j *job) begin(due time.Time) bool {
	j.mu.Lock()
	limit := 1
	if j.settings.Overlap == Allow {
		limit = MaxBeside
	}
	if j.running >= limit {
		if j.settings.Overlap == Queue {
			queued := j.queued == nil
			if queued {
				j.queued = &due
			}
			j.mu.Unlock()
			return queued
		}
		j.mu.Unlock()
		j.skip("it still runs")
		return false
	}
	j.running++
	jitter := j.settings.Jitter
	j.mu.Unlock()
	go func() {
		if jitter > 0 {
			time.Sleep(rand.N(jitter))
		}
		j.run(due)
		j.mu.Lock()
		j.running--
		queued := j.queued
		j.queued = nil
		j.mu.Unlock()
		if queued != nil {
			j.begin(*queued)
		}
	}()
	return true
}

var errNobody = errors.New("cron: no worker can run it")

// pick chooses the worker whose turn it is and keeps it from stopping until release is called.
func (j *job) pick() (r *runner, release func(), err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for range j.runners {
		j.turn++
		r = j.runners[j.turn%len(j.runners)]
		if r.life == nil {
			return r, func() {}, nil
		}
		release = r.life.Hold()
		select {
		case <-r.life.Stopping():
			release()
		default:
			return r, release, nil
		}
	}
	return nil, nil, errNobody
}

// run has one worker do it.
func (j *job) run(due time.Time) {
	r, release, err := j.pick()
	if err != nil {
		j.mu.Lock()
		once := j.settings.Missed == MissedOnce
		if once {
			j.missed = &due
		}
		j.mu.Unlock()
		if !once {
			j.skip(err.Error())
		}
		return
	}
	defer release()
	began := time.Now()
	err = r.handler(context.Background(), due)
	took := time.Since(began).Seconds()
	j.mu.Lock()
	j.stats.Runs++
	j.stats.Last, j.stats.LastSeconds, j.stats.LastError = &began, took, ""
	if err != nil {
		j.stats.Failures++
		j.stats.LastError = err.Error()
	}
	j.mu.Unlock()
	count.seconds.WithLabelValues(j.name).Observe(took)
	if err == nil {
		return
	}
	count.failures.WithLabelValues(j.name).Inc()
	fields := logrus.Fields{"job": j.name}
	if thrown := (*component.CallableError)(nil); errors.As(err, &thrown) {
		fields["class"] = thrown.Class
	}
	log.WithError(err).WithFields(fields).Error("cron: a job failed")
}

// JobInfo describes a job.
type JobInfo struct {
	Name, Rule, Timezone string
	Next                 *time.Time
	Running, Workers     int
	Runs                 int64
	Failures             int64
	Skipped              int64
	LastRun              *time.Time
	LastSeconds          float64
	LastError            string
}

// list describes the jobs of the process, by their names.
func (t *Table) list() []JobInfo {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := []JobInfo{}
	for _, j := range t.jobs {
		all = append(all, j.info())
	}
	slices.SortFunc(all, func(a, b JobInfo) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

func (j *job) info() JobInfo {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := JobInfo{
		Name: j.name, Rule: j.settings.Rule, Timezone: cmp.Or(j.settings.Zone, "UTC"), Running: j.running, Workers: len(j.runners),
		Runs: j.stats.Runs, Failures: j.stats.Failures, Skipped: j.stats.Skipped, LastRun: j.stats.Last,
		LastSeconds: j.stats.LastSeconds, LastError: j.stats.LastError,
	}
	if !j.next.IsZero() {
		next := j.next
		i.Next = &next
	}
	return i
}

func (t *Table) find(name string) *job {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.jobs[name]
}

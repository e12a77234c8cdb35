package messaging

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// Defaults of consumers.
const (
	DefaultMaxAttempts = 5
	DefaultRetryDelay  = time.Second
	DefaultRetryFactor = 2.0
	DefaultRetryMax    = time.Hour
	DefaultJobTimeout  = time.Hour
	pullExpires        = 30 * time.Second // a request for a job is made anew after
	settleTime         = 30 * time.Second // to tell the server what became of a job, when the connection is lost meanwhile
	goneTime           = 3 * time.Second  // after which a queue that does not answer has been deleted: another server leads sooner
	setupPause         = time.Second      // between two tries to begin
)

// ConsumeOptions of Consume.
type ConsumeOptions struct {
	component.Options
	// How many jobs this worker has at once.
	Concurrency int
	// How often a job is given out before it is dead.
	MaxAttempts int `php:"maxAttempts"`
	// Seconds before each further try; the last one stands for all that follow. Without it they grow from retryDelay.
	Backoff []time.Duration
	// Seconds before the second try.
	RetryDelay time.Duration `php:"retryDelay"`
	// By which they grow.
	RetryFactor float64 `php:"retryFactor"`
	// Seconds that they do not pass.
	RetryMax time.Duration `php:"retryMax"`
	// Seconds after which a handler that has not ended counts as failed.
	Timeout time.Duration
}

func (o *ConsumeOptions) check() error {
	switch {
	case o.Concurrency < 1 || o.Concurrency > 10000:
		return errors.New("messaging: concurrency is a number from 1 to 10000")
	case o.MaxAttempts < 1:
		return errors.New("messaging: maxAttempts is 1 or more")
	case o.RetryDelay < 0 || o.RetryMax < 0 || o.RetryMax > maxDelay || !(o.RetryFactor >= 1 && o.RetryFactor <= 1000):
		return errors.New("messaging: retryDelay and retryMax are not negative, retryFactor is from 1 to 1000")
	case o.Timeout <= 0:
		return errors.New("messaging: timeout is more than 0")
	}
	for _, d := range o.Backoff {
		if d < 0 || d > maxDelay {
			return errors.New("messaging: the seconds of backoff are not negative")
		}
	}
	return nil
}

// pause is the time between a try and the next one.
func (o *ConsumeOptions) pause(attempt int) time.Duration {
	if n := len(o.Backoff); n > 0 {
		return o.Backoff[min(attempt, n)-1]
	}
	return time.Duration(min(float64(o.RetryDelay)*math.Pow(o.RetryFactor, float64(attempt-1)), float64(o.RetryMax)))
}

// Job is one that a worker has.
type Job struct {
	Queue   string            `php:"queue,readonly"`
	ID      string            `php:"id,readonly"`
	Payload string            `php:"payload,readonly"`
	Headers map[string]string `php:"headers,readonly"`
	// How often it has been given out, from 1.
	Attempt  int       `php:"attempt,readonly"`
	PushedAt time.Time `php:"pushedAt,readonly"`

	consumer *Consumer
	msg      *nats.Msg
	sequence uint64
	json     bool
	settled  atomic.Bool
}

// Data is what was pushed.
func (j *Job) Data() (any, error) { return decodeValue([]byte(j.Payload), j.json) }

// Header is the value of a header, null when the job has none of that name.
func (j *Job) Header(name string) (string, bool) {
	value, ok := j.Headers[name]
	return value, ok
}

func (j *Job) settle() error {
	if !j.settled.CompareAndSwap(false, true) {
		return fmt.Errorf("%w: %s", ErrSettled, j.ID)
	}
	return nil
}

// Ack says that the job is done, before the handler returns. It waits until the server knows.
func (j *Job) Ack(ctx context.Context) error {
	if err := j.settle(); err != nil {
		return err
	}
	return j.consumer.ack(ctx, j.msg)
}

// Retry gives the job back: it is given out again after delay seconds, and counts as tried.
func (j *Job) Retry(delay time.Duration) error {
	if delay < 0 || delay > maxDelay {
		return errors.New("messaging: the delay is not negative")
	}
	if err := j.settle(); err != nil {
		return err
	}
	j.consumer.retried.add()
	return j.consumer.conn.notConnected(nak(j.msg, delay))
}

// Bury puts the job to the dead ones, with a reason: no further try would help.
func (j *Job) Bury(ctx context.Context, reason string) error {
	if err := j.settle(); err != nil {
		return err
	}
	return j.consumer.bury(ctx, j, reason)
}

func nak(m *nats.Msg, delay time.Duration) error {
	if delay <= 0 {
		return m.Nak()
	}
	return m.NakWithDelay(delay)
}

// JobHandler is what PHP gives for jobs.
type JobHandler = func(context.Context, *Job) error

// Consumer gets jobs for a script, and ends with it.
type Consumer struct {
	queue   *Queue
	o       ConsumeOptions
	handler JobHandler
	conn    *Conn

	stop     chan struct{} // closed: no further job
	stopOnce sync.Once
	done     chan struct{} // closed: none is at work

	in       chan *nats.Msg
	finished chan struct{}

	running                            atomic.Int64
	succeeded, failed, retried, buried tally
}

// Consume has the handler called with jobs, on the worker's loop and in a Fiber, concurrency of them at once. A handler that
// returns has done its job, unless it has said otherwise. One that throws has the job given out again, after a pause that
// grows, until it is dead after maxAttempts. While a handler runs the job stays its own, however long it takes.
//
// When the worker stops or reloads no further job comes. Those at work have as much time to end as the worker's connections;
// what has not ended then goes back to the queue.
func (q *Queue) Consume(ctx context.Context, handler JobHandler, o ConsumeOptions) (*Consumer, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	conn, err := q.prepare(ctx, false)
	if err != nil && !transient(err) {
		return nil, err
	}
	if conn == nil {
		if conn, err = q.connect(); err != nil {
			return nil, err
		}
	}
	c := &Consumer{
		queue: q, o: o, handler: handler, conn: conn, stop: make(chan struct{}), done: make(chan struct{}),
		in: make(chan *nats.Msg, 2*o.Concurrency+64), finished: make(chan struct{}, o.Concurrency),
	}
	c.tallies()
	life := component.LifeOf(ctx)
	release, abandon := func() {}, (<-chan struct{})(nil)
	if life != nil {
		release, abandon = life.Hold(), life.Ended()
	}
	movers.join(q, conn)
	go func() {
		defer movers.leave(q, conn)
		c.run(abandon)
		release()
	}()
	if life != nil {
		go func() {
			select {
			case <-life.Stopping():
				c.Stop()
			case <-c.done:
			}
		}()
	}
	return c, nil
}

// run gets jobs until the consumer is stopped and none is at work, or nobody waits for that any more.
func (c *Consumer) run(abandon <-chan struct{}) {
	defer close(c.done)
	preparing, cancel := context.WithCancel(context.Background())
	defer cancel()
	nc := c.conn.nc
	connected := nc.StatusChanged(nats.CONNECTED)
	defer nc.RemoveStatusListener(connected)
	inbox := nc.NewInbox()
	sub, err := nc.Subscribe(inbox, func(m *nats.Msg) { c.in <- m })
	if err != nil {
		return // the process ends
	}
	closed := sub.StatusChanged(nats.SubscriptionClosed)
	_ = sub.SetPendingLimits(-1, -1) // as many as were asked for
	go func() {
		select {
		case <-c.stop:
			cancel()
		case <-c.done:
		}
	}()
	subject := "$JS.API.CONSUMER.MSG.NEXT." + c.queue.stream(ready) + "." + consumerName
	question := []byte(`{"batch":1,"expires":` + strconv.FormatInt(int64(pullExpires), 10) + `}`)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	free, asked, heard := c.o.Concurrency, 0, time.Now()
	prepare := time.NewTimer(time.Hour)
	prepare.Stop()
	defer prepare.Stop()
	right := true // the server has what the queue needs, as far as is known
	for stop := c.stop; stop != nil || free < c.o.Concurrency || closed != nil || len(c.in) > 0; {
		for stop != nil && right && asked < free && nc.PublishRequest(subject, inbox, question) == nil {
			asked++
		}
		select {
		case m := <-c.in:
			heard = time.Now()
			status := m.Header.Get("Status")
			if strings.HasPrefix(m.Reply, "$JS.ACK.") {
				status = "" // a job's own header of that name
			}
			switch status {
			case "":
				asked = max(asked-1, 0)
				if stop == nil || free == 0 { // no hands for it
					_ = m.Nak()
					continue
				}
				free--
				c.running.Add(1)
				go c.work(m)
			case "100":
			case "404", "408": // nothing has come in the time
				asked = max(asked-1, 0)
			default: // 409, 503: another server leads, too many ask, or the queue is gone
				asked, right = 0, false
				prepare.Reset(100 * time.Millisecond)
			}
		case <-prepare.C:
			if err := c.queue.prepareOn(preparing, c.conn, true); err == nil {
				asked, right = 0, true
			} else if preparing.Err() == nil && !nc.IsClosed() {
				c.conn.log.WithError(err).WithField("queue", c.queue.Name).Warn("messaging: jobs cannot be got at the moment")
				prepare.Reset(setupPause)
			}
		case <-connected:
			asked, right = 0, false
			prepare.Reset(0)
		case <-c.finished:
			free++
			c.running.Add(-1)
		case <-tick.C:
			if asked > 0 && time.Since(heard) > pullExpires+10*time.Second {
				asked, heard = 0, time.Now() // the server has forgotten
			}
		case <-stop:
			stop = nil
			if sub.Drain() != nil {
				closed = nil
			}
		case <-abandon:
			_ = sub.Unsubscribe()
			return
		case <-closed:
			closed = nil
			c.Stop() // if it was the connection
		}
	}
}

// work has the handler do a job, and tells the server what became of it.
func (c *Consumer) work(m *nats.Msg) {
	defer func() { c.finished <- struct{}{} }()
	meta, err := m.Metadata()
	if err != nil {
		_ = m.Nak()
		return
	}
	j := &Job{
		Queue: c.queue.Name, ID: m.Header.Get(nats.MsgIdHdr), Payload: string(m.Data), Headers: headersOf(m.Header),
		Attempt: int(meta.NumDelivered), PushedAt: meta.Timestamp, consumer: c, msg: m, sequence: meta.Sequence.Stream,
		json: isJSON(m.Header.Get(contentType)),
	}
	j.restore()
	if j.Attempt > c.o.MaxAttempts {
		// Its workers have died with it, or their time was over.
		c.report(j, c.bury(context.Background(), j, "the workers that had it ended before it did"), "cannot be buried")
		return
	}
	beating := make(chan struct{})
	stopBeating := sync.OnceFunc(func() { close(beating) })
	defer stopBeating()
	go c.beat(m, beating)
	ctx, cancel := context.WithTimeout(context.Background(), c.o.Timeout)
	err = c.handler(ctx, j)
	late := ctx.Err() != nil && errors.Is(err, context.DeadlineExceeded)
	cancel()
	stopBeating()
	stopping := false
	select {
	case <-c.stop:
		stopping = true
	default:
	}
	switch {
	case j.settled.Load():
		if err != nil && !errors.Is(err, component.ErrStopped) {
			c.failed.add()
			c.report(j, err, "failed after it was settled")
		} else {
			c.succeeded.add()
		}
		return
	case errors.Is(err, component.ErrStopped) || stopping && interrupted(err):
		_ = m.Nak() // another worker does it
		return
	}
	j.settled.Store(true)
	if late {
		err = fmt.Errorf("it was not done within %s", c.o.Timeout)
	}
	if err == nil {
		c.succeeded.add()
		c.report(j, c.ack(context.Background(), m), "is done, which the server does not know")
		return
	}
	c.failed.add()
	if j.Attempt >= c.o.MaxAttempts {
		c.report(j, err, "failed for the last time, and is dead")
		c.report(j, c.bury(context.Background(), j, err.Error()), "cannot be buried")
		return
	}
	c.conn.log.WithError(err).WithField("queue", j.Queue).WithField("job", j.ID).WithField("attempt", j.Attempt).
		Warn("messaging: a job failed, and is tried again")
	c.retried.add()
	_ = nak(m, c.o.pause(j.Attempt))
}

// interrupted says whether a handler failed because its worker stops: what it waited for was cancelled.
func interrupted(err error) bool {
	thrown := (*component.CallableError)(nil)
	return errors.As(err, &thrown) && thrown.Class == `Phalanx\Exception\CancelledException`
}

// restore gives a job that has come from another stream its own id and time, and hides what that took.
func (j *Job) restore() {
	if id := j.Headers[idHeader]; id != "" {
		j.ID = id
	}
	if at, err := time.Parse(time.RFC3339Nano, j.Headers[pushedHeader]); err == nil {
		j.PushedAt = at
	}
	for _, name := range []string{nats.MsgIdHdr, idHeader, pushedHeader} {
		delete(j.Headers, name)
	}
}

func (c *Consumer) report(j *Job, err error, what string) {
	if err != nil {
		c.conn.log.WithError(err).WithField("queue", j.Queue).WithField("job", j.ID).WithField("attempt", j.Attempt).
			Error("messaging: a job " + what)
	}
}

// beat keeps a job from being given to somebody else.
func (c *Consumer) beat(m *nats.Msg, end <-chan struct{}) {
	tick := time.NewTicker(max(or(c.queue.o.AckWait, DefaultAckWait)/3, 30*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = m.InProgress()
		case <-end:
			return
		}
	}
}

// ack has the server confirm that a job is done, and tries again when the connection is lost meanwhile.
func (c *Consumer) ack(ctx context.Context, m *nats.Msg) error {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	for began := time.Now(); ; {
		once, end := context.WithTimeout(ctx, 2*time.Second)
		answer, err := c.conn.nc.RequestWithContext(once, m.Reply, []byte("+ACK"))
		end()
		if err == nil && answer != nil || ctx.Err() != nil || c.conn.nc.IsClosed() {
			return c.conn.notConnected(err)
		}
		if errors.Is(err, nats.ErrNoResponders) && time.Since(began) > goneTime {
			return fmt.Errorf("messaging: the queue %s is not there any more: %w", c.queue.Name, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// bury puts a job to the dead ones. Should it happen twice, one is taken.
func (c *Consumer) bury(ctx context.Context, j *Job, reason string) error {
	d := &nats.Msg{Subject: c.queue.subject(dead), Header: nats.Header{}, Data: j.msg.Data}
	for name, value := range j.Headers {
		d.Header.Set(name, value)
	}
	reason = strings.Join(strings.Fields(reason), " ")
	d.Header.Set(nats.MsgIdHdr, "dead-"+strconv.FormatUint(j.sequence, 10))
	d.Header.Set(idHeader, j.ID)
	d.Header.Set(errorText, strings.ToValidUTF8(reason[:min(len(reason), maxErrorText)], ""))
	d.Header.Set(attemptsHeader, strconv.Itoa(min(j.Attempt, c.o.MaxAttempts)))
	d.Header.Set(pushedHeader, j.PushedAt.UTC().Format(time.RFC3339Nano))
	d.Header.Set(diedHeader, time.Now().UTC().Format(time.RFC3339Nano))
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	if _, err := c.conn.js.PublishMsg(ctx, d, jetstream.WithRetryAttempts(5)); err != nil {
		return c.queue.explain(c.conn, "did not take a dead job", err) // it comes again after its time
	}
	c.buried.add()
	return c.ack(ctx, j.msg)
}

// Stop ends the consumer: no further job comes, those at work go on.
func (c *Consumer) Stop() { c.stopOnce.Do(func() { close(c.stop) }) }

// Drain ends the consumer, and waits until no job is at work.
func (c *Consumer) Drain(ctx context.Context) error {
	c.Stop()
	return c.Wait(ctx)
}

// Wait waits for the end of the consumer. Jobs are done meanwhile, also in a script that has no loop.
func (c *Consumer) Wait(ctx context.Context) error {
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// IsActive says whether further jobs come.
func (c *Consumer) IsActive() bool {
	select {
	case <-c.stop:
		return false
	default:
		return true
	}
}

// ConsumerFigures are a consumer's.
type ConsumerFigures struct {
	// Jobs at work.
	Running int64 `php:"running"`
	// Jobs that were done.
	Succeeded int64 `php:"succeeded"`
	// Times that the handler threw.
	Failed int64 `php:"failed"`
	// Jobs that were given back for another try.
	Retried int64 `php:"retried"`
	// Jobs that have been put to the dead ones.
	Buried int64 `php:"buried"`
}

// Stats tells what has become of the jobs that this consumer got.
func (c *Consumer) Stats() ConsumerFigures {
	return ConsumerFigures{c.running.Load(), c.succeeded.own.Load(), c.failed.own.Load(), c.retried.own.Load(), c.buried.own.Load()}
}

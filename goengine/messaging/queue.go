package messaging

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// Defaults of queues.
const (
	DefaultMaxMessages     = 1_000_000
	DefaultMaxAge          = 7 * 24 * time.Hour
	DefaultDedupe          = 2 * time.Minute
	DefaultAckWait         = 30 * time.Second
	DefaultDeadMaxAge      = 30 * 24 * time.Hour
	DefaultDeadMaxMessages = 100_000
	maxInFlight            = 100_000 // jobs of one queue that are at work or wait for another try, in all processes together
	maxWaiting             = 65_536  // workers' requests for a job
	maxDelay               = 10 * 365 * 24 * time.Hour
	pushBatch              = 256 // jobs of pushAll that wait for their acknowledgement at once

	dueHeader      = "Phalanx-Due"              // Unix milliseconds; of delayed jobs
	pushedHeader   = "Phalanx-Pushed"           // RFC 3339; of jobs that come from another stream
	idHeader       = "Phalanx-Job"              // the job's id, the message's being another
	errorText      = "Phalanx-Error"            // why a job is dead
	attemptsHeader = "Phalanx-Attempts"         // of a dead job
	diedHeader     = "Phalanx-Died"             // RFC 3339
	maxErrorText   = 4 << 10                    // bytes of it that are kept
	consumerName   = "workers"                  // of each stream of a queue
	overflowReject = "reject"                   // names of QueueOptions.Overflow
	overflowDrop   = "dropOldest"               //
	storageFile    = "file"                     // names of QueueOptions.Storage
	storageMemory  = "memory"                   //
	wrongStream    = jetstream.ErrorCode(10065) // subjects overlap with an existing stream
)

// Errors of queues.
var (
	ErrQueueFull = errors.New("messaging: the queue is full")
	ErrSettled   = errors.New("messaging: this job is settled already: acknowledged, given back or buried")
	ErrNoJob     = errors.New("messaging: there is no such dead job")
)

// Queue keeps jobs until they are done. Each is given to one worker at a time; when that fails or dies, to another.
type Queue struct {
	link
	Name string `php:"name,readonly"`
	o    QueueOptions

	mu    sync.Mutex // guards ready
	ready *Conn      // the connection over which the streams were last found right
}

// QueueOptions of NewQueue. What is null stays as the queue has it, or gets its default when the queue is made.
type QueueOptions struct {
	component.Options
	// How many jobs may wait: 1,000,000 by default.
	MaxMessages *int `php:"maxMessages"`
	// Their bytes: by default what the server has room for (max_store). It is set aside when the queue is made.
	MaxBytes *int `php:"maxBytes"`
	// Seconds for which a job is kept: a week by default.
	MaxAge *time.Duration `php:"maxAge"`
	// What happens when there are too many: "reject" (the default) refuses new ones, "dropOldest" forgets the oldest.
	Overflow *string
	// Seconds within which a second job with the same id is not taken: 120 by default.
	Dedupe *time.Duration
	// Seconds after which a job whose worker does not give a sign of life goes to another one: 30 by default.
	AckWait *time.Duration `php:"ackWait"`
	// "file" (the default) or "memory".
	Storage *string
	// Servers of a cluster that have a copy: by default 3 where there are so many.
	Replicas *int
	// Seconds for which dead jobs are kept: 30 days by default.
	DeadMaxAge *time.Duration `php:"deadMaxAge"`

	Server         string
	Credentials    string
	TLSCA          string        `php:"tlsCa"`
	TLSCert        string        `php:"tlsCert"`
	TLSKey         string        `php:"tlsKey"`
	ConnectTimeout time.Duration `php:"connectTimeout"`
}

var queueName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// NewQueue does not connect yet. Queues of the same name are the same queue, wherever they are used.
func NewQueue(name string, o QueueOptions) (*Queue, error) {
	if !queueName.MatchString(name) {
		return nil, fmt.Errorf("messaging: %q is no name of a queue: up to 64 letters of ASCII, digits, - and _ are", name)
	}
	s, err := (&ServerOptions{Server: o.Server, Credentials: o.Credentials, TLSCA: o.TLSCA, TLSCert: o.TLSCert, TLSKey: o.TLSKey,
		ConnectTimeout: o.ConnectTimeout}).settings()
	if err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	return &Queue{link: link{settings: s}, Name: name, o: o}, nil
}

func (o *QueueOptions) check() error {
	for name, n := range map[string]*int{"maxMessages": o.MaxMessages, "maxBytes": o.MaxBytes, "replicas": o.Replicas} {
		if n != nil && *n < 1 {
			return fmt.Errorf("messaging: %s is more than 0", name)
		}
	}
	for name, d := range map[string]*time.Duration{"maxAge": o.MaxAge, "dedupe": o.Dedupe, "ackWait": o.AckWait, "deadMaxAge": o.DeadMaxAge} {
		if d != nil && *d < 100*time.Millisecond {
			return fmt.Errorf("messaging: %s is 0.1 seconds or more", name)
		}
	}
	if o.Overflow != nil && *o.Overflow != overflowReject && *o.Overflow != overflowDrop {
		return errors.New(`messaging: overflow is "reject" or "dropOldest"`)
	}
	if o.Storage != nil && *o.Storage != storageFile && *o.Storage != storageMemory {
		return errors.New(`messaging: storage is "file" or "memory"`)
	}
	return nil
}

// The streams of a queue, and their subjects.
func (q *Queue) stream(kind string) string  { return "queue-" + kind + "-" + q.Name }
func (q *Queue) subject(kind string) string { return "queue." + q.Name + "." + kind }

const (
	ready   = "ready"
	delayed = "delayed"
	dead    = "dead"
)

func or[T any](given *T, other T) T {
	if given != nil {
		return *given
	}
	return other
}

func (q *Queue) config(kind string) jetstream.StreamConfig {
	o := &q.o
	c := jetstream.StreamConfig{
		Name: q.stream(kind), Subjects: []string{q.subject(kind)}, Description: "jobs of the queue " + q.Name + " (Phalanx): " + kind,
		Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew,
		MaxMsgs: int64(or(o.MaxMessages, DefaultMaxMessages)), MaxBytes: int64(or(o.MaxBytes, -1)),
		MaxAge: or(o.MaxAge, DefaultMaxAge), Duplicates: or(o.Dedupe, DefaultDedupe), Replicas: or(o.Replicas, 0),
	}
	if or(o.Overflow, "") == overflowDrop && kind == ready {
		c.Discard = jetstream.DiscardOld
	}
	if or(o.Storage, "") == storageMemory {
		c.Storage = jetstream.MemoryStorage
	}
	switch kind {
	case delayed:
		c.MaxAge = 0 // a job lives on from when it is due
	case dead:
		c.Retention, c.Discard = jetstream.LimitsPolicy, jetstream.DiscardOld
		c.MaxBytes, c.MaxMsgs, c.MaxAge = -1, DefaultDeadMaxMessages, or(o.DeadMaxAge, DefaultDeadMaxAge)
	}
	if c.MaxAge > 0 {
		c.Duplicates = min(c.Duplicates, c.MaxAge)
	}
	return c
}

// adopt puts into a config what the stream has and nobody has asked to be otherwise.
func (q *Queue) adopt(kind string, c *jetstream.StreamConfig, has *jetstream.StreamConfig) (changed bool) {
	o := &q.o
	want := *c
	*c = *has
	if o.MaxMessages != nil && kind != dead {
		c.MaxMsgs = want.MaxMsgs
	}
	if o.MaxBytes != nil && kind != dead {
		c.MaxBytes = want.MaxBytes
	}
	if o.MaxAge != nil && kind == ready || o.DeadMaxAge != nil && kind == dead {
		c.MaxAge = want.MaxAge
	}
	if o.Dedupe != nil {
		c.Duplicates = want.Duplicates
	}
	if c.MaxAge > 0 {
		c.Duplicates = min(c.Duplicates, c.MaxAge)
	}
	if o.Overflow != nil && kind == ready {
		c.Discard = want.Discard
	}
	if o.Replicas != nil {
		c.Replicas = want.Replicas
	}
	return c.MaxMsgs != has.MaxMsgs || c.MaxBytes != has.MaxBytes || c.MaxAge != has.MaxAge || c.Duplicates != has.Duplicates ||
		c.Discard != has.Discard || c.Replicas != has.Replicas
}

// ensureStream makes a stream, or changes what was asked to be otherwise.
func (q *Queue) ensureStream(ctx context.Context, c *Conn, kind string) error {
	config := q.config(kind)
	for attempt := 0; ; attempt++ {
		stream, err := c.js.Stream(ctx, config.Name)
		switch {
		case errors.Is(err, jetstream.ErrStreamNotFound):
			_, err = c.createStream(ctx, config)
			if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) && attempt == 0 {
				continue // another process was quicker
			}
			return err
		case err != nil:
			return err
		}
		has := stream.CachedInfo().Config
		if storage := or(q.o.Storage, ""); storage != "" && (storage == storageMemory) != (has.Storage == jetstream.MemoryStorage) {
			return fmt.Errorf("messaging: the queue %s has another storage, which cannot be changed: delete() it first", q.Name)
		}
		changed := config
		if q.adopt(kind, &changed, &has) {
			_, err = c.js.UpdateStream(ctx, changed)
		}
		return err
	}
}

// createStream makes a stream, with copies on three servers where there are so many and nothing else is asked for.
func (c *Conn) createStream(ctx context.Context, config jetstream.StreamConfig) (jetstream.Stream, error) {
	if config.Replicas == 0 && c.nc.ConnectedClusterName() != "" {
		config.Replicas = 3
		if s, err := c.createStored(ctx, config); err == nil || !tooFewServers(err) {
			return s, err
		}
		config.Replicas = 0
	}
	config.Replicas = max(config.Replicas, 1)
	return c.createStored(ctx, config)
}

// createStored tries for a second when the server cannot make the place for the data: that of a stream of the same name, which
// has just been deleted, may still be on its way out.
func (c *Conn) createStored(ctx context.Context, config jetstream.StreamConfig) (jetstream.Stream, error) {
	const noStore = 10049 // nats-server's JSStreamCreateErrF
	for pause := 5 * time.Millisecond; ; pause *= 2 {
		stream, err := c.js.CreateStream(ctx, config)
		var refused *jetstream.APIError
		if !errors.As(err, &refused) || refused.ErrorCode != noStore || pause > 500*time.Millisecond {
			return stream, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause):
		}
	}
}

func (q *Queue) ensureConsumer(ctx context.Context, c *Conn, kind string) error {
	config := jetstream.ConsumerConfig{
		Durable: consumerName, AckPolicy: jetstream.AckExplicitPolicy, MaxDeliver: -1, MaxAckPending: maxInFlight, MaxWaiting: maxWaiting,
		AckWait: or(q.o.AckWait, DefaultAckWait),
	}
	if kind == delayed {
		config.AckWait, config.MaxAckPending = time.Minute, -1
	}
	existing, err := c.js.Consumer(ctx, q.stream(kind), consumerName)
	if err == nil {
		if has := existing.CachedInfo().Config; kind == delayed || q.o.AckWait == nil || has.AckWait == config.AckWait {
			return nil
		}
	} else if !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return err
	}
	_, err = c.js.CreateOrUpdateConsumer(ctx, q.stream(kind), config)
	return err
}

// prepare makes what the server is to have for the queue. again says that it may be gone.
func (q *Queue) prepare(ctx context.Context, again bool) (*Conn, error) {
	c, err := q.connect()
	if err == nil {
		err = q.prepareOn(ctx, c, again)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (q *Queue) prepareOn(ctx context.Context, c *Conn, again bool) error {
	q.mu.Lock()
	done := q.ready == c && !again
	q.mu.Unlock()
	if done {
		return nil
	}
	ctx, cancel := c.withDefault(ctx)
	defer cancel()
	for _, kind := range []string{ready, delayed, dead} {
		if err := q.ensureStream(ctx, c, kind); err != nil {
			return q.explain(c, "cannot be made", err)
		}
		if kind == dead {
			continue
		}
		if err := q.ensureConsumer(ctx, c, kind); err != nil {
			return q.explain(c, "cannot be made", err)
		}
	}
	q.mu.Lock()
	q.ready = c
	q.mu.Unlock()
	return nil
}

func (q *Queue) explain(c *Conn, what string, err error) error {
	var api *jetstream.APIError
	switch {
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return fmt.Errorf("messaging: the server %s has no JetStream, which queues and buckets need: start it with -js: %w", c.settings.Name(), err)
	case errors.As(err, &api) && api.ErrorCode == wrongStream:
		return fmt.Errorf("messaging: the queue %s: another stream of the server takes its subjects: %w", q.Name, err)
	case errors.As(err, &api) && (api.ErrorCode == 10077 || api.ErrorCode == 10047 || api.ErrorCode == 10023):
		return fmt.Errorf("%w: %s (%w)", ErrQueueFull, q.Name, err)
	}
	return c.notConnected(fmt.Errorf("messaging: the queue %s %s: %w", q.Name, what, err))
}

// PushOptions of Push.
type PushOptions struct {
	component.Options
	// By which the job is known: a second one with the same id within the time of dedupe is not taken. A random one by default.
	ID string `php:"id"`
	// Seconds before which no worker gets it.
	Delay time.Duration
	// The time before which no worker gets it.
	At      *time.Time
	Headers map[string]string
}

func (q *Queue) job(data any, o *PushOptions) (*nats.Msg, error) {
	m, err := message(q.subject(ready), data, o.Headers)
	if err != nil {
		return nil, err
	}
	if m.Header == nil {
		m.Header = nats.Header{}
	}
	id := o.ID
	if id == "" {
		id = nuid.Next()
	}
	if len(id) > 256 || checkHeader("id", id) != nil {
		return nil, errors.New("messaging: a job's id is 256 bytes at most, without line breaks")
	}
	m.Header.Set(nats.MsgIdHdr, id)
	due := time.Time{}
	switch {
	case o.Delay < 0 || o.Delay > maxDelay:
		return nil, errors.New("messaging: delay is from 0 to ten years")
	case o.Delay > 0:
		due = time.Now().Add(o.Delay)
	case o.At != nil && o.At.After(time.Now()):
		due = *o.At
	}
	if !due.IsZero() {
		m.Subject = q.subject(delayed)
		m.Header.Set(dueHeader, strconv.FormatInt(due.UnixMilli(), 10))
		m.Header.Set(pushedHeader, time.Now().UTC().Format(time.RFC3339Nano))
		m.Header.Set(idHeader, id)
	}
	return m, nil
}

// Push adds a job and answers its id once the server has it; null when a job with this id was added before, within the time
// of dedupe. A string is kept as it is, anything else as JSON.
func (q *Queue) Push(ctx context.Context, data any, o PushOptions) (*string, error) {
	m, err := q.job(data, &o)
	if err != nil {
		return nil, err
	}
	c, err := q.prepare(ctx, false)
	if err != nil {
		return nil, err
	}
	bounded, cancel := c.withDefault(ctx)
	defer cancel()
	ack, err := c.js.PublishMsg(bounded, m)
	if errors.Is(err, jetstream.ErrNoStreamResponse) && c.nc.IsConnected() {
		if c, err = q.prepare(bounded, true); err != nil { // somebody has deleted it
			return nil, err
		}
		ack, err = c.js.PublishMsg(bounded, m)
	}
	if err != nil {
		return nil, q.explain(c, "did not take the job", err)
	}
	if ack.Duplicate {
		return nil, nil
	}
	id := m.Header.Get(nats.MsgIdHdr)
	return &id, nil
}

// PushAllOptions of PushAll.
type PushAllOptions struct {
	component.Options
	Delay   time.Duration
	At      *time.Time
	Headers map[string]string
}

// PushAll adds many jobs and answers how many were taken. Keys that are strings are the jobs' ids. When it throws some of the
// jobs may have been added: with ids it can be repeated.
func (q *Queue) PushAll(ctx context.Context, jobs *component.Map, o PushAllOptions) (int, error) {
	c, err := q.prepare(ctx, false)
	if err != nil {
		return 0, err
	}
	var messages []*nats.Msg
	for key, data := range jobs.All() {
		one := PushOptions{Delay: o.Delay, At: o.At, Headers: o.Headers}
		if key.IsString() {
			one.ID = key.String()
		}
		m, err := q.job(data, &one)
		if err != nil {
			return 0, err
		}
		messages = append(messages, m)
	}
	ctx, cancel := context.WithTimeout(ctx, bulkTime)
	defer cancel()
	taken := 0
	for len(messages) > 0 {
		batch := messages[:min(pushBatch, len(messages))]
		messages = messages[len(batch):]
		futures := make([]jetstream.PubAckFuture, 0, len(batch))
		for _, m := range batch {
			f, err := c.js.PublishMsgAsync(m)
			if err != nil {
				return taken, q.explain(c, "did not take the jobs", err)
			}
			futures = append(futures, f)
		}
		for _, f := range futures {
			select {
			case ack := <-f.Ok():
				if !ack.Duplicate {
					taken++
				}
			case err := <-f.Err():
				return taken, q.explain(c, "did not take the jobs", err)
			case <-ctx.Done():
				return taken, q.explain(c, "did not take the jobs", context.Cause(ctx))
			}
		}
	}
	return taken, nil
}

// QueueFigures are a queue's, as the server has them.
type QueueFigures struct {
	// Jobs that no worker has yet.
	Pending int64 `php:"pending"`
	// Jobs that workers have, and those that wait for another try.
	InFlight int64 `php:"inFlight"`
	// Jobs that have been given out more than once.
	Retrying int64 `php:"retrying"`
	// Jobs that are not due yet.
	Delayed int64 `php:"delayed"`
	Dead    int64 `php:"dead"`
	// Of the jobs that wait or are at work.
	Bytes int64 `php:"bytes"`
	// Free hands: how many jobs workers wait for.
	Waiting int64 `php:"waiting"`
}

// Stats asks the server.
func (q *Queue) Stats(ctx context.Context) (f QueueFigures, err error) {
	c, err := q.prepare(ctx, false)
	if err != nil {
		return f, err
	}
	ctx, cancel := c.withDefault(ctx)
	defer cancel()
	consumer, err := c.js.Consumer(ctx, q.stream(ready), consumerName)
	if err != nil {
		return f, q.explain(c, "does not answer", err)
	}
	info := consumer.CachedInfo()
	f.InFlight, f.Retrying, f.Waiting = int64(info.NumAckPending), int64(info.NumRedelivered), int64(info.NumWaiting)
	for kind, n := range map[string]*int64{ready: nil, delayed: &f.Delayed, dead: &f.Dead} {
		stream, err := c.js.Stream(ctx, q.stream(kind))
		if err != nil {
			return f, q.explain(c, "does not answer", err)
		}
		state := stream.CachedInfo().State
		if n != nil {
			*n = int64(state.Msgs)
		} else {
			f.Bytes = int64(state.Bytes)
			f.Pending = untaken(info, &state)
		}
	}
	return f, nil
}

// untaken counts the jobs behind the last one that was given out. The consumer's own count (NumPending) gets to know of new
// ones after they have been acknowledged to whoever pushed them: it may lack the latest.
func untaken(consumer *jetstream.ConsumerInfo, stream *jetstream.StreamState) int64 {
	next := max(consumer.Delivered.Stream+1, stream.FirstSeq)
	if stream.LastSeq < next {
		return 0
	}
	return int64(min(stream.LastSeq-next+1, stream.Msgs))
}

// Purge forgets all jobs that wait, are delayed or at work; dead ones stay.
func (q *Queue) Purge(ctx context.Context) error {
	return q.each(ctx, "cannot be purged", []string{ready, delayed}, func(ctx context.Context, s jetstream.Stream) error { return s.Purge(ctx) })
}

// PurgeDead forgets all dead jobs.
func (q *Queue) PurgeDead(ctx context.Context) error {
	return q.each(ctx, "cannot be purged", []string{dead}, func(ctx context.Context, s jetstream.Stream) error { return s.Purge(ctx) })
}

func (q *Queue) each(ctx context.Context, what string, kinds []string, do func(context.Context, jetstream.Stream) error) error {
	c, err := q.prepare(ctx, false)
	if err != nil {
		return err
	}
	ctx, cancel := c.withDefault(ctx)
	defer cancel()
	for _, kind := range kinds {
		stream, err := c.js.Stream(ctx, q.stream(kind))
		if err == nil {
			err = do(ctx, stream)
		}
		if err != nil {
			return q.explain(c, what, err)
		}
	}
	return nil
}

// Delete removes the queue with all its jobs, dead ones too.
func (q *Queue) Delete(ctx context.Context) error {
	c, err := q.connect()
	if err != nil {
		return err
	}
	ctx, cancel := c.withDefault(ctx)
	defer cancel()
	for _, kind := range []string{ready, delayed, dead} {
		if err := c.js.DeleteStream(ctx, q.stream(kind)); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
			return q.explain(c, "cannot be deleted", err)
		}
	}
	q.mu.Lock()
	q.ready = nil
	q.mu.Unlock()
	return nil
}

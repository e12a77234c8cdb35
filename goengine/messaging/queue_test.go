package messaging_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/messaging"
)

func queue(t *testing.T, server, name string, o messaging.QueueOptions) *messaging.Queue {
	t.Helper()
	o.Server = server
	q, err := messaging.NewQueue(name, o)
	require.NoError(t, err)
	return q
}

func push(t *testing.T, q *messaging.Queue, data any, o messaging.PushOptions) *string {
	t.Helper()
	id, err := q.Push(within(t), data, o)
	require.NoError(t, err)
	return id
}

// quick are consume options whose pauses a test can wait for.
func quick(concurrency int) messaging.ConsumeOptions {
	return messaging.ConsumeOptions{Concurrency: concurrency, MaxAttempts: 3, Backoff: []time.Duration{10 * time.Millisecond}, RetryFactor: 1, Timeout: patience}
}

func consume(t *testing.T, q *messaging.Queue, o messaging.ConsumeOptions, h messaging.JobHandler) *messaging.Consumer {
	t.Helper()
	c, err := q.Consume(within(t), h, o)
	require.NoError(t, err)
	t.Cleanup(func() {
		c.Stop()
		_ = c.Wait(contextOf(t, time.Second))
	})
	return c
}

func stats(t *testing.T, q *messaging.Queue) messaging.QueueFigures {
	t.Helper()
	f, err := q.Stats(within(t))
	require.NoError(t, err)
	return f
}

func of[T any](v T) *T { return &v }

func TestEachJobIsDoneOnce(t *testing.T) {
	server := embedded(t, "")
	q := queue(t, server, "mails", messaging.QueueOptions{})
	jobs := &component.Map{}
	for i := range 1000 {
		jobs.Set(fmt.Sprintf("job-%d", i), int64(i))
	}
	n, err := q.PushAll(within(t), jobs, messaging.PushAllOptions{})
	require.NoError(t, err)
	require.Equal(t, 1000, n)
	n, err = q.PushAll(within(t), jobs, messaging.PushAllOptions{})
	require.NoError(t, err)
	require.Zero(t, n, "their ids are known")
	var mu sync.Mutex
	seen := map[string]int{}
	all := make(chan struct{})
	for range 3 { // as workers that share the connection
		consume(t, q, quick(4), func(_ context.Context, j *messaging.Job) error {
			mu.Lock()
			defer mu.Unlock()
			data, err := j.Data()
			if err != nil || fmt.Sprint("job-", data) != j.ID || j.Attempt != 1 {
				t.Error(j.ID, data, err)
			}
			if seen[j.ID]++; len(seen) == 1000 {
				close(all)
			}
			return nil
		})
	}
	<-all
	require.Eventually(t, func() bool {
		f := stats(t, q)
		return f.Pending+f.InFlight+f.Bytes == 0
	}, patience, 10*time.Millisecond)
	for id, n := range seen {
		require.Equal(t, 1, n, id)
	}
}

func TestConcurrencyIsReachedAndNotPassed(t *testing.T) {
	q := queue(t, embedded(t, ""), "q", messaging.QueueOptions{})
	var running, most atomic.Int32
	full, proceed := make(chan struct{}), make(chan struct{})
	c := consume(t, q, quick(5), func(context.Context, *messaging.Job) error {
		if n := running.Add(1); n > most.Load() {
			most.Store(n)
			if n == 5 {
				close(full)
			}
		}
		<-proceed
		running.Add(-1)
		return nil
	})
	for range 50 {
		push(t, q, "x", messaging.PushOptions{})
	}
	<-full
	require.Equal(t, int64(45), stats(t, q).Pending, "nobody has more than it works on")
	close(proceed)
	require.Eventually(t, func() bool { return c.Stats().Succeeded == 50 }, patience, time.Millisecond)
	require.Equal(t, int32(5), most.Load())
}

// The server's consumer counts new jobs a little later than it takes them.
func TestStatsCountWhatWasPushed(t *testing.T) {
	q := queue(t, embedded(t, ""), "q", messaging.QueueOptions{})
	for n := int64(1); n <= 10; n++ {
		jobs := &component.Map{}
		for i := range 250 {
			jobs.Set(fmt.Sprint("job-", n, "-", i), int64(i))
		}
		_, err := q.PushAll(within(t), jobs, messaging.PushAllOptions{})
		require.NoError(t, err)
		require.Equal(t, n*250, stats(t, q).Pending)
	}
	require.NoError(t, q.Purge(within(t)))
	require.Zero(t, stats(t, q).Pending)
}

func TestAJobMayHaveAHeaderStatus(t *testing.T) {
	q := queue(t, embedded(t, ""), "q", messaging.QueueOptions{})
	got := make(chan *messaging.Job, 1)
	consume(t, q, quick(1), func(_ context.Context, j *messaging.Job) error { got <- j; return nil })
	for _, status := range []string{"404", "new"} {
		push(t, q, "", messaging.PushOptions{Headers: map[string]string{"Status": status}})
		require.Equal(t, status, (<-got).Headers["Status"])
	}
}

func TestAJobThatFailsIsTriedAgainAndThenDead(t *testing.T) {
	q := queue(t, embedded(t, ""), "q", messaging.QueueOptions{})
	attempts := make(chan int, 10)
	c := consume(t, q, quick(1), func(_ context.Context, j *messaging.Job) error {
		attempts <- j.Attempt
		return errors.New("no luck\nat all")
	})
	push(t, q, []any{"a"}, messaging.PushOptions{ID: "the job", Headers: map[string]string{"X-A": "b"}})
	for want := 1; want <= 3; want++ {
		require.Equal(t, want, <-attempts)
	}
	require.Eventually(t, func() bool { return stats(t, q).Dead == 1 }, patience, time.Millisecond)
	require.NoError(t, c.Drain(within(t)))
	require.Equal(t, messaging.ConsumerFigures{Failed: 3, Retried: 2, Buried: 1}, c.Stats())
	list, err := q.Dead(within(t), messaging.DeadOptions{Limit: 10})
	require.NoError(t, err)
	require.Len(t, list, 1)
	d := list[0]
	require.Equal(t, []any{"the job", []any{"a"}, "no luck at all", 3, map[string]string{"X-A": "b", "Content-Type": "application/json"}},
		[]any{d.ID, d.Data, d.Error, d.Attempts, d.Headers})
	require.False(t, d.DiedAt.Before(d.PushedAt))

	require.NoError(t, q.Requeue(within(t), d.Number))
	require.ErrorIs(t, q.Requeue(within(t), d.Number), messaging.ErrNoJob)
	got := make(chan *messaging.Job, 1)
	consume(t, q, quick(1), func(_ context.Context, j *messaging.Job) error { got <- j; return nil })
	j := <-got
	require.Equal(t, []any{"the job", 1, "b"}, []any{j.ID, j.Attempt, j.Headers["X-A"]})
	require.WithinDuration(t, d.PushedAt, j.PushedAt, 0)
	require.Zero(t, stats(t, q).Dead)
}

func TestBuryRetryAndAckByTheHandler(t *testing.T) {
	q := queue(t, embedded(t, ""), "q", messaging.QueueOptions{})
	retried := make(chan struct{})
	c := consume(t, q, quick(1), func(ctx context.Context, j *messaging.Job) error {
		switch j.Payload {
		case "bury":
			if err := j.Bury(ctx, "of no use"); err != nil {
				return err
			}
			if !errors.Is(j.Retry(0), messaging.ErrSettled) {
				t.Error("settled twice")
			}
		case "retry":
			if j.Attempt == 1 {
				return j.Retry(0)
			}
			close(retried)
		case "ack":
			if err := j.Ack(ctx); err != nil {
				t.Error(err)
			}
			return errors.New("after it was done")
		}
		return nil
	})
	for _, data := range []string{"bury", "retry", "ack"} {
		push(t, q, data, messaging.PushOptions{})
	}
	<-retried
	require.Eventually(t, func() bool {
		f := stats(t, q)
		return f.Dead == 1 && f.Pending+f.InFlight == 0
	}, patience, time.Millisecond)
	require.NoError(t, c.Drain(within(t)))
	n, err := q.RequeueAll(within(t))
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.NoError(t, q.Purge(within(t)))
	require.Zero(t, stats(t, q).Pending)
}

func TestAJobWhoseWorkerDiesGoesToAnother(t *testing.T) {
	q := queue(t, embedded(t, ""), "q", messaging.QueueOptions{AckWait: of(300 * time.Millisecond)})
	taken := make(chan struct{})
	dying := connect(t, q.ServerOf(), 2)[1]
	push(t, q, "x", messaging.PushOptions{})
	go messaging.TakeAndDie(dying, q, taken)
	<-taken
	attempt := make(chan int)
	consume(t, q, quick(1), func(_ context.Context, j *messaging.Job) error { attempt <- j.Attempt; return nil })
	require.Equal(t, 2, <-attempt)
}

func TestAJobThatKillsItsWorkersIsDead(t *testing.T) {
	q := queue(t, embedded(t, ""), "q", messaging.QueueOptions{AckWait: of(100 * time.Millisecond)})
	push(t, q, "poison", messaging.PushOptions{})
	for range 3 {
		taken := make(chan struct{})
		go messaging.TakeAndDie(connect(t, q.ServerOf(), 1)[0], q, taken)
		<-taken
	}
	consume(t, q, quick(1), func(context.Context, *messaging.Job) error { t.Error("it is poison"); return nil })
	require.Eventually(t, func() bool { return stats(t, q).Dead == 1 }, patience, time.Millisecond)
}

// A machine that stands still for as long as the worker has proves nothing: it is tried again then.
func TestALongJobIsKept(t *testing.T) {
	const ackWait = 600 * time.Millisecond
	q := queue(t, embedded(t, ""), "q", messaging.QueueOptions{AckWait: of(ackWait)})
	var starts atomic.Int32
	done := make(chan struct{})
	consume(t, q, quick(2), func(context.Context, *messaging.Job) error {
		starts.Add(1)
		<-done
		return nil
	})
	defer close(done)
	for range 10 {
		starts.Store(0)
		push(t, q, "long", messaging.PushOptions{})
		require.Eventually(t, func() bool { return starts.Load() == 1 }, patience, time.Millisecond)
		stood := time.Duration(0)
		for begun, last := time.Now(), time.Now(); time.Since(begun) < 3*ackWait; { // it would be another's twice by then
			time.Sleep(time.Millisecond)
			stood = max(stood, time.Since(last))
			last = time.Now()
		}
		if stood < ackWait/3 {
			require.Equal(t, int32(1), starts.Load())
			return
		}
		for range starts.Load() {
			done <- struct{}{}
		}
	}
	t.Skip("the machine stands still again and again")
}

func TestDelayedJobsComeWhenTheyAreDue(t *testing.T) {
	q := queue(t, embedded(t, ""), "q", messaging.QueueOptions{})
	got := make(chan time.Time, 3)
	ids := make(chan string, 3)
	consume(t, q, quick(1), func(_ context.Context, j *messaging.Job) error { ids <- j.ID; got <- time.Now(); return nil })
	due := time.Now().Add(600 * time.Millisecond).Truncate(time.Millisecond)
	push(t, q, "x", messaging.PushOptions{At: &due, ID: "at"})
	push(t, q, "x", messaging.PushOptions{Delay: 300 * time.Millisecond, ID: "delay"})
	require.Nil(t, push(t, q, "x", messaging.PushOptions{Delay: 300 * time.Millisecond, ID: "delay"}), "known")
	require.Equal(t, int64(2), stats(t, q).Delayed)
	require.Equal(t, "delay", <-ids)
	<-got
	require.Equal(t, "at", <-ids)
	require.False(t, (<-got).Before(due))
	// It is given out first and taken off the list then, so that it cannot be lost.
	require.Eventually(t, func() bool { return stats(t, q).Delayed == 0 }, patience, time.Millisecond)
}

func TestAStoppedConsumerFinishesAndTakesNoMore(t *testing.T) {
	q := queue(t, embedded(t, ""), "q", messaging.QueueOptions{})
	begun, end := make(chan struct{}), make(chan struct{})
	c := consume(t, q, quick(1), func(context.Context, *messaging.Job) error { close(begun); <-end; return nil })
	push(t, q, "first", messaging.PushOptions{})
	<-begun
	push(t, q, "second", messaging.PushOptions{})
	c.Stop()
	require.ErrorIs(t, c.Wait(contextOf(t, 50*time.Millisecond)), context.DeadlineExceeded)
	close(end)
	require.NoError(t, c.Wait(within(t)))
	require.Equal(t, int64(1), c.Stats().Succeeded)
	require.Equal(t, int64(1), stats(t, q).Pending)
}

func TestWhatDoesNotFitIsRefusedOrDropsTheOldest(t *testing.T) {
	server := embedded(t, "")
	q := queue(t, server, "small", messaging.QueueOptions{MaxMessages: of(2)})
	push(t, q, "1", messaging.PushOptions{})
	push(t, q, "2", messaging.PushOptions{})
	_, err := q.Push(within(t), "3", messaging.PushOptions{})
	require.ErrorIs(t, err, messaging.ErrQueueFull)
	same := queue(t, server, "small", messaging.QueueOptions{Overflow: of("dropOldest")}) // changes it; the limit stays
	push(t, same, "3", messaging.PushOptions{})
	require.Equal(t, int64(2), stats(t, same).Pending)
	_, err = queue(t, server, "small", messaging.QueueOptions{Storage: of("memory")}).Push(within(t), "4", messaging.PushOptions{})
	require.ErrorContains(t, err, "another storage")
}

func TestJobsSurviveTheServersEnd(t *testing.T) {
	q := queue(t, embedded(t, ""), "q", messaging.QueueOptions{})
	push(t, q, "x", messaging.PushOptions{})
	push(t, q, "y", messaging.PushOptions{Delay: time.Hour})
	messaging.Close()
	f := stats(t, q)
	require.Equal(t, []int64{1, 1}, []int64{f.Pending, f.Delayed})
}

func TestAHandlerThatTakesTooLong(t *testing.T) {
	q := queue(t, embedded(t, ""), "q", messaging.QueueOptions{})
	o := quick(1)
	o.Timeout, o.MaxAttempts = 10*time.Millisecond, 1
	consume(t, q, o, func(ctx context.Context, _ *messaging.Job) error { <-ctx.Done(); return ctx.Err() })
	push(t, q, "x", messaging.PushOptions{})
	require.Eventually(t, func() bool { return stats(t, q).Dead == 1 }, patience, time.Millisecond)
	list, err := q.Dead(within(t), messaging.DeadOptions{Limit: 1})
	require.NoError(t, err)
	require.Contains(t, list[0].Error, "not done within")
	require.NoError(t, q.Discard(within(t), list[0].Number))
	require.ErrorIs(t, q.Discard(within(t), list[0].Number), messaging.ErrNoJob)
}

func TestPausesGrow(t *testing.T) {
	o := messaging.ConsumeOptions{RetryDelay: time.Second, RetryFactor: 2, RetryMax: 5 * time.Second}
	require.Equal(t, []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second}, messaging.Pauses(&o, 4))
	o.Backoff = []time.Duration{1, 2}
	require.Equal(t, []time.Duration{1, 2, 2}, messaging.Pauses(&o, 3))
}

func TestADeletedQueueIsMadeAgain(t *testing.T) {
	q := queue(t, embedded(t, ""), "q", messaging.QueueOptions{})
	got := make(chan struct{}, 2)
	c := consume(t, q, quick(1), func(context.Context, *messaging.Job) error { got <- struct{}{}; return nil })
	push(t, q, "x", messaging.PushOptions{})
	<-got
	require.Eventually(t, func() bool { return c.Stats().Running == 0 }, patience, time.Millisecond)
	require.NoError(t, q.Delete(within(t)))
	push(t, q, "x", messaging.PushOptions{})
	<-got
}

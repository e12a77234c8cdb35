package messaging

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/phalanx-php/phalanx/goengine/component"
)

const (
	maxDeadList = 10_000
	bulkTime    = 10 * time.Minute // for what concerns many jobs
)

// DeadJob is one that could not be done.
type DeadJob struct {
	// By which requeue() and discard() know it.
	Number   int64             `php:"number"`
	ID       string            `php:"id"`
	Payload  string            `php:"payload"`
	Headers  map[string]string `php:"headers"`
	Data     any               `php:"data"`
	Error    string            `php:"error"`
	Attempts int               `php:"attempts"`
	PushedAt time.Time         `php:"pushedAt"`
	DiedAt   time.Time         `php:"diedAt"`
}

// DeadOptions of Dead.
type DeadOptions struct {
	component.Options
	// How many at most: up to 10000.
	Limit int
	// The number behind which to begin.
	After int64
}

// Dead lists dead jobs, the oldest first.
func (q *Queue) Dead(ctx context.Context, o DeadOptions) ([]DeadJob, error) {
	if o.Limit < 1 || o.Limit > maxDeadList || o.After < 0 {
		return nil, fmt.Errorf("messaging: limit is from 1 to %d, after is not negative", maxDeadList)
	}
	list := []DeadJob{}
	err := q.each(ctx, "does not list its dead jobs", []string{dead}, func(ctx context.Context, s jetstream.Stream) error {
		for at := uint64(o.After) + 1; len(list) < o.Limit; {
			m, err := s.GetMsg(ctx, at, jetstream.WithGetMsgSubject(q.subject(dead)))
			if errors.Is(err, jetstream.ErrMsgNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			list = append(list, deadJob(m))
			at = m.Sequence + 1
		}
		return nil
	})
	return list, err
}

func deadJob(m *jetstream.RawStreamMsg) DeadJob {
	d := DeadJob{
		Number: int64(m.Sequence), ID: m.Header.Get(idHeader), Payload: string(m.Data), Headers: headersOf(m.Header),
		Error: m.Header.Get(errorText), DiedAt: m.Time,
	}
	d.Attempts, _ = strconv.Atoi(m.Header.Get(attemptsHeader))
	d.PushedAt, _ = time.Parse(time.RFC3339Nano, m.Header.Get(pushedHeader))
	var err error
	if d.Data, err = decodeValue(m.Data, isJSON(m.Header.Get(contentType))); err != nil {
		d.Data = d.Payload
	}
	for _, name := range []string{nats.MsgIdHdr, idHeader, errorText, attemptsHeader, pushedHeader, diedHeader} {
		delete(d.Headers, name)
	}
	return d
}

// Requeue gives a dead job to the workers again, with all its attempts before it.
func (q *Queue) Requeue(ctx context.Context, number int64) error {
	return q.each(ctx, "cannot requeue a job", []string{dead}, func(ctx context.Context, s jetstream.Stream) error {
		return q.requeue(ctx, s, uint64(number))
	})
}

func (q *Queue) requeue(ctx context.Context, s jetstream.Stream, number uint64) error {
	m, err := s.GetMsg(ctx, number)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return fmt.Errorf("%w: %d", ErrNoJob, number)
	}
	if err != nil {
		return err
	}
	c, err := q.connect()
	if err != nil {
		return err
	}
	again := &nats.Msg{Subject: q.subject(ready), Header: nats.Header{}, Data: m.Data}
	for name, value := range deadJob(m).Headers {
		again.Header.Set(name, value)
	}
	again.Header.Set(nats.MsgIdHdr, "again-"+strconv.FormatUint(number, 10)) // should two requeue it
	again.Header.Set(idHeader, m.Header.Get(idHeader))
	again.Header.Set(pushedHeader, m.Header.Get(pushedHeader))
	if _, err := c.js.PublishMsg(ctx, again); err != nil {
		return err
	}
	if err := s.DeleteMsg(ctx, number); err != nil && !isGone(ctx, s, number, err) {
		return err
	}
	return nil
}

// isGone says whether a message could not be deleted because there is none; the error does not tell.
func isGone(ctx context.Context, s jetstream.Stream, number uint64, err error) bool {
	if err == nil {
		return false
	}
	_, err = s.GetMsg(ctx, number)
	return errors.Is(err, jetstream.ErrMsgNotFound)
}

// RequeueAll gives all dead jobs to the workers again and answers how many.
func (q *Queue) RequeueAll(ctx context.Context) (int, error) {
	n := 0
	ctx, cancel := context.WithTimeout(ctx, bulkTime)
	defer cancel()
	err := q.each(ctx, "cannot requeue its jobs", []string{dead}, func(ctx context.Context, s jetstream.Stream) error {
		for at := uint64(1); ; {
			m, err := s.GetMsg(ctx, at, jetstream.WithGetMsgSubject(q.subject(dead)))
			if errors.Is(err, jetstream.ErrMsgNotFound) {
				return nil
			}
			if err == nil {
				err = q.requeue(ctx, s, m.Sequence)
			}
			if err != nil {
				return err
			}
			n++
			at = m.Sequence + 1
		}
	})
	return n, err
}

// Discard forgets a dead job.
func (q *Queue) Discard(ctx context.Context, number int64) error {
	return q.each(ctx, "cannot discard a job", []string{dead}, func(ctx context.Context, s jetstream.Stream) error {
		err := s.DeleteMsg(ctx, uint64(number))
		if isGone(ctx, s, uint64(number), err) {
			return fmt.Errorf("%w: %d", ErrNoJob, number)
		}
		return err
	})
}

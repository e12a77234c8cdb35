package messaging

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// movers bring jobs that are due from the stream of delayed ones to that of workers: one for each queue that this process
// gets jobs of, however many of its workers do. Processes share the work.
//
// A delayed job is given back to the server for the time that is left, which servers of all versions with JetStream can
// (from 2.2 on); it is not counted as tried, because it is another stream's.
var movers = moverTable{all: map[moverKey]*mover{}}

type moverTable struct {
	mu  sync.Mutex // guards all and the users of each
	all map[moverKey]*mover
}

type moverKey struct {
	conn *Conn
	name string
}

type mover struct {
	users  int
	cancel context.CancelFunc
}

func (t *moverTable) join(q *Queue, c *Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := moverKey{c, q.Name}
	m := t.all[key]
	if m == nil {
		ctx, cancel := context.WithCancel(context.Background())
		m = &mover{cancel: cancel}
		t.all[key] = m
		go move(ctx, q, c)
	}
	m.users++
}

func (t *moverTable) leave(q *Queue, c *Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := moverKey{c, q.Name}
	m := t.all[key]
	if m.users--; m.users == 0 {
		m.cancel()
		delete(t.all, key)
	}
}

const moveBatch = 256 // delayed jobs that are looked at together

// move works until its context ends.
func move(ctx context.Context, q *Queue, c *Conn) {
	for ctx.Err() == nil && !c.nc.IsClosed() {
		err := moveSome(ctx, q, c)
		if err == nil || ctx.Err() != nil {
			continue
		}
		if !transient(c.notConnected(err)) && !errors.Is(err, jetstream.ErrConsumerNotFound) && !errors.Is(err, jetstream.ErrStreamNotFound) {
			c.log.WithError(err).WithField("queue", q.Name).Warn("messaging: delayed jobs cannot be got at the moment")
		}
		select {
		case <-ctx.Done():
		case <-time.After(setupPause):
		}
	}
}

func moveSome(ctx context.Context, q *Queue, c *Conn) error {
	consumer, err := c.js.Consumer(ctx, q.stream(delayed), consumerName)
	if err != nil {
		return err
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(moveBatch), jetstream.PullExpiry(pullExpires))
	if err != nil {
		return err
	}
	defer messages.Stop()
	stop := context.AfterFunc(ctx, messages.Drain)
	defer stop()
	for {
		m, err := messages.Next()
		if errors.Is(err, jetstream.ErrMsgIteratorClosed) && ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			_ = m.Nak()
			continue
		}
		moveOne(ctx, q, c, m)
	}
}

func moveOne(ctx context.Context, q *Queue, c *Conn, m jetstream.Msg) {
	due, _ := strconv.ParseInt(m.Headers().Get(dueHeader), 10, 64) // 0: somebody else's message, due
	if left := time.Until(time.UnixMilli(due)); left > 0 {
		_ = m.NakWithDelay(left)
		return
	}
	d := &nats.Msg{Subject: q.subject(ready), Header: nats.Header{}, Data: m.Data()}
	for name, values := range m.Headers() {
		if name != dueHeader {
			d.Header[name] = values
		}
	}
	if meta, err := m.Metadata(); err == nil { // once, though the acknowledgement may fail
		d.Header.Set(nats.MsgIdHdr, "due-"+strconv.FormatUint(meta.Sequence.Stream, 10))
	}
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	if _, err := c.js.PublishMsg(ctx, d); err != nil {
		_ = m.NakWithDelay(setupPause) // the queue is full
		return
	}
	_ = m.DoubleAck(ctx)
}

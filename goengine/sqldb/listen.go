package sqldb

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// Notification is what somebody has said with NOTIFY.
type Notification struct {
	Channel string
	Payload string
	// The server's process that said it.
	Pid int
}

// NextOptions are those of Subscription.Next.
type NextOptions struct {
	component.Options
	// Seconds to wait; 0: until something comes.
	Timeout time.Duration
}

// subscribed is how many notifications wait to be taken; further ones are dropped and counted.
const subscribed = 1024

// Subscription hears of notifications, over a connection of its own that is none of the pool's. One that breaks is made
// anew; what was said meanwhile is lost, as PostgreSQL keeps nothing.
type Subscription struct {
	db       *database
	channels []string
	queue    chan Notification
	dropped  atomic.Int64
	lost     atomic.Int64
	cancel   context.CancelFunc
	ended    chan struct{}
	once     sync.Once
}

// listen connects and listens; it returns when the server has said that it does.
func (d *database) listen(ctx context.Context, channels []string) (*Subscription, error) {
	if d.dsn.Dialect != PostgreSQL {
		return nil, usageError("only PostgreSQL has LISTEN")
	}
	if len(channels) == 0 {
		return nil, usageError("a channel is needed")
	}
	s := &Subscription{db: d, channels: channels, queue: make(chan Notification, subscribed), ended: make(chan struct{})}
	c, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	own, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	go s.run(own, c)
	return s, nil
}

func (s *Subscription) connect(ctx context.Context) (*pgConn, error) {
	cfg, err := pgConfig(s.db.dsn, &s.db.settings)
	if err != nil {
		return nil, err
	}
	cfg.OnNotification = func(_ *pgconn.PgConn, n *pgconn.Notification) {
		select {
		case s.queue <- Notification{Channel: n.Channel, Payload: n.Payload, Pid: int(n.PID)}:
		default:
			s.dropped.Add(1)
		}
	}
	c, err := dialPg(ctx, cfg, &s.db.settings, &sync.Map{})
	if err != nil {
		return nil, err
	}
	p := c.(*pgConn)
	for _, name := range s.channels {
		if err := p.simple(ctx, "LISTEN "+PostgreSQL.quote(name)); err != nil {
			p.close()
			return nil, err
		}
	}
	return p, nil
}

// listenPause is how long it takes to try again; it doubles up to listenPauseMost.
const (
	listenPause     = 200 * time.Millisecond
	listenPauseMost = 10 * time.Second
)

func (s *Subscription) run(ctx context.Context, c *pgConn) {
	defer close(s.ended)
	for {
		for c.c.WaitForNotification(ctx) == nil {
		}
		c.dead.Store(true)
		c.close()
		if ctx.Err() != nil {
			return
		}
		s.lost.Add(1)
		for pause := listenPause; ; pause = min(2*pause, listenPauseMost) {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return
			}
			var err error
			if c, err = s.connect(ctx); err == nil {
				break
			}
		}
	}
}

// Next waits for the next notification; null when none came in time, or the subscription has been closed.
func (s *Subscription) Next(ctx context.Context, o NextOptions) (*Notification, error) {
	if o.Timeout < 0 {
		return nil, thrown(usageError("a time is not negative"))
	}
	select {
	case n := <-s.queue:
		return &n, nil
	default:
	}
	var late <-chan time.Time
	if o.Timeout > 0 {
		timer := time.NewTimer(o.Timeout)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case n := <-s.queue:
		return &n, nil
	case <-late:
		return nil, nil
	case <-s.ended:
		return nil, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Dropped is how many notifications were thrown away because 1,024 waited to be taken.
func (s *Subscription) Dropped() int64 { return s.dropped.Load() }

// Interruptions is how often the connection broke, so that notifications may have been lost.
func (s *Subscription) Interruptions() int64 { return s.lost.Load() }

// Close ends the subscription.
func (s *Subscription) Close() { s.once.Do(s.cancel) }

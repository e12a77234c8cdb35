package messaging

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// Election sees to it that one of all that take part does something: workers, processes and machines that use the same
// server.
type Election struct {
	link
	name string
	ttl  time.Duration

	mu    sync.Mutex // guards campaign
	ended chan struct{}
	stop  context.CancelFunc
	token atomic.Uint64 // 0: not the leader
}

// ElectionOptions of NewElection.
type ElectionOptions struct {
	component.Options
	TTL            time.Duration `php:"ttl"`
	Server         string
	Credentials    string
	TLSCA          string        `php:"tlsCa"`
	TLSCert        string        `php:"tlsCert"`
	TLSKey         string        `php:"tlsKey"`
	ConnectTimeout time.Duration `php:"connectTimeout"`
}

// NewElection does not take part yet.
func NewElection(name string, o ElectionOptions) (*Election, error) {
	if err := checkKey("name of an election", name); err != nil {
		return nil, err
	}
	s, err := (&ServerOptions{Server: o.Server, Credentials: o.Credentials, TLSCA: o.TLSCA, TLSCert: o.TLSCert, TLSKey: o.TLSKey,
		ConnectTimeout: o.ConnectTimeout}).settings()
	if err != nil {
		return nil, err
	}
	if o.TTL < minLease || o.TTL > maxLease {
		return nil, errors.New("messaging: ttl is from 0.5 to 3600 seconds")
	}
	return &Election{link: link{settings: s}, name: name, ttl: o.TTL}, nil
}

// Run takes part: elected is called with a token when this script becomes the leader, and dismissed when it is not any
// more. The script takes part until it ends, its worker begins to stop, or leave() is called.
func (e *Election) Run(ctx context.Context, elected func(context.Context, int64) error, dismissed *func(context.Context) error) error {
	c, err := e.connect()
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stop != nil {
		return errors.New("messaging: this election runs already")
	}
	campaign, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	e.stop, e.ended = stop, ended
	if life := component.LifeOf(ctx); life != nil {
		go func() {
			select {
			case <-life.Stopping():
				stop()
			case <-campaign.Done():
			}
		}()
	}
	go func() {
		defer close(ended)
		defer stop()
		err := Elect(campaign, c, e.name, LeaseOptions{TTL: e.ttl}, func(ctx context.Context, token uint64) {
			e.token.Store(token)
			defer e.token.Store(0)
			if err := elected(context.WithoutCancel(ctx), int64(token)); err != nil && !errors.Is(err, component.ErrStopped) {
				c.log.WithError(err).WithField("election", e.name).Error("messaging: what an election calls failed")
			}
			<-ctx.Done()
			e.token.Store(0)
			if dismissed != nil {
				if err := (*dismissed)(context.WithoutCancel(ctx)); err != nil && !errors.Is(err, component.ErrStopped) {
					c.log.WithError(err).WithField("election", e.name).Error("messaging: what an election calls failed")
				}
			}
		})
		if campaign.Err() == nil {
			c.log.WithError(err).WithField("election", e.name).Error("messaging: an election has ended")
		}
	}()
	return nil
}

// IsLeader says whether this script leads at the moment.
func (e *Election) IsLeader() bool { return e.token.Load() != 0 }

// Token grows from leader to leader; 0 when this script does not lead.
func (e *Election) Token() int64 { return int64(e.token.Load()) }

// Leave ends taking part, and waits until another may lead.
func (e *Election) Leave(ctx context.Context) error {
	e.mu.Lock()
	stop, ended := e.stop, e.ended
	e.stop = nil
	e.mu.Unlock()
	if stop == nil {
		return nil
	}
	stop()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

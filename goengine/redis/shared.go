package redis

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
)

// linger is how long connections wait for a next script when the last object that used them is gone: a reload does not
// connect anew.
const linger = 30 * time.Second

// shared is what all clients of the process with the same DSN and options have in common.
type shared struct {
	key     string
	target  target
	options Options
	tickets chan struct{} // one for each dedicated connection in use

	current atomic.Pointer[holder]

	mu      sync.Mutex // guards all below
	refs    int
	dialing *dial // under way, or nil
	timer   *time.Timer
	hubs    map[uint16]*hub
	closed  bool

	commands, failures, dropped atomic.Int64
}

type holder struct{ rueidis.Client }

// dial is an attempt to connect that several may wait for.
type dial struct {
	done chan struct{}
	err  error
}

var registry = struct {
	sync.Mutex // taken before a shared's mu
	all        map[string]*shared
}{all: map[string]*shared{}}

// acquire finds or makes the shared part of a client.
func acquire(dsn string, o Options) (*shared, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	t, err := parseDSN(dsn)
	if err != nil {
		return nil, err
	}
	if _, err := t.client(o); err != nil {
		return nil, err // of certificates
	}
	registerFigures()
	k := key(dsn, o)
	registry.Lock()
	defer registry.Unlock()
	s := registry.all[k]
	if s == nil {
		s = &shared{key: k, target: t, options: o, tickets: make(chan struct{}, o.MaxDedicated), hubs: map[uint16]*hub{}}
		registry.all[k] = s
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refs++
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	return s, nil
}

// release is called once for each acquire.
func (s *shared) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refs--; s.refs == 0 && !s.closed {
		s.timer = time.AfterFunc(linger, s.expire)
	}
}

// expire closes what nobody has wanted for a while.
func (s *shared) expire() {
	registry.Lock()
	s.mu.Lock()
	if s.refs > 0 || s.closed {
		s.mu.Unlock()
		registry.Unlock()
		return
	}
	s.closed = true
	delete(registry.all, s.key)
	hubs := s.hubs
	s.hubs = nil
	s.mu.Unlock()
	registry.Unlock()
	for _, h := range hubs {
		h.close()
	}
	if h := s.current.Swap(nil); h != nil {
		h.Close()
	}
}

// CloseIdle closes at once what no client uses any more. For tests, and programs in Go that end.
func CloseIdle() {
	registry.Lock()
	all := make([]*shared, 0, len(registry.all))
	for _, s := range registry.all {
		all = append(all, s)
	}
	registry.Unlock()
	for _, s := range all {
		s.expire()
	}
}

// client gives rueidis' client. It is made by the first command; an attempt that fails is repeated by the next.
func (s *shared) client(ctx context.Context) (rueidis.Client, error) {
	if h := s.current.Load(); h != nil {
		return h.Client, nil
	}
	s.mu.Lock()
	if h := s.current.Load(); h != nil {
		s.mu.Unlock()
		return h.Client, nil
	}
	if s.closed {
		s.mu.Unlock()
		return nil, rueidis.ErrClosing
	}
	d := s.dialing
	if d == nil {
		d = &dial{done: make(chan struct{})}
		s.dialing = d
		go s.connect(d)
	}
	s.mu.Unlock()
	select {
	case <-d.done:
		if d.err != nil {
			return nil, d.err
		}
		return s.client(ctx)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *shared) connect(d *dial) {
	c, err := s.open()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil && s.closed {
		c.Close()
		err = rueidis.ErrClosing
	} else if err == nil {
		s.current.Store(&holder{c})
	}
	d.err, s.dialing = err, nil
	close(d.done)
}

func (s *shared) open() (rueidis.Client, error) {
	option, err := s.target.client(s.options)
	if err != nil {
		return nil, err
	}
	c, err := rueidis.NewClient(option)
	if err != nil && c != nil {
		c.Close() // a single one is answered beside the error
	}
	if errors.Is(err, rueidis.ErrNoCache) {
		return nil, misuse("%s: the server has no client-side caching ($cacheBytes), which needs Redis 6", s.target)
	}
	return c, err
}

// ticket waits for leave to use a dedicated connection; it is given back by the function.
func (s *shared) ticket(ctx context.Context) (func(), error) {
	select {
	case s.tickets <- struct{}{}:
	default:
		wait, cancel := context.WithTimeout(ctx, s.options.Timeout)
		defer cancel()
		select {
		case s.tickets <- struct{}{}:
		case <-wait.Done():
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			return nil, misuse("%s: all %d connections for blocking commands, pinned ones and subscriptions are in use; "+
				"$maxDedicated is their limit", s.target, s.options.MaxDedicated)
		}
	}
	return sync.OnceFunc(func() { <-s.tickets }), nil
}

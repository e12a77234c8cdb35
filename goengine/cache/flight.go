package cache

import (
	"context"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// flight is a value that somebody computes.
type flight struct {
	done  chan struct{} // closed when it has ended
	value wire.Opaque   // set before that, when ok
	ok    bool
}

// Lease is the duty to compute a value, or the value.
type Lease struct {
	c      *Cache
	key    string
	flight *flight // nil: there is a value
	value  wire.Opaque
}

// TryLease answers a lease with the value, when it is there or may still serve while another computes a new one; one that
// makes the caller the one who computes; or nil: somebody else does, and Wait waits for it.
func (c *Cache) TryLease(key string) (*Lease, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	l, _ := c.lease(key)
	return l, nil
}

func (c *Cache) lease(key string) (*Lease, *flight) {
	c.flightsMu.Lock()
	defer c.flightsMu.Unlock()
	e, ok := c.entries.GetEntryQuietly(key) // under the lock: what a flight has computed was set before it ended
	if ok && c.isFresh(e.Value) {
		return &Lease{c: c, key: key, value: e.Value.value}, nil
	}
	if f := c.flights[key]; f != nil {
		if ok {
			return &Lease{c: c, key: key, value: e.Value.value}, nil
		}
		return nil, f
	}
	f := &flight{done: make(chan struct{})}
	c.flights[key] = f
	return &Lease{c: c, key: key, flight: f}, nil
}

// Wait is TryLease that waits for who computes the value. When that fails, the first who waits is to compute it.
func (c *Cache) Wait(ctx context.Context, key string) (*Lease, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	for {
		l, f := c.lease(key)
		if l != nil {
			return l, nil
		}
		select {
		case <-f.done:
			if f.ok { // it may have been too large to keep, or be evicted already
				return &Lease{c: c, key: key, value: f.value}, nil
			}
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Value is what there is; false: the caller computes it, and says Put or Release.
func (l *Lease) Value() (wire.Opaque, bool) { return l.value, l.flight == nil }

// Put sets the entry to what has been computed and gives it to those who wait.
func (l *Lease) Put(s Set) error {
	_, err := l.c.Put(l.key, s)
	if err != nil {
		l.Release()
		return err
	}
	l.end(s.Value, true)
	return nil
}

// Release ends the duty without a value: another one who waits gets it.
func (l *Lease) Release() { l.end("", false) }

func (l *Lease) end(value wire.Opaque, ok bool) {
	if l.flight == nil {
		return
	}
	l.c.flightsMu.Lock()
	defer l.c.flightsMu.Unlock()
	if l.c.flights[l.key] != l.flight {
		return // it has ended
	}
	delete(l.c.flights, l.key)
	l.flight.value, l.flight.ok = value, ok
	close(l.flight.done)
}

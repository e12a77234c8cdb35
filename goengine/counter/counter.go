// Package counter has counters that all workers of a process share: 64-bit integers that change atomically, and that one
// can wait for.
package counter

import (
	"context"
	"sync"
	"sync/atomic"
)

// Counter is a 64-bit integer. Its methods may be called from any goroutine. It wraps around at its ends.
type Counter struct {
	n       atomic.Int64
	waiting atomic.Int32

	mu      sync.Mutex    // guards changed
	changed chan struct{} // closed with the next change; nil: nobody waits
}

// Add adds and answers the new value.
func (c *Counter) Add(by int64) int64 {
	n := c.n.Add(by)
	c.tell()
	return n
}

// Get is the value.
func (c *Counter) Get() int64 { return c.n.Load() }

// Set gives it a value and answers the one before.
func (c *Counter) Set(to int64) int64 {
	n := c.n.Swap(to)
	c.tell()
	return n
}

// CompareAndSet gives it a value if it has the expected one, and says whether it had.
func (c *Counter) CompareAndSet(expected, to int64) bool {
	if !c.n.CompareAndSwap(expected, to) {
		return false
	}
	c.tell()
	return true
}

// tell wakes those who wait. A waiter counts itself before it looks at the value, so that either it sees this change or
// this sees it.
func (c *Counter) tell() {
	if c.waiting.Load() == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changed != nil {
		close(c.changed)
		c.changed = nil
	}
}

// Wait waits until the value is at least min and answers it, or the context's error. A value that was there for a moment
// only may be missed.
func (c *Counter) Wait(ctx context.Context, min int64) (int64, error) {
	c.waiting.Add(1)
	defer c.waiting.Add(-1)
	for {
		c.mu.Lock()
		if c.changed == nil {
			c.changed = make(chan struct{})
		}
		changed := c.changed
		c.mu.Unlock()
		if n := c.n.Load(); n >= min {
			return n, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return c.n.Load(), context.Cause(ctx)
		}
	}
}

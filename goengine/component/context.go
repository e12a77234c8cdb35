package component

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// callContext is the context of one call. Most calls that end at once never ask theirs for more than Err: what can be
// waited for is made when it is asked for, and is one of package context, so that those derived from it are what they
// always are.
type callContext struct {
	caller *Caller         // whose call it is
	values context.Context // of OnContext; nil: none
	mu     sync.Mutex      // guards all below
	real   context.Context
	cancel context.CancelCauseFunc // of real
	cause  error                   // nil: not ended, as far as real does not know better
}

// newCallContext makes one that ends after limit (0: none).
func newCallContext(caller *Caller, limit time.Duration) *callContext {
	c := &callContext{caller: caller}
	if limit > 0 {
		c.limited(limit)
	}
	return c
}

func (c *callContext) limited(limit time.Duration) {
	ctx, stop := context.WithTimeout(context.Background(), limit)
	ctx, cancel := context.WithCancelCause(ctx)
	c.real, c.cancel = ctx, func(cause error) {
		cancel(cause)
		stop()
	}
}

func (c *callContext) get() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.real == nil {
		c.real, c.cancel = context.WithCancelCause(context.Background())
		if c.cause != nil {
			c.cancel(c.cause)
		}
	}
	return c.real
}

// end ends it; the first cause counts.
func (c *callContext) end(cause error) {
	c.mu.Lock()
	cancel := c.cancel
	if cancel == nil && c.cause == nil {
		c.cause = cause
	}
	c.mu.Unlock()
	if cancel != nil {
		cancel(cause)
	}
}

func (c *callContext) Done() <-chan struct{} { return c.get().Done() }

func (c *callContext) Value(key any) any {
	if _, ok := key.(lifeKey); ok {
		return c.caller.scriptLife()
	}
	if c.values != nil {
		if v := c.values.Value(key); v != nil {
			return v
		}
	}
	return c.get().Value(key)
}

func (c *callContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.real != nil:
		return c.real.Err()
	case c.cause != nil:
		return context.Canceled
	}
	return nil
}

func (c *callContext) Deadline() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.real == nil {
		return time.Time{}, false
	}
	return c.real.Deadline()
}

// contextHook gives values to calls' contexts; nil: nothing does.
var contextHook atomic.Pointer[func(ctx context.Context, thread, fiber int) context.Context]

// OnContext has add give values to the context of each call from now on: it gets an empty one, the kernel's number of the
// thread and the Fiber's, 0 outside of one. It is called on PHP's thread and must not wait.
func OnContext(add func(ctx context.Context, thread, fiber int) context.Context) {
	contextHook.Store(&add)
}

package component

import (
	"context"
	"errors"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// Loop is a PHP thread's event loop as calls use it that are begun inline. Its methods belong to the thread, except Do.
type Loop interface {
	// Attach has ready called while a descriptor is readable, and gone when the script ends or the loop is closed.
	Attach(fd int, ready func(readable, writable bool), gone func()) error
	// Writable says whether ready is called when the descriptor is writable, too.
	Writable(fd int, wanted bool) error
	// Detach ends it.
	Detach(fd int)
	// Later has f called when the callbacks of this turn have returned.
	Later(f func())
	// Do has f called on the thread, by any goroutine; an error: the loop is closed.
	Do(f func()) error
}

// Call is a call that was begun inline. Its methods belong to PHP's thread, except where they say otherwise.
type Call struct {
	caller *Caller
	id     uint64
	method *Method
	values context.Context
	own    *callContext // of a goroutine that goes on with it; guarded by caller.mu
	buf    []byte
}

// Inline gives a method with a context a function that is asked first when a Fiber calls which its loop resumes. It is
// called on PHP's thread, with the receiver, must not wait, and reads the arguments, which it may not keep. True: it has
// begun the call, and Done or Go are called for it once. False: it has done nothing, and the method is called.
func Inline(goName string, begin func(receiver any, call *Call, args *wire.Decoder) bool) Option {
	return func(d *definition) { d.inline[goName] = begin }
}

// Loop is the thread's.
func (k *Call) Loop() Loop { return k.caller.loop }

// Values is what OnContext gives to the call's context; nil: nothing.
func (k *Call) Values() context.Context { return k.values }

// Local is what a thread keeps under a key until its script ends; nil: nothing yet.
func (k *Call) Local(key any) any { return k.caller.locals[key] }

// SetLocal keeps it.
func (k *Call) SetLocal(key, value any) {
	if k.caller.locals == nil {
		k.caller.locals = map[any]any{}
	}
	k.caller.locals[key] = value
}

// Buffer is memory for the answer's bytes, with nothing in it. It is the call's until Done.
func (k *Call) Buffer() []byte { return k.buf[:0] }

// Done ends the call with a value in the wire format, which is the call's from now on, or with an error. Any goroutine
// may call it.
func (k *Call) Done(value []byte, err error) {
	outcome := Done
	if err != nil {
		outcome, value = k.caller.r.fail(nil, k.method.Class, err)
	}
	c := k.caller
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.find(k.id); p != nil && p.call == k && !p.done {
		p.outcome, p.result, p.done = outcome, value, true
		c.post(Mail{Kind: CallDone, ID: p.id})
	}
}

// Go goes on with the call on a goroutine, with a context as the method would have had it. f answers as Done takes it.
func (k *Call) Go(f func(ctx context.Context) ([]byte, error)) {
	c := k.caller
	c.mu.Lock()
	p := c.find(k.id)
	if p == nil || p.call != k || p.done {
		c.mu.Unlock()
		return // nobody waits
	}
	own := newCallContext(c, 0)
	own.values = k.values
	k.own = own
	c.mu.Unlock()
	go func() {
		value, err := k.safely(own, f)
		if err != nil && errors.Is(err, context.Canceled) && own.Err() != nil {
			err = context.Cause(own)
		}
		k.Done(value, err)
		own.end(errReturned)
	}()
}

func (k *Call) safely(ctx context.Context, f func(ctx context.Context) ([]byte, error)) (value []byte, err error) {
	returned := false
	defer func() {
		if returned {
			return
		}
		if v := recover(); v != nil {
			err = recovered(v)
			return
		}
		k.Done(nil, errGoexit)
	}()
	value, err = f(ctx)
	returned = true
	return value, err
}

// maxKeptAnswer is how large memory for answers may be that is kept for the next call, in bytes; and maxKeptCalls how
// many calls are.
const (
	maxKeptAnswer = 16 << 10
	maxKeptCalls  = 256
)

// begin asks a method's inline function. False: it has not begun the call.
func (c *Caller) begin(m *Method, fiber int, handle uint64, args []byte) (uint64, bool) {
	e := c.r.handles.get(handle)
	if e == nil || e.class != m.Class {
		return 0, false
	}
	if _, far := e.value.(*farObject); far {
		return 0, false
	}
	c.mu.Lock()
	if c.closed || c.loop == nil {
		c.mu.Unlock()
		return 0, false
	}
	var p *pending
	if n := len(c.kept); n > 0 {
		p = c.kept[n-1]
		c.kept = c.kept[:n-1]
	} else {
		p = &pending{}
	}
	k := &Call{caller: c, method: m, buf: p.result[:0]}
	*p = pending{method: m, call: k}
	c.add(p)
	c.mu.Unlock()
	k.id = p.id
	if add := contextHook.Load(); add != nil {
		k.values = (*add)(context.Background(), c.thread, fiber)
	}
	s := scratches.Get().(*scratch)
	s.s = session{r: c.r, caller: c}
	s.d.Reset(args, wire.Limits{}, &s.s)
	begun := m.ask(e.value, k, &s.d)
	scratches.Put(s)
	if begun {
		return p.id, true
	}
	c.mu.Lock()
	if c.find(p.id) == p {
		c.forget(p)
	}
	c.mu.Unlock()
	return 0, false
}

// ask calls the inline function. One that panics has begun the call, and ended it.
func (m *Method) ask(receiver any, k *Call, args *wire.Decoder) (begun bool) {
	defer func() {
		if v := recover(); v != nil {
			k.Done(nil, recovered(v))
			begun = true
		}
	}()
	return m.inline(receiver, k, args)
}

// keepForNext takes a call apart whose answer PHP has read: nobody else has it. mu is held.
func (c *Caller) keepForNext(p *pending) {
	if len(c.kept) >= maxKeptCalls || cap(p.result) > maxKeptAnswer {
		return
	}
	*p = pending{result: p.result[:0]}
	c.kept = append(c.kept, p)
}

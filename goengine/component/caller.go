package component

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"time"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// Caller is a PHP thread as Go sees it: the calls that it waits for and the mail it gets. A script has one from its first
// call with a context to its end. Its methods belong to that thread, except where they say otherwise.
//
// Mail wakes the thread in one of two ways: through its loop while that runs, else, while the thread waits in a call of
// its own, through a descriptor.
type Caller struct {
	r      *Registry
	thread int // of the kernel

	mu       sync.Mutex // guards all below
	mail     []Mail
	told     bool   // the thread has been woken and has not taken its mail since
	blocked  bool   // the thread waits for its descriptor
	wakeLoop func() // nil: no loop yet
	wakeWait func()
	calls    map[uint64]*pending
	asked    map[uint64]*question // of PHP callables, not answered yet
	next     uint64
	base     context.Context // of the calls that begin now
	cancel   context.CancelCauseFunc
	closed   bool
	life     *Life
}

// MailKind says what a thread is told.
type MailKind int32

// What mail says.
const (
	CallDone     MailKind = 1 + iota // ID: of the call
	CallCallable                     // ID: of the callable, Aux: of the question
	DropCallable                     // ID: of a callable that nobody can call any more
)

// Mail is a message to a PHP thread.
type Mail struct {
	Kind    MailKind
	ID, Aux uint64
}

// pending is a call with a context.
type pending struct {
	method  *Method
	cancel  context.CancelFunc
	outcome Outcome
	result  []byte
	session *session // the handles in the result
	done    bool
}

// Causes of a context's end that the caller makes.
var (
	// ErrStopped ends the contexts of a worker's calls when it is told to stop, and those of a script that ends.
	ErrStopped = &cancelCause{"the worker stops"}
	// ErrAbandoned ends the context of a call that nobody waits for any more: its Fiber was cancelled or is gone.
	ErrAbandoned = &cancelCause{"nobody waits for the call"}
)

// cancelCause is a context.Canceled that says why.
type cancelCause struct{ text string }

func (c *cancelCause) Error() string        { return "component: " + c.text }
func (c *cancelCause) Is(target error) bool { return target == context.Canceled }

// NewCaller makes the calling thread's. wake is called, by any goroutine, when there is mail and the thread is blocked; it
// must not wait.
func (r *Registry) NewCaller(thread int, wake func()) *Caller {
	c := &Caller{r: r, thread: thread, wakeWait: wake, calls: map[uint64]*pending{}, asked: map[uint64]*question{}}
	c.life = newLife(thread)
	c.base, c.cancel = context.WithCancelCause(context.WithValue(context.Background(), lifeKey{}, c.life))
	return c
}

// Attach names the way to wake the thread's loop; nil when it is closed.
func (c *Caller) Attach(wake func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wakeLoop = wake
	if c.told = false; len(c.mail) > 0 {
		c.tell()
	}
}

// Stop ends the contexts of all calls under way; later calls have another. Any goroutine may call it.
func (c *Caller) Stop() {
	c.mu.Lock()
	cancel := c.cancel
	if !c.closed {
		c.base, c.cancel = context.WithCancelCause(context.WithValue(context.Background(), lifeKey{}, c.life))
	}
	c.mu.Unlock()
	cancel(ErrStopped)
}

// Close ends everything: the script has ended. What calls still return is thrown away.
func (c *Caller) Close() {
	c.mu.Lock()
	c.closed = true
	calls, asked := c.calls, c.asked
	c.calls, c.asked, c.mail = nil, nil, nil
	c.wakeLoop, c.wakeWait = nil, nil
	c.mu.Unlock()
	c.cancel(ErrStopped)
	c.life.end(c.thread)
	for _, p := range calls {
		if p.done {
			p.session.takeBack()
		}
	}
	for _, q := range asked {
		q.answer <- answer{err: ErrStopped}
	}
}

// post adds mail and wakes the thread. It is called with mu held.
func (c *Caller) post(m Mail) {
	if c.closed {
		return
	}
	c.mail = append(c.mail, m)
	c.tell()
}

func (c *Caller) tell() {
	switch {
	case c.told:
	case c.blocked:
		c.told = true
		c.wakeWait()
	case c.wakeLoop != nil:
		c.told = true
		c.wakeLoop()
	}
}

// Take fills into with mail, the oldest first, and says how much there was.
func (c *Caller) Take(into []Mail) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := copy(into, c.mail)
	if c.mail = c.mail[n:]; len(c.mail) == 0 {
		c.mail, c.told = nil, false
	}
	return n
}

// Block says that the thread is going to wait for its descriptor, or has waited. It answers whether there is mail, so
// that it need not wait.
func (c *Caller) Block(on bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.blocked, c.told = on, false
	if !on && len(c.mail) > 0 {
		c.tell() // the loop is to see it
	}
	return len(c.mail) > 0
}

// Start begins a call of a method with a context. The outcome is Started and the call's number, or that of arguments
// which do not fit, whose bytes are appended to buf. limit ends the context (0: none).
func (c *Caller) Start(method uint32, handle uint64, args, buf []byte, limit time.Duration) (Outcome, uint64, []byte) {
	m := c.r.methods[method]
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.s = session{r: c.r, caller: c}
	in, err := c.r.arguments(m, handle, args, s)
	if err != nil {
		if err == errStale {
			return NoObject, 0, buf
		}
		outcome, buf := c.r.fail(buf, m.Class, err)
		return outcome, 0, buf
	}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		outcome, buf := c.r.fail(buf, m.Class, ErrStopped)
		return outcome, 0, buf
	}
	c.next++
	id, base := c.next, c.base
	p := &pending{method: m}
	var ctx context.Context
	if limit > 0 {
		ctx, p.cancel = context.WithTimeout(base, limit)
	} else {
		ctx, p.cancel = context.WithCancel(base)
	}
	c.calls[id] = p
	c.mu.Unlock()
	go c.run(id, p, ctx, in)
	return Started, id, buf
}

// run is a call's goroutine.
func (c *Caller) run(id uint64, p *pending, ctx context.Context, in []reflect.Value) {
	returned := false
	defer func() {
		if !returned { // runtime.Goexit, which nothing can recover: the thread must not wait for ever
			outcome, result := c.r.fail(nil, p.method.Class, errGoexit)
			c.done(id, p, outcome, result, &session{r: c.r})
		}
	}()
	out, err := p.method.invokeContext(ctx, in)
	returned = true
	if err == nil && p.method.Iterates {
		err = c.keep(p, out)
	} else {
		defer p.cancel()
	}
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = context.Cause(ctx)
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.s = session{r: c.r, caller: c}
	outcome, result := c.r.finish(p.method, out, err, s, nil)
	made := s.s // the scratch is another's soon
	c.done(id, p, outcome, result, &made)
}

var errGoexit = errors.New("component: the method ended its goroutine")

// done hands a call's result to the thread, or takes it back when nobody waits for it.
func (c *Caller) done(id uint64, p *pending, outcome Outcome, result []byte, made *session) {
	c.mu.Lock()
	_, waited := c.calls[id]
	if waited {
		p.outcome, p.result, p.session, p.done = outcome, result, made, true
		c.post(Mail{Kind: CallDone, ID: id})
	}
	c.mu.Unlock()
	if !waited {
		made.takeBack()
	}
}

// keep makes an iteration's result before its context would end with the call: it ends with the iteration.
func (c *Caller) keep(p *pending, out []reflect.Value) error {
	s, err := p.method.iterate(out[0])
	if err != nil {
		p.cancel()
		return err
	}
	s.cancel = p.cancel
	out[0] = reflect.ValueOf(s)
	return nil
}

// Result gives what a call answered and forgets the call. The bytes are appended to buf.
func (c *Caller) Result(id uint64, buf []byte) (Outcome, []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.calls[id]
	if p == nil || !p.done {
		return NoObject, buf
	}
	delete(c.calls, id)
	return p.outcome, append(buf, p.result...)
}

// Cancel ends a call's context and forgets the call.
func (c *Caller) Cancel(id uint64) {
	c.mu.Lock()
	p := c.calls[id]
	delete(c.calls, id)
	c.mu.Unlock()
	if p == nil {
		return
	}
	p.cancel()
	if p.done {
		p.session.takeBack()
	}
}

// Pending is how many calls there are.
func (c *Caller) Pending() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.calls)
}

// encodeAll writes values one behind another.
func (r *Registry) encodeAll(types []*wire.Type, values []reflect.Value, s *session) ([]byte, error) {
	e := wire.NewEncoder(nil, wire.Limits{}, s)
	for i, v := range values {
		if err := types[i].Encode(e, v); err != nil {
			return nil, err
		}
	}
	return e.Buf, nil
}

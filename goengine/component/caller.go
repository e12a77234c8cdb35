package component

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// Caller is a PHP thread as Go sees it: the calls that it waits for and the mail it gets. A script has one from its first
// call with a context to its end. Its methods belong to that thread, except where they say otherwise.
//
// Mail wakes the thread only while it sleeps, in one of two ways: through its loop, or, while the thread waits in a call
// of its own, through a descriptor. What it says of itself is in a Bell.
type Caller struct {
	r      *Registry
	thread int // of the kernel
	bell   *Bell

	mu       sync.Mutex // guards all below
	mail     []Mail
	taken    []Mail // the memory of mail that has been taken
	wakeLoop func() // nil: no loop yet
	loop     Loop   // nil: no loop yet, or none that calls may use; written by the thread only
	wakeWait func()
	calls    []*pending // by the low half of their numbers
	free     []uint32
	streams  map[*callContext]struct{} // of iterations that go on when their call has ended
	life     *Life                     // nil: nobody has asked for it
	asked    map[uint64]*question      // of PHP callables, not answered yet
	next     uint64
	closed   bool
	kept     []*pending // whose memory is used again

	locals map[any]any // the thread's, without mu
}

// Bell is what a PHP thread and those who write to it share, in memory that both reach. The thread sets Asleep, looks at
// Mail, and sleeps only when there is none; who adds mail sets Mail and wakes the thread if it finds it asleep. So nobody
// writes to a descriptor for a thread that is awake, and the thread asks nobody whether there is mail.
type Bell struct {
	Asleep atomic.Uint32 // one of Awake, InLoop, InCall
	Mail   atomic.Uint32 // 1: there is some
}

// How a thread sleeps.
const (
	Awake = iota
	InLoop
	InCall
)

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
	id      uint64
	method  *Method
	ctx     context.Context // own, as the method's argument
	own     *callContext
	in      []reflect.Value
	outcome Outcome
	result  []byte
	session session // the handles in the result
	done    bool
	call    *Call // one that was begun inline; own is nil then
}

// Causes of a context's end that the caller makes.
var (
	// ErrStopped ends the contexts of a worker's calls when it is told to stop, and those of a script that ends.
	ErrStopped = &cancelCause{"the worker stops"}
	// ErrAbandoned ends the context of a call that nobody waits for any more: its Fiber was cancelled or is gone.
	ErrAbandoned = &cancelCause{"nobody waits for the call"}

	errReturned = &cancelCause{"the call has ended"}
)

// cancelCause is a context.Canceled that says why.
type cancelCause struct{ text string }

func (c *cancelCause) Error() string        { return "component: " + c.text }
func (c *cancelCause) Is(target error) bool { return target == context.Canceled }

// NewCaller makes the calling thread's. wake is called, by any goroutine, when there is mail and the thread sleeps in a
// call; it must not wait. The bell is the thread's until Close has returned.
func (r *Registry) NewCaller(thread int, bell *Bell, wake func()) *Caller {
	return &Caller{r: r, thread: thread, bell: bell, wakeWait: wake, asked: map[uint64]*question{}}
}

// Attach names the way to wake the thread's loop, and the loop as calls may use it; nil when it is closed.
func (c *Caller) Attach(wake func(), loop Loop) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wakeLoop, c.loop = wake, loop
}

// Stop ends the contexts of all calls under way. Any goroutine may call it.
func (c *Caller) Stop() {
	contexts, calls := c.underWay()
	for _, ctx := range contexts {
		ctx.end(ErrStopped)
	}
	for _, k := range calls {
		k.Done(nil, ErrStopped)
	}
}

// underWay are the contexts that have not ended, and the calls that have none.
func (c *Caller) underWay() (contexts []*callContext, calls []*Call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.calls {
		switch {
		case p == nil:
		case p.own != nil:
			contexts = append(contexts, p.own)
		case p.call.own != nil:
			contexts = append(contexts, p.call.own)
		case !p.done:
			calls = append(calls, p.call)
		}
	}
	for ctx := range c.streams {
		contexts = append(contexts, ctx)
	}
	return contexts, calls
}

// Close ends everything: the script has ended. What calls still return is thrown away.
func (c *Caller) Close() {
	c.Stop()
	c.mu.Lock()
	c.closed = true
	calls, asked, streams := c.calls, c.asked, c.streams
	c.calls, c.asked, c.mail, c.taken, c.streams = nil, nil, nil, nil, nil
	c.wakeLoop, c.wakeWait, c.bell, c.loop, c.kept = nil, nil, nil, nil, nil
	life := c.life
	c.mu.Unlock()
	if life != nil {
		life.end(c.thread)
	}
	c.locals = nil
	for ctx := range streams {
		ctx.end(ErrStopped)
	}
	for _, p := range calls {
		if p != nil && p.done {
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
	c.bell.Mail.Store(1)
	switch c.bell.Asleep.Swap(Awake) {
	case InCall:
		c.wakeWait()
	case InLoop:
		if c.wakeLoop != nil {
			c.wakeLoop()
		}
	}
}

// Take fills into with mail, the oldest first, and says how much there was.
func (c *Caller) Take(into []Mail) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := copy(into, c.mail)
	if c.mail = c.mail[n:]; len(c.mail) == 0 && !c.closed {
		c.mail, c.taken = c.taken[:0], c.mail[:0]
		c.bell.Mail.Store(0)
	}
	return n
}

// Start begins a call of a method with a context. The outcome is Started and the call's number, or that of arguments
// which do not fit, whose bytes are appended to buf. limit ends the context (0: none).
func (c *Caller) Start(method uint32, handle uint64, args, buf []byte, limit time.Duration) (Outcome, uint64, []byte) {
	return c.StartIn(0, false, method, handle, args, buf, limit)
}

// StartIn is Start for a Fiber, by its number as spl_object_id() has it; 0: outside of one. waits says that it is one
// that the thread's loop resumes: then the call may be begun inline.
func (c *Caller) StartIn(fiber int, waits bool, method uint32, handle uint64, args, buf []byte, limit time.Duration) (Outcome, uint64, []byte) {
	m := c.r.methods[method]
	if waits && m.inline != nil {
		if id, begun := c.begin(m, fiber, handle, args); begun {
			return Started, id, buf
		}
	}
	var in []reflect.Value
	far := c.r.farObject(m, handle)
	if far == nil {
		var err error
		s := scratches.Get().(*scratch)
		defer scratches.Put(s)
		s.s = session{r: c.r, caller: c}
		if in, err = c.r.arguments(m, handle, args, s); err == errStale {
			return NoObject, 0, buf
		} else if err != nil {
			outcome, buf := c.r.fail(buf, m.Class, err)
			return outcome, 0, buf
		}
	}
	p := &pending{method: m, in: in, own: newCallContext(c, limit)}
	if add := contextHook.Load(); add != nil {
		p.own.values = (*add)(context.Background(), c.thread, fiber)
	}
	p.ctx = p.own
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		p.own.end(ErrStopped)
		outcome, buf := c.r.fail(buf, m.Class, ErrStopped)
		return outcome, 0, buf
	}
	c.add(p)
	c.mu.Unlock()
	if far != nil {
		go far.run(c, p, append([]byte(nil), args...))
	} else {
		runners.run(c, p)
	}
	return Started, p.id, buf
}

// add gives a call its number: a place in the low half, never used with the same upper half again. mu is held.
func (c *Caller) add(p *pending) {
	var at uint32
	if n := len(c.free); n > 0 {
		at = c.free[n-1]
		c.free = c.free[:n-1]
		c.calls[at] = p
	} else {
		at = uint32(len(c.calls))
		c.calls = append(c.calls, p)
	}
	c.next++
	p.id = c.next<<32 | uint64(at)
}

// find is the call of a number; nil when it is forgotten. mu is held.
func (c *Caller) find(id uint64) *pending {
	if at := uint32(id); int64(at) < int64(len(c.calls)) {
		if p := c.calls[at]; p != nil && p.id == id {
			return p
		}
	}
	return nil
}

// forget frees a call's place. mu is held.
func (c *Caller) forget(p *pending) {
	at := uint32(p.id)
	c.calls[at] = nil
	c.free = append(c.free, at)
}

// run is a call, on a goroutine.
func (c *Caller) run(p *pending) {
	returned := false
	defer func() {
		if !returned { // runtime.Goexit, which nothing can recover: the thread must not wait for ever
			outcome, result := c.r.fail(nil, p.method.Class, errGoexit)
			c.done(p, outcome, result, session{r: c.r})
		}
	}()
	out, err := p.method.invokeContext(&p.ctx, p.in)
	returned = true
	p.in = nil
	goesOn := false
	if err == nil && p.method.Iterates {
		goesOn, err = c.keep(p, out)
	}
	if err != nil && errors.Is(err, context.Canceled) && p.own.Err() != nil {
		err = context.Cause(p.own)
	}
	s := scratches.Get().(*scratch)
	s.s = session{r: c.r, caller: c}
	outcome, result := c.r.finish(p.method, out, err, s, nil)
	made := s.s // the scratch is another's soon
	scratches.Put(s)
	c.done(p, outcome, result, made)
	if !goesOn {
		p.own.end(errReturned)
	}
}

var errGoexit = errors.New("component: the method ended its goroutine")

// done hands a call's result to the thread, or takes it back when nobody waits for it.
func (c *Caller) done(p *pending, outcome Outcome, result []byte, made session) {
	c.mu.Lock()
	waited := c.find(p.id) == p
	if waited {
		p.outcome, p.result, p.session, p.done = outcome, result, made, true
		c.post(Mail{Kind: CallDone, ID: p.id})
	}
	c.mu.Unlock()
	if !waited {
		made.takeBack()
	}
}

// keep makes an iteration's result before its context would end with the call: it ends with the iteration.
func (c *Caller) keep(p *pending, out []reflect.Value) (bool, error) {
	s, err := p.method.iterate(out[0])
	if err != nil {
		return false, err
	}
	c.mu.Lock()
	if !c.closed && c.find(p.id) == p {
		if c.streams == nil {
			c.streams = map[*callContext]struct{}{}
		}
		c.streams[p.own] = struct{}{}
	} else {
		p.own.end(ErrAbandoned)
	}
	c.mu.Unlock()
	s.cancel = func() {
		p.own.end(errReturned)
		c.mu.Lock()
		delete(c.streams, p.own)
		c.mu.Unlock()
	}
	out[0] = reflect.ValueOf(s)
	return true, nil
}

// Result gives what a call answered and forgets the call. The bytes are appended to buf.
func (c *Caller) Result(id uint64, buf []byte) (Outcome, []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.find(id)
	if p == nil || !p.done {
		return NoObject, buf
	}
	c.forget(p)
	buf = append(buf, p.result...)
	if p.call != nil {
		outcome := p.outcome
		c.keepForNext(p)
		return outcome, buf
	}
	return p.outcome, buf
}

// Cancel ends a call's context and forgets the call.
func (c *Caller) Cancel(id uint64) {
	c.mu.Lock()
	p := c.find(id)
	if p != nil {
		c.forget(p)
	}
	c.mu.Unlock()
	if p == nil {
		return
	}
	if own := p.context(); own != nil {
		own.end(ErrAbandoned)
	}
	if p.done {
		p.session.takeBack()
	}
}

// context is what ends the call early; nil: one that is begun inline has none, and its answer is dropped.
func (p *pending) context() *callContext {
	if p.call != nil {
		return p.call.own
	}
	return p.own
}

// Pending is how many calls there are.
func (c *Caller) Pending() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.calls) - len(c.free)
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

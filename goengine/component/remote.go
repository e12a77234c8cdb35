package component

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// A script beside a server has the server's values of the classes that are Remote: its objects stand for values of another
// process, and each call is a question to that process. Desk answers there, Far asks here. A script that is no longer heard
// of has let go of everything after remoteLife.

const (
	remoteVersion = 1
	remoteLife    = 10 * time.Second
	remotePing    = 3 * time.Second
	remoteWait    = time.Second // how long one answer is waited for; a call that takes longer is asked for again
	maxSessions   = 64
	maxObjects    = 10_000 // of a session
	maxCalls      = 100    // of a session, under way
)

// Remote lets scripts beside a server construct this class in the server.
func Remote() Option { return func(d *definition) { d.remote = true } }

// ErrFar answers what cannot be done from beside a server.
var ErrFar = errors.New("component: a script beside a server cannot do this with what is the server's")

// remoteCall is a question. Its members are few and named in full: the process at the other end may be of another version.
type remoteCall struct {
	Version int    `json:"version"`
	Session string `json:"session"`
	Op      string `json:"op"` // new, call, start, await, cancel, release, ping, bye
	Class   string `json:"class,omitempty"`
	Method  string `json:"method,omitempty"`
	Object  uint64 `json:"object,omitempty"`
	Call    uint64 `json:"call,omitempty"`
	Args    []byte `json:"args,omitempty"`
}

type remoteAnswer struct {
	Failure string  `json:"failure,omitempty"` // of the way; the call's own are outcomes
	Outcome Outcome `json:"outcome,omitempty"`
	Data    []byte  `json:"data,omitempty"`
	Class   string  `json:"class,omitempty"` // the result is an object
	Object  uint64  `json:"object,omitempty"`
	Call    uint64  `json:"call,omitempty"`
	Pending bool    `json:"pending,omitempty"`
}

// Far asks a server for calls. ask carries a question over and brings the answer; it may be called from any goroutine.
type Far struct {
	r       *Registry
	session string
	throws  string
	ask     func([]byte) ([]byte, error)
	stop    chan struct{}
	once    sync.Once
}

// farObject is what a handle stands for whose value is another process's.
type farObject struct {
	far    *Far
	object uint64
}

// Beside makes the classes that are Remote those of a server from now on. session is a name that nobody else has; throws
// is the exception for what goes wrong on the way.
func (r *Registry) Beside(session, throws string, ask func([]byte) ([]byte, error)) (*Far, error) {
	f := &Far{r: r, session: session, throws: throws, ask: ask, stop: make(chan struct{})}
	if _, err := f.do(&remoteCall{Op: "ping"}); err != nil {
		return nil, err
	}
	if !r.far.CompareAndSwap(nil, f) {
		return nil, errors.New("component: this script has a server already")
	}
	go func() {
		t := time.NewTicker(remotePing)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				_, _ = f.do(&remoteCall{Op: "ping"}) // the next call says what is wrong
			case <-f.stop:
				return
			}
		}
	}()
	return f, nil
}

// Close makes the classes those of this process again, and lets go of all objects that the server has for it.
func (f *Far) Close() {
	f.once.Do(func() {
		f.r.far.CompareAndSwap(f, nil)
		close(f.stop)
		_, _ = f.do(&remoteCall{Op: "bye"}) // else it is soon seen to be gone
	})
}

func (f *Far) do(q *remoteCall) (*remoteAnswer, error) {
	q.Version, q.Session = remoteVersion, f.session
	text, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	answer, err := f.ask(text)
	if err != nil {
		return nil, &Exception{Class: f.throws, Err: fmt.Errorf("the server does not answer: %w", err)}
	}
	var a remoteAnswer
	if err := json.Unmarshal(answer, &a); err != nil {
		return nil, &Exception{Class: f.throws, Err: fmt.Errorf("the server's answer is not understood: %w", err)}
	}
	if a.Failure != "" {
		return nil, &Exception{Class: f.throws, Err: errors.New(a.Failure)}
	}
	return &a, nil
}

// farObject is the one behind a method's handle, if it is another process's.
func (r *Registry) farObject(m *Method, handle uint64) *farObject {
	if !m.receiver {
		return nil
	}
	if e := r.handles.get(handle); e != nil && e.class == m.Class {
		o, _ := e.value.(*farObject)
		return o
	}
	return nil
}

// checkFar refuses arguments that mean something to this process only.
func checkFar(args []byte) error {
	d := wire.NewDecoder(args, wire.Limits{}, nil)
	for d.More() {
		if err := d.Keep(); err != nil {
			return fmt.Errorf("%w: objects and callables cannot be handed over", ErrFar)
		}
	}
	return nil
}

// call asks for a call of a method without a context, or a constructor.
func (f *Far) call(m *Method, object uint64, args, buf []byte) (Outcome, []byte) {
	q := &remoteCall{Op: "call", Class: m.Class.Name, Method: m.Name, Object: object, Args: args}
	if m.constructs {
		q.Op = "new"
	}
	err := checkFar(args)
	if err == nil {
		var a *remoteAnswer
		if a, err = f.do(q); err == nil {
			return f.answered(m, a, buf)
		}
	}
	return f.r.fail(buf, m.Class, err)
}

// answered makes a call's answer this process's.
func (f *Far) answered(m *Method, a *remoteAnswer, buf []byte) (Outcome, []byte) {
	if a.Outcome != Done || a.Class == "" {
		return a.Outcome, append(buf, a.Data...)
	}
	for _, c := range f.r.classes {
		if c.Name == a.Class {
			handle := f.r.handles.addFar(c, &farObject{f, a.Object})
			if m.constructs {
				return Done, wire.AppendInt(buf, int64(handle))
			}
			return Done, wire.AppendObject(buf, c.ID, handle)
		}
	}
	return f.r.fail(buf, m.Class, fmt.Errorf("component: the server has a class %s, this binary has not", a.Class))
}

// fast is call for a method whose arguments lie in slots.
func (f *Far) fast(m *Method, object uint64, argc int, in *[maxFast]Slot, out *Slot, buf []byte) (Outcome, []byte) {
	var args []byte
	for i := range argc {
		s := &in[i]
		switch m.Params[i].Type.Kind {
		case wire.Bool:
			args = wire.AppendBool(args, load[bool](s, false))
		case wire.Int:
			args = wire.AppendInt(args, load[int64](s, false))
		case wire.Float:
			args = wire.AppendFloat(args, load[float64](s, false))
		case wire.Held:
			args = append(args, load[string](s, false)...)
		default:
			args = wire.AppendString(args, load[string](s, false))
		}
	}
	outcome, result := f.call(m, object, args, nil)
	if outcome != Done || m.Result == nil {
		return outcome, result
	}
	text := ""
	d := wire.NewDecoder(result, wire.Limits{}, nil)
	v := reflect.New(m.Result.Go).Elem()
	if err := m.Result.Decode(d, v); err != nil {
		return f.r.fail(nil, m.Class, err)
	}
	switch v.Kind() {
	case reflect.Bool:
		give(out, v.Bool(), false)
	case reflect.Float64:
		give(out, v.Float(), false)
	case reflect.String:
		text = v.String()
		out[1] = uint64(len(text))
		if copy(buf, text) < len(text) {
			return Done, []byte(text)
		}
	default:
		give(out, v.Int(), false)
	}
	return Done, nil
}

// wait asks for a call of a method with a context and waits for its end.
func (f *Far) wait(ctx context.Context, m *Method, object uint64, args []byte) (Outcome, []byte) {
	fail := func(err error) (Outcome, []byte) { return f.r.fail(nil, m.Class, err) }
	if err := checkFar(args); err != nil {
		return fail(err)
	}
	a, err := f.do(&remoteCall{Op: "start", Class: m.Class.Name, Method: m.Name, Object: object, Args: args})
	if err != nil {
		return fail(err)
	}
	call := a.Call
	for call != 0 {
		if a, err = f.do(&remoteCall{Op: "await", Call: call}); err != nil {
			return fail(err)
		}
		if !a.Pending {
			break
		}
		if ctx.Err() != nil {
			_, _ = f.do(&remoteCall{Op: "cancel", Call: call})
			return fail(context.Cause(ctx))
		}
	}
	return f.answered(m, a, nil)
}

func (f *Far) release(object uint64) { _, _ = f.do(&remoteCall{Op: "release", Object: object}) }

// run is a waiting call's goroutine, as Caller.run.
func (o *farObject) run(c *Caller, p *pending, args []byte) {
	outcome, result := o.far.wait(p.own, p.method, o.object, args)
	made := session{r: c.r}
	if outcome == Done && len(result) == 13 && result[0] == wire.TagObject {
		d := wire.NewDecoder(result, wire.Limits{}, handleReader{&made.made})
		_, _ = d.Any()
	}
	c.done(p, outcome, result, made)
	p.own.end(errReturned)
}

// handleReader notes the handles that a value holds.
type handleReader struct{ handles *[]uint64 }

func (h handleReader) Object(_ uint32, handle uint64) (any, error) {
	*h.handles = append(*h.handles, handle)
	return nil, nil
}
func (handleReader) Func(uint64, *wire.Type) (any, error) { return nil, ErrFar }
func (handleReader) Handle(uint32, any) (uint64, error)   { return 0, ErrFar }

// Desk answers the questions of scripts beside a server, in the server.
type Desk struct {
	r   *Registry
	now func() time.Time

	mu       sync.Mutex // guards sessions
	sessions map[string]*farSession
}

type farSession struct {
	mu      sync.Mutex // guards all below
	heard   time.Time
	objects map[uint64]*Class
	calls   map[uint64]*farCall
	next    uint64
}

type farCall struct {
	cancel context.CancelFunc
	done   chan struct{}
	answer *remoteAnswer // set before done is closed
}

// NewDesk makes a Desk; now is time.Now.
func (r *Registry) NewDesk(now func() time.Time) *Desk {
	return &Desk{r: r, now: now, sessions: map[string]*farSession{}}
}

// Answer answers a question; it may wait for remoteWait.
func (d *Desk) Answer(question []byte) []byte {
	a, err := d.answer(question)
	if err != nil {
		a = &remoteAnswer{Failure: err.Error()}
	}
	text, err := json.Marshal(a)
	if err != nil {
		text = []byte(`{"failure":"component: no answer could be written"}`)
	}
	return text
}

func (d *Desk) answer(question []byte) (*remoteAnswer, error) {
	var q remoteCall
	if err := json.Unmarshal(question, &q); err != nil {
		return nil, fmt.Errorf("component: the question is not understood: %w", err)
	}
	if q.Version != remoteVersion {
		return nil, fmt.Errorf("component: the server speaks version %d, the script %d: run both with the same binary", remoteVersion, q.Version)
	}
	s, err := d.session(q.Session)
	if err != nil {
		return nil, err
	}
	switch q.Op {
	case "ping":
		return &remoteAnswer{}, nil
	case "bye":
		d.end(q.Session, s)
		return &remoteAnswer{}, nil
	case "new":
		return d.construct(s, &q)
	case "await":
		return s.await(q.Call)
	case "cancel":
		s.drop(q.Call)
		return &remoteAnswer{}, nil
	case "release":
		s.mu.Lock()
		_, ok := s.objects[q.Object]
		delete(s.objects, q.Object)
		s.mu.Unlock()
		if ok {
			d.r.Release(q.Object)
		}
		return &remoteAnswer{}, nil
	case "call", "start":
		return d.call(s, &q)
	}
	return nil, fmt.Errorf("component: the server does not know %q", q.Op)
}

func (d *Desk) session(name string) (*farSession, error) {
	if len(name) < 16 || len(name) > 64 {
		return nil, errors.New("component: a session's name has 16 to 64 bytes")
	}
	now := d.now()
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.sessions[name]
	if s == nil {
		if len(d.sessions) >= maxSessions {
			return nil, fmt.Errorf("component: %d scripts are connected already", maxSessions)
		}
		s = &farSession{objects: map[uint64]*Class{}, calls: map[uint64]*farCall{}}
		d.sessions[name] = s
		time.AfterFunc(remoteLife, func() { d.expire(name, s) })
	}
	s.mu.Lock()
	s.heard = now
	s.mu.Unlock()
	return s, nil
}

// expire ends a session that has not been heard of, or looks again later.
func (d *Desk) expire(name string, s *farSession) {
	s.mu.Lock()
	left := remoteLife - d.now().Sub(s.heard)
	over := s.objects == nil
	s.mu.Unlock()
	switch {
	case over:
	case left > 0:
		time.AfterFunc(left, func() { d.expire(name, s) })
	default:
		d.end(name, s)
	}
}

// end ends a session: what it had is let go of.
func (d *Desk) end(name string, s *farSession) {
	d.mu.Lock()
	if d.sessions[name] == s {
		delete(d.sessions, name)
	}
	d.mu.Unlock()
	s.mu.Lock()
	objects, calls := s.objects, s.calls
	s.objects, s.calls = nil, nil
	s.mu.Unlock()
	for _, c := range calls {
		c.cancel()
	}
	for handle := range objects {
		d.r.Release(handle)
	}
}

// keep gives a session a new object; there is no room for it: it is released.
func (d *Desk) keep(s *farSession, c *Class, handle uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.objects == nil || len(s.objects) >= maxObjects {
		go d.r.Release(handle)
		return fmt.Errorf("component: a script has %d objects of a server at most", maxObjects)
	}
	s.objects[handle] = c
	return nil
}

func (d *Desk) construct(s *farSession, q *remoteCall) (*remoteAnswer, error) {
	for _, c := range d.r.classes {
		if c.Name != q.Class || !c.definition.remote || c.Constructor == nil {
			continue
		}
		if err := checkFar(q.Args); err != nil {
			return nil, err
		}
		outcome, data := d.r.Call(c.Constructor.ID, 0, q.Args, nil, nil)
		if outcome != Done {
			return &remoteAnswer{Outcome: outcome, Data: data}, nil
		}
		n, _ := wire.Opaque(data).Int()
		if err := d.keep(s, c, uint64(n)); err != nil {
			return nil, err
		}
		return &remoteAnswer{Class: c.Name, Object: uint64(n)}, nil
	}
	return nil, fmt.Errorf("component: the server shares no class %s", q.Class)
}

// find answers a method of a session's object.
func (d *Desk) find(s *farSession, q *remoteCall) (*Method, error) {
	s.mu.Lock()
	c := s.objects[q.Object]
	s.mu.Unlock()
	if c == nil {
		return nil, errors.New("component: the server has no such object of this script any more")
	}
	for _, m := range append([]*Method{c.step, c.stepWait}, c.Methods...) {
		if m != nil && m.Name == q.Method && !m.Static {
			return m, nil
		}
	}
	return nil, fmt.Errorf("component: the server's %s has no method %s", c.Name, q.Method)
}

func (d *Desk) call(s *farSession, q *remoteCall) (*remoteAnswer, error) {
	m, err := d.find(s, q)
	if err != nil {
		return nil, err
	}
	if err := checkFar(q.Args); err != nil {
		return nil, err
	}
	if m.Context != (q.Op == "start") {
		return nil, fmt.Errorf("component: the server's %s is another method", m.Name)
	}
	if !m.Context {
		outcome, data := d.r.Call(m.ID, q.Object, q.Args, nil, nil)
		return d.result(s, outcome, data)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := &farCall{cancel: cancel, done: make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls == nil || len(s.calls) >= maxCalls {
		cancel()
		return nil, fmt.Errorf("component: a script has %d calls under way at most", maxCalls)
	}
	s.next++
	id := s.next
	s.calls[id] = c
	go func() {
		defer close(c.done)
		defer cancel()
		outcome, data := d.r.callContext(ctx, m, q.Object, q.Args)
		if c.answer, err = d.result(s, outcome, data); err != nil {
			c.answer = &remoteAnswer{Failure: err.Error()}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.calls[id] != c && s.objects[c.answer.Object] != nil { // nobody waits for it any more
			delete(s.objects, c.answer.Object)
			go d.r.Release(c.answer.Object)
		}
	}()
	return &remoteAnswer{Call: id}, nil
}

// callContext calls a method with a context on the calling goroutine.
func (r *Registry) callContext(ctx context.Context, m *Method, handle uint64, args []byte) (Outcome, []byte) {
	if m.Iterates {
		return r.fail(nil, m.Class, fmt.Errorf("%w: a sequence that waits", ErrFar))
	}
	c := scratches.Get().(*scratch)
	defer scratches.Put(c)
	c.s = session{r: r}
	in, err := r.arguments(m, handle, args, c)
	if err == errStale {
		return NoObject, nil
	}
	if err != nil {
		return r.fail(nil, m.Class, err)
	}
	out, err := m.invokeContext(&ctx, in)
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = context.Cause(ctx)
	}
	return r.finish(m, out, err, c, nil)
}

// result is an answer of what a call has come to; an object becomes the session's.
func (d *Desk) result(s *farSession, outcome Outcome, data []byte) (*remoteAnswer, error) {
	a := &remoteAnswer{Outcome: outcome, Data: data}
	if outcome != Done || len(data) != 13 || data[0] != wire.TagObject {
		return a, nil
	}
	var made []uint64
	h := classReader{handleReader{&made}, new(uint32)}
	if _, err := wire.NewDecoder(data, wire.Limits{}, h).Any(); err != nil || len(made) != 1 {
		return nil, errors.New("component: the result cannot be handed over")
	}
	c := d.r.classes[*h.class]
	if err := d.keep(s, c, made[0]); err != nil {
		return nil, err
	}
	return &remoteAnswer{Class: c.Name, Object: made[0]}, nil
}

type classReader struct {
	handleReader
	class *uint32
}

func (h classReader) Object(class uint32, handle uint64) (any, error) {
	*h.class = class
	return h.handleReader.Object(class, handle)
}

func (s *farSession) await(id uint64) (*remoteAnswer, error) {
	s.mu.Lock()
	c := s.calls[id]
	s.mu.Unlock()
	if c == nil {
		return nil, errors.New("component: the server has no such call of this script any more")
	}
	t := time.NewTimer(remoteWait)
	defer t.Stop()
	select {
	case <-c.done:
		s.mu.Lock()
		delete(s.calls, id)
		s.mu.Unlock()
		return c.answer, nil
	case <-t.C:
		return &remoteAnswer{Pending: true}, nil
	}
}

// drop ends a call. What it still makes stays with the session, and ends with it.
func (s *farSession) drop(id uint64) {
	s.mu.Lock()
	c := s.calls[id]
	delete(s.calls, id)
	s.mu.Unlock()
	if c != nil {
		c.cancel()
	}
}

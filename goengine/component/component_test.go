package component_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/wire"
)

type account struct {
	Owner   string
	Balance int `php:"balance,readonly"`
	Secret  int `php:"-"`
	sync.Mutex
}

func newAccount(owner string) (*account, error) {
	if owner == "" {
		return nil, errors.New("account: nobody owns it")
	}
	return &account{Owner: owner}, nil
}

var errPoor = errors.New("account: not enough")

func (a *account) Pay(n int) (int, error) {
	if n > 100 {
		return 0, fmt.Errorf("paying %d: %w", n, errPoor)
	}
	return n, nil
}
func (a *account) Sub(name string) *account { return &account{Owner: name} }
func (a *account) Subs(names ...string) []*account {
	all := []*account{}
	for _, n := range names {
		all = append(all, a.Sub(n))
	}
	return all
}
func (a *account) OwnerOf(b *account) string { return b.Owner }
func (a *account) Half() (any, error)        { return []any{a.Sub("x"), make(chan int)}, nil }
func (a *account) Len() int                  { return 3 }
func (a *account) All() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) { yield("a", 1) }
}
func (a *account) Panic()                         { panic("account: no") }
func (a *account) Wait(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) }
func (a *account) Exit(ctx context.Context)       { runtime.Goexit() }
func (a *account) WaitSub(ctx context.Context, name string) (*account, error) {
	return a.Sub(name), nil
}
func (a *account) Ask(ctx context.Context, f func(context.Context, int) (string, error)) (string, error) {
	return f(ctx, 7)
}
func (a *account) Keep(f func(int) error) { go func() { _ = f(1) }() }

// host plays PHP: it makes calls and reads what they answer.
type host struct {
	t      *testing.T
	r      *component.Registry
	caller *component.Caller
	bell   component.Bell
	woken  chan struct{}
}

func newHost(t *testing.T, options ...component.Option) *host {
	r := component.NewRegistry()
	r.Register(`Test\Account`, newAccount, append([]component.Option{component.Throws(errPoor, `Test\Poor`)}, options...)...)
	require.NoError(t, r.Freeze())
	h := &host{t: t, r: r, woken: make(chan struct{}, 100)}
	h.caller = r.NewCaller(-1, &h.bell, func() { h.woken <- struct{}{} })
	t.Cleanup(h.caller.Close)
	return h
}

func (h *host) method(name string) *component.Method {
	h.t.Helper()
	for _, c := range h.r.Classes() {
		for _, m := range append(c.Methods, c.Constructor) {
			if m != nil && m.Name == name {
				return m
			}
		}
		for _, p := range c.Properties {
			if "get "+p.Name == name {
				return p.Get
			}
			if "set "+p.Name == name {
				return p.Set
			}
		}
	}
	require.Fail(h.t, "no method", name)
	return nil
}

func (h *host) args(args ...any) []byte {
	e := wire.NewEncoder(nil, wire.Limits{}, nil)
	for _, a := range args {
		switch a := a.(type) {
		case handle:
			e.Buf = wire.AppendObject(e.Buf, a.class, a.id)
		case callable:
			e.Buf = wire.AppendFunc(e.Buf, uint64(a))
		default:
			require.NoError(h.t, e.Any(a, nil))
		}
	}
	return e.Buf
}

type (
	handle struct {
		class uint32
		id    uint64
	}
	callable uint64
)

func (h *host) Object(class uint32, id uint64) (any, error) { return handle{class, id}, nil }
func (h *host) Func(uint64, *wire.Type) (any, error)        { return nil, errors.New("none") }
func (h *host) Handle(uint32, any) (uint64, error)          { return 0, errors.New("none") }
func (h *host) values(b []byte) (all []any) {
	d := wire.NewDecoder(b, wire.Limits{}, h)
	for d.More() {
		v, err := d.Any()
		require.NoError(h.t, err)
		all = append(all, v)
	}
	return all
}

func (h *host) call(name string, object handle, args ...any) (component.Outcome, []any) {
	h.t.Helper()
	o, b := h.r.Call(h.method(name).ID, object.id, h.args(args...), nil, h.caller)
	return o, h.values(b)
}

func (h *host) make(owner string) handle {
	h.t.Helper()
	o, v := h.call("__construct", handle{}, owner)
	require.Equal(h.t, component.Done, o)
	return handle{h.classID(), uint64(v[0].(int64))}
}

func (h *host) classID() uint32 { return h.method("pay").Class.ID }

// sleep says how the thread sleeps; it answers that it need not.
func (h *host) sleep(how uint32) bool {
	h.bell.Asleep.Store(how)
	return h.bell.Mail.Load() != 0
}

func (h *host) wait() component.Mail {
	h.t.Helper()
	for {
		var mail [1]component.Mail
		if h.caller.Take(mail[:]) == 1 {
			return mail[0]
		}
		if h.sleep(component.InCall) {
			continue
		}
		select {
		case <-h.woken:
		case <-time.After(20 * time.Second):
			require.Fail(h.t, "no mail")
		}
	}
}

func TestCallsAndTheirOutcomes(t *testing.T) {
	h := newHost(t)
	o, v := h.call("__construct", handle{}, "")
	require.Equal(t, component.Failure, o)
	require.Equal(t, `Phalanx\Exception\GoException`, v[0])
	require.Equal(t, "account: nobody owns it", v[1])
	require.Zero(t, h.r.Live())

	a := h.make("Ada")
	require.EqualValues(t, 1, h.r.Live())
	o, v = h.call("pay", a, 5)
	require.Equal(t, component.Done, o)
	require.Equal(t, []any{int64(5)}, v)
	o, v = h.call("pay", a, 500)
	require.Equal(t, component.Failure, o)
	require.Equal(t, `Test\Poor`, v[0])
	chain := v[4].([]any)
	require.Len(t, chain, 2)
	o, v = h.call("pay", a, "5")
	require.Equal(t, component.Mismatch, o)
	require.Equal(t, []any{int64(1), true, "must be of type int, string given"}, v)
	o, v = h.call("panic", a)
	require.Equal(t, component.Failure, o)
	require.Equal(t, `Phalanx\Exception\PanicException`, v[0])
	require.Contains(t, v[5], "component_test.go")
	o, _ = h.call("pay", handle{id: a.id + 1}, 5)
	require.Equal(t, component.NoObject, o)

	o, v = h.call("get owner", a)
	require.Equal(t, component.Done, o)
	require.Equal(t, "Ada", v[0])
	o, _ = h.call("set owner", a, "Bob")
	require.Equal(t, component.Done, o)
	o, v = h.call("ownerOf", a, a)
	require.Equal(t, component.Done, o)
	require.Equal(t, "Bob", v[0])
	o, _ = h.call("ownerOf", a, handle{a.class, a.id + 7})
	require.Equal(t, component.Mismatch, o)
}

func TestHandlesGoWithTheirObjects(t *testing.T) {
	released := 0
	h := newHost(t, component.OnRelease(func(*account) { released++ }))
	a := h.make("Ada")
	_, v := h.call("subs", a, "x", "y", "z")
	list := v[0].([]any)
	require.Len(t, list, 3)
	require.EqualValues(t, 4, h.r.Live())
	sub := list[1].(handle)
	h.r.Release(sub.id)
	h.r.Release(sub.id) // twice does no harm
	o, _ := h.call("count", sub)
	require.Equal(t, component.NoObject, o)
	require.Equal(t, 1, released)
	require.EqualValues(t, 3, h.r.Live())
	b := h.make("Bob")
	require.NotEqual(t, sub.id, b.id, "a handle is not used again")
	require.True(t, h.r.Same(a.id, a.id))
	require.False(t, h.r.Same(a.id, b.id))

	// What a failed result has handed out is taken back.
	live := h.r.Live()
	o, v = h.call("half", a)
	require.Equal(t, component.Failure, o)
	require.Contains(t, v[1], "the result of Half")
	require.Equal(t, live, h.r.Live())
}

func TestAMillionObjectsLeaveNothing(t *testing.T) {
	h := newHost(t)
	id := h.method("__construct").ID
	args := h.args("Ada")
	var buf [64]byte
	for range 1_000_000 {
		_, b := h.r.Call(id, 0, args, buf[:0], nil)
		v, err := wire.NewDecoder(b, wire.Limits{}, nil).Any()
		require.NoError(t, err)
		h.r.Release(uint64(v.(int64)))
	}
	require.Zero(t, h.r.Live())
}

func TestContextsEnd(t *testing.T) {
	h := newHost(t)
	a := h.make("Ada")
	id := h.method("wait").ID
	start := func(limit time.Duration) uint64 {
		o, call, _ := h.caller.Start(id, a.id, nil, nil, limit)
		require.Equal(t, component.Started, o)
		return call
	}
	result := func(call uint64) (string, string) {
		m := h.wait()
		require.Equal(t, component.Mail{Kind: component.CallDone, ID: call}, m)
		o, b := h.caller.Result(call, nil)
		require.Equal(t, component.Failure, o)
		v := h.values(b)
		return v[0].(string), v[1].(string)
	}
	class, _ := result(start(time.Millisecond))
	require.Equal(t, `Phalanx\Exception\TimeoutException`, class)

	call := start(0)
	h.caller.Stop()
	class, message := result(call)
	require.Equal(t, `Phalanx\Exception\CancelledException`, class)
	require.Contains(t, message, "the worker stops")

	call = start(0) // after a stop calls work again
	h.caller.Cancel(call)
	require.Zero(t, h.caller.Pending())
	o, _ := h.caller.Result(call, nil)
	require.Equal(t, component.NoObject, o)

	start(0)
	h.caller.Close()
	o, _, b := h.caller.Start(id, a.id, nil, nil, 0)
	require.Equal(t, component.Failure, o)
	require.Equal(t, `Phalanx\Exception\CancelledException`, h.values(b)[0])
}

func TestAGoroutineThatEndsItselfIsAFailure(t *testing.T) {
	h := newHost(t)
	a := h.make("Ada")
	_, call, _ := h.caller.Start(h.method("exit").ID, a.id, nil, nil, 0)
	require.Equal(t, call, h.wait().ID)
	o, _ := h.caller.Result(call, nil)
	require.Equal(t, component.Failure, o)
}

func TestResultsThatNobodyTakesAreReleased(t *testing.T) {
	released := make(chan string, 10)
	h := newHost(t, component.OnRelease(func(a *account) { released <- a.Owner }))
	a := h.make("Ada")
	_, call, _ := h.caller.Start(h.method("waitSub").ID, a.id, h.args("one"), nil, 0)
	h.wait()
	h.caller.Cancel(call)
	require.Equal(t, "one", <-released)
	_, _, _ = h.caller.Start(h.method("waitSub").ID, a.id, h.args("two"), nil, 0)
	h.caller.Close()
	require.Equal(t, "two", <-released)
}

func TestCallablesAreAskedOnTheirThread(t *testing.T) {
	h := newHost(t)
	a := h.make("Ada")
	start := func() (uint64, component.Mail) {
		o, call, _ := h.caller.Start(h.method("ask").ID, a.id, h.args(callable(3)), nil, 0)
		require.Equal(t, component.Started, o)
		m := h.wait()
		require.Equal(t, component.CallCallable, m.Kind)
		require.EqualValues(t, 3, m.ID)
		args, ok := h.caller.Question(m.Aux, nil)
		require.True(t, ok)
		require.Equal(t, []any{int64(7)}, h.values(args))
		return call, m
	}
	call, m := start()
	h.caller.Answer(m.Aux, h.args("seven"))
	require.Equal(t, call, h.wait().ID)
	o, b := h.caller.Result(call, nil)
	require.Equal(t, component.Done, o)
	require.Equal(t, []any{"seven"}, h.values(b))

	call, m = start()
	h.caller.AnswerThrown(m.Aux, "LogicException", "no", 11)
	require.Equal(t, call, h.wait().ID)
	o, b = h.caller.Result(call, nil)
	require.Equal(t, component.Failure, o)
	require.EqualValues(t, 11, h.values(b)[6], "PHP is told which of its exceptions it was")

	call, m = start()
	h.caller.Answer(m.Aux, h.args(5))
	require.Equal(t, call, h.wait().ID)
	_, b = h.caller.Result(call, nil)
	require.Contains(t, h.values(b)[1], "what the callable returned must be of type string, int given")

	call, m = start()
	h.caller.Cancel(call) // the context of the question ends with it
	h.caller.Answer(m.Aux, h.args("too late"))

	// A callable that Go lets go of is let go of by PHP.
	for found := false; !found; {
		runtime.GC()
		var mail [8]component.Mail
		for _, m := range mail[:h.caller.Take(mail[:])] {
			found = found || m.Kind == component.DropCallable && m.ID == 3
		}
		runtime.Gosched()
	}
}

func TestMailWakesLoopOrThread(t *testing.T) {
	h := newHost(t)
	a := h.make("Ada")
	loop := make(chan struct{}, 10)
	h.caller.Attach(func() { loop <- struct{}{} }, nil)
	start := func() uint64 {
		_, call, _ := h.caller.Start(h.method("waitSub").ID, a.id, h.args("x"), nil, 0)
		return call
	}
	require.False(t, h.sleep(component.InLoop))
	first := start()
	<-loop
	require.True(t, h.sleep(component.InLoop), "there is mail: no need to wait")
	h.bell.Asleep.Store(component.Awake)
	second := start()
	for h.caller.Pending() > 0 {
		var mail [4]component.Mail
		for _, m := range mail[:h.caller.Take(mail[:])] {
			require.Contains(t, []uint64{first, second}, m.ID)
			_, _ = h.caller.Result(m.ID, nil)
		}
	}
	require.Empty(t, loop, "nobody wakes who is awake")
	require.Empty(t, h.woken)

	require.False(t, h.sleep(component.InCall))
	_ = start()
	<-h.woken
	require.Empty(t, loop)
}

// A context is one of package context to whoever asks it for more than its error.
func TestContextsOfCalls(t *testing.T) {
	h := newHost(t, component.Static("look", func(ctx context.Context, how string) error {
		switch how {
		case "err":
			return ctx.Err()
		case "derive":
			child, cancel := context.WithTimeout(ctx, time.Hour)
			defer cancel()
			<-child.Done()
			return context.Cause(child)
		}
		if _, limited := ctx.Deadline(); limited != (how == "limit") {
			return errors.New("a wrong deadline")
		}
		<-ctx.Done()
		if ctx.Value(h0{}) != nil {
			return errors.New("a value of nobody")
		}
		return ctx.Err()
	}))
	look := func(how string, limit time.Duration, cancel func(call uint64)) []any {
		_, call, _ := h.caller.Start(h.method("look").ID, 0, h.args(how), nil, limit)
		if cancel != nil {
			cancel(call)
		}
		require.Equal(t, call, h.wait().ID)
		_, b := h.caller.Result(call, nil)
		return h.values(b)
	}
	stop := func(uint64) { h.caller.Stop() }
	require.Empty(t, look("err", 0, nil))
	require.Equal(t, `Phalanx\Exception\CancelledException`, look("derive", 0, stop)[0])
	require.Equal(t, `Phalanx\Exception\CancelledException`, look("wait", 0, stop)[0])
	require.Equal(t, "component: the worker stops", look("wait", 0, stop)[1])
	require.Equal(t, `Phalanx\Exception\TimeoutException`, look("limit", time.Millisecond, nil)[0])
	require.Equal(t, `Phalanx\Exception\CancelledException`, look("limit", time.Hour, stop)[0])
	require.Empty(t, look("err", time.Hour, nil))
}

type h0 struct{}

func TestWhatCannotBecomeAClass(t *testing.T) {
	type inner struct{}
	tests := []struct {
		name     string
		register func(*component.Registry)
		problem  string
	}{
		{"two classes of one type", func(r *component.Registry) { r.Register("B", newAccount) }, "registered as A already"},
		{"two classes of one name", func(r *component.Registry) { r.Register("a", func() *inner { return nil }) }, "registered twice"},
		{"a parameter of no type", func(r *component.Registry) {
			r.Register("B", func(chan int) *inner { return nil })
		}, `parameter 1: wire: type has no counterpart in PHP: chan int; hide it with component.Hide("New")`},
		{"a constructor that waits", func(r *component.Registry) {
			r.Register("B", func(context.Context) *inner { return nil })
		}, "only methods can wait"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := component.NewRegistry()
			r.Register("A", newAccount)
			tt.register(r)
			require.ErrorContains(t, r.Freeze(), tt.problem)
		})
	}
	r := component.NewRegistry()
	require.Panics(t, func() { r.Register(`\Leading`, newAccount) })
	require.Panics(t, func() { r.Register("NoFunction", 7) })
	require.NoError(t, r.Freeze())
	require.Panics(t, func() { r.Register("Late", newAccount) })
}

func TestClassesFromGoTypes(t *testing.T) {
	h := newHost(t, component.As("Len", "length"), component.Params("Pay", "cents"))
	c := h.method("pay").Class
	var names []string
	for _, m := range c.Methods {
		names = append(names, m.Name)
	}
	require.ElementsMatch(t, []string{"pay", "sub", "subs", "ownerOf", "half", "length", "getIterator", "panic", "wait", "exit",
		"waitSub", "ask", "keep"}, names, "those of sync.Mutex are not among them")
	require.EqualValues(t, component.Aggregate, c.Flags, "count() was renamed")
	require.Equal(t, "cents", h.method("pay").Params[0].Name)
	require.Len(t, c.Properties, 2)
	require.Nil(t, c.Properties[1].Set)

	var b strings.Builder
	require.NoError(t, h.r.WriteStubs(&b))
	for _, line := range []string{
		"class Account implements \\IteratorAggregate", "public function pay(int $cents): int",
		"public function subs(string ...$arg1): array", "@return list<?\\Test\\Account>",
		"public function waitSub(string $arg1): \\Test\\Account", "public function ownerOf(\\Test\\Account $arg1): string",
		"public function ask(callable $arg1): string", "@param callable(int): string $arg1",
		"public function getIterator(): \\Phalanx\\Sequence",
	} {
		require.Contains(t, b.String(), line)
	}
}

func TestExceptionsWithPropertiesAndChain(t *testing.T) {
	r := component.NewRegistry()
	r.Register("E", func() (*account, error) {
		return nil, &component.Exception{Class: "X", Code: 7, Properties: map[string]any{"a": 1},
			Err: errors.Join(fs.ErrExist, fs.ErrClosed)}
	})
	require.NoError(t, r.Freeze())
	h := &host{t: t, r: r}
	o, b := r.Call(r.Classes()[1].Constructor.ID, 0, nil, nil, nil)
	require.Equal(t, component.Failure, o)
	v := h.values(b)
	require.Equal(t, "X", v[0])
	require.EqualValues(t, 7, v[2])
	require.Equal(t, 1, v[3].(*wire.Map).Len())
	require.Len(t, v[4], 4, "the exception, the join and both errors")
}

// A call's context knows the script, and what a service adds for the Fiber that calls.
func TestContextsOfCallsHaveValues(t *testing.T) {
	r := component.NewRegistry()
	type key struct{}
	seen := make(chan [2]any, 1)
	r.Register(`T\Valued`, func() *valued { return &valued{} }, component.Static("look", func(ctx context.Context) {
		seen <- [2]any{component.LifeOf(ctx), ctx.Value(key{})}
	}))
	require.NoError(t, r.Freeze())
	caller := r.NewCaller(-7, &component.Bell{}, func() {})
	component.OnContext(func(ctx context.Context, thread, fiber int) context.Context {
		return context.WithValue(ctx, key{}, [2]int{thread, fiber})
	})
	var look uint32
	for _, c := range r.Classes() {
		for _, m := range c.Methods {
			if m.Name == "look" {
				look = m.ID
			}
		}
	}
	for _, limit := range []time.Duration{0, time.Minute} {
		caller.StartIn(5, false, look, 0, nil, nil, limit)
		got := <-seen
		require.Equal(t, [2]int{-7, 5}, got[1])
		life, ok := got[0].(*component.Life)
		require.True(t, ok)
		require.NotNil(t, life)
	}
}

type valued struct{}

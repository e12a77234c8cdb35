package component

import (
	"context"
	"errors"
	"reflect"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// callable is a PHP callable that Go holds. Its thread keeps the PHP value until the last Go function made of it is
// gone.
type callable struct {
	id     uint64
	caller *Caller
}

// question is one call of a callable, on its way to PHP and back.
type question struct {
	args   []byte
	answer chan answer // one place: whoever answers does not wait
}

type answer struct {
	bytes []byte
	err   error
}

// ErrOnOwnThread answers the call of a PHP callable by the very method that PHP is in: PHP waits for it.
var ErrOnOwnThread = errors.New("component: PHP waits for this method: one that calls a PHP callable takes a context.Context")

// callable makes a Go function of a PHP callable. Each call of it is posted to the callable's thread, and waits there for
// its turn: for the loop, or for the method with a context that the thread itself waits for.
func (c *Caller) callable(id uint64, t *wire.Type) any {
	f := &callable{id: id, caller: c}
	runtime.AddCleanup(f, func(id uint64) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.post(Mail{Kind: DropCallable, ID: id})
	}, id)
	return reflect.MakeFunc(t.Go, func(in []reflect.Value) []reflect.Value { return f.call(t, in) }).Interface()
}

func (f *callable) call(t *wire.Type, in []reflect.Value) []reflect.Value {
	ctx := context.Background()
	if t.Context {
		ctx, _ = in[0].Interface().(context.Context)
		in = in[1:]
	}
	out := make([]reflect.Value, t.Go.NumOut())
	for i := range out {
		out[i] = reflect.Zero(t.Go.Out(i))
	}
	value, err := f.ask(ctx, t, in)
	if err != nil {
		out[len(out)-1] = reflect.ValueOf(&err).Elem()
	} else if t.Out != nil {
		out[0] = value
	}
	runtime.KeepAlive(f)
	return out
}

func (f *callable) ask(ctx context.Context, t *wire.Type, in []reflect.Value) (value reflect.Value, err error) {
	c := f.caller
	if unix.Gettid() == c.thread {
		return value, ErrOnOwnThread
	}
	s := &session{r: c.r, caller: c}
	args, err := c.r.encodeAll(t.In, in, s)
	if err != nil {
		s.takeBack()
		return value, err
	}
	q := &question{args: args, answer: make(chan answer, 1)}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		s.takeBack()
		return value, ErrStopped
	}
	c.next++
	number := c.next
	c.asked[number] = q
	c.post(Mail{Kind: CallCallable, ID: f.id, Aux: number})
	c.mu.Unlock()
	select {
	case a := <-q.answer:
		return f.answered(t, a, s)
	case <-ctx.Done():
		c.mu.Lock()
		_, unheard := c.asked[number]
		delete(c.asked, number)
		c.mu.Unlock()
		if unheard && q.args != nil {
			s.takeBack()
		}
		return value, context.Cause(ctx)
	}
}

func (f *callable) answered(t *wire.Type, a answer, s *session) (value reflect.Value, err error) {
	if a.err != nil {
		if thrown := (*CallableError)(nil); errors.As(a.err, &thrown) {
			thrown.from = f
		}
		return value, a.err
	}
	if t.Out == nil {
		return value, nil
	}
	value = reflect.New(t.Out.Go).Elem()
	if err := t.Out.Decode(wire.NewDecoder(a.bytes, wire.Limits{}, s), value); err != nil {
		var m *wire.MismatchError
		if errors.As(err, &m) {
			err = errors.New("what the callable returned " + m.Message())
		}
		return value, err
	}
	return value, nil
}

// Question appends the arguments of a callable's call, one behind another; false when nobody waits for it any more.
func (c *Caller) Question(number uint64, buf []byte) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := c.asked[number]
	if q == nil {
		return buf, false
	}
	buf = append(buf, q.args...)
	q.args = nil // what they hand over is PHP's now
	return buf, true
}

// Answer ends a callable's call with what it returned.
func (c *Caller) Answer(number uint64, value []byte) {
	c.reply(number, answer{bytes: append([]byte(nil), value...)})
}

// AnswerThrown ends a callable's call with what it has thrown; id is the number under which the thread keeps that.
func (c *Caller) AnswerThrown(number uint64, class, message string, id uint64) {
	c.reply(number, answer{err: &CallableError{Class: class, Message: message, id: id}})
}

func (c *Caller) reply(number uint64, a answer) {
	c.mu.Lock()
	q := c.asked[number]
	delete(c.asked, number)
	c.mu.Unlock()
	if q != nil {
		q.answer <- a
	}
}

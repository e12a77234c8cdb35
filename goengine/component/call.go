package component

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"unsafe"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// session is one call's view of the registry: what it hands out is taken back when the call fails.
type session struct {
	r      *Registry
	caller *Caller
	made   []uint64
}

func (s *session) Object(class uint32, handle uint64) (any, error) {
	v, err := s.r.object(class, handle)
	if _, far := v.(*farObject); far {
		return nil, ErrFar
	}
	return v, err
}

func (s *session) TypeOf(class uint32) *wire.Type { return s.r.TypeOf(class) }

func (s *session) Handle(class uint32, value any) (uint64, error) {
	h := s.r.handles.add(s.r.classes[class], value)
	s.made = append(s.made, h)
	return h, nil
}

func (s *session) Func(id uint64, t *wire.Type) (any, error) {
	if s.caller == nil {
		return nil, errors.New("callables need a thread that can call them")
	}
	return s.caller.callable(id, t), nil
}

// takeBack forgets the handles of a value that will not reach PHP.
func (s *session) takeBack() {
	for _, h := range s.made {
		s.r.Release(h)
	}
	s.made = nil
}

// scratch are the coders of a call; sync.Pool keeps their memory.
type scratch struct {
	d wire.Decoder
	e wire.Encoder
	s session
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// Fast calls a method with a fast path for so many arguments. The result is in out, a string's bytes in buf as far as they fit: its length is
// out's second word, and when that is more than buf holds, rest has them all. A failure is in rest, to be read by the
// outcome.
func (r *Registry) Fast(method uint32, handle uint64, argc int, in *[maxFast]Slot, out *Slot, buf []byte) (outcome Outcome, rest []byte) {
	m := r.methods[method]
	e := r.handles.get(handle)
	if e == nil || e.class != m.Class {
		return NoObject, nil
	}
	if e.pointer == nil {
		if o, ok := e.value.(*farObject); ok {
			return o.far.fast(m, o.object, argc, in, out, buf)
		}
	}
	text, err := m.run(argc, e.pointer, in, out)
	if err != nil {
		return r.fail(nil, m.Class, err)
	}
	if m.Result != nil && (m.Result.Kind == wire.String || m.Result.Kind == wire.Held) {
		out[1] = uint64(len(text))
		if copy(buf, text) < len(text) {
			return Done, []byte(text)
		}
	}
	return Done, nil
}

func (m *Method) run(argc int, receiver unsafe.Pointer, in *[maxFast]Slot, out *Slot) (text string, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = recovered(v)
		}
	}()
	return m.fast[argc](receiver, in, out)
}

func (r *Registry) fail(buf []byte, class *Class, err error) (Outcome, []byte) {
	var e wire.Encoder
	e.Reset(buf, wire.Limits{}, nil)
	outcome := r.failure(&e, class, err)
	return outcome, e.Buf
}

// Call calls a method that has no context, or a constructor (its result is the object's handle, as an int). args are the
// values that PHP gave, one behind another; the outcome's bytes are appended to buf.
func (r *Registry) Call(method uint32, handle uint64, args, buf []byte, caller *Caller) (Outcome, []byte) {
	m := r.methods[method]
	if far := r.far.Load(); far != nil && m.constructs && !m.receiver && m.Class.definition.remote {
		return far.call(m, 0, args, buf)
	}
	if o := r.farObject(m, handle); o != nil {
		return o.far.call(m, o.object, args, buf)
	}
	c := scratches.Get().(*scratch)
	defer scratches.Put(c)
	c.s = session{r: r, caller: caller}
	in, err := r.arguments(m, handle, args, c)
	if err != nil {
		if err == errStale {
			return NoObject, buf
		}
		return r.fail(buf, m.Class, err)
	}
	out, err := m.invoke(in)
	if err == nil && m.constructs {
		return r.constructed(m, out, buf)
	}
	return r.finish(m, out, err, c, buf)
}

// constructed keeps a new value.
func (r *Registry) constructed(m *Method, out []reflect.Value, buf []byte) (Outcome, []byte) {
	if k := out[0].Kind(); (k == reflect.Pointer || k == reflect.Map || k == reflect.Slice || k == reflect.Func) && out[0].IsNil() {
		return r.fail(buf, m.Class, fmt.Errorf("%s of %s returned nil", m.Go, m.Class.Name))
	}
	return Done, wire.AppendInt(buf, int64(r.handles.add(m.Class, out[0].Interface())))
}

// finish writes a call's results.
func (r *Registry) finish(m *Method, out []reflect.Value, err error, c *scratch, buf []byte) (Outcome, []byte) {
	if err == nil {
		c.e.Reset(buf, wire.Limits{}, &c.s)
		if err = r.encode(m, out, c); err == nil {
			buf, c.e.Buf = c.e.Buf, nil
			return Done, buf
		}
		c.s.takeBack()
		err = fmt.Errorf("the result of %s: %w", m.Go, err)
	}
	return r.fail(buf, m.Class, err)
}

func (r *Registry) encode(m *Method, out []reflect.Value, c *scratch) (err error) {
	defer func() { // of a type's own MarshalText and the like
		if v := recover(); v != nil {
			err = recovered(v)
		}
	}()
	e := &c.e
	switch {
	case m.Result == nil:
		return nil
	case m.Nullable && !out[1].Bool():
		e.Buf = wire.AppendNull(e.Buf)
		return nil
	case m.Iterates:
		s, ok := out[0].Interface().(*Sequence) // one that waits has been made already
		if !ok {
			if s, err = m.iterate(out[0]); err != nil {
				return err
			}
		}
		return e.Any(s, r.types)
	case len(m.more) > 0:
		e.Buf = wire.AppendList(e.Buf, 1+len(m.more))
	}
	if m.never && (out[0].Kind() == reflect.Pointer || out[0].Kind() == reflect.Interface) && out[0].IsNil() {
		return errors.New("it is nil, and no error came with it")
	}
	if err := m.Result.Encode(e, out[0]); err != nil {
		return err
	}
	for i, t := range m.more {
		if err := t.Encode(e, out[1+i]); err != nil {
			return err
		}
	}
	return nil
}

// arguments reads what PHP gave into what the function takes; its context is left empty.
func (r *Registry) arguments(m *Method, handle uint64, args []byte, c *scratch) (in []reflect.Value, err error) {
	n := len(m.Params)
	in = make([]reflect.Value, 0, n+2)
	if m.receiver {
		e := r.handles.get(handle)
		if e == nil || e.class != m.Class {
			return nil, errStale
		}
		in = append(in, reflect.ValueOf(e.value))
	}
	if m.Context {
		in = append(in, reflect.Value{})
	}
	at := 0
	defer func() { // of a type's own UnmarshalText
		if v := recover(); v != nil {
			err = recovered(v)
		}
	}()
	c.d.Reset(args, wire.Limits{}, &c.s)
	var options reflect.Value
	if m.options.IsValid() {
		options = reflect.New(m.options.Type()).Elem()
		options.Set(m.options)
	}
	for at = range m.Params {
		p, t := &m.Params[at], m.codecs[at]
		if p.Variadic {
			break
		}
		var v reflect.Value
		if p.field != nil {
			v = options.FieldByIndex(p.field)
		} else {
			v = reflect.New(t.Go).Elem()
			in = append(in, v)
		}
		if !c.d.More() {
			continue // optional: what is there is the default
		}
		if err := t.Decode(&c.d, v); err != nil {
			return nil, &argumentError{at, err}
		}
	}
	if options.IsValid() {
		in = append(in, options)
	}
	if m.variadic {
		t := m.codecs[n-1]
		for at = n - 1; c.d.More(); at++ {
			v := reflect.New(t.Go).Elem()
			if err := t.Decode(&c.d, v); err != nil {
				return nil, &argumentError{at, err}
			}
			in = append(in, v)
		}
	}
	return in, nil
}

// invoke calls the function; its own error is split off.
func (m *Method) invoke(in []reflect.Value) (out []reflect.Value, err error) {
	defer func() {
		if v := recover(); v != nil {
			out, err = nil, recovered(v)
		}
	}()
	out = m.fn.Call(in)
	if m.fails {
		last := len(out) - 1
		err, _ = out[last].Interface().(error)
		out = out[:last]
	}
	return out, err
}

// invokeContext calls a method that has a context: arguments has left a place for it.
func (m *Method) invokeContext(ctx *context.Context, in []reflect.Value) ([]reflect.Value, error) {
	at := 0
	if m.receiver {
		at = 1
	}
	in[at] = reflect.ValueOf(ctx).Elem()
	return m.invoke(in)
}

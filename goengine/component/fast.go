package component

import (
	"reflect"
	"strings"
	"unsafe"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// A method of a pointer whose parameters and result are bool, int, float64, string or Opaque is called, and a field of these
// types is read and written, without reflection
// and without encoding: its arguments lie in Slots that C fills, its result goes into one. An Opaque crosses as a string.
//
// The method is called through a func type in which the receiver is an unsafe.Pointer and named types are the basic ones
// under them. Both have the layout of the true types, so the call is the same one; fast_test.go calls each shape.

// Slot holds an argument or a result: bytes 0 to 7 an int64, a float64 or a bool in the first; or a string's address and
// length. C sees it as phx_slot.
type Slot [2]uint64

// maxFast is how many parameters a fast method has at most.
const maxFast = 3

// fastFunc calls a method. A string result is returned, any other is in out.
type fastFunc func(receiver unsafe.Pointer, in *[maxFast]Slot, out *Slot) (text string, err error)

// load takes an argument out of its slot. A string there is PHP's memory, so it is copied.
func load[A any](s *Slot, text bool) A {
	v := *(*A)(unsafe.Pointer(s))
	if text {
		p := (*string)(unsafe.Pointer(&v))
		*p = strings.Clone(*p)
	}
	return v
}

func give[R any](out *Slot, v R, text bool) string {
	if text {
		return *(*string)(unsafe.Pointer(&v))
	}
	*(*R)(unsafe.Pointer(out)) = v
	return ""
}

// shape is a method as the fast path sees it.
type shape struct {
	fn    unsafe.Pointer // a func value
	in    []reflect.Kind
	out   reflect.Kind // reflect.Invalid: none
	fails bool         // the last result is an error
}

func as[F any](s *shape) F { return *(*F)(unsafe.Pointer(&s.fn)) }

// fastKind says whether values of a type may cross in a slot, and as what.
func fastKind(t *wire.Type) (reflect.Kind, bool) {
	k := t.Go.Kind()
	switch {
	case t.Kind == wire.Bool && k == reflect.Bool, t.Kind == wire.Float && k == reflect.Float64,
		t.Kind == wire.String && k == reflect.String && !t.Text, t.Kind == wire.Held:
		return k, true
	case t.Kind == wire.Int && (k == reflect.Int || k == reflect.Int64):
		return reflect.Int64, true
	}
	return reflect.Invalid, false
}

// bindFast makes a fastFunc of a method's function, whose first parameter is a pointer; nil when it has another shape.
func bindFast(fn reflect.Value, in []*wire.Type, out *wire.Type, fails bool) fastFunc {
	t := fn.Type()
	if t.IsVariadic() || len(in) > maxFast || t.NumIn() != len(in)+1 || t.In(0).Kind() != reflect.Pointer {
		return nil
	}
	f := fn.Interface()
	s := &shape{fn: (*[2]unsafe.Pointer)(unsafe.Pointer(&f))[1], fails: fails}
	for _, p := range in {
		k, ok := fastKind(p)
		if !ok {
			return nil
		}
		s.in = append(s.in, k)
	}
	if out != nil {
		k, ok := fastKind(out)
		if !ok {
			return nil
		}
		s.out = k
	}
	switch len(s.in) {
	case 0:
		return results0(s)
	case 1:
		return pick(s, 0, first1)
	case 2:
		return pick(s, 0, first2)
	}
	return pick(s, 0, first3)
}

// picked has one function for each type that the parameter may have.
type picked struct {
	boolean, number, float, text func(*shape) fastFunc
}

func pick(s *shape, i int, p picked) fastFunc {
	switch s.in[i] {
	case reflect.Bool:
		return p.boolean(s)
	case reflect.Int64:
		return p.number(s)
	case reflect.Float64:
		return p.float(s)
	}
	return p.text(s)
}

var (
	first1 = picked{results1[bool], results1[int64], results1[float64], results1[string]}
	first2 = picked{second2[bool], second2[int64], second2[float64], second2[string]}
	first3 = picked{second3[bool], second3[int64], second3[float64], second3[string]}
)

func second2[A any](s *shape) fastFunc {
	return pick(s, 1, picked{results2[A, bool], results2[A, int64], results2[A, float64], results2[A, string]})
}

func second3[A any](s *shape) fastFunc {
	return pick(s, 1, picked{third3[A, bool], third3[A, int64], third3[A, float64], third3[A, string]})
}

func third3[A, B any](s *shape) fastFunc {
	return pick(s, 2, picked{results3[A, B, bool], results3[A, B, int64], results3[A, B, float64], results3[A, B, string]})
}

func results0(s *shape) fastFunc {
	switch s.out {
	case reflect.Bool:
		return call0[bool](s)
	case reflect.Int64:
		return call0[int64](s)
	case reflect.Float64:
		return call0[float64](s)
	case reflect.String:
		return call0[string](s)
	}
	if s.fails {
		f := as[func(unsafe.Pointer) error](s)
		return func(r unsafe.Pointer, _ *[maxFast]Slot, _ *Slot) (string, error) { return "", f(r) }
	}
	f := as[func(unsafe.Pointer)](s)
	return func(r unsafe.Pointer, _ *[maxFast]Slot, _ *Slot) (string, error) { f(r); return "", nil }
}

func call0[R any](s *shape) fastFunc {
	text := s.out == reflect.String
	if s.fails {
		f := as[func(unsafe.Pointer) (R, error)](s)
		return func(r unsafe.Pointer, _ *[maxFast]Slot, out *Slot) (string, error) {
			v, err := f(r)
			return give(out, v, text), err
		}
	}
	f := as[func(unsafe.Pointer) R](s)
	return func(r unsafe.Pointer, _ *[maxFast]Slot, out *Slot) (string, error) { return give(out, f(r), text), nil }
}

func results1[A any](s *shape) fastFunc {
	switch s.out {
	case reflect.Bool:
		return call1[A, bool](s)
	case reflect.Int64:
		return call1[A, int64](s)
	case reflect.Float64:
		return call1[A, float64](s)
	case reflect.String:
		return call1[A, string](s)
	}
	ta := s.in[0] == reflect.String
	if s.fails {
		f := as[func(unsafe.Pointer, A) error](s)
		return func(r unsafe.Pointer, in *[maxFast]Slot, _ *Slot) (string, error) {
			return "", f(r, load[A](&in[0], ta))
		}
	}
	f := as[func(unsafe.Pointer, A)](s)
	return func(r unsafe.Pointer, in *[maxFast]Slot, _ *Slot) (string, error) {
		f(r, load[A](&in[0], ta))
		return "", nil
	}
}

func call1[A, R any](s *shape) fastFunc {
	text, ta := s.out == reflect.String, s.in[0] == reflect.String
	if s.fails {
		f := as[func(unsafe.Pointer, A) (R, error)](s)
		return func(r unsafe.Pointer, in *[maxFast]Slot, out *Slot) (string, error) {
			v, err := f(r, load[A](&in[0], ta))
			return give(out, v, text), err
		}
	}
	f := as[func(unsafe.Pointer, A) R](s)
	return func(r unsafe.Pointer, in *[maxFast]Slot, out *Slot) (string, error) {
		return give(out, f(r, load[A](&in[0], ta)), text), nil
	}
}

func results2[A, B any](s *shape) fastFunc {
	switch s.out {
	case reflect.Bool:
		return call2[A, B, bool](s)
	case reflect.Int64:
		return call2[A, B, int64](s)
	case reflect.Float64:
		return call2[A, B, float64](s)
	case reflect.String:
		return call2[A, B, string](s)
	}
	ta, tb := s.in[0] == reflect.String, s.in[1] == reflect.String
	if s.fails {
		f := as[func(unsafe.Pointer, A, B) error](s)
		return func(r unsafe.Pointer, in *[maxFast]Slot, _ *Slot) (string, error) {
			return "", f(r, load[A](&in[0], ta), load[B](&in[1], tb))
		}
	}
	f := as[func(unsafe.Pointer, A, B)](s)
	return func(r unsafe.Pointer, in *[maxFast]Slot, _ *Slot) (string, error) {
		f(r, load[A](&in[0], ta), load[B](&in[1], tb))
		return "", nil
	}
}

func call2[A, B, R any](s *shape) fastFunc {
	text, ta, tb := s.out == reflect.String, s.in[0] == reflect.String, s.in[1] == reflect.String
	if s.fails {
		f := as[func(unsafe.Pointer, A, B) (R, error)](s)
		return func(r unsafe.Pointer, in *[maxFast]Slot, out *Slot) (string, error) {
			v, err := f(r, load[A](&in[0], ta), load[B](&in[1], tb))
			return give(out, v, text), err
		}
	}
	f := as[func(unsafe.Pointer, A, B) R](s)
	return func(r unsafe.Pointer, in *[maxFast]Slot, out *Slot) (string, error) {
		return give(out, f(r, load[A](&in[0], ta), load[B](&in[1], tb)), text), nil
	}
}

func results3[A, B, C any](s *shape) fastFunc {
	switch s.out {
	case reflect.Bool:
		return call3[A, B, C, bool](s)
	case reflect.Int64:
		return call3[A, B, C, int64](s)
	case reflect.Float64:
		return call3[A, B, C, float64](s)
	case reflect.String:
		return call3[A, B, C, string](s)
	}
	ta, tb, tc := s.in[0] == reflect.String, s.in[1] == reflect.String, s.in[2] == reflect.String
	if s.fails {
		f := as[func(unsafe.Pointer, A, B, C) error](s)
		return func(r unsafe.Pointer, in *[maxFast]Slot, _ *Slot) (string, error) {
			return "", f(r, load[A](&in[0], ta), load[B](&in[1], tb), load[C](&in[2], tc))
		}
	}
	f := as[func(unsafe.Pointer, A, B, C)](s)
	return func(r unsafe.Pointer, in *[maxFast]Slot, _ *Slot) (string, error) {
		f(r, load[A](&in[0], ta), load[B](&in[1], tb), load[C](&in[2], tc))
		return "", nil
	}
}

func call3[A, B, C, R any](s *shape) fastFunc {
	text, ta, tb, tc := s.out == reflect.String, s.in[0] == reflect.String, s.in[1] == reflect.String, s.in[2] == reflect.String
	if s.fails {
		f := as[func(unsafe.Pointer, A, B, C) (R, error)](s)
		return func(r unsafe.Pointer, in *[maxFast]Slot, out *Slot) (string, error) {
			v, err := f(r, load[A](&in[0], ta), load[B](&in[1], tb), load[C](&in[2], tc))
			return give(out, v, text), err
		}
	}
	f := as[func(unsafe.Pointer, A, B, C) R](s)
	return func(r unsafe.Pointer, in *[maxFast]Slot, out *Slot) (string, error) {
		return give(out, f(r, load[A](&in[0], ta), load[B](&in[1], tb), load[C](&in[2], tc)), text), nil
	}
}

// fastField reads and writes a field of the receiver.
func fastField(kind reflect.Kind, offset uintptr) (read, write fastFunc) {
	switch kind {
	case reflect.Bool:
		return fieldOf[bool](offset, false)
	case reflect.Int64:
		return fieldOf[int64](offset, false)
	case reflect.Float64:
		return fieldOf[float64](offset, false)
	case reflect.String:
		return fieldOf[string](offset, true)
	}
	return nil, nil
}

func fieldOf[T any](offset uintptr, text bool) (read, write fastFunc) {
	read = func(r unsafe.Pointer, _ *[maxFast]Slot, out *Slot) (string, error) {
		return give(out, *(*T)(unsafe.Add(r, offset)), text), nil
	}
	write = func(r unsafe.Pointer, in *[maxFast]Slot, _ *Slot) (string, error) {
		*(*T)(unsafe.Add(r, offset)) = load[T](&in[0], text)
		return "", nil
	}
	return read, write
}

package component

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// shapes has methods of many shapes; each mixes what it gets into what it answers.
type shapes struct{ seen string }

type named string
type size int

var errShape = errors.New("shape")

func (s *shapes) note(v ...any) string { s.seen = fmt.Sprint(v...); return s.seen }

func (s *shapes) A0()                                    { s.note("A0") }
func (s *shapes) A1() error                              { s.note("A1"); return errShape }
func (s *shapes) A2() (string, error)                    { return s.note("A2"), nil }
func (s *shapes) B0(a bool)                              { s.note(a) }
func (s *shapes) B1(a int) int                           { s.note(a); return a + 1 }
func (s *shapes) B2(a int64) (int64, error)              { s.note(a); return a + 2, errShape }
func (s *shapes) B3(a float64) float64                   { s.note(a); return a / 2 }
func (s *shapes) B4(a string) string                     { return s.note(a) }
func (s *shapes) B5(a named) (named, error)              { return named(s.note(a)), nil }
func (s *shapes) B6(a size) bool                         { s.note(a); return a > 3 }
func (s *shapes) B7(a string) error                      { s.note(a); return errShape }
func (s *shapes) C0(a string, b int) string              { return s.note(a, b) }
func (s *shapes) C1(a bool, b float64) (bool, error)     { s.note(a, b); return !a, nil }
func (s *shapes) C2(a float64, b string) float64         { s.note(a, b); return a }
func (s *shapes) C3(a int, b bool)                       { s.note(a, b) }
func (s *shapes) C4(a, b string) error                   { s.note(a, b); return nil }
func (s *shapes) D0(a string, b float64, c int) string   { return s.note(a, b, c) }
func (s *shapes) D1(a int, b int, c bool) (int, error)   { s.note(a, b, c); return a * b, nil }
func (s *shapes) D2(a float64, b bool, c string) float64 { s.note(a, b, c); return a }
func (s *shapes) D3(a, b, c string)                      { s.note(a, b, c) }
func (s *shapes) D4(a bool, b string, c float64) error   { s.note(a, b, c); return errShape }
func (s *shapes) D5(a, b, c float64) bool                { s.note(a, b, c); return a < b }

// slotOf writes a value as C does; the string's bytes must outlive the slot.
func slotOf(v reflect.Value) (s Slot) {
	switch v.Kind() {
	case reflect.Bool:
		*(*bool)(unsafe.Pointer(&s)) = v.Bool()
	case reflect.Int, reflect.Int64:
		*(*int64)(unsafe.Pointer(&s)) = v.Int()
	case reflect.Float64:
		*(*float64)(unsafe.Pointer(&s)) = v.Float()
	case reflect.String:
		text := v.String()
		s[0], s[1] = uint64(uintptr(unsafe.Pointer(unsafe.StringData(text)))), uint64(len(text))
	}
	return s
}

// sample values are constants, whose bytes the collector does not move or free.
func sample(t reflect.Type, i int) reflect.Value {
	v := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.Bool:
		v.SetBool(i%2 == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt([]int64{-5, 1 << 62, 7}[i])
	case reflect.Float64:
		v.SetFloat([]float64{1.25, -3e300, 0.5}[i])
	case reflect.String:
		v.SetString([]string{"first", "", "third\x00"}[i])
	}
	return v
}

// Each shape is called by the fast path and by reflection: they see and answer the same.
func TestFastCallsAreTheSameCalls(t *testing.T) {
	r := NewRegistry()
	r.Register("Shapes", func() *shapes { return &shapes{} })
	require.NoError(t, r.Freeze())
	for _, m := range r.classes[1].Methods {
		t.Run(m.Go, func(t *testing.T) {
			require.True(t, m.Fast)
			slow, quick := &shapes{}, &shapes{}
			var in [maxFast]Slot
			var out Slot
			args := []reflect.Value{reflect.ValueOf(slow)}
			for i := range m.Params {
				v := sample(m.codecs[i].Go, i)
				in[i] = slotOf(v)
				args = append(args, v)
			}
			results := m.fn.Call(args)
			text, err := m.fast[len(m.Params)](unsafe.Pointer(quick), &in, &out)
			require.Equal(t, slow.seen, quick.seen)
			if m.fails {
				want, _ := results[len(results)-1].Interface().(error)
				require.Equal(t, want, err)
			}
			if m.Result == nil {
				return
			}
			switch want := results[0]; want.Kind() {
			case reflect.String:
				require.Equal(t, want.String(), text)
			default:
				require.Equal(t, slotOf(want), out)
			}
		})
	}
}

func TestShapesThatAreNotFast(t *testing.T) {
	require.Nil(t, bindFast(reflect.ValueOf(func(int) {}), nil, nil, false), "no receiver")
	require.Nil(t, bindFast(reflect.ValueOf(func(*shapes, ...int) {}), nil, nil, false), "variadic")
}

func TestAFastCallAllocatesNothing(t *testing.T) {
	r := NewRegistry()
	r.Register("Shapes", func() *plain { return &plain{} })
	require.NoError(t, r.Freeze())
	m := r.classes[1].Methods[0]
	h := r.handles.add(m.Class, &plain{})
	var in [maxFast]Slot
	var out Slot
	in[0][0] = 4
	require.Zero(t, testing.AllocsPerRun(1000, func() { r.Fast(m.ID, h, len(m.Params), &in, &out, nil) }))
	require.EqualValues(t, 5, out[0])
}

type plain struct{}

func (*plain) Next(n int) int { return n + 1 }

func BenchmarkFast(b *testing.B) {
	r := NewRegistry()
	r.Register("Shapes", func() *plain { return &plain{} })
	require.NoError(b, r.Freeze())
	m := r.classes[1].Methods[0]
	h := r.handles.add(m.Class, &plain{})
	var in [maxFast]Slot
	var out Slot
	for b.Loop() {
		r.Fast(m.ID, h, len(m.Params), &in, &out, nil)
	}
}

type inside struct {
	_    [3]byte
	Open bool
}

type fields struct {
	inside
	N     int
	Ratio float64
	Name  named
	Kept  Opaque
	Small int8
}

// Properties of the types that cross as they are need no reflection: they are read and written where they lie.
func TestFieldsAreFast(t *testing.T) {
	r := NewRegistry()
	r.Register("Fields", func() *fields { return &fields{} })
	require.NoError(t, r.Freeze())
	value := &fields{inside: inside{Open: true}, N: -5, Ratio: 2.5, Name: "name", Kept: Opaque("\x02")}
	h := r.handles.add(r.classes[1], value)
	buf := make([]byte, 64)
	properties := map[string]*Property{}
	for _, p := range r.classes[1].Properties {
		properties[p.Name] = p
	}
	require.Len(t, properties, 6)
	require.Nil(t, properties["small"].Get.fast[0])
	get := func(name string) (Slot, string) {
		var out Slot
		outcome, rest := r.Fast(properties[name].Get.ID, h, 0, &[maxFast]Slot{}, &out, buf)
		require.Equal(t, Done, outcome)
		require.Nil(t, rest)
		return out, string(buf[:min(out[1], 64)])
	}
	set := func(name string, v any) {
		var out Slot
		outcome, _ := r.Fast(properties[name].Set.ID, h, 1, &[maxFast]Slot{slotOf(reflect.ValueOf(v))}, &out, buf)
		require.Equal(t, Done, outcome)
	}
	out, _ := get("n")
	require.EqualValues(t, -5, int64(out[0]))
	out, _ = get("open")
	require.True(t, *(*bool)(unsafe.Pointer(&out)))
	out, _ = get("ratio")
	require.Equal(t, 2.5, *(*float64)(unsafe.Pointer(&out)))
	_, text := get("name")
	require.Equal(t, "name", text)
	_, text = get("kept")
	require.Equal(t, "\x02", text)

	memory := []byte("borrowed")
	set("n", 7)
	set("open", false)
	set("ratio", 0.5)
	set("name", unsafe.String(&memory[0], len(memory)))
	set("kept", "\x00")
	copy(memory, "reused!!")
	require.Equal(t, &fields{N: 7, Ratio: 0.5, Name: "borrowed", Kept: Opaque("\x00")}, value)
}

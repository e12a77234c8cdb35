package component

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

type holder struct{ kept Opaque }

type keepOptions struct {
	Options
	For   float64
	Names *Map
}

func (h *holder) Keep(v Opaque) bool                         { h.kept = v; return true }
func (h *holder) Kept(otherwise Opaque) Opaque               { return h.kept + otherwise }
func (h *holder) Store(v Opaque, o keepOptions) (int, error) { h.kept = v; return -1, nil }
func (h *holder) store(v Opaque) (int, error)                { h.kept = v; return 1, nil }
func (h *holder) storeFor(v Opaque, s float64) (int, error)  { h.kept = v; return int(s), nil }

func method(t *testing.T, r *Registry, name string) *Method {
	for _, m := range r.classes[1].Methods {
		if m.Go == name {
			return m
		}
	}
	t.Fatal("no method " + name)
	return nil
}

// A value that Go keeps takes the fast path, and need not be given at the end; functions of Direct are called for as many
// arguments as they have.
func TestOpaqueAndDirectCalls(t *testing.T) {
	r := NewRegistry()
	r.Register("Holder", func() *holder { return &holder{} }, Direct("Store", (*holder).store, (*holder).storeFor))
	require.NoError(t, r.Freeze())
	h := r.handles.add(r.classes[1], &holder{})
	value := string(wire.OpaqueString("text"))
	in := [maxFast]Slot{textSlot(value)}
	var out Slot
	buf := make([]byte, 64)

	keep := method(t, r, "Keep")
	outcome, _ := r.Fast(keep.ID, h, 1, &in, &out, buf)
	require.Equal(t, Done, outcome)
	kept := method(t, r, "Kept")
	require.Zero(t, kept.Required)
	in[0] = Slot{}
	outcome, _ = r.Fast(kept.ID, h, 0, &in, &out, buf)
	require.Equal(t, Done, outcome)
	require.Equal(t, value, string(buf[:out[1]]))

	store := method(t, r, "Store")
	in[0] = textSlot(value)
	for argc, want := range map[int]int64{1: 1, 2: 7} {
		in[1] = Slot{0x401c000000000000} // 7.0
		outcome, _ = r.Fast(store.ID, h, argc, &in, &out, buf)
		require.Equal(t, Done, outcome)
		require.EqualValues(t, want, out[0])
	}
	require.Nil(t, store.fast[3])
	args := wire.AppendFloat([]byte(value), 1)
	outcome, result := r.Call(store.ID, h, append(args, wire.TagList, 0, 0, 0, 0), nil, nil)
	require.Equal(t, Done, outcome)
	require.Equal(t, wire.AppendInt(nil, -1), result)
	require.Equal(t, "[]", store.Params[2].Default, "an array is never null")
}

func textSlot(s string) Slot {
	return slotOf(reflect.ValueOf(s))
}

func TestDirectFunctionsThatDoNotFit(t *testing.T) {
	for name, fn := range map[string]any{
		"another receiver": func(*shapes, Opaque) (int, error) { return 0, nil },
		"another type":     func(*holder, string) (int, error) { return 0, nil },
		"another result":   func(*holder, Opaque) bool { return false },
		"no result":        func(*holder, Opaque) error { return nil },
		"too few":          func(*holder) (int, error) { return 0, nil },
		"no function":      7,
		"does not cross":   func(*holder, Opaque, float32) (int, error) { return 0, nil },
	} {
		t.Run(name, func(t *testing.T) {
			r := NewRegistry()
			r.Register("Holder", func() *holder { return &holder{} }, Direct("Store", fn))
			require.ErrorContains(t, r.Freeze(), "component.Direct")
		})
	}
}

package wire_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// An Opaque holds exactly the bytes of one value, and gives them back.
func TestAnOpaqueIsOneValueWhole(t *testing.T) {
	types := wire.NewTypes(nil)
	opaque, err := types.Of(reflect.TypeFor[wire.Opaque]())
	require.NoError(t, err)
	serial := wire.AppendString(nil, `O:1:"P":0:{}`)
	serial[0] = wire.TagSerial
	for name, value := range map[string][]byte{
		"null": encode(t, nil), "int": encode(t, 7), "string": encode(t, "seven"),
		"nested": encode(t, []any{1, map[string]any{"a": []any{}}}), "serialized": serial,
	} {
		t.Run(name, func(t *testing.T) {
			d := wire.NewDecoder(append(append([]byte(nil), value...), wire.TagTrue), wire.Limits{}, nil)
			v := reflect.New(opaque.Go).Elem()
			require.NoError(t, opaque.Decode(d, v))
			require.Equal(t, string(value), v.String())
			require.True(t, d.More(), "what is behind it stays")
			e := wire.NewEncoder(nil, wire.Limits{}, nil)
			require.NoError(t, opaque.Encode(e, v))
			require.Equal(t, value, e.Buf)
		})
	}
}

// A handle, or the number of a class, means nothing once its call is over.
func TestAnOpaqueTakesNothingOfACall(t *testing.T) {
	types := wire.NewTypes(nil)
	opaque, err := types.Of(reflect.TypeFor[wire.Opaque]())
	require.NoError(t, err)
	for name, value := range map[string]string{
		"component": "\x08\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00",
		"callable":  "\x0c\x01\x00\x00\x00\x00\x00\x00\x00",
		"inside":    "\x06\x01\x00\x00\x00\x0c\x01\x00\x00\x00\x00\x00\x00\x00",
		"cut short": "\x05\x07\x00\x00\x00abc",
		"too deep":  deep(600),
	} {
		t.Run(name, func(t *testing.T) {
			require.Error(t, opaque.Decode(wire.NewDecoder([]byte(value), wire.Limits{}, nil), reflect.New(opaque.Go).Elem()))
		})
	}
}

func deep(n int) string {
	s := ""
	for range n {
		s += "\x06\x01\x00\x00\x00"
	}
	return s + "\x00"
}

func TestScalars(t *testing.T) {
	read := func(o wire.Opaque) (out []any, err error) {
		err = o.Scalars(func(key string, v wire.Scalar) error {
			out = append(out, key, v)
			return nil
		})
		return out, err
	}
	m := wire.NewMap(3)
	m.Set("a", 1.5)
	m.Set("b", "text")
	m.Set("c", []any{1})
	o, err := wire.NewOpaque(m)
	require.NoError(t, err)
	got, err := read(o)
	require.NoError(t, err)
	require.Equal(t, []any{"a", wire.Scalar{Tag: wire.TagFloat, Number: 0x3ff8000000000000}, "b", wire.Scalar{Tag: wire.TagString, Text: "text"},
		"c", wire.Scalar{Tag: wire.TagList}}, got)
	for _, other := range []wire.Opaque{"", wire.OpaqueInt(1), "\x06\x01\x00\x00\x00\x00", "\x07\x01\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00"} {
		_, err := read(other)
		require.ErrorIs(t, err, wire.ErrType)
	}
	got, err = read("\x06\x00\x00\x00\x00")
	require.NoError(t, err)
	require.Empty(t, got)
	for i := range len(o) - 5 {
		_, _ = read(o[:5+i]) // cut anywhere, it is an error and no panic
	}
}

func TestAnOpaqueAsAGoValue(t *testing.T) {
	v, err := wire.OpaqueString("text").Any()
	require.NoError(t, err)
	require.Equal(t, "text", v)
	n, ok := wire.OpaqueInt(-7).Int()
	require.True(t, ok)
	require.EqualValues(t, -7, n)
	_, ok = wire.OpaqueString("-7").Int()
	require.False(t, ok)
	v, err = wire.Opaque("").Any()
	require.NoError(t, err)
	require.Nil(t, v)
	_, err = wire.Opaque([]byte{wire.TagSerial, 0, 0, 0, 0}).Any()
	require.ErrorIs(t, err, wire.ErrType)
}

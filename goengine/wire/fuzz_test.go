package wire_test

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// seeds are values of each kind; php-ext/tests/wire_corpus.phpt reads the same from testdata/.
func seeds(f *testing.F) {
	for _, v := range []any{
		nil, true, false, 0, -1, 1 << 62, 1.5, "", "text", []any{}, []any{1, "two", []any{3.0, nil}},
		map[string]any{"a": 1, "7": map[string]any{"b": []any{true}}},
	} {
		f.Add(encode(f, v))
	}
	f.Add([]byte("\x0b\x01\x00\x00\x00\x00\x00\x00\x00\xd0\x07\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00UTC"))
	f.Add([]byte("\x0b\xff\xff\xff\xff\xff\xff\xff\xff\xff\xc9\x9a\x3b\x20\x1c\x00\x00\x0d\x00\x00\x00Europe/Berlin"))
	f.Add([]byte("\x08\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("\x06\xff\xff\xff\xff\x00"))
}

// Whatever arrives is a value or an error. A value written again and read again is the same value, written the same,
// and Skip reads as far as Any.
func FuzzAny(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, in []byte) {
		limits := wire.Limits{Bytes: 1 << 20}
		d := wire.NewDecoder(in, limits, nil)
		v, err := d.Any()
		if err != nil {
			return
		}
		rest := func(d *wire.Decoder) (n int) {
			for d.More() && d.Skip() == nil {
				n++
			}
			return n
		}
		s := wire.NewDecoder(in, limits, nil)
		require.NoError(t, s.Skip())
		require.Equal(t, rest(d), rest(s))

		e := wire.NewEncoder(nil, wire.Limits{}, nil)
		require.NoError(t, e.Any(v, nil))
		again, err := wire.NewDecoder(e.Buf, wire.Limits{}, nil).Any()
		require.NoError(t, err)
		e2 := wire.NewEncoder(nil, wire.Limits{}, nil)
		require.NoError(t, e2.Any(again, nil))
		require.True(t, bytes.Equal(e.Buf, e2.Buf))
	})
}

// A Go type takes what fits it and refuses the rest, without a panic; what it took crosses back and forth unchanged.
func FuzzTyped(f *testing.F) {
	seeds(f)
	f.Add(encode(f, nested{}))
	f.Add(encode(f, nested{Parent: &nested{}, Items: []point{{X: 1}}}))
	types := wire.NewTypes(nil)
	c, err := types.Of(reflect.TypeFor[nested]())
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, in []byte) {
		var v, again nested
		if c.Decode(wire.NewDecoder(in, wire.Limits{}, nil), reflect.ValueOf(&v).Elem()) != nil {
			return
		}
		e := wire.NewEncoder(nil, wire.Limits{}, nil)
		require.NoError(t, c.Encode(e, reflect.ValueOf(v)))
		require.NoError(t, c.Decode(wire.NewDecoder(e.Buf, wire.Limits{}, nil), reflect.ValueOf(&again).Elem()))
		e2 := wire.NewEncoder(nil, wire.Limits{}, nil)
		require.NoError(t, c.Encode(e2, reflect.ValueOf(again)))
		require.True(t, bytes.Equal(e.Buf, e2.Buf))
	})
}

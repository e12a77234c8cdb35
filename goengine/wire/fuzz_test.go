package wire_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

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
	for _, rows := range rowSeeds {
		f.Add([]byte(rows))
	}
}

// rowSeeds are lists and maps of maps that are alike, and what is none.
var rowSeeds = []string{
	rowsHead + "\x02\x00\x00\x00\x02\x00\x00\x00" + keyX + keyY + one + one + one + one,
	rowsHead + "\x01\x00\x00\x00\x01\x00\x00\x00" + one + rowsHead + "\x02\x00\x00\x00\x01\x00\x00\x00" + keyX + "\x00\x01",
	tableHead + "\x02\x00\x00\x00\x01\x00\x00\x00" + keyX + keyX + one + keyY + one,
	tableHead + "\x02\x00\x00\x00\x01\x00\x00\x00" + keyX + keyX + one + keyX + "\x00",  // its key twice: the last counts
	rowsHead + "\x02\x00\x00\x00\x02\x00\x00\x00" + keyX + keyX + one + one + one + one, // refused from here on
	rowsHead + "\x02\x00\x00\x00\x02\x00\x00\x00" + one + "\x05\x01\x00\x00\x001" + one + one + one + one,
	rowsHead + "\x00\x00\x00\x00\x01\x00\x00\x00" + keyX,
	rowsHead + "\x01\x00\x00\x00\x00\x00\x00\x00",
	rowsHead + "\xff\xff\xff\xff\x01\x00\x00\x00" + keyX + one,
	rowsHead + "\x01\x00\x00\x00\xff\xff\xff\xff" + keyX + one,
	rowsHead + "\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00",
	rowsHead + "\x02\x00\x00\x00\x01\x00\x00\x00" + keyX + one,
	tableHead + "\x01\x00\x00\x00\x01\x00\x00\x00" + keyX + "\x00\x00",
}

const (
	rowsHead  = "\x0e"
	tableHead = "\x0f"
	keyX      = "\x05\x01\x00\x00\x00x"
	keyY      = "\x05\x01\x00\x00\x00y"
	one       = "\x03\x01\x00\x00\x00\x00\x00\x00\x00"
)

// What the header of rows says is held against what follows it.
func TestRowsAreHeldAgainstTheirHeader(t *testing.T) {
	for i, in := range rowSeeds {
		_, err := wire.NewDecoder([]byte(in), wire.Limits{}, nil).Any()
		if i < 4 {
			require.NoError(t, err, i)
			require.NoError(t, wire.NewDecoder([]byte(in), wire.Limits{}, nil).Skip(), i)
		} else {
			require.ErrorIs(t, err, wire.ErrMalformed, i)
			require.ErrorIs(t, wire.NewDecoder([]byte(in), wire.Limits{}, nil).Skip(), wire.ErrMalformed, i)
		}
	}
}

// Rows become whatever a list or a map of maps may become.
func TestRowsAsEachGoType(t *testing.T) {
	in, table := []byte(rowSeeds[0]), []byte(rowSeeds[2])
	structs, err := into[[]point](t, in)
	require.NoError(t, err)
	require.Equal(t, []point{{X: 1, Y: 1}, {X: 1, Y: 1}}, structs)
	pointers, err := into[[]*point](t, in)
	require.NoError(t, err)
	require.Equal(t, []*point{{X: 1, Y: 1}, {X: 1, Y: 1}}, pointers)
	array, err := into[[2]map[string]int](t, in)
	require.NoError(t, err)
	require.Equal(t, [2]map[string]int{{"x": 1, "y": 1}, {"x": 1, "y": 1}}, array)
	byNumber, err := into[map[int]*wire.Map](t, in)
	require.NoError(t, err)
	v, _ := byNumber[1].Get("y")
	require.EqualValues(t, 1, v)
	ordered, err := into[*wire.Map](t, table)
	require.NoError(t, err)
	v, _ = ordered.Get("y")
	v, _ = v.(*wire.Map).Get("x")
	require.EqualValues(t, 1, v)
	byName, err := into[map[string]point](t, table)
	require.NoError(t, err)
	require.Equal(t, map[string]point{"x": {X: 1}, "y": {X: 1}}, byName)
	kept, err := into[[]wire.Opaque](t, in)
	require.NoError(t, err)
	require.Equal(t, wire.Opaque("\x07\x02\x00\x00\x00"+keyX+one+keyY+one), kept[1])
	whole, err := into[wire.Opaque](t, table)
	require.NoError(t, err)
	require.Equal(t, wire.Opaque(table), whole)
	require.NoError(t, whole.Scalars(func(key string, v wire.Scalar) error {
		require.Contains(t, "xy", key)
		require.Equal(t, wire.Scalar{Tag: wire.TagMap}, v)
		return nil
	}))
	for _, refused := range []func() error{
		func() error { _, err := into[[]int](t, in); return err },
		func() error { _, err := into[string](t, in); return err },
		func() error { _, err := into[[]point](t, table); return err },
		func() error { _, err := into[[]struct{ X int }](t, in); return err },
		func() error { _, err := into[[]struct{ X, Y bool }](t, in); return err },
		func() error { _, err := into[[]time.Time](t, in); return err },
	} {
		require.Error(t, refused())
	}
	_, err = into[[]struct{ X, Y bool }](t, in)
	require.ErrorContains(t, err, "at [0]['x'], int given")

	// A row that is kept has its keys with it: that many bytes are not made of a few.
	large := rowsHead + "\x20\x03\x00\x00\x01\x00\x00\x00\x05\x00\x00\x02\x00" + strings.Repeat("k", 2<<16) + strings.Repeat("\x00", 800)
	_, err = into[[]wire.Opaque](t, []byte(large))
	require.ErrorIs(t, err, wire.ErrSize)
	deep := wire.NewDecoder([]byte(rowSeeds[0]), wire.Limits{Depth: 1}, nil)
	_, err = deep.Any()
	require.ErrorIs(t, err, wire.ErrDepth)
}

// A row that others share their keys with is changed alone.
func TestARowIsChangedAlone(t *testing.T) {
	list := decodeAny(t, []byte(rowSeeds[0])).([]any)
	a, b := list[0].(*wire.Map), list[1].(*wire.Map)
	a.Set("z", true)
	a.Set("x", false)
	b.Set("w", true)
	require.Equal(t, map[string]any{"x": false, "y": int64(1), "z": true}, a.Strings())
	require.Equal(t, map[string]any{"x": int64(1), "y": int64(1), "w": true}, b.Strings())
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

package wire_test

import (
	"errors"
	"math"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

func encode(t testing.TB, v any) []byte {
	t.Helper()
	e := wire.NewEncoder(nil, wire.Limits{}, nil)
	require.NoError(t, e.Any(v, nil))
	return e.Buf
}

func decodeAny(t testing.TB, b []byte) any {
	t.Helper()
	d := wire.NewDecoder(b, wire.Limits{}, nil)
	v, err := d.Any()
	require.NoError(t, err)
	require.False(t, d.More())
	return v
}

// into decodes bytes as a Go type.
func into[T any](t testing.TB, b []byte) (T, error) {
	t.Helper()
	c, err := wire.NewTypes(nil).Of(reflect.TypeFor[T]())
	require.NoError(t, err)
	var v T
	err = c.Decode(wire.NewDecoder(b, wire.Limits{}, nil), reflect.ValueOf(&v).Elem())
	return v, err
}

func TestTheBytesAreThoseOfTheSpecification(t *testing.T) {
	m := wire.NewMap(0)
	m.Set("a", nil)
	m.Set("7", true)
	tests := []struct {
		name  string
		value any
		bytes string
	}{
		{"null", nil, "\x00"},
		{"false", false, "\x01"},
		{"true", true, "\x02"},
		{"int", -2, "\x03\xfe\xff\xff\xff\xff\xff\xff\xff"},
		{"float", 1.5, "\x04\x00\x00\x00\x00\x00\x00\xf8\x3f"},
		{"string", "ab\x00", "\x05\x03\x00\x00\x00ab\x00"},
		{"bytes", []byte("ab"), "\x05\x02\x00\x00\x00ab"},
		{"list", []any{true, nil}, "\x06\x02\x00\x00\x00\x02\x00"},
		{"a nil slice is an empty list", []int(nil), "\x06\x00\x00\x00\x00"},
		{"map, whose key 7 PHP makes an int", m, "\x07\x02\x00\x00\x00\x05\x01\x00\x00\x00a\x00\x03\x07\x00\x00\x00\x00\x00\x00\x00\x02"},
		{"list of maps that are alike", []any{m, m}, "\x0e\x02\x00\x00\x00\x02\x00\x00\x00\x05\x01\x00\x00\x00a\x03\x07\x00\x00\x00\x00\x00\x00\x00" +
			"\x00\x02\x00\x02"},
		{"list of structs", []struct{ A bool }{{true}, {}}, "\x0e\x02\x00\x00\x00\x01\x00\x00\x00\x05\x01\x00\x00\x00a\x02\x01"},
		{"map of structs", map[string]struct{ A bool }{"b": {true}, "1": {}}, "\x0f\x02\x00\x00\x00\x01\x00\x00\x00\x05\x01\x00\x00\x00a" +
			"\x03\x01\x00\x00\x00\x00\x00\x00\x00\x01\x05\x01\x00\x00\x00b\x02"},
		{"a single map", []any{m}, "\x06\x01\x00\x00\x00\x07\x02\x00\x00\x00\x05\x01\x00\x00\x00a\x00\x03\x07\x00\x00\x00\x00\x00\x00\x00\x02"},
		{"time", time.Unix(1, 2000).UTC(), "\x0b\x01\x00\x00\x00\x00\x00\x00\x00\xd0\x07\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00UTC"},
		{"time with an offset", time.Unix(0, 0).In(time.FixedZone("CEST", 7200)), "\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x20\x1c\x00\x00\x00\x00\x00\x00"},
		{"duration", 1500 * time.Millisecond, "\x04\x00\x00\x00\x00\x00\x00\xf8\x3f"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.bytes, string(encode(t, tt.value)))
		})
	}
}

type point struct {
	X, Y int
	Note string `php:"remark,omitempty"`
	Skip int    `php:"-"`
}

type nested struct {
	point
	Items  []point
	ByName map[string]*point
	Parent *nested
	At     time.Time
	For    time.Duration
	Addr   netip.Addr
	Raw    []byte
	Any    any
	Level  int8
	Size   uint16
	Pair   [2]float32
	ByID   map[int]string
}

func TestGoTypesComeBackAsTheyWere(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	in := nested{
		point:  point{X: 1, Y: -2},
		Items:  []point{{X: 3, Note: "here"}, {}},
		ByName: map[string]*point{"a": {Y: 9}, "8": nil, "-0": {}},
		Parent: &nested{At: time.Unix(0, 0).UTC(), Addr: netip.MustParseAddr("::1"), Items: []point{},
			ByName: map[string]*point{}, Raw: []byte{}, ByID: map[int]string{}},
		At: time.Date(2026, 10, 25, 2, 30, 0, 123456000, berlin), For: 90 * time.Second,
		Addr: netip.MustParseAddr("192.0.2.1"), Raw: []byte("\x00\xff"), Any: "any", Level: -128, Size: 65535,
		Pair: [2]float32{1.5, float32(math.Inf(-1))}, ByID: map[int]string{-1: "x", 1 << 40: "y"},
	}
	out, err := into[nested](t, encode(t, in))
	require.NoError(t, err)
	require.Equal(t, in, out)
	require.Equal(t, "Europe/Berlin", out.At.Location().String())
}

func TestAnyKeepsOrderAndIntegerKeys(t *testing.T) {
	m := wire.NewMap(3)
	m.Set("z", int64(1))
	m.Set("10", []any{"x", 2.5, nil})
	m.Set("a", map[string]any{})
	m.Set("z", int64(3))
	got := decodeAny(t, encode(t, m)).(*wire.Map)
	var keys []string
	for k, v := range got.All() {
		keys = append(keys, k.String())
		require.Equal(t, k.String() != "10", k.IsString())
		_ = v
	}
	require.Equal(t, []string{"z", "10", "a"}, keys)
	v, ok := got.At(wire.IntKey(10))
	require.True(t, ok)
	require.Equal(t, []any{"x", 2.5, nil}, v)
	v, _ = got.Get("z")
	require.EqualValues(t, 3, v)
	_, ok = got.Get("nothing")
	require.False(t, ok)
	text, err := got.MarshalJSON()
	require.NoError(t, err)
	require.Equal(t, `{"z":3,"10":["x",2.5,null],"a":{}}`, string(text))
	require.Len(t, got.Strings(), 3)
}

func TestKeysThatPHPMakesInts(t *testing.T) {
	// What PHP 8.4 does with each as an array key.
	for text, isInt := range map[string]bool{
		"0": true, "7": true, "-7": true, "9223372036854775807": true, "-9223372036854775808": true,
		"": false, "-": false, "-0": false, "00": false, "07": false, "+1": false, "1.0": false, " 1": false, "1a": false,
		"9223372036854775808": false, "-9223372036854775809": false, "18446744073709551617": false,
	} {
		k := wire.StringKey(text)
		require.Equal(t, isInt, !k.IsString(), text)
		require.Equal(t, text, k.String())
	}
}

func TestMismatchesNameThePlace(t *testing.T) {
	list := func(v ...any) []byte { return encode(t, v) }
	dict := func(v ...any) []byte {
		m := wire.NewMap(0)
		for i := 0; i < len(v); i += 2 {
			m.Set(v[i].(string), v[i+1])
		}
		return encode(t, m)
	}
	message := func(err error) string {
		var m *wire.MismatchError
		require.True(t, errors.As(err, &m), "%v", err)
		return m.Message()
	}
	_, err := into[int](t, encode(t, "x"))
	require.Equal(t, "must be of type int, string given", message(err))
	_, err = into[[]int](t, list(1, nil))
	require.Equal(t, "must be of type int at [1], null given", message(err))
	_, err = into[int8](t, encode(t, 128))
	require.Equal(t, "must be between -128 and 127", message(err))
	_, err = into[[]uint8](t, list(1))
	require.Equal(t, "must be of type string, array given", message(err))
	_, err = into[[]uint16](t, list(-1))
	require.Equal(t, "must be between 0 and 65535 at [0]", message(err))
	_, err = into[uint64](t, encode(t, -1))
	require.Equal(t, "must be between 0 and 9223372036854775807", message(err))
	_, err = into[map[string]point](t, dict("a", map[string]any{"x": true}))
	require.Equal(t, "must be of type int at ['a']['x'], bool given", message(err))
	_, err = into[point](t, dict("z", 1))
	require.Equal(t, "must be an array with the keys x, y, remark: there is no 'z'", message(err))
	_, err = into[map[int]int](t, dict("z", 1))
	require.Equal(t, "must be an array with int keys: there is 'z'", message(err))
	_, err = into[[]int](t, dict("z", 1))
	require.Equal(t, "must be a list, an array with the keys 0, 1, 2, ...", message(err))
	_, err = into[[2]int](t, list(1))
	require.Equal(t, "must be an array of 2 values", message(err))
	_, err = into[time.Duration](t, encode(t, 1e300))
	require.Equal(t, "must be a number of seconds, less than 292 years", message(err))
	_, err = into[time.Duration](t, encode(t, math.NaN()))
	require.Error(t, err)
	_, err = into[netip.Addr](t, encode(t, "nowhere"))
	require.Contains(t, message(err), "must be a valid Addr: ")
	_, err = into[time.Time](t, encode(t, 3))
	require.Equal(t, "must be of type DateTimeInterface, int given", message(err))
}

func TestIntsAreTakenAsFloats(t *testing.T) {
	f, err := into[float64](t, encode(t, 3))
	require.NoError(t, err)
	require.Equal(t, 3.0, f)
	d, err := into[time.Duration](t, encode(t, 2))
	require.NoError(t, err)
	require.Equal(t, 2*time.Second, d)
}

type self struct{ Next []*self }

func TestLimits(t *testing.T) {
	deep := any(nil)
	for range wire.DefaultDepth {
		deep = []any{deep}
	}
	b := encode(t, deep)
	decodeAny(t, b)
	e := wire.NewEncoder(nil, wire.Limits{}, nil)
	require.ErrorIs(t, e.Any([]any{deep}, nil), wire.ErrDepth)
	_, err := wire.NewDecoder(append([]byte{6, 1, 0, 0, 0}, b...), wire.Limits{}, nil).Any()
	require.ErrorIs(t, err, wire.ErrDepth)

	round := &self{}
	round.Next = []*self{round}
	require.ErrorIs(t, wire.NewEncoder(nil, wire.Limits{}, nil).Any(round, nil), wire.ErrDepth)

	small := wire.Limits{Bytes: 100}
	require.ErrorIs(t, wire.NewEncoder(nil, small, nil).Any(make([]byte, 101), nil), wire.ErrSize)
	require.ErrorIs(t, wire.NewEncoder(nil, small, nil).Any(make([]int, 1000), nil), wire.ErrSize)
	_, err = wire.NewDecoder(make([]byte, 101), small, nil).Any()
	require.ErrorIs(t, err, wire.ErrSize)

	// A count is believed only as far as bytes follow.
	_, err = wire.NewDecoder([]byte("\x06\xff\xff\xff\xff\x00"), wire.Limits{}, nil).Any()
	require.ErrorIs(t, err, wire.ErrMalformed)
}

func TestTypesWithoutACounterpart(t *testing.T) {
	types := wire.NewTypes(nil)
	for _, v := range []any{make(chan int), complex(1, 1), func() {}, struct{ a int }{}, map[float64]int{}, new(*int),
		struct{ C chan int }{}, []func(){}} {
		_, err := types.Of(reflect.TypeOf(v))
		require.ErrorIs(t, err, wire.ErrType, "%T", v)
	}
	require.ErrorIs(t, wire.NewEncoder(nil, wire.Limits{}, nil).Any(uint64(1<<63), nil), wire.ErrType)
}

func TestNames(t *testing.T) {
	for name, php := range map[string]string{
		"Hello": "hello", "ID": "id", "URLFor": "urlFor", "GetURL": "getURL", "X": "x", "HTTP2Server": "http2Server",
		"UTF8": "utf8", "already": "already", "A1b": "a1b", "": "",
	} {
		require.Equal(t, php, wire.Name(name), name)
	}
}

func TestSkipReadsOverOneValue(t *testing.T) {
	m := wire.NewMap(0)
	m.Set("k", []any{1, "two", time.Now()})
	b := append(encode(t, m), encode(t, "next")...)
	d := wire.NewDecoder(b, wire.Limits{}, nil)
	require.NoError(t, d.Skip())
	v, err := d.Any()
	require.NoError(t, err)
	require.Equal(t, "next", v)
}

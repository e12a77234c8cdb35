package redis

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

func text(s string) message {
	return message{typ: tBlob, bytes: unsafe.StringData(s), n: int64(len(s))}
}
func num(n int64) message { return message{typ: tInt, n: n} }
func list(v ...message) message {
	return message{typ: tArray, array: unsafe.SliceData(v), n: int64(len(v))}
}
func dict(v ...message) message { m := list(v...); m.typ = tMap; return m }
func simple(typ byte, s string) message {
	m := text(s)
	m.typ = typ
	return m
}

var null = message{typ: tNull}

func seen(t *testing.T, m message, shape Shape, names ...string) any {
	t.Helper()
	d := wire.NewDecoder(m.shaped(nil, shape, names), wire.Limits{}, nil)
	v, err := d.Any()
	require.NoError(t, err)
	require.False(t, d.More())
	return plain(v)
}

// plain makes Go maps of wire's.
func plain(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case *wire.Map:
		m := map[string]any{}
		for k, value := range v.All() {
			m[k.String()] = plain(value)
		}
		return m
	}
	return v
}

func TestLayoutOfRepliesIsKnown(t *testing.T) { require.True(t, sameLayout()) }

// What RESP2 and RESP3 send for the same thing looks the same in PHP.
func TestShapes(t *testing.T) {
	type dictionary = map[string]any
	for _, tt := range []struct {
		name  string
		m     message
		shape Shape
		names []string
		want  any
	}{
		{name: "a string", m: text("a\x00b"), want: "a\x00b"},
		{name: "nothing", m: null, want: nil},
		{name: "nothing of any shape but bool", m: null, shape: Map, want: nil},
		{name: "an int", m: num(-7), want: int64(-7)},
		{name: "a double", m: simple(tFloat, "1.5"), want: 1.5},
		{name: "a bool", m: message{typ: tBool, n: 1}, want: true},
		{name: "a verbatim string without its kind", m: simple(tVerbatim, "txt:hello"), want: "hello"},
		{name: "a big number as text", m: simple('(', "123456789012345678901234567890"), want: "123456789012345678901234567890"},
		{name: "a set", m: simpleList(tSet, text("a")), want: []any{"a"}},
		{name: "OK is true", m: simple(tSimple, "OK"), shape: Bool, want: true},
		{name: "0 is false", m: num(0), shape: Bool, want: false},
		{name: "nothing is false", m: null, shape: Bool, want: false},
		{name: "a float of text", m: text("0.1"), shape: Float, want: 0.1},
		{name: "a float of an int", m: num(2), shape: Float, want: 2.0},
		{name: "a map", m: dict(text("a"), num(1)), shape: Map, want: dictionary{"a": int64(1)}},
		{name: "a flat map", m: list(text("a"), num(1)), shape: Map, want: dictionary{"a": int64(1)}},
		{name: "a map of no entries", m: list(), shape: Map, want: dictionary{}},
		{name: "a name that comes twice", m: list(text("a"), num(1), text("a"), num(2)), shape: Map, want: dictionary{"a": int64(1)}},
		{name: "scores in pairs", m: list(list(text("a"), simple(tFloat, "1"))), shape: Scores, want: dictionary{"a": 1.0}},
		{name: "scores in turns", m: list(text("a"), text("-inf")), shape: Scores, want: dictionary{"a": negativeInfinity}},
		{name: "pairs", m: list(list(text("a"), simple(tFloat, "1"))), shape: Pairs, want: []any{[]any{"a", 1.0}}},
		{name: "pairs in turns", m: list(text("a"), text("1")), shape: Pairs, want: []any{[]any{"a", 1.0}}},
		{name: "bools", m: list(num(1), num(0)), shape: Bools, want: []any{true, false}},
		{name: "floats", m: list(text("1"), null), shape: Floats, want: []any{1.0, nil}},
		{name: "ints", m: list(text("7"), num(8)), shape: Ints, want: []any{int64(7), int64(8)}},
		{name: "fields under their names", m: list(text("1"), null), shape: Fields, names: []string{"a", "7"},
			want: dictionary{"a": "1", "7": nil}},
		{name: "scores under their names", m: list(text("1"), null), shape: Doubles, names: []string{"a", "b"},
			want: dictionary{"a": 1.0, "b": nil}},
		{name: "entries", m: list(list(text("1-0"), list(text("a"), text("x"))), list(text("2-0"), null)), shape: Entries,
			want: dictionary{"1-0": dictionary{"a": "x"}, "2-0": nil}},
		{name: "streams", m: dict(text("s"), list(list(text("1-0"), list(text("a"), text("x"))))), shape: Streams,
			want: dictionary{"s": dictionary{"1-0": dictionary{"a": "x"}}}},
		{name: "streams in pairs", m: list(list(text("s"), list(list(text("1-0"), list(text("a"), text("x")))))), shape: Streams,
			want: dictionary{"s": dictionary{"1-0": dictionary{"a": "x"}}}},
		{name: "claimed", m: list(text("0-0"), list(list(text("1-0"), list())), list(text("2-0"))), shape: Claimed,
			want: []any{"0-0", dictionary{"1-0": dictionary{}}, []any{"2-0"}}},
		{name: "claimed by Redis 6", m: list(text("0-0"), list()), shape: Claimed, want: []any{"0-0", dictionary{}, []any{}}},
		{name: "info", m: simple(tVerbatim, "txt:# Server\r\nredis_version:7\r\nempty:\r\n"), shape: Info,
			want: dictionary{"redis_version": "7", "empty": ""}},
		{name: "clients", m: text("id=1 name= cmd=get\nid=2\n"), shape: Clients,
			want: []any{dictionary{"id": "1", "name": "", "cmd": "get"}, dictionary{"id": "2"}}},
		{name: "positions", m: list(list(text("1.5"), text("2")), null), shape: Positions, want: []any{[]any{1.5, 2.0}, nil}},
		{name: "places", m: list(list(text("a"), text("1.5"), num(9), list(text("1"), text("2")))), shape: Places,
			want: dictionary{"a": dictionary{"distance": 1.5, "hash": int64(9), "position": []any{1.0, 2.0}}}},
		{name: "popped", m: list(text("k"), text("m"), text("1")), shape: Popped, want: []any{"k", "m", 1.0}},
		{name: "popped with its set", m: list(text("k"), list(list(text("m"), text("1")))), shape: PoppedSet,
			want: []any{"k", dictionary{"m": 1.0}}},
		{name: "a list of maps", m: list(list(text("name"), text("g"))), shape: Maps, want: []any{dictionary{"name": "g"}}},
		{name: "maps in maps", m: list(list(text("library_name"), text("l"), text("functions"), list(list(text("name"), text("f"))))),
			shape: Deep, want: []any{dictionary{"library_name": "l", "functions": []any{dictionary{"name": "f"}}}}},
		{name: "a list that is no map", m: list(text("GET key"), text("Gets.")), shape: Deep, want: []any{"GET key", "Gets."}},
		{name: "a moment", m: list(text("10"), text("500000")), shape: Moment, want: 10.5},
		{name: "another form than expected goes as it is", m: text("x"), shape: Scores, want: "x"},
	} {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, seen(t, tt.m, tt.shape, tt.names...)) })
	}
}

var negativeInfinity = func() float64 { var zero float64; return -1 / zero }()

func simpleList(typ byte, v ...message) message { m := list(v...); m.typ = typ; return m }

func TestMapsKeepTheirOrder(t *testing.T) {
	m := dict(text("z"), num(1), text("a"), num(2), text("7"), num(3))
	v, err := wire.NewDecoder(m.shaped(nil, Map, nil), wire.Limits{}, nil).Any()
	require.NoError(t, err)
	var names []string
	for k := range v.(*wire.Map).All() {
		names = append(names, k.String())
	}
	require.Equal(t, []string{"z", "a", "7"}, names)
}

// Whatever the server sends, of whatever shape: it is one value, and nothing is lost on the way there.
func FuzzShapes(f *testing.F) {
	f.Add([]byte("*\x02$\x01a:\x05"), 3)
	f.Fuzz(func(t *testing.T, in []byte, shape int) {
		m := arbitrary(&in, 0)
		d := wire.NewDecoder(m.shaped(nil, Shape(uint(shape)%uint(lastShape)), []string{"a", "b"}), wire.Limits{}, nil)
		_, err := d.Any()
		require.NoError(t, err)
		require.False(t, d.More())
	})
}

func arbitrary(in *[]byte, depth int) message {
	next := func() byte {
		if len(*in) == 0 {
			return 0
		}
		b := (*in)[0]
		*in = (*in)[1:]
		return b
	}
	switch typ := next(); {
	case typ == tInt || typ == tBool:
		return message{typ: typ, n: int64(next())}
	case depth < 5 && (typ == tArray || typ == tMap || typ == tSet):
		v := make([]message, int(next())%8)
		for i := range v {
			v[i] = arbitrary(in, depth+1)
		}
		if typ == tMap {
			v = v[:len(v)/2*2]
		}
		return simpleList(typ, v...)
	case typ == tBlob, typ == tSimple, typ == tFloat, typ == tVerbatim, typ == tError:
		n := min(int(next())%8, len(*in))
		s := string((*in)[:n])
		*in = (*in)[n:]
		return simple(typ, s)
	}
	return null
}

func TestWords(t *testing.T) {
	m := &wire.Map{}
	m.Set("a", int64(1))
	got, err := words(nil, []any{"x", int64(-5), 1.5, 1e21, true, false, []any{"y", []any{"z"}}, m})
	require.NoError(t, err)
	require.Equal(t, []string{"x", "-5", "1.5", "1e+21", "1", "0", "y", "z", "a", "1"}, got)
	_, err = words(nil, []any{nil})
	require.ErrorContains(t, err, "null")
	_, err = words(nil, []any{struct{}{}})
	require.ErrorContains(t, err, "strings and numbers only")
	_, err = prepare([]any{}, 0)
	require.ErrorContains(t, err, "name")
	_, err = prepare([]any{"GET"}, 99)
	require.ErrorContains(t, err, "shape")
}

func TestShapesHaveNames(t *testing.T) { require.Len(t, shapeNames, int(lastShape)) }

func decoded(b []byte) any {
	v, err := wire.NewDecoder(b, wire.Limits{}, nil).Any()
	if err != nil {
		panic(err)
	}
	return v
}

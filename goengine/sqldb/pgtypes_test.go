package sqldb

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

func decoded(t *testing.T, b []byte) any {
	t.Helper()
	d := wire.NewDecoder(b, wire.Limits{}, nil)
	v, err := d.Any()
	require.NoError(t, err)
	require.False(t, d.More())
	return v
}

func TestPgArrays(t *testing.T) {
	tests := []struct {
		name string
		oid  uint32
		in   string
		want any
	}{
		{"ints", 1007, "{1,-2,NULL}", []any{int64(1), int64(-2), nil}},
		{"none", 1007, "{}", []any{}},
		{"nested", 1007, "{{1,2},{3,4}}", []any{[]any{int64(1), int64(2)}, []any{int64(3), int64(4)}}},
		{"text with quotes", 1009, `{a,"b \"c\" \\","NULL",""}`, []any{"a", `b "c" \`, "NULL", ""}},
		{"bools", 1000, "{t,f}", []any{true, false}},
		{"floats", 1022, "{1.5,NaN,Infinity}", []any{1.5, math.NaN(), math.Inf(1)}},
		{"numeric stays text", 1231, "{1.10}", []any{"1.10"}},
		{"bytes", 1001, `{"\\x00ff"}`, []any{"\x00\xff"}},
		{"bounds", 1007, "[0:1]={7,8}", []any{int64(7), int64(8)}},
		{"what is no array is text", 1007, "{1,", "{1,"},
		{"nor this", 1007, "{1}x", "{1}x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := decoded(t, pgColumn{tt.oid, pgKindOf(tt.oid)}.append(nil, []byte(tt.in)))
			if tt.name == "floats" {
				require.True(t, math.IsNaN(got.([]any)[1].(float64)))
				return
			}
			require.Equal(t, tt.want, got)
		})
	}
}

func TestPgParams(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678900000, time.FixedZone("", 7200))
	tests := []struct {
		oid    uint32
		in     any
		out    string
		format int16
	}{
		{oidInt4, int64(7), "\x00\x00\x00\x07", 1},
		{oidInt4, int64(1) << 40, "1099511627776", 0},
		{oidInt8, int64(-1), "\xff\xff\xff\xff\xff\xff\xff\xff", 1},
		{oidInt4, 3.0, "3", 0},
		{oidNumeric, 1e-7, "1e-07", 0},
		{oidBool, true, "\x01", 1},
		{oidInt4, true, "1", 0},
		{oidText, false, "false", 0},
		{oidText, "ä", "ä", 0},
		{oidBytea, "\x00\xff", "\x00\xff", 1},
		{oidText, Binary{[]byte{0, 255}}, `\x00ff`, 0},
		{1184, at, "2026-01-02 03:04:05.6789+02:00", 0},
		{oidJSONB, []any{int64(1), "a"}, `[1,"a"]`, 0},
		{oidJSON, named("a", int64(1)), `{"a":1}`, 0},
		{1007, []any{int64(1), nil, []any{int64(2)}}, `{"1",NULL,{"2"}}`, 0},
		{1009, []any{`a"b\`, ""}, `{"a\"b\\",""}`, 0},
		{1001, []any{"\x00"}, `{"\\x00"}`, 0},
		{3807, []any{named("a", "b")}, `{"{\"a\":\"b\"}"}`, 0},
	}
	for _, tt := range tests {
		out, format, err := appendPgParam(nil, tt.oid, tt.in)
		require.NoError(t, err)
		require.Equal(t, tt.out, string(out))
		require.Equal(t, tt.format, format)
	}
	for _, bad := range []struct {
		oid uint32
		in  any
	}{{oidText, "a\x00"}, {oidInt4, []any{int64(1)}}, {oidInt4, named("a", 1)}, {oidText, struct{}{}}} {
		_, _, err := appendPgParam(nil, bad.oid, bad.in)
		var e *Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, Parameter, e.Kind)
	}
}

// An array of texts that is written and read again is the same; bytes that are none come out whole, as text.
func FuzzPgArray(f *testing.F) {
	f.Add(`{1,2}`, "a", "b")
	f.Add(`{{"a\"",NULL}}`, `"`, `\`)
	f.Fuzz(func(t *testing.T, in, a, b string) {
		got := decoded(t, pgColumn{1009, pgArray}.append(nil, []byte(in)))
		if _, list := got.([]any); !list {
			require.Equal(t, in, got)
		}
		if strings.ContainsRune(a+b, 0) {
			return // PostgreSQL has no such text, and the writer says so
		}
		list := []any{a, []any{b, nil}, b}
		out, err := appendPgList(nil, list, oidText, 1)
		require.NoError(t, err)
		require.Equal(t, list, decoded(t, pgColumn{1009, pgArray}.append(nil, out)))
	})
}

func TestWiden(t *testing.T) {
	require.Equal(t, 1.1, widen(1.1))
	require.True(t, math.IsInf(widen(float32(math.Inf(-1))), -1))
}

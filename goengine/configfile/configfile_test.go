package configfile_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/configfile"
)

// asJSON shows a value with the order of its keys.
func asJSON(t *testing.T, value any) string {
	t.Helper()
	b, err := json.Marshal(value)
	require.NoError(t, err)
	return string(b)
}

func TestYAML(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"nothing", "", "null"},
		{"only a comment", "# later\n", "null"},
		{"order is kept", "b: 1\na: 2\n10: x\n", `{"b":1,"a":2,"10":"x"}`},
		{"YAML 1.1 booleans", "[yes, Off, y, N, true, 'yes']", `[true,false,true,false,true,"yes"]`},
		{"numbers", "[12, -7, 1_000, 017, 0x1F, 0b11, 1:30, 0o17, 08]", `[12,-7,1000,15,31,3,90,"0o17","08"]`},
		{"floats", "[1.5, .5, 1e3, 1.0e+3, -0.25, 1.]", `[1.5,0.5,"1e3",1000,-0.25,1]`},
		{"too large for an int", "[9223372036854775807, 9223372036854775808]", `[9223372036854775807,"9223372036854775808"]`},
		{"null", "[~, null, '', ]", `[null,null,""]`},
		{"dates are strings", "[2026-11-22, 2026-11-22T10:00:00Z]", `["2026-11-22","2026-11-22T10:00:00Z"]`},
		{"versions and addresses are strings", "[1.2.3, 127.0.0.1, 10:99, '12']", `["1.2.3","127.0.0.1","10:99","12"]`},
		{"block scalars", "a: |\n  x\n  1\nb: >\n  y\n  z\n", `{"a":"x\n1\n","b":"y z\n"}`},
		{"tags of YAML's own", "[!!str 12, !!int '7', !!float 1, !!binary aGk=, !!bool yes]", `["12",7,1,"hi",true]`},
		{"tags of an application's that nobody asked for", "!x 12", `12`},
		{"aliases", "a: &x [1]\nb: *x\n", `{"a":[1],"b":[1]}`},
		{"merged maps", "base: &b {x: 1, z: 2}\nmine:\n  <<: *b\n  z: 3\n", `{"base":{"x":1,"z":2},"mine":{"x":1,"z":3}}`},
		{"the first of several merged maps wins", "a: &a {x: 1}\nb: &b {x: 2, z: 3}\nc: {<<: [*a, *b]}\n",
			`{"a":{"x":1},"b":{"x":2,"z":3},"c":{"x":1,"z":3}}`},
		{"keys are values too", "on: a\n~: b\n1.5: c\n'on': d\n", `{"1":"c","":"b","on":"d"}`},
		{"the first document", "a: 1\n---\nb: 2\n", `{"a":1}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := configfile.YAML([]byte(tt.in), nil)
			require.NoError(t, err)
			require.Equal(t, tt.want, asJSON(t, got))
		})
	}
}

func TestYAMLOfInfinityAndNaN(t *testing.T) {
	got, err := configfile.YAML([]byte("[.inf, -.INF, .nan]"), nil)
	require.NoError(t, err)
	list := got.([]any)
	require.Equal(t, math.Inf(1), list[0])
	require.Equal(t, math.Inf(-1), list[1])
	require.True(t, math.IsNaN(list[2].(float64)))
}

func TestYAMLHandsOutTags(t *testing.T) {
	got, err := configfile.YAML([]byte("a: !env HOME\nb: !list [1, !env X]\nc: !other 1\n"), []string{"!env", "!list"})
	require.NoError(t, err)
	m := got.(*component.Map)
	a, _ := m.Get("a")
	require.Equal(t, &configfile.Tagged{Tag: "!env", Value: "HOME"}, a)
	b, _ := m.Get("b")
	require.Equal(t, &configfile.Tagged{Tag: "!list", Value: []any{int64(1), &configfile.Tagged{Tag: "!env", Value: "X"}}}, b)
	c, _ := m.Get("c")
	require.Equal(t, int64(1), c)
}

func TestYAMLRefuses(t *testing.T) {
	laughs := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'i'; c++ {
		before := string(c - 1)
		laughs += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+before+", ", 10) + "]\n"
	}
	tests := []struct{ name, in, err string }{
		{"what is no YAML", "a: [1", "line 1"},
		{"aliases that multiply", laughs, "values, counting those that aliases repeat"},
		{"a list that is part of itself", "&a [*a]", "*a is part of itself"},
		{"lists that go too deep", strings.Repeat("[", 200) + strings.Repeat("]", 200), "deeper than 128"},
		{"a list as a key", "? [a]\n: 1\n", "a key is a list"},
		{"an alias to nothing", "*x", "unknown anchor"},
		{"a merge of something else", "a: {<<: 1}", "<< wants a map"},
		{"bytes that are no base64", "!!binary '??'", "!!binary"},
		{"too long a text", strings.Repeat(" ", configfile.MaxBytes+1), "bytes, more than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := configfile.YAML([]byte(tt.in), nil)
			require.ErrorContains(t, err, tt.err)
		})
	}
}

func TestTOML(t *testing.T) {
	got, err := configfile.TOML(`
title = "x"
on = true
at = 2026-11-22T10:00:00Z
day = 2026-11-22
time = 10:00:00.5
local = 2026-11-22T10:00:00
n = 0x1F
f = 1.5

[b]
z = 1
a = [1, [2, "three"]]
in.line = { y = 1, x = 2 }

[a]
"1" = "one"

[[list]]
q = 1
p = 2
[[list]]
p = 3
`)
	require.NoError(t, err)
	require.Equal(t, `{"title":"x","on":true,"at":"2026-11-22T10:00:00Z","day":"2026-11-22","time":"10:00:00.5",`+
		`"local":"2026-11-22T10:00:00","n":31,"f":1.5,"b":{"z":1,"a":[1,[2,"three"]],"in":{"line":{"y":1,"x":2}}},`+
		`"a":{"1":"one"},"list":[{"q":1,"p":2},{"p":3}]}`, asJSON(t, got))

	_, err = configfile.TOML("a = 1\na = 2\n")
	require.ErrorContains(t, err, "already been defined")
	_, err = configfile.TOML(strings.Repeat(" ", configfile.MaxBytes+1))
	require.ErrorContains(t, err, "more than")
}

// Whatever the text, reading ends, and what it gives can be written as values PHP has.
func FuzzYAML(f *testing.F) {
	for _, seed := range []string{"a: &a [1, *a]", "<<: {a: 1}", "!!int x", "? {}\n: 1", "1:30.", "- - - -", "0x", "&a [*a]", "-:1", "+."} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		value, err := configfile.YAML(text, []string{"!x"})
		if err != nil {
			return
		}
		switch value.(type) {
		case nil, bool, int64, float64, string, []any, *component.Map, *configfile.Tagged:
		default:
			t.Fatalf("%T", value)
		}
	})
}

package text_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/text"
)

func TestDecode(t *testing.T) {
	tests := []struct {
		name, in, body string
		from, limit, n int
		err            error
	}{
		{name: "nothing yet", in: ""},
		{name: "line cut short", in: "abc"},
		{name: "carriage return without newline ends nothing", in: "abc\rdef"},
		{name: "one line", in: "abc\n", body: "abc", n: 4},
		{name: "empty line is an empty message", in: "\nabc", n: 1},
		{name: "next line left alone", in: "a\nb\n", body: "a", n: 2},
		{name: "carriage return before the newline is trimmed", in: "abc\r\n", body: "abc", n: 5},
		{name: "several carriage returns are trimmed, as rtrim does", in: "abc\r\r\r\n", body: "abc", n: 7},
		{name: "a line of carriage returns is empty", in: "\r\r\n", n: 3},
		{name: "carriage return inside stays", in: "a\rb\n", body: "a\rb", n: 4},
		{name: "spaces and zeros stay", in: " a\x00 \n", body: " a\x00 ", n: 5},
		{name: "search goes on where it stopped", in: "abc\n", from: 3, body: "abc", n: 4},
		{name: "trimming goes back over searched bytes", in: "abc\r\n", from: 4, body: "abc", n: 5},
		{name: "from behind the bytes searches nothing", in: "abc", from: 9},
		{name: "one byte below the limit", in: "abc\n", limit: 5, body: "abc", n: 4},
		{name: "at the limit is too large, as upstream", in: "abc\n", limit: 4, err: text.ErrTooLarge},
		{name: "over the limit", in: "abcdef\n", limit: 4, err: text.ErrTooLarge},
		{name: "unfinished line at the limit", in: "abcd", limit: 4, err: text.ErrTooLarge},
		{name: "unfinished line below the limit waits", in: "abc", limit: 4},
		{name: "short lines piled up over the limit are fine", in: "a\nb\nc\nd\n", limit: 4, body: "a", n: 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.limit == 0 {
				tt.limit = 64
			}
			body, n, err := text.Decode([]byte(tt.in), tt.from, tt.limit)
			require.ErrorIs(t, err, tt.err)
			require.Equal(t, tt.n, n)
			require.Equal(t, tt.body, string(body))
		})
	}
}

func TestBodyDoesNotReachIntoTheNextLine(t *testing.T) {
	in := []byte("a\nb\n")
	body, n, err := text.Decode(in, 0, 64)
	require.NoError(t, err)
	_ = append(body, "XX"...)
	body, _, err = text.Decode(in[n:], 0, 64)
	require.NoError(t, err)
	require.Equal(t, "b", string(body))
}

func TestAppendKeepsWhatIsThere(t *testing.T) {
	require.Equal(t, "xab\n\n", string(text.Append(text.Append([]byte("x"), []byte("ab")), nil)))
}

// decodeAll feeds the pieces as a loop would, from included, and returns what came out of them.
func decodeAll(pieces ...[]byte) (bodies []string, err error) {
	var buf []byte
	from := 0
	for _, piece := range pieces {
		buf = append(buf, piece...)
		for {
			body, n, err := text.Decode(buf, from, 16)
			if err != nil {
				return bodies, err
			}
			if n == 0 {
				from = len(buf)
				break
			}
			bodies = append(bodies, string(body))
			buf, from = buf[n:], 0
		}
	}
	return bodies, nil
}

// However the network cuts the bytes, the same lines come out.
func FuzzDecodeSplit(f *testing.F) {
	f.Add([]byte("ab\r\ncd\n"), uint16(3))
	f.Add([]byte("0123456789abcdef\n"), uint16(16))
	f.Fuzz(func(t *testing.T, in []byte, at uint16) {
		cut := int(at) % (len(in) + 1)
		bodies, err := decodeAll(in)
		cutBodies, cutErr := decodeAll(in[:cut], in[cut:])
		require.Equal(t, bodies, cutBodies)
		require.Equal(t, err, cutErr)
	})
}

// Lines are what strings.Split makes of the bytes, trimmed as upstream trims.
func FuzzDecodeAgainstSplit(f *testing.F) {
	f.Add("ab\r\ncd\n\r\r\n")
	f.Fuzz(func(t *testing.T, in string) {
		lines := strings.Split(in, "\n")
		var want []string
		for _, line := range lines[:len(lines)-1] {
			want = append(want, strings.TrimRight(line, "\r\n"))
		}
		var got []string
		for buf := []byte(in); ; {
			body, n, err := text.Decode(buf, 0, len(in)+1)
			require.NoError(t, err)
			if n == 0 {
				break
			}
			got = append(got, string(body))
			buf = buf[n:]
		}
		require.Equal(t, want, got)
	})
}

func BenchmarkDecode(b *testing.B) {
	in := text.Append(nil, []byte(strings.Repeat("a", 1024)))
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = text.Decode(in, 0, text.DefaultLimit)
	}
}

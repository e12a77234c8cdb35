package frame_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/frame"
)

func TestDecode(t *testing.T) {
	tests := []struct {
		name, in, body string
		limit, n       int
		err            error
	}{
		{name: "nothing yet", in: ""},
		{name: "prefix cut short", in: "\x00\x00\x00"},
		{name: "prefix alone waits for the body", in: "\x00\x00\x00\x05"},
		{name: "body cut short", in: "\x00\x00\x00\x07ab"},
		{name: "empty body", in: "\x00\x00\x00\x04", n: 4},
		{name: "one frame", in: "\x00\x00\x00\x06ab", body: "ab", n: 6},
		{name: "next frame left alone", in: "\x00\x00\x00\x05a\x00\x00", body: "a", n: 5},
		{name: "zeros and newlines are data", in: "\x00\x00\x00\x07\x00\n\r", body: "\x00\n\r", n: 7},
		{name: "length zero, on which upstream waits for ever", in: "\x00\x00\x00\x00", err: frame.ErrMalformed},
		{name: "shorter than its prefix", in: "\x00\x00\x00\x03", err: frame.ErrMalformed},
		{name: "exactly the limit", in: "\x00\x00\x00\x06ab", limit: 6, body: "ab", n: 6},
		{name: "one byte over the limit", in: "\x00\x00\x00\x07abc", limit: 6, err: frame.ErrTooLarge},
		{name: "over the limit, body unsent", in: "\xff\xff\xff\xff", err: frame.ErrTooLarge},
		{name: "top bit is no sign", in: "\x80\x00\x00\x00", err: frame.ErrTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.limit == 0 {
				tt.limit = 64
			}
			body, n, err := frame.Decode([]byte(tt.in), tt.limit)
			require.ErrorIs(t, err, tt.err)
			require.Equal(t, tt.n, n)
			require.Equal(t, tt.body, string(body))
		})
	}
}

func TestBodyDoesNotReachIntoTheNextFrame(t *testing.T) {
	in := []byte("\x00\x00\x00\x05a\x00\x00\x00\x05b")
	body, n, err := frame.Decode(in, 64)
	require.NoError(t, err)
	_ = append(body, "XXXX"...)
	body, _, err = frame.Decode(in[n:], 64)
	require.NoError(t, err)
	require.Equal(t, "b", string(body))
}

func TestAppendKeepsWhatIsThere(t *testing.T) {
	require.Equal(t, "x\x00\x00\x00\x06ab\x00\x00\x00\x04",
		string(frame.Append(frame.Append([]byte("x"), []byte("ab")), nil)))
}

// decodeAll feeds the pieces as a loop would and returns what came out of them.
func decodeAll(pieces ...[]byte) (bodies []string, err error) {
	var buf []byte
	for _, piece := range pieces {
		buf = append(buf, piece...)
		for {
			body, n, err := frame.Decode(buf, 64)
			if err != nil || n == 0 {
				if err != nil {
					return bodies, err
				}
				break
			}
			bodies = append(bodies, string(body))
			buf = buf[n:]
		}
	}
	return bodies, nil
}

// However the network cuts the bytes, the same frames come out.
func FuzzDecodeSplit(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x05a\x00\x00\x00\x06bc"), uint16(3))
	f.Add([]byte("\x00\x00\x00\x04\x00\x00\x00\x41"), uint16(5))
	f.Fuzz(func(t *testing.T, in []byte, at uint16) {
		cut := int(at) % (len(in) + 1)
		bodies, err := decodeAll(in)
		cutBodies, cutErr := decodeAll(in[:cut], in[cut:])
		require.Equal(t, bodies, cutBodies)
		require.Equal(t, err, cutErr)
	})
}

// What Append wrote, Decode reads.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("a"), []byte(""))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		wire := frame.Append(frame.Append(nil, a), b)
		first, n, err := frame.Decode(wire, len(wire))
		require.NoError(t, err)
		second, m, err := frame.Decode(wire[n:], len(wire))
		require.NoError(t, err)
		require.Equal(t, len(wire), n+m)
		require.Equal(t, string(a), string(first))
		require.Equal(t, string(b), string(second))
	})
}

func BenchmarkDecode(b *testing.B) {
	in := frame.Append(nil, make([]byte, 1024))
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = frame.Decode(in, len(in))
	}
}

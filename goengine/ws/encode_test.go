package ws_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

func TestAppendFrame(t *testing.T) {
	tests := []struct {
		name   string
		n      int
		header string
	}{
		{name: "an empty payload", header: "\x81\x00"},
		{name: "the longest 7-bit length", n: 125, header: "\x81\x7d"},
		{name: "the shortest 16-bit length", n: 126, header: "\x81\x7e\x00\x7e"},
		{name: "the longest 16-bit length", n: 65535, header: "\x81\x7e\xff\xff"},
		{name: "the shortest 64-bit length", n: 65536, header: "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			payload := strings.Repeat("x", tt.n)
			require.Equal(t, "before"+tt.header+payload,
				string(ws.AppendFrame([]byte("before"), fin|ws.OpText, []byte(payload))))
		})
	}
}

func TestAppendMaskedFrame(t *testing.T) {
	payload := []byte("Hello")
	require.Equal(t, "before\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
		string(ws.AppendMaskedFrame([]byte("before"), fin|ws.OpText, payload, key)), "RFC 6455, 5.7")
	require.Equal(t, "Hello", string(payload), "the caller's bytes stay")
}

func TestAppendClose(t *testing.T) {
	tests := []struct {
		name   string
		code   int
		reason string
		want   string
	}{
		{name: "code and reason", code: 1000, reason: "bye", want: "\x88\x05\x03\xe8bye"},
		{name: "code alone", code: 4999, want: "\x88\x02\x13\x87"},
		{name: "no status has no payload", code: ws.CloseNoStatus, reason: "lost", want: "\x88\x00"},
		{name: "a code that is never sent", code: ws.CloseAbnormal, want: "\x88\x00"},
		{name: "a code that does not fit 16 bits", code: 1000 + 1<<16, want: "\x88\x00"},
		{name: "a negative code", code: -1, want: "\x88\x00"},
		{name: "the longest reason", code: 1000, reason: strings.Repeat("x", 123), want: "\x88\x7d\x03\xe8" + strings.Repeat("x", 123)},
		{name: "a reason too long", code: 1000, reason: strings.Repeat("x", 124), want: "\x88\x7d\x03\xe8" + strings.Repeat("x", 123)},
		{
			name: "a reason is cut between characters", code: 1000, reason: strings.Repeat("x", 121) + "€",
			want: "\x88\x7b\x03\xe8" + strings.Repeat("x", 121),
		},
		{name: "bytes that are not UTF-8 are replaced", code: 1000, reason: "a\xffb", want: "\x88\x07\x03\xe8a\uFFFDb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, "before"+tt.want, string(ws.AppendClose([]byte("before"), tt.code, tt.reason)))
		})
	}
}

func TestParseClose(t *testing.T) {
	code, reason := ws.ParseClose(nil)
	require.Equal(t, ws.CloseNoStatus, code)
	require.Empty(t, reason)
	code, reason = ws.ParseClose([]byte("\x03\xe8bye"))
	require.Equal(t, ws.CloseNormal, code)
	require.Equal(t, "bye", string(reason))
}

// Whatever an application asks for, the peer gets a close frame it accepts.
func FuzzAppendClose(f *testing.F) {
	f.Add(1000, "bye")
	f.Add(3000, strings.Repeat("€", 50)+"\xff")
	f.Fuzz(func(t *testing.T, code int, reason string) {
		d := ws.Decoder{Client: true}
		frame := ws.AppendClose(nil, code, reason)
		m, n, ok, err := d.Next(frame)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, len(frame), n)
		gotCode, gotReason := ws.ParseClose(m.Data)
		if !ws.ValidCloseCode(code) {
			require.Equal(t, ws.CloseNoStatus, gotCode)
			return
		}
		require.Equal(t, code, gotCode)
		if utf8.ValidString(reason) {
			require.True(t, strings.HasPrefix(reason, string(gotReason)))
			require.GreaterOrEqual(t, len(gotReason), min(len(reason), 120))
		}
	})
}

// Unmasking is XOR with the key repeated, at every length and alignment.
func FuzzUnmask(f *testing.F) {
	f.Add([]byte(strings.Repeat("0123456789", 10)), byte(1), byte(2), byte(3), byte(4), uint8(3))
	f.Fuzz(func(t *testing.T, p []byte, a, b, c, d byte, skip uint8) {
		p = p[min(int(skip), len(p)):]
		k := [4]byte{a, b, c, d}
		want := make([]byte, len(p))
		for i := range p {
			want[i] = p[i] ^ k[i%4]
		}
		got := append([]byte(nil), p...)
		ws.Unmask(got, k)
		require.Equal(t, string(want), string(got))
	})
}

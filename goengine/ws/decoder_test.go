package ws_test

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

func TestServerDecodes(t *testing.T) {
	long, longer := strings.Repeat("x", 126), strings.Repeat("y", 65536)
	tests := []struct {
		name, in string
		messages []string
	}{
		{name: "nothing yet"},
		{name: "a text in one frame", in: masked(fin|ws.OpText, "Hello"), messages: []string{"text:Hello"}},
		{name: "the example of RFC 6455, 5.7", in: "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", messages: []string{"text:Hello"}},
		{name: "an empty text", in: masked(fin|ws.OpText, ""), messages: []string{"text:"}},
		{name: "bytes that are no text in a binary", in: masked(fin|ws.OpBinary, "\xff\x00"), messages: []string{"binary:\xff\x00"}},
		{name: "a 16-bit length", in: masked(fin|ws.OpText, long), messages: []string{"text:" + long}},
		{name: "a 64-bit length", in: masked(fin|ws.OpText, longer), messages: []string{"text:" + longer}},
		{
			name: "two messages at once", in: masked(fin|ws.OpText, "a") + masked(fin|ws.OpBinary, "b"),
			messages: []string{"text:a", "binary:b"},
		},
		{
			name:     "a message in three fragments",
			in:       masked(ws.OpText, "a") + masked(ws.OpContinuation, "b") + masked(fin|ws.OpContinuation, "c"),
			messages: []string{"text:abc"},
		},
		{
			name: "a fragmented binary", in: masked(ws.OpBinary, "\xff") + masked(fin|ws.OpContinuation, "\xfe"),
			messages: []string{"binary:\xff\xfe"},
		},
		{
			name:     "empty fragments",
			in:       masked(ws.OpText, "") + masked(ws.OpContinuation, "") + masked(fin|ws.OpContinuation, ""),
			messages: []string{"text:"},
		},
		{
			name: "control frames between fragments overtake the message",
			in: masked(ws.OpText, "a") + masked(fin|ws.OpPing, "1") + masked(ws.OpContinuation, "b") +
				masked(fin|ws.OpPong, "2") + masked(fin|ws.OpContinuation, "c"),
			messages: []string{"ping:1", "pong:2", "text:abc"},
		},
		{
			name: "one fragmented message after another keeps nothing of the first",
			in: masked(ws.OpText, "a") + masked(fin|ws.OpContinuation, "b") +
				masked(ws.OpBinary, "c") + masked(fin|ws.OpContinuation, "d"),
			messages: []string{"text:ab", "binary:cd"},
		},
		{
			name: "a message in one frame behind a fragmented one",
			in:   masked(ws.OpText, "a") + masked(fin|ws.OpContinuation, "b") + masked(fin|ws.OpText, "c"),

			messages: []string{"text:ab", "text:c"},
		},
		{
			name: "a character cut by a fragment", in: masked(ws.OpText, "\xf0\x9f") + masked(fin|ws.OpContinuation, "\x98\x80"),
			messages: []string{"text:\U0001F600"},
		},
		{
			name: "a character cut by a ping", in: masked(ws.OpText, "\xe2") + masked(fin|ws.OpPing, "") +
				masked(ws.OpContinuation, "\x82") + masked(fin|ws.OpContinuation, "\xac"),
			messages: []string{"ping:", "text:€"},
		},
		{name: "a ping of 125 bytes", in: masked(fin|ws.OpPing, long[:125]), messages: []string{"ping:" + long[:125]}},
		{name: "a ping is not text", in: masked(fin|ws.OpPing, "\xff"), messages: []string{"ping:\xff"}},
		{name: "a pong", in: masked(fin|ws.OpPong, "x"), messages: []string{"pong:x"}},
		{name: "a close without a code", in: masked(fin|ws.OpClose, ""), messages: []string{"close:"}},
		{name: "a close with a code", in: masked(fin|ws.OpClose, "\x03\xe8"), messages: []string{"close:\x03\xe8"}},
		{name: "a close with a reason", in: masked(fin|ws.OpClose, "\x0f\xa0bye…"), messages: []string{"close:\x0f\xa0bye…"}},
		{
			name: "a close between fragments", in: masked(ws.OpText, "a") + masked(fin|ws.OpClose, "\x03\xe9"),
			messages: []string{"close:\x03\xe9"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var whole, slow ws.Decoder
			messages, code := feed(&whole, tt.in)
			require.Zero(t, code)
			require.Equal(t, tt.messages, messages)
			messages, code = feed(&slow, bytewise(tt.in)...)
			require.Zero(t, code, "one byte at a time")
			require.Equal(t, tt.messages, messages, "one byte at a time")
		})
	}
}

// without leaves out the last n bytes of a frame: a text is refused with the byte that breaks it.
func without(n int, frame string) string { return frame[:len(frame)-n] }

func TestServerRefuses(t *testing.T) {
	type refusal struct {
		name, in string
		code     int
	}
	tests := []refusal{
		{name: "RSV1 without an extension", in: "\xc1", code: 1002},
		{name: "RSV2", in: "\xa1", code: 1002},
		{name: "RSV3", in: "\x91", code: 1002},
		{name: "RSV1 on a continuation", in: masked(ws.OpText, "a") + "\xc0", code: 1002},
		{name: "RSV1 on a ping", in: "\xc9", code: 1002},
		{name: "a ping that is not final", in: "\x09", code: 1002},
		{name: "a pong that is not final", in: "\x0a", code: 1002},
		{name: "a close that is not final", in: "\x08", code: 1002},
		{name: "a ping of 126 bytes, from its length code", in: "\x89\xfe", code: 1002},
		{name: "a close with a 64-bit length, from its length code", in: "\x88\xff", code: 1002},
		{name: "a continuation without a start", in: "\x80", code: 1002},
		{name: "a continuation without a start, not final", in: "\x00", code: 1002},
		{name: "a continuation behind a complete message", in: masked(fin|ws.OpText, "a") + "\x80", code: 1002},
		{
			name: "a continuation behind a complete fragmented message",
			in:   masked(ws.OpText, "a") + masked(fin|ws.OpContinuation, "b") + "\x80", code: 1002,
		},
		{name: "a text inside fragments", in: masked(ws.OpText, "a") + "\x81", code: 1002},
		{name: "a fragmented binary inside fragments", in: masked(ws.OpText, "a") + "\x02", code: 1002},
		{name: "a start inside empty fragments", in: masked(ws.OpText, "") + "\x81", code: 1002},
		{name: "a frame without mask", in: "\x81\x05", code: 1002},
		{name: "a ping without mask", in: "\x89\x00", code: 1002},
		{name: "125 in 16 bits", in: "\x81\xfe\x00\x7d", code: 1002},
		{name: "65535 in 64 bits", in: "\x82\xff\x00\x00\x00\x00\x00\x00\xff\xff", code: 1002},
		{name: "a length with its top bit set", in: "\x82\xff\x80\x00\x00\x00\x00\x00\x00\x00", code: 1002},
		{name: "a close with half a code", in: masked(fin|ws.OpClose, "\x03"), code: 1002},
		{name: "a close reason that is not UTF-8", in: masked(fin|ws.OpClose, "\x03\xe8\xff"), code: 1007},
		{name: "a close reason that stops inside a character", in: masked(fin|ws.OpClose, "\x03\xe8\xe2\x82"), code: 1007},
		{name: "a text that is not UTF-8", in: without(1, masked(fin|ws.OpText, "a\xffb")), code: 1007},
		{name: "an overlong form", in: without(1, masked(fin|ws.OpText, "\xc0\xaf")), code: 1007},
		{name: "an overlong form of three bytes", in: without(1, masked(fin|ws.OpText, "\xe0\x80\x80")), code: 1007},
		{name: "a surrogate", in: without(1, masked(fin|ws.OpText, "\xed\xa0\x80")), code: 1007},
		{name: "a code point over U+10FFFF", in: without(2, masked(fin|ws.OpText, "\xf4\x90\x80\x80")), code: 1007},
		{name: "a text that stops inside a character", in: masked(fin|ws.OpText, "a\xe2\x82"), code: 1007},
		{name: "the fragment that breaks the text, not the last one", in: masked(ws.OpText, "a\xff"), code: 1007},
		{
			name: "a fragment that cannot go on with the character cut before it",
			in:   masked(ws.OpText, "\xe2") + masked(ws.OpContinuation, "a"), code: 1007,
		},
		{name: "a fragment cut where no character can follow", in: masked(ws.OpText, "\xf4\x90"), code: 1007},
		{
			name: "a fragmented text that stops inside a character",
			in:   masked(ws.OpText, "a") + masked(fin|ws.OpContinuation, "\xe2\x82"), code: 1007,
		},
		{
			name: "a cut character with an empty end",
			in:   masked(ws.OpText, "\xe2\x82") + masked(fin|ws.OpContinuation, ""), code: 1007,
		},
	}
	for _, op := range "\x03\x04\x05\x06\x07\x0b\x0c\x0d\x0e\x0f" {
		tests = append(tests, refusal{name: "the unknown opcode " + string("0123456789abcdef"[op]), in: string([]byte{fin | byte(op)}), code: 1002})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var whole, slow, early ws.Decoder
			_, code := feed(&whole, tt.in)
			require.Equal(t, tt.code, code)
			_, code = feed(&slow, bytewise(tt.in)...)
			require.Equal(t, tt.code, code, "one byte at a time")
			_, code = feed(&early, tt.in[:len(tt.in)-1])
			require.Zero(t, code, "not before the byte that breaks the rule")
		})
	}
}

func TestCloseCodes(t *testing.T) {
	valid := func(code int) bool {
		var d ws.Decoder
		_, got := feed(&d, masked(fin|ws.OpClose, string([]byte{byte(code >> 8), byte(code)})))
		if got != 0 && got != ws.CloseProtocolError {
			t.Fatal(code, got)
		}
		return got == 0
	}
	for code := range 1 << 16 {
		want := code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999
		if valid(code) != want {
			t.Fatal(code)
		}
	}
}

func TestClientWantsUnmaskedFrames(t *testing.T) {
	d := ws.Decoder{Client: true}
	messages, code := feed(&d, unmasked(ws.OpText, "a")+unmasked(fin|ws.OpContinuation, "b")+unmasked(fin|ws.OpPing, ""))
	require.Zero(t, code)
	require.Equal(t, []string{"text:ab", "ping:"}, messages)
	_, code = feed(&d, "\x81\x80")
	require.Equal(t, 1002, code)
}

func TestWantCountsTheRestOfTheFrontFrame(t *testing.T) {
	frame := masked(fin|ws.OpBinary, strings.Repeat("x", 300))
	tests := []struct {
		name, in string
		want     int
	}{
		{name: "unknown without a byte", in: ""},
		{name: "unknown before the length", in: frame[:1]},
		{name: "unknown inside a 16-bit length", in: frame[:3]},
		{name: "known before the masking key", in: frame[:4], want: 304},
		{name: "known inside the payload", in: frame[:18], want: 290},
		{name: "zero behind a whole frame", in: frame},
		{name: "of the frame behind a swallowed fragment", in: masked(ws.OpBinary, "a") + "\x80\x83", want: 7},
		{name: "unknown for a text, which is checked as it arrives", in: masked(fin|ws.OpText, "abc")[:7]},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var d ws.Decoder
			_, _, _, err := d.Next([]byte(tt.in))
			require.NoError(t, err)
			require.Equal(t, tt.want, d.Want())
		})
	}
}

func TestSwallowedFragmentsAreConsumedBeforeTheMessageIsComplete(t *testing.T) {
	var d ws.Decoder
	in := masked(ws.OpText, "a") + masked(ws.OpContinuation, "b") + "\x80"
	_, n, ok, err := d.Next([]byte(in))
	require.NoError(t, err)
	require.False(t, ok)
	require.Equal(t, len(in)-1, n)
}

func TestMessageInOneFrameAliasesItsBytesOnly(t *testing.T) {
	var d ws.Decoder
	buf := []byte(masked(fin|ws.OpText, "ab") + masked(fin|ws.OpText, "cd"))
	m, n, _, err := d.Next(buf)
	require.NoError(t, err)
	require.Same(t, &buf[6], &m.Data[0])
	_ = append(m.Data, "XXXX"...)
	m, _, _, err = d.Next(buf[n:])
	require.NoError(t, err)
	require.Equal(t, "cd", string(m.Data))
}

func TestCloseForgetsTheMessageUnderWay(t *testing.T) {
	var d ws.Decoder
	_, code := feed(&d, masked(ws.OpText, "a"))
	require.Zero(t, code)
	d.Close()
	d.Close()
	messages, code := feed(&d, masked(fin|ws.OpText, "b"))
	require.Zero(t, code)
	require.Equal(t, []string{"text:b"}, messages)
}

func TestErrorsSayCodeAndReason(t *testing.T) {
	var d ws.Decoder
	_, _, _, err := d.Next([]byte("\x81\x00"))
	require.EqualError(t, err, "ws: unmasked frame from a client (close code 1002)")
}

func TestIdleDecoderIsSmall(t *testing.T) {
	require.LessOrEqual(t, unsafe.Sizeof(ws.Decoder{}), uintptr(40))
}

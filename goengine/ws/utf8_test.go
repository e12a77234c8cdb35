package ws_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

// verdict is what unicode/utf8 says of p: complete, cut inside a character, or broken.
func verdict(p []byte) string {
	for len(p) > 0 {
		r, size := utf8.DecodeRune(p)
		if r == utf8.RuneError && size == 1 {
			if utf8.FullRune(p) {
				return "broken"
			}
			return "cut"
		}
		p = p[size:]
	}
	return "complete"
}

func ours(pieces ...[]byte) string {
	state := uint8(ws.UTF8Accept)
	for _, p := range pieces {
		state = ws.AdvanceUTF8(state, p)
	}
	switch state {
	case ws.UTF8Reject:
		return "broken"
	case ws.UTF8Accept:
		return "complete"
	}
	return "cut"
}

// Every pair of bytes, in front of what tells the classes of a third one apart.
func TestUTF8OfEveryShortSequence(t *testing.T) {
	for pair := range 1 << 16 {
		for _, third := range []byte{0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff} {
			p := []byte{byte(pair >> 8), byte(pair), third}
			for _, p := range [][]byte{p, p[:2], p[:1]} {
				if want, got := verdict(p), ours(p); want != got {
					t.Fatalf("% x: %s, want %s", p, got, want)
				}
			}
		}
	}
}

func TestUTF8OfEveryFourByteStart(t *testing.T) {
	for first := 0xf0; first <= 0xff; first++ {
		for second := range 256 {
			for _, rest := range []string{"", "\x80", "\x80\x80", "\xbf\xbf", "\x80\xc0", "\x80\x7f", "\x80\x80\x80"} {
				p := append([]byte{byte(first), byte(second)}, rest...)
				require.Equal(t, verdict(p), ours(p), "% x", p)
			}
		}
	}
}

// The state says the same as unicode/utf8, however the text is cut and wherever the words of
// eight bytes fall.
func FuzzUTF8(f *testing.F) {
	f.Add([]byte("aäöü€𝄞 and then some ASCII to fill the words"), uint16(3))
	f.Add([]byte(strings.Repeat("a", 41)+"\xed\xa0\x80"), uint16(43))
	f.Add([]byte("\xf4\x8f\xbf\xbf\xe0\xa0"), uint16(1))
	f.Fuzz(func(t *testing.T, p []byte, at uint16) {
		cut := int(at) % (len(p) + 1)
		require.Equal(t, verdict(p), ours(p))
		require.Equal(t, verdict(p), ours(p[:cut], p[cut:]))
	})
}

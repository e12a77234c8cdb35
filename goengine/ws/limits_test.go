package ws_test

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

// header is a masked frame's header up to its length.
func header(first byte, length uint64) string {
	switch {
	case length < 126:
		return string([]byte{first, 0x80 | byte(length)})
	case length <= math.MaxUint16:
		return string(binary.BigEndian.AppendUint16([]byte{first, 0xfe}, uint16(length)))
	}
	return string(binary.BigEndian.AppendUint64([]byte{first, 0xff}, length))
}

func TestLimitsAreDecidedFromTheHeader(t *testing.T) {
	small := &ws.Limits{Frame: 10, Message: 15, Fragments: 3}
	tests := []struct {
		name, in string
		limits   *ws.Limits
		code     int
	}{
		{name: "a frame of exactly the limit", in: header(fin|ws.OpText, 10), limits: small},
		{name: "a frame over the limit", in: header(fin|ws.OpText, 11), limits: small, code: 1009},
		{name: "a fragment over the frame's limit", in: header(ws.OpText, 11), limits: small, code: 1009},
		{name: "fragments of exactly the message's limit", in: masked(ws.OpText, "0123456789") + header(fin, 5), limits: small},
		{name: "fragments over the message's limit", in: masked(ws.OpText, "0123456789") + header(fin, 6), limits: small, code: 1009},
		{
			name: "a message's limit below the frame's", in: header(fin|ws.OpText, 6),
			limits: &ws.Limits{Frame: 10, Message: 5}, code: 1009,
		},
		{
			name: "as many fragments as allowed", limits: small,
			in: masked(ws.OpText, "a") + masked(ws.OpContinuation, "") + header(fin, 1),
		},
		{
			name: "one fragment too many, from its first byte", limits: small, code: 1009,
			in: masked(ws.OpText, "") + masked(ws.OpContinuation, "") + masked(ws.OpContinuation, "") + "\x80",
		},
		{
			name: "one fragment more for each 64 bytes", limits: &ws.Limits{Fragments: 2},
			in:   masked(ws.OpBinary, strings.Repeat("x", 63)) + masked(ws.OpContinuation, "x") + masked(ws.OpContinuation, "") + "\x80",
			code: 1009,
		},
		{
			name: "a message in frames of 64 bytes", limits: &ws.Limits{Fragments: 1},
			in: masked(ws.OpBinary, strings.Repeat("x", 64)) + strings.Repeat(masked(ws.OpContinuation, strings.Repeat("x", 64)), 5000) + masked(fin, "x"),
		},
		{
			name: "a message in frames of 63 bytes", limits: &ws.Limits{Fragments: 1}, code: 1009,
			in: masked(ws.OpBinary, strings.Repeat("x", 63)) + "\x80",
		},
		{
			name: "each message has its own count", limits: small,
			in: strings.Repeat(masked(ws.OpText, "0123456")+masked(ws.OpContinuation, "")+masked(fin, "0123456"), 5),
		},
		{
			name: "pings count as no fragments and no bytes", limits: small,
			in: masked(ws.OpText, "0123456789") + strings.Repeat(masked(fin|ws.OpPing, strings.Repeat("x", 125)), 9) + header(fin, 5),
		},
		{name: "a ping over the frame's limit is allowed", in: masked(fin|ws.OpPing, strings.Repeat("x", 125)), limits: small},
		{name: "the default of 10 MiB", in: header(fin|ws.OpBinary, 10<<20)},
		{name: "over the default", in: header(fin|ws.OpBinary, 10<<20+1), code: 1009},
		{name: "the zero value means the defaults", in: header(fin|ws.OpBinary, 10<<20+1), limits: &ws.Limits{}, code: 1009},
		{
			name: "the default of 1024 fragments", code: 1009,
			in: masked(ws.OpText, "") + strings.Repeat(masked(ws.OpContinuation, ""), 1023) + "\x80",
		},
		{name: "no limit when asked for", in: header(fin|ws.OpBinary, 1<<40), limits: &ws.Limits{Frame: -1, Message: -1}},
		{
			name: "without limits, a length beyond all memory", in: header(fin|ws.OpBinary, math.MaxInt64),
			limits: &ws.Limits{Frame: -1, Message: -1}, code: 1009,
		},
		{
			name: "without limits, a sum beyond all memory", limits: &ws.Limits{Frame: -1, Message: -1}, code: 1009,
			in: masked(ws.OpBinary, strings.Repeat("x", 100)) + header(fin, math.MaxInt64-20),
		},
		{
			name: "no limit on fragments when asked for", limits: &ws.Limits{Fragments: -1},
			in: masked(ws.OpText, "") + strings.Repeat(masked(ws.OpContinuation, ""), 5000),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := ws.Decoder{Limits: tt.limits}
			_, code := feed(&d, tt.in)
			require.Equal(t, tt.code, code)
			d = ws.Decoder{Limits: tt.limits}
			_, code = feed(&d, bytewise(tt.in)...)
			require.Equal(t, tt.code, code, "one byte at a time")
		})
	}
}

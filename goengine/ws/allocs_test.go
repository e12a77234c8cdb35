//go:build !race

package ws_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

func TestMessagesDoNotAllocate(t *testing.T) {
	tests := []struct{ name, wire string }{
		{name: "a text in one frame", wire: masked(fin|ws.OpText, strings.Repeat("grüße ", 30))},
		{name: "a ping", wire: masked(fin|ws.OpPing, "x")},
		{name: "a fragmented text, once the pool is warm", wire: masked(ws.OpText, "a") + masked(fin, "b")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var d ws.Decoder
			buf := make([]byte, len(tt.wire))
			require.Zero(t, testing.AllocsPerRun(100, func() {
				copy(buf, tt.wire)
				if _, n, ok, err := d.Next(buf); n != len(buf) || !ok || err != nil {
					t.Error("not decoded")
				}
			}))
		})
	}
}

func TestRefusalsDoNotAllocate(t *testing.T) {
	in := []byte("\x81\x00")
	var d ws.Decoder
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if _, _, _, err := d.Next(in); err == nil {
			t.Error("not refused")
		}
	}))
}

func TestEncodersDoNotAllocate(t *testing.T) {
	dst, payload := make([]byte, 0, 1024), make([]byte, 300)
	h := ws.Handshake{
		Method: []byte("GET"), Upgrade: []byte("websocket"), Connection: []byte("keep-alive, Upgrade"),
		Version: []byte("13"), Key: []byte(sampleKey),
	}
	extra := []string{"Server: test"}
	require.Zero(t, testing.AllocsPerRun(100, func() {
		dst = ws.AppendFrame(dst[:0], fin|ws.OpText, payload)
		dst = ws.AppendMaskedFrame(dst, fin|ws.OpText, payload, key)
		dst = ws.AppendClose(dst, ws.CloseNormal, "bye")
		if h.Check() != nil {
			t.Error("refused")
		}
		dst = ws.AppendAccept(dst, h.Key, extra)
	}))
}

package loop_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// Whatever a peer sends before it falls silent, its connection ends within the longest limit when
// the application answers at once: nothing makes the server keep its bytes for ever.
func FuzzSilence(f *testing.F) {
	for _, s := range []string{
		"", "\r\n", "GET", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\r\nGET /",
		"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc",
		"GET / HTTP/1.1\r\nHost: h\r\n\r\nPOST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na",
		"BAD\r\n\r\n", handshake[:40],
		strings.Repeat("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 300) + "GET",
	} {
		f.Add([]byte(s), uint16(len(s)/2), false)
		f.Add([]byte(s), uint16(0), true)
	}
	d := drive(f, echo)
	f.Fuzz(func(t *testing.T, in []byte, at uint16, toWebSocket bool) {
		if len(in) > 16<<10 {
			t.Skip("fits the socket's buffer with its echo")
		}
		d.t = t
		proto := loop.HTTP
		if toWebSocket { // nobody accepts the handshake here
			if proto = loop.WebSocket; strings.Contains(string(in), "\r\n\r\n") {
				t.Skip("waits for the application")
			}
		}
		p := d.connect(loop.ListenOptions{Proto: proto})
		defer p.close()
		cut := int(at) % (len(in) + 1)
		for _, piece := range [][]byte{in[:cut], in[cut:]} {
			_ = unix.Sendto(p.fd, piece, unix.MSG_NOSIGNAL, nil)
			d.settle()
			_, _ = p.read()
		}
		d.now += loop.KeepAliveTimeout + 2*time.Second
		d.settle()
		d.now += loop.DefaultLinger + 2*time.Second
		d.settle()
		require.Zero(t, d.Connections())
	})
}

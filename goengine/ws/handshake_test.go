package ws_test

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/lxzan/gws"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

const sampleKey = "dGhlIHNhbXBsZSBub25jZQ==" // RFC 6455, 1.3

func TestHandshakeCheck(t *testing.T) {
	tests := []struct {
		name   string
		change func(h *ws.Handshake)
		status int // 0: accepted
	}{
		{name: "a browser's request", change: func(*ws.Handshake) {}},
		{name: "Connection as a list", change: func(h *ws.Handshake) { h.Connection = []byte("keep-alive, Upgrade") }},
		{name: "tokens in any case", change: func(h *ws.Handshake) { h.Upgrade, h.Connection = []byte("WebSocket"), []byte("UPGRADE") }},
		{name: "Upgrade as a list", change: func(h *ws.Handshake) { h.Upgrade = []byte("h2c,\twebsocket") }},
		{name: "POST", change: func(h *ws.Handshake) { h.Method = []byte("POST") }, status: 400},
		{name: "a method in lower case", change: func(h *ws.Handshake) { h.Method = []byte("get") }, status: 400},
		{name: "no version", change: func(h *ws.Handshake) { h.Version = nil }, status: 400},
		{name: "an old version", change: func(h *ws.Handshake) { h.Version = []byte("8") }, status: 426},
		{name: "a version that starts with 13", change: func(h *ws.Handshake) { h.Version = []byte("130") }, status: 426},
		{name: "two versions", change: func(h *ws.Handshake) { h.Version = []byte("13, 13") }, status: 426},
		{name: "no key", change: func(h *ws.Handshake) { h.Key = nil }, status: 400},
		{name: "a key of 15 bytes", change: func(h *ws.Handshake) { h.Key = []byte("AAAAAAAAAAAAAAAAAAAA") }, status: 400},
		{name: "a key of 17 bytes", change: func(h *ws.Handshake) { h.Key = []byte("AAAAAAAAAAAAAAAAAAAAAAA=") }, status: 400},
		{name: "a key of 18 bytes", change: func(h *ws.Handshake) { h.Key = []byte("AAAAAAAAAAAAAAAAAAAAAAAA") }, status: 400},
		{name: "a key that is not base64", change: func(h *ws.Handshake) { h.Key = []byte("!!!!!!!!!!!!!!!!!!!!!!==") }, status: 400},
		{name: "a key with a line end in it", change: func(h *ws.Handshake) { h.Key = []byte("AAAAAAAAAAAAAAAAAA\r\nAA==") }, status: 400},
		{name: "two keys", change: func(h *ws.Handshake) { h.Key = []byte(sampleKey + "," + sampleKey) }, status: 400},
		{name: "no Upgrade", change: func(h *ws.Handshake) { h.Upgrade = nil }, status: 400},
		{name: "another protocol", change: func(h *ws.Handshake) { h.Upgrade = []byte("websocket2") }, status: 400},
		{name: "no Connection", change: func(h *ws.Handshake) { h.Connection = nil }, status: 400},
		{name: "Connection without Upgrade", change: func(h *ws.Handshake) { h.Connection = []byte("keep-alive") }, status: 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := ws.Handshake{
				Method: []byte("GET"), Upgrade: []byte("websocket"), Connection: []byte("Upgrade"),
				Version: []byte("13"), Key: []byte(sampleKey),
			}
			tt.change(&h)
			err := h.Check()
			if tt.status == 0 {
				require.NoError(t, err)
				return
			}
			var he *ws.HandshakeError
			require.ErrorAs(t, err, &he)
			require.Equal(t, tt.status, he.Status)
			require.Contains(t, err.Error(), "ws: ")

			res, err := http.ReadResponse(bufio.NewReader(strings.NewReader(string(ws.AppendRefusal(nil, he)))), nil)
			require.NoError(t, err)
			require.Equal(t, tt.status, res.StatusCode)
			require.NoError(t, res.Body.Close())
			require.Equal(t, he.Versions, res.Header.Get("Sec-WebSocket-Version") == "13")
			if tt.status == http.StatusUpgradeRequired {
				require.Equal(t, "13", res.Header.Get("Sec-WebSocket-Version"))
				require.NotEmpty(t, res.Header.Get("Upgrade"))
			}
		})
	}
}

func TestAcceptKeyOfTheRFC(t *testing.T) {
	require.Equal(t, "x s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", string(ws.AcceptKey([]byte("x "), []byte(sampleKey))))
}

func TestAppendAccept(t *testing.T) {
	const start = "HTTP/1.1 101 Switching Protocol\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
	tests := []struct {
		name  string
		extra []string
		want  string
	}{
		{name: "nothing more", want: start + "\r\n"},
		{name: "further fields keep their order", extra: []string{"B: 1", "A: 2"}, want: start + "B: 1\r\nA: 2\r\n\r\n"},
		{name: "a line that would forge a field", extra: []string{"A: 1\r\nSet-Cookie: x", "B: 2"}, want: start + "B: 2\r\n\r\n"},
		{name: "a bare carriage return", extra: []string{"A: 1\r"}, want: start + "\r\n"},
		{name: "a bare line feed", extra: []string{"\nA: 1"}, want: start + "\r\n"},
		{name: "a zero byte", extra: []string{"A: \x00"}, want: start + "\r\n"},
		{name: "an empty line would end the header", extra: []string{"", "A: 1"}, want: start + "A: 1\r\n\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, "x"+tt.want, string(ws.AppendAccept([]byte("x"), []byte(sampleKey), tt.extra)))
		})
	}
}

// A client of another implementation takes our answer and understands our frames.
func TestAnotherClientTalksToUs(t *testing.T) {
	ours, theirs := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- echoUntilClose(ours) }()

	client := &clientEvents{got: make(chan string, 4)}
	conn, _, err := gws.NewClientFromConn(client, &gws.ClientOption{Addr: "ws://localhost/", CheckUtf8Enabled: true}, theirs)
	require.NoError(t, err)
	go conn.ReadLoop()
	for _, text := range []string{"", "grüße", strings.Repeat("€", 1000), strings.Repeat("x", 70000)} {
		require.NoError(t, conn.WriteString(text))
		require.Equal(t, text, <-client.got)
	}
	conn.WriteClose(1000, []byte("bye"))
	require.NoError(t, <-served)
}

type clientEvents struct {
	gws.BuiltinEventHandler
	got chan string
}

func (c *clientEvents) OnMessage(_ *gws.Conn, m *gws.Message) { c.got <- string(m.Bytes()) }

func echoUntilClose(conn net.Conn) error {
	defer func() { _ = conn.Close() }()
	br := bufio.NewReader(conn)
	req, err := http.ReadRequest(br)
	if err != nil {
		return err
	}
	field := func(name string) []byte { return []byte(strings.Join(req.Header.Values(name), ",")) }
	h := ws.Handshake{
		Method: []byte(req.Method), Upgrade: field("Upgrade"), Connection: field("Connection"),
		Version: field("Sec-WebSocket-Version"), Key: field("Sec-WebSocket-Key"),
	}
	if err := h.Check(); err != nil {
		return err
	}
	if _, err := conn.Write(ws.AppendAccept(nil, h.Key, []string{"X-Extra: 1"})); err != nil {
		return err
	}
	var d ws.Decoder
	defer d.Close()
	var buf []byte
	chunk := make([]byte, 1500)
	for {
		m, n, ok, err := d.Next(buf)
		if err != nil {
			return err
		}
		if ok && m.Op == ws.OpClose {
			return nil
		}
		if ok {
			if _, err := conn.Write(ws.AppendFrame(nil, fin|m.Op, m.Data)); err != nil {
				return err
			}
		}
		buf = buf[n:]
		if !ok {
			n, err := br.Read(chunk)
			if err != nil {
				return err
			}
			buf = append(buf, chunk[:n]...)
		}
	}
}

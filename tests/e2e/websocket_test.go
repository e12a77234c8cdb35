package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/lxzan/gws"
	"github.com/stretchr/testify/require"
)

const handshake = "GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

func (a *app) websocket() *websocket.Conn {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	a.t.Cleanup(cancel)
	c, _, err := websocket.Dial(ctx, "ws://"+a.addr(portWebSocket)+"/", nil)
	require.NoError(a.t, err)
	c.SetReadLimit(64 << 20)
	a.t.Cleanup(func() { _ = c.CloseNow() })
	return c
}

func TestWebSocketEcho(t *testing.T) {
	a := serve(t, "protocols.php", protocolPorts)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c := a.websocket()
	for name, m := range map[string]struct {
		kind websocket.MessageType
		data []byte
	}{
		"text":                     {websocket.MessageText, []byte("grüße 🚀")},
		"nothing":                  {websocket.MessageText, []byte{}},
		"binary":                   {websocket.MessageBinary, []byte("\x00\xff\xfe\x80")},
		"125 bytes":                {websocket.MessageText, bytes.Repeat([]byte("a"), 125)},
		"126 bytes":                {websocket.MessageText, bytes.Repeat([]byte("a"), 126)},
		"65536 bytes":              {websocket.MessageText, bytes.Repeat([]byte("a"), 65536)},
		"1 MiB less its own frame": {websocket.MessageBinary, bytes.Repeat([]byte("\xff\x00"), 1<<19-8)},
	} {
		require.NoError(t, c.Write(ctx, m.kind, m.data), name)
		kind, data, err := c.Read(ctx)
		require.NoError(t, err, name)
		require.Equal(t, m.kind, kind, name)
		require.True(t, bytes.Equal(m.data, data), name)
	}

	// Fragments: the client's writer makes a frame of each flush.
	w, err := c.Writer(ctx, websocket.MessageText)
	require.NoError(t, err)
	for range 50 {
		_, err = io.WriteString(w, strings.Repeat("0123456789", 1000))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	_, data, err := c.Read(ctx)
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("0123456789", 50_000), string(data))

	reading := c.CloseRead(ctx) // pongs are seen while reading
	for range 5 {
		require.NoError(t, c.Ping(ctx))
	}
	require.NoError(t, reading.Err())
	require.NoError(t, c.Close(websocket.StatusNormalClosure, "bye"))
}

// A message of 1 MiB passes both ways with the settings as they are.
func TestWebSocketMebibyte(t *testing.T) {
	a := serve(t, "protocols.php", protocolPorts)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c := a.websocket()
	sent := bytes.Repeat([]byte("a"), 1<<20)
	require.NoError(t, c.Write(ctx, websocket.MessageText, sent))
	_, data, err := c.Read(ctx)
	require.NoError(t, err)
	require.True(t, bytes.Equal(sent, data))
}

// frame makes a client's frame; its mask is of zeros.
func frame(first byte, payload string) string {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	return string(b) + "\x00\x00\x00\x00" + payload
}

func TestWebSocketFrames(t *testing.T) {
	a := serve(t, "protocols.php", protocolPorts)
	closed := func(code uint16) string { return "\x88\x02" + string(binary.BigEndian.AppendUint16(nil, code)) }
	for _, tt := range []struct{ name, write, want string }{
		{"fragments with a ping between", frame(0x01, "gr\xc3") + frame(0x89, "ping") + frame(0x80, "\xbcn"), "\x8a\x04ping\x81\x05gr\xc3\xbcn"},
		{"close without a code", frame(0x88, ""), "\x88\x00"},
		{"close with a code", frame(0x88, "\x03\xe9"), closed(1001)},
		{"close with a reason", frame(0x88, "\x0f\xa0bye"), "\x88"},
		{"close with a code that must not be sent", frame(0x88, "\x03\xed"), closed(1002)},
		{"close with half a code", frame(0x88, "\x03"), closed(1002)},
		{"unmasked frame", "\x81\x02hi", closed(1002)},
		{"reserved bit", frame(0xc1, "hi"), closed(1002)},
		{"unknown opcode", frame(0x83, "hi"), closed(1002)},
		{"continuation of nothing", frame(0x80, "hi"), closed(1002)},
		{"message within a message", frame(0x01, "hi") + frame(0x81, "hi"), closed(1002)},
		{"fragmented ping", frame(0x09, "hi"), closed(1002)},
		{"ping of 126 bytes", frame(0x89, strings.Repeat("a", 126)), closed(1002)},
		{"text that is not UTF-8", frame(0x81, "\xff\xfe"), closed(1007)},
		{"text cut within a character", frame(0x81, "\xc3"), closed(1007)},
		{"text of fragments that is not UTF-8", frame(0x01, "\xe2\x82") + frame(0x80, "\x28"), closed(1007)},
		{"reason that is not UTF-8", frame(0x88, "\x03\xe8\xff"), closed(1007)},
		{"frame over 10 MiB announced", "\x82\xff\x00\x00\x00\x00\x00\xa0\x00\x01\x00\x00\x00\x00", closed(1009)},
		{"fragments over 10 MiB together", frame(0x02, strings.Repeat("a", 6<<20)) + "\x00\xff\x00\x00\x00\x00\x00\x60\x00\x00\x00\x00\x00\x00", closed(1009)},
		{"too many fragments", frame(0x01, "a") + strings.Repeat(frame(0x00, "a"), 2000), closed(1009)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := a.dial(portWebSocket)
			go func() { _, _ = io.WriteString(c, handshake+tt.write) }()
			r := bufio.NewReader(c)
			resp, err := http.ReadResponse(r, nil)
			require.NoError(t, err)
			require.Equal(t, 101, resp.StatusCode)
			require.Equal(t, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", resp.Header.Get("Sec-WebSocket-Accept"))
			if tt.want[0] != '\x88' {
				got := make([]byte, len(tt.want))
				_, err = io.ReadFull(r, got)
				require.NoError(t, err)
				require.Equal(t, tt.want, string(got))
				return
			}
			got, err := io.ReadAll(r)
			require.NoError(t, err, "the connection ends, and is not reset")
			require.GreaterOrEqual(t, len(got), min(len(tt.want), 4))
			n := len(tt.want) // a reason may follow the code
			require.Equal(t, tt.want[:1], string(got[:1]))
			if n == 4 {
				require.Equal(t, tt.want[2:], string(got[2:4]))
			}
		})
	}
	require.NotContains(t, a.Output(), "worker exit")
}

func TestWebSocketBadHandshakes(t *testing.T) {
	a := serve(t, "protocols.php", protocolPorts)
	for name, tt := range map[string]struct {
		request string
		status  int
	}{
		"plain request": {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"no key":        {strings.Replace(handshake, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 1), 400},
		"short key":     {strings.Replace(handshake, "dGhlIHNhbXBsZSBub25jZQ==", "aGk=", 1), 400},
		"old version":   {strings.Replace(handshake, "Version: 13", "Version: 8", 1), 426},
		"POST":          {strings.Replace(handshake, "GET", "POST", 1), 400},
		"bare LF":       {strings.ReplaceAll(handshake, "\r\n", "\n"), 400},
	} {
		t.Run(name, func(t *testing.T) {
			c := a.dial(portWebSocket)
			_, err := io.WriteString(c, tt.request)
			require.NoError(t, err)
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			require.NoError(t, err)
			require.Equal(t, tt.status, resp.StatusCode)
			_, err = io.ReadAll(resp.Body)
			require.NoError(t, err)
			_, err = c.Read(make([]byte, 1))
			require.ErrorIs(t, err, io.EOF)
		})
	}
}

// echoes counts the answers of a gws client.
type echoes struct {
	gws.BuiltinEventHandler
	got chan string
}

func (e *echoes) OnMessage(_ *gws.Conn, m *gws.Message) {
	e.got <- m.Data.String()
	_ = m.Close()
}

func TestWebSocketCrowd(t *testing.T) {
	a := serve(t, "protocols.php", protocolPorts)
	const clients, rounds = 200, 20
	var wg sync.WaitGroup
	failures := make(chan error, clients)
	for id := range clients {
		wg.Go(func() {
			failures <- func() error {
				e := &echoes{got: make(chan string, rounds)}
				c, _, err := gws.NewClient(e, &gws.ClientOption{Addr: "ws://" + a.addr(portWebSocket), HandshakeTimeout: patience})
				if err != nil {
					return err
				}
				defer func() { _ = c.NetConn().Close() }()
				go c.ReadLoop()
				for n := range rounds {
					want := fmt.Sprintf("client %d message %d", id, n)
					if err := c.WriteString(want); err != nil {
						return err
					}
					select {
					case got := <-e.got:
						if got != want {
							return fmt.Errorf("got %q, not %q", got, want)
						}
					case <-time.After(patience):
						return fmt.Errorf("no answer to %q", want)
					}
				}
				return nil
			}()
		})
	}
	wg.Wait()
	for range clients {
		require.NoError(t, <-failures)
	}
}

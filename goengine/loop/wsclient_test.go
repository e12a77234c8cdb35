package loop_test

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/ws"
)

const wsKey = "dGhlIHNhbXBsZSBub25jZQ=="

// wsServer is the other end of a WebSocket client: it takes the request, answers, and hands over the rest.
func wsServer(t *testing.T, answer string, talk func(c net.Conn, r *bufio.Reader)) string {
	l := listen(t, "tcp", "127.0.0.1:0")
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		r := bufio.NewReader(c)
		request, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		if answer == "" {
			accept := ws.AcceptKey(nil, []byte(request.Header.Get("Sec-WebSocket-Key")))
			answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + string(accept) + "\r\n\r\n"
		}
		// The first frame comes with the answer.
		_, _ = c.Write(append([]byte(answer), ws.AppendFrame(nil, ws.Fin|ws.OpText, []byte("first"))...))
		if talk != nil {
			talk(c, r)
		}
	}()
	return l.Addr().String()
}

func shake(t *testing.T, c *connector, address string) loop.ID {
	id, err := c.Connect(loop.ConnectOptions{Network: "tcp", Address: address, Proto: loop.WebSocket})
	require.NoError(t, err)
	require.NoError(t, c.Send(id, loop.SendRaw, []byte("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "+wsKey+"\r\n\r\n")))
	require.NoError(t, c.ExpectWebSocket(id, []byte(wsKey), nil))
	return id
}

// masked reads one frame and checks that it is masked.
func masked(t *testing.T, r *bufio.Reader) (first byte, key [4]byte, data string) {
	var head [6]byte
	_, err := readFull(r, head[:])
	require.NoError(t, err)
	require.NotZero(t, head[1]&0x80)
	body := make([]byte, head[1]&0x7f)
	_, err = readFull(r, body)
	require.NoError(t, err)
	key = [4]byte(head[2:])
	for i := range body {
		body[i] ^= key[i%4]
	}
	return head[0], key, string(body)
}

func readFull(r *bufio.Reader, p []byte) (int, error) {
	n := 0
	for n < len(p) {
		k, err := r.Read(p[n:])
		if n += k; err != nil {
			return n, err
		}
	}
	return n, nil
}

func TestWebSocketClient(t *testing.T) {
	type frame struct {
		first byte
		data  string
	}
	got := make(chan frame, 10)
	keys := map[[4]byte]bool{}
	address := wsServer(t, "", func(c net.Conn, r *bufio.Reader) {
		for range 4 {
			first, key, data := masked(t, r)
			keys[key] = true
			got <- frame{first, data}
			if data == "two" {
				_, _ = c.Write(ws.AppendFrame(nil, ws.Fin|ws.OpBinary, bytes.Repeat([]byte{0xff}, 70000)))
				_, _ = c.Write(ws.AppendClose(nil, 4000, "enough"))
			}
		}
		close(got)
	})
	c := dialer(t, nil)
	c.onEvent = func(ev *loop.Event) {
		switch {
		case ev.Kind == loop.Handshake:
			require.Zero(t, ev.Opcode)
			require.NoError(t, c.AcceptWebSocket(ev.Conn, nil))
			require.NoError(t, c.Send(ev.Conn, loop.SendMessage, []byte("one")))
		case ev.Kind == loop.Message && string(ev.Data) == "first":
			c.Apply(loop.AppendOp(nil, loop.SendFrame, ws.Fin|ws.OpPing, ev.Conn, []byte("ping")))
			require.NoError(t, c.Send(ev.Conn, loop.SendMessage, []byte("two")))
		}
	}
	shake(t, c, address)
	c.until("closed", c.has(loop.Close))
	require.Equal(t, []loop.Kind{loop.Connected, loop.Handshake, loop.Message, loop.Message, loop.Control, loop.Close}, c.kinds)
	require.Len(t, c.data[3], 70000)
	require.Equal(t, "\x0f\xa0enough", c.data[4])
	var frames []frame
	for f := range got {
		frames = append(frames, f)
	}
	require.ElementsMatch(t, []frame{{0x81, "one"}, {0x89, "ping"}, {0x81, "two"}, {0x88, "\x0f\xa0"}}, frames)
	require.Equal(t, frame{0x88, "\x0f\xa0"}, frames[3])
	require.Len(t, keys, 4) // a new one for each frame
}

func TestWebSocketClientRefuses(t *testing.T) {
	t.Run("a server that masks", func(t *testing.T) {
		closed := make(chan string, 1)
		address := wsServer(t, "", func(c net.Conn, r *bufio.Reader) {
			_, _ = c.Write(ws.AppendMaskedFrame(nil, ws.Fin|ws.OpText, []byte("x"), [4]byte{1, 2, 3, 4}))
			first, _, data := masked(t, r)
			require.Equal(t, byte(0x88), first)
			closed <- data
		})
		c := dialer(t, nil)
		c.onEvent = func(ev *loop.Event) {
			if ev.Kind == loop.Handshake {
				require.NoError(t, c.AcceptWebSocket(ev.Conn, nil))
			}
		}
		shake(t, c, address)
		c.until("closed", c.has(loop.Close))
		require.Equal(t, "\x03\xeamasked frame from a server", <-closed)
	})
	t.Run("an answer that does not fit", func(t *testing.T) {
		address := wsServer(t, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", nil)
		c := dialer(t, nil)
		var why string
		c.onEvent = func(ev *loop.Event) {
			if ev.Kind == loop.Handshake {
				require.Equal(t, uint8(1), ev.Opcode)
				why = string(ev.Data[ev.Aux:])
				require.NoError(t, c.CloseConn(ev.Conn, 0))
			}
		}
		shake(t, c, address)
		c.until("closed", c.has(loop.Close))
		require.Equal(t, "Sec-WebSocket-Accept not found", why)
		require.Zero(t, c.count(loop.Message))
	})
	t.Run("an answer nobody asked for", func(t *testing.T) {
		address := listen(t, "tcp", "127.0.0.1:0")
		go func() {
			if c, err := address.Accept(); err == nil {
				_, _ = c.Write([]byte("HTTP/1.1 101 x\r\n\r\n"))
			}
		}()
		c := dialer(t, nil)
		why := ""
		c.onEvent = func(ev *loop.Event) {
			if ev.Kind == loop.Handshake {
				why = string(ev.Data[ev.Aux:])
				_ = c.Destroy(ev.Conn)
			}
		}
		_, err := c.Connect(loop.ConnectOptions{Network: "tcp", Address: address.Addr().String(), Proto: loop.WebSocket})
		require.NoError(t, err)
		c.until("refused", func() bool { return why != "" })
		require.Equal(t, "data before the handshake", why)
	})
	t.Run("an answer that does not come", func(t *testing.T) {
		l := listen(t, "tcp", "127.0.0.1:0")
		c := dialer(t, nil)
		shake(t, c, l.Addr().String())
		c.until("connected", c.has(loop.Connected))
		c.settle()
		c.pass(loop.BodyTimeout + 2*1e9)
		require.Equal(t, 1, c.count(loop.Close))
	})
}

package manual

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/lxzan/gws"
	"github.com/stretchr/testify/require"
)

// message is what a WebSocket client has received.
type message struct {
	binary bool
	text   string
}

// client is a WebSocket client that nothing of Phalanx is in.
type client struct {
	gws.BuiltinEventHandler
	t      *testing.T
	conn   *gws.Conn
	answer *http.Response
	inbox  chan message
	closed chan struct{}
}

func (c *client) OnMessage(_ *gws.Conn, m *gws.Message) {
	c.inbox <- message{binary: m.Opcode == gws.OpcodeBinary, text: m.Data.String()}
	_ = m.Close()
}

func (c *client) OnPong(_ *gws.Conn, data []byte) { c.inbox <- message{text: "pong " + string(data)} }

func (c *client) OnClose(*gws.Conn, error) { close(c.closed) }

func (a *app) websocket(i int, path string, headers http.Header) (*client, error) {
	a.t.Helper()
	a.Dial(i) // waits for the listener
	c := &client{t: a.t, inbox: make(chan message, 1024), closed: make(chan struct{})}
	conn, answer, err := gws.NewClient(c, &gws.ClientOption{
		Addr: fmt.Sprintf("ws://%s%s", a.Addr(i), path), RequestHeader: headers, HandshakeTimeout: patience,
	})
	if err != nil {
		return nil, err
	}
	c.conn, c.answer = conn, answer
	go conn.ReadLoop()
	a.t.Cleanup(func() { _ = conn.NetConn().Close() })
	return c, nil
}

func (a *app) connect(i int) *client {
	a.t.Helper()
	c, err := a.websocket(i, "/", nil)
	require.NoError(a.t, err)
	return c
}

func (c *client) send(text string) {
	c.t.Helper()
	require.NoError(c.t, c.conn.WriteString(text))
}

func (c *client) next() message {
	c.t.Helper()
	select {
	case m := <-c.inbox:
		return m
	case <-time.After(patience):
		require.Fail(c.t, "no message arrived")
		return message{}
	}
}

// until skips messages before text.
func (c *client) until(text string) {
	c.t.Helper()
	for c.next().text != text {
	}
}

func (c *client) waitClosed() {
	c.t.Helper()
	select {
	case <-c.closed:
	case <-time.After(patience):
		require.Fail(c.t, "the connection stayed open")
	}
}

func TestWebSocketHello(t *testing.T) {
	a := start(t, "websocket-hello.php", 1)
	for range 4 {
		c := a.connect(0)
		for i := range 3 {
			c.send(fmt.Sprint("tom ", i))
			require.Equal(t, message{text: fmt.Sprint("hello tom ", i)}, c.next())
		}
		require.NoError(t, c.conn.WriteClose(1000, nil))
		c.waitClosed()
	}
	a.WaitFor("new connection from ip 127.0.0.1", 4)
	a.WaitFor("connection closed", 4)
}

func TestWebSocketBroadcast(t *testing.T) {
	a := start(t, "websocket-broadcast.php", 1)
	clients := []*client{a.connect(0), a.connect(0), a.connect(0)}
	for _, c := range clients {
		require.Regexp(t, `^\d{10}$`, c.next().text, "the timer sends the time to everybody")
	}
	clients[1].send("to all")
	for _, c := range clients {
		c.until("to all")
	}
}

func TestWebSocketUserIDs(t *testing.T) {
	a := start(t, "websocket-uid.php", 2)
	tom, ann := a.connect(0), a.connect(0)
	tom.send("tom")
	require.Equal(t, "login success, your uid is tom", tom.next().text)
	ann.send("ann")
	require.Equal(t, "login success, your uid is ann", ann.next().text)
	tom.send("ann:hello ann")
	require.Equal(t, "hello ann", ann.next().text)
	ann.send("all:hello all")
	require.Equal(t, "hello all", tom.next().text)
	require.Equal(t, "hello all", ann.next().text)

	push := a.Dial(1)
	exchange(t, push, `{"uid":"tom","percent":"88%"}`+"\n", "ok\n")
	require.Equal(t, `{"uid":"tom","percent":"88%"}`, tom.next().text)
	exchange(t, push, `{"uid":"nobody"}`+"\n", "fail\n")
}

func TestWebSocketHandshake(t *testing.T) {
	a := start(t, "websocket-handshake.php", 1)
	_, err := a.websocket(0, "/", http.Header{"Origin": {"https://evil.example"}})
	require.Error(t, err, "the callback closed the connection")

	c, err := a.websocket(0, "/room?type=binary", http.Header{"X-Real-IP": {"192.0.2.7"}})
	require.NoError(t, err)
	require.Equal(t, "phalanx", c.answer.Header.Get("X-Served-By"))
	require.Equal(t, message{binary: true, text: "connected to /room"}, c.next())
	require.Equal(t, message{text: "before the handshake"}, c.next(), "the type it was sent with")
	c.send("ip")
	require.Equal(t, message{binary: true, text: "192.0.2.7"}, c.next())
	c.send("array")
	require.Equal(t, message{binary: true, text: `{"ip":"192.0.2.7"}`}, c.next())
}

func TestWebSocketTimers(t *testing.T) {
	a := start(t, "websocket-timer.php", 1)
	c := a.connect(0)
	require.Regexp(t, `^\d{10}$`, c.next().text)
	require.Regexp(t, `^\d{10}$`, c.next().text)
	require.NoError(t, c.conn.WriteClose(1000, nil))
	a.WaitFor("bool(true)")
}

func TestWebSocketClose(t *testing.T) {
	a := start(t, "websocket-close.php", 1)
	c := a.connect(0)
	c.send("close")
	require.Equal(t, "hello\n", c.next().text)
	c.waitClosed()
	a.WaitFor("closed, 127.0.0.1 sent something")
	d := a.connect(0)
	d.send("destroy")
	d.waitClosed()
	a.WaitFor("after close: CLOSED", 2)
}

func TestWebSocketControlFrames(t *testing.T) {
	a := start(t, "websocket-control.php", 2)
	plain := a.connect(0)
	require.NoError(t, plain.conn.WritePing([]byte("abc")))
	require.Equal(t, "pong abc", plain.next().text, "answered without the application's help")

	c := a.connect(1)
	require.NoError(t, c.conn.WritePing([]byte("abc")))
	require.Equal(t, "pong ABC", c.next().text, "the application answers")
	c.send("hello")
	require.Equal(t, message{text: "hello"}, c.next(), "messages are text again")
	require.NoError(t, c.conn.WritePong([]byte("xyz")))
	a.WaitFor("pong with xyz")
	require.NoError(t, c.conn.WriteClose(1000, nil))
	c.waitClosed()
	a.WaitFor("close frame\nclosed\n")
}

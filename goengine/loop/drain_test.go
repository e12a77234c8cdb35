package loop_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/ws"
)

func TestDrainEndsHTTPConnections(t *testing.T) {
	answer := true
	var owed []loop.ID
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind != loop.Message {
			return
		}
		if !answer {
			owed = append(owed, ev.Conn)
			return
		}
		require.NoError(t, l.Send(ev.Conn, loop.SendMessage, []byte("ok")))
	})
	busy := d.connect(loop.ListenOptions{Proto: loop.HTTP})
	idle := d.connect(loop.ListenOptions{Proto: loop.HTTP})
	waits := d.connect(loop.ListenOptions{Proto: loop.HTTP})
	partial := d.connect(loop.ListenOptions{Proto: loop.HTTP})
	busy.write(get)
	d.settle()
	text, end := busy.read()
	require.False(t, end)
	require.Contains(t, text, "keep-alive")
	answer = false
	waits.write(get + get)
	partial.write(get[:10])
	d.settle()
	require.Len(t, owed, 2)

	d.Drain(false)
	answer = true
	d.settle()
	busy.write(get)
	partial.write(get[10:])
	d.settle()
	for _, p := range []*peer{busy, partial} {
		text, end = p.read()
		require.True(t, end)
		require.Contains(t, text, "Connection: close")
	}
	_, end = idle.read()
	require.False(t, end, "a request may be on its way")
	d.pass(2 * time.Second)
	_, end = idle.read()
	require.True(t, end)

	// What is owed is waited for, and only the last answer says that it is the last.
	require.NoError(t, d.Send(waits.id, loop.SendMessage, []byte("one")))
	d.settle()
	text, end = waits.read()
	require.False(t, end)
	require.Contains(t, text, "keep-alive")
	require.NoError(t, d.Send(waits.id, loop.SendResponse, []byte("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\ntwo")))
	d.settle()
	text, end = waits.read()
	require.True(t, end)
	require.Contains(t, text, "Connection: close")
	for _, p := range []*peer{busy, idle, waits, partial} {
		p.close()
	}
	d.settle()
	require.Zero(t, d.Connections())
}

func TestDrainOfAllConnections(t *testing.T) {
	var closed []loop.ID
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		switch ev.Kind {
		case loop.Handshake:
			require.NoError(t, l.AcceptWebSocket(ev.Conn, nil))
		case loop.Message:
			require.NoError(t, l.Send(ev.Conn, loop.SendMessage, []byte("echo")))
		case loop.Close:
			closed = append(closed, ev.Conn)
		}
	})
	options := func(p loop.Proto) loop.ListenOptions { return loop.ListenOptions{Proto: p, Announce: true} }
	socket, line, half := d.connect(options(loop.WebSocket)), d.connect(options(loop.Text)), d.connect(options(loop.Text))
	socket.write("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	d.settle()
	text, _ := socket.read()
	require.Contains(t, text, "101 Switching Protocol")
	half.write("half a line")
	d.settle()

	d.Drain(false)
	d.settle()
	for _, p := range []*peer{socket, line, half} {
		text, end := p.read()
		require.Empty(t, text)
		require.False(t, end)
	}
	line.write("still served\n")
	d.settle()
	text, _ = line.read()
	require.Equal(t, "echo\n", text)

	d.Drain(true)
	d.settle()
	text, end := socket.read()
	require.True(t, end)
	require.Equal(t, string(ws.AppendClose(nil, ws.CloseGoingAway, "")), text)
	_, end = line.read()
	require.True(t, end)
	half.write(" is answered\n")
	d.settle()
	text, end = half.read()
	require.True(t, strings.HasPrefix(text, "echo"), text)
	require.False(t, end)
	socket.close()
	line.close()
	d.settle()
	require.ElementsMatch(t, []loop.ID{socket.id, line.id}, closed)
}

func TestPulse(t *testing.T) {
	d := drive(t, func(*loop.Loop, *loop.Event) {})
	require.NotZero(t, d.Pulse().Since, "a loop is at work from the beginning, until it waits for the first time")
	d.now += 3 * time.Second
	require.GreaterOrEqual(t, d.Pulse().Since, 3*time.Second)
	d.Flush(nil)
	require.Zero(t, d.Pulse().Since)
	d.now += time.Hour
	d.Process(nil)
	d.now += 30 * time.Millisecond
	require.Equal(t, 30*time.Millisecond, d.Pulse().Since)
	d.Flush(nil)
	p := d.Pulse()
	require.Zero(t, p.Since)
	require.Equal(t, 3*time.Second+30*time.Millisecond, p.Busy)
	require.Equal(t, [8]uint64{3: 1, 6: 1}, p.Turns)
	d.Process(nil)
	d.Flush(nil)
	require.Equal(t, [8]uint64{0: 1, 3: 1, 6: 1}, d.Pulse().Turns)
}

func TestAfterMessages(t *testing.T) {
	d := drive(t, func(*loop.Loop, *loop.Event) {})
	p := d.connect(loop.ListenOptions{Proto: loop.Text})
	p.write("1\n2\n")
	d.settle()
	called := 0
	d.AfterMessages(3, func() { called++ })
	p.write("3\n4\n")
	d.settle()
	require.Zero(t, called)
	p.write("5\n6\n7\n")
	d.settle()
	p.write("8\n")
	d.settle()
	require.Equal(t, 1, called)
	d.AfterMessages(1, func() { called++ })
	d.AfterMessages(0, nil)
	p.write("9\n")
	d.settle()
	require.Equal(t, 1, called)
}

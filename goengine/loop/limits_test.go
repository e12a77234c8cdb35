package loop_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

const handshake = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

func silent(*loop.Loop, *loop.Event) {}

func TestHeaderTimeLimitRunsThoughBytesTrickleIn(t *testing.T) {
	for _, proto := range []loop.Proto{loop.HTTP, loop.WebSocket} {
		t.Run(proto.String(), func(t *testing.T) {
			d := drive(t, silent)
			p := d.connect(loop.ListenOptions{Proto: proto})
			p.write("GET /")
			d.settle()
			for range 9 {
				p.write("a")
				d.pass(time.Second)
			}
			got, _ := p.read()
			require.Empty(t, got, "the limit has not passed")
			d.pass(2 * time.Second)
			got, end := p.read()
			require.True(t, strings.HasPrefix(got, "HTTP/1.1 408 "), got)
			require.True(t, end)
		})
	}
}

func TestBodyTimeLimitCountsFromTheLastByte(t *testing.T) {
	for _, tt := range []struct{ name, head, piece string }{
		{"with its length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n", "x"},
		{"chunked", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := drive(t, silent)
			p := d.connect(loop.ListenOptions{Proto: loop.HTTP})
			p.write(tt.head)
			for range 5 {
				p.write(tt.piece)
				d.pass(loop.BodyTimeout - 2*time.Second)
				got, end := p.read()
				require.Empty(t, got)
				require.False(t, end)
			}
			d.pass(4 * time.Second)
			got, end := p.read()
			require.True(t, strings.HasPrefix(got, "HTTP/1.1 408 "), got)
			require.True(t, end)
		})
	}
}

func TestIdleKeepAliveConnectionsEndWithoutAWord(t *testing.T) {
	for _, before := range []string{"", "GET / HTTP/1.1\r\nHost: h\r\n\r\n"} {
		d := drive(t, echo)
		p := d.connect(loop.ListenOptions{Proto: loop.HTTP})
		p.write(before)
		d.settle()
		got, _ := p.read()
		require.Equal(t, before != "", strings.HasPrefix(got, "HTTP/1.1 200 "))
		d.pass(loop.KeepAliveTimeout - time.Second)
		_, end := p.read()
		require.False(t, end)
		d.pass(3 * time.Second)
		got, end = p.read()
		require.Empty(t, got)
		require.True(t, end)
		require.Zero(t, d.Connections())
	}
}

// However long the application takes, and whatever of the next request has come meanwhile: a 408
// would be taken for the answer to the request that is being served.
func TestARequestThatIsServedHasNoTimeLimit(t *testing.T) {
	for _, behind := range []string{"", "GET /next HTTP"} {
		t.Run("with '"+behind+"' behind it", func(t *testing.T) {
			d := drive(t, silent)
			p := d.connect(loop.ListenOptions{Proto: loop.HTTP})
			p.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n" + behind)
			d.pass(time.Hour)
			got, end := p.read()
			require.Empty(t, got)
			require.False(t, end)
			require.NoError(t, d.Send(p.id, loop.SendMessage, []byte("late")))
			d.settle()
			got, _ = p.read()
			require.True(t, strings.HasSuffix(got, "late"), got)
			d.pass(loop.KeepAliveTimeout + 2*time.Second)
			got, end = p.read()
			require.True(t, end, "the next request is limited again")
			require.Equal(t, behind != "", strings.HasPrefix(got, "HTTP/1.1 408 "), got)
		})
	}
}

func TestAnOpenWebSocketHasNoTimeLimit(t *testing.T) {
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Handshake {
			_ = l.AcceptWebSocket(ev.Conn, nil)
		}
	})
	p := d.connect(loop.ListenOptions{Proto: loop.WebSocket})
	p.write(handshake + "\x81") // and a frame that never ends
	d.pass(time.Hour)
	got, end := p.read()
	require.True(t, strings.HasPrefix(got, "HTTP/1.1 101 "))
	require.False(t, end)
}

// The peer never closes; the time to linger may be longer than the wheel's turn.
func TestALingeringConnectionEnds(t *testing.T) {
	for _, linger := range []time.Duration{time.Second, time.Minute, 10 * time.Minute} {
		d := drive(t, silent)
		p := d.connect(loop.ListenOptions{Proto: loop.Text, Announce: true})
		d.settle()
		require.NoError(t, d.CloseConn(p.id, linger))
		d.settle()
		d.pass(linger - time.Second)
		_, end := p.read()
		require.True(t, end, "our FIN comes at once")
		require.Equal(t, 1, d.Connections())
		d.pass(3 * time.Second)
		require.Zero(t, d.Connections())
	}
}

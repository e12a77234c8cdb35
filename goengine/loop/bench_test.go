package loop_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/tlsconn"
)

// exchange is one connection that asks the same again and again, depth messages at a time.
type exchange struct {
	*driver
	p     *peer
	ask   []byte
	reply int // bytes
	buf   []byte
	ops   []byte
	depth int
}

var helloResponse = []byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")

func newExchange(t testing.TB, proto loop.Proto, depth int) *exchange {
	t.Helper()
	ask := map[loop.Proto]string{
		loop.HTTP:      "GET /hello HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n",
		loop.WebSocket: "\x81\x85\x01\x02\x03\x04ibojn",
		loop.Text:      "hello\n",
	}[proto]
	reply := map[loop.Proto]int{loop.HTTP: len(helloResponse), loop.WebSocket: 7, loop.Text: 6}[proto]
	e := &exchange{ask: []byte(strings.Repeat(ask, depth)), reply: reply * depth, buf: make([]byte, 64<<10), depth: depth}
	e.driver = drive(t, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Handshake {
			_ = l.AcceptWebSocket(ev.Conn, nil)
		}
	})
	e.p = e.connect(loop.ListenOptions{Proto: proto})
	if proto == loop.WebSocket {
		e.p.write(handshake)
		e.settle()
		_, _ = e.p.read()
	}
	return e
}

// round sends, has the loop answer in one turn, and takes the answer.
func (e *exchange) round() {
	if _, err := unix.Write(e.p.fd, e.ask); err != nil {
		e.t.Fatal(err)
	}
	n, err := unix.EpollWait(e.FD(), e.ready, 0)
	if err != nil {
		e.t.Fatal(err)
	}
	events := e.Process(e.ready[:n])
	if len(events) != e.depth {
		e.t.Fatalf("%d events, want %d", len(events), e.depth)
	}
	e.ops = e.ops[:0]
	for i := range events {
		ev := &events[i]
		if ev.Proto == loop.HTTP {
			e.ops = loop.AppendOp(e.ops, loop.SendResponse, 0, ev.Conn, helloResponse)
		} else {
			e.ops = loop.AppendOp(e.ops, loop.SendMessage, 0, ev.Conn, ev.Data)
		}
	}
	e.Flush(e.ops)
	if n, err := unix.Read(e.p.fd, e.buf); n != e.reply {
		e.t.Fatalf("%d bytes, want %d: %v", n, e.reply, err)
	}
}

func BenchmarkExchange(b *testing.B) {
	for _, bb := range []struct {
		name  string
		proto loop.Proto
		depth int
	}{
		{"http", loop.HTTP, 1}, {"http pipelined by 16", loop.HTTP, 16},
		{"websocket echo", loop.WebSocket, 1}, {"text echo", loop.Text, 1}, {"text echo by 16", loop.Text, 16},
	} {
		b.Run(bb.name, func(b *testing.B) {
			e := newExchange(b, bb.proto, bb.depth)
			b.ReportAllocs()
			for b.Loop() {
				e.round()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*bb.depth), "ns/message")
		})
	}
}

// A keep-alive request over TLS; the client's half of the cryptography is in the figure too.
func BenchmarkTLSExchange(b *testing.B) {
	config, _ := tlsConfig(b)
	var ops []byte
	d := drive(b, silent)
	p := d.connect(loop.ListenOptions{Proto: loop.HTTP, TLS: config})
	c := tlsconn.New(openTLS(b, true, map[string]any{"verify_peer": false, "verify_peer_name": false}), &tlsconn.Hands{})
	defer c.Close()
	ask, buf, plain := []byte("GET /hello HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n"), make([]byte, 64<<10), make([]byte, 128<<10)
	say := func() {
		if _, err := unix.Write(p.fd, c.Unsent()); err != nil {
			b.Fatal(err)
		}
		c.Sent(len(c.Unsent()))
	}
	hear := func() int {
		n, err := unix.Read(p.fd, buf)
		if err != nil {
			b.Fatal(err)
		}
		if n, err = c.Receive(plain, buf[:n]); err != nil {
			b.Fatal(err)
		}
		return n
	}
	require.NoError(b, c.Start())
	for !c.Established() {
		say()
		d.settle()
		hear()
	}
	say()
	d.settle()
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Seal(ask); err != nil {
			b.Fatal(err)
		}
		say()
		n, err := unix.EpollWait(d.FD(), d.ready, 0)
		if err != nil {
			b.Fatal(err)
		}
		ops = ops[:0]
		for _, ev := range d.Process(d.ready[:n]) {
			ops = loop.AppendOp(ops, loop.SendResponse, 0, ev.Conn, helloResponse)
		}
		d.Flush(ops)
		if hear() != len(helloResponse) {
			b.Fatal("no answer")
		}
	}
}

// One message to each of 10,000 WebSocket connections (fewer where descriptors are scarce), from one flush.
func BenchmarkBroadcast(b *testing.B) {
	var limit unix.Rlimit
	require.NoError(b, unix.Getrlimit(unix.RLIMIT_NOFILE, &limit))
	peers := min(10_000, int(min(limit.Cur, 1<<20)-100)/2)
	d := drive(b, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Handshake {
			_ = l.AcceptWebSocket(ev.Conn, nil)
		}
	})
	var all []*peer
	for range peers {
		p := d.connect(loop.ListenOptions{Proto: loop.WebSocket})
		p.write(handshake)
		all = append(all, p)
	}
	d.settle()
	buf, msg := make([]byte, 4096), []byte("a message to everybody")
	take := func() {
		for _, p := range all {
			if n, err := unix.Read(p.fd, buf); n <= 0 {
				b.Fatal(err)
			}
		}
	}
	take()
	var ops []byte
	b.ReportAllocs()
	for b.Loop() {
		ops = ops[:0]
		for _, p := range all {
			ops = loop.AppendOp(ops, loop.SendMessage, 0, p.id, msg)
		}
		d.Flush(ops)
		b.StopTimer()
		take()
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*peers), "ns/connection")
}

func BenchmarkTimers(b *testing.B) {
	d := drive(b, silent)
	for range 10_000 {
		d.AddTimer(time.Hour, true)
	}
	b.ReportAllocs()
	for b.Loop() {
		d.AddTimer(time.Millisecond, false)
		d.now += time.Millisecond
		if len(d.Process(nil)) != 1 {
			b.Fatal("the timer did not fire")
		}
		d.Flush(nil)
	}
}

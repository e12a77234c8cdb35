package loop_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// packets reads what came, write by write.
func (p *peer) packets() []string {
	var all []string
	for {
		s, ok := p.next()
		if !ok || s == "" {
			return all
		}
		all = append(all, s)
	}
}

// A sequenced-packet socket shows each write to its peer as one packet.
func TestOneWriteForEachConnectionAndFlush(t *testing.T) {
	d := drive(t, silent)
	a, b := d.pair(unix.SOCK_SEQPACKET, loop.ListenOptions{Proto: loop.Text}), d.pair(unix.SOCK_SEQPACKET, loop.ListenOptions{Proto: loop.Text})
	for i := range 4 {
		for _, p := range []*peer{a, b} {
			require.NoError(t, d.Send(p.id, loop.SendMessage, []byte{'0' + byte(i)}))
		}
	}
	d.Flush(nil)
	require.Equal(t, []string{"0\n1\n2\n3\n"}, a.packets())
	require.Equal(t, []string{"0\n1\n2\n3\n"}, b.packets())
}

func TestThePongAndTheAnswersOfABatchLeaveInOneWrite(t *testing.T) {
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		switch ev.Kind {
		case loop.Handshake:
			_ = l.AcceptWebSocket(ev.Conn, nil)
		case loop.Message:
			_ = l.Send(ev.Conn, loop.SendMessage, ev.Data)
		}
	})
	p := d.pair(unix.SOCK_SEQPACKET, loop.ListenOptions{Proto: loop.WebSocket})
	p.write(handshake)
	d.settle()
	require.Len(t, p.packets(), 1)
	p.write("\x89\x80\x00\x00\x00\x00\x81\x81\x00\x00\x00\x00a\x81\x81\x00\x00\x00\x00b")
	d.settle()
	require.Equal(t, []string{"\x81\x01a\x81\x01b\x8a\x00"}, p.packets())
}

// Applying in mid-batch (the sender's buffer is full, or a large send must come behind) changes
// neither the order of one connection's bytes nor what the engine says behind them.
func TestApplyInMidBatchKeepsTheOrder(t *testing.T) {
	large := strings.Repeat("L", 100_000)
	tests := []struct {
		name string
		send func(l *loop.Loop, id loop.ID, i int)
		want string
	}{
		{"queued ones only", func(l *loop.Loop, id loop.ID, i int) {
			l.Apply(loop.AppendOp(nil, loop.SendRaw, 0, id, fmt.Append(nil, i)))
		}, "0123"},
		{"with large ones between", func(l *loop.Loop, id loop.ID, i int) {
			if i%2 == 0 {
				l.Apply(loop.AppendOp(nil, loop.SendRaw, 0, id, fmt.Append(nil, i)))
				return
			}
			_, _, _ = l.Write(id, loop.SendRaw, 0, []byte(large))
		}, "0" + large + "2" + large},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := 0
			d := drive(t, func(l *loop.Loop, ev *loop.Event) {
				if ev.Kind == loop.Message {
					tt.send(l, ev.Conn, i)
					i++
				}
			})
			p := d.connect(loop.ListenOptions{Proto: loop.Text})
			p.write("a\nb\nc\nd\n")
			require.Equal(t, 4, d.turn(0))
			got := ""
			for range 100 {
				more, _ := p.read()
				got += more
				d.settle()
			}
			require.Equal(t, tt.want, got)
		})
	}
}

// Responses that leave early do not let the refusal of a later request overtake the others.
func TestARefusalStaysBehindTheResponsesBeforeIt(t *testing.T) {
	for _, behind := range []struct{ in, want string }{
		{"BAD\r\n\r\n", "HTTP/1.1 400 "},
		{"POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n", "HTTP/1.1 100 "},
	} {
		t.Run(behind.want, func(t *testing.T) {
			d := drive(t, func(l *loop.Loop, ev *loop.Event) {
				if ev.Kind == loop.Message {
					l.Apply(loop.AppendOp(nil, loop.SendMessage, 0, ev.Conn, []byte(strings.Fields(string(ev.Data))[1])))
				}
			})
			p := d.connect(loop.ListenOptions{Proto: loop.HTTP})
			p.write("GET /first HTTP/1.1\r\nHost: h\r\n\r\nGET /second HTTP/1.1\r\nHost: h\r\n\r\n" + behind.in)
			d.turn(0)
			got, _ := p.read()
			first, second, last := strings.Index(got, "/first"), strings.Index(got, "/second"), strings.Index(got, behind.want)
			require.Greater(t, first, 0)
			require.Greater(t, second, first)
			require.Greater(t, last, second)
		})
	}
}

func TestDeferredMessagesComeInOrderWhenReadingGoesOn(t *testing.T) {
	var r recorder
	var id loop.ID
	paused := false
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind != loop.Message {
			return
		}
		if paused {
			l.Defer(ev)
			return
		}
		r.note(ev)
		paused = true
		_ = l.Pause(id)
	})
	p := d.connect(loop.ListenOptions{Proto: loop.Text})
	id = p.id
	p.write("a\nb\nc\nd\ne")
	d.settle()
	p.write("\nf\n")
	require.Equal(t, []string{"a"}, r.data)
	for range 10 {
		paused = false
		require.NoError(t, d.Resume(id))
		d.settle()
	}
	require.Equal(t, []string{"a", "b", "c", "d", "e", "f"}, r.data)
}

// The events that wait for the next batch may be more than it takes: what is read meanwhile must not pass them.
func TestDeferredMessagesStayInOrderBehindALongQueue(t *testing.T) {
	var r recorder
	paused := true
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		switch {
		case ev.Kind != loop.Message:
		case paused:
			_ = l.Pause(ev.Conn)
			l.Defer(ev)
		default:
			r.note(ev)
		}
	})
	// Closed connections fill the queue: each has a Close event to come.
	for range loop.MaxEvents {
		p := d.connect(loop.ListenOptions{Proto: loop.Text, Announce: true})
		require.NoError(t, d.Destroy(p.id))
		p.close()
	}
	p := d.connect(loop.ListenOptions{Proto: loop.Text})
	d.Process(nil)
	d.Flush(nil)
	p.write("a\nb\n")
	d.Process(nil)
	d.Flush(nil)
	d.settle()
	for range loop.MaxEvents {
		p := d.connect(loop.ListenOptions{Proto: loop.Text, Announce: true})
		require.NoError(t, d.Destroy(p.id))
		p.close()
	}
	paused = false
	require.NoError(t, d.Resume(p.id))
	p.write("c\n")
	d.settle()
	require.Equal(t, []string{"a", "b", "c"}, r.data)
}

// A protocol of the application's own is told of its input once, also when more of it has come
// while the connection was paused.
func TestUserDataIsToldOnceAfterAPause(t *testing.T) {
	got := ""
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind != loop.Data {
			return
		}
		switch {
		case len(ev.Data) == 3: // leaves it, so that the buffer grows and has room
			return
		case got == "": // takes one byte and pauses
			got += string(ev.Data[:1])
			l.Consume(ev.Conn, 1)
			_ = l.Pause(ev.Conn)
			return
		}
		got += string(ev.Data)
		l.Consume(ev.Conn, len(ev.Data))
	})
	p := d.connect(loop.ListenOptions{Proto: loop.User})
	p.write("abc")
	d.settle()
	long := strings.Repeat("0123456789", 700)
	p.write(long)
	d.settle()
	p.write("def!")
	require.Equal(t, "a", got)
	require.NoError(t, d.Resume(p.id))
	d.settle()
	require.Equal(t, "abc"+long+"def!", got)
}

// Data that is held back stays in the connection's buffer: it is told again, not twice.
func TestDeferredUserDataIsToldOnce(t *testing.T) {
	got, paused := "", true
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		switch {
		case ev.Kind != loop.Data:
		case paused:
			_ = l.Pause(ev.Conn)
			l.Defer(ev)
		default:
			got += string(ev.Data)
			l.Consume(ev.Conn, len(ev.Data))
		}
	})
	p := d.connect(loop.ListenOptions{Proto: loop.User})
	p.write("abc")
	d.settle()
	p.write("def")
	paused = false
	require.NoError(t, d.Resume(p.id))
	d.settle()
	require.Equal(t, "abcdef", got)
}

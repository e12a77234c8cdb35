package loop_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// An application that goes on in the middle of a batch must not be told the rest of it before what
// it has handed back.
func TestMessagesBehindAReturnedOneWaitForIt(t *testing.T) {
	tests := []struct {
		name  string
		again bool // pause once more while the returned ones are being told
	}{{"told in the next batch", false}, {"paused once more", true}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			returned, paused := 0, false
			d := drive(t, func(l *loop.Loop, ev *loop.Event) {
				if ev.Kind != loop.Message {
					return
				}
				switch {
				case string(ev.Data) == "1":
					_ = l.Pause(ev.Conn)
				case returned == 0, returned < 3, paused:
					if returned == 1 {
						_ = l.Resume(ev.Conn) // in mid-batch; 3 and 4 are still to be told
					}
					returned++
					l.Defer(ev)
					return
				}
				got = append(got, string(ev.Data))
				if tt.again && string(ev.Data) == "2" {
					_ = l.Pause(ev.Conn)
					paused = true
				}
			})
			p := d.connect(loop.ListenOptions{Proto: loop.Text})
			p.write("1\n2\n3\r\n4\n")
			d.settle()
			p.write("5\n")
			d.settle()
			if tt.again {
				require.Equal(t, []string{"1", "2"}, got)
				paused = false
				require.NoError(t, d.Resume(p.id))
				d.settle()
			}
			require.Equal(t, []string{"1", "2", "3", "4", "5"}, got)
		})
	}
}

// Many messages wait while the connection is paused: they come in batches, in order.
func TestALongQueueOfReturnedMessagesComesInOrder(t *testing.T) {
	var got []string
	paused := true
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		switch {
		case ev.Kind != loop.Message:
		case paused:
			_ = l.Pause(ev.Conn)
			l.Defer(ev)
		default:
			got = append(got, string(ev.Data))
			if len(got)%100 == 0 {
				_ = l.Pause(ev.Conn)
				paused = true
			}
		}
	})
	p := d.connect(loop.ListenOptions{Proto: loop.Text})
	var want []string
	for i := range 3 * loop.MaxPerConn {
		want = append(want, strings.Repeat("x", i%7)+string(rune('a'+i%26)))
	}
	p.write(strings.Join(want, "\n") + "\n")
	for range 20 {
		d.settle()
		paused = false
		require.NoError(t, d.Resume(p.id))
	}
	d.settle()
	require.Equal(t, want, got)
}

// Input that came together is decoded by the new protocol behind the message that changed it.
func TestAProtocolChangeDecodesWhatIsNotTold(t *testing.T) {
	tests := []struct {
		name     string
		from, to loop.Proto
		in       string
		want     []string
	}{
		{"text to frame", loop.Text, loop.Frame, "go\n\x00\x00\x00\x07a\nb\x00\x00\x00\x05\n\x00\x00\x00\x06", []string{"go", "a\nb", "\n"}},
		{"text to raw keeps line ends", loop.Text, loop.Raw, "go\r\none\r\n\ntwo\nthr", []string{"go", "one\r\n\ntwo\nthr"}},
		{"text to http", loop.Text, loop.HTTP, "go\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", []string{"go", "GET / HTTP/1.1\r\nHost: h\r\n\r\n"}},
		{"frame to text", loop.Frame, loop.Text, "\x00\x00\x00\x06go\x00\x00\x00\x0b12\n456\n", []string{"go", "\x00\x00\x00\x0b12", "456"}},
		{"text to frame, a line that is too long for text", loop.Text, loop.Frame, "go\n\x00\x00\x02\x00" + strings.Repeat("x", 508), []string{"go", strings.Repeat("x", 508)}},
		{"frame to text, no length a frame may have", loop.Frame, loop.Text, "\x00\x00\x00\x06gono frame\n", []string{"go", "no frame"}},
		{"http to text", loop.HTTP, loop.Text, "GET /go HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", []string{"GET /go HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1", "Host: h", ""}},
	}
	for _, tt := range tests {
		for _, deferred := range []bool{false, true} {
			name := tt.name
			if deferred {
				name += ", paused"
			}
			t.Run(name, func(t *testing.T) {
				var got string
				parts := 0
				changed, paused := false, false
				d := drive(t, func(l *loop.Loop, ev *loop.Event) {
					switch {
					case ev.Kind != loop.Message:
					case paused:
						l.Defer(ev)
					case changed && ev.Proto == tt.from:
						l.Undecode(ev)
					default:
						got += string(ev.Data) + "|"
						parts++
						if changed {
							return
						}
						if paused = deferred; paused {
							_ = l.Pause(ev.Conn)
							return
						}
						changed = true
						_ = l.SetProtocol(ev.Conn, tt.to)
					}
				})
				p := d.connect(loop.ListenOptions{Proto: tt.from, MaxPackage: 512})
				p.write(tt.in)
				d.settle()
				if deferred {
					require.Equal(t, 1, parts)
					paused, changed = false, true
					require.NoError(t, d.SetProtocol(p.id, tt.to))
					d.settle()
					require.Equal(t, 1, parts)
					require.NoError(t, d.Resume(p.id))
					d.settle()
				}
				if tt.to == loop.Raw { // raw bytes come as the kernel and the loop cut them
					require.Equal(t, strings.Join(tt.want, ""), strings.ReplaceAll(got, "|", ""))
					return
				}
				require.Equal(t, strings.Join(tt.want, "|")+"|", got)
			})
		}
	}
}

// What follows on the wire comes behind what was taken back.
func TestInputBehindAProtocolChangeStaysBehind(t *testing.T) {
	var got []string
	changed := false
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind != loop.Message {
			return
		}
		if changed && ev.Proto == loop.Frame {
			l.Undecode(ev)
			return
		}
		got = append(got, string(ev.Data))
		if !changed {
			changed = true
			_ = l.SetProtocol(ev.Conn, loop.Text)
		}
	})
	p := d.connect(loop.ListenOptions{Proto: loop.Frame})
	p.write("\x00\x00\x00\x05a\x00\x00\x00\x06b\n\x00\x00\x00\x09par")
	d.turn(0)
	p.write("tial\nend\n")
	d.settle()
	require.Equal(t, []string{"a", "\x00\x00\x00\x06b", "\x00\x00\x00\x09partial", "end"}, got)
}

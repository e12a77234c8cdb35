package loop_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/ws"
)

// More messages than a batch takes, on several connections: all come, each connection's in order.
func TestMoreMessagesThanABatchTakes(t *testing.T) {
	const peers, each = 40, 500
	got, largest := map[loop.ID][]string{}, 0
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Message {
			got[ev.Conn] = append(got[ev.Conn], string(ev.Data))
		}
	})
	var want []string
	for i := range each {
		want = append(want, fmt.Sprint(i))
	}
	var all []*peer
	for range peers {
		p := d.connect(loop.ListenOptions{Proto: loop.Text})
		p.write(strings.Join(want, "\n") + "\n")
		all = append(all, p)
	}
	d.until("all messages", func() bool {
		largest = max(largest, d.turn(0))
		n := 0
		for _, g := range got {
			n += len(g)
		}
		return n == peers*each
	})
	require.LessOrEqual(t, largest, loop.MaxEvents, "the array that C reads would have moved")
	require.Greater(t, largest, loop.MaxEvents/2)
	for _, p := range all {
		require.Equal(t, want, got[p.id])
	}
}

// A peer that sends small messages faster than they are told: what it has sent waits in the kernel and not here. It once
// took memory for each byte, as a batch read more than it decoded.
func TestAFloodOfSmallMessagesWaitsInTheKernel(t *testing.T) {
	ping := string(ws.AppendMaskedFrame(nil, ws.Fin|ws.OpPing, []byte(strings.Repeat("p", 100)), [4]byte{1, 2, 3, 4}))
	for name, tt := range map[string]struct {
		proto          loop.Proto
		first, message string
	}{
		"lines":     {loop.Text, "", "x\n"},
		"frames":    {loop.Frame, "", "\x00\x00\x00\x04"},
		"requests":  {loop.HTTP, "", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
		"websocket": {loop.WebSocket, handshake, ping},
	} {
		t.Run(name, func(t *testing.T) {
			told := 0
			d := drive(t, func(l *loop.Loop, ev *loop.Event) {
				switch ev.Kind {
				case loop.Handshake:
					_ = l.AcceptWebSocket(ev.Conn, nil)
				case loop.Message, loop.Control:
					told++
					if ev.Proto == loop.HTTP { // without answers no further request is told
						_ = l.Send(ev.Conn, loop.SendMessage, nil)
					}
				}
			})
			p := d.connect(loop.ListenOptions{Proto: tt.proto, Control: true, Limits: loop.Limits{PingRate: -1}})
			if tt.first != "" {
				p.write(tt.first)
				d.settle()
			}
			block := []byte(strings.Repeat(tt.message, 64<<10/len(tt.message)))
			rest, written := block, 0
			for range 300 {
				for {
					n, err := unix.Write(p.fd, rest)
					if err != nil {
						require.ErrorIs(t, err, unix.EAGAIN)
						break
					}
					written += n
					if rest = rest[n:]; len(rest) == 0 {
						rest = block
					}
				}
				d.turn(0)
				_, _ = p.read()
			}
			require.Greater(t, told, 300*64-64, "it goes on")
			require.Less(t, written-told*len(tt.message), 2<<20)
		})
	}
}

// What the peer asked before it closed its half is answered, however many batches that takes.
func TestAPipelineThatEndsWithAFINIsAnswered(t *testing.T) {
	for _, n := range []int{1, loop.MaxPerConn, 2*loop.MaxPerConn + 1, 1500} {
		d := drive(t, echo)
		p := d.connect(loop.ListenOptions{Proto: loop.Text, Announce: true})
		p.write(strings.Repeat("x\n", n))
		p.finish()
		got, end := "", false
		d.until("the end", func() bool {
			more, e := p.read()
			got, end = got+more, end || e
			return end
		})
		require.Equal(t, strings.Repeat("x\n", n), got)
	}
}

func TestPostsBeyondABatchKeepTheirBytesAndTheirOrder(t *testing.T) {
	var got []string
	d := drive(t, func(_ *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Posted {
			got = append(got, string(ev.Data))
		}
	})
	p := d.connect(loop.ListenOptions{Proto: loop.Raw})
	const n = 3*loop.MaxEvents + 10
	for i := range n {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(i))
		require.NoError(t, d.Post(loop.Post{Data: b[:]}))
	}
	for i := n; len(got) < n+5; i++ {
		p.write(strings.Repeat("overwrites what a batch left", 100))
		if i < n+5 {
			var b [8]byte
			binary.BigEndian.PutUint64(b[:], uint64(i))
			require.NoError(t, d.Post(loop.Post{Data: b[:]}))
		}
		d.turn(time.Second)
	}
	for i, s := range got {
		require.Equal(t, uint64(i), binary.BigEndian.Uint64([]byte(s)))
	}
}

func TestPostIsRefusedWhenTheInboxIsFullOrClosed(t *testing.T) {
	n := 0
	d := drive(t, func(_ *loop.Loop, ev *loop.Event) { n++ })
	for range loop.InboxLimit {
		require.NoError(t, d.Post(loop.Post{}))
	}
	require.ErrorIs(t, d.Post(loop.Post{}), loop.ErrFull)
	d.settle()
	require.Equal(t, loop.InboxLimit, n)
	require.NoError(t, d.Post(loop.Post{}))
	d.Close()
	require.ErrorIs(t, d.Post(loop.Post{}), loop.ErrClosed)
	d.Close() // twice does no harm
}

func TestTimersFireInOrderAndRepeat(t *testing.T) {
	var fired []uint64
	d := drive(t, func(_ *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Timer {
			fired = append(fired, ev.Conn)
		}
	})
	require.Equal(t, time.Duration(-1), d.Timeout())
	require.True(t, d.Idle())
	late, soon, often := d.AddTimer(3*time.Second, false), d.AddTimer(time.Second, false), d.AddTimer(2*time.Second, true)
	require.Equal(t, time.Second, d.Timeout())
	d.pass(4 * time.Second)
	require.Equal(t, []uint64{uint64(soon), uint64(often), uint64(late), uint64(often)}, fired)
	require.False(t, d.RemoveTimer(late))
	require.True(t, d.RemoveTimer(often))
	d.pass(time.Minute)
	require.Len(t, fired, 4)
	require.True(t, d.Idle())
}

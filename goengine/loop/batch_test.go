package loop_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/loop"
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

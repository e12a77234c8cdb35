package loop_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// upgraded is a WebSocket whose handshake is done; each of its packets is one write.
func (d *driver) upgraded() *peer {
	d.t.Helper()
	p := d.pair(unix.SOCK_SEQPACKET, loop.ListenOptions{Proto: loop.WebSocket})
	p.write(wsRequest)
	d.settle()
	require.Len(d.t, p.packets(), 1)
	return p
}

func accepting(l *loop.Loop, ev *loop.Event) {
	if ev.Kind == loop.Handshake {
		_ = l.AcceptWebSocket(ev.Conn, nil)
	}
}

// Each protocol frames a message as it does one that is sent to a connection alone.
func TestDeliverFramesForEachProtocol(t *testing.T) {
	var encoded []string
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		accepting(l, ev)
		if ev.Kind == loop.Delivery {
			encoded = append(encoded, string(ev.Data))
		}
	})
	peers := map[loop.Proto]*peer{loop.WebSocket: d.upgraded()}
	ids := []loop.ID{peers[loop.WebSocket].id}
	for _, p := range []loop.Proto{loop.Raw, loop.Text, loop.Frame, loop.HTTP, loop.User} {
		peers[p] = d.pair(unix.SOCK_SEQPACKET, loop.ListenOptions{Proto: p})
		ids = append(ids, peers[p].id)
	}
	waiting := d.pair(unix.SOCK_SEQPACKET, loop.ListenOptions{Proto: loop.WebSocket}) // no handshake yet
	ids = append(ids, waiting.id, 1<<40)

	for form, want := range map[loop.Form]map[loop.Proto]string{
		loop.FormText:   {loop.WebSocket: "\x81\x01m", loop.Raw: "m", loop.Text: "m\n", loop.Frame: "\x00\x00\x00\x05m", loop.HTTP: "m"},
		loop.FormBinary: {loop.WebSocket: "\x82\x01m", loop.Raw: "m", loop.Text: "m\n", loop.Frame: "\x00\x00\x00\x05m", loop.HTTP: "m"},
		loop.FormRaw:    {loop.WebSocket: "m", loop.Raw: "m", loop.Text: "m", loop.Frame: "m", loop.HTTP: "m", loop.User: "m"},
	} {
		encoded = nil
		sent, dropped := d.Deliver(ids, form, []byte("m"))
		require.Equal(t, [2]int{6, 0}, [2]int{sent, dropped})
		d.Flush(nil)
		d.turn(0)
		for proto, text := range want {
			require.Equal(t, []string{text}, peers[proto].packets(), "%s, form %d", proto, form)
		}
		if form != loop.FormRaw {
			require.Equal(t, []string{"m"}, encoded, "the application encodes for its protocol")
		}
		require.Empty(t, waiting.packets())
	}
}

// Whatever is sent in whatever way in one batch, each connection gets its own in order, in one write.
func TestDeliveriesAndSendsOfABatchLeaveInOneWrite(t *testing.T) {
	d := drive(t, accepting)
	rng := rand.New(rand.NewPCG(3, 4))
	peers := make([]*peer, 12)
	for i := range peers {
		if i%2 == 0 {
			peers[i] = d.upgraded()
		} else {
			peers[i] = d.pair(unix.SOCK_SEQPACKET, loop.ListenOptions{Proto: loop.Text})
		}
	}
	for round := range 200 {
		want := make([]string, len(peers))
		add := func(i int, text string) {
			if i%2 == 0 {
				want[i] += "\x81" + string(rune(len(text))) + text
			} else {
				want[i] += text + "\n"
			}
		}
		for n := range rng.IntN(100) {
			text := fmt.Sprintf("message %d of %d", n, round)
			if rng.IntN(3) == 0 {
				i := rng.IntN(len(peers))
				require.NoError(t, d.Send(peers[i].id, loop.SendMessage, []byte(text)))
				add(i, text)
				continue
			}
			var ids []loop.ID
			skipped := -1
			if rng.IntN(2) == 0 {
				skipped = rng.IntN(len(peers))
			}
			for i, p := range peers {
				if i != skipped {
					ids = append(ids, p.id)
					add(i, text)
				}
			}
			sent, _ := d.Deliver(ids, loop.FormText, []byte(text))
			require.Equal(t, len(ids), sent)
		}
		d.Flush(nil)
		for i, p := range peers {
			got := p.packets()
			if want[i] == "" {
				require.Empty(t, got)
				continue
			}
			require.Equal(t, []string{want[i]}, got)
		}
	}
}

// What Go has queued leaves before what is written at once, or applied in mid-batch.
func TestDeliverKeepsItsPlaceBeforeLaterSends(t *testing.T) {
	d := drive(t, silent)
	p := d.connect(loop.ListenOptions{Proto: loop.Text})
	d.Deliver([]loop.ID{p.id}, loop.FormText, []byte("one"))
	_, _, err := d.Write(p.id, loop.SendMessage, 0, []byte("two"))
	require.NoError(t, err)
	d.Deliver([]loop.ID{p.id}, loop.FormText, []byte("three"))
	d.Apply(loop.AppendOp(nil, loop.SendMessage, 0, p.id, []byte("four")))
	d.Deliver([]loop.ID{p.id}, loop.FormText, []byte("five"))
	require.NoError(t, d.Dismiss(p.id))
	d.Flush(nil)
	all, end := p.read()
	require.Equal(t, "one\ntwo\nthree\nfour\nfive\n", all)
	require.True(t, end)
}

func TestDeliverDropsWhatASlowReceiverHasNoRoomFor(t *testing.T) {
	full := 0
	d := drive(t, func(_ *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Full && ev.Arg == 1 {
			full++
		}
	})
	slow := d.connect(loop.ListenOptions{Proto: loop.Raw, MaxSendBuffer: 1 << 20, Announce: true})
	fast := d.connect(loop.ListenOptions{Proto: loop.Raw, Announce: true})
	message := []byte(strings.Repeat("x", 100_000))
	drops := 0
	for range 100 {
		_, dropped := d.Deliver([]loop.ID{slow.id, fast.id}, loop.FormText, message)
		drops += dropped
		d.Flush(nil)
		d.settle()
		got := 0
		for got < len(message) {
			all, _ := fast.read()
			got += len(all)
			d.settle()
		}
	}
	require.Greater(t, drops, 50)
	before := full
	require.Positive(t, before)
	d.Deliver([]loop.ID{slow.id}, loop.FormText, message)
	d.settle()
	require.Equal(t, before, full, "told once, until it has drained")
	info, ok := d.Info(slow.id)
	require.True(t, ok)
	require.Less(t, info.Pending, 1<<20+len(message))
}

func BenchmarkDeliver(b *testing.B) {
	d := drive(b, silent)
	ids := make([]loop.ID, 1000)
	peers := make([]*peer, len(ids))
	for i := range ids {
		peers[i] = d.connect(loop.ListenOptions{Proto: loop.Text})
		ids[i] = peers[i].id
	}
	message := []byte(strings.Repeat("m", 64))
	buf := make([]byte, 4096)
	b.ReportAllocs()
	for b.Loop() {
		for range 10 {
			d.Deliver(ids, loop.FormText, message)
		}
		d.Flush(nil)
		b.StopTimer()
		for _, p := range peers {
			_, _ = unix.Read(p.fd, buf)
		}
		b.StartTimer()
	}
}

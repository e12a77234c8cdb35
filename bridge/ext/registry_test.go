package ext

import (
	"io"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

func silent() logrus.FieldLogger {
	l := logrus.New()
	l.SetOutput(io.Discard)
	return l
}

// newLoop registers a loop until the test ends.
func newLoop(t *testing.T) (int64, *loop.Loop) {
	t.Helper()
	l, err := loop.New(loop.Config{Logger: silent()})
	require.NoError(t, err)
	h := add(l)
	t.Cleanup(func() { remove(h) })
	return h, l
}

// posted answers the messages that wait for a loop.
func posted(t *testing.T, l *loop.Loop) []string {
	t.Helper()
	ready := make([]unix.EpollEvent, 8)
	n, err := unix.EpollWait(l.FD(), ready, 0)
	require.NoError(t, err)
	var got []string
	for _, ev := range l.Process(ready[:n]) {
		if ev.Kind == loop.Posted {
			got = append(got, string(ev.Data))
		}
	}
	l.Flush(nil)
	return got
}

// key is a slot that no other test has.
func key(id int) slotKey { return slotKey{1000, id} }

func TestACommandWaitsForTheSlotToEnterItsLoop(t *testing.T) {
	h, l := newLoop(t)
	k := key(1)
	require.NoError(t, SlotControl(k.worker, k.id, "reload"))
	require.NoError(t, SlotControl(k.worker, k.id, "stop")) // the later one counts
	enterSlot(h, k, 77)
	require.Equal(t, []string{"stop"}, posted(t, l))
	require.NoError(t, SlotControl(k.worker, k.id, "reload"))
	require.NoError(t, SlotControl(k.worker, k.id, "graceful"))
	require.Equal(t, []string{"reload", "graceful"}, posted(t, l), "in the loop each arrives")

	remove(h)
	require.NoError(t, SlotControl(k.worker, k.id, "stop"))
	next, other := newLoop(t)
	enterSlot(next, k, 78)
	require.Equal(t, []string{"stop"}, posted(t, other), "waits for the next loop once the first is gone")
}

func TestResetForgetsCommandAndStatus(t *testing.T) {
	h, _ := newLoop(t)
	k := key(2)
	enterSlot(h, k, 1)
	noteSlot(h, 4096, 0)
	noteSlot(h, -1, 255)
	require.Equal(t, 255, ExitStatus(k.worker, k.id))
	require.EqualValues(t, 4096, FiguresOf(k.worker, k.id).Memory)
	remove(h)
	require.NoError(t, SlotControl(k.worker, k.id, "stop"))
	SlotReset(k.worker, k.id)
	require.Zero(t, ExitStatus(k.worker, k.id))
	next, l := newLoop(t)
	enterSlot(next, k, 1)
	require.Empty(t, posted(t, l))
}

func TestTheHostIsToldWhenASlotEnters(t *testing.T) {
	told := SlotEntered
	defer func() { SlotEntered = told }()
	var got [3]int
	SlotEntered = func(worker, id, thread int) {
		got = [3]int{worker, id, thread}
		_, _ = Stats() // may be called from there
	}
	h, _ := newLoop(t)
	k := key(3)
	enterSlot(h, k, 42)
	require.Equal(t, [3]int{k.worker, 3, 42}, got)
	f := FiguresOf(k.worker, 3)
	require.Equal(t, 42, f.Thread)
	remove(h)
	f = FiguresOf(k.worker, 3)
	require.Zero(t, f.Thread)
	require.Equal(t, 42, f.LastThread)
}

func TestStatsAreThoseOfAllLoopsPastOnesIncluded(t *testing.T) {
	before, slots := Stats()
	a, la := newLoop(t)
	b, lb := newLoop(t)
	enterSlot(a, key(4), 1)
	enterSlot(b, key(5), 1)
	la.AddTimer(time.Hour, false)
	lb.AddTimer(time.Hour, false)
	for _, l := range []*loop.Loop{la, lb} {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		require.NoError(t, err)
		require.NoError(t, unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
		id, err := l.Listen(fd, loop.ListenOptions{Datagram: true})
		require.NoError(t, err)
		to, _, err := l.ListenerAddr(id)
		require.NoError(t, err)
		require.NoError(t, l.SendTo(id, []byte("to itself"), to))
		posted(t, l)
	}
	total, in := Stats()
	require.Equal(t, slots+2, in)
	require.EqualValues(t, 2, total.Timers-before.Timers)
	require.EqualValues(t, 2, total.Messages-before.Messages)
	require.EqualValues(t, 18, total.BytesRead-before.BytesRead)

	remove(a)
	total, in = Stats()
	require.Equal(t, slots+1, in)
	require.EqualValues(t, 1, total.Timers-before.Timers, "a closed loop has none")
	require.EqualValues(t, 2, total.Messages-before.Messages, "what it did still counts")
	require.EqualValues(t, 18, total.BytesWritten-before.BytesWritten)
}

func TestHandles(t *testing.T) {
	h, l := newLoop(t)
	require.Same(t, l, find(h))
	for _, wrong := range []int64{0, -1, h + 1000, 1 << 62} {
		require.Nil(t, find(wrong))
	}
	remove(h)
	require.Nil(t, find(h))
	remove(h) // twice does no harm
	again, other := newLoop(t)
	require.Equal(t, h, again, "the table does not grow with every script")
	require.Same(t, other, find(again))
	third, _ := newLoop(t)
	require.NotEqual(t, again, third)
}

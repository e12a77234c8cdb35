package loop_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// turn is a turn of the loop as its owner makes it.
func turn(t *testing.T, l *loop.Loop) {
	t.Helper()
	ready := make([]unix.EpollEvent, 16)
	n, err := unix.EpollWait(l.FD(), ready, 1000)
	require.NoError(t, err)
	require.Empty(t, l.Process(ready[:n]), "a guest makes no events")
	l.Flush(nil)
}

func TestGuest(t *testing.T) {
	l, err := loop.New(loop.Config{})
	require.NoError(t, err)
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	require.NoError(t, err)
	peer := os.NewFile(uintptr(fds[1]), "peer")
	defer func() { _ = peer.Close(); _ = unix.Close(fds[0]) }()

	var reads, writes, gone int
	require.NoError(t, l.Attach(fds[0], func(readable, writable bool) {
		if readable {
			reads++
			var b [16]byte
			_, _ = unix.Read(fds[0], b[:])
		}
		if writable {
			writes++
			require.NoError(t, l.Writable(fds[0], false))
		}
	}, func() { gone++ }))
	require.Error(t, l.Attach(fds[0], nil, nil), "twice")
	require.True(t, l.Idle())

	_, err = peer.WriteString("hello")
	require.NoError(t, err)
	turn(t, l)
	require.Equal(t, []int{1, 0, 0}, []int{reads, writes, gone})

	require.NoError(t, l.Writable(fds[0], true))
	turn(t, l)
	require.Equal(t, []int{1, 1, 0}, []int{reads, writes, gone})

	l.Detach(fds[0])
	l.Detach(fds[0])
	require.NoError(t, l.Writable(fds[0], true), "of one that is gone")
	_, err = peer.WriteString("nobody listens")
	require.NoError(t, err)
	l.AddTimer(time.Millisecond, false)
	ready := make([]unix.EpollEvent, 16)
	n, err := unix.EpollWait(l.FD(), ready, 0)
	require.NoError(t, err)
	require.Zero(t, n)

	require.NoError(t, l.Attach(fds[0], func(bool, bool) { reads++ }, func() { gone++ }))
	l.Close()
	require.Equal(t, []int{1, 1, 1}, []int{reads, writes, gone})
}

// A script that ends takes its guests with it, also where the loop goes on.
func TestGuestsOfAScriptThatEnds(t *testing.T) {
	l, err := loop.New(loop.Config{})
	require.NoError(t, err)
	defer l.Close()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	require.NoError(t, err)
	defer func() { _ = unix.Close(fds[0]); _ = unix.Close(fds[1]) }()
	gone := 0
	require.NoError(t, l.Attach(fds[0], func(bool, bool) { t.Error("ready") }, func() { gone++ }))
	l.Later(func() { t.Error("later") })
	l.Park(nil)
	require.Equal(t, 1, gone)
	_, err = unix.Write(fds[1], []byte("x"))
	require.NoError(t, err)
	l.Process(nil)
	l.Flush(nil)
}

func TestLater(t *testing.T) {
	l, err := loop.New(loop.Config{})
	require.NoError(t, err)
	defer l.Close()
	var order []int
	l.Later(func() {
		order = append(order, 1)
		l.Later(func() { order = append(order, 3) })
	})
	l.Later(func() { order = append(order, 2) })
	require.Empty(t, order)
	l.Flush(nil)
	require.Equal(t, []int{1, 2, 3}, order)
	l.Flush(nil)
	require.Len(t, order, 3)

	require.NoError(t, l.Do(func() { order = append(order, 4) }))
	turn(t, l)
	require.Equal(t, 4, order[3])
}

package loop_test

import (
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

func (d *driver) accepted(n int) func() bool { return func() bool { return d.Connections() == n } }

// rest turns for long enough that what is there would have been accepted.
func (d *driver) rest() {
	for range 10 {
		d.turn(time.Millisecond)
	}
}

func TestAPausedListenerLeavesConnectionsInTheQueue(t *testing.T) {
	d := drive(t, echo)
	id, address := d.listening(loop.ListenOptions{Proto: loop.Text})
	first := dial(t, address)
	d.until("the first connection", d.accepted(1))
	require.NoError(t, d.PauseListener(id))
	require.NoError(t, d.PauseListener(id)) // twice does no harm
	second := dial(t, address)
	d.rest()
	require.Equal(t, 1, d.Connections())
	_, _ = first.Write([]byte("still served\n"))
	d.rest()
	buf := make([]byte, 13)
	_, err := io.ReadFull(first, buf)
	require.NoError(t, err)
	require.NoError(t, d.ResumeListener(id))
	require.NoError(t, d.ResumeListener(id))
	d.until("the second connection", d.accepted(2))
	_ = second.Close()
	d.until("its end", d.accepted(1))
}

func TestAClosedListenerEndsAndItsConnectionsGoOn(t *testing.T) {
	d := drive(t, echo)
	id, address := d.listening(loop.ListenOptions{Proto: loop.Text})
	c := dial(t, address)
	d.until("the connection", d.accepted(1))
	d.CloseListener(id)
	d.CloseListener(id)
	require.ErrorIs(t, d.PauseListener(id), loop.ErrClosed)
	require.ErrorIs(t, d.ResumeListener(id), loop.ErrClosed)
	_, _, err := d.ListenerAddr(id)
	require.ErrorIs(t, err, loop.ErrClosed)
	_, _ = c.Write([]byte("x\n"))
	d.rest()
	buf := make([]byte, 2)
	_, err = io.ReadFull(c, buf)
	require.NoError(t, err)
	require.False(t, d.Idle())
	_ = c.Close()
	d.until("the end", d.accepted(0))
	d.settle()
	require.True(t, d.Idle())
}

// starve leaves the process without a free descriptor and answers how to end that.
func starve(t *testing.T) (restore func()) {
	t.Helper()
	var old unix.Rlimit
	require.NoError(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &old))
	free, err := unix.Dup(0)
	require.NoError(t, err)
	require.NoError(t, unix.Close(free))
	require.NoError(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(free), Max: old.Max}))
	restore = func() { _ = unix.Setrlimit(unix.RLIMIT_NOFILE, &old) }
	t.Cleanup(restore)
	return restore
}

func TestWithoutDescriptorsTheListenerTriesAgainLater(t *testing.T) {
	d := drive(t, echo)
	_, address := d.listening(loop.ListenOptions{Proto: loop.Text})
	dial(t, address)
	restore := starve(t)
	d.turn(time.Second)
	require.Zero(t, d.turn(0))
	require.Positive(t, d.Timeout(), "no busy loop")
	restore()
	d.rest()
	require.Zero(t, d.Connections())
	d.pass(2 * time.Second)
	d.until("the connection", d.accepted(1))
}

func TestAPauseDuringTheBackOffLasts(t *testing.T) {
	d := drive(t, echo)
	id, address := d.listening(loop.ListenOptions{Proto: loop.Text})
	dial(t, address)
	restore := starve(t)
	d.turn(time.Second)
	restore()
	require.NoError(t, d.PauseListener(id))
	d.pass(5 * time.Second)
	d.rest()
	require.Zero(t, d.Connections())
	require.NoError(t, d.ResumeListener(id))
	d.until("the connection", d.accepted(1))
}

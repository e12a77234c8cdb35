package loop_test

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/socket"
)

const plenty = 16 << 20 // more than the kernel takes while nobody reads

// listening adds a TCP listener to a loop that is turned by hand.
func (d *driver) listening(opts loop.ListenOptions) (id int, address string) {
	fd, err := socket.Listen("tcp://127.0.0.1:0", socket.Options{})
	require.NoError(d.t, err)
	id, err = d.Listen(fd, opts)
	require.NoError(d.t, err)
	addr, _, err := d.ListenerAddr(id)
	require.NoError(d.t, err)
	return id, addr.String()
}

func dial(t testing.TB, address string) *net.TCPConn {
	c, err := net.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	return c.(*net.TCPConn)
}

// collect reads all that a peer sends, while the loop is turned.
func (d *driver) collect(c *net.TCPConn) []byte {
	done := make(chan []byte, 1)
	go func() {
		var b bytes.Buffer
		_, _ = b.ReadFrom(c)
		done <- b.Bytes()
	}()
	var got []byte
	d.until("all that is sent", func() bool {
		select {
		case got = <-done:
			return true
		default:
			return false
		}
	})
	return got
}

func TestAFINWhileOutputWaitsStillDeliversIt(t *testing.T) {
	var r recorder
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		r.note(ev)
		if ev.Kind == loop.Message {
			_ = l.Send(ev.Conn, loop.SendRaw, make([]byte, plenty))
		}
	})
	_, address := d.listening(loop.ListenOptions{Proto: loop.Text})
	c := dial(t, address)
	_, _ = c.Write([]byte("go\n"))
	d.until("output that waits", func() bool { return r.count(loop.Full) > 0 })
	require.NoError(t, c.CloseWrite())
	for range 20 {
		d.turn(time.Millisecond)
	}
	require.Len(t, d.collect(c), plenty)
	d.until("the end", func() bool { return d.Connections() == 0 })
	d.settle()
	require.Equal(t, 1, r.count(loop.Close))
	require.Zero(t, r.count(loop.Failed))
}

func TestAResetWhileOutputWaitsFailsAndClosesOnce(t *testing.T) {
	for _, paused := range []bool{false, true} {
		var r recorder
		d := drive(t, func(l *loop.Loop, ev *loop.Event) {
			r.note(ev)
			if ev.Kind == loop.Message {
				_ = l.Send(ev.Conn, loop.SendRaw, make([]byte, plenty))
				if paused {
					_ = l.Pause(ev.Conn)
				}
			}
		})
		_, address := d.listening(loop.ListenOptions{Proto: loop.Text})
		c := dial(t, address)
		_, _ = c.Write([]byte("go\n"))
		d.until("output that waits", func() bool { return r.count(loop.Full) > 0 })
		require.NoError(t, c.SetLinger(0))
		require.NoError(t, c.Close())
		d.until("the end", func() bool { return r.count(loop.Close) > 0 })
		for range 5 {
			d.turn(time.Millisecond)
		}
		require.Equal(t, []loop.Kind{loop.Message, loop.Full, loop.Failed, loop.Close}, r.kinds)
		require.Zero(t, d.Connections())
	}
}

func TestAResetOfAPausedConnectionIsSeen(t *testing.T) {
	var r recorder
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		r.note(ev)
		if ev.Kind == loop.Message {
			_ = l.Pause(ev.Conn)
		}
	})
	_, address := d.listening(loop.ListenOptions{Proto: loop.Text})
	c := dial(t, address)
	_, _ = c.Write([]byte("go\n"))
	d.until("a message", func() bool { return len(r.kinds) > 0 })
	require.NoError(t, c.SetLinger(0))
	require.NoError(t, c.Close())
	d.until("the end", func() bool { return r.count(loop.Close) > 0 })
	require.Equal(t, []loop.Kind{loop.Message, loop.Close}, r.kinds)
}

func TestSendFileRefusals(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	require.NoError(t, os.WriteFile(path, []byte("0123456789"), 0o600))
	pipe := filepath.Join(dir, "pipe")
	require.NoError(t, unix.Mkfifo(pipe, 0o600))
	d := drive(t, silent)
	tests := []struct {
		name, path  string
		off, length int64
		err         error
		want        string
	}{
		{name: "missing", path: path + "x", err: os.ErrNotExist},
		{name: "a directory", path: dir, err: os.ErrInvalid},
		{name: "a pipe, which would block", path: pipe, err: os.ErrInvalid},
		{name: "offset below zero", path: path, off: -1, err: os.ErrInvalid},
		{name: "offset beyond the end", path: path, off: 11, err: os.ErrInvalid},
		{name: "offset at the end", path: path, off: 10, want: "head:"},
		{name: "a part", path: path, off: 3, length: 4, want: "head:3456"},
		{name: "more than there is", path: path, off: 3, length: 400, want: "head:3456789"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := d.connect(loop.ListenOptions{Proto: loop.Text})
			_, err := d.SendFile(p.id, []byte("head:"), tt.path, tt.off, tt.length)
			require.ErrorIs(t, err, tt.err)
			d.settle()
			got, end := p.read()
			require.Equal(t, tt.want, got)
			require.False(t, end)
		})
	}
	_, err := d.SendFile(1, nil, path, 0, 0)
	require.ErrorIs(t, err, loop.ErrClosed)
}

func TestAFileThatShrinksClosesTheConnection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(path, make([]byte, plenty), 0o600))
	var r recorder
	d := drive(t, func(_ *loop.Loop, ev *loop.Event) { r.note(ev) })
	p := d.connect(loop.ListenOptions{Proto: loop.Text, Announce: true})
	pending, err := d.SendFile(p.id, nil, path, 0, 0)
	require.NoError(t, err)
	require.Positive(t, pending)
	require.NoError(t, os.Truncate(path, 0))
	var end bool
	d.until("the end", func() bool {
		_, end = p.read()
		return end
	})
	d.settle()
	require.Equal(t, []loop.Kind{loop.Failed, loop.Close}, r.kinds)
}

// What is sent behind a file comes behind it.
func TestMessagesBehindAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("f"), plenty), 0o600))
	d := drive(t, silent)
	p := d.connect(loop.ListenOptions{Proto: loop.Text, MaxSendBuffer: 2 * plenty})
	require.NoError(t, d.Send(p.id, loop.SendMessage, []byte("first")))
	d.Flush(nil)
	_, err := d.SendFile(p.id, []byte("head:"), path, 0, 0)
	require.NoError(t, err)
	require.NoError(t, d.Send(p.id, loop.SendMessage, []byte("last")))
	d.Flush(nil)
	require.NoError(t, d.CloseConn(p.id, time.Second))
	var b strings.Builder
	d.until("the end", func() bool {
		s, end := p.read()
		b.WriteString(s)
		return end
	})
	require.Equal(t, "first\nhead:", b.String()[:11])
	require.Equal(t, "last\n", strings.TrimLeft(b.String()[11:], "f"))
	require.Equal(t, plenty+16, b.Len())
}

// Answers to pipelined requests may all be files.
func TestFilesBehindFiles(t *testing.T) {
	dir := t.TempDir()
	var want strings.Builder
	d := drive(t, silent)
	p := d.connect(loop.ListenOptions{Proto: loop.HTTP, MaxSendBuffer: 100})
	p.write(strings.Repeat(get, 20))
	d.settle()
	for i := range 20 {
		path := filepath.Join(dir, string(rune('a'+i)))
		content := strings.Repeat(string(rune('a'+i)), 1<<i) // from a byte to half a megabyte
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		_, err := d.SendFile(p.id, []byte("head:"), path, 0, 0)
		require.NoError(t, err)
		want.WriteString("head:" + content)
	}
	_, _, err := d.Write(p.id, loop.SendRaw, 0, []byte("last"))
	require.NoError(t, err)
	require.NoError(t, d.CloseConn(p.id, time.Second))
	var b strings.Builder
	d.until("the end", func() bool {
		s, end := p.read()
		b.WriteString(s)
		return end
	})
	require.Equal(t, want.String()+"last", b.String())
}

func TestTooManyFilesAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(path, make([]byte, plenty), 0o600))
	d := drive(t, silent)
	p := d.connect(loop.ListenOptions{Proto: loop.Text})
	n := 0
	for ; n < 1000; n++ {
		if _, err := d.SendFile(p.id, nil, path, 0, 0); err != nil {
			require.ErrorIs(t, err, loop.ErrFull)
			break
		}
	}
	require.Equal(t, 64, n)
}

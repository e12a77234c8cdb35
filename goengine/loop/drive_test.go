package loop_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// driver turns a loop by hand, one batch at a time, with a clock of its own.
type driver struct {
	*loop.Loop
	t       testing.TB
	now     time.Duration
	ready   []unix.EpollEvent
	handler loop.HandlerFunc
}

func drive(t testing.TB, h loop.HandlerFunc, options ...func(*loop.Config)) *driver {
	t.Helper()
	d := &driver{t: t, now: 1000 * time.Second, ready: make([]unix.EpollEvent, 512), handler: h}
	var err error
	cfg := loop.Config{Logger: quiet(), Now: func() time.Duration { return d.now }}
	for _, o := range options {
		o(&cfg)
	}
	d.Loop, err = loop.New(cfg)
	require.NoError(t, err)
	t.Cleanup(d.Close)
	return d
}

// turn is one round of Run that waits a while at most; it answers how many events the batch had.
func (d *driver) turn(wait time.Duration) int {
	n, err := unix.EpollWait(d.FD(), d.ready, int(wait/time.Millisecond))
	if err != nil && !errors.Is(err, unix.EINTR) {
		d.t.Fatal(err)
	}
	events := d.Process(d.ready[:max(n, 0)])
	for i := range events {
		d.handler(d.Loop, &events[i])
	}
	d.Flush(nil)
	return len(events)
}

// settle turns, once at least, until nothing is ready and nothing waits.
func (d *driver) settle() {
	for range 1000 {
		d.turn(0)
		n, err := unix.EpollWait(d.FD(), d.ready, 0)
		if err == nil && n == 0 && d.Timeout() != 0 {
			return
		}
	}
	d.t.Fatal("the loop does not come to rest")
}

// until turns until the condition holds, for ten seconds of real time at most.
func (d *driver) until(what string, ok func() bool) {
	d.t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); {
		if time.Now().After(end) {
			d.t.Fatal("in vain: " + what)
		}
		d.turn(5 * time.Millisecond)
	}
}

// pass lets time go by, second by second.
func (d *driver) pass(by time.Duration) {
	for end := d.now + by; d.now < end; {
		d.now = min(d.now+time.Second, end)
		d.settle()
	}
}

// peer is the other end of a connection.
type peer struct {
	t  testing.TB
	fd int
	id loop.ID
}

func (d *driver) connect(opts loop.ListenOptions) *peer { return d.pair(unix.SOCK_STREAM, opts) }

func (d *driver) pair(kind int, opts loop.ListenOptions) *peer {
	d.t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	require.NoError(d.t, err)
	id, err := d.Adopt(fds[0], opts)
	require.NoError(d.t, err)
	p := &peer{t: d.t, fd: fds[1], id: id}
	d.t.Cleanup(p.close)
	return p
}

func (p *peer) close() {
	if p.fd >= 0 {
		_ = unix.Close(p.fd)
		p.fd = -1
	}
}

func (p *peer) write(s string) {
	p.t.Helper()
	n, err := unix.Write(p.fd, []byte(s))
	require.NoError(p.t, err)
	require.Equal(p.t, len(s), n)
}

// next is what one read brings; ok is false when nothing is there, and "" means the end.
func (p *peer) next() (s string, ok bool) {
	buf := make([]byte, 256<<10)
	n, err := unix.Read(p.fd, buf)
	if errors.Is(err, unix.EAGAIN) {
		return "", false
	}
	return string(buf[:max(n, 0)]), true
}

// read takes all that has come and says whether the connection has ended.
func (p *peer) read() (all string, end bool) {
	for {
		s, ok := p.next()
		if !ok {
			return all, false
		}
		if s == "" {
			return all, true
		}
		all += s
	}
}

// recorder keeps a batch's events in a form that outlives it.
type recorder struct {
	kinds []loop.Kind
	data  []string
}

func (r *recorder) note(ev *loop.Event) {
	r.kinds = append(r.kinds, ev.Kind)
	r.data = append(r.data, string(ev.Data))
}

func (r *recorder) count(k loop.Kind) int {
	n := 0
	for _, kind := range r.kinds {
		if kind == k {
			n++
		}
	}
	return n
}

// finish sends a FIN.
func (p *peer) finish() { require.NoError(p.t, unix.Shutdown(p.fd, unix.SHUT_WR)) }

// messages are the texts of the Message events.
func (r *recorder) messages() (texts []string) {
	for i, k := range r.kinds {
		if k == loop.Message {
			texts = append(texts, r.data[i])
		}
	}
	return texts
}

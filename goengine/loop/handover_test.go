package loop_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// script is one after another that a loop serves: it lists what it is told.
type script struct {
	*driver
	t    *testing.T
	told []string
	hold bool
}

func scripts(t *testing.T) *script {
	s := &script{t: t}
	s.driver = drive(t, func(l *loop.Loop, ev *loop.Event) {
		if s.hold && l.HoldEvent(ev) {
			return
		}
		s.told = append(s.told, fmt.Sprintf("%d %q", ev.Kind, ev.Data))
		if ev.Kind == loop.Handshake {
			require.NoError(t, l.AcceptWebSocket(ev.Conn, nil))
		}
	})
	return s
}

// listen is a listener on a port of its own, under the key "main".
func (s *script) listen(opts loop.ListenOptions) (id int, address string) {
	s.t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	require.NoError(s.t, err)
	require.NoError(s.t, unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	require.NoError(s.t, unix.Listen(fd, 64))
	opts.Key = "main"
	id, err = s.Listen(fd, opts)
	require.NoError(s.t, err)
	addr, _, err := s.ListenerAddr(id)
	require.NoError(s.t, err)
	return id, addr.String()
}

func (s *script) dial(address string) *peer {
	s.t.Helper()
	c, err := net.Dial("tcp", address)
	require.NoError(s.t, err)
	f, err := c.(*net.TCPConn).File()
	require.NoError(s.t, err)
	fd, err := unix.Dup(int(f.Fd()))
	require.NoError(s.t, err)
	_, _ = f.Close(), c.Close()
	require.NoError(s.t, unix.SetNonblock(fd, true))
	p := &peer{t: s.t, fd: fd}
	s.t.Cleanup(p.close)
	accepted := s.Stats().Accepted
	s.until("a connection", func() bool { return s.Stats().Accepted > accepted })
	return p
}

const wsRequest = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

func TestConnectionsWaitForTheNextScript(t *testing.T) {
	s := scripts(t)
	id, address := s.listen(loop.ListenOptions{Proto: loop.Text, Announce: true, Keep: true})
	a := s.dial(address)
	a.write("one\ntw")
	s.until("the first line", func() bool { return len(s.told) == 2 })
	s.AddTimer(time.Hour, true)
	s.Park(nil)
	require.Equal(t, int64(0), s.Stats().Timers, "a timer is the script's")

	// Between the scripts: what is said waits, and so do new connections.
	a.write("o\nthree\n")
	b, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer func() { _ = b.Close() }()
	s.told = nil
	for range 5 {
		s.turn(0)
	}
	require.Empty(t, s.told)

	again, ok := s.Inherit("main", loop.ListenOptions{Proto: loop.Text, Announce: true, Keep: true})
	require.True(t, ok)
	require.Equal(t, id, again)
	require.Len(t, s.Kept(again), 1)
	s.Settle()
	s.until("the rest", func() bool { return len(s.told) == 3 })
	require.ElementsMatch(t, []string{`2 "two"`, `2 "three"`, `1 ""`}, s.told)
	_, ok = s.Inherit("main", loop.ListenOptions{})
	require.False(t, ok, "nobody left it")
}

func TestEventsOfTheLastBatchAreToldToTheNextScript(t *testing.T) {
	s := scripts(t)
	_, address := s.listen(loop.ListenOptions{Proto: loop.Text, Keep: true})
	a := s.dial(address)
	a.write("one\ntwo\nthree\n")
	var rest []loop.Event
	s.until("a batch", func() bool {
		n, err := unix.EpollWait(s.FD(), s.ready, 10)
		require.NoError(t, err)
		rest = s.Process(s.ready[:n])
		return len(rest) == 3
	})
	s.Park(rest[1:]) // the script ended in the first callback
	_, ok := s.Inherit("main", loop.ListenOptions{Proto: loop.Text, Keep: true})
	require.True(t, ok)
	s.settle()
	require.Equal(t, []string{`2 "two"`, `2 "three"`}, s.told)
}

func TestNotesAndCloses(t *testing.T) {
	s := scripts(t)
	id, address := s.listen(loop.ListenOptions{Proto: loop.Text, Announce: true, Keep: true})
	a := s.dial(address)
	a.write("hello\n")
	s.settle()
	s.Park(nil)
	_, ok := s.Inherit("main", loop.ListenOptions{Proto: loop.Text, Announce: true, Keep: true})
	require.True(t, ok)
	conn := s.Kept(id)[0]
	_, ok = s.Memo(conn)
	require.False(t, ok)
	s.Settle()

	require.NoError(t, s.SetMemo(conn, []byte("note")))
	s.Park(nil)
	a.close() // while nobody listens
	s.told = nil
	s.settle()
	require.Empty(t, s.told)
	_, ok = s.Inherit("main", loop.ListenOptions{Proto: loop.Text, Announce: true, Keep: true})
	require.True(t, ok)
	require.Equal(t, []loop.ID{conn}, s.Kept(id))
	memo, ok := s.Memo(conn)
	require.True(t, ok)
	require.Equal(t, "note", string(memo))
	s.Settle()
	s.until("the close", func() bool { return len(s.told) > 0 })
	require.Equal(t, []string{fmt.Sprintf("%d %q", loop.Close, "")}, s.told)
	require.ErrorIs(t, s.SetMemo(conn+1<<32, nil), loop.ErrClosed)
}

func TestHTTPGoesOnUnlessAnAnswerIsOwed(t *testing.T) {
	s := scripts(t)
	_, address := s.listen(loop.ListenOptions{Proto: loop.HTTP})
	idle, owed := s.dial(address), s.dial(address)
	owed.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	s.until("the request", func() bool { return len(s.told) == 1 })
	waiting, others := s.Unanswered()
	require.Equal(t, [2]int{1, 0}, [2]int{waiting, others})
	s.Park(nil)
	answer, end := owed.read()
	require.True(t, end)
	require.True(t, strings.HasPrefix(answer, "HTTP/1.1 503 "), answer)
	_, ok := s.Inherit("main", loop.ListenOptions{Proto: loop.HTTP})
	require.True(t, ok)
	require.Empty(t, s.Kept(1), "HTTP connections without a note are as new")
	idle.write("GET /idle HTTP/1.1\r\nHost: x\r\n\r\n")
	s.until("the request", func() bool { return len(s.told) == 2 })
	require.Contains(t, s.told[1], "GET /idle")
}

// Held: nothing more is read for the old script, but what it owes is still sent.
func TestHoldReadsNothingMore(t *testing.T) {
	s := scripts(t)
	_, address := s.listen(loop.ListenOptions{Proto: loop.HTTP})
	a := s.dial(address)
	var id loop.ID
	s.handler = func(_ *loop.Loop, ev *loop.Event) { id = ev.Conn; s.told = append(s.told, string(ev.Data)) }
	a.write("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
	s.until("the request", func() bool { return len(s.told) == 1 })
	s.Hold()
	a.write("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
	for range 5 {
		s.turn(0)
	}
	require.Len(t, s.told, 1)
	require.NoError(t, s.Send(id, loop.SendMessage, []byte("answer")))
	s.Flush(nil)
	answer, end := a.read()
	require.False(t, end)
	require.Contains(t, answer, "answer")
	s.Park(nil)
	_, ok := s.Inherit("main", loop.ListenOptions{Proto: loop.HTTP})
	require.True(t, ok)
	s.until("the second request", func() bool { return len(s.told) == 2 })
	require.Contains(t, s.told[1], "GET /2")
}

func TestWhatDoesNotGoOnIsClosedAsItsProtocolWants(t *testing.T) {
	restart := "\x88\x11\x03\xf4service restart"
	keep := loop.ListenOptions{Proto: loop.WebSocket, Announce: true, Keep: true}
	for name, next := range map[string]func(s *script){
		"not asked for at the end": func(s *script) {},
		"asked for no more": func(s *script) {
			_, ok := s.Inherit("main", loop.ListenOptions{Proto: loop.WebSocket, Announce: true})
			require.True(s.t, ok)
		},
		"another protocol": func(s *script) {
			_, ok := s.Inherit("main", loop.ListenOptions{Proto: loop.Text, Announce: true, Keep: true})
			require.True(s.t, ok)
		},
		"no such listener": func(s *script) { s.Settle() },
	} {
		t.Run(name, func(t *testing.T) {
			s := scripts(t)
			opts := keep
			opts.Keep = name != "not asked for at the end"
			_, address := s.listen(opts)
			a := s.dial(address)
			a.write(wsRequest)
			s.until("the handshake", func() bool { return len(s.told) == 2 })
			accepted, _ := a.read()
			require.Contains(t, accepted, " 101 ")
			s.Park(nil)
			next(s)
			s.settle()
			text, end := a.read()
			require.Equal(t, restart, text)
			require.True(t, end)
			a.close()
			s.until("the end", func() bool { return s.Connections() == 0 })
			require.Len(t, s.told, 2, "the script that knew it is gone")
		})
	}
}

// Many scripts, and clients that talk all the time: no line is lost, none comes twice, none in another order.
func TestStormOfScripts(t *testing.T) {
	s := scripts(t)
	opts := loop.ListenOptions{Proto: loop.Text, Keep: true}
	_, address := s.listen(opts)
	lines := map[loop.ID][]string{}
	s.handler = func(_ *loop.Loop, ev *loop.Event) { lines[ev.Conn] = append(lines[ev.Conn], string(ev.Data)) }
	peers := make([]*peer, 20)
	for i := range peers {
		peers[i] = s.dial(address)
	}
	n := 0
	for round := range 50 {
		for _, p := range peers {
			for range 3 {
				p.write(fmt.Sprintf("line %d\n", n))
				n++
			}
		}
		ready, err := unix.EpollWait(s.FD(), s.ready, 0)
		require.NoError(t, err)
		events := s.Process(s.ready[:ready])
		told := len(events) * (round % 4) / 4
		for i := range events[:told] {
			s.handler(s.Loop, &events[i])
		}
		s.Park(append([]loop.Event(nil), events[told:]...))
		_, ok := s.Inherit("main", opts)
		require.True(t, ok)
		s.Settle()
	}
	total := func() (sum int) {
		for _, l := range lines {
			sum += len(l)
		}
		return sum
	}
	s.until("all lines", func() bool { return total() >= n })
	require.Equal(t, n, total())
	require.Len(t, lines, len(peers))
	for _, l := range lines {
		last := -1
		for _, line := range l {
			var at int
			_, err := fmt.Sscanf(line, "line %d", &at)
			require.NoError(t, err)
			require.Greater(t, at, last)
			last = at
		}
	}
}

package e2e_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
)

// ask sends a request on a connection and reads the answer.
func ask(t *testing.T, c net.Conn, path string) (*http.Response, string) {
	t.Helper()
	_, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: test\r\n\r\n")
	require.NoError(t, err)
	return answer(t, c)
}

func answer(t *testing.T, c net.Conn) (*http.Response, string) {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, string(body)
}

func ended(t *testing.T, c net.Conn) {
	t.Helper()
	n, err := c.Read(make([]byte, 1))
	require.Zero(t, n)
	require.ErrorIs(t, err, io.EOF)
}

// SIGTERM with a drainDelay: everything is served as before, then nothing is accepted any more, messages finish,
// connections end in their protocol's way, onWorkerStop runs and the status is 0.
func TestDrain(t *testing.T) {
	a := prepare(t, 3, "DRAIN_DELAY=1.5")
	a.start("drain.php", "start")
	a.WaitFor("started ", 4)
	keep, slow, line, half := a.dial(0), a.dial(0), a.dial(2), a.dial(2)
	_, body := ask(t, keep, "/")
	require.Equal(t, "fast", body)
	exchange(t, line, "hi\n", "hi\n")
	ctx := t.Context()
	socket, _, err := websocket.Dial(ctx, "ws://"+a.addr(1), nil)
	require.NoError(t, err)
	defer func() { _ = socket.CloseNow() }()

	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGTERM))
	a.WaitFor("not ready any more, stopping in 1.5 seconds")
	require.Equal(t, "fast", a.get(0, "/"), "new connections are served")
	resp, _ := ask(t, keep, "/")
	require.False(t, resp.Close)
	exchange(t, line, "hi\n", "hi\n")
	require.NoError(t, socket.Write(ctx, websocket.MessageText, []byte("hello")))
	_, message, err := socket.Read(ctx)
	require.NoError(t, err)
	require.Equal(t, "hello", string(message))
	_, err = io.WriteString(slow, "GET /slow?for=3 HTTP/1.1\r\nHost: test\r\n\r\n") // longer than the delay
	require.NoError(t, err)
	_, err = io.WriteString(half, "half")
	require.NoError(t, err)
	require.NotContains(t, a.Output(), "stopped")

	_, _, err = socket.Read(ctx)
	require.Equal(t, websocket.StatusGoingAway, websocket.CloseStatus(err))
	ended(t, line)
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", a.addr(0))
		if err == nil {
			_ = c.Close()
		}
		return errors.Is(err, syscall.ECONNREFUSED)
	}, patience, 5*time.Millisecond)
	exchange(t, half, " a line\n", "half a line\n")
	ended(t, half)
	ended(t, keep)
	resp, body = answer(t, slow)
	require.Equal(t, "slow", body)
	require.True(t, resp.Close)
	ended(t, slow)
	a.WaitUntilEnded()
	require.NoError(t, a.Err, "status 0")
	require.Equal(t, 4, strings.Count(a.Output(), "stopped web")+strings.Count(a.Output(), "stopped socket")+strings.Count(a.Output(), "stopped text"))
	require.Contains(t, a.Output(), "websocket closed")
	require.Contains(t, a.Output(), "master stopped")
}

// What does not end is ended when the stop time-out is nearly over, so that onWorkerStop still runs.
func TestDrainHasADeadline(t *testing.T) {
	a := prepare(t, 3, "DRAIN_DELAY=0.01", "STOP_TIMEOUT=2")
	a.start("drain.php", "start")
	a.WaitFor("started ", 4)
	slow := a.dial(0)
	_, err := io.WriteString(slow, "GET /slow?for=60 HTTP/1.1\r\nHost: test\r\n\r\n")
	require.NoError(t, err)
	a.WaitFor("request /slow")
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGTERM))
	a.WaitUntilEnded()
	require.NoError(t, a.Err)
	require.Equal(t, 2, strings.Count(a.Output(), "stopped web"))
}

// A second signal cuts the drain short.
func TestASecondSignalEndsTheDrain(t *testing.T) {
	a := prepare(t, 3, "DRAIN_DELAY=600")
	a.start("drain.php", "start")
	a.WaitFor("started ", 4)
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGTERM))
	a.WaitFor("not ready any more")
	require.Equal(t, "fast", a.get(0, "/"))
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGTERM))
	a.WaitUntilEnded()
	require.NoError(t, a.Err)
	require.Contains(t, a.Output(), "stopped text")
}

// Without a drainDelay SIGTERM is what it is with Workerman.
func TestSIGTERMWithoutDrainDelay(t *testing.T) {
	a := prepare(t, 3)
	a.start("drain.php", "start")
	a.WaitFor("started ", 4)
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGTERM))
	a.WaitUntilEnded()
	require.NotContains(t, a.Output(), "ready")
}

// A graceful stop once waited for ever on clients that ask again and again on the same connection.
func TestGracefulStopIsNotHeldUpByKeepAlive(t *testing.T) {
	a := prepare(t, 3)
	a.start("drain.php", "start")
	a.WaitFor("started ", 4)
	busy, idle := a.dial(0), a.dial(0)
	for _, c := range []net.Conn{busy, idle} {
		resp, _ := ask(t, c, "/")
		require.False(t, resp.Close)
	}
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGQUIT))
	a.WaitFor("stopped web", 2)
	resp, _ := ask(t, busy, "/")
	require.True(t, resp.Close)
	ended(t, busy)
	ended(t, idle)
	a.WaitUntilEnded()
	require.NoError(t, a.Err)
}

// A graceful stop waits for other connections, but not for ever.
func TestGracefulStopHasABound(t *testing.T) {
	a := prepare(t, 3, "GRACEFUL_TIMEOUT=1.5")
	a.start("drain.php", "start")
	a.WaitFor("started ", 4)
	line := a.dial(2)
	exchange(t, line, "hi\n", "hi\n")
	began := time.Now()
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGQUIT))
	a.WaitFor("stopped text")
	exchange(t, line, "hi\n", "hi\n")
	ended(t, line)
	require.Greater(t, time.Since(began), time.Second, "it was waited for")
	a.WaitUntilEnded()
	require.NoError(t, a.Err)
}

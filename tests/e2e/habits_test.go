package e2e_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What applications rely on that no manual tells. Workerman passes this, but where a name says otherwise.
func TestHabits(t *testing.T) {
	a := serve(t, "habits.php", 4)
	for _, line := range []struct{ name, send, want string }{
		{"no loop above runAll(), one in a worker; its name", "event", "null one Workerman\\Events\\Select\n"},
		{"a worker knows itself and those made in it", "workers", "main inner none\n"},
		{"the id may be overwritten", "id", "[true,true,\"main\",true,4711]\n"},
		{"status as a word", "status", "ESTABLISHED true\n"},
		{
			"JSON", "json", "id,status,transport,getRemoteIp,remotePort,getRemoteAddress,getLocalIp,getLocalPort," +
				"getLocalAddress,isIpV4,isIpV6 tcp 127.0.0.1 true\n",
		},
		{"raw bytes", "raw", "without line end;true\n"},
		{"the socket as a PHP stream", "socket", "[true,\"stream\",true,true,false]\n"},
		{"codecs without a connection", "static", "[\"a\\n\",\"\\u0000\\u0000\\u0000\\u0005a\",\"b\",2]\n"},
		{"a connection without its constructor", "unmade", "[true,5,2]\n"},
		{"Workerman\\Lib\\Timer, where Workerman has it no more", "old timer", "old timer is the new\n"},
		{"timers below a millisecond, and deleted ones", "timers", "first five soon\n"},
		{
			"any PHP stream on the loop", "streams", "{\"answer\":\"main inner none\",\"connected\":true,\"end\":true," +
				"\"pair\":\"paired same\",\"process\":\"from a process\"}\n",
		},
		{"what off...() answers", "off", "[true,false,false,true,false,true,false]\n"},
		{"timers are counted", "count", "3 0\n"},
		{"errorHandler of a connection", "throw", "handled mine\n"},
		{"the second close() is none", "close twice", "bye\n"},
		{"the command line in a worker", "cwd", "[true,\"cli\",true,true]\n"},
		{"programs get no socket, where Workerman's do", "programs", "[\"0\",\"0\",\"0\",0]\n"},
		{"superglobals may be assigned", "globals", "[{\"GATEWAY_CLIENT_ID\":\"x\"},{\"name\":\"y\"},{\"a\":1}]\n"},
	} {
		t.Run(line.name, func(t *testing.T) { exchange(t, a.dial(0), line.send+"\n", line.want) })
	}
	t.Run("what was sent goes out before PHP waits", func(t *testing.T) {
		c := a.dial(0)
		_, err := io.WriteString(c, "ask back\n")
		require.NoError(t, err)
		lines := bufio.NewReader(c)
		address, err := lines.ReadString('\n')
		require.NoError(t, err)
		back, err := net.Dial("tcp", strings.TrimSpace(address))
		require.NoError(t, err)
		defer func() { _ = back.Close() }()
		asked, err := lines.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, "asked for a name\n", asked)
		_, err = io.WriteString(back, "ann\n")
		require.NoError(t, err)
		answer, err := lines.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, "hello ann\n", answer)
	})
	t.Run("destroy()", func(t *testing.T) {
		c := a.dial(0)
		_, err := io.WriteString(c, "destroy\n")
		require.NoError(t, err)
		nothingMore(t, c)
		a.WaitFor("destroyed\n[false,\"CLOSED\"]\n")
		a.WaitFor("closed CLOSED\n")
	})
	const frames, framed = "\x00\x00\x00\x07abc\x00\x00\x00\x06de", "\x00\x00\x00\x0eframed abc\x00\x00\x00\x0dframed de"
	t.Run("protocol changed in mid-connection", func(t *testing.T) {
		c := a.dial(0)
		exchange(t, c, "frame\n", "now frames\n")
		exchange(t, c, frames, framed)
	})
	t.Run("protocol changed while the next message is there", func(t *testing.T) {
		exchange(t, a.dial(0), "frame\n"+frames, "now frames\n"+framed)
	})
	t.Run("callbacks set to null, where Workerman ends the worker", func(t *testing.T) {
		c := a.dial(0)
		exchange(t, c, "mute\n", "mute now\n")
		_, err := io.WriteString(c, "status\n")
		require.NoError(t, err)
		require.NoError(t, c.CloseWrite())
		nothingMore(t, c)
	})
	for i, parts := range []struct {
		send []string
		want string
	}{
		{[]string{"4abc"}, "4cba"},
		{[]string{"4a", "bc"}, "4cba"},
		{[]string{"-4abc"}, "4cba"},
		{[]string{"-", "4abc"}, "4cba"},
		{[]string{"4abc-3de2f"}, "4cba3ed2f"},
		{[]string{"9abcdef", "gh4xyz"}, "9hgfedcba4zyx"},
	} {
		t.Run(fmt.Sprintf("protocol of an inner worker: lengths beyond the buffer, dropped bytes, few parameters %d", i), func(t *testing.T) {
			c := a.dial(1)
			for _, part := range parts.send {
				_, err := io.WriteString(c, part)
				require.NoError(t, err)
				time.Sleep(20 * time.Millisecond) // so that they come one by one; nothing depends on it
			}
			exchange(t, c, "", parts.want)
		})
	}
	t.Run("UDP worker inside a worker", func(t *testing.T) {
		c, err := net.Dial("udp", a.addr(2))
		require.NoError(t, err)
		defer func() { _ = c.Close() }()
		require.NoError(t, c.SetDeadline(time.Now().Add(patience)))
		exchange(t, c, "hi", "transport,getRemoteIp,remotePort,getRemoteAddress,getLocalIp,getLocalPort,getLocalAddress,isIpV4,isIpV6 hi true")
	})
	t.Run("subclass with a run() and callbacks of its own", func(t *testing.T) {
		c := a.dial(3)
		exchange(t, c, "x\n", "habits.php visitor {\"a\":{\"b\":1}} x\n")
		require.NoError(t, c.Close())
		a.WaitFor("sub closed visitor\n")
		a.WaitFor("sub started 0\n")
		a.Stop()
		require.Contains(t, a.Output(), "sub stopped\n")
	})
}

// nothingMore expects the end of the connection, and no byte before.
func nothingMore(t *testing.T, c net.Conn) {
	t.Helper()
	rest, err := io.ReadAll(c)
	require.NoError(t, err)
	require.Empty(t, rest)
}

// A memory monitor (webman's) sends SIGINT to what it takes for a worker, a child of the master: here it would be all workers.
func TestSignalsToTheServerProcessDoNothing(t *testing.T) {
	a := serve(t, "http.php", 1)
	a.get(0, "/") // while it starts it is as mortal as any process
	pid := a.serverPID()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGHUP} {
		require.NoError(t, syscall.Kill(pid, signal))
		a.get(0, "/")
	}
	require.Equal(t, pid, a.serverPID())
	require.NotContains(t, a.Output(), "exit with status")
}

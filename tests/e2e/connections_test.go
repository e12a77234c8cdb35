package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Ports of connections.php.
const (
	connectionsChat = iota
	connectionsText
	connectionsShout
	connectionsEvents
	connectionsPorts
)

// caller is a text connection whose messages are calls of Phalanx\Connections.
type caller struct {
	t  *testing.T
	c  io.ReadWriter
	rd *bufio.Reader
}

func (a *app) caller(port int) *caller {
	a.t.Helper()
	c := a.dial(port)
	return &caller{a.t, c, bufio.NewReader(c)}
}

func (c *caller) line() string {
	c.t.Helper()
	s, err := c.rd.ReadString('\n')
	require.NoError(c.t, err)
	return strings.TrimSuffix(s, "\n")
}

func (c *caller) call(method string, arguments ...any) any {
	c.t.Helper()
	text, err := json.Marshal(append([]any{method}, arguments...))
	require.NoError(c.t, err)
	_, err = c.c.Write(append(text, '\n'))
	require.NoError(c.t, err)
	answer := c.line()
	require.True(c.t, strings.HasPrefix(answer, "= "), answer)
	var result any
	require.NoError(c.t, json.Unmarshal([]byte(strings.ToLower(answer[2:])), &result))
	return result
}

func startConnections(t *testing.T, processes int) *app {
	t.Helper()
	a := prepare(t, connectionsPorts)
	a.start("connections.php", "start", fmt.Sprintf("--processes=%d", processes))
	a.WaitFor("started", 6)
	return a
}

// Groups, users, all; every protocol; the same in one process and in three.
func TestConnectionsOfAllWorkers(t *testing.T) {
	for _, processes := range []int{1, 3} {
		t.Run(fmt.Sprintf("%d processes", processes), func(t *testing.T) {
			a := startConnections(t, processes)
			one, two, three := a.caller(connectionsText), a.caller(connectionsText), a.caller(connectionsText)
			shout := a.caller(connectionsShout)
			chat := wsOf(t, a, connectionsChat)
			events := a.dial(connectionsEvents)
			_, err := io.WriteString(events, "GET /?group=news HTTP/1.1\r\nHost: x\r\n\r\n")
			require.NoError(t, err)
			stream, err := http.ReadResponse(bufio.NewReader(events), nil)
			require.NoError(t, err)
			heard := bufio.NewReader(stream.Body)
			event := make([]byte, len("data: hello\n\n"))
			_, err = io.ReadFull(heard, event)
			require.NoError(t, err)
			require.Equal(t, "data: hello\n\n", string(event))

			names := map[any]bool{}
			for _, c := range []*caller{one, two, three, shout} {
				require.Equal(t, true, c.call("join", "me", "news"))
				names[c.call("id", "me")] = true
			}
			require.Len(t, names, 4)
			chat.hears(t, `["join", "me", "news"]`, "= true")
			require.Eventually(t, func() bool { return one.call("count", "news") == float64(6) }, patience, time.Millisecond)

			require.Equal(t, true, one.call("sendtogroup", "news", "hello", []any{"me"}))
			require.Equal(t, "hello", two.line())
			require.Equal(t, "hello", three.line())
			require.Equal(t, "HELLO", shout.line(), "encoded by the worker that has it")
			_, err = io.ReadFull(heard, event[:5])
			require.NoError(t, err)
			require.Equal(t, "hello", string(event[:5]), "as it is")
			opcode, text := chat.next(t)
			require.Equal(t, byte(0x81), opcode)
			require.Equal(t, "hello", text)

			require.Equal(t, true, one.call("binduser", "me", "ada"))
			require.Equal(t, true, three.call("binduser", "me", "ada"))
			require.Equal(t, true, two.call("isonline", "ada"))
			require.Equal(t, false, two.call("isonline", "bob"))
			require.Equal(t, "ada", three.call("userof", one.call("id", "me")))
			require.Equal(t, []any{"news"}, two.call("groupsof", one.call("id", "me")))
			require.Len(t, two.call("ofuser", "ada"), 2)
			require.Equal(t, map[string]any{"ada": float64(2)}, two.call("users"))
			require.Equal(t, true, two.call("sendtouser", "ada", "private"))
			require.Equal(t, "private", one.line())
			require.Equal(t, "private", three.line())

			id := two.call("id", "me")
			require.Equal(t, true, one.call("sendtoall", "all but", []any{id}, []any{"ada"}))
			require.Equal(t, "ALL BUT", shout.line())
			_, text = chat.next(t)
			require.Equal(t, "all but", text)
			require.Equal(t, true, one.call("sendto", id, "you"))
			require.Equal(t, "you", two.line())
			chatID := strings.Trim(strings.TrimPrefix(chat.hears(t, `["id", "me"]`, "= "), "= "), `"`)
			require.Equal(t, true, one.call("sendto", chatID, "\x01\x02", 1))
			opcode, text = chat.next(t)
			require.Equal(t, byte(0x82), opcode)
			require.Equal(t, "\x01\x02", text)

			require.Equal(t, true, one.call("leave", id, "news"))
			require.Eventually(t, func() bool { return one.call("count", "news") == float64(5) }, patience, time.Millisecond)
			require.Equal(t, true, one.call("close", id, "bye"))
			rest, err := io.ReadAll(two.rd)
			require.NoError(t, err)
			require.Equal(t, "bye\n", string(rest))
			require.Equal(t, false, one.call("sendto", "no such name", "?"))
		})
	}
}

func wsOf(t *testing.T, a *app, port int) *wsPeer {
	t.Helper()
	c := a.dial(port)
	_, err := io.WriteString(c, handshake)
	require.NoError(t, err)
	p := &wsPeer{c, bufio.NewReader(c)}
	resp, err := http.ReadResponse(p.rd, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, resp.StatusCode)
	return p
}

func TestConnectionsFromTheCommandLine(t *testing.T) {
	a := startConnections(t, 2)
	one := a.caller(connectionsText)
	one.call("join", "me", "news")
	code := `use Phalanx\Connections; Connections::connect('connections.php');
		Connections::sendToGroup('news', 'from the shell'); echo Connections::count('news');`
	out, err := a.Command("-r", code).Run()
	require.NoError(t, err)
	require.Equal(t, "1", out)
	require.Equal(t, "from the shell", one.line())

	out, err = a.Command("-r", `echo Phalanx\Connections::count('news');`).Run()
	require.Error(t, err)
	require.Contains(t, out, `call Phalanx\Connections::connect('START_FILE.php') first`)
	out, err = a.Command("-r", `Phalanx\Connections::connect('none.php');`).Run()
	require.Error(t, err)
	require.Contains(t, out, "no server of none.php runs here")

	sockets, err := filepath.Glob(filepath.Join(a.dir, "*.sock"))
	require.NoError(t, err)
	if len(sockets) > 0 { // not where its name would be too long
		info, err := os.Stat(sockets[0])
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	a.Stop()
	for _, path := range sockets {
		require.NoFileExists(t, path)
	}
}

// Reload after reload while groups are spoken to: every line comes once, in order, to every member.
func TestReloadStormWithGroups(t *testing.T) {
	a := startConnections(t, 2)
	const members, lines = 40, 2000
	crowd := make([]*caller, members)
	for i := range crowd {
		crowd[i] = a.caller(connectionsText)
		require.Equal(t, true, crowd[i].call("join", "me", "room"))
	}
	speaker := wsOf(t, a, connectionsChat)
	require.Eventually(t, func() bool { return crowd[0].call("count", "room") == float64(members) }, patience, time.Millisecond)
	var wg sync.WaitGroup
	wg.Go(func() {
		for n := range lines {
			if _, err := io.WriteString(speaker, frame(0x81, fmt.Sprintf(`["sendToGroup", "room", "line %d"]`, n))); err != nil {
				t.Error(err)
				return
			}
			if _, answer := speaker.next(t); answer != "= true" {
				t.Errorf("line %d: %s", n, answer)
				return
			}
		}
	})
	reloads := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(reloads)
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
				_ = a.Cmd.Process.Signal(syscall.SIGUSR1)
			}
		}
	}()
	for _, c := range crowd {
		wg.Go(func() {
			for n := range lines {
				s, err := c.rd.ReadString('\n')
				if err != nil || s != fmt.Sprintf("line %d\n", n) {
					t.Errorf("%q instead of line %d: %v", s, n, err)
					return
				}
			}
		})
	}
	wg.Wait()
	close(done)
	<-reloads
	require.Greater(t, strings.Count(a.Output(), "started"), 6, "at least one reload")
	t.Logf("%d scripts", strings.Count(a.Output(), "started"))
}

// A receiver that does not read loses its own messages, which are counted; the others get theirs.
func TestSlowReceiversLoseTheirOwnMessages(t *testing.T) {
	a := startConnections(t, 1)
	slow, fast := a.caller(connectionsText), a.caller(connectionsText)
	_, err := io.WriteString(slow.c, "slow\n")
	require.NoError(t, err)
	require.Equal(t, "= ok", slow.line())
	message := strings.Repeat("x", 60_000)
	dropped := func() float64 { return fast.call("figures").(map[string]any)["dropped"].(float64) }
	for dropped() == 0 {
		for range 20 {
			_, err := fmt.Fprintf(fast.c, "[\"sendToAll\", %q]\n", message)
			require.NoError(t, err)
			require.Equal(t, message, fast.line())
			require.Equal(t, "= true", fast.line())
		}
	}
	a.WaitFor("full")
}

package e2e_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Ports of handover.php.
const (
	handoverWeb = iota
	handoverChat
	handoverText
	handoverCounted
	handoverPorts
)

// handover is handover.php with a version that can be changed.
type handover struct{ *app }

func startHandover(t *testing.T) *handover {
	t.Helper()
	h := &handover{prepare(t, handoverPorts)}
	h.deploy("v1", "websocket", true, 4)
	h.start("handover.php", "start")
	h.WaitFor("started v1", 5)
	return h
}

// deploy makes the next scripts be of this version.
func (h *handover) deploy(version, protocol string, keep bool, workers int) {
	h.t.Helper()
	next := filepath.Join(h.dir, "next.php")
	code := fmt.Sprintf("<?php\n\nreturn ['version' => '%s', 'protocol' => '%s', 'keep' => %t, 'workers' => %d];\n", version, protocol, keep, workers)
	require.NoError(h.t, os.WriteFile(next, []byte(code), 0o600))
	require.NoError(h.t, os.Rename(next, filepath.Join(h.dir, "settings.php")))
}

func (h *handover) reload(signal syscall.Signal, version string) {
	h.t.Helper()
	h.deploy(version, "websocket", true, 4)
	require.NoError(h.t, h.Cmd.Process.Signal(signal))
	h.WaitFor("started "+version, 5)
}

// chat opens a WebSocket.
func (h *handover) chat() *wsPeer {
	h.t.Helper()
	c := h.dial(handoverChat)
	_, err := io.WriteString(c, handshake)
	require.NoError(h.t, err)
	p := &wsPeer{c, bufio.NewReaderSize(c, 512)}
	resp, err := http.ReadResponse(p.rd, nil)
	require.NoError(h.t, err)
	require.Equal(h.t, http.StatusSwitchingProtocols, resp.StatusCode)
	return p
}

type wsPeer struct {
	net.Conn
	rd *bufio.Reader
}

// next is the first byte and the payload of the next frame.
func (p *wsPeer) next(t *testing.T) (byte, string) {
	t.Helper()
	first, err := p.rd.ReadByte()
	require.NoError(t, err)
	n, err := p.rd.ReadByte()
	require.NoError(t, err)
	size := int(n)
	for extra := map[byte]int{126: 2, 127: 8}[n]; extra > 0; extra-- {
		if n >= 126 {
			size, n = 0, 0
		}
		b, err := p.rd.ReadByte()
		require.NoError(t, err)
		size = size<<8 | int(b)
	}
	data := make([]byte, size)
	_, err = io.ReadFull(p.rd, data)
	require.NoError(t, err)
	return first, string(data)
}

func (p *wsPeer) say(t *testing.T, message string) {
	t.Helper()
	_, err := io.WriteString(p, frame(0x81, message))
	require.NoError(t, err)
}

// hears says a message and expects a part of the answer.
func (p *wsPeer) hears(t *testing.T, message, want string) string {
	t.Helper()
	p.say(t, message)
	_, answer := p.next(t)
	require.Contains(t, answer, want)
	return answer
}

func count(t *testing.T, name string, otherwise int) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// Idle WebSockets and busy HTTP connections go through reloads of both kinds: none is cut, no request fails, and when
// a reload is over only new code answers. E2E_IDLE says how many are idle.
func TestReloadCutsNoConnection(t *testing.T) {
	h := startHandover(t)
	before := h.serverPID()
	idle := make([]*wsPeer, count(t, "E2E_IDLE", 2000))
	var wg sync.WaitGroup
	for part := range 8 {
		wg.Go(func() {
			for i := part; i < len(idle); i += 8 {
				idle[i] = h.chat()
			}
		})
	}
	wg.Wait()

	const clients = 20
	var stop atomic.Bool
	var over atomic.Value // an answer must not be older
	over.Store("v1")
	var answers atomic.Int64
	failures := make(chan string, clients)
	for range clients {
		c := h.dial(handoverWeb)
		wg.Go(func() {
			rd := bufio.NewReader(c)
			for !stop.Load() {
				want := over.Load().(string)
				if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
					failures <- err.Error()
					return
				}
				if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
					failures <- "write: " + err.Error()
					return
				}
				resp, err := http.ReadResponse(rd, nil)
				if err != nil {
					failures <- "read: " + err.Error()
					return
				}
				body, err := io.ReadAll(resp.Body)
				if err != nil || resp.StatusCode != 200 || resp.Close || string(body) < want {
					failures <- fmt.Sprintf("%d %q (close %t) instead of %s: %v", resp.StatusCode, body, resp.Close, want, err)
					return
				}
				answers.Add(1)
			}
		})
	}
	for i, version := range []string{"v2", "v3", "v4", "v5"} {
		had := answers.Load()
		require.Eventually(t, func() bool { return answers.Load() > had+200 || len(failures) > 0 }, patience, time.Millisecond)
		h.reload([]syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2}[i%2], version)
		over.Store(version)
	}
	had := answers.Load()
	require.Eventually(t, func() bool { return answers.Load() > had+200 || len(failures) > 0 }, patience, time.Millisecond)
	stop.Store(true)
	wg.Wait()
	require.Empty(t, failures, "an HTTP client: %s", first(failures))
	t.Logf("%d answers to %d connections beside %d idle ones", answers.Load(), clients, len(idle))

	for i, c := range idle {
		require.NoError(t, c.SetDeadline(time.Now().Add(patience)))
		c.hears(t, "hello", "v5 hello ")
		if i == 0 {
			c.hears(t, "again", `{"messages":2}`)
		}
	}
	require.Equal(t, before, h.serverPID())
	require.Equal(t, len(idle), strings.Count(h.Output(), "v5 resumes chat"))
	require.NotContains(t, h.Output(), "closes chat")
}

func first(c chan string) string {
	select {
	case s := <-c:
		return s
	default:
		return ""
	}
}

// What ends a script ends none of its connections, not even the one whose message did it.
func TestConnectionsOutliveTheirScript(t *testing.T) {
	for _, how := range []string{"exit", "fatal", "stop"} {
		t.Run(how, func(t *testing.T) {
			h := startHandover(t)
			c := h.chat()
			c.hears(t, "hello", `v1 hello 1 {"messages":1}`)
			h.deploy("v2", "websocket", true, 4)
			// In one packet: what follows in the same batch is for the next script.
			_, err := io.WriteString(c, frame(0x81, how)+frame(0x81, "behind"))
			require.NoError(t, err)
			if how == "stop" {
				_, answer := c.next(t)
				require.Contains(t, answer, `v1 stop 1 {"messages":2}`)
			}
			_, answer := c.next(t)
			require.Contains(t, answer, `v2 behind 1 {"messages":3}`)
			require.NoError(t, c.Close())
			h.WaitFor(`v2 closes chat {"messages":3}`)
		})
	}
}

// Bytes on their way in and out, a pause, a limit, a frame type.
func TestConnectionsKeepWhatIsUnderWay(t *testing.T) {
	h := startHandover(t)
	chat := h.chat()
	half := frame(0x81, "one half and the other")
	fragments := h.chat()
	lines, counted := h.dial(handoverText), h.dial(handoverCounted)
	chat.hears(t, "type", "v1 type")
	for c, part := range map[io.Writer]string{
		chat: half[:12], fragments: frame(0x01, "frag"), lines: "half a li", counted: "10hal",
	} {
		_, err := io.WriteString(c, part)
		require.NoError(t, err)
	}
	flood := h.chat()
	flood.say(t, "flood4000000")
	paused := h.chat()
	paused.hears(t, "pause", "v1 pause")
	paused.say(t, "waits")
	h.reload(syscall.SIGUSR1, "v2")

	_, err := io.WriteString(chat, half[12:])
	require.NoError(t, err)
	first, answer := chat.next(t)
	require.Equal(t, byte(0x82), first)
	require.Contains(t, answer, "v2 one half and the other")
	_, err = io.WriteString(fragments, frame(0x80, "ments"))
	require.NoError(t, err)
	_, answer = fragments.next(t)
	require.Contains(t, answer, "v2 fragments")
	_, err = io.WriteString(lines, "ne\n")
	require.NoError(t, err)
	line, err := bufio.NewReader(lines).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "v2 half a line 1 {\"messages\":1}\n", line)
	_, err = io.WriteString(counted, "f a msg")
	require.NoError(t, err)
	message := make([]byte, 2)
	_, err = io.ReadFull(counted, message)
	require.NoError(t, err)
	size, err := strconv.Atoi(string(message))
	require.NoError(t, err)
	message = make([]byte, size)
	_, err = io.ReadFull(counted, message)
	require.NoError(t, err)
	require.Contains(t, string(message), "v2 half a msg")
	_, answer = flood.next(t)
	require.Equal(t, strings.Repeat("v1", 4_000_000), answer)
	flood.hears(t, "hello", "v2 hello")

	// Still paused: the message behind waits, also for the next script.
	h.reload(syscall.SIGUSR1, "v3")
	require.NoError(t, paused.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
	_, err = paused.rd.ReadByte()
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
}

func TestWhatCannotBeKept(t *testing.T) {
	h := startHandover(t)
	c := h.chat()
	c.hears(t, "unserializable", "v1")
	h.reload(syscall.SIGUSR1, "v2")
	c.hears(t, "hello", `v2 hello 1 {"messages":2,"kept":1}`)
	for _, key := range []string{"pipe", "closure"} {
		require.Contains(t, h.Output(), "connection 1: $state['"+key+"'] is not kept: ")
	}
}

// A request that the old script took is answered by it, or with 503 when it does not come to that.
func TestReloadWaitsForAnswers(t *testing.T) {
	h := startHandover(t)
	later, never := h.dial(handoverWeb), h.dial(handoverWeb)
	for c, path := range map[io.Writer]string{later: "/later", never: "/never"} {
		_, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool { return h.get(handoverWeb, "/") == "v1" }, patience, time.Millisecond)
	h.reload(syscall.SIGUSR1, "v2")
	rd := bufio.NewReader(later)
	resp, err := http.ReadResponse(rd, nil)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, "v1", string(body))
	resp, err = http.ReadResponse(bufio.NewReader(never), nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	require.True(t, resp.Close)

	_, err = io.WriteString(later, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	resp, err = http.ReadResponse(rd, nil)
	require.NoError(t, err)
	body, err = io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, "v2", string(body))
}

// Connections whose worker asks for it no more, speaks something else, or is gone, are closed as their protocol wants.
func TestConnectionsThatDoNotGoOn(t *testing.T) {
	restart := "\x03\xf4service restart"
	t.Run("not kept", func(t *testing.T) {
		h := startHandover(t)
		c := h.chat()
		h.deploy("v2", "websocket", false, 4)
		require.NoError(t, h.Cmd.Process.Signal(syscall.SIGUSR1))
		opcode, text := c.next(t)
		require.Equal(t, byte(0x88), opcode)
		require.Equal(t, restart, text)
	})
	t.Run("another protocol", func(t *testing.T) {
		h := startHandover(t)
		c := h.chat()
		h.deploy("v2", "text", true, 4)
		require.NoError(t, h.Cmd.Process.Signal(syscall.SIGUSR1))
		opcode, text := c.next(t)
		require.Equal(t, byte(0x88), opcode)
		require.Equal(t, restart, text)
		h.WaitFor("started v2 chat", 2)
		next := h.dial(handoverChat)
		exchange(t, next, "hello\n", "v2 hello ")
	})
	t.Run("no such worker", func(t *testing.T) {
		h := startHandover(t)
		c := h.dial(handoverCounted)
		exchange(t, c, "05hello", "25v1 hello")
		h.deploy("v2", "websocket", true, 3)
		require.NoError(t, h.Cmd.Process.Signal(syscall.SIGUSR1))
		rest, err := io.ReadAll(c)
		require.NoError(t, err)
		require.Contains(t, string(rest), "messages")
		h.WaitFor("The start script defines no worker number 3 any more")
	})
}

// A script that cannot start loses no connection; the next one that can has them all.
func TestABrokenScriptLosesNoConnection(t *testing.T) {
	h := startHandover(t)
	c := h.chat()
	c.hears(t, "hello", "v1 hello")
	settings := filepath.Join(h.dir, "settings.php")
	require.NoError(t, os.WriteFile(settings, []byte("<?php\n\nthrow new Exception('broken deployment');\n"), 0o600))
	c.say(t, "exit")
	h.WaitFor("broken deployment")
	c.say(t, "while it is broken")
	h.deploy("v2", "websocket", true, 4)
	_, answer := c.next(t)
	require.Contains(t, answer, `v2 while it is broken 1 {"messages":3}`)
}

// A reload that is asked for while another runs comes behind it: otherwise what was deployed meanwhile would not be loaded.
func TestReloadsFollowEachOther(t *testing.T) {
	h := startHandover(t)
	_, err := io.WriteString(h.dial(handoverWeb), "GET /later HTTP/1.1\r\nHost: x\r\n\r\n") // makes the reload last
	require.NoError(t, err)
	require.Eventually(t, func() bool { return h.get(handoverWeb, "/") == "v1" }, patience, time.Millisecond)
	h.deploy("v2", "websocket", true, 4)
	require.NoError(t, h.Cmd.Process.Signal(syscall.SIGUSR1))
	h.WaitFor("reloading")
	h.deploy("v3", "websocket", true, 4)
	for range 5 {
		require.NoError(t, h.Cmd.Process.Signal(syscall.SIGUSR1))
	}
	h.WaitFor("started v3", 5)
	h.WaitFor("reloading", 2)
}

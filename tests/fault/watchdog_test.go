package fault_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A callback that takes too long is ended: its request gets 503, where it was is logged, and all others go on.
func TestWatchdogEndsWhatTakesTooLong(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	require.NoError(t, err)
	defer func() { _ = silent.Close() }()
	held, err := os.Create(filepath.Join(t.TempDir(), "held"))
	require.NoError(t, err)
	defer func() { _ = held.Close() }()
	require.NoError(t, syscall.Flock(int(held.Fd()), syscall.LOCK_EX))
	environment := []string{"LIMIT=0.4", "COUNT=2", "HELD=" + held.Name(), fmt.Sprintf("SILENT=%d", silent.Addr().(*net.TCPAddr).Port)}

	for name, settings := range map[string][]string{"callbacks": nil, "coroutines": {"COROUTINES=1"}, "without JIT": {"JIT=off"}} {
		t.Run(name, func(t *testing.T) {
			a := prepare(t, 3, append(settings, environment...)...)
			if name == "without JIT" {
				a.Cmd.Args = append(a.Cmd.Args, "-d", "opcache.jit=off")
			}
			a.start("watchdog.php")
			server := a.servers()
			other := a.talker(1)
			other.talk(t)
			for path, line := range map[string]string{
				"/spin": "Stuck::spin() ", "/tight": "Stuck->tight() ", "/catch": "Stuck::spin() ", "/nested": "usort()\n",
				"/generator": "Stuck::spin() ", "/sleep": "    sleep()\n", "/flock": "    flock()\n",
			} {
				before := strings.Count(a.Output(), line)
				require.Equal(t, unavailable, a.askOnce(0, path), path)
				other.talk(t)
				require.Equal(t, answered, a.askOnce(0, "/"), "after %s", path)
				a.WaitFor(line, before+1)
			}
			a.WaitFor("is over its message timeout of 400ms, at:", 7)
			a.WaitFor("Fatal error: Worker message timeout of 400ms exceeded in ", 7)
			require.Contains(t, a.Output(), "/watchdog.php:")
			require.NotContains(t, a.Output(), "a password", "arguments may be secrets")
			require.Equal(t, server, a.servers(), "the process goes on")
		})
	}
}

// What PHP itself does not come back from costs the server process: another one serves before this one ends.
func TestAnotherProcessTakesOverFromOneThatIsStuck(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = silent.Close() }()
	for _, path := range []string{"/socket", "/pipe"} {
		t.Run(path, func(t *testing.T) {
			a := prepare(t, 3, "LIMIT=0.4", "COUNT=2", fmt.Sprintf("SILENT=%d", silent.Addr().(*net.TCPAddr).Port))
			a.start("watchdog.php")
			before := a.servers()
			require.Len(t, before, 1)
			l := a.startLoad(4, 0)
			l.awaitMore(t, 20)
			stuck := make(chan string, 1)
			go func() { stuck <- a.askOnce(0, path) }()
			a.WaitFor("another server process takes over, at:")
			require.Eventually(t, func() bool {
				now := a.servers()
				return len(now) == 1 && now[0] != before[0]
			}, patience, poll, "the stuck process has not gone")
			l.awaitMore(t, 20)
			require.Contains(t, []string{cut, unavailable}, <-stuck)
			counts := l.end()
			require.Zero(t, counts[hung])
			// Those that shared the stuck slot wait for it, and are closed with it; nobody else notices.
			require.LessOrEqual(t, counts[cut]+counts[unavailable], 4, "%v", counts)
			a.awaitReady()
			require.Equal(t, 1.0, a.figures().sum("phalanx_server_restarts_total"))
		})
	}
}

// The end may take too long as well.
func TestWatchdogEndsShutdownFunctions(t *testing.T) {
	t.Parallel()
	a := prepare(t, 3, "LIMIT=0.4")
	a.start("watchdog.php")
	server := a.servers()
	require.Equal(t, unavailable, a.askOnce(0, "/shutdown"))
	require.Equal(t, answered, a.askOnce(0, "/"))
	a.WaitFor("has not come to its end, at:")
	require.Equal(t, server, a.servers())
}

// Only a callback's own time counts: neither that of all callbacks of a turn together, nor a coroutine's that waits.
func TestWatchdogLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	a := prepare(t, 3, "LIMIT=0.4", "COROUTINES=1")
	a.start("watchdog.php")
	require.Equal(t, answered, a.askOnce(0, "/wait"), "it waits for a second")
	c := a.Dial(0)
	_, err := io.WriteString(c, strings.Repeat("GET /many HTTP/1.1\r\nHost: x\r\n\r\n", 50)) // a second
	require.NoError(t, err)
	rd := bufio.NewReader(c)
	for range 50 {
		resp, err := http.ReadResponse(rd, nil)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, resp.StatusCode)
		_, _ = io.Copy(io.Discard, resp.Body)
	}
	require.NotContains(t, a.Output(), "message timeout")
}

// The command line's limit is for workers that have none of their own, and nothing is ended without one.
func TestMessageTimeoutOfTheCommandLine(t *testing.T) {
	t.Parallel()
	a := prepare(t, 3)
	a.start("watchdog.php", "--message-timeout=0.4")
	require.Equal(t, unavailable, a.askOnce(0, "/spin"))
	out, err := a.Command("watchdog.php", "start", "--message-timeout=soon").Run()
	require.NoError(t, err, "as for other refusals of a start")
	require.Contains(t, out, "already running")
}

// Without a limit the operator is told once where a worker hangs; it goes on when it can.
func TestStuckCallbacksAreToldOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "held")
	held, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, syscall.Flock(int(held.Fd()), syscall.LOCK_EX))
	a := prepare(t, 3, "STUCK=0.3", "HELD="+path)
	a.start("watchdog.php")
	done := make(chan string, 1)
	go func() { done <- a.askOnce(0, "/flock") }()
	a.WaitFor("has not come back to its loop for ")
	a.WaitFor("    flock()\n")
	status, text := a.monitor("/live")
	require.Equal(t, http.StatusServiceUnavailable, status, text)

	// And whoever asks sees it too.
	out, err := a.Command("watchdog.php", "stacks").Run()
	require.NoError(t, err)
	require.Regexp(t, `worker\[web:\d+\] slot 0 in a callback for \d+\.\d{3} s\n    flock\(\)\n    \{closure:.*\}\(\) .*/watchdog.php:\d+\n`, out)
	require.Regexp(t, `worker\[text:\d+\] slot 0 waits for something to do\n    phalanx_loop_run\(\)\n`, out)

	time.Sleep(time.Second) // the time in which it could be told again
	require.NoError(t, held.Close())
	require.Equal(t, answered, <-done)
	require.Equal(t, 1, strings.Count(a.Output(), "has not come back to its loop"))
	out, err = a.Command("watchdog.php", "stacks").Run()
	require.NoError(t, err)
	require.NotContains(t, out, "in a callback")
}

// stacks shows PHP code at work as well, which goes on undisturbed.
func TestStacksOfABusyWorker(t *testing.T) {
	t.Parallel()
	a := prepare(t, 3)
	a.start("watchdog.php")
	go a.askOnce(0, "/spin")
	require.Eventually(t, func() bool {
		out, err := a.Command("watchdog.php", "stacks").Run()
		require.NoError(t, err)
		return strings.Contains(out, "    Stuck::spin() ") && !strings.Contains(out, "a password")
	}, patience, poll)
	_, err := a.Command("watchdog.php", "stop").Run()
	require.NoError(t, err)
	a.WaitUntilEnded()
}

// A reload does not wait for a callback that does not end: it gets as long as a stop would give it, as with Workerman.
func TestReloadEndsCallbacksThatDoNotEnd(t *testing.T) {
	t.Parallel()
	a := prepare(t, 3)
	a.start("watchdog.php")
	server := a.servers()
	result := make(chan string, 1)
	go func() { result <- a.askOnce(0, "/spin") }()
	require.Eventually(t, func() bool { return a.figures().sum("phalanx_slot_busy_for_seconds") > 0.1 }, patience, poll)
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
	require.Equal(t, unavailable, <-result)
	require.Equal(t, answered, a.askOnce(0, "/"))
	a.WaitFor("is to be reloaded and is still in a callback, at:")
	a.WaitFor("started web 0", 2)
	require.Equal(t, server, a.servers())
}

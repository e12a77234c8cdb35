package e2e_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func workerApp(t *testing.T, environment ...string) *app {
	t.Helper()
	a := prepare(t, 2, environment...)
	require.NoError(t, os.Mkdir(filepath.Join(a.dir, "run"), 0o755))
	return a
}

// Worker::$daemonize is as good as -d; what it prints, logs and notes goes where the script says.
func TestDaemonizedByTheScript(t *testing.T) {
	a := workerApp(t, "DAEMONIZE=1")
	out, err := a.Command("worker.php", "start").Run()
	require.NoError(t, err)
	require.Contains(t, out, `Input "phalanx worker.php stop" to stop. Start success.`)
	require.Contains(t, a.read("log/new/the.log"), "start in DAEMON mode")
	var pid int
	require.Eventually(t, func() bool {
		pid, err = strconv.Atoi(a.read("run/the.pid"))
		return err == nil && strings.Count(a.read("run/stdout"), "started") == 2
	}, patience, 5*time.Millisecond)
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	require.NotContains(t, out, "started")
	require.Equal(t, "done", a.get(0, "/"))
	status, err := a.Command("worker.php", "status").Run()
	require.NoError(t, err)
	require.Contains(t, status, "Start worker in DAEMON mode.")
	require.NoFileExists(t, filepath.Join(a.dir, "run", "the.status"))
	_, err = a.Command("worker.php", "stop").Run()
	require.NoError(t, err)
	require.Contains(t, a.read("log/new/the.log"), "stop success", "where the script says so this command is a daemon's too")
	require.NoFileExists(t, filepath.Join(a.dir, "run", "the.pid"))
	require.Contains(t, a.read("log/new/the.log"), "has been stopped")
	require.NotContains(t, a.read("run/stdout"), "has been stopped", "a daemon logs to the file only")
	require.True(t, gone(pid))
}

// The log loses its older half when it has grown too large, at the end of a line.
func TestLogFileMaxSize(t *testing.T) {
	a := workerApp(t)
	a.start("worker.php", "start")
	a.WaitFor("started control")
	a.get(0, "/log")
	log := a.read("log/new/the.log")
	require.LessOrEqual(t, len(log), 8192)
	require.Greater(t, len(log), 3000)
	require.Contains(t, log, "line 200 ")
	require.NotContains(t, log, "line 1 ")
	for line := range strings.Lines(log) {
		require.Regexp(t, `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d pid:\d+ line \d+ \.{80}\n$`, line)
	}
}

func TestOutputStreamAndCommand(t *testing.T) {
	a := workerApp(t, "OUTPUT=1", "COMMAND=start")
	a.start("worker.php")
	a.WaitFor("started control")
	require.NotContains(t, a.Output(), "WORKERMAN")
	require.Eventually(t, func() bool { return strings.Contains(a.read("run/output"), "Start success.\n") }, patience, 5*time.Millisecond)
	require.NotContains(t, a.read("run/output"), "Ctrl+C", "the script's command line has not started it")
}

func TestQuietStart(t *testing.T) {
	a := workerApp(t)
	a.start("worker.php", "start", "-q")
	a.WaitFor("started control")
	require.NotContains(t, a.Output(), "WORKERS")
	require.NotContains(t, a.Output(), "success")
}

// A reload asks a worker that is not reloadable to do for itself what it can.
func TestNotReloadable(t *testing.T) {
	a := workerApp(t)
	a.start("worker.php", "start")
	a.WaitFor("started ", 2)
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
	a.WaitFor("master reloads")
	a.WaitFor("steady heard of the reload")
	a.WaitFor("started control", 2)
	require.Equal(t, 1, strings.Count(a.Output(), "started steady"))
}

func TestListeningComesAndGoes(t *testing.T) {
	a := workerApp(t)
	a.start("worker.php", "start")
	refused := func() bool {
		c, err := net.Dial("tcp", a.addr(1))
		if err == nil {
			_ = c.Close()
		}
		return errors.Is(err, syscall.ECONNREFUSED)
	}
	a.WaitFor("started control")
	first := a.dial(1)
	exchange(t, first, "1\n", "inner 1\n")

	a.get(0, "/pause")
	waits := a.dial(1) // in the kernel's queue
	_, err := io.WriteString(waits, "2\n")
	require.NoError(t, err)
	exchange(t, first, "3\n", "inner 3\n")
	require.NoError(t, waits.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
	_, err = waits.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded, "it is not served")
	require.NoError(t, waits.SetDeadline(time.Now().Add(patience)))
	a.get(0, "/resume")
	exchange(t, waits, "", "inner 2\n")

	a.get(0, "/unlisten")
	require.Eventually(t, refused, patience, 5*time.Millisecond)
	exchange(t, first, "4\n", "inner 4\n")
	for range 3 {
		a.get(0, "/listen")
		exchange(t, a.dial(1), "5\n", "inner 5\n")
		a.get(0, "/unlisten")
		require.Eventually(t, refused, patience, 5*time.Millisecond)
	}
	a.get(0, "/listen-paused")
	waits = a.dial(1)
	a.get(0, "/resume")
	exchange(t, waits, "6\n", "inner 6\n")
}

// terminal is a pseudo terminal: what a program writes to other is read from t.
func terminal(t *testing.T) (master, other *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	require.NoError(t, err)
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	require.NoError(t, unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	other, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = other.Close()
		_ = master.Close()
	})
	return master, other
}

// The table has colours on a terminal, unless NO_COLOR asks for none.
func TestColours(t *testing.T) {
	colour := regexp.MustCompile("\x1b\\[[0-9;]+m")
	for setting, coloured := range map[string]bool{"X=1": true, "NO_COLOR=1": false} {
		a := workerApp(t, setting)
		master, other := terminal(t)
		var mu sync.Mutex
		var out bytes.Buffer
		go func() {
			buf := make([]byte, 4096)
			for {
				n, err := master.Read(buf)
				if err != nil {
					return
				}
				mu.Lock()
				out.Write(buf[:n])
				mu.Unlock()
			}
		}()
		a.Cmd.Stdout = other
		a.start("worker.php", "start")
		text := func() string {
			mu.Lock()
			defer mu.Unlock()
			return out.String()
		}
		require.Eventually(t, func() bool { return strings.Contains(text(), "Start success.") }, patience, 5*time.Millisecond)
		require.Equal(t, coloured, colour.MatchString(text()), "%q", text())
		require.Contains(t, colour.ReplaceAllString(text(), ""), "event-loop  proto       user        worker      listen")
		a.Stop()
	}
}

// However onWorkerStart fails, the worker is reported once and started again.
func TestOnWorkerStartFails(t *testing.T) {
	a := prepare(t, 0)
	a.start("failing.php", "start")
	for how, status := range map[string]int{"throws": 250 << 8, "exits": 5 << 8, "stops": 6 << 8} {
		a.WaitFor("started " + how)
		a.WaitFor(fmt.Sprintf("%s ended with %d\n", how, status))
		require.Equal(t, 1, strings.Count(a.Output(), how+" ended with"))
		require.Equal(t, 1, strings.Count(a.Output(), "worker["+how+":"))
	}
	require.Contains(t, a.Output(), "RuntimeException: not at once")
}

// Package e2e_test starts build/phalanx as a user does and watches it from outside.
package e2e_test

import (
	"errors"
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

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

const script = `<?php
declare(strict_types=1);
use Workerman\Worker;
$worker = new Worker('http://127.0.0.1:%d');
$worker->count = 2;
$worker->name = 'web';
Worker::$stopTimeout = 2;
$worker->onMessage = function ($connection, $request) {
    switch ($request->path()) {
        case '/exit': exit(5);
        case '/fatal': (function (int $x) {})('x');
        case '/code': $connection->send(require __DIR__ . '/code.php'); return;
        case '/children': $connection->send((string)shell_exec('grep -E "Sig(Blk|Ign)" /proc/self/status; ls -l /proc/self/fd')); return;
        case '/env': $connection->send(json_encode([PHP_SAPI, basename(PHP_BINARY), $GLOBALS['argv'], getcwd(),
            ini_get('memory_limit'), ini_get('max_execution_time'), ini_get('precision'), is_resource(STDIN), (bool)PHP_ZTS])); return;
    }
    $connection->send(posix_getpid() . ' ' . posix_getppid());
};
Worker::$onMasterStop = fn () => print("master stopped\n");
Worker::$onWorkerExit = fn ($w, $status, $pid) => print("worker exit $status\n");
Worker::runAll();
`

type server struct {
	*phalanxtest.Process
	t       *testing.T
	dir     string
	address string
}

func start(t *testing.T, options ...string) *server {
	t.Helper()
	port := phalanxtest.FreePorts(t, 1)[0]
	s := &server{t: t, dir: t.TempDir(), address: fmt.Sprintf("127.0.0.1:%d", port)}
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "app.php"), fmt.Appendf(nil, script, port), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "code.php"), []byte("<?php return 'old';"), 0o644))
	s.Process = phalanxtest.Command(t, append(options, "app.php", "start")...)
	s.Cmd.Dir = s.dir
	s.Start()
	require.Eventually(t, func() bool { _, err := s.get("/"); return err == nil }, patience, 20*time.Millisecond)
	return s
}

// client makes a connection for each request, so that no request meets an old server's connection.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}

func (s *server) get(path string) (string, error) {
	resp, err := client.Get("http://" + s.address + path)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// pids are those of the server process and of the supervisor, as a worker sees them.
func (s *server) pids() (server, supervisor int) {
	s.t.Helper()
	body, err := s.get("/")
	require.NoError(s.t, err)
	_, err = fmt.Sscanf(body, "%d %d", &server, &supervisor)
	require.NoError(s.t, err)
	return server, supervisor
}

func gone(pid int) bool {
	state, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if errors.Is(err, os.ErrNotExist) {
		return true
	}
	fields := strings.Fields(string(state[strings.LastIndexByte(string(state), ')')+1:]))
	return fields[0] == "Z"
}

// kill -9 of the server process: a new one within a second, and who waits in the accept queue is served.
func TestServerProcessDies(t *testing.T) {
	s := start(t)
	old, supervisor := s.pids()
	require.Equal(t, s.Cmd.Process.Pid, supervisor)

	// Clients that never retry a connection they could open: they were in the queue.
	var stop atomic.Bool
	var wg sync.WaitGroup
	var served, refused, cut atomic.Int64
	for range 4 {
		wg.Go(func() {
			for !stop.Load() {
				switch _, err := s.get("/"); {
				case err == nil:
					served.Add(1)
				case errors.Is(err, syscall.ECONNREFUSED):
					refused.Add(1)
				default:
					cut.Add(1) // its server died
				}
			}
		})
	}
	time.Sleep(200 * time.Millisecond)
	killed := time.Now()
	require.NoError(t, syscall.Kill(old, syscall.SIGKILL))
	var took time.Duration
	require.Eventually(t, func() bool {
		body, err := s.get("/")
		took = time.Since(killed)
		return err == nil && !strings.HasPrefix(body, strconv.Itoa(old)+" ")
	}, 10*time.Second, 5*time.Millisecond)
	stop.Store(true)
	wg.Wait()
	t.Logf("served again after %s; %d answers, %d refused, %d cut", took, served.Load(), refused.Load(), cut.Load())
	require.Less(t, took, time.Second)
	require.Zero(t, refused.Load(), "the supervisor keeps the socket")
	require.LessOrEqual(t, cut.Load(), int64(4), "at most the request each client had under way")
	require.NotZero(t, served.Load())
}

// kill -9 of the supervisor leaves no orphan.
func TestSupervisorDies(t *testing.T) {
	s := start(t)
	pid, supervisor := s.pids()
	require.NoError(t, syscall.Kill(supervisor, syscall.SIGKILL))
	require.Eventually(t, func() bool { return gone(pid) }, 2*time.Second, 10*time.Millisecond)
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", s.address)
		if err == nil {
			_ = conn.Close()
		}
		return errors.Is(err, syscall.ECONNREFUSED)
	}, 2*time.Second, 10*time.Millisecond, "nobody holds the socket")
}

func TestStopBySignal(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		t.Run(signal.String(), func(t *testing.T) {
			s := start(t)
			pid, _ := s.pids()
			require.NoError(t, s.Cmd.Process.Signal(signal))
			s.WaitUntilEnded()
			require.NoError(t, s.Err, "status 0")
			require.Eventually(t, func() bool { return gone(pid) }, time.Second, 10*time.Millisecond)
			require.Contains(t, s.Output(), "master stopped")
			_, err := os.Stat(filepath.Join(s.dir, "workerman.app.php.pid"))
			require.ErrorIs(t, err, os.ErrNotExist)
		})
	}
}

// A stop of a terminal reaches every process of its group.
func TestStopByTerminal(t *testing.T) {
	s := start(t)
	pid, supervisor := s.pids()
	for _, p := range []int{pid, supervisor} {
		require.NoError(t, syscall.Kill(p, syscall.SIGINT))
	}
	s.WaitUntilEnded()
	require.NoError(t, s.Err)
	require.Contains(t, s.Output(), "master stopped")
}

func TestReloadRunsFreshCode(t *testing.T) {
	for name, signal := range map[string]syscall.Signal{"at once": syscall.SIGUSR1, "graceful": syscall.SIGUSR2} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			pid, _ := s.pids()
			for range 8 { // both slots have the old code
				body, err := s.get("/code")
				require.NoError(t, err)
				require.Equal(t, "old", body)
			}
			require.NoError(t, os.WriteFile(filepath.Join(s.dir, "code.php"), []byte("<?php return 'new and longer';"), 0o644))
			require.NoError(t, s.Cmd.Process.Signal(signal))
			require.Eventually(t, func() bool {
				for range 8 {
					if body, err := s.get("/code"); err != nil || body != "new and longer" {
						return false
					}
				}
				return true
			}, 10*time.Second, 50*time.Millisecond)
			now, _ := s.pids()
			require.Equal(t, pid, now, "the process stays")
		})
	}
}

func TestExitOfASlotIsReported(t *testing.T) {
	s := start(t)
	body, err := s.get("/exit")
	require.NoError(t, err)
	require.Contains(t, body, "the worker was replaced", "a 503")
	require.Eventually(t, func() bool { return strings.Contains(s.Output(), "worker exit 1280") }, 5*time.Second, 10*time.Millisecond)
	body, err = s.get("/fatal")
	require.NoError(t, err)
	require.Contains(t, body, "the worker was replaced", "a 503")
	require.Eventually(t, func() bool { return strings.Contains(s.Output(), "worker exit 64000") }, 5*time.Second, 10*time.Millisecond,
		"what an uncaught exception has always given")
	for range 8 {
		_, err := s.get("/")
		require.NoError(t, err)
	}
}

func TestChildrenOfWorkersAreClean(t *testing.T) {
	s := start(t)
	body, err := s.get("/children")
	require.NoError(t, err)
	require.Contains(t, body, "SigBlk:\t0000000000000000")
	require.NotContains(t, body, "socket:")
	for line := range strings.SplitSeq(body, "\n") {
		if mask, ok := strings.CutPrefix(line, "SigIgn:\t"); ok {
			ignored, err := strconv.ParseUint(mask, 16, 64)
			require.NoError(t, err)
			for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1} {
				require.Zero(t, ignored>>(uint(s)-1)&1, "%s must end a child", s)
			}
		}
	}
}

func TestSettingsOfTheCommandLineReachWorkers(t *testing.T) {
	s := start(t, "-d", "precision=9", "-d", "memory_limit=99M")
	body, err := s.get("/env")
	require.NoError(t, err)
	require.JSONEq(t, fmt.Sprintf(`["cli", %q, ["app.php", "start"], %q, "99M", "0", "9", true, true]`,
		filepath.Base(s.Cmd.Path), s.dir), body)
}

func TestAddressInUse(t *testing.T) {
	s := start(t)
	second := phalanxtest.Command(t, "app.php", "start")
	second.Cmd.Dir = t.TempDir()
	text, err := os.ReadFile(filepath.Join(s.dir, "app.php"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(second.Cmd.Dir, "app.php"), text, 0o644))
	out, err := second.Run()
	require.Contains(t, out, "Address already in use")
	require.EqualError(t, err, "exit status 1")
}

func TestAServerProcessThatCannotStart(t *testing.T) {
	s := phalanxtest.Command(t, "-d", "opcache.memory_consumption=8", "-d", "opcache.interned_strings_buffer=16", "app.php", "start")
	s.Cmd.Dir = t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(s.Cmd.Dir, "app.php"), []byte("<?php new Workerman\\Worker(); Workerman\\Worker::runAll();"), 0o600))
	out, err := s.Run()
	require.Contains(t, out, "Insufficient shared memory for interned strings buffer")
	require.Contains(t, out, "the server process did not start: exit status 254")
	require.EqualError(t, err, "exit status 1")
}

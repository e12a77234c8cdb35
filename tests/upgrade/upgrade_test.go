// Package upgrade_test replaces a running application's binary and restarts applications on sockets that are handed over,
// under load, and counts what clients lose.
package upgrade_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

const script = `<?php
use Workerman\Worker;
use Workerman\Timer;
Worker::$pidFile = __DIR__ . '/pid';
Worker::$statusFile = __DIR__ . '/status';
Worker::$logFile = __DIR__ . '/log';
Worker::$gracefulTimeout = 15;
Worker::$onMasterStop = fn () => print("master stops\n");
$web = new Worker('http://' . getenv('TEST_WEB'));
$web->name = 'web';
$web->count = 2;
if (getenv('TEST_REUSE')) {
    $web->reusePort = true;
}
$web->onMessage = function ($connection, $request) {
    if ($request->path() === '/slow') {
        Timer::add(0.7, fn () => $connection->send('slow ' . posix_getpid()), [], false);
        return;
    }
    $connection->send(posix_getpid() . ' ' . posix_getppid() . ' ' . Phalanx\Once::value('key', fn () => bin2hex(random_bytes(8))));
};
$chat = new Worker('websocket://' . getenv('TEST_CHAT'));
$chat->name = 'chat';
$chat->onMessage = fn ($connection, $data) => $connection->send("echo $data");
$unix = new Worker('unix://' . __DIR__ . '/text.sock');
$unix->protocol = Workerman\Protocols\Text::class;
$unix->onMessage = fn ($connection, $data) => $connection->send("unix $data");
$udp = new Worker('udp://' . getenv('TEST_WEB'));
$udp->onMessage = fn ($connection, $data) => $connection->send("udp $data");
if (is_file(__DIR__ . '/broken.php')) {
    require __DIR__ . '/broken.php';
}
Worker::runAll();
`

// app is an application whose binary can be replaced.
type app struct {
	*phalanxtest.Process
	t              *testing.T
	dir, web, chat string
	monitor        string
	inside         []string // in front of a command, to run it where the application runs
}

func newApp(t *testing.T, options ...string) *app {
	t.Helper()
	ports := phalanxtest.FreePorts(t, 3)
	a := &app{t: t, dir: t.TempDir(), web: fmt.Sprintf("127.0.0.1:%d", ports[0]), chat: fmt.Sprintf("127.0.0.1:%d", ports[1]),
		monitor: fmt.Sprintf("127.0.0.1:%d", ports[2])}
	require.NoError(t, os.WriteFile(filepath.Join(a.dir, "app.php"), []byte(script), 0o644))
	a.install()
	a.Process = phalanxtest.Command(t)
	a.Cmd = exec.Command(filepath.Join(a.dir, "phalanx"), append([]string{"app.php", "start", "--monitor=" + a.monitor}, options...)...)
	a.Cmd.Dir = a.dir
	a.Cmd.Env = a.env()
	a.Cmd.Stdout, a.Cmd.Stderr = a.Process, a.Process
	a.Cmd.WaitDelay = time.Second
	return a
}

func (a *app) env() []string {
	return append(os.Environ(), "TEST_WEB="+a.web, "TEST_CHAT="+a.chat)
}

// install lays a copy of the binary where the last one lies, as a package does: by a rename.
func (a *app) install() {
	a.t.Helper()
	next := filepath.Join(a.dir, "phalanx.new")
	out, err := exec.Command("cp", phalanxtest.Binary(a.t), next).CombinedOutput()
	require.NoError(a.t, err, string(out))
	require.NoError(a.t, os.Rename(next, filepath.Join(a.dir, "phalanx")))
}

// command runs a command of the script and answers what it printed and its status.
func (a *app) command(arguments ...string) (string, int) {
	a.t.Helper()
	arguments = slices.Concat(a.inside, []string{phalanxtest.Binary(a.t), "app.php"}, arguments)
	cmd := exec.Command(arguments[0], arguments[1:]...)
	cmd.Dir, cmd.Env = a.dir, a.env()
	out, _ := cmd.CombinedOutput()
	return string(out), cmd.ProcessState.ExitCode()
}

// who serves: the server process, the supervisor, and the value that all have in common.
func (a *app) who() (server, supervisor int, key string) {
	a.t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: phalanxtest.Patience}
	resp, err := client.Get("http://" + a.web)
	require.NoError(a.t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(a.t, err)
	_, err = fmt.Sscan(string(body), &server, &supervisor, &key)
	require.NoError(a.t, err, string(body))
	return server, supervisor, key
}

func (a *app) waitUntilReady() {
	a.t.Helper()
	require.Eventually(a.t, func() bool {
		resp, err := http.Get("http://" + a.monitor + "/ready")
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	}, phalanxtest.Patience, 10*time.Millisecond)
}

func (a *app) pid() int {
	a.t.Helper()
	text, err := os.ReadFile(filepath.Join(a.dir, "pid"))
	require.NoError(a.t, err)
	pid, err := strconv.Atoi(string(text))
	require.NoError(a.t, err)
	return pid
}

func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

// isNew says whether a process runs the file that is installed now.
func (a *app) isNew(pid int) bool {
	a.t.Helper()
	installed, err := os.Stat(filepath.Join(a.dir, "phalanx"))
	require.NoError(a.t, err)
	running, err := os.Stat(fmt.Sprintf("/proc/%d/exe", pid))
	require.NoError(a.t, err)
	return os.SameFile(installed, running)
}

// load sends requests until stop is called, which answers how many have been answered and what has failed.
func load(t *testing.T, address string, keepAlive bool) (stop func() (int64, []string)) {
	t.Helper()
	var served atomic.Int64
	var mu sync.Mutex
	var failures []string
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: !keepAlive}, Timeout: phalanxtest.Patience}
			for ctx.Err() == nil {
				resp, err := client.Get("http://" + address)
				if err == nil {
					_, err = io.ReadAll(resp.Body)
					_ = resp.Body.Close()
					if err == nil && resp.StatusCode != http.StatusOK {
						err = errors.New(resp.Status)
					}
				}
				if err != nil {
					mu.Lock()
					failures = append(failures, err.Error())
					mu.Unlock()
				} else {
					served.Add(1)
				}
			}
		})
	}
	return func() (int64, []string) {
		cancel()
		wg.Wait()
		return served.Load(), failures
	}
}

// websocket connects a client; say answers what the server says to a text.
func (a *app) websocket() (c *websocket.Conn, say func(text string) string) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*phalanxtest.Patience)
	a.t.Cleanup(cancel)
	c, _, err := websocket.Dial(ctx, "ws://"+a.chat, nil)
	require.NoError(a.t, err)
	a.t.Cleanup(func() { _ = c.CloseNow() })
	return c, func(text string) string {
		require.NoError(a.t, c.Write(ctx, websocket.MessageText, []byte(text)))
		_, answer, err := c.Read(ctx)
		require.NoError(a.t, err)
		return string(answer)
	}
}

func httpGet(url string) (string, error) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: phalanxtest.Patience}
	resp, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

func (a *app) unixSays(text string) string {
	a.t.Helper()
	c, err := net.Dial("unix", filepath.Join(a.dir, "text.sock"))
	require.NoError(a.t, err)
	defer func() { _ = c.Close() }()
	require.NoError(a.t, c.SetDeadline(time.Now().Add(phalanxtest.Patience)))
	_, err = io.WriteString(c, text+"\n")
	require.NoError(a.t, err)
	buf := make([]byte, 100)
	n, err := c.Read(buf)
	require.NoError(a.t, err)
	return strings.TrimSpace(string(buf[:n]))
}

func (a *app) udpSays(text string) string {
	a.t.Helper()
	c, err := net.Dial("udp", a.web)
	require.NoError(a.t, err)
	defer func() { _ = c.Close() }()
	require.NoError(a.t, c.SetDeadline(time.Now().Add(phalanxtest.Patience)))
	_, err = io.WriteString(c, text)
	require.NoError(a.t, err)
	buf := make([]byte, 100)
	n, err := c.Read(buf)
	require.NoError(a.t, err)
	return string(buf[:n])
}

func TestUpgradeUnderLoad(t *testing.T) {
	for _, tt := range []struct {
		name      string
		reuse     bool
		keepAlive bool
	}{{name: "a connection for each request"}, {name: "connections that are kept", keepAlive: true}, {name: "a socket for each slot", reuse: true}} {
		t.Run(tt.name, func(t *testing.T) {
			a := newApp(t, "--processes=2")
			if tt.reuse {
				a.Cmd.Env = append(a.Cmd.Env, "TEST_REUSE=1")
			}
			a.Start()
			a.waitUntilReady()
			server, first, key := a.who()
			require.Equal(t, a.Cmd.Process.Pid, first)
			c, say := a.websocket()
			require.Equal(t, "echo 1", say("1"))

			for round := range 2 {
				old := a.pid()
				stop := load(t, a.web, tt.keepAlive)
				slow := make(chan string, 1)
				go func() {
					resp, err := http.Get("http://" + a.web + "/slow")
					if err != nil {
						slow <- err.Error()
						return
					}
					defer func() { _ = resp.Body.Close() }()
					body, _ := io.ReadAll(resp.Body)
					slow <- string(body)
				}()
				a.install()
				out, status := a.command("upgrade")
				require.Zero(t, status, out)
				require.Contains(t, out, "upgrade success, process "+strconv.Itoa(a.pid()))
				require.NotEqual(t, old, a.pid())
				require.True(t, a.isNew(a.pid()))
				require.Eventually(t, func() bool {
					_, supervisor, _ := a.who()
					return supervisor == a.pid()
				}, phalanxtest.Patience, 10*time.Millisecond)
				require.Contains(t, <-slow, "slow ", "what is under way is answered")
				served, failures := stop()
				t.Logf("round %d: %d requests answered", round, served)
				require.Empty(t, failures)
				require.NotZero(t, served)
			}
			require.Eventually(t, func() bool { return !alive(server) }, phalanxtest.Patience, 10*time.Millisecond, "the old server processes end")

			_, _, err := c.Read(context.Background())
			require.Equal(t, websocket.StatusGoingAway, websocket.CloseStatus(err), "WebSocket clients are told to come again")
			_, say = a.websocket()
			require.Equal(t, "echo 2", say("2"))
			require.Equal(t, "unix 3", a.unixSays("3"))
			require.Equal(t, "udp 4", a.udpSays("4"))
			a.waitUntilReady()
			_, last, sameKey := a.who()
			require.Equal(t, key, sameKey, "values that are made once are kept")
			require.NotContains(t, a.Output(), "master stops")

			// Who started the application watches the first process: it passes signals on and ends with the last.
			require.True(t, alive(first))
			a.Stop()
			require.False(t, alive(last))
			require.NoError(t, a.Err)
			require.Equal(t, 1, strings.Count(a.Output(), "master stops"))
			for _, name := range []string{"pid", "text.sock"} {
				require.NoFileExists(t, filepath.Join(a.dir, name))
			}
		})
	}
}

func TestUpgradeOfADaemon(t *testing.T) {
	a := newApp(t, "-d")
	a.Start()
	a.WaitUntilEnded()
	a.waitUntilReady()
	_, first, _ := a.who()
	t.Cleanup(func() { _ = syscall.Kill(a.pid(), syscall.SIGKILL) })
	a.install()
	out, status := a.command("upgrade")
	require.Zero(t, status, out)
	require.Eventually(t, func() bool { return !alive(first) }, phalanxtest.Patience, 10*time.Millisecond, "nobody watches it")
	_, supervisor, _ := a.who()
	require.Equal(t, a.pid(), supervisor)
	out, status = a.command("reload")
	require.Zero(t, status, out)
	out, status = a.command("stop")
	require.Zero(t, status, out)
	require.Contains(t, out, "stop success")
	t.Cleanup(func() {
		require.NoError(t, os.WriteFile(filepath.Join(a.dir, "pid"), []byte(strconv.Itoa(1<<30)), 0o644))
	})
}

func TestABrokenUpgradeLeavesTheOldOneServing(t *testing.T) {
	a := newApp(t)
	a.Start()
	a.waitUntilReady()
	server, supervisor, _ := a.who()
	program := filepath.Join(a.dir, "phalanx")
	_, say := a.websocket()
	stop := load(t, a.web, true)
	for _, tt := range []struct {
		name, reason string
		breaks       func()
	}{
		{"no program", "exec format error", func() {
			require.NoError(t, os.Remove(program))
			require.NoError(t, os.WriteFile(program, []byte("\x7fELF, but nothing else"), 0o755))
		}},
		{"nothing at all", "no such file or directory", func() { require.NoError(t, os.Remove(program)) }},
		{"a program that ends", "ended before it served: exit status 3", func() {
			require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\nexit 3\n"), 0o755))
		}},
		{"a script that fails", "ended before it served: exit status 255", func() {
			require.NoError(t, os.Remove(program))
			a.install()
			require.NoError(t, os.WriteFile(filepath.Join(a.dir, "broken.php"), []byte("<?php throw new Exception('no');"), 0o644))
		}},
		{"a script that fails in the workers only", "no worker", func() {
			require.NoError(t, os.WriteFile(filepath.Join(a.dir, "broken.php"),
				[]byte("<?php if (phalanx_role() === 'slot') { throw new Exception('no worker'); }"), 0o644))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.breaks()
			out, status := a.command("upgrade")
			if strings.Contains(tt.name, "script that fails") && status == 255 { // the command runs the script too
				require.NoError(t, syscall.Kill(supervisor, 35))
				a.WaitFor(tt.reason)
			} else {
				require.Equal(t, 1, status, out)
				require.Contains(t, out, "upgrade failed, the old process goes on: ")
				require.Contains(t, out, tt.reason)
			}
			require.Equal(t, supervisor, a.pid())
			require.True(t, alive(supervisor) && alive(server))
			require.Equal(t, "echo x", say("x"))
		})
	}
	served, failures := stop()
	require.Empty(t, failures)
	require.NotZero(t, served)

	// And then it works.
	require.NoError(t, os.Remove(filepath.Join(a.dir, "broken.php")))
	out, status := a.command("upgrade")
	require.Zero(t, status, out)
	_, now, _ := a.who()
	require.NotEqual(t, supervisor, now)
}

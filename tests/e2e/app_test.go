package e2e_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience bounds every wait; nothing takes it unless something is broken.
const patience = 20 * time.Second

// app is a running script of testdata.
type app struct {
	t     *testing.T
	cmd   *exec.Cmd
	dir   string
	ports []int
	out   *output
	ended chan struct{}
}

// phalanx is the phalanx under test.
func phalanx(t *testing.T) string {
	t.Helper()
	path := os.Getenv("PHALANX")
	if path == "" {
		path = filepath.Join("..", "..", "build", "phalanx")
	}
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	return path
}

// prepare copies testdata to a folder of the test's own and finds ports that nobody listens on, which the script finds
// in PORT1, PORT2 ...; further settings are NAME=value.
func prepare(t *testing.T, ports int, environment ...string) *app {
	t.Helper()
	a := &app{t: t, dir: t.TempDir(), out: &output{}, ended: make(chan struct{})}
	require.NoError(t, os.CopyFS(a.dir, os.DirFS("testdata")))
	for range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer func() { _ = l.Close() }()
		a.ports = append(a.ports, l.Addr().(*net.TCPAddr).Port)
	}
	a.cmd = a.command(environment)
	a.cmd.Stdout, a.cmd.Stderr = a.out, a.out
	return a
}

func (a *app) command(environment []string, args ...string) *exec.Cmd {
	a.t.Helper()
	cmd := exec.Command(phalanx(a.t), args...)
	cmd.Dir = a.dir
	cmd.Env = append(os.Environ(), environment...)
	for i, port := range a.ports {
		cmd.Env = append(cmd.Env, fmt.Sprintf("PORT%d=%d", i+1, port))
	}
	cmd.WaitDelay = time.Second // a process that outlives the script must not hold the test
	return cmd
}

func (a *app) start(args ...string) {
	a.t.Helper()
	a.cmd.Args = append(a.cmd.Args, args...)
	require.NoError(a.t, a.cmd.Start())
	go func() {
		_ = a.cmd.Wait()
		close(a.ended)
	}()
	a.t.Cleanup(a.stop)
}

// serve starts a script and waits until its sockets are there.
func serve(t *testing.T, script string, ports int, environment ...string) *app {
	t.Helper()
	a := prepare(t, ports, environment...)
	a.start(script, "start")
	a.waitFor("Start success.")
	for i := range ports {
		require.Eventually(t, func() bool {
			at := fmt.Sprintf("0100007F:%04X ", a.ports[i])
			return strings.Contains(a.listening("tcp"), at+"00000000:0000 0A") || strings.Contains(a.listening("udp"), at)
		}, patience, 5*time.Millisecond)
	}
	return a
}

// listening is the kernel's table of sockets, 0100007F being 127.0.0.1.
func (a *app) listening(network string) string {
	a.t.Helper()
	table, err := os.ReadFile("/proc/net/" + network)
	require.NoError(a.t, err)
	return string(table)
}

// stop presses Ctrl+C; the script must then end by itself.
func (a *app) stop() {
	_ = a.cmd.Process.Signal(syscall.SIGINT)
	select {
	case <-a.ended:
	case <-time.After(patience):
		_ = a.cmd.Process.Kill()
		<-a.ended
		a.t.Error("did not stop")
	}
	if a.t.Failed() {
		a.t.Logf("it printed:\n%s", a.out)
	}
}

// waitFor waits until the script has printed text.
func (a *app) waitFor(text string) {
	a.t.Helper()
	require.Eventually(a.t, func() bool { return strings.Contains(a.out.String(), text) }, patience, 5*time.Millisecond,
		"it never printed %q", text)
}

func (a *app) addr(i int) string { return fmt.Sprintf("127.0.0.1:%d", a.ports[i]) }

func (a *app) url(i int, path string) string { return "http://" + a.addr(i) + path }

// dial connects, with a time limit for all that follows.
func (a *app) dial(i int) *net.TCPConn {
	a.t.Helper()
	c, err := net.Dial("tcp", a.addr(i))
	require.NoError(a.t, err)
	a.t.Cleanup(func() { _ = c.Close() })
	require.NoError(a.t, c.SetDeadline(time.Now().Add(patience)))
	return c.(*net.TCPConn)
}

// get fetches a path over a connection of its own.
func (a *app) get(i int, path string) string {
	a.t.Helper()
	body, err := a.tryGet(i, path)
	require.NoError(a.t, err)
	return body
}

func (a *app) tryGet(i int, path string) (string, error) {
	resp, err := client.Get(a.url(i, path))
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %s: %s", resp.Status, body)
	}
	return string(body), err
}

// exchange writes and expects exactly these bytes back.
func exchange(t *testing.T, c net.Conn, write, want string) {
	t.Helper()
	_, err := io.WriteString(c, write)
	require.NoError(t, err)
	got := make([]byte, len(want))
	n, err := io.ReadFull(c, got)
	require.NoError(t, err, "received %q", got[:n])
	require.Equal(t, want, string(got))
}

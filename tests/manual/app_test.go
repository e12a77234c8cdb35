// Package manual runs the Workerman manual's own examples on build/phalanx and talks to them from outside.
package manual

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience bounds every wait; nothing takes it unless something is broken.
const patience = 15 * time.Second

// app is a running example.
type app struct {
	t     *testing.T
	cmd   *exec.Cmd
	dir   string
	ports []int
	ended chan struct{}

	mu  sync.Mutex // guards out
	out bytes.Buffer
}

// Write collects what the example prints.
func (a *app) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.out.Write(p)
}

func (a *app) output() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.out.String()
}

// phalanxBinary is the phalanx under test.
func phalanxBinary(t *testing.T) string {
	t.Helper()
	path := os.Getenv("PHALANX")
	if path == "" {
		path = filepath.Join("..", "..", "build", "phalanx")
	}
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	if _, err := os.Stat(path); err != nil {
		t.Fatal("no binary: run 'make build' first")
	}
	return path
}

// freePorts finds ports nobody listens on.
func freePorts(t *testing.T, n int) []int {
	t.Helper()
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer func() { _ = l.Close() }()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// folder copies the examples, so that pid files, logs and uploads end up elsewhere.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(".")))
	return dir
}

// command makes a phalanx command line for an example.
func command(t *testing.T, dir string, ports []int, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(phalanxBinary(t), args...)
	cmd.Dir = dir
	cmd.Env = os.Environ()
	for i, port := range ports {
		name := "PORT"
		if i > 0 {
			name += strconv.Itoa(i + 1)
		}
		cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d", name, port))
	}
	return cmd
}

// start runs an example in the foreground and waits until it says that it has started.
func start(t *testing.T, script string, ports int) *app {
	t.Helper()
	a := &app{t: t, dir: folder(t), ports: freePorts(t, ports), ended: make(chan struct{})}
	a.cmd = command(t, a.dir, a.ports, script, "start")
	a.cmd.Stdout, a.cmd.Stderr = a, a
	a.cmd.WaitDelay = time.Second // a process that outlives the example must not hold the test
	require.NoError(t, a.cmd.Start())
	go func() {
		_ = a.cmd.Wait()
		close(a.ended)
	}()
	t.Cleanup(a.stop)
	a.waitFor("Start success.")
	return a
}

// stop presses Ctrl+C; the example must then end by itself.
func (a *app) stop() {
	_ = a.cmd.Process.Signal(syscall.SIGINT)
	select {
	case <-a.ended:
	case <-time.After(patience):
		_ = a.cmd.Process.Kill()
		<-a.ended
		a.t.Errorf("did not stop; it printed:\n%s", a.output())
	}
	if a.t.Failed() {
		a.t.Logf("it printed:\n%s", a.output())
	}
}

// waitFor waits until the example has printed text n times (once if n is not given).
func (a *app) waitFor(text string, n ...int) {
	a.t.Helper()
	want := 1
	if len(n) > 0 {
		want = n[0]
	}
	require.Eventually(a.t, func() bool { return strings.Count(a.output(), text) >= want }, patience, 5*time.Millisecond,
		"it never printed %q (%d times)", text, want)
}

func (a *app) addr(i int) string { return fmt.Sprintf("127.0.0.1:%d", a.ports[i]) }

// dial connects; a listener that is just being opened is waited for.
func (a *app) dial(i int) *net.TCPConn {
	a.t.Helper()
	var c net.Conn
	require.Eventually(a.t, func() bool {
		var err error
		c, err = net.Dial("tcp", a.addr(i))
		return err == nil
	}, patience, 5*time.Millisecond)
	a.t.Cleanup(func() { _ = c.Close() })
	require.NoError(a.t, c.SetDeadline(time.Now().Add(patience)))
	return c.(*net.TCPConn)
}

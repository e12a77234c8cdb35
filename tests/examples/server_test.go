// Package examples_test runs every example as its own comment says and talks to it.
package examples_test

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience bounds every wait for something that should come soon.
const patience = 20 * time.Second

// binary is the phalanx command under test; the examples also run on PHP with Workerman.
func binary(t *testing.T) string {
	t.Helper()
	path := os.Getenv("PHALANX")
	if path == "" {
		path = "../../build/phalanx"
	}
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	require.FileExists(t, path, "run 'make build' first")
	return path
}

// freePorts finds ports that nobody listens on at the moment.
func freePorts(t *testing.T, count int) []int {
	t.Helper()
	ports := make([]int, count)
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports
}

// server is a running example.
type server struct {
	cmd    *exec.Cmd
	exited chan struct{}

	mu     sync.Mutex // guards output
	output bytes.Buffer
	wrote  chan struct{} // has something while there is new output
}

func (s *server) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.wrote <- struct{}{}:
	default:
	}
	return s.output.Write(p)
}

func (s *server) printed() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.output.String()
}

// start runs an example; at the end of the test it has to stop cleanly on SIGINT, as after Ctrl-C.
func start(t *testing.T, script string, env ...string) *server {
	t.Helper()
	script, err := filepath.Abs(filepath.Join("../../examples", script))
	require.NoError(t, err)
	s := &server{cmd: exec.Command(binary(t), script, "start"), exited: make(chan struct{}), wrote: make(chan struct{}, 1)}
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Dir = t.TempDir()
	s.cmd.Stdout, s.cmd.Stderr = s, s
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	s.cmd.WaitDelay = time.Second
	require.NoError(t, s.cmd.Start())
	var result error
	go func() {
		result = s.cmd.Wait()
		close(s.exited)
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Signal(syscall.SIGINT)
		select {
		case <-s.exited:
		case <-time.After(patience):
			_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
			<-s.exited
			t.Error("the server did not stop on SIGINT")
		}
		if result != nil {
			t.Errorf("the server ended with: %v", result)
		}
		if t.Failed() {
			t.Logf("the server printed:\n%s", s.printed())
		}
	})
	return s
}

// dial connects as soon as the server listens.
func (s *server) dial(t *testing.T, port int) net.Conn {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			require.NoError(t, conn.SetDeadline(deadline))
			t.Cleanup(func() { conn.Close() })
			return conn
		}
		select {
		case <-s.exited:
			t.Fatalf("the server ended:\n%s", s.printed())
		case <-time.After(20 * time.Millisecond):
		}
		require.True(t, time.Now().Before(deadline), "nobody listens: %v\n%s", err, s.printed())
	}
}

// waitFor waits until the server has printed text.
func (s *server) waitFor(t *testing.T, text string) {
	t.Helper()
	timeout := time.After(patience)
	for !bytes.Contains([]byte(s.printed()), []byte(text)) {
		select {
		case <-s.wrote:
		case <-s.exited:
			t.Fatalf("the server ended without printing %q:\n%s", text, s.printed())
		case <-timeout:
			t.Fatalf("%q was not printed, but:\n%s", text, s.printed())
		}
	}
}

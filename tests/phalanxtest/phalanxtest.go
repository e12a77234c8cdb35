// Package phalanxtest starts build/phalanx for the tests that watch it from outside.
package phalanxtest

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/backend"
)

// Patience bounds every wait; nothing takes it unless something is broken.
const Patience = 20 * time.Second

// poll is how often a wait looks.
const poll = 5 * time.Millisecond

// Binary is the phalanx under test: the one PHALANX names, else build/phalanx of this tree. The
// test's folder is two levels below the root.
func Binary(t testing.TB) string {
	t.Helper()
	path := os.Getenv("PHALANX")
	if path == "" {
		path = filepath.Join("..", "..", "build", "phalanx")
	}
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	require.FileExists(t, path, "run 'make build' first")
	return path
}

// FreePorts finds n ports of 127.0.0.1 that nobody listens on at the moment.
func FreePorts(t testing.TB, n int) []int {
	t.Helper()
	ports := make([]int, n)
	for i := range ports {
		l, err := backend.FreePort()
		require.NoError(t, err)
		defer func() { _ = l.Close() }() // held until all are found, so that none is found twice
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports
}

// Process is a phalanx that runs until it ends, is stopped, or its test ends.
type Process struct {
	Cmd   *exec.Cmd     // to be completed before Start
	Ended chan struct{} // closed when the process has been waited for
	Err   error         // what Wait said; valid once Ended is closed

	t   testing.TB
	mu  sync.Mutex // guards out
	out bytes.Buffer
}

// Command prepares a phalanx with these arguments; what it prints is collected.
func Command(t testing.TB, args ...string) *Process {
	t.Helper()
	p := &Process{t: t, Cmd: exec.Command(Binary(t), args...), Ended: make(chan struct{})}
	p.Cmd.Env = os.Environ()
	p.Cmd.Stdout, p.Cmd.Stderr = p, p
	p.Cmd.WaitDelay = time.Second // a process that outlives the script must not hold the test
	return p
}

// InContainer makes it process 1 of a namespace of processes of its own, with this program and arguments. Its own number is then
// that of unshare, whose child it is. Without root the test is skipped.
func (p *Process) InContainer(program string, args ...string) {
	p.t.Helper()
	if os.Geteuid() != 0 {
		p.t.Skip("needs root to make a namespace of processes")
	}
	unshare, err := exec.LookPath("unshare")
	require.NoError(p.t, err)
	p.Cmd.Path = unshare
	p.Cmd.Args = append([]string{"unshare", "--pid", "--fork", "--kill-child", "--mount-proc", program}, args...)
}

// Start starts it. At the end of the test it is told to stop, as by Ctrl+C, and has to; what it
// printed is shown when the test has failed.
func (p *Process) Start() {
	p.t.Helper()
	require.NoError(p.t, p.Cmd.Start())
	go func() {
		p.Err = p.Cmd.Wait()
		close(p.Ended)
	}()
	p.t.Cleanup(func() {
		p.Stop()
		if p.t.Failed() {
			p.t.Logf("it printed:\n%s", p.Output())
		}
	})
}

// Run runs it to its end, which has to come soon, and gives what it printed.
func (p *Process) Run() (string, error) {
	p.t.Helper()
	p.Start()
	p.WaitUntilEnded()
	return p.Output(), p.Err
}

// WaitUntilEnded waits for an end that has to come soon.
func (p *Process) WaitUntilEnded() {
	p.t.Helper()
	select {
	case <-p.Ended:
	case <-time.After(Patience):
		require.Fail(p.t, "did not end", "%v\n%s", p.Cmd.Args, p.Dump())
	}
}

// Stop sends SIGINT and waits; a process that does not end in time fails the test.
func (p *Process) Stop() {
	_ = p.Cmd.Process.Signal(syscall.SIGINT)
	select {
	case <-p.Ended:
	case <-time.After(Patience):
		at := p.Dump()
		p.Kill()
		p.t.Error("did not stop\n" + at)
	}
}

// Kill ends it without asking.
func (p *Process) Kill() {
	_ = p.Cmd.Process.Kill()
	<-p.Ended
}

// Write takes what the process prints.
func (p *Process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

// Output is what the process has printed so far, standard output and errors alike.
func (p *Process) Output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// WaitFor waits until text has been printed, times times if that is given.
func (p *Process) WaitFor(text string, times ...int) {
	p.t.Helper()
	want := 1
	if len(times) > 0 {
		want = times[0]
	}
	for deadline := time.Now().Add(Patience); strings.Count(p.Output(), text) < want; {
		require.True(p.t, time.Now().Before(deadline), "it never printed %q (%d times)", text, want)
		select {
		case <-p.Ended:
			require.GreaterOrEqual(p.t, strings.Count(p.Output(), text), want, "it ended and never printed %q (%d times)", text, want)
		case <-time.After(poll):
		}
	}
}

// Dial connects to an address of 127.0.0.1 and sets a time limit for all that follows; a listener
// that is just being opened is waited for.
func Dial(t testing.TB, address string) *net.TCPConn {
	t.Helper()
	var c net.Conn
	require.Eventually(t, func() bool {
		var err error
		c, err = net.Dial("tcp", address)
		return err == nil
	}, Patience, poll, "nobody listens on %s", address)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(Patience)))
	return c.(*net.TCPConn)
}

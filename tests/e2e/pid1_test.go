package e2e_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// container prepares a phalanx as process 1 of a namespace of its own. There is no script's process id to signal: the
// test signals the child of unshare.
func container(t *testing.T, args ...string) *app {
	t.Helper()
	a := prepare(t, 0)
	a.InContainer(phalanxtest.Binary(t), append([]string{"pid1.php"}, args...)...)
	return a
}

func TestAsProcessOne(t *testing.T) {
	a := container(t, "start")
	a.start()
	a.WaitFor("started")
	web := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(a.dir, "web.sock"))
	}}}
	processes := func(path string) string {
		resp, err := web.Get("http://test" + path)
		require.NoError(t, err)
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return string(body)
	}
	require.Len(t, strings.Split(processes("/"), "\n"), 3, "process 1, the supervisor, the server process")
	for range 5 {
		processes("/orphan")
	}
	require.Eventually(t, func() bool { return !strings.Contains(processes("/"), "sleep") }, patience, 10*time.Millisecond,
		"orphans are reaped")

	one := childOf(t, a.Cmd.Process.Pid)
	require.NoError(t, syscall.Kill(one, syscall.SIGTERM))
	a.WaitUntilEnded()
	require.NoError(t, a.Err, "status 0")
	require.Contains(t, a.Output(), "received signal SIGTERM")
	require.Contains(t, a.Output(), "master stopped, process 1 is phalanx")
}

func TestStatusOfProcessOne(t *testing.T) {
	for argument, status := range map[string]int{"exits": 7, "dies": 128 + int(syscall.SIGKILL)} {
		a := container(t, argument)
		_, err := a.Run()
		var exit *exec.ExitError
		require.True(t, errors.As(err, &exit), "%v", err)
		require.Equal(t, status, exit.ExitCode())
	}
}

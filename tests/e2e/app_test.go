package e2e_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// patience bounds every wait; nothing takes it unless something is broken.
const patience = phalanxtest.Patience

// app is a running script of testdata.
type app struct {
	*phalanxtest.App
	t     *testing.T
	dir   string
	ports []int
}

func prepare(t *testing.T, ports int, environment ...string) *app {
	t.Helper()
	a := phalanxtest.Prepare(t, "testdata", ports, environment...)
	return &app{App: a, t: t, dir: a.Dir, ports: a.Ports}
}

func (a *app) start(args ...string) {
	a.t.Helper()
	a.Cmd.Args = append(a.Cmd.Args, args...)
	a.Start()
}

// serve starts a script and waits until its sockets are there.
func serve(t *testing.T, script string, ports int, environment ...string) *app {
	t.Helper()
	a := prepare(t, ports, environment...)
	a.start(script, "start")
	a.WaitFor("Start success.")
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

func (a *app) addr(i int) string { return a.Addr(i) }

func (a *app) url(i int, path string) string { return a.URL(i, path) }

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

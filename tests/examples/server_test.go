// Package examples_test runs every example as its own comment says and talks to it.
package examples_test

import (
	"net"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// patience bounds every wait for something that should come soon.
const patience = phalanxtest.Patience

// server is a running example.
type server struct{ *phalanxtest.Process }

// start runs an example; at the end of the test it has to stop cleanly on SIGINT, as after Ctrl-C.
func start(t *testing.T, script string, env ...string) server {
	t.Helper()
	script, err := filepath.Abs(filepath.Join("../../examples", script))
	require.NoError(t, err)
	s := server{phalanxtest.Command(t, script, "start")}
	s.Cmd.Env = append(s.Cmd.Env, env...)
	s.Cmd.Dir = t.TempDir()
	t.Cleanup(func() { require.NoError(t, s.Err, "it has to end well") }) // runs after the process's own
	s.Start()
	return s
}

// dial connects as soon as the server listens.
func (s server) dial(t *testing.T, port int) net.Conn {
	t.Helper()
	return phalanxtest.Dial(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
}

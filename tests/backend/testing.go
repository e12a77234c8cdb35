package backend

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// New starts a server that is this test's own and ends with it.
func New(t testing.TB, kind string) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "phalanx-"+kind+"-") // the folders of t.TempDir are closed to other users
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	servers, err := StartAll(dir, kind)
	require.NoError(t, err)
	t.Cleanup(func() { _ = servers[0].Kill() })
	return servers[0]
}

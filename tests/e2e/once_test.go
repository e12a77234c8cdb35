package e2e_test

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type shared struct {
	ID                 int
	Early, Late, Bytes string
	Hard               int
}

// everywhere is what the four workers have; it must be the same.
func (a *app) everywhere() shared {
	a.t.Helper()
	seen := map[int]bool{}
	all := map[shared]bool{}
	var s shared
	require.Eventually(a.t, func() bool {
		body, err := a.tryGet(0, "/")
		if err == nil && json.Unmarshal([]byte(body), &s) == nil {
			seen[s.ID] = true
			s.ID = 0
			all[s] = true
		}
		return len(seen) == 4
	}, patience, time.Millisecond)
	require.Len(a.t, all, 1, "%v", all)
	return s
}

// What Once makes is the same in the supervisor and in all workers of all server processes, for as long as the
// supervisor lives, and who fails to make it leaves it to the next.
func TestOnce(t *testing.T) {
	a := prepare(t, 1)
	a.start("once.php", "start", "--processes=2")
	a.WaitFor("started ", 4)
	first := a.everywhere()
	require.Regexp(t, "^[0-9a-f]{16}$", first.Early)
	require.Regexp(t, "^[0-9a-f]{16}$", first.Late)
	require.Equal(t, "00ff", first.Bytes)
	require.Equal(t, 3, first.Hard)
	require.Equal(t, "...", a.read("attempts"))
	require.Equal(t, 1, strings.Count(a.Output(), "making late"))

	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
	a.WaitFor("the master has " + first.Early)
	a.WaitFor("started ", 8)
	require.Equal(t, first, a.everywhere(), "after a reload")
	require.NoError(t, syscall.Kill(a.serverPID(), syscall.SIGKILL))
	a.WaitFor("started ", 10)
	require.Equal(t, first, a.everywhere(), "in a new server process")
	require.Equal(t, 1, strings.Count(a.Output(), "making late"))
}

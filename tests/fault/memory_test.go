package fault_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// memoryGroup makes a control group that may have so much memory, and answers its folder.
func memoryGroup(t *testing.T, limit int) string {
	t.Helper()
	mounts, err := os.ReadFile("/proc/mounts")
	require.NoError(t, err)
	for line := range strings.Lines(string(mounts)) {
		mount := strings.Fields(line)
		file := ""
		switch {
		case mount[2] == "cgroup2":
			file = "memory.max"
		case mount[2] == "cgroup" && strings.Contains(","+mount[3]+",", ",memory,"):
			file = "memory.limit_in_bytes"
		default:
			continue
		}
		folder := filepath.Join(mount[1], "phalanx-test-"+strconv.Itoa(os.Getpid()))
		if err := os.Mkdir(folder, 0o755); err != nil {
			continue
		}
		t.Cleanup(func() {
			require.Eventually(t, func() bool { return unix.Rmdir(folder) == nil }, patience, poll, "somebody stays in the control group")
		})
		if os.WriteFile(filepath.Join(folder, file), []byte(strconv.Itoa(limit)), 0o600) == nil {
			_ = os.WriteFile(filepath.Join(folder, "memory.swap.max"), []byte("0"), 0o600) // where there is swap
			return folder
		}
	}
	t.Skip("no control group with a limit of memory can be made here: that takes root, and a memory controller that nobody else manages")
	return ""
}

// The kernel kills a server process that has more than its control group may have: another one takes its place, and the log says why.
func TestOutOfMemoryUnderLoad(t *testing.T) {
	t.Parallel()
	group := memoryGroup(t, 600<<20)
	a := prepare(t, 3, "LIMIT=60")
	a.Cmd.Path = "/bin/sh"
	a.Cmd.Args = []string{"sh", "-c", `echo $$ >"$0/cgroup.procs" && exec "$@"`, group, phalanxtest.Binary(t)}
	a.start("faults.php")
	before := a.servers()
	require.Len(t, before, 1)
	l := a.startLoad(4, 0)
	l.awaitMore(t, 50)
	for i := range 2 {
		require.Equal(t, cut, a.askOnce(0, "/hoard"))
		a.WaitFor("server process ended: signal: killed (out of memory: its control group may have 600 MiB)", i+1)
		l.awaitMore(t, 50)
	}
	require.Eventually(t, func() bool { return len(a.servers()) == 1 }, patience, poll)
	require.NotEqual(t, before, a.servers())
	a.awaitReady()
	counts := l.end()
	t.Log(counts)
	require.Zero(t, counts[hung]+counts[unavailable], "%v", counts)
	require.LessOrEqual(t, counts[cut], 2*4, "each client's connection of the moment, at most")
	a.talker(1).talk(t)
	require.NoError(t, unix.Kill(a.servers()[0], unix.SIGKILL))
	a.WaitFor("server process ended: signal: killed\n")
}

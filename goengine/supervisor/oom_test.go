package supervisor

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// What the kernel counts, in each of the forms that it has.
func TestKillsForWantOfMemory(t *testing.T) {
	const killed, segmentation = unix.WaitStatus(unix.SIGKILL), unix.WaitStatus(unix.SIGSEGV)
	for name, tt := range map[string]struct{ group, events, limit, before, after, want string }{
		"version 2":      {"0::/app", "sys/fs/cgroup/app/memory.events", "sys/fs/cgroup/app/memory.max", "oom 1\noom_kill 1\n", "oom 2\noom_kill 2\n", "out of memory: its control group may have 512 MiB"},
		"in a container": {"0::/", "sys/fs/cgroup/memory.events", "sys/fs/cgroup/memory.max", "oom_kill 0\n", "oom_kill 1\n", "out of memory: its control group may have 512 MiB"},
		"version 1": {
			"5:cpu:/x\n4:memory:/app\n0::/", "sys/fs/cgroup/memory/app/memory.oom_control", "sys/fs/cgroup/memory/app/memory.limit_in_bytes",
			"under_oom 0\noom_kill 3\n", "under_oom 0\noom_kill 4\n", "out of memory: its control group may have 512 MiB",
		},
		"no limit of its own": {"0::/", "sys/fs/cgroup/memory.events", "none", "oom_kill 0\n", "oom_kill 1\n", "out of memory: so its control group"},
		"the machine": {
			"0::/", "proc/vmstat", "none", "nr_free_pages 7\noom_kill 0\n", "nr_free_pages 7\noom_kill 1\n",
			"most likely out of memory: the kernel has killed a process of this machine for that",
		},
		"nobody counts": {"", "none", "none", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			k := kills{root: t.TempDir()}
			write := func(path, text string) {
				path = filepath.Join(k.root, path)
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
				require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
			}
			write("proc/self/cgroup", tt.group+"\n")
			write(tt.limit, "536870912\n")
			write(tt.events, tt.before)
			k.note()
			require.Empty(t, k.explain(killed), "by somebody")
			write(tt.events, tt.after)
			require.Empty(t, k.explain(segmentation))
			require.Equal(t, tt.want, k.explain(killed))
			require.Empty(t, k.explain(killed), "one kill is one death")
		})
	}
}

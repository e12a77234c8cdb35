package fault_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// smallDisk is a file system of the test's own.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a small disk can only be made by root: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(disk, unix.MNT_DETACH) })
	return disk
}

// fill writes to a file until the disk takes nothing more.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	for size := 1 << 20; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
}

// When the disk of the embedded queue is full, who pushes hears of it; what has been taken is done, and when there is room the
// queue goes on by itself.
func TestQueuesDiskIsFull(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, "16m")
	a := prepare(t, 2, "PHALANX_NATS=embedded:"+filepath.Join(disk, "data"))
	a.start("queue.php")
	server := a.servers()
	taken := map[string]bool{}
	push := func(id string, size int) (int, string) {
		status, body := a.get(fmt.Sprintf("/push?id=%s&size=%d", id, size))
		if status == http.StatusOK {
			taken[id] = true
		}
		return status, body
	}
	status, body := push("first", 100)
	require.Equal(t, http.StatusOK, status, body)

	l := a.startLoad(2, 0)
	full := filepath.Join(disk, "full")
	fill(t, full)
	for n := 0; status == http.StatusOK; n++ { // what a page of the file has room for is still taken
		require.Less(t, n, 20)
		status, body = push(fmt.Sprint("full", n), 100_000)
	}
	require.Equal(t, http.StatusInternalServerError, status)
	require.Contains(t, body, "messaging: the disk of "+filepath.Join(disk, "data")+" is full")
	a.WaitFor("no space left on device")
	l.awaitMore(t, 20)

	require.NoError(t, os.Remove(full))
	a.WaitFor("what is written comes to the disk again")
	for n := range 3 {
		status, body = push(fmt.Sprint("again", n), 100_000)
		require.Equal(t, http.StatusOK, status, body)
	}
	status, body = a.get("/consume")
	require.Equal(t, http.StatusOK, status, body)
	require.Eventually(t, func() bool {
		text, _ := os.ReadFile(filepath.Join(a.Dir, "done"))
		done := map[string]bool{}
		for id := range strings.FieldsSeq(string(text)) {
			done[id] = true
		}
		for id := range taken {
			if !done[id] {
				return false
			}
		}
		return true
	}, patience, poll, "a job that was taken is lost: %v", taken)
	counts := l.end()
	require.Zero(t, counts[hung]+counts[cut]+counts[unavailable], "%v", counts)
	require.Equal(t, server, a.servers())
}

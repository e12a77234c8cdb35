package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// One thread of a server process, Go's monitor, sleeps inexactly. All others are exact: Go's scheduler sleeps for microseconds
// before it takes a goroutine from a busy thread, and what answers a worker runs on such a thread.
func TestOneThreadSleepsInexactly(t *testing.T) {
	a := serve(t, "http.php", 1)
	require.NotEmpty(t, a.get(0, "/"))
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", a.serverPID()))
	require.NoError(t, err)
	require.Greater(t, len(tasks), 3)
	inexact := 0
	for _, task := range tasks {
		text, err := os.ReadFile("/proc/" + filepath.Base(task) + "/timerslack_ns")
		require.NoError(t, err)
		n, err := strconv.Atoi(strings.TrimSpace(string(text)))
		require.NoError(t, err)
		if time.Duration(n) > 50*time.Microsecond {
			inexact++
		}
	}
	require.Equal(t, 1, inexact)
}

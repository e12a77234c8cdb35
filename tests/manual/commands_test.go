package manual

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// run runs an example with a command that ends by itself.
func (a *app) run(args ...string) string {
	a.t.Helper()
	out, err := a.Command(args...).Run()
	require.NoError(a.t, err, "%s", out)
	return out
}

func TestCommands(t *testing.T) {
	a := start(t, "worker-ids.php", 2)
	pid, err := os.ReadFile(filepath.Join(a.Dir, "workerman.worker-ids.php.pid"))
	require.NoError(t, err)
	require.Equal(t, strconv.Itoa(a.Cmd.Process.Pid), string(pid))

	require.Contains(t, a.run("worker-ids.php", "start"), "Workerman[worker-ids.php] already running")
	require.Contains(t, a.run("worker-ids.php"), "connections")
	a.WaitFor("worker2->id=1")
	status := a.run("worker-ids.php", "status")
	require.Contains(t, status, "2 workers    5 processes")
	require.Equal(t, 5, strings.Count(status, "[idle]"), status)
	require.Contains(t, status, "Summary")
	a.run("worker-ids.php", "reload")
	a.WaitFor("worker2->id=1", 2)

	out := a.run("worker-ids.php", "stop")
	require.Contains(t, out, "Workerman[worker-ids.php] is stopping ...")
	require.Contains(t, out, "Workerman[worker-ids.php] stop success")
	<-a.Ended
	require.Contains(t, a.run("worker-ids.php", "stop"), "Workerman[worker-ids.php] not run")
	require.NoFileExists(t, filepath.Join(a.Dir, "workerman.worker-ids.php.pid"))
}

func TestDaemon(t *testing.T) {
	a := prepare(t, 2)
	file := filepath.Join(a.Dir, "workerman.worker-ids.php.pid")
	out := a.run("worker-ids.php", "start", "-d")
	require.Contains(t, out, "start in DAEMON mode")
	var pid int
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(file)
		if err != nil {
			return false
		}
		pid, err = strconv.Atoi(string(text))
		return err == nil
	}, patience, 10*time.Millisecond)
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	_, body := a.get(0, "/")
	require.Equal(t, "hello http", body)
	require.Contains(t, a.run("worker-ids.php", "restart", "-d"), "stop success")
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(file)
		if err != nil {
			return false
		}
		next, err := strconv.Atoi(string(text))
		ok := err == nil && next != pid
		if ok {
			pid = next
		}
		return ok
	}, patience, 10*time.Millisecond)
	_, body = a.get(0, "/")
	require.Equal(t, "hello http", body)
	http.DefaultClient.CloseIdleConnections() // a graceful stop waits for connections
	require.Contains(t, a.run("worker-ids.php", "stop", "-g"), "stop success")
	require.NoFileExists(t, file)
}

package e2e_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

func watched(t *testing.T) *app {
	t.Helper()
	a := prepare(t, 2)
	a.start("monitor.php", "start")
	require.Eventually(t, func() bool { return a.health("/ready") == "ok\n" }, patience, 5*time.Millisecond)
	return a
}

// health is what the monitor says, "" when nobody answers.
func (a *app) health(path string) string {
	resp, err := client.Get(a.url(1, path))
	if err != nil {
		return ""
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	if (resp.StatusCode == http.StatusOK) != (string(body) == "ok\n") && path != "/metrics" {
		a.t.Errorf("%s: status %s with %q", path, resp.Status, body)
	}
	return string(body)
}

func (a *app) metric(name string) string {
	a.t.Helper()
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindStringSubmatch(a.health("/metrics"))
	require.NotNil(a.t, m, "no %s in\n%s", name, a.health("/metrics"))
	return m[1]
}

func TestMonitorCounts(t *testing.T) {
	a := watched(t)
	require.Equal(t, "ok\n", a.health("/live"))
	for range 20 {
		a.get(0, "/")
	}
	_, err := a.tryGet(0, "/exit")
	require.Error(t, err)
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
	a.WaitFor("reloading")
	require.Eventually(t, func() bool { return a.metric("phalanx_reloads_total") == "1" }, patience, 5*time.Millisecond)

	var st struct {
		Schema  int
		Running bool
		State   string
		PID     int
		Reloads int
		Workers []struct {
			Name  string
			Count int
			Exits map[string]int
		}
		Servers []struct {
			PID     int
			Running bool
		}
		Slots []struct {
			Name     string
			ID       int
			PID      int
			Messages int
			Exits    int
			Failures int
			Serving  bool
		}
	}
	// Standard output holds nothing else.
	cmd := exec.Command(phalanxtest.Binary(t), "monitor.php", "status", "--json")
	cmd.Dir, cmd.Env = a.dir, append(cmd.Environ(), a.Env...)
	out, err := cmd.Output()
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(out, &st), "%s", out)
	require.Equal(t, 1, st.Schema)
	require.True(t, st.Running)
	require.Equal(t, "running", st.State)
	require.Equal(t, a.Cmd.Process.Pid, st.PID)
	require.Equal(t, 1, st.Reloads)
	require.Equal(t, []string{"web", "jobs"}, []string{st.Workers[0].Name, st.Workers[1].Name})
	require.Equal(t, 1, st.Workers[0].Exits["768"])
	require.Positive(t, st.Workers[0].Exits["0"], "one at least was at work to be reloaded")
	require.Equal(t, a.serverPID(), st.Servers[0].PID)
	messages, failures, pids := 0, 0, map[int]bool{}
	for _, slot := range st.Slots {
		messages += slot.Messages
		failures += slot.Failures
		pids[slot.PID] = true
		require.True(t, slot.Serving)
	}
	require.Equal(t, 21, messages, "figures outlive scripts")
	require.Equal(t, 1, failures)
	require.Len(t, pids, 3)
	require.NotContains(t, a.read("workerman.log"), "] status")
	for _, file := range []string{"workerman.monitor.php.status", "workerman.monitor.php.status.json"} {
		require.NoFileExists(t, filepath.Join(a.dir, file))
	}
}

func TestStatusAsJSONOfWhatDoesNotRun(t *testing.T) {
	a := prepare(t, 2)
	out, err := a.Command("monitor.php", "status", "--json").Run()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 1, exit.ExitCode())
	require.JSONEq(t, `{"schema": 1, "running": false}`, out)
}

// A slot that does not come back to its loop is seen from outside, and so is that it has.
func TestMonitorSeesStuckSlots(t *testing.T) {
	a := watched(t)
	done := make(chan error, 1)
	go func() {
		_, err := a.tryGet(0, "/sleep")
		done <- err
	}()
	require.Eventually(t, func() bool {
		return regexp.MustCompile(`^worker web, slot [01] \(pid \d+\) has not come back to its loop for 0 s\n$`).MatchString(a.health("/live"))
	}, patience, 5*time.Millisecond)
	require.Equal(t, "ok\n", a.health("/ready"), "the other one serves")
	require.NoError(t, <-done)
	require.Eventually(t, func() bool { return a.health("/live") == "ok\n" }, patience, 5*time.Millisecond)
}

func TestMonitorSeesDeadServerProcesses(t *testing.T) {
	a := watched(t)
	server := a.serverPID()
	require.NoError(t, syscall.Kill(server, syscall.SIGSTOP))
	require.Eventually(t, func() bool { return strings.Contains(a.health("/live"), "does not answer") }, patience, 5*time.Millisecond)
	require.NoError(t, syscall.Kill(server, syscall.SIGKILL))
	require.Eventually(t, func() bool { return a.health("/ready") == "ok\n" }, patience, 5*time.Millisecond)
	require.Equal(t, "ok\n", a.health("/live"))
	require.Equal(t, "1", a.metric(`phalanx_server_restarts_total{server="0",user=""}`))
}

// While it drains an application is alive, not ready, and serves.
func TestMonitorWhileDraining(t *testing.T) {
	a := watched(t)
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGTERM))
	require.Eventually(t, func() bool { return a.health("/ready") == "the application is draining\n" }, patience, 5*time.Millisecond)
	require.Equal(t, "hello", a.get(0, "/"))
	require.Equal(t, "ok\n", a.health("/live"))
	a.WaitUntilEnded()
	require.NoError(t, a.Err)
}

func TestMonitorAddressInUse(t *testing.T) {
	a := watched(t)
	b := prepare(t, 1)
	b.Env = append(b.Env, a.Env[len(a.Env)-1])
	out, _ := b.Command("monitor.php", "start").Run()
	require.Contains(t, out, "the monitor cannot listen")
	require.NotContains(t, out, "Start success")
}

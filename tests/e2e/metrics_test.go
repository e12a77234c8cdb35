package e2e_test

import (
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What two server processes count is one figure, also when one of them dies.
func TestMetricsOfTwoProcesses(t *testing.T) {
	a := prepare(t, 2)
	a.start("metrics.php", "start", "--processes=2")
	require.Eventually(t, func() bool { return a.health("/ready") == "ok\n" }, patience, 5*time.Millisecond)
	pids, asked := map[string]int{}, 0
	fresh := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	for ; len(pids) < 2 && asked < 200; asked++ { // the kernel deals connections out to both processes
		resp, err := fresh.Get(a.url(0, "/?kind=mail"))
		require.NoError(t, err)
		body := make([]byte, 32)
		n, _ := resp.Body.Read(body)
		require.NoError(t, resp.Body.Close())
		pids[string(body[:n])]++
	}
	require.Len(t, pids, 2, "both processes have counted")
	total := func() string { return a.metric(`app_jobs_total{kind="mail"}`) }
	all := total()
	require.Equal(t, asked, number(t, all))
	require.Equal(t, all, a.metric("app_seconds_count"))
	require.Equal(t, all, a.metric(`app_seconds_bucket{le="0.5"}`))
	require.Equal(t, "6", a.metric("app_open"), "gauges are added up")
	require.Equal(t, "2", a.metric("app_largest"), "unless they say otherwise")
	require.Contains(t, a.health("/metrics"), "# HELP app_jobs_total Jobs done.\n# TYPE app_jobs_total counter\n")

	// A reload keeps what was counted: the process stays.
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
	require.Eventually(t, func() bool { return a.metric("phalanx_reloads_total") == "1" }, patience, 5*time.Millisecond)
	require.Equal(t, all, total())

	// So does a crash.
	_, err := a.tryGet(0, "/die")
	require.Error(t, err)
	require.Eventually(t, func() bool {
		text := a.health("/metrics")
		return strings.Contains(text, `phalanx_server_up{server="0",user=""} 1`) && strings.Contains(text, `phalanx_server_up{server="1",user=""} 1`) &&
			strings.Contains(text, "restarts_total{server=\"0\",user=\"\"} 1") != strings.Contains(text, "restarts_total{server=\"1\",user=\"\"} 1")
	}, patience, 5*time.Millisecond)
	require.Equal(t, all, total(), "what a process that died had told")
	require.Eventually(t, func() bool { return a.metric("app_open") == "6" }, patience, 5*time.Millisecond)
	a.get(0, "/?kind=mail")
	require.Equal(t, number(t, all)+1, number(t, total()))
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

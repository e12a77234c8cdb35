// Package fault_test breaks things under load and looks whether anything is lost and anybody hangs.
package fault_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// patience bounds every wait; nothing takes it unless something is broken.
const patience = phalanxtest.Patience

const poll = 5 * time.Millisecond

// app is a running script of testdata.
type app struct {
	*phalanxtest.App
	t testing.TB
}

func prepare(t testing.TB, ports int, environment ...string) *app {
	t.Helper()
	return &app{phalanxtest.Prepare(t, "testdata", ports, environment...), t}
}

// start starts a script and waits until each of its slots serves. The last port is its monitor's.
func (a *app) start(script string, args ...string) {
	a.t.Helper()
	a.Cmd.Args = append(append(a.Cmd.Args, script, "start"), args...)
	a.Start()
	a.WaitFor("Start success.")
	a.awaitReady()
}

func (a *app) monitor(path string) (int, string) {
	resp, err := http.Get("http://" + a.Addr(len(a.Ports)-1) + path)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(body)
}

func (a *app) awaitReady() {
	a.t.Helper()
	var last string
	require.Eventually(a.t, func() bool {
		var status int
		status, last = a.monitor("/ready")
		return status == http.StatusOK
	}, patience, poll, "not ready: %s", last)
}

// figures are the monitor's, "name{label="value",...}" => value.
type figures map[string]float64

func (a *app) figures() figures {
	a.t.Helper()
	var text string
	require.Eventually(a.t, func() bool {
		var status int
		status, text = a.monitor("/metrics") // 503 when the machine has left it no time for ten seconds
		return status == http.StatusOK
	}, 3*patience, poll, "no figures: %s", text)
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	require.NoError(a.t, err)
	all := figures{}
	for name, family := range families {
		for _, m := range family.Metric {
			labels := ""
			for _, l := range m.Label {
				labels += fmt.Sprintf("%s=%q,", l.GetName(), l.GetValue())
			}
			all[name+"{"+strings.TrimSuffix(labels, ",")+"}"] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	return all
}

// sum adds up what a metric has of all label values that contain a text.
func (f figures) sum(name string, with ...string) (sum float64) {
next:
	for key, value := range f {
		if !strings.HasPrefix(key, name+"{") {
			continue
		}
		for _, text := range with {
			if !strings.Contains(key, text) {
				continue next
			}
		}
		sum += value
	}
	return sum
}

// servers are the pids of the server processes: the supervisor's children.
func (a *app) servers() (pids []int) {
	a.t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", a.Cmd.Process.Pid))
	require.NoError(a.t, err)
	for _, list := range lists {
		children, _ := os.ReadFile(list)
		for _, child := range strings.Fields(string(children)) {
			pid, err := strconv.Atoi(child)
			require.NoError(a.t, err)
			pids = append(pids, pid)
		}
	}
	return pids
}

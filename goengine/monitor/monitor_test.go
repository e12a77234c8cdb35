package monitor_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/metrics"
	"github.com/phalanx-php/phalanx/goengine/monitor"
	"github.com/phalanx-php/phalanx/goengine/supervisor"
)

// source answers what the test has set.
type source struct {
	mu    sync.Mutex // guards all below
	st    supervisor.Status
	parts []metrics.Part
}

func (s *source) Status() supervisor.Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.st
}

func (s *source) set(st supervisor.Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st = st
}

func (s *source) Metrics() []metrics.Part {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.parts
}

func healthy() supervisor.Status {
	return supervisor.Status{
		PID: os.Getpid(), Started: time.Unix(1e9, 0), State: "running", Reloads: 4, ReloadsFailed: 1,
		Workers: []string{"web", "web", "jobs"},
		Servers: []supervisor.Server{
			{PID: os.Getpid(), Running: true, Answered: true, Ready: true, Slots: 3},
			{PID: os.Getpid(), User: "nobody", Running: true, Answered: true, Ready: true, Restarts: 2, Slots: 1},
		},
		Slots: []supervisor.Slot{
			{Worker: 0, Name: "web", Serving: true, Connections: 7, Messages: 11, Limits: map[string]uint64{"head_time": 2}, BusySeconds: 1.5, Turns: []uint64{5, 1, 0, 0, 0, 0, 0, 2}},
			{Worker: 0, Name: "web", ID: 1, Serving: true, Limits: map[string]uint64{"head_time": 3}},
			{Worker: 1, Name: "web", Serving: true},
			{Server: 1, Worker: 2, Name: "jobs", Serving: true, BusyFor: 20, PID: 99},
		},
	}
}

func watch(t *testing.T) (*source, func(path string) (int, string)) {
	t.Helper()
	m, err := monitor.Listen("127.0.0.1:0", monitor.Options{StuckAfter: 30 * time.Second})
	require.NoError(t, err)
	s := &source{st: healthy()}
	m.Serve(s)
	t.Cleanup(m.Close)
	return s, func(path string) (int, string) {
		resp, err := http.Get("http://" + m.Addr().String() + path)
		require.NoError(t, err)
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(body)
	}
}

func TestHealth(t *testing.T) {
	tests := []struct {
		name        string
		change      func(*supervisor.Status)
		live, ready string
	}{
		{"all is well", func(*supervisor.Status) {}, "ok", "ok"},
		{"starting", func(st *supervisor.Status) { st.State = "starting" }, "ok", "the application is starting"},
		{"reloading", func(st *supervisor.Status) { st.State = "reloading" }, "ok", "ok"},
		{"draining", func(st *supervisor.Status) { st.State = "draining" }, "ok", "the application is draining"},
		{"stopping", func(st *supervisor.Status) { st.State = "stopping" }, "ok", "the application is stopping"},
		{"a process has just died", func(st *supervisor.Status) {
			st.Servers[1].Running, st.Servers[1].Answered, st.Servers[1].DownFor = false, false, 0.5
			st.Slots = st.Slots[:3]
		}, "ok", "server process 1 is not up"},
		{"a process does not come up", func(st *supervisor.Status) {
			st.Servers[1].Running, st.Servers[1].Answered, st.Servers[1].DownFor = false, false, 11
			st.Slots = st.Slots[:3]
		}, "server process 1 has not come up for 11 s", "server process 1 is not up"},
		{"a process hangs", func(st *supervisor.Status) {
			st.Servers[1].Answered, st.Servers[1].PID = false, 77
			st.Slots = st.Slots[:3]
		}, "server process 1 (pid 77) does not answer", "server process 1 (pid 77) does not answer"},
		{"a callback takes long", func(st *supervisor.Status) { st.Slots[3].BusyFor = 31 },
			"worker jobs, slot 0 (pid 99) has not come back to its loop for 31 s", "ok"},
		{"a slot is being renewed", func(st *supervisor.Status) {
			st.Slots[3].Serving, st.Slots[3].Exits, st.Slots[3].StartingFor = false, 1, 0.1
		}, "ok", "ok"},
		{"one of two slots does not start", func(st *supervisor.Status) {
			st.Slots[0].Serving, st.Slots[0].Exits, st.Slots[0].StartingFor = false, 1, 100
		}, "ok", "ok"},
		{"a worker's only slot does not start", func(st *supervisor.Status) {
			st.Slots[3].Serving, st.Slots[3].Exits, st.Slots[3].StartingFor = false, 1, 100
		}, "ok", "no slot of worker jobs serves"},
	}
	s, get := watch(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			st := healthy()
			tt.change(&st)
			s.set(st)
			for path, want := range map[string]string{"/live": tt.live, "/ready": tt.ready} {
				status, body := get(path)
				require.Equal(t, want+"\n", body, path)
				require.Equal(t, want == "ok", status == http.StatusOK, path)
			}
		})
	}
}

func TestOnlyItsPathsAreAnswered(t *testing.T) {
	_, get := watch(t)
	status, _ := get("/")
	require.Equal(t, http.StatusNotFound, status)
}

func parse(t *testing.T, text string) map[string]*dto.MetricFamily {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	require.NoError(t, err)
	return families
}

func value(t *testing.T, f *dto.MetricFamily, labels string) float64 {
	t.Helper()
	for _, m := range f.GetMetric() {
		var all []string
		for _, l := range m.GetLabel() {
			all = append(all, l.GetName()+"="+l.GetValue())
		}
		if strings.Join(all, ",") == labels {
			return m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	require.Fail(t, "no such metric", "%s of %v", labels, f)
	return 0
}

func TestMetrics(t *testing.T) {
	s, get := watch(t)
	status, text := get("/metrics")
	require.Equal(t, http.StatusOK, status)
	f := parse(t, text)
	require.InEpsilon(t, 1e9, value(t, f["phalanx_start_time_seconds"], ""), 1e-9)
	require.Equal(t, 1.0, value(t, f["phalanx_state"], "state=running"))
	require.Equal(t, 0.0, value(t, f["phalanx_state"], "state=draining"))
	require.Equal(t, 1.0, value(t, f["phalanx_live"], ""))
	require.Equal(t, 1.0, value(t, f["phalanx_ready"], ""))
	require.Equal(t, 4.0, value(t, f["phalanx_reloads_total"], ""))
	require.Equal(t, 1.0, value(t, f["phalanx_reloads_failed_total"], ""))
	require.Equal(t, 2.0, value(t, f["phalanx_server_restarts_total"], "server=1,user=nobody"))
	require.Equal(t, 7.0, value(t, f["phalanx_slot_connections"], "id=0,worker=web"))
	require.Equal(t, 11.0, value(t, f["phalanx_slot_messages_total"], "id=0,worker=web"))
	require.Equal(t, 0.0, value(t, f["phalanx_slot_messages_total"], "id=0,worker=web#2"), "two workers of one name")
	require.Equal(t, 5.0, value(t, f["phalanx_limit_reached_total"], "limit=head_time,worker=web"), "of all slots together")
	require.Equal(t, 0.0, value(t, f["phalanx_limit_reached_total"], "limit=head,worker=web"), "there before it is reached")
	require.Equal(t, 20.0, value(t, f["phalanx_slot_busy_for_seconds"], "id=0,worker=jobs"))
	for _, process := range []string{"supervisor", "0", "1"} {
		require.Greater(t, value(t, f["phalanx_process_resident_memory_bytes"], "process="+process), 1e6)
		require.Positive(t, value(t, f["phalanx_process_open_fds"], "process="+process))
		require.Positive(t, value(t, f["phalanx_process_threads"], "process="+process))
	}
	h := f["phalanx_slot_turn_duration_seconds"].GetMetric()
	var total uint64
	for _, m := range h {
		total += m.GetHistogram().GetSampleCount()
	}
	require.Equal(t, uint64(8), total)

	st := healthy()
	st.State, st.Servers[0].PID = "draining", -1 // a process that is not there
	s.set(st)
	_, text = get("/metrics")
	f = parse(t, text)
	require.Equal(t, 0.0, value(t, f["phalanx_ready"], ""))
	require.Equal(t, 1.0, value(t, f["phalanx_state"], "state=draining"))
}

func TestAnAddressInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	_, err = monitor.Listen(l.Addr().String(), monitor.Options{})
	require.ErrorContains(t, err, "the monitor cannot listen: listen tcp "+l.Addr().String()+": bind: address already in use")
}

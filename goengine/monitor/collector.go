package monitor

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/supervisor"
)

// clockTicks are the kernel's USER_HZ, which is 100 wherever Linux runs Go.
const clockTicks = 100

func metric(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("phalanx_"+name, help, labels, nil)
}

var (
	descStart    = metric("start_time_seconds", "When the application was started, as Unix time.")
	descState    = metric("state", "1 for what the application does.", "state")
	descLive     = metric("live", "1 when /live says ok.")
	descReady    = metric("ready", "1 when /ready says ok.")
	descReloads  = metric("reloads_total", "Reloads that have come to an end.")
	descBroken   = metric("reloads_failed_total", "Reloads broken off because the code did not load.")
	descUp       = metric("server_up", "1 when PHP runs in the server process.", "server", "user")
	descRestarts = metric("server_restarts_total", "Server processes started in place of dead ones.", "server", "user")

	descRSS      = metric("process_resident_memory_bytes", "Memory of a process that is in RAM.", "process")
	descCPU      = metric("process_cpu_seconds_total", "User and system time of a process.", "process")
	descThreads  = metric("process_threads", "Threads of a process.", "process")
	descRoutines = metric("process_goroutines", "Goroutines of a process.", "process")
	descFDs      = metric("process_open_fds", "Open descriptors of a process.", "process")
)

var states = []string{"starting", "running", "reloading", "draining", "stopping"}

// slotMetric is one figure of each slot.
type slotMetric struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	of   func(*supervisor.Slot) float64
}

func slotGauge(name, help string, of func(*supervisor.Slot) float64) slotMetric {
	return slotMetric{metric("slot_"+name, help, "worker", "id"), prometheus.GaugeValue, of}
}

func slotCounter(name, help string, of func(*supervisor.Slot) float64) slotMetric {
	return slotMetric{metric("slot_"+name, help, "worker", "id"), prometheus.CounterValue, of}
}

func bit(set bool) float64 {
	if set {
		return 1
	}
	return 0
}

type slot = supervisor.Slot

var slotMetrics = []slotMetric{
	slotGauge("serving", "1 when the slot's script is in its loop.", func(s *slot) float64 { return bit(s.Serving) }),
	slotGauge("start_time_seconds", "When the slot's script came to its loop, as Unix time; 0 while it does not serve.", func(s *slot) float64 { return float64(s.Started) }),
	slotGauge("connections", "Open connections.", func(s *slot) float64 { return float64(s.Connections) }),
	slotGauge("timers", "Timers that are set.", func(s *slot) float64 { return float64(s.Timers) }),
	slotGauge("php_memory_bytes", "Memory that the slot's PHP has allocated, as memory_get_usage() has it.", func(s *slot) float64 { return float64(s.Memory) }),
	slotGauge("fibers", "Fibers with a stack, idle ones included.", func(s *slot) float64 { return float64(s.Fibers) }),
	slotGauge("busy_for_seconds", "How long the present turn of the loop has taken; 0 while it waits.", func(s *slot) float64 { return s.BusyFor }),
	slotCounter("accepted_connections_total", "Connections accepted.", func(s *slot) float64 { return float64(s.Accepted) }),
	slotCounter("messages_total", "Requests, messages and datagrams received.", func(s *slot) float64 { return float64(s.Messages) }),
	slotCounter("received_bytes_total", "Bytes received.", func(s *slot) float64 { return float64(s.BytesRead) }),
	slotCounter("sent_bytes_total", "Bytes sent.", func(s *slot) float64 { return float64(s.BytesWritten) }),
	slotCounter("send_failures_total", "Messages that could not be sent.", func(s *slot) float64 { return float64(s.SendFails) }),
	slotCounter("accept_errors_total", "Times that connections could not be accepted: no descriptors, no memory.", func(s *slot) float64 { return float64(s.AcceptErrors) }),
	slotCounter("refused_total", "Requests and frames that broke a rule or passed a limit.", func(s *slot) float64 { return float64(s.Refused) }),
	slotCounter("exits_total", "Scripts that have ended, for whatever reason.", func(s *slot) float64 { return float64(s.Exits) }),
	slotCounter("failures_total", "Scripts that have ended with a status other than 0.", func(s *slot) float64 { return float64(s.Failures) }),
	slotCounter("recycled_total", "Scripts that have ended because of maxRequests, maxAge or maxMemory.", func(s *slot) float64 { return float64(s.Recycled) }),
}

var (
	descLimit = metric("limit_reached_total", "How often peers have reached a limit: docs/limits.md.", "worker", "limit")
	descTurn  = metric("slot_turn_duration_seconds", "How long a turn of the loop took: what became ready meanwhile waited.", "worker", "id")
)

// collector asks the supervisor when Prometheus does.
type collector struct{ m *Monitor }

// Describe is prometheus.Collector's.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		descStart, descState, descLive, descReady, descReloads, descBroken, descUp, descRestarts,
		descRSS, descCPU, descThreads, descFDs, descRoutines, descLimit, descTurn,
	} {
		out <- d
	}
	for _, s := range slotMetrics {
		out <- s.desc
	}
}

// Collect is prometheus.Collector's.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	st := c.m.source.Status()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	gauge(descStart, float64(st.Started.UnixMilli())/1000)
	for _, state := range states {
		gauge(descState, bit(st.State == state), state)
	}
	gauge(descLive, bit(len(c.m.dead(st)) == 0))
	gauge(descReady, bit(len(c.m.unready(st)) == 0))
	counter(descReloads, float64(st.Reloads))
	counter(descBroken, float64(st.ReloadsFailed))
	process(out, "supervisor", st.PID)
	gauge(descRoutines, float64(runtime.NumGoroutine()), "supervisor")
	for i, sv := range st.Servers {
		server := strconv.Itoa(i)
		gauge(descUp, bit(sv.Running), server, sv.User)
		counter(descRestarts, float64(sv.Restarts), server, sv.User)
		if sv.Running {
			process(out, server, sv.PID)
			if sv.Answered {
				gauge(descRoutines, float64(sv.Goroutines), server)
			}
		}
	}
	names := labels(st.Workers)
	reached := make([]map[string]uint64, len(names))
	for i := range st.Slots {
		s := &st.Slots[i]
		if s.Worker >= len(names) {
			continue
		}
		worker, id := names[s.Worker], strconv.Itoa(s.ID)
		if reached[s.Worker] == nil {
			reached[s.Worker] = map[string]uint64{}
		}
		for limit, n := range s.Limits {
			reached[s.Worker][limit] += n
		}
		for _, m := range slotMetrics {
			out <- prometheus.MustNewConstMetric(m.desc, m.kind, m.of(s), worker, id)
		}
		buckets, sum := map[float64]uint64{}, uint64(0)
		for i, n := range s.Turns {
			sum += n
			if i < len(loop.TurnBounds) {
				buckets[loop.TurnBounds[i].Seconds()] = sum
			}
		}
		out <- prometheus.MustNewConstHistogram(descTurn, sum, s.BusySeconds, buckets, worker, id)
	}
	for i, of := range reached {
		if of == nil {
			continue // none of its slots has answered
		}
		for _, limit := range loop.LimitNames { // also those never reached: a rate needs a beginning
			counter(descLimit, float64(of[limit]), names[i], limit)
		}
	}
}

// labels are the workers' names, told apart by a number where they are the same.
func labels(names []string) []string {
	all, seen := make([]string, len(names)), map[string]int{}
	for i, name := range names {
		name = strings.ToValidUTF8(name, "?")
		all[i] = name
		if seen[name]++; seen[name] > 1 {
			all[i] = fmt.Sprintf("%s#%d", name, seen[name])
		}
	}
	return all
}

// process tells what /proc says of a process. What it does not say, of another user's, is left out.
func process(out chan<- prometheus.Metric, name string, pid int) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	text, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return
	}
	// The name, in parentheses, may hold anything.
	_, rest, _ := strings.Cut(string(text[strings.LastIndexByte(string(text), ')')+1:]), " ")
	fields := strings.Fields(rest)
	if len(fields) < 22 {
		return
	}
	number := func(field int) float64 { // numbered as in proc(5), from 1
		n, _ := strconv.ParseFloat(fields[field-3], 64)
		return n
	}
	out <- prometheus.MustNewConstMetric(descCPU, prometheus.CounterValue, (number(14)+number(15))/clockTicks, name)
	out <- prometheus.MustNewConstMetric(descThreads, prometheus.GaugeValue, number(20), name)
	out <- prometheus.MustNewConstMetric(descRSS, prometheus.GaugeValue, number(24)*float64(os.Getpagesize()), name)
	if entries, err := os.ReadDir(filepath.Join(dir, "fd")); err == nil {
		out <- prometheus.MustNewConstMetric(descFDs, prometheus.GaugeValue, float64(len(entries)), name)
	}
}

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// cpuReading is the processor time of a process tree up to one moment.
type cpuReading struct {
	threads   map[int]schedstat     // by thread id: what each living thread has used
	processes map[int]time.Duration // by process id: the kernel's own sum, dead threads included
	reaped    time.Duration         // children that have exited and been waited for
}

// schedstat is one line of /proc/<pid>/task/<tid>/schedstat.
type schedstat struct {
	onCPU  time.Duration
	waited time.Duration // ready to run, but another thread had the processor
	slices uint64        // how often it was given the processor
}

func parseSchedstat(line string) (schedstat, error) {
	fields := strings.Fields(line)
	if len(fields) < 3 {
		return schedstat{}, fmt.Errorf("schedstat: %d fields in %q, want 3", len(fields), line)
	}
	var values [3]uint64
	for i := range values {
		v, err := strconv.ParseUint(fields[i], 10, 64)
		if err != nil {
			return schedstat{}, fmt.Errorf("schedstat: %w", err)
		}
		values[i] = v
	}
	return schedstat{time.Duration(values[0]), time.Duration(values[1]), values[2]}, nil
}

// stat holds the few fields of /proc/<pid>/stat that the benchmark needs.
type stat struct {
	parent        int
	state         byte
	childrenTicks uint64 // cutime + cstime
	started       string // in ticks since boot: with the process id it names one process for good
}

// parseStat starts after the last closing parenthesis: a command name may hold anything.
func parseStat(line string) (stat, error) {
	end := strings.LastIndexByte(line, ')')
	if end < 0 {
		return stat{}, fmt.Errorf("stat: no command name in %q", line)
	}
	fields := strings.Fields(line[end+1:])
	if len(fields) < 20 {
		return stat{}, fmt.Errorf("stat: %d fields after the name, want at least 20", len(fields))
	}
	var s stat
	var err [3]error
	var cutime, cstime uint64
	s.state = fields[0][0]
	s.parent, err[0] = strconv.Atoi(fields[1])
	cutime, err[1] = strconv.ParseUint(fields[13], 10, 64)
	cstime, err[2] = strconv.ParseUint(fields[14], 10, 64)
	s.childrenTicks = cutime + cstime
	s.started = fields[19]
	return s, errors.Join(err[:]...)
}

// tree lists root and its living descendants.
func tree(root int) ([]int, error) {
	names, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	children := map[int][]int{}
	found := false
	for _, name := range names {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err != nil {
			continue
		}
		line, err := os.ReadFile(name)
		if err != nil {
			continue // it ended while we were looking
		}
		s, err := parseStat(string(line))
		if err != nil {
			return nil, err
		}
		if s.state == 'Z' || s.state == 'X' {
			continue
		}
		children[s.parent] = append(children[s.parent], pid)
		found = found || pid == root
	}
	if !found {
		return nil, fmt.Errorf("process %d has gone", root)
	}
	pids := []int{root}
	for i := 0; i < len(pids); i++ {
		pids = append(pids, children[pids[i]]...)
	}
	return pids, nil
}

// readCPU takes the processor time of root and its descendants. Call it when they sleep: the kernel
// brings a running thread's figure up to date only now and then.
func readCPU(root int) (cpuReading, error) {
	r := cpuReading{threads: map[int]schedstat{}, processes: map[int]time.Duration{}}
	pids, err := tree(root)
	if err != nil {
		return r, err
	}
	for _, pid := range pids {
		if err := r.add(pid); err != nil {
			return r, err
		}
	}
	return r, nil
}

const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux of today

func (r *cpuReading) add(pid int) error {
	names, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/[0-9]*/schedstat", pid))
	if err != nil {
		return err
	}
	for _, name := range names {
		line, err := os.ReadFile(name)
		if err != nil {
			continue // the thread ended; the process clock below still has its time
		}
		s, err := parseSchedstat(string(line))
		if err != nil {
			return err
		}
		tid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err != nil {
			return err
		}
		r.threads[tid] = s
	}
	var ts unix.Timespec
	if err := unix.ClockGettime(processClock(pid), &ts); err != nil {
		return fmt.Errorf("processor clock of process %d: %w", pid, err)
	}
	r.processes[pid] = time.Duration(ts.Nano())
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return err
	}
	s, err := parseStat(string(line))
	r.reaped += time.Duration(s.childrenTicks) * tick
	return err
}

// processClock is clock_getcpuclockid(3): the same sum as utime + stime of /proc/<pid>/stat, in
// nanoseconds instead of ticks.
func processClock(pid int) int32 {
	const schedClock = 2
	return ^int32(pid)<<3 | schedClock
}

// cpuUse is what a process tree used between two readings.
type cpuUse struct {
	threads time.Duration // the sum over living threads' schedstat: the benchmark's figure
	clocks  time.Duration // the same by process clocks, which also know threads that ended
	slices  uint64        // how often the threads were given a processor
}

// total is the figure. Threads that ended in between make the clocks' sum the greater one.
func (u cpuUse) total() time.Duration {
	return max(u.threads, u.clocks)
}

func (r cpuReading) since(before cpuReading) (cpuUse, error) {
	var u cpuUse
	for pid := range before.processes {
		if _, ok := r.processes[pid]; !ok {
			return u, fmt.Errorf("process %d of the server ended while it was measured", pid)
		}
	}
	for tid, now := range r.threads {
		u.threads += now.onCPU - before.threads[tid].onCPU
		u.slices += now.slices - before.threads[tid].slices
	}
	for pid, now := range r.processes {
		u.clocks += now - before.processes[pid]
	}
	reaped := r.reaped - before.reaped
	u.threads += reaped
	u.clocks += reaped
	return u, nil
}

// pss is memory in bytes: all of it, each shared page divided by its users, and the anonymous part.
type pss struct {
	Total int64 `json:"total"`
	Anon  int64 `json:"anon"`
}

func parseSmapsRollup(text string) (pss, error) {
	var p pss
	found := false
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(line, ":")
		if !ok || (name != "Pss" && name != "Pss_Anon") {
			continue
		}
		kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		if err != nil {
			return p, fmt.Errorf("smaps_rollup: %w", err)
		}
		if name == "Pss" {
			p.Total, found = kib<<10, true
		} else {
			p.Anon = kib << 10
		}
	}
	if !found {
		return p, errors.New("smaps_rollup: no Pss line")
	}
	return p, nil
}

func readPSS(root int) (pss, error) {
	var sum pss
	pids, err := tree(root)
	if err != nil {
		return sum, err
	}
	for _, pid := range pids {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			return sum, err
		}
		p, err := parseSmapsRollup(string(text))
		if err != nil {
			return sum, fmt.Errorf("process %d: %w", pid, err)
		}
		sum.Total += p.Total
		sum.Anon += p.Anon
	}
	return sum, nil
}

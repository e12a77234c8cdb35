package main

import (
	"cmp"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// A virtual machine mostly has no counter of instructions, and what a few hundred of them cost is lost in the noise
// of its clock. So they are counted one by one: the server's busiest thread is stepped through a few batches of the
// load. What the kernel does within a system call is not seen, but which are made.

const (
	stepBatches = 3
	stepQuiet   = 100 * time.Millisecond // after the load has its answers
	stepShown   = 45
)

// runSteps counts for the cells of the chosen loads.
func (b *bench) runSteps(w io.Writer) error {
	s := b.server(b.steps)
	for _, load := range b.loads {
		if !s.serves(load) {
			return fmt.Errorf("%s has no load %s", s.Name, load)
		}
		if err := b.up(s, load); err != nil {
			return err
		}
		for _, c := range b.cells {
			if c.Load != load || load == loadHTTP && c.Conns != 64 || c.Conns > 2000 {
				continue
			}
			if c.Conns = min(c.Conns, 16); c.Depth > 1 && c.Load != loadBroadcast { // a step takes microseconds
				c.Conns = 2
			}
			if err := b.countSteps(w, s, c); err != nil {
				return fmt.Errorf("%s, %s, depth %d: %w", s.Name, c.form(), c.Depth, err)
			}
		}
		b.down(s)
	}
	return nil
}

func (b *bench) countSteps(w io.Writer, s *server, c cell) error {
	g := b.generator
	warm := c
	warm.Conns = min(c.Conns, 64)
	if _, err := b.sampleCost(s, warm, b.sample); err != nil {
		return err
	}
	if _, err := g.do(s.job("open", c)); err != nil {
		return err
	}
	job := s.job("run", c)
	job.MaxRequests, job.MaxTime = 4*c.Conns*c.Depth, time.Minute
	before, err := readCPU(s.pid)
	if err != nil {
		return err
	}
	if _, err := g.do(job); err != nil {
		return err
	}
	settle()
	after, err := readCPU(s.pid)
	if err != nil {
		return err
	}
	tid, most := 0, time.Duration(0)
	for id, use := range after.threads {
		if d := use.onCPU - before.threads[id].onCPU; d > most {
			tid, most = id, d
		}
	}
	job.MaxRequests = stepBatches * c.Conns * c.Depth
	t := tracer{tid: tid, at: map[uint64]*instruction{}, calls: map[uint64]int{}}
	mappings, err := t.follow(func() error {
		_, err := g.do(job)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := g.do(loadJob{Op: "close"}); err != nil {
		return err
	}
	t.print(w, fmt.Sprintf("%s, %s, %d connections, depth %d", s.Name, c.form(), c.Conns, c.Depth), mappings, job.MaxRequests)
	return nil
}

type instruction struct {
	count int
	call  bool // enters the kernel
}

type tracer struct {
	tid   int
	at    map[uint64]*instruction
	calls map[uint64]int // by number
}

func ptrace(request, tid int, data uintptr) error {
	if _, _, errno := unix.Syscall6(unix.SYS_PTRACE, uintptr(request), uintptr(tid), 0, data, 0, 0); errno != 0 {
		return os.NewSyscallError("ptrace", errno)
	}
	return nil
}

// follow steps until the load is done and the thread sleeps, and answers the process's mappings.
func (t *tracer) follow(load func() error) (mappings []mapping, err error) {
	runtime.LockOSThread() // who attached is the one that may ask
	defer runtime.UnlockOSThread()
	// The others stand still: Go's monitor thread would take the slow one's processor away, again and again.
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/[0-9]*", t.tid))
	if err != nil {
		return nil, err
	}
	for _, name := range threads {
		tid, err := strconv.Atoi(filepath.Base(name))
		if err != nil {
			return nil, err
		}
		if err := t.stop(tid); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, ptrace(unix.PTRACE_DETACH, tid, 0)) }()
	}
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", t.tid))
	if err != nil {
		return nil, err
	}
	defer func() { _ = memory.Close() }()
	// The thread and this one take turns at once, whatever else wants the processors.
	for _, tid := range []int{t.tid, 0} {
		if err := schedule(tid, unix.SCHED_FIFO, 1); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, schedule(tid, unix.SCHED_NORMAL, 0)) }()
	}
	var finished atomic.Bool
	var failed error
	go func() {
		failed = load()
		time.Sleep(stepQuiet) // it comes to rest
		finished.Store(true)
		_, _, _ = unix.RawSyscall(unix.SYS_TKILL, uintptr(t.tid), uintptr(unix.SIGURG), 0) // Go takes it for a question that has been answered already
	}()
	var status unix.WaitStatus
	signal := 0
	for {
		if err := ptrace(unix.PTRACE_SINGLESTEP, t.tid, uintptr(signal)); err != nil {
			return nil, err
		}
		if _, err := unix.Wait4(t.tid, &status, unix.WALL, nil); err != nil {
			return nil, err
		}
		if !status.Stopped() {
			return nil, fmt.Errorf("the thread ended: %#x", int(status))
		}
		if finished.Load() {
			mappings, err := readMappings(t.tid)
			return mappings, errors.Join(failed, err)
		}
		if signal = int(status.StopSignal()); signal != int(unix.SIGTRAP) {
			continue // Go's own, to be handled
		}
		signal = 0
		if err := t.note(memory); err != nil {
			return nil, err
		}
	}
}

// note counts the instruction that comes next.
func (t *tracer) note(memory *os.File) error {
	var regs unix.PtraceRegs
	if err := unix.PtraceGetRegs(t.tid, &regs); err != nil {
		return err
	}
	in := t.at[regs.Rip]
	if in == nil {
		var code [2]byte
		_, _ = memory.ReadAt(code[:], int64(regs.Rip)) // fails for the vsyscall page, which has none
		in = &instruction{call: code == [2]byte{0x0f, 0x05}}
		t.at[regs.Rip] = in
	}
	in.count++
	if in.call {
		t.calls[regs.Rax]++
	}
	return nil
}

func (*tracer) stop(tid int) error {
	if err := ptrace(unix.PTRACE_SEIZE, tid, 0); err != nil {
		return err
	}
	if err := ptrace(unix.PTRACE_INTERRUPT, tid, 0); err != nil {
		return err
	}
	_, err := unix.Wait4(tid, nil, unix.WALL, nil)
	return err
}

func schedule(tid int, policy, priority uint32) error {
	return unix.SchedSetAttr(tid, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: policy, Priority: priority}, 0)
}

func (t *tracer) print(w io.Writer, title string, mappings []mapping, answers int) {
	names := symbols{}
	parts, functions := map[string]int{}, map[string]int{}
	total := 0
	for address, in := range t.at {
		part, function := names.find(mappings, address)
		parts[part] += in.count
		functions[part+"  "+function] += in.count
		total += in.count
	}
	per := func(n int) float64 { return float64(n) / float64(answers) }
	fmt.Fprintf(w, "\n%s: %.1f instructions outside the kernel per answer, of %d answers\n", title, per(total), answers)
	show := func(counts map[string]int, most int) {
		keys := slices.SortedFunc(maps.Keys(counts), func(x, y string) int {
			return cmp.Or(counts[y]-counts[x], strings.Compare(x, y))
		})
		for _, key := range keys[:min(most, len(keys))] {
			fmt.Fprintf(w, "%10.2f  %s\n", per(counts[key]), key)
		}
		fmt.Fprintln(w)
	}
	show(parts, len(parts))
	show(functions, stepShown)
	calls := map[string]int{}
	for number, n := range t.calls {
		calls["system call "+strconv.FormatUint(number, 10)] = n
	}
	show(calls, len(calls))
}

type mapping struct {
	from, to, offset uint64
	file             string
}

func readMappings(pid int) (all []mapping, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		var m mapping
		var mode, device, inode string
		n, _ := fmt.Sscanf(line, "%x-%x %s %x %s %s %s", &m.from, &m.to, &mode, &m.offset, &device, &inode, &m.file)
		if n >= 6 && strings.Contains(mode, "x") {
			all = append(all, m)
		}
	}
	return all, nil
}

// symbols are those of files, sorted by address.
type symbols map[string]*symbolTable

type symbolTable struct {
	segments []elf.ProgHeader
	all      []elf.Symbol
}

func (s symbols) find(mappings []mapping, address uint64) (part, function string) {
	at := slices.IndexFunc(mappings, func(m mapping) bool { return address >= m.from && address < m.to })
	if at < 0 {
		return "?", "?"
	}
	m := mappings[at]
	if m.file == "" || strings.HasPrefix(m.file, "[") || strings.HasPrefix(m.file, "/dev/zero") {
		return cmp.Or(strings.Trim(m.file, "[]"), "compiled PHP"), ""
	}
	table := s[m.file]
	if table == nil {
		table = readSymbols(m.file)
		s[m.file] = table
	}
	return filepath.Base(m.file), table.at(address - m.from + m.offset)
}

func readSymbols(file string) *symbolTable {
	t := &symbolTable{}
	f, err := elf.Open(file)
	if err != nil {
		return t // compiled code in a file that is gone
	}
	defer func() { _ = f.Close() }()
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD {
			t.segments = append(t.segments, p.ProgHeader)
		}
	}
	all, _ := f.Symbols() // a stripped file has none
	dynamic, _ := f.DynamicSymbols()
	for _, sym := range append(all, dynamic...) {
		if elf.ST_TYPE(sym.Info) == elf.STT_FUNC && sym.Value > 0 {
			t.all = append(t.all, sym)
		}
	}
	slices.SortStableFunc(t.all, func(x, y elf.Symbol) int { return cmp.Compare(x.Value, y.Value) })
	return t
}

// at names the function at an offset of the file.
func (t *symbolTable) at(offset uint64) string {
	for _, p := range t.segments {
		if offset < p.Off || offset >= p.Off+p.Filesz {
			continue
		}
		address := offset - p.Off + p.Vaddr
		i, found := slices.BinarySearchFunc(t.all, address, func(s elf.Symbol, a uint64) int { return cmp.Compare(s.Value, a) })
		if found {
			return t.all[i].Name
		}
		if i > 0 {
			return t.all[i-1].Name
		}
	}
	return "?"
}

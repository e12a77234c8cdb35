package phalanxtest

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// dumpPatience bounds how long a process has for writing its goroutines down.
const dumpPatience = 5 * time.Second

// Dump ends a process that hangs, and those that it has started, in such a way that their goroutines are in Output. It answers what
// their threads were at.
func (p *Process) Dump() string {
	p.t.Helper()
	var text strings.Builder
	all := family(p.Cmd.Process.Pid)
	for _, pid := range all {
		describe(&text, pid)
	}
	for i := len(all) - 1; i >= 0; i-- { // parents last: their children die with them
		pid := all[i]
		// Go's runtime writes all goroutines down and ends the process. SIGQUIT and SIGABRT have other meanings to a supervisor. The
		// first thread is one of Go's: on one of PHP's the signal would only end the process.
		if err := unix.Tgkill(pid, pid, unix.SIGTRAP); err != nil {
			continue
		}
		for deadline := time.Now().Add(dumpPatience); isAlive(pid) && time.Now().Before(deadline); {
			time.Sleep(poll)
		}
	}
	return text.String()
}

// family is a process and all that come from it, parents before children.
func family(pid int) []int {
	all := []int{pid}
	for i := 0; i < len(all); i++ {
		lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", all[i]))
		for _, list := range lists {
			children, _ := os.ReadFile(list)
			for _, child := range strings.Fields(string(children)) {
				if pid, err := strconv.Atoi(child); err == nil {
					all = append(all, pid)
				}
			}
		}
	}
	return all
}

// isAlive says whether a process has not ended; one that has may still be waited for by its parent.
func isAlive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, ok := strings.Cut(string(stat), ") ")
	return ok && rest[0] != 'Z' && rest[0] != 'X'
}

// describe writes a line about a process and one about each of its threads.
func describe(to *strings.Builder, pid int) {
	arguments, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	fmt.Fprintf(to, "process %d: %s\n", pid, strings.ReplaceAll(strings.TrimRight(string(arguments), "\x00"), "\x00", " "))
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	sort.Strings(threads)
	for _, thread := range threads {
		file := func(name string) string {
			b, err := os.ReadFile(filepath.Join(thread, name))
			if err != nil {
				return err.Error()
			}
			return strings.TrimSpace(string(b))
		}
		stat := file("stat")
		if _, rest, ok := strings.Cut(stat, ") "); ok {
			stat = rest[:1]
		}
		masks := ""
		for line := range strings.SplitSeq(file("status"), "\n") {
			if strings.HasPrefix(line, "SigPnd") || strings.HasPrefix(line, "ShdPnd") || strings.HasPrefix(line, "SigBlk") {
				masks += " " + strings.Join(strings.Fields(line), " ")
			}
		}
		fmt.Fprintf(to, "  thread %s %s %s at %s, system call %s,%s\n", filepath.Base(thread), file("comm"), stat, file("wchan"), file("syscall"), masks)
	}
}

package supervisor

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// kills counts the processes that the kernel has killed for want of memory, so that the death of one can be explained: those of
// this process's control group, and those of the machine.
type kills struct {
	root          string // where the kernel's files are; "" outside of tests
	group, anyone int
}

// look counts.
func (k *kills) look() (group, anyone int, limit string) {
	for _, place := range k.groups() {
		if n, ok := k.number(filepath.Join(place.folder, place.events), "oom_kill"); ok {
			group = n
			if text, err := os.ReadFile(filepath.Join(k.root, place.folder, place.limit)); err == nil {
				limit = strings.TrimSpace(string(text))
			}
			break
		}
	}
	anyone, _ = k.number("/proc/vmstat", "oom_kill")
	return group, anyone, limit
}

// note is called before a process starts: what has been killed by then is not it.
func (k *kills) note() { k.group, k.anyone, _ = k.look() }

// explain answers why a process has been killed, "" when it was not for want of memory. Each kill explains one death.
func (k *kills) explain(status unix.WaitStatus) string {
	if !status.Signaled() || status.Signal() != unix.SIGKILL {
		return ""
	}
	group, anyone, limit := k.look()
	switch {
	case group > k.group:
		k.group++
		k.anyone++
		if bytes, err := strconv.ParseUint(limit, 10, 64); err == nil && bytes < 1<<60 {
			return fmt.Sprintf("out of memory: its control group may have %d MiB", bytes>>20)
		}
		return "out of memory: so its control group"
	case anyone > k.anyone:
		k.anyone++
		return "most likely out of memory: the kernel has killed a process of this machine for that"
	}
	return ""
}

type controlGroup struct{ folder, events, limit string }

// groups are the places where the kernel may count for this process: its own control group and, in a container, the one that is
// mounted there, of the second version or of the first.
func (k *kills) groups() (all []controlGroup) {
	text, err := os.ReadFile(filepath.Join(k.root, "/proc/self/cgroup"))
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) != 3 {
			continue
		}
		root, events, limit := "/sys/fs/cgroup/memory", "memory.oom_control", "memory.limit_in_bytes"
		if fields[1] == "" {
			root, events, limit = "/sys/fs/cgroup", "memory.events", "memory.max"
		} else if fields[1] != "memory" {
			continue
		}
		all = append(all, controlGroup{filepath.Join(root, fields[2]), events, limit}, controlGroup{root, events, limit})
	}
	return all
}

// number finds "NAME NUMBER" in a file.
func (k *kills) number(path, name string) (int, bool) {
	text, err := os.ReadFile(filepath.Join(k.root, path))
	if err != nil {
		return 0, false
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if key, value, _ := strings.Cut(lines.Text(), " "); key == name {
			n, err := strconv.Atoi(strings.TrimSpace(value))
			return n, err == nil
		}
	}
	return 0, false
}

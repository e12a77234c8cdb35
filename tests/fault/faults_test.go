package fault_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// crashExtension compiles testdata/crash.c.
func crashExtension(t *testing.T) string {
	t.Helper()
	prefix, err := exec.Command("../../docker/php/build.sh", "--find").Output()
	require.NoError(t, err, "the PHP that phalanx was built with")
	include := filepath.Join(strings.TrimSpace(string(prefix)), "include", "php")
	file := filepath.Join(t.TempDir(), "crash.so")
	out, err := exec.Command("gcc", "-shared", "-fPIC", "-I", include, "-I", include+"/main", "-I", include+"/Zend", "-I", include+"/TSRM",
		"-o", file, "testdata/crash.c").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return file
}

// leftovers are what a process must not gain by a fault: descriptors, children that nobody waits for.
func (a *app) leftovers(pid int) (fds int, zombies []string) {
	a.t.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	require.NoError(a.t, err)
	for _, parent := range append(a.servers(), a.Cmd.Process.Pid) {
		lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
		for _, list := range lists {
			children, _ := os.ReadFile(list)
			for _, child := range strings.Fields(string(children)) {
				if stat, err := os.ReadFile("/proc/" + child + "/stat"); err == nil && strings.Contains(string(stat), ") Z ") {
					zombies = append(zombies, string(stat))
				}
			}
		}
	}
	return len(entries), zombies
}

// What ends a script costs the request that did it, and those that the slot had read already: they get 503. Nobody else notices.
func TestWhatEndsAScriptUnderLoad(t *testing.T) {
	t.Parallel()
	for path, said := range map[string]string{
		"/exit": "exit of web with 1792", "/fatal": "Cannot redeclare interface Countable", "/memory": "Allowed memory size",
		"/throw": "nobody catches this", "/recursion": "", "/loop": "Worker message timeout of 1s exceeded",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			a := prepare(t, 3)
			a.start("faults.php")
			server := a.servers()
			other := a.talker(1)
			other.talk(t)
			l := a.startLoad(6, 0)
			l.awaitMore(t, 50)
			fds, _ := a.leftovers(server[0])
			const times = 3
			for range times {
				require.Equal(t, unavailable, a.askOnce(0, path))
				other.talk(t)
				l.awaitMore(t, 20)
			}
			a.WaitFor("exit of web with", times)
			if said != "" {
				a.WaitFor(said, times)
			}
			counts := l.end()
			t.Log(counts)
			require.Zero(t, counts[hung]+counts[cut], "%v", counts)
			require.LessOrEqual(t, counts[unavailable], 6*times, "those that were in the same slot")
			other.talk(t)
			require.Equal(t, server, a.servers(), "the process goes on")
			require.Eventually(t, func() bool {
				now, zombies := a.leftovers(server[0])
				return now <= fds+2 && len(zombies) == 0
			}, patience, poll, "descriptors or zombies stay")
		})
	}
}

// What kills a server process costs what it was serving; connections that wait to be accepted are served by the next one, and rows
// that were acknowledged are there.
func TestWhatEndsAServerProcessUnderLoad(t *testing.T) {
	t.Parallel()
	extension := crashExtension(t)
	kill := func(a *app) { require.NoError(a.t, syscall.Kill(a.servers()[0], syscall.SIGKILL)) }
	request := func(path string) func(a *app) {
		return func(a *app) { require.Equal(a.t, cut, a.askOnce(0, path)) }
	}
	for name, fault := range map[string]struct {
		do        func(a *app)
		said      string
		processes int
	}{
		"killed":                           {kill, "signal: killed", 1},
		"segmentation fault":               {request("/crash"), "server process ended: ", 1},
		"abort":                            {request("/abort"), "server process ended: ", 1},
		"killed, one of two":               {kill, "signal: killed", 2},
		"segmentation fault of one of two": {request("/crash"), "server process ended: ", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := prepare(t, 3)
			a.Cmd.Args = append(a.Cmd.Args, "-d", "extension="+extension)
			a.start("faults.php", fmt.Sprintf("--processes=%d", fault.processes))
			before := a.servers()
			require.Len(t, before, fault.processes)
			l := a.startLoad(6, 0)
			l.awaitMore(t, 50)

			var mu sync.Mutex // guards stored
			stored := map[int]bool{}
			over := make(chan struct{})
			var writers sync.WaitGroup
			for w := range 2 {
				writers.Go(func() {
					for id := w * 1_000_000; ; id++ {
						select {
						case <-over:
							return
						default:
						}
						if a.askOnce(0, fmt.Sprintf("/insert?id=%d", id)) == answered {
							mu.Lock()
							stored[id] = true
							mu.Unlock()
						}
					}
				})
			}
			fault.do(a)
			a.WaitFor(fault.said)
			l.awaitMore(t, 100)
			require.Eventually(t, func() bool { return len(a.servers()) == fault.processes }, patience, poll)
			a.awaitReady()
			close(over)
			writers.Wait()
			counts := l.end()
			t.Log(counts)
			require.Zero(t, counts[hung], "%v", counts)
			require.LessOrEqual(t, counts[cut], 6, "each client's connection of the moment, at most")
			require.Zero(t, counts[unavailable], "%v", counts)
			a.talker(1).talk(t)

			// Each row that was acknowledged is there.
			out, err := a.Command("-r", `foreach ((new PDO('sqlite:rows.sqlite'))->query('SELECT id FROM rows') as $row) { echo "$row[0]\n"; }`).Run()
			require.NoError(t, err, out)
			rows := map[string]bool{}
			for row := range strings.SplitSeq(out, "\n") {
				rows[row] = true
			}
			require.NotEmpty(t, stored)
			for id := range stored {
				require.True(t, rows[fmt.Sprint(id)], "row %d was acknowledged and is not there", id)
			}
			_, zombies := a.leftovers(a.Cmd.Process.Pid)
			require.Empty(t, zombies)
		})
	}
}

// Nobody outlives the supervisor, and the ports are free at once.
func TestSupervisorKilledUnderLoad(t *testing.T) {
	t.Parallel()
	for _, processes := range []int{1, 2} {
		a := prepare(t, 3)
		a.start("faults.php", fmt.Sprintf("--processes=%d", processes))
		servers := a.servers()
		require.Len(t, servers, processes)
		l := a.startLoad(4, 0)
		l.awaitMore(t, 50)
		a.Kill()
		for _, pid := range servers {
			require.Eventually(t, func() bool {
				stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
				return err != nil || strings.Contains(string(stat), ") Z ")
			}, patience, poll, "a server process has outlived its supervisor")
		}
		again := a.Command()
		a.Process = again
		a.start("faults.php") // the same ports and the same pid file
		l.awaitMore(t, 50)
		require.Zero(t, l.end()[hung])
	}
}

// A component of C that neither PHP nor the kernel can interrupt costs the process, and nobody's request but its own slot's.
func TestAnExtensionThatSpins(t *testing.T) {
	t.Parallel()
	a := prepare(t, 3)
	a.Cmd.Args = append(a.Cmd.Args, "-d", "extension="+crashExtension(t))
	a.start("faults.php")
	before := a.servers()
	l := a.startLoad(4, 0)
	l.awaitMore(t, 50)
	result := make(chan string, 1)
	go func() { result <- a.askOnce(0, "/spin") }()
	a.WaitFor("cannot be interrupted: another server process takes over, at:\n    crash_spin()\n")
	require.Contains(t, []string{cut, unavailable}, <-result)
	l.awaitMore(t, 50)
	require.Eventually(t, func() bool {
		now := a.servers()
		return len(now) == 1 && now[0] != before[0]
	}, patience, poll)
	require.Zero(t, l.end()[hung])
}

// Signals in any number and order do not end more than they should, and nothing is left behind.
func TestSignalStorm(t *testing.T) {
	t.Parallel()
	for _, processes := range []int{1, 2} {
		a := prepare(t, 3)
		a.start("faults.php", fmt.Sprintf("--processes=%d", processes))
		servers := a.servers()
		l := a.startLoad(4, 0)
		l.awaitMore(t, 20)
		for range 200 {
			for _, sig := range []syscall.Signal{syscall.SIGUSR1, syscall.SIGIOT, syscall.SIGIO, syscall.SIGUSR2, syscall.SIGWINCH, syscall.SIGURG, syscall.SIGCHLD} {
				require.NoError(t, a.Cmd.Process.Signal(sig))
			}
			for _, pid := range servers { // a terminal's go to everyone; the supervisor decides
				for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGPIPE} {
					require.NoError(t, syscall.Kill(pid, sig))
				}
			}
		}
		l.awaitMore(t, 100)
		counts := l.end()
		require.Zero(t, counts[hung]+counts[cut]+counts[unavailable], "%v", counts)
		require.Equal(t, servers, a.servers())
		a.awaitReady()
		a.Stop()
	}
}

// The supervisor is told to stop while a server process dies again and again: it ends.
func TestStopWhileServerProcessesDie(t *testing.T) {
	t.Parallel()
	a := prepare(t, 3)
	a.start("faults.php", "--processes=2")
	over := make(chan struct{})
	var killer sync.WaitGroup
	killer.Go(func() {
		for {
			select {
			case <-over:
				return
			case <-time.After(20 * time.Millisecond):
				for _, pid := range a.servers() {
					_ = syscall.Kill(pid, syscall.SIGKILL)
				}
			}
		}
	})
	a.WaitFor("signal: killed", 4)
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGTERM))
	a.WaitUntilEnded()
	close(over)
	killer.Wait()
	_, err := net.DialTimeout("tcp", a.Addr(0), time.Second)
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
}

// 100 reloads under load: no request fails, nothing grows.
func TestReloadStorm(t *testing.T) {
	t.Parallel()
	a := prepare(t, 3)
	a.start("faults.php")
	server := a.servers()
	kept := a.Dial(0)
	rd := bufio.NewReader(kept)
	l := a.startLoad(4, 0)
	l.awaitMore(t, 20)
	reload := func(n int) {
		for range n {
			before := a.figures().sum("phalanx_reloads_total")
			require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
			require.Eventually(t, func() bool { return a.figures().sum("phalanx_reloads_total") > before }, patience, poll)
			result, more := ask(kept, rd, "/")
			require.Equal(t, answered, result)
			require.True(t, more, "a connection goes on through all reloads")
		}
	}
	reload(50)
	first := a.figures()
	reload(50)
	last := a.figures()
	counts := l.end()
	t.Log(counts)
	require.Zero(t, counts[hung]+counts[cut]+counts[unavailable], "%v", counts)
	require.Equal(t, server, a.servers())
	of := func(f figures, name string) float64 { return f.sum("phalanx_process_"+name, `process="0"`) }
	t.Logf("RSS %.1f to %.1f MiB", of(first, "resident_memory_bytes")/(1<<20), of(last, "resident_memory_bytes")/(1<<20))
	require.LessOrEqual(t, of(last, "resident_memory_bytes"), of(first, "resident_memory_bytes")+16<<20)
	require.LessOrEqual(t, of(last, "open_fds"), of(first, "open_fds")+4)
	require.LessOrEqual(t, of(last, "goroutines"), of(first, "goroutines")+4)
	require.LessOrEqual(t, of(last, "threads"), of(first, "threads")+4)
}

// What a worker that is not reloadable has under way goes on through a reload. Its calls of Go were cancelled.
func TestReloadLeavesCallsOfOtherWorkersAlone(t *testing.T) {
	t.Parallel()
	a := prepare(t, 2)
	a.start("kept.php")
	result := make(chan string, 1)
	go func() { result <- a.askOnce(0, "/") }()
	a.WaitFor("waits")
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
	a.WaitFor("heard of the reload")
	require.Equal(t, answered, a.askOnce(0, "/push"))
	require.Equal(t, answered, <-result)
	require.NotContains(t, a.Output(), "the worker stops")
}

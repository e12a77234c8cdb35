package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

func (a *app) json(path string, v any) {
	a.t.Helper()
	body := a.get(0, path)
	require.NoError(a.t, json.Unmarshal([]byte(body), v), "%s", body)
}

// serverPID is the server process: the supervisor's only child.
func (a *app) serverPID() int {
	a.t.Helper()
	return childOf(a.t, a.Cmd.Process.Pid)
}

// childOf is a process's first child, once it has one.
func childOf(t *testing.T, pid int) (child int) {
	t.Helper()
	require.Eventually(t, func() bool {
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
		require.NoError(t, err)
		for _, task := range tasks {
			children, _ := os.ReadFile(task) // a thread that has ended has no file
			if all := strings.Fields(string(children)); len(all) > 0 {
				child, err = strconv.Atoi(all[0])
				return err == nil
			}
		}
		return false
	}, phalanxtest.Patience, 10*time.Millisecond, "it has no children")
	return child
}

func TestSlotEnvironment(t *testing.T) {
	a := prepare(t, 2, "E2E_INHERITED=yes")
	a.start("slots.php", "start", "more", "arguments")
	for _, line := range []string{"started web 0", "started web 1", "started text 0", "error stream of web 0", "error stream of web 1"} {
		a.WaitFor(line) // each of these once, below
	}
	require.Equal(t, 3, strings.Count(a.Output(), "started "))
	exchange(t, a.dial(1), "hi\n", "text 0\n")

	var e struct {
		SAPI                    []string
		Argv                    []string
		ServerArgv              []string `json:"server_argv"`
		Argc                    int
		Streams                 []bool
		Binary, CWD, Script     string
		OS, Inherited, Included string
		MaxExecutionTime        string `json:"max_execution_time"`
		MemoryLimit             string `json:"memory_limit"`
		ZTS                     bool
		HTMLErrors              bool `json:"html_errors"`
	}
	a.json("/environment", &e)
	want := []string{"slots.php", "start", "more", "arguments"}
	require.Equal(t, []string{"cli", "cli"}, e.SAPI)
	require.Equal(t, want, e.Argv)
	require.Equal(t, want, e.ServerArgv)
	require.Equal(t, 4, e.Argc)
	require.Equal(t, []bool{true, true, true}, e.Streams)
	require.Equal(t, a.Cmd.Path, e.Binary)
	require.Equal(t, a.dir, e.CWD)
	require.Equal(t, "0", e.MaxExecutionTime)
	require.NotEmpty(t, e.MemoryLimit)
	require.True(t, e.ZTS)
	require.Equal(t, "Linux", e.OS)
	require.Equal(t, "yes", e.Inherited)
	require.Equal(t, "slots.php", e.Included)
	require.Equal(t, "slots.php", filepath.Base(e.Script))
	require.False(t, e.HTMLErrors)

	// One thread of PHP for each slot and one more; the others are Go's, which may have the name of who started them.
	php := map[string]bool{}
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/comm", a.serverPID()))
	require.NoError(t, err)
	for _, task := range tasks {
		name, err := os.ReadFile(task)
		require.NoError(t, err)
		if strings.HasPrefix(string(name), "php-") {
			php[strings.TrimSpace(string(name))] = true
		}
	}
	require.Equal(t, map[string]bool{"php-main": true, "php-0": true, "php-1": true, "php-2": true, "php-3": true}, php)
	require.Less(t, len(tasks), 50)
}

// What a worker finds is what a script of the command line finds, down to each function and constant: libraries ask.
func TestSlotOffersWhatTheCommandLineDoes(t *testing.T) {
	a := prepare(t, 0)
	list := func(printed string) map[string]bool {
		_, rest, found := strings.Cut(printed, "offered:\n")
		require.True(t, found, printed)
		rest, _, found = strings.Cut(rest, "\nend\n")
		require.True(t, found, printed)
		set := map[string]bool{}
		for line := range strings.SplitSeq(rest, "\n") {
			if !strings.HasPrefix(line, "ini opcache.") { // on for workers
				set[line] = true
			}
		}
		return set
	}
	printed, err := a.Command("like-cli.php", "list").Run()
	require.NoError(t, err)
	script := list(printed)
	require.Greater(t, len(script), 3000)
	a.start("like-cli.php", "start")
	a.WaitFor("\nend\n")
	slot := list(a.Output())

	var missing, more []string
	for name := range script {
		if !slot[name] {
			missing = append(missing, name)
		}
	}
	for name := range slot {
		if !script[name] {
			more = append(more, name)
		}
	}
	require.ElementsMatch(t, []string{
		"function dl",            // a library that is loaded into one thread
		"function opcache_reset", // a PHP function instead
	}, missing)
	require.ElementsMatch(t, []string{
		"_SERVER SERVER_SOFTWARE", "_SERVER SERVER_START_TIME", // runAll() sets them
		"function frankenphp_handle_request", // runAll() enters the loop through it
		"constant FRANKENPHP_LOG_LEVEL_DEBUG=-4", "constant FRANKENPHP_LOG_LEVEL_INFO=0",
		"constant FRANKENPHP_LOG_LEVEL_WARN=4", "constant FRANKENPHP_LOG_LEVEL_ERROR=8",
	}, more)
}

func TestSlotOpcache(t *testing.T) {
	a := serve(t, "slots.php", 2)
	for _, slot := range []string{"web 0", "web 1", "text 0"} {
		a.WaitFor("started " + slot)
	}
	before := a.serverPID()
	for range 6 {
		var o struct{ Enabled, JIT, On, Reset bool }
		a.json("/opcache", &o)
		require.True(t, o.Enabled)
		require.True(t, o.JIT)
		require.True(t, o.On)
		require.True(t, o.Reset)
	}
	a.json("/", &struct{}{})
	require.Equal(t, before, a.serverPID())
	require.Equal(t, 3, strings.Count(a.Output(), "started "), "nothing restarts")
	require.NotContains(t, a.Output(), "exit of")
}

func TestSlotProcessControl(t *testing.T) {
	a := serve(t, "slots.php", 2)
	var p struct {
		Fork, Signal any
		Warnings     []string
	}
	a.json("/pcntl", &p)
	require.Contains(t, p.Fork, "Error: ")
	t.Logf("%v; %v; %v", p.Fork, p.Signal, p.Warnings)
	require.Len(t, p.Warnings, 1, "of pcntl_signal()")
	require.Contains(t, p.Warnings[0], "pcntl_signal")

	var c struct {
		Exec     string
		ProcOpen string `json:"proc_open"`
	}
	a.json("/children", &c)
	for _, text := range []string{c.Exec, c.ProcOpen} {
		require.Contains(t, text, "SigBlk:\t0000000000000000")
		require.NotContains(t, text, "socket:")
		require.NotContains(t, text, "eventpoll")
		require.NotContains(t, text, "eventfd")
	}
	require.NotContains(t, a.Output(), "exit of")
}

// A program that a slot starts gets what it is given, and nothing else that slots have open: no lock is held by it.
func TestProgramsInheritNothing(t *testing.T) {
	a := serve(t, "slots.php", 2)
	var c struct {
		FDs  string
		Free bool
	}
	a.json("/inherited", &c)
	require.Contains(t, c.FDs, "given\n", "what it is given")
	var numbers []string
	for _, line := range regexp.MustCompile(`(?m) (\d+) -> `).FindAllStringSubmatch(c.FDs, -1) {
		numbers = append(numbers, line[1])
	}
	require.ElementsMatch(t, []string{"0", "1", "2", "7"}, numbers, c.FDs)
	require.True(t, c.Free, "the lock of a closed file")
}

// A static of one slot is another's too only by name.
func TestSlotsShareNothing(t *testing.T) {
	a := serve(t, "slots.php", 2)
	counts := map[int]int{}
	for range 400 {
		var c struct{ ID, Count int }
		a.json("/count", &c)
		counts[c.ID]++
		require.Equal(t, counts[c.ID], c.Count)
		if len(counts) == 2 && counts[0] > 3 && counts[1] > 3 {
			break
		}
	}
	t.Log(counts)
	for id := range counts {
		require.Contains(t, []int{0, 1}, id)
	}
}

// What ends one slot's script costs that slot only, and it comes back.
func TestSlotEnds(t *testing.T) {
	for path, said := range map[string]string{"/exit": "exit of web with 1280", "/memory": "Allowed memory size"} {
		t.Run(path, func(t *testing.T) {
			a := serve(t, "slots.php", 2)
			a.WaitFor("started web 1")
			a.WaitFor("started text 0")
			before := a.serverPID()
			neighbour := a.dial(1)
			exchange(t, neighbour, "hi\n", "text 0\n")
			_, err := a.tryGet(0, path)
			require.Error(t, err)
			for range 5 { // while it restarts
				_, err := a.tryGet(0, "/")
				require.NoError(t, err)
				exchange(t, neighbour, "hi\n", "text 0\n")
			}
			require.Eventually(t, func() bool { return strings.Count(a.Output(), "started web") == 3 }, patience, 5*time.Millisecond)
			a.WaitFor("exit of web with ")
			a.WaitFor(said)
			require.NotContains(t, a.Output(), "exit of web with 0")
			exchange(t, neighbour, "hi\n", "text 0\n")
			require.Equal(t, before, a.serverPID())
			require.Equal(t, 1, strings.Count(a.Output(), "exit of"))
		})
	}
}

// A script that cannot even start does not take the machine's time for it.
func TestSlotNeverStarts(t *testing.T) {
	for failure, said := range map[string]string{"syntax": "syntax error", "throw": "thrown at the start", "exit": "", "success": "", "memory": "Allowed memory size"} {
		t.Run(failure, func(t *testing.T) {
			t.Parallel()
			a := prepare(t, 1, "FAILURE="+failure)
			a.start("broken.php", "start")
			if said != "" {
				a.WaitFor(said)
			}
			starts := func() int {
				text, _ := os.ReadFile(filepath.Join(a.dir, "starts"))
				return len(text)
			}
			require.Eventually(t, func() bool { return starts() >= 2 }, patience, 5*time.Millisecond)
			before, began := starts(), time.Now()
			time.Sleep(3 * time.Second) // the time in which starts are counted
			rate := float64(starts()-before) / time.Since(began).Seconds()
			t.Logf("%.1f starts per second", rate)
			require.Less(t, rate, 50.0)
			select {
			case <-a.Ended:
				require.Fail(t, "the supervisor has gone")
			default:
			}
		})
	}
}

func TestPidFileAndCommands(t *testing.T) {
	a := serve(t, "slots.php", 2)
	pid, err := os.ReadFile(filepath.Join(a.dir, "my.pid"))
	require.NoError(t, err)
	require.Equal(t, strconv.Itoa(a.Cmd.Process.Pid), string(pid))
	server := a.serverPID()

	out, _ := a.Command("slots.php", "start").Run()
	require.Contains(t, string(out), "already running")
	require.NoError(t, syscall.Kill(a.Cmd.Process.Pid, 0))
	require.NotEmpty(t, a.get(0, "/"))

	out, err = a.Command("slots.php", "stop").Run()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "stop success")
	<-a.Ended
	require.Eventually(t, func() bool { return gone(server) }, patience, 5*time.Millisecond)
	require.NoFileExists(t, filepath.Join(a.dir, "my.pid"))
	require.Equal(t, 3, strings.Count(a.Output(), "exit of"), "each slot's end is told")
}

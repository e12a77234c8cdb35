package e2e_test

import (
	"encoding/json"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// place is where a worker of process.php says it runs.
type place struct {
	PID, PPID int
	Worker    string
	ID        int
	UID, EUID int
	GID       int
	Groups    []int
	Code      string
}

// open lets other users into the test's folder.
func (a *app) open() {
	a.t.Helper()
	for _, dir := range []string{filepath.Dir(a.dir), a.dir} {
		require.NoError(a.t, os.Chmod(dir, 0o755))
	}
	require.NoError(a.t, os.Mkdir(filepath.Join(a.dir, "out"), 0o777))
	require.NoError(a.t, os.Chmod(filepath.Join(a.dir, "out"), 0o777))
}

func (a *app) places(n int) map[int]place {
	a.t.Helper()
	byID := map[int]place{}
	require.Eventually(a.t, func() bool {
		var p place
		body, err := a.tryGet(0, "/")
		if err == nil && json.Unmarshal([]byte(body), &p) == nil {
			byID[p.ID] = p
		}
		return len(byID) >= n
	}, patience, time.Millisecond)
	return byID
}

func (a *app) textPlace() (p place) {
	a.t.Helper()
	c := a.dial(1)
	_, err := io.WriteString(c, "who\n")
	require.NoError(a.t, err)
	require.NoError(a.t, json.NewDecoder(c).Decode(&p))
	return p
}

// With several server processes the slots of each worker are divided among them, and serve the same address.
func TestServerProcesses(t *testing.T) {
	for _, reuse := range []string{"", "1"} {
		t.Run("reusePort "+reuse, func(t *testing.T) {
			a := prepare(t, 2, "REUSE_PORT="+reuse)
			a.open()
			a.start("process.php", "start", "--processes=2")
			a.WaitFor("started ", 7)
			servers := map[int][]int{}
			if reuse != "" { // the kernel deals connections out, so all four are met
				for id, p := range a.places(4) {
					servers[p.PID] = append(servers[p.PID], id)
					require.Equal(t, a.Cmd.Process.Pid, p.PPID)
				}
				require.Len(t, servers, 2)
				for _, ids := range servers {
					require.Len(t, ids, 2)
				}
			}
			status, err := a.Command("process.php", "status").Run()
			require.NoError(t, err)
			require.Contains(t, status, "3 workers    7 processes")
			rows := regexp.MustCompile(`(?m)^(\d+)\t.*\[idle\]`).FindAllStringSubmatch(status, -1)
			pids := map[string]bool{}
			for _, row := range rows {
				pids[row[1]] = true
			}
			require.Len(t, pids, 7, "each slot has a process id of its own:\n%s", status)

			// Both take part in a reload.
			require.NoError(t, os.WriteFile(filepath.Join(a.dir, "code.inc"), []byte("<?php return 'new';"), 0o600))
			require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
			a.WaitFor("started ", 14)
			if reuse != "" {
				for _, p := range a.places(4) {
					require.Equal(t, "new", p.Code)
				}
			}
			_, err = a.Command("process.php", "stop").Run()
			require.NoError(t, err)
			a.WaitUntilEnded()
			require.NoError(t, a.Err)
		})
	}
}

// A lock that the start script had while the server process was started is free when the script lets go of it: with its files
// open in the server process it would be held on. So a supervisor waited for the lock of its own log.
func TestServerProcessesDoNotHoldTheSupervisorsLocks(t *testing.T) {
	a := prepare(t, 0)
	a.start("lock.php", "start")
	a.WaitFor("somebody has the lock")
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
	a.WaitFor("the lock is free")
}

// The death of one server process leaves the others alone.
func TestOneOfSeveralServerProcessesDies(t *testing.T) {
	a := prepare(t, 2, "REUSE_PORT=1")
	a.open()
	a.start("process.php", "start", "--processes=2")
	a.WaitFor("started ", 7)
	before := a.places(4)
	victim := before[0].PID
	require.NoError(t, syscall.Kill(victim, syscall.SIGKILL))
	a.WaitFor("server process ended: signal: killed")
	a.WaitFor("started ", 10)
	for id, p := range a.places(4) {
		if before[id].PID == victim {
			require.NotEqual(t, victim, p.PID)
		} else {
			require.Equal(t, before[id].PID, p.PID)
		}
	}
}

func TestProcessesMustBeANumber(t *testing.T) {
	a := prepare(t, 2)
	p := a.Command("process.php", "start", "--processes=many")
	out, err := p.Run()
	require.Error(t, err)
	require.Equal(t, 1, p.Cmd.ProcessState.ExitCode(), "as for other refusals of a start")
	require.Contains(t, out, "--processes must be 1 to 1024, many given")
}

// Workers of other users run in server processes of these users; the supervisor keeps the files that are its own.
func TestWorkersOfOtherUsers(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give workers to other users")
	}
	nobody, err := user.Lookup("nobody")
	require.NoError(t, err)
	uid, err := strconv.Atoi(nobody.Uid)
	require.NoError(t, err)
	daemon, err := user.LookupGroup("daemon")
	require.NoError(t, err)
	gid, err := strconv.Atoi(daemon.Gid)
	require.NoError(t, err)

	a := prepare(t, 2, "TEXT_USER=nobody", "TEXT_GROUP=daemon")
	a.open()
	a.start("process.php", "start")
	a.WaitFor("started ", 7)
	p := a.textPlace()
	require.Equal(t, []int{uid, uid, gid}, []int{p.UID, p.EUID, p.GID})
	require.Contains(t, p.Groups, gid)
	require.NotContains(t, p.Groups, 0, "root's groups are gone")
	require.Equal(t, a.Cmd.Process.Pid, p.PPID)
	web := a.places(1)[0]
	require.Zero(t, web.UID)
	require.NotEqual(t, web.PID, p.PID)

	owner := func(name string) int {
		info, err := os.Stat(filepath.Join(a.dir, name))
		require.NoError(t, err)
		return int(info.Sys().(*syscall.Stat_t).Uid)
	}
	require.Equal(t, uid, owner("out/text-0"))
	require.Zero(t, owner("out/web-0"))
	require.Zero(t, owner("workerman.log"))
	require.Zero(t, owner("workerman.process.php.pid"))
	require.Equal(t, uid, owner("local.sock"))
	require.Eventually(t, func() bool {
		log, err := os.ReadFile(filepath.Join(a.dir, "workerman.log"))
		return err == nil && strings.Contains(string(log), "logged by text 1") && strings.Contains(string(log), "logged by web 3")
	}, patience, 5*time.Millisecond)
	require.NotContains(t, a.Output(), "Warning")

	out, err := a.Command("process.php", "connections").Run()
	require.NoError(t, err)
	require.Regexp(t, `(?m)^\d+ +text +\d+ +tcp +Text +1 +0 +0B +0B +4B +\d+B +ESTABLISHED +127\.0\.0\.1:\d+ +127\.0\.0\.1:\d+`, out)

	// It ends with its supervisor, whoever it is by now.
	require.NoError(t, a.Cmd.Process.Kill())
	require.Eventually(t, func() bool { return gone(p.PID) && gone(web.PID) }, patience, 5*time.Millisecond)
}

func TestUnknownUsersAndGroups(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("others than root cannot change users: the names are not looked up")
	}
	for settings, said := range map[string]string{
		"TEXT_USER=no-such-user":   `worker text cannot run as user "no-such-user": there is no such user`,
		"TEXT_GROUP=no-such-group": `worker text cannot run in group "no-such-group": there is no such group`,
	} {
		a := prepare(t, 2, settings)
		out, _ := a.Command("process.php", "start").Run()
		require.Contains(t, out, said)
		require.NotContains(t, out, "Start success")
		require.NoFileExists(t, filepath.Join(a.dir, "workerman.process.php.pid"))
	}
}

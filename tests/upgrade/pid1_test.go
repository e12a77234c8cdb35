package upgrade_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// In a container phalanx is process 1, with the supervisor as its child (bridge/cli/init.c).
func TestUpgradeInAContainer(t *testing.T) {
	for _, tt := range []struct {
		name   string
		rounds int
		status int
	}{{"stopped", 2, 0}, {"killed", 1, 128 + int(syscall.SIGKILL)}} {
		t.Run(tt.name, func(t *testing.T) {
			a := newApp(t, "--processes=2")
			a.InContainer(filepath.Join(a.dir, "phalanx"), a.Cmd.Args[1:]...)
			a.Start()
			a.waitUntilReady()
			one := onlyChild(t, a.Cmd.Process.Pid)
			a.inside = []string{"nsenter", "--target=" + strconv.Itoa(one), "--pid", "--mount", "--wd=" + a.dir}
			processes := fmt.Sprintf("/proc/%d/root/proc/", one) // theirs, by their numbers
			supervisor := onlyChild(t, one)
			server, _, key := a.who()
			c, say := a.websocket()
			require.Equal(t, "echo 1", say("1"))

			for range tt.rounds {
				old := a.pid()
				stop := load(t, a.web, false)
				slow := make(chan string, 1)
				go func() {
					text, err := httpGet("http://" + a.web + "/slow")
					slow <- fmt.Sprint(text, err)
				}()
				a.install()
				out, status := a.command("upgrade")
				require.Zero(t, status, out)
				require.Contains(t, out, "upgrade success, process "+strconv.Itoa(a.pid()))
				require.NotEqual(t, old, a.pid())
				require.Contains(t, <-slow, "slow ", "what is under way is answered")
				require.Eventually(t, func() bool {
					_, err := os.Stat(fmt.Sprint("/proc/", supervisor))
					return os.IsNotExist(err)
				}, phalanxtest.Patience, 10*time.Millisecond, "nobody watches it, and it is reaped")
				supervisor = onlyChild(t, one)
				served, failures := stop()
				require.Empty(t, failures)
				require.NotZero(t, served)

				installed, err := os.Stat(filepath.Join(a.dir, "phalanx"))
				require.NoError(t, err)
				running, err := os.Stat(fmt.Sprint(processes, a.pid(), "/exe"))
				require.NoError(t, err)
				require.True(t, os.SameFile(installed, running))
				require.Equal(t, one, onlyChild(t, a.Cmd.Process.Pid), "process 1 stays")
			}
			_, _, err := c.Read(context.Background())
			require.Equal(t, websocket.StatusGoingAway, websocket.CloseStatus(err))
			require.Eventually(t, func() bool {
				_, err := os.Stat(fmt.Sprint(processes, server))
				return os.IsNotExist(err)
			}, phalanxtest.Patience, 10*time.Millisecond, "the old server processes end, and are reaped")
			_, parent, sameKey := a.who()
			require.Equal(t, a.pid(), parent)
			require.Equal(t, key, sameKey)

			// Signals to process 1 are for the successor.
			a.waitUntilReady()
			require.NoError(t, syscall.Kill(one, syscall.SIGUSR1))
			require.Eventually(t, func() bool {
				figures, err := httpGet("http://" + a.monitor + "/metrics")
				return err == nil && strings.Contains(figures, "\nphalanx_reloads_total 1\n")
			}, phalanxtest.Patience, 10*time.Millisecond, "the successor has not reloaded")
			require.Equal(t, 1, strings.Count(a.Output(), "] reloading\n"))
			_, parent, _ = a.who()
			require.Equal(t, a.pid(), parent, "it stays the same")
			if tt.status == 0 {
				require.NoError(t, syscall.Kill(one, syscall.SIGTERM))
			} else {
				require.NoError(t, syscall.Kill(supervisor, syscall.SIGKILL))
			}
			a.WaitUntilEnded()
			require.Equal(t, tt.status, a.Cmd.ProcessState.ExitCode())
			require.Equal(t, 1-min(tt.status, 1), strings.Count(a.Output(), "master stops"))
			_, err = http.Get("http://" + a.web)
			require.Error(t, err)
		})
	}
}

// onlyChild waits until a process has one child.
func onlyChild(t *testing.T, pid int) (child int) {
	t.Helper()
	require.Eventually(t, func() bool {
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
		require.NoError(t, err)
		var all []string
		for _, task := range tasks {
			children, _ := os.ReadFile(task) // a thread that has ended has no file
			all = append(all, strings.Fields(string(children))...)
		}
		if len(all) != 1 {
			return false
		}
		child, err = strconv.Atoi(all[0])
		return err == nil
	}, phalanxtest.Patience, 10*time.Millisecond)
	return child
}

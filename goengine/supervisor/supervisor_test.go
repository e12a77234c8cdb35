package supervisor_test

import (
	"errors"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/supervisor"
)

func twoWorkers(script string) supervisor.Spec {
	return supervisor.Spec{Script: script, Workers: []supervisor.Worker{{Name: "a", Count: 2}, {Name: "b"}}}
}

func TestALifeFromStartToStop(t *testing.T) {
	for _, graceful := range []bool{false, true} {
		a := start(t, twoWorkers(serves))
		ready, before := a.await(supervisor.Ready)
		require.Empty(t, before)
		st := a.Status()
		require.Equal(t, os.Getpid(), st.PID)
		require.Equal(t, []supervisor.Server{{PID: ready.PID, Running: true, Answered: true, Ready: true, Slots: 3}}, st.Servers)
		require.Equal(t, []supervisor.Slot{{Worker: 1, Name: "b", ID: 2, PID: 3, Memory: 4}}, st.Slots)

		a.Reload(true)
		ev, _ := a.await(supervisor.SlotExit)
		require.Equal(t, "reload true", ev.Message)
		a.await(supervisor.Reloaded)
		a.Reload(false)
		ev, _ = a.await(supervisor.SlotExit)
		require.Equal(t, "reload false", ev.Message)
		a.await(supervisor.Reloaded)

		a.Stop(graceful)
		over, before := a.await(supervisor.Stopped)
		require.Empty(t, over.Message)
		require.Len(t, before, 300, "what the process reported last is not lost")
		for _, ev := range before {
			require.Equal(t, supervisor.SlotExit, ev.Type)
			require.Equal(t, map[bool]string{false: "stop false", true: "stop true"}[graceful], ev.Message)
		}
	}
}

func TestADeadServerProcessIsReplaced(t *testing.T) {
	a := start(t, twoWorkers(serves))
	first, _ := a.await(supervisor.Ready)
	a.Reload(true) // slot 0 of worker 0 ends, and has not started again
	a.await(supervisor.Reloaded)
	require.NoError(t, unix.Kill(first.PID, unix.SIGKILL))

	exit, before := a.await(supervisor.ServerExit)
	require.Empty(t, before)
	require.Equal(t, first.PID, exit.PID)
	require.Equal(t, int(unix.SIGKILL), exit.Status)
	second, lost := a.await(supervisor.Ready)
	require.NotEqual(t, first.PID, second.PID)
	gone := map[[2]int]int{}
	for _, ev := range lost {
		require.Equal(t, supervisor.SlotExit, ev.Type)
		require.Equal(t, int(unix.SIGKILL), ev.Status)
		gone[[2]int{ev.Worker, ev.ID}] = ev.PID
	}
	require.Equal(t, map[[2]int]int{{0, 1}: 2, {1, 0}: 101}, gone, "those that had started, each once")
	st := a.Status()
	require.Equal(t, []supervisor.Server{{PID: second.PID, Running: true, Answered: true, Ready: true, Restarts: 1, Slots: 3}}, st.Servers)
}

func TestAStopEndsTheBackOff(t *testing.T) {
	spec := supervisor.Spec{Script: gated, PidFile: filepath.Join(t.TempDir(), "gate")}
	a := start(t, spec)
	ready, _ := a.await(supervisor.Ready)
	require.NoError(t, os.WriteFile(spec.PidFile, nil, 0o600))
	require.NoError(t, unix.Kill(ready.PID, unix.SIGTERM))
	for i := range 3 {
		exit, _ := a.await(supervisor.ServerExit)
		if i > 0 {
			require.Equal(t, 3<<8, exit.Status)
		}
	}
	require.Empty(t, a.Status().Slots) // asks nobody
	a.Reload(true)                     // tells nobody
	a.Stop(true)
	a.await(supervisor.Stopped)
}

func TestFailuresToStart(t *testing.T) {
	missing := options()
	missing.Path = filepath.Join(t.TempDir(), "none")
	hasty := options()
	hasty.StartTimeout = 50 * time.Millisecond
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = taken.Close() }()
	inUse := "tcp://" + taken.Addr().String()
	tests := []struct {
		name, script, listen string
		opts                 supervisor.Options
		err                  string
	}{
		{"a process that never says it is up", silent, "", hasty, "supervisor: the server process did not start within 50ms"},
		{"one that ends before", crashes, "", options(), "supervisor: the server process did not start: exit status 3"},
		{"no such program", serves, "", missing, "supervisor: cannot start the server process: fork/exec " + missing.Path + ": no such file or directory"},
		{"an address in use", serves, inUse, options(), "Unable to connect to " + inUse + " (Address already in use)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := supervisor.Start(supervisor.Spec{Script: tt.script, Workers: []supervisor.Worker{{Listen: tt.listen}}}, tt.opts)
			require.EqualError(t, err, tt.err)
		})
	}
}

func TestAProcessThatDoesNotStopIsKilled(t *testing.T) {
	for _, times := range []int{1, 2} { // once: after the stop time-out; twice: now
		a := start(t, supervisor.Spec{Script: stubborn, StopTimeout: 0.01})
		a.await(supervisor.Ready)
		for range times {
			a.Stop(false)
		}
		a.await(supervisor.Stopped)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func greeting(t *testing.T, c net.Conn) string {
	t.Helper()
	require.NoError(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	b, err := io.ReadAll(c)
	require.NoError(t, err)
	_ = c.Close()
	return string(b)
}

func TestConnectionsWaitWhileNoProcessServes(t *testing.T) {
	address := freeAddress(t)
	spec := supervisor.Spec{
		Script: gated, PidFile: filepath.Join(t.TempDir(), "gate"),
		Workers: []supervisor.Worker{{}, {Count: 4, Listen: "tcp://" + address}},
	}
	a := start(t, spec)
	ready, _ := a.await(supervisor.Ready)
	c, err := net.Dial("tcp", address)
	require.NoError(t, err)
	require.Regexp(t, "^worker 1 socket 0 process ", greeting(t, c), "one socket for the slots of a worker")

	require.NoError(t, os.WriteFile(spec.PidFile, nil, 0o600))
	require.NoError(t, unix.Kill(ready.PID, unix.SIGKILL))
	a.await(supervisor.ServerExit)
	a.await(supervisor.ServerExit)
	c, err = net.Dial("tcp", address)
	require.NoError(t, err)
	require.NoError(t, os.Remove(spec.PidFile))
	require.Contains(t, greeting(t, c), "worker 1 socket 0 process ")

	a.Stop(true)
	a.await(supervisor.Stopped)
	_, err = net.Dial("tcp", address)
	require.ErrorIs(t, err, unix.ECONNREFUSED, "the sockets go with the supervisor")
}

func TestReusePortGivesEachSlotASocket(t *testing.T) {
	address := freeAddress(t)
	a := start(t, supervisor.Spec{Script: serves, Workers: []supervisor.Worker{{Count: 3, Listen: "tcp://" + address, ReusePort: true}}})
	a.await(supervisor.Ready)
	seen := map[string]bool{}
	for i := 0; len(seen) < 3 && i < 1000; i++ {
		c, err := net.Dial("tcp", address)
		require.NoError(t, err)
		seen[regexp.MustCompile(`socket \d+`).FindString(greeting(t, c))] = true
	}
	require.Equal(t, map[string]bool{"socket 0": true, "socket 1": true, "socket 2": true}, seen)
}

func TestSignalsBecomeEvents(t *testing.T) {
	a := start(t, supervisor.Spec{Script: serves})
	a.await(supervisor.Ready)
	a.Notify(nil)
	defer signal.Reset(append(supervisor.Signals, unix.SIGPIPE)...)
	for _, sig := range supervisor.Signals {
		require.NoError(t, unix.Kill(os.Getpid(), sig.(unix.Signal)))
		ev, _ := a.await(supervisor.Signal)
		require.Equal(t, int(sig.(unix.Signal)), ev.Signal)
	}
	require.NoError(t, unix.Kill(os.Getpid(), unix.SIGPIPE)) // is not deadly
}

// The slots of all workers are dealt out in turn, and a process gets the sockets of its own slots only.
func TestSlotsAreDividedAmongServerProcesses(t *testing.T) {
	shared, own := freeAddress(t), freeAddress(t)
	a := start(t, supervisor.Spec{Script: serves, Processes: 3, Workers: []supervisor.Worker{
		{Count: 4, Listen: "tcp://" + shared}, {Count: 1}, {Count: 4, Listen: "tcp://" + own, ReusePort: true},
	}})
	_, before := a.await(supervisor.Ready)
	require.Empty(t, before, "all are ready at once")
	servers := a.Status().Servers
	require.Len(t, servers, 3)
	for _, server := range servers {
		require.Equal(t, supervisor.Server{PID: server.PID, Running: true, Answered: true, Ready: true, Slots: 3}, server)
	}
	seen := map[string]bool{}
	for i := 0; len(seen) < 4 && i < 1000; i++ {
		c, err := net.Dial("tcp", own)
		require.NoError(t, err)
		seen[regexp.MustCompile(`socket \d+`).FindString(greeting(t, c))] = true
	}
	require.Len(t, seen, 4)

	a.Reload(false)
	over, exits := a.await(supervisor.Reloaded)
	require.Empty(t, over.Message)
	require.Len(t, exits, 3, "one from each process")
	require.NoError(t, unix.Kill(servers[1].PID, unix.SIGKILL))
	exit, _ := a.await(supervisor.ServerExit)
	require.Equal(t, servers[1].PID, exit.PID)
	a.await(supervisor.Ready)
	now := a.Status().Servers
	require.Equal(t, servers[0], now[0])
	require.Equal(t, 1, now[1].Restarts)
	require.Equal(t, servers[2], now[2])

	a.Stop(false)
	_, before = a.await(supervisor.Stopped)
	require.Len(t, before, 900, "of all three")
}

// A process that follows a dead one may hang at its start as the first may.
func TestASuccessorThatDoesNotComeUpIsKilled(t *testing.T) {
	opts := options()
	opts.StartTimeout = 300 * time.Millisecond
	spec := supervisor.Spec{Script: hangs, PidFile: filepath.Join(t.TempDir(), "gate")}
	s, err := supervisor.Start(spec, opts)
	require.NoError(t, err)
	a := &app{Supervisor: s, t: t}
	ready, _ := a.await(supervisor.Ready)
	require.NoError(t, os.WriteFile(spec.PidFile, nil, 0o600))
	require.NoError(t, unix.Kill(ready.PID, unix.SIGTERM))
	first, _ := a.await(supervisor.ServerExit)
	require.Equal(t, ready.PID, first.PID)
	second, _ := a.await(supervisor.ServerExit)
	require.Equal(t, int(unix.SIGKILL), second.Status)
	require.NoError(t, os.Remove(spec.PidFile))
	a.await(supervisor.Ready)
	a.Stop(true)
	a.await(supervisor.Stopped)
}

func TestDrainEndsAfterItsDelay(t *testing.T) {
	address := freeAddress(t)
	a := start(t, supervisor.Spec{Script: serves, Workers: []supervisor.Worker{{Listen: "tcp://" + address}}})
	a.await(supervisor.Ready)
	require.Equal(t, "running", a.Status().State)
	a.Drain(300 * time.Millisecond)
	a.Drain(0) // changes nothing
	a.Reload(false)
	require.Equal(t, "draining", a.Status().State)
	c, err := net.Dial("tcp", address)
	require.NoError(t, err)
	require.Contains(t, greeting(t, c), "socket 0", "served as before")
	ev, before := a.await(supervisor.SlotExit)
	require.Equal(t, "drain", ev.Message)
	require.Empty(t, before, "no reload")
	a.await(supervisor.Stopped)
}

func TestADeadProcessIsReplacedWhileDraining(t *testing.T) {
	a := start(t, supervisor.Spec{Script: serves})
	first, _ := a.await(supervisor.Ready)
	a.Drain(time.Hour)
	require.NoError(t, unix.Kill(first.PID, unix.SIGKILL))
	a.await(supervisor.Ready)
	a.Stop(false)
	a.await(supervisor.Stopped)
}

// Who accepts no more must not leave clients waiting.
func TestConnectionsAreRefusedAtTheEndOfADrain(t *testing.T) {
	address := freeAddress(t)
	a := start(t, supervisor.Spec{Script: stubborn, StopTimeout: 60, Workers: []supervisor.Worker{{Listen: "tcp://" + address}}})
	a.await(supervisor.Ready)
	a.Drain(0)
	a.await(supervisor.SlotExit)
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return errors.Is(err, unix.ECONNREFUSED)
	}, 10*time.Second, 10*time.Millisecond)
	require.Equal(t, "stopping", a.Status().State)
	a.Stop(false)
	a.Stop(false)
	a.await(supervisor.Stopped)
}

// One that is stuck goes on until another one serves, is drained and killed then, and the other one is the server's.
func TestAnotherProcessTakesOverFromOneThatIsStuck(t *testing.T) {
	address := freeAddress(t)
	a := start(t, supervisor.Spec{Script: stuck, StopTimeout: 1, Workers: []supervisor.Worker{{Count: 2, Listen: "tcp://" + address}}})
	first, _ := a.await(supervisor.Ready)
	a.Reload(false)
	second, before := a.await(supervisor.Ready)
	require.NotEqual(t, first.PID, second.PID)
	for _, ev := range before {
		require.NotEqual(t, supervisor.ServerExit, ev.Type, "the old one goes on until the new one serves")
	}
	exit, before := a.await(supervisor.ServerExit)
	require.Equal(t, first.PID, exit.PID)
	require.Equal(t, int(unix.SIGKILL), exit.Status)
	drained := false
	for _, ev := range before {
		drained = drained || ev.Message == "drain"
	}
	require.True(t, drained)
	st := a.Status()
	require.Equal(t, []supervisor.Server{{PID: second.PID, Running: true, Answered: true, Ready: true, Restarts: 1, Slots: 2}}, st.Servers)
	ev, _ := a.await(supervisor.SlotExit) // of the slot that had not ended before; the new one's are not reported
	require.Equal(t, []int{0, 1, int(unix.SIGKILL)}, []int{ev.Worker, ev.ID, ev.Status})
	c, err := net.Dial("tcp", address)
	require.NoError(t, err)
	require.Contains(t, greeting(t, c), "worker 0 socket ")
	require.NoError(t, unix.Kill(second.PID, unix.SIGKILL))
	exit, _ = a.await(supervisor.ServerExit)
	require.Equal(t, second.PID, exit.PID)
	a.await(supervisor.Ready)
}

// No other one can start: the stuck one goes on with what it has left, and the next time it is tried again.
func TestAStuckProcessGoesOnWhileNoOtherCanStart(t *testing.T) {
	spec := supervisor.Spec{Script: stuck, StopTimeout: 1, PidFile: filepath.Join(t.TempDir(), "gate")}
	a := start(t, spec)
	first, _ := a.await(supervisor.Ready)
	require.NoError(t, os.WriteFile(spec.PidFile, nil, 0o600))
	a.Reload(false)
	a.await(supervisor.Reloaded)
	_, came := a.Wait(500 * time.Millisecond) // the time in which it would be replaced
	require.False(t, came)
	require.Equal(t, first.PID, a.Status().Servers[0].PID)
	require.NoError(t, os.Remove(spec.PidFile))
	a.Reload(false)
	second, _ := a.await(supervisor.Ready)
	require.NotEqual(t, first.PID, second.PID)
	exit, _ := a.await(supervisor.ServerExit)
	require.Equal(t, first.PID, exit.PID)
}

// A stop that comes while another one is being started ends both.
func TestStopWhileAProcessIsBeingReplaced(t *testing.T) {
	a := start(t, supervisor.Spec{Script: stuck, StopTimeout: 0.01})
	a.await(supervisor.Ready)
	a.Reload(false)
	a.Stop(false)
	a.await(supervisor.Stopped)
}

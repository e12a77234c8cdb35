package phalanxtest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// A process that hangs explains itself, and so do those that it has started.
func TestDumpShowsAllProcesses(t *testing.T) {
	m := phalanxtest.StartMachine(t, "")
	at := m.Dump()
	<-m.Ended
	require.Regexp(t, `process \d+: WorkerMan: master process .*machine\.php`, at)
	require.Regexp(t, `process \d+: phalanx server .*machine\.php`, at)
	require.Contains(t, at, "system call")
	out := m.Output()
	require.Contains(t, out, "supervisor.(*Supervisor).watch")
	require.Contains(t, out, "host.(*host).obey")
}

package services_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// Two machines have the job: one of them runs it, each time once. The other takes over when that one is killed, and when it
// is stopped.
func TestCronOfSeveralMachines(t *testing.T) {
	server, folder := natsServer(t), t.TempDir()
	job := fmt.Sprint("job of machines ", time.Now().UnixNano())
	runs := func() (all []string, by map[string]int) { // "second machine", in their order
		text, _ := os.ReadFile(filepath.Join(folder, "runs"))
		by = map[string]int{}
		for line := range strings.Lines(string(text)) {
			all = append(all, strings.TrimSpace(line))
			_, machine, _ := strings.Cut(all[len(all)-1], " ")
			by[machine]++
		}
		return all, by
	}
	start := func(machine string) *phalanxtest.Process {
		p := phalanxtest.Command(t, "testdata/cron/cluster.php", "start", "--processes=2")
		p.Cmd.Env = append(p.Cmd.Env, "CRON_FOLDER="+folder, "CRON_MACHINE="+machine, "CRON_JOB="+job, "CRON_SERVER="+server)
		p.Start()
		p.WaitFor("registered", 2)
		return p
	}
	await := func(machine string, n int) {
		t.Helper()
		natsAwait(t, "machine "+machine+" runs the job", func() bool { _, by := runs(); return by[machine] >= n })
	}
	a := start("a")
	await("a", 1)
	b := start("b")
	await("a", 4)
	_, by := runs()
	require.Zero(t, by["b"], "a leads")
	a.Kill()
	await("b", 2)
	start("c")
	_, by = runs()
	await("b", by["b"]+3)
	b.Stop()
	await("c", 2)

	all, by := runs()
	seconds, order := map[string]string{}, ""
	for _, line := range all {
		second, machine, _ := strings.Cut(line, " ")
		require.Empty(t, seconds[second], "second %s: %v", second, all)
		seconds[second] = machine
		if !strings.HasSuffix(order, machine) {
			order += machine
		}
	}
	require.Equal(t, "abc", order, "%v", by)
}

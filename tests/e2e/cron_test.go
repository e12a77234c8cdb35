package e2e_test

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// runs is which process ran the job, by the second.
func (a *app) runs() (bySecond map[string][]string, processes map[string]bool) {
	text, _ := os.ReadFile(a.dir + "/runs")
	bySecond, processes = map[string][]string{}, map[string]bool{}
	for line := range strings.Lines(string(text)) {
		second, process, _ := strings.Cut(strings.TrimSpace(line), " ")
		bySecond[second] = append(bySecond[second], process)
		processes[process] = true
	}
	return bySecond, processes
}

// Four workers of two server processes have the job: it runs once each second, also while they reload and when the process
// that runs it dies.
func TestCronRunsOnceEachSecond(t *testing.T) {
	a := prepare(t, 2)
	a.start("cron.php", "start", "--processes=2")
	after := func(more int) {
		t.Helper()
		began, _ := a.runs()
		require.Eventually(t, func() bool { now, _ := a.runs(); return len(now) >= len(began)+more }, patience, 10*time.Millisecond)
	}
	after(2)
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
	after(3)
	all, processes := a.runs()
	for second, by := range all {
		require.Len(t, by, 1, "second %s", second)
	}
	seconds := 0
	for second := range all {
		seconds = max(seconds, number(t, second))
	}
	for second := range all {
		if n := number(t, second); n < seconds {
			next := all[strconv.Itoa(n+1)]
			require.NotEmpty(t, next, "a reload left out the second after %d", n)
		}
	}
	require.Len(t, processes, 1)
	for pid := range processes {
		require.NotEqual(t, a.Cmd.Process.Pid, number(t, pid))
		require.NoError(t, syscall.Kill(number(t, pid), syscall.SIGKILL))
	}
	after(2)
	_, processes = a.runs()
	require.Len(t, processes, 2, "another process has taken it over")
	a.WaitFor(`crontab: {"1":[1,"* * * * * *","drop-in"]}`)
	a.WaitFor("cron: a job failed")
	require.NotEqual(t, "0", a.metric(`phalanx_cron_failures_total{job="failing"}`))
}

// A plain script with a loop has jobs too.
func TestCronInAScript(t *testing.T) {
	a := prepare(t, 0)
	require.NoError(t, os.WriteFile(a.dir+"/script.php", []byte(`<?php
use Phalanx\Cron;
use Workerman\Events\Fiber;
use Workerman\Timer;
$loop = new Workerman\Events\Select();
Timer::init($loop);
Timer::add(10, static fn () => exit(9)); // something to wait for
$job = Cron::schedule('now', '0 0 1 1 *', function () use ($loop) { echo "ran\n"; $loop->stop(); }, timezone: 'UTC');
echo $job->nextRun()->format('m-d H:i:s e'), "\n";
echo Cron::jobs()[0]['name'], "\n";
var_dump($job->runNow());
$loop->run();
$job->remove();
var_dump(Cron::remove('now'), Cron::remove('now'));
try { Cron::schedule('x', '61 * * * *', fn () => 1); } catch (Cron\CronException $e) { echo $e->getMessage(), "\n"; }
`), 0o600))
	out, err := a.Command("script.php").Run()
	require.NoError(t, err, out)
	require.Equal(t, "01-01 00:00:00 UTC\nnow\nbool(true)\nran\nbool(true)\nbool(false)\ncron: \"61 * * * *\": end of range (61) above maximum (59): 61\n", out)
}

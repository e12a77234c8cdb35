package messaging_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// jobs is an application that runs testdata/jobs.php.
type jobs struct {
	*phalanxtest.Process
	t      *testing.T
	port   int
	folder string
}

func startJobs(t *testing.T, folder string, args ...string) *jobs {
	t.Helper()
	a := &jobs{t: t, port: phalanxtest.FreePorts(t, 1)[0], folder: folder}
	a.Process = phalanxtest.Command(t, append([]string{"testdata/jobs.php", "start"}, args...)...)
	a.Cmd.Env = append(a.Cmd.Env, "JOBS_FOLDER="+folder, fmt.Sprintf("JOBS_PORT=%d", a.port),
		"PHALANX_NATS=embedded:"+filepath.Join(folder, "data"))
	a.Start()
	a.WaitFor("consumes", 2)
	return a
}

func (a *jobs) get(path string) string {
	a.t.Helper()
	res, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d%s", a.port, path))
	require.NoError(a.t, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	require.NoError(a.t, err)
	require.Equal(a.t, 200, res.StatusCode, "%s", body)
	return string(body)
}

func (a *jobs) push(id, data string) string {
	a.t.Helper()
	return a.get("/push?id=" + url.QueryEscape(id) + "&data=" + url.QueryEscape(data))
}

func (a *jobs) stats() (f map[string]int) {
	a.t.Helper()
	require.NoError(a.t, json.Unmarshal([]byte(a.get("/stats")), &f))
	return f
}

// log has what the workers have written: lines of it with this beginning.
func (a *jobs) log(beginning string) []string {
	text, err := os.ReadFile(filepath.Join(a.folder, "log"))
	if !os.IsNotExist(err) {
		require.NoError(a.t, err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, beginning) {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func (a *jobs) await(what string, done func() bool) {
	a.t.Helper()
	require.Eventually(a.t, done, phalanxtest.Patience, 5*time.Millisecond, what)
}

func number(t *testing.T, path string) int {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	require.NoError(t, err)
	return n
}

// endpoint is what the embedded server's process writes beside the data.
func endpoint(t *testing.T, folder string) (at struct {
	PID     int
	Address string
	Token   string
}) {
	t.Helper()
	path := filepath.Join(folder, "data", "server.json")
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &at))
	return at
}

// A server process that is killed in the middle of a job: another does it, and its effect is there once. The server is the
// supervisor's, and has lost nothing.
func TestAServerProcessThatIsKilledInAJob(t *testing.T) {
	a := startJobs(t, t.TempDir())
	require.Equal(t, a.Cmd.Process.Pid, endpoint(t, a.folder).PID)
	require.Equal(t, "one", a.push("one", "kill"))
	require.Equal(t, "known", a.push("one", "kill"))
	a.await("the job begins", func() bool {
		_, err := os.Stat(filepath.Join(a.folder, "pid"))
		return err == nil && len(a.log("begin one 1")) == 1
	})
	require.NoError(t, syscall.Kill(number(t, filepath.Join(a.folder, "pid")), syscall.SIGKILL))
	a.WaitFor("consumes", 4)
	a.await("it is done", func() bool { return len(a.log("end one")) == 1 })
	require.Len(t, a.log("begin one 2"), 1)
	a.await("the queue is empty", func() bool { f := a.stats(); return f["pending"]+f["inFlight"] == 0 })
	require.Len(t, a.log("end"), 1)
}

// Reloads cut no job, graceful or not, as long as it ends in time; each is done once.
func TestReloadsFinishJobs(t *testing.T) {
	a := startJobs(t, t.TempDir(), "--processes=2")
	for i := range 40 {
		a.push(fmt.Sprint("job-", i), "0.1")
	}
	for n, signal := range []syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2} {
		a.await("some are at work", func() bool { return len(a.log("begin")) >= 10*(n+1) })
		require.NoError(t, a.Cmd.Process.Signal(signal))
		a.WaitFor("consumes", 2*(n+2))
	}
	a.await("all are done", func() bool { return len(a.log("end")) >= 40 })
	require.Len(t, a.log("begin"), 40)
	require.Len(t, a.log("end"), 40)
}

// Jobs that wait, and those at work, are there after the application was stopped, or killed.
func TestJobsSurviveTheApplication(t *testing.T) {
	for _, end := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
		t.Run(end.String(), func(t *testing.T) {
			folder := t.TempDir()
			a := startJobs(t, folder)
			for i := range 20 {
				a.push(fmt.Sprint("slow-", i), "60")
			}
			a.await("eight are at work", func() bool { return len(a.log("begin")) == 8 })
			require.NoError(t, a.Cmd.Process.Signal(end))
			a.WaitUntilEnded()
			script := phalanxtest.Command(t, "-r", `echo json_encode((new Phalanx\Queue('jobs'))->stats());`)
			script.Cmd.Env = append(script.Cmd.Env, "PHALANX_NATS=embedded:"+filepath.Join(folder, "data"))
			out, err := script.Run()
			require.NoError(t, err, out)
			var f map[string]int
			require.NoError(t, json.Unmarshal([]byte(out), &f), out)
			require.Equal(t, 20, f["pending"]+f["inFlight"])
		})
	}
}

// A job that fails comes again and is dead in the end; a script beside the application sees and requeues it.
func TestDeadJobsFromAScript(t *testing.T) {
	a := startJobs(t, t.TempDir())
	a.push("bad", "fail")
	a.await("it is dead", func() bool { return a.stats()["dead"] == 1 })
	require.Len(t, a.log("begin bad"), 3)
	script := phalanxtest.Command(t, "-r", `
		$queue = new Phalanx\Queue('jobs');
		foreach ($queue->dead() as $dead) {
			printf("%s %s %d %s\n", $dead->id, $dead->data, $dead->attempts, $dead->error);
			$queue->requeue($dead->number);
		}
		try {
			$queue->requeue(4711);
		} catch (Phalanx\Messaging\MessagingException $e) {
			echo $e->getMessage(), "\n";
		}`)
	script.Cmd.Env = append(script.Cmd.Env, "PHALANX_NATS=embedded:"+filepath.Join(a.folder, "data"))
	out, err := script.Run()
	require.NoError(t, err, out)
	require.Contains(t, out, "bad fail 3 RuntimeException: as it was told\n")
	require.Contains(t, out, "there is no such dead job: 4711")
	a.await("it came again", func() bool { return len(a.log("begin bad")) == 6 })
}

// Two applications that name one folder do not share it by accident.
func TestAFolderIsOneApplications(t *testing.T) {
	a := startJobs(t, t.TempDir())
	other := filepath.Join(t.TempDir(), "other.php")
	require.NoError(t, os.WriteFile(other, []byte(`<?php
		$worker = new Workerman\Worker();
		$worker->onWorkerStart = function () {
			try {
				(new Phalanx\PubSub())->connect();
			} catch (Phalanx\Messaging\MessagingException $e) {
				echo $e->getMessage(), "\n";
			}
		};
		Workerman\Worker::runAll();`), 0o600))
	p := phalanxtest.Command(t, other, "start")
	p.Cmd.Env = append(p.Cmd.Env, "PHALANX_NATS=embedded:"+filepath.Join(a.folder, "data"))
	p.Start()
	p.WaitFor("is used by")
	p.WaitFor("testdata/jobs.php")
}

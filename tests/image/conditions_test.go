package image_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// What engines and clusters do to a container that a bare machine does not.

// keeper counts in the embedded messaging server, and drains for longer than anybody waits.
const keeper = `<?php
use Workerman\Worker;

$web = new Worker('http://127.0.0.1:' . getenv('PORT'));
$web->onMessage = function ($connection): void {
    static $bucket = new Phalanx\KeyValue('kept');
    $n = 1 + (int)$bucket->get('n');
    $bucket->put('n', $n);
    $connection->send("$n\n");
};
Worker::$drainDelay = 600;
Worker::runAll();
`

// app writes a start file to /app.
func app(t *testing.T, root, name, code string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(root, "app", name), []byte(code), 0o644))
}

// volume is an empty folder that a user owns.
func volume(t *testing.T, uid, gid int) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "phalanx-volume-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(folder)) })
	require.NoError(t, os.Chmod(folder, 0o755))
	require.NoError(t, os.Chown(folder, uid, gid))
	return folder
}

// answer waits for a 200 of a server on this machine.
func answer(t *testing.T, port int) (body string) {
	t.Helper()
	client := &http.Client{Timeout: phalanxtest.Patience, Transport: &http.Transport{DisableKeepAlives: true}}
	require.Eventually(t, func() bool {
		resp, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d/", port))
		if err != nil {
			return false
		}
		defer func() { _ = resp.Body.Close() }()
		text, err := io.ReadAll(resp.Body)
		body = string(text)
		return err == nil && resp.StatusCode == http.StatusOK
	}, phalanxtest.Patience, 20*time.Millisecond)
	return body
}

// A read-only root without a /tmp, and a volume for all there is to write. What is killed because it stops too slowly
// (docker stop -t) leaves its pid file and its locks there; in the next container the numbers of the processes are the same.
func keepData(t *testing.T, root string) {
	app(t, root, "kept.php", keeper)
	port := phalanxtest.FreePorts(t, 1)[0]
	in := atRoot(root, "PHALANX_NATS=embedded:/data", "PHALANX_RUN_DIR=/data", fmt.Sprint("PORT=", port))
	in.volume, in.withoutTmp = volume(t, 1000, 1000), true
	for want := 1; want <= 3; want++ {
		p := inside(t, in, "phalanx", "kept.php", "start")
		p.Start()
		require.Equal(t, fmt.Sprintln(want), answer(t, port), p.Output())
		one := processOne(t, p)
		require.NoError(t, syscall.Kill(one, syscall.SIGTERM))
		p.WaitFor("not ready any more")
		require.FileExists(t, filepath.Join(in.volume, "workerman._app_kept.php.pid"))
		require.NoError(t, syscall.Kill(one, syscall.SIGKILL))
		select {
		case <-p.Ended: // with process 1 the kernel has ended all others
		case <-time.After(phalanxtest.Patience):
			require.Fail(t, "something lives on", p.Dump())
		}
	}
}

func otherUsersVolume(t *testing.T, root string) {
	in := atRoot(root, "PHALANX_NATS=embedded:/data")
	in.volume = volume(t, 0, 0)
	out, err := inside(t, in, "phalanx", "-r", `(new Phalanx\KeyValue('kept'))->get('n');`).Run()
	require.Error(t, err)
	require.Contains(t, out, "open /data/lock: permission denied for user 1000, group 1000")
}

func withoutTmp(t *testing.T, root string) {
	in := atRoot(root)
	in.withoutTmp = true
	out, err := inside(t, in, "phalanx", "server.php", "start").Run()
	require.Contains(t, out, "can not save pid to /tmp/workerman._app_server.php.pid: Read-only file system")
	require.Contains(t, out, "PHALANX_RUN_DIR")
	var status *exec.ExitError
	require.ErrorAs(t, err, &status, "an engine can see that it has failed")
	require.Equal(t, 1, status.ExitCode())
}

// OpenShift gives each project a user of its own, in root's group, that no file knows. All there is to read is JSON.
func anyUser(t *testing.T, root string) {
	app(t, root, "any.php", `<?php
use Workerman\Worker;

$web = new Worker('http://127.0.0.1:' . getenv('PORT'));
$web->onWorkerStart = function (): void {
    Worker::log("a \"worker\"\nstarts");
    (new Phalanx\Log('stdout', channel: 'shop', format: Phalanx\Log\Format::Json))->info('open');
};
$web->onMessage = fn ($connection) => $connection->send(posix_getuid() . ':' . posix_getgid());
Worker::runAll();
`)
	port := phalanxtest.FreePorts(t, 1)[0]
	in := atRoot(root, "PHALANX_LOG_FORMAT=json", fmt.Sprint("PORT=", port))
	in.user = "12345:0"
	p := inside(t, in, "phalanx", "any.php", "start")
	p.Start()
	require.Equal(t, "12345:0", answer(t, port), p.Output())
	p.WaitFor(`"channel":"shop"`)
	require.NoError(t, syscall.Kill(processOne(t, p), syscall.SIGTERM))
	p.WaitUntilEnded()
	require.NoError(t, p.Err, p.Output())
	var messages []string
	for line := range strings.Lines(p.Output()) {
		var record struct{ Time, Level, Message string }
		require.NoError(t, json.Unmarshal([]byte(line), &record), line)
		_, err := time.Parse(time.RFC3339Nano, record.Time)
		require.NoError(t, err, line)
		require.NotEmpty(t, record.Level, line)
		messages = append(messages, record.Message)
	}
	for _, message := range []string{"Workerman[any.php] started", "a \"worker\"\nstarts", "open", "Workerman[any.php] has been stopped"} {
		require.Contains(t, messages, message)
	}
}

// An orphan belongs to process 1, which nobody else asks for its status.
func reap(t *testing.T, root string) {
	p := inside(t, atRoot(root), "phalanx", "-r", `
		exec('sh -c "kill -STOP \$\$" >/dev/null 2>&1 & echo $!', $out);
		echo "orphan $out[0]\n";
		sleep(600);`)
	p.Start()
	p.WaitFor("orphan ")
	one := processOne(t, p)
	theirs := func() (states []string) {
		children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", one))
		require.NoError(t, err)
		for _, pid := range strings.Fields(string(children)) {
			stat, err := os.ReadFile("/proc/" + pid + "/stat")
			if err == nil {
				states = append(states, string(stat))
			}
		}
		return states
	}
	require.Eventually(t, func() bool { return len(theirs()) == 2 }, phalanxtest.Patience, 10*time.Millisecond, "process 1 adopts it")
	for _, stat := range theirs() {
		if strings.Contains(stat, "(sh)") {
			var pid int
			_, err := fmt.Sscan(stat, &pid)
			require.NoError(t, err)
			require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
		}
	}
	require.Eventually(t, func() bool { return len(theirs()) == 1 }, phalanxtest.Patience, 10*time.Millisecond, "%v", theirs())
	require.NoError(t, syscall.Kill(one, syscall.SIGKILL))
	<-p.Ended
}

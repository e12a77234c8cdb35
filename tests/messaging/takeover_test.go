package messaging_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// script runs PHP code that uses the server of a folder.
func script(t *testing.T, folder, code string) *phalanxtest.Process {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script.php")
	require.NoError(t, os.WriteFile(path, []byte("<?php\n"+code), 0o600))
	p := phalanxtest.Command(t, path)
	p.Cmd.Env = append(p.Cmd.Env, "PHALANX_NATS=embedded:"+filepath.Join(folder, "data"))
	return p
}

// The server of scripts runs in the first of them. When that is killed another one takes over, with all jobs, and those that
// subscribe go on.
func TestAnotherScriptTakesTheServerOver(t *testing.T) {
	folder := t.TempDir()
	first := script(t, folder, `$queue = new Phalanx\Queue('jobs');
		$queue->push('kept');
		echo "hosts\n";
		(new Phalanx\PubSub())->subscribe('stop', fn () => null)->wait();`)
	first.Start()
	first.WaitFor("hosts")
	require.Equal(t, first.Cmd.Process.Pid, endpoint(t, folder).PID)
	second := script(t, folder, `$pubsub = new Phalanx\PubSub();
		$subscription = $pubsub->subscribe('news', function ($message) use (&$subscription) {
			echo $message->payload, "\n";
			if ($message->payload === 'last') {
				$subscription->unsubscribe();
			}
		});
		echo "listens\n";
		$subscription->wait();`)
	second.Start()
	second.WaitFor("listens")
	first.Kill()
	third := script(t, folder, `$pubsub = new Phalanx\PubSub();
		$queue = new Phalanx\Queue('jobs');
		$queue->consume(function ($job) { echo $job->payload, "\n"; }, concurrency: 1);
		for ($i = 0; $i < 100 && $queue->stats()['bytes'] > 0; $i++) {
			usleep(10000);
		}
		for ($i = 0; $i < 1000; $i++) {
			$pubsub->publish('news', 'more');
			try {
				$pubsub->request('news', 'last', timeout: 0.05);
			} catch (Phalanx\Messaging\NoRespondersException) {
				usleep(10000); // the other one has not found the way yet
				continue;
			} catch (Phalanx\Exception\TimeoutException) {
			}
			break;
		}`)
	out, err := third.Run()
	require.NoError(t, err, out)
	require.Contains(t, out, "kept\n")
	second.WaitFor("last")
	second.WaitUntilEnded()
	require.NoError(t, second.Err)
}

// Workers of another user use the application's server, whose folder they cannot read, and no other one.
func TestWorkersOfAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give workers to other users")
	}
	folder := t.TempDir()
	for dir := folder; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		require.NoError(t, os.Chmod(dir, 0o755))
	}
	path := filepath.Join(folder, "app.php")
	require.NoError(t, os.WriteFile(path, []byte(`<?php
		$worker = new Workerman\Worker();
		$worker->user = 'nobody';
		$worker->onWorkerStart = function () {
			$pubsub = new Phalanx\PubSub();
			$pubsub->subscribe('x', fn ($message) => print("got {$message->payload}\n"));
			$pubsub->publish('x', 'as ' . posix_geteuid());
			try {
				(new Phalanx\PubSub('embedded:' . getenv('OTHER')))->connect();
				echo "made\n";
			} catch (Phalanx\Messaging\MessagingException $e) {
				echo $e->getMessage(), "\n";
			}
		};
		Workerman\Worker::$logFile = '/dev/null';
		Workerman\Worker::runAll();`), 0o644))
	p := phalanxtest.Command(t, path, "start")
	other := filepath.Join(t.TempDir(), "other")
	p.Cmd.Env = append(p.Cmd.Env, "OTHER="+other)
	p.Start()
	p.WaitFor("got as 65534")
	p.WaitFor("workers of another user use the default folder")
	require.NoDirExists(t, other)
	require.DirExists(t, filepath.Join(folder, "phalanx-data", "messaging"), fmt.Sprint("beside ", path))
}

package cli_test

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// counter counts its signals and answers a line for each; QUIT ends it with the sums.
const counter = `<?php
pcntl_async_signals(true);
$seen = [];
foreach ([SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGHUP, SIGALRM, SIGCHLD, SIGTSTP] as $signal) {
    pcntl_signal($signal, function (int $signal, $info) use (&$seen) {
        $seen[$signal] = ($seen[$signal] ?? 0) + 1;
        fwrite(STDOUT, $signal . ' ' . json_encode(isset($info['pid']) ? $info['pid'] === posix_getppid() : null) . "\n");
    });
}
pcntl_signal(SIGQUIT, function () use (&$seen) { ksort($seen); echo json_encode($seen), "\n"; exit(9); });
echo "ready\n";
for ($x = 0;;) {
    for ($i = 0; $i < 1000; $i++) {
        $x += sqrt($i);
    }
    if (($argv[1] ?? '') === 'sleep') {
        usleep(50000);
    }
}
`

// Go has several threads and the kernel picks any: PHP's handlers run on PHP's thread all the same.
func TestHandlersGetEverySignal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "counter.php")
	require.NoError(t, os.WriteFile(path, []byte(counter), 0o644))
	signals := []syscall.Signal{
		syscall.SIGINT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGHUP, syscall.SIGALRM,
		syscall.SIGCHLD, syscall.SIGTSTP,
	}
	for _, how := range []string{"busy", "sleep"} {
		t.Run(how, func(t *testing.T) {
			rounds := 300
			if how == "sleep" {
				rounds = 30
			}
			cmd := exec.Command(phalanx, path, how)
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			watchdog := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
			defer watchdog.Stop()
			lines := bufio.NewScanner(out)
			next := func() string {
				require.True(t, lines.Scan(), "the script is gone")
				return lines.Text()
			}
			require.Equal(t, "ready", next())
			want := map[int]int{}
			for range rounds {
				for _, s := range signals {
					require.NoError(t, cmd.Process.Signal(s))
					sender := "null" // PHP tells it for these three only
					if s == syscall.SIGUSR1 || s == syscall.SIGUSR2 || s == syscall.SIGCHLD {
						sender = "true"
					}
					require.Equal(t, strconv.Itoa(int(s))+" "+sender, next(), "signal and whether the sender is known")
					want[int(s)]++
				}
			}
			require.NoError(t, cmd.Process.Signal(syscall.SIGQUIT))
			var got map[int]int
			require.NoError(t, json.Unmarshal([]byte(next()), &got))
			require.Equal(t, want, got)
			_ = cmd.Wait()
			require.Equal(t, 9, cmd.ProcessState.ExitCode())
		})
	}
}

func TestDefaultActions(t *testing.T) {
	for _, s := range []syscall.Signal{
		syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM,
		syscall.SIGQUIT, syscall.SIGABRT,
	} {
		t.Run(s.String(), func(t *testing.T) {
			cmd := exec.Command(phalanx, "-r", "echo 'up'; sleep(30);")
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			buf := make([]byte, 2)
			_, err = out.Read(buf)
			require.NoError(t, err)
			require.NoError(t, cmd.Process.Signal(s))
			_ = cmd.Wait()
			ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
			require.True(t, ok)
			require.True(t, ws.Signaled(), "ended by the signal, as the shell's 128+n says")
			require.Equal(t, s, ws.Signal())
		})
	}
}

func TestInheritedIgnoreStays(t *testing.T) {
	out, err := exec.Command("sh", "-c", `trap '' TERM HUP USR1; exec "$0" -r 'foreach ([SIGTERM, SIGHUP, SIGUSR1] as $s) { posix_kill(getmypid(), $s); } usleep(50000); echo "alive";'`,
		phalanx).CombinedOutput()
	require.NoError(t, err)
	require.Equal(t, "alive", string(out))
}

package e2e_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Fifty clients that retry do not notice reloads, and when a reload has ended no old code answers. A graceful one waits
// until clients have left, as with Workerman, so these leave now and then.
func TestReloadUnderLoad(t *testing.T) {
	for name, signal := range map[string]syscall.Signal{"at once": syscall.SIGUSR1, "graceful": syscall.SIGUSR2} {
		t.Run(name, func(t *testing.T) {
			a := prepare(t, 1)
			write := func(version string) {
				next := filepath.Join(a.dir, "next.php")
				require.NoError(t, os.WriteFile(next, []byte("<?php\n\nreturn '"+version+"';\n"), 0o600))
				require.NoError(t, os.Rename(next, filepath.Join(a.dir, "version.php")))
			}
			write("v1")
			a.start("reload.php", "start")
			require.Eventually(t, func() bool { return strings.Count(a.Output(), "started v1\n") == 2 }, patience, 5*time.Millisecond)
			before := a.serverPID()

			// A client is a connection that lives as long as the server lets it. http.Client itself repeats a GET
			// whose old connection closes before an answer.
			const clients = 50
			var stop atomic.Bool
			var over atomic.Value // an answer must not be older
			over.Store("v1")
			var answers, retries, outdated, gaveUp atomic.Int64
			var wg sync.WaitGroup
			for range clients {
				wg.Go(func() {
					client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{MaxConnsPerHost: 1}}
					defer client.CloseIdleConnections()
					for n := 1; !stop.Load(); n++ {
						if signal == syscall.SIGUSR2 && n%20 == 0 {
							client.CloseIdleConnections()
						}
						want := over.Load().(string)
						answered := false
						for range 20 {
							resp, err := client.Get(a.url(0, "/"))
							if err == nil {
								var body []byte
								body, err = io.ReadAll(resp.Body)
								_ = resp.Body.Close()
								if err == nil {
									answered = true
									if string(body) < want {
										outdated.Add(1)
									}
									break
								}
							}
							retries.Add(1)
						}
						if !answered {
							gaveUp.Add(1)
						}
						answers.Add(1)
						time.Sleep(time.Millisecond) // fifty clients on few cores
					}
				})
			}
			for _, version := range []string{"v2", "v3", "v4"} {
				had := answers.Load()
				require.Eventually(t, func() bool { return answers.Load() > had+200 }, patience, time.Millisecond)
				write(version)
				require.NoError(t, a.Cmd.Process.Signal(signal))
				// A slot that has started says so after the old one is gone.
				require.Eventually(t, func() bool { return strings.Count(a.Output(), "started "+version+"\n") == 2 }, patience, time.Millisecond)
				over.Store(version)
			}
			had := answers.Load()
			require.Eventually(t, func() bool { return answers.Load() > had+500 }, patience, time.Millisecond)
			stop.Store(true)
			wg.Wait()
			t.Logf("%d answers, %d retries", answers.Load(), retries.Load())
			require.Zero(t, gaveUp.Load(), "requests without an answer")
			require.Zero(t, outdated.Load(), "answers of old code after the reload")
			require.Equal(t, before, a.serverPID())
		})
	}
}

// A reload runs the code that is there, whatever opcache is told and wherever a symbolic link led before.
func TestReloadSeesNewFiles(t *testing.T) {
	a := prepare(t, 1)
	for _, version := range []string{"v1", "v2"} {
		require.NoError(t, os.Mkdir(filepath.Join(a.dir, version), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(a.dir, version, "version.php"), []byte("<?php\n\nreturn '"+version+"';\n"), 0o600))
	}
	link := func(version string) {
		require.NoError(t, os.Symlink(version, filepath.Join(a.dir, "next")))
		require.NoError(t, os.Rename(filepath.Join(a.dir, "next"), filepath.Join(a.dir, "current")))
	}
	link("v1")
	require.NoError(t, os.WriteFile(filepath.Join(a.dir, "version.php"), []byte("<?php\n\nreturn require __DIR__ . '/current/version.php';\n"), 0o600))
	a.start("-d", "opcache.validate_timestamps=0", "-d", "opcache.revalidate_freq=3600", "reload.php", "start")
	require.Eventually(t, func() bool { return strings.Count(a.Output(), "started v1\n") == 2 }, patience, 5*time.Millisecond)

	reload := func(want string) {
		t.Helper()
		require.Eventually(t, func() bool { // one that comes while another runs, or the start, is ignored
			return a.Cmd.Process.Signal(syscall.SIGUSR1) == nil && strings.Count(a.Output(), want) >= 2
		}, patience, 200*time.Millisecond)
	}
	link("v2")
	reload("started v2\n")

	later := time.Now().Add(time.Minute) // a file that is as old as another counts as the same
	file := filepath.Join(a.dir, "v2", "version.php")
	require.NoError(t, os.WriteFile(file, []byte("<?php\n\nreturn 'v3';\n"), 0o600))
	require.NoError(t, os.Chtimes(file, later, later))
	reload("started v3\n")
}

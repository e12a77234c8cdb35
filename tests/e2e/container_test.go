package e2e_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The settings that the image makes: a script that names no files writes none beside itself, and is asked about its
// health without being told where.
func TestSettingsOfTheEnvironment(t *testing.T) {
	a := prepare(t, 2)
	run := t.TempDir()
	a.Env = append(a.Env, "PHALANX_RUN_DIR="+run, "PHALANX_LOG_FILE=/dev/null",
		"PHALANX_MONITOR=0.0.0.0:"+fmt.Sprint(a.ports[1]))
	require.NoError(t, os.Mkdir(filepath.Join(a.dir, "readonly"), 0o755))
	require.NoError(t, os.Rename(filepath.Join(a.dir, "environment.php"), filepath.Join(a.dir, "readonly", "server.php")))
	require.NoError(t, os.Chmod(filepath.Join(a.dir, "readonly"), 0o555))
	before := a.files("readonly")

	a.Process = a.Command()
	a.start("readonly/server.php", "start")
	require.Eventually(t, func() bool {
		_, err := a.Command("health", "--ready").Run()
		return err == nil
	}, patience, 50*time.Millisecond)
	out, err := a.Command("health").Run()
	require.NoError(t, err)
	require.Equal(t, "ok\n", out)

	require.Equal(t, before, a.files("readonly"))
	script, err := filepath.EvalSymlinks(filepath.Join(a.dir, "readonly", "server.php"))
	require.NoError(t, err)
	pid := filepath.Join(run, "workerman."+strings.ReplaceAll(script, "/", "_")+".pid")
	require.FileExists(t, pid)
	out, err = a.Command("shared", "readonly/server.php").Run()
	require.NoError(t, err, "the server is found by its start file: %s", out)
	out, err = a.Command("readonly/server.php", "stop").Run()
	require.NoError(t, err, out)
	a.WaitUntilEnded()
	require.NoError(t, a.Err)
	require.NoFileExists(t, pid)
	require.NoFileExists(t, filepath.Join(run, "workerman.log"))

	out, err = a.Command("health").Run()
	var exit *exec.ExitError
	require.True(t, errors.As(err, &exit), out)
	require.Equal(t, 1, exit.ExitCode())
	require.Contains(t, out, "connection refused")
}

func TestHealthOfOneThatDoesNotLive(t *testing.T) {
	a := watched(t)
	out, err := a.Command("health", a.addr(1)).Run()
	require.NoError(t, err, out)
	go func() { _, _ = a.tryGet(0, "/sleep") }()
	require.Eventually(t, func() bool {
		out, err = a.Command("health", a.addr(1)).Run()
		return err != nil
	}, patience, 10*time.Millisecond)
	require.Contains(t, out, "phalanx health: 503 Service Unavailable\n")
	require.Contains(t, out, "web")

	// Any URL will do, for what has no monitor.
	_, err = a.Command("health", a.url(1, "/metrics")).Run()
	require.NoError(t, err)
	out, err = a.Command("health").Run()
	require.Error(t, err)
	require.Contains(t, out, "name the monitor's address")
}

// files lists a folder of the app.
func (a *app) files(folder string) (names []string) {
	a.t.Helper()
	entries, err := os.ReadDir(filepath.Join(a.dir, folder))
	require.NoError(a.t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

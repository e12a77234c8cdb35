// Package apps runs real applications, unmodified, on build/phalanx. They come from folders that environment variables
// name, each ready to run with a vendor/autoload.php that loads the application's libraries and leaves the classes of
// Workerman to phalanx; what the tests add is in testdata. An application that is not there is skipped. With PHALANX naming
// a PHP that loads Workerman itself the same tests say what Workerman does.
package apps

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

const (
	patience = phalanxtest.Patience
	poll     = 20 * time.Millisecond
)

// app is a copy of an application, and the process that runs it.
type app struct {
	*phalanxtest.App
	t *testing.T
}

// prepare copies the application that a variable names and lays a folder of testdata over it (” none). It finds its ports in PORT,
// PORT2 ...
func prepare(t *testing.T, variable, overlay string, ports int) *app {
	t.Helper()
	from := os.Getenv(variable)
	if from == "" {
		t.Skipf("%s is not set: it names a folder with the application, see tests/apps/README.md", variable)
	}
	a := &app{phalanxtest.Prepare(t, from, ports), t}
	if overlay != "" {
		a.overlay(overlay)
	}
	return a
}

// overlay writes the files of testdata/name over those of the application.
func (a *app) overlay(name string) {
	a.t.Helper()
	root := filepath.Join("testdata", name)
	require.NoError(a.t, filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		to := filepath.Join(a.Dir, inside)
		if entry.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o600)
	}))
}

// start runs a script in the foreground until the end of the test.
func (a *app) start(script string) {
	a.t.Helper()
	a.Process = a.Command(script, "start")
	a.Start()
	a.WaitFor("Start success.")
}

func (a *app) url(path string) string { return "http://" + a.Addr(0) + path }

// edit replaces text in a file of the application.
func (a *app) edit(file, from, to string) {
	a.t.Helper()
	path := filepath.Join(a.Dir, file)
	data, err := os.ReadFile(path)
	require.NoError(a.t, err)
	require.Contains(a.t, string(data), from)
	require.NoError(a.t, os.WriteFile(path, []byte(strings.ReplaceAll(string(data), from, to)), 0o600))
}

// listening waits until the first port answers.
func (a *app) listening() {
	a.t.Helper()
	require.Eventually(a.t, func() bool {
		resp, err := http.Get(a.url("/"))
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return true
	}, patience, poll)
}

// lines are those of the output that are this text.
func (a *app) lines(text string) []string {
	var found []string
	for line := range strings.SplitSeq(a.Output(), "\n") {
		if line == text {
			found = append(found, line)
		}
	}
	return found
}

package phalanxtest

import (
	"fmt"
	"net"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// App is a folder with an application, and the phalanx that runs it.
type App struct {
	*Process
	Dir   string
	Ports []int
	Env   []string // settings of the application's commands, beside the test's own

	t testing.TB
}

// Prepare copies a folder to one of the test's own, so that pid files, logs and uploads end up there ("": it is empty), and
// finds ports of 127.0.0.1 that nobody listens on. A script finds them in PORT1, PORT2 ..., the first one in PORT too; further
// settings are NAME=value.
func Prepare(t testing.TB, from string, ports int, environment ...string) *App {
	t.Helper()
	a := &App{t: t, Dir: t.TempDir(), Ports: FreePorts(t, ports), Env: environment}
	if from != "" {
		require.NoError(t, os.CopyFS(a.Dir, os.DirFS(from)))
	}
	for i, port := range a.Ports {
		if i == 0 {
			a.Env = append(a.Env, fmt.Sprintf("PORT=%d", port))
		}
		a.Env = append(a.Env, fmt.Sprintf("PORT%d=%d", i+1, port))
	}
	a.Process = a.Command()
	return a
}

// Command prepares a phalanx in the app's folder and with its settings.
func (a *App) Command(args ...string) *Process {
	a.t.Helper()
	p := Command(a.t, args...)
	p.Cmd.Dir = a.Dir
	p.Cmd.Env = append(p.Cmd.Env, a.Env...)
	return p
}

// Addr is the address of one of its ports.
func (a *App) Addr(i int) string { return fmt.Sprintf("127.0.0.1:%d", a.Ports[i]) }

// URL is a path at one of its ports.
func (a *App) URL(i int, path string) string { return "http://" + a.Addr(i) + path }

// Dial connects to one of its ports, as Dial does.
func (a *App) Dial(i int) *net.TCPConn {
	a.t.Helper()
	return Dial(a.t, a.Addr(i))
}

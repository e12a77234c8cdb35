// Package manual runs the Workerman manual's own examples on build/phalanx and talks to them from outside.
package manual

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// patience bounds every wait; nothing takes it unless something is broken.
const patience = phalanxtest.Patience

// app is a running example.
type app struct {
	*phalanxtest.Process
	t     *testing.T
	dir   string
	ports []int
}

// prepare copies the examples, so that pid files, logs and uploads end up elsewhere, and finds ports that nobody listens
// on, which the example finds in PORT, PORT2 ...
func prepare(t *testing.T, ports int) *app {
	t.Helper()
	a := &app{t: t, dir: t.TempDir(), ports: phalanxtest.FreePorts(t, ports)}
	require.NoError(t, os.CopyFS(a.dir, os.DirFS(".")))
	return a
}

// command prepares a phalanx in the example's folder and with its ports.
func (a *app) command(args ...string) *phalanxtest.Process {
	a.t.Helper()
	p := phalanxtest.Command(a.t, args...)
	p.Cmd.Dir = a.dir
	for i, port := range a.ports {
		name := "PORT"
		if i > 0 {
			name += strconv.Itoa(i + 1)
		}
		p.Cmd.Env = append(p.Cmd.Env, fmt.Sprintf("%s=%d", name, port))
	}
	return p
}

// start runs an example in the foreground and waits until it says that it has started.
func start(t *testing.T, script string, ports int) *app {
	t.Helper()
	a := prepare(t, ports)
	a.Process = a.command(script, "start")
	a.Start()
	a.WaitFor("Start success.")
	return a
}

func (a *app) addr(i int) string { return fmt.Sprintf("127.0.0.1:%d", a.ports[i]) }

func (a *app) dial(i int) *net.TCPConn {
	a.t.Helper()
	return phalanxtest.Dial(a.t, a.addr(i))
}

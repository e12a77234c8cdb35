// Package manual runs the Workerman manual's own examples on build/phalanx and talks to them from outside.
package manual

import (
	"testing"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// patience bounds every wait; nothing takes it unless something is broken.
const patience = phalanxtest.Patience

// app is a running example.
type app struct {
	*phalanxtest.App
	t *testing.T
}

func prepare(t *testing.T, ports int) *app {
	t.Helper()
	return &app{phalanxtest.Prepare(t, ".", ports), t}
}

// start runs an example in the foreground and waits until it says that it has started.
func start(t *testing.T, script string, ports int) *app {
	t.Helper()
	a := prepare(t, ports)
	a.Process = a.Command(script, "start")
	a.Start()
	a.WaitFor("Start success.")
	return a
}

package messaging_test

import (
	"fmt"
	"testing"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// One machine's embedded server is the others' way to each other.
func TestConnectionsOfSeveralMachines(t *testing.T) {
	port := phalanxtest.FreePorts(t, 1)[0]
	const token = "0123456789abcdef"
	server := fmt.Sprintf("embedded:%s?listen=127.0.0.1:%d&token=%s", t.TempDir(), port, token)
	phalanxtest.OneCluster(t, func() *phalanxtest.Machine {
		m := phalanxtest.StartMachine(t, server)
		server = fmt.Sprintf("nats://%s@127.0.0.1:%d", token, port)
		return m
	})
}

//go:build !race

package loop_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// A broadcast's cost does not depend on allocations for each connection.
func TestDeliverDoesNotAllocateForEachConnection(t *testing.T) {
	d := drive(t, silent)
	ids := make([]loop.ID, 200)
	peers := make([]*peer, len(ids))
	for i := range ids {
		peers[i] = d.connect(loop.ListenOptions{Proto: loop.Text})
		ids[i] = peers[i].id
	}
	message := []byte("hello")
	buf := make([]byte, 4096)
	allocs := testing.AllocsPerRun(50, func() {
		d.Deliver(ids, loop.FormText, message)
		d.Flush(nil)
		for _, p := range peers {
			_, _ = unix.Read(p.fd, buf)
		}
	})
	require.Less(t, allocs, 5.0)
}

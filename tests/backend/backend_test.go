package backend_test

import (
	"maps"
	"net"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/backend"
)

// A fault test kills a server and starts it again where its clients look for it.
func TestServersComeBackAfterBeingKilled(t *testing.T) {
	for _, kind := range slices.Sorted(maps.Keys(backend.Kinds)) {
		t.Run(kind, func(t *testing.T) {
			s := backend.New(t, kind)
			address := s.Address()
			require.NoError(t, s.Kill())
			_, err := net.Dial("tcp", address)
			require.Error(t, err)
			require.NoError(t, s.Start()) // waits until it answers
			require.Equal(t, address, s.Address())
			require.NoError(t, s.Stop())
			require.ErrorIs(t, s.Signal(os.Interrupt), os.ErrProcessDone)
		})
	}
}

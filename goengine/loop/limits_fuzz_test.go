package loop_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// What is accepted is so on every reading, nothing hides behind it, and no count is out of its range.
func FuzzParseLimits(f *testing.F) {
	for _, s := range []string{"", "connections=5", "connections=-1\nhandshakes=1", "exempt=127.0.0.0/8,::1", "connections=0", "x=1", "=", "exempt=,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		limits, err := loop.ParseLimits(text)
		if err != nil {
			require.Zero(t, limits)
			return
		}
		again, err := loop.ParseLimits(text)
		require.NoError(t, err)
		require.Equal(t, limits, again)
		require.GreaterOrEqual(t, limits.Handshakes, 0)
		require.GreaterOrEqual(t, limits.Connections, -1)
		require.GreaterOrEqual(t, limits.PerAddress, -1)
		_, err = loop.ParseLimits(text + "\nthere is none=1")
		require.Error(t, err)
	})
}

//go:build !race

package frame_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/frame"
)

func TestCodecDoesNotAllocate(t *testing.T) {
	body, wire := make([]byte, 100), make([]byte, 0, 256)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		wire = frame.Append(wire[:0], body)
		if _, n, err := frame.Decode(wire, 256); n != len(wire) || err != nil {
			t.Error("not decoded")
		}
	}))
}

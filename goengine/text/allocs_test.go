//go:build !race

package text_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/text"
)

func TestCodecDoesNotAllocate(t *testing.T) {
	body, wire := make([]byte, 100), make([]byte, 0, 256)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		wire = text.Append(wire[:0], body)
		if _, n, err := text.Decode(wire, 0, 256); n != len(wire) || err != nil {
			t.Error("not decoded")
		}
	}))
}

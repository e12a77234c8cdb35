//go:build !race

package loop_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

func TestAKeepAliveRequestDoesNotAllocate(t *testing.T) {
	e := newExchange(t, loop.HTTP, 1)
	for range 100 {
		e.round()
	}
	require.Zero(t, testing.AllocsPerRun(1000, e.round))
}

func TestAWebSocketMessageDoesNotAllocate(t *testing.T) {
	e := newExchange(t, loop.WebSocket, 1)
	for range 100 {
		e.round()
	}
	require.Zero(t, testing.AllocsPerRun(1000, e.round))
}

package atexit_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/atexit"
)

func TestTasksRunOnceAndAreBounded(t *testing.T) {
	var ran, late atomic.Int32
	atexit.Do(func(context.Context) { ran.Add(1) })
	atexit.Do(func(ctx context.Context) {
		<-ctx.Done() // one that hangs does not keep the process
		late.Add(1)
		select {}
	})
	atexit.Run()
	require.Equal(t, int32(1), ran.Load())
	atexit.Run()
	require.Equal(t, int32(1), ran.Load())
}

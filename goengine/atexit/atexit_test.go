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

// Two goroutines that end the process at the same time: neither is to exit before the tasks have run.
func TestASecondRunWaitsForTheFirst(t *testing.T) {
	begun, gate := make(chan struct{}), make(chan struct{})
	var ran atomic.Bool
	atexit.Do(func(context.Context) {
		close(begun)
		<-gate
		ran.Store(true)
	})
	go atexit.Run()
	<-begun
	second := make(chan bool)
	go func() {
		atexit.Run()
		second <- ran.Load()
	}()
	close(gate)
	require.True(t, <-second)
}

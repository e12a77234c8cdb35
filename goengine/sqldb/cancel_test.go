package sqldb

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The process ends when statements whose scripts are over have been cancelled, and not before.
func TestTheEndWaitsForStatementsThatAreCancelled(t *testing.T) {
	ctx, end := context.WithCancel(context.Background())
	begun, proceed, settled := make(chan struct{}), make(chan struct{}), make(chan struct{})
	done := onCancel(ctx, func() { close(begun); <-proceed })
	go func() { awaitCancelled(context.Background()); close(settled) }()
	end()
	<-begun
	select {
	case <-settled:
		t.Fatal("it did not wait")
	case <-time.After(20 * time.Millisecond):
	}
	close(proceed)
	<-settled
	done()
	done()

	for range 2 {
		onCancel(context.Background(), nil)()
		ctx, end = context.WithCancel(context.Background())
		onCancel(ctx, nil)()
		end()
	}
	awaitCancelled(context.Background())

	onCancel(t.Context(), func() {}) // one that does not end
	bounded, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	awaitCancelled(bounded)
	require.ErrorIs(t, bounded.Err(), context.DeadlineExceeded)
}

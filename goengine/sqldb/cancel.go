package sqldb

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/phalanx-php/phalanx/goengine/atexit"
)

// cancellable counts the statements under way that end with a context.
var cancellable atomic.Int64

func init() { atexit.Do(awaitCancelled) }

// awaitCancelled is for the end of the process, when all scripts have ended, and with them the contexts of their statements: it
// gives these the time to be cancelled. A server that waits for a lock does not notice that its client is gone, and would keep the
// transaction for as long as it waits.
func awaitCancelled(ctx context.Context) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for cancellable.Load() > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// onCancel has cancel called, on a goroutine, when ctx ends before the statement does. done is for the end of the statement: it waits
// for a cancel that is under way, and may be called again.
func onCancel(ctx context.Context, cancel func()) (done func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	cancelled := make(chan struct{})
	cancellable.Add(1)
	off := context.AfterFunc(ctx, func() {
		defer close(cancelled)
		defer cancellable.Add(-1)
		cancel()
	})
	return func() {
		switch {
		case off == nil:
		case off():
			cancellable.Add(-1)
		default:
			<-cancelled
		}
		off = nil
	}
}

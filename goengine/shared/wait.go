package shared

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// DefaultWait is how long a wait lasts at most that was given no time-out.
const DefaultWait = 30 * time.Second

// errWait ends a context that Within has made.
var errWait = errors.New("the wait is over")

// Within bounds a wait by seconds: nil is DefaultWait, INF no bound. A negative number, or NAN, is refused.
func Within(ctx context.Context, seconds *float64) (context.Context, context.CancelFunc, error) {
	wait := DefaultWait
	if seconds != nil {
		switch s := *seconds; {
		case math.IsNaN(s) || s < 0:
			return nil, nil, Options("a time-out is a number of seconds, not negative; INF waits without end")
		case s > math.MaxInt64/1e9:
			ctx, cancel := context.WithCancel(ctx)
			return ctx, cancel, nil
		default:
			wait = time.Duration(s * 1e9)
		}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, wait, errWait)
	return ctx, cancel, nil
}

// Waited makes the error of a wait PHP's: a TimeoutException when the time of Within was over.
func Waited(err error, format string, args ...any) error {
	if !errors.Is(err, errWait) {
		return err
	}
	return &component.Exception{Class: TimeoutException, Err: fmt.Errorf(format, args...)}
}

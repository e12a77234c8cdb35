package loop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Handler reacts to events when the engine is used from Go alone. It runs on the loop's
// goroutine and must not block; what it sends leaves when all events of the batch are handled.
type Handler interface {
	Handle(l *Loop, ev *Event)
}

// HandlerFunc makes a function a Handler.
type HandlerFunc func(l *Loop, ev *Event)

// Handle calls f.
func (f HandlerFunc) Handle(l *Loop, ev *Event) { f(l, ev) }

// Run serves until the context ends: the loop's owner when PHP is not.
func (l *Loop) Run(ctx context.Context, h Handler) error {
	stop := context.AfterFunc(ctx, func() { _ = l.Post(Post{}) })
	defer stop()
	ready := make([]unix.EpollEvent, readyPerWait)
	for ctx.Err() == nil {
		n, err := unix.EpollWait(l.epfd, ready, milliseconds(l.Timeout()))
		if err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("loop: %w", os.NewSyscallError("epoll_wait", err))
		}
		for i, events := 0, l.Process(ready[:max(n, 0)]); i < len(events); i++ {
			h.Handle(l, &events[i])
		}
		l.Flush(nil)
	}
	return ctx.Err()
}

// milliseconds rounds up: waking early would mean waking twice.
func milliseconds(d time.Duration) int {
	if d < 0 {
		return -1
	}
	return int((d + time.Millisecond - 1) / time.Millisecond)
}

package component

import (
	"context"
	"sync"

	"golang.org/x/sys/unix"
)

// Life is that of a script, from its first call of a method with a context to its end. What goes on beyond a call, as a
// subscription, ends with it. Its methods may be called from any goroutine.
type Life struct {
	mu       sync.Mutex // guards held and the closing of the channels
	stopping chan struct{}
	ended    chan struct{}
	held     int
	isOver   [2]bool // stopping, ended are closed
}

type lifeKey struct{}

// LifeOf answers that of the script which called the method that has this context; nil when no script did.
func LifeOf(ctx context.Context) *Life {
	l, _ := ctx.Value(lifeKey{}).(*Life)
	return l
}

// lives are those of all scripts that run, by their threads.
var lives sync.Map // of the kernel's thread ids to *Life

func newLife(thread int) *Life {
	l := &Life{stopping: make(chan struct{}), ended: make(chan struct{})}
	lives.Store(thread, l)
	return l
}

// scriptLife makes the script's when it is first asked for. Any goroutine may call it.
func (c *Caller) scriptLife() *Life {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.life == nil {
		c.life = newLife(c.thread)
		if c.closed {
			c.life.end(c.thread)
		}
	}
	return c.life
}

// Stopping is closed when the script's worker begins to stop, gracefully or not, or to make way for the next script: no
// new work should begin. In a script that is no worker that is its end.
func (l *Life) Stopping() <-chan struct{} { return l.stopping }

// Ended is closed when the script has ended: its callables cannot be called any more.
func (l *Life) Ended() <-chan struct{} { return l.ended }

// Hold keeps a worker that stops waiting, within its time limits, until release is called.
func (l *Life) Hold() (release func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held++
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.held--
	})
}

func (l *Life) over(ended bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.isOver[0] {
		l.isOver[0] = true
		close(l.stopping)
	}
	if ended && !l.isOver[1] {
		l.isOver[1] = true
		close(l.ended)
	}
}

// end is called by the script's caller.
func (l *Life) end(thread int) {
	lives.CompareAndDelete(thread, l)
	l.over(true)
}

// own is the Life of the script on the calling thread.
func own() *Life {
	if l, ok := lives.Load(unix.Gettid()); ok {
		return l.(*Life)
	}
	return nil
}

// workerLife is the class by which Workerman\Worker tells of a worker's stop.
type workerLife struct{}

func init() {
	RegisterType[*workerLife](`Phalanx\Worker\Life`, Doc("What Go is told of the end of a worker. Internal."),
		Static("stop", func() {
			if l := own(); l != nil {
				l.over(false)
			}
		}),
		Static("isHeld", func() bool {
			l := own()
			if l == nil {
				return false
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			return l.held > 0
		}))
}

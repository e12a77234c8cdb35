package component

import "sync"

// runners are goroutines that run calls with a context, one after another: their stacks have grown to what calls need,
// which a new goroutine's has not.
var runners runnerPool

// maxIdleRunners is how many wait for calls; more come up while there are more calls than that.
const maxIdleRunners = 64

type runnerPool struct {
	mu   sync.Mutex // guards idle
	idle []*runner  // the last one is the one whose stack is warmest
}

type runner struct{ calls chan work }

type work struct {
	c *Caller
	p *pending
}

func (r *runnerPool) run(c *Caller, p *pending) {
	r.mu.Lock()
	if n := len(r.idle); n > 0 {
		w := r.idle[n-1]
		r.idle = r.idle[:n-1]
		r.mu.Unlock()
		w.calls <- work{c, p} // there is room: it is idle
		return
	}
	r.mu.Unlock()
	go r.loop(c, p)
}

func (r *runnerPool) loop(c *Caller, p *pending) {
	w := &runner{calls: make(chan work, 1)}
	for {
		c.run(p)
		r.mu.Lock()
		if len(r.idle) >= maxIdleRunners {
			r.mu.Unlock()
			return
		}
		r.idle = append(r.idle, w)
		r.mu.Unlock()
		c, p = nil, nil // nothing of the last call is kept
		next := <-w.calls
		c, p = next.c, next.p
	}
}

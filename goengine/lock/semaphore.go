// Package lock has semaphores, and locks, which are semaphores with one permit, that all workers of a process share.
//
// Who has a permit is the Permit, not a thread, a Fiber or a script: releasing it, or letting go of it, gives it back. So
// nothing is re-entrant, and nothing stays locked when a script ends.
package lock

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"time"
)

// MaxWaiting is how many may wait for one semaphore; further ones get ErrTooMany.
const MaxWaiting = 100_000

// ErrTooMany answers who would wait behind MaxWaiting others.
var ErrTooMany = errors.New("lock: too many wait already")

// Semaphore has permits, which are given in the order of asking. Its methods may be called from any goroutine.
type Semaphore struct {
	mu      sync.Mutex // guards all below
	permits int
	held    list.List // of *Permit, the oldest first
	queue   list.List // of *waiter, the oldest first
}

type waiter struct {
	holder  string
	granted chan *Permit // has room for one
}

// Permit is the right to hold a lock, or one of a semaphore's permits. It ends with release(), or with the object.
type Permit struct {
	s      *Semaphore
	holder string
	since  time.Time
	place  *list.Element // in held; nil: released. Guarded by s.mu
}

// Holder says who has a permit.
type Holder struct {
	Holder string
	Since  time.Time
}

// New makes a semaphore of permits, which is at least 1.
func New(permits int) *Semaphore { return &Semaphore{permits: max(permits, 1)} }

// TryAcquire gives a permit if one is free and nobody waits for it, else nil. It never waits.
func (s *Semaphore) TryAcquire(holder string) *Permit {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held.Len() >= s.permits || s.queue.Len() > 0 {
		return nil
	}
	return s.give(holder)
}

func (s *Semaphore) give(holder string) *Permit {
	p := &Permit{s: s, holder: holder, since: time.Now()}
	p.place = s.held.PushBack(p)
	return p
}

// Acquire waits for a permit, or for the context's end.
func (s *Semaphore) Acquire(ctx context.Context, holder string) (*Permit, error) {
	s.mu.Lock()
	if s.held.Len() < s.permits && s.queue.Len() == 0 {
		defer s.mu.Unlock()
		return s.give(holder), nil
	}
	if s.queue.Len() >= MaxWaiting {
		s.mu.Unlock()
		return nil, ErrTooMany
	}
	w := &waiter{holder, make(chan *Permit, 1)}
	place := s.queue.PushBack(w)
	s.mu.Unlock()
	select {
	case p := <-w.granted:
		return p, nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case p := <-w.granted: // it came at the same moment: the next one gets it
		s.release(p)
	default:
		s.queue.Remove(place)
	}
	return nil, context.Cause(ctx)
}

// release is called with mu held.
func (s *Semaphore) release(p *Permit) bool {
	if p.place == nil {
		return false
	}
	s.held.Remove(p.place)
	p.place = nil
	if first := s.queue.Front(); first != nil {
		w := s.queue.Remove(first).(*waiter)
		w.granted <- s.give(w.holder)
	}
	return true
}

// Release gives the permit back; false: it has been before.
func (p *Permit) Release() bool {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.s.release(p)
}

// Held says whether it has not been released.
func (p *Permit) Held() bool {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.place != nil
}

// State is a semaphore at one moment.
type State struct {
	Permits, Held, Waiting int
	Holders                []Holder // the oldest first
}

// State looks at it.
func (s *Semaphore) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := State{Permits: s.permits, Held: s.held.Len(), Waiting: s.queue.Len()}
	for e := s.held.Front(); e != nil; e = e.Next() {
		p := e.Value.(*Permit)
		st.Holders = append(st.Holders, Holder{p.holder, p.since})
	}
	return st
}

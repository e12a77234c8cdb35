package lock

//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen

import (
	"context"
	"errors"
	"time"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/shared"
)

// MaxPermits bounds what a semaphore may be made with.
const MaxPermits = 1_000_000

func figures(s *Semaphore) shared.Figures {
	st := s.State()
	return shared.Figures{{Name: "permits", Value: int64(st.Permits)}, {Name: "held", Value: int64(st.Held)},
		{Name: "waiting", Value: int64(st.Waiting)}}
}

var (
	locks      = shared.NewRegistry("lock", figures)
	semaphores = shared.NewRegistry("semaphore", figures)
)

// Shared is a Semaphore with its name, as PHP has it.
type Shared struct {
	semaphore *Semaphore
	name      string
	of        *shared.Registry[*Semaphore]
}

// OpenLock finds or makes the lock of a name.
func OpenLock(name string) (*Lock, error) {
	s, err := locks.Open(name, func(*Semaphore) error { return nil }, func() (*Semaphore, error) { return New(1), nil })
	if err != nil {
		return nil, err
	}
	return &Lock{Shared{s, name, locks}}, nil
}

// OpenSemaphore finds or makes the semaphore of a name. permits 0: what it has.
func OpenSemaphore(name string, o semaphoreOptions) (*Shared, error) {
	if o.Permits < 0 || o.Permits > MaxPermits {
		return nil, shared.Options("a semaphore has 1 to %d permits", MaxPermits)
	}
	s, err := semaphores.Open(name, func(s *Semaphore) error { return shared.Differs("permits", o.Permits, s.permits) },
		func() (*Semaphore, error) {
			if o.Permits == 0 {
				return nil, shared.Options("there is no semaphore %q yet: say how many permits it has", name)
			}
			return New(o.Permits), nil
		})
	if err != nil {
		return nil, err
	}
	return &Shared{s, name, semaphores}, nil
}

type semaphoreOptions struct {
	component.Options
	Permits int
}

// TryAcquire gives a permit if one is free and nobody waits for it, else null.
func (s *Shared) TryAcquire(holder string) *Permit { return s.semaphore.TryAcquire(holder) }

// Wait gives a permit when it is this one's turn.
func (s *Shared) Wait(ctx context.Context, holder string, timeout *float64) (*Permit, error) {
	ctx, cancel, err := shared.Within(ctx, timeout)
	if err != nil {
		return nil, err
	}
	defer cancel()
	p, err := s.semaphore.Acquire(ctx, holder)
	if errors.Is(err, ErrTooMany) {
		return nil, shared.Limit("%d wait for %q already", MaxWaiting, s.name)
	}
	if err != nil {
		by := "nobody"
		if h := s.semaphore.State().Holders; len(h) > 0 {
			by = h[0].Holder
		}
		err = shared.Waited(err, "%q has not become free in time: it is held by %s", s.name, by)
	}
	return p, err
}

// Holders says who has it, who has had it longest first.
func (s *Shared) Holders() []HolderInfo {
	st := s.semaphore.State()
	list := make([]HolderInfo, len(st.Holders))
	for i, h := range st.Holders {
		list[i] = HolderInfo{h.Holder, time.Since(h.Since)}
	}
	return list
}

// HolderInfo is a holder as PHP sees it.
type HolderInfo struct {
	Holder string
	For    time.Duration `php:"seconds"`
}

// Permits returns how many there are.
func (s *Shared) Permits() int { return s.semaphore.permits }

// Available returns how many are free.
func (s *Shared) Available() int {
	st := s.semaphore.State()
	return st.Permits - st.Held
}

// Waiting returns how many wait for one.
func (s *Shared) Waiting() int { return s.semaphore.State().Waiting }

// Name returns the name.
func (s *Shared) Name() string { return s.name }

// Drop forgets the name: who opens it next has a new one. Permits that are held stay with those who have this one.
func (s *Shared) Drop() bool {
	return s.of.Drop(s.name, func(other *Semaphore) bool { return other == s.semaphore })
}

// Lock is a Shared of one permit.
type Lock struct{ Shared }

func init() {
	component.Register(`Phalanx\Shared\Native\Lock`, OpenLock, component.Remote(), component.Hide("Permits", "Available"))
	component.Register(`Phalanx\Shared\Native\Semaphore`, OpenSemaphore, component.Remote())
	component.RegisterType[*Permit](`Phalanx\Shared\Permit`, component.As("Held", "isHeld"),
		component.OnRelease(func(p *Permit) { p.Release() }))
}

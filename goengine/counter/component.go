package counter

//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen

import (
	"context"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/shared"
)

var counters = shared.NewRegistry("counter", func(c *Counter) shared.Figures {
	return shared.Figures{{Name: "value", Value: c.Get()}}
})

// Shared is a Counter with its name, as PHP has it.
type Shared struct {
	counter *Counter
	name    string
}

// Open finds or makes the counter of a name.
func Open(name string) (*Shared, error) {
	c, err := counters.Open(name, func(*Counter) error { return nil }, func() (*Counter, error) { return &Counter{}, nil })
	if err != nil {
		return nil, err
	}
	return &Shared{c, name}, nil
}

type by struct {
	component.Options
	By int64
}

// Add adds to the counter and returns its new value. Past PHP_INT_MAX it goes on at PHP_INT_MIN.
func (s *Shared) Add(o by) int64 { return s.counter.Add(o.By) }

func (s *Shared) add(by int64) int64 { return s.counter.Add(by) }

func (s *Shared) next() int64 { return s.counter.Add(1) }

// Get returns the value.
func (s *Shared) Get() int64 { return s.counter.Get() }

// Set gives it a value and returns the one before.
func (s *Shared) Set(value int64) int64 { return s.counter.Set(value) }

// CompareAndSet sets it if it has the expected value, and says whether it had.
func (s *Shared) CompareAndSet(expected, value int64) bool {
	return s.counter.CompareAndSet(expected, value)
}

// WaitFor waits until the value is at least $min and returns it. The Fiber waits, others go on. Without $timeout (seconds)
// it waits 30 s, then it throws a TimeoutException.
func (s *Shared) WaitFor(ctx context.Context, min int64, timeout *float64) (int64, error) {
	ctx, cancel, err := shared.Within(ctx, timeout)
	if err != nil {
		return 0, err
	}
	defer cancel()
	n, err := s.counter.Wait(ctx, min)
	return n, shared.Waited(err, "the counter %q has not come to %d in time: it is %d", s.name, min, n)
}

// Name returns the counter's name.
func (s *Shared) Name() string { return s.name }

// Drop forgets the name: who opens it next has a new counter. Those who have this one may go on with it.
func (s *Shared) Drop() bool {
	return counters.Drop(s.name, func(c *Counter) bool { return c == s.counter })
}

func init() {
	component.Register(`Phalanx\Shared\Counter`, Open, component.Remote(),
		component.Doc("A 64-bit integer that all workers of the server process share, found by its name."),
		component.Defaults(by{By: 1}), component.Direct("Add", (*Shared).add, (*Shared).next))
}

package component

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"sync"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// sequenceClass is the PHP class of what methods return as iter.Seq, iter.Seq2 or a channel.
const sequenceClass = `Phalanx\Sequence`

// Sequence is an iteration under way. It goes forward once. One that came of a method with a context waits for its
// elements on goroutines, and that context ends with the Sequence.
type Sequence struct {
	mu     sync.Mutex // guards pulling: a PHP thread may let go while a goroutine pulls
	pull   func(context.Context) (key, value reflect.Value, more bool, err error)
	stop   func()
	cancel context.CancelFunc // of the method's context
	count  int64
	ended  bool
	types  *wire.Types
}

func sequences() *definition {
	d := &definition{name: sequenceClass, kind: wire.Component, goType: reflect.TypeFor[*Sequence](), names: map[string]string{},
		doc: "An iteration over what Go produces. It goes forward once."}
	d.onRelease = func(v any) { v.(*Sequence).release() }
	return d
}

// Step gives the next key and value, nil at the end. PHP's iterator calls it.
func (s *Sequence) Step() ([]any, error) { return s.step(context.Background()) }

// StepContext is Step on a goroutine.
func (s *Sequence) StepContext(ctx context.Context) ([]any, error) { return s.step(ctx) }

func (s *Sequence) step(ctx context.Context) ([]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil, nil
	}
	key, value, more, err := s.pull(ctx)
	if err != nil || !more {
		if ctx.Err() == nil || !more {
			s.finish()
		}
		return nil, err
	}
	k := any(s.count)
	s.count++
	if key.IsValid() {
		k = key.Interface()
	}
	return []any{k, value.Interface()}, nil
}

// finish is called with mu held.
func (s *Sequence) finish() {
	if s.ended {
		return
	}
	s.ended = true
	if s.stop != nil {
		s.stop()
	}
	if s.cancel != nil {
		s.cancel()
	}
}

// release ends an iteration that PHP lets go of. One of a method with a context may be at work: its context ends, and it is
// waited for elsewhere. It also has to be ended elsewhere, because Go ends the process when the coroutine of an iter.Pull that
// was made on a goroutine is continued on a thread of PHP's.
func (s *Sequence) release() {
	if s.cancel == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.finish()
		return
	}
	s.cancel()
	go func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.finish()
	}()
}

// sequence makes a method's result one.
func (r *Registry) sequence(m *Method, t reflect.Type) error {
	var elems []reflect.Type
	switch {
	case t.Kind() == reflect.Chan:
		elems = []reflect.Type{t.Elem()}
	case t.CanSeq2():
		elems = []reflect.Type{t.In(0).In(0), t.In(0).In(1)}
	default:
		elems = []reflect.Type{t.In(0).In(0)}
	}
	fails := len(elems) == 2 && elems[1] == errorType
	if fails {
		elems = elems[:1]
	}
	for _, e := range elems {
		if _, err := r.types.Of(e); err != nil {
			return fmt.Errorf("result: %w", err)
		}
	}
	if t.Kind() == reflect.Chan && !m.Context {
		return fmt.Errorf("%w: a channel waits: the method needs a context.Context", wire.ErrType)
	}
	wt, err := r.types.Of(reflect.TypeFor[*Sequence]())
	if err != nil {
		return err
	}
	m.Iterates, m.Result, m.never = true, wt, true
	m.iterate = func(v reflect.Value) (*Sequence, error) {
		if v.IsNil() {
			return nil, fmt.Errorf("component: %s returned no sequence", m.Go)
		}
		s := &Sequence{types: r.types}
		switch {
		case t.Kind() == reflect.Chan:
			s.pull = pullChannel(v)
		case t.CanSeq2():
			s.pull, s.stop = pullPairs(v, fails)
		default:
			s.pull, s.stop = pullValues(v)
		}
		return s, nil
	}
	return nil
}

func pullChannel(v reflect.Value) func(context.Context) (reflect.Value, reflect.Value, bool, error) {
	return func(ctx context.Context) (key, value reflect.Value, more bool, err error) {
		chosen, value, more := reflect.Select([]reflect.SelectCase{
			{Dir: reflect.SelectRecv, Chan: v},
			{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())},
		})
		if chosen == 1 {
			return key, key, true, context.Cause(ctx)
		}
		return key, value, more, nil
	}
}

func pullValues(v reflect.Value) (func(context.Context) (reflect.Value, reflect.Value, bool, error), func()) {
	next, stop := iter.Pull(v.Seq())
	return func(context.Context) (key, value reflect.Value, more bool, err error) {
		value, more = next()
		return key, value, more, nil
	}, stop
}

func pullPairs(v reflect.Value, fails bool) (func(context.Context) (reflect.Value, reflect.Value, bool, error), func()) {
	next, stop := iter.Pull2(v.Seq2())
	return func(context.Context) (reflect.Value, reflect.Value, bool, error) {
		first, second, more := next()
		if !more || !fails {
			return first, second, more, nil
		}
		if err, _ := second.Interface().(error); err != nil {
			return reflect.Value{}, reflect.Value{}, true, err
		}
		return reflect.Value{}, first, true, nil
	}, stop
}

// Package shared has what the services in memory that all workers of a process share have in common: they are found by
// name, and listed.
//
// The instances live as long as the process, whichever scripts come and go, until somebody drops them.
package shared

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// Exceptions of the services, classes in phpsrc/Phalanx/Shared.
const (
	// OptionsException: a name that is in use with other options, or options that make no sense.
	OptionsException = `Phalanx\Shared\OptionsException`
	// TimeoutException: nothing came, or became free, in time.
	TimeoutException = `Phalanx\Shared\TimeoutException`
	// ClosedException: the channel is closed.
	ClosedException = `Phalanx\Shared\ClosedException`
	// LimitException: a limit of the service would be passed.
	LimitException = `Phalanx\Shared\LimitException`
)

const (
	// MaxNames is how many instances of a kind there may be.
	MaxNames = 65536
	// MaxNameBytes is how long a name may be.
	MaxNameBytes = 255
)

// ErrOptions is behind what OptionsException is thrown for.
var ErrOptions = errors.New("options")

// Options makes an error that becomes an OptionsException.
func Options(format string, args ...any) error {
	return &component.Exception{Class: OptionsException, Err: &optionsError{fmt.Sprintf(format, args...)}}
}

type optionsError struct{ text string }

func (e *optionsError) Error() string        { return e.text }
func (e *optionsError) Is(target error) bool { return target == ErrOptions }

// Limit makes an error that becomes a LimitException.
func Limit(format string, args ...any) error {
	return &component.Exception{Class: LimitException, Err: fmt.Errorf(format, args...)}
}

// Registry finds the instances of one kind by name. Its methods may be called from any goroutine.
type Registry[T any] struct {
	kind  string
	mu    sync.Mutex // guards named
	named map[string]T
}

// Figures are what there is to say of an instance, by name in the order of saying.
type Figures []Figure

// Figure is a number with its name.
type Figure struct {
	Name  string `json:"name"`
	Value int64  `json:"value"`
}

// Instance is one line of List.
type Instance struct {
	Kind    string  `json:"kind"`
	Name    string  `json:"name"`
	Figures Figures `json:"figures"`
}

// NewRegistry makes the registry of a kind ("cache", "table"), which List asks for figures from then on.
func NewRegistry[T any](kind string, figures func(T) Figures) *Registry[T] {
	r := &Registry[T]{kind: kind, named: map[string]T{}}
	lists.mu.Lock()
	defer lists.mu.Unlock()
	lists.of = append(lists.of, lister{kind, func() []Instance {
		var list []Instance
		for name, v := range r.all() {
			list = append(list, Instance{Kind: kind, Name: name, Figures: figures(v)})
		}
		return list
	}})
	return r
}

// Open answers the instance of a name. One that there is, is checked by fits, which says how the options differ; one that
// there is not, is made.
func (r *Registry[T]) Open(name string, fits func(T) error, make func() (T, error)) (v T, err error) {
	if name == "" || len(name) > MaxNameBytes {
		return v, Options("the name of a shared %s has 1 to %d bytes", r.kind, MaxNameBytes)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if v, ok := r.named[name]; ok {
		if err := fits(v); err != nil {
			return v, Options("the %s %q is there with other options: %v; give the same ones, or only the name", r.kind, name, err)
		}
		return v, nil
	}
	if len(r.named) >= MaxNames {
		return v, Limit("there are %d shared instances of %s already: drop those that nobody needs", MaxNames, r.kind)
	}
	if v, err = make(); err == nil {
		registerMeasures()
		r.named[name] = v
	}
	return v, err
}

// Drop forgets the instance of a name if it is this one. Who has it may go on to use it.
func (r *Registry[T]) Drop(name string, is func(T) bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.named[name]
	if ok && is(v) {
		delete(r.named, name)
		return true
	}
	return false
}

func (r *Registry[T]) all() map[string]T {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make(map[string]T, len(r.named))
	for name, v := range r.named {
		all[name] = v
	}
	return all
}

var lists struct {
	mu sync.Mutex // guards of
	of []lister
}

type lister struct {
	kind string
	list func() []Instance
}

// listKind is what there is of a kind, in no order.
func listKind(kind string) (list []Instance) {
	lists.mu.Lock()
	of := slices.Clone(lists.of)
	lists.mu.Unlock()
	for _, l := range of {
		if l.kind == kind {
			list = append(list, l.list()...)
		}
	}
	return list
}

// List is all that there is, by kind and name.
func List() []Instance {
	lists.mu.Lock()
	of := slices.Clone(lists.of)
	lists.mu.Unlock()
	list := []Instance{}
	for _, l := range of {
		list = append(list, l.list()...)
	}
	slices.SortFunc(list, func(a, b Instance) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// Differs says that an option was given and is not what it was; zero is not given.
func Differs[T comparable](option string, given, there T) error {
	var zero T
	if given == zero || given == there {
		return nil
	}
	return fmt.Errorf("%s is %v, not %v", option, there, given)
}

package component

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// Registry holds the classes of a process. The package's functions have one; tests make their own.
type Registry struct {
	mu          sync.Mutex // guards definitions, described and frozen
	definitions []*definition
	described   []described
	frozen      bool

	// Set by Freeze, read-only after it.
	classes []*Class
	methods []*Method
	byType  map[reflect.Type]*Class
	types   *wire.Types
	source  map[string]string // "path.Type" => what Describe was told of it; nil after Freeze

	handles handles
	far     atomic.Pointer[Far] // the server that this script is beside
}

var std = NewRegistry()

// Default is the registry that the package's functions fill.
func Default() *Registry { return std }

// NewRegistry makes an empty one.
func NewRegistry() *Registry { return &Registry{} }

// Class is a PHP class.
type Class struct {
	wire.Class
	Doc         string
	Constructor *Method // nil: PHP cannot make one
	Methods     []*Method
	Constants   []Constant
	Properties  []*Property
	EnumCases   []EnumCase
	Flags       uint32 // Countable and so on

	definition *definition
	goType     reflect.Type
	pointer    bool // goType is a pointer: the word of it in an interface is its value
	record     *wire.Type
	backing    wire.Kind // of an Enum: Int or String

	clone, step, stepWait *Method // nil: there is none
}

// The interfaces and abilities of a class, in its Flags.
const (
	Countable = 1 << iota
	ArrayAccess
	JSONSerializable
	Aggregate
	Cloneable
	Serializable
	Sequences // the class of iterators
	Abstract  // has no constructor
)

// Property is a property that PHP reads, and writes unless Set is nil.
type Property struct {
	Name     string
	Type     *wire.Type
	Get, Set *Method
	Doc      string
}

var (
	errorType   = reflect.TypeFor[error]()
	contextType = reflect.TypeFor[context.Context]()
	optionsType = reflect.TypeFor[Options]()
	boolType    = reflect.TypeFor[bool]()
)

// Freeze looks at what has been registered; nothing can be registered after it. It reports all that cannot become a
// class. A second call answers nil.
func (r *Registry) Freeze() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.frozen {
		return nil
	}
	r.frozen = true
	r.byType = map[reflect.Type]*Class{}
	r.types = wire.NewTypes(r)
	r.source = index(r.described)
	defer func() { r.described, r.source = nil, nil }()
	var problems []error
	names := map[string]bool{}
	for _, d := range append([]*definition{sequences()}, r.definitions...) {
		c := &Class{definition: d, goType: d.goType, Doc: d.doc, EnumCases: d.cases}
		c.Class = wire.Class{ID: uint32(len(r.classes)), Name: d.name, Kind: d.kind}
		c.pointer = d.goType.Kind() == reflect.Pointer
		for _, e := range d.cases {
			c.Cases = append(c.Cases, e.Value)
		}
		if other := r.byType[d.goType]; other != nil {
			problems = append(problems, fmt.Errorf("component: %s: %s is registered as %s already", d.name, d.goType, other.Name))
			continue
		}
		if lower := lowerASCII(d.name); names[lower] {
			problems = append(problems, fmt.Errorf("component: %s is registered twice", d.name))
			continue
		} else {
			names[lower] = true
		}
		r.byType[d.goType] = c
		r.classes = append(r.classes, c)
	}
	for _, c := range r.classes {
		if err := r.derive(c); err != nil {
			problems = append(problems, fmt.Errorf("component: %s: %w", c.Name, err))
		}
	}
	return errors.Join(problems...)
}

// Classes are what Freeze made, in the order of their IDs.
func (r *Registry) Classes() []*Class { return r.classes }

// Method is the method of an ID.
func (r *Registry) Method(id uint32) *Method {
	if int(id) >= len(r.methods) {
		return nil
	}
	return r.methods[id]
}

// Live is how many Go values PHP objects stand for at the moment.
func (r *Registry) Live() int64 { return r.handles.live.Load() }

// ClassOf finds the class of a Go type; nil when there is none.
func (r *Registry) ClassOf(t reflect.Type) *wire.Class {
	if c := r.byType[t]; c != nil {
		return &c.Class
	}
	return nil
}

// Implements says whether the values of a registered class have an interface.
func (r *Registry) Implements(t reflect.Type) bool {
	for _, c := range r.classes {
		if c.Kind == wire.Component && c.goType.Implements(t) {
			return true
		}
	}
	return false
}

// TypeOf answers the type of a class, for values that come as any.
func (r *Registry) TypeOf(class uint32) *wire.Type {
	if int(class) >= len(r.classes) {
		return nil
	}
	t, err := r.types.Of(r.classes[class].goType)
	if err != nil {
		return nil
	}
	return t
}

var errStale = errors.New("component: no such object")

func (r *Registry) object(class uint32, handle uint64) (any, error) {
	e := r.handles.get(handle)
	if e == nil || e.class.ID != class {
		return nil, errStale
	}
	return e.value, nil
}

// Release ends a handle: PHP's object is gone.
func (r *Registry) Release(handle uint64) {
	class, value := r.handles.remove(handle)
	if o, ok := value.(*farObject); ok {
		o.far.release(o.object)
		return
	}
	if class != nil && class.definition.onRelease != nil {
		class.definition.onRelease(value)
	}
}

// Same says whether two handles stand for one Go value.
func (r *Registry) Same(a, b uint64) bool {
	x, y := r.handles.get(a), r.handles.get(b)
	if x == nil || y == nil || x.class != y.class {
		return false
	}
	return reflect.TypeOf(x.value).Comparable() && x.value == y.value
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

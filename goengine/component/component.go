// Package component makes PHP classes of Go types.
//
//	type Greeter struct{ greeting string }
//
//	func NewGreeter(greeting string) *Greeter            { return &Greeter{greeting} }
//	func (g *Greeter) Hello(name string) (string, error) { ... }
//
//	func init() { component.Register(`App\Greeter`, NewGreeter) }
//
// gives PHP a class App\Greeter with a constructor and a method hello(string $name): string. docs/components.md has the
// rules by which types and names of Go become those of PHP.
//
// What is registered before PHP starts (in init functions) is a class of every PHP thread of the process. A component's
// methods are called by the threads of all workers at once, and by goroutines: a value that is handed to more than one
// PHP object guards itself.
package component

import (
	"fmt"
	"reflect"
	"regexp"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// Map is a PHP array with its order and its keys; what an any holds that PHP sent as such an array.
type Map = wire.Map

// Opaque is any value of PHP that Go keeps as it came: a mixed parameter or result. At the end of the parameters it need
// not be given, and is "" then.
type Opaque = wire.Opaque

// Options marks a struct as named arguments when it is embedded: as the last parameter of a method or constructor,
// each of its fields is an optional parameter in PHP. What PHP does not give has the value of Defaults, else zero.
type Options struct{}

// Option changes what Register derives from a Go type.
type Option func(*definition)

// definition is what was registered, before it is looked at.
type definition struct {
	name        string
	kind        wire.Kind
	goType      reflect.Type
	constructor any
	statics     []static
	constants   []Constant
	names       map[string]string // Go name => PHP name; "" hides it
	params      map[string][]string
	defaults    map[reflect.Type]reflect.Value
	throws      []throwing
	exception   string
	doc         string
	docs        map[string]string
	onRelease   func(any)
	direct      map[string][]any
	inline      map[string]func(any, *Call, *wire.Decoder) bool
	remote      bool
	cases       []EnumCase
}

type static struct {
	name string
	fn   any
}

type throwing struct {
	target error
	class  string
}

// Constant is a class constant.
type Constant struct {
	Name  string
	Value any // bool, int, float64 or string
	Doc   string
}

// EnumCase is one case of an enum.
type EnumCase struct {
	Name  string // in PHP
	Value any    // in Go
	Doc   string
}

// Case names a value of an enum.
func Case(name string, value any) EnumCase { return EnumCase{Name: name, Value: value} }

// As gives a method, a field or a parameter's option another name in PHP. goName is its name in Go.
func As(goName, phpName string) Option {
	return func(d *definition) { d.names[goName] = phpName }
}

// Hide keeps methods and fields of these Go names from PHP. The tag `php:"-"` hides a field as well.
func Hide(goNames ...string) Option {
	return func(d *definition) {
		for _, name := range goNames {
			d.names[name] = ""
		}
	}
}

// Params names a method's parameters, those of its context and options left out; "New" is the constructor. It goes before
// what Describe has been told; without both they are $arg1, $arg2 and so on.
func Params(goName string, names ...string) Option {
	return func(d *definition) { d.params[goName] = names }
}

// Defaults is what the fields of an Options struct hold that PHP does not give. It names the struct by its type.
func Defaults(options any) Option {
	return func(d *definition) { d.defaults[reflect.TypeOf(options)] = reflect.ValueOf(options) }
}

// Direct gives a method with options, or with parameters that need not be given, functions that are called instead when
// PHP gives just as many arguments as they have. Each is a func(receiver, ...) with the method's first parameters, of the
// types that cross without encoding (bool, int, float64, string, Opaque; a float64 for a time.Duration) and the method's
// result.
func Direct(goName string, fns ...any) Option {
	return func(d *definition) { d.direct[goName] = append(d.direct[goName], fns...) }
}

// Static adds a static method, which is a function.
func Static(name string, fn any) Option {
	return func(d *definition) { d.statics = append(d.statics, static{name, fn}) }
}

// Const adds a class constant.
func Const(name string, value any) Option {
	return func(d *definition) { d.constants = append(d.constants, Constant{Name: name, Value: value}) }
}

// Throws names the exception class for errors that are target, as errors.Is says.
func Throws(target error, class string) Option {
	return func(d *definition) { d.throws = append(d.throws, throwing{target, class}) }
}

// ThrowsBy names the exception class for all other errors of this class. The default is Phalanx\Exception\GoException.
func ThrowsBy(class string) Option {
	return func(d *definition) { d.exception = class }
}

// Doc is the class's comment, in the place of its type's.
func Doc(text string) Option { return func(d *definition) { d.doc = text } }

// OnRelease is called with the Go value when a PHP object that stood for it is gone, on the object's PHP thread. One
// value may have stood behind several objects, and calls of it may still run. It must not block.
func OnRelease[T any](release func(T)) Option {
	return func(d *definition) { d.onRelease = func(v any) { release(v.(T)) } }
}

// Register makes a PHP class of what constructor returns: a value, or a value and an error. The value is a pointer, or
// another type that is its own class; its methods become the class's. It panics when constructor is no such function.
func Register(class string, constructor any, options ...Option) {
	std.Register(class, constructor, options...)
}

// RegisterType makes a PHP class of T that PHP cannot construct: other components hand it out.
func RegisterType[T any](class string, options ...Option) {
	std.register(&definition{name: class, kind: wire.Component, goType: reflect.TypeFor[T]()}, options)
}

// RegisterValue makes a PHP class of a struct type T that crosses as a copy: final, with a read-only property for each
// exported field and a constructor that takes them.
func RegisterValue[T any](class string, options ...Option) {
	std.register(&definition{name: class, kind: wire.Record, goType: reflect.TypeFor[T]()}, options)
}

// RegisterEnum makes a backed PHP enum of an int or string type T.
func RegisterEnum[T any](class string, cases ...EnumCase) {
	std.register(&definition{name: class, kind: wire.Enum, goType: reflect.TypeFor[T](), cases: cases}, nil)
}

// Register does what the function Register does, for this registry.
func (r *Registry) Register(class string, constructor any, options ...Option) {
	t := reflect.TypeOf(constructor)
	if t == nil || t.Kind() != reflect.Func || t.NumOut() == 0 || t.NumOut() > 2 || t.NumOut() == 2 && t.Out(1) != errorType {
		panic(fmt.Sprintf("component: %s: the constructor is a function that returns a value, or a value and an error", class))
	}
	r.register(&definition{name: class, kind: wire.Component, goType: t.Out(0), constructor: constructor}, options)
}

var className = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\\[A-Za-z_][A-Za-z0-9_]*)*$`)

func (r *Registry) register(d *definition, options []Option) {
	if !className.MatchString(d.name) {
		panic(fmt.Sprintf("component: %q is no name of a PHP class", d.name))
	}
	d.names, d.params = map[string]string{}, map[string][]string{}
	d.defaults, d.direct = map[reflect.Type]reflect.Value{}, map[string][]any{}
	d.inline = map[string]func(any, *Call, *wire.Decoder) bool{}
	for _, o := range options {
		o(d)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.frozen {
		panic(fmt.Sprintf("component: %s: PHP has started, register in an init function", d.name))
	}
	r.definitions = append(r.definitions, d)
}

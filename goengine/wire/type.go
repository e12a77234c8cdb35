package wire

import (
	"context"
	"encoding"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// Kind is what a Go type is for PHP.
type Kind uint8

// The kinds of types, with PHP's name for them.
const (
	Mixed     Kind = iota // mixed: any, and interfaces that no component is asked for
	Bool                  // bool
	Int                   // int
	Float                 // float; a time.Duration in seconds
	String                // string; also []byte, and types that read and write themselves as text
	List                  // array, keys 0, 1, 2, ...
	Dict                  // array of any keys
	Struct                // array with the keys that Fields names
	Component             // an object of a registered class, by handle
	Record                // an object of a registered class, by value
	Enum                  // a case of a registered enum
	Time                  // DateTimeInterface in, DateTimeImmutable out
	Func                  // callable
	Held                  // mixed, which Go keeps as it came: see Opaque
)

// Type reads and writes the values of one Go type. It is safe for several goroutines.
type Type struct {
	Kind     Kind
	Nullable bool // a pointer, whose nil is null
	Go       reflect.Type
	Elem     *Type   // of a List, of a Dict's values
	Fields   []Field // of a Struct or Record
	Class    *Class  // of a Component, Record or Enum; nil for a Component that is any which has the interface Go
	In       []*Type // of a Func, without its context
	Out      *Type   // of a Func; nil: no result
	Context  bool    // a Func's first parameter is a context.Context
	Text     bool    // a String that is written and read by its type's own methods

	to *Type // of a pointer

	// A value is read and written by way of reflection or at its address; one of the two is made of the other.
	enc   func(*Encoder, reflect.Value) error
	dec   func(*Decoder, reflect.Value) error
	encAt func(*Encoder, unsafe.Pointer) error
	decAt func(*Decoder, unsafe.Pointer) error

	row []byte         // of a Struct whose fields are always there: how many they are, and their keys
	at  map[string]int // of a Struct: its fields by name
}

// Field is a field of a Go struct as PHP sees it.
type Field struct {
	Name      string // in PHP
	Go        string // in Go
	Type      *Type
	Index     []int
	OmitEmpty bool
	key       []byte
	offset    uintptr // in the struct
}

// Class is a registered class.
type Class struct {
	ID    uint32
	Name  string // with its namespace
	Kind  Kind   // Component, Record or Enum
	Cases []any  // of an Enum: its values, of one comparable Go type, in the order of the cases
}

// Classes finds the class a Go type is registered as, nil when it is not.
type Classes interface {
	ClassOf(t reflect.Type) *Class
	// Implements says whether the values of any registered class have this interface.
	Implements(t reflect.Type) bool
}

// Types makes Types and keeps them.
type Types struct {
	mu      sync.Mutex // guards known, and types that are being made
	known   map[reflect.Type]*Type
	classes Classes
}

// NewTypes asks classes, which may be nil, for what is registered.
func NewTypes(classes Classes) *Types {
	return &Types{known: map[reflect.Type]*Type{}, classes: classes}
}

// Of makes the Type of a Go type, or says with ErrType why there is none.
func (ts *Types) Of(t reflect.Type) (*Type, error) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	made := map[reflect.Type]*Type{}
	c, err := ts.of(t, made)
	if err != nil {
		return nil, err
	}
	for t, c := range made {
		if to := c.to; to != nil { // it may have been in the making when the pointer to it was made
			c.Kind, c.Elem, c.Class, c.Fields = to.Kind, to.Elem, to.Class, to.Fields
		}
		ts.known[t] = c
	}
	return c, nil
}

var (
	timeType      = reflect.TypeFor[time.Time]()
	durationType  = reflect.TypeFor[time.Duration]()
	contextType   = reflect.TypeFor[context.Context]()
	errorType     = reflect.TypeFor[error]()
	mapType       = reflect.TypeFor[*Map]()
	opaqueType    = reflect.TypeFor[Opaque]()
	anyType       = reflect.TypeFor[any]()
	marshalType   = reflect.TypeFor[encoding.TextMarshaler]()
	unmarshalType = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// of finds or makes a Type. One in the making is found as well, so that a type may hold itself.
func (ts *Types) of(t reflect.Type, made map[reflect.Type]*Type) (*Type, error) {
	if c := ts.known[t]; c != nil {
		return c, nil
	}
	if c := made[t]; c != nil {
		return c, nil
	}
	c := &Type{Go: t}
	made[t] = c
	if err := ts.make(c, made); err != nil {
		delete(made, t)
		return nil, err
	}
	c.complete()
	return c, nil
}

func (ts *Types) make(c *Type, made map[reflect.Type]*Type) error {
	t := c.Go
	if ts.classes != nil {
		if class := ts.classes.ClassOf(t); class != nil {
			return ts.makeClass(c, class, made)
		}
	}
	switch {
	case t == timeType:
		c.Kind, c.enc, c.dec = Time, encTime, decTime
		return nil
	case t == durationType:
		c.Kind, c.enc, c.dec = Float, encDuration, decDuration
		return nil
	case t == opaqueType:
		c.Kind, c.enc, c.dec = Held, encOpaque, decOpaque
		return nil
	case t == mapType:
		c.Kind, c.enc, c.dec = Dict, encMap, decOrderedMap
		return nil
	case t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface && t.Implements(appenderType):
		makeAppender(c)
		return nil
	case t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface && isText(t):
		c.Kind, c.Text, c.enc, c.dec = String, true, encText, decText
		return nil
	}
	switch t.Kind() {
	case reflect.Bool:
		c.Kind, c.encAt, c.decAt = Bool, encBool, decBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		c.Kind = Int
		c.encAt, c.decAt = intCodec(t.Kind())
	case reflect.Float32:
		c.Kind, c.encAt, c.decAt = Float, encFloat32, decFloat32
	case reflect.Float64:
		c.Kind, c.encAt, c.decAt = Float, encFloat, decFloat
	case reflect.String:
		c.Kind, c.encAt, c.decAt = String, encString, decString
	case reflect.Slice:
		return ts.makeSlice(c, made)
	case reflect.Array:
		return ts.makeArray(c, made)
	case reflect.Map:
		return ts.makeMap(c, made)
	case reflect.Struct:
		return ts.makeStruct(c, made)
	case reflect.Pointer:
		return ts.makePointer(c, made)
	case reflect.Interface:
		return ts.makeInterface(c)
	case reflect.Func:
		return ts.makeFunc(c, made)
	default:
		return fmt.Errorf("%w: %s", ErrType, t)
	}
	return nil
}

func isText(t reflect.Type) bool {
	return t.Implements(marshalType) && reflect.PointerTo(t).Implements(unmarshalType)
}

func (ts *Types) makeClass(c *Type, class *Class, made map[reflect.Type]*Type) error {
	c.Kind, c.Class = class.Kind, class
	switch class.Kind {
	case Component:
		c.Nullable = c.Go.Kind() == reflect.Pointer
		c.enc, c.dec = c.encComponent, c.decComponent
	case Record:
		if err := ts.fields(c, made); err != nil {
			return err
		}
		c.enc, c.dec = c.encRecord, c.decRecord
	case Enum:
		c.enc, c.dec = c.encEnum, c.decEnum
	default:
		return fmt.Errorf("%w: class %s is of no kind", ErrType, class.Name)
	}
	return nil
}

func (ts *Types) makeSlice(c *Type, made map[reflect.Type]*Type) (err error) {
	if c.Go.Elem().Kind() == reflect.Uint8 && (ts.classes == nil || ts.classes.ClassOf(c.Go.Elem()) == nil) {
		c.Kind, c.enc, c.dec = String, encBytes, decBytes
		return nil
	}
	if c.Elem, err = ts.of(c.Go.Elem(), made); err != nil {
		return err
	}
	c.Kind, c.encAt, c.decAt = List, c.encSlice, c.decSlice
	return nil
}

func (ts *Types) makeArray(c *Type, made map[reflect.Type]*Type) (err error) {
	if c.Elem, err = ts.of(c.Go.Elem(), made); err != nil {
		return err
	}
	c.Kind, c.encAt, c.dec = List, c.encArray, c.decArray
	return nil
}

func (ts *Types) makeMap(c *Type, made map[reflect.Type]*Type) (err error) {
	switch c.Go.Key().Kind() {
	case reflect.String, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
	default:
		return fmt.Errorf("%w: %s: keys are strings or ints", ErrType, c.Go)
	}
	if c.Elem, err = ts.of(c.Go.Elem(), made); err != nil {
		return err
	}
	c.Kind, c.enc, c.dec = Dict, c.encDict, c.decDict
	return nil
}

func (ts *Types) makeStruct(c *Type, made map[reflect.Type]*Type) error {
	if err := ts.fields(c, made); err != nil {
		return err
	}
	if len(c.Fields) == 0 && c.Go.NumField() > 0 {
		return fmt.Errorf("%w: %s has no exported field; register it to hand it over as an object", ErrType, c.Go)
	}
	c.at = make(map[string]int, len(c.Fields))
	row, omits := appendCount(nil, 0, len(c.Fields))[1:], len(c.Fields) == 0
	for i, f := range c.Fields {
		c.at[f.Name] = i
		row = append(row, f.key...)
		omits = omits || f.OmitEmpty
	}
	if !omits {
		c.row = row
	}
	c.Kind, c.encAt, c.decAt = Struct, c.encStruct, c.decStruct
	return nil
}

// fields finds the exported fields, those of structs embedded by value among them.
func (ts *Types) fields(c *Type, made map[reflect.Type]*Type) error {
	seen := map[string]string{}
	for _, f := range reflect.VisibleFields(c.Go) {
		name, options, _ := strings.Cut(f.Tag.Get("php"), ",")
		if name == "-" || !f.IsExported() || throughPointer(c.Go, f.Index) || hidden(c.Go, f.Index) {
			continue
		}
		if f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct && f.Type != timeType {
			continue // its fields come by themselves
		}
		if name == "" {
			name = Name(f.Name)
		}
		if other := seen[name]; other != "" {
			return fmt.Errorf("%w: %s: %s and %s are both %q", ErrType, c.Go, other, f.Name, name)
		}
		seen[name] = f.Name
		t, err := ts.of(f.Type, made)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", c.Go, f.Name, err)
		}
		c.Fields = append(c.Fields, Field{
			Name: name, Go: f.Name, Type: t, Index: f.Index, key: AppendKey(nil, name),
			OmitEmpty: strings.Contains(options, "omitempty"), offset: offsetIn(c.Go, f.Index),
		})
	}
	return nil
}

// offsetIn is where a field lies that is reached through no pointer.
func offsetIn(t reflect.Type, index []int) (offset uintptr) {
	for _, i := range index {
		f := t.Field(i)
		offset += f.Offset
		t = f.Type
	}
	return offset
}

// throughPointer says whether a field is reached through an embedded pointer, which may be nil.
func throughPointer(t reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		if t = t.Field(i).Type; t.Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}

// hidden says whether a field is inside an embedded struct that the tag "-" hides or that has a name of its own.
func hidden(t reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		f := t.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("php"), ","); name != "" {
			return true
		}
		t = f.Type
	}
	return false
}

func (ts *Types) makePointer(c *Type, made map[reflect.Type]*Type) (err error) {
	elem, err := ts.of(c.Go.Elem(), made)
	if err != nil {
		return err
	}
	if elem.Go.Kind() == reflect.Pointer {
		return fmt.Errorf("%w: %s", ErrType, c.Go)
	}
	c.Nullable, c.to = true, elem
	c.enc = func(e *Encoder, v reflect.Value) error { // of one whose address is not known: it is what it points to
		if v.IsNil() {
			e.Buf = AppendNull(e.Buf)
			return nil
		}
		return elem.encAt(e, v.UnsafePointer())
	}
	c.encAt = func(e *Encoder, p unsafe.Pointer) error {
		to := *(*unsafe.Pointer)(p)
		if to == nil {
			e.Buf = AppendNull(e.Buf)
			return nil
		}
		return elem.encAt(e, to)
	}
	c.decAt = func(d *Decoder, p unsafe.Pointer) error {
		if tag, err := d.Peek(); err != nil {
			return err
		} else if tag == TagNull {
			d.at++
			*(*unsafe.Pointer)(p) = nil
			return nil
		}
		to := reflect.New(elem.Go).UnsafePointer()
		if err := elem.decAt(d, to); err != nil {
			return err
		}
		*(*unsafe.Pointer)(p) = to
		return nil
	}
	return nil
}

func (ts *Types) makeInterface(c *Type) error {
	switch {
	case c.Go == errorType, c.Go == contextType:
		return fmt.Errorf("%w: %s", ErrType, c.Go)
	case c.Go == anyType:
		c.Kind, c.Nullable, c.enc, c.encAt, c.decAt = Mixed, true, encAny(ts), encAnyAt(ts), decAny
	case ts.classes != nil && ts.classes.Implements(c.Go):
		c.Kind, c.Nullable, c.enc, c.dec = Component, true, encAny(ts), c.decInterface
	default:
		return fmt.Errorf("%w: %s: no registered class has it", ErrType, c.Go)
	}
	return nil
}

func (ts *Types) makeFunc(c *Type, made map[reflect.Type]*Type) error {
	c.Kind, c.Nullable = Func, true
	c.enc = func(*Encoder, reflect.Value) error { return fmt.Errorf("%w: a Go function", ErrType) }
	c.dec = c.decFunc
	t := c.Go
	if t.IsVariadic() || t.NumOut() == 0 || t.NumOut() > 2 || t.Out(t.NumOut()-1) != errorType {
		return fmt.Errorf("%w: %s: a callable is a func with an error as its last result, one result before it at most", ErrType, t)
	}
	for i := range t.NumIn() {
		if i == 0 && t.In(0) == contextType {
			c.Context = true
			continue
		}
		in, err := ts.of(t.In(i), made)
		if err != nil {
			return err
		}
		c.In = append(c.In, in)
	}
	if t.NumOut() == 2 {
		out, err := ts.of(t.Out(0), made)
		if err != nil {
			return err
		}
		c.Out = out
	}
	return nil
}

// Name is the PHP name of a Go name: capitals at the beginning become small, as far as they are one word (Hello hello,
// ID id, URLFor urlFor, GetURL getURL).
func Name(name string) string {
	upper := 0
	for upper < len(name) && (name[upper] >= 'A' && name[upper] <= 'Z' || upper > 0 && name[upper] >= '0' && name[upper] <= '9') {
		upper++
	}
	if upper > 1 && upper < len(name) && name[upper] >= 'a' && name[upper] <= 'z' {
		upper-- // the last capital begins the next word
	}
	return strings.ToLower(name[:upper]) + name[upper:]
}

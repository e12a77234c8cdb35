package component

import (
	"encoding/binary"
	"reflect"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// kindVoid is, in a schema, the type of what returns nothing.
const kindVoid = 100

// Flags of methods and parameters in a schema.
const (
	methodStatic = 1 << iota
	methodContext
	methodFast
	methodIterates
	methodConstructs
	methodAccessor
)

const (
	paramOptional = 1 << iota
	paramVariadic
)

// Schema appends what C needs to register the classes: counts, flags and identifiers as uint32, texts as a uint32 length
// and the bytes, constants as wire values. php-ext/component.c reads it in this order.
func (r *Registry) Schema(dst []byte) []byte {
	s := schema{dst}
	s.num(len(r.classes))
	for _, c := range r.classes {
		s.class(c)
	}
	return s.b
}

type schema struct{ b []byte }

func (s *schema) num(n int) { s.b = binary.LittleEndian.AppendUint32(s.b, uint32(n)) }

func (s *schema) text(t string) {
	s.num(len(t))
	s.b = append(s.b, t...)
}

func (s *schema) class(c *Class) {
	s.text(c.Name)
	s.text(docComment(c.Doc, nil))
	s.num(int(c.Kind))
	s.num(int(c.Flags))
	s.num(int(c.backing))
	s.num(len(c.EnumCases))
	for _, e := range c.EnumCases {
		s.text(e.Name)
		s.constant(e.Value)
	}
	s.num(len(c.Constants))
	for _, k := range c.Constants {
		s.text(k.Name)
		s.constant(k.Value)
		s.text(docComment(k.Doc, nil))
	}
	s.num(len(c.Properties))
	for _, p := range c.Properties {
		s.text(p.Name)
		s.typ(p.Type, p.Type.Nullable)
		s.text(docComment(p.Doc, nil))
		s.optional(p.Get)
		s.optional(p.Set)
	}
	s.optional(c.Constructor)
	s.optional(c.clone)
	s.optional(c.step)
	s.optional(c.stepWait)
	s.num(len(c.Methods))
	for _, m := range c.Methods {
		s.method(m)
	}
}

func (s *schema) optional(m *Method) {
	if m == nil {
		s.num(0)
		return
	}
	s.num(1)
	s.method(m)
}

func (s *schema) constant(v any) {
	rv := reflect.ValueOf(v)
	switch {
	case !rv.IsValid():
		s.b = wire.AppendNull(s.b)
	case rv.CanInt():
		s.b = wire.AppendInt(s.b, rv.Int())
	case rv.CanFloat():
		s.b = wire.AppendFloat(s.b, rv.Float())
	case rv.Kind() == reflect.Bool:
		s.b = wire.AppendBool(s.b, rv.Bool())
	default:
		s.b = wire.AppendString(s.b, rv.String())
	}
}

func (s *schema) typ(t *wire.Type, nullable bool) {
	s.num(int(t.Kind))
	if nullable && t.Kind != wire.Mixed && t.Kind != wire.Held {
		s.num(1)
	} else {
		s.num(0)
	}
	if t.Class != nil {
		s.text(t.Class.Name)
	} else {
		s.text("") // of an interface that several components have: any object
	}
}

func (s *schema) method(m *Method) {
	s.text(m.Name)
	s.text(docComment(m.Doc, m))
	s.num(int(m.ID))
	flags := 0
	if m.Static {
		flags |= methodStatic
	}
	if m.Context {
		flags |= methodContext
	}
	if m.Fast {
		flags |= methodFast
	}
	if m.Iterates {
		flags |= methodIterates
	}
	if m.constructs {
		flags |= methodConstructs
	}
	if m.accessor {
		flags |= methodAccessor
	}
	s.num(flags)
	switch {
	case m.Declared == "array":
		s.num(int(wire.List))
		s.num(0)
		s.text("")
	case m.Declared == "void", m.Result == nil || m.constructs:
		s.num(kindVoid)
		s.num(0)
		s.text("")
	default:
		s.typ(m.Result, m.resultNullable())
	}
	arities := 0
	for n, fast := range m.fast {
		if fast != nil {
			arities |= 1 << n
		}
	}
	s.num(arities)
	s.num(m.Required)
	s.num(len(m.Params))
	for _, p := range m.Params {
		s.text(p.Name)
		s.typ(p.Type, p.nullable())
		flags := 0
		if p.Optional {
			flags |= paramOptional
		}
		if p.Variadic {
			flags |= paramVariadic
		}
		s.num(flags)
		s.text(p.Default)
	}
}

// nullable says whether PHP may give null. A component or a callable is not, since it is called; an option is, since nil
// is what it is without PHP.
func (p *Param) nullable() bool {
	return p.Type.Nullable && (p.field != nil || p.Type.Kind != wire.Component && p.Type.Kind != wire.Func)
}

func (m *Method) resultNullable() bool { return m.Nullable || m.Result.Nullable && !m.never }

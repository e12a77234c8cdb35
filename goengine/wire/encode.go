package wire

import (
	"cmp"
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Encoder writes values, one behind another, to Buf.
type Encoder struct {
	Buf   []byte
	host  Host
	depth int
	end   int // Buf may not grow past it
}

// NewEncoder appends to buf. host may be nil where no objects cross.
func NewEncoder(buf []byte, limits Limits, host Host) *Encoder {
	e := new(Encoder)
	e.Reset(buf, limits, host)
	return e
}

// Reset makes the encoder as new, appending to buf.
func (e *Encoder) Reset(buf []byte, limits Limits, host Host) {
	e.Buf, e.host, e.depth, e.end = buf, host, limits.depth(), len(buf)+limits.bytes()
}

// Encode writes a value of the Type's Go type.
func (t *Type) Encode(e *Encoder, v reflect.Value) error {
	if err := t.enc(e, v); err != nil {
		return err
	}
	return e.check()
}

func (e *Encoder) check() error {
	if len(e.Buf) > e.end {
		return ErrSize
	}
	return nil
}

func (e *Encoder) enter() error {
	if e.depth == 0 {
		return ErrDepth
	}
	e.depth--
	return e.check()
}

func (e *Encoder) leave() { e.depth++ }

func (e *Encoder) uint(n uint64) error {
	if n > math.MaxInt64 {
		return fmt.Errorf("%w: %d does not fit PHP's int", ErrType, n)
	}
	e.Buf = AppendInt(e.Buf, int64(n))
	return nil
}

func encDuration(e *Encoder, v reflect.Value) error {
	e.Buf = AppendFloat(e.Buf, time.Duration(v.Int()).Seconds())
	return nil
}

func (e *Encoder) string(s string) error {
	if len(s) > e.end-len(e.Buf) {
		return ErrSize // before it is copied
	}
	e.Buf = AppendString(e.Buf, s)
	return nil
}

func encBytes(e *Encoder, v reflect.Value) error {
	if v.Len() > e.end-len(e.Buf) {
		return ErrSize
	}
	e.Buf = AppendString(e.Buf, v.Bytes())
	return nil
}

func encText(e *Encoder, v reflect.Value) error {
	text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
	if err != nil {
		return err
	}
	return e.string(string(text))
}

func encTime(e *Encoder, v reflect.Value) error {
	e.Buf = AppendTime(e.Buf, v.Interface().(time.Time))
	return nil
}

// encDict writes a map in the order of its keys: Go's own is another each time.
func (t *Type) encDict(e *Encoder, v reflect.Value) error {
	if err := e.enter(); err != nil {
		return err
	}
	row := t.Elem.row
	if row != nil && v.Len() >= leastRows {
		e.Buf = append(appendCount(e.Buf, TagTable, v.Len()), row...)
	} else {
		row = nil
		e.Buf = AppendMap(e.Buf, v.Len())
	}
	keys := v.MapKeys()
	text := t.Go.Key().Kind() == reflect.String
	if text {
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	} else {
		slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.Int(), b.Int()) })
	}
	value := reflect.New(t.Elem.Go)
	for _, k := range keys {
		if text {
			e.Buf = AppendKey(e.Buf, k.String())
		} else {
			e.Buf = AppendInt(e.Buf, k.Int())
		}
		value.Elem().Set(v.MapIndex(k))
		enc := t.Elem.encAt
		if row != nil {
			enc = t.Elem.encRow
		}
		if err := enc(e, value.UnsafePointer()); err != nil {
			return err
		}
		if err := e.check(); err != nil {
			return err
		}
	}
	e.leave()
	return nil
}

func (t *Type) encRecord(e *Encoder, v reflect.Value) error {
	if err := e.enter(); err != nil {
		return err
	}
	e.Buf = AppendRecord(e.Buf, t.Class.ID, len(t.Fields))
	for i := range t.Fields {
		if err := t.Fields[i].Type.enc(e, v.FieldByIndex(t.Fields[i].Index)); err != nil {
			return err
		}
	}
	e.leave()
	return nil
}

func (t *Type) encEnum(e *Encoder, v reflect.Value) error {
	value := v.Interface()
	for i, c := range t.Class.Cases {
		if c == value {
			e.Buf = AppendEnum(e.Buf, t.Class.ID, uint32(i))
			return nil
		}
	}
	return fmt.Errorf("%w: %v is no case of %s", ErrType, value, t.Class.Name)
}

func (t *Type) encComponent(e *Encoder, v reflect.Value) error {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		e.Buf = AppendNull(e.Buf)
		return nil
	}
	return e.object(t.Class, v.Interface())
}

func (e *Encoder) object(class *Class, value any) error {
	if e.host == nil {
		return fmt.Errorf("%w: an object of %s", ErrType, class.Name)
	}
	handle, err := e.host.Handle(class.ID, value)
	if err != nil {
		return err
	}
	e.Buf = AppendObject(e.Buf, class.ID, handle)
	return nil
}

func encMap(e *Encoder, v reflect.Value) error {
	m, _ := v.Interface().(*Map)
	return e.ordered(m, nil)
}

func (e *Encoder) ordered(m *Map, types *Types) error {
	if err := e.enter(); err != nil {
		return err
	}
	if m == nil {
		m = &Map{}
	}
	if row := alike(m.values); row != nil {
		e.Buf = appendRows(e.Buf, TagTable, len(m.values), row)
		if err := e.rows(m.keys, m.values, types); err != nil {
			return err
		}
		e.leave()
		return nil
	}
	e.Buf = AppendMap(e.Buf, len(m.keys))
	for i, v := range m.values {
		e.Buf = m.keys[i].append(e.Buf)
		if err := e.any(v, types); err != nil {
			return err
		}
		if err := e.check(); err != nil {
			return err
		}
	}
	e.leave()
	return nil
}

// alike answers the keys that all these values have, when they are maps; nil: they are not, or there are too few for it to
// matter.
func alike(values []any) []Key {
	if len(values) < leastRows {
		return nil
	}
	first, _ := values[0].(*Map)
	if first == nil || len(first.keys) == 0 || twice(first.keys) {
		return nil
	}
	for _, v := range values[1:] {
		if m, _ := v.(*Map); m == nil || !sameKeys(m.keys, first.keys) {
			return nil
		}
	}
	return first.keys
}

// leastRows is how many maps are sent as rows.
const leastRows = 2

func sameKeys(a, b []Key) bool {
	return len(a) == len(b) && (&a[0] == &b[0] || slices.Equal(a, b))
}

// rows writes the values of maps that are alike, each behind its own key when there are keys.
func (e *Encoder) rows(keys []Key, maps []any, types *Types) error {
	if err := e.enter(); err != nil {
		return err
	}
	for i, m := range maps {
		if keys != nil {
			e.Buf = keys[i].append(e.Buf)
		}
		for _, v := range m.(*Map).values {
			if err := e.any(v, types); err != nil {
				return err
			}
		}
		if err := e.check(); err != nil {
			return err
		}
	}
	e.leave()
	return nil
}

func encAny(types *Types) func(*Encoder, reflect.Value) error {
	return func(e *Encoder, v reflect.Value) error {
		if v.Kind() == reflect.Interface && v.IsNil() {
			e.Buf = AppendNull(e.Buf)
			return nil
		}
		return e.any(v.Interface(), types)
	}
}

// Any writes a value of any type that has a counterpart. types makes those that are not among Go's own; nil: a type of
// no registered class.
func (e *Encoder) Any(v any, types *Types) error {
	if err := e.any(v, types); err != nil {
		return err
	}
	return e.check()
}

func (e *Encoder) any(v any, types *Types) error {
	switch v := v.(type) {
	case nil:
		e.Buf = AppendNull(e.Buf)
	case bool:
		e.Buf = AppendBool(e.Buf, v)
	case int64:
		e.Buf = AppendInt(e.Buf, v)
	case int:
		e.Buf = AppendInt(e.Buf, int64(v))
	case float64:
		e.Buf = AppendFloat(e.Buf, v)
	case string:
		return e.string(v)
	case []any:
		return e.list(v, types)
	case *Map:
		return e.ordered(v, types)
	case Map:
		return e.ordered(&v, types)
	case time.Time:
		e.Buf = AppendTime(e.Buf, v)
	default:
		if types == nil {
			types = plain
		}
		t, err := types.Of(reflect.TypeOf(v))
		if err != nil {
			return err
		}
		return t.enc(e, reflect.ValueOf(v))
	}
	return nil
}

var plain = NewTypes(nil)

func (e *Encoder) list(list []any, types *Types) error {
	if err := e.enter(); err != nil {
		return err
	}
	if row := alike(list); row != nil {
		e.Buf = appendRows(e.Buf, TagRows, len(list), row)
		if err := e.rows(nil, list, types); err != nil {
			return err
		}
		e.leave()
		return nil
	}
	e.Buf = AppendList(e.Buf, len(list))
	for _, v := range list {
		if err := e.any(v, types); err != nil {
			return err
		}
		if err := e.check(); err != nil {
			return err
		}
	}
	e.leave()
	return nil
}

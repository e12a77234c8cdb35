package wire

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"unsafe"
)

// Values of the usual types are read and written where they lie: what a Type knows of them was looked up when it was made.

// complete makes the functions that by way of reflection of those at an address, and the other way round.
func (t *Type) complete() {
	if t.decAt == nil {
		t.decAt = func(d *Decoder, p unsafe.Pointer) error { return t.dec(d, reflect.NewAt(t.Go, p).Elem()) }
	}
	if t.encAt == nil {
		t.encAt = func(e *Encoder, p unsafe.Pointer) error { return t.enc(e, reflect.NewAt(t.Go, p).Elem()) }
	}
	if t.dec == nil {
		t.dec = func(d *Decoder, v reflect.Value) error { return t.decAt(d, v.Addr().UnsafePointer()) }
	}
	if t.enc == nil {
		t.enc = func(e *Encoder, v reflect.Value) error {
			if v.CanAddr() {
				return t.encAt(e, v.Addr().UnsafePointer())
			}
			p := reflect.New(t.Go)
			p.Elem().Set(v)
			return t.encAt(e, p.UnsafePointer())
		}
	}
}

func encBool(e *Encoder, p unsafe.Pointer) error {
	e.Buf = AppendBool(e.Buf, *(*bool)(p))
	return nil
}

func decBool(d *Decoder, p unsafe.Pointer) error {
	tag, err := d.Peek()
	if err != nil {
		return err
	}
	if tag != TagTrue && tag != TagFalse {
		return d.mismatch("bool")
	}
	d.at++
	*(*bool)(p) = tag == TagTrue
	return nil
}

type encoder = func(*Encoder, unsafe.Pointer) error
type decoder = func(*Decoder, unsafe.Pointer) error

func intCodec(k reflect.Kind) (encoder, decoder) {
	switch k {
	case reflect.Int:
		return encInt[int], decInt[int]
	case reflect.Int8:
		return encInt[int8], decInt[int8]
	case reflect.Int16:
		return encInt[int16], decInt[int16]
	case reflect.Int32:
		return encInt[int32], decInt[int32]
	case reflect.Int64:
		return encInt[int64], decInt[int64]
	case reflect.Uint8:
		return encUint[uint8], decUint[uint8]
	case reflect.Uint16:
		return encUint[uint16], decUint[uint16]
	case reflect.Uint32:
		return encUint[uint32], decUint[uint32]
	case reflect.Uint:
		return encUint[uint], decUint[uint]
	case reflect.Uintptr:
		return encUint[uintptr], decUint[uintptr]
	}
	return encUint[uint64], decUint[uint64]
}

func encInt[T int | int8 | int16 | int32 | int64](e *Encoder, p unsafe.Pointer) error {
	e.Buf = AppendInt(e.Buf, int64(*(*T)(p)))
	return nil
}

func encUint[T uint | uint8 | uint16 | uint32 | uint64 | uintptr](e *Encoder, p unsafe.Pointer) error {
	return e.uint(uint64(*(*T)(p)))
}

func decInt[T int | int8 | int16 | int32 | int64](d *Decoder, p unsafe.Pointer) error {
	n, err := d.int()
	if err != nil {
		return err
	}
	if int64(T(n)) != n {
		bits := 8 * unsafe.Sizeof(T(0))
		return &MismatchError{Want: fmt.Sprintf("between %d and %d", int64(-1)<<(bits-1), int64(1)<<(bits-1)-1)}
	}
	*(*T)(p) = T(n)
	return nil
}

func decUint[T uint | uint8 | uint16 | uint32 | uint64 | uintptr](d *Decoder, p unsafe.Pointer) error {
	n, err := d.int()
	if err != nil {
		return err
	}
	if n < 0 || uint64(T(n)) != uint64(n) {
		most := uint64(math.MaxInt64)
		if bits := 8 * unsafe.Sizeof(T(0)); bits < 64 {
			most = 1<<bits - 1
		}
		return &MismatchError{Want: fmt.Sprintf("between 0 and %d", most)}
	}
	*(*T)(p) = T(n)
	return nil
}

func encFloat(e *Encoder, p unsafe.Pointer) error {
	e.Buf = AppendFloat(e.Buf, *(*float64)(p))
	return nil
}

func decFloat(d *Decoder, p unsafe.Pointer) (err error) {
	*(*float64)(p), err = d.number()
	return err
}

func encFloat32(e *Encoder, p unsafe.Pointer) error {
	e.Buf = AppendFloat(e.Buf, float64(*(*float32)(p)))
	return nil
}

func decFloat32(d *Decoder, p unsafe.Pointer) error {
	f, err := d.number()
	if err != nil {
		return err
	}
	if abs := math.Abs(f); abs > math.MaxFloat32 && abs <= math.MaxFloat64 {
		return &MismatchError{Want: fmt.Sprintf("between %g and %g", -math.MaxFloat32, math.MaxFloat32)}
	}
	*(*float32)(p) = float32(f)
	return nil
}

func encString(e *Encoder, p unsafe.Pointer) error { return e.string(*(*string)(p)) }

// decString gives strings inside others their memory in pieces, as Any does.
func decString(d *Decoder, p unsafe.Pointer) error {
	b, err := d.text()
	if err != nil {
		return err
	}
	if d.depth < d.most {
		*(*string)(p) = d.slabs.copy(b)
	} else {
		*(*string)(p) = string(b)
	}
	return nil
}

func encAnyAt(types *Types) encoder {
	return func(e *Encoder, p unsafe.Pointer) error { return e.any(*(*any)(p), types) }
}

func decAny(d *Decoder, p unsafe.Pointer) (err error) {
	*(*any)(p), err = d.Any()
	return err
}

// slice is how Go lays out a slice.
type slice struct {
	data     unsafe.Pointer
	len, cap int
}

func (t *Type) encSlice(e *Encoder, p unsafe.Pointer) error {
	s := (*slice)(p)
	return t.encValues(e, s.data, s.len)
}

func (t *Type) encArray(e *Encoder, p unsafe.Pointer) error { return t.encValues(e, p, t.Go.Len()) }

// encValues writes n values that lie one behind another, structs as rows.
func (t *Type) encValues(e *Encoder, p unsafe.Pointer, n int) error {
	if err := e.enter(); err != nil {
		return err
	}
	enc, size := t.Elem.encAt, t.Elem.Go.Size()
	if row := t.Elem.row; row != nil && n >= leastRows {
		enc = t.Elem.encRow
		e.Buf = append(appendCount(e.Buf, TagRows, n), row...)
	} else {
		e.Buf = AppendList(e.Buf, n)
	}
	for i := range n {
		if err := enc(e, unsafe.Add(p, uintptr(i)*size)); err != nil {
			return err
		}
		if err := e.check(); err != nil {
			return err
		}
	}
	e.leave()
	return nil
}

// encRow writes the values of a struct, whose keys have been written.
func (t *Type) encRow(e *Encoder, p unsafe.Pointer) error {
	if err := e.enter(); err != nil {
		return err
	}
	for i := range t.Fields {
		f := &t.Fields[i]
		if err := f.Type.encAt(e, unsafe.Add(p, f.offset)); err != nil {
			return err
		}
	}
	e.leave()
	return nil
}

func (t *Type) encStruct(e *Encoder, p unsafe.Pointer) error {
	if err := e.enter(); err != nil {
		return err
	}
	n, head := 0, len(e.Buf)
	e.Buf = AppendMap(e.Buf, len(t.Fields))
	for i := range t.Fields {
		f := &t.Fields[i]
		at := unsafe.Add(p, f.offset)
		if f.OmitEmpty && reflect.NewAt(f.Type.Go, at).Elem().IsZero() {
			continue
		}
		n++
		e.Buf = append(e.Buf, f.key...)
		if err := f.Type.encAt(e, at); err != nil {
			return err
		}
	}
	if n != len(t.Fields) {
		AppendMap(e.Buf[:head], n) // the head again, in place
	}
	e.leave()
	return nil
}

const maxAtOnce = 1 << 20 // bytes

func (t *Type) decSlice(d *Decoder, p unsafe.Pointer) error {
	n, row, err := d.open("array")
	if err != nil {
		return err
	}
	var plan []*Field
	if row != nil && t.Elem.at != nil {
		if plan, err = t.Elem.plan(row); err != nil {
			return at(index(0), err)
		}
	}
	s, size := (*slice)(p), t.Elem.Go.Size()
	// Values are at least a byte, their Go type may be large: what was sent bounds what is allocated at once.
	if room := min(n, maxAtOnce/max(1, int(size))+1); t.Elem.Go.Kind() == reflect.String {
		*(*[]string)(p) = d.slabs.strings(room)
	} else {
		reflect.NewAt(t.Go, p).Elem().Set(reflect.MakeSlice(t.Go, room, room))
	}
	dec := t.Elem.decAt
	for i := range n {
		if i >= s.len {
			v := reflect.NewAt(t.Go, p).Elem()
			v.Grow(1)
			v.SetLen(min(n, v.Cap()))
		}
		to := unsafe.Add(s.data, uintptr(i)*size)
		if plan != nil {
			err = t.Elem.decRow(d, to, plan)
		} else {
			d.row = row
			err = dec(d, to)
		}
		if err != nil {
			return at(index(i), err)
		}
	}
	d.leave()
	return nil
}

// plan finds the fields that rows with these keys have.
func (t *Type) plan(row []Key) ([]*Field, error) {
	plan := make([]*Field, len(row))
	for i, k := range row {
		f, err := t.field(k)
		if err != nil {
			return nil, err
		}
		plan[i] = f
	}
	return plan, nil
}

func (t *Type) field(k Key) (*Field, error) {
	if i, ok := t.at[k.String()]; ok {
		return &t.Fields[i], nil
	}
	names := make([]string, len(t.Fields))
	for i := range t.Fields {
		names[i] = t.Fields[i].Name
	}
	return nil, &MismatchError{Want: "an array with the keys " + strings.Join(names, ", "), Cause: fmt.Errorf("there is no '%s'", k)}
}

func (t *Type) decRow(d *Decoder, p unsafe.Pointer, plan []*Field) error {
	if err := d.enter(); err != nil {
		return err
	}
	for _, f := range plan {
		if err := f.Type.decAt(d, unsafe.Add(p, f.offset)); err != nil {
			return at("['"+f.Name+"']", err)
		}
	}
	d.leave()
	return nil
}

// decStruct leaves fields that are not there as they are; a key that is no field is a mistake.
func (t *Type) decStruct(d *Decoder, p unsafe.Pointer) error {
	return d.each("array", func(k Key) error {
		f, err := t.field(k)
		if err != nil {
			return err
		}
		if err := f.Type.decAt(d, unsafe.Add(p, f.offset)); err != nil {
			return at(k.step(), err)
		}
		return nil
	})
}

package wire

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Decode reads a value into v, which is settable and of the Type's Go type. A value of another type is a
// *MismatchError; v is then undefined.
func (t *Type) Decode(d *Decoder, v reflect.Value) error { return t.dec(d, v) }

func (t *Type) decodeNew(d *Decoder) (any, error) {
	v := reflect.New(t.Go).Elem()
	if err := t.dec(d, v); err != nil {
		return nil, err
	}
	return v.Interface(), nil
}

// mismatch reports the next value, which is not read.
func (d *Decoder) mismatch(want string) error {
	tag, err := d.Peek()
	if err != nil {
		return err
	}
	return &MismatchError{Want: want, Got: nameOf(tag)}
}

func decBool(d *Decoder, v reflect.Value) error {
	tag, err := d.Peek()
	if err != nil {
		return err
	}
	if tag != TagTrue && tag != TagFalse {
		return d.mismatch("bool")
	}
	d.at++
	v.SetBool(tag == TagTrue)
	return nil
}

// int reads an int; a float that is whole is none, as under strict_types.
func (d *Decoder) int() (int64, error) {
	tag, err := d.Peek()
	if err != nil {
		return 0, err
	}
	if tag != TagInt {
		return 0, d.mismatch("int")
	}
	d.at++
	n, err := d.uint64()
	return int64(n), err
}

func decInt(d *Decoder, v reflect.Value) error {
	n, err := d.int()
	if err != nil {
		return err
	}
	if v.OverflowInt(n) {
		bits := v.Type().Bits()
		return &MismatchError{Want: fmt.Sprintf("between %d and %d", int64(-1)<<(bits-1), int64(1)<<(bits-1)-1)}
	}
	v.SetInt(n)
	return nil
}

func decUint(d *Decoder, v reflect.Value) error {
	n, err := d.int()
	if err != nil {
		return err
	}
	if n < 0 || v.OverflowUint(uint64(n)) {
		most := uint64(math.MaxInt64)
		if bits := v.Type().Bits(); bits < 64 {
			most = 1<<bits - 1
		}
		return &MismatchError{Want: fmt.Sprintf("between 0 and %d", most)}
	}
	v.SetUint(uint64(n))
	return nil
}

// number reads a float, or an int as one.
func (d *Decoder) number() (float64, error) {
	tag, err := d.Peek()
	if err != nil {
		return 0, err
	}
	switch tag {
	case TagInt:
		d.at++
		n, err := d.uint64()
		return float64(int64(n)), err
	case TagFloat:
		d.at++
		return d.float()
	}
	return 0, d.mismatch("float")
}

func decFloat(d *Decoder, v reflect.Value) error {
	f, err := d.number()
	if err != nil {
		return err
	}
	if v.OverflowFloat(f) { // of a float32
		return &MismatchError{Want: fmt.Sprintf("between %g and %g", -math.MaxFloat32, math.MaxFloat32)}
	}
	v.SetFloat(f)
	return nil
}

func decDuration(d *Decoder, v reflect.Value) error {
	f, err := d.number()
	if err != nil {
		return err
	}
	ns := f * float64(time.Second)
	if !(ns > math.MinInt64 && ns < math.MaxInt64) {
		return &MismatchError{Want: "a number of seconds, less than 292 years"}
	}
	v.SetInt(int64(math.Round(ns)))
	return nil
}

// text reads a string; it aliases the buffer.
func (d *Decoder) text() ([]byte, error) {
	tag, err := d.Peek()
	if err != nil {
		return nil, err
	}
	if tag != TagString {
		return nil, d.mismatch("string")
	}
	d.at++
	return d.bytes()
}

func decString(d *Decoder, v reflect.Value) error {
	b, err := d.text()
	if err != nil {
		return err
	}
	v.SetString(string(b))
	return nil
}

func decBytes(d *Decoder, v reflect.Value) error {
	b, err := d.text()
	if err != nil {
		return err
	}
	v.SetBytes(append(make([]byte, 0, len(b)), b...))
	return nil
}

func decText(d *Decoder, v reflect.Value) error {
	b, err := d.text()
	if err != nil {
		return err
	}
	if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText(b); err != nil {
		return &MismatchError{Want: "a valid " + v.Type().Name(), Cause: err}
	}
	return nil
}

func decTime(d *Decoder, v reflect.Value) error {
	tag, err := d.Peek()
	if err != nil {
		return err
	}
	if tag != TagTime {
		return d.mismatch("DateTimeInterface")
	}
	d.at++
	t, err := d.time()
	if err != nil {
		return err
	}
	v.Set(reflect.ValueOf(t))
	return nil
}

// open reads the head of a list and goes into it.
func (d *Decoder) open(want string) (int, error) {
	tag, err := d.Peek()
	if err != nil {
		return 0, err
	}
	if tag != TagList {
		if tag == TagMap {
			return 0, &MismatchError{Want: "a list, an array with the keys 0, 1, 2, ..."}
		}
		return 0, d.mismatch(want)
	}
	d.at++
	n, err := d.count(leastValue)
	if err != nil {
		return 0, err
	}
	return n, d.enter()
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

func (t *Type) decSlice(d *Decoder, v reflect.Value) error {
	n, err := d.open("array")
	if err != nil {
		return err
	}
	// Values are at least a byte, their Go type may be large: what was sent bounds what is allocated at once.
	v.Set(reflect.MakeSlice(t.Go, 0, min(n, maxAtOnce/max(1, int(t.Elem.Go.Size()))+1)))
	for i := range n {
		if i >= v.Cap() {
			v.Grow(1)
		}
		v.SetLen(i + 1)
		if err := t.Elem.dec(d, v.Index(i)); err != nil {
			return at(index(i), err)
		}
	}
	d.leave()
	return nil
}

const maxAtOnce = 1 << 20 // bytes

func (t *Type) decArray(d *Decoder, v reflect.Value) error {
	n, err := d.open("array")
	if err != nil {
		return err
	}
	if n != v.Len() {
		return &MismatchError{Want: fmt.Sprintf("an array of %d values", v.Len())}
	}
	for i := range n {
		if err := t.Elem.dec(d, v.Index(i)); err != nil {
			return at(index(i), err)
		}
	}
	d.leave()
	return nil
}

// each reads an array of any keys. A list's are ints.
func (d *Decoder) each(want string, entry func(Key) error) error {
	tag, err := d.Peek()
	if err != nil {
		return err
	}
	least := leastEntry
	switch tag {
	case TagMap:
	case TagList:
		least = leastValue
	default:
		return d.mismatch(want)
	}
	d.at++
	n, err := d.count(least)
	if err != nil {
		return err
	}
	if err := d.enter(); err != nil {
		return err
	}
	for i := range n {
		k := Key{num: int64(i)}
		if tag == TagMap {
			if k, err = d.key(); err != nil {
				return err
			}
		}
		if err := entry(k); err != nil {
			return err
		}
	}
	d.leave()
	return nil
}

func (k Key) step() string {
	if k.isString {
		return "['" + k.str + "']"
	}
	return "[" + k.String() + "]"
}

func (t *Type) decDict(d *Decoder, v reflect.Value) error {
	v.Set(reflect.MakeMap(t.Go))
	text := t.Go.Key().Kind() == reflect.String
	key := reflect.New(t.Go.Key()).Elem()
	return d.each("array", func(k Key) error {
		switch {
		case text:
			key.SetString(k.String())
		case k.isString:
			return &MismatchError{Want: "an array with int keys", Cause: fmt.Errorf("there is '%s'", k)}
		case key.OverflowInt(k.num):
			return &MismatchError{Want: fmt.Sprintf("an array with keys of %d bits", key.Type().Bits()), Cause: fmt.Errorf("there is %s", k)}
		default:
			key.SetInt(k.num)
		}
		value := reflect.New(t.Elem.Go).Elem()
		if err := t.Elem.dec(d, value); err != nil {
			return at(k.step(), err)
		}
		v.SetMapIndex(key, value)
		return nil
	})
}

func decOrderedMap(d *Decoder, v reflect.Value) error {
	m := NewMap(0)
	v.Set(reflect.ValueOf(m))
	return d.each("array", func(k Key) error {
		value, err := d.Any()
		if err != nil {
			return at(k.step(), err)
		}
		m.entries = append(m.entries, entry{k, value})
		return nil
	})
}

// decStruct leaves fields that are not there as they are; a key that is no field is a mistake.
func (t *Type) decStruct(d *Decoder, v reflect.Value, index map[string]int) error {
	return d.each("array", func(k Key) error {
		i, ok := index[k.String()]
		if !ok {
			names := make([]string, len(t.Fields))
			for i := range t.Fields {
				names[i] = t.Fields[i].Name
			}
			return &MismatchError{Want: "an array with the keys " + strings.Join(names, ", "),
				Cause: fmt.Errorf("there is no '%s'", k)}
		}
		if err := t.Fields[i].Type.dec(d, v.FieldByIndex(t.Fields[i].Index)); err != nil {
			return at(k.step(), err)
		}
		return nil
	})
}

// class reads the head of an object of the Type's class.
func (t *Type) class(d *Decoder, tag byte) error {
	got, err := d.Peek()
	if err != nil {
		return err
	}
	if got != tag {
		return d.mismatch(t.Class.Name)
	}
	id, err := d.peekClass()
	if err != nil {
		return err
	}
	if id != t.Class.ID {
		return &MismatchError{Want: t.Class.Name, Got: "another object"}
	}
	d.at += 5
	return nil
}

func (t *Type) decRecord(d *Decoder, v reflect.Value) error {
	if err := t.class(d, TagRecord); err != nil {
		return err
	}
	n, err := d.count(leastValue)
	if err != nil {
		return err
	}
	if n != len(t.Fields) {
		return ErrMalformed
	}
	if err := d.enter(); err != nil {
		return err
	}
	for i := range t.Fields {
		if err := t.Fields[i].Type.dec(d, v.FieldByIndex(t.Fields[i].Index)); err != nil {
			return at("->"+t.Fields[i].Name, err)
		}
	}
	d.leave()
	return nil
}

func (t *Type) decEnum(d *Decoder, v reflect.Value) error {
	if err := t.class(d, TagEnum); err != nil {
		return err
	}
	i, err := d.uint32()
	if err != nil {
		return err
	}
	if int(i) >= len(t.Class.Cases) {
		return ErrMalformed
	}
	v.Set(reflect.ValueOf(t.Class.Cases[i]))
	return nil
}

func (t *Type) decComponent(d *Decoder, v reflect.Value) error {
	return t.decObject(d, v, t.Class.Name)
}

func (t *Type) decInterface(d *Decoder, v reflect.Value) error {
	return t.decObject(d, v, t.Go.Name())
}

func (t *Type) decObject(d *Decoder, v reflect.Value, want string) error {
	tag, err := d.Peek()
	if err != nil {
		return err
	}
	if tag == TagNull && t.Nullable {
		d.at++
		v.SetZero()
		return nil
	}
	if tag != TagObject {
		return d.mismatch(want)
	}
	value, err := d.object()
	if err != nil {
		return err
	}
	rv := reflect.ValueOf(value)
	if !rv.IsValid() || !rv.Type().AssignableTo(t.Go) {
		return &MismatchError{Want: want, Got: "another object"}
	}
	v.Set(rv)
	return nil
}

func decAny(d *Decoder, v reflect.Value) error {
	value, err := d.Any()
	if err != nil {
		return err
	}
	if value == nil {
		v.SetZero()
		return nil
	}
	v.Set(reflect.ValueOf(value))
	return nil
}

func (t *Type) decFunc(d *Decoder, v reflect.Value) error {
	tag, err := d.Peek()
	if err != nil {
		return err
	}
	d.at++
	switch tag {
	case TagNull:
		v.SetZero()
		return nil
	case TagFunc:
		id, err := d.uint64()
		if err != nil {
			return err
		}
		if d.host == nil {
			return ErrMalformed
		}
		fn, err := d.host.Func(id, t)
		if err != nil {
			return err
		}
		v.Set(reflect.ValueOf(fn))
		return nil
	}
	d.at--
	return d.mismatch("callable")
}

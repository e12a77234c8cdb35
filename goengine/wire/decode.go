package wire

import (
	"encoding"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"strconv"
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

// int reads an int; a float that is whole is none, as under strict_types.
func (d *Decoder) int() (int64, error) {
	if d.row == nil && len(d.buf)-d.at >= 9 && d.buf[d.at] == TagInt {
		n := binary.LittleEndian.Uint64(d.buf[d.at+1:])
		d.at += 9
		return int64(n), nil
	}
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
	if d.row == nil && d.at < len(d.buf) && d.buf[d.at] == TagString {
		d.at++
		return d.bytes()
	}
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

// open reads the head of a list and goes into it. Of rows it answers the keys: they are set before each value is read.
func (d *Decoder) open(want string) (n int, row []Key, err error) {
	tag, err := d.Peek()
	if err != nil {
		return 0, nil, err
	}
	switch tag {
	case TagList:
		d.at++
		n, err = d.count(leastValue)
	case TagRows:
		d.at++
		n, row, err = d.rows(false)
	case TagMap, TagTable:
		err = &MismatchError{Want: "a list, an array with the keys 0, 1, 2, ..."}
	default:
		err = d.mismatch(want)
	}
	if err != nil {
		return 0, nil, err
	}
	return n, row, d.enter()
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

func (t *Type) decArray(d *Decoder, v reflect.Value) error {
	n, row, err := d.open("array")
	if err != nil {
		return err
	}
	if n != v.Len() {
		return &MismatchError{Want: fmt.Sprintf("an array of %d values", v.Len())}
	}
	for i := range n {
		d.row = row
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
	if d.row != nil {
		return d.eachOf(d.takeRow(), entry)
	}
	var n int
	var row []Key
	d.at++
	switch tag {
	case TagMap:
		n, err = d.count(leastEntry)
	case TagList:
		n, err = d.count(leastValue)
	case TagRows, TagTable:
		n, row, err = d.rows(tag == TagTable)
	default:
		d.at--
		return d.mismatch(want)
	}
	if err != nil {
		return err
	}
	if err := d.enter(); err != nil {
		return err
	}
	for i := range n {
		k := Key{num: int64(i)}
		if tag == TagMap || tag == TagTable {
			if k, err = d.key(); err != nil {
				return err
			}
		}
		d.row = row
		if err := entry(k); err != nil {
			return err
		}
	}
	d.leave()
	return nil
}

// eachOf reads the values of a row.
func (d *Decoder) eachOf(row []Key, entry func(Key) error) error {
	if err := d.enter(); err != nil {
		return err
	}
	for _, k := range row {
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
		m.add(k, value)
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

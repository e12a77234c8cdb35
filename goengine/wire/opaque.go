package wire

import (
	"fmt"
	"reflect"
)

// Opaque is any value of PHP, kept as the bytes that it crosses as: Go stores it and gives it back without looking. "" is
// null, and what PHP did not give. A value that holds objects is what serialize() makes of it (TagSerial), so that it comes
// back with its classes; resources, closures and what else cannot be serialized are refused by PHP.
type Opaque string

// NewOpaque makes one of a Go value, as Encoder.Any writes it.
func NewOpaque(v any) (Opaque, error) {
	e := NewEncoder(nil, Limits{}, nil)
	if err := e.Any(v, nil); err != nil {
		return "", err
	}
	return Opaque(e.Buf), nil
}

// OpaqueString makes one of a string.
func OpaqueString(s string) Opaque { return Opaque(AppendString(make([]byte, 0, 5+len(s)), s)) }

// OpaqueInt makes one of an int.
func OpaqueInt(n int64) Opaque { return Opaque(AppendInt(make([]byte, 0, 9), n)) }

// Tag is the kind of value that it is.
func (o Opaque) Tag() byte {
	if o == "" {
		return TagNull
	}
	return o[0]
}

// Any is the value as Decoder.Any reads it; one with objects is ErrType.
func (o Opaque) Any() (any, error) {
	if o == "" {
		return nil, nil
	}
	if o[0] == TagSerial {
		return nil, fmt.Errorf("%w: it holds objects", ErrType)
	}
	return NewDecoder([]byte(o), Limits{}, nil).Any()
}

func encOpaque(e *Encoder, v reflect.Value) error {
	s := v.String()
	if s == "" {
		e.Buf = AppendNull(e.Buf)
		return nil
	}
	if len(s) > e.end-len(e.Buf) {
		return ErrSize
	}
	e.Buf = append(e.Buf, s...)
	return nil
}

func decOpaque(d *Decoder, v reflect.Value) error {
	if d.row != nil {
		b, err := d.keepRow(d.takeRow())
		v.SetString(string(b))
		return err
	}
	start := d.at
	if err := d.keep(); err != nil {
		return err
	}
	v.SetString(string(d.buf[start:d.at]))
	return nil
}

// Keep reads over one value that means the same later and elsewhere: no component, value object, enum or callable.
func (d *Decoder) Keep() error { return d.keep() }

// keepRow makes a row that is kept a map of its own.
func (d *Decoder) keepRow(row []Key) ([]byte, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	b := AppendMap(nil, len(row))
	for _, k := range row {
		if d.spare -= leastKey + len(k.str); d.spare < 0 {
			return nil, ErrSize
		}
		b = k.append(b)
		start := d.at
		if err := d.keep(); err != nil {
			return nil, err
		}
		b = append(b, d.buf[start:d.at]...)
	}
	d.leave()
	return b, nil
}

func (d *Decoder) keep() error {
	tag, err := d.Peek()
	if err != nil {
		return err
	}
	if d.row != nil {
		return d.cells(1, len(d.takeRow()), false, d.keep)
	}
	d.at++
	switch tag {
	case TagNull, TagFalse, TagTrue:
		return nil
	case TagInt, TagFloat:
		_, err = d.take(8)
	case TagString, TagSerial:
		_, err = d.bytes()
	case TagTime:
		_, err = d.time()
	case TagList:
		return d.keepEach(leastValue, false)
	case TagMap:
		return d.keepEach(leastEntry, true)
	case TagRows, TagTable:
		return d.eachRow(tag == TagTable, d.keep)
	default:
		err = ErrMalformed // a handle, or the number of a class, means nothing later
	}
	return err
}

func (d *Decoder) keepEach(least int, keys bool) error {
	n, err := d.count(least)
	if err != nil {
		return err
	}
	if err := d.enter(); err != nil {
		return err
	}
	for range n {
		if keys {
			if _, err := d.key(); err != nil {
				return err
			}
		}
		if err := d.keep(); err != nil {
			return err
		}
	}
	d.leave()
	return nil
}

// Int is the value when it is an int.
func (o Opaque) Int() (int64, bool) {
	if len(o) != 9 || o[0] != TagInt {
		return 0, false
	}
	return int64(number(o[1:], 8)), true
}

// Scalar is a null, bool, int, float or string inside an Opaque.
type Scalar struct {
	Tag    byte   // any other: Number and Text are 0
	Number uint64 // an int, or a float's bits
	Text   string // a string; it shares the Opaque's memory
}

// Scalars calls f for each key and value of an array whose keys are strings, one after another, until it fails. What is no
// such array is ErrType; a value that is no scalar is given by its tag.
func (o Opaque) Scalars(f func(key string, value Scalar) error) error {
	if o != "" && o[0] == TagTable {
		return o.tables(f)
	}
	if len(o) < 5 || o[0] != TagMap && o[0] != TagList {
		return ErrType
	}
	n, rest := number(o[1:], 4), o[5:]
	if o[0] == TagList && n > 0 {
		return ErrType
	}
	for range n {
		key, after, err := rest.scalar()
		if err != nil {
			return err
		}
		value, after, err := after.scalar()
		if err != nil {
			return err
		}
		if key.Tag != TagString {
			return ErrType
		}
		if err := f(key.Text, value); err != nil {
			return err
		}
		rest = after
	}
	return nil
}

// tables is Scalars of an array whose values are arrays of one kind: none is a scalar.
func (o Opaque) tables(f func(key string, value Scalar) error) error {
	d := NewDecoder([]byte(o), Limits{}, nil)
	d.at++
	n, row, err := d.rows(true)
	if err != nil {
		return err
	}
	for range n {
		key, err := d.key()
		if err != nil {
			return err
		}
		if !key.isString {
			return ErrType
		}
		if err := f(key.str, Scalar{Tag: TagMap}); err != nil {
			return err
		}
		if err := d.cells(1, len(row), false, d.Skip); err != nil {
			return err
		}
	}
	return nil
}

// scalar reads what comes first; a value that is none is answered by its tag alone, with nothing behind it.
func (o Opaque) scalar() (s Scalar, rest Opaque, err error) {
	if o == "" {
		return s, "", ErrMalformed
	}
	switch s.Tag = o[0]; s.Tag {
	case TagNull, TagFalse, TagTrue:
		return s, o[1:], nil
	case TagInt, TagFloat:
		if len(o) < 9 {
			return s, "", ErrMalformed
		}
		s.Number = number(o[1:], 8)
		return s, o[9:], nil
	case TagString:
		if len(o) < 5 {
			return s, "", ErrMalformed
		}
		n := number(o[1:], 4)
		if uint64(len(o)-5) < n {
			return s, "", ErrMalformed
		}
		s.Text = string(o[5 : 5+n])
		return s, o[5+n:], nil
	}
	return s, "", nil
}

func number(o Opaque, bytes int) (n uint64) {
	for i := bytes - 1; i >= 0; i-- {
		n = n<<8 | uint64(o[i])
	}
	return n
}

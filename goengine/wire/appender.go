package wire

import (
	"fmt"
	"reflect"
)

// Appender is a value that writes itself: what has its bytes at hand already (a server's reply) need not make Go values
// of them first. PHP sees mixed, and never sends one.
type Appender interface {
	// AppendWire appends exactly one value, by the Append functions of this package.
	AppendWire(dst []byte) ([]byte, error)
}

var appenderType = reflect.TypeFor[Appender]()

// makeAppender is for types that are an Appender, pointers and interfaces left out: those may be nil.
func makeAppender(c *Type) {
	c.Kind, c.Nullable = Mixed, true
	c.enc = func(e *Encoder, v reflect.Value) (err error) {
		if e.Buf, err = v.Interface().(Appender).AppendWire(e.Buf); err != nil {
			return err
		}
		return e.check()
	}
	c.dec = func(*Decoder, reflect.Value) error {
		return fmt.Errorf("%w: %s only goes to PHP", ErrType, c.Go)
	}
}

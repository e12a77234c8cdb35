// Package wire is the codec of values that cross between PHP and Go: flat bytes, written in one pass and read in
// one pass on each side. php-ext/wire.c is the other half, docs/wire.md the format.
//
// Encoding appends to a caller's slice, decoding reads a slice and copies what it keeps. Neither does I/O, and bytes
// that are no value are an error, never a panic. Values of Go types go through a Type, which is made once for each
// type and knows how to read and write it without looking at the type again; any other value is Decoder.Any's.
package wire

import (
	"errors"
	"fmt"
)

// The first byte of each value. Numbers are little-endian.
const (
	TagNull   = iota
	TagFalse  // bool
	TagTrue   // bool
	TagInt    // int64
	TagFloat  // IEEE 754 bits
	TagString // uint32 length, bytes
	TagList   // uint32 count, values
	TagMap    // uint32 count, keys (TagInt or TagString) and values in turns
	TagObject // uint32 class, uint64 handle: a component
	TagRecord // uint32 class, uint32 count, values: a value object's properties in their order
	TagEnum   // uint32 class, uint32 case
	TagTime   // int64 Unix seconds, uint32 nanoseconds, int32 seconds east of UTC, uint32 length, zone ("" for the offset alone)
	TagFunc   // uint64 number: a PHP callable of the thread that sent it
	TagSerial // uint32 length, what serialize() made of a value that holds objects: inside an Opaque only
	TagRows   // uint32 count, uint32 columns, that many keys, the values row by row: a list of maps that have these keys
	TagTable  // as TagRows, and before each row's values its own key: a map of maps that have these keys
	tagEnd
)

// The defaults of Limits.
const (
	DefaultDepth = 512      // as json_decode()
	DefaultBytes = 64 << 20 // of one call's arguments, or of its result
)

// Limits bound what is encoded and decoded.
type Limits struct {
	Depth int // lists, maps and records in each other; 0: DefaultDepth
	Bytes int // of one value with all it holds; 0: DefaultBytes
}

func (l Limits) depth() int {
	if l.Depth > 0 {
		return l.Depth
	}
	return DefaultDepth
}

func (l Limits) bytes() int {
	if l.Bytes > 0 {
		return l.Bytes
	}
	return DefaultBytes
}

var (
	// ErrMalformed answers bytes that are no value.
	ErrMalformed = errors.New("wire: malformed value")
	// ErrDepth answers a value nested deeper than the limit; one that holds itself is.
	ErrDepth = errors.New("wire: nested too deep")
	// ErrSize answers a value larger than the limit.
	ErrSize = errors.New("wire: value too large")
	// ErrType answers a Go type that has no counterpart in PHP.
	ErrType = errors.New("wire: type has no counterpart in PHP")
)

// MismatchError is a value that its Go type cannot take.
type MismatchError struct {
	Path  string // to the value inside what was decoded: "[3].name", or ""
	Want  string // the type, as PHP writes it, or a range
	Got   string // the type of what was there; "" when the type is right and the value is not
	Cause error  // of a type that reads itself from text
}

func (e *MismatchError) Error() string { return "wire: value " + e.Message() }

// Message reads as PHP's own errors do behind "Argument #1 ($name) ".
func (e *MismatchError) Message() string {
	where, want := "", e.Want
	if e.Path != "" {
		where = " at " + e.Path
	}
	switch {
	case e.Cause != nil:
		return fmt.Sprintf("must be %s%s: %v", want, where, e.Cause)
	case e.Got == "":
		return fmt.Sprintf("must be %s%s", want, where)
	}
	return fmt.Sprintf("must be of type %s%s, %s given", want, where, e.Got)
}

func (e *MismatchError) Unwrap() error { return e.Cause }

// at puts a step before the path of a mismatch, on the way out of a nested value.
func at(step string, err error) error {
	if m := (*MismatchError)(nil); errors.As(err, &m) {
		m.Path = step + m.Path
	}
	return err
}

// nameOf is how PHP calls the type of a value that begins with this tag.
func nameOf(tag byte) string {
	switch tag {
	case TagNull:
		return "null"
	case TagFalse, TagTrue:
		return "bool"
	case TagInt:
		return "int"
	case TagFloat:
		return "float"
	case TagString:
		return "string"
	case TagList, TagMap, TagRows, TagTable:
		return "array"
	case TagTime:
		return "DateTimeInterface"
	case TagFunc:
		return "callable"
	case TagEnum:
		return "enum"
	}
	return "object"
}

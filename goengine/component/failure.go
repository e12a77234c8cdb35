package component

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// The exceptions that PHP gets when the component names no other.
const (
	goException        = `Phalanx\Exception\GoException`
	panicException     = `Phalanx\Exception\PanicException`
	timeoutException   = `Phalanx\Exception\TimeoutException`
	cancelledException = `Phalanx\Exception\CancelledException`
)

// Exception is an error that names its PHP exception. Properties are set on the exception object where its class has
// them.
type Exception struct {
	Class      string // any class that is Throwable; "" leaves it to the component
	Message    string // "": that of Err
	Code       int64
	Properties map[string]any
	Err        error // may be nil
}

func (e *Exception) Error() string {
	if e.Message == "" && e.Err != nil {
		return e.Err.Error()
	}
	return e.Message
}

func (e *Exception) Unwrap() error { return e.Err }

// CallableError is what a PHP callable has thrown. When a method returns it, or an error around it, the very exception
// goes on in PHP.
type CallableError struct {
	Class   string
	Message string
	id      uint64    // of the exception that C keeps
	from    *callable // keeps it there
}

func (e *CallableError) Error() string { return e.Class + ": " + e.Message }

// argumentError is an argument that does not fit.
type argumentError struct {
	index int // from 0
	err   error
}

func (e *argumentError) Error() string { return fmt.Sprintf("argument %d: %v", e.index+1, e.err) }
func (e *argumentError) Unwrap() error { return e.err }

// panicError is what a component panicked with.
type panicError struct {
	value any
	stack string
}

func (e *panicError) Error() string { return fmt.Sprint(e.value) }

// Outcome is what became of a call; C reads the bytes by it.
type Outcome int32

// The outcomes. A mismatch is the argument's number (from 1), whether its type is wrong, and the message. A failure is
// class, message, code, properties, chain (a list of type and message), the stack, and the number of the exception
// that PHP already has (0: none).
const (
	Done     Outcome = iota // the result's value, nothing when the method has none
	Mismatch                // ints, bool and string, as written by failure
	Failure
	Started  // with a context: the number of the call
	NoObject // a stale handle, or an object whose constructor has not run
)

// recovered makes an error of a panic. It is called with what recover() answered.
func recovered(value any) error {
	return &panicError{value: value, stack: string(debug.Stack())}
}

// failure writes an error for PHP.
func (r *Registry) failure(e *wire.Encoder, class *Class, err error) Outcome {
	start := len(e.Buf)
	var arg *argumentError
	if errors.As(err, &arg) {
		isType, text := false, ""
		var mismatch *wire.MismatchError
		switch {
		case errors.As(arg.err, &mismatch):
			isType, text = mismatch.Got != "", mismatch.Message()
		case errors.Is(arg.err, wire.ErrSize), errors.Is(arg.err, wire.ErrDepth):
			text = "is too large or nested too deep"
		default:
			isType, text = true, "cannot be taken: "+arg.err.Error()
		}
		e.Buf = wire.AppendInt(e.Buf, int64(arg.index+1))
		e.Buf = wire.AppendBool(e.Buf, isType)
		e.Buf = wire.AppendString(e.Buf, text)
		return Mismatch
	}
	name, code, stack := "", int64(0), ""
	var kept uint64
	var properties map[string]any
	var ex *Exception
	var pe *panicError
	var ce *CallableError
	switch {
	case errors.As(err, &pe):
		name, stack = panicException, pe.stack
	case errors.As(err, &ce):
		kept = ce.id
	case errors.As(err, &ex):
		name, code, properties = ex.Class, ex.Code, ex.Properties
	}
	if name == "" && class != nil {
		name = class.definition.exceptionOf(err)
	}
	switch {
	case name != "":
	case errors.Is(err, context.DeadlineExceeded):
		name = timeoutException
	case errors.Is(err, context.Canceled):
		name = cancelledException
	default:
		name = goException
	}
	e.Buf = wire.AppendString(e.Buf, name)
	e.Buf = wire.AppendString(e.Buf, err.Error())
	e.Buf = wire.AppendInt(e.Buf, code)
	at := len(e.Buf)
	if len(properties) == 0 || e.Any(properties, r.types) != nil {
		e.Buf = wire.AppendList(e.Buf[:at], 0)
	}
	chain := chainOf(nil, err)
	e.Buf = wire.AppendList(e.Buf, len(chain))
	for _, link := range chain {
		e.Buf = wire.AppendMap(e.Buf, 2)
		e.Buf = wire.AppendString(e.Buf, "type")
		e.Buf = wire.AppendString(e.Buf, reflect.TypeOf(link).String())
		e.Buf = wire.AppendString(e.Buf, "message")
		e.Buf = wire.AppendString(e.Buf, link.Error())
	}
	e.Buf = wire.AppendString(e.Buf, stack)
	e.Buf = wire.AppendInt(e.Buf, int64(kept))
	_ = start
	return Failure
}

// maxChain bounds how many errors PHP is told of.
const maxChain = 32

// chainOf lists an error and those it wraps, the outer ones first.
func chainOf(list []error, err error) []error {
	if err == nil || len(list) >= maxChain {
		return list
	}
	list = append(list, err)
	switch x := err.(type) {
	case interface{ Unwrap() error }:
		return chainOf(list, x.Unwrap())
	case interface{ Unwrap() []error }:
		for _, e := range x.Unwrap() {
			list = chainOf(list, e)
		}
	}
	return list
}

// exceptionOf names the class a component wants for an error; "" when it wants none.
func (d *definition) exceptionOf(err error) string {
	for _, t := range d.throws {
		if errors.Is(err, t.target) {
			return t.class
		}
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return ""
	}
	return d.exception
}

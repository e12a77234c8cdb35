package sqldb

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Kind is what sort of failure an Error is; each is an exception class in PHP.
type Kind uint8

// The kinds.
const (
	Failed     Kind = iota // the server refused the statement, for a reason without a kind of its own
	Connection             // no connection, or it broke
	Exhausted              // no connection of the pool became free in time
	TimedOut               // the statement took longer than it may
	Unique                 // constraint violations
	ForeignKey
	NotNull
	Check
	Constraint // another one
	Deadlock   // the statement, or the transaction, may be tried again
	Syntax     // and names that do not exist
	Parameter  // values that do not fit the statement
	Usage      // a transaction where there is none, a closed cursor, a wrong option
)

// Error is a failure with what the server says of it.
type Error struct {
	Kind     Kind
	SQLState string // five characters; "HY000" where nothing better is known
	Code     int64  // the driver's own number, 0: none
	Message  string
	SQL      string // the statement, without its values
	Detail   string // may hold values; not in the message
	Hint     string
	Name     string // the violated constraint
	Table    string
	Column   string
	Err      error

	retry bool // nothing reached the server
}

func (e *Error) Error() string {
	text := e.Message
	if e.SQLState != "" && e.SQLState != "HY000" {
		text = "SQLSTATE[" + e.SQLState + "]: " + text
	}
	if e.Hint != "" {
		text += " (hint: " + e.Hint + ")"
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Retryable says whether doing the same again may succeed.
func (e *Error) Retryable() bool { return e.Kind == Deadlock }

func paramError(format string, args ...any) error {
	return &Error{Kind: Parameter, SQLState: "HY093", Message: fmt.Sprintf(format, args...)}
}

func usageError(format string, args ...any) error {
	return &Error{Kind: Usage, SQLState: "HY010", Message: fmt.Sprintf(format, args...)}
}

// maxErrorSQL is how much of a statement an error carries.
const maxErrorSQL = 2000

// explain makes an Error of what a statement has met. Contexts that ended by PHP's doing stay what they are.
func explain(err error, sql string) error {
	if err == nil {
		return nil
	}
	var e *Error
	if !errors.As(err, &e) {
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		e = &Error{Kind: Failed, SQLState: "HY000", Message: err.Error(), Err: err}
	}
	if e.SQL == "" && sql != "" {
		with := *e
		with.SQL = strings.ToValidUTF8(sql[:min(len(sql), maxErrorSQL)], "")
		e = &with
	}
	return e
}

// kindOf reads a SQLSTATE's class.
func kindOf(state string) Kind {
	switch state {
	case "23505":
		return Unique
	case "23503":
		return ForeignKey
	case "23502":
		return NotNull
	case "23514":
		return Check
	case "40001", "40P01", "55P03":
		return Deadlock
	case "57014":
		return TimedOut
	case "57P01", "57P02", "57P03", "53300":
		return Connection
	}
	if len(state) < 2 {
		return Failed
	}
	switch state[:2] {
	case "08", "28", "3D":
		return Connection
	case "23":
		return Constraint
	case "40":
		return Deadlock
	case "42":
		return Syntax
	}
	return Failed
}

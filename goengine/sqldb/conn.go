package sqldb

import (
	"context"
	"time"
)

// conn is one connection to a server, or to a file. One goroutine at a time uses it. Whoever's context ends while a
// statement runs has it stopped at the server, and the connection is broken then.
type conn interface {
	// query runs a statement and gives its rows to the sink; columns says whether it is one that has rows.
	query(ctx context.Context, q *query, out *sink) (r Result, columns bool, err error)
	// rows begins a result that is read in pieces.
	rows(ctx context.Context, q *query) (stream, error)
	// simple runs SQL of Phalanx's own or a script: no values, several statements where the dialect has them.
	simple(ctx context.Context, sql string) error
	// reset brings the session back to what it was when it was new; an error means that it cannot be used again.
	reset(ctx context.Context) error
	// open says whether a transaction is open.
	open() bool
	// alive says, without asking the server, whether the connection still stands.
	alive() bool
	// broken says that the connection is of no use any more.
	broken() bool
	close()
}

// stream is a result that is read in pieces, from one connection. It ends with close, whether it is at its end or not.
type stream interface {
	// next gives up to n rows to the sink; false: there are no more.
	next(ctx context.Context, n int, out *sink) (bool, error)
	close()
}

// query is a statement with its values.
type query struct {
	st     *Statement
	text   string
	values []any
}

// held is a connection of a pool.
type held struct {
	conn
	pool    *pool
	touched bool      // its session may be another one
	born    time.Time // when it was made
	idle    time.Time // since when nobody has it
	expires time.Time
	since   time.Time // when it was taken
	sql     string    // what it was taken for
}

package sqldb

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// SQLiteLibrary opens databases. The engine has no cgo: the library is bridge/sqlite, which uses the very libsqlite3 that
// PHP's own extensions use. Two copies of SQLite in one process would undo each other's locks on a file.
type SQLiteLibrary interface {
	// Open opens a file, or ":memory:". readOnly makes a connection that changes nothing.
	Open(path string, readOnly bool) (SQLiteHandle, error)
}

// SQLiteHandle is an open database. One goroutine at a time uses it, but for Interrupt.
type SQLiteHandle interface {
	// Prepare compiles the first statement of the text; rest is what is behind it. A text without a statement is 0.
	Prepare(sql string) (stmt SQLiteStmt, rest int, err error)
	// Exec runs all statements of a text.
	Exec(sql string) error
	Interrupt()
	AutoCommit() bool
	Changes() int64
	LastInsertID() int64
	Close()
}

// SQLiteStmt is a compiled statement.
type SQLiteStmt interface {
	Columns() (names, types []string)
	Params() int
	ReadOnly() bool
	// Run binds values and gives the first rows: the cells of up to n rows in the wire format, one behind another, with no
	// more than some bytes over limit. The bytes are valid until the next call. done: there are no more rows.
	Run(params []byte, n, limit int) (cells []byte, rows int, done bool, err error)
	// Next gives further rows.
	Next(n, limit int) (cells []byte, rows int, done bool, err error)
	Reset()
	Close()
}

// SQLiteError is what the library says.
type SQLiteError struct {
	Code    int // extended
	Message string
}

func (e *SQLiteError) Error() string { return e.Message }

// TagBlob is, among parameters, the wire's tag of a string that is bytes and not text.
const TagBlob = 100

var sqliteLibrary SQLiteLibrary

// UseSQLite names the library. It is called before the first database is opened.
func UseSQLite(l SQLiteLibrary) { sqliteLibrary = l }

type sqliteConn struct {
	h        SQLiteHandle
	prepared *lru[*sqliteStmt]
	params   []byte
	dead     atomic.Bool
	running  atomic.Bool
	memory   bool
}

type sqliteStmt struct {
	SQLiteStmt
	names, types []string
	keys         [][]byte
	busy         bool // a stream reads it
}

// sqlitePragmas are what each connection begins with.
func sqlitePragmas(s *Settings, d *DSN, readOnly bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "PRAGMA busy_timeout=%d;", s.BusyTimeout.Milliseconds())
	if d.Database != ":memory:" && !readOnly {
		// Write-ahead log: readers do not wait for the writer. With it NORMAL keeps the file whole whatever happens; a
		// transaction may be lost when the machine's power fails.
		b.WriteString("PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;")
	}
	b.WriteString("PRAGMA foreign_keys=ON;PRAGMA temp_store=MEMORY;")
	if readOnly {
		b.WriteString("PRAGMA query_only=ON;")
	}
	return b.String()
}

func dialSQLite(d *DSN, s *Settings, readOnly bool) (conn, error) {
	if sqliteLibrary == nil {
		return nil, &Error{Kind: Connection, SQLState: "08001", Message: "this binary has no SQLite"}
	}
	h, err := sqliteLibrary.Open(d.Database, readOnly)
	if err != nil {
		return nil, sqliteConnectError(err)
	}
	c := &sqliteConn{h: h, prepared: newLRU[*sqliteStmt](max(1, s.StatementCache)), memory: d.Database == ":memory:"}
	err = h.Exec(sqlitePragmas(s, d, readOnly))
	for i := 0; err == nil && i < len(s.Init); i++ {
		err = h.Exec(s.Init[i])
	}
	if err != nil {
		c.close()
		return nil, sqliteConnectError(err)
	}
	return c, nil
}

func sqliteConnectError(err error) error {
	var se *SQLiteError
	if errors.As(err, &se) {
		e := sqliteError(se)
		e.Kind, e.SQLState = Connection, "08001"
		return e
	}
	return &Error{Kind: Connection, SQLState: "08001", Message: err.Error()}
}

func sqliteError(se *SQLiteError) *Error {
	e := &Error{Kind: Failed, SQLState: "HY000", Code: int64(se.Code), Message: se.Message}
	switch se.Code & 0xff {
	case 1:
		if m := se.Message; strings.Contains(m, "syntax error") || strings.HasPrefix(m, "no such") ||
			strings.HasPrefix(m, "incomplete input") || strings.HasPrefix(m, "unrecognized token") {
			e.Kind, e.SQLState = Syntax, "42000"
		}
	case 5, 6: // busy, locked
		e.Kind, e.SQLState = Deadlock, "40001"
	case 8:
		e.SQLState = "25006"
	case 9:
		e.Kind, e.SQLState = TimedOut, "57014"
	case 11, 26:
		e.SQLState = "XX001"
	case 13:
		e.SQLState = "53100"
	case 14:
		e.Kind, e.SQLState = Connection, "08001"
	case 19:
		e.Kind, e.SQLState = Constraint, "23000"
		switch se.Code {
		case 1555, 2067, 2579:
			e.Kind = Unique
		case 787:
			e.Kind = ForeignKey
		case 1299:
			e.Kind = NotNull
		case 275:
			e.Kind = Check
		}
		_, e.Column, _ = strings.Cut(se.Message, "constraint failed: ")
		if table, column, ok := strings.Cut(e.Column, "."); ok && !strings.Contains(column, ",") {
			e.Table, e.Column = table, column
		} else {
			e.Column = ""
		}
	}
	return e
}

func (c *sqliteConn) fail(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var se *SQLiteError
	if errors.As(err, &se) {
		return sqliteError(se)
	}
	return err
}

// watch interrupts what runs when ctx ends. An interrupt ends all that runs on the connection, and nothing later.
func (c *sqliteConn) watch(ctx context.Context) (stop func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	done := make(chan struct{})
	c.running.Store(true)
	off := context.AfterFunc(ctx, func() {
		defer close(done)
		// One that comes before the statement has begun would be lost.
		for c.running.Load() {
			c.h.Interrupt()
			time.Sleep(time.Millisecond)
		}
	})
	return func() {
		c.running.Store(false)
		if off != nil && !off() {
			<-done
		}
		off = nil
	}
}

func (c *sqliteConn) prepare(text string) (*sqliteStmt, error) {
	if st, ok := c.prepared.get(text); ok && !st.busy {
		return st, nil
	}
	s, _, err := c.h.Prepare(text)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, usageError("there is no statement in the text")
	}
	st := &sqliteStmt{SQLiteStmt: s}
	st.names, st.types = s.Columns()
	st.keys = keysOf(st.names)
	if _, other := c.prepared.get(text); other {
		return st, nil // its name is taken by one that a stream reads: release closes it
	}
	if old, ok := c.prepared.put(text, st); ok && !old.busy {
		old.Close()
	}
	return st, nil
}

func (c *sqliteConn) bind(st *sqliteStmt, values []any) ([]byte, error) {
	if n := st.Params(); n != len(values) {
		return nil, paramError("SQLite sees %d parameters in the statement, %d values are given", n, len(values))
	}
	b := c.params[:0]
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			b = wire.AppendNull(b)
		case bool:
			n := int64(0)
			if v {
				n = 1
			}
			b = wire.AppendInt(b, n)
		case int64:
			b = wire.AppendInt(b, v)
		case float64:
			b = wire.AppendFloat(b, v)
		case string:
			at := len(b)
			b = wire.AppendString(b, v)
			if !utf8.ValidString(v) {
				b[at] = TagBlob
			}
		case Binary:
			at := len(b)
			b = wire.AppendString(b, v.Bytes)
			b[at] = TagBlob
		case time.Time:
			b = wire.AppendString(b, v.UTC().Format("2006-01-02 15:04:05.999999")) // as CURRENT_TIMESTAMP
		case []any, *wire.Map:
			text, _, err := appendJSON(nil, v)
			if err != nil {
				return nil, err
			}
			b = wire.AppendString(b, text)
		default:
			return nil, paramError("a value of type %T cannot be a parameter", v)
		}
		if len(b) > math.MaxInt32 {
			return nil, paramError("the values are larger than 2 GiB")
		}
	}
	c.params = b
	return b, nil
}

// sqlitePiece is how many rows cross from the library at once.
const sqlitePiece = 4096

func (c *sqliteConn) query(ctx context.Context, q *query, out *sink) (r Result, columns bool, err error) {
	stop := c.watch(ctx)
	defer stop()
	if q.st.More && !strings.HasPrefix(strings.ToUpper(strings.TrimSpace(q.text)), "CREATE") {
		return r, false, usageError("the text has several statements: use script()")
	}
	st, err := c.prepare(q.text)
	if err != nil {
		stop()
		return r, false, c.fail(ctx, err)
	}
	columns = len(st.names) > 0
	if err := out.check(len(st.names)); err != nil && columns {
		return r, columns, err
	}
	params, err := c.bind(st, q.values)
	if err != nil {
		return r, columns, err
	}
	if columns {
		out.columns(st.names, st.keys, st.types)
	}
	before := c.h.AutoCommit()
	cells, n, done, err := st.Run(params, sqlitePiece, maxResult)
	for {
		if err == nil {
			err = appendCells(out, cells, n)
		}
		if err != nil || done {
			break
		}
		cells, n, done, err = st.Next(sqlitePiece, maxResult)
	}
	st.Reset()
	if err != nil {
		stop()
		return r, columns, c.fail(ctx, err)
	}
	if !st.ReadOnly() || before != c.h.AutoCommit() {
		r.AffectedRows = c.h.Changes()
		id := c.h.LastInsertID()
		r.LastInsertID = &id
	}
	if !columns {
		err = out.check(0)
	}
	return r, columns, err
}

// appendCells gives rows to a sink. The cells are nulls, ints, floats and strings.
func appendCells(out *sink, cells []byte, rows int) error {
	width := len(out.names)
	at := 0
	for range rows {
		out.row()
		for range width {
			size := 1
			switch cells[at] {
			case wire.TagInt, wire.TagFloat:
				size = 9
			case wire.TagString:
				size = 5 + int(binary.LittleEndian.Uint32(cells[at+1:]))
			}
			if out.next() {
				out.buf = append(out.buf, cells[at:at+size]...)
			}
			at += size
		}
		if err := out.end(); err != nil {
			return err
		}
	}
	return nil
}

type sqliteStream struct {
	c       *sqliteConn
	st      *sqliteStmt
	params  []byte
	started bool
	ended   bool
	closed  bool
}

func (c *sqliteConn) rows(ctx context.Context, q *query) (stream, error) {
	st, err := c.prepare(q.text)
	if err != nil {
		return nil, c.fail(ctx, err)
	}
	if len(st.names) == 0 {
		return nil, usageError("the statement has no result: use execute()")
	}
	params, err := c.bind(st, q.values)
	if err != nil {
		return nil, err
	}
	st.busy = true
	return &sqliteStream{c: c, st: st, params: append([]byte{}, params...)}, nil
}

func (s *sqliteStream) next(ctx context.Context, n int, out *sink) (bool, error) {
	stop := s.c.watch(ctx)
	defer stop()
	out.columns(s.st.names, s.st.keys, s.st.types)
	for out.rows < n && !s.ended {
		var cells []byte
		var rows int
		var err error
		if !s.started {
			s.started = true
			cells, rows, s.ended, err = s.st.Run(s.params, n-out.rows, maxResult)
		} else {
			cells, rows, s.ended, err = s.st.Next(n-out.rows, maxResult)
		}
		if err == nil {
			err = appendCells(out, cells, rows)
		}
		if err != nil {
			stop()
			return false, s.c.fail(ctx, err)
		}
	}
	return !s.ended, nil
}

func (s *sqliteStream) close() {
	if s.closed {
		return
	}
	s.closed = true
	s.st.Reset()
	s.st.busy = false
	kept := false
	s.c.prepared.all(func(st *sqliteStmt) { kept = kept || st == s.st })
	if !kept {
		s.st.Close()
	}
}

func (c *sqliteConn) simple(ctx context.Context, sql string) error {
	stop := c.watch(ctx)
	defer stop()
	if err := c.h.Exec(sql); err != nil {
		stop()
		return c.fail(ctx, err)
	}
	return nil
}

// reset says that a changed session is closed: opening one costs little. That of a database in memory would be gone with it.
func (c *sqliteConn) reset(context.Context) error {
	if !c.memory {
		return errNoReset
	}
	return c.h.Exec("PRAGMA query_only=OFF")
}

func (c *sqliteConn) open() bool   { return !c.h.AutoCommit() }
func (c *sqliteConn) broken() bool { return c.dead.Load() }
func (c *sqliteConn) alive() bool  { return !c.broken() }

func (c *sqliteConn) close() {
	c.prepared.all(func(st *sqliteStmt) { st.Close() })
	c.prepared.clear()
	c.h.Close()
}

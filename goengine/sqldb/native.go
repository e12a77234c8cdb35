package sqldb

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"math"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// native is a connection of one of database/sql's drivers, used without database/sql: its pool and its conversions are
// not needed, and its values would cost an allocation each.
type native struct {
	c        driver.Conn
	prepared *lru[*nativeStmt]
	values   []driver.NamedValue
	cells    []driver.Value
	dead     atomic.Bool
	inTx     bool
	kind     nativeKind
}

// nativeKind is what the dialects do in their own way.
type nativeKind interface {
	// param makes a driver's value.
	param(v any) (driver.Value, error)
	// fail makes an Error.
	fail(err error) error
	// stop ends the statement that runs.
	stop()
	// columns names the columns' types.
	columns(rows driver.Rows, names []string) []string
}

type nativeStmt struct {
	s     driver.Stmt
	names []string
	keys  [][]byte
	types []string
}

func (n *native) watch(ctx context.Context) (stop func()) {
	return onCancel(ctx, func() {
		n.dead.Store(true)
		n.kind.stop()
	})
}

func (n *native) fail(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var own *Error
	if errors.As(err, &own) {
		return err
	}
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		n.dead.Store(true)
		return &Error{Kind: Connection, SQLState: "08006", Message: "the connection broke", Err: err, retry: errors.Is(err, driver.ErrBadConn)}
	}
	err = n.kind.fail(err)
	if errors.As(err, &own) && own.Kind == Connection {
		n.dead.Store(true)
	}
	return err
}

func (n *native) bind(values []any) ([]driver.NamedValue, error) {
	n.values = n.values[:0]
	for i, v := range values {
		value, err := n.kind.param(v)
		if err != nil {
			return nil, err
		}
		n.values = append(n.values, driver.NamedValue{Ordinal: i + 1, Value: value})
	}
	return n.values, nil
}

func (n *native) prepare(text string) (*nativeStmt, error) {
	if st, ok := n.prepared.get(text); ok {
		return st, nil
	}
	s, err := n.c.(driver.ConnPrepareContext).PrepareContext(noContext, text)
	if err != nil {
		return nil, err
	}
	st := &nativeStmt{s: s}
	if old, ok := n.prepared.put(text, st); ok {
		_ = old.s.Close()
	}
	return st, nil
}

func (n *native) query(ctx context.Context, q *query, out *sink) (r Result, columns bool, err error) {
	stop := n.watch(ctx)
	defer stop()
	r, columns, err = n.once(q, out)
	if err != nil {
		stop()
		err = n.fail(ctx, err)
	}
	return r, columns, err
}

func (n *native) once(q *query, out *sink) (r Result, columns bool, err error) {
	values, err := n.bind(q.values)
	if err != nil {
		return r, false, err
	}
	if out.shape == None && !q.st.Reads {
		return n.exec(q, values)
	}
	rows, st, err := n.begin(q, values)
	if err != nil {
		return r, false, err
	}
	defer func() { _ = rows.Close() }()
	if st.names == nil {
		st.describe(n, rows)
	}
	columns = len(st.names) > 0
	if err := out.check(len(st.names)); err != nil {
		return r, columns, err
	}
	if !columns {
		return n.done(rows, r, false, nil)
	}
	out.columns(st.names, st.keys, st.types)
	for {
		more, err := n.row(rows, out)
		if err != nil || !more {
			return n.done(rows, r, true, err)
		}
	}
}

// done ends a result; what was changed is known when it is.
func (n *native) done(rows driver.Rows, r Result, columns bool, err error) (Result, bool, error) {
	if err != nil {
		return r, columns, err
	}
	if err := rows.Close(); err != nil {
		return r, columns, err
	}
	return r, columns, nil
}

func (st *nativeStmt) describe(n *native, rows driver.Rows) {
	st.names = append([]string{}, rows.Columns()...)
	st.keys = keysOf(st.names)
	st.types = n.kind.columns(rows, st.names)
}

// exec runs a statement that has no rows.
func (n *native) exec(q *query, values []driver.NamedValue) (r Result, columns bool, err error) {
	var result driver.Result
	if len(values) == 0 {
		if ex, ok := n.c.(driver.ExecerContext); ok {
			result, err = ex.ExecContext(noContext, q.text, nil)
		}
	} else {
		st, perr := n.prepare(q.text)
		if perr != nil {
			return r, false, perr
		}
		result, err = st.s.(driver.StmtExecContext).ExecContext(noContext, values)
	}
	if err != nil {
		return r, false, err
	}
	r.AffectedRows, _ = result.RowsAffected()
	if id, err := result.LastInsertId(); err == nil && id != 0 {
		r.LastInsertID = &id
	}
	return r, false, nil
}

// begin begins a result.
func (n *native) begin(q *query, values []driver.NamedValue) (driver.Rows, *nativeStmt, error) {
	st, err := n.prepare(q.text)
	if err != nil {
		if unpreparable(err) && len(values) == 0 {
			rows, err := n.c.(driver.QueryerContext).QueryContext(noContext, q.text, nil)
			return rows, &nativeStmt{}, err
		}
		return nil, nil, err
	}
	rows, err := st.s.(driver.StmtQueryContext).QueryContext(noContext, values)
	return rows, st, err
}

// row gives the next row to the sink.
func (n *native) row(rows driver.Rows, out *sink) (bool, error) {
	width := len(out.names)
	if cap(n.cells) < width {
		n.cells = make([]driver.Value, width)
	}
	cells := n.cells[:width]
	if err := rows.Next(cells); err != nil {
		if err == io.EOF {
			return false, nil
		}
		return false, err
	}
	out.row()
	for i := range cells {
		if out.next() {
			out.buf = appendNative(out.buf, cells[i], out.types[i])
		}
	}
	return true, out.end()
}

// appendNative writes a cell.
func appendNative(dst []byte, v driver.Value, typ string) []byte {
	switch v := v.(type) {
	case nil:
		return wire.AppendNull(dst)
	case int64:
		return wire.AppendInt(dst, v)
	case uint64:
		if v > math.MaxInt64 {
			return wire.AppendString(dst, strconv.FormatUint(v, 10))
		}
		return wire.AppendInt(dst, int64(v))
	case float64:
		return wire.AppendFloat(dst, v)
	case float32:
		return wire.AppendFloat(dst, widen(v))
	case []byte:
		if typ == "BIT" {
			return appendBits(dst, v)
		}
		return wire.AppendString(dst, v)
	case string:
		return wire.AppendString(dst, v)
	case bool:
		return wire.AppendBool(dst, v)
	case time.Time:
		return wire.AppendString(dst, v.Format("2006-01-02 15:04:05.999999"))
	}
	return wire.AppendNull(dst)
}

// appendBits writes MySQL's BIT, up to 64 of them, as an int.
func appendBits(dst, v []byte) []byte {
	var bits uint64
	for _, b := range v {
		bits = bits<<8 | uint64(b)
	}
	if len(v) > 8 || bits > math.MaxInt64 {
		return wire.AppendString(dst, v)
	}
	return wire.AppendInt(dst, int64(bits))
}

type nativeStream struct {
	n      *native
	rows   driver.Rows
	st     *nativeStmt
	ended  bool
	closed bool
}

func (n *native) rows(ctx context.Context, q *query) (stream, error) {
	stop := n.watch(ctx)
	defer stop()
	values, err := n.bind(q.values)
	if err != nil {
		return nil, err
	}
	rows, st, err := n.begin(q, values)
	if err != nil {
		stop()
		return nil, n.fail(ctx, err)
	}
	if st.names == nil {
		st.describe(n, rows)
	}
	if len(st.names) == 0 {
		_ = rows.Close()
		return nil, usageError("the statement has no result: use execute()")
	}
	return &nativeStream{n: n, rows: rows, st: st}, nil
}

func (s *nativeStream) next(ctx context.Context, count int, out *sink) (bool, error) {
	stop := s.n.watch(ctx)
	defer stop()
	out.columns(s.st.names, s.st.keys, s.st.types)
	for out.rows < count && !s.ended {
		more, err := s.n.row(s.rows, out)
		if err != nil {
			stop()
			return false, s.n.fail(ctx, err)
		}
		s.ended = !more
	}
	return !s.ended, nil
}

func (s *nativeStream) close() {
	if s.closed {
		return
	}
	s.closed = true
	if !s.ended {
		s.n.dead.Store(true) // reading what is left may take for ever
		s.n.kind.stop()
	}
	_ = s.rows.Close()
}

func (n *native) simple(ctx context.Context, sql string) error {
	stop := n.watch(ctx)
	defer stop()
	_, err := n.c.(driver.ExecerContext).ExecContext(noContext, sql, nil)
	if err != nil {
		stop()
		return n.fail(ctx, err)
	}
	return nil
}

func (n *native) broken() bool { return n.dead.Load() }

func (n *native) close() {
	n.prepared.all(func(st *nativeStmt) { _ = st.s.Close() })
	n.prepared.clear()
	_ = n.c.Close()
}

// nativeParam makes what all drivers take.
func nativeParam(v any) (driver.Value, error) {
	switch v := v.(type) {
	case nil, int64, float64, string:
		return v, nil
	case bool:
		if v {
			return int64(1), nil
		}
		return int64(0), nil
	case Binary:
		return v.Bytes, nil
	case []any, *wire.Map:
		b, _, err := appendJSON(nil, v)
		return string(b), err
	}
	return nil, paramError("a value of type %T cannot be a parameter", v)
}

package sqldb

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// pgConfig makes pgx's configuration of a DSN.
func pgConfig(d *DSN, s *Settings) (*pgconn.Config, error) {
	u := url.URL{Scheme: "postgres", Host: "localhost", Path: "/" + d.Database}
	values := url.Values{}
	for k, v := range d.Params {
		values.Set(k, v)
	}
	// What the environment has for libpq is no part of a DSN.
	for _, k := range []string{"sslmode", "sslcert", "sslkey", "sslrootcert"} {
		if values.Get(k) == "" && k == "sslmode" {
			values.Set(k, "prefer")
		}
	}
	u.RawQuery = values.Encode()
	cfg, err := pgconn.ParseConfig(u.String())
	if err != nil {
		return nil, &Error{Kind: Usage, SQLState: "HY024", Message: "the DSN's parameters: " + redact(err, d)}
	}
	// ParseConfig has made TLS of the placeholder host.
	if cfg.TLSConfig != nil && cfg.TLSConfig.ServerName != "" {
		cfg.TLSConfig.ServerName = d.Host
	}
	if strings.HasPrefix(d.Host, "/") {
		cfg.TLSConfig, cfg.Fallbacks = nil, nil
	}
	cfg.Host, cfg.Port, cfg.User, cfg.Password, cfg.Database = d.Host, uint16(d.Port), d.User, d.Password, d.Database
	for _, f := range cfg.Fallbacks {
		f.Host, f.Port = cfg.Host, cfg.Port
		if f.TLSConfig != nil && f.TLSConfig.ServerName != "" {
			f.TLSConfig.ServerName = d.Host
		}
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = s.ApplicationName
	}
	cfg.RuntimeParams["client_encoding"] = "UTF8"
	cfg.ConnectTimeout = s.ConnectTimeout
	return cfg, nil
}

// redact keeps a password out of a message.
func redact(err error, d *DSN) string {
	text := err.Error()
	if d.Password != "" {
		text = strings.ReplaceAll(text, d.Password, "***")
		text = strings.ReplaceAll(text, url.QueryEscape(d.Password), "***")
	}
	return text
}

// pgConn is a connection to PostgreSQL.
type pgConn struct {
	c        *pgconn.PgConn
	prepared *lru[*pgPrepared]
	number   int
	init     []string
	shared   *sync.Map // text => *pgPrepared, of all connections of the pool
	dead     atomic.Bool

	values  [][]byte // of the parameters; memory that is used again
	formats []int16
	scratch []byte
}

// pgPrepared is a statement that the server has.
type pgPrepared struct {
	*pgconn.StatementDescription
	columns []pgColumn
	names   []string
	keys    [][]byte
	types   []string
	formats []int16
}

type pgColumn struct {
	oid  uint32
	kind pgKind
}

func dialPg(outer context.Context, cfg *pgconn.Config, s *Settings, shared *sync.Map) (conn, error) {
	ctx, cancel := context.WithTimeout(outer, s.ConnectTimeout)
	defer cancel()
	c, err := pgconn.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, pgConnectError(outer, err)
	}
	p := &pgConn{c: c, init: s.Init, shared: shared, prepared: newLRU[*pgPrepared](max(1, s.StatementCache))}
	if err := p.begin(ctx); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// begin runs what every new session begins with.
func (p *pgConn) begin(ctx context.Context) error {
	for _, sql := range p.init {
		if err := p.simple(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// ended is why a context has ended; nil: it has not. One whose deadline is over ends in this moment: the net sees the
// deadline a little earlier.
func ended(ctx context.Context) error {
	if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
		<-ctx.Done()
	}
	return context.Cause(ctx)
}

func pgConnectError(ctx context.Context, err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		e := pgError(pg)
		e.Kind = Connection
		return e
	}
	if cause := ended(ctx); cause != nil {
		return cause
	}
	text := err.Error()
	if i := strings.LastIndex(text, "`:"); i >= 0 { // pgconn's own begins with the user and the database
		text = strings.Join(strings.Fields(text[i+2:]), " ")
	}
	return &Error{Kind: Connection, SQLState: "08001", Message: "cannot connect: " + text}
}

func pgError(pg *pgconn.PgError) *Error {
	return &Error{Kind: kindOf(pg.Code), SQLState: pg.Code, Message: pg.Message, Detail: pg.Detail, Hint: pg.Hint,
		Name: pg.ConstraintName, Table: pg.TableName, Column: pg.ColumnName}
}

// fail makes an Error of what pgconn says.
func (p *pgConn) fail(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		if pg.Severity == "FATAL" || pg.Severity == "PANIC" {
			p.dead.Store(true)
		}
		if p.dead.Load() && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return pgError(pg)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if p.c.IsClosed() {
		p.dead.Store(true)
		return &Error{Kind: Connection, SQLState: "08006", Message: "the connection broke: " + plain(err), retry: pgconn.SafeToRetry(err)}
	}
	return &Error{Kind: Failed, SQLState: "HY000", Message: err.Error()}
}

// plain is the message of the innermost error: the outer ones repeat it.
func plain(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the server closed it"
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// cancelTimeout is how long the server has to stop a statement before the connection is closed under it.
const cancelTimeout = 3 * time.Second

// watch has the statement that runs stopped when ctx ends. The connection is of no use after that: a request to cancel
// may come late and would meet the next statement.
func (p *pgConn) watch(ctx context.Context) (stop func()) {
	return onCancel(ctx, func() {
		p.dead.Store(true)
		_ = p.c.Conn().SetDeadline(time.Now().Add(cancelTimeout))
		limit, cancel := context.WithTimeout(context.Background(), cancelTimeout)
		defer cancel()
		if p.c.CancelRequest(limit) != nil {
			_ = p.c.Conn().SetDeadline(time.Unix(1, 0))
		}
	})
}

var noContext = context.Background()

// prepare finds or makes the server's statement.
func (p *pgConn) prepare(text string) (*pgPrepared, error) {
	if st, ok := p.prepared.get(text); ok {
		return st, nil
	}
	p.number++
	name := "phalanx_" + strconv.Itoa(p.number)
	d, err := p.c.Prepare(noContext, name, text, nil)
	if err != nil {
		return nil, err
	}
	st := &pgPrepared{StatementDescription: d}
	st.describe(d.Fields)
	if p.c.TxStatus() == 'I' {
		p.shared.Store(text, st)
	}
	if old, ok := p.prepared.put(text, st); ok {
		if err := p.c.Deallocate(noContext, old.Name); err != nil {
			return nil, err
		}
	}
	return st, nil
}

func (st *pgPrepared) describe(fields []pgconn.FieldDescription) {
	st.columns = make([]pgColumn, len(fields))
	st.names = make([]string, len(fields))
	st.types = make([]string, len(fields))
	st.formats = make([]int16, len(fields))
	for i, f := range fields {
		kind := pgKindOf(f.DataTypeOID)
		st.columns[i] = pgColumn{f.DataTypeOID, kind}
		st.names[i], st.types[i] = f.Name, pgTypeName(f.DataTypeOID)
		if kind.binary() {
			st.formats[i] = 1
		}
	}
	st.keys = keysOf(st.names)
}

// send binds values and executes.
func (p *pgConn) send(q *query) (*pgPrepared, *pgconn.ResultReader, error) {
	st, err := p.prepare(q.text)
	if err != nil {
		return nil, nil, err
	}
	if err := p.bind(st, q.values); err != nil {
		return nil, nil, err
	}
	return st, p.c.ExecStatement(noContext, st.StatementDescription, p.values, p.formats, st.formats), nil
}

// stale says whether a prepared statement no longer fits because a table has changed, or somebody has removed it.
func stale(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "0A000" && strings.Contains(pg.Message, "cached plan") || pg.Code == "26000")
}

func (p *pgConn) forget(text string) {
	if st, ok := p.prepared.remove(text); ok {
		_ = p.c.Deallocate(noContext, st.Name)
	}
}

func (p *pgConn) query(ctx context.Context, q *query, out *sink) (r Result, columns bool, err error) {
	stop := p.watch(ctx)
	defer stop()
	for try := 0; ; try++ {
		before := p.c.TxStatus()
		r, columns, err = p.once(q, out)
		if err != nil && try == 0 && stale(err) && before == 'I' {
			p.forget(q.text)
			continue
		}
		if err != nil {
			var own *Error
			if !errors.As(err, &own) {
				if stale(err) {
					p.forget(q.text)
				}
				stop()
				err = p.fail(ctx, err)
			}
		}
		return r, columns, err
	}
}

func (p *pgConn) once(q *query, out *sink) (r Result, columns bool, err error) {
	st, rr, err := p.send(q)
	if err != nil {
		return r, false, err
	}
	fields := rr.FieldDescriptions()
	if len(fields) != len(st.columns) { // what FETCH gives is not known before
		other := &pgPrepared{}
		other.describe(fields)
		for i := range other.columns {
			if fields[i].Format == 0 {
				other.columns[i].kind = other.columns[i].kind.text()
			}
		}
		st = other
	}
	columns = len(st.columns) > 0
	if err := out.check(len(st.columns)); err != nil && columns {
		_, _ = rr.Close()
		return r, columns, err
	}
	if columns {
		out.columns(st.names, st.keys, st.types)
	}
	var full error
	for rr.NextRow() {
		if full != nil {
			continue
		}
		out.row()
		for i, v := range rr.Values() {
			if out.next() {
				out.buf = appendPg(out.buf, st.columns[i], v)
			}
		}
		if full = out.end(); full != nil {
			break
		}
	}
	if full != nil {
		p.dead.Store(true) // the rest is not worth reading
		return r, columns, full
	}
	tag, err := rr.Close()
	if err != nil {
		return r, columns, err
	}
	r.AffectedRows = tag.RowsAffected()
	if !columns {
		err = out.check(0)
	}
	return r, columns, err
}

// pgStream reads a result in pieces.
type pgStream struct {
	p      *pgConn
	st     *pgPrepared
	rr     *pgconn.ResultReader
	ended  bool
	closed bool
}

func (p *pgConn) rows(ctx context.Context, q *query) (stream, error) {
	stop := p.watch(ctx)
	defer stop()
	st, rr, err := p.send(q)
	if err != nil {
		stop()
		var own *Error
		if errors.As(err, &own) {
			return nil, err
		}
		return nil, p.fail(ctx, err)
	}
	if len(st.columns) == 0 {
		if _, err := rr.Close(); err != nil {
			return nil, p.fail(ctx, err)
		}
		return nil, usageError("the statement has no result: use execute()")
	}
	return &pgStream{p: p, st: st, rr: rr}, nil
}

func (s *pgStream) next(ctx context.Context, n int, out *sink) (bool, error) {
	stop := s.p.watch(ctx)
	defer stop()
	out.columns(s.st.names, s.st.keys, s.st.types)
	for out.rows < n && !s.ended {
		if !s.rr.NextRow() {
			s.ended = true
			if _, err := s.rr.Close(); err != nil {
				stop()
				return false, s.p.fail(ctx, err)
			}
			break
		}
		out.row()
		for i, v := range s.rr.Values() {
			if out.next() {
				out.buf = appendPg(out.buf, s.st.columns[i], v)
			}
		}
		if err := out.end(); err != nil {
			return false, err
		}
	}
	return !s.ended, nil
}

// close ends a result that was not read to its end: the server stops sending, which costs the connection.
func (s *pgStream) close() {
	if s.closed {
		return
	}
	s.closed = true
	if !s.ended {
		s.p.dead.Store(true)
	}
}

func (p *pgConn) simple(ctx context.Context, sql string) error {
	stop := p.watch(ctx)
	defer stop()
	if err := p.c.Exec(noContext, sql).Close(); err != nil {
		stop()
		return p.fail(ctx, err)
	}
	return nil
}

func (p *pgConn) reset(ctx context.Context) error {
	p.prepared.clear()
	if err := p.simple(ctx, "DISCARD ALL"); err != nil {
		return err
	}
	return p.begin(ctx)
}

func (p *pgConn) open() bool   { return p.c.TxStatus() != 'I' }
func (p *pgConn) broken() bool { return p.dead.Load() || p.c.IsClosed() }

func (p *pgConn) alive() bool { return !p.broken() && !p.c.IsBusy() && quiet(p.c.Conn()) }

func (p *pgConn) close() {
	if p.dead.Load() || p.c.IsBusy() {
		// The server is to stop at once, and not when it finds nobody reading.
		ctx, cancel := context.WithTimeout(context.Background(), cancelTimeout)
		defer cancel()
		if p.c.IsBusy() && !p.c.IsClosed() {
			_ = p.c.CancelRequest(ctx)
		}
		_ = p.c.Conn().Close()
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = p.c.Close(ctx)
}

// quiet says whether a connection that nobody reads has nothing to read: neither its end nor a server's good-bye.
func quiet(c net.Conn) bool {
	if t, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = t.NetConn() // TLS
	}
	sc, ok := c.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return false
	}
	good := false
	err = raw.Control(func(fd uintptr) {
		var b [1]byte
		n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		good = n < 0 && (err == syscall.EAGAIN || err == syscall.EWOULDBLOCK)
	})
	return err == nil && good
}

// appendPg writes a cell.
func appendPg(dst []byte, c pgColumn, v []byte) []byte {
	if v == nil {
		return wire.AppendNull(dst)
	}
	return c.append(dst, v)
}

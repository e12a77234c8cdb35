package sqldb

import (
	"context"
	"errors"
	"hash/maphash"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/wire"
)

// PdoSession is what a Phalanx\Sql\Pdo is to one coroutine: a connection, as far as can be told. Between statements there
// is none, unless a transaction is open or a statement has changed the session: then it is kept until the transaction
// ends, or the session is let go of.
type PdoSession struct {
	db *database

	mu       sync.Mutex // guards all below, and is held while a statement runs
	h        *held      // nil: none is kept
	changed  bool       // the connection's session is another one
	inserted bool       // PostgreSQL: lastval() of the transaction is not known yet
	own      *pool      // SQLite: of the connection whose session is another one
	lastID   string
	released bool
}

func init() {
	component.Register(`Phalanx\Sql\PdoSession`, newPdoSession,
		component.Doc("A connection as Phalanx\\Sql\\Pdo sees it: of no use by itself."),
		component.Static("placeholders", pdoPlaceholders),
		component.OnRelease((*PdoSession).release))
}

// newPdoSession finds the pool; it does not connect. init is a statement that each connection of the pool begins with.
func newPdoSession(dsn, user, password, init string, timeout time.Duration) (*PdoSession, error) {
	d, err := ParseDSN(dsn)
	if err != nil {
		return nil, &component.Exception{Class: "PDOException", Message: "invalid data source name: " + err.Error()}
	}
	if user != "" {
		d.User = user
	}
	if password != "" {
		d.Password = password
	}
	s := DefaultSettings
	if init != "" {
		s.Init = []string{init}
	}
	if timeout > 0 {
		s.ConnectTimeout, s.BusyTimeout = timeout, timeout
	}
	db, err := databases.open(d.text(), s)
	if err != nil {
		return nil, pdoError(err)
	}
	return &PdoSession{db: db, lastID: "0"}, nil
}

// text is a DSN that ParseDSN reads.
func (d *DSN) text() string {
	values := url.Values{}
	for k, v := range d.Params {
		values.Set(k, v)
	}
	if d.Dialect == SQLite {
		text := "sqlite:" + d.Database
		if len(values) > 0 {
			text += "?" + values.Encode()
		}
		return text
	}
	u := url.URL{Scheme: d.Dialect.String(), User: url.UserPassword(d.User, d.Password), Path: "/" + d.Database}
	if strings.HasPrefix(d.Host, "/") {
		values.Set("host", d.Host)
	} else {
		u.Host = d.Host + ":" + strconv.Itoa(d.Port)
		if strings.Contains(d.Host, ":") {
			u.Host = "[" + d.Host + "]:" + strconv.Itoa(d.Port)
		}
	}
	u.RawQuery = values.Encode()
	return u.String()
}

// Sibling is the same database for another coroutine.
func (s *PdoSession) Sibling() *PdoSession {
	databases.mu.Lock()
	s.db.objects++
	databases.mu.Unlock()
	return &PdoSession{db: s.db, lastID: "0"}
}

// Open says whether the server can be reached.
func (s *PdoSession) Open(ctx context.Context) error {
	p := s.db.primary
	if s.db.dsn.Dialect == SQLite {
		if _, err := os.Stat(s.db.dsn.Database); err == nil {
			p = s.db.pick(true) // there is one connection that writes, and it may be taken for long
		}
	}
	h, err := p.take(ctx, "a new Pdo")
	if err != nil {
		return s.connectError(err)
	}
	p.put(h)
	return nil
}

// poolFor is where a statement takes its connection from. SQLite has one connection that writes: a session that is changed
// cannot keep it from all others, and gets one of its own.
func (s *PdoSession) poolFor(st pdoKind) *pool {
	db := s.db
	if s.own != nil {
		return s.own
	}
	if st.touches && !st.control && db.dsn.Dialect == SQLite && len(db.readers) > 0 {
		l := db.primary.limits
		l.idleTime, l.lifetime = 0, 0
		s.own = newPool(db.dsn.String(), l, func(context.Context) (conn, error) { return dialSQLite(db.dsn, &db.settings, false) })
		return s.own
	}
	return db.pick(st.reads && !st.touches)
}

// InTransaction says whether a transaction is open.
func (s *PdoSession) InTransaction() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.h != nil && s.h.open()
}

// Begin begins a transaction, which keeps the connection.
func (s *PdoSession) Begin(ctx context.Context) error {
	return s.control(ctx, beginSQL(s.db.dsn.Dialect, Begin{})[0])
}

// Commit ends it.
func (s *PdoSession) Commit(ctx context.Context) error { return s.control(ctx, "COMMIT") }

// RollBack undoes it.
func (s *PdoSession) RollBack(ctx context.Context) error { return s.control(ctx, "ROLLBACK") }

func (s *PdoSession) control(ctx context.Context, sql string) error {
	return s.with(ctx, pdoKind{source: sql, control: true}, func(ctx context.Context, h *held) error {
		if err := h.simple(ctx, sql); err != nil {
			return err
		}
		if p, ok := h.conn.(*pgConn); ok && s.inserted && !h.open() && !s.changed {
			s.lastID = pdoPgLastID(p)
		}
		s.inserted = false
		return nil
	})
}

// pdoKind is what has to be known of a statement before it runs.
type pdoKind struct {
	source                  string
	reads, touches, control bool
}

func pdoKindOf(st *Statement) pdoKind { return pdoKind{st.Source, st.Reads, st.Touches, st.Control} }

// with calls f with a connection: the one that is kept, or one of the pool. Nothing has been done when f fails with an
// error that may be tried again: then it is, once.
func (s *PdoSession) with(ctx context.Context, st pdoKind, f func(context.Context, *held) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.released {
		return pdoError(usageError("the connection is closed"))
	}
	started := time.Now()
	var err error
	for try := 0; ; try++ {
		kept := s.h != nil
		h := s.h
		if !kept {
			if h, err = s.poolFor(st).take(ctx, st.source); err != nil {
				break
			}
			s.h = h
		}
		if st.touches && !st.control {
			h.touched, s.changed = true, true
		}
		err = f(ctx, h)
		s.settle()
		var e *Error
		if err != nil && !kept && try == 0 && errors.As(err, &e) && e.Kind == Connection && (e.retry || st.reads) {
			continue
		}
		break
	}
	s.db.count(&query{st: &Statement{Source: st.source}, text: st.source}, time.Since(started), err)
	return pdoError(err)
}

// settle gives the connection back when there is no reason to keep it.
func (s *PdoSession) settle() {
	if s.h == nil || !s.h.broken() && (s.changed || s.h.open()) {
		return
	}
	s.h.pool.put(s.h)
	s.h, s.changed, s.inserted = nil, false, false
}

// release ends the session: a transaction is rolled back.
func (s *PdoSession) release() {
	go func() {
		s.mu.Lock()
		s.released = true
		h, own := s.h, s.own
		s.h, s.own = nil, nil
		s.mu.Unlock()
		if h != nil {
			h.pool.put(h)
		}
		if own != nil {
			own.shut()
		}
		databases.leave(s.db)
	}()
}

// pdoResult is a result on its way to PHP: a hash of the columns, the columns (null when the caller has them), the rows and
// how many rows were affected.
type pdoResult struct {
	columns  []byte // in the wire format
	rows     []byte
	count    int
	affected int64
}

var pdoSeed = maphash.MakeSeed()

func (r *pdoResult) append(dst []byte, known int64) []byte {
	dst = wire.AppendList(dst, 4)
	hash := int64(maphash.Bytes(pdoSeed, r.columns))
	dst = wire.AppendInt(dst, hash)
	if hash == known {
		dst = wire.AppendNull(dst)
	} else {
		dst = append(dst, r.columns...)
	}
	dst = wire.AppendList(dst, r.count)
	dst = append(dst, r.rows...)
	return wire.AppendInt(dst, r.affected)
}

// Run carries a statement out. types has a letter for each value: n, s, i, b, or l for bytes. known is the hash of the
// columns that the caller has from the statement's last result.
func (s *PdoSession) Run(ctx context.Context, sql string, values []any, types string, known int64) (Rows, error) {
	st, err := s.db.statements.get(sql, s.db.dsn.Dialect)
	if err != nil {
		return nil, pdoError(err)
	}
	text := st.text
	if st.dialect != PostgreSQL {
		order := make([]byte, len(st.holes))
		in := make([]any, len(st.holes))
		for i, h := range st.holes {
			if h.index >= len(values) {
				return nil, pdoError(paramError("number of bound variables does not match number of tokens"))
			}
			in[i], order[i] = values[h.index], types[h.index]
		}
		values, types = in, string(order)
	}
	var results []pdoResult
	err = s.with(ctx, pdoKindOf(st), func(ctx context.Context, h *held) (err error) {
		results = results[:0]
		switch c := h.conn.(type) {
		case *pgConn:
			results, err = s.runPg(ctx, c, st, text, values, types)
		case *mysqlConn:
			results, err = s.runMySQL(ctx, c, st, text, values, types)
		case *sqliteConn:
			results, err = s.runSQLite(ctx, c, text, values, types)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	size := 5
	for i := range results {
		size += len(results[i].columns) + len(results[i].rows) + 32
	}
	if size > maxResult {
		return nil, pdoError(errTooLarge)
	}
	out := wire.AppendList(make([]byte, 0, size), len(results))
	for i := range results {
		out = results[i].append(out, known)
	}
	return out, nil
}

// Exec carries out one or several statements without values, and says how many rows were affected.
func (s *PdoSession) Exec(ctx context.Context, sql string) (affected int64, err error) {
	st, err := s.db.statements.get(sql, s.db.dsn.Dialect)
	if err != nil {
		return 0, pdoError(err)
	}
	kind := pdoKindOf(st)
	if st.More {
		kind = s.together(st)
	}
	err = s.with(ctx, kind, func(ctx context.Context, h *held) (err error) {
		switch c := h.conn.(type) {
		case *pgConn:
			affected, err = s.execPg(ctx, c, st)
		case *mysqlConn:
			for i, one := range mysqlParts(st) {
				part, err := s.db.statements.get(one, MySQL)
				if err != nil {
					return err
				}
				results, err := s.runMySQL(ctx, c, part, one, nil, "")
				if err != nil {
					return err
				}
				if i == 0 && results[0].count == 0 {
					affected = results[0].affected
				}
			}
		case *sqliteConn:
			if err = pdoSQLiteError(c.simple(ctx, sql)); err == nil {
				affected = c.h.Changes()
				s.lastID = strconv.FormatInt(c.h.LastInsertID(), 10)
			}
		}
		return err
	})
	return affected, err
}

// together says of several statements what each of them does.
func (s *PdoSession) together(st *Statement) pdoKind {
	all := pdoKind{source: st.Source}
	for _, one := range split(st.Source, st.dialect) {
		part, err := s.db.statements.get(one, st.dialect)
		if err != nil { // one that does not look like a statement may be anything
			return pdoKindOf(st)
		}
		all.touches, all.control = all.touches || part.Touches && !part.Control, all.control || part.Control
	}
	return all
}

// Prepare has the server look at a statement.
func (s *PdoSession) Prepare(ctx context.Context, sql string) error {
	st, err := s.db.statements.get(sql, s.db.dsn.Dialect)
	if err != nil {
		return pdoError(err)
	}
	kind := pdoKindOf(st)
	kind.touches = false // preparing changes nothing
	return s.with(ctx, kind, func(ctx context.Context, h *held) (err error) {
		switch c := h.conn.(type) {
		case *mysqlConn:
			if _, err = c.prepare(st.text); err != nil && unpreparable(err) {
				return nil
			}
			err = c.fail(ctx, err)
		case *sqliteConn:
			_, err = c.prepare(st.text)
			err = pdoSQLiteError(c.fail(ctx, err))
		}
		return err
	})
}

// ServerVersion is as the server says it.
func (s *PdoSession) ServerVersion(ctx context.Context) (version string, err error) {
	sql := map[Dialect]string{PostgreSQL: "SHOW server_version", MySQL: "SELECT version()", SQLite: "SELECT sqlite_version()"}[s.db.dsn.Dialect]
	st, err := s.db.statements.get(sql, s.db.dsn.Dialect)
	if err != nil {
		return "", err
	}
	err = s.with(ctx, pdoKindOf(st), func(ctx context.Context, h *held) error {
		version, err = oneText(ctx, h, st)
		return err
	})
	return version, err
}

// oneText is a statement's one value as text.
func oneText(ctx context.Context, h *held, st *Statement) (string, error) {
	out := &sink{shape: Value}
	_, _, err := h.query(ctx, &query{st: st, text: st.text}, out)
	if err != nil {
		return "", err
	}
	v, err := wire.NewDecoder(out.done(true, Result{}), wire.Limits{}, nil).Any()
	if err != nil {
		return "", err
	}
	switch v := v.(type) {
	case string:
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	}
	return "", nil
}

// LastInsertId is what the last INSERT has made; in PostgreSQL of a sequence, while the connection is kept.
func (s *PdoSession) LastInsertId(ctx context.Context, name string) (string, error) {
	s.mu.Lock()
	last, kept := s.lastID, s.h != nil
	s.mu.Unlock()
	if s.db.dsn.Dialect != PostgreSQL || !kept && last != "0" {
		return last, nil
	}
	if !kept {
		return "", pdoError(&pdoFailure{state: "55000", code: 7, text: "ERROR:  lastval is not yet defined in this session"})
	}
	sql := "SELECT lastval()"
	if name != "" {
		sql = "SELECT currval('" + strings.ReplaceAll(name, "'", "''") + "')"
	}
	st, err := Parse(sql, PostgreSQL)
	if err != nil {
		return "", err
	}
	err = s.with(ctx, pdoKindOf(st), func(ctx context.Context, h *held) error {
		last, err = oneText(ctx, h, st)
		return err
	})
	return last, err
}

// pdoPlaceholders says how many values a statement wants, and their names when they are given by name.
func pdoPlaceholders(driver, sql string) (map[string]any, error) {
	dialect := map[string]Dialect{"pgsql": PostgreSQL, "mysql": MySQL, "sqlite": SQLite}[driver]
	st, err := pdoTexts.get(sql, dialect)
	if err != nil {
		return nil, pdoError(&Error{Kind: Parameter, SQLState: "HY093", Message: "mixed named and positional parameters"})
	}
	names := make([]any, len(st.names))
	for name, i := range st.names {
		names[i] = name
	}
	return map[string]any{"count": int64(st.args), "names": names}, nil
}

// pdoStatements keeps what was parsed for PDO's prepare(), apart for each dialect.
type pdoStatements [SQLite + 1]statements

func (p *pdoStatements) get(sql string, d Dialect) (*Statement, error) { return p[d].get(sql, d) }

var pdoTexts pdoStatements

// column writes what a column is.
func pdoColumn(dst []byte, pairs ...any) []byte {
	dst = wire.AppendMap(dst, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		dst = wire.AppendKey(dst, pairs[i].(string))
		switch v := pairs[i+1].(type) {
		case string:
			dst = wire.AppendString(dst, v)
		case int64:
			dst = wire.AppendInt(dst, v)
		case bool:
			dst = wire.AppendBool(dst, v)
		case []string:
			dst = wire.AppendList(dst, len(v))
			for _, s := range v {
				dst = wire.AppendString(dst, s)
			}
		}
	}
	return dst
}

// PDO's constants for types of values.
const (
	pdoInt  int64 = 1
	pdoStr  int64 = 2
	pdoLOB  int64 = 3
	pdoBool int64 = 5
)

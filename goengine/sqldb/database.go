package sqldb

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// Settings are what a database is opened with besides its DSN.
type Settings struct {
	component.Options
	Name            string        // under which other scripts of the process find the same pool
	MaxConnections  int           // of all workers of the process together
	MinIdle         int           // connections that are kept though nobody needs them
	MaxLifetime     time.Duration // a connection's; 0: no end
	IdleTime        time.Duration // after which a connection is closed; 0: never
	WaitTimeout     time.Duration // for a free connection
	ConnectTimeout  time.Duration
	QueryTimeout    time.Duration // of a statement; 0: none
	SlowQuery       time.Duration // statements that take longer are logged; 0: none are
	StatementCache  int           // prepared statements of each connection
	BusyTimeout     time.Duration // SQLite's, for locks of others
	ApplicationName string        // as the server shows it
	Init            []string      // statements that each new connection begins with
	Replicas        []string      // DSNs of servers that reads may go to
	Pipeline        bool          // quick reads of several Fibers share connections
	Sticky          time.Duration // for so long after a write of this object its reads go to the primary as well
}

// DefaultSettings are those of `new Database()`.
var DefaultSettings = Settings{
	MaxConnections: 16, MaxLifetime: 30 * time.Minute, IdleTime: 5 * time.Minute, WaitTimeout: 5 * time.Second,
	ConnectTimeout: 5 * time.Second, QueryTimeout: time.Minute, StatementCache: 256, BusyTimeout: 5 * time.Second,
	ApplicationName: "phalanx", Init: []string{}, Replicas: []string{}, Sticky: time.Second, Pipeline: true,
}

// maxPool bounds maxConnections.
const maxPool = 10000

func (s *Settings) check() error {
	switch {
	case s.MaxConnections < 1 || s.MaxConnections > maxPool:
		return optionError("maxConnections is 1 to %d", maxPool)
	case s.MinIdle < 0 || s.MinIdle > s.MaxConnections:
		return optionError("minIdle is 0 to maxConnections")
	case s.StatementCache < 1 || s.StatementCache > 100000:
		return optionError("statementCache is 1 to 100000")
	case s.WaitTimeout <= 0, s.ConnectTimeout <= 0, s.BusyTimeout <= 0:
		return optionError("waitTimeout, connectTimeout and busyTimeout are more than 0 seconds")
	case s.MaxLifetime < 0, s.IdleTime < 0, s.QueryTimeout < 0, s.SlowQuery < 0, s.Sticky < 0:
		return optionError("times are not negative")
	}
	return nil
}

func optionError(format string, args ...any) error {
	return &Error{Kind: Usage, SQLState: "HY024", Message: fmt.Sprintf(format, args...)}
}

// database is what all objects of one DSN or name share.
type database struct {
	dsn      *DSN
	settings Settings
	pipes    map[*pool]*pgPipes // PostgreSQL's; nil: none
	lines    map[*pool]*lines   // nil: none
	active   atomic.Int64       // statements under way
	primary  *pool
	readers  []*pool // replicas, or SQLite's connections that only read
	turn     atomic.Uint32
	objects  int // PHP objects; guarded by registry.mu
	private  bool
	number   int64 // never used again

	statements statements
	queries    atomic.Uint64
	failures   atomic.Uint64
	slow       atomic.Uint64
	busy       atomic.Int64 // nanoseconds that statements took
	began      atomic.Uint64
	committed  atomic.Uint64
	rolledBack atomic.Uint64
}

// registry has the databases of the process, by name or by DSN and settings.
type registry struct {
	mu  sync.Mutex // guards all
	all map[string]*database
}

var databases = registry{all: map[string]*database{}}

// open finds or makes a database.
func (r *registry) open(dsn string, s Settings) (*database, error) {
	collect()
	if err := s.check(); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.Name != "" {
		old := r.all[s.Name]
		if old != nil && dsn == "" {
			old.objects++
			return old, nil // whatever it was opened with
		}
		d, err := newDatabase(dsn, s)
		if err != nil {
			return nil, err
		}
		if old != nil && old.dsn.key() == d.dsn.key() && reflect.DeepEqual(old.settings, d.settings) {
			old.objects++
			return old, nil
		}
		if old != nil && old.objects > 0 {
			return nil, optionError("the database %q is open with another DSN or other options: open it without any, with the same, "+
				"or under another name", s.Name)
		}
		if old != nil {
			old.shut() // nobody has it any more: a new script wants it otherwise
		}
		d.objects = 1
		r.all[s.Name] = d
		return d, nil
	}
	d, err := newDatabase(dsn, s)
	if err != nil {
		return nil, err
	}
	d.objects = 1
	if d.dsn.Dialect == SQLite && d.dsn.Database == ":memory:" {
		d.private = true // a database of its own for each object, as PDO's
		return d, nil
	}
	key := "\x00" + d.dsn.key() + fmt.Sprintf("\x00%+v", d.settings)
	if old := r.all[key]; old != nil {
		old.objects++
		return old, nil
	}
	r.all[key] = d
	return d, nil
}

// leave says that an object is gone. Pools stay, their connections go when they have been idle for long.
func (r *registry) leave(d *database) {
	r.mu.Lock()
	d.objects--
	gone := d.private && d.objects == 0
	r.mu.Unlock()
	if gone {
		go d.shut()
	}
}

var numbers atomic.Int64

func newDatabase(text string, s Settings) (*database, error) {
	dsn, err := ParseDSN(text)
	if err != nil {
		return nil, optionError("%v", err)
	}
	d := &database{dsn: dsn, settings: s, number: numbers.Add(1)}
	l := limits{max: s.MaxConnections, minIdle: s.MinIdle, lifetime: s.MaxLifetime, idleTime: s.IdleTime, waitTimeout: s.WaitTimeout}
	if dsn.Dialect == SQLite {
		if len(s.Replicas) > 0 {
			return nil, optionError("SQLite has no replicas")
		}
		one := l
		one.max, one.minIdle = 1, min(1, s.MinIdle)
		if dsn.Database == ":memory:" {
			one.lifetime, one.idleTime = 0, 0 // the database is gone with its connection
		} else {
			d.readers = []*pool{newPool(dsn.String(), l, func(context.Context) (conn, error) { return dialSQLite(dsn, &d.settings, true) })}
		}
		d.primary = newPool(dsn.String(), one, func(context.Context) (conn, error) { return dialSQLite(dsn, &d.settings, false) })
		return d, nil
	}
	if d.primary, err = d.server(dsn, l); err != nil {
		return nil, err
	}
	for _, text := range s.Replicas {
		replica, err := ParseDSN(text)
		if err != nil {
			return nil, optionError("replicas: %v", err)
		}
		if replica.Dialect != dsn.Dialect {
			return nil, optionError("replicas: a replica is of the primary's kind, %s", dsn.Dialect)
		}
		p, err := d.server(replica, l)
		if err != nil {
			return nil, err
		}
		d.readers = append(d.readers, p)
	}
	return d, nil
}

func (d *database) server(dsn *DSN, l limits) (*pool, error) {
	if dsn.Dialect == MySQL {
		cfg, err := mysqlConfig(dsn, &d.settings)
		if err != nil {
			return nil, err
		}
		p := newPool(dsn.String(), l, func(ctx context.Context) (conn, error) { return dialMySQL(ctx, cfg, &d.settings) })
		p.far = true
		d.addLines(p, dsn, func(l *lines) { l.dial = l.dialMySQL })
		return p, nil
	}
	cfg, err := pgConfig(dsn, &d.settings)
	if err != nil {
		return nil, err
	}
	shared := &sync.Map{}
	p := newPool(dsn.String(), l, func(ctx context.Context) (conn, error) { return dialPg(ctx, cfg, &d.settings, shared) })
	p.far = true
	if d.settings.Pipeline && dsn.Params["statement_timeout"] == "" && l.max >= 4 {
		if d.pipes == nil {
			d.pipes = map[*pool]*pgPipes{}
		}
		d.pipes[p] = &pgPipes{pool: p, shared: shared}
	}
	d.addLines(p, dsn, func(l *lines) { l.dial = func(ctx context.Context) (*dialed, error) { return l.dialPg(ctx, shared) } })
	return p, nil
}

// addLines lets workers have lines to a pool, unless something is set that they would not know of.
func (d *database) addLines(p *pool, dsn *DSN, with func(*lines)) {
	if !d.settings.Pipeline || dsn.Params["statement_timeout"] != "" || p.limits.max < 4 ||
		d.settings.QueryTimeout > 0 && d.settings.QueryTimeout < lineHang {
		return
	}
	l := &lines{db: d, pool: p, all: map[*line]struct{}{}}
	with(l)
	if d.lines == nil {
		d.lines = map[*pool]*lines{}
	}
	d.lines[p] = l
}

func (d *database) pools() []*pool { return append([]*pool{d.primary}, d.readers...) }

func (d *database) shut() {
	for _, pipes := range d.pipes {
		pipes.shut()
	}
	for _, l := range d.lines {
		l.shut()
	}
	for _, p := range d.pools() {
		p.shut()
	}
}

// statements keeps what Parse has found.
type statements struct {
	mu  sync.RWMutex
	all map[string]*Statement
}

// maxStatements bounds it; a program that makes ever new texts begins afresh. A longer text is not kept.
const (
	maxStatements   = 4096
	maxStatementSQL = 64 << 10
)

// known is the statement of a text that has been parsed before; nil: there is none.
func (s *statements) known(sql []byte) *Statement {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.all[string(sql)]
}

func (s *statements) get(sql string, dialect Dialect) (*Statement, error) {
	s.mu.RLock()
	st := s.all[sql]
	s.mu.RUnlock()
	if st != nil {
		return st, nil
	}
	st, err := Parse(sql, dialect)
	if err != nil {
		var e *Error
		if !errors.As(err, &e) {
			err = paramError("%v", err)
		}
		return nil, explain(err, sql)
	}
	if len(sql) > maxStatementSQL {
		return st, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil || len(s.all) >= maxStatements {
		s.all = make(map[string]*Statement)
	}
	s.all[sql] = st
	return st, nil
}

// make finds the statement and puts the values in order.
func (d *database) make(sql string, params any) (*query, error) {
	st, err := d.statements.get(sql, d.dsn.Dialect)
	if err != nil {
		return nil, err
	}
	text, values, err := st.bind(params, nil)
	if err != nil {
		return nil, explain(err, sql)
	}
	return &query{st: st, text: text, values: values}, nil
}

// limit bounds a statement's time.
func (d *database) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	t := d.settings.QueryTimeout
	if t == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, t, &Error{Kind: TimedOut, SQLState: "57014",
		Message: fmt.Sprintf("the statement took longer than %g s (queryTimeout) and was cancelled", t.Seconds())})
}

// pick chooses where a statement runs.
func (d *database) pick(reads bool) *pool {
	if !reads || len(d.readers) == 0 {
		return d.primary
	}
	if len(d.readers) == 1 {
		return d.readers[0]
	}
	return d.readers[int(d.turn.Add(1))%len(d.readers)]
}

// primaryMay says whether what failed on p is for the primary: it writes after all, or the replica is gone.
func (d *database) primaryMay(p *pool, err error) bool {
	var e *Error
	if p == d.primary || !errors.As(err, &e) {
		return false
	}
	return e.Kind == Connection || e.SQLState == "25006" || e.Code == 1290 || e.Code == 1836 || e.Code == 8 && d.dsn.Dialect == SQLite
}

// run carries a statement out on any connection.
func (d *database) run(ctx context.Context, q *query, shape Shape, primary bool) (out sink, r Result, columns bool, err error) {
	return d.runOn(ctx, q, shape, primary, true)
}

// runAlone carries a statement out on a connection that no other statement has at the same time.
func (d *database) runAlone(ctx context.Context, q *query, shape Shape, primary bool) (out sink, r Result, columns bool, err error) {
	return d.runOn(ctx, q, shape, primary, false)
}

func (d *database) runOn(ctx context.Context, q *query, shape Shape, primary, pipelined bool) (out sink, r Result, columns bool, err error) {
	if q.st.Control {
		return out, r, false, explain(usageError("transactions are begun with begin() or transaction(), which keep the connection"), q.st.Source)
	}
	ctx, end := d.traced(ctx, q)
	defer func() { end(err) }()
	started := time.Now()
	reads := q.st.Reads && !primary
	p := d.pick(reads)
	if active := d.active.Add(1); pipelined && active > pipelineFrom && q.st.Reads && !q.st.Touches && q.st.record.quick() {
		if pipes := d.pipes[p]; pipes != nil {
			if out, r, columns, err = pipes.run(ctx, q, shape); err != errElsewhere && !d.primaryMay(p, err) {
				d.active.Add(-1)
				d.count(q, time.Since(started), err)
				return out, r, columns, explain(err, q.st.Source)
			}
		}
	}
	defer d.active.Add(-1)
	ctx, cancel := d.limit(ctx)
	defer cancel()
	for try := 0; ; try++ {
		out = sink{shape: shape, room: q.st.record.room()}
		if try > 0 {
			p = d.pick(reads)
		}
		var h *held
		if h, err = p.take(ctx, q.st.Source); err == nil {
			h.touched = h.touched || q.st.Touches
			began := time.Now()
			r, columns, err = h.query(ctx, q, &out)
			q.st.record.note(p.beyond(time.Since(began)), len(out.buf))
			p.put(h)
		}
		if err == nil || try > 0 {
			break
		}
		if reads && d.primaryMay(p, err) {
			reads = false
			continue
		}
		var e *Error
		if !errors.As(err, &e) || !e.retry {
			break
		}
	}
	d.count(q, time.Since(started), err)
	return out, r, columns, explain(err, q.st.Source)
}

func (d *database) count(q *query, took time.Duration, err error) {
	d.queries.Add(1)
	d.busy.Add(int64(took))
	if err != nil {
		d.failures.Add(1)
	}
	if s := d.settings.SlowQuery; s > 0 && took >= s {
		d.slow.Add(1)
		slowLog(d, q, took)
	}
}

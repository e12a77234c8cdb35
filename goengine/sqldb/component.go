package sqldb

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/wire"
)

//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen

func init() {
	component.Register(`Phalanx\Sql\Pool`, NewPool, component.Defaults(DefaultSettings),
		component.OnRelease(func(p *Pool) { databases.leave(p.db) }),
		component.Inline("Run", func(p any, call *component.Call, args *wire.Decoder) bool { return p.(*Pool).begin(call, args) }))
	component.RegisterType[*Session](`Phalanx\Sql\Session`, component.OnRelease(func(s *Session) { s.s.abandon() }))
	component.RegisterType[*Cursor](`Phalanx\Sql\Cursor`, component.OnRelease(func(c *Cursor) { go c.Close(context.Background()) }))
	component.RegisterType[*Subscription](`Phalanx\Sql\Subscription`, component.OnRelease(func(s *Subscription) { s.Close() }))
	component.RegisterValue[Notification](`Phalanx\Sql\Notification`)
	component.RegisterValue[Result](`Phalanx\Sql\Result`)
	component.RegisterValue[Binary](`Phalanx\Sql\Binary`)
	component.RegisterEnum[Isolation](`Phalanx\Sql\Isolation`, component.Case("ReadUncommitted", ReadUncommitted),
		component.Case("ReadCommitted", ReadCommitted), component.Case("RepeatableRead", RepeatableRead),
		component.Case("Serializable", Serializable))
}

// Log takes slow statements.
var Log logrus.FieldLogger = logrus.StandardLogger()

func slowLog(d *database, q *query, took time.Duration) {
	Log.WithFields(logrus.Fields{"database": d.dsn.String(), "seconds": took.Seconds(), "sql": brief(q.st.Source)}).Warn("slow statement")
}

// exceptions are the classes of PHP.
var exceptions = map[Kind]string{
	Failed: `QueryException`, Connection: `ConnectionException`, Exhausted: `PoolExhausted`, TimedOut: `QueryTimeout`,
	Unique: `UniqueViolation`, ForeignKey: `ForeignKeyViolation`, NotNull: `NotNullViolation`, Check: `CheckViolation`,
	Constraint: `ConstraintViolation`, Deadlock: `Deadlock`, Syntax: `SyntaxError`, Parameter: `ParameterException`,
	Usage: `UsageException`,
}

// thrown makes PHP's exception of an Error; others stay what they are.
func thrown(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	return &component.Exception{Class: `Phalanx\Sql\Exception\` + exceptions[e.Kind], Message: e.Error(), Code: e.Code,
		Properties: map[string]any{"sqlState": e.SQLState, "driverCode": e.Code, "sql": e.SQL, "constraint": e.Name, "table": e.Table,
			"column": e.Column, "serverMessage": e.Message, "detail": e.Detail, "hint": e.Hint}}
}

// Pool is the connections to one database, as all workers of the process share them. Phalanx\Sql\Database is made of it.
type Pool struct {
	db    *database
	wrote atomic.Int64 // when this object last wrote, in nanoseconds; for Sticky
}

// NewPool finds or makes the pool of a DSN. Nothing is connected before the first statement.
func NewPool(dsn string, s Settings) (*Pool, error) {
	d, err := databases.open(dsn, s)
	if err != nil {
		return nil, thrown(err)
	}
	return &Pool{db: d}, nil
}

// primary says whether reads go to the primary, because this object has written shortly before.
func (p *Pool) primary() bool {
	if len(p.db.readers) == 0 || p.db.dsn.Dialect == SQLite {
		return false
	}
	at := p.wrote.Load()
	return at != 0 && time.Since(time.Unix(0, at)) < p.db.settings.Sticky
}

func (p *Pool) wrotes() {
	if len(p.db.readers) > 0 {
		p.wrote.Store(time.Now().UnixNano())
	}
}

// Run carries out a statement and gives its rows in a shape: 0 arrays by name, 1 lists, 2 the first row, 3 its first
// value, 4 the first column, 5 the first column => the second, 6 columns with rows and what execute() answers.
func (p *Pool) Run(ctx context.Context, sql string, params any, shape int) (Rows, error) {
	q, err := p.db.make(sql, params)
	if err == nil {
		err = checkShape(shape)
	}
	if err != nil {
		return nil, thrown(err)
	}
	out, r, columns, err := p.db.run(ctx, q, Shape(shape), p.primary())
	if !q.st.Reads {
		p.wrotes() // now: it may have taken longer than Sticky
	}
	if err != nil {
		return nil, thrown(err)
	}
	return out.done(columns, r), nil
}

func checkShape(shape int) error {
	if shape < 0 || shape >= int(shapes) {
		return usageError("there is no shape %d of results", shape)
	}
	return nil
}

// Execute carries out a statement and says what it has done. Rows it may have are counted and dropped.
func (p *Pool) Execute(ctx context.Context, sql string, params any) (Result, error) {
	q, err := p.db.make(sql, params)
	if err != nil {
		return Result{}, thrown(err)
	}
	_, r, _, err := p.db.run(ctx, q, None, p.primary())
	if !q.st.Reads {
		p.wrotes()
	}
	return r, thrown(err)
}

// Script carries out statements that stand one behind another, without values. In PostgreSQL they are one transaction.
func (p *Pool) Script(ctx context.Context, sql string) error {
	defer p.wrotes()
	ctx, cancel := p.db.limit(ctx)
	defer cancel()
	h, err := p.db.primary.take(ctx, sql)
	if err != nil {
		return thrown(explain(err, sql))
	}
	h.touched = true // nobody looks what is in it
	err = h.simple(ctx, sql)
	h.pool.put(h)
	return thrown(explain(err, sql))
}

// Cursor begins a result that is read in pieces.
func (p *Pool) Cursor(ctx context.Context, sql string, params any) (*Cursor, error) {
	q, err := p.db.make(sql, params)
	if err != nil {
		return nil, thrown(err)
	}
	c, err := p.db.stream(ctx, q, p.primary())
	return c, thrown(err)
}

// Begin starts a transaction on a connection of its own.
func (p *Pool) Begin(ctx context.Context, o Begin) (*Session, error) {
	s, err := p.db.begin(ctx, o, p.primary())
	if err != nil {
		return nil, thrown(err)
	}
	return &Session{s, p}, nil
}

// Insert puts rows into a table, all or none: with COPY in PostgreSQL, else with statements of several rows.
func (p *Pool) Insert(ctx context.Context, table string, columns []string, rows [][]any) (int64, error) {
	b, err := p.db.bulk(table, columns, rows)
	if err != nil {
		return 0, thrown(err)
	}
	n, err := p.db.insert(ctx, b)
	p.wrotes()
	return n, thrown(err)
}

// Listen hears of the notifications on channels, in PostgreSQL.
func (p *Pool) Listen(ctx context.Context, channels []string) (*Subscription, error) {
	s, err := p.db.listen(ctx, channels)
	return s, thrown(err)
}

// Ping asks the server for a sign of life.
func (p *Pool) Ping(ctx context.Context) error {
	q, err := p.db.make("SELECT 1", nil)
	if err == nil {
		_, _, _, err = p.db.run(ctx, q, Value, true)
	}
	return thrown(err)
}

// Pause waits, for as long as a transaction should before it is tried again.
func (p *Pool) Pause(ctx context.Context, seconds time.Duration) error {
	select {
	case <-time.After(seconds):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Check finds the statement's placeholders: their names, or how many there are.
func (p *Pool) Check(sql string) (any, error) {
	st, err := p.db.statements.get(sql, p.db.dsn.Dialect)
	if err != nil {
		return nil, thrown(err)
	}
	if !st.Named() {
		return st.args, nil
	}
	names := make([]string, len(st.names))
	for name, i := range st.names {
		names[i] = name
	}
	return names, nil
}

// Quote writes an identifier, such as a table's name, as the database wants it.
func (p *Pool) Quote(identifier string) string { return p.db.dsn.Dialect.quote(identifier) }

// Dialect is pgsql, mysql or sqlite.
func (p *Pool) Dialect() string { return p.db.dsn.Dialect.String() }

// Dsn says which database it is, without the password.
func (p *Pool) Dsn() string { return p.db.dsn.String() }

// Key tells pools apart.
func (p *Pool) Key() int64 { return p.db.number }

// Stats are figures of all workers of the process.
func (p *Pool) Stats() *component.Map {
	d := p.db
	m := &component.Map{}
	m.Set("dsn", d.dsn.String())
	m.Set("queries", int64(d.queries.Load()))
	m.Set("failures", int64(d.failures.Load()))
	m.Set("slow", int64(d.slow.Load()))
	m.Set("seconds", time.Duration(d.busy.Load()).Seconds())
	m.Set("transactions", int64(d.began.Load()))
	m.Set("commits", int64(d.committed.Load()))
	m.Set("rollbacks", int64(d.rolledBack.Load()))
	pools := []any{}
	for i, one := range d.pools() {
		open, idle, busy, waiting, s := one.figures()
		f := &component.Map{}
		f.Set("role", d.role(i))
		f.Set("dsn", one.label)
		f.Set("max", one.limits.max)
		f.Set("open", open)
		f.Set("idle", idle)
		f.Set("inUse", busy)
		f.Set("waiting", waiting)
		f.Set("waits", int64(s.waits))
		f.Set("waitSeconds", s.waited.Seconds())
		f.Set("waitTimeouts", int64(s.timeouts))
		f.Set("created", int64(s.created))
		f.Set("expired", int64(s.expired))
		f.Set("broken", int64(s.broken))
		f.Set("resets", int64(s.resets))
		f.Set("holders", one.holders())
		pools = append(pools, f)
	}
	m.Set("pools", pools)
	return m
}

// Session is a connection with a transaction open. Phalanx\Sql\Transaction is made of it; when PHP lets go of it without
// a commit, it is rolled back.
type Session struct {
	s    *session
	pool *Pool // the object that began it
}

// Run is Pool's.
func (s *Session) Run(ctx context.Context, sql string, params any, shape int) (Rows, error) {
	q, err := s.s.db.make(sql, params)
	if err == nil {
		err = checkShape(shape)
	}
	if err != nil {
		return nil, thrown(err)
	}
	out, r, columns, err := s.s.run(ctx, q, Shape(shape))
	if err != nil {
		return nil, thrown(err)
	}
	return out.done(columns, r), nil
}

// Execute is Pool's.
func (s *Session) Execute(ctx context.Context, sql string, params any) (Result, error) {
	q, err := s.s.db.make(sql, params)
	if err != nil {
		return Result{}, thrown(err)
	}
	_, r, _, err := s.s.run(ctx, q, None)
	return r, thrown(err)
}

// Script is Pool's.
func (s *Session) Script(ctx context.Context, sql string) error {
	ctx, cancel := s.s.db.limit(ctx)
	defer cancel()
	if err := s.s.enter(ctx); err != nil {
		return thrown(explain(err, sql))
	}
	defer s.s.leave()
	s.s.h.touched = true
	return thrown(s.s.do(ctx, sql))
}

// Cursor is Pool's.
func (s *Session) Cursor(ctx context.Context, sql string, params any) (*Cursor, error) {
	q, err := s.s.db.make(sql, params)
	if err != nil {
		return nil, thrown(err)
	}
	c, err := s.s.stream(ctx, q)
	return c, thrown(err)
}

// Insert is Pool's.
func (s *Session) Insert(ctx context.Context, table string, columns []string, rows [][]any) (int64, error) {
	b, err := s.s.db.bulk(table, columns, rows)
	if err != nil {
		return 0, thrown(err)
	}
	n, err := s.s.insert(ctx, b)
	return n, thrown(err)
}

// Begin sets a savepoint: commit() and rollback() are its own then.
func (s *Session) Begin(ctx context.Context) error { return thrown(s.s.nest(ctx)) }

// Commit ends the innermost transaction, or savepoint.
func (s *Session) Commit(ctx context.Context) error {
	err := s.s.commit(ctx)
	if !s.s.reads {
		s.pool.wrotes()
	}
	return thrown(err)
}

// Rollback undoes the innermost transaction, or savepoint.
func (s *Session) Rollback(ctx context.Context) error { return thrown(s.s.rollback(ctx)) }

// Depth is 0 when the transaction is over, 1 in it, and 1 more for each savepoint.
func (s *Session) Depth() int { return int(s.s.level.Load()) }

package sqldb

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// Isolation is how far a transaction is kept apart from others.
type Isolation string

// The levels.
const (
	ReadUncommitted Isolation = "READ UNCOMMITTED"
	ReadCommitted   Isolation = "READ COMMITTED"
	RepeatableRead  Isolation = "REPEATABLE READ"
	Serializable    Isolation = "SERIALIZABLE"
)

// Begin are a transaction's options.
type Begin struct {
	component.Options
	Isolation *Isolation
	ReadOnly  bool
}

// session is a connection with a transaction, which belongs to one caller.
type session struct {
	db     *database
	h      *held
	turn   chan struct{} // holds one token: who has it uses the connection
	depth  int           // 1: the transaction; more: savepoints
	level  atomic.Int32  // depth, for those who do not wait for the turn; 0: it is over
	over   error         // why nothing can be done any more
	reads  bool          // a read-only one
	cursor *Cursor       // which has the connection at the moment
	orphan bool          // nobody has the transaction any more, but for the cursor
}

// begin starts a transaction.
func (d *database) begin(ctx context.Context, o Begin, primary bool) (*session, error) {
	p := d.pick(o.ReadOnly && !primary)
	limited, cancel := d.limit(ctx)
	defer cancel()
	for try := 0; ; try++ {
		h, err := p.take(limited, "a transaction")
		if try == 0 && d.primaryMay(p, err) {
			p = d.primary
			continue
		}
		if err != nil {
			return nil, explain(err, "")
		}
		if d.private && o.ReadOnly {
			h.touched = true // others write on the same connection
		}
		for _, sql := range beginSQL(d.dsn.Dialect, o) {
			if err = h.simple(limited, sql); err != nil {
				break
			}
		}
		if err != nil {
			p.put(h)
			if try == 0 && d.primaryMay(p, err) {
				p = d.primary
				continue
			}
			if e, ok := err.(*Error); ok && e.retry && try == 0 {
				continue
			}
			return nil, explain(err, "BEGIN")
		}
		d.began.Add(1)
		s := &session{db: d, h: h, turn: make(chan struct{}, 1), depth: 1, reads: o.ReadOnly}
		s.level.Store(1)
		s.turn <- struct{}{}
		return s, nil
	}
}

func beginSQL(dialect Dialect, o Begin) []string {
	switch dialect {
	case PostgreSQL:
		sql := "BEGIN"
		if o.Isolation != nil {
			sql += " ISOLATION LEVEL " + string(*o.Isolation)
		}
		if o.ReadOnly {
			sql += " READ ONLY"
		}
		return []string{sql}
	case MySQL:
		sql := "START TRANSACTION"
		if o.ReadOnly {
			sql += " READ ONLY"
		}
		if o.Isolation != nil {
			return []string{"SET TRANSACTION ISOLATION LEVEL " + string(*o.Isolation), sql}
		}
		return []string{sql}
	}
	if o.ReadOnly {
		return []string{"PRAGMA query_only=ON", "BEGIN"}
	}
	// A transaction that reads first and then writes could not get the lock without beginning anew.
	return []string{"BEGIN IMMEDIATE"}
}

var (
	errOver   = usageError("the transaction is over")
	errStream = usageError("a stream is being read on the transaction's connection: read it to its end, or drop it, before the next statement")
)

// enter waits for the connection: other Fibers may use the same transaction.
func (s *session) enter(ctx context.Context) error {
	select {
	case <-s.turn:
	default:
		select {
		case <-s.turn:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if s.over != nil {
		s.turn <- struct{}{}
		return s.over
	}
	if s.cursor != nil {
		s.turn <- struct{}{}
		return errStream
	}
	return nil
}

func (s *session) leave() { s.turn <- struct{}{} }

// check ends the transaction when its connection is gone.
func (s *session) check() {
	if s.over == nil && s.h.broken() {
		s.finish(usageError("the transaction is over: its connection was closed, because a statement was cancelled or the connection broke"))
		s.db.rolledBack.Add(1)
	}
}

func (s *session) finish(why error) {
	s.over = why
	s.level.Store(0)
	s.h.pool.put(s.h)
}

func (s *session) run(ctx context.Context, q *query, shape Shape) (out sink, r Result, columns bool, err error) {
	if q.st.Control {
		return out, r, false, explain(usageError("transactions are begun and ended with begin(), commit() and rollback()"), q.st.Source)
	}
	ctx, cancel := s.db.limit(ctx)
	defer cancel()
	ctx, end := s.db.traced(ctx, q)
	defer func() { end(err) }()
	if err := s.enter(ctx); err != nil {
		return out, r, false, explain(err, q.st.Source)
	}
	defer s.leave()
	started := time.Now()
	s.h.touched = s.h.touched || q.st.Touches
	out.shape = shape
	r, columns, err = s.h.query(ctx, q, &out)
	s.check()
	s.db.count(q, time.Since(started), err)
	return out, r, columns, explain(err, q.st.Source)
}

// do runs SQL of the transaction's own.
func (s *session) do(ctx context.Context, sql string) error {
	err := s.h.simple(ctx, sql)
	s.check()
	return explain(err, sql)
}

func savepoint(depth int) string { return "phalanx_" + strconv.Itoa(depth) }

// nest begins a transaction in the transaction.
func (s *session) nest(ctx context.Context) error {
	ctx, cancel := s.db.limit(ctx)
	defer cancel()
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	if err := s.do(ctx, "SAVEPOINT "+savepoint(s.depth)); err != nil {
		return err
	}
	s.depth++
	s.level.Store(int32(s.depth))
	return nil
}

// commit ends the innermost one. When that is the transaction itself and the server refuses, it is over all the same.
func (s *session) commit(ctx context.Context) error {
	ctx, cancel := s.db.limit(ctx)
	defer cancel()
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	if s.depth > 1 {
		if err := s.do(ctx, "RELEASE SAVEPOINT "+savepoint(s.depth-1)); err != nil {
			return err
		}
		s.depth--
		s.level.Store(int32(s.depth))
		return nil
	}
	err := s.h.simple(ctx, "COMMIT")
	if s.check(); s.over != nil {
		return explain(err, "COMMIT")
	}
	s.depth = 0
	if err != nil {
		s.finish(errOver) // put rolls back what is still open
		s.db.rolledBack.Add(1)
		return explain(err, "COMMIT")
	}
	s.finish(errOver)
	s.db.committed.Add(1)
	return nil
}

// rollback undoes the innermost one. Of one that is over there is nothing to undo.
func (s *session) rollback(ctx context.Context) error {
	<-s.turn
	cursor := s.cursor
	s.turn <- struct{}{}
	if cursor != nil {
		cursor.Close(ctx)
	}
	if err := s.enter(ctx); err != nil {
		if s.over != nil && err == s.over && err != errOver {
			return nil
		}
		return err
	}
	defer s.leave()
	if s.depth > 1 {
		name := savepoint(s.depth - 1)
		sql := fmt.Sprintf("ROLLBACK TO SAVEPOINT %s", name)
		if err := s.do(ctx, sql); err != nil {
			return err
		}
		s.depth--
		if s.over != nil {
			return s.over
		}
		s.level.Store(int32(s.depth))
		return s.do(ctx, "RELEASE SAVEPOINT "+name)
	}
	s.depth = 0
	s.finish(errOver) // which rolls back
	s.db.rolledBack.Add(1)
	return nil
}

// drop rolls back what nobody has committed. The caller has the turn.
func (s *session) drop() {
	if s.over == nil {
		s.finish(errOver)
		s.db.rolledBack.Add(1)
	}
}

// abandon is called when nobody has the transaction any more.
func (s *session) abandon() {
	go func() {
		<-s.turn
		if s.orphan = true; s.cursor == nil {
			s.drop()
		}
		s.turn <- struct{}{}
	}()
}

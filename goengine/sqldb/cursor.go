package sqldb

import (
	"context"
	"sync"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// Cursor reads a result piece by piece. It holds a connection until it has been read to its end, closed or let go of.
type Cursor struct {
	mu      sync.Mutex // guards all below: PHP may let go while a goroutine reads
	s       stream
	sql     string
	ctx     context.Context
	cancel  context.CancelFunc // of what reads at the moment
	release func()
	ended   bool
}

// Next gives up to rows rows as arrays with the columns' names; an empty array says that there are no more.
func (c *Cursor) Next(ctx context.Context, rows int, lists bool) (Rows, error) {
	if rows < 1 {
		return nil, thrown(usageError("a piece has one row at least"))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	out := sink{shape: Assoc}
	if lists {
		out.shape = Lists
	}
	if c.ended {
		return wire.AppendList(nil, 0), nil
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(c.ctx, cancel)
	defer func() { stop(); cancel() }()
	more, err := c.s.next(ctx, rows, &out)
	if err != nil || !more {
		c.finish()
	}
	if err != nil {
		return nil, thrown(explain(err, c.sql))
	}
	return out.done(true, Result{}), nil
}

// finish is called with mu held.
func (c *Cursor) finish() {
	if c.ended {
		return
	}
	c.ended = true
	c.cancel()
	c.s.close()
	c.release()
}

// Close gives the connection back. The rows that were not read are lost.
func (c *Cursor) Close(context.Context) {
	c.cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finish()
}

func newCursor(s stream, sql string, release func()) *Cursor {
	c := &Cursor{s: s, sql: sql, release: release}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c
}

// stream begins a result on a connection of its own.
func (d *database) stream(ctx context.Context, q *query, primary bool) (*Cursor, error) {
	if q.st.Control {
		return nil, explain(usageError("the statement has no rows"), q.st.Source)
	}
	ctx, cancel := d.limit(ctx)
	defer cancel()
	p := d.pick(q.st.Reads && !primary)
	for try := 0; ; try++ {
		var s stream
		h, err := p.take(ctx, q.st.Source)
		if err == nil {
			h.touched = h.touched || q.st.Touches
			if s, err = h.rows(ctx, q); err != nil {
				p.put(h)
			}
		}
		if err != nil {
			if try == 0 && d.primaryMay(p, err) {
				p = d.primary
				continue
			}
			if e, ok := err.(*Error); ok && e.retry && try == 0 {
				continue
			}
			d.count(q, 0, err)
			return nil, explain(err, q.st.Source)
		}
		d.count(q, 0, nil)
		return newCursor(s, q.st.Source, func() { p.put(h) }), nil
	}
}

// stream begins a result on the transaction's connection, which nobody else can use meanwhile.
func (s *session) stream(ctx context.Context, q *query) (*Cursor, error) {
	ctx, cancel := s.db.limit(ctx)
	defer cancel()
	if err := s.enter(ctx); err != nil {
		return nil, explain(err, q.st.Source)
	}
	defer s.leave()
	rows, err := s.h.rows(ctx, q)
	s.check()
	s.db.count(q, 0, err)
	if err != nil {
		return nil, explain(err, q.st.Source)
	}
	s.cursor = newCursor(rows, q.st.Source, func() {
		<-s.turn
		s.cursor = nil
		if s.check(); s.orphan {
			s.drop()
		}
		s.turn <- struct{}{}
	})
	return s.cursor, nil
}

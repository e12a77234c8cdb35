package sqldb

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"strconv"
	"sync"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// dialPg takes a connection out of the pool and prepares its session.
func (ls *lines) dialPg(ctx context.Context, shared *sync.Map) (*dialed, error) {
	h, err := ls.pool.take(ctx, "statements of several Fibers at once")
	if err != nil {
		return nil, err
	}
	c := h.conn.(*pgConn)
	if _, ok := c.c.Conn().(syscall.Conn); !ok { // TLS
		ls.pool.put(h)
		return nil, errors.ErrUnsupported
	}
	h.touched = true
	if err := c.simple(ctx, "SET statement_timeout = "+strconv.FormatInt(lineLimit.Milliseconds(), 10)); err != nil {
		ls.pool.put(h)
		return nil, err
	}
	hijacked, err := c.c.Hijack()
	if err != nil {
		ls.pool.drop(h)
		return nil, err
	}
	return &dialed{h: h, conn: hijacked.Conn, speaker: func(l *line) speaker {
		return &pgSpeaker{l: l, shared: shared, prepared: map[string]*pgKnown{}, max: c.prepared.max}
	}}, nil
}

// pgSpeaker is PostgreSQL's protocol. What is written together has one Sync behind it: the statements are one
// transaction, and its end says that what they answered counts. The server answers with as few system calls. When one
// fails, those before it are undone and those behind it are not carried out: all but that one are begun anew.
type pgSpeaker struct {
	l        *line
	shared   *sync.Map // text => *pgPrepared: what a connection of its own has learned of a statement
	prepared map[string]*pgKnown
	max      int
	number   int

	at     int  // of those that wait, the one whose answers come now
	failed bool // one of those up to the next Sync has
}

// pgKnown is a statement that the server has prepared for the line.
type pgKnown struct {
	*pgPrepared
	name string
}

func (p *pgSpeaker) learn(dst []byte, _ string) ([]byte, bool) { return dst, false }

func (p *pgSpeaker) ask(dst []byte, one *asked) ([]byte, error) {
	known := p.prepared[one.text]
	if known == nil {
		found, ok := p.shared.Load(one.text)
		if !ok || len(p.prepared) >= p.max {
			return dst, errElsewhere
		}
		if p.number++; p.number > 4*p.max {
			p.l.retired = true // the server has many that are of no use any more
		}
		known = &pgKnown{found.(*pgPrepared), "l" + strconv.Itoa(p.number)}
		one.fresh = true
	}
	if len(one.q.values) != len(known.ParamOIDs) || len(known.columns) == 0 {
		return dst, errElsewhere
	}
	if one.fresh {
		dst = appendParse(dst, known.name, one.text, known.ParamOIDs)
	}
	var err error
	if dst, err = appendBind(dst, known.name, known.pgPrepared, one.q.values); err != nil {
		return dst, err
	}
	p.prepared[one.text] = known
	one.known = known
	return dst, nil
}

func (p *pgSpeaker) seal(dst []byte) []byte { return appendSync(dst) }

func (p *pgSpeaker) bye() []byte { return []byte{'X', 0, 0, 0, 4} }

func (p *pgSpeaker) size(in []byte) (int, error) {
	if len(in) < 5 {
		return 0, nil
	}
	size := int(binary.BigEndian.Uint32(in[1:])) + 1
	if size < 5 || size > 1<<30 {
		return 0, errors.New("a message of a wrong length")
	}
	return size, nil
}

// current is the statement whose answers come now; nil: there is none.
func (p *pgSpeaker) current() *asked {
	if i := p.l.head + p.at; i < len(p.l.queue) {
		return p.l.queue[i]
	}
	return nil
}

func (p *pgSpeaker) hear(msg []byte) error {
	kind, body := msg[0], msg[5:]
	switch kind {
	case 'S', 'N', 'A': // of the session
		return nil
	case 'Z':
		return p.synced()
	}
	one := p.current()
	if one == nil {
		if kind == 'E' { // the server says good-bye
			return serverError(body)
		}
		return errProtocol
	}
	switch kind {
	case 'D':
		return p.row(one, body)
	case 'C':
		p.columns(one)
		one.r.AffectedRows = commandRows(body)
		p.at++
	case 'I':
		p.columns(one)
		p.at++
	case 'T':
		var rd pgproto3.RowDescription
		if err := rd.Decode(body); err != nil {
			return err
		}
		if one.fresh && !one.known.(*pgKnown).describes(&rd) {
			one.skip, one.err = true, errElsewhere
		}
	case 'n':
		one.skip, one.err = true, errElsewhere
	case 'E':
		err := serverError(body)
		var e *Error
		if errors.As(err, &e) && e.Kind == Connection {
			return err
		}
		if one.err == nil {
			one.err = err
		}
		p.failed = true
	case '1', '2', 't', 's', '3':
	default:
		return errProtocol
	}
	return nil
}

func (p *pgSpeaker) columns(one *asked) {
	if !one.begun {
		known := one.known.(*pgKnown)
		one.begins(known.names, known.keys, known.types)
	}
}

func (p *pgSpeaker) row(one *asked, body []byte) error {
	p.columns(one)
	if one.skip {
		return nil
	}
	columns := one.known.(*pgKnown).pgPrepared.columns
	if len(body) < 2 || int(binary.BigEndian.Uint16(body)) != len(columns) {
		return errProtocol
	}
	if err := appendPgRow(&one.out, columns, body[2:]); err != nil {
		return err
	}
	one.rowEnds()
	return nil
}

// synced ends the statements up to a Sync.
func (p *pgSpeaker) synced() error {
	n := 1
	for i := p.l.head; ; i++ {
		if i == len(p.l.queue) {
			return errProtocol
		}
		if p.l.queue[i].sealed {
			n = i - p.l.head + 1
			break
		}
	}
	if !p.failed && p.at != n {
		return errProtocol
	}
	took := p.l.heard(n)
	at, failed := p.at, p.failed
	p.at, p.failed = 0, false
	for i := range n {
		one := p.l.pop()
		switch {
		case failed && i == at:
			p.refused(one, n)
		case failed:
			if i > at && one.fresh {
				delete(p.prepared, one.text)
			}
			one.err = errElsewhere
		case one.err == errElsewhere:
			p.forget(one.text)
		}
		p.l.done(one, took)
	}
	return nil
}

// refused looks at what the server has against a statement.
func (p *pgSpeaker) refused(one *asked, together int) {
	var e *Error
	if !errors.As(one.err, &e) {
		return
	}
	if one.fresh {
		delete(p.prepared, one.text)
	}
	switch e.SQLState {
	case "57014":
		one.q.st.record.slow()
		one.err = errElsewhere
	case "25006", "26000", "42P05", "0A000":
		p.forget(one.text)
		one.err = errElsewhere
	case "40001", "40P01", "55P03":
		if together > 1 {
			one.err = errElsewhere
		}
	}
}

// forget is for a statement that is not what it was taken for.
func (p *pgSpeaker) forget(text string) {
	p.shared.Delete(text)
	delete(p.prepared, text)
}

// commandRows is how many rows a command says it was about: its last word.
func commandRows(tag []byte) int64 {
	if n := len(tag); n > 0 && tag[n-1] == 0 {
		tag = tag[:n-1]
	}
	if len(tag) > 7 && string(tag[:7]) == "SELECT " {
		var rows int64
		for _, c := range tag[7:] {
			if c < '0' || c > '9' || rows > math.MaxInt64/10-1 {
				return 0
			}
			rows = rows*10 + int64(c-'0')
		}
		return rows
	}
	return pgconn.NewCommandTag(string(tag)).RowsAffected()
}

// appendPgRow gives a row's cells to a sink.
func appendPgRow(out *sink, columns []pgColumn, body []byte) error {
	out.row()
	for i := range columns {
		if len(body) < 4 {
			return errProtocol
		}
		size := int32(binary.BigEndian.Uint32(body))
		body = body[4:]
		var cell []byte
		if size >= 0 {
			if int(size) > len(body) {
				return errProtocol
			}
			cell, body = body[:size:size], body[size:]
			if cell == nil {
				cell = []byte{}
			}
		}
		if out.next() {
			out.buf = appendPg(out.buf, columns[i], cell)
		}
	}
	return nil
}

package sqldb

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// copier is a connection that takes rows without a statement for each.
type copier interface {
	copyIn(ctx context.Context, sql string, data io.Reader) (int64, error)
}

// insertPlaceholders bounds a statement of several rows: SQLite takes 32,766 values.
const insertPlaceholders = 30000

// bulk is rows for one table.
type bulk struct {
	table   string // quoted
	columns []string
	rows    [][]any
}

func (d *database) bulk(table string, columns []string, rows [][]any) (*bulk, error) {
	if table == "" || len(columns) == 0 {
		return nil, usageError("a table and columns are needed")
	}
	b := &bulk{rows: rows}
	parts := strings.Split(table, ".")
	for i, part := range parts {
		parts[i] = d.dsn.Dialect.quote(part)
	}
	b.table = strings.Join(parts, ".")
	for _, c := range columns {
		b.columns = append(b.columns, d.dsn.Dialect.quote(c))
	}
	for i, row := range rows {
		if len(row) != len(columns) {
			return nil, paramError("row %d has %d values, there are %d columns", i, len(row), len(columns))
		}
	}
	return b, nil
}

func (b *bulk) copySQL() string {
	return "COPY " + b.table + " (" + strings.Join(b.columns, ", ") + ") FROM STDIN"
}

// insertSQL is a statement for n rows.
func (b *bulk) insertSQL(n int) string {
	row := "(" + strings.Repeat("?, ", len(b.columns)-1) + "?)"
	return "INSERT INTO " + b.table + " (" + strings.Join(b.columns, ", ") + ") VALUES " + strings.Repeat(row+", ", n-1) + row
}

// insert puts the rows in, all or none.
func (d *database) insert(ctx context.Context, b *bulk) (n int64, err error) {
	if len(b.rows) == 0 {
		return 0, nil
	}
	s, err := d.begin(ctx, Begin{}, true)
	if err != nil {
		return 0, err
	}
	defer s.abandon()
	if n, err = s.insert(ctx, b); err != nil {
		return 0, err
	}
	return n, s.commit(ctx)
}

func (s *session) insert(ctx context.Context, b *bulk) (int64, error) {
	if len(b.rows) == 0 {
		return 0, nil
	}
	if _, ok := s.h.conn.(copier); ok {
		return s.copyIn(ctx, b)
	}
	var total int64
	most := min(500, max(1, insertPlaceholders/len(b.columns)))
	for rest := b.rows; len(rest) > 0; {
		n := min(most, len(rest))
		values := make([]any, 0, n*len(b.columns))
		for _, row := range rest[:n] {
			values = append(values, row...)
		}
		q, err := s.db.make(b.insertSQL(n), values)
		if err != nil {
			return 0, err
		}
		_, r, _, err := s.run(ctx, q, None)
		if err != nil {
			return 0, err
		}
		total += r.AffectedRows
		rest = rest[n:]
	}
	return total, nil
}

func (s *session) copyIn(ctx context.Context, b *bulk) (int64, error) {
	sql := b.copySQL()
	var data []byte
	for i, row := range b.rows {
		var err error
		if data, err = appendCopyRow(data, row); err != nil {
			return 0, explain(paramError("row %d: %v", i, err), sql)
		}
	}
	ctx, cancel := s.db.limit(ctx)
	defer cancel()
	if err := s.enter(ctx); err != nil {
		return 0, explain(err, sql)
	}
	defer s.leave()
	started := time.Now()
	n, err := s.h.conn.(copier).copyIn(ctx, sql, bytes.NewReader(data))
	s.check()
	s.db.count(&query{st: &Statement{Source: sql}}, time.Since(started), err)
	return n, explain(err, sql)
}

func (p *pgConn) copyIn(ctx context.Context, sql string, data io.Reader) (int64, error) {
	stop := p.watch(ctx)
	defer stop()
	tag, err := p.c.CopyFrom(noContext, data, sql)
	if err != nil {
		stop()
		return 0, p.fail(ctx, err)
	}
	return tag.RowsAffected(), nil
}

// appendCopyRow writes a row in COPY's text format.
func appendCopyRow(dst []byte, row []any) ([]byte, error) {
	for i, v := range row {
		if i > 0 {
			dst = append(dst, '\t')
		}
		var err error
		switch v := v.(type) {
		case nil:
			dst = append(dst, `\N`...)
		case bool:
			dst = strconv.AppendBool(dst, v)
		case int64:
			dst = strconv.AppendInt(dst, v, 10)
		case string:
			if strings.IndexByte(v, 0) >= 0 {
				return dst, paramError("PostgreSQL's text cannot hold a NUL byte: use Phalanx\\Sql\\Binary for bytea")
			}
			dst = appendCopyText(dst, v)
		case Binary:
			dst = append(dst, `\\x`...)
			dst = hex.AppendEncode(dst, v.Bytes)
		case *wire.Map:
			var b []byte
			b, _, err = appendJSON(nil, v)
			dst = appendCopyText(dst, string(b))
		default: // float64, time.Time, []any
			var b []byte
			b, _, err = appendPgParam(nil, 0, v)
			dst = appendCopyText(dst, string(b))
		}
		if err != nil {
			return dst, err
		}
	}
	return append(dst, '\n'), nil
}

func appendCopyText(dst []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; c {
		case '\\':
			dst = append(dst, '\\', '\\')
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

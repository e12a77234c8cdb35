package sqldb

import (
	"context"
	"errors"
	"strconv"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// runSQLite carries out the first statement of a text, as PDO does.
func (s *PdoSession) runSQLite(ctx context.Context, c *sqliteConn, text string, values []any, types string) ([]pdoResult, error) {
	stop := c.watch(ctx)
	defer stop()
	r, err := s.sqliteOnce(c, text, values, types)
	if err != nil {
		stop()
		return nil, pdoSQLiteError(c.fail(ctx, err))
	}
	return []pdoResult{r}, nil
}

func pdoSQLiteError(err error) error {
	var e *Error
	if !errors.As(err, &e) || e.Code == 0 {
		return err
	}
	f := &pdoFailure{err: err, state: "HY000", code: e.Code & 0xff, text: e.Message}
	switch f.code {
	case 9:
		f.state = "01002"
	case 12:
		f.state = "42S02"
	case 18:
		f.state = "22001"
	case 19:
		f.state = "23000"
	case 22:
		f.state = "HYC00"
	}
	return f
}

func (s *PdoSession) sqliteOnce(c *sqliteConn, text string, values []any, types string) (r pdoResult, err error) {
	st, err := c.prepare(text)
	if err != nil {
		return r, err
	}
	params := make([]any, len(values))
	for i, v := range values {
		params[i] = v
		if text, ok := v.(string); ok && types[i] == 'l' {
			params[i] = Binary{Bytes: []byte(text)}
		}
	}
	bytes, err := c.bind(st, params)
	if err != nil {
		return r, err
	}
	r.columns = wire.AppendList(nil, len(st.names))
	for i, name := range st.names {
		r.columns = pdoColumn(r.columns, "native_type", "string", "pdo_type", pdoStr, "sqlite:decl_type", st.types[i], "table", "", "flags",
			[]string{}, "name", name, "len", int64(-1), "precision", int64(0))
	}
	before := c.h.AutoCommit()
	out := sink{shape: Lists}
	out.columns(st.names, st.keys, st.types)
	head := len(out.buf)
	cells, n, done, err := st.Run(bytes, sqlitePiece, maxResult)
	for {
		if err == nil {
			err = appendCells(&out, cells, n)
		}
		if err != nil || done {
			break
		}
		cells, n, done, err = st.Next(sqlitePiece, maxResult)
	}
	st.Reset()
	if err != nil {
		return r, err
	}
	r.rows, r.count = out.buf[head:], out.rows
	if !st.ReadOnly() || before != c.h.AutoCommit() {
		r.affected = c.h.Changes()
		s.lastID = strconv.FormatInt(c.h.LastInsertID(), 10)
	}
	return r, nil
}

package sqldb

import (
	"context"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// runPg carries a statement out. Values go as text and come as text, as PDO has it: the server knows what to make of them.
func (s *PdoSession) runPg(ctx context.Context, p *pgConn, st *Statement, text string, values []any, types string) ([]pdoResult, error) {
	params, formats := pdoPgParams(values, types)
	stop := p.watch(ctx)
	defer stop()
	for try := 0; ; try++ {
		idle := p.c.TxStatus() == 'I'
		r, err := pdoPgOnce(p, text, params, formats)
		if err == nil && inserts(st) {
			s.noteInsert(p)
		}
		if err == nil {
			return []pdoResult{r}, nil
		}
		if stale(err) {
			p.forget(text)
			if try == 0 && idle {
				continue
			}
		}
		return nil, pdoPgError(ctx, p, stop, err, text)
	}
}

func pdoPgError(ctx context.Context, p *pgConn, stop func(), err error, sql string) error {
	stop()
	failed := p.fail(ctx, err)
	var pg *pgconn.PgError
	var e *Error
	if errors.As(err, &pg) && errors.As(failed, &e) {
		f := pdoPgFailure(pg, sql)
		f.err = failed
		return f
	}
	return failed
}

func pdoPgParams(values []any, types string) (params [][]byte, formats []int16) {
	params, formats = make([][]byte, len(values)), make([]int16, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case string:
			params[i] = []byte(v)
			if types[i] == 'l' {
				formats[i] = 1
			}
		case int64:
			params[i] = strconv.AppendInt(nil, v, 10)
		case float64:
			params[i] = strconv.AppendFloat(nil, v, 'g', -1, 64)
		case bool:
			params[i] = []byte("f")
			if v {
				params[i] = []byte("t")
			}
		}
	}
	return params, formats
}

func pdoPgOnce(p *pgConn, text string, params [][]byte, formats []int16) (r pdoResult, err error) {
	st, err := p.prepare(text)
	if err != nil {
		return r, err
	}
	if len(params) != len(st.ParamOIDs) {
		return r, paramError("the statement has %d parameters, %d values are given", len(st.ParamOIDs), len(params))
	}
	rr := p.c.ExecStatement(noContext, st.StatementDescription, params, formats, nil)
	fields := rr.FieldDescriptions()
	r.columns = pdoPgColumns(fields)
	for rr.NextRow() {
		r.count++
		r.rows = wire.AppendList(r.rows, len(fields))
		for i, v := range rr.Values() {
			r.rows = appendPdoPg(r.rows, fields[i].DataTypeOID, v)
		}
		if len(r.rows) > maxResult {
			p.dead.Store(true) // the rest is not worth reading
			return r, errTooLarge
		}
	}
	tag, err := rr.Close()
	r.affected = tag.RowsAffected()
	return r, err
}

func pdoPgColumns(fields []pgconn.FieldDescription) []byte {
	b := wire.AppendList(nil, len(fields))
	for _, f := range fields {
		kind := pdoStr
		switch f.DataTypeOID {
		case pgtype.BoolOID:
			kind = pdoBool
		case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID:
			kind = pdoInt
		case pgtype.OIDOID, pgtype.ByteaOID:
			kind = pdoLOB
		}
		name := pgNames[f.DataTypeOID] // one that is not known here is asked for when somebody wants it
		b = pdoColumn(b, "pgsql:oid", int64(f.DataTypeOID), "pgsql:table_oid", int64(f.TableOID), "native_type", name,
			"pdo_type", kind, "name", f.Name, "len", int64(f.DataTypeSize), "precision", int64(f.TypeModifier),
			"stream", f.DataTypeOID == pgtype.ByteaOID)
	}
	return b
}

func appendPdoPg(dst []byte, oid uint32, v []byte) []byte {
	if v == nil {
		return wire.AppendNull(dst)
	}
	switch oid {
	case pgtype.BoolOID:
		return wire.AppendBool(dst, v[0] == 't')
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID:
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return wire.AppendInt(dst, n)
		}
	case pgtype.Float4OID, pgtype.Float8OID:
		if f, err := strconv.ParseFloat(string(v), 64); err == nil {
			return wire.AppendFloat(dst, f)
		}
	case pgtype.ByteaOID:
		if b, err := hex.DecodeString(strings.TrimPrefix(string(v), `\x`)); err == nil {
			return wire.AppendString(dst, b)
		}
	}
	return wire.AppendString(dst, v)
}

func (s *PdoSession) execPg(ctx context.Context, p *pgConn, st *Statement) (int64, error) {
	stop := p.watch(ctx)
	defer stop()
	results, err := p.c.Exec(noContext, st.Source).ReadAll()
	if err != nil {
		return 0, pdoPgError(ctx, p, stop, err, st.Source)
	}
	if inserts(st) {
		s.noteInsert(p)
	}
	if len(results) == 0 || len(results[len(results)-1].FieldDescriptions) > 0 {
		return 0, nil
	}
	return results[len(results)-1].CommandTag.RowsAffected(), nil
}

// inserts says whether a statement may have taken a value of a sequence.
func inserts(st *Statement) bool {
	return !st.Reads && !st.Control && strings.Contains(strings.ToUpper(st.Source[:min(len(st.Source), 1024)]), "INSERT")
}

// noteInsert sees to it that the sequence's value can be asked for: now, when the connection goes back, or later, while it is
// kept. In a transaction asking could fail, and the transaction with it.
func (s *PdoSession) noteInsert(p *pgConn) {
	switch {
	case s.changed:
	case p.open():
		s.inserted = true
	default:
		s.lastID = pdoPgLastID(p)
	}
}

// pdoPgLastID asks for the sequence's value before another one gets the connection, and has the connection forget it.
func pdoPgLastID(p *pgConn) string {
	results, err := p.c.Exec(noContext, "SELECT lastval(); DISCARD SEQUENCES").ReadAll()
	if err != nil || len(results) == 0 || len(results[0].Rows) == 0 {
		return "0"
	}
	return string(results[0].Rows[0][0])
}

// ColumnMeta adds the table's name, and the type's where it is one of the database's own, to what is known of a column.
func (s *PdoSession) ColumnMeta(ctx context.Context, meta *wire.Map) (*wire.Map, error) {
	get := func(key string) int64 {
		v, _ := meta.Get(key)
		n, _ := v.(int64)
		return n
	}
	table, oid := get("pgsql:table_oid"), get("pgsql:oid")
	ask := func(sql string) (text string, err error) {
		st, err := Parse(sql, PostgreSQL)
		if err != nil {
			return "", err
		}
		err = s.with(ctx, pdoKindOf(st), func(ctx context.Context, h *held) error {
			text, err = oneText(ctx, h, st)
			return err
		})
		return text, err
	}
	out := wire.NewMap(meta.Len() + 1)
	for key, value := range meta.All() {
		name := key.String()
		if name == "native_type" {
			if table != 0 {
				text, err := ask("SELECT relname::text FROM pg_class WHERE oid = " + strconv.FormatInt(table, 10))
				if err != nil {
					return nil, err
				}
				out.Set("table", text)
			}
			if value == "" {
				text, err := ask("SELECT typname::text FROM pg_type WHERE oid = " + strconv.FormatInt(oid, 10))
				if err != nil {
					return nil, err
				}
				value = text
			}
		}
		out.Set(name, value)
	}
	return out, nil
}

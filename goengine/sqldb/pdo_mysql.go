package sqldb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// runMySQL carries a statement out, by the server's prepared statements when it has values.
func (s *PdoSession) runMySQL(ctx context.Context, m *mysqlConn, st *Statement, text string, values []any, types string) ([]pdoResult, error) {
	stop := m.watch(ctx)
	defer stop()
	results, err := s.mysqlOnce(ctx, m, st, text, values, types)
	if err != nil {
		stop()
		failed := m.fail(ctx, err)
		var e *Error
		if errors.As(failed, &e) && e.Code == 1213 {
			m.inTx = false // the server has rolled back
		}
		if errors.As(failed, &e) && e.Code > 0 {
			return nil, &pdoFailure{err: failed, state: e.SQLState, code: e.Code, text: e.Message}
		}
		return nil, failed
	}
	if st.Control {
		m.note(text)
	} else if endsTransaction(st) {
		m.inTx = false
	}
	return results, nil
}

// endsTransaction says whether the server commits before such a statement.
func endsTransaction(st *Statement) bool {
	l := lexer{sql: st.Source, dialect: MySQL}
	l.run()
	switch l.first {
	case "CREATE", "DROP":
		return l.second != "TEMPORARY"
	case "ALTER", "TRUNCATE", "RENAME", "LOCK", "GRANT", "REVOKE", "ANALYZE", "OPTIMIZE", "REPAIR":
		return true
	}
	return false
}

// hasRows says whether the server answers with rows. It must be known before: the driver has one call for each.
func hasRows(st *Statement) bool {
	l := lexer{sql: st.Source, dialect: MySQL}
	l.run()
	switch l.first {
	case "INSERT", "REPLACE", "DELETE":
		return strings.Contains(strings.ToUpper(st.Source), "RETURNING")
	case "WITH":
		return st.Reads
	case "UPDATE", "CREATE", "DROP", "ALTER", "TRUNCATE", "RENAME", "SET", "USE", "GRANT", "REVOKE", "LOCK", "UNLOCK", "BEGIN",
		"START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "LOAD", "DO", "FLUSH", "KILL", "PREPARE", "DEALLOCATE":
		return false
	}
	return true
}

// mysqlParts cuts a text into its statements. The body of a routine has semicolons of its own.
func mysqlParts(st *Statement) []string {
	if !st.More {
		return []string{st.Source}
	}
	l := lexer{sql: st.Source, dialect: MySQL}
	l.run()
	if l.first == "CREATE" && routine.MatchString(st.Source) {
		return []string{st.Source}
	}
	return split(st.Source, MySQL)
}

var routine = regexp.MustCompile(`(?is)^\s*CREATE\b.*\b(PROCEDURE|FUNCTION|TRIGGER|EVENT|PACKAGE)\b.*\bBEGIN\b`)

func (s *PdoSession) mysqlOnce(ctx context.Context, m *mysqlConn, st *Statement, text string, values []any, types string) ([]pdoResult, error) {
	named := make([]driver.NamedValue, len(values))
	for i, v := range values {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
		switch v := v.(type) {
		case bool:
			named[i].Value = int64(0)
			if v {
				named[i].Value = int64(1)
			}
		case string:
			if types[i] == 'l' {
				named[i].Value = []byte(v)
			}
		}
	}
	inner := noContext // watch() ends what runs
	var prepared *nativeStmt
	if len(values) > 0 {
		var err error
		if prepared, err = m.prepare(text); err != nil {
			return nil, err
		}
	}
	if !hasRows(st) {
		var result driver.Result
		var err error
		if prepared != nil {
			result, err = prepared.s.(driver.StmtExecContext).ExecContext(inner, named)
		} else {
			result, err = m.c.(driver.ExecerContext).ExecContext(inner, text, nil)
		}
		if err != nil {
			return nil, err
		}
		r := pdoResult{columns: wire.AppendList(nil, 0)}
		r.affected, _ = result.RowsAffected()
		if id, err := result.LastInsertId(); err == nil {
			s.lastID = strconv.FormatInt(id, 10)
		}
		return []pdoResult{r}, nil
	}
	var rows driver.Rows
	var err error
	if prepared != nil {
		rows, err = prepared.s.(driver.StmtQueryContext).QueryContext(inner, named)
	} else {
		rows, err = m.c.(driver.QueryerContext).QueryContext(inner, text, nil)
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var results []pdoResult
	size := 0
	for {
		r, err := mysqlResult(rows, maxResult-size)
		if err != nil {
			if errors.Is(err, errTooLarge) {
				m.dead.Store(true)
			}
			return nil, err
		}
		results, size = append(results, r), size+len(r.rows)
		next, ok := rows.(driver.RowsNextResultSet)
		if !ok || !next.HasNextResultSet() {
			return results, nil
		}
		if err := next.NextResultSet(); err != nil {
			if errors.Is(err, io.EOF) {
				return results, nil
			}
			return nil, err
		}
	}
}

func mysqlResult(rows driver.Rows, limit int) (r pdoResult, err error) {
	names := rows.Columns()
	types := make([]string, len(names))
	r.columns = wire.AppendList(nil, len(names))
	for i, name := range names {
		typ := rows.(driver.RowsColumnTypeDatabaseTypeName).ColumnTypeDatabaseTypeName(i)
		types[i] = typ
		var flags []string
		if nullable, ok := rows.(driver.RowsColumnTypeNullable).ColumnTypeNullable(i); ok && !nullable {
			flags = append(flags, "not_null")
		}
		kind := pdoStr
		base := strings.TrimPrefix(typ, "UNSIGNED ")
		switch base {
		case "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "YEAR", "BIT":
			kind = pdoInt
		case "BLOB", "TINYBLOB", "MEDIUMBLOB", "LONGBLOB":
			flags = append(flags, "blob")
		}
		r.columns = pdoColumn(r.columns, "native_type", mysqlNative[base], "pdo_type", kind, "flags", flags, "table", "", "name", name)
	}
	cells := make([]driver.Value, len(names))
	for {
		if err := rows.Next(cells); err != nil {
			if errors.Is(err, io.EOF) {
				r.affected = int64(r.count)
				return r, nil
			}
			return r, err
		}
		r.count++
		r.rows = wire.AppendList(r.rows, len(cells))
		for i, v := range cells {
			r.rows = appendPdoMySQL(r.rows, v, types[i])
		}
		if len(r.rows) > limit {
			return r, errTooLarge
		}
	}
}

// mysqlNative are the names that mysqlnd gives to types.
var mysqlNative = map[string]string{
	"TINYINT": "TINY", "SMALLINT": "SHORT", "MEDIUMINT": "INT24", "INT": "LONG", "BIGINT": "LONGLONG", "FLOAT": "FLOAT",
	"DOUBLE": "DOUBLE", "DECIMAL": "NEWDECIMAL", "VARCHAR": "VAR_STRING", "CHAR": "STRING", "TEXT": "BLOB", "TINYTEXT": "BLOB",
	"MEDIUMTEXT": "BLOB", "LONGTEXT": "BLOB", "BLOB": "BLOB", "TINYBLOB": "BLOB", "MEDIUMBLOB": "BLOB", "LONGBLOB": "BLOB",
	"VARBINARY": "VAR_STRING", "BINARY": "STRING", "DATE": "DATE", "TIME": "TIME", "DATETIME": "DATETIME", "TIMESTAMP": "TIMESTAMP",
	"YEAR": "YEAR", "BIT": "BIT", "ENUM": "STRING", "SET": "STRING", "GEOMETRY": "GEOMETRY", "JSON": "JSON", "NULL": "NULL",
}

func appendPdoMySQL(dst []byte, v driver.Value, typ string) []byte {
	if n, ok := v.(int64); ok && strings.HasSuffix(typ, "YEAR") {
		return wire.AppendString(dst, fmt.Sprintf("%04d", n))
	}
	text, ok := v.([]byte)
	if !ok {
		return appendNative(dst, v, typ)
	}
	switch strings.TrimPrefix(typ, "UNSIGNED ") {
	case "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT":
		if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			return wire.AppendInt(dst, n)
		}
	case "FLOAT", "DOUBLE":
		if f, err := strconv.ParseFloat(string(text), 64); err == nil && !math.IsInf(f, 0) {
			return wire.AppendFloat(dst, f)
		}
	case "BIT":
		return appendBits(dst, text)
	}
	return wire.AppendString(dst, text)
}

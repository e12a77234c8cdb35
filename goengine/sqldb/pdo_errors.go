package sqldb

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// pdoFailure is an error in the words of PDO's driver.
type pdoFailure struct {
	err   error
	state string
	code  int64
	text  string
}

func (f *pdoFailure) Error() string { return f.text }
func (f *pdoFailure) Unwrap() error { return f.err }

// pdoError makes the exception. Contexts that ended by PHP's doing stay what they are.
func pdoError(err error) error {
	if err == nil {
		return nil
	}
	var f *pdoFailure
	var e *Error
	switch {
	case errors.As(err, &f): // has all
	case errors.As(err, &e):
		f = &pdoFailure{state: e.SQLState, code: e.Code, text: e.Message}
		if e.Kind == Connection || e.Kind == Exhausted || e.Kind == TimedOut {
			f.code = max(e.Code, 7) // one of the driver's own, so that errorInfo has the text
		}
	default:
		return err
	}
	return &component.Exception{Class: "PDOException", Message: f.text, Err: err,
		Properties: map[string]any{"errorInfo": []any{f.state, f.code, f.text}}}
}

// pdoPgFailure writes an error as libpq does; sql is the text that its position is in.
func pdoPgFailure(pg *pgconn.PgError, sql string) *pdoFailure {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:  %s", pg.Severity, pg.Message)
	switch {
	case pg.Position > 0:
		b.WriteString(pgPosition(sql, int(pg.Position)))
	case pg.InternalPosition > 0:
		b.WriteString(pgPosition(pg.InternalQuery, int(pg.InternalPosition)))
	}
	if pg.Detail != "" {
		b.WriteString("\nDETAIL:  " + pg.Detail)
	}
	if pg.Hint != "" {
		b.WriteString("\nHINT:  " + pg.Hint)
	}
	if pg.InternalQuery != "" && pg.InternalPosition == 0 {
		b.WriteString("\nQUERY:  " + pg.InternalQuery)
	}
	if pg.Where != "" {
		b.WriteString("\nCONTEXT:  " + pg.Where)
	}
	return &pdoFailure{err: pgError(pg), state: pg.Code, code: 7, text: b.String()}
}

// What libpq shows of a long line.
const (
	pgShownColumns = 60
	pgRightOfCaret = 10
)

// pgPosition is the line that an error is in, and a caret below the place. position counts characters from 1.
func pgPosition(sql string, position int) string {
	before, number := []rune(nil), 1
	start, at := 0, 0
	runes := []rune(strings.ToValidUTF8(sql, "?"))
	if position > len(runes)+1 {
		return ""
	}
	at = position - 1
	for i := range at {
		if runes[i] == '\n' {
			number++
			start = i + 1
		}
	}
	end := at
	for end < len(runes) && runes[end] != '\n' && runes[end] != '\r' {
		end++
	}
	left, right := "", ""
	if end-start > pgShownColumns {
		if start+pgShownColumns >= at+pgRightOfCaret {
			end, right = start+pgShownColumns, "..."
		} else {
			if at+pgRightOfCaret < end {
				end, right = at+pgRightOfCaret, "..."
			}
			if end-start > pgShownColumns {
				start, left = end-pgShownColumns, "..."
			}
		}
	}
	for i := start; i < at; i++ {
		before = append(before, runes[i])
	}
	head := fmt.Sprintf("LINE %d: %s", number, left)
	line := strings.ReplaceAll(string(runes[start:end]), "\t", " ")
	return "\n" + head + line + right + "\n" + strings.Repeat(" ", utf8.RuneCountInString(head)+len(before)) + "^"
}

// connectError is what new Pdo() throws.
func (s *PdoSession) connectError(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	f := &pdoFailure{err: err, state: "HY000", code: e.Code, text: e.Message}
	switch s.db.dsn.Dialect {
	case PostgreSQL:
		f.state, f.code = "08006", 7
		where := fmt.Sprintf("connection to server at %q, port %d failed: ", s.db.dsn.Host, s.db.dsn.Port)
		text := strings.TrimPrefix(e.Message, "cannot connect: ")
		switch {
		case e.SQLState != "08001":
			text = "FATAL:  " + text
		case strings.Contains(text, "connection refused"):
			text = "Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?"
		}
		f.text = where + text
	case MySQL:
		if e.SQLState == "08001" {
			f.code = 2002
			f.text = strings.TrimPrefix(e.Message, "cannot connect: ")
			if strings.Contains(f.text, "connection refused") {
				f.text = "Connection refused"
			}
		}
	case SQLite:
		f.code = e.Code & 0xff
	}
	return pdoError(f)
}

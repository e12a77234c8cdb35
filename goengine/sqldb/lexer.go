package sqldb

import "strings"

// markKind is what stands at a place that may be a placeholder.
type markKind uint8

const (
	markQuestion markKind = iota // ?
	markEscape                   // ??
	markNumber                   // $1
	markName                     // :name
)

type mark struct {
	kind       markKind
	start, end int
	list       bool
}

// lexer goes once over a statement. It knows where text is not SQL (strings, quoted names, comments) and looks at words
// and placeholders in the rest.
type lexer struct {
	sql     string
	dialect Dialect
	at      int
	found   []mark

	words    int    // seen so far
	first    string // the statement's first word, in capitals
	second   string
	third    string
	writes   bool // a word that only statements have which change something, or must see the primary
	session  bool // a word that leaves something in the session
	assigns  bool // "=" or "(" behind the first words: of a PRAGMA
	ended    bool // a semicolon was there
	more     bool // and then something else
	previous byte // the last byte that is no space and no comment
	in       int  // 1: behind IN, 2: behind IN (
	brackets int

	semicolon func(at int) // is told of each; may be nil
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isWordStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}
func isWord(c byte) bool { return isWordStart(c) || isDigit(c) }

func (l *lexer) peek(n int) byte {
	if l.at+n < len(l.sql) {
		return l.sql[l.at+n]
	}
	return 0
}

func (l *lexer) run() {
	for l.at < len(l.sql) {
		c := l.sql[l.at]
		switch {
		case isSpace(c):
			l.at++
			continue
		case l.comment(c):
			continue
		}
		if l.ended && c != ';' {
			l.more = true
		}
		in := l.in
		l.in = 0
		switch {
		case c == ';':
			l.ended = true
			if l.semicolon != nil {
				l.semicolon(l.at)
			}
			l.at++
		case c == '\'' || c == '"' || c == '`' && l.dialect != PostgreSQL:
			l.quoted(c, l.dialect == MySQL && c != '`')
		case c == '[' && l.dialect == SQLite:
			l.until("]")
		case isWordStart(c):
			l.word()
			c = 'a'
		case isDigit(c):
			l.number()
			c = '0'
		case c == '$':
			l.dollar(in)
		case c == ':':
			l.colon(in)
		case c == '?':
			l.question(in)
		case c == '@':
			l.variable()
		default:
			l.at++
			switch c {
			case '(':
				if l.assigns = l.assigns || l.words > 0; in == 1 {
					l.in = 2
				}
			case '=':
				l.assigns = true
			case '[':
				l.brackets++
			case ']':
				l.brackets = max(0, l.brackets-1)
			}
		}
		l.previous = c
	}
}

// comment skips one, if it begins here.
func (l *lexer) comment(c byte) bool {
	switch {
	case c == '-' && l.peek(1) == '-' && (l.dialect != MySQL || l.at+2 >= len(l.sql) || l.peek(2) <= ' '):
		l.line()
	case c == '#' && l.dialect == MySQL:
		l.line()
	case c == '/' && l.peek(1) == '*':
		if l.dialect == MySQL && (l.peek(2) == '!' || l.peek(2) == 'M' && l.peek(3) == '!') {
			l.writes, l.session = true, true // the server runs what is in it
		}
		l.block()
	default:
		return false
	}
	return true
}

func (l *lexer) line() {
	if n := strings.IndexByte(l.sql[l.at:], '\n'); n >= 0 {
		l.at += n + 1
		return
	}
	l.at = len(l.sql)
}

// block skips a comment; PostgreSQL's nest.
func (l *lexer) block() {
	depth := 0
	for l.at < len(l.sql) {
		switch {
		case l.sql[l.at] == '/' && l.peek(1) == '*' && (depth == 0 || l.dialect == PostgreSQL):
			depth++
			l.at += 2
		case l.sql[l.at] == '*' && l.peek(1) == '/':
			l.at += 2
			if depth--; depth == 0 {
				return
			}
		default:
			l.at++
		}
	}
}

// quoted skips a string or a quoted name. A doubled quote is one quote, and so is one behind a backslash where those
// count.
func (l *lexer) quoted(quote byte, backslash bool) {
	for l.at++; l.at < len(l.sql); l.at++ {
		switch c := l.sql[l.at]; {
		case c == '\\' && backslash:
			l.at++
		case c == quote:
			if l.peek(1) != quote {
				l.at++
				return
			}
			l.at++
		}
	}
	l.at = len(l.sql)
}

func (l *lexer) until(end string) {
	if n := strings.Index(l.sql[l.at+1:], end); n >= 0 {
		l.at += 1 + n + len(end)
		return
	}
	l.at = len(l.sql)
}

func (l *lexer) number() {
	for l.at++; l.at < len(l.sql) && (isWord(l.sql[l.at]) || l.sql[l.at] == '.'); l.at++ {
	}
}

// dollar is $1, or PostgreSQL's $tag$text$tag$.
func (l *lexer) dollar(in int) {
	start := l.at
	l.at++
	if l.at < len(l.sql) && isDigit(l.sql[l.at]) {
		for l.at < len(l.sql) && isDigit(l.sql[l.at]) {
			l.at++
		}
		l.add(markNumber, start, in)
		return
	}
	if l.dialect != PostgreSQL {
		return
	}
	for l.at < len(l.sql) && isWord(l.sql[l.at]) {
		l.at++
	}
	if l.at >= len(l.sql) || l.sql[l.at] != '$' {
		return
	}
	l.at++
	tag := l.sql[start:l.at]
	if n := strings.Index(l.sql[l.at:], tag); n >= 0 {
		l.at += n + len(tag)
		return
	}
	l.at = len(l.sql)
}

// colon is :name, a cast ::, := or the middle of an array's slice.
func (l *lexer) colon(in int) {
	start := l.at
	l.at++
	switch next := l.peek(0); {
	case next == ':' || next == '=':
		l.at++
	case isWordStart(next):
		// a[1:n]: what stands before says that it is a slice. [:n] is a list with a placeholder.
		slice := l.dialect == PostgreSQL && l.brackets > 0 && l.sql[start-1] != '[' && l.sql[start-1] != ',' && !isSpace(l.sql[start-1])
		for l.at < len(l.sql) && isWord(l.sql[l.at]) {
			l.at++
		}
		if !slice {
			l.add(markName, start, in)
		}
	}
}

func (l *lexer) question(in int) {
	start := l.at
	l.at++
	next := l.peek(0)
	switch {
	case next == '?':
		l.at++
		l.add(markEscape, start, in)
	case l.dialect == SQLite && isDigit(next):
		for l.at < len(l.sql) && isDigit(l.sql[l.at]) {
			l.at++
		}
		l.add(markNumber, start, in)
	case l.dialect == PostgreSQL && (l.previous == '@' || next == '&' || next == '#' || next == '|' && l.peek(1) != '|'):
		// an operator: @?, ?&, ?#, ?|; ?|| joins strings
		l.at++
	default:
		l.add(markQuestion, start, in)
	}
}

// variable is @name or @@name in MySQL. One of the session's own that is written stays there.
func (l *lexer) variable() {
	l.at++
	if l.dialect != MySQL {
		return
	}
	if l.peek(0) == '@' {
		for l.at++; l.at < len(l.sql) && (isWord(l.sql[l.at]) || l.sql[l.at] == '.'); l.at++ {
		}
		return
	}
	if next := l.peek(0); isWordStart(next) || next == '`' || next == '\'' || next == '"' {
		l.session, l.writes = true, true
	}
}

func (l *lexer) add(kind markKind, start, in int) {
	m := mark{kind: kind, start: start, end: l.at}
	if in == 2 {
		// Alone in the parentheses, as far as a look ahead over spaces tells.
		rest := l.at
		for rest < len(l.sql) && isSpace(l.sql[rest]) {
			rest++
		}
		m.list = rest < len(l.sql) && l.sql[rest] == ')'
	}
	l.found = append(l.found, m)
}

// longestWord is that of a word which classify looks for.
const longestWord = 32

func (l *lexer) word() {
	start := l.at
	for l.at < len(l.sql) && (isWord(l.sql[l.at]) || l.sql[l.at] == '$') {
		l.at++
	}
	text := l.sql[start:l.at]
	if next := l.peek(0); next == '\'' && l.dialect == PostgreSQL && len(text) == 1 && text[0]|0x20 == 'e' {
		l.quoted('\'', true)
		return
	}
	l.words++
	if len(text) > longestWord {
		return
	}
	var space [longestWord]byte
	for i := range len(text) {
		c := text[i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		space[i] = c
	}
	upper := space[:len(text)]
	switch l.words {
	case 1:
		l.first = string(upper)
	case 2:
		l.second = string(upper)
	case 3:
		l.third = string(upper)
	}
	l.classify(upper)
}

// classify looks at a word of the statement. What it takes for more than it is only costs speed: a read that goes to the
// primary, a session that is reset.
func (l *lexer) classify(word []byte) {
	switch string(word) {
	case "IN":
		l.in = 1
	case "INSERT", "UPDATE", "DELETE", "MERGE", "INTO", "SHARE", "LOCK", "CALL", "NEXTVAL", "SETVAL", "CURRVAL", "LASTVAL",
		"LAST_INSERT_ID", "FOUND_ROWS", "ROW_COUNT", "CONNECTION_ID", "LAST_INSERT_ROWID", "CHANGES", "TOTAL_CHANGES",
		"PG_NOTIFY", "PG_BACKEND_PID", "LO_CREATE", "LO_UNLINK", "LO_IMPORT", "LO_FROM_BYTEA", "DBLINK", "ANALYZE",
		"PG_CANCEL_BACKEND", "PG_TERMINATE_BACKEND", "TXID_CURRENT", "PG_CURRENT_XACT_ID":
		l.writes = true
	case "SLEEP": // ended by a time limit, MySQL's says so with a value and no error
		l.writes = l.writes || l.dialect == MySQL
	case "TEMP", "TEMPORARY", "SET_CONFIG", "GET_LOCK", "RELEASE_LOCK", "RELEASE_ALL_LOCKS", "SETSEED", "LOAD_EXTENSION",
		"DBLINK_CONNECT":
		l.writes, l.session = true, true
	default:
		if (hasPrefix(word, "PG_ADVISORY_") || hasPrefix(word, "PG_TRY_ADVISORY_")) && !strings.Contains(string(word), "_XACT_") {
			l.writes, l.session = true, true
		} else if hasPrefix(word, "PG_ADVISORY_") || hasPrefix(word, "PG_TRY_ADVISORY_") {
			l.writes = true
		}
	}
}

func hasPrefix(word []byte, prefix string) bool {
	return len(word) >= len(prefix) && string(word[:len(prefix)]) == prefix
}

// reads says whether the statement changes nothing.
func (l *lexer) reads() bool {
	if l.writes || l.more {
		return false
	}
	switch l.first {
	case "SELECT", "WITH", "VALUES", "TABLE", "EXPLAIN":
		return true
	case "SHOW", "DESCRIBE", "DESC":
		return l.dialect == MySQL
	case "PRAGMA":
		return l.asksOnly()
	}
	return false
}

// asksOnly says whether a PRAGMA only asks, of those that are written like calls.
func (l *lexer) asksOnly() bool {
	switch l.second {
	case "TABLE_INFO", "TABLE_XINFO", "TABLE_LIST", "INDEX_INFO", "INDEX_XINFO", "INDEX_LIST", "FOREIGN_KEY_LIST",
		"FOREIGN_KEY_CHECK", "DATABASE_LIST", "FUNCTION_LIST", "COLLATION_LIST", "COMPILE_OPTIONS", "INTEGRITY_CHECK",
		"QUICK_CHECK":
		return true
	}
	return !l.assigns
}

// touches says whether the session is another one after the statement.
func (l *lexer) touches() bool {
	if l.session || l.more {
		return true
	}
	switch l.first {
	case "SET":
		return l.second != "LOCAL" && (l.second != "TRANSACTION" || l.dialect == MySQL)
	case "RESET", "PREPARE", "DEALLOCATE", "LISTEN", "UNLISTEN", "DECLARE", "LOAD", "USE", "ATTACH", "DETACH", "DO", "CALL",
		"HANDLER", "XA", "DISCARD", "IMPORT":
		return true
	case "LOCK", "FLUSH":
		return l.dialect == MySQL
	case "PRAGMA":
		return !l.asksOnly()
	}
	return l.control()
}

// control says whether the statement begins or ends a transaction or a part of one.
func (l *lexer) control() bool {
	switch l.first {
	case "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "ABORT", "END":
		return true
	case "START":
		return l.second == "TRANSACTION"
	case "PREPARE":
		return l.second == "TRANSACTION"
	case "SET":
		return l.second == "TRANSACTION" || l.second == "AUTOCOMMIT" || l.second == "SESSION" && l.third == "CHARACTERISTICS"
	}
	return false
}

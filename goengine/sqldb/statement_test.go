package sqldb

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

func TestPlaceholders(t *testing.T) {
	tests := []struct {
		name    string
		dialect Dialect
		sql     string
		text    string
		args    int
	}{
		{"question marks become numbers", PostgreSQL, "SELECT ?, ?", "SELECT $1, $2", 2},
		{"question marks stay", MySQL, "SELECT ?, ?", "SELECT ?, ?", 2},
		{"a name that comes twice is one number", PostgreSQL, "SELECT :a, :b, :a", "SELECT $1, $2, $1", 2},
		{"a name that comes twice is two question marks", MySQL, "SELECT :a, :b, :a", "SELECT ?, ?, ?", 2},
		{"numbers keep their numbers", PostgreSQL, "SELECT $2, $1, $2", "SELECT $2, $1, $2", 2},
		{"numbers for a dialect without", SQLite, "SELECT $2, $1", "SELECT ?, ?", 2},
		{"SQLite's numbers", SQLite, "SELECT ?2, ?1", "SELECT ?, ?", 2},
		{"strings", PostgreSQL, "SELECT '?', ':a', ?, 'it''s ?'", "SELECT '?', ':a', $1, 'it''s ?'", 1},
		{"a backslash ends no string", PostgreSQL, `SELECT '\', ?`, `SELECT '\', $1`, 1},
		{"a backslash in E''", PostgreSQL, `SELECT E'\' ?', e'\'', ?`, `SELECT E'\' ?', e'\'', $1`, 1},
		{"a word that ends in e is no E''", PostgreSQL, `SELECT type'\', ?`, `SELECT type'\', $1`, 1},
		{"a backslash in MySQL", MySQL, `SELECT '\' ?', "\" ?", ?`, `SELECT '\' ?', "\" ?", ?`, 1},
		{"no backslash in MySQL's names", MySQL, "SELECT `\\`, ?", "SELECT `\\`, ?", 1},
		{"names in quotes", PostgreSQL, `SELECT "?"":a", ?`, `SELECT "?"":a", $1`, 1},
		{"names in brackets", SQLite, `SELECT [?], ?`, `SELECT [?], ?`, 1},
		{"comments", PostgreSQL, "SELECT 1 -- ?\n, ? /* ? */", "SELECT 1 -- ?\n, $1 /* ? */", 1},
		{"comments nest", PostgreSQL, "SELECT /* /* ? */ ? */ ?", "SELECT /* /* ? */ ? */ $1", 1},
		{"and do not elsewhere", SQLite, "SELECT /* /* ? */ ?", "SELECT /* /* ? */ ?", 1},
		{"MySQL's hash", MySQL, "SELECT 1 # ?\n, ?", "SELECT 1 # ?\n, ?", 1},
		{"two minus signs are no comment in MySQL", MySQL, "SELECT 1--?", "SELECT 1--?", 1},
		{"a hash is an operator", PostgreSQL, "SELECT 5 # ?", "SELECT 5 # $1", 1},
		{"dollar quotes", PostgreSQL, "SELECT $$ ? :a $1 $$, $x$ $$ ? $x$, ?", "SELECT $$ ? :a $1 $$, $x$ $$ ? $x$, $1", 1},
		{"a dollar in a name", PostgreSQL, "SELECT a$1, ?", "SELECT a$1, $1", 1},
		{"casts", PostgreSQL, "SELECT ?::int, x::text, :a_b::int[]", "SELECT ?::int, x::text, $1::int[]", 1},
		{"a cast behind a question mark", PostgreSQL, "SELECT ?::int", "SELECT $1::int", 1},
		{"slices", PostgreSQL, "SELECT a[1:n], a[:n], a[1: :m]", "SELECT a[1:n], a[$1], a[1: $2]", 2},
		{"an assignment", MySQL, "SELECT @a:=?", "SELECT @a:=?", 1},
		{"a time", PostgreSQL, "SELECT 10:30, ?", "SELECT 10:30, $1", 1},
		{"operators beside names", PostgreSQL, "SELECT j ? 'a', j ?| :k, j @? :p", "SELECT j ? 'a', j ?| $1, j @? $2", 2},
		{"operators beside numbers", PostgreSQL, "SELECT j ? 'a' WHERE x = $1", "SELECT j ? 'a' WHERE x = $1", 1},
		{"operators beside question marks", PostgreSQL, "SELECT j ?| x, j ?& x, j @? ?, j ?? ?", "SELECT j ?| x, j ?& x, j @? $1, j ? $2", 2},
		{"joined strings", PostgreSQL, "SELECT ?||'x'", "SELECT $1||'x'", 1},
		{"a string without an end", PostgreSQL, "SELECT ?, 'abc ?", "SELECT $1, 'abc ?", 1},
		{"a comment without an end", PostgreSQL, "SELECT ? /* ?", "SELECT $1 /* ?", 1},
		{"letters beyond ASCII", PostgreSQL, "SELECT näme, :größe", "SELECT näme, $1", 1},
		{"nothing", PostgreSQL, "", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			st, err := Parse(tt.sql, tt.dialect)
			require.NoError(t, err)
			require.Equal(t, tt.text, st.text)
			require.Equal(t, tt.args, st.args)
		})
	}
	for _, bad := range []string{"SELECT :a, $1", "SELECT $0", "SELECT $65536"} {
		_, err := Parse(bad, PostgreSQL)
		require.Error(t, err, bad)
	}
	_, err := Parse("SELECT ?, :a", MySQL)
	require.ErrorIs(t, err, errMixed)
}

func TestClassification(t *testing.T) {
	tests := []struct {
		dialect                 Dialect
		sql                     string
		reads, touches, control bool
	}{
		{PostgreSQL, "SELECT 1", true, false, false},
		{PostgreSQL, " -- a comment\n(SELECT 1)", true, false, false},
		{PostgreSQL, "WITH x AS (SELECT 1) SELECT * FROM x", true, false, false},
		{PostgreSQL, "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", false, false, false},
		{PostgreSQL, "SELECT * FROM t FOR UPDATE", false, false, false},
		{PostgreSQL, "SELECT 'for update'", true, false, false},
		{PostgreSQL, "SELECT replace(a, 'x', 'y') FROM t", true, false, false},
		{PostgreSQL, "SELECT nextval('s')", false, false, false},
		{PostgreSQL, "SELECT pg_advisory_lock(1)", false, true, false},
		{PostgreSQL, "SELECT pg_advisory_xact_lock(1)", false, false, false},
		{PostgreSQL, "INSERT INTO t VALUES (1)", false, false, false},
		{PostgreSQL, "SET search_path = x", false, true, false},
		{PostgreSQL, "SET LOCAL search_path = x", false, false, false},
		{PostgreSQL, "CREATE TEMP TABLE t (a int)", false, true, false},
		{PostgreSQL, "CREATE TABLE t (a int)", false, false, false},
		{PostgreSQL, "begin", false, true, true},
		{PostgreSQL, "Commit", false, true, true},
		{PostgreSQL, "EXPLAIN SELECT 1", true, false, false},
		{PostgreSQL, "EXPLAIN ANALYZE DELETE FROM t", false, false, false},
		{MySQL, "SET @a = 1", false, true, false},
		{MySQL, "SELECT @a := 1", false, true, false},
		{MySQL, "SELECT @@version", true, false, false},
		{MySQL, "SELECT GET_LOCK('a', 1)", false, true, false},
		{MySQL, "SELECT LAST_INSERT_ID()", false, false, false},
		{MySQL, "SELECT 1 /*! INTO OUTFILE 'x' */", false, true, false},
		{MySQL, "SHOW TABLES", true, false, false},
		{MySQL, "START TRANSACTION", false, true, true},
		{MySQL, "LOCK TABLES t WRITE", false, true, false},
		{MySQL, "REPLACE INTO t VALUES (1)", false, false, false},
		{SQLite, "PRAGMA table_info(t)", true, false, false},
		{SQLite, "PRAGMA foreign_keys", true, false, false},
		{SQLite, "PRAGMA foreign_keys = off", false, true, false},
		{SQLite, "ATTACH 'x' AS y", false, true, false},
	}
	for _, tt := range tests {
		st, err := Parse(tt.sql, tt.dialect)
		require.NoError(t, err)
		require.Equal(t, []bool{tt.reads, tt.touches, tt.control}, []bool{st.Reads, st.Touches, st.Control}, tt.sql)
	}
}

func named(pairs ...any) *wire.Map {
	m := &wire.Map{}
	for i := 0; i < len(pairs); i += 2 {
		m.Set(pairs[i].(string), pairs[i+1])
	}
	return m
}

func TestBind(t *testing.T) {
	tests := []struct {
		name    string
		dialect Dialect
		sql     string
		given   any
		text    string
		values  []any
		err     string
	}{
		{"by position", MySQL, "a = ? AND b = ?", []any{int64(1), "x"}, "a = ? AND b = ?", []any{int64(1), "x"}, ""},
		{"by name", MySQL, "a = :a AND b = :b OR a = :a", named("b", 2, "a", 1), "a = ? AND b = ? OR a = ?", []any{1, 2, 1}, ""},
		{"by name, once", PostgreSQL, "a = :a AND b = :b OR a = :a", named("b", 2, ":a", 1), "a = $1 AND b = $2 OR a = $1", []any{1, 2}, ""},
		{"a list in IN", PostgreSQL, "a IN (?) AND b = ?", []any{[]any{1, 2, 3}, 4}, "a IN ($1, $2, $3) AND b = $4", []any{1, 2, 3, 4}, ""},
		{"a named list in IN, twice", PostgreSQL, "a IN ( :a ) OR b in (:a) OR c = :c", named("a", []any{1, 2}, "c", 3),
			"a IN ( $1, $2 ) OR b in ($3, $4) OR c = $5", []any{1, 2, 1, 2, 3}, ""},
		{"an empty list is in nothing", MySQL, "a IN (?)", []any{[]any{}}, "a IN (NULL)", []any{}, ""},
		{"a list elsewhere stays one", PostgreSQL, "a = ANY(?)", []any{[]any{1}}, "a = ANY($1)", []any{[]any{1}}, ""},
		{"too few", MySQL, "a = ? AND b = ?", []any{1}, "", nil, "has 2 positional placeholders, 1 values"},
		{"too many", MySQL, "a", []any{1}, "", nil, "has no placeholders, 1 values"},
		{"none given", MySQL, "a = :a", nil, "", nil, "wants values by name (:a)"},
		{"a wrong name", MySQL, "a = :a", named("b", 1), "", nil, "no value for :a"},
		{"a name too many", MySQL, "a = :a", named("a", 1, "b", 1), "", nil, "more values"},
		{"names for question marks", MySQL, "a = ?", named("a", 1), "", nil, "named values are given"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			st, err := Parse(tt.sql, tt.dialect)
			require.NoError(t, err)
			text, values, err := st.bind(tt.given, nil)
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.text, text)
			require.Equal(t, tt.values, values)
		})
	}
}

func TestSplit(t *testing.T) {
	require.Equal(t, []string{"a", "b ';'", "c /* ; */"}, split("a; b ';' ;; c /* ; */;\n", MySQL))
	require.Empty(t, split(" ;; ", MySQL))
}

// Text that a quote, a comment or a dollar quote protects is no placeholder, whatever surrounds it; and the text around
// the placeholders is the statement's own, byte for byte.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"SELECT ?, :a", "$x$ ? $x$", "'a\\' ?", "a[1:n]", "/* /* */ ? */", "x ?? y", "\x00?", "E'\\'?'", "?1 ?2", "::", ":"} {
		f.Add(s, byte(1), "tail")
	}
	f.Fuzz(func(t *testing.T, sql string, d byte, tail string) {
		dialect := Dialect(d%3) + PostgreSQL
		st, err := Parse(sql, dialect)
		if err != nil {
			return
		}
		require.Len(t, st.parts, len(st.holes)+1)
		if len(st.holes) == 0 && !strings.Contains(sql, "??") {
			require.Equal(t, sql, st.text)
		}
		for _, h := range st.holes {
			require.Less(t, h.index, st.args)
		}
		// A statement protected by a quote has no placeholders of its own.
		quoted, err := Parse("SELECT '"+strings.NewReplacer("'", "''", `\`, "").Replace(sql)+"', ?", dialect)
		require.NoError(t, err)
		require.Len(t, quoted.holes, 1)
		// What is found does not depend on what a comment at the end says.
		again, err := Parse(sql+"\n-- "+strings.ReplaceAll(tail, "\n", ""), dialect)
		if err == nil && closed(sql, dialect) {
			require.Equal(t, len(st.holes), len(again.holes))
		}
	})
}

// closed says whether nothing is open at the statement's end.
func closed(sql string, dialect Dialect) bool {
	st, err := Parse(sql+"\n?", dialect)
	return err == nil && !st.Named() && len(st.holes) > 0 && st.holes[len(st.holes)-1].index == st.args-1 &&
		strings.HasSuffix(st.parts[len(st.parts)-2], "\n")
}

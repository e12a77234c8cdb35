package sqldb

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What libpq 15 prints for the same statements.
func TestPositionIsShownAsByLibpq(t *testing.T) {
	long := "SELECT '" + strings.Repeat("a", 64) + "', nothing_here, '" + strings.Repeat("c", 40) + "' FROM item"
	tests := []struct {
		name, sql string
		position  int
		want      string
	}{
		{"first line", "SELECT * FROM nowhere", 15, "\nLINE 1: SELECT * FROM nowhere\n                      ^"},
		{"third line", "SELECT 1,\n 2,\n nope,\n 3", 16, "\nLINE 3:  nope,\n         ^"},
		{"cut on both sides", long, 76,
			"\nLINE 1: ...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', nothing_he...\n" + strings.Repeat(" ", 61) + "^"},
		{"characters of several bytes", "SELECT 'öö', x", 14, "\nLINE 1: SELECT 'öö', x\n                     ^"},
		{"behind the end", "SELECT", 99, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, pgPosition(tt.sql, tt.position)) })
	}
}

// A DSN that was put together again is the same one.
func TestDSNTextIsReadBack(t *testing.T) {
	for _, text := range []string{
		"pgsql:host=127.0.0.1;port=5433;dbname=a b;user=me;sslmode=disable", "mysql://u:p@h/db?charset=utf8mb4",
		"pgsql:host=/run/postgresql;dbname=x", "pgsql:host=::1;dbname=x", "sqlite:/tmp/a b.db", "sqlite::memory:",
	} {
		d, err := ParseDSN(text)
		require.NoError(t, err, text)
		if d.Dialect != SQLite {
			d.Password = "s3cret/@:#?;&="
		}
		again, err := ParseDSN(d.text())
		require.NoError(t, err, text)
		require.Equal(t, d, again, text)
	}
}

func TestPdoPlaceholders(t *testing.T) {
	got, err := pdoPlaceholders("mysql", "SELECT :a, ':b', `:c` -- :d\n, :a, :e")
	require.NoError(t, err)
	require.Equal(t, map[string]any{"count": int64(2), "names": []any{"a", "e"}}, got)
	_, err = pdoPlaceholders("sqlite", "SELECT :a, ?")
	require.ErrorContains(t, err, "mixed named and positional")
}

// The body of a routine is one statement, whatever is in it.
func TestMySQLPartsOfAText(t *testing.T) {
	for text, want := range map[string]int{
		"SELECT 1":                                         1,
		"UPDATE a SET b = ';'; SELECT 2;":                  2,
		"CREATE PROCEDURE p() BEGIN SELECT 1; END":         1,
		"CREATE TABLE a (b int); INSERT INTO a VALUES (1)": 2,
	} {
		st, err := Parse(text, MySQL)
		require.NoError(t, err)
		require.Len(t, mysqlParts(st), want, text)
	}
}

func TestMySQLStatementsWithRows(t *testing.T) {
	for sql, want := range map[string]bool{
		"SELECT 1": true, "(SELECT 1)": true, "SHOW TABLES": true, "CALL p()": true, "INSERT INTO a VALUES (1)": false,
		"INSERT INTO a VALUES (1) RETURNING id": true, "WITH x AS (SELECT 1) SELECT * FROM x": true, "ANALYZE TABLE a": true,
		"UPDATE a SET b = 1": false, "SET @x = 1": false,
	} {
		st, err := Parse(sql, MySQL)
		require.NoError(t, err)
		require.Equal(t, want, hasRows(st), sql)
	}
}

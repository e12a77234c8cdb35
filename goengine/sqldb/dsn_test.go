package sqldb

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseDSN(t *testing.T) {
	relative, err := filepath.Abs("data.sqlite")
	require.NoError(t, err)
	tests := []struct {
		in, text string
		password string
		params   map[string]string
	}{
		{"pgsql://app:s%40crt@db.example:5433/shop?sslmode=require", "pgsql://app@db.example:5433/shop", "s@crt", map[string]string{"sslmode": "require"}},
		{"postgres://localhost/shop", "pgsql://localhost:5432/shop", "", nil},
		{"pgsql:host=db;port=5433;dbname=shop;user=app;password=a=b", "pgsql://app@db:5433/shop", "a=b", nil},
		{"pgsql:host=/run/postgresql;dbname=shop", "pgsql:///run/postgresql/shop", "", nil},
		{"mysql:host=db;dbname=shop;charset=utf8mb4", "mysql://db:3306/shop", "", map[string]string{"charset": "utf8mb4"}},
		{"mysql:unix_socket=/run/mysqld.sock;dbname=shop", "mysql:///run/mysqld.sock/shop", "", nil},
		{"mariadb://app@[::1]/shop", "mysql://app@[::1]:3306/shop", "", nil},
		{"sqlite:/tmp/x.sqlite", "sqlite:/tmp/x.sqlite", "", nil},
		{"sqlite:///tmp/x.sqlite", "sqlite:/tmp/x.sqlite", "", nil},
		{"sqlite:data.sqlite", "sqlite:" + relative, "", nil},
		{"sqlite::memory:", "sqlite::memory:", "", nil},
	}
	for _, tt := range tests {
		d, err := ParseDSN(tt.in)
		require.NoError(t, err, tt.in)
		require.Equal(t, tt.text, d.String())
		require.Equal(t, tt.password, d.Password)
		for k, v := range tt.params {
			require.Equal(t, v, d.Params[k])
		}
	}
	for _, bad := range []string{"x", "oracle:host=a", "pgsql://a:secret@h:port/x", "pgsql://a:sec ret@%zz/", "mysql://h/x?unknown=1",
		"sqlite://relative", "pgsql:host"} {
		_, err := ParseDSN(bad)
		require.Error(t, err, bad)
		require.NotContains(t, err.Error(), "sec")
	}
}

func TestKeyTellsPasswordsApart(t *testing.T) {
	a, err := ParseDSN("pgsql://a:one@h/x")
	require.NoError(t, err)
	b, err := ParseDSN("pgsql://a:two@h/x")
	require.NoError(t, err)
	require.NotEqual(t, a.key(), b.key())
	require.Equal(t, a.String(), b.String())
}

// Two servers of one machine have their sockets in one folder, and a path can be cut in two places.
func TestKeyTellsSocketsApart(t *testing.T) {
	seen := map[string]string{}
	for _, dsn := range []string{
		"pgsql:host=/run/postgresql;dbname=x", "pgsql:host=/run/postgresql;port=5433;dbname=x",
		"pgsql:host=/run;dbname=postgresql/x", "pgsql:host=/run/postgresql;dbname=x;a=b\x00c=d", "pgsql:host=/run/postgresql;dbname=x;a=b;c=d",
	} {
		d, err := ParseDSN(dsn)
		require.NoError(t, err)
		require.Empty(t, seen[d.key()], "%q has the pool of it", dsn)
		seen[d.key()] = dsn
	}
}

func TestNameIsOneDatabase(t *testing.T) {
	r := registry{all: map[string]*database{}}
	s := DefaultSettings
	s.Name = "main"
	a, err := r.open("pgsql://h/x", s)
	require.NoError(t, err)
	b, err := r.open("pgsql://h/x", s)
	require.NoError(t, err)
	require.Same(t, a, b)
	other := DefaultSettings
	other.Name = "main"
	found, err := r.open("", other)
	require.NoError(t, err)
	require.Same(t, a, found)
	s.MaxConnections = 3
	_, err = r.open("pgsql://h/x", s)
	require.ErrorContains(t, err, "other options")
	for range 3 {
		r.leave(a)
	}
	c, err := r.open("pgsql://h/x", s)
	require.NoError(t, err, "nobody has it any more")
	require.NotSame(t, a, c)
	s.Name = ""
	d, err := r.open("pgsql://h/x", s)
	require.NoError(t, err)
	require.NotSame(t, c, d)
}

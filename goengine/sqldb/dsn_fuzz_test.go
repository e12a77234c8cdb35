package sqldb

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A password never shows in an error or a name, and what was read is whole.
func FuzzParseDSN(f *testing.F) {
	for _, s := range []string{"pgsql://h:5432/n?sslmode=require", "mysql://h/n", "pgsql:host=a;port=1", "mysql:unix_socket=/x;dbname=a",
		"sqlite:a", "sqlite:///a?x=1", "pgsql://[::1", "pgsql:;;=", "mysql://%zz/", "pgsql://h/?port=0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		const secret = "Zq9Zq9Zq9"
		given := s + ";password=" + secret
		if scheme, rest, ok := strings.Cut(s, "://"); ok {
			given = scheme + "://user:" + secret + "@" + rest
		} else if !strings.Contains(s, ":") {
			given = "pgsql:" + given
		}
		d, err := ParseDSN(given)
		if err != nil {
			require.NotContains(t, err.Error(), secret)
			return
		}
		if d.Dialect == SQLite {
			require.NotEmpty(t, d.Database)
			return
		}
		require.NotEmpty(t, d.Host)
		require.Positive(t, d.Port)
		require.LessOrEqual(t, d.Port, 65535)
		if d.Password == secret && !strings.Contains(s, secret) && d.User != secret {
			require.NotContains(t, d.String(), secret)
		}
	})
}

// The two spellings name the same, and each part arrives as it was given.
func FuzzDSNSpellings(f *testing.F) {
	f.Add("app", "s@cr:t/?#", "db.example", uint16(5433), "shop", "sslmode", "require")
	f.Add("", "", "::1", uint16(0), "", "", "")
	f.Add("a b", "100%", "h", uint16(1), "a/b", "x&y", "=")
	f.Fuzz(func(t *testing.T, user, password, host string, port uint16, name, param, value string) {
		for _, part := range []string{user, password, host, name, param, value} {
			if strings.Contains(part, ";") { // PDO's spelling has no way to say it
				return
			}
		}
		pairs := fmt.Sprintf("pgsql:user=%s;password=%s;host=%s;dbname=%s", user, password, host, name)
		query := url.Values{"user": {user}, "password": {password}, "host": {host}, "dbname": {name}}
		if port != 0 {
			pairs += fmt.Sprintf(";port=%d", port)
			query.Set("port", fmt.Sprint(port))
		}
		switch key := strings.TrimSpace(param); {
		case key != param || strings.Contains(key, "="):
			return
		case (&DSN{Params: map[string]string{}}).set(key, value) != nil:
			return
		case key != "":
			own := &DSN{Params: map[string]string{}}
			_ = own.set(key, value)
			if len(own.Params) == 0 { // it names one of the parts again
				return
			}
			pairs += fmt.Sprintf(";%s=%s", key, value)
			query.Set(key, value)
		}
		// A pair is trimmed as a whole: what ends in a blank is not the same in this spelling.
		for _, part := range []string{user, password, host, name, value} {
			if strings.TrimSpace(part) != part {
				return
			}
		}
		one, err := ParseDSN(pairs)
		require.NoError(t, err)
		two, err := ParseDSN("pgsql://?" + query.Encode())
		require.NoError(t, err)
		require.Equal(t, one, two)
		require.Equal(t, one.key(), two.key())
		require.Equal(t, []string{user, password, name}, []string{one.User, one.Password, one.Database})
		if host != "" {
			require.Equal(t, host, one.Host)
		}
		if port != 0 {
			require.Equal(t, int(port), one.Port)
		}

		// In the authority of a URL, where most write them.
		u := url.URL{Scheme: "pgsql", User: url.UserPassword(user, password), Host: "h:1", Path: "/" + name}
		three, err := ParseDSN(u.String())
		require.NoError(t, err)
		require.Equal(t, []string{user, password, name, "h"}, []string{three.User, three.Password, three.Database, three.Host})
	})
}

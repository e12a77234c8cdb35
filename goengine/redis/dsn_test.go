package redis

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseDSN(t *testing.T) {
	for _, tt := range []struct {
		dsn  string
		want target
		text string
	}{
		{"redis://", target{addresses: []string{"127.0.0.1:6379"}}, "redis://127.0.0.1:6379"},
		{"redis://cache.example:7000/3", target{addresses: []string{"cache.example:7000"}, database: 3}, "redis://cache.example:7000/3"},
		{"rediss://ada:s3cret%2F%40%3A%23%3F@h", target{tls: true, user: "ada", password: "s3cret/@:#?", addresses: []string{"h:6379"}},
			"rediss://h:6379"},
		{"redis://:only@h", target{password: "only", addresses: []string{"h:6379"}}, "redis://h:6379"},
		{"redis://only@h", target{password: "only", addresses: []string{"h:6379"}}, "redis://h:6379"},
		{"redis://[::1]:7000", target{addresses: []string{"[::1]:7000"}}, "redis://[::1]:7000"},
		{"redis://[::1]", target{addresses: []string{"[::1]:6379"}}, "redis://[::1]:6379"},
		{"unix://u:p@/run/redis.sock?db=2", target{unix: true, user: "u", password: "p", database: 2, addresses: []string{"/run/redis.sock"}},
			"unix:///run/redis.sock"},
		{"redis-sentinel://u:p@a,b:27000/1?master=mine", target{mode: sentinel, user: "u", password: "p", database: 1, master: "mine",
			addresses: []string{"a:26379", "b:27000"}}, "redis-sentinel://a:26379,b:27000/1"},
		{"rediss-cluster://a,b,c", target{mode: cluster, tls: true, addresses: []string{"a:6379", "b:6379", "c:6379"}},
			"rediss-cluster://a:6379,b:6379,c:6379"},
	} {
		t.Run(tt.dsn, func(t *testing.T) {
			got, err := parseDSN(tt.dsn)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
			require.Equal(t, tt.text, got.String())
		})
	}
}

func TestParseDSNRefuses(t *testing.T) {
	for dsn, says := range map[string]string{
		"":                                "no scheme",
		"127.0.0.1":                       "no scheme",
		"http://h":                        `"http" is not known`,
		"s3cret://h":                      `"..." is not known`,
		"redis://a,b":                     "several hosts",
		"redis://u:%zz@h":                 "encoded",
		"redis://h:0":                     "host",
		"redis://h:99999":                 "host",
		"redis://h:port":                  "host",
		"redis://h o":                     "host",
		"redis://h/x":                     "database",
		"redis://h/-1":                    "database",
		"redis://h?timeout=5":             `"timeout" is nothing`,
		"redis://h?%zz":                   "query string",
		"unix://h":                        "from the root",
		"redis-sentinel://a":              "name of the master",
		"redis-cluster://a/1":             "database 0",
		"redis://user:s3cret@h:1:2":       "host",
		"redis://user:s3cret@h?s3cret2=1": `"..." is nothing`,
	} {
		t.Run(dsn, func(t *testing.T) {
			_, err := parseDSN(dsn)
			require.ErrorContains(t, err, says)
			require.NotContains(t, err.Error(), "s3cret")
		})
	}
}

func TestOptionsAreChecked(t *testing.T) {
	good := defaults
	require.NoError(t, good.check())
	for says, change := range map[string]func(*Options){
		"$timeout":      func(o *Options) { o.Timeout = 0 },
		"$protocol":     func(o *Options) { o.Protocol = 4 },
		"$cacheBytes":   func(o *Options) { o.Protocol, o.CacheBytes = 2, 1 },
		"$connections":  func(o *Options) { o.Connections = 3 },
		"$maxDedicated": func(o *Options) { o.MaxDedicated = 0 },
		"$clientName":   func(o *Options) { o.ClientName = "a b" },
		"$tlsCert":      func(o *Options) { o.TLSCert = "x" },
	} {
		o := defaults
		change(&o)
		require.ErrorContains(t, o.check(), says)
	}
	o := defaults
	o.TLSCa = "/no/such/file"
	_, err := acquire("rediss://h", o)
	require.ErrorContains(t, err, "$tlsCa")
}

func TestOneConnectionUnlessAskedForMore(t *testing.T) {
	one, err := target{addresses: []string{"h:1"}}.client(defaults)
	require.NoError(t, err)
	require.Equal(t, -1, one.PipelineMultiplex)
	o := defaults
	o.Connections = 8
	eight, err := target{addresses: []string{"h:1"}}.client(o)
	require.NoError(t, err)
	require.Equal(t, 3, eight.PipelineMultiplex)
	require.Equal(t, 5*time.Second, eight.Dialer.Timeout)
}

// A password never shows, whatever the DSN is.
func FuzzDSN(f *testing.F) {
	for _, s := range []string{"redis://u:p@h:1/2", "unix://p@/x?db=1", "redis-sentinel://a,b?master=m", "x", "redis://[::1", "redis://@@/?"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		const secret = "Zq9Zq9Zq9"
		scheme, rest, found := strings.Cut(s, "://")
		if !found {
			return
		}
		target, err := parseDSN(scheme + "://user:" + secret + "@" + rest)
		if err != nil {
			require.NotContains(t, err.Error(), secret)
			return
		}
		require.NotEmpty(t, target.addresses)
		if !strings.Contains(rest, "@") {
			require.Equal(t, secret, target.password)
			require.NotContains(t, target.String(), secret)
		}
	})
}

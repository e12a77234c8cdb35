package services_test

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/backend"
	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// redisURL is the server that the tests share; each uses a database of its own.
func redisURL(t *testing.T, database string) string {
	t.Helper()
	u, err := url.Parse(os.Getenv(backend.Kinds["redis"]))
	require.NoError(t, err)
	u.Path = "/" + database
	return u.String()
}

// redisClient is another client, that of rueidis.
func redisClient(t *testing.T, dsn string) rueidis.Client {
	t.Helper()
	option, err := rueidis.ParseURL(dsn)
	require.NoError(t, err)
	option.DisableCache, option.ForceSingleClient = true, true
	c, err := rueidis.NewClient(option)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// runRedis runs a script of testdata/redis to its good end.
func runRedis(t *testing.T, script string, args ...string) string {
	t.Helper()
	out, err := phalanxtest.Command(t, append([]string{"testdata/redis/" + script}, args...)...).Run()
	require.NoError(t, err, out)
	return out
}

func TestRedisFeatures(t *testing.T) {
	for _, protocol := range []string{"2", "3"} {
		t.Run("RESP"+protocol, func(t *testing.T) {
			s := backend.New(t, "redis")
			require.Contains(t, runRedis(t, "features.php", s.URL(), protocol), "all is well")
		})
	}
}

func TestRedisCommands(t *testing.T) {
	for _, protocol := range []string{"2", "3"} {
		t.Run("RESP"+protocol, func(t *testing.T) {
			s := backend.New(t, "redis") // one of its own: the script flushes all, and looks at the server's figures
			require.Contains(t, runRedis(t, "commands.php", s.URL(), protocol), "all is well")
		})
	}
}

// Every command of the server has a method. Those that have none are of no use to clients, or are what other methods do.
func TestRedisMethodsAreComplete(t *testing.T) {
	without := map[string]string{
		"asking": "rueidis does", "auth": "in the DSN", "hello": "rueidis does", "quit": "close()", "reset": "close()",
		"readonly": "replicaReads", "readwrite": "replicaReads", "subscribe": "not sent as a command", "psubscribe": "",
		"ssubscribe": "", "unsubscribe": "", "punsubscribe": "", "sunsubscribe": "", "monitor": "refused", "sync": "for replicas",
		"psync": "for replicas", "replconf": "for replicas", "restore-asking": "for nodes of a cluster", "exec": "of Transaction",
		"discard": "of Transaction", "pfdebug": "for Redis' own tests", "pfselftest": "for Redis' own tests",
		"georadius_ro": "geoRadius", "georadiusbymember_ro": "geoRadiusByMember",
	}
	methods := map[string][]string{}
	for line := range strings.Lines(runRedis(t, "methods.php")) {
		f := strings.Fields(line)
		require.Len(t, f, 3)
		methods[f[0]] = append(methods[f[0]], strings.ToLower(f[1]))
		if !strings.HasPrefix(f[1], "__") && f[0] == `Phalanx\Redis` {
			require.Equal(t, "documented", f[2], line)
		}
	}
	have := append(methods[`Phalanx\Redis`], methods[`Phalanx\Redis\Connection`]...)
	c := redisClient(t, redisURL(t, "0"))
	all, err := c.Do(context.Background(), c.B().CommandList().Build()).AsStrSlice()
	require.NoError(t, err)
	require.Greater(t, len(all), 300)
	simple := strings.NewReplacer("|", "", "-", "", "_", "")
	var missing []string
	for _, name := range all {
		if _, known := without[name]; known || slices.Contains(have, simple.Replace(name)) {
			continue
		}
		if slices.ContainsFunc(all, func(sub string) bool { return strings.HasPrefix(sub, name+"|") }) {
			continue // a container: its commands have methods
		}
		missing = append(missing, name)
	}
	require.Empty(t, missing)
	for _, queue := range []string{`Phalanx\Redis\Pipeline`, `Phalanx\Redis\Transaction`} {
		for _, name := range methods[`Phalanx\Redis`] {
			switch name {
			case "__construct", "pipeline", "multi", "transaction", "watch", "connection", "cached", "script", "address", "stats",
				"subscribe", "psubscribe", "ssubscribe", "lock", "synchronized", "consumer", "limit", "scan", "hscan", "sscan", "zscan":
			default:
				require.Contains(t, methods[queue], name, queue)
			}
		}
	}
}

// Phalcon's adapters for Redis, without the redis extension.
func TestPhalconRedis(t *testing.T) {
	_, address := redisProcess(t, phalanxtest.FreePorts(t, 1)[0]) // without a password: the script sets one
	require.Contains(t, runRedis(t, "phalcon.php", "redis://"+address), "all is well")
}

// The programs that docs/redis.md shows are files, and they run.
func TestRedisExamples(t *testing.T) {
	page, err := os.ReadFile("../../docs/redis.md")
	require.NoError(t, err)
	for name, want := range map[string]string{
		"basics.php":   "Hello nothing\n{\"name\":\"Ada\",\"visits\":\"2\"}\n{\"Eve\":12.5}\nWRONGTYPE of INCRBY\nuser:7\n5\n",
		"together.php": "[true,\"3\"]\n[2,1]\n[1,2][0,3][]\n-5\n",
		"pubsub.php":   "news: hello\nnews: bye\n",
		"stream.php":   "A-1 19.9\nA-2 5\n2 done\n",
		"lock.php":     "one at a time\nheld\nallowed, 1 left\nallowed, 0 left\nwait 6 s\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("../../examples/redis", name)
			program, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Contains(t, string(page), "```php\n"+string(program)+"```\n", "docs/redis.md shows it")
			p := phalanxtest.Command(t, path)
			p.Cmd.Env = append(p.Cmd.Env, "REDIS_DSN="+backend.New(t, "redis").URL())
			out, err := p.Run()
			require.NoError(t, err, out)
			require.Equal(t, want, out)
		})
	}
}

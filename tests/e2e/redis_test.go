package e2e_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// redisExtension is PHP's redis extension, built from source on first use.
func redisExtension(t *testing.T) string {
	t.Helper()
	script, err := filepath.Abs(filepath.Join("..", "..", "docker", "php", "extension.sh"))
	require.NoError(t, err)
	out, err := exec.Command(script, "redis").Output()
	if err != nil {
		t.Skipf("no redis extension: %s said %s", script, err.(*exec.ExitError).Stderr)
	}
	return strings.TrimSpace(string(out))
}

// redisServer is a Redis of the test's own.
type redisServer struct {
	t    *testing.T
	port int
	dir  string
	args []string
	cmd  *exec.Cmd
}

func newRedis(t *testing.T, port int, args ...string) *redisServer {
	t.Helper()
	s := &redisServer{t: t, port: port, dir: t.TempDir(), args: args}
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *redisServer) start() {
	s.t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		// Debian's redis-tools has the same program under another name, and starts no service when it is installed.
		if path, err = exec.LookPath("redis-check-rdb"); err != nil {
			s.t.Skip("no redis-server: install Debian's redis-tools")
		}
	}
	s.cmd = exec.Command(path, append([]string{"--port", fmt.Sprint(s.port), "--bind", "127.0.0.1", "--dir", s.dir,
		"--appendonly", "yes", "--appendfsync", "always", "--save", ""}, s.args...)...)
	s.cmd.Args[0] = "redis-server"
	require.NoError(s.t, s.cmd.Start())
	require.Eventually(s.t, func() bool {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, patience, patience/1000)
}

func (s *redisServer) stop() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// do runs a command with redis-cli.
func (s *redisServer) do(args ...string) string {
	s.t.Helper()
	cmd := exec.Command("redis-cli", append([]string{"-p", fmt.Sprint(s.port), "-n", "2"}, args...)...)
	cmd.Env = append(os.Environ(), "REDISCLI_AUTH=secret")
	out, err := cmd.Output()
	require.NoError(s.t, err)
	return strings.TrimSpace(string(out))
}

// visit asks with a session cookie and gives the answer and the cookie that is set, if any.
func (a *app) visit(path, cookie string) (body, set string) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.url(0, path), nil)
	require.NoError(a.t, err)
	if cookie != "" {
		req.Header.Set("Cookie", "PHPSID="+cookie)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(a.t, err)
	defer func() { _ = resp.Body.Close() }()
	buf := make([]byte, 256)
	n, _ := resp.Body.Read(buf)
	for _, c := range resp.Cookies() {
		set = c.Value
	}
	return string(buf[:n]), set
}

func TestSessionsInRedis(t *testing.T)                    { testSessionsInRedis(t, redisExtension(t)) }
func TestSessionsInRedisWithoutTheExtension(t *testing.T) { testSessionsInRedis(t, "") }

func testSessionsInRedis(t *testing.T, extension string) {
	a := prepare(t, 2)
	redis := newRedis(t, a.ports[1], "--requirepass", "secret")
	if extension != "" {
		a.Cmd.Args = append(a.Cmd.Args, "-d", "extension="+extension)
	}
	a.start("redis.php", "start")
	a.WaitFor("Start success.")

	_, id := a.visit("/set?name=Ada", "")
	require.Regexp(t, "^[a-z0-9,-]{26,}$", id)
	key := "redis_session_" + id
	t.Run("a session lives in Redis and expires there", func(t *testing.T) {
		body, set := a.visit("/", id)
		require.Equal(t, `"Ada"`, body)
		require.Empty(t, set, "an id that fits is kept")
		require.Contains(t, redis.do("get", key), `s:4:"name";s:3:"Ada";`)
		require.Regexp(t, `^14[0-4]\d$`, redis.do("ttl", key))
		redis.do("expire", key, "100")
		body, _ = a.visit("/refresh", id)
		require.Equal(t, "true", body)
		require.Regexp(t, `^14[0-4]\d$`, redis.do("ttl", key))
	})
	t.Run("a server that was started again is found again", func(t *testing.T) {
		redis.stop()
		redis.start()
		body, _ := a.visit("/", id)
		require.Equal(t, `"Ada"`, body)
	})
	t.Run("connections that Redis has closed are opened again", func(t *testing.T) {
		redis.do("client", "kill", "type", "normal", "skipme", "yes")
		body, _ := a.visit("/", id)
		require.Equal(t, `"Ada"`, body)
	})
	t.Run("an idle connection is pinged", func(t *testing.T) {
		if extension == "" {
			return // the engine's client notices what is lost by itself
		}
		require.Eventually(t, func() bool {
			return strings.Contains(redis.do("info", "commandstats"), "cmdstat_ping:")
		}, patience, patience/100)
	})
	t.Run("another id takes the data along", func(t *testing.T) {
		_, other := a.visit("/regenerate", id)
		require.NotEqual(t, id, other)
		require.Equal(t, "0", redis.do("exists", key))
		body, _ := a.visit("/", other)
		require.Equal(t, `"Ada"`, body)
		a.visit("/flush", other)
		require.Equal(t, "0", redis.do("exists", "redis_session_"+other))
	})
}

func TestSessionsInRedisFromCoroutines(t *testing.T) {
	testSessionsFromCoroutines(t, redisExtension(t))
}
func TestSessionsInRedisFromCoroutinesWithoutTheExtension(t *testing.T) {
	testSessionsFromCoroutines(t, "")
}

func testSessionsFromCoroutines(t *testing.T, extension string) {
	a := prepare(t, 2, "COROUTINES=1")
	redis := newRedis(t, a.ports[1], "--requirepass", "secret")
	if extension != "" {
		a.Cmd.Args = append(a.Cmd.Args, "-d", "extension="+extension)
	}
	a.start("redis.php", "start")
	a.WaitFor("Start success.")

	_, id := a.visit("/set?name=Ada", "")
	var wg sync.WaitGroup
	answers := make(chan string, 20)
	for range 20 { // more than the pool has connections
		wg.Go(func() {
			body, err := http.Get(a.url(0, "/sleep"))
			if err == nil {
				_ = body.Body.Close()
			}
		})
		wg.Go(func() {
			body, _ := a.visit("/sleep", id)
			answers <- body
		})
	}
	wg.Wait()
	close(answers)
	for body := range answers {
		require.Equal(t, `"Ada"`, body)
	}
	clients := strings.Count(redis.do("client", "list"), "lib-name") // redis-cli's own among them
	if clients == 0 {
		clients = strings.Count(redis.do("client", "list"), "\n") + 1
	}
	require.LessOrEqual(t, clients, 4, "two of the pool, the worker's own, redis-cli")
}

func TestSessionsInRedisCluster(t *testing.T)                    { testSessionsInCluster(t, redisExtension(t)) }
func TestSessionsInRedisClusterWithoutTheExtension(t *testing.T) { testSessionsInCluster(t, "") }

func testSessionsInCluster(t *testing.T, extension string) {
	a := prepare(t, 3, "CLUSTER=1")
	bus, err := net.Listen("tcp", "127.0.0.1:0") // the port of the cluster's own talk
	require.NoError(t, err)
	require.NoError(t, bus.Close())
	redis := newRedis(t, a.ports[2], "--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1", "--cluster-port", fmt.Sprint(bus.Addr().(*net.TCPAddr).Port))
	redis.doCluster("cluster", "addslotsrange", "0", "16383")
	require.Eventually(t, func() bool {
		return strings.Contains(redis.doCluster("cluster", "info"), "cluster_state:ok")
	}, patience, patience/1000)
	if extension != "" {
		a.Cmd.Args = append(a.Cmd.Args, "-d", "extension="+extension)
	}
	a.start("redis.php", "start")
	a.WaitFor("Start success.")

	_, id := a.visit("/set?name=Ada", "")
	require.Contains(t, redis.doCluster("get", "c_"+id), `s:3:"Ada";`)
	body, _ := a.visit("/", id)
	require.Equal(t, `"Ada"`, body)
	if extension != "" {
		require.Eventually(t, func() bool {
			return strings.Contains(redis.doCluster("info", "commandstats"), "cmdstat_ping:")
		}, patience, patience/100)
	}
	redis.stop()
	redis.start()
	require.Eventually(t, func() bool {
		return strings.Contains(redis.doCluster("cluster", "info"), "cluster_state:ok")
	}, patience, patience/1000)
	body, _ = a.visit("/", id)
	require.Equal(t, `"Ada"`, body)
}

// doCluster runs a command where there is no password and one database.
func (s *redisServer) doCluster(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("redis-cli", append([]string{"-p", fmt.Sprint(s.port)}, args...)...).Output()
	require.NoError(s.t, err)
	return strings.TrimSpace(string(out))
}

// On a PHP without the engine Composer's copy of the classes says what is missing.
func TestRedisSessionsNeedTheEngineOrTheExtension(t *testing.T) {
	find, err := filepath.Abs(filepath.Join("..", "..", "docker", "php", "build.sh"))
	require.NoError(t, err)
	php, err := exec.Command(find, "--find").Output()
	require.NoError(t, err)
	autoload, err := filepath.Abs(filepath.Join("..", "..", "phpsrc", "autoload.php"))
	require.NoError(t, err)
	out, err := exec.Command(filepath.Join(strings.TrimSpace(string(php)), "bin", "php"), "-n", "-r", "require '"+autoload+`';
		try { new Workerman\Protocols\Http\Session\RedisSessionHandler([]); } catch (RuntimeException $e) { echo $e->getMessage(); }`,
	).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "needs the phalanx program or PHP's redis extension")
}

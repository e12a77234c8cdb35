package services_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/backend"
	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// redisProcess starts a redis-server of the test's own and gives its address. The first argument may be a file of settings.
func redisProcess(t *testing.T, port int, args ...string) (*exec.Cmd, string) {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		path, err = exec.LookPath("redis-check-rdb") // of Debian's redis-tools: the same program
		require.NoError(t, err, "install Debian's redis-tools")
	}
	cmd := exec.Command(path, append(args, "--port", fmt.Sprint(port), "--bind", "127.0.0.1", "--dir", t.TempDir(), "--save", "")...)
	cmd.Args[0] = "redis-server"
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	address := net.JoinHostPort("127.0.0.1", fmt.Sprint(port))
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, phalanxtest.Patience, time.Millisecond)
	return cmd, address
}

func redisDo(t *testing.T, address string, words ...string) rueidis.RedisResult {
	t.Helper()
	c, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{address}, DisableCache: true, ForceSingleClient: true})
	require.NoError(t, err)
	defer c.Close()
	return c.Do(context.Background(), c.B().Arbitrary(words...).Build())
}

// redisCluster starts three masters that have found each other.
func redisCluster(t *testing.T) []string {
	t.Helper()
	ports := phalanxtest.FreePorts(t, 6)
	var addresses []string
	for i := range 3 {
		_, address := redisProcess(t, ports[i], "--cluster-enabled", "yes", "--cluster-port", fmt.Sprint(ports[3+i]),
			"--cluster-node-timeout", "2000")
		addresses = append(addresses, address)
	}
	for i, address := range addresses {
		first, last := i*16384/3, (i+1)*16384/3-1
		require.NoError(t, redisDo(t, address, "CLUSTER", "ADDSLOTSRANGE", fmt.Sprint(first), fmt.Sprint(last)).Error())
		require.NoError(t, redisDo(t, address, "CLUSTER", "SET-CONFIG-EPOCH", fmt.Sprint(i+1)).Error())
		if i > 0 {
			require.NoError(t, redisDo(t, address, "CLUSTER", "MEET", "127.0.0.1", fmt.Sprint(ports[0]), fmt.Sprint(ports[3])).Error())
		}
	}
	for _, address := range addresses {
		require.Eventually(t, func() bool {
			info, err := redisDo(t, address, "CLUSTER", "INFO").ToString()
			return err == nil && strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_known_nodes:3")
		}, phalanxtest.Patience, 10*time.Millisecond)
	}
	return addresses
}

func TestRedisCluster(t *testing.T) {
	addresses := redisCluster(t)
	for _, protocol := range []string{"2", "3"} {
		t.Run("RESP"+protocol, func(t *testing.T) {
			require.Contains(t, runRedis(t, "cluster.php", "redis-cluster://"+strings.Join(addresses, ","), protocol), "all is well")
		})
	}
}

// Phalcon's adapter for clusters, without the redis extension.
func TestPhalconRedisCluster(t *testing.T) {
	require.Contains(t, runRedis(t, "phalconcluster.php", redisCluster(t)...), "all is well")
}

// The master is killed; Sentinel makes the replica one, and the client finds it.
func TestRedisSentinelFailover(t *testing.T) {
	ports := phalanxtest.FreePorts(t, 3)
	master, address := redisProcess(t, ports[0])
	_, replica := redisProcess(t, ports[1], "--replicaof", "127.0.0.1", fmt.Sprint(ports[0]))
	require.Eventually(t, func() bool {
		info, err := redisDo(t, replica, "INFO", "replication").ToString()
		return err == nil && strings.Contains(info, "master_link_status:up")
	}, phalanxtest.Patience, 10*time.Millisecond)
	settings := filepath.Join(t.TempDir(), "sentinel.conf")
	require.NoError(t, os.WriteFile(settings, fmt.Appendf(nil, "sentinel monitor mine 127.0.0.1 %d 1\nsentinel down-after-milliseconds "+
		"mine 500\nsentinel failover-timeout mine 5000\n", ports[0]), 0o600))
	_, watcher := redisProcess(t, ports[2], settings, "--sentinel")
	require.Eventually(t, func() bool {
		info, err := redisDo(t, watcher, "INFO", "sentinel").ToString()
		return err == nil && strings.Contains(info, "slaves=1")
	}, phalanxtest.Patience, 10*time.Millisecond)

	p := phalanxtest.Command(t, "testdata/redis/write.php", "redis-sentinel://"+watcher+"/0?master=mine")
	p.Start()
	p.WaitFor("good: 1\n")
	_ = address
	require.NoError(t, master.Process.Kill())
	p.WaitFor("bad: Phalanx\\Redis\\Exception\\")
	p.WaitFor("good: ", 2)
	role, err := redisDo(t, replica, "ROLE").ToArray()
	require.NoError(t, err)
	name, err := role[0].ToString()
	require.NoError(t, err)
	require.Equal(t, "master", name)
}

func TestRedisServerKilledAndStartedAgain(t *testing.T) {
	s := backend.New(t, "redis")
	p := phalanxtest.Command(t, "testdata/redis/write.php", s.URL())
	p.Start()
	p.WaitFor("good: 1\n")
	for i := range 2 {
		require.NoError(t, s.Kill())
		p.WaitFor("bad: Phalanx\\Redis\\Exception\\", i+1)
		require.NoError(t, s.Start())
		p.WaitFor("good: ", i+2)
	}
	require.NoError(t, s.Signal(syscall.SIGSTOP))
	p.WaitFor("bad: Phalanx\\Redis\\Exception\\TimeoutException", 1)
	require.NoError(t, s.Signal(syscall.SIGCONT))
	p.WaitFor("good: ", 4)
}

func TestRedisOfAThousandFibers(t *testing.T) {
	require.Contains(t, runRedis(t, "fibers.php", redisURL(t, "5")), "all is well")
}

// Two workers listen over one connection, before a reload and after it; nothing is left of the scripts that have ended, and
// nothing at all when the server stops.
func TestRedisSubscriptionsOverReload(t *testing.T) {
	s := backend.New(t, "redis")
	client := redisClient(t, s.URL())
	ctx := context.Background()
	port := phalanxtest.FreePorts(t, 1)[0]
	p := phalanxtest.Command(t, "testdata/redis/worker.php", "start")
	p.Cmd.Env = append(p.Cmd.Env, fmt.Sprint("PORT=", port), "REDIS="+s.URL())
	p.Start()
	started := func(n string) {
		t.Helper()
		require.Eventually(t, func() bool {
			v, _ := client.Do(ctx, client.B().Get().Key("started").Build()).ToString()
			return v == n
		}, phalanxtest.Patience, 10*time.Millisecond)
	}
	hear := func(text string, times int) {
		t.Helper()
		n, err := client.Do(ctx, client.B().Publish().Channel("news").Message(text).Build()).ToInt64()
		require.NoError(t, err)
		require.EqualValues(t, 1, n, "the process subscribes once")
		require.Eventually(t, func() bool {
			list, err := client.Do(ctx, client.B().Lrange().Key("heard").Start(0).Stop(-1).Build()).AsStrSlice()
			return err == nil && strings.Count(strings.Join(list, "\n"), text) == times
		}, phalanxtest.Patience, 10*time.Millisecond)
	}
	connections := func() (n int) {
		list, err := client.Do(ctx, client.B().ClientList().Build()).ToString()
		require.NoError(t, err)
		return strings.Count(list, "name=worker")
	}
	started("2")
	hear("first", 2)
	before := connections()
	require.LessOrEqual(t, before, 3)
	for i := range 3 {
		require.NoError(t, p.Cmd.Process.Signal(syscall.SIGUSR1))
		started(fmt.Sprint(4 + 2*i))
		hear(fmt.Sprintf("reload-%d", i), 2)
	}
	require.LessOrEqual(t, connections(), before)
	hear("throw", 2)
	require.Eventually(t, func() bool { return strings.Contains(p.Output(), "thrown on purpose") }, phalanxtest.Patience, 10*time.Millisecond)
	p.Stop()
	require.Eventually(t, func() bool { return connections() == 0 }, phalanxtest.Patience, 10*time.Millisecond)
}

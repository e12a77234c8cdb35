package services_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/backend"
)

// startRedisFault starts a scenario of testdata/redisfaults.php against an address that leads to s.
func startRedisFault(t *testing.T, s *backend.Server, address, scenario string) *fault {
	t.Helper()
	return startScript(t, "testdata/redisfaults.php", scenario, strings.Replace(s.URL(), s.Address(), address, 1))
}

// redisConnections are those of others than the one that asks, which carry blocking commands or any.
func redisConnections(t *testing.T, s *backend.Server, blocked bool) (n int) {
	t.Helper()
	c := redisClient(t, s.URL())
	list, err := c.Do(context.Background(), c.B().ClientList().Build()).ToString()
	require.NoError(t, err)
	for line := range strings.Lines(list) {
		if strings.Contains(line, "cmd=client|list") {
			continue
		}
		if !blocked || strings.Contains(line, " flags=b") {
			n++
		}
	}
	return n
}

func TestRedisIsKilledWhileCommandsWait(t *testing.T) {
	t.Parallel()
	s := backend.New(t, "redis")
	f := startRedisFault(t, s, s.Address(), "killed")
	f.WaitFor("waiting")
	eventually(t, "five commands wait", func() bool { return redisConnections(t, s, true) == 5 })
	require.NoError(t, s.Kill())
	f.WaitFor("down: ConnectionException")
	require.NoError(t, s.Start())
	f.goOn(t)
	f.ends(t, "waiting\n{\"ConnectionException\":5}\ndown: ConnectionException\nup: {\"set\":50}\n")
}

func TestRedisCommandTakesTooLong(t *testing.T) {
	t.Parallel()
	s := backend.New(t, "redis")
	f := startRedisFault(t, s, s.Address(), "slow")
	f.WaitFor("ask")
	eventually(t, "none waits at the server", func() bool { return redisConnections(t, s, true) == 0 })
	f.goOn(t)
	f.ends(t, "TimeoutException\nafter: set\nask\n")
}

func TestRedisHangs(t *testing.T) {
	t.Parallel()
	s := backend.New(t, "redis")
	p := newBreaker(t, s.Address())
	f := startRedisFault(t, s, p.address(), "hangs")
	f.WaitFor("hang")
	p.stall(true)
	f.goOn(t)
	f.WaitFor("go on")
	p.stall(false)
	f.goOn(t)
	f.ends(t, "hang\nTimeoutException\ngo on\nafter: 3\n")
}

func TestRedisCountsOnceWhenConnectionsAreReset(t *testing.T) {
	t.Parallel()
	s := backend.New(t, "redis")
	p := newBreaker(t, s.Address())
	f := startRedisFault(t, s, p.address(), "once")
	f.WaitFor("count")
	p.cutAfter(1000) // a connection's greeting and some replies
	f.goOn(t)
	f.WaitFor("mend")
	p.cutAfter(0)
	f.goOn(t)
	f.ends(t, "count\nmend\nnever twice: true\nsome failed: true\n")
}

func TestThousandFibersShareRedisConnections(t *testing.T) {
	t.Parallel()
	s := backend.New(t, "redis")
	f := startRedisFault(t, s, s.Address(), "fibers")
	f.WaitFor("ask")
	require.LessOrEqual(t, redisConnections(t, s, false), 8)
	f.goOn(t)
	f.ends(t, "{\"own\":1000}\nsum: 1000\nask\n")
	eventually(t, "none is left", func() bool { return redisConnections(t, s, false) == 0 })
}

package messaging_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/messaging"
)

// connect makes n connections, which stand for so many processes.
func connect(t *testing.T, server string, n int) []*messaging.Conn {
	t.Helper()
	var all []*messaging.Conn
	for i := range n {
		s, err := messaging.ParseServer(server)
		require.NoError(t, err)
		s.Timeout += time.Duration(i) // other settings, another connection
		c, err := messaging.Connect(s)
		require.NoError(t, err)
		all = append(all, c)
	}
	return all
}

var ended = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

func TestALeaseHasOneHolder(t *testing.T) {
	both := connect(t, embedded(t, ""), 2)
	first, err := both[0].Acquire(within(t), "cron", messaging.LeaseOptions{})
	require.NoError(t, err)
	_, err = both[1].Acquire(ended, "cron", messaging.LeaseOptions{})
	require.ErrorIs(t, err, messaging.ErrLeaseHeld)
	require.NoError(t, first.Release(within(t)))
	require.Error(t, first.Context().Err())
	second, err := both[1].Acquire(within(t), "cron", messaging.LeaseOptions{})
	require.NoError(t, err)
	require.Greater(t, second.Token(), first.Token())
	require.NoError(t, second.Release(within(t)))
}

func TestALeaseIsRenewedAndGoesOverWhenItsHolderIsGone(t *testing.T) {
	both := connect(t, embedded(t, ""), 2)
	o := messaging.LeaseOptions{TTL: time.Second}
	first, err := both[0].Acquire(within(t), "job", o)
	require.NoError(t, err)
	_, err = both[1].Acquire(contextOf(t, 3*time.Second), "job", o) // three times as long as it would last
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NoError(t, first.Context().Err())
	both[0].Close() // as a process that dies
	second, err := both[1].Acquire(within(t), "job", o)
	require.NoError(t, err)
	select {
	case <-first.Context().Done():
	case <-within(t).Done():
		t.Fatal("the first one does not know that it has lost its lease")
	}
	require.Equal(t, first.Token()+1, second.Token())
	require.NoError(t, second.Release(within(t)))
}

func contextOf(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestOneOfManyLeads(t *testing.T) {
	all := connect(t, embedded(t, ""), 5)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var leading, rounds atomic.Int32
	over := make(chan error, len(all))
	for _, c := range all {
		go func() {
			over <- messaging.Elect(ctx, c, "leader", messaging.LeaseOptions{}, func(ctx context.Context, _ uint64) {
				if leading.Add(1) != 1 {
					t.Error("two lead")
				}
				leading.Add(-1)
				if rounds.Add(1) == 20 {
					cancel()
				}
			})
		}()
	}
	for range all {
		require.ErrorIs(t, <-over, context.Canceled)
	}
	require.GreaterOrEqual(t, rounds.Load(), int32(20))
}

func TestNamesOfLeases(t *testing.T) {
	c := connect(t, embedded(t, ""), 1)[0]
	for _, name := range []string{"", "a b", "ä", "a*", ">", ".a"} {
		_, err := c.Acquire(within(t), name, messaging.LeaseOptions{})
		require.ErrorContains(t, err, "is no name of a lease")
	}
}

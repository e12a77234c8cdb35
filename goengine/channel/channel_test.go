package channel_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/phalanx-php/phalanx/goengine/channel"
	"github.com/phalanx-php/phalanx/goengine/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEachValueIsPoppedOnce(t *testing.T) {
	const pushers, each = 4, 2000
	c := channel.New(7, 1<<20)
	var wg, popping sync.WaitGroup
	var mu sync.Mutex
	seen := map[int64]int{}
	for i := range pushers {
		wg.Go(func() {
			for n := range each {
				require.NoError(t, c.Push(context.Background(), wire.OpaqueInt(int64(i*each+n))))
			}
		})
	}
	for range 4 {
		popping.Go(func() {
			last := map[int64]int64{}
			for {
				v, err := c.Pop(context.Background())
				if err != nil {
					require.ErrorIs(t, err, channel.ErrClosed)
					return
				}
				n, _ := v.Int()
				from := n / each
				require.True(t, last[from] == 0 || n > last[from], "in the order of one who pushes")
				last[from] = n
				mu.Lock()
				seen[n]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	require.True(t, c.Close())
	popping.Wait()
	require.Len(t, seen, pushers*each)
	for n, times := range seen {
		require.Equal(t, 1, times, "%d", n)
	}
}

// Waits at both ends that are given up at whatever moment lose and double nothing.
func TestWhoGivesUpLosesNothing(t *testing.T) {
	c := channel.New(2, 1<<20)
	var wg sync.WaitGroup
	var mu sync.Mutex
	pushed, popped := map[int64]bool{}, map[int64]bool{}
	for i := range 4 {
		wg.Go(func() {
			for n := range 300 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(n%7)*10*time.Microsecond)
				v := int64(i*1000 + n)
				if c.Push(ctx, wire.OpaqueInt(v)) == nil {
					mu.Lock()
					pushed[v] = true
					mu.Unlock()
				}
				cancel()
			}
		})
		wg.Go(func() {
			for n := range 300 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(n%5)*10*time.Microsecond)
				if v, err := c.Pop(ctx); err == nil {
					n, _ := v.Int()
					mu.Lock()
					require.False(t, popped[n])
					popped[n] = true
					mu.Unlock()
				}
				cancel()
			}
		})
	}
	wg.Wait()
	for {
		v, ok, err := c.TryPop()
		require.NoError(t, err)
		if !ok {
			break
		}
		n, _ := v.Int()
		popped[n] = true
	}
	require.Equal(t, pushed, popped)
	st := c.State()
	require.Zero(t, st.Bytes+st.Len+st.Pushers+st.Poppers)
	require.Equal(t, st.Pushed, st.Popped)
}

func TestClosing(t *testing.T) {
	c := channel.New(1, 1<<20)
	require.NoError(t, c.Push(context.Background(), wire.OpaqueInt(1)))
	waits := make(chan error)
	go func() { waits <- c.Push(context.Background(), wire.OpaqueInt(2)) }()
	require.Eventually(t, func() bool { return c.State().Pushers == 1 }, 10*time.Second, time.Millisecond)
	require.True(t, c.Close())
	require.False(t, c.Close())
	require.ErrorIs(t, <-waits, channel.ErrClosed)
	v, err := c.Pop(context.Background())
	require.NoError(t, err, "what was in it can be popped")
	require.Equal(t, wire.OpaqueInt(1), v)
	_, err = c.Pop(context.Background())
	require.ErrorIs(t, err, channel.ErrClosed)
	_, err = c.TryPush(wire.OpaqueInt(3))
	require.ErrorIs(t, err, channel.ErrClosed)
}

func TestClosingWakesWhoPops(t *testing.T) {
	a, b := channel.New(1, 1<<20), channel.New(1, 1<<20)
	waits := make(chan error)
	go func() {
		from, _, err := channel.Select(context.Background(), []*channel.Channel{a, b})
		if from != b {
			err = context.Canceled
		}
		waits <- err
	}()
	require.Eventually(t, func() bool { return b.State().Poppers == 1 }, 10*time.Second, time.Millisecond)
	b.Close()
	require.ErrorIs(t, <-waits, channel.ErrClosed)
	require.Zero(t, a.State().Poppers)
}

// A popper of several channels takes one value, and what it leaves goes to others.
func TestSelectTakesOneValue(t *testing.T) {
	a, b := channel.New(1000, 1<<20), channel.New(1000, 1<<20)
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[int64]int{}
	for range 4 {
		wg.Go(func() {
			for range 500 {
				from, v, err := channel.Select(context.Background(), []*channel.Channel{a, b})
				require.NoError(t, err)
				n, _ := v.Int()
				require.Equal(t, n%2 == 0, from == a)
				mu.Lock()
				seen[n]++
				mu.Unlock()
			}
		})
	}
	for n := range int64(2000) {
		to := a
		if n%2 == 1 {
			to = b
		}
		require.NoError(t, to.Push(context.Background(), wire.OpaqueInt(n)))
	}
	wg.Wait()
	require.Len(t, seen, 2000)
	require.Zero(t, a.State().Len+b.State().Len+a.State().Poppers+b.State().Poppers)
}

func TestAValueLargerThanTheChannel(t *testing.T) {
	c := channel.New(5, 10)
	_, err := c.TryPush(wire.OpaqueString("more than ten bytes"))
	require.ErrorIs(t, err, channel.ErrTooLarge)
}

// However calls follow each other, the channel is a queue with two bounds.
func TestItIsAQueue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		capacity, maxBytes := rapid.IntRange(1, 5).Draw(t, "capacity"), 60
		c := channel.New(capacity, maxBytes)
		var model []wire.Opaque
		bytes := 0
		t.Repeat(map[string]func(*rapid.T){
			"push": func(t *rapid.T) {
				v := wire.OpaqueString(rapid.StringN(0, 20, 20).Draw(t, "value"))
				ok, err := c.TryPush(v)
				require.NoError(t, err)
				fits := len(model) < capacity && bytes+len(v) <= maxBytes
				require.Equal(t, fits, ok)
				if ok {
					model, bytes = append(model, v), bytes+len(v)
				}
			},
			"pop": func(t *rapid.T) {
				v, ok, err := c.TryPop()
				require.NoError(t, err)
				require.Equal(t, len(model) > 0, ok)
				if ok {
					require.Equal(t, model[0], v)
					model, bytes = model[1:], bytes-len(v)
				}
			},
			"return": func(t *rapid.T) {
				if v, ok, _ := c.TryPop(); ok {
					c.Return(v)
				}
			},
			"": func(t *rapid.T) {
				st := c.State()
				require.Equal(t, len(model), st.Len)
				require.Equal(t, bytes, st.Bytes)
			},
		})
	})
}

package cache_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/phalanx-php/phalanx/goengine/cache"
	"github.com/phalanx-php/phalanx/goengine/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is advanced by hand.
type clock struct{ now atomic.Int64 }

func (c *clock) NowNano() int64                      { return c.now.Load() }
func (c *clock) Tick(time.Duration) <-chan time.Time { return nil }
func (c *clock) pass(d time.Duration)                { c.now.Add(int64(d)) }

func open(t testing.TB, maxBytes int64, ttl time.Duration) (*cache.Cache, *clock) {
	k := &clock{}
	k.now.Store(int64(time.Hour))
	c := cache.New(maxBytes, ttl, k)
	t.Cleanup(c.Close)
	return c, k
}

func put(t testing.TB, c *cache.Cache, key string, s cache.Set) {
	ok, err := c.Put(key, s)
	require.NoError(t, err)
	require.True(t, ok)
}

func text(s string) wire.Opaque { return wire.OpaqueString(s) }

func TestTimeToLive(t *testing.T) {
	c, k := open(t, 1<<20, 10*time.Second)
	put(t, c, "default", cache.Set{Value: text("a")})
	put(t, c, "own", cache.Set{Value: text("b"), TTL: 20 * time.Second})
	put(t, c, "forever", cache.Set{Value: text("c"), TTL: cache.Forever})
	ttl, ok := c.TTL("own")
	require.True(t, ok)
	require.Equal(t, 20*time.Second, ttl)
	k.pass(10*time.Second - 1)
	require.True(t, c.Has("default"))
	k.pass(1)
	require.False(t, c.Has("default"))
	_, ok = c.Get("default")
	require.False(t, ok)
	_, ok = c.Get("own")
	require.True(t, ok)
	k.pass(1000 * time.Hour)
	require.False(t, c.Has("own"))
	ttl, ok = c.TTL("forever")
	require.True(t, ok)
	require.Equal(t, cache.Forever, ttl)

	ok, err := c.Put("forever", cache.Set{Value: text("d"), TTL: -1})
	require.NoError(t, err)
	require.False(t, ok)
	require.False(t, c.Has("forever"), "what has expired already takes the old one's place: none")
}

func TestTags(t *testing.T) {
	c, k := open(t, 1<<20, time.Minute)
	put(t, c, "a", cache.Set{Value: text("1"), Tags: []string{"x", "y", "x"}})
	put(t, c, "b", cache.Set{Value: text("2"), Tags: []string{"y"}})
	put(t, c, "c", cache.Set{Value: text("3")})
	put(t, c, "d", cache.Set{Value: text("4"), Tags: []string{"x"}})
	put(t, c, "d", cache.Set{Value: text("5"), Tags: []string{"z"}}) // its tags are replaced with it
	require.Equal(t, 1, c.InvalidateTag("x"))
	require.False(t, c.Has("a"))
	require.True(t, c.Has("d"))
	require.Equal(t, 1, c.InvalidateTag("y"))
	require.Zero(t, c.InvalidateTag("y"))
	require.Equal(t, 0, c.InvalidateTag("nothing"))
	require.True(t, c.Has("c"))
	put(t, c, "e", cache.Set{Value: text("6"), Tags: []string{"z"}, TTL: time.Second})
	n, err := c.Increment("tagged", 1, 0)
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	k.pass(2 * time.Second)
	require.Equal(t, 1, c.InvalidateTag("z"), "what has expired does not count")
}

func TestAddAndReplace(t *testing.T) {
	c, k := open(t, 1<<20, time.Second)
	done := func(ok bool, err error) bool {
		require.NoError(t, err)
		return ok
	}
	require.False(t, done(c.Change("k", cache.Set{Value: text("a")}, true)))
	require.True(t, done(c.Change("k", cache.Set{Value: text("a")}, false)))
	require.False(t, done(c.Change("k", cache.Set{Value: text("b")}, false)))
	require.True(t, done(c.Change("k", cache.Set{Value: text("c")}, true)))
	v, _ := c.Take("k")
	require.Equal(t, text("c"), v)
	_, ok := c.Take("k")
	require.False(t, ok)
	require.True(t, done(c.Change("k", cache.Set{Value: text("d"), Stale: time.Hour}, false)))
	k.pass(2 * time.Second)
	require.True(t, done(c.Change("k", cache.Set{Value: text("e")}, false)), "a stale one is none")
}

func TestIncrement(t *testing.T) {
	c, k := open(t, 1<<20, time.Minute)
	n, err := c.Increment("n", 5, time.Second)
	require.NoError(t, err)
	require.EqualValues(t, 5, n)
	k.pass(500 * time.Millisecond)
	n, err = c.Increment("n", -7, time.Hour)
	require.NoError(t, err)
	require.EqualValues(t, -2, n)
	k.pass(500 * time.Millisecond)
	n, err = c.Increment("n", 1, 0)
	require.NoError(t, err)
	require.EqualValues(t, 1, n, "it kept the time to live that it began with")

	put(t, c, "text", cache.Set{Value: text("5")})
	_, err = c.Increment("text", 1, 0)
	require.ErrorIs(t, err, cache.ErrNoInt)
	put(t, c, "max", cache.Set{Value: wire.OpaqueInt(math.MaxInt64)})
	_, err = c.Increment("max", 1, 0)
	require.ErrorIs(t, err, cache.ErrOverflow)
	_, err = c.Increment("", 1, 0)
	require.ErrorIs(t, err, cache.ErrKey)
}

func TestIncrementsOfManyAreAllCounted(t *testing.T) {
	c, _ := open(t, 1<<20, time.Minute)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				_, err := c.Increment("n", 1, 0)
				require.NoError(t, err)
			}
		})
	}
	wg.Wait()
	v, _ := c.Get("n")
	require.Equal(t, wire.OpaqueInt(8000), v)
}

// Of all who ask at once one computes, and all get its value.
func TestOneComputesForAll(t *testing.T) {
	c, _ := open(t, 1<<20, time.Minute)
	var computed, got atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			l, err := c.Wait(context.Background(), "k")
			require.NoError(t, err)
			v, filled := l.Value()
			if !filled {
				computed.Add(1)
				v = text("value")
				require.NoError(t, l.Put(cache.Set{Value: v}))
				l.Release()
			}
			if v == text("value") {
				got.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, computed.Load())
	require.EqualValues(t, 50, got.Load())
	require.Zero(t, c.Stats().Computing)
}

func TestAFailureIsTheNextOnesTurn(t *testing.T) {
	c, _ := open(t, 1<<20, time.Minute)
	first, err := c.TryLease("k")
	require.NoError(t, err)
	require.NotNil(t, first)
	second, err := c.TryLease("k")
	require.NoError(t, err)
	require.Nil(t, second)
	turn := make(chan *cache.Lease)
	for range 2 {
		go func() {
			l, _ := c.Wait(context.Background(), "k")
			turn <- l
		}()
	}
	first.Release()
	l := <-turn
	_, filled := l.Value()
	require.False(t, filled)
	select {
	case <-turn:
		t.Fatal("two compute")
	case <-time.After(20 * time.Millisecond):
	}
	require.NoError(t, l.Put(cache.Set{Value: text("v")}))
	l = <-turn
	v, filled := l.Value()
	require.True(t, filled)
	require.Equal(t, text("v"), v)

	ctx, cancel := context.WithCancel(context.Background())
	other, _ := c.TryLease("other")
	cancel()
	_, err = c.Wait(ctx, "other")
	require.ErrorIs(t, err, context.Canceled)
	other.Release()
	other.Release()
}

// A value larger than the cache is not kept, and yet reaches those who wait for it.
func TestAValueTooLargeToKeepReachesWhoWaits(t *testing.T) {
	c, _ := open(t, 64<<10, time.Minute)
	l, _ := c.TryLease("k")
	got := make(chan wire.Opaque)
	go func() {
		l, _ := c.Wait(context.Background(), "k")
		v, _ := l.Value()
		got <- v
	}()
	time.Sleep(10 * time.Millisecond) // usually it waits by now; where it does not, it computes, and v is ""
	large := text(string(make([]byte, 128<<10)))
	require.NoError(t, l.Put(cache.Set{Value: large}))
	if v := <-got; v != "" {
		require.Equal(t, large, v)
	}
	require.False(t, c.Has("k"))
}

func TestAStaleValueServesWhileOneComputes(t *testing.T) {
	c, k := open(t, 1<<20, time.Minute)
	put(t, c, "k", cache.Set{Value: text("old"), TTL: time.Second, Stale: 10 * time.Second})
	k.pass(2 * time.Second)
	_, ok := c.Get("k")
	require.False(t, ok, "it is not fresh")
	computing, err := c.TryLease("k")
	require.NoError(t, err)
	_, filled := computing.Value()
	require.False(t, filled)
	other, err := c.TryLease("k")
	require.NoError(t, err)
	v, filled := other.Value()
	require.True(t, filled)
	require.Equal(t, text("old"), v)
	require.NoError(t, computing.Put(cache.Set{Value: text("new")}))
	v, ok = c.Get("k")
	require.True(t, ok)
	require.Equal(t, text("new"), v)
	put(t, c, "k", cache.Set{Value: text("old"), TTL: time.Second, Stale: 10 * time.Second})
	k.pass(11 * time.Second)
	computing, _ = c.TryLease("k")
	other, err = c.TryLease("k")
	require.NoError(t, err)
	require.Nil(t, other, "it is too old to serve")
	computing.Release()
}

// What the cache says that it holds is what it holds, and never much more than its bound.
func TestTheBoundIsThatOfTheMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector's own memory is in the figures")
	}
	for _, size := range []int{1, 100, 2000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			before := heap()
			c, _ := open(t, 32<<20, cache.Forever)
			for i := range 200_000 {
				put(t, c, fmt.Sprintf("key %08d", i), cache.Set{Value: text(string(make([]byte, size)))})
			}
			st := c.Stats()
			require.LessOrEqual(t, st.Bytes, int64(32<<20))
			used := float64(heap() - before)
			t.Logf("%d entries, %d bytes said, %.0f used, %.0f for each", st.Entries, st.Bytes, used, used/float64(st.Entries))
			require.InEpsilon(t, st.Bytes, used, 0.15)
			runtime.KeepAlive(c)
		})
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// However calls follow each other, the cache answers as a map would whose entries expire.
func TestItIsAMapWhoseEntriesExpire(t *testing.T) {
	type entry struct {
		value wire.Opaque
		until int64
		tags  []string
	}
	rapid.Check(t, func(t *rapid.T) {
		k := &clock{}
		k.now.Store(int64(time.Hour))
		c := cache.New(1<<20, time.Minute, k)
		defer c.Close()
		model := map[string]entry{}
		keys := rapid.SampledFrom([]string{"a", "b", "c", "d"})
		tags := rapid.SliceOfN(rapid.SampledFrom([]string{"x", "y", "z"}), 0, 3)
		alive := func(key string) (entry, bool) {
			e, ok := model[key]
			return e, ok && k.NowNano() < e.until
		}
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				key, s := keys.Draw(t, "key"), cache.Set{Value: wire.OpaqueInt(rapid.Int64Range(0, 9).Draw(t, "value")),
					TTL: time.Duration(rapid.IntRange(1, 5).Draw(t, "ttl")) * time.Second, Tags: tags.Draw(t, "tags")}
				_, err := c.Put(key, s)
				require.NoError(t, err)
				model[key] = entry{s.Value, k.NowNano() + int64(s.TTL), s.Tags}
			},
			"add or replace": func(t *rapid.T) {
				key, present := keys.Draw(t, "key"), rapid.Bool().Draw(t, "present")
				_, there := alive(key)
				done, err := c.Change(key, cache.Set{Value: text("c"), TTL: time.Second}, present)
				require.NoError(t, err)
				require.Equal(t, there == present, done)
				if done {
					model[key] = entry{text("c"), k.NowNano() + int64(time.Second), nil}
				}
			},
			"increment": func(t *rapid.T) {
				key := keys.Draw(t, "key")
				e, there := alive(key)
				n, err := c.Increment(key, 2, 3*time.Second)
				switch was, isInt := e.value.Int(); {
				case !there:
					require.EqualValues(t, 2, n)
					model[key] = entry{wire.OpaqueInt(2), k.NowNano() + int64(3*time.Second), nil}
				case isInt:
					require.Equal(t, was+2, n)
					e.value = wire.OpaqueInt(n)
					model[key] = e
				default:
					require.ErrorIs(t, err, cache.ErrNoInt)
				}
			},
			"delete": func(t *rapid.T) {
				key := keys.Draw(t, "key")
				_, there := alive(key)
				require.Equal(t, there, c.Delete(key))
				delete(model, key)
			},
			"invalidate": func(t *rapid.T) {
				tag, n := rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "tag"), 0
				for key, e := range model {
					for _, other := range e.tags {
						if other == tag {
							if _, there := alive(key); there {
								n++
							}
							delete(model, key)
							break
						}
					}
				}
				require.Equal(t, n, c.InvalidateTag(tag))
			},
			"time passes": func(t *rapid.T) { k.pass(time.Duration(rapid.IntRange(1, 3).Draw(t, "s")) * time.Second) },
			"": func(t *rapid.T) {
				for _, key := range []string{"a", "b", "c", "d"} {
					e, there := alive(key)
					v, ok := c.Get(key)
					require.Equal(t, there, ok, key)
					if ok {
						require.Equal(t, e.value, v)
					}
				}
				n := 0
				for range c.All("") {
					n++
				}
				want := 0
				for key := range model {
					if _, there := alive(key); there {
						want++
					}
				}
				require.Equal(t, want, n)
			},
		})
	})
}

func BenchmarkGet(b *testing.B) {
	c := cache.New(1<<20, cache.Forever, nil)
	defer c.Close()
	put(b, c, "key", cache.Set{Value: text("value")})
	b.ReportAllocs()
	for b.Loop() {
		c.Get("key")
	}
}

func BenchmarkPut(b *testing.B) {
	c := cache.New(64<<20, cache.Forever, nil)
	defer c.Close()
	b.ReportAllocs()
	for b.Loop() {
		_, _ = c.Put("key", cache.Set{Value: "value"})
	}
}

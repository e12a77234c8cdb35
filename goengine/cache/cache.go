// Package cache is a cache in memory that all workers of a process share. It is bounded by bytes; entries may have a time
// to live and tags, and what is missing is computed by one for all.
package cache

import (
	"errors"
	"iter"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

const (
	// Overhead is what an entry costs beside its key and value, in bytes: the cache's own records, measured by
	// TestTheBoundIsThatOfTheMemory.
	Overhead = 208
	// TagOverhead is what a tag of an entry costs beside its name.
	TagOverhead = 160
	// MaxKeyBytes is how long a key, or a tag, may be.
	MaxKeyBytes = 4096
	// MaxTags is how many tags an entry may have.
	MaxTags = 64
)

// Forever is the time to live of what does not expire.
const Forever = time.Duration(math.MaxInt64)

var (
	// ErrKey answers keys and tags that are empty or too long, and too many tags.
	ErrKey = errors.New("cache: a key and a tag have 1 to 4096 bytes, an entry has up to 64 tags")
	// ErrNoInt answers the increment of what is no int.
	ErrNoInt = errors.New("cache: the value is no int")
	// ErrOverflow answers an increment past the ends of an int.
	ErrOverflow = errors.New("cache: the result is no 64-bit int")
)

// item is an entry's value; it never changes but for mark.
type item struct {
	value   wire.Opaque
	fresh   int64 // nanoseconds of the clock: until then it is what get answers
	expires int64 // until then it may serve while a new one is computed
	tags    []string
}

// Cache is safe for any number of goroutines.
type Cache struct {
	maxBytes atomic.Int64
	ttl      time.Duration
	clock    otter.Clock
	entries  *otter.Cache[string, *item]
	counts   *stats.Counter

	tagsMu sync.Mutex // guards tags; taken last, inside the entries' own locks
	tags   map[string]map[*item]string

	flightsMu sync.Mutex // guards flights
	flights   map[string]*flight
}

type wallClock struct{ begin time.Time }

func (c wallClock) NowNano() int64                            { return int64(time.Since(c.begin)) }
func (c wallClock) Tick(every time.Duration) <-chan time.Time { return time.Tick(every) }

// New makes a cache of maxBytes, whose entries live for ttl when they are set without one. clock nil is the machine's.
func New(maxBytes int64, ttl time.Duration, clock otter.Clock) *Cache {
	if clock == nil {
		clock = wallClock{time.Now().Add(-time.Second)}
	}
	c := &Cache{ttl: ttl, clock: clock, counts: stats.NewCounter(),
		tags: map[string]map[*item]string{}, flights: map[string]*flight{}}
	c.maxBytes.Store(maxBytes)
	c.entries = otter.Must(&otter.Options[string, *item]{
		MaximumWeight:    uint64(maxBytes),
		Weigher:          weigh,
		ExpiryCalculator: expiry{clock},
		StatsRecorder:    c.counts,
		OnAtomicDeletion: c.deleted,
		Clock:            clock,
		// Making room is the work of who needs it: a goroutine for it would wake another thread every few calls, and the
		// cache would be larger than its bound until that has run.
		Executor: func(task func()) { task() },
	})
	return c
}

// Close ends the goroutines of a cache that nobody uses any more.
func (c *Cache) Close() { c.entries.StopAllGoroutines() }

func weigh(key string, it *item) uint32 { return uint32(min(size(key, it), math.MaxUint32)) }

func size(key string, it *item) int64 {
	n := int64(len(key) + len(it.value) + Overhead)
	for _, tag := range it.tags {
		n += int64(len(tag) + TagOverhead)
	}
	return n
}

// expiry is when an entry's item says.
type expiry struct{ clock otter.Clock }

func (e expiry) ExpireAfterCreate(entry otter.Entry[string, *item]) time.Duration {
	if entry.Value.expires == math.MaxInt64 {
		return Forever
	}
	return time.Duration(entry.Value.expires - e.clock.NowNano())
}

func (e expiry) ExpireAfterUpdate(entry otter.Entry[string, *item], _ *item) time.Duration {
	return e.ExpireAfterCreate(entry)
}

func (e expiry) ExpireAfterRead(entry otter.Entry[string, *item]) time.Duration {
	return entry.ExpiresAfter()
}

// deleted takes an item that is no longer in the cache out of its tags.
func (c *Cache) deleted(e otter.DeletionEvent[string, *item]) {
	if len(e.Value.tags) == 0 {
		return
	}
	c.tagsMu.Lock()
	defer c.tagsMu.Unlock()
	for _, tag := range e.Value.tags {
		delete(c.tags[tag], e.Value)
		if len(c.tags[tag]) == 0 {
			delete(c.tags, tag)
		}
	}
}

func (c *Cache) index(key string, it *item) {
	if len(it.tags) == 0 {
		return
	}
	c.tagsMu.Lock()
	defer c.tagsMu.Unlock()
	for _, tag := range it.tags {
		if c.tags[tag] == nil {
			c.tags[tag] = map[*item]string{}
		}
		c.tags[tag][it] = key
	}
}

// Set is what an entry is to be.
type Set struct {
	Value wire.Opaque
	TTL   time.Duration // 0: the cache's; Forever
	Stale time.Duration // for how long after that it may serve while a new one is computed
	Tags  []string
}

func (c *Cache) item(s Set) *item {
	it := &item{value: s.Value, fresh: math.MaxInt64, expires: math.MaxInt64}
	ttl := s.TTL
	if ttl == 0 {
		ttl = c.ttl
	}
	if now := c.clock.NowNano(); int64(ttl) < math.MaxInt64-now {
		it.fresh = now + int64(ttl)
		if int64(s.Stale) < math.MaxInt64-it.fresh {
			it.expires = it.fresh + int64(s.Stale)
		}
	}
	for i, tag := range s.Tags {
		if !contains(s.Tags[:i], tag) {
			it.tags = append(it.tags, tag)
		}
	}
	return it
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

func checkKey(key string) error {
	if key == "" || len(key) > MaxKeyBytes {
		return ErrKey
	}
	return nil
}

func (s *Set) check(key string) error {
	if len(s.Tags) > MaxTags {
		return ErrKey
	}
	for _, tag := range s.Tags {
		if err := checkKey(tag); err != nil {
			return err
		}
	}
	return checkKey(key)
}

// Get answers a fresh value.
func (c *Cache) Get(key string) (wire.Opaque, bool) {
	it, ok := c.entries.GetIfPresent(key)
	if !ok || !c.isFresh(it) {
		return "", false
	}
	return it.value, true
}

// isFresh: until it expires the entries say so; only one that may serve when it is stale needs the clock.
func (c *Cache) isFresh(it *item) bool { return it.fresh == it.expires || c.clock.NowNano() < it.fresh }

// Has says whether there is a fresh value, and counts neither hit nor miss.
func (c *Cache) Has(key string) bool {
	e, ok := c.entries.GetEntryQuietly(key)
	return ok && c.isFresh(e.Value)
}

// Put sets an entry. False: it is larger than the cache, or has no time to live, and is not there now.
func (c *Cache) Put(key string, s Set) (bool, error) {
	if err := s.check(key); err != nil {
		return false, err
	}
	it := c.item(s)
	if s.TTL < 0 || size(key, it) > c.maxBytes.Load() {
		c.entries.Invalidate(key)
		return false, nil
	}
	if len(it.tags) == 0 {
		c.entries.Set(key, it)
		return true, nil
	}
	c.entries.Compute(key, func(*item, bool) (*item, otter.ComputeOp) {
		c.index(key, it) // under the entry's lock, so that its deletion comes later
		return it, otter.WriteOp
	})
	return true, nil
}

// Change sets an entry if it is there (present true), or if it is not; false: it was otherwise.
func (c *Cache) Change(key string, s Set, present bool) (bool, error) {
	if err := s.check(key); err != nil {
		return false, err
	}
	it := c.item(s)
	if s.TTL < 0 || size(key, it) > c.maxBytes.Load() {
		return false, nil
	}
	done := false
	c.entries.Compute(key, func(old *item, found bool) (*item, otter.ComputeOp) {
		done = false // it may be called again
		if found = found && c.isFresh(old); found != present {
			return old, otter.CancelOp
		}
		done = true
		c.index(key, it)
		return it, otter.WriteOp
	})
	return done, nil
}

// Increment adds to an int. One that is not there begins at 0 with this time to live; one that is keeps its own.
func (c *Cache) Increment(key string, by int64, ttl time.Duration) (n int64, err error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	c.entries.Compute(key, func(old *item, found bool) (*item, otter.ComputeOp) {
		n, err = by, nil
		if !found || !c.isFresh(old) {
			return c.item(Set{Value: wire.OpaqueInt(by), TTL: ttl}), otter.WriteOp
		}
		was, ok := old.value.Int()
		if !ok {
			err = ErrNoInt
			return old, otter.CancelOp
		}
		if n = was + by; (n > was) != (by > 0) && by != 0 {
			err = ErrOverflow
			return old, otter.CancelOp
		}
		it := &item{value: wire.OpaqueInt(n), fresh: old.fresh, expires: old.expires, tags: old.tags}
		c.index(key, it)
		return it, otter.WriteOp
	})
	return n, err
}

// Delete takes an entry out; false: there was none.
func (c *Cache) Delete(key string) bool {
	it, ok := c.entries.Invalidate(key)
	return ok && c.isFresh(it)
}

// Take takes an entry out and answers its value.
func (c *Cache) Take(key string) (wire.Opaque, bool) {
	it, ok := c.entries.Invalidate(key)
	if !ok || !c.isFresh(it) {
		return "", false
	}
	return it.value, true
}

// InvalidateTag takes out all entries that have a tag, and says how many. One that is set meanwhile stays.
func (c *Cache) InvalidateTag(tag string) int {
	c.tagsMu.Lock()
	items := make(map[*item]string, len(c.tags[tag]))
	for it, key := range c.tags[tag] {
		items[it] = key
	}
	c.tagsMu.Unlock()
	n := 0
	for it, key := range items {
		gone := false
		c.entries.ComputeIfPresent(key, func(there *item) (*item, otter.ComputeOp) {
			if gone = there == it; gone {
				return nil, otter.InvalidateOp
			}
			return there, otter.CancelOp
		})
		if gone {
			n++
		}
	}
	return n
}

// Clear takes out all.
func (c *Cache) Clear() { c.entries.InvalidateAll() }

// TTL says for how long an entry is fresh; Forever when it does not expire.
func (c *Cache) TTL(key string) (time.Duration, bool) {
	e, ok := c.entries.GetEntryQuietly(key)
	switch {
	case !ok || !c.isFresh(e.Value):
		return 0, false
	case e.Value.fresh == math.MaxInt64:
		return Forever, true
	}
	return time.Duration(e.Value.fresh - c.clock.NowNano()), true
}

// All gives the fresh entries whose key has a prefix, each that was there all the time once; those that come or go
// meanwhile may be among them or not.
func (c *Cache) All(prefix string) iter.Seq2[string, wire.Opaque] {
	return func(yield func(string, wire.Opaque) bool) {
		for key, it := range c.entries.All() {
			if strings.HasPrefix(key, prefix) && c.isFresh(it) && !yield(key, it.value) {
				return
			}
		}
	}
}

// Len is how many entries there are, those that have just expired among them.
func (c *Cache) Len() int { return c.entries.EstimatedSize() }

// Resize gives it another bound.
func (c *Cache) Resize(maxBytes int64) {
	c.maxBytes.Store(maxBytes)
	c.entries.SetMaximum(uint64(maxBytes))
}

// Stats are figures since it was made.
type Stats struct {
	Entries, Bytes, MaxBytes int64
	Hits, Misses, Evictions  int64
	Computing                int64 // values that somebody computes at the moment
}

// Stats looks at it, after what is due to be evicted has been.
func (c *Cache) Stats() Stats {
	c.entries.CleanUp()
	s := c.counts.Snapshot()
	c.flightsMu.Lock()
	computing := len(c.flights)
	c.flightsMu.Unlock()
	return Stats{int64(c.Len()), int64(c.entries.WeightedSize()), c.maxBytes.Load(),
		int64(s.Hits), int64(s.Misses), int64(s.Evictions), int64(computing)}
}

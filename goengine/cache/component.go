package cache

//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen

import (
	"context"
	"errors"
	"iter"
	"math"
	"time"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/shared"
	"github.com/phalanx-php/phalanx/goengine/wire"
)

// Limits of caches.
const (
	DefaultMaxBytes = 64 << 20
	MinMaxBytes     = 64 << 10
	MaxMaxBytes     = 1 << 44
)

var caches = shared.NewRegistry("cache", func(c *Cache) shared.Figures {
	st := c.Stats()
	return shared.Figures{{Name: "entries", Value: st.Entries}, {Name: "bytes", Value: st.Bytes}, {Name: "maxBytes", Value: st.MaxBytes},
		{Name: "hits", Value: st.Hits}, {Name: "misses", Value: st.Misses}, {Name: "evictions", Value: st.Evictions}}
})

// Shared is a Cache with its name, as PHP has it.
type Shared struct {
	cache   *Cache
	name    string
	objects bool
}

type options struct {
	component.Options
	MaxBytes     int64
	TTL          *float64
	AllowObjects bool
}

// Open finds or makes the cache of a name. Options that are not given are those that it has, or the defaults.
func Open(name string, o options) (*Shared, error) {
	if o.MaxBytes != 0 && (o.MaxBytes < MinMaxBytes || o.MaxBytes > MaxMaxBytes) {
		return nil, shared.Options("a cache has from %d KiB to %d TiB", MinMaxBytes>>10, int64(MaxMaxBytes)>>40)
	}
	ttl := Forever
	if o.TTL != nil {
		var err error
		if ttl, err = duration(*o.TTL); err != nil || ttl <= 0 {
			return nil, shared.Options("a cache's time to live is a positive number of seconds, or INF")
		}
	}
	c, err := caches.Open(name, func(c *Cache) error {
		err := shared.Differs("maxBytes", o.MaxBytes, c.maxBytes.Load())
		if o.TTL != nil {
			err = errors.Join(err, shared.Differs("ttl", ttl, c.ttl))
		}
		return err
	}, func() (*Cache, error) {
		if o.MaxBytes == 0 {
			o.MaxBytes = DefaultMaxBytes
		}
		return New(o.MaxBytes, ttl, nil), nil
	})
	if err != nil {
		return nil, err
	}
	return &Shared{c, name, o.AllowObjects}, nil
}

// duration makes one of seconds, of which INF and too many are Forever.
func duration(seconds float64) (time.Duration, error) {
	switch {
	case math.IsNaN(seconds):
		return 0, shared.Options("a time to live is a number of seconds, not NAN")
	case seconds >= math.MaxInt64/1e9:
		return Forever, nil
	case seconds <= 0:
		return -1, nil // it has expired
	}
	return time.Duration(max(seconds*1e9, 1)), nil
}

type setOptions struct {
	component.Options
	TTL   *float64
	Tags  []string
	Stale float64
}

func (o setOptions) set(value component.Opaque) (s Set, err error) {
	s = Set{Value: value, Tags: o.Tags}
	if o.TTL != nil {
		if s.TTL, err = duration(*o.TTL); err != nil {
			return s, err
		}
	}
	if o.Stale != 0 {
		if s.Stale, err = duration(o.Stale); s.Stale < 0 {
			err = shared.Options("a value serves for a positive number of seconds after its time to live")
		}
	}
	return s, err
}

func (s *Shared) check(value component.Opaque) error {
	if !s.objects && value.Tag() == wire.TagSerial {
		return &component.Exception{Class: "TypeError", Err: errors.New("the cache \"" + s.name + "\" was opened with allowObjects: false, and the value holds an object")}
	}
	return nil
}

func wrap(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrKey):
		return &component.Exception{Class: "ValueError", Err: err}
	case errors.Is(err, ErrNoInt):
		return &component.Exception{Class: "TypeError", Err: err}
	case errors.Is(err, ErrOverflow):
		return &component.Exception{Class: "ArithmeticError", Err: err}
	}
	return err
}

// Get returns the value, or $default when there is none that is fresh.
func (s *Shared) Get(key string, otherwise component.Opaque) component.Opaque {
	if v, ok := s.cache.Get(key); ok {
		return v
	}
	return otherwise
}

// Has says whether there is a fresh value. It counts as no hit and no miss.
func (s *Shared) Has(key string) bool { return s.cache.Has(key) }

// Set stores a value. $ttl is in seconds; null: the cache's, INF: for ever, 0 or less: the entry is deleted. invalidateTag()
// finds it by its $tags. For $stale seconds after its time to live remember() may answer it while a new one is computed.
// False: it is larger than the cache, or has expired, and is not there now.
func (s *Shared) Set(key string, value component.Opaque, o setOptions) (bool, error) {
	return s.store(key, value, o, s.cache.Put)
}

func (s *Shared) store(key string, value component.Opaque, o setOptions, put func(string, Set) (bool, error)) (bool, error) {
	if err := s.check(value); err != nil {
		return false, err
	}
	set, err := o.set(value)
	if err != nil {
		return false, err
	}
	ok, err := put(key, set)
	return ok, wrap(err)
}

func (s *Shared) set(key string, value component.Opaque) (bool, error) {
	if err := s.check(value); err != nil {
		return false, err
	}
	ok, err := s.cache.Put(key, Set{Value: value})
	return ok, wrap(err)
}

func (s *Shared) setFor(key string, value component.Opaque, ttl float64) (bool, error) {
	return s.store(key, value, setOptions{TTL: &ttl}, s.cache.Put)
}

// Add stores a value if there is none; false: there is, or it does not fit.
func (s *Shared) Add(key string, value component.Opaque, o setOptions) (bool, error) {
	return s.store(key, value, o, func(key string, set Set) (bool, error) { return s.cache.Change(key, set, false) })
}

// Replace stores a value if there is one; false: there is none, or it does not fit.
func (s *Shared) Replace(key string, value component.Opaque, o setOptions) (bool, error) {
	return s.store(key, value, o, func(key string, set Set) (bool, error) { return s.cache.Change(key, set, true) })
}

type incrementOptions struct {
	component.Options
	By  int64
	TTL *float64
}

// Increment adds to an int and returns the result. An entry that is not there begins at 0 with $ttl seconds to live; one
// that is keeps its time. Throws a TypeError when the value is no int, an ArithmeticError when the result is none.
func (s *Shared) Increment(key string, o incrementOptions) (int64, error) {
	var ttl time.Duration
	if o.TTL != nil {
		var err error
		if ttl, err = duration(*o.TTL); err != nil {
			return 0, err
		}
	}
	n, err := s.cache.Increment(key, o.By, ttl)
	return n, wrap(err)
}

func (s *Shared) next(key string) (int64, error) { return s.more(key, 1) }

func (s *Shared) more(key string, by int64) (int64, error) {
	n, err := s.cache.Increment(key, by, 0)
	return n, wrap(err)
}

// Decrement is increment() with the other sign.
func (s *Shared) Decrement(key string, o incrementOptions) (int64, error) {
	if o.By == math.MinInt64 {
		return 0, wrap(ErrOverflow)
	}
	o.By = -o.By
	return s.Increment(key, o)
}

// Delete takes an entry out; false: there was none.
func (s *Shared) Delete(key string) bool { return s.cache.Delete(key) }

// Take takes an entry out and returns its value, or $default: of all who call it at once, one gets it.
func (s *Shared) Take(key string, otherwise component.Opaque) component.Opaque {
	if v, ok := s.cache.Take(key); ok {
		return v
	}
	return otherwise
}

// InvalidateTag takes out all entries with any of the tags and returns how many there were.
func (s *Shared) InvalidateTag(tags ...string) int {
	n := 0
	for _, tag := range tags {
		n += s.cache.InvalidateTag(tag)
	}
	return n
}

// Clear takes out all entries.
func (s *Shared) Clear() { s.cache.Clear() }

// TTL returns for how many seconds the entry is fresh, INF when it does not expire, null when there is none.
func (s *Shared) TTL(key string) (float64, bool) {
	ttl, ok := s.cache.TTL(key)
	if ttl == Forever {
		return math.Inf(1), ok
	}
	return ttl.Seconds(), ok
}

// Len returns how many entries there are. Those that have expired lately may be among them.
func (s *Shared) Len() int { return s.cache.Len() }

// Keys gives the keys that begin with $prefix. Entries that come or go meanwhile may be among them or not.
func (s *Shared) Keys(o keyOptions) iter.Seq[string] {
	return func(yield func(string) bool) {
		for key := range s.cache.All(o.Prefix) {
			if !yield(key) {
				return
			}
		}
	}
}

type keyOptions struct {
	component.Options
	Prefix string
}

// All gives keys and values, as keys() does.
func (s *Shared) All() iter.Seq2[string, component.Opaque] { return s.cache.All("") }

// Stats returns figures since the cache was made: entries, bytes with all overhead, hits, misses, what was evicted to make
// room, and how many values somebody computes at the moment.
func (s *Shared) Stats() Stats { return s.cache.Stats() }

// Resize gives the cache another bound; what is too much is evicted.
func (s *Shared) Resize(maxBytes int64) error {
	if maxBytes < MinMaxBytes || maxBytes > MaxMaxBytes {
		return shared.Options("a cache has from %d KiB to %d TiB", MinMaxBytes>>10, int64(MaxMaxBytes)>>40)
	}
	s.cache.Resize(maxBytes)
	return nil
}

// Name returns the name.
func (s *Shared) Name() string { return s.name }

// Drop empties the cache and forgets the name: who opens it next has a new one.
func (s *Shared) Drop() bool {
	dropped := caches.Drop(s.name, func(c *Cache) bool { return c == s.cache })
	if dropped {
		s.cache.Clear()
		s.cache.Close()
	}
	return dropped
}

// TryLease is for remember(): a value, the duty to compute it, or null when somebody else has that, or when the key is
// none, which awaitLease() says.
func (s *Shared) TryLease(key string) *Duty {
	l, err := s.cache.TryLease(key)
	if l == nil || err != nil {
		return nil
	}
	return &Duty{l, s}
}

// AwaitLease is tryLease() that waits for who computes the value.
func (s *Shared) AwaitLease(ctx context.Context, key string, timeout *float64) (*Duty, error) {
	ctx, cancel, err := shared.Within(ctx, timeout)
	if err != nil {
		return nil, err
	}
	defer cancel()
	l, err := s.cache.Wait(ctx, key)
	if err != nil {
		return nil, shared.Waited(wrap(err), "the value %q of the cache %q has not been computed in time", key, s.name)
	}
	return &Duty{l, s}, nil
}

// Duty is a Lease as PHP has it.
type Duty struct {
	lease *Lease
	s     *Shared
}

// IsFilled says whether there is a value.
func (d *Duty) IsFilled() bool { return d.lease.flight == nil }

// Value returns it.
func (d *Duty) Value() component.Opaque { return d.lease.value }

// Fill sets the entry to what was computed, and gives it to all who wait.
func (d *Duty) Fill(value component.Opaque, o setOptions) error {
	if err := d.s.check(value); err != nil {
		return err
	}
	set, err := o.set(value)
	if err != nil {
		return err
	}
	return wrap(d.lease.Put(set))
}

// Release lets another one compute it.
func (d *Duty) Release() { d.lease.Release() }

func init() {
	component.Register(`Phalanx\Shared\Native\Cache`, Open, component.Remote(),
		component.Defaults(options{AllowObjects: true}), component.Defaults(incrementOptions{By: 1}),
		component.Params("Get", "key", "default"), component.Params("Take", "key", "default"),
		component.Direct("Set", (*Shared).set, (*Shared).setFor), component.Direct("Increment", (*Shared).next, (*Shared).more))
	component.RegisterType[*Duty](`Phalanx\Shared\Native\Lease`, component.As("Value", "value"), component.OnRelease((*Duty).Release))
}

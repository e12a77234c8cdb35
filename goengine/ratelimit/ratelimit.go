// Package ratelimit allows a number of things in a period of time for each key, by the generic cell rate algorithm
// (GCRA): what was allowed comes back evenly, so that no window's edge lets twice as much pass, and one number is all
// that is kept of a key.
package ratelimit

import (
	"errors"
	"math"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
)

// Rate is what a Limiter allows: Limit in each Period, and Burst of them at once.
type Rate struct {
	Limit  int64
	Period time.Duration
	Burst  int64
}

// ErrRate answers a rate that makes no sense.
var ErrRate = errors.New("ratelimit: a rate has a limit and a burst of at least 1, and a period from 1 microsecond to 10 years")

// Check says whether a rate makes sense.
func (r Rate) Check() error {
	if r.Limit < 1 || r.Burst < 1 || r.Period < time.Microsecond || r.Period > 10*365*24*time.Hour || r.Limit > 1<<40 || r.Burst > 1<<40 ||
		float64(r.Period)/float64(r.Limit)*float64(r.Burst) > math.MaxInt64/4 {
		return ErrRate
	}
	return nil
}

// Result is what Attempt answers.
type Result struct {
	Allowed    bool
	Remaining  int64         // how many would be allowed now
	RetryAfter time.Duration // until this would be allowed; 0 when it was, Never when it never will be
	ResetAfter time.Duration // until all of the burst is there again
}

// Never is the RetryAfter of a cost larger than the burst.
const Never = time.Duration(math.MaxInt64)

const shards = 64

// Limiter keeps the keys of one rate. Its methods may be called from any goroutine.
type Limiter struct {
	rate    Rate
	each    float64 // nanoseconds that one costs
	burst   float64 // nanoseconds that are allowed ahead of time
	maxKeys int
	now     func() time.Time
	start   time.Time
	shard   [shards]shard
}

type shard struct {
	mu      sync.Mutex // guards all below
	until   map[string]float64
	allowed int64
	denied  int64
	evicted int64
	_       [24]byte
}

// New makes a Limiter for up to maxKeys keys; the rate must have passed its Check. now is time.Now.
func New(rate Rate, maxKeys int, now func() time.Time) *Limiter {
	l := &Limiter{rate: rate, maxKeys: maxKeys, now: now, start: now()}
	l.each = float64(rate.Period) / float64(rate.Limit)
	l.burst = l.each * float64(rate.Burst)
	for i := range l.shard {
		l.shard[i].until = map[string]float64{}
	}
	return l
}

// Rate is what it allows.
func (l *Limiter) Rate() Rate { return l.rate }

// MaxKeys is how many keys it keeps.
func (l *Limiter) MaxKeys() int { return l.maxKeys }

// Attempt takes cost from what a key is allowed, or nothing when that is too much. A cost of 0 only looks.
func (l *Limiter) Attempt(key string, cost int64) Result {
	s := &l.shard[xxhash.Sum64String(key)%shards]
	now := float64(l.now().Sub(l.start))
	s.mu.Lock()
	defer s.mu.Unlock()
	until, known := s.until[key]
	if until < now {
		until = now
	}
	next := until + l.each*float64(cost)
	ahead := next - now
	// The sums are of floating-point numbers: a billionth of one more is not too much.
	if ahead > l.burst+l.each*1e-9*float64(max(cost, 1)) {
		s.denied++
		r := l.result(until - now)
		if r.RetryAfter = duration(ahead - l.burst); cost > l.rate.Burst {
			r.RetryAfter = Never
		}
		return r
	}
	if cost > 0 {
		s.allowed++
		if !known {
			l.makeRoom(s, now)
		}
		s.until[key] = next
	}
	r := l.result(ahead)
	r.Allowed = true
	return r
}

func (l *Limiter) result(ahead float64) Result {
	left := math.Floor((l.burst-ahead)/l.each + 1e-9)
	return Result{Remaining: max(int64(left), 0), ResetAfter: duration(ahead)}
}

func duration(ns float64) time.Duration {
	if ns >= math.MaxInt64 {
		return Never
	}
	return time.Duration(max(math.Ceil(ns), 0))
}

// makeRoom forgets keys that have all of their burst again, which changes nothing, and where those are not enough the one
// of a few that has the most of it. It is called with the shard's mu held.
func (l *Limiter) makeRoom(s *shard, now float64) {
	if len(s.until) < max(l.maxKeys/shards, 1) {
		return
	}
	const look = 16 // Go begins the walk through a map at random
	seen, least, at := 0, "", math.Inf(1)
	for key, until := range s.until {
		if until <= now {
			delete(s.until, key)
			at = math.Inf(-1)
		} else if until < at {
			least, at = key, until
		}
		if seen++; seen == look {
			break
		}
	}
	if !math.IsInf(at, -1) {
		delete(s.until, least)
		s.evicted++
	}
}

// Reset forgets a key: it has all of its burst.
func (l *Limiter) Reset(key string) bool {
	s := &l.shard[xxhash.Sum64String(key)%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.until[key]
	delete(s.until, key)
	return known
}

// Stats are figures of a Limiter.
type Stats struct {
	Keys, Allowed, Denied, Evicted int64
}

// Stats adds up.
func (l *Limiter) Stats() (st Stats) {
	for i := range l.shard {
		s := &l.shard[i]
		s.mu.Lock()
		st.Keys += int64(len(s.until))
		st.Allowed += s.allowed
		st.Denied += s.denied
		st.Evicted += s.evicted
		s.mu.Unlock()
	}
	return st
}

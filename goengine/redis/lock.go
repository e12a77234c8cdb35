package redis

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"math"
	mathrand "math/rand/v2"
	"sync"
	"time"

	"github.com/phalanx-php/phalanx/goengine/component"
)

const (
	releaseScript = `if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end return 0`
	renewScript   = `if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("PEXPIRE", KEYS[1], ARGV[2]) end return 0`
	// One key holds the time at which all that was taken would have come back ("theoretical arrival time"). Times are the
	// server's, in microseconds.
	limitScript = `local now = redis.call("TIME")
now = now[1] * 1000000 + now[2]
local interval, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local at = math.max(tonumber(redis.call("GET", KEYS[1]) or 0), now)
local room = burst * interval
local new = at + cost * interval
if new - now > room then
	return {0, math.floor((room - (at - now)) / interval), math.ceil(new - now - room), math.ceil(at - now)}
end
if cost > 0 then redis.call("SET", KEYS[1], string.format("%.0f", new), "PX", math.ceil((new - now) / 1000)) end
return {1, math.floor((room - (new - now)) / interval), 0, math.ceil(new - now)}`
)

// Their sums are made when they are first needed.
var (
	releaseSHA = sync.OnceValue(func() string { return sha(releaseScript) })
	renewSHA   = sync.OnceValue(func() string { return sha(renewScript) })
	limitSHA   = sync.OnceValue(func() string { return sha(limitScript) })
)

// LockOptions are the named arguments of Client.Lock.
type LockOptions struct {
	component.Options
	TTL time.Duration // after which the lock is free when its owner's process is gone
}

// Lock is held by one owner at a time, of all processes and machines that use the same server. It is a key with a secret
// (SET NX PX), which the owner renews while it holds it and only the owner deletes.
//
// It is as safe as one server is: when a master is lost before its replica has the key, two may hold it. And a process that was
// stopped for longer than the TTL may think for a moment that it still holds it: Held says what is known.
type Lock struct {
	c    *Client
	name string
	ttl  time.Duration

	mu     sync.Mutex // guards all below
	token  string     // "": not held
	until  time.Time  // the server's promise, seen from here
	cancel context.CancelFunc
}

// Lock makes a lock, which is not held yet. name is its key.
func (c *Client) Lock(name string, o LockOptions) (*Lock, error) {
	switch {
	case c.problem != nil:
		return nil, c.problem
	case name == "":
		return nil, misuse("a lock has a name")
	case o.TTL < 100*time.Millisecond:
		return nil, misuse("a lock's $ttl is 0.1 seconds or more")
	}
	c.s.hold()
	return &Lock{c: c, name: name, ttl: o.TTL}, nil
}

// AcquireOptions are the named arguments of Lock.Acquire.
type AcquireOptions struct {
	component.Options
	Wait time.Duration // for another to release it; 0: not at all
}

// Acquire takes the lock, waiting for it so long at most. False: another has it.
func (l *Lock) Acquire(ctx context.Context, o AcquireOptions) (bool, error) {
	wait := o.Wait
	l.mu.Lock()
	held := l.token != ""
	l.mu.Unlock()
	if held {
		return false, misuse("this lock is held already")
	}
	var random [16]byte
	_, _ = rand.Read(random[:])
	token := hex.EncodeToString(random[:])
	deadline := time.Now().Add(wait)
	pause := 5 * time.Millisecond
	for {
		asked := time.Now()
		r, err := l.c.Do(ctx, []any{"SET", l.name, token, "NX", "PX", l.ttl.Milliseconds()}, int(Bool))
		if err != nil {
			return false, err
		}
		if r.msg.truth() {
			l.taken(token, asked.Add(l.ttl))
			return true, nil
		}
		left := time.Until(deadline)
		if left <= 0 {
			return false, nil
		}
		// Those who wait ask at different times.
		pause = min(pause*2, 200*time.Millisecond)
		select {
		case <-time.After(min(left, pause/2+mathrand.N(pause))):
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
	}
}

func (l *Lock) taken(token string, until time.Time) {
	ctx, cancel := context.WithCancel(context.Background())
	l.mu.Lock()
	defer l.mu.Unlock()
	l.token, l.until, l.cancel = token, until, cancel
	go l.renew(ctx, token)
}

// renew keeps the key alive, at a third of its time.
func (l *Lock) renew(ctx context.Context, token string) {
	tick := time.NewTicker(l.ttl / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		asked := time.Now()
		limited, cancel := context.WithTimeout(ctx, l.ttl/3)
		r, err := l.c.Script(limited, renewSHA(), renewScript, []any{l.name}, []any{token, l.ttl.Milliseconds()}, false)
		cancel()
		l.mu.Lock()
		if l.token != token {
			l.mu.Unlock()
			return
		}
		switch {
		case err == nil && r.msg.truth():
			l.until = asked.Add(l.ttl)
		case err == nil: // another has it, or it was deleted
			l.until = time.Time{}
			l.mu.Unlock()
			return
		}
		l.mu.Unlock()
	}
}

// Held says whether the lock is held: it was taken, not released, and could be renewed in time.
func (l *Lock) Held() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.token != "" && time.Now().Before(l.until)
}

// Release gives the lock back. False: it was not held any more.
func (l *Lock) Release(ctx context.Context) (bool, error) {
	token := l.drop()
	if token == "" {
		return false, nil
	}
	r, err := l.c.Script(ctx, releaseSHA(), releaseScript, []any{l.name}, []any{token}, false)
	return err == nil && r.msg.truth(), err
}

func (l *Lock) drop() (token string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	token, l.token = l.token, ""
	if l.cancel != nil {
		l.cancel()
		l.cancel = nil
	}
	return token
}

// abandoned gives a lock back whose object is gone.
func (l *Lock) abandoned() {
	token := l.drop()
	go func() {
		defer l.c.s.release()
		if token == "" {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), l.ttl)
		defer cancel()
		_, _ = l.c.Script(ctx, releaseSHA(), releaseScript, []any{l.name}, []any{token}, false) // else the TTL ends it
	}()
}

// Name is the lock's key.
func (l *Lock) Name() string { return l.name }

// Limit is the answer of a rate limiter.
type Limit struct {
	Allowed    bool
	Remaining  int           // how much could be taken at once now
	RetryAfter time.Duration // until this much could be taken; 0 when it was
	ResetAfter time.Duration // until all is as if nothing had been taken
}

// Limit takes cost out of what a key may have: rate in each period, of which burst may come at once (GCRA). One round trip; nothing is
// stored when it is refused. A cost of 0 looks only.
func (c *Client) Limit(ctx context.Context, key string, burst, rate int, period time.Duration, cost int) (Limit, error) {
	interval := float64(period.Microseconds()) / float64(max(rate, 1))
	switch {
	case burst < 1 || rate < 1 || period <= 0:
		return Limit{}, misuse("a rate limit has a rate, a burst and a period of more than 0")
	case cost < 0 || cost > burst:
		return Limit{}, misuse("the cost is from 0 to the burst: more could never be allowed")
	case interval*float64(burst) > math.MaxInt32*1e6: // 68 years; Lua's numbers are exact until 2^53
		return Limit{}, misuse("a burst that comes back over more than 68 years is no rate limit")
	}
	r, err := c.Script(ctx, limitSHA(), limitScript, []any{key}, []any{interval, int64(burst), int64(cost)}, false)
	if err != nil {
		return Limit{}, err
	}
	v := r.msg.values()
	if len(v) != 4 {
		return Limit{}, errLayout
	}
	return Limit{Allowed: v[0].n == 1, Remaining: int(max(0, v[1].n)), RetryAfter: time.Duration(v[2].n) * time.Microsecond,
		ResetAfter: time.Duration(max(0, v[3].n)) * time.Microsecond}, nil
}

package ratelimit

//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen

import (
	"errors"
	"math"
	"time"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/shared"
)

// Limits of keys.
const (
	DefaultMaxKeys = 1_000_000
	MaxMaxKeys     = 100_000_000
	MaxKeyBytes    = 512
)

var limiters = shared.NewRegistry("rate limiter", func(l *Limiter) shared.Figures {
	st := l.Stats()
	return shared.Figures{{Name: "keys", Value: st.Keys}, {Name: "allowed", Value: st.Allowed}, {Name: "denied", Value: st.Denied},
		{Name: "evicted", Value: st.Evicted}}
})

// Local is a Limiter with its name, as PHP has it.
type Local struct {
	limiter *Limiter
	name    string
}

// Open finds or makes the limiter of a name.
func Open(name string, limit int64, period time.Duration, burst int64, maxKeys int) (*Local, error) {
	rate := Rate{limit, period, burst}
	if err := rate.Check(); err != nil {
		return nil, shared.Options("%v", err)
	}
	if maxKeys < 1 || maxKeys > MaxMaxKeys {
		return nil, shared.Options("a rate limiter keeps 1 to %d keys", MaxMaxKeys)
	}
	l, err := limiters.Open(name, func(l *Limiter) error {
		return errors.Join(shared.Differs("limit", limit, l.rate.Limit), shared.Differs("perSeconds", period.Seconds(), l.rate.Period.Seconds()),
			shared.Differs("burst", burst, l.rate.Burst), shared.Differs("maxKeys", maxKeys, l.maxKeys))
	}, func() (*Limiter, error) { return New(rate, maxKeys, time.Now), nil })
	if err != nil {
		return nil, err
	}
	return &Local{l, name}, nil
}

func checkKey(key string, cost int64) error {
	if len(key) > MaxKeyBytes || cost < 0 {
		return shared.Options("a key has up to %d bytes, and a cost is not negative", MaxKeyBytes)
	}
	return nil
}

// Allow takes one from what a key is allowed, and says whether it was.
func (l *Local) Allow(key string) (bool, error) {
	if err := checkKey(key, 0); err != nil {
		return false, err
	}
	return l.limiter.Attempt(key, 1).Allowed, nil
}

// Attempt takes cost from what a key is allowed, if that is not too much; 0 only looks.
func (l *Local) Attempt(key string, cost int64) (Outcome, error) {
	if err := checkKey(key, cost); err != nil {
		return Outcome{}, err
	}
	r := l.limiter.Attempt(key, cost)
	retry := r.RetryAfter.Seconds()
	if r.RetryAfter == Never {
		retry = math.Inf(1)
	}
	return Outcome{r.Allowed, r.Remaining, retry, r.ResetAfter.Seconds()}, nil
}

// Outcome is a Result as PHP sees it; times are in seconds.
type Outcome struct {
	Allowed    bool
	Remaining  int64
	RetryAfter float64
	ResetAfter float64
}

// Reset forgets a key.
func (l *Local) Reset(key string) bool { return l.limiter.Reset(key) }

// Stats returns figures since the process started: keys that are kept, attempts that were allowed and denied, keys that
// were forgotten before they had all of their burst again because there were too many.
func (l *Local) Stats() map[string]int64 {
	st := l.limiter.Stats()
	return map[string]int64{"keys": st.Keys, "allowed": st.Allowed, "denied": st.Denied, "evicted": st.Evicted}
}

// Drop forgets the name.
func (l *Local) Drop() bool {
	return limiters.Drop(l.name, func(other *Limiter) bool { return other == l.limiter })
}

func init() {
	component.Register(`Phalanx\RateLimiter\Local`, Open, component.Remote(),
		component.Doc("Counts in the memory of the server process. The engine's part of Phalanx\\RateLimiter."),
		component.Params("New", "name", "limit", "perSeconds", "burst", "maxKeys"))
}

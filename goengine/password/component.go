package password

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/metrics"
)

//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen

// passwords hashes and verifies passwords in the formats of PHP's password_hash(). The calling Fiber waits, and the worker
// serves others; outside a Fiber the call blocks.
type passwords struct{}

func init() {
	component.RegisterEnum[Algorithm](`Phalanx\Password\Algorithm`, component.Case("Bcrypt", Bcrypt),
		component.Case("Argon2id", Argon2id), component.Case("Argon2i", Argon2i))
	component.RegisterType[*passwords](`Phalanx\Password`, component.Static("hash", hash), component.Static("verify", verify),
		component.Static("needsRehash", needsRehash), component.Static("info", info),
		component.Defaults(HashOptions{Algorithm: Bcrypt}), component.ThrowsBy(`Phalanx\Password\PasswordException`))
}

// HashOptions are named arguments. Costs that are 0 are PHP's defaults: cost 12; memoryCost 65536 KiB, timeCost 4, threads 1.
type HashOptions struct {
	component.Options
	Algorithm  Algorithm
	Cost       int
	MemoryCost int
	TimeCost   int
	Threads    int
	Pepper     string
}

func (o *HashOptions) costs() Costs { return Costs{o.Cost, o.MemoryCost, o.TimeCost, o.Threads} }

// hash makes a hash that PHP's password_verify() knows. Of a password bcrypt takes the first 72 bytes, without NUL bytes. A
// pepper is a secret of the application, mixed in by HMAC; PHP's functions do not know it.
func hash(ctx context.Context, password string, o HashOptions) (string, error) {
	return Hash(ctx, password, o.Pepper, o.Algorithm, o.costs())
}

// VerifyOptions are named arguments.
type VerifyOptions struct {
	component.Options
	Pepper string
}

// verify says whether a hash, PHP's or ours, is of this password. One of an unknown format is not; one that would cost too much
// to compute is an exception.
func verify(ctx context.Context, password, hash string, o VerifyOptions) (bool, error) {
	return Verify(ctx, password, hash, o.Pepper)
}

// needsRehash says whether a hash is not what hash() would make with these options.
func needsRehash(hash string, o HashOptions) (bool, error) {
	return NeedsRehash(hash, o.Algorithm, o.costs())
}

// PHPInfo is what password_get_info() answers.
type PHPInfo struct {
	Algo     *string        `php:"algo"`
	AlgoName string         `php:"algoName"`
	Options  map[string]int `php:"options"`
}

// info tells a hash's algorithm and costs, as password_get_info() does.
func info(hash string) PHPInfo {
	i := Inspect(hash)
	name := string(i.Algorithm)
	switch i.Algorithm {
	case "":
		return PHPInfo{AlgoName: "unknown", Options: map[string]int{}}
	case Bcrypt:
		return PHPInfo{&name, "bcrypt", map[string]int{"cost": i.Costs.Cost}}
	}
	return PHPInfo{&name, name, map[string]int{
		"memory_cost": i.Costs.MemoryCost, "time_cost": i.Costs.TimeCost, "threads": i.Costs.Threads,
	}}
}

var seconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
	Name: "phalanx_password_seconds", Help: "How long a password took to hash or to verify, without waiting for a processor.",
	Buckets: []float64{0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5},
}, []string{"algorithm"})

var register = sync.OnceFunc(func() { metrics.MustRegister(seconds) })

// count begins a measurement; what it answers ends it.
func count(a Algorithm) func() {
	began := time.Now()
	return func() { seconds.WithLabelValues(string(a)).Observe(time.Since(began).Seconds()) }
}

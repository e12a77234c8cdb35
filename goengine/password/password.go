// Package password hashes passwords in the formats of PHP's password_hash(), on goroutines of which so many run at once as
// the machine has processors, and as their memory allows.
package password

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/sync/semaphore"
)

// Algorithm is a way to hash; its value is that of PHP's PASSWORD_* constants.
type Algorithm string

// The algorithms.
const (
	Bcrypt   Algorithm = "2y"
	Argon2id Algorithm = "argon2id"
	Argon2i  Algorithm = "argon2i" // to be verified; hash with Argon2id
)

// Costs are an algorithm's parameters. Zero is PHP's default.
type Costs struct {
	Cost       int // of bcrypt: the work is 2 to the power of it
	MemoryCost int // of Argon2, in KiB
	TimeCost   int // of Argon2: passes over the memory
	Threads    int // of Argon2
}

// PHP 8.4's defaults.
const (
	defaultCost       = 12
	defaultMemoryCost = 64 << 10
	defaultTimeCost   = 4
	defaultThreads    = 1
)

// Limits of what is computed. A hash that asks for more is refused: whoever can write one into a database must not be able
// to stop the application.
const (
	MaxCost       = 16
	MaxMemoryCost = 256 << 10 // KiB
	MaxTimeCost   = 64
	MaxThreads    = 16
	MaxPassword   = 4096 // bytes
	MaxWaiting    = 1000 // calls that wait for a processor

	maxWork      = 4 << 20   // memory cost by time cost, in KiB
	memoryAtOnce = 512 << 10 // KiB, of all calls under way
	bcryptBytes  = 72        // of a password count for bcrypt
	saltBytes    = 16
	keyBytes     = 32
	maxSaltBytes = 64
	maxKeyBytes  = 128
)

// Errors.
var (
	ErrNUL     = errors.New("password: bcrypt cannot hash a password with a NUL byte: use Argon2id, or refuse the password")
	ErrTooLong = fmt.Errorf("password: it is longer than %d bytes", MaxPassword)
	ErrBusy    = fmt.Errorf("password: %d calls wait for a processor already; limit how often clients may log in", MaxWaiting)
	ErrCosts   = errors.New("password: costs out of range")
)

func (c *Costs) complete(a Algorithm) error {
	fill := func(v *int, standard int) {
		if *v == 0 {
			*v = standard
		}
	}
	switch a {
	case Bcrypt:
		fill(&c.Cost, defaultCost)
		if c.Cost < bcrypt.MinCost || c.Cost > MaxCost {
			return fmt.Errorf("%w: the cost of bcrypt is %d, not between %d and %d", ErrCosts, c.Cost, bcrypt.MinCost, MaxCost)
		}
	case Argon2id:
		fill(&c.MemoryCost, defaultMemoryCost)
		fill(&c.TimeCost, defaultTimeCost)
		fill(&c.Threads, defaultThreads)
		return c.bounded()
	default:
		return fmt.Errorf("password: %s is only verified: hash with Argon2id", a)
	}
	return nil
}

// bounded says whether Argon2's parameters may be computed.
func (c *Costs) bounded() error {
	switch {
	case c.Threads < 1 || c.Threads > MaxThreads:
		return fmt.Errorf("%w: %d threads, not between 1 and %d", ErrCosts, c.Threads, MaxThreads)
	case c.MemoryCost < 8*c.Threads || c.MemoryCost > MaxMemoryCost:
		return fmt.Errorf("%w: a memory cost of %d KiB, not between %d and %d", ErrCosts, c.MemoryCost, 8*c.Threads, MaxMemoryCost)
	case c.TimeCost < 1 || c.TimeCost > MaxTimeCost:
		return fmt.Errorf("%w: a time cost of %d, not between 1 and %d", ErrCosts, c.TimeCost, MaxTimeCost)
	case c.MemoryCost*c.TimeCost > maxWork:
		return fmt.Errorf("%w: memory cost by time cost is %d KiB, more than %d", ErrCosts, c.MemoryCost*c.TimeCost, maxWork)
	}
	return nil
}

// gate lets so many computations run as there are processors and memory for.
var gate = struct {
	processors, memory *semaphore.Weighted
	waiting            atomic.Int64
}{processors: semaphore.NewWeighted(int64(runtime.NumCPU())), memory: semaphore.NewWeighted(memoryAtOnce)}

func enter(ctx context.Context, memory int) (leave func(), err error) {
	register()
	if gate.waiting.Add(1) > MaxWaiting {
		gate.waiting.Add(-1)
		return nil, ErrBusy
	}
	defer gate.waiting.Add(-1)
	// Memory first: what waits for it must not hold a processor.
	if err := gate.memory.Acquire(ctx, int64(memory)); err != nil {
		return nil, context.Cause(ctx)
	}
	if err := gate.processors.Acquire(ctx, 1); err != nil {
		gate.memory.Release(int64(memory))
		return nil, context.Cause(ctx)
	}
	return sync.OnceFunc(func() {
		gate.processors.Release(1)
		gate.memory.Release(int64(memory))
	}), nil
}

const bcryptMemory = 8 // KiB

// Hash makes a hash that PHP's password_verify() knows.
func Hash(ctx context.Context, password, pepper string, a Algorithm, c Costs) (string, error) {
	if err := c.complete(a); err != nil {
		return "", err
	}
	if len(password) > MaxPassword {
		return "", ErrTooLong
	}
	password = season(password, pepper)
	if a == Bcrypt {
		if strings.ContainsRune(password, 0) {
			return "", ErrNUL
		}
		leave, err := enter(ctx, bcryptMemory)
		if err != nil {
			return "", err
		}
		defer leave()
		defer count(a)()
		hash, err := bcrypt.GenerateFromPassword([]byte(password[:min(len(password), bcryptBytes)]), c.Cost)
		if err != nil {
			return "", fmt.Errorf("password: %w", err)
		}
		return "$2y$" + string(hash[4:]), nil // the same algorithm as Go's $2a$, by PHP's name
	}
	leave, err := enter(ctx, c.MemoryCost)
	if err != nil {
		return "", err
	}
	defer leave()
	defer count(a)()
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	key := argon2.IDKey([]byte(password), salt, uint32(c.TimeCost), uint32(c.MemoryCost), uint8(c.Threads), keyBytes)
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", c.MemoryCost, c.TimeCost, c.Threads,
		enc.EncodeToString(salt), enc.EncodeToString(key)), nil
}

// season mixes a pepper into a password. The result has 64 bytes, none of them NUL: bcrypt takes all of it.
func season(password, pepper string) string {
	if pepper == "" {
		return password
	}
	mac := hmac.New(sha512.New384, []byte(pepper))
	mac.Write([]byte(password))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Verify says whether a hash is of this password. A hash of an unknown format is nobody's. One whose costs are over the limits is
// an error, for it is no answer.
func Verify(ctx context.Context, password, hash, pepper string) (bool, error) {
	if len(password) > MaxPassword {
		return false, nil
	}
	password = season(password, pepper)
	if cost, ok := bcryptCost(hash); ok {
		if cost > MaxCost {
			return false, fmt.Errorf("%w: the hash is bcrypt's with a cost of %d; %d is the limit", ErrCosts, cost, MaxCost)
		}
		leave, err := enter(ctx, bcryptMemory)
		if err != nil {
			return false, err
		}
		defer leave()
		defer count(Bcrypt)()
		password, _, _ = strings.Cut(password, "\x00") // as PHP's crypt(), whose strings are C's
		return bcrypt.CompareHashAndPassword([]byte("$2a$"+hash[4:]), []byte(password[:min(len(password), bcryptBytes)])) == nil, nil
	}
	h, ok := parseArgon2(hash)
	if !ok {
		return false, nil
	}
	if err := h.bounded(); err != nil {
		return false, fmt.Errorf("the hash's: %w", err)
	}
	leave, err := enter(ctx, h.MemoryCost)
	if err != nil {
		return false, err
	}
	defer leave()
	defer count(h.algorithm)()
	compute := argon2.IDKey
	if h.algorithm == Argon2i {
		compute = argon2.Key
	}
	key := compute([]byte(password), h.salt, uint32(h.TimeCost), uint32(h.MemoryCost), uint8(h.Threads), uint32(len(h.key)))
	return subtle.ConstantTimeCompare(key, h.key) == 1, nil
}

// bcryptCost tells bcrypt's hashes and what they cost. $2x$ is of a version with a fault, and nobody's.
func bcryptCost(hash string) (int, bool) {
	if len(hash) != 60 || hash[0] != '$' || hash[1] != '2' || !strings.ContainsRune("aby", rune(hash[2])) || hash[3] != '$' || hash[6] != '$' {
		return 0, false
	}
	cost, ok := decimal(strings.TrimPrefix(hash[4:6], "0"), 31)
	return cost, ok && cost >= bcrypt.MinCost
}

// argon2Hash is a hash taken apart.
type argon2Hash struct {
	Costs
	algorithm Algorithm
	salt, key []byte
}

// parseArgon2 reads version 1.3's format, the one PHP writes: $argon2id$v=19$m=65536,t=4,p=1$salt$key.
func parseArgon2(hash string) (h argon2Hash, ok bool) {
	parts := strings.Split(hash, "$")
	if len(hash) > 512 || len(parts) != 6 || parts[0] != "" || parts[2] != "v=19" {
		return h, false
	}
	if h.algorithm = Algorithm(parts[1]); h.algorithm != Argon2id && h.algorithm != Argon2i {
		return h, false
	}
	costs := strings.Split(parts[3], ",")
	if len(costs) != 3 {
		return h, false
	}
	for i, to := range []*int{&h.MemoryCost, &h.TimeCost, &h.Threads} {
		text, found := strings.CutPrefix(costs[i], []string{"m=", "t=", "p="}[i])
		if *to, ok = decimal(text, 1<<31); !ok || !found {
			return h, false
		}
	}
	enc := base64.RawStdEncoding.Strict()
	var err error
	if h.salt, err = enc.DecodeString(parts[4]); err != nil || len(h.salt) < 8 || len(h.salt) > maxSaltBytes {
		return h, false
	}
	if h.key, err = enc.DecodeString(parts[5]); err != nil || len(h.key) < 4 || len(h.key) > maxKeyBytes {
		return h, false
	}
	return h, true
}

// decimal reads a number as Argon2's own library does: digits, no sign, no zero in front.
func decimal(s string, limit int) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || s[0] == '0' || s[0] == '+' || int(n) > limit {
		return 0, false
	}
	return int(n), true
}

// Info is what PHP's password_get_info() says.
type Info struct {
	Algorithm Algorithm // "": unknown
	Costs     Costs
}

// Inspect tells a hash's algorithm and costs.
func Inspect(hash string) Info {
	if cost, ok := bcryptCost(hash); ok && hash[2] == 'y' {
		return Info{Bcrypt, Costs{Cost: cost}}
	}
	if h, ok := parseArgon2(hash); ok {
		return Info{h.algorithm, h.Costs}
	}
	return Info{}
}

// NeedsRehash says whether a hash is not what Hash would make with these parameters.
func NeedsRehash(hash string, a Algorithm, c Costs) (bool, error) {
	if err := c.complete(a); err != nil {
		return false, err
	}
	i := Inspect(hash)
	if a == Bcrypt {
		c = Costs{Cost: c.Cost}
	} else {
		c.Cost = 0
	}
	return i.Algorithm != a || i.Costs != c, nil
}

package tlsconn

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

// Session tickets are encrypted with keys that change every ticketPeriod; tickets of the last
// ticketsKept periods are good. All server processes of an application have the same keys: each
// derives them from the seed that the supervisor gave it. A period's seed comes from the one
// before and not the other way round, so what a process knows does not open tickets older than it
// would accept.
const (
	ticketPeriod = 6 * time.Hour
	ticketsKept  = 4
)

// TicketSeed is where the keys from a period on come from.
type TicketSeed struct {
	Epoch  int64  `json:"epoch"` // the period's number
	Secret []byte `json:"secret"`
}

// NewTicketSeed makes a seed at random, for a supervisor.
func NewTicketSeed(now time.Time) TicketSeed {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	return TicketSeed{ticketEpoch(now) - ticketsKept + 1, secret}
}

// Advance forgets what is older than the tickets that are accepted now.
func (s *TicketSeed) Advance(now time.Time) { s.advance(ticketEpoch(now) - ticketsKept + 1) }

// For is a seed of its own for somebody who is not to open other tickets.
func (s TicketSeed) For(whom string) TicketSeed {
	return TicketSeed{s.Epoch, derive(s.Secret, "seed for "+whom, 32)}
}

func (s *TicketSeed) advance(epoch int64) {
	for s.Epoch < epoch {
		s.Secret = derive(s.Secret, "next period", 32)
		s.Epoch++
	}
}

func ticketEpoch(now time.Time) int64 { return now.Unix() / int64(ticketPeriod/time.Second) }

func derive(secret []byte, purpose string, n int) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "phalanx session tickets: "+purpose, n)
	if err != nil {
		panic(err) // only for absurd lengths
	}
	return key
}

type ticketChain struct {
	mu   sync.Mutex // guards seed
	seed TicketSeed // of the oldest period whose tickets are accepted
}

var tickets ticketChain

// SeedTickets makes this process use the tickets of an application's other processes. Without it
// a process has a seed of its own. To be called before connections are served.
func SeedTickets(s TicketSeed) {
	tickets.mu.Lock()
	defer tickets.mu.Unlock()
	if len(s.Secret) == 32 {
		tickets.seed = s
	}
}

// keys for a configuration, that of the current period first. Configurations have different ones: a
// ticket of one listener must not get past the rules of another.
func (t *ticketChain) keys(epoch int64, config string) [][32]byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seed.Secret == nil {
		t.seed = NewTicketSeed(time.Unix(epoch*int64(ticketPeriod/time.Second), 0))
	}
	t.seed.advance(epoch - ticketsKept + 1)
	seed := t.seed
	var keys [][32]byte
	for ; seed.Epoch <= epoch; seed.advance(seed.Epoch + 1) {
		keys = append([][32]byte{[32]byte(derive(seed.Secret, "key for "+config, 32))}, keys...)
	}
	if len(keys) == 0 { // the clock went back
		keys = [][32]byte{[32]byte(derive(seed.Secret, "key for "+config, 32))}
	}
	return keys
}

package password

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Made by PHP 8.4's password_hash().
var phps = []struct{ password, hash string }{
	{"", "$2y$04$8fyCnDzHDTSUNsWNTbhT3uvgAjgIfTvZr8JVURHrkuKRD6AXjruya"},
	{"secret", "$2y$05$NZxUQpn2pwk.mjn.7cJQVO/7f7b6Nzp3U5BBIsFqyMQ8Dv7pFg2xy"},
	{"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "$2y$04$8GCeAdTW65/Sqj0kor3jj.FlnQqihFd2ujvs4X/EAgFbgt3brWCJq"},
	{"\377\243345", "$2y$04$oegFbt.OMNY9iAmBbEzn7.Q5WiGvBTkr9OzHrhY9zaBbSG8Xl3ELW"},
	{"secret", "$argon2id$v=19$m=64,t=2,p=1$SDk5ODc4UlRSNzU1dllldg$yOrAbD9JzHp6C1/b8aXMGa8TarJ2tBs9haPpPtNkZao"},
	{"", "$argon2id$v=19$m=64,t=2,p=3$TlBFTW1EdHhwYXN4MDM4RQ$nPSxgKLfSrA2HarfHrJ2E3bh/2gwJz3jsojthtptxt8"},
	{"with\000nul", "$argon2i$v=19$m=64,t=2,p=1$VlRkOXBnNy84S3AuakZxNg$IcUYOSMQfSCGZkbPG/l0UMX0O0Lwqea0PCrv07qNZtM"},
}

func TestHashesOfPHP(t *testing.T) {
	for _, tt := range phps {
		ok, err := Verify(t.Context(), tt.password, tt.hash, "")
		require.NoError(t, err)
		require.True(t, ok, tt.hash)
		ok, err = Verify(t.Context(), tt.password+"x", tt.hash, "")
		require.NoError(t, err)
		require.Equal(t, len(tt.password) >= bcryptBytes && tt.hash[1] == '2', ok, tt.hash)
	}
}

var cheap = map[Algorithm]Costs{Bcrypt: {Cost: 4}, Argon2id: {MemoryCost: 64, TimeCost: 1, Threads: 2}}

func TestRoundTrip(t *testing.T) {
	for a, costs := range cheap {
		for _, pepper := range []string{"", "pepper"} {
			for _, password := range []string{"", "correct horse", strings.Repeat("x", 72), "\xff\x80"} {
				hash, err := Hash(t.Context(), password, pepper, a, costs)
				require.NoError(t, err)
				other, err := Hash(t.Context(), password, pepper, a, costs)
				require.NoError(t, err)
				require.NotEqual(t, hash, other, "each has a salt of its own")
				for given, want := range map[[2]string]bool{
					{password, pepper}: true, {"no" + password, pepper}: false, {password, "other"}: false,
				} {
					ok, err := Verify(t.Context(), given[0], hash, given[1])
					require.NoError(t, err)
					require.Equal(t, want, ok, "%q %s", given, hash)
				}
			}
		}
	}
	hash, err := Hash(t.Context(), strings.Repeat("x", 100), "p", Bcrypt, cheap[Bcrypt])
	require.NoError(t, err)
	ok, err := Verify(t.Context(), strings.Repeat("x", 99), hash, "p")
	require.NoError(t, err)
	require.False(t, ok, "with a pepper all bytes of a password count")
}

func TestRefusals(t *testing.T) {
	ctx := t.Context()
	_, err := Hash(ctx, "a\x00b", "", Bcrypt, cheap[Bcrypt])
	require.ErrorIs(t, err, ErrNUL)
	_, err = Hash(ctx, strings.Repeat("x", MaxPassword+1), "", Bcrypt, cheap[Bcrypt])
	require.ErrorIs(t, err, ErrTooLong)
	_, err = Hash(ctx, "x", "", Argon2i, Costs{})
	require.ErrorContains(t, err, "is only verified")
	for _, c := range []Costs{{Cost: 3}, {Cost: 17}} {
		_, err = Hash(ctx, "x", "", Bcrypt, c)
		require.ErrorIs(t, err, ErrCosts)
	}
	for _, c := range []Costs{{Threads: 17}, {MemoryCost: 7}, {MemoryCost: MaxMemoryCost + 1}, {TimeCost: 65}, {MemoryCost: MaxMemoryCost, TimeCost: 17}, {Threads: -1}} {
		_, err = Hash(ctx, "x", "", Argon2id, c)
		require.ErrorIs(t, err, ErrCosts)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, err = Hash(ended, "x", "", Bcrypt, cheap[Bcrypt])
	require.ErrorIs(t, err, context.Canceled)
}

// What a database holds must not stop the application.
func TestHostileHashes(t *testing.T) {
	salted := "$c29tZXNhbHRzb21lc2FsdA$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A"
	for _, hash := range []string{
		"$2y$31$" + strings.Repeat("a", 53), "$argon2id$v=19$m=2147483647,t=1,p=1" + salted, "$argon2id$v=19$m=65536,t=1000000,p=1" + salted,
		"$argon2id$v=19$m=65536,t=1,p=255" + salted, "$argon2i$v=19$m=262144,t=64,p=1" + salted,
	} {
		_, err := Verify(t.Context(), "x", hash, "")
		require.ErrorIs(t, err, ErrCosts, hash)
	}
	for _, hash := range []string{
		"", "x", "$2y$", "$2x$04$" + strings.Repeat("a", 53), "$2y$03$" + strings.Repeat("a", 53), "$2y$+4$" + strings.Repeat("a", 53),
		"$2y$04$" + strings.Repeat("!", 53), "$argon2id$v=16$m=64,t=1,p=1" + salted, "$argon2d$v=19$m=64,t=1,p=1" + salted,
		"$argon2id$v=19$m=64,t=1" + salted, "$argon2id$v=19$t=1,m=64,p=1" + salted, "$argon2id$v=19$m=064,t=1,p=1" + salted,
		"$argon2id$v=19$m=-1,t=1,p=1" + salted, "$argon2id$v=19$m=64,t=1,p=1$c29t$aaaa", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$",
		"$argon2id$v=19$m=64,t=1,p=1" + salted + strings.Repeat("A", 600), "$1$salt$qJH7.N4xYta3aEG/dfqo/0",
	} {
		ok, err := Verify(t.Context(), "x", hash, "")
		require.NoError(t, err, hash)
		require.False(t, ok, hash)
		require.Empty(t, Inspect("$2a$"+hash).Algorithm)
	}
}

func FuzzParse(f *testing.F) {
	for _, tt := range phps {
		f.Add(tt.hash)
	}
	f.Fuzz(func(t *testing.T, hash string) {
		if h, ok := parseArgon2(hash); ok && h.bounded() == nil {
			require.LessOrEqual(t, h.MemoryCost*h.TimeCost, maxWork)
			require.LessOrEqual(t, len(h.key), maxKeyBytes)
		}
		if cost, ok := bcryptCost(hash); ok {
			require.GreaterOrEqual(t, cost, 4)
			require.LessOrEqual(t, cost, 31)
		}
		if i := Inspect(hash); i.Algorithm == Argon2id && i.Costs.bounded() == nil {
			again, err := NeedsRehash(hash, Argon2id, i.Costs)
			require.NoError(t, err)
			require.False(t, again)
		}
	})
}

func TestRehash(t *testing.T) {
	bcrypted, err := Hash(t.Context(), "x", "", Bcrypt, cheap[Bcrypt])
	require.NoError(t, err)
	argoned, err := Hash(t.Context(), "x", "", Argon2id, cheap[Argon2id])
	require.NoError(t, err)
	for _, tt := range []struct {
		hash string
		a    Algorithm
		c    Costs
		want bool
	}{
		{bcrypted, Bcrypt, Costs{Cost: 4}, false}, {bcrypted, Bcrypt, Costs{}, true}, {bcrypted, Argon2id, cheap[Argon2id], true},
		{argoned, Argon2id, cheap[Argon2id], false}, {argoned, Argon2id, Costs{MemoryCost: 128, TimeCost: 1, Threads: 2}, true},
		{argoned, Argon2id, Costs{}, true}, {argoned, Bcrypt, Costs{Cost: 4}, true}, {"$2a" + bcrypted[3:], Bcrypt, Costs{Cost: 4}, true},
	} {
		got, err := NeedsRehash(tt.hash, tt.a, tt.c)
		require.NoError(t, err)
		require.Equal(t, tt.want, got, "%+v", tt)
	}
}

// A thousand and more log in at once: all that are taken end, the others are told.
func TestCrowd(t *testing.T) {
	var wg sync.WaitGroup
	var mu sync.Mutex // guards done and busy
	done, busy := 0, 0
	for range MaxWaiting + 500 {
		wg.Go(func() {
			_, err := Hash(t.Context(), "x", "", Argon2id, Costs{MemoryCost: 256, TimeCost: 1, Threads: 1})
			mu.Lock()
			defer mu.Unlock()
			switch err {
			case nil:
				done++
			case ErrBusy:
				busy++
			}
		})
	}
	wg.Wait()
	require.Equal(t, MaxWaiting+500, done+busy)
	require.Zero(t, gate.waiting.Load())
}

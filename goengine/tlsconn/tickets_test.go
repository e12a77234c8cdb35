package tlsconn

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Processes that were seeded at different times agree on the keys of the periods they both accept.
func TestTicketKeysOfProcesses(t *testing.T) {
	start := time.Unix(0, 0).Add(1000 * ticketPeriod)
	seed := NewTicketSeed(start)
	early, late := &ticketChain{seed: seed}, &ticketChain{}
	first := early.keys(ticketEpoch(start), "a listener")
	require.Len(t, first, ticketsKept)

	now := start.Add(2*ticketPeriod + time.Hour)
	seed.Advance(now)
	late.seed = seed
	a, b := early.keys(ticketEpoch(now), "a listener"), late.keys(ticketEpoch(now), "a listener")
	require.Equal(t, a, b)
	require.Equal(t, first[0], a[2], "a ticket of two periods ago is accepted")
	require.NotContains(t, first, a[0], "and the key has changed")

	now = now.Add(ticketsKept * ticketPeriod)
	require.NotContains(t, early.keys(ticketEpoch(now), "a listener"), a[0], "but not for ever")
	require.NotEqual(t, early.keys(ticketEpoch(now), "a listener"), early.keys(ticketEpoch(now), "another"))

	// What a process knows now does not lead back.
	require.NotEqual(t, early.seed.Secret, late.seed.Secret)
	require.Greater(t, early.seed.Epoch, late.seed.Epoch)
	require.Len(t, early.keys(ticketEpoch(start), "a listener"), 1, "a clock that is set back")
	own := &ticketChain{}
	require.Len(t, own.keys(ticketEpoch(now), "a listener"), ticketsKept)
	require.NotEqual(t, seed.For("a user").Secret, seed.For("another").Secret)
}

package sqldb

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// On a busy machine most runs of a quick statement take long, because others have the processor. Some that do not show what
// it is; of one that is slow there are none.
func TestQuickStatementsAreKnownOnABusyMachine(t *testing.T) {
	run := func(r *record, n int, took func(i int) time.Duration) {
		for i := range n {
			r.note(took(i), 100)
		}
	}
	busy := func(i int) time.Duration {
		if i%4 == 3 {
			return time.Millisecond
		}
		return 20 * time.Millisecond
	}
	slow := func(int) time.Duration { return 20 * time.Millisecond }

	var r record
	run(&r, 20, busy)
	require.True(t, r.quick())
	run(&r, 200, slow)
	require.False(t, r.quick(), "it has become slow")
	run(&r, 100, busy)
	require.True(t, r.quick(), "and quick again: nothing is held against it for ever")

	var other record
	run(&other, 1000, func(i int) time.Duration {
		if i%10 == 9 {
			return time.Millisecond
		}
		return 20 * time.Millisecond
	})
	require.False(t, other.quick(), "one that is rarely quick would hold up those behind it")
}

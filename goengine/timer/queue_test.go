package timer_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/timer"
)

func TestEmptyQueueHasNothingDue(t *testing.T) {
	q := timer.New()
	_, ok := q.Next()
	require.False(t, ok)
	_, ok = q.Due(math.MaxInt64)
	require.False(t, ok)
	require.Empty(t, q.Expired(math.MaxInt64, nil))
	require.Zero(t, q.Len())
}

func TestTimersComeOutByDeadlineThenInsertion(t *testing.T) {
	q := timer.New()
	c, a, d, b := q.Add(2), q.Add(1), q.Add(2), q.Add(1)
	late := q.Add(4)
	require.Equal(t, 5, q.Len())
	at, ok := q.Next()
	require.True(t, ok)
	require.Equal(t, time.Duration(1), at)
	require.Equal(t, []timer.ID{99, a, b, c, d}, q.Expired(3, []timer.ID{99}))
	require.Equal(t, 1, q.Len())
	require.Empty(t, q.Expired(3, nil), "what came out is gone")
	require.Equal(t, []timer.ID{late}, q.Expired(4, nil), "due at its deadline")
}

func TestNegativeDeadlinesAreInThePast(t *testing.T) {
	q := timer.New()
	b, a := q.Add(0), q.Add(math.MinInt64)
	require.Equal(t, []timer.ID{a, b}, q.Expired(0, nil))
}

func TestRemovedTimersAreNotDue(t *testing.T) {
	q := timer.New()
	a, b, c := q.Add(1), q.Add(2), q.Add(3)
	require.True(t, q.Remove(b))
	require.False(t, q.Remove(b))
	require.Equal(t, []timer.ID{a, c}, q.Expired(9, nil))
	require.False(t, q.Remove(a), "an expired timer is gone")
	require.False(t, q.Reset(c, 5), "an expired timer is gone")
}

func TestResetMovesBehindEqualDeadlines(t *testing.T) {
	q := timer.New()
	a, b, c := q.Add(1), q.Add(2), q.Add(3)
	require.True(t, q.Reset(a, 2))
	require.True(t, q.Reset(c, 1))
	require.Equal(t, []timer.ID{c, b, a}, q.Expired(9, nil))
}

func TestDueLeavesTheTimerToBeResetUnderItsID(t *testing.T) {
	q := timer.New()
	id := q.Add(10)
	for now := time.Duration(10); now < 50; now += 10 {
		due, ok := q.Due(now)
		require.True(t, ok)
		require.Equal(t, id, due)
		require.True(t, q.Reset(id, now+10))
		_, ok = q.Due(now)
		require.False(t, ok)
	}
	require.Equal(t, 1, q.Len())
}

func TestIDsFitPHPIntsAndAreNeverUsedAgain(t *testing.T) {
	q := timer.New()
	seen := make(map[timer.ID]bool)
	for range 10000 {
		id := q.Add(1)
		require.Positive(t, int64(id))
		require.False(t, seen[id])
		require.Zero(t, id.Index(), "the only timer's index is used again")
		seen[id] = true
		require.True(t, q.Remove(id))
	}
}

func TestForeignIDsAreRefused(t *testing.T) {
	q := timer.New()
	kept, freed := q.Add(1), q.Add(2)
	require.True(t, q.Remove(freed))
	next := freed + 1<<32 // what the freed slot will be given out as
	for _, id := range []timer.ID{0, 1, freed, next, kept + 1<<32, kept + 7, math.MaxUint64, 1 << 63} {
		require.False(t, q.Remove(id), "%x", id)
		require.False(t, q.Reset(id, 5), "%x", id)
	}
	require.NoError(t, q.Check())
	require.Equal(t, next, q.Add(3))
	require.Equal(t, 2, q.Len())
}

func TestSlotWithoutGenerationsLeftIsRetired(t *testing.T) {
	q := timer.New()
	q.SetGeneration(timer.MaxGeneration)
	last := q.Add(1)
	require.Positive(t, int64(last))
	require.True(t, q.Remove(last))
	q.SetGeneration(1)
	fresh := q.Add(1)
	require.NotEqual(t, last.Index(), fresh.Index())
	require.False(t, q.Remove(last))
	require.False(t, q.Remove(timer.ID(last.Index())))
	require.NoError(t, q.Check())
}

func TestOrderOutlivesTheSequenceNumbers(t *testing.T) {
	q := timer.New()
	q.SetSeq(math.MaxUint32 - 5)
	want := make([]timer.ID, 0, 20)
	for range 20 {
		want = append(want, q.Add(1))
		require.NoError(t, q.Check())
	}
	require.Equal(t, want, q.Expired(1, nil))
}

func TestMemoryComesBackAndOldIDsDoNot(t *testing.T) {
	q := timer.New()
	old := make([]timer.ID, 0, 100000)
	for i := range cap(old) {
		old = append(old, q.Add(time.Duration(i)))
	}
	for _, id := range old[:len(old)-1] {
		require.True(t, q.Remove(id))
	}
	require.Less(t, q.Capacity(), 2*len(old), "the heap shrinks")
	require.Equal(t, old[len(old)-1:], q.Expired(math.MaxInt64, nil))
	require.Less(t, q.Capacity(), 4096, "an empty queue gives its table back")

	seen := make(map[timer.ID]bool, 2*len(old))
	for _, id := range old {
		seen[id] = true
	}
	for range len(old) {
		id := q.Add(1)
		if seen[id] {
			t.Fatalf("%x came back", id)
		}
		seen[id] = true
	}
	for _, id := range old {
		if q.Remove(id) {
			t.Fatalf("%x is another timer now", id)
		}
	}
}

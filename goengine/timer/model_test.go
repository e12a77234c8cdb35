package timer_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/timer"
)

// model keeps timers in the order in which they are due, the slow and obvious way.
type model []modelTimer

type modelTimer struct {
	id timer.ID
	at time.Duration
}

func (m *model) add(id timer.ID, at time.Duration) {
	i := 0
	for i < len(*m) && (*m)[i].at <= at {
		i++
	}
	*m = slices.Insert(*m, i, modelTimer{id, at})
}

func (m *model) remove(id timer.ID) bool {
	i := slices.IndexFunc(*m, func(t modelTimer) bool { return t.id == id })
	if i >= 0 {
		*m = slices.Delete(*m, i, i+1)
	}
	return i >= 0
}

func (m *model) expired(now time.Duration) (ids []timer.ID) {
	for len(*m) > 0 && (*m)[0].at <= now {
		ids = append(ids, (*m)[0].id)
		*m = (*m)[1:]
	}
	return ids
}

// compare runs the operations that next draws, n gives out numbers below its argument, on a
// queue and on the model.
func compare(t *testing.T, q *timer.Queue, operations int, n func(int) int) {
	var m model
	var all []timer.ID
	seen, indexes := make(map[timer.ID]bool), make(map[int]bool) // all IDs; indexes in use
	var now time.Duration
	pick := func() timer.ID {
		if len(all) == 0 {
			return timer.ID(n(8))
		}
		return all[n(len(all))]
	}
	gone := func(id timer.ID) { delete(indexes, id.Index()) }
	for range operations {
		at := now + time.Duration(n(32)-2) // few deadlines, so that many are equal
		switch n(8) {
		case 0, 1, 2:
			id := q.Add(at)
			require.False(t, seen[id])
			require.False(t, indexes[id.Index()])
			all, seen[id], indexes[id.Index()] = append(all, id), true, true
			m.add(id, at)
		case 3, 4:
			id := pick()
			want := m.remove(id)
			require.Equal(t, want, q.Remove(id))
			if want {
				gone(id)
			}
		case 5:
			id := pick()
			want := m.remove(id)
			require.Equal(t, want, q.Reset(id, at))
			if want {
				m.add(id, at)
			}
		case 6:
			now += time.Duration(n(8))
			got := q.Expired(now, nil)
			require.Equal(t, m.expired(now), got)
			for _, id := range got {
				gone(id)
			}
		case 7:
			id, due := q.Due(now)
			require.Equal(t, len(m) > 0 && m[0].at <= now, due)
			if due {
				require.Equal(t, m[0].id, id)
			}
		}
		next, ok := q.Next()
		require.Equal(t, len(m) > 0, ok)
		if ok {
			require.Equal(t, m[0].at, next)
		}
		require.Equal(t, len(m), q.Len())
	}
	require.NoError(t, q.Check())
}

func TestQueueBehavesAsTheModel(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		q := timer.New()
		if seed%2 == 1 {
			q.SetSeq(1<<32 - 1 - uint32(r.IntN(300))) // renumbered on the way
		}
		compare(t, q, 400, r.IntN)
	}
}

// Whatever is asked of it, in whatever order, the queue answers as the model does.
func FuzzQueue(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 5, 0, 6, 3}, uint32(0))
	f.Add([]byte("add, add, remove, reset, expire"), uint32(1<<32-3))
	f.Fuzz(func(t *testing.T, in []byte, seq uint32) {
		q := timer.New()
		q.SetSeq(seq)
		compare(t, q, min(len(in)/2, 500), func(n int) int {
			if len(in) == 0 {
				return 0
			}
			b := in[0]
			in = in[1:]
			return int(b) % n
		})
	})
}

package loop

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An entry is looked at exactly once: as soon as its second is over, or before when the wheel is
// too small for it; and the wheel never sleeps past one.
func TestWheelAgainstAList(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var w wheel
	now := 50 * time.Second
	w.start(now)
	due := map[ID]int64{} // the second that add answered
	for step := range 3_000 {
		if rnd.IntN(3) > 0 {
			id, want := ID(step), int64(now/time.Second)+rnd.Int64N(300)-5
			at := w.add(id, want)
			require.LessOrEqual(t, at, max(want, w.tick+1))
			due[id] = at
		}
		first := int64(-1)
		for _, at := range due {
			if first < 0 || at < first {
				first = at
			}
		}
		next, any := w.next()
		require.Equal(t, first >= 0, any)
		if any {
			require.Equal(t, time.Duration(first+1)*time.Second, next)
		}
		now += time.Duration(rnd.Int64N(int64(2 * time.Second)))
		if rnd.IntN(100) == 0 {
			now += time.Duration(rnd.IntN(400)) * time.Second
		}
		w.advance(now, func(id ID) {
			at, ok := due[id]
			require.True(t, ok, "looked at twice")
			require.LessOrEqual(t, at+1, int64(now/time.Second))
			delete(due, id)
		})
		for _, at := range due {
			require.Greater(t, at+1, int64(now/time.Second), "forgotten")
		}
	}
}

package supervisor

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An application whose script did not take its events once never learned that it had been stopped.
func TestWhatWaitsBehindManyEventsIsNotLost(t *testing.T) {
	q := newEventQueue()
	lost := 0
	for i := range maxPlain + 10 {
		if !q.put(Event{Type: SlotExit, ID: i}) {
			lost++
		}
	}
	require.Equal(t, 10, lost)
	require.False(t, q.put(Event{Type: Signal}))
	require.True(t, q.put(Event{Type: Stopped}))
	for i := range maxPlain {
		ev, ok := q.wait(time.Second)
		require.True(t, ok)
		require.Equal(t, Event{Type: SlotExit, ID: i}, ev)
	}
	ev, ok := q.wait(-1)
	require.True(t, ok)
	require.Equal(t, Stopped, ev.Type)
	require.True(t, q.put(Event{Type: SlotExit}), "there is room again")
	q.take()
	_, ok = q.wait(0)
	require.False(t, ok)
}

func TestWaitIsWokenByAnEvent(t *testing.T) {
	q := newEventQueue()
	for range 100 {
		go q.put(Event{Type: Ready})
		_, ok := q.wait(-1)
		require.True(t, ok)
	}
}

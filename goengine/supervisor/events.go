package supervisor

import (
	"sync"
	"time"
)

// maxPlain bounds the events that wait to be told and that slots and senders of signals make as
// many of as they like: a script that does not listen for long must not cost memory without end.
// The other events are few, and none of them is lost.
const maxPlain = 1024

func (ev *Event) plain() bool {
	return ev.Type == SlotExit || ev.Type == SlotSays || ev.Type == Signal
}

// eventQueue keeps events until the script asks for them.
type eventQueue struct {
	mu    sync.Mutex // guards all below
	list  []Event
	plain int           // in list
	wake  chan struct{} // holds one token when list is not empty and nobody has been woken for it
}

func newEventQueue() *eventQueue { return &eventQueue{wake: make(chan struct{}, 1)} }

// put answers false when a plain event is dropped, being behind too many others.
func (q *eventQueue) put(ev Event) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if ev.plain() {
		if q.plain >= maxPlain {
			return false
		}
		q.plain++
	}
	q.list = append(q.list, ev)
	q.token()
	return true
}

func (q *eventQueue) token() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *eventQueue) take() (Event, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.list) == 0 {
		return Event{}, false
	}
	ev := q.list[0]
	if q.list = q.list[1:]; len(q.list) == 0 {
		q.list = nil
	} else {
		q.token()
	}
	if ev.plain() {
		q.plain--
	}
	return ev, true
}

// wait answers the next event; false when none came within the time-out (negative: no limit).
func (q *eventQueue) wait(timeout time.Duration) (Event, bool) {
	var over <-chan time.Time
	if timeout >= 0 {
		t := time.NewTimer(timeout)
		defer t.Stop()
		over = t.C
	}
	for {
		if ev, ok := q.take(); ok {
			return ev, true
		}
		select {
		case <-q.wake:
		case <-over:
			return q.take()
		}
	}
}

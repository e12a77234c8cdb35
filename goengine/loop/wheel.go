package loop

import "time"

// wheel finds connections whose time limit has passed, to the second. An entry says when to look
// at a connection, not when its limit ends: activity only moves the limit, which costs nothing,
// and a look that comes too early puts the entry back.
type wheel struct {
	buckets [128][]ID
	tick    int64 // the last second that was looked at
	soonest int64 // no bucket before this second's has an entry
	entries int
}

func (w *wheel) start(now time.Duration) { w.tick = int64(now / time.Second) }

// add arranges a look at the end of second at, earlier if the wheel does not reach so far, and
// answers the second.
func (w *wheel) add(id ID, at int64) int64 {
	at = min(max(at, w.tick+1), w.tick+int64(len(w.buckets))-1)
	b := &w.buckets[at%int64(len(w.buckets))]
	*b = append(*b, id)
	if w.entries == 0 || at < w.soonest {
		w.soonest = at
	}
	w.entries++
	return at
}

// next is when the next look is due. It is asked after every batch, so it goes over empty buckets once.
func (w *wheel) next() (time.Duration, bool) {
	if w.entries == 0 {
		return 0, false
	}
	for at := max(w.tick+1, w.soonest); at < w.tick+int64(len(w.buckets)); at++ {
		if len(w.buckets[at%int64(len(w.buckets))]) > 0 {
			w.soonest = at
			return time.Duration(at+1) * time.Second, true
		}
	}
	return time.Duration(w.tick+int64(len(w.buckets))) * time.Second, true
}

func (w *wheel) advance(now time.Duration, look func(ID)) {
	current := int64(now/time.Second) - 1
	for w.tick < current {
		w.tick++
		b := &w.buckets[w.tick%int64(len(w.buckets))]
		if len(*b) == 0 {
			if w.entries == 0 {
				w.tick = current
			}
			continue
		}
		ids := *b
		*b = nil // a burst's large bucket is not kept for ever
		w.entries -= len(ids)
		for _, id := range ids {
			look(id)
		}
	}
}

package redis

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Message is one that was published.
type Message struct {
	Channel string
	Payload string
	Pattern string // that the channel matches, of a subscription to a pattern; else ""
}

// Bounds of what waits for a slow subscriber. Further messages are dropped and counted: nothing else keeps a subscriber that
// does not keep up from holding up all others, or from filling the memory.
const (
	maxWaiting      = 10000
	maxWaitingBytes = 64 << 20
	maxBatch        = 100 // messages for one call of a callback
)

// Feed is a subscription.
type Feed struct {
	s      *shared
	ctx    context.Context // ends with the feed
	cancel context.CancelFunc

	mu        sync.Mutex // guards all below
	topics    map[topic]*hub
	waiting   []Message
	bytes     int
	wake      chan struct{} // one place: there is something new
	dropped   int
	losses    int
	listening bool
	closed    bool
}

// Subscribe makes a subscription, to nothing yet.
func (c *Client) Subscribe() (*Feed, error) {
	if c.problem != nil {
		return nil, c.problem
	}
	f := &Feed{s: c.s, topics: map[topic]*hub{}, wake: make(chan struct{}, 1)}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	c.s.hold()
	return f, nil
}

func (f *Feed) each(kind int, names []string, do func(h *hub, list []topic) error) error {
	if kind < channels || kind > shards {
		return misuse("there is no such kind of subscription")
	}
	hubs := map[*hub][]topic{}
	for _, name := range names {
		if name == "" {
			return misuse("a channel has a name")
		}
		slot := anySlot
		if kind == shards && f.s.target.mode == cluster {
			slot = slotOf(name)
		}
		h, err := f.s.hub(slot)
		if err != nil {
			return f.s.failed(f.ctx, err, "SUBSCRIBE", 0)
		}
		hubs[h] = append(hubs[h], topic{kind, name})
	}
	for h, list := range hubs {
		if err := do(h, list); err != nil {
			return err
		}
	}
	return nil
}

// Add subscribes to more. It returns when the server has confirmed it.
func (f *Feed) Add(ctx context.Context, kind int, names []string) error {
	return f.each(kind, names, func(h *hub, list []topic) error {
		f.mu.Lock()
		if f.closed {
			f.mu.Unlock()
			return misuse("this subscription has ended")
		}
		for _, t := range list {
			f.topics[t] = h
		}
		f.mu.Unlock()
		err := h.add(ctx, f, list)
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.closed { // meanwhile
			go h.remove(f, list)
		}
		if err != nil {
			for _, t := range list {
				delete(f.topics, t)
			}
		}
		return err
	})
}

// Remove unsubscribes from some.
func (f *Feed) Remove(ctx context.Context, kind int, names []string) error {
	return f.each(kind, names, func(h *hub, list []topic) error {
		f.mu.Lock()
		for _, t := range list {
			delete(f.topics, t)
		}
		f.mu.Unlock()
		h.remove(f, list)
		return nil
	})
}

// Topics are the names that the subscription is for.
func (f *Feed) Topics() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	names := make([]string, 0, len(f.topics))
	for t := range f.topics {
		names = append(names, t.name)
	}
	slices.Sort(names)
	return names
}

func (f *Feed) push(m Message) {
	size := len(m.Channel) + len(m.Payload) + len(m.Pattern)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	if len(f.waiting) >= maxWaiting || f.bytes+size > maxWaitingBytes && len(f.waiting) > 0 {
		f.dropped++
		f.s.dropped.Add(1)
		return
	}
	f.waiting = append(f.waiting, m)
	f.bytes += size
	f.signal()
}

func (f *Feed) signal() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// interrupted notes that the connection was lost, with whatever was published until it is there again.
func (f *Feed) interrupted() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.losses++
}

// take waits for messages. None: the subscription has ended.
func (f *Feed) take(ctx context.Context, most int) ([]Message, error) {
	for {
		f.mu.Lock()
		if n := min(most, len(f.waiting)); n > 0 {
			list := slices.Clone(f.waiting[:n])
			f.waiting = f.waiting[n:]
			if len(f.waiting) == 0 {
				f.waiting, f.bytes = nil, 0
			} else {
				for _, m := range list {
					f.bytes -= len(m.Channel) + len(m.Payload) + len(m.Pattern)
				}
				f.signal() // for another who waits
			}
			f.mu.Unlock()
			return list, nil
		}
		closed := f.closed
		f.mu.Unlock()
		if closed {
			return nil, nil
		}
		select {
		case <-f.wake:
		case <-f.ctx.Done():
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Next waits for a message, so long at most (0: without end). nil: there was none, or the subscription has ended.
func (f *Feed) Next(ctx context.Context, wait time.Duration) (*Message, error) {
	limited, cancel := ctx, context.CancelFunc(func() {})
	if wait > 0 {
		limited, cancel = context.WithTimeout(ctx, wait)
	}
	defer cancel()
	list, err := f.take(limited, 1)
	if err != nil && ctx.Err() == nil {
		return nil, nil // only the wait is over
	}
	if len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// Listen calls a function with messages, several at once when they come fast, on its own worker's loop. The next call comes
// when it has returned.
func (f *Feed) Listen(callback func(ctx context.Context, messages []Message) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.listening {
		return misuse("this subscription has a callback")
	}
	f.listening = true
	go func() {
		for {
			list, err := f.take(f.ctx, maxBatch)
			if err != nil || len(list) == 0 {
				return
			}
			_ = callback(f.ctx, list) // what it has thrown the loop has seen; that the script has ended closes the feed
		}
	}()
	return nil
}

// Dropped is how many messages were thrown away because too many waited.
func (f *Feed) Dropped() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dropped
}

// Losses is how often the connection was lost. What was published until it was there again has not come.
func (f *Feed) Losses() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.losses
}

// Active says whether the subscription has not ended.
func (f *Feed) Active() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.closed
}

// Close ends the subscription. Messages that wait are still given to Next.
func (f *Feed) Close() {
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return
	}
	f.closed = true
	hubs := map[*hub][]topic{}
	for t, h := range f.topics {
		hubs[h] = append(hubs[h], t)
	}
	f.topics = nil
	f.mu.Unlock()
	f.cancel()
	go func() { // the server is told
		for h, list := range hubs {
			h.remove(f, list)
		}
		f.s.release()
	}()
}

package redis

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/redis/rueidis"
)

// Kinds of subscriptions.
const (
	channels = iota
	patterns
	shards
)

// topic is what somebody listens to.
type topic struct {
	kind int
	name string
}

// hub is the connection over which a client's subscriptions come, for all workers: each message crosses the network once. In a
// cluster sharded channels have one for each slot.
//
// Its connection is made when there is something to listen to, made anew when it is lost, and closed when nobody listens any more.
type hub struct {
	s    *shared
	slot uint16 // of sharded channels; slots for all others

	net sync.Mutex // held while commands of the hub are under way: the server sees them in the order of the changes

	mu      sync.Mutex // guards all below; taken after net
	topics  map[topic][]*Feed
	link    rueidis.DedicatedClient // nil: not connected
	attempt *attempt                // at connecting, which callers wait for
	running bool
	stop    context.CancelFunc
	closed  bool
}

type attempt struct {
	done chan struct{}
	err  error
}

// anySlot is the place of the hub that has no slot.
const anySlot = uint16(slots)

func (s *shared) hub(slot uint16) (*hub, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, rueidis.ErrClosing
	}
	h := s.hubs[slot]
	if h == nil {
		h = &hub{s: s, slot: slot, topics: map[topic][]*Feed{}}
		s.hubs[slot] = h
	}
	return h, nil
}

func (h *hub) size() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.topics)
}

func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	if h.stop != nil {
		h.stop()
	}
	h.mu.Unlock()
}

// add makes a feed hear topics. It returns when the server has confirmed them.
func (h *hub) add(ctx context.Context, f *Feed, list []topic) error {
	h.net.Lock()
	h.mu.Lock()
	var fresh []topic
	for _, t := range list {
		if slices.Contains(h.topics[t], f) {
			continue
		}
		if len(h.topics[t]) == 0 {
			fresh = append(fresh, t)
		}
		h.topics[t] = append(h.topics[t], f)
	}
	link := h.link
	if link == nil && h.attempt == nil {
		h.attempt = &attempt{done: make(chan struct{})}
	}
	waits := h.attempt
	if !h.running {
		var background context.Context
		background, h.stop = context.WithCancel(context.Background())
		h.running = true
		go h.run(background)
	}
	h.mu.Unlock()
	var err error
	if link != nil {
		limited, cancel := context.WithTimeout(ctx, h.s.options.Timeout)
		err = subscribe(limited, link, fresh)
		cancel()
		h.net.Unlock()
		if err != nil {
			if _, refused := rueidis.IsRedisErr(err); !refused {
				link.Close() // begin anew, for it is not known what the server has understood
			}
		}
	} else {
		h.net.Unlock()
		limit := time.NewTimer(h.s.options.Timeout)
		defer limit.Stop()
		select {
		case <-waits.done:
			err = waits.err
		case <-ctx.Done():
			err = ctx.Err()
		case <-limit.C:
			err = context.DeadlineExceeded
		}
	}
	if err != nil {
		h.remove(f, list)
		return h.s.failed(ctx, err, "SUBSCRIBE", h.s.options.Timeout)
	}
	return nil
}

// remove makes a feed hear topics no more. It may have to wait for the network.
func (h *hub) remove(f *Feed, list []topic) {
	h.net.Lock()
	defer h.net.Unlock()
	h.mu.Lock()
	var last []topic
	for _, t := range list {
		at := slices.Index(h.topics[t], f)
		if at < 0 {
			continue
		}
		// Those who deliver have the old slice.
		rest := slices.Delete(slices.Clone(h.topics[t]), at, at+1)
		if len(rest) > 0 {
			h.topics[t] = rest
			continue
		}
		delete(h.topics, t)
		last = append(last, t)
	}
	link, idle := h.link, len(h.topics) == 0
	if idle && h.stop != nil {
		h.stop() // with the connection all subscriptions end
		h.link = nil
	}
	h.mu.Unlock()
	if link == nil || idle || len(last) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), h.s.options.Timeout)
	defer cancel()
	if err := unsubscribe(ctx, link, last); err != nil {
		link.Close()
	}
}

// run keeps the connection while there are topics.
func (h *hub) run(ctx context.Context) {
	pause := time.Duration(0)
	for {
		began := time.Now()
		h.serve(ctx)
		if h.over(ctx) {
			return
		}
		if pause = min(max(2*pause, 50*time.Millisecond), 2*time.Second); time.Since(began) > 5*time.Second {
			pause = 0
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// over says whether the hub is at its end. Topics that came since it was told to stop begin it anew.
func (h *hub) over(ctx context.Context) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if ctx.Err() == nil {
		return false
	}
	h.running, h.stop = false, nil
	switch {
	case h.closed:
		h.conclude(ctx, rueidis.ErrClosing)
	case len(h.topics) == 0:
		h.attempt = nil // who waited has given up
	default:
		var background context.Context
		background, h.stop = context.WithCancel(context.Background())
		h.running = true
		go h.run(background)
	}
	return true
}

// conclude tells those who wait for the connection. They do not wait for one of a hub that is to stop: it begins anew for
// them. It is called with mu held.
func (h *hub) conclude(ctx context.Context, err error) {
	if h.attempt != nil && (ctx.Err() == nil || h.closed) {
		h.attempt.err = err
		close(h.attempt.done)
		h.attempt = nil
	}
}

// serve connects, subscribes, and returns when the connection is lost or the hub is to stop.
func (h *hub) serve(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, h.s.options.Timeout)
	defer cancel()
	client, err := h.s.client(limited)
	var back func()
	if err == nil {
		back, err = h.s.ticket(limited)
	}
	if err != nil {
		h.mu.Lock()
		h.conclude(ctx, err)
		h.mu.Unlock()
		return
	}
	defer back()
	link, release := client.Dedicate()
	defer release()
	defer link.Close() // what it is subscribed to is not for the next one
	lost := link.SetPubSubHooks(rueidis.PubSubHooks{OnMessage: h.deliver})
	h.net.Lock()
	h.mu.Lock()
	all := make([]topic, 0, len(h.topics))
	for t := range h.topics {
		all = append(all, t)
	}
	h.mu.Unlock()
	err = h.subscribeAll(limited, link, all)
	h.mu.Lock()
	if err == nil && ctx.Err() == nil {
		h.link = link
	}
	h.conclude(ctx, err)
	h.mu.Unlock()
	h.net.Unlock()
	if err != nil {
		return
	}
	select {
	case <-lost:
		h.s.failures.Add(1)
	case <-ctx.Done():
	}
	h.net.Lock() // no command is under way on it
	h.mu.Lock()
	h.link = nil
	told := map[*Feed]bool{}
	for _, feeds := range h.topics {
		for _, f := range feeds {
			if !told[f] && ctx.Err() == nil {
				told[f] = true
				f.interrupted()
			}
		}
	}
	h.mu.Unlock()
	h.net.Unlock()
}

// subscribeAll subscribes again to everything. A topic that the server refuses must not keep the others away.
func (h *hub) subscribeAll(ctx context.Context, link rueidis.DedicatedClient, all []topic) error {
	err := subscribe(ctx, link, all)
	if _, refused := rueidis.IsRedisErr(err); !refused {
		return err
	}
	var first error
	done := 0
	for _, t := range all {
		err := subscribe(ctx, link, []topic{t})
		if err == nil {
			done++
			continue
		}
		if _, refused := rueidis.IsRedisErr(err); !refused {
			return err
		}
		first = errors.Join(first, err)
	}
	if done == 0 {
		return first
	}
	return nil
}

// batchTopics bounds the names in one command.
const batchTopics = 500

func subscribe(ctx context.Context, link rueidis.DedicatedClient, list []topic) error {
	return eachKind(list, func(kind int, names []string) error {
		switch b := link.B(); kind {
		case patterns:
			return link.Do(ctx, b.Psubscribe().Pattern(names...).Build()).Error()
		case shards:
			return link.Do(ctx, b.Ssubscribe().Channel(names...).Build()).Error()
		default:
			return link.Do(ctx, b.Subscribe().Channel(names...).Build()).Error()
		}
	})
}

func unsubscribe(ctx context.Context, link rueidis.DedicatedClient, list []topic) error {
	return eachKind(list, func(kind int, names []string) error {
		switch b := link.B(); kind {
		case patterns:
			return link.Do(ctx, b.Punsubscribe().Pattern(names...).Build()).Error()
		case shards:
			return link.Do(ctx, b.Sunsubscribe().Channel(names...).Build()).Error()
		default:
			return link.Do(ctx, b.Unsubscribe().Channel(names...).Build()).Error()
		}
	})
}

func eachKind(list []topic, do func(kind int, names []string) error) error {
	for kind := range shards + 1 {
		var names []string
		for _, t := range list {
			if t.kind == kind {
				names = append(names, t.name)
			}
		}
		for part := range slices.Chunk(names, batchTopics) {
			if err := do(kind, part); err != nil && !rueidis.IsRedisNil(err) {
				return err
			}
		}
	}
	return nil
}

// deliver is called by rueidis for each message, one after the other. It must not wait: it would hold up the connection.
func (h *hub) deliver(m rueidis.PubSubMessage) {
	t := topic{channels, m.Channel}
	switch {
	case m.Pattern != "":
		t = topic{patterns, m.Pattern}
	case h.slot != anySlot:
		t.kind = shards
	}
	h.mu.Lock()
	feeds := h.topics[t]
	if len(feeds) == 0 && t.kind == channels { // outside of clusters sharded channels come over the same connection
		feeds = h.topics[topic{shards, m.Channel}]
	}
	h.mu.Unlock()
	for _, f := range feeds {
		f.push(Message{Channel: m.Channel, Payload: m.Message, Pattern: m.Pattern})
	}
}

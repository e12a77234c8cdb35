// Package channel has bounded queues between the workers of a process: many push, many pop, each value once.
package channel

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/phalanx-php/phalanx/goengine/wire"
)

// MaxWaiting is how many may wait at one end of a channel; further ones get ErrTooMany.
const MaxWaiting = 100_000

var (
	// ErrClosed answers pushes to a closed channel, and pops from one that is closed and empty.
	ErrClosed = errors.New("channel: closed")
	// ErrTooMany answers who would wait behind MaxWaiting others.
	ErrTooMany = errors.New("channel: too many wait already")
	// ErrTooLarge answers a value larger than the channel's bytes.
	ErrTooLarge = errors.New("channel: the value is larger than the channel")
)

// Channel is a queue with room for a number of values and bytes; who finds it full or empty waits, in the order of
// coming. Its methods may be called from any goroutine.
type Channel struct {
	capacity, maxBytes int

	mu      sync.Mutex // guards all below
	values  []wire.Opaque
	head    int // of values: those before it have been popped
	bytes   int
	closed  bool
	pushers list.List // of *pusher: there is no room for their values
	poppers list.List // of *popper: there is no value
	pushed  int64
	popped  int64
}

type pusher struct {
	value wire.Opaque
	done  chan error // has room for one
}

// popper waits for a value of one channel, or of several: who claims it gives it one.
type popper struct {
	claimed atomic.Bool
	value   chan popped // has room for one
}

type popped struct {
	from  *Channel
	value wire.Opaque
	err   error
}

// New makes a channel.
func New(capacity, maxBytes int) *Channel {
	return &Channel{capacity: max(capacity, 1), maxBytes: maxBytes}
}

func (c *Channel) len() int { return len(c.values) - c.head }

// TryPush puts a value in if there is room and nobody waits for it; it never waits.
func (c *Channel) TryPush(v wire.Opaque) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tryPush(v)
}

func (c *Channel) tryPush(v wire.Opaque) (bool, error) {
	switch {
	case c.closed:
		return false, ErrClosed
	case len(v) > c.maxBytes:
		return false, ErrTooLarge
	case c.pushers.Len() > 0 || !c.fits(v):
		return false, nil
	}
	c.put(v)
	return true, nil
}

func (c *Channel) fits(v wire.Opaque) bool {
	return c.awaited() || c.len() < c.capacity && c.bytes+len(v) <= c.maxBytes
}

// awaited says whether somebody waits for a value; there is none then. Those who have got one of another channel are
// forgotten.
func (c *Channel) awaited() bool {
	for first := c.poppers.Front(); first != nil; first = c.poppers.Front() {
		if !first.Value.(*popper).claimed.Load() {
			return true
		}
		c.poppers.Remove(first)
	}
	return false
}

// hand gives a value to who waits longest; false: nobody waits.
func (c *Channel) hand(v wire.Opaque) bool {
	for first := c.poppers.Front(); first != nil; first = c.poppers.Front() {
		if p := c.poppers.Remove(first).(*popper); p.claimed.CompareAndSwap(false, true) {
			c.popped++
			p.value <- popped{from: c, value: v}
			return true
		}
	}
	return false
}

// put hands a value to who waits longest, or keeps it.
func (c *Channel) put(v wire.Opaque) {
	c.pushed++
	if c.hand(v) {
		return
	}
	if c.head > 64 && c.head*2 > len(c.values) { // what is popped makes room in place
		n := copy(c.values, c.values[c.head:])
		clear(c.values[n:])
		c.values, c.head = c.values[:n], 0
	}
	c.values = append(c.values, v)
	c.bytes += len(v)
}

// Push waits for room.
func (c *Channel) Push(ctx context.Context, v wire.Opaque) error {
	c.mu.Lock()
	done, err := c.tryPush(v)
	if done || err != nil {
		c.mu.Unlock()
		return err
	}
	if c.pushers.Len() >= MaxWaiting {
		c.mu.Unlock()
		return ErrTooMany
	}
	p := &pusher{v, make(chan error, 1)}
	place := c.pushers.PushBack(p)
	c.mu.Unlock()
	select {
	case err := <-p.done:
		return err
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case err := <-p.done: // it went in at the same moment
		return err
	default:
	}
	first := c.pushers.Front() == place
	c.pushers.Remove(place)
	if first {
		c.admit() // a large value may have kept smaller ones out
	}
	return context.Cause(ctx)
}

// TryPop takes the oldest value; false: there is none. It never waits.
func (c *Channel) TryPop() (v wire.Opaque, ok bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tryPop()
}

func (c *Channel) tryPop() (v wire.Opaque, ok bool, err error) {
	if c.len() == 0 {
		if c.closed {
			err = ErrClosed
		}
		return "", false, err
	}
	v, c.values[c.head] = c.values[c.head], ""
	if c.head++; c.head == len(c.values) {
		c.values, c.head = c.values[:0], 0
		if cap(c.values) > 1024 {
			c.values = nil
		}
	}
	c.bytes -= len(v)
	c.popped++
	c.admit()
	return v, true, nil
}

// admit takes values of those who wait, as far as there is room.
func (c *Channel) admit() {
	for first := c.pushers.Front(); first != nil && c.fits(first.Value.(*pusher).value); first = c.pushers.Front() {
		p := c.pushers.Remove(first).(*pusher)
		c.put(p.value)
		p.done <- nil
	}
}

// Pop waits for a value.
func (c *Channel) Pop(ctx context.Context) (wire.Opaque, error) {
	_, v, err := Select(ctx, []*Channel{c})
	return v, err
}

// Select waits for a value of any of the channels and says whose it is. One that has a value at once goes before others in
// the order of the list; a closed and empty one answers ErrClosed.
func Select(ctx context.Context, channels []*Channel) (*Channel, wire.Opaque, error) {
	p := &popper{value: make(chan popped, 1)}
	places := make([]*list.Element, 0, len(channels))
	leave := func() {
		for i, place := range places {
			channels[i].mu.Lock()
			channels[i].poppers.Remove(place) // nothing, when it is gone
			channels[i].mu.Unlock()
		}
	}
	for _, c := range channels {
		place, got := c.wait(p)
		if place == nil {
			if got.from != nil {
				leave()
				return c, got.value, got.err
			}
			break // one of the channels before has given a value meanwhile
		}
		places = append(places, place)
	}
	select {
	case got := <-p.value:
		leave()
		return got.from, got.value, got.err
	case <-ctx.Done():
	}
	leave()
	if !p.claimed.CompareAndSwap(false, true) { // a value came at the same moment: nobody is to lose it
		if got := <-p.value; got.err == nil {
			got.from.Return(got.value)
		}
	}
	return nil, "", context.Cause(ctx)
}

// wait puts a popper into the queue, or answers for it at once: then there is no place.
func (c *Channel) wait(p *popper) (*list.Element, popped) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.len() > 0 || c.closed {
		if !p.claimed.CompareAndSwap(false, true) {
			return nil, popped{}
		}
		v, _, err := c.tryPop()
		return nil, popped{from: c, value: v, err: err}
	}
	if c.poppers.Len() >= MaxWaiting {
		if !p.claimed.CompareAndSwap(false, true) {
			return nil, popped{}
		}
		return nil, popped{from: c, err: ErrTooMany}
	}
	return c.poppers.PushBack(p), popped{}
}

// Return puts a popped value that nobody got before all others again.
func (c *Channel) Return(v wire.Opaque) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.giveBack(v)
}

func (c *Channel) giveBack(v wire.Opaque) {
	c.popped--
	if c.hand(v) {
		return
	}
	if c.head > 0 {
		c.head--
		c.values[c.head] = v
	} else {
		c.values = append([]wire.Opaque{v}, c.values...)
	}
	c.bytes += len(v)
}

// Close ends the channel for pushes, also those that wait; what is in it can still be popped. False: it was closed.
func (c *Channel) Close() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.closed = true
	for first := c.pushers.Front(); first != nil; first = c.pushers.Front() {
		c.pushers.Remove(first).(*pusher).done <- ErrClosed
	}
	for first := c.poppers.Front(); first != nil; first = c.poppers.Front() { // they wait, so it is empty
		if p := c.poppers.Remove(first).(*popper); p.claimed.CompareAndSwap(false, true) {
			p.value <- popped{from: c, err: ErrClosed}
		}
	}
	return true
}

// State is a channel at one moment.
type State struct {
	Len, Bytes, Pushers, Poppers int
	Pushed, Popped               int64
	Closed                       bool
}

// State looks at it.
func (c *Channel) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return State{c.len(), c.bytes, c.pushers.Len(), c.poppers.Len(), c.pushed, c.popped, c.closed}
}

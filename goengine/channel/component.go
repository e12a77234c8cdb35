package channel

//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen

import (
	"context"
	"errors"
	"sync"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/shared"
	"github.com/phalanx-php/phalanx/goengine/wire"
)

// Limits of channels.
const (
	MaxCapacity     = 10_000_000
	DefaultMaxBytes = 64 << 20
	MaxChannels     = 1024 // of one select
)

var named = shared.NewRegistry("channel", func(c *Channel) shared.Figures {
	st := c.State()
	closed := int64(0)
	if st.Closed {
		closed = 1
	}
	return shared.Figures{{Name: "values", Value: int64(st.Len)}, {Name: "capacity", Value: int64(c.capacity)},
		{Name: "bytes", Value: int64(st.Bytes)}, {Name: "pushed", Value: st.Pushed}, {Name: "popped", Value: st.Popped},
		{Name: "pushers", Value: int64(st.Pushers)}, {Name: "poppers", Value: int64(st.Poppers)}, {Name: "closed", Value: closed}}
})

// Shared is a Channel with its name, as PHP has it.
type Shared struct {
	channel *Channel
	name    string
}

type options struct {
	component.Options
	Capacity int
	MaxBytes int
}

// Open finds or makes the channel of a name. Zero options are those that it has, or the defaults.
func Open(name string, o options) (*Shared, error) {
	if o.Capacity < 0 || o.Capacity > MaxCapacity || o.MaxBytes < 0 || o.MaxBytes > wire.DefaultBytes*16 {
		return nil, shared.Options("a channel has room for 1 to %d values, and for 1 byte to %d MiB", MaxCapacity, wire.DefaultBytes*16>>20)
	}
	c, err := named.Open(name, func(c *Channel) error {
		return errors.Join(shared.Differs("capacity", o.Capacity, c.capacity), shared.Differs("maxBytes", o.MaxBytes, c.maxBytes))
	}, func() (*Channel, error) {
		if o.Capacity == 0 {
			o.Capacity = 1
		}
		if o.MaxBytes == 0 {
			o.MaxBytes = DefaultMaxBytes
		}
		return New(o.Capacity, o.MaxBytes), nil
	})
	if err != nil {
		return nil, err
	}
	return &Shared{c, name}, nil
}

func (s *Shared) wrap(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrClosed):
		return &component.Exception{Class: shared.ClosedException, Err: errors.New("the channel \"" + s.name + "\" is closed")}
	case errors.Is(err, ErrTooLarge):
		return shared.Limit("the value is larger than the channel %q, which has %d bytes", s.name, s.channel.maxBytes)
	case errors.Is(err, ErrTooMany):
		return shared.Limit("%d wait for the channel %q already", MaxWaiting, s.name)
	}
	return err
}

// TryPush puts a value in if there is room; it never waits.
func (s *Shared) TryPush(value component.Opaque) (bool, error) {
	ok, err := s.channel.TryPush(value)
	return ok, s.wrap(err)
}

// PushWait waits for room.
func (s *Shared) PushWait(ctx context.Context, value component.Opaque, timeout *float64) error {
	ctx, cancel, err := shared.Within(ctx, timeout)
	if err != nil {
		return err
	}
	defer cancel()
	return s.wrap(shared.Waited(s.channel.Push(ctx, value), "there has been no room in the channel %q in time", s.name))
}

// TryPop takes the oldest value; with none it returns $default. It never waits.
func (s *Shared) TryPop(otherwise component.Opaque) (component.Opaque, error) {
	v, ok, err := s.channel.TryPop()
	if err != nil || !ok {
		return otherwise, s.wrap(err)
	}
	return v, nil
}

// PopWait waits for a value.
func (s *Shared) PopWait(ctx context.Context, timeout *float64) (*Delivery, error) {
	return pop(ctx, []*Shared{s}, timeout)
}

// SelectWait waits for a value of any of the channels.
func SelectWait(ctx context.Context, channels []*Shared, timeout *float64) (*Delivery, error) {
	if len(channels) == 0 || len(channels) > MaxChannels {
		return nil, shared.Options("one selects among 1 to %d channels", MaxChannels)
	}
	return pop(ctx, channels, timeout)
}

func pop(ctx context.Context, list []*Shared, timeout *float64) (*Delivery, error) {
	ctx, cancel, err := shared.Within(ctx, timeout)
	if err != nil {
		return nil, err
	}
	defer cancel()
	all := make([]*Channel, len(list))
	for i, s := range list {
		all[i] = s.channel
	}
	from, v, err := Select(ctx, all)
	index := 0
	for i, c := range all {
		if c == from {
			index = i
			break
		}
	}
	if err != nil {
		return nil, list[index].wrap(shared.Waited(err, "nothing has come through the channel %q in time", list[0].name))
	}
	return &Delivery{index: index, from: from, value: v}, nil
}

// Delivery is a value on its way to who has waited. When it does not arrive, because a Fiber was cancelled or a script
// ended, it goes back.
type Delivery struct {
	index int
	from  *Channel

	mu    sync.Mutex // guards all below
	value component.Opaque
	taken bool
}

// Index is the place of the channel in the list.
func (d *Delivery) Index() int { return d.index }

// Take answers the value; it has arrived then.
func (d *Delivery) Take() component.Opaque {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.taken = true
	return d.value
}

func (d *Delivery) release() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.taken {
		d.taken = true
		d.from.Return(d.value)
	}
}

// Len returns how many values are in it.
func (s *Shared) Len() int { return s.channel.State().Len }

// Capacity returns how many values it has room for.
func (s *Shared) Capacity() int { return s.channel.capacity }

// Close ends the channel: pushes throw a ClosedException, also those that wait; what is in it can still be popped. False:
// it was closed before.
func (s *Shared) Close() bool { return s.channel.Close() }

// IsClosed says whether it is closed.
func (s *Shared) IsClosed() bool { return s.channel.State().Closed }

// Stats is what there is to say of it.
type Stats struct {
	Values, Bytes, Pushers, Poppers int
	Pushed, Popped                  int64
	Closed                          bool
}

// Stats returns figures: values and bytes in it, who waits at its ends, and how many values came and went.
func (s *Shared) Stats() Stats {
	st := s.channel.State()
	return Stats{st.Len, st.Bytes, st.Pushers, st.Poppers, st.Pushed, st.Popped, st.Closed}
}

// Name returns the name.
func (s *Shared) Name() string { return s.name }

// Drop forgets the name: who opens it next has a new channel. Those who have this one may go on with it.
func (s *Shared) Drop() bool {
	return named.Drop(s.name, func(c *Channel) bool { return c == s.channel })
}

func init() {
	component.Register(`Phalanx\Shared\Native\Channel`, Open, component.Remote(), component.Params("TryPop", "default"),
		component.Static("selectWait", SelectWait))
	component.RegisterType[*Delivery](`Phalanx\Shared\Native\Delivery`, component.OnRelease((*Delivery).release))
}

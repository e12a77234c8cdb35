package redis

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
)

// Link is a connection that one PHP object has for itself.
type Link struct {
	s       *shared
	on      rueidis.DedicatedClient
	release func()
	ticket  func()
	gone    atomic.Bool

	mu       sync.Mutex // guards the rest
	watching bool       // UNWATCH is due
	changed  bool       // it cannot be another's again
	slot     int        // in a cluster: of its first key; -1 before that
}

// Dedicate takes a connection out of the pool, waiting for one that is free for as long as for a reply.
func (c *Client) Dedicate(ctx context.Context) (*Link, error) {
	client, _, cancel, err := c.start(ctx, "a connection")
	if err != nil {
		return nil, err
	}
	cancel()
	back, err := c.s.ticket(ctx)
	if err != nil {
		return nil, err
	}
	l := &Link{s: c.s, ticket: back, slot: -1}
	l.on, l.release = client.Dedicate()
	c.s.hold()
	return l, nil
}

// hold keeps the shared client alive for a Link or a Subscription, which may outlive the Client.
func (s *shared) hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refs++
}

func (l *Link) limit(ctx context.Context) (context.Context, context.CancelFunc, error) {
	if l.gone.Load() {
		return nil, nil, misuse("this connection has been given back")
	}
	limited, cancel := context.WithTimeout(ctx, l.s.options.Timeout)
	return limited, cancel, nil
}

// sameSlot refuses what another server of the cluster would have to do. rueidis panics then.
func (l *Link) sameSlot(cmds ...rueidis.Completed) error {
	if l.s.target.mode != cluster {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range cmds {
		n := int(cmds[i].Slot())
		if n >= slots {
			if l.slot < 0 {
				return misuse("in a cluster the first command of a connection has a key: it says to which server the connection goes")
			}
			continue
		}
		if l.slot >= 0 && n != l.slot {
			return (&errorReply{"CROSSSLOT the keys of a connection belong to one slot of the cluster"}).exception("")
		}
		l.slot = n
	}
	return nil
}

// Do sends a command on this connection.
func (l *Link) Do(ctx context.Context, args []any, shape int) (_ Reply, err error) {
	cmd, err := prepare(args, shape)
	if err != nil {
		return Reply{}, err
	}
	ctx, end := traced(ctx, cmd.name(), 0)
	defer func() { end(err) }()
	if err := cmd.allowed(true); err != nil {
		return Reply{}, err
	}
	limited, cancel, err := l.limit(ctx)
	if err != nil {
		return Reply{}, err
	}
	defer cancel()
	built, err := l.s.build(l.on.B(), &cmd, true)
	if err != nil {
		return Reply{}, err
	}
	if err := l.sameSlot(built); err != nil {
		return Reply{}, err
	}
	if built.IsBlock() {
		limited = ctx
	}
	if cmd.changes() {
		l.note(cmd.args[0])
	}
	l.s.commands.Add(1)
	return l.s.answer(ctx, l.on.Do(limited, built), &cmd)
}

func (l *Link) note(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch name {
	case "WATCH":
		l.watching = true
	case "UNWATCH":
		l.watching = false
	default:
		l.changed = true
	}
}

// Pipeline sends commands together on this connection.
func (l *Link) Pipeline(ctx context.Context, list [][]any, shapes []int) (_ Results, err error) {
	ctx, end := traced(ctx, "PIPELINE", len(list))
	defer func() { end(err) }()
	limited, cancel, err := l.limit(ctx)
	if err != nil {
		return Results{}, err
	}
	defer cancel()
	cmds, built, err := l.s.batch(l.on.B(), list, shapes, true, false)
	if err != nil {
		return Results{}, err
	}
	if err := l.sameSlot(built...); err != nil {
		return Results{}, err
	}
	for i := range cmds {
		if cmds[i].changes() {
			l.note(cmds[i].args[0])
		}
	}
	l.s.commands.Add(int64(len(cmds)))
	return l.s.results(ctx, l.on.DoMulti(limited, built...), cmds)
}

// Transaction sends commands between MULTI and EXEC on this connection.
func (l *Link) Transaction(ctx context.Context, list [][]any, shapes []int) (_ Results, err error) {
	ctx, end := traced(ctx, "MULTI", len(list))
	defer func() { end(err) }()
	limited, cancel, err := l.limit(ctx)
	if err != nil {
		return Results{}, err
	}
	defer cancel()
	r, err := l.s.transaction(ctx, limited, l.on, list, shapes)
	if err == nil {
		l.note("UNWATCH") // EXEC did
	}
	return r, err
}

// Close gives the connection back.
func (l *Link) Close() {
	if !l.gone.CompareAndSwap(false, true) {
		return
	}
	l.mu.Lock()
	changed, watching := l.changed, l.watching
	l.mu.Unlock()
	go func() { // it may have to talk to the server
		defer l.s.release()
		defer l.ticket()
		if !changed && watching {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			changed = l.on.Do(ctx, l.on.B().Unwatch().Build()).Error() != nil
		}
		if changed {
			l.on.Close()
			return
		}
		l.release()
	}()
}

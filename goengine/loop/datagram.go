package loop

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/phalanx-php/phalanx/goengine/socket"
)

// DatagramOptions say whom datagrams are exchanged with.
type DatagramOptions struct {
	Network   string // "udp" or "unix"
	Address   string // "ip:port", a path
	Bind      string // local "ip:port", "" any
	Broadcast bool
}

// ConnectDatagram makes a datagram socket with one peer. It is a listener that gives Datagram
// events, and SendTo sends to the peer whatever address it is given. Names are not looked up: see
// Lookup.
func (l *Loop) ConnectDatagram(o DatagramOptions) (int, error) {
	var fd int
	var err error
	switch o.Network {
	case "unix":
		fd, err = socket.ConnectUnix(o.Address, true)
	case "udp":
		var addr netip.AddrPort
		if addr, err = netip.ParseAddrPort(o.Address); err != nil {
			return 0, fmt.Errorf("%q is not ip:port", o.Address)
		}
		fd, _, err = socket.Connect("udp", addr, socket.ConnectOptions{Bind: o.Bind, Broadcast: o.Broadcast})
	default:
		err = fmt.Errorf("loop: cannot connect to a %q address", o.Network)
	}
	if err != nil {
		return 0, plainError(err)
	}
	id, err := l.Listen(fd, ListenOptions{Datagram: true})
	if err != nil {
		socket.Close(fd)
		return 0, err
	}
	l.listeners[id].peer = o.Address
	return id, nil
}

// Lookup finds a host's addresses on a goroutine, within the time-out (0: DefaultConnectTimeout).
// A Resolved event with the identifier in Conn follows: Arg is how many there are and Data has them
// in the resolver's order, one a line; or Arg is 0 and Data says why.
func (l *Loop) Lookup(host string, timeout time.Duration) uint64 {
	if timeout <= 0 {
		timeout = DefaultConnectTimeout
	}
	l.lastLookup++
	id := l.lastLookup
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	if l.lookups == nil {
		l.lookups = map[uint64]context.CancelFunc{}
	}
	l.lookups[id] = cancel
	resolver := l.resolver
	go func() {
		addrs, err := resolver.LookupNetIP(ctx, "ip", host)
		l.postFunc(func() {
			if !l.CancelLookup(id) {
				return
			}
			lines := make([]string, len(addrs))
			for i, addr := range addrs {
				lines[i] = addr.Unmap().String()
			}
			ev := Event{Kind: Resolved, Conn: id, Arg: int32(len(addrs)), Data: []byte(strings.Join(lines, "\n"))}
			if err == nil && len(addrs) == 0 {
				err = errors.New("no address")
			}
			if err != nil {
				ev.Arg, ev.Data = 0, []byte(lookupError(host, err).Error())
			}
			l.queued = append(l.queued, ev)
		})
	}()
	return id
}

// CancelLookup ends a lookup without an event; false when it has ended.
func (l *Loop) CancelLookup(id uint64) bool {
	cancel, ok := l.lookups[id]
	if ok {
		cancel()
		delete(l.lookups, id)
	}
	return ok
}

package loop

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// Network is whom an address counts with.
func Network(a netip.Addr) netip.Addr { return network(a) }

// MaxEvents and MaxPerConn are the bounds of one batch, for tests that go past them.
const (
	MaxEvents  = maxEvents
	MaxPerConn = maxPerConn
	InboxLimit = inboxLimit
)

// Adopt serves a connected socket as if a listener had accepted it.
func (l *Loop) Adopt(fd int, opts ListenOptions) (ID, error) {
	opts.setDefaults()
	if err := unix.SetNonblock(fd, true); err != nil {
		return 0, err
	}
	lst := &listener{id: 1, fd: -1}
	lst.set(opts)
	if opts.Limits.Handshakes > 0 {
		l.hands.Limit = opts.Limits.Handshakes
	}
	c, err := l.adopt(fd, lst, addrPort(nil))
	if err != nil {
		return 0, err
	}
	if opts.Announce {
		c.announced = true
	}
	return c.id, nil
}

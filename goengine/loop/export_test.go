package loop

import "golang.org/x/sys/unix"

// MaxEvents and MaxPerConn are the bounds of one batch, for tests that go past them.
const (
	MaxEvents  = maxEvents
	MaxPerConn = maxPerConn
	InboxLimit = inboxLimit
)

// Adopt serves a connected socket as if a listener had accepted it.
func (l *Loop) Adopt(fd int, opts ListenOptions) (ID, error) {
	if opts.MaxSendBuffer <= 0 {
		opts.MaxSendBuffer = DefaultMaxSendBuffer
	}
	if opts.MaxPackage <= 0 {
		opts.MaxPackage = DefaultMaxPackage
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return 0, err
	}
	lst := &listener{id: 1, fd: -1, opts: opts}
	c, err := l.adopt(fd, lst, addrPort(nil))
	if err != nil {
		return 0, err
	}
	if opts.Announce {
		c.announced = true
	}
	return c.id, nil
}

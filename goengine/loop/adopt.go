package loop

import (
	"errors"
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/socket"
)

// AdoptOptions say how an adopted descriptor is served. Zero limits mean the defaults.
type AdoptOptions struct {
	Proto         Proto
	MaxSendBuffer int    // bytes
	MaxPackage    int    // bytes
	Pending       []byte // what its owner has read and not used; copied
}

// AdoptFD serves a stream socket or a pipe that somebody else has opened, through a descriptor of
// its own; the owner keeps theirs and must not read or write any more. Both become non-blocking.
func (l *Loop) AdoptFD(fd int, o AdoptOptions) (ID, error) {
	if o.MaxSendBuffer <= 0 {
		o.MaxSendBuffer = DefaultMaxSendBuffer
	}
	if o.MaxPackage <= 0 {
		o.MaxPackage = DefaultMaxPackage
	}
	if socket.IsDatagram(fd) {
		return 0, errors.New("loop: a datagram socket is no connection")
	}
	own, err := socket.Dup(fd)
	if err != nil {
		return 0, fmt.Errorf("loop: %w", err)
	}
	var c *conn
	if err = os.NewSyscallError("fcntl", unix.SetNonblock(own, true)); err == nil {
		remote := netip.AddrPort{}
		if sa, err := unix.Getpeername(own); err == nil {
			remote = addrPort(sa)
		}
		c, err = l.adopt(own, &outgoing, remote)
	}
	if err != nil {
		_ = unix.Close(own)
		return 0, fmt.Errorf("loop: %w", err)
	}
	c.shared = true
	c.proto, c.maxSend, c.maxPackage, c.announced = o.Proto, o.MaxSendBuffer, min(o.MaxPackage, maxMessage), true
	if len(o.Pending) > 0 {
		l.stash(c, o.Pending)
		l.enqueue(c)
	}
	return c.id, nil
}

package loop

import (
	"errors"
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/http1"
	"github.com/phalanx-php/phalanx/goengine/tlsconn"
	"github.com/phalanx-php/phalanx/goengine/ws"
)

// ListenOptions say how a listener's connections are served. Zero limits mean the defaults.
type ListenOptions struct {
	Proto         Proto
	MaxSendBuffer int  // bytes
	MaxPackage    int  // bytes
	Announce      bool // give an Accept event for every connection
	Control       bool // give Control events: then answering pings is the application's
	Datagram      bool // a UDP socket
	TLS           *tlsconn.Config
	Limits        Limits
	// Deflate compresses WebSocket messages for clients that offer it; nil: only where the application
	// announces it itself. The loop's from now on.
	Deflate *ws.DeflateOptions

	Key  string // what the next script's listener is found by (Inherit); "" never
	Keep bool   // connections of all protocols outlive the script, not only HTTP's
}

func (o *ListenOptions) setDefaults() {
	if o.MaxSendBuffer <= 0 {
		o.MaxSendBuffer = DefaultMaxSendBuffer
	}
	if o.MaxPackage <= 0 {
		o.MaxPackage = DefaultMaxPackage
	}
	o.Limits.setDefaults()
}

type listener struct {
	id     int
	fd     int
	opts   ListenOptions
	paused bool
	resume bool // by the loop, when the back-off is over
	closed bool
	hold   holdState
	kept   []ID   // what came with it from the script before
	peer   string // whom a connected datagram socket talks with
	http   http1.Limits
	peers  *peers // whom its connections count among
}

// set has a listener serve by these options, whose defaults are set.
func (lst *listener) set(opts ListenOptions) {
	lst.opts, lst.http = opts, opts.Limits.http()
	if lst.peers = nil; opts.Limits.bounded() {
		lst.peers = peersOf(opts.Limits.Group)
	}
}

// Listen serves a bound, listening (or datagram) socket, which becomes the loop's: CloseListener
// closes it. Several loops may share one socket through descriptors of their own.
func (l *Loop) Listen(fd int, opts ListenOptions) (int, error) {
	opts.setDefaults()
	if err := unix.SetNonblock(fd, true); err != nil {
		return 0, fmt.Errorf("loop: %w", os.NewSyscallError("fcntl", err))
	}
	l.nextID++
	lst := &listener{id: l.nextID, fd: fd}
	lst.set(opts)
	l.hands.Limit = opts.Limits.Handshakes
	if err := l.control(unix.EPOLL_CTL_ADD, fd, lst.interest(), uint64(lst.id)|tagListener<<tagShift); err != nil {
		return 0, fmt.Errorf("loop: %w", err)
	}
	l.listeners[lst.id] = lst
	return lst.id, nil
}

// interest: sockets that loops share wake one of them, not all.
func (lst *listener) interest() uint32 {
	if lst.opts.Datagram {
		return unix.EPOLLIN
	}
	return unix.EPOLLIN | unix.EPOLLEXCLUSIVE
}

func (l *Loop) listenerReady(id int) {
	lst := l.listeners[id]
	if lst == nil || lst.paused {
		return
	}
	if lst.opts.Datagram {
		l.receive(lst)
		return
	}
	for range acceptBurst {
		if lst.opts.Announce && !l.room(1) {
			return
		}
		fd, remote, errno := rawAccept(lst.fd)
		switch {
		case errno == unix.EAGAIN || errno == unix.EINTR:
			return
		case errno == unix.ECONNABORTED || errno == unix.EPERM || errno == unix.EPROTO:
			continue // that peer is gone; the next may be there
		case errno != 0:
			// Out of descriptors or memory: the queue stays ready, so pause rather than spin.
			l.pulse.acceptErrors.Add(1)
			if (errno == unix.EMFILE || errno == unix.ENFILE) && l.dismissIdle(nil) {
				continue // who is about to ask comes before who has nothing to ask
			}
			l.log.WithError(errno).Error("loop: cannot accept; trying again in a second")
			l.backOff(lst)
			return
		}
		if !l.admit(lst, remote.Addr()) {
			_ = unix.Close(fd)
			continue
		}
		c, err := l.adopt(fd, lst, remote)
		if err != nil {
			l.log.WithError(err).Error("loop: cannot watch a connection")
			_ = unix.Close(fd)
			if lst.peers != nil {
				lst.peers.leave(remote.Addr())
			}
			continue
		}
		c.peers = lst.peers
		if lst.opts.Announce {
			c.announced = true
			l.events = append(l.events, Event{Kind: Accept, Proto: c.proto, Conn: c.id, Arg: int32(lst.id)})
		}
	}
}

// backOff stops accepting for a second.
func (l *Loop) backOff(lst *listener) {
	_ = l.PauseListener(lst.id)
	lst.resume = true
	l.wheel.add(tagListener<<tagShift|uint64(lst.id), int64(l.now.Seconds())+1)
}

// PauseListener leaves new connections in the kernel's queue.
func (l *Loop) PauseListener(id int) error {
	lst := l.listeners[id]
	if lst == nil {
		return ErrClosed
	}
	lst.resume = false
	if lst.paused {
		return nil
	}
	lst.paused = true
	return l.control(unix.EPOLL_CTL_DEL, lst.fd, 0, 0)
}

// ResumeListener accepts again.
func (l *Loop) ResumeListener(id int) error {
	lst := l.listeners[id]
	if lst == nil {
		return ErrClosed
	}
	if !lst.paused {
		return nil
	}
	lst.paused = false
	return l.control(unix.EPOLL_CTL_ADD, lst.fd, lst.interest(), uint64(lst.id)|tagListener<<tagShift)
}

// CloseListener closes a listening socket; its connections go on.
func (l *Loop) CloseListener(id int) {
	if lst := l.listeners[id]; lst != nil {
		if !lst.paused {
			_ = l.control(unix.EPOLL_CTL_DEL, lst.fd, 0, 0) // other descriptors may keep the socket open
		}
		_ = unix.Close(lst.fd)
		lst.closed = true
		delete(l.listeners, id)
	}
}

// ListenerAddr is the bound address, and its descriptor.
func (l *Loop) ListenerAddr(id int) (addr netip.AddrPort, fd int, err error) {
	lst := l.listeners[id]
	if lst == nil {
		return netip.AddrPort{}, -1, ErrClosed
	}
	sa, err := unix.Getsockname(lst.fd)
	if err != nil {
		return netip.AddrPort{}, lst.fd, os.NewSyscallError("getsockname", err)
	}
	return addrPort(sa), lst.fd, nil
}

// receive takes datagrams.
func (l *Loop) receive(lst *listener) {
	for range udpBurst {
		if !l.room(1) || l.arenaOff+maxDatagram+64 > arenaSize {
			return
		}
		buf := l.arena[l.arenaOff:]
		n, from, err := unix.Recvfrom(lst.fd, buf[64:64+maxDatagram], 0)
		if errors.Is(err, unix.ECONNREFUSED) {
			continue // an ICMP answer to something sent earlier
		}
		if err != nil {
			return
		}
		addr := addrPort(from).String()
		if u, ok := from.(*unix.SockaddrUnix); ok {
			addr = u.Name
		}
		if lst.peer != "" {
			addr = lst.peer
		}
		at := 64 - len(addr)
		if at < 0 {
			addr, at = addr[:64], 0
		}
		copy(buf[at:], addr)
		l.stats.messages++
		l.stats.bytesRead += uint64(n)
		l.events = append(l.events, Event{Kind: Datagram, Arg: int32(lst.id), Aux: uint64(len(addr)), Data: buf[at : 64+n : 64+n]})
		l.arenaOff += (64 + n + 7) &^ 7
	}
}

// SendTo sends a datagram from a UDP listener; false when the kernel's buffer is full.
func (l *Loop) SendTo(id int, data []byte, to netip.AddrPort) error {
	lst := l.listeners[id]
	if lst == nil {
		return ErrClosed
	}
	var sa unix.Sockaddr
	if lst.peer != "" {
		return l.sent(lst, data, nil)
	}
	if local, err := unix.Getsockname(lst.fd); err == nil {
		if _, v6 := local.(*unix.SockaddrInet6); v6 {
			sa = &unix.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}
		}
	}
	if sa == nil {
		if !to.Addr().Unmap().Is4() {
			return fmt.Errorf("loop: %s is not an address of this socket's family", to)
		}
		sa = &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().Unmap().As4()}
	}
	return l.sent(lst, data, sa)
}

// sent sends a datagram, to a connected socket's peer if to is nil.
func (l *Loop) sent(lst *listener, data []byte, to unix.Sockaddr) error {
	if err := unix.Sendto(lst.fd, data, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, to); err != nil {
		if errors.Is(err, unix.EAGAIN) {
			return ErrFull
		}
		return os.NewSyscallError("sendto", err)
	}
	l.stats.bytesWritten += uint64(len(data))
	return nil
}

package socket

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// KeepAlive is after how many seconds of silence the kernel asks whether a peer that we have
// connected to is alive, and how long it waits for the answer: Workerman's
// TcpConnection::TCP_KEEPALIVE_INTERVAL.
const KeepAlive = 55

// ConnectOptions say how to connect.
type ConnectOptions struct {
	// Bind is the local "ip:port", as PHP's context option socket.bindto has it: "0" stands for any
	// address or port. "" leaves both to the kernel.
	Bind      string
	Broadcast bool // datagrams may go to a broadcast address
}

// Connect starts to connect to an IP address; network is "tcp" or "udp". It answers a
// close-on-exec, non-blocking descriptor that the caller owns, and whether the connection is still
// on its way: then the descriptor becomes writable, and SO_ERROR tells how it went.
func Connect(network string, addr netip.AddrPort, o ConnectOptions) (fd int, pending bool, err error) {
	kind := unix.SOCK_STREAM
	if network == "udp" {
		kind = unix.SOCK_DGRAM
	}
	ip := addr.Addr().Unmap()
	family := unix.AF_INET6
	if ip.Is4() {
		family = unix.AF_INET
	}
	if fd, err = unix.Socket(family, kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0); err != nil {
		return -1, false, os.NewSyscallError("socket", err)
	}
	if err = prepare(fd, kind, ip, o); err == nil {
		err = os.NewSyscallError("connect", unix.Connect(fd, sockaddr(ip, addr.Port())))
	}
	if errors.Is(err, unix.EINPROGRESS) || errors.Is(err, unix.EINTR) {
		return fd, true, nil
	}
	if err != nil {
		_ = unix.Close(fd)
		return -1, false, err
	}
	return fd, false, nil
}

// prepare sets what Workerman's clients set, and binds.
func prepare(fd, kind int, peer netip.Addr, o ConnectOptions) error {
	type option struct{ level, name, value int }
	var options []option
	if kind == unix.SOCK_STREAM {
		options = []option{
			{unix.IPPROTO_TCP, unix.TCP_NODELAY, 1}, {unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
			{unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, KeepAlive}, {unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, KeepAlive},
			{unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 1},
		}
	} else if o.Broadcast {
		options = []option{{unix.SOL_SOCKET, unix.SO_BROADCAST, 1}}
	}
	for _, opt := range options {
		if err := unix.SetsockoptInt(fd, opt.level, opt.name, opt.value); err != nil {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	if o.Bind == "" {
		return nil
	}
	local, err := parseBind(o.Bind, peer)
	if err != nil {
		return err
	}
	// A fixed local port must not wait for the last connection's TIME-WAIT.
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return os.NewSyscallError("setsockopt", err)
	}
	if err := unix.Bind(fd, sockaddr(local.Addr(), local.Port())); err != nil {
		return fmt.Errorf("cannot bind to %s: %w", o.Bind, os.NewSyscallError("bind", err))
	}
	return nil
}

// parseBind reads "ip:port" for a peer of this family.
func parseBind(bind string, peer netip.Addr) (netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(bind)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("bindto %q is not ip:port", bind)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("bindto %q has no port between 0 and 65535", bind)
	}
	ip := netip.IPv6Unspecified()
	if peer.Is4() {
		ip = netip.IPv4Unspecified()
	}
	if host != "0" && host != "" {
		if ip, err = netip.ParseAddr(host); err != nil {
			return netip.AddrPort{}, fmt.Errorf("bindto %q has no IP address", bind)
		}
		ip = ip.Unmap()
	}
	if ip.Is4() != peer.Is4() {
		return netip.AddrPort{}, fmt.Errorf("bindto %q is not of the family of %s", bind, peer)
	}
	return netip.AddrPortFrom(ip, uint16(number)), nil
}

func sockaddr(ip netip.Addr, port uint16) unix.Sockaddr {
	if ip.Is4() {
		return &unix.SockaddrInet4{Port: int(port), Addr: ip.As4()}
	}
	sa := &unix.SockaddrInet6{Port: int(port), Addr: ip.As16()}
	if zone := ip.Zone(); zone != "" {
		if i, err := net.InterfaceByName(zone); err == nil {
			sa.ZoneId = uint32(i.Index)
		} else if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
			sa.ZoneId = uint32(n)
		}
	}
	return sa
}

// ConnectUnix connects to a unix socket, a datagram one if asked for; a path that begins with NUL
// is an abstract name. The error is unix.EAGAIN while the listener's queue is full: nothing tells
// when it no longer is.
func ConnectUnix(path string, datagram bool) (int, error) {
	if path == "" {
		return -1, errors.New("the address has no path")
	}
	switch {
	case path[0] == 0:
		path = "@" + path[1:]
	case path[0] == '@': // a file, which x/sys would take for an abstract name
		path = "./" + path
	}
	if strings.IndexByte(path, 0) >= 0 {
		return -1, errors.New("the path has a NUL in it")
	}
	kind := unix.SOCK_STREAM
	if datagram {
		kind = unix.SOCK_DGRAM
	}
	fd, err := unix.Socket(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		_ = unix.Close(fd)
		return -1, os.NewSyscallError("connect", err)
	}
	return fd, nil
}

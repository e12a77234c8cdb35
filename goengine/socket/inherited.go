package socket

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Adopt makes a listening socket, or a datagram one, that another process has bound like those of Listen. The error says
// why the descriptor is no such socket.
func Adopt(fd int) error {
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil {
		return errors.New("it is no socket")
	}
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		return os.NewSyscallError("fcntl", err)
	}
	if kind == unix.SOCK_DGRAM {
		return nil
	}
	if listens, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN); kind != unix.SOCK_STREAM || err != nil || listens == 0 {
		return errors.New("it does not listen (a unit's Accept=yes hands over connections)")
	}
	if domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN); err == nil && domain != unix.AF_UNIX {
		return errors.Join(
			os.NewSyscallError("setsockopt", unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)),
			os.NewSyscallError("setsockopt", unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1)))
	}
	return nil
}

// Serves says whether a socket is bound where Listen(address) would bind one. One of all IPv6 addresses that takes
// IPv4 too serves for all IPv4 addresses.
func Serves(fd int, address string) bool {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok || (scheme == "udp") != IsDatagram(fd) {
		return false
	}
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return false
	}
	if scheme == "unix" {
		u, ok := sa.(*unix.SockaddrUnix)
		return ok && rest != "" && (u.Name == rest || filepath.Clean(u.Name) == filepath.Clean(rest))
	}
	bound, ok := addrPort(sa)
	if !ok {
		return false
	}
	want, err := resolve(rest)
	if err != nil || bound.Port() != want.Port() {
		return false
	}
	if bound.Addr() == want.Addr() {
		return true
	}
	if bound.Addr() != netip.IPv6Unspecified() || want.Addr() != netip.IPv4Unspecified() {
		return false
	}
	only, err := unix.GetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY)
	return err == nil && only == 0
}

// Address writes where a socket is bound as Listen takes it; "" for what cannot be written so.
func Address(fd int) string {
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return ""
	}
	if u, ok := sa.(*unix.SockaddrUnix); ok {
		return "unix://" + u.Name
	}
	bound, ok := addrPort(sa)
	if !ok {
		return ""
	}
	scheme := "tcp"
	if IsDatagram(fd) {
		scheme = "udp"
	}
	return fmt.Sprintf("%s://%s", scheme, net.JoinHostPort(bound.Addr().String(), strconv.Itoa(int(bound.Port()))))
}

// SharesPort says whether others may bind the socket's address too.
func SharesPort(fd int) bool {
	shares, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT)
	return err == nil && shares != 0
}

func addrPort(sa unix.Sockaddr) (netip.AddrPort, bool) {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port)), true
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr).Unmap(), uint16(sa.Port)), true
	}
	return netip.AddrPort{}, false
}

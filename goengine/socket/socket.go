// Package socket binds listening sockets by Workerman-style addresses: "tcp://0.0.0.0:80",
// "udp://[::1]:53", "unix:///run/app.sock". The protocol part of a Worker's address ("http://",
// "websocket://", ...) is the caller's to translate.
package socket

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// DefaultBacklog is Workerman's Worker::DEFAULT_BACKLOG; the kernel caps it at somaxconn.
const DefaultBacklog = 102400

// Options say how to bind.
type Options struct {
	Backlog   int // connections that may wait to be accepted; 0: DefaultBacklog
	ReusePort bool
}

// Error says which address could not be bound and why; Unwrap gives the system call's errno.
type Error struct {
	Address string
	Err     error
}

func (e *Error) Error() string {
	var errno unix.Errno
	reason := e.Err.Error()
	if errors.As(e.Err, &errno) {
		reason = strings.ToUpper(errno.Error()[:1]) + errno.Error()[1:]
	}
	return fmt.Sprintf("Unable to connect to %s (%s)", e.Address, reason)
}

func (e *Error) Unwrap() error { return e.Err }

// Listen binds address and answers a close-on-exec, non-blocking descriptor that the caller owns.
// A unix socket's file that nobody listens on any more is replaced.
func Listen(address string, o Options) (int, error) {
	fd, err := listen(address, o)
	if err != nil {
		return -1, &Error{Address: address, Err: err}
	}
	return fd, nil
}

func listen(address string, o Options) (int, error) {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return -1, errors.New("the address has no scheme, such as tcp://")
	}
	kind := unix.SOCK_STREAM
	switch scheme {
	case "tcp", "ssl":
	case "udp":
		kind = unix.SOCK_DGRAM
	case "unix":
		return listenUnix(rest, o)
	default:
		return -1, fmt.Errorf("unknown transport %s", scheme)
	}
	addr, err := resolve(rest)
	if err != nil {
		return -1, err
	}
	family := unix.AF_INET6
	var sa unix.Sockaddr = &unix.SockaddrInet6{Port: int(addr.Port()), Addr: addr.Addr().As16()}
	if addr.Addr().Is4() {
		family = unix.AF_INET
		sa = &unix.SockaddrInet4{Port: int(addr.Port()), Addr: addr.Addr().As4()}
	}
	fd, err := unix.Socket(family, kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	options := []struct{ level, name, value int }{{unix.SOL_SOCKET, unix.SO_REUSEADDR, 1}}
	if o.ReusePort {
		options = append(options, struct{ level, name, value int }{unix.SOL_SOCKET, unix.SO_REUSEPORT, 1})
	}
	if kind == unix.SOCK_STREAM {
		// Accepted connections inherit both, which saves two system calls on each.
		options = append(options,
			struct{ level, name, value int }{unix.IPPROTO_TCP, unix.TCP_NODELAY, 1},
			struct{ level, name, value int }{unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1})
	}
	for _, opt := range options {
		if err := unix.SetsockoptInt(fd, opt.level, opt.name, opt.value); err != nil {
			_ = unix.Close(fd)
			return -1, os.NewSyscallError("setsockopt", err)
		}
	}
	return bound(fd, sa, kind, o)
}

func bound(fd int, sa unix.Sockaddr, kind int, o Options) (int, error) {
	err := os.NewSyscallError("bind", unix.Bind(fd, sa))
	if err == nil && kind == unix.SOCK_STREAM {
		backlog := o.Backlog
		if backlog <= 0 {
			backlog = DefaultBacklog
		}
		err = os.NewSyscallError("listen", unix.Listen(fd, backlog))
	}
	if err != nil {
		_ = unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// resolve reads "host:port"; a name is looked up, IPv4 first as PHP does.
func resolve(hostPort string) (netip.AddrPort, error) {
	if addr, err := netip.ParseAddrPort(hostPort); err == nil {
		return netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()), nil
	}
	addr, err := net.ResolveTCPAddr("tcp", hostPort)
	if err != nil {
		return netip.AddrPort{}, err
	}
	if addr.IP == nil {
		return netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(addr.Port)), nil
	}
	ap := addr.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()), nil
}

func listenUnix(path string, o Options) (int, error) {
	if path == "" {
		return -1, errors.New("the address has no path") // the kernel would choose a name
	}
	if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
		probe, err := net.Dial("unix", path)
		if err == nil {
			_ = probe.Close()
			return -1, unix.EADDRINUSE
		}
		// Nothing but a refusal says that nobody listens: a full queue gives EAGAIN.
		if errors.Is(err, unix.ECONNREFUSED) {
			_ = os.Remove(path)
		}
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	return bound(fd, &unix.SockaddrUnix{Name: path}, unix.SOCK_STREAM, o)
}

// Dup duplicates a descriptor, close-on-exec.
func Dup(fd int) (int, error) {
	n, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	return n, os.NewSyscallError("fcntl", err)
}

// Close closes a descriptor.
func Close(fd int) { _ = unix.Close(fd) }

// IsDatagram says whether fd is a datagram socket.
func IsDatagram(fd int) bool {
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	return err == nil && kind == unix.SOCK_DGRAM
}

// UnixPath is the path a unix socket is bound to, "" for others.
func UnixPath(fd int) string {
	if sa, err := unix.Getsockname(fd); err == nil {
		if u, ok := sa.(*unix.SockaddrUnix); ok {
			return u.Name
		}
	}
	return ""
}

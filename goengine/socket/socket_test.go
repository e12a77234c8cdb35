package socket_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/socket"
)

func listen(t *testing.T, address string, o socket.Options) int {
	t.Helper()
	fd, err := socket.Listen(address, o)
	require.NoError(t, err)
	t.Cleanup(func() { socket.Close(fd) })
	return fd
}

// local is the address a socket is bound to, as net.Dial wants it.
func local(t *testing.T, fd int) string {
	t.Helper()
	sa, err := unix.Getsockname(fd)
	require.NoError(t, err)
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return net.JoinHostPort(net.IP(sa.Addr[:]).String(), strconv.Itoa(sa.Port))
	case *unix.SockaddrInet6:
		return net.JoinHostPort(net.IP(sa.Addr[:]).String(), strconv.Itoa(sa.Port))
	}
	return socket.UnixPath(fd)
}

func option(t *testing.T, fd, level, name int) int {
	t.Helper()
	v, err := unix.GetsockoptInt(fd, level, name)
	require.NoError(t, err)
	return v
}

func TestListen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.sock")
	tests := []struct {
		name, address, network, host string
	}{
		{"IPv4", "tcp://127.0.0.1:0", "tcp", "127.0.0.1"},
		{"every IPv4 address", "tcp://0.0.0.0:0", "tcp", "0.0.0.0"},
		{"no host means every IPv4 address", "tcp://:0", "tcp", "0.0.0.0"},
		{"IPv6", "tcp://[::1]:0", "tcp", "::1"},
		{"IPv4 written as IPv6", "tcp://[::ffff:127.0.0.1]:0", "tcp", "127.0.0.1"},
		{"a name, IPv4 first", "tcp://localhost:0", "tcp", "127.0.0.1"},
		{"ssl is tcp here", "ssl://127.0.0.1:0", "tcp", "127.0.0.1"},
		{"udp", "udp://127.0.0.1:0", "udp", "127.0.0.1"},
		{"udp over IPv6", "udp://[::1]:0", "udp", "::1"},
		{"unix", "unix://" + path, "unix", path},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fd := listen(t, tt.address, socket.Options{})
			bound := local(t, fd)
			host := bound
			if tt.network != "unix" {
				var err error
				host, _, err = net.SplitHostPort(bound)
				require.NoError(t, err)
			}
			require.Equal(t, tt.host, host)
			require.Equal(t, tt.network == "udp", socket.IsDatagram(fd))

			flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
			require.NoError(t, err)
			require.NotZero(t, flags&unix.O_NONBLOCK)
			flags, err = unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
			require.NoError(t, err)
			require.NotZero(t, flags&unix.FD_CLOEXEC)

			c, err := net.Dial(tt.network, bound)
			require.NoError(t, err)
			_ = c.Close()
			if tt.network == "tcp" {
				in, _, err := unix.Accept(fd)
				require.NoError(t, err)
				defer socket.Close(in)
				require.NotZero(t, option(t, in, unix.IPPROTO_TCP, unix.TCP_NODELAY), "accepted connections inherit it")
				require.NotZero(t, option(t, in, unix.SOL_SOCKET, unix.SO_KEEPALIVE))
			}
		})
	}
}

func TestListenRefuses(t *testing.T) {
	tests := []struct{ name, address, reason string }{
		{"no scheme", "127.0.0.1:80", "the address has no scheme"},
		{"an unknown scheme", "sctp://127.0.0.1:80", "unknown transport sctp"},
		{"no port", "tcp://127.0.0.1", "missing port"},
		{"a port beyond the last", "tcp://127.0.0.1:65536", "invalid port"},
		{"a negative port", "tcp://127.0.0.1:-1", "invalid port"},
		{"an IPv6 address without brackets", "tcp://::1:80:", "too many colons"},
		{"an address of another machine", "tcp://192.0.2.1:0", "Cannot assign requested address"},
		{"a unix socket without a path", "unix://", "no path"},
		{"a unix socket in no folder", "unix:///nowhere/at/all.sock", "No such file or directory"},
		{"a unix path that is too long", "unix:///tmp/" + strings.Repeat("x", 200), "Invalid argument"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fd, err := socket.Listen(tt.address, socket.Options{})
			require.Equal(t, -1, fd)
			var se *socket.Error
			require.ErrorAs(t, err, &se)
			require.Equal(t, tt.address, se.Address)
			require.Contains(t, err.Error(), "Unable to connect to "+tt.address+" (")
			require.Contains(t, err.Error(), tt.reason)
		})
	}
}

func TestAnAddressInUse(t *testing.T) {
	first := listen(t, "tcp://127.0.0.1:0", socket.Options{})
	address := "tcp://" + local(t, first)
	_, err := socket.Listen(address, socket.Options{})
	require.ErrorIs(t, err, unix.EADDRINUSE)
	require.EqualError(t, err, "Unable to connect to "+address+" (Address already in use)")
}

func TestReusePortSharesAnAddress(t *testing.T) {
	first := listen(t, "tcp://127.0.0.1:0", socket.Options{ReusePort: true})
	second := listen(t, "tcp://"+local(t, first), socket.Options{ReusePort: true})
	require.Equal(t, local(t, first), local(t, second))
	_, err := socket.Listen("tcp://"+local(t, first), socket.Options{})
	require.ErrorIs(t, err, unix.EADDRINUSE, "only with those that ask for it")
}

func TestUnixSocketFiles(t *testing.T) {
	tests := []struct {
		name string
		make func(t *testing.T, path string)
		err  error
	}{
		{"one that nobody listens on is replaced", func(t *testing.T, path string) {
			fd, err := socket.Listen("unix://"+path, socket.Options{})
			require.NoError(t, err)
			socket.Close(fd) // leaves the file, as a killed process does
		}, nil},
		{"a live one is left alone", func(t *testing.T, path string) {
			listen(t, "unix://"+path, socket.Options{})
		}, unix.EADDRINUSE},
		{"a live one with a full queue is left alone", func(t *testing.T, path string) {
			fd := listen(t, "unix://"+path, socket.Options{Backlog: 1})
			require.NoError(t, unix.Listen(fd, 0))
			for range 10 {
				c, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
				require.NoError(t, err)
				t.Cleanup(func() { socket.Close(c) })
				if err = unix.Connect(c, &unix.SockaddrUnix{Name: path}); errors.Is(err, unix.EAGAIN) {
					return
				}
			}
			t.Fatal("the queue does not fill")
		}, unix.EADDRINUSE},
		{"a file is left alone", func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, []byte("precious"), 0o600))
		}, unix.EADDRINUSE},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "s.sock")
			tt.make(t, path)
			before, err := os.Lstat(path)
			require.NoError(t, err)
			fd, err := socket.Listen("unix://"+path, socket.Options{})
			if tt.err != nil {
				require.ErrorIs(t, err, tt.err)
				after, err := os.Lstat(path)
				require.NoError(t, err)
				require.True(t, os.SameFile(before, after))
				return
			}
			require.NoError(t, err)
			defer socket.Close(fd)
			c, err := net.Dial("unix", path)
			require.NoError(t, err)
			_ = c.Close()
		})
	}
}

func TestDupIsTheSameSocketAndCloseOnExec(t *testing.T) {
	fd := listen(t, "tcp://127.0.0.1:0", socket.Options{})
	dup, err := socket.Dup(fd)
	require.NoError(t, err)
	defer socket.Close(dup)
	require.Equal(t, local(t, fd), local(t, dup))
	flags, err := unix.FcntlInt(uintptr(dup), unix.F_GETFD, 0)
	require.NoError(t, err)
	require.NotZero(t, flags&unix.FD_CLOEXEC)
	_, err = socket.Dup(-1)
	require.Error(t, err)
	require.Empty(t, socket.UnixPath(fd))
}

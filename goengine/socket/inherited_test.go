package socket_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/socket"
)

func TestServes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.sock")
	four := listen(t, "tcp://127.0.0.1:0", socket.Options{})
	all := listen(t, "tcp://[::]:0", socket.Options{})
	udp := listen(t, "udp://127.0.0.1:0", socket.Options{})
	file := listen(t, "unix://"+path, socket.Options{})
	address := func(fd int) string { return strings.TrimPrefix(socket.Address(fd), "tcp://") }
	port := func(fd int) string { return address(fd)[strings.LastIndex(address(fd), ":"):] }
	for _, tt := range []struct {
		name, address string
		fd            int
		serves        bool
	}{
		{"the same", "tcp://" + address(four), four, true},
		{"by name", "tcp://localhost" + port(four), four, true},
		{"another port", "tcp://127.0.0.1:1", four, false},
		{"another address", "tcp://127.0.0.2" + port(four), four, false},
		{"datagrams are not connections", "udp://" + address(four), four, false},
		{"all of IPv6", "tcp://[::]" + port(all), all, true},
		{"all of both for all of IPv4", "tcp://0.0.0.0" + port(all), all, true},
		{"all of both for one of IPv4", "tcp://127.0.0.1" + port(all), all, false},
		{"datagrams", socket.Address(udp), udp, true},
		{"a path", "unix://" + path, file, true},
		{"a path written differently", "unix://" + filepath.Dir(path) + "/./s.sock", file, true},
		{"another path", "unix://" + path + "2", file, false},
		{"a path for a port", "tcp://" + path, file, false},
		{"no address", "127.0.0.1", four, false},
	} {
		require.Equal(t, tt.serves, socket.Serves(tt.fd, tt.address), tt.name)
	}
	require.NoError(t, unix.SetsockoptInt(four, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1))
	require.True(t, socket.SharesPort(four))
	require.False(t, socket.SharesPort(all))
}

func TestAdopt(t *testing.T) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	require.NoError(t, err)
	t.Cleanup(func() { socket.Close(fd) })
	require.ErrorContains(t, socket.Adopt(fd), "does not listen")
	require.NoError(t, unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	require.NoError(t, unix.Listen(fd, 1))
	require.NoError(t, socket.Adopt(fd))
	require.NotZero(t, option(t, fd, unix.IPPROTO_TCP, unix.TCP_NODELAY), "as those of Listen")
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	require.NoError(t, err)
	require.NotZero(t, flags&unix.O_NONBLOCK)
	f, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	require.ErrorContains(t, socket.Adopt(int(f.Fd())), "it is no socket")
	require.NoError(t, socket.Adopt(listen(t, "unix://"+filepath.Join(t.TempDir(), "s"), socket.Options{})))
}

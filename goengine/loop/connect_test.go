package loop_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/proxy"
)

// hosts is a resolver with a table; a name that is not in it does not exist.
type hosts map[string][]string

func (h hosts) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	var all []netip.Addr
	for _, text := range h[host] {
		all = append(all, netip.MustParseAddr(text))
	}
	if all == nil {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return all, nil
}

// never is a resolver that gives up with its context.
type never struct{ asked chan struct{} }

func (n never) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	close(n.asked)
	<-ctx.Done()
	return nil, ctx.Err()
}

// connector drives a loop and keeps what it tells.
type connector struct {
	*driver
	recorder
	full    []loop.Kind // Full and Drain
	onEvent func(ev *loop.Event)
}

func dialer(t testing.TB, resolver loop.Resolver) *connector {
	c := &connector{}
	c.driver = drive(t, func(_ *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Full || ev.Kind == loop.Drain {
			c.full = append(c.full, ev.Kind)
			return
		}
		c.note(ev)
		if c.onEvent != nil {
			c.onEvent(ev)
		}
	}, func(cfg *loop.Config) { cfg.Resolver = resolver })
	return c
}

func listen(t testing.TB, network, address string) net.Listener {
	t.Helper()
	l, err := net.Listen(network, address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// echoes answers each connection's first bytes with "re: " and them, and closes.
func echoes(t testing.TB, network, address string) string {
	l := listen(t, network, address)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				buf := make([]byte, 1<<20)
				n, _ := c.Read(buf)
				_, _ = c.Write(append([]byte("re: "), buf[:n]...))
				_ = c.Close()
			}()
		}
	}()
	return l.Addr().String()
}

// unused is an address that nobody listens on.
func unused(t testing.TB) string {
	l := listen(t, "tcp", "127.0.0.1:0")
	_ = l.Close()
	return l.Addr().String()
}

// full is a listener whose queue takes no further connection.
func full(t testing.TB) string {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = unix.Close(fd) })
	require.NoError(t, unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	require.NoError(t, unix.Listen(fd, 0))
	sa, err := unix.Getsockname(fd)
	require.NoError(t, err)
	port := sa.(*unix.SockaddrInet4).Port
	for range 4 {
		filler, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		require.NoError(t, err)
		t.Cleanup(func() { _ = unix.Close(filler) })
		_ = unix.Connect(filler, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}, Port: port})
	}
	return "127.0.0.1:" + strconv.Itoa(port)
}

func (c *connector) has(k loop.Kind) func() bool { return func() bool { return c.count(k) > 0 } }

func (c *connector) last() string { return c.data[len(c.data)-1] }

func port(address string) string { _, p, _ := net.SplitHostPort(address); return p }

func TestConnectSendsWhatWasQueued(t *testing.T) {
	tcp, tcp6 := echoes(t, "tcp", "127.0.0.1:0"), ""
	if l, err := net.Listen("tcp", "[::1]:0"); err == nil {
		_ = l.Close()
		tcp6 = echoes(t, "tcp", "[::1]:0")
	}
	path := echoes(t, "unix", filepath.Join(t.TempDir(), "s"))
	tests := []struct {
		name, network, address string
		hosts                  hosts
	}{
		{"IPv4", "tcp", tcp, nil},
		{"IPv6", "tcp", tcp6, nil},
		{"unix", "unix", path, nil},
		{"name", "tcp", "server.test:" + port(tcp), hosts{"server.test": {"127.0.0.1"}}},
		{"the first address refuses", "tcp", "server.test:" + port(tcp), hosts{"server.test": {"127.0.0.2", "127.0.0.3", "127.0.0.1"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.address == "" {
				t.Log("this machine has no IPv6 loopback address")
				return
			}
			c := dialer(t, tt.hosts)
			id, err := c.Connect(loop.ConnectOptions{Network: tt.network, Address: tt.address})
			require.NoError(t, err)
			require.False(t, c.Idle())
			require.NoError(t, c.Send(id, loop.SendMessage, []byte("queued")))
			c.until("closed", c.has(loop.Close))
			require.Equal(t, []loop.Kind{loop.Connected, loop.Message, loop.Close}, c.kinds)
			require.Equal(t, "re: queued", c.data[1])
			if len(c.full) > 0 { // it was told that they wait
				require.Equal(t, loop.Drain, c.full[len(c.full)-1])
			}
			require.Zero(t, c.Connections())
			c.settle()
			require.True(t, c.Idle())
		})
	}
}

func TestConnectFails(t *testing.T) {
	refused := unused(t)
	tests := []struct {
		name, address, text string
		hosts               hosts
	}{
		{"refused", refused, "Connection refused", nil},
		{"every address refuses", "server.test:" + port(refused), "Connection refused", hosts{"server.test": {"127.0.0.1", "127.0.0.2"}}},
		{"unknown name", "nosuch.test:80", "php_network_getaddresses: getaddrinfo for nosuch.test failed: Name or service not known", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := dialer(t, tt.hosts)
			id, err := c.Connect(loop.ConnectOptions{Network: "tcp", Address: tt.address})
			require.NoError(t, err)
			require.NoError(t, c.Send(id, loop.SendRaw, []byte("lost")))
			c.until("failed", c.has(loop.ConnectFailed))
			require.Equal(t, []loop.Kind{loop.ConnectFailed}, c.kinds)
			require.Equal(t, tt.text, c.last())
			c.settle()
			require.ErrorIs(t, c.Send(id, loop.SendRaw, nil), loop.ErrClosed)
			require.Zero(t, c.Connections())
			require.True(t, c.Idle())
		})
	}
}

func TestConnectRefusesAtOnce(t *testing.T) {
	tests := []struct {
		name string
		o    loop.ConnectOptions
		text string
	}{
		{"no such file", loop.ConnectOptions{Network: "unix", Address: "/nonexistent/socket"}, "No such file or directory"},
		{"no path", loop.ConnectOptions{Network: "unix"}, "the address has no path"},
		{"no port", loop.ConnectOptions{Network: "tcp", Address: "127.0.0.1"}, `"127.0.0.1" is not host:port`},
		{"port too large", loop.ConnectOptions{Network: "tcp", Address: "127.0.0.1:65536"}, `"127.0.0.1:65536" is not host:port`},
		{"bindto of the other family", loop.ConnectOptions{Network: "tcp", Address: "127.0.0.1:1", Bind: "[::1]:0"}, `bindto "[::1]:0" is not of the family of 127.0.0.1`},
		{"bindto of another machine", loop.ConnectOptions{Network: "tcp", Address: "127.0.0.1:1", Bind: "192.0.2.1:0"}, "cannot bind to 192.0.2.1:0: bind: cannot assign requested address"},
		{"network unknown", loop.ConnectOptions{Network: "sctp", Address: "127.0.0.1:1"}, `loop: cannot connect to a "sctp" address`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := dialer(t, nil)
			_, err := c.Connect(tt.o)
			require.EqualError(t, err, tt.text)
			c.settle()
			require.Empty(t, c.kinds)
			require.True(t, c.Idle())
		})
	}
}

func TestConnectBinds(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	c := dialer(t, nil)
	_, err := c.Connect(loop.ConnectOptions{Network: "tcp", Address: l.Addr().String(), Bind: "127.0.0.9:0"})
	require.NoError(t, err)
	peer, err := l.Accept()
	require.NoError(t, err)
	host, _, _ := net.SplitHostPort(peer.RemoteAddr().String())
	require.Equal(t, "127.0.0.9", host)
	_ = peer.Close()
}

// The clock stands still until the test moves it, so what the kernel does takes no time.
func TestConnectTimesOut(t *testing.T) {
	silent := full(t)
	t.Run("one address", func(t *testing.T) {
		c := dialer(t, nil)
		_, err := c.Connect(loop.ConnectOptions{Network: "tcp", Address: silent, Timeout: 10 * time.Second})
		require.NoError(t, err)
		c.pass(9 * time.Second)
		require.Empty(t, c.kinds)
		c.pass(2 * time.Second)
		require.Equal(t, []loop.Kind{loop.ConnectFailed}, c.kinds)
		require.Equal(t, "timed out", c.last())
		require.True(t, c.Idle())
	})
	t.Run("the next address gets its share of the time", func(t *testing.T) {
		// 127.0.0.1 does not answer; the port of 127.0.0.2 is another socket's.
		l, err := net.Listen("tcp", "127.0.0.2:"+port(silent))
		require.NoError(t, err)
		defer l.Close()
		c := dialer(t, hosts{"two.test": {"127.0.0.1", "127.0.0.2"}})
		_, err = c.Connect(loop.ConnectOptions{Network: "tcp", Address: "two.test:" + port(silent), Timeout: 10 * time.Second})
		require.NoError(t, err)
		c.until("looked up", func() bool { return c.Timeout() > 0 && c.Timeout() < 6*time.Second })
		c.pass(6 * time.Second)
		c.until("connected", c.has(loop.Connected))
	})
	t.Run("name", func(t *testing.T) {
		asked := make(chan struct{})
		c := dialer(t, never{asked})
		_, err := c.Connect(loop.ConnectOptions{Network: "tcp", Address: "slow.test:1", Timeout: 10 * time.Second})
		require.NoError(t, err)
		<-asked
		c.pass(11 * time.Second)
		require.Equal(t, []loop.Kind{loop.ConnectFailed}, c.kinds)
		require.Equal(t, "timed out", c.last())
		require.True(t, c.Idle())
	})
	t.Run("a unix listener's queue", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "s")
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		require.NoError(t, err)
		defer unix.Close(fd)
		require.NoError(t, unix.Bind(fd, &unix.SockaddrUnix{Name: path}))
		require.NoError(t, unix.Listen(fd, 0))
		c := dialer(t, nil)
		for range 3 {
			_, err = c.Connect(loop.ConnectOptions{Network: "unix", Address: path, Timeout: 2 * time.Second})
			require.NoError(t, err)
		}
		c.until("some are connected", c.has(loop.Connected))
		c.pass(time.Second)
		require.Zero(t, c.count(loop.ConnectFailed))
		waiting := 3 - c.count(loop.Connected)
		require.Positive(t, waiting)
		_, _, err = unix.Accept(fd)
		require.NoError(t, err)
		c.now += time.Second / 2
		c.until("room was used", func() bool { return c.count(loop.Connected) == 4-waiting })
		c.pass(2 * time.Second)
		require.Equal(t, waiting-1, c.count(loop.ConnectFailed))
	})
}

func TestDestroyWhileConnecting(t *testing.T) {
	asked := make(chan struct{})
	tests := []struct {
		name string
		o    loop.ConnectOptions
		end  func(l *loop.Loop, id loop.ID) error
	}{
		{"destroyed during the lookup", loop.ConnectOptions{Network: "tcp", Address: "slow.test:1"}, (*loop.Loop).Destroy},
		{"destroyed during the handshake", loop.ConnectOptions{Network: "tcp", Address: full(t)}, (*loop.Loop).Destroy},
		{"closed during the handshake", loop.ConnectOptions{Network: "tcp", Address: full(t)}, func(l *loop.Loop, id loop.ID) error { return l.CloseConn(id, 0) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fds := descriptors(t)
			c := dialer(t, never{asked})
			id, err := c.Connect(tt.o)
			require.NoError(t, err)
			require.NoError(t, c.Send(id, loop.SendRaw, []byte("lost")))
			require.NoError(t, tt.end(c.Loop, id))
			require.ErrorIs(t, c.Send(id, loop.SendRaw, nil), loop.ErrClosed)
			c.settle()
			require.Equal(t, []loop.Kind{loop.Close}, c.kinds)
			require.True(t, c.Idle())
			c.Close()
			require.Equal(t, fds, descriptors(t))
		})
	}
}

func descriptors(t testing.TB) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	return len(all)
}

func TestConnectKeepsTheSendBuffersLimit(t *testing.T) {
	c := dialer(t, nil)
	id, err := c.Connect(loop.ConnectOptions{Network: "tcp", Address: full(t), MaxSendBuffer: 1000})
	require.NoError(t, err)
	require.NoError(t, c.Send(id, loop.SendRaw, make([]byte, 999)))
	c.Flush(nil)
	require.NoError(t, c.Send(id, loop.SendRaw, make([]byte, 1)))
	c.Flush(nil)
	require.ErrorIs(t, c.Send(id, loop.SendRaw, make([]byte, 1)), loop.ErrFull)
	info, ok := c.Info(id)
	require.True(t, ok)
	require.Equal(t, 1000, info.Pending)
	require.False(t, info.Closing)
	c.settle()
	require.Equal(t, []loop.Kind{loop.Full, loop.Full}, c.full)
}

func TestPausedWhileConnecting(t *testing.T) {
	address := echoes(t, "tcp", "127.0.0.1:0")
	c := dialer(t, nil)
	id, err := c.Connect(loop.ConnectOptions{Network: "tcp", Address: address})
	require.NoError(t, err)
	require.NoError(t, c.Pause(id))
	require.NoError(t, c.Send(id, loop.SendRaw, []byte("x")))
	c.until("connected", c.has(loop.Connected))
	for range 20 {
		c.turn(time.Millisecond)
	}
	require.Zero(t, c.count(loop.Message))
	require.NoError(t, c.Resume(id))
	c.until("told", c.has(loop.Message))
}

func TestConnectThroughAProxy(t *testing.T) {
	tests := []struct {
		name   string
		kind   proxy.Kind
		answer string // of the proxy, in one piece with the tunnel's first bytes
		kinds  []loop.Kind
		text   string
	}{
		{"SOCKS5", proxy.SOCKS5, "\x05\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00hello", []loop.Kind{loop.Connected, loop.Message, loop.Close}, "hello"},
		{"HTTP", proxy.HTTP, "HTTP/1.1 200 OK\r\n\r\nhello", []loop.Kind{loop.Connected, loop.Message, loop.Close}, "hello"},
		{"refused", proxy.HTTP, "HTTP/1.1 403 Forbidden\r\n\r\n", []loop.Kind{loop.ConnectFailed}, "Proxy CONNECT failed: 403 Forbidden"},
		{"closed", proxy.HTTP, "HTTP/1.1 200 O", []loop.Kind{loop.ConnectFailed}, "the proxy closed the connection"},
	}
	for _, tt := range tests {
		for _, step := range []int{1 << 20, 1} {
			t.Run(tt.name, func(t *testing.T) {
				l := listen(t, "tcp", "127.0.0.1:0")
				asked := make(chan string, 1)
				go func() {
					peer, err := l.Accept()
					if err != nil {
						return
					}
					buf := make([]byte, 4096)
					_, _ = io.ReadAtLeast(peer, buf, 3)
					for i := 0; i < len(tt.answer); i += step {
						_, _ = peer.Write([]byte(tt.answer[i:min(i+step, len(tt.answer))]))
						if step == 1 {
							time.Sleep(200 * time.Microsecond)
						}
					}
					_ = peer.(*net.TCPConn).CloseWrite()
					rest, _ := io.ReadAll(peer)
					asked <- string(rest)
				}()
				talk, err := proxy.New(proxy.Options{Kind: tt.kind, Host: "target.test", Port: 443})
				require.NoError(t, err)
				c := dialer(t, nil)
				id, err := c.Connect(loop.ConnectOptions{Network: "tcp", Address: l.Addr().String(), Via: talk})
				require.NoError(t, err)
				require.NoError(t, c.Send(id, loop.SendRaw, []byte("tunnelled")))
				c.until("ended", func() bool { return c.count(loop.ConnectFailed)+c.count(loop.Close) > 0 })
				if tt.kinds[0] == loop.ConnectFailed {
					require.Equal(t, tt.kinds, c.kinds)
					require.Equal(t, tt.text, c.last())
				} else {
					require.Equal(t, loop.Connected, c.kinds[0])
					require.Equal(t, tt.text, strings.Join(c.data, ""))
					require.True(t, strings.HasSuffix(<-asked, "tunnelled"))
				}
				require.True(t, c.Idle() || c.Timeout() == 0)
			})
		}
	}
}

// However many come and go, nothing stays.
func TestConnectLeavesNothingBehind(t *testing.T) {
	address, refused := echoes(t, "tcp", "127.0.0.1:0"), unused(t)
	c := dialer(t, hosts{"a.test": {"127.0.0.1"}})
	before := 0
	for round := range 3 {
		c.kinds, c.data = nil, nil
		for i := range 60 {
			a := []string{address, refused, "a.test:" + port(address), "nosuch.test:1"}[i%4]
			id, err := c.Connect(loop.ConnectOptions{Network: "tcp", Address: a})
			require.NoError(t, err)
			_ = c.Send(id, loop.SendRaw, []byte("x"))
			if i%5 == 0 {
				require.NoError(t, c.Destroy(id))
			}
		}
		c.until("all have ended", func() bool { return c.count(loop.Close)+c.count(loop.ConnectFailed) == 60 })
		c.settle()
		require.Zero(t, c.Connections())
		require.True(t, c.Idle())
		if round == 0 {
			before = descriptors(t)
		}
	}
	c.until("the server's ends are closed", func() bool { return descriptors(t) <= before })
}

func TestConnectDatagram(t *testing.T) {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	defer server.Close()
	go func() {
		buf := make([]byte, 100)
		n, from, _ := server.ReadFrom(buf)
		_, _ = server.WriteTo(append([]byte("re: "), buf[:n]...), from)
	}()
	c := dialer(t, nil)
	var got string
	c.onEvent = func(ev *loop.Event) { got = string(ev.Data[:ev.Aux]) + "|" + string(ev.Data[ev.Aux:]) }
	address := server.LocalAddr().String()
	id, err := c.ConnectDatagram(loop.DatagramOptions{Network: "udp", Address: address, Bind: "127.0.0.1:0", Broadcast: true})
	require.NoError(t, err)
	require.NoError(t, c.SendTo(id, []byte("a"), netip.AddrPort{}))
	c.until("answered", c.has(loop.Datagram))
	require.Equal(t, address+"|re: a", got)
	c.CloseListener(id)
	require.True(t, c.Idle())

	path := filepath.Join(t.TempDir(), "d")
	unixServer, err := net.ListenPacket("unixgram", path)
	require.NoError(t, err)
	defer unixServer.Close()
	id, err = c.ConnectDatagram(loop.DatagramOptions{Network: "unix", Address: path})
	require.NoError(t, err)
	require.NoError(t, c.SendTo(id, []byte("b"), netip.AddrPort{}))
	buf := make([]byte, 10)
	n, _, err := unixServer.ReadFrom(buf)
	require.NoError(t, err)
	require.Equal(t, "b", string(buf[:n]))

	_, err = c.ConnectDatagram(loop.DatagramOptions{Network: "udp", Address: "localhost:1"})
	require.EqualError(t, err, `"localhost:1" is not ip:port`)
	_, err = c.ConnectDatagram(loop.DatagramOptions{Network: "unix", Address: path + "nosuch"})
	require.EqualError(t, err, "No such file or directory")
}

func TestLookup(t *testing.T) {
	c := dialer(t, hosts{"two.test": {"::1", "::ffff:127.0.0.1"}})
	found := c.Lookup("two.test", 0)
	missing := c.Lookup("nosuch.test", 0)
	require.False(t, c.Idle())
	answers := map[uint64]string{}
	c.onEvent = func(ev *loop.Event) { answers[ev.Conn] = strconv.Itoa(int(ev.Arg)) + " " + string(ev.Data) }
	c.until("both", func() bool { return len(answers) == 2 })
	require.Equal(t, map[uint64]string{
		found:   "2 ::1\n127.0.0.1",
		missing: "0 php_network_getaddresses: getaddrinfo for nosuch.test failed: Name or service not known",
	}, answers)
	require.True(t, c.Idle())
	asked := make(chan struct{})
	s := dialer(t, never{asked})
	require.True(t, s.CancelLookup(s.Lookup("slow.test", 0)))
	<-asked
	s.settle()
	require.Empty(t, s.kinds)
	require.True(t, s.Idle())
}

func TestAdoptFD(t *testing.T) {
	pair := func() (int, int) {
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		require.NoError(t, err)
		return fds[0], fds[1]
	}
	t.Run("socket, with bytes its owner has read", func(t *testing.T) {
		c := dialer(t, nil)
		ours, theirs := pair()
		defer unix.Close(theirs)
		id, err := c.AdoptFD(ours, loop.AdoptOptions{Proto: loop.Text, Pending: []byte("one\ntw")})
		require.NoError(t, err)
		_ = unix.Close(ours) // the loop has its own
		_, err = unix.Write(theirs, []byte("o\n"))
		require.NoError(t, err)
		c.settle()
		require.Equal(t, []string{"one", "two"}, c.data)
		require.NoError(t, c.Send(id, loop.SendMessage, []byte("answer")))
		c.Flush(nil)
		buf := make([]byte, 100)
		n, err := unix.Read(theirs, buf)
		require.NoError(t, err)
		require.Equal(t, "answer\n", string(buf[:n]))
	})
	t.Run("the owner's descriptor stays open", func(t *testing.T) {
		c := dialer(t, nil)
		ours, theirs := pair()
		defer unix.Close(ours)
		_, err := c.AdoptFD(ours, loop.AdoptOptions{})
		require.NoError(t, err)
		_ = unix.Close(theirs)
		c.settle() // comes to rest although the socket is ready for ever
		require.Equal(t, []loop.Kind{loop.Close}, c.kinds)
	})
	t.Run("pipe to read", func(t *testing.T) {
		c := dialer(t, nil)
		r, w, err := os.Pipe()
		require.NoError(t, err)
		defer r.Close()
		_, err = c.AdoptFD(int(r.Fd()), loop.AdoptOptions{Proto: loop.Text})
		require.NoError(t, err)
		_, _ = w.WriteString("a\nb\n")
		c.settle()
		require.Equal(t, []string{"a", "b"}, c.data)
		_ = w.Close()
		c.settle()
		require.Equal(t, loop.Close, c.kinds[2])
	})
	t.Run("pipe to write", func(t *testing.T) {
		c := dialer(t, nil)
		r, w, err := os.Pipe()
		require.NoError(t, err)
		defer w.Close()
		id, err := c.AdoptFD(int(w.Fd()), loop.AdoptOptions{})
		require.NoError(t, err)
		require.NoError(t, c.Send(id, loop.SendRaw, []byte("x")))
		c.settle()
		buf := make([]byte, 10)
		n, err := r.Read(buf)
		require.NoError(t, err)
		require.Equal(t, "x", string(buf[:n]))
		_ = r.Close()
		c.settle()
		require.Equal(t, loop.Close, c.kinds[len(c.kinds)-1])
	})
	t.Run("what is no stream", func(t *testing.T) {
		c := dialer(t, nil)
		file, err := os.Open(os.Args[0])
		require.NoError(t, err)
		defer file.Close()
		_, err = c.AdoptFD(int(file.Fd()), loop.AdoptOptions{})
		require.ErrorIs(t, err, unix.EPERM) // a file is always ready: epoll takes none
		udp, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		require.NoError(t, err)
		defer udp.Close()
		f, err := udp.File()
		require.NoError(t, err)
		defer f.Close()
		_, err = c.AdoptFD(int(f.Fd()), loop.AdoptOptions{})
		require.Error(t, err)
		_, err = c.AdoptFD(-1, loop.AdoptOptions{})
		require.True(t, errors.Is(err, unix.EBADF))
		require.Zero(t, c.Connections())
	})
}

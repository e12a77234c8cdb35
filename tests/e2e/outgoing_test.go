package e2e_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lxzan/gws"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// dialed is what became of a connection that testdata/outgoing.php was asked to make.
func (a *app) dialed(options map[string]any) []string {
	a.t.Helper()
	text, err := json.Marshal(options)
	require.NoError(a.t, err)
	client := http.Client{Timeout: patience}
	answer, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d/?options=%s", a.ports[0], url.QueryEscape(string(text))))
	require.NoError(a.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(a.t, err)
	var log []string
	require.NoError(a.t, json.Unmarshal(body, &log), "%s", body)
	return log
}

type dict = map[string]any

func accept(t *testing.T, network, address string, handle func(c net.Conn)) string {
	t.Helper()
	l, err := net.Listen(network, address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(patience))
				handle(c)
			}()
		}
	}()
	return l.Addr().String()
}

// lineEcho answers one line with "re: " and it.
func lineEcho(c net.Conn) {
	line, err := bufio.NewReader(c).ReadString('\n')
	if err == nil {
		_, _ = io.WriteString(c, "re: "+line)
	}
}

func splice(a, b net.Conn, early io.Reader) {
	go func() {
		_, _ = io.Copy(b, io.MultiReader(early, a))
		_ = b.Close()
	}()
	_, _ = io.Copy(a, b)
}

// socks5 is a proxy (RFC 1928, 1929); names maps what it resolves.
func socks5(user, password string, names map[string]string) func(c net.Conn) {
	return func(c net.Conn) {
		read := func(n int) []byte {
			p := make([]byte, n)
			_, _ = io.ReadFull(c, p)
			return p
		}
		methods := read(int(read(2)[1]))
		if user != "" {
			if !strings.Contains(string(methods), "\x02") {
				_, _ = c.Write([]byte{5, 0xff})
				return
			}
			_, _ = c.Write([]byte{5, 2})
			gotUser := string(read(int(read(2)[1])))
			if gotPassword := string(read(int(read(1)[0]))); gotUser != user || gotPassword != password {
				_, _ = c.Write([]byte{1, 1})
				return
			}
			_, _ = c.Write([]byte{1, 0})
		} else {
			_, _ = c.Write([]byte{5, 0})
		}
		host := ""
		switch read(4)[3] {
		case 1:
			host = net.IP(read(4)).String()
		case 3:
			host = names[string(read(int(read(1)[0])))]
		case 4:
			host = net.IP(read(16)).String()
		}
		port := binary.BigEndian.Uint16(read(2))
		target, err := net.Dial("tcp", net.JoinHostPort(host, fmt.Sprint(port)))
		if err != nil {
			_, _ = c.Write([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0})
			return
		}
		_, _ = c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		splice(c, target, strings.NewReader(""))
	}
}

// connectProxy is an HTTP proxy.
func connectProxy(authorization string, names map[string]string) func(c net.Conn) {
	return func(c net.Conn) {
		r := bufio.NewReader(c)
		request, err := http.ReadRequest(r)
		if err != nil || request.Method != http.MethodConnect {
			return
		}
		if request.Header.Get("Proxy-Authorization") != authorization {
			_, _ = io.WriteString(c, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
			return
		}
		host, port, _ := net.SplitHostPort(request.Host)
		if known, ok := names[host]; ok {
			host = known
		}
		target, err := net.Dial("tcp", net.JoinHostPort(host, port))
		if err != nil {
			_, _ = io.WriteString(c, "HTTP/1.1 502 Bad Gateway\r\n\r\n")
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n")
		splice(c, target, r)
	}
}

func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

func TestProxies(t *testing.T) {
	a := serve(t, "outgoing.php", 1)
	target := accept(t, "tcp", "127.0.0.1:0", lineEcho)
	names := map[string]string{"target.test": "127.0.0.1"}
	open := accept(t, "tcp", "127.0.0.1:0", socks5("", "", names))
	guarded := accept(t, "tcp", "127.0.0.1:0", socks5("ada", "secret", names))
	web := accept(t, "tcp", "127.0.0.1:0", connectProxy("", names))
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("ada:secret"))
	guardedWeb := accept(t, "tcp", "127.0.0.1:0", connectProxy(basic, names))
	silent := accept(t, "tcp", "127.0.0.1:0", func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	unused := accept(t, "tcp", "127.0.0.1:0", func(net.Conn) {})
	good := []string{"connect", "message re: hello", "close"}
	named := "text://target.test:" + portOf(target)
	tests := []struct {
		name    string
		address string
		set     dict
		want    []string
	}{
		{"SOCKS5, the proxy resolves the name", named, dict{"proxySocks5": open}, good},
		{"SOCKS5, an address", "text://" + target, dict{"proxySocks5": open}, good},
		{"SOCKS5, the proxy's name", named, dict{"proxySocks5": "localhost:" + portOf(open)}, good},
		{"SOCKS5 with a password", named, dict{"proxySocks5": guarded, "proxySocks5Username": "ada", "proxySocks5Password": "secret"}, good},
		{"SOCKS5 with a wrong password", named, dict{"proxySocks5": guarded, "proxySocks5Username": "ada", "proxySocks5Password": "x"}, []string{"error 1 SOCKS5 authentication failed", "close"}},
		{"SOCKS5 without the password", named, dict{"proxySocks5": guarded}, []string{"error 1 SOCKS5 authentication method negotiation failed", "close"}},
		{"SOCKS5, the target refuses", "text://target.test:1", dict{"proxySocks5": open}, []string{"error 1 SOCKS5 connect failed: connection refused", "close"}},
		{"HTTP", named, dict{"proxyHttp": web}, good},
		{"HTTP with a password", named, dict{"proxyHttp": guardedWeb, "proxyAuthorization": basic}, good},
		{"HTTP without the password", named, dict{"proxyHttp": guardedWeb}, []string{"error 1 Proxy CONNECT failed: 407 Proxy Authentication Required", "close"}},
		{"HTTP, the target refuses", "text://target.test:1", dict{"proxyHttp": web}, []string{"error 1 Proxy CONNECT failed: 502 Bad Gateway", "close"}},
		{"the proxy is another kind of server", named, dict{"proxyHttp": target}, []string{"error 1 proxy: malformed answer", "close"}},
		{"the proxy hangs up", named, dict{"proxySocks5": unused}, []string{"error 1 the proxy closed the connection", "close"}},
		{"no proxy", named, dict{"proxyHttp": "127.0.0.1:1"}, []string{"error 1 connect target.test:" + portOf(target) + " fail (Connection refused)", "close"}},
	}
	if l, err := net.Listen("tcp", "[::1]:0"); err == nil {
		_ = l.Close()
		six := accept(t, "tcp", "[::1]:0", lineEcho)
		tests = append(tests, struct {
			name    string
			address string
			set     dict
			want    []string
		}{"SOCKS5, IPv6", "text://" + six, dict{"proxySocks5": open}, good}, struct {
			name    string
			address string
			set     dict
			want    []string
		}{"HTTP, IPv6", "text://" + six, dict{"proxyHttp": web}, good})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, a.dialed(dict{"address": tt.address, "set": tt.set, "send": []string{"hello"}}))
		})
	}
	t.Run("the proxy says nothing", func(t *testing.T) {
		log := a.dialed(dict{
			"address": named, "set": dict{"proxySocks5": silent}, "context": dict{"socket": dict{"connect_timeout": 0.2}},
		})
		require.Equal(t, []string{"error 1 connect target.test:" + portOf(target) + " fail (timed out)", "close"}, log)
	})
}

// certificate makes one for a name, signed by itself, and the files that PHP's options name.
func certificate(t *testing.T, name string) (cert tls.Certificate, file string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	require.NoError(t, err)
	file = filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

type wsEcho struct{ gws.BuiltinEventHandler }

func (wsEcho) OnMessage(c *gws.Conn, m *gws.Message) {
	_ = c.WriteString("re: " + m.Data.String())
	_ = m.Close()
}

func TestTLSClients(t *testing.T) {
	a := serve(t, "outgoing.php", 1)
	cert, ca := certificate(t, "server.test")
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	secure := accept(t, "tcp", "127.0.0.1:0", func(c net.Conn) { lineEcho(tls.Server(c, config)) })
	upgrading := accept(t, "tcp", "127.0.0.1:0", func(c net.Conn) {
		if _, err := io.ReadFull(c, make([]byte, len("hello\n\n"))); err == nil {
			_, _ = io.WriteString(c, "go ahead\n")
			lineEcho(tls.Server(c, config))
		}
	})
	upgrader := gws.NewUpgrader(wsEcho{}, nil)
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	require.NoError(t, err)
	web := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := upgrader.Upgrade(w, r); err == nil {
			c.ReadLoop()
		}
	})}
	go func() { _ = web.Serve(l) }()
	t.Cleanup(func() { _ = web.Close() })
	proxy := accept(t, "tcp", "127.0.0.1:0", connectProxy("", map[string]string{"server.test": "127.0.0.1"}))

	trusted := dict{"ssl": dict{"cafile": ca, "peer_name": "server.test"}}
	tests := []struct {
		name string
		o    dict
		want []string
	}{
		{"trusted", dict{"address": "ssl://" + secure, "context": trusted}, []string{"connect", "message re: hello\n", "close"}},
		{"transport set later, protocol of its own", dict{"address": "text://" + secure, "context": trusted, "set": dict{"transport": "ssl"}, "send": []string{"hello"}}, []string{"connect", "message re: hello", "close"}},
		{"tls means the same", dict{"address": "tls://" + secure, "context": trusted}, []string{"connect", "message re: hello\n", "close"}},
		{"nobody vouches for it", dict{"address": "ssl://" + secure, "context": dict{"ssl": dict{"peer_name": "server.test"}}}, []string{"connect", "close"}},
		{"another name", dict{"address": "ssl://" + secure, "context": dict{"ssl": dict{"cafile": ca, "peer_name": "other.test"}}}, []string{"connect", "close"}},
		{"the name is the address's", dict{"address": "ssl://" + secure, "context": dict{"ssl": dict{"cafile": ca}}}, []string{"connect", "close"}},
		{"without a check", dict{"address": "ssl://" + secure, "context": dict{"ssl": dict{"verify_peer": false, "verify_peer_name": false}}}, []string{"connect", "message re: hello\n", "close"}},
		{"a server without TLS", dict{"address": "ssl://" + accept(t, "tcp", "127.0.0.1:0", lineEcho), "context": trusted}, []string{"connect", "close"}},
		{"options that cannot be used", dict{"address": "ssl://" + secure, "context": dict{"ssl": dict{"cafile": "/nonexistent"}}}, []string{"close"}},
		{"through a proxy, which knows the name", dict{"address": "ssl://server.test:" + portOf(secure), "context": dict{"ssl": dict{"cafile": ca}}, "set": dict{"proxyHttp": proxy}}, []string{"connect", "message re: hello\n", "close"}},
		{"on an open connection", dict{"address": "text://" + upgrading, "context": trusted, "upgrade": "go ahead"}, []string{"connect", "message go ahead", "message re: secret", "close"}},
		{"WebSocket", dict{"address": "wss://" + l.Addr().String() + "/path", "context": trusted, "until": "re: hello\n"}, []string{"connect", "websocket", "message re: hello\n", "close"}},
		{"WebSocket, as upstream has it", dict{"address": "ws://" + l.Addr().String(), "set": dict{"transport": "ssl"}, "context": trusted, "until": "re: hello\n"}, []string{"connect", "websocket", "message re: hello\n", "close"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.o["send"] == nil {
				tt.o["send"] = []string{"hello\n"}
			}
			require.Equal(t, tt.want, a.dialed(tt.o))
		})
	}
}

// silentPort is a listener whose queue is full: connections to it never come about.
func silentPort(t *testing.T) string {
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
	return fmt.Sprintf("127.0.0.1:%d", port)
}

// Reloads and the stop do not wait for connections on their way, and leave nothing of them behind.
func TestReloadAndStopWhileConnecting(t *testing.T) {
	silent := silentPort(t)
	var accepted, left atomic.Int32
	peer := accept(t, "tcp", "127.0.0.1:0", func(c net.Conn) {
		accepted.Add(1)
		_, _ = io.Copy(io.Discard, c)
		left.Add(1)
	})
	a := serve(t, "outgoing.php", 2, "SILENT="+strings.Repeat("tcp://"+silent+",", 10)+"tcp://"+peer)
	ask := func() (connecting, descriptors int) {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", a.ports[1]))
		require.NoError(t, err)
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(patience))
		_, _ = io.WriteString(c, "count\n")
		_, err = fmt.Fscanf(c, "%d %d\n", &connecting, &descriptors)
		require.NoError(t, err)
		return connecting, descriptors
	}
	connecting, before := ask()
	require.Equal(t, 10, connecting)
	for i := range 3 {
		_, err := a.Command("outgoing.php", "reload").Run()
		require.NoError(t, err)
		a.WaitFor("connecting", i+2)
	}
	require.Eventually(t, func() bool {
		connecting, after := ask()
		return connecting == 10 && after <= before+2
	}, patience, 10*time.Millisecond)
	// The one that came about ended with its script.
	require.Eventually(t, func() bool { return accepted.Load() == 4 && left.Load() == 3 }, patience, 10*time.Millisecond)
	a.Stop()
	require.Eventually(t, func() bool { return left.Load() == 4 }, patience, 10*time.Millisecond)
}

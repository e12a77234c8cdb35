package httpclient_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/httpclient"
)

func tlsServer(t *testing.T, change func(*httptest.Server)) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.Proto, " ", r.TLS != nil && len(r.TLS.PeerCertificates) > 0)
	}))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = nil
	if change != nil {
		change(s)
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func caFile(t *testing.T, s *httptest.Server) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	require.NoError(t, os.WriteFile(file, block, 0o600))
	return file
}

func TestTLS(t *testing.T) {
	s := tlsServer(t, nil)
	ca := caFile(t, s)
	send := func(change func(*httpclient.Settings)) (httpclient.Reply, error) {
		return client(t, change).Send(context.Background(), "GET", s.URL, httpclient.Request{})
	}
	_, err := send(nil)
	require.Contains(t, fails(t, err, "TlsException").Message, "unknown authority")
	r, err := send(func(s *httpclient.Settings) { s.CAFile = ca })
	require.NoError(t, err)
	require.Equal(t, "HTTP/2.0 false", r.Body)
	require.Equal(t, "2", r.Version)
	require.Greater(t, r.Timings[2], 0.0)
	r, err = send(func(s *httpclient.Settings) { s.CAFile = ca; s.Version = "1.1" })
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 false", r.Body)
	_, err = send(func(s *httpclient.Settings) { s.CAFile = ca; s.ServerName = "other.test" })
	require.Contains(t, fails(t, err, "TlsException").Message, "other.test")
	_, err = send(func(s *httpclient.Settings) { s.CAFile = ca; s.ServerName = "example.com" })
	require.NoError(t, err)
	_, err = send(func(s *httpclient.Settings) { s.Verify = false })
	require.NoError(t, err)

	sum := sha256.Sum256(s.Certificate().RawSubjectPublicKeyInfo)
	pin := "sha256/" + base64.StdEncoding.EncodeToString(sum[:])
	_, err = send(func(s *httpclient.Settings) { s.CAFile = ca; s.Pins = []string{pin} })
	require.NoError(t, err)
	sum[0]++
	wrong := base64.StdEncoding.EncodeToString(sum[:])
	_, err = send(func(s *httpclient.Settings) { s.CAFile = ca; s.Pins = []string{wrong} })
	require.Contains(t, fails(t, err, "TlsException").Message, "pinned")
	_, err = send(func(s *httpclient.Settings) { s.Verify = false; s.Pins = []string{wrong} })
	fails(t, err, "TlsException")

	plain := server(t, echo)
	_, err = client(t, nil).Send(context.Background(), "GET", strings.Replace(plain.URL, "http:", "https:", 1), httpclient.Request{})
	fails(t, err, "TlsException")
	old := tlsServer(t, func(s *httptest.Server) { s.TLS = &tls.Config{MaxVersion: tls.VersionTLS12} })
	_, err = client(t, func(s *httpclient.Settings) { s.Verify = false; s.MinTLS = "1.3" }).Send(context.Background(), "GET", old.URL, httpclient.Request{})
	fails(t, err, "TlsException")
}

func TestClientCertificates(t *testing.T) {
	s := tlsServer(t, func(s *httptest.Server) { s.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert} })
	ca := caFile(t, s)
	key, err := os.ReadFile(ca)
	require.NoError(t, err)
	own := filepath.Join(t.TempDir(), "client.pem")
	der, err := marshalKey(s)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(own, append(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})...), 0o600))
	r := get(t, client(t, func(s *httpclient.Settings) { s.CAFile = ca; s.CertFile = own }), s.URL, httpclient.Request{})
	require.Equal(t, "HTTP/2.0 true", r.Body)
	_, err = client(t, func(s *httpclient.Settings) { s.CAFile = ca }).Send(context.Background(), "GET", s.URL, httpclient.Request{})
	require.Error(t, err)
	settings := httpclient.Defaults
	for _, change := range []func(*httpclient.Settings){
		func(s *httpclient.Settings) { s.CertFile = ca }, func(s *httpclient.Settings) { s.KeyFile = own },
		func(s *httpclient.Settings) { s.CAFile = "/no/such/file" }, func(s *httpclient.Settings) { s.CAFile = "/dev/null" },
		func(s *httpclient.Settings) { s.Pins = []string{"x"} }, func(s *httpclient.Settings) { s.MinTLS = "1.0" },
		func(s *httpclient.Settings) { s.Version = "3" }, func(s *httpclient.Settings) { s.Timeout = -1 },
		func(s *httpclient.Settings) { s.BaseURL = "example.com" }, func(s *httpclient.Settings) { s.BaseURL = "http://x/?a" },
		func(s *httpclient.Settings) { s.DenyPrivate = true; s.Proxy = ptr("http://127.0.0.1:1") },
		func(s *httpclient.Settings) { s.DenyPrivate = true; s.AllowAddresses = []string{"x"} },
		func(s *httpclient.Settings) { s.Proxy = ptr("nothing") }, func(s *httpclient.Settings) { s.Headers = []string{"a"} },
		func(s *httpclient.Settings) { s.Retries = -1 },
	} {
		bad := settings
		change(&bad)
		_, err := httpclient.New(bad)
		fails(t, err, "InvalidRequestException")
	}
}

func TestUnencryptedHTTP2(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(echo))
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	t.Cleanup(s.Close)
	c := client(t, func(s *httpclient.Settings) { s.Version = "2" })
	r, err := c.Send(context.Background(), "POST", s.URL, httpclient.Request{Body: ptr("body")})
	require.NoError(t, err)
	require.Equal(t, "2", r.Version)
	require.Equal(t, "body", sent(t, r).Body)
}

func TestUnixSockets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	require.NoError(t, err)
	s := httptest.NewUnstartedServer(http.HandlerFunc(echo))
	_ = s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	r := get(t, client(t, func(s *httpclient.Settings) { s.UnixSocket = path }), "http://docker/info", httpclient.Request{})
	require.Equal(t, "docker", sent(t, r).Host)
}

// httpProxy is a proxy for requests and tunnels that wants user:pass, and says what it was asked for.
func httpProxy(t *testing.T, asked chan<- string) *httptest.Server {
	t.Helper()
	return server(t, func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.RequestURI
		if r.Header.Get("Proxy-Authorization") != "Basic dXNlcjpwYXNz" {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		if r.Method != http.MethodConnect {
			_, _ = io.WriteString(w, "by proxy")
			return
		}
		to, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(502)
			return
		}
		c, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.1 200 Connected\r\n\r\n")
		go func() { _, _ = io.Copy(to, buf); _ = to.Close() }()
		_, _ = io.Copy(c, to)
		_ = c.Close()
	})
}

func TestHTTPProxies(t *testing.T) {
	asked := make(chan string, 10)
	p := httpProxy(t, asked)
	with := strings.Replace(p.URL, "http://", "http://user:pass@", 1)
	c := client(t, func(s *httpclient.Settings) { s.Proxy = &with; s.NoProxy = []string{"direct.test"}; s.Verify = false })
	require.Equal(t, "by proxy", get(t, c, "http://server.test/a", httpclient.Request{}).Body)
	require.Equal(t, "GET http://server.test/a", <-asked)
	s := tlsServer(t, nil)
	require.Contains(t, get(t, c, s.URL, httpclient.Request{}).Body, "HTTP/")
	require.Equal(t, "CONNECT "+strings.TrimPrefix(s.URL, "https://"), <-asked)

	require.Equal(t, 407, get(t, c, "http://server.test/a", httpclient.Request{Proxy: &p.URL}).Status, "a request's own proxy")
	<-asked
	_, err := c.Send(context.Background(), "GET", s.URL, httpclient.Request{Proxy: &p.URL})
	require.Contains(t, fails(t, err, "ConnectException").Message, "407")
	<-asked
	plain := server(t, echo)
	sent(t, get(t, c, plain.URL, httpclient.Request{Proxy: ptr("")}))
	require.Empty(t, asked, "an empty proxy is none")
	_, err = c.Send(context.Background(), "GET", "http://direct.test:1/", httpclient.Request{})
	fails(t, err, "ConnectException")
	require.Empty(t, asked)
	gone := "http://user:secret@127.0.0.1:1"
	_, err = c.Send(context.Background(), "GET", "http://server.test/", httpclient.Request{Proxy: &gone})
	require.NotContains(t, fails(t, err, "ConnectException").Error(), "secret")
}

func TestSOCKS5Proxies(t *testing.T) {
	s := server(t, echo)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	asked := make(chan string, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = c.Close() }()
		in := bufio.NewReader(c)
		head := make([]byte, 2)
		_, _ = io.ReadFull(in, head)
		_, _ = io.ReadFull(in, make([]byte, head[1]))
		_, _ = c.Write([]byte{5, 0})
		_, _ = io.ReadFull(in, make([]byte, 4))
		n, _ := in.ReadByte()
		name := make([]byte, int(n)+2)
		_, _ = io.ReadFull(in, name)
		asked <- string(name[:n])
		_, _ = c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		to, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			return
		}
		go func() { _, _ = io.Copy(to, in); _ = to.Close() }()
		_, _ = io.Copy(c, to)
	}()
	t.Cleanup(func() { _ = l.Close(); <-ended })
	c := client(t, func(s *httpclient.Settings) { s.Proxy = ptr("socks5://" + l.Addr().String()) })
	require.Equal(t, "inner.test", sent(t, get(t, c, "http://inner.test/", httpclient.Request{})).Host)
	require.Equal(t, "inner.test", <-asked, "the proxy looks the name up")
	c.CloseIdle()
}

func TestTheGuardSeesTheAddressOfEveryConnection(t *testing.T) {
	s := server(t, echo)
	c := client(t, func(s *httpclient.Settings) { s.DenyPrivate = true })
	_, err := c.Send(context.Background(), "GET", s.URL, httpclient.Request{})
	require.Contains(t, fails(t, err, "BlockedAddressException").Message, "not public")
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	_, err = c.Send(context.Background(), "GET", "http://localhost:"+port, httpclient.Request{})
	fails(t, err, "BlockedAddressException")
	_, err = c.Send(context.Background(), "GET", "http://2130706433:"+port, httpclient.Request{})
	require.Error(t, err)
	_, err = c.Send(context.Background(), "GET", "http://[::ffff:127.0.0.1]:"+port, httpclient.Request{})
	fails(t, err, "BlockedAddressException")
	_, err = c.Send(context.Background(), "GET", s.URL, httpclient.Request{Proxy: ptr("http://127.0.0.1:1")})
	fails(t, err, "InvalidRequestException")

	moved := server(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.2:"+port, http.StatusFound)
	})
	allows := client(t, func(s *httpclient.Settings) { s.DenyPrivate = true; s.AllowAddresses = []string{"127.0.0.1"} })
	require.Equal(t, 200, get(t, allows, s.URL, httpclient.Request{}).Status)
	_, err = allows.Send(context.Background(), "GET", moved.URL, httpclient.Request{})
	fails(t, err, "BlockedAddressException")

	settings := httpclient.Settings{DenyPrivate: true, AllowAddresses: []string{"10.1.0.0/16"}}
	for address, public := range map[string]bool{"8.8.8.8:80": true, "[2606:4700::1111]:443": true, "10.0.0.1:80": false, "10.1.2.3:80": true,
		"172.16.0.1:1": false, "192.168.1.1:1": false, "169.254.169.254:80": false, "100.64.0.1:1": false, "0.0.0.0:1": false,
		"224.0.0.1:1": false, "255.255.255.255:1": false, "[::1]:1": false, "[::]:1": false, "[fd00::1]:1": false, "[fe80::1%eth0]:1": false,
		"[::ffff:10.0.0.1]:1": false, "[64:ff9b::a00:1]:1": false, "[2002:7f00:1::]:1": false, "nothing": false, "198.18.0.1:1": false} {
		got, err := httpclient.Public(settings, address)
		require.NoError(t, err)
		require.Equal(t, public, got, address)
	}
}

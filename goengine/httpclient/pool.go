package httpclient

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// What bounds a pool beside the Settings.
const (
	maxIdle           = 1024
	maxResponseHeader = 128 << 10
	maxUnusedPools    = 32
)

// pool is the connections of all Transports with the same connection settings.
type pool struct {
	key       string
	users     int       // guarded by poolTable.mu
	unused    time.Time // since when
	transport *http.Transport
	proxy     func(*url.URL) (*url.URL, error) // what the settings say; nil: none
}

// poolTable has the process's pools. One that no Transport uses any more stays, with its idle connections until their time
// is over: the next script of a worker finds it.
type poolTable struct {
	mu   sync.Mutex // guards the map and users of its pools
	pool map[string]*pool
}

var pools = &poolTable{pool: map[string]*pool{}}

// get finds or makes the pool of settings.
func (t *poolTable) get(s *Settings) (*pool, error) {
	key := s.poolKey()
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.pool[key]
	if p == nil {
		var err error
		if p, err = newPool(s); err != nil {
			return nil, err
		}
		p.key = key
		t.pool[key] = p
	}
	p.users++
	return p, nil
}

// put says that a Transport no longer uses the pool.
func (t *poolTable) put(p *pool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p.users--; p.users > 0 {
		return
	}
	p.unused = time.Now()
	var unused []*pool
	for _, p := range t.pool {
		if p.users == 0 {
			unused = append(unused, p)
		}
	}
	if len(unused) > maxUnusedPools {
		oldest := slices.MinFunc(unused, func(a, b *pool) int { return a.unused.Compare(b.unused) })
		delete(t.pool, oldest.key)
		go oldest.transport.CloseIdleConnections()
	}
}

// poolKey is equal for settings whose connections are alike.
func (s *Settings) poolKey() string {
	proxy := "env"
	if s.Proxy != nil {
		proxy = "=" + *s.Proxy
	}
	return fmt.Sprintf("%q", []any{s.Version, s.ConnectTimeout, s.TLSTimeout, s.KeepAlive, s.MaxConnectionsPerHost, s.MaxIdlePerHost,
		proxy, s.NoProxy, s.UnixSocket, s.Verify, s.CAFile, s.CertFile, s.KeyFile, s.ServerName, s.Pins, s.MinTLS, s.DenyPrivate,
		s.AllowAddresses, fileState(s.CAFile), fileState(s.CertFile), fileState(s.KeyFile)})
}

// fileState changes with a file: a reload after that gets connections with the new certificate.
func fileState(path string) string {
	if path == "" {
		return ""
	}
	info, err := os.Stat(path)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano())
}

func newPool(s *Settings) (*pool, error) {
	p := &pool{}
	config, err := tlsConfig(s)
	if err != nil {
		return nil, err
	}
	guard, err := newGuard(s)
	if err != nil {
		return nil, err
	}
	if p.proxy, err = proxyOf(s); err != nil {
		return nil, err
	}
	p.transport = &http.Transport{
		Proxy: func(r *http.Request) (*url.URL, error) {
			if p.proxy == nil {
				return nil, nil
			}
			return p.proxy(r.URL)
		},
		DialContext:            dialer(s, guard),
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    s.TLSTimeout,
		DisableCompression:     true, // our own has a bound
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    s.MaxIdlePerHost,
		MaxConnsPerHost:        s.MaxConnectionsPerHost,
		IdleConnTimeout:        s.KeepAlive,
		DisableKeepAlives:      s.KeepAlive == 0,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: maxResponseHeader,
		WriteBufferSize:        4 << 10,
		ReadBufferSize:         4 << 10,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second},
		Protocols:              new(http.Protocols),
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, r *http.Response) error {
			if r.StatusCode != http.StatusOK {
				return &proxyError{r.StatusCode, cut(r.Status, 100)}
			}
			return nil
		},
	}
	switch s.Version {
	case "":
		p.transport.Protocols.SetHTTP1(true)
		p.transport.Protocols.SetHTTP2(true)
	case "1.1":
		p.transport.Protocols.SetHTTP1(true)
	case "2":
		p.transport.Protocols.SetHTTP2(true)
		p.transport.Protocols.SetUnencryptedHTTP2(true)
	default:
		return nil, invalid("the HTTP version is '1.1', '2' or not given, not %q", cut(s.Version, 10))
	}
	return p, nil
}

// proxyOf makes a function that finds the proxy for a URL.
func proxyOf(s *Settings) (func(*url.URL) (*url.URL, error), error) {
	var c *httpproxy.Config
	switch {
	case s.DenyPrivate || s.UnixSocket != "":
		if s.Proxy != nil && *s.Proxy != "" {
			return nil, invalid("with a proxy nobody here sees the server's address: choose the proxy, or denyPrivate or unixSocket")
		}
		return nil, nil
	case s.Proxy == nil:
		c = httpproxy.FromEnvironment()
	case *s.Proxy == "":
		return nil, nil
	default:
		u, err := parseProxy(*s.Proxy)
		if err != nil {
			return nil, err
		}
		return named(u, s.NoProxy), nil
	}
	if len(s.NoProxy) > 0 {
		c.NoProxy = strings.Join(s.NoProxy, ",")
	}
	if c.HTTPProxy == "" && c.HTTPSProxy == "" {
		return nil, nil
	}
	return c.ProxyFunc(), nil
}

// named is a proxy for all but some hosts. httpproxy knows how those are written, but never asks a proxy for this machine:
// where somebody names a proxy, only noProxy goes round it.
func named(proxy *url.URL, except []string) func(*url.URL) (*url.URL, error) {
	if len(except) == 0 {
		return func(*url.URL) (*url.URL, error) { return proxy, nil }
	}
	find := (&httpproxy.Config{HTTPProxy: proxy.String(), HTTPSProxy: proxy.String(), NoProxy: strings.Join(except, ",")}).ProxyFunc()
	return func(u *url.URL) (*url.URL, error) {
		host := u.Hostname()
		local := host == "localhost"
		if a, err := netip.ParseAddr(host); err == nil {
			local = a.IsLoopback()
		}
		if local && !slices.ContainsFunc(except, func(e string) bool { return covers(e, host) }) {
			return proxy, nil
		}
		return find(u)
	}
}

// covers says whether an exception is about this machine's name or address.
func covers(exception, host string) bool {
	if exception == "*" || strings.EqualFold(exception, host) {
		return true
	}
	p, err := netip.ParsePrefix(exception)
	a, err2 := netip.ParseAddr(host)
	return err == nil && err2 == nil && p.Contains(a)
}

func parseProxy(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme) {
		return nil, invalid("a proxy is 'http://host:port', 'https://...' or 'socks5://...', with 'user:password@' before the host if need be")
	}
	return u, nil
}

// dialer makes connections, counts them, and asks the guard about each address.
func dialer(s *Settings, g *guard) func(context.Context, string, string) (net.Conn, error) {
	d := &net.Dialer{Timeout: s.ConnectTimeout, KeepAlive: 30 * time.Second}
	if g != nil {
		d.ControlContext = g.control
	}
	path := s.UnixSocket
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if path != "" {
			network, address = "unix", path
		}
		c, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, &dialError{err}
		}
		counters.opened.Add(1)
		counters.open.Add(1)
		if tcp, ok := c.(*net.TCPConn); ok {
			return &tcpConn{TCPConn: tcp}, nil
		}
		return &otherConn{Conn: c}, nil
	}
}

// tcpConn is counted, and keeps what the kernel can do for a TCP connection (sendfile).
type tcpConn struct {
	*net.TCPConn
	closed atomic.Bool
}

func (c *tcpConn) Close() error {
	if c.closed.CompareAndSwap(false, true) {
		counters.open.Add(-1)
	}
	return c.TCPConn.Close()
}

type otherConn struct {
	net.Conn
	closed atomic.Bool
}

func (c *otherConn) Close() error {
	if c.closed.CompareAndSwap(false, true) {
		counters.open.Add(-1)
	}
	return c.Conn.Close()
}

// counters are the process's figures.
var counters struct {
	requests, responses, failures, retries, opened atomic.Int64
	active, open                                   atomic.Int64
	received                                       atomic.Int64
}

// Stats are figures of the whole process.
type Stats struct {
	Requests          int64 // sent, further tries and redirects among them
	Responses         int64
	Failures          int64 // calls that ended with an exception
	Retries           int64
	Active            int64 // calls under way
	BytesReceived     int64 // of bodies, decompressed
	ConnectionsOpened int64
	ConnectionsOpen   int64
	Pools             int
}

// ReadStats reads the process's figures.
func ReadStats() Stats {
	pools.mu.Lock()
	n := len(pools.pool)
	pools.mu.Unlock()
	c := &counters
	return Stats{Requests: c.requests.Load(), Responses: c.responses.Load(), Failures: c.failures.Load(), Retries: c.retries.Load(),
		Active: c.active.Load(), BytesReceived: c.received.Load(), ConnectionsOpened: c.opened.Load(), ConnectionsOpen: c.open.Load(), Pools: n}
}

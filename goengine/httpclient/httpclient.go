// Package httpclient is Phalanx's HTTP client: HTTP/1.1 and 2 over net/http's Transport, with what PHP's callers need
// around it: redirects, retries, cookies, proxies, bodies that stream both ways, and a bound on everything that a server
// can send.
//
// Connections are pooled for the whole process: every Transport of the same connection settings, in whichever worker, uses
// the same ones. A Transport itself is small and holds the defaults of requests. Its methods are safe for several
// goroutines.
//
// component.go makes PHP classes of it; phpsrc/Phalanx/Http has the client that applications see.
package httpclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// Settings are a Transport's: what its connections are like, and what its requests have unless they say otherwise.
type Settings struct {
	component.Options

	// BaseURL is put before URLs that have no scheme. Credentials among the defaults (Auth, SensitiveHeaders) go to its
	// origin only.
	BaseURL string   `php:"baseUrl"`
	Headers []string // names and values in turns
	Auth    *Auth
	Cookies *CookieJar

	Timeout          time.Duration // of the whole request, the body included unless it is streamed; 0: none
	FirstByteTimeout time.Duration // from the request's last byte to the response's first; 0: none
	IdleTimeout      time.Duration // between two reads of the body; 0: none
	MaxBytes         int64         // of a body, decompressed; 0: none
	Decompress       bool          // ask for gzip, br, zstd and deflate, and undo them
	Redirects        int           // that are followed; 0: none, the response is the answer

	Retries       int           // further tries
	RetryDelay    time.Duration // before the first further try; doubles
	RetryMaxDelay time.Duration // also of Retry-After: a server that asks for more gets no further try
	RetryStatus   []int
	RetryAll      bool // also methods that are not idempotent

	// SensitiveHeaders are not sent to another origin by a redirect, nor, from the defaults, beyond BaseURL's.
	SensitiveHeaders []string

	Version               string // "": 2 where TLS agrees on it, else 1.1; "1.1"; "2": also without TLS, by prior knowledge
	ConnectTimeout        time.Duration
	TLSTimeout            time.Duration
	KeepAlive             time.Duration // how long an idle connection is kept
	MaxConnectionsPerHost int           // further requests wait for one
	MaxIdlePerHost        int
	Proxy                 *string // nil: what HTTP_PROXY, HTTPS_PROXY and NO_PROXY say; "": none
	NoProxy               []string
	UnixSocket            string // a path: all connections go there

	Verify     bool   // the server's certificate
	CAFile     string // PEM, instead of the system's authorities
	CertFile   string // PEM, the client's
	KeyFile    string // PEM; "": in CertFile
	ServerName string // for SNI and verification instead of the URL's host
	Pins       []string
	MinTLS     string `php:"minTls"` // "1.2" or "1.3"

	DenyPrivate    bool     // addresses that are not public
	AllowAddresses []string // CIDR, in spite of DenyPrivate

	// Handler answers instead of the network: for tests.
	Handler func(context.Context, Asked) (Answered, error)
}

// Defaults are the Settings of a Transport that was told nothing.
var Defaults = Settings{
	Timeout:       30 * time.Second,
	IdleTimeout:   30 * time.Second,
	MaxBytes:      32 << 20,
	Decompress:    true,
	Redirects:     10,
	RetryDelay:    200 * time.Millisecond,
	RetryMaxDelay: 10 * time.Second,
	RetryStatus:   []int{429, 502, 503, 504},
	SensitiveHeaders: []string{"Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "X-Auth-Token",
		"X-Csrf-Token", "X-Xsrf-Token"},
	ConnectTimeout:        10 * time.Second,
	TLSTimeout:            10 * time.Second,
	KeepAlive:             30 * time.Second,
	MaxConnectionsPerHost: 256,
	MaxIdlePerHost:        256,
	Verify:                true,
	MinTLS:                "1.2",
}

// Auth is how a request says who asks.
type Auth struct {
	Scheme   string // "basic", "bearer" or "digest"
	User     string
	Password string // or the bearer's token
}

// Request is one request beside its method and URL. What is nil is as the Settings say.
type Request struct {
	Headers []string // names and values in turns; they replace defaults of the same name

	// The body: one of them at most.
	Body      *string
	File      string // a path
	Producer  int    // the number of a Producer among those given to Send, from 1
	Multipart []Part
	// Length of what Producer will give, when that is known. Content-Length; otherwise the body is sent in chunks.
	Length *int64

	Auth             *Auth
	Cookies          *CookieJar
	Timeout          *time.Duration
	FirstByteTimeout *time.Duration
	IdleTimeout      *time.Duration
	MaxBytes         *int64
	Decompress       *bool
	Redirects        *int
	Retries          *int
	RetryAll         *bool
	Proxy            *string

	Stream bool   // the answer has a Body to be read piece by piece
	Sink   string // a path: the body goes into this file
}

// Producer gives the pieces of a body, nil at its end.
type Producer = func(context.Context) (*string, error)

// Reply is what came of a request.
type Reply struct {
	Status    int
	Reason    string
	Version   string   // "1.1", "2"
	Headers   []string // names and values in turns
	Body      string
	Stream    *Stream // of a Request with Stream, and of a body that is too large for one value
	Method    string  // of the last request
	URL       string  // of the last request, without credentials
	Redirects []string
	Attempts  int        // how many requests were sent
	Timings   [6]float64 // seconds since the start: name, connected, TLS, request sent, first byte, end; -1: did not happen
	Reused    bool       // no new connection was made
	Chunked   bool       // Transfer-Encoding, which net/http takes out of the header
}

// Transport sends requests.
type Transport struct {
	s         Settings
	pool      *pool
	base      *url.URL
	origin    origin
	headers   http.Header
	sensitive map[string]bool
	trip      http.RoundTripper
}

// New makes a Transport. It makes no connection and reads no file but those of certificates.
func New(s Settings) (*Transport, error) {
	t := &Transport{s: s, headers: http.Header{}, sensitive: map[string]bool{}}
	for name, d := range map[string]time.Duration{"timeout": s.Timeout, "firstByteTimeout": s.FirstByteTimeout,
		"idleTimeout": s.IdleTimeout, "connectTimeout": s.ConnectTimeout, "tlsTimeout": s.TLSTimeout, "keepAlive": s.KeepAlive,
		"retryDelay": s.RetryDelay, "retryMaxDelay": s.RetryMaxDelay} {
		if d < 0 {
			return nil, invalid("%s must not be negative", name)
		}
	}
	if s.MaxBytes < 0 || s.Redirects < 0 || s.Retries < 0 || s.MaxConnectionsPerHost < 0 || s.MaxIdlePerHost < 0 {
		return nil, invalid("limits must not be negative")
	}
	if s.BaseURL != "" {
		u, err := parseURL(s.BaseURL)
		if err != nil {
			return nil, err
		}
		if u.RawQuery != "" || u.Fragment != "" {
			return nil, invalid("the base URL has a query or a fragment: only scheme, host and path are put before URLs")
		}
		t.base, t.origin = u, originOf(u)
	}
	if err := addHeaders(t.headers, s.Headers, false); err != nil {
		return nil, err
	}
	for _, name := range s.SensitiveHeaders {
		t.sensitive[http.CanonicalHeaderKey(name)] = true
	}
	if err := s.Auth.check(); err != nil {
		return nil, err
	}
	if s.Handler != nil {
		t.trip = &handlerTrip{s.Handler}
		return t, nil
	}
	p, err := pools.get(&t.s)
	if err != nil {
		return nil, err
	}
	t.pool, t.trip = p, p.transport
	return t, nil
}

// CloseIdle closes the connections that wait for a request, also those of other Transports of the same settings.
func (t *Transport) CloseIdle() {
	if t.pool != nil {
		t.pool.transport.CloseIdleConnections()
	}
}

// release is called when PHP's object is gone.
func (t *Transport) release() {
	if t.pool != nil {
		pools.put(t.pool)
	}
}

func (a *Auth) check() error {
	switch {
	case a == nil:
		return nil
	case a.Scheme != "basic" && a.Scheme != "bearer" && a.Scheme != "digest":
		return invalid("authorization is basic, bearer or digest, not %q", a.Scheme)
	case a.Scheme == "basic" && strings.Contains(a.User, ":"):
		return invalid("a user name of basic authorization has no colon (RFC 7617, 2)")
	case !httpguts.ValidHeaderFieldValue(a.Password) || !httpguts.ValidHeaderFieldValue(a.User):
		return invalid("credentials must not contain control characters")
	}
	return nil
}

// origin is what credentials belong to.
type origin struct{ scheme, host, port string }

func originOf(u *url.URL) origin {
	o := origin{u.Scheme, strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), u.Port()}
	if o.port == "" {
		o.port = "80"
		if o.scheme == "https" {
			o.port = "443"
		}
	}
	return o
}

// trusts says whether what was sent to o may be sent to other: the same origin, or the same host by TLS now.
func (o origin) trusts(other origin) bool {
	return o == other || o.host == other.host && o.scheme == "http" && o.port == "80" && other.scheme == "https" && other.port == "443"
}

func parseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err // its text would repeat the URL, and with it a password
		}
		return nil, invalid("the URL cannot be read: %v", err)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, invalid("a URL begins with http:// or https://, not with %q", cut(u.Scheme, 20))
	case u.Hostname() == "":
		return nil, invalid("the URL has no host")
	}
	if p := u.Port(); p == "0" {
		return nil, invalid("the URL has port 0")
	}
	return u, nil
}

func cut(s string, n int) string {
	if len(s) > n {
		return s[:n] + "..."
	}
	return s
}

// resolve makes a request's URL.
func (t *Transport) resolve(target string) (*url.URL, error) {
	if t.base != nil && !strings.HasPrefix(target, "http://") && !strings.HasPrefix(target, "https://") {
		if strings.HasPrefix(target, "//") || strings.Contains(strings.SplitN(target, "?", 2)[0], "://") {
			return nil, invalid("a URL begins with http:// or https://, or is a path behind the base URL")
		}
		base := t.s.BaseURL
		if target != "" && target[0] != '?' {
			base, target = strings.TrimSuffix(base, "/")+"/", strings.TrimPrefix(target, "/")
		}
		target = base + target
	}
	u, err := parseURL(target)
	if err != nil {
		return nil, err
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// hopByHop are fields that the transport itself decides about.
var hopByHop = []string{"Connection", "Transfer-Encoding", "Trailer", "Te", "Upgrade", "Keep-Alive", "Proxy-Connection"}

// addHeaders puts pairs into a header; those of one name replace what was there.
func addHeaders(h http.Header, pairs []string, hopByHopToo bool) error {
	if len(pairs)%2 != 0 {
		return invalid("headers are names and values")
	}
	var replaced []string
	for i := 0; i < len(pairs); i += 2 {
		name, value := pairs[i], pairs[i+1]
		if !httpguts.ValidHeaderFieldName(name) {
			return invalid("%q is no header name", cut(name, 50))
		}
		if !httpguts.ValidHeaderFieldValue(value) {
			return invalid("the value of header %q has control characters", name)
		}
		name = http.CanonicalHeaderKey(name)
		if !hopByHopToo && slices.Contains(hopByHop, name) && !(name == "Connection" && connectionOption(value)) {
			return invalid("header %q is the client's own: it is about one connection", name)
		}
		if !slices.Contains(replaced, name) {
			replaced = append(replaced, name)
			h.Del(name)
		}
		h[name] = append(h[name], value)
	}
	return nil
}

func connectionOption(value string) bool {
	value = strings.ToLower(value)
	return value == "close" || value == "keep-alive"
}

func invalid(format string, args ...any) error {
	return &component.Exception{Class: `Phalanx\Http\Exception\InvalidRequestException`, Message: fmt.Sprintf(format, args...)}
}

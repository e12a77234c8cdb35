package httpclient

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/phalanx-php/phalanx/goengine/tracing"
)

// maxDrained is how much of a body that nobody wants is read so that its connection can be used again.
const maxDrained = 64 << 10

// exchange is one call: a request with its further tries and redirects.
type exchange struct {
	t       *Transport
	r       *Request
	method  string
	url     *url.URL
	header  http.Header
	payload payload
	auth    *Auth
	jar     *CookieJar
	// credentials say that the origin of now may see them.
	credentials bool

	timeout, firstByte, idle time.Duration
	maxBytes                 int64
	redirects, retries       int
	retryAll, decompress     bool

	trip    http.RoundTripper
	ctx     context.Context // of the whole exchange
	cancel  context.CancelCauseFunc
	unlink  func() bool // from the context of PHP's call
	limit   *time.Timer // of Timeout
	started time.Time
	trace   *trace
	reply   Reply
	stream  *Stream // when it has been handed out, what ends the exchange
}

// Send sends a request and waits for the response: with its body, or, with Stream, until the head of the response is
// there.
func (t *Transport) Send(ctx context.Context, method, target string, r Request, producers ...Producer) (Reply, error) {
	registerFigures()
	counters.active.Add(1)
	defer counters.active.Add(-1)
	x, err := t.prepare(method, target, &r, producers)
	if err != nil {
		return Reply{}, err
	}
	if r.Proxy != nil && t.pool != nil {
		p, err := x.byProxy()
		if err != nil {
			return Reply{}, err
		}
		defer pools.put(p)
		x.trip = p.transport
	}
	if r.Stream {
		x.ctx, x.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
		x.unlink = context.AfterFunc(ctx, func() { x.cancel(context.Cause(ctx)) })
	} else {
		x.ctx, x.cancel = context.WithCancelCause(ctx)
	}
	if x.timeout > 0 {
		x.limit = time.AfterFunc(x.timeout, func() { x.cancel(&limitError{"total", x.timeout}) })
	}
	f := x.run()
	if x.unlink != nil {
		x.unlink()
	}
	if x.limit != nil {
		x.limit.Stop()
	}
	if x.stream == nil {
		x.cancel(nil)
	}
	if f != nil {
		counters.failures.Add(1)
		var head *Reply
		if x.reply.Status != 0 {
			head = &x.reply
		}
		return Reply{}, f.exception(x.method, visible(x.url), head)
	}
	return x.reply, nil
}

// prepare puts together what the request and the settings say.
func (t *Transport) prepare(method, target string, r *Request, producers []Producer) (*exchange, error) {
	u, err := t.resolve(target)
	if err != nil {
		return nil, err
	}
	if !validMethod(method) {
		return nil, invalid("%q is no request method", cut(method, 20))
	}
	x := &exchange{t: t, r: r, method: method, url: u, started: time.Now(), trip: t.trip, credentials: true}
	home := t.base == nil || t.origin.trusts(originOf(u))
	x.header = make(http.Header, len(t.headers)+len(r.Headers)/2+4)
	for name, values := range t.headers {
		if home || !t.sensitive[name] {
			x.header[name] = values
		}
	}
	if err := addHeaders(x.header, r.Headers, false); err != nil {
		return nil, err
	}
	if x.payload, err = payloadOf(r, producers, x.header); err != nil {
		return nil, err
	}
	if x.auth = r.Auth; x.auth == nil && home {
		x.auth = t.s.Auth
	}
	if u.User != nil {
		password, _ := u.User.Password()
		x.auth = &Auth{Scheme: "basic", User: u.User.Username(), Password: password}
		u.User = nil
	}
	if err := r.Auth.check(); err != nil {
		return nil, err
	}
	if x.jar = r.Cookies; x.jar == nil {
		x.jar = t.s.Cookies
	}
	if r.Sink != "" && r.Stream {
		return nil, invalid("a response goes into a file or is streamed, not both")
	}
	x.timeout, x.firstByte, x.idle = or(r.Timeout, t.s.Timeout), or(r.FirstByteTimeout, t.s.FirstByteTimeout), or(r.IdleTimeout, t.s.IdleTimeout)
	x.maxBytes, x.decompress = or(r.MaxBytes, t.s.MaxBytes), or(r.Decompress, t.s.Decompress)
	x.redirects, x.retries, x.retryAll = or(r.Redirects, t.s.Redirects), or(r.Retries, t.s.Retries), or(r.RetryAll, t.s.RetryAll)
	if (r.Stream || r.Sink != "") && r.MaxBytes == nil {
		x.maxBytes = 0 // it takes no memory
	}
	return x, nil
}

func or[T any](given *T, otherwise T) T {
	if given != nil {
		return *given
	}
	return otherwise
}

func validMethod(m string) bool {
	if m == "" || len(m) > 32 || m == "CONNECT" {
		return false
	}
	for i := range len(m) {
		if c := m[i]; (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// visible is a URL for people and logs.
func visible(u *url.URL) string {
	if u.User == nil {
		return u.String()
	}
	c := *u
	c.User = nil
	return c.String()
}

// run goes from hop to hop. The answer is in x.reply.
func (x *exchange) run() *failure {
	authorization, answered := "", false
	for {
		resp, f := x.tries(authorization)
		if f != nil {
			return f
		}
		if x.jar != nil {
			if cookies := resp.Cookies(); len(cookies) > 0 {
				x.jar.SetCookies(x.url, cookies)
			}
		}
		if resp.StatusCode == http.StatusUnauthorized && !answered && x.auth != nil && x.auth.Scheme == "digest" && x.credentials &&
			(x.payload == nil || x.payload.repeatable()) {
			answered = true
			if authorization = digest(resp.Header["Www-Authenticate"], x.auth, x.method, x.url.RequestURI()); authorization != "" {
				x.discard(resp)
				continue
			}
		}
		next, f := x.redirect(resp)
		if f != nil {
			return f
		}
		if next == nil {
			return x.receive(resp)
		}
		x.discard(resp)
		authorization, answered = "", false
		x.follow(resp.StatusCode, next)
	}
}

// redirect finds where a response leads to; nil when it is the answer.
func (x *exchange) redirect(resp *http.Response) (*url.URL, *failure) {
	switch resp.StatusCode {
	case 301, 302, 303, 307, 308:
	default:
		return nil, nil
	}
	location := resp.Header.Get("Location")
	if location == "" || x.redirects == 0 {
		return nil, nil
	}
	fail := func(err error) (*url.URL, *failure) {
		x.head(resp)
		x.discard(resp)
		return nil, &failure{class: classRedirects, err: err}
	}
	if len(x.reply.Redirects) >= x.redirects {
		return fail(errors.New("stopped after " + strconv.Itoa(x.redirects) + " redirects"))
	}
	next, err := x.url.Parse(location)
	if err != nil {
		return fail(errors.New("the Location of the redirect cannot be read"))
	}
	if next.Scheme != "http" && next.Scheme != "https" || next.Hostname() == "" {
		return fail(errors.New("the redirect leads to something else than HTTP"))
	}
	if keepsMethod(resp.StatusCode, x.method) && x.payload != nil && !x.payload.repeatable() {
		x.head(resp)
		x.discard(resp)
		return nil, &failure{class: classRedirects, err: ErrOnce}
	}
	next.User, next.Fragment, next.RawFragment = nil, "", "" // credentials of a server's choice are none of ours
	return next, nil
}

// keepsMethod says whether a redirect is followed by the same request (RFC 9110, 15.4).
func keepsMethod(status int, method string) bool {
	switch status {
	case 303:
		return method == http.MethodGet || method == http.MethodHead
	case 301, 302:
		return method != http.MethodPost
	}
	return true
}

func (x *exchange) follow(status int, next *url.URL) {
	x.reply.Redirects = append(x.reply.Redirects, next.String())
	if !keepsMethod(status, x.method) {
		if x.method = http.MethodGet; x.payload != nil {
			x.payload = nil
			for _, name := range []string{"Content-Type", "Content-Length", "Content-Encoding", "Content-Language", "Content-Location"} {
				x.header.Del(name)
			}
		}
	}
	if !originOf(x.url).trusts(originOf(next)) {
		x.credentials = false
		for name := range x.t.sensitive {
			x.header.Del(name)
		}
		x.header.Del("Host")
	}
	x.url = next
}

// tries sends the request, again where that is allowed.
func (x *exchange) tries(authorization string) (*http.Response, *failure) {
	for try := 0; ; try++ {
		resp, f := x.try(authorization)
		wait, again := x.again(try, resp, f)
		if !again {
			return resp, f
		}
		if resp != nil {
			x.discard(resp)
		}
		counters.retries.Add(1)
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-x.ctx.Done():
			timer.Stop()
			return nil, classify(x.ctx.Err(), context.Cause(x.ctx), false, &x.t.s)
		}
	}
}

// again says whether to try once more, and when.
func (x *exchange) again(try int, resp *http.Response, f *failure) (time.Duration, bool) {
	if try >= x.retries || x.payload != nil && !x.payload.repeatable() {
		return 0, false
	}
	idempotent := x.retryAll || slices.Contains([]string{"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"}, x.method) ||
		x.header.Get("Idempotency-Key") != ""
	switch {
	case f != nil && (f.final || !f.safe && !idempotent):
		return 0, false
	case f == nil && (!idempotent || !slices.Contains(x.t.s.RetryStatus, resp.StatusCode)):
		return 0, false
	}
	wait := x.t.s.RetryDelay << min(try, 20)
	if wait > x.t.s.RetryMaxDelay || wait < 0 {
		wait = x.t.s.RetryMaxDelay
	}
	wait -= time.Duration(rand.Int64N(int64(wait)/2 + 1)) // so that clients do not come back together
	if f == nil {
		if asked, ok := retryAfter(resp.Header.Get("Retry-After"), time.Now()); ok {
			if asked > x.t.s.RetryMaxDelay {
				return 0, false
			}
			wait = max(wait, asked)
		}
	}
	if x.timeout > 0 && time.Since(x.started)+wait >= x.timeout {
		return 0, false
	}
	return wait, true
}

func retryAfter(value string, now time.Time) (time.Duration, bool) {
	if value == "" {
		return 0, false
	}
	if n, err := strconv.ParseInt(value, 10, 64); err == nil && n >= 0 {
		return time.Duration(min(n, 1<<31)) * time.Second, true
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0), true
	}
	return 0, false
}

// try sends the request once.
func (x *exchange) try(authorization string) (*http.Response, *failure) {
	parent, end := x.traced()
	ctx, cancel := context.WithCancelCause(parent)
	t := &trace{started: x.started, limit: x.firstByte, cancel: cancel}
	x.trace = t
	req, err := x.request(t.with(ctx), authorization)
	if err != nil {
		cancel(nil)
		end(0, err)
		return nil, classify(err, nil, false, &x.t.s)
	}
	tracing.Headers(ctx, req.Header.Set)
	counters.requests.Add(1)
	x.reply.Attempts++
	resp, err := x.trip.RoundTrip(req)
	t.answered()
	if err != nil {
		f := classify(err, context.Cause(ctx), t.connected.Load(), &x.t.s)
		cancel(nil)
		end(0, err)
		return nil, f
	}
	end(resp.StatusCode, nil)
	counters.responses.Add(1)
	resp.Body = &attemptBody{ReadCloser: resp.Body, cancel: cancel}
	return resp, nil
}

// traced begins a span of an attempt, where PHP is in one; end takes the status of the answer. A URL's query and user are
// not told: they may be secrets.
func (x *exchange) traced() (ctx context.Context, end func(status int, err error)) {
	if !tracing.IsTraced(x.ctx) {
		return x.ctx, func(int, error) {}
	}
	ctx, done := tracing.Start(x.ctx, x.method, tracing.Client, attribute.String("http.request.method", x.method),
		attribute.String("url.full", (&url.URL{Scheme: x.url.Scheme, Host: x.url.Host, Path: x.url.Path}).String()),
		attribute.String("server.address", x.url.Hostname()), attribute.Int64("http.request.resend_count", int64(x.reply.Attempts)))
	return ctx, func(status int, err error) {
		if status > 0 {
			tracing.Attributes(ctx, attribute.Int("http.response.status_code", status))
		}
		if status >= 400 {
			err = fmt.Errorf("HTTP %d", status)
		}
		done(err)
	}
}

// attemptBody ends the context of its attempt when it is closed.
type attemptBody struct {
	io.ReadCloser
	cancel context.CancelCauseFunc
}

func (b *attemptBody) Close() error {
	err := b.ReadCloser.Close()
	b.cancel(nil)
	return err
}

// byProxy is the connections of a request's own proxy. They are a pool of their own: HTTP/2 connections of one pool are
// found by the server's name alone.
func (x *exchange) byProxy() (*pool, error) {
	if x.t.s.DenyPrivate || x.t.s.UnixSocket != "" {
		return nil, invalid("a client with denyPrivate or unixSocket takes no proxy")
	}
	s := x.t.s
	s.Proxy, s.NoProxy = x.r.Proxy, nil
	return pools.get(&s)
}

// request makes net/http's request for the next attempt.
func (x *exchange) request(ctx context.Context, authorization string) (*http.Request, error) {
	h := x.header.Clone()
	req := &http.Request{Method: x.method, URL: x.url, Header: h, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Host: x.url.Host}
	if host := h.Get("Host"); host != "" {
		req.Host = host
		h.Del("Host")
	}
	switch strings.ToLower(h.Get("Connection")) {
	case "close":
		req.Close = true
	}
	h.Del("Connection")
	given := h.Get("Content-Length")
	h.Del("Content-Length")
	if x.decompress && h["Accept-Encoding"] == nil && h["Range"] == nil {
		h["Accept-Encoding"] = []string{acceptEncoding}
	}
	if h["User-Agent"] == nil {
		h["User-Agent"] = []string{"Phalanx"}
	}
	switch {
	case authorization != "":
		h.Set("Authorization", authorization)
	case x.auth == nil || !x.credentials || h["Authorization"] != nil:
	case x.auth.Scheme == "basic":
		h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(x.auth.User+":"+x.auth.Password)))
	case x.auth.Scheme == "bearer":
		h.Set("Authorization", "Bearer "+x.auth.Password)
	}
	if x.jar != nil {
		for _, c := range x.jar.Cookies(x.url) {
			req.AddCookie(c)
		}
	}
	if x.payload != nil {
		n := x.payload.size()
		if given != "" && n < 0 {
			if announced, err := strconv.ParseInt(given, 10, 64); err == nil && announced >= 0 {
				n = announced
			}
		}
		if req.ContentLength = n; n == 0 {
			req.Body = http.NoBody
			return req.WithContext(ctx), nil
		}
		body, err := x.payload.open(ctx)
		if err != nil {
			return nil, err
		}
		req.Body = body
		if x.payload.repeatable() {
			if _, once := x.payload.(*producer); !once {
				req.GetBody = func() (io.ReadCloser, error) { return x.payload.open(ctx) }
			}
		}
	}
	return req.WithContext(ctx), nil
}

// discard reads what is left of a small body, so that the connection can be used again, and closes it.
func (x *exchange) discard(resp *http.Response) {
	if resp.ContentLength <= maxDrained {
		stop := time.AfterFunc(time.Second, func() { _ = resp.Body.Close() })
		_, _ = io.CopyN(io.Discard, resp.Body, maxDrained)
		stop.Stop()
	}
	_ = resp.Body.Close()
}

// head notes what is known when the head of a response is there.
func (x *exchange) head(resp *http.Response) {
	r := &x.reply
	r.Status = resp.StatusCode
	r.Reason = strings.TrimPrefix(strings.TrimPrefix(resp.Status, strconv.Itoa(resp.StatusCode)), " ")
	r.Chunked = len(resp.TransferEncoding) > 0
	r.Version = "1.1"
	switch {
	case resp.ProtoMajor != 1:
		r.Version = strconv.Itoa(resp.ProtoMajor)
	case resp.ProtoMinor == 0:
		r.Version = "1.0"
	}
	n := 0
	for _, values := range resp.Header {
		n += len(values)
	}
	r.Headers = make([]string, 0, 2*n)
	for name, values := range resp.Header {
		for _, v := range values {
			r.Headers = append(r.Headers, name, v)
		}
	}
	r.Method, r.URL = x.method, visible(x.url)
	x.trace.times(r)
}

// trace notes when things happen, and limits the wait for the first byte.
type trace struct {
	started time.Time
	limit   time.Duration
	cancel  context.CancelCauseFunc

	connected atomic.Bool
	reused    atomic.Bool
	at        [5]atomic.Int64 // nanoseconds after started: name, connected, TLS, sent, first byte
	timer     atomic.Pointer[time.Timer]
}

func (t *trace) mark(i int) { t.at[i].Store(int64(time.Since(t.started))) }

func (t *trace) with(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSDone:              func(httptrace.DNSDoneInfo) { t.mark(0) },
		ConnectDone:          func(string, string, error) { t.mark(1) },
		TLSHandshakeDone:     func(tls.ConnectionState, error) { t.mark(2) },
		GotConn:              func(i httptrace.GotConnInfo) { t.reused.Store(i.Reused); t.connected.Store(true) },
		WroteRequest:         t.wrote,
		GotFirstResponseByte: func() { t.mark(4) },
	})
}

func (t *trace) wrote(httptrace.WroteRequestInfo) {
	t.mark(3)
	if t.limit > 0 {
		t.timer.Store(time.AfterFunc(t.limit, func() { t.cancel(&limitError{"firstByte", t.limit}) }))
		if t.at[4].Load() > 0 {
			t.answered() // it has come meanwhile
		}
	}
}

func (t *trace) answered() {
	if timer := t.timer.Load(); timer != nil {
		timer.Stop()
	}
	if t.at[4].Load() == 0 {
		t.mark(4)
	}
}

func (t *trace) times(r *Reply) {
	r.Reused = t.reused.Load()
	for i := range t.at {
		r.Timings[i] = -1
		if ns := t.at[i].Load(); ns > 0 {
			r.Timings[i] = float64(ns) / 1e9
		}
	}
	r.Timings[5] = time.Since(t.started).Seconds()
}

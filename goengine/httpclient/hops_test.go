package httpclient_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/httpclient"
)

func TestRedirectsChangeTheMethodAsRFC9110Says(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		if status := 0; r.URL.Path != "/there" {
			_, _ = fmt.Sscanf(r.URL.Path, "/%d", &status)
			w.Header().Set("Location", "/there")
			w.WriteHeader(status)
			return
		}
		echo(w, r)
	})
	c := client(t, nil)
	for _, tt := range []struct {
		status       int
		method, then string
		body         bool
	}{
		{301, "GET", "GET", false}, {301, "POST", "GET", false}, {302, "POST", "GET", false}, {302, "PUT", "PUT", true},
		{303, "PUT", "GET", false}, {303, "POST", "GET", false}, {307, "POST", "POST", true}, {308, "PATCH", "PATCH", true},
	} {
		r := httpclient.Request{Headers: []string{"Content-Type", "text/x"}}
		if tt.method != "GET" {
			r.Body = ptr("body")
		}
		reply, err := c.Send(context.Background(), tt.method, fmt.Sprintf("%s/%d", s.URL, tt.status), r)
		require.NoError(t, err)
		e := sent(t, reply)
		require.Equal(t, tt.then, e.Method, "%v", tt)
		if tt.body {
			require.Equal(t, "body", e.Body, "%v", tt)
			require.Equal(t, "text/x", e.Header.Get("Content-Type"))
		} else {
			require.Empty(t, e.Body, "%v", tt)
		}
	}
	reply, err := c.Send(context.Background(), "HEAD", s.URL+"/303", httpclient.Request{})
	require.NoError(t, err)
	require.Equal(t, s.URL+"/there", reply.URL)
	none := get(t, c, s.URL+"/301", httpclient.Request{Redirects: ptr(0)})
	require.Equal(t, 301, none.Status)
	once := true
	_, err = c.Send(context.Background(), "POST", s.URL+"/307", httpclient.Request{Producer: 1}, func(context.Context) (*string, error) {
		if once {
			once = false
			return ptr("gone"), nil
		}
		return nil, nil
	})
	require.Contains(t, fails(t, err, "RedirectException").Message, "only once")
}

func TestRedirectsHaveAnEnd(t *testing.T) {
	n := 0
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		http.Redirect(w, r, fmt.Sprintf("/%d", n), http.StatusFound)
	})
	c := client(t, nil)
	_, err := c.Send(context.Background(), "GET", s.URL, httpclient.Request{Redirects: ptr(3)})
	e := fails(t, err, "RedirectException")
	require.Equal(t, 4, n)
	require.Equal(t, 302, e.Properties["reply"].(map[string]any)["status"])
	for _, location := range []string{"file:///etc/passwd", "http://", "gopher://x", "http://%zz/"} {
		bad := server(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Location", location); w.WriteHeader(302) })
		_, err := c.Send(context.Background(), "GET", bad.URL, httpclient.Request{})
		fails(t, err, "RedirectException")
	}
}

func TestRedirectsTakeNoCredentialsElsewhere(t *testing.T) {
	other := server(t, echo)
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, strings.Replace(other.URL, "http://", "http://user:pass@", 1), http.StatusTemporaryRedirect)
		case "/near":
			http.Redirect(w, r, "/echo", http.StatusTemporaryRedirect)
		default:
			echo(w, r)
		}
	})
	jar := httpclient.NewCookieJar()
	require.NoError(t, jar.Set(s.URL, "session=1"))
	c := client(t, nil)
	r := httpclient.Request{Headers: []string{"Cookie", "a=b", "X-Api-Key", "k", "X-Plain", "p", "Host", "named"},
		Auth: &httpclient.Auth{Scheme: "bearer", Password: "secret"}}
	near := sent(t, get(t, c, s.URL+"/near", r))
	require.Equal(t, "Bearer secret", near.Header.Get("Authorization"))
	require.Equal(t, "a=b", near.Header.Get("Cookie"))
	away := sent(t, get(t, c, s.URL+"/away", r))
	for _, name := range []string{"Authorization", "Cookie", "X-Api-Key"} {
		require.Empty(t, away.Header.Get(name), name)
	}
	require.Equal(t, "p", away.Header.Get("X-Plain"))
	require.NotEqual(t, "named", away.Host)
}

func TestRetries(t *testing.T) {
	var n atomic.Int64
	answers := func(statuses ...int) *httptest.Server {
		n.Store(0)
		return server(t, func(w http.ResponseWriter, r *http.Request) {
			i := int(n.Add(1)) - 1
			_, _ = io.Copy(io.Discard, r.Body)
			if status := statuses[min(i, len(statuses)-1)]; status == 0 {
				c, _, _ := w.(http.Hijacker).Hijack()
				_ = c.(*net.TCPConn).SetLinger(0)
				_ = c.Close()
			} else {
				w.WriteHeader(status)
			}
		})
	}
	c := client(t, func(s *httpclient.Settings) { s.Retries = 2; s.RetryMaxDelay = 5 * time.Millisecond })
	send := func(s *httptest.Server, method string, r httpclient.Request) (httpclient.Reply, error) {
		return c.Send(context.Background(), method, s.URL, r)
	}
	r, err := send(answers(503, 502, 200), "GET", httpclient.Request{})
	require.NoError(t, err)
	require.Equal(t, 200, r.Status)
	require.Equal(t, 3, r.Attempts)
	r, _ = send(answers(503), "GET", httpclient.Request{})
	require.Equal(t, 503, r.Status, "the last answer, when tries are used up")
	require.EqualValues(t, 3, n.Load())
	r, _ = send(answers(503, 200), "POST", httpclient.Request{Body: ptr("x")})
	require.Equal(t, 503, r.Status, "POST is not idempotent")
	r, _ = send(answers(503, 200), "POST", httpclient.Request{Body: ptr("x"), RetryAll: ptr(true)})
	require.Equal(t, 200, r.Status)
	r, _ = send(answers(503, 200), "POST", httpclient.Request{Body: ptr("x"), Headers: []string{"Idempotency-Key", "1"}})
	require.Equal(t, 200, r.Status)
	r, err = send(answers(0, 200), "PUT", httpclient.Request{Body: ptr("x")})
	require.NoError(t, err)
	require.Equal(t, 200, r.Status, "a broken connection")
	_, err = send(answers(0, 200), "POST", httpclient.Request{Body: ptr("x")})
	fails(t, err, "NetworkException")
	require.EqualValues(t, 1, n.Load())
	r, _ = send(answers(404, 200), "GET", httpclient.Request{})
	require.Equal(t, 404, r.Status)
	_, err = c.Send(context.Background(), "POST", "http://127.0.0.1:1/", httpclient.Request{Body: ptr("x")})
	fails(t, err, "ConnectException")

	given := 0
	_, err = c.Send(context.Background(), "PUT", answers(0, 200).URL, httpclient.Request{Producer: 1}, func(context.Context) (*string, error) {
		if given++; given > 1 {
			return nil, nil
		}
		return ptr("once"), nil
	})
	fails(t, err, "NetworkException")
	require.EqualValues(t, 1, n.Load(), "a body that was read cannot be sent again")
}

func TestRetryAfter(t *testing.T) {
	n := 0
	asks := "0"
	s := server(t, func(w http.ResponseWriter, _ *http.Request) {
		if n++; n == 1 {
			w.Header().Set("Retry-After", asks)
			w.WriteHeader(429)
		}
	})
	c := client(t, func(s *httpclient.Settings) { s.Retries = 1; s.RetryMaxDelay = 100 * time.Millisecond })
	require.Equal(t, 200, get(t, c, s.URL, httpclient.Request{}).Status)
	n, asks = 0, "3600"
	require.Equal(t, 429, get(t, c, s.URL, httpclient.Request{}).Status, "longer than anybody would wait")
	require.Equal(t, 1, n)

	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{"7": 7 * time.Second, now.Add(time.Minute).Format(http.TimeFormat): time.Minute,
		now.Add(-time.Minute).Format(http.TimeFormat): 0} {
		got, ok := httpclient.RetryAfter(value, now)
		require.True(t, ok)
		require.Equal(t, want, got)
	}
	for _, value := range []string{"", "-1", "soon", "1.5"} {
		_, ok := httpclient.RetryAfter(value, now)
		require.False(t, ok, value)
	}
}

func TestCookies(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/set" {
			http.SetCookie(w, &http.Cookie{Name: "id", Value: "1", Path: "/"})
			w.Header().Add("Set-Cookie", "foreign=1; Domain=example.com")
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		echo(w, r)
	})
	jar := httpclient.NewCookieJar()
	c := client(t, func(s *httpclient.Settings) { s.Cookies = jar })
	require.Equal(t, "id=1", sent(t, get(t, c, s.URL+"/set", httpclient.Request{})).Header.Get("Cookie"))
	require.Equal(t, "id=1", sent(t, get(t, c, s.URL, httpclient.Request{})).Header.Get("Cookie"))
	own := httpclient.NewCookieJar()
	require.Empty(t, sent(t, get(t, c, s.URL, httpclient.Request{Cookies: own})).Header.Get("Cookie"))
	all, err := jar.Get(s.URL)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"id": "1"}, all)
	jar.Clear()
	require.Empty(t, sent(t, get(t, c, s.URL, httpclient.Request{})).Header.Get("Cookie"))
	require.Empty(t, sent(t, get(t, client(t, nil), s.URL+"/set", httpclient.Request{})).Header.Get("Cookie"))
}

func TestCookieJarsAreBoundedAndKnowPublicSuffixes(t *testing.T) {
	jar := httpclient.NewCookieJar()
	require.NoError(t, jar.Set("https://a.co.uk/", "super=1; Domain=co.uk"))
	all, err := jar.Get("https://b.co.uk/")
	require.NoError(t, err)
	require.Empty(t, all)
	for i := range 1000 {
		require.NoError(t, jar.Set("https://example.com/", fmt.Sprintf("c%d=1", i)))
	}
	require.NoError(t, jar.Set("https://example.com/", "large="+strings.Repeat("x", 5000)))
	all, err = jar.Get("https://example.com/")
	require.NoError(t, err)
	require.Len(t, all, 180)
	require.NoError(t, jar.Set("https://example.com/", "c0=; Max-Age=0"))
	require.NoError(t, jar.Set("https://example.com/", "new=1"))
	all, _ = jar.Get("https://example.com/")
	require.Contains(t, all, "new")
	require.Error(t, jar.Set("https://example.com/", "no cookie"))
	require.Error(t, jar.Set("example.com", "a=b"))
}

func TestDigestAuthorization(t *testing.T) {
	a := &httpclient.Auth{Scheme: "digest", User: "Mufasa", Password: "Circle of Life"}
	challenge := `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=%s, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
	const cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
	// The examples of RFC 7616, 3.9.1.
	md5 := httpclient.Digest(fmt.Sprintf(challenge, "MD5"), a, "GET", "/dir/index.html", cnonce)
	require.Contains(t, md5, `response="8ca523f5e9506fed4657c9700eebdbec"`)
	sha := httpclient.Digest(fmt.Sprintf(challenge, "SHA-256"), a, "GET", "/dir/index.html", cnonce)
	require.Contains(t, sha, `response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"`)

	seen := 0
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		seen++
		if !strings.HasPrefix(r.Header.Get("Authorization"), "Digest ") {
			w.Header().Add("WWW-Authenticate", `Basic realm="x", Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256`)
			w.WriteHeader(401)
			return
		}
		echo(w, r)
	})
	c := client(t, nil)
	r, err := c.Send(context.Background(), "POST", s.URL+"/a?b", httpclient.Request{Body: ptr("again"), Auth: a})
	require.NoError(t, err)
	e := sent(t, r)
	require.Equal(t, "again", e.Body)
	require.Contains(t, e.Header.Get("Authorization"), `uri="/a?b"`)
	require.Equal(t, 2, seen)
}

func FuzzChallenges(f *testing.F) {
	f.Add(`Basic realm="a, b", Digest realm="x\"y", nonce="n", qop="auth,auth-int"`)
	f.Add(`Digest nonce=`)
	f.Fuzz(func(t *testing.T, s string) {
		joined := httpclient.SplitChallenges(s)
		require.Equal(t, s, strings.Join(joined, ","), "nothing is lost")
		for _, c := range joined {
			if p := httpclient.DigestParams(c); p != nil {
				require.NotEmpty(t, p["nonce"])
			}
		}
	})
}

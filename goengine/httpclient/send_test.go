package httpclient_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/httpclient"
	"github.com/phalanx-php/phalanx/goengine/metrics"
)

func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_ = json.NewEncoder(w).Encode(map[string]any{"method": r.Method, "uri": r.RequestURI, "host": r.Host, "header": r.Header,
		"length": r.ContentLength, "chunked": len(r.TransferEncoding) > 0, "body": string(body)})
}

type echoed struct {
	Method, URI, Host, Body string
	Header                  http.Header
	Length                  int64
	Chunked                 bool
}

func sent(t *testing.T, r httpclient.Reply) (e echoed) {
	t.Helper()
	require.Equal(t, 200, r.Status)
	require.NoError(t, json.Unmarshal([]byte(r.Body), &e))
	return e
}

func TestRequestsArriveAsTheyWereMade(t *testing.T) {
	s := server(t, echo)
	c := client(t, func(s *httpclient.Settings) { s.Headers = []string{"X-Default", "yes", "X-Other", "default"} })
	r := get(t, c, s.URL+"/a?b=c#fragment", httpclient.Request{Headers: []string{"x-other", "1", "X-Other", "2", "Host", "named"}})
	e := sent(t, r)
	require.Equal(t, "/a?b=c", e.URI)
	require.Equal(t, "named", e.Host)
	require.Equal(t, "yes", e.Header.Get("X-Default"))
	require.Equal(t, []string{"1", "2"}, e.Header["X-Other"], "a request's values replace the default's")
	require.Equal(t, "Phalanx", e.Header.Get("User-Agent"))
	require.Equal(t, "1.1", r.Version)
	require.Equal(t, "OK", r.Reason)
	require.Equal(t, s.URL+"/a?b=c", r.URL)
	require.Equal(t, 1, r.Attempts)
	require.False(t, r.Reused)
	require.True(t, get(t, c, s.URL, httpclient.Request{}).Reused)
}

func TestURLsBehindABase(t *testing.T) {
	s := server(t, echo)
	c := client(t, func(o *httpclient.Settings) { o.BaseURL = s.URL + "/v1/" })
	for target, uri := range map[string]string{"": "/v1/", "users": "/v1/users", "/users": "/v1/users", "?a=b": "/v1/?a=b",
		"a?next=http://x/": "/v1/a?next=http://x/", s.URL + "/v2": "/v2"} {
		require.Equal(t, uri, sent(t, get(t, c, target, httpclient.Request{})).URI, target)
	}
	_, err := c.Send(context.Background(), "GET", "//other/", httpclient.Request{})
	fails(t, err, "InvalidRequestException")
	_, err = c.Send(context.Background(), "GET", "ftp://other/", httpclient.Request{})
	fails(t, err, "InvalidRequestException")
}

func TestRequestsThatMakeNoSense(t *testing.T) {
	c := client(t, nil)
	for name, try := range map[string]struct {
		method, url string
		r           httpclient.Request
	}{
		"no scheme":                  {"GET", "example.com", httpclient.Request{}},
		"another scheme":             {"GET", "file:///etc/passwd", httpclient.Request{}},
		"no host":                    {"GET", "http://", httpclient.Request{}},
		"a line break in the URL":    {"GET", "http://127.0.0.1/\r\nX: y", httpclient.Request{}},
		"a line break in the method": {"GET /\r\n", "http://127.0.0.1/", httpclient.Request{}},
		"CONNECT":                    {"CONNECT", "http://127.0.0.1/", httpclient.Request{}},
		"a line break in a value":    {"GET", "http://127.0.0.1/", httpclient.Request{Headers: []string{"X", "a\r\nY: b"}}},
		"a line break in a name":     {"GET", "http://127.0.0.1/", httpclient.Request{Headers: []string{"X\r\nY", "b"}}},
		"NUL in a value":             {"GET", "http://127.0.0.1/", httpclient.Request{Headers: []string{"X", "a\x00"}}},
		"Transfer-Encoding":          {"POST", "http://127.0.0.1/", httpclient.Request{Headers: []string{"Transfer-Encoding", "chunked"}}},
		"Connection: upgrade":        {"GET", "http://127.0.0.1/", httpclient.Request{Headers: []string{"Connection", "upgrade"}}},
		"two bodies":                 {"POST", "http://127.0.0.1/", httpclient.Request{Body: ptr("a"), File: "/dev/null"}},
		"a file that is not there":   {"POST", "http://127.0.0.1/", httpclient.Request{File: "/no/such/file"}},
		"a folder":                   {"POST", "http://127.0.0.1/", httpclient.Request{File: "/"}},
		"no such producer":           {"POST", "http://127.0.0.1/", httpclient.Request{Producer: 1}},
		"an unknown proxy":           {"GET", "http://127.0.0.1/", httpclient.Request{Proxy: ptr("ftp://x")}},
		"an unknown authorization":   {"GET", "http://127.0.0.1/", httpclient.Request{Auth: &httpclient.Auth{Scheme: "x"}}},
		"a type with a line break":   {"POST", "http://127.0.0.1/", httpclient.Request{Multipart: []httpclient.Part{{Name: "a", Type: "a\r\nb"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Send(context.Background(), try.method, try.url, try.r)
			fails(t, err, "InvalidRequestException")
		})
	}
}

func TestBodies(t *testing.T) {
	s := server(t, echo)
	c := client(t, nil)
	file := filepath.Join(t.TempDir(), "body.txt")
	require.NoError(t, os.WriteFile(file, []byte("from a file"), 0o600))
	pieces := func(all ...string) httpclient.Producer {
		return func(context.Context) (*string, error) {
			if len(all) == 0 {
				return nil, nil
			}
			p := all[0]
			all = all[1:]
			return &p, nil
		}
	}
	post := func(r httpclient.Request, producers ...httpclient.Producer) echoed {
		t.Helper()
		reply, err := c.Send(context.Background(), "POST", s.URL, r, producers...)
		require.NoError(t, err)
		return sent(t, reply)
	}
	e := post(httpclient.Request{Body: ptr("text")})
	require.Equal(t, "text", e.Body)
	require.EqualValues(t, 4, e.Length)
	require.EqualValues(t, 0, post(httpclient.Request{Body: ptr("")}).Length)
	e = post(httpclient.Request{File: file})
	require.Equal(t, "from a file", e.Body)
	require.EqualValues(t, 11, e.Length)
	e = post(httpclient.Request{Producer: 1}, pieces("a", "", "b"))
	require.Equal(t, "ab", e.Body)
	require.True(t, e.Chunked)
	e = post(httpclient.Request{Producer: 1, Length: ptr(int64(2))}, pieces("a", "b"))
	require.Equal(t, "ab", e.Body)
	require.EqualValues(t, 2, e.Length)
	for _, wrong := range []int64{1, 3} {
		_, err := c.Send(context.Background(), "POST", s.URL, httpclient.Request{Producer: 1, Length: &wrong}, pieces("a", "b"))
		fails(t, err, "RequestException")
	}
	_, err := c.Send(context.Background(), "POST", s.URL, httpclient.Request{Producer: 1}, func(context.Context) (*string, error) {
		return nil, errors.New("no more")
	})
	require.ErrorContains(t, err, "no more")
}

func TestMultipartFormsAreReadByNetHTTP(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a file.txt")
	require.NoError(t, os.WriteFile(file, []byte(strings.Repeat("x", 100_000)), 0o600))
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		f := r.MultipartForm.File["f"][0]
		p := r.MultipartForm.File["p"][0]
		_, _ = fmt.Fprintln(w, r.ContentLength > 0, r.Form["a[]"], r.FormValue("q%22uote"), f.Filename, f.Size, f.Header.Get("Content-Type"),
			p.Filename, p.Size, p.Header.Get("Content-Type"))
	})
	c := client(t, nil)
	parts := []httpclient.Part{{Name: "a[]", Contents: "1"}, {Name: "a[]", Contents: "2"}, {Name: "q\"uote", Contents: "3"},
		{Name: "f", File: file}, {Name: "p", Producer: 1, Filename: "p.bin", Type: "image/png"}}
	once := func() httpclient.Producer {
		given := false
		return func(context.Context) (*string, error) {
			if given {
				return nil, nil
			}
			given = true
			return ptr("pieces"), nil
		}
	}
	r, err := c.Send(context.Background(), "POST", s.URL, httpclient.Request{Multipart: parts}, once())
	require.NoError(t, err)
	require.Equal(t, "false [1 2] 3 a file.txt 100000 application/octet-stream p.bin 6 image/png\n", r.Body)
	parts[4].Length = ptr(int64(6))
	r, err = c.Send(context.Background(), "POST", s.URL, httpclient.Request{Multipart: parts}, once())
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(r.Body, "true"), "all lengths are known: %s", r.Body)
}

func TestConnectionsAreSharedByTransportsOfTheSameSettings(t *testing.T) {
	var mu sync.Mutex
	remotes := map[string]bool{}
	s := server(t, func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		remotes[r.RemoteAddr] = true
	})
	first := client(t, func(s *httpclient.Settings) { s.KeepAlive = 31 * time.Second })
	get(t, first, s.URL, httpclient.Request{})
	second := client(t, func(s *httpclient.Settings) {
		s.KeepAlive = 31 * time.Second
		s.Retries = 3
		s.Headers = []string{"A", "b"}
	})
	require.True(t, get(t, second, s.URL, httpclient.Request{}).Reused)
	require.Len(t, remotes, 1)
	third := client(t, func(s *httpclient.Settings) { s.KeepAlive = 31 * time.Second; s.MinTLS = "1.3" })
	require.False(t, get(t, third, s.URL, httpclient.Request{}).Reused)
	require.Len(t, remotes, 2)
}

func TestConnectionsPerHostAreLimited(t *testing.T) {
	var now, most atomic.Int64
	s := server(t, func(http.ResponseWriter, *http.Request) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(5 * time.Millisecond)
		now.Add(-1)
	})
	c := client(t, func(s *httpclient.Settings) { s.MaxConnectionsPerHost = 3 })
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, err := c.Send(context.Background(), "GET", s.URL, httpclient.Request{})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.LessOrEqual(t, most.Load(), int64(3))
}

func TestCredentials(t *testing.T) {
	s := server(t, echo)
	other := server(t, echo)
	c := client(t, func(o *httpclient.Settings) {
		o.BaseURL = s.URL
		o.Auth = &httpclient.Auth{Scheme: "bearer", Password: "secret"}
		o.Headers = []string{"X-Api-Key", "key", "X-Plain", "plain"}
	})
	e := sent(t, get(t, c, "/", httpclient.Request{}))
	require.Equal(t, "Bearer secret", e.Header.Get("Authorization"))
	require.Equal(t, "key", e.Header.Get("X-Api-Key"))
	e = sent(t, get(t, c, "/", httpclient.Request{Auth: &httpclient.Auth{Scheme: "basic", User: "u", Password: "p:w"}}))
	require.Equal(t, "Basic dTpwOnc=", e.Header.Get("Authorization"))
	e = sent(t, get(t, c, other.URL, httpclient.Request{}))
	require.Empty(t, e.Header.Get("Authorization"), "another origin than the base URL's")
	require.Empty(t, e.Header.Get("X-Api-Key"))
	require.Equal(t, "plain", e.Header.Get("X-Plain"))
	withUser := strings.Replace(other.URL, "http://", "http://u:p@", 1)
	r := get(t, c, withUser, httpclient.Request{})
	require.Equal(t, "Basic dTpw", sent(t, r).Header.Get("Authorization"))
	require.Equal(t, other.URL, r.URL, "no credentials in what is told")
	_, err := c.Send(context.Background(), "GET", "http://u:p@127.0.0.1:1/", httpclient.Request{})
	require.NotContains(t, fails(t, err, "ConnectException").Message, "p@")
	_, err = c.Send(context.Background(), "GET", "http://u:pass word@127.0.0.1:1/%zz", httpclient.Request{})
	require.NotContains(t, fails(t, err, "InvalidRequestException").Error(), "pass word")
}

func TestHandlerTakesTheNetworksPlace(t *testing.T) {
	asked := []httpclient.Asked{}
	c := client(t, func(s *httpclient.Settings) {
		s.Retries = 1
		s.Handler = func(_ context.Context, a httpclient.Asked) (httpclient.Answered, error) {
			asked = append(asked, a)
			switch {
			case strings.HasSuffix(a.URL, "/moved"):
				return httpclient.Answered{Status: 302, Headers: []string{"Location", "/there"}}, nil
			case strings.HasSuffix(a.URL, "/broken"):
				return httpclient.Answered{Failure: "connect", Message: "nobody"}, nil
			case strings.HasSuffix(a.URL, "/error"):
				return httpclient.Answered{}, errors.New("thrown")
			}
			return httpclient.Answered{Status: 200, Body: "there", Headers: []string{"Set-Cookie", "a=b"}}, nil
		}
	})
	r := get(t, c, "http://example.com/moved", httpclient.Request{})
	require.Equal(t, "there", r.Body)
	require.Equal(t, []string{"http://example.com/there"}, r.Redirects)
	_, err := c.Send(context.Background(), "POST", "http://example.com/broken", httpclient.Request{Body: ptr("x")})
	require.Contains(t, fails(t, err, "ConnectException").Message, "nobody")
	require.Len(t, asked, 4, "a failed connection is tried again")
	require.Equal(t, "x", asked[3].Body)
	_, err = c.Send(context.Background(), "GET", "http://example.com/error", httpclient.Request{})
	require.ErrorContains(t, err, "thrown")
}

func TestStats(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("12345")) })
	c := client(t, nil)
	before := httpclient.ReadStats()
	get(t, c, s.URL, httpclient.Request{})
	after := httpclient.ReadStats()
	require.EqualValues(t, 1, after.Requests-before.Requests)
	require.EqualValues(t, 1, after.Responses-before.Responses)
	require.EqualValues(t, 5, after.BytesReceived-before.BytesReceived)
	require.EqualValues(t, 1, after.ConnectionsOpened-before.ConnectionsOpened)
	require.EqualValues(t, 0, after.Active)

	text, err := metrics.Default().Text()
	require.NoError(t, err)
	for name, want := range map[string]int64{
		"requests_total": after.Requests, "responses_total": after.Responses, "failures_total": after.Failures,
		"retries_total": after.Retries, "received_bytes_total": after.BytesReceived, "active": 0,
		"connections_opened_total": after.ConnectionsOpened,
	} {
		require.Contains(t, text, fmt.Sprintf("\nphalanx_http_client_%s %g\n", name, float64(want)))
	}
	require.Contains(t, text, "\nphalanx_http_client_connections ")
}

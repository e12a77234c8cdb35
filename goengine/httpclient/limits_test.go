package httpclient_test

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/httpclient"
)

func compressed(t *testing.T, coding string, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "br":
		w = brotli.NewWriter(&b)
	case "zstd":
		w, _ = zstd.NewWriter(&b)
	case "deflate":
		w = zlib.NewWriter(&b)
	case "bare":
		w, _ = flate.NewWriter(&b, 5)
	}
	_, err := w.Write(text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestDecompression(t *testing.T) {
	text := bytes.Repeat([]byte("text "), 10_000)
	for _, coding := range []string{"gzip", "br", "zstd", "deflate", "bare"} {
		t.Run(coding, func(t *testing.T) {
			body := compressed(t, coding, text)
			s := server(t, func(w http.ResponseWriter, r *http.Request) {
				require.Contains(t, r.Header.Get("Accept-Encoding"), "zstd")
				w.Header().Set("Content-Encoding", strings.Replace(coding, "bare", "deflate", 1))
				if r.URL.Path == "/broken" {
					_, _ = w.Write(body[:len(body)-3])
					return
				}
				_, _ = w.Write(body)
			})
			c := client(t, nil)
			for range 3 { // decoders are used again
				r := get(t, c, s.URL, httpclient.Request{})
				require.Equal(t, string(text), r.Body)
				require.Empty(t, header(r, "Content-Encoding"))
				require.Empty(t, header(r, "Content-Length"))
			}
			raw := httpclient.Request{Decompress: ptr(false), Headers: []string{"Accept-Encoding", "zstd"}}
			require.Equal(t, string(body), get(t, c, s.URL, raw).Body)
			_, err := c.Send(context.Background(), "GET", s.URL+"/broken", httpclient.Request{})
			fails(t, err, "NetworkException")
			head, err := c.Send(context.Background(), "HEAD", s.URL, httpclient.Request{})
			require.NoError(t, err)
			require.Empty(t, head.Body)
		})
	}
}

func TestCompressedBombsAreRefused(t *testing.T) {
	bomb := make([]byte, 64<<20)
	for _, coding := range []string{"gzip", "br", "zstd", "deflate"} {
		body := compressed(t, coding, bomb)
		s := server(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", coding)
			_, _ = w.Write(body)
		})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := client(t, func(s *httpclient.Settings) { s.MaxBytes = 1 << 20 }).Send(context.Background(), "GET", s.URL, httpclient.Request{})
		runtime.ReadMemStats(&after)
		fails(t, err, "ResponseTooLargeException")
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(40<<20), coding)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/announced" {
			w.Header().Set("Content-Length", "2000")
		}
		_, _ = w.Write(make([]byte, 1000))
		if r.URL.Path != "/small" {
			_, _ = w.Write(make([]byte, 1000))
		}
	})
	c := client(t, func(s *httpclient.Settings) { s.MaxBytes = 1000 })
	require.Len(t, get(t, c, s.URL+"/small", httpclient.Request{}).Body, 1000)
	for _, path := range []string{"/announced", "/chunked"} {
		_, err := c.Send(context.Background(), "GET", s.URL+path, httpclient.Request{})
		require.Equal(t, 200, fails(t, err, "ResponseTooLargeException").Properties["reply"].(map[string]any)["status"])
	}
	require.Len(t, get(t, c, s.URL+"/announced", httpclient.Request{MaxBytes: ptr(int64(0))}).Body, 2000)
}

// raw answers each connection with these bytes and closes it.
func raw(t *testing.T, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 4096))
			_, _ = io.WriteString(c, answer)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-ended })
	return "http://" + l.Addr().String()
}

func TestBadFraming(t *testing.T) {
	c := client(t, nil)
	for name, answer := range map[string]string{
		"no HTTP":                 "SSH-2.0-x\r\n",
		"nothing":                 "",
		"half a head":             "HTTP/1.1 200 OK\r\nContent-",
		"body too short":          "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
		"chunk without end":       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
		"bad chunk size":          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
		"two lengths":             "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"unknown coding":          "HTTP/1.1 200 OK\r\nTransfer-Encoding: magic\r\n\r\n",
		"a negative length":       "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"a head that has no end":  "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 300_000) + "\r\n\r\n",
		"a status that is no one": "HTTP/1.1 2x0 OK\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Send(context.Background(), "GET", raw(t, answer), httpclient.Request{})
			fails(t, err, "NetworkException")
		})
	}
	require.Equal(t, "old", get(t, c, raw(t, "HTTP/1.0 200 OK\r\n\r\nold"), httpclient.Request{}).Body)
}

func TestTimeLimits(t *testing.T) {
	release := make(chan struct{})
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/head":
		case "/body":
			w.WriteHeader(200)
			w.(http.Flusher).Flush()
		}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	c := client(t, nil)
	d := ptr(30 * time.Millisecond)
	for _, tt := range []struct {
		phase, path string
		r           httpclient.Request
	}{
		{"total", "/head", httpclient.Request{Timeout: d}}, {"total", "/body", httpclient.Request{Timeout: d}},
		{"firstByte", "/head", httpclient.Request{FirstByteTimeout: d}}, {"idle", "/body", httpclient.Request{IdleTimeout: d}},
		{"total", "/head", httpclient.Request{Timeout: d, Stream: true}},
	} {
		_, err := c.Send(context.Background(), "GET", s.URL+tt.path, tt.r)
		require.Equal(t, tt.phase, fails(t, err, "TimeoutException").Properties["phase"], tt.path)
	}
	r := get(t, c, s.URL+"/body", httpclient.Request{IdleTimeout: d, Stream: true, Timeout: d})
	_, err := r.Stream.Read(context.Background(), 10)
	require.Equal(t, "idle", fails(t, err, "TimeoutException").Properties["phase"], "the total limit ends with the head")

	full, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	require.NoError(t, err)
	defer func() { _ = full.Close() }()
	tls := client(t, func(s *httpclient.Settings) { s.TLSTimeout = 30 * time.Millisecond })
	_, err = tls.Send(context.Background(), "GET", "https://"+full.Addr().String(), httpclient.Request{})
	require.Equal(t, "tls", fails(t, err, "TimeoutException").Properties["phase"])
}

func TestACallThatIsGivenUpFreesItsConnection(t *testing.T) {
	arrived, gone := make(chan struct{}, 1), make(chan struct{}, 1)
	s := server(t, func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
		gone <- struct{}{}
	})
	c := client(t, nil)
	for _, stream := range []bool{false, true} {
		open := httpclient.ReadStats().ConnectionsOpen
		why := errors.New("enough")
		ctx, cancel := context.WithCancelCause(context.Background())
		go func() { <-arrived; cancel(why) }()
		_, err := c.Send(ctx, "GET", s.URL, httpclient.Request{Stream: stream})
		require.ErrorIs(t, err, why)
		<-gone
		require.Eventually(t, func() bool { return httpclient.ReadStats().ConnectionsOpen == open }, 10*time.Second, time.Millisecond)
	}
}

func TestStreams(t *testing.T) {
	more := make(chan string)
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		for {
			select {
			case text, ok := <-more:
				if !ok {
					return
				}
				_, _ = io.WriteString(w, text)
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	})
	c := client(t, nil)
	ctx := context.Background()
	go func() { more <- "first" }()
	r := get(t, c, s.URL, httpclient.Request{Stream: true})
	read := func(n int) *string {
		t.Helper()
		text, err := r.Stream.Read(ctx, n)
		require.NoError(t, err)
		return text
	}
	require.Equal(t, "fi", *read(2))
	require.Equal(t, "rst", *read(100))
	go func() { more <- "a line\r\nanother\nhalf"; close(more) }()
	line := func() *string {
		text, err := r.Stream.Line(ctx, 100)
		require.NoError(t, err)
		return text
	}
	require.Equal(t, "a line", *line())
	require.Equal(t, "another", *line())
	require.Equal(t, "half", *line())
	require.Nil(t, line())
	require.Nil(t, read(1))
	_, err := r.Stream.Read(ctx, 0)
	fails(t, err, "InvalidRequestException")
}

func TestStreamsThatAreLeft(t *testing.T) {
	gone := make(chan struct{}, 1)
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				break
			}
		}
		gone <- struct{}{}
	})
	c := client(t, nil)
	r := get(t, c, s.URL, httpclient.Request{Stream: true})
	r.Stream.Close()
	<-gone
	_, err := r.Stream.Read(context.Background(), 1)
	require.Error(t, err)

	r = get(t, c, s.URL, httpclient.Request{Stream: true})
	_, err = r.Stream.Line(context.Background(), 1000)
	fails(t, err, "ResponseTooLargeException")
	<-gone

	r = get(t, c, s.URL, httpclient.Request{Stream: true})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for err = nil; err == nil; {
		_, err = r.Stream.Read(ctx, 1<<20)
	}
	require.ErrorIs(t, err, context.Canceled)
	<-gone
}

func TestServerSentEvents(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "\ufeff: a comment\nretry: 1500\n\ndata: one\n\nevent: news\nid: 7\ndata: two\r\ndata:three\ndata\n\nevent: empty\n\ndata: cut off")
	})
	r := get(t, client(t, nil), s.URL, httpclient.Request{Stream: true})
	var all []string
	for {
		e, err := r.Stream.Event(context.Background())
		require.NoError(t, err)
		if e == nil {
			break
		}
		all = append(all, fmt.Sprintf("%s %q %s %v", e.Type, e.Data, e.ID, *e.Retry))
	}
	require.Equal(t, []string{`message "one"  1.5s`, `news "two\nthree\n" 7 1.5s`}, all)
}

func TestFilesAppearWhenTheyAreComplete(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "200000")
		_, _ = w.Write(make([]byte, 100_000))
		if r.URL.Path == "/whole" {
			_, _ = w.Write(make([]byte, 100_000))
		}
	})
	c := client(t, nil)
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	_, err := c.Send(context.Background(), "GET", s.URL+"/half", httpclient.Request{Sink: path})
	fails(t, err, "NetworkException")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
	r := get(t, c, s.URL+"/whole", httpclient.Request{Sink: path})
	require.Empty(t, r.Body)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.EqualValues(t, 200_000, info.Size())

	r = get(t, c, s.URL+"/whole", httpclient.Request{Stream: true})
	_, err = r.Stream.Read(context.Background(), 10)
	require.NoError(t, err)
	n, err := r.Stream.SaveTo(context.Background(), path)
	require.NoError(t, err)
	require.EqualValues(t, 199_990, n)
	_, err = c.Send(context.Background(), "GET", s.URL+"/whole", httpclient.Request{Sink: "/no/such/folder/file"})
	fails(t, err, "RequestException")
}

func TestLargeBodiesComeInPieces(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 20 {
			_, _ = w.Write(make([]byte, 1<<20))
		}
	})
	r := get(t, client(t, nil), s.URL, httpclient.Request{})
	require.NotNil(t, r.Stream)
	total := 0
	for {
		p, err := r.Stream.Read(context.Background(), 1<<20)
		require.NoError(t, err)
		if p == nil {
			break
		}
		total += len(*p)
	}
	require.Equal(t, 20<<20, total)
}

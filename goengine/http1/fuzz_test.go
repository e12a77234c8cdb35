package http1_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"

	"github.com/phalanx-php/phalanx/goengine/http1"
	"github.com/stretchr/testify/require"
)

var seeds = []string{
	benchRequest,
	"\r\n" + benchRequest + benchRequest,
	request("Content-Length: 5", "Expect: 100-continue") + "hello",
	request("Transfer-Encoding: chunked") + "5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n" + benchRequest,
	request("Upgrade: websocket", "Connection: keep-alive, Upgrade", "Sec-WebSocket-Key: a", "Sec-WebSocket-Version: 13"),
	request("Content-Length: 1", "Transfer-Encoding: chunked"),
	bare("GET http://[::1]:80/a?b HTTP/1.0", "Host: [::1]:80", "A: \t b\tc \t"),
	bare("OPTIONS * HTTP/1.1", "Host: a", "Pragma: no-cache", "Cookie: a=b"),
	bare("GET / HTTP/2.0", "Host: a\x00"),
	"GET / HTTP/1.1\nHost: a\r\n b\r\n\r\n",
}

// However the network cuts the bytes, the same head or the same error comes out; only an
// error may take until the end of the head to come out.
func FuzzParseHeadSplit(f *testing.F) {
	for _, in := range seeds {
		f.Add([]byte(in), uint16(3), uint16(40), true)
	}
	f.Fuzz(func(t *testing.T, in []byte, one, two uint16, small bool) {
		lim := http1.DefaultLimits
		if small {
			lim = http1.Limits{RequestLine: 24, HeaderBytes: 90, HeaderFields: 3, Body: 9}
		}
		whole := feed(in, &lim)
		a, b := int(one)%(len(in)+1), int(two)%(len(in)+1)
		for _, split := range []parsed{
			feed(in, &lim, min(a, b), max(a, b)),
			feed(in, &lim, everyByte(in)...),
		} {
			if whole.err != nil && split == (parsed{}) {
				body := bytes.TrimLeft(in, "\r\n")
				require.NotContains(t, string(body), "\r\n\r\n")
				require.Less(t, len(body), lim.HeaderBytes)
				continue
			}
			require.Equal(t, whole, split)
		}
	})
}

// Lines that are remembered change nothing: each of two heads is the same to who remembers the other, and itself.
func FuzzParseHeadRemembers(f *testing.F) {
	for i, in := range seeds {
		f.Add([]byte(in), []byte(seeds[(i+1)%len(seeds)]), false)
	}
	f.Fuzz(func(t *testing.T, in, other []byte, small bool) {
		lim := http1.DefaultLimits
		if small {
			lim = http1.Limits{RequestLine: 24, HeaderBytes: 90, HeaderFields: 3, Body: 9}
		}
		remembering := http1.Head{Lines: &http1.Lines{}}
		for range 12 { // places are given up now and then
			for _, buf := range [][]byte{other, in, in} {
				var h http1.Head
				want, wantErr := http1.ParseHead(buf, 0, &lim, &h)
				n, err := http1.ParseHead(buf, 0, &lim, &remembering)
				require.Equal(t, wantErr, err)
				require.Equal(t, want, n)
				if n > 0 {
					got := remembering
					got.Lines = nil
					require.Equal(t, h, got)
				}
			}
		}
	})
}

// What is accepted here and by net/http means the same to both: the same request, and the
// same bytes left over for the next one.
func FuzzParseHeadAgrees(f *testing.F) {
	for _, in := range seeds {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		_ = http1.AppendFields(nil, in) // whatever comes, no panic
		_ = http1.AppendTrailers(nil, in)

		var h http1.Head
		n, err := http1.ParseHead(in, 0, nil, &h)
		if err != nil || n == 0 {
			return
		}
		body, rest, trailers, ok := readBody(in, &h)
		if !ok {
			return
		}
		reader := bufio.NewReader(bytes.NewReader(in[h.Start:]))
		req, err := http.ReadRequest(reader)
		if err != nil {
			require.True(t, stricter(err), "net/http refuses: %v", err)
			return
		}
		require.Equal(t, string(h.Method.In(in)), req.Method)
		require.Equal(t, string(h.Target.In(in)), req.RequestURI)
		require.Equal(t, 1, req.ProtoMajor)
		require.Equal(t, int(h.Minor), req.ProtoMinor)
		require.True(t, strings.EqualFold(string(h.Host.In(in)), req.Host) || h.Host.Off == 0)
		require.Equal(t, h.Chunked, len(req.TransferEncoding) == 1)
		require.Equal(t, !h.KeepAlive, req.Close)
		if !h.Chunked {
			require.Equal(t, h.ContentLength, req.ContentLength)
		}

		want := http.Header{}
		fields := texts(in, http1.AppendFields(nil, in[:n]))
		for i := 0; i < len(fields); i += 2 {
			want.Add(fields[i], fields[i+1])
		}
		for _, name := range []string{"Host", "Transfer-Encoding", "Trailer", "Connection", "Cache-Control"} {
			want.Del(name) // net/http takes these out or adds to them
			req.Header.Del(name)
		}
		require.Equal(t, want, req.Header)

		gotBody, err := io.ReadAll(req.Body)
		if err != nil {
			require.True(t, stricter(err), "net/http refuses the body: %v", err)
			return
		}
		require.Equal(t, string(body), string(gotBody))
		gotRest, _ := io.ReadAll(reader)
		require.Equal(t, string(rest), string(gotRest), "bytes after the request")
		want = http.Header{}
		for i := 0; i < len(trailers); i += 2 {
			want.Add(trailers[i], trailers[i+1])
		}
		for name := range want {
			require.Equal(t, want[name], req.Trailer[name])
		}
	})
}

// readBody splits what follows the head as the loop does; ok is false when the body is
// incomplete or refused.
func readBody(in []byte, h *http1.Head) (body, rest []byte, trailers []string, ok bool) {
	rest = in[h.Len:]
	if h.Chunked {
		var c http1.Chunked
		body, n, done, err := c.Decode(nil, rest, http1.DefaultLimits.Body)
		trailers = texts(c.Trailers, http1.AppendTrailers(nil, c.Trailers))
		return body, rest[n:], trailers, done && err == nil
	}
	if h.ContentLength > int64(len(rest)) {
		return nil, nil, nil, false
	}
	return rest[:h.ContentLength], rest[h.ContentLength:], nil, true
}

// stricter tells whether net/http refuses what is outside HTTP's framing and none of this
// package's concern: it parses URLs and Trailer, and bounds chunk overhead its own way.
func stricter(err error) bool {
	for _, text := range []string{
		"parse \"", "bad trailer key", "too much non-data", "suspiciously long trailer",
	} {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

// However the network cuts a chunked body, the same body or the same error comes out, and an
// accepted body is the one that net/http reads.
func FuzzChunked(f *testing.F) {
	f.Add([]byte("5;a=b\r\nhello\r\n00A\r\n0123456789\r\n0\r\nX: y\r\n\r\nrest"), uint16(9))
	f.Add([]byte("1\r\nx\r\n0\r\nHost: y\r\n\r\n"), uint16(2))
	f.Add([]byte("0;a\r\n\r\n"), uint16(1))
	f.Fuzz(func(t *testing.T, in []byte, at uint16) {
		var c http1.Chunked
		const limit = 1 << 10
		whole := decode(&c, in, limit)
		require.LessOrEqual(t, len(whole.body), limit)
		split := decode(&c, in, limit, int(at)%(len(in)+1))
		bytewise := decode(&c, in, limit, everyByte(in)...)
		require.Equal(t, split, bytewise)
		if whole != split {
			// A trailer line that is bad and unfinished may wait for its end, nothing else.
			require.Error(t, whole.err)
			require.NoError(t, split.err)
			require.False(t, split.done)
		}
		if whole.done {
			body, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(in)))
			if err == nil || !stricter(err) {
				require.NoError(t, err)
				require.Equal(t, whole.body, string(body))
			}
		}
	})
}

// What net/http writes in chunks comes back as it was.
func FuzzChunkedRoundTrip(f *testing.F) {
	f.Add([]byte("hello, world"), uint8(5), uint16(7))
	f.Add([]byte("\r\n0\r\n\r\n"), uint8(1), uint16(0))
	f.Fuzz(func(t *testing.T, body []byte, size uint8, at uint16) {
		var wire bytes.Buffer
		w := httputil.NewChunkedWriter(&wire)
		for rest := body; len(rest) > 0; {
			n := min(int(size)+1, len(rest))
			_, err := w.Write(rest[:n])
			require.NoError(t, err)
			rest = rest[n:]
		}
		require.NoError(t, w.Close())
		wire.WriteString("\r\n")
		in := wire.Bytes()
		want := decoded{body: string(body), n: len(in), done: true}
		require.Equal(t, want, decode(new(http1.Chunked), in, int64(len(body)), int(at)%(len(in)+1)))
	})
}

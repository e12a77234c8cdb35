package compress_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/compress"
)

var all = []compress.Coding{compress.Zstd, compress.Brotli, compress.Gzip}

func decode(t testing.TB, c compress.Coding, b []byte) string {
	t.Helper()
	var r io.Reader = bytes.NewReader(b)
	var err error
	switch c {
	case compress.Gzip:
		r, err = gzip.NewReader(r)
	case compress.Brotli:
		r = brotli.NewReader(r)
	case compress.Zstd:
		r, err = zstd.NewReader(r)
	}
	require.NoError(t, err)
	got, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(got)
}

func TestNegotiate(t *testing.T) {
	for accept, want := range map[string]compress.Coding{
		"":                                compress.Identity,
		"gzip":                            compress.Gzip,
		"gzip, deflate, br, zstd":         compress.Zstd,
		"gzip, deflate, br":               compress.Brotli,
		"GZIP;q=1.0, Br;q=0.5":            compress.Gzip,
		"gzip;q=0.5,br;q=0.5":             compress.Brotli,
		"x-gzip":                          compress.Gzip,
		"*":                               compress.Zstd,
		"*;q=0.1, gzip":                   compress.Gzip,
		"*, zstd;q=0":                     compress.Brotli,
		"*;q=0":                           compress.Identity,
		"identity, *;q=0":                 compress.Identity,
		"identity;q=1, gzip;q=0.5":        compress.Identity,
		"identity;q=0.5, gzip;q=0.5":      compress.Gzip,
		"gzip;q=0":                        compress.Identity,
		"gzip;q=0.000, br;q=0.001":        compress.Brotli,
		"deflate, compress":               compress.Identity,
		"gzip ; q = 0.8 , br;q=0.79":      compress.Gzip,
		"gzip;q=2":                        compress.Gzip,
		"gzip;q=0.12345":                  compress.Identity,
		"gzip;level=9":                    compress.Identity,
		"gzip;q=abc, br;q=":               compress.Identity,
		",, ;q=1, gzip,":                  compress.Gzip,
		strings.Repeat("x, ", 9) + "zstd": compress.Zstd,
	} {
		require.Equal(t, want, compress.Negotiate([]byte(accept), all), accept)
	}
	require.Equal(t, compress.Identity, compress.Negotiate([]byte("br"), []compress.Coding{compress.Gzip}))
}

func TestEveryPieceOfAStreamCanBeDecodedAtOnce(t *testing.T) {
	for _, c := range all {
		for range 3 { // the second from the pool
			e := compress.NewEncoder(c, 99)
			pr, pw := io.Pipe()
			go func() {
				for _, piece := range []string{"one\n", "two\n", strings.Repeat("x", 100000) + "\n"} {
					_, _ = pw.Write(e.Append(nil, []byte(piece), true))
				}
				_, _ = pw.Write(e.End(nil))
				e.Close()
				_ = pw.Close()
			}()
			var r io.Reader
			switch c {
			case compress.Gzip:
				z, err := gzip.NewReader(pr)
				require.NoError(t, err)
				r = z
			case compress.Brotli:
				r = brotli.NewReader(pr)
			case compress.Zstd:
				z, err := zstd.NewReader(pr, zstd.WithDecoderConcurrency(1))
				require.NoError(t, err)
				r = z
			}
			rd := bufio.NewReader(r)
			for _, want := range []string{"one\n", "two\n", strings.Repeat("x", 100000) + "\n"} {
				got, err := rd.ReadString('\n')
				require.NoError(t, err, c)
				require.Equal(t, want, got)
			}
			_, err := rd.ReadByte()
			require.ErrorIs(t, err, io.EOF)
		}
	}
}

func response(body string, headers ...string) string {
	return "HTTP/1.1 200 OK\r\n" + strings.Join(append(headers, "Content-Length: "+strconv.Itoa(len(body))), "\r\n") + "\r\n\r\n" + body
}

func TestAppendResponse(t *testing.T) {
	o := compress.Default()
	body := strings.Repeat("hello ", 1000)
	for _, c := range all {
		got := o.AppendResponse([]byte("before"), []byte(response(body, "Content-Type: text/html;charset=utf-8", `ETag: "a"`, "Vary: Origin")), c)
		require.Equal(t, "before", string(got[:6]))
		rd := bufio.NewReader(bytes.NewReader(got[6:]))
		resp, err := http.ReadResponse(rd, nil)
		require.NoError(t, err)
		sent, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		_, err = rd.ReadByte()
		require.ErrorIs(t, err, io.EOF)
		require.Less(t, len(sent), len(body)/10)
		require.Equal(t, body, decode(t, c, sent))
		require.Equal(t, c.String(), resp.Header.Get("Content-Encoding"))
		require.Equal(t, `W/"a"`, resp.Header.Get("ETag"))
		require.Equal(t, []string{"Origin", "Accept-Encoding"}, resp.Header.Values("Vary"))
	}
}

func TestWhatIsNotCompressed(t *testing.T) {
	body := strings.Repeat("hello ", 1000)
	const html = "Content-Type: text/html"
	random := make([]byte, 2000)
	for i := range random {
		random[i] = byte(i * i * 2654435761 >> 7)
	}
	for _, tt := range []struct {
		name, in string
		vary     bool
	}{
		{name: "short", in: response("hello", html)},
		{name: "a type that gains nothing", in: response(body, "Content-Type: image/png")},
		{name: "no type", in: response(body)},
		{name: "encoded", in: response(body, html, "content-encoding: gzip")},
		{name: "a part", in: response(body, html, "Content-Range: bytes 0-1/2")},
		{name: "not to be changed", in: response(body, html, "Cache-Control: private, No-Transform")},
		{name: "partial content", in: strings.Replace(response(body, html), "200", "206", 1)},
		{name: "events", in: response(body, "Content-Type: text/event-stream")},
		{name: "chunked", in: "HTTP/1.1 200 OK\r\n" + html + "\r\nTransfer-Encoding: chunked\r\n\r\n" + body},
		{name: "a length that is not the body's", in: response(body, html) + "more"},
		{name: "no head", in: body},
		{name: "larger than it was", in: response(string(random[:1030]), html), vary: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, c := range all {
				o := compress.Default()
				got := string(o.AppendResponse(nil, []byte(tt.in), c))
				if tt.vary {
					got = strings.Replace(got, "Vary: Accept-Encoding\r\n", "", 1)
					if strings.Contains(got, "Content-Encoding") {
						continue // this coding gains something
					}
				}
				require.Equal(t, tt.in, got)
			}
		})
	}
	t.Run("the client does not want it", func(t *testing.T) {
		o := compress.Default()
		got := string(o.AppendResponse(nil, []byte(response(body, html)), compress.Identity))
		require.Equal(t, response(body, html), strings.Replace(got, "Vary: Accept-Encoding\r\n", "", 1))
		require.Contains(t, got, "Vary: Accept-Encoding\r\n")
	})
}

func FuzzAppendResponse(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nETag: \"x\"\r\nContent-Length: 12\r\n\r\naaaaaaaaaaaa", uint8(1))
	f.Add("HTTP/1.1 200 OK\r\n\r\n", uint8(2))
	o := compress.Default()
	o.MinLength = 1
	f.Fuzz(func(t *testing.T, in string, c uint8) {
		coding := compress.Coding(c % 4)
		out := string(o.AppendResponse(nil, []byte(in), coding))
		_, body, _ := strings.Cut(in, "\r\n\r\n")
		head, got, _ := strings.Cut(out, "\r\n\r\n")
		if added := "\r\nContent-Encoding: " + coding.String(); coding != compress.Identity && strings.Contains(head, added) && !strings.Contains(in, added) {
			require.Contains(t, head, "\r\nContent-Length: "+strconv.Itoa(len(got)))
			got = decode(t, coding, []byte(got))
		}
		require.Equal(t, body, got)
	})
}

func BenchmarkAppendResponse(b *testing.B) {
	in := []byte(response(strings.Repeat("the quick brown fox jumps over the lazy dog ", 100), "Content-Type: text/html"))
	o := compress.Default()
	for _, c := range all {
		b.Run(c.String(), func(b *testing.B) {
			b.ReportAllocs()
			var out []byte
			for b.Loop() {
				out = o.AppendResponse(out[:0], in, c)
			}
		})
	}
}

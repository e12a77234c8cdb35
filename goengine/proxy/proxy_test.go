package proxy_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/proxy"
)

// talk feeds a proxy's bytes, all at once or one by one, and answers what was said and what is left.
func talk(t testing.TB, o proxy.Options, answers string, step int) (said string, rest string, done bool, err error) {
	t.Helper()
	n, err := proxy.New(o)
	require.NoError(t, err)
	var in []byte
	out, used, done, err := n.Next(nil, nil)
	require.NoError(t, err)
	require.Zero(t, used)
	require.False(t, done)
	for !done && len(answers) > 0 {
		k := min(step, len(answers))
		in = append(in, answers[:k]...)
		answers = answers[k:]
		if out, used, done, err = n.Next(out, in); err != nil {
			return string(out), string(in), false, err
		}
		in = in[used:]
	}
	return string(out), string(in) + answers, done, nil
}

func TestNegotiation(t *testing.T) {
	const established = "\x05\x00\x00\x01\x7f\x00\x00\x01\x1f\x90"
	socks := proxy.Options{Kind: proxy.SOCKS5, Host: "example.com", Port: 443}
	with := func(o proxy.Options, f func(*proxy.Options)) proxy.Options { f(&o); return o }
	password := with(socks, func(o *proxy.Options) { o.User, o.Password = "ada", "secret" })
	web := proxy.Options{Kind: proxy.HTTP, Host: "example.com", Port: 443}
	tests := []struct {
		name    string
		options proxy.Options
		answers string
		said    string
		rest    string
		done    bool
		err     string
	}{
		{"name, no authentication", socks, "\x05\x00" + established + "hello", "\x05\x01\x00\x05\x01\x00\x03\x0bexample.com\x01\xbb", "hello", true, ""},
		{"IPv4 address", with(socks, func(o *proxy.Options) { o.Host = "10.0.0.1" }), "\x05\x00" + established, "\x05\x01\x00\x05\x01\x00\x01\x0a\x00\x00\x01\x01\xbb", "", true, ""},
		{"IPv6 address in brackets", with(socks, func(o *proxy.Options) { o.Host = "[::1]" }), "\x05\x00" + established, "\x05\x01\x00\x05\x01\x00\x04" + strings.Repeat("\x00", 15) + "\x01\x01\xbb", "", true, ""},
		{"user and password", password, "\x05\x02\x01\x00" + established, "\x05\x02\x00\x02\x01\x03ada\x06secret\x05\x01\x00\x03\x0bexample.com\x01\xbb", "", true, ""},
		{"password offered, not wanted", password, "\x05\x00" + established, "\x05\x02\x00\x02\x05\x01\x00\x03\x0bexample.com\x01\xbb", "", true, ""},
		{"bound address is a name", socks, "\x05\x00\x05\x00\x00\x03\x02ab\x00\x50x", "\x05\x01\x00\x05\x01\x00\x03\x0bexample.com\x01\xbb", "x", true, ""},
		{"bound address is IPv6", socks, "\x05\x00\x05\x00\x00\x04" + strings.Repeat("\x00", 18) + "x", "\x05\x01\x00\x05\x01\x00\x03\x0bexample.com\x01\xbb", "x", true, ""},
		{"no method", password, "\x05\xff", "", "", false, "SOCKS5 authentication method negotiation failed"},
		{"password wanted, none given", socks, "\x05\x02", "", "", false, "SOCKS5 authentication method negotiation failed"},
		{"wrong password", password, "\x05\x02\x01\x01", "", "", false, "SOCKS5 authentication failed"},
		{"target refuses", socks, "\x05\x00\x05\x05", "", "", false, "SOCKS5 connect failed: connection refused"},
		{"unknown reply", socks, "\x05\x00\x05\x63", "", "", false, "SOCKS5 connect failed: reply 99"},
		{"not SOCKS5", socks, "HTTP/1.1 400 Bad Request\r\n", "", "", false, proxy.ErrMalformed.Error()},
		{"unknown address type", socks, "\x05\x00\x05\x00\x00\x09\x00", "", "", false, proxy.ErrMalformed.Error()},
		{"HTTP", web, "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\nhello", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nProxy-Connection: keep-alive\r\n\r\n", "hello", true, ""},
		{"HTTP, IPv6", with(web, func(o *proxy.Options) { o.Host = "::1" }), "HTTP/1.0 204 x\r\n\r\n", "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\nProxy-Connection: keep-alive\r\n\r\n", "", true, ""},
		{"HTTP, authorization, interim answer", with(web, func(o *proxy.Options) { o.Authorization = "Basic QTpC" }), "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nProxy-Authorization: Basic QTpC\r\nProxy-Connection: keep-alive\r\n\r\n", "", true, ""},
		{"HTTP refuses", web, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 5\r\n\r\nx", "", "", false, "Proxy CONNECT failed: 407 Proxy Authentication Required"},
		{"HTTP refuses without a word", web, "HTTP/1.1 502\r\n\r\n", "", "", false, "Proxy CONNECT failed: 502 Proxy CONNECT failed"},
		{"HTTP answer that is none", web, "SSH-2.0-x\r\n", "", "", false, proxy.ErrMalformed.Error()},
		{"HTTP status that is none", web, "HTTP/1.1 2x0 OK\r\n\r\n", "", "", false, proxy.ErrMalformed.Error()},
		{"HTTP answer without an end", web, "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", 4000), "", "", false, proxy.ErrMalformed.Error()},
	}
	for _, tt := range tests {
		for _, step := range []int{1 << 20, 1} {
			t.Run(tt.name, func(t *testing.T) {
				said, rest, done, err := talk(t, tt.options, tt.answers, step)
				if tt.err != "" {
					require.EqualError(t, err, tt.err)
					return
				}
				require.NoError(t, err)
				require.Equal(t, tt.done, done)
				require.Equal(t, tt.said, said)
				require.Equal(t, tt.rest, rest)
			})
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, host := range []string{"", "[]", strings.Repeat("a", 256), "a\r\nX: y", "a b", "a\x00"} {
		_, err := proxy.New(proxy.Options{Kind: proxy.HTTP, Host: host, Port: 1})
		require.ErrorIs(t, err, proxy.ErrTarget, "%q", host)
	}
	_, err := proxy.New(proxy.Options{Kind: proxy.HTTP, Host: "h", Authorization: "Basic x\r\nX: y"})
	require.ErrorIs(t, err, proxy.ErrCredentials)
	_, err = proxy.New(proxy.Options{Kind: proxy.SOCKS5, Host: "h", User: strings.Repeat("u", 256)})
	require.ErrorIs(t, err, proxy.ErrCredentials)
}

// However the network cuts a proxy's answers, the talk is the same, and no byte of the tunnel is lost.
func FuzzNegotiationSplit(f *testing.F) {
	f.Add([]byte("\x05\x02\x01\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x1f\x90hello"), true, true)
	f.Add([]byte("\x05\x00\x05\x00\x00\x03\x02ab\x00\x50x"), true, false)
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\nhello"), false, false)
	f.Fuzz(func(t *testing.T, answers []byte, socks, password bool) {
		o := proxy.Options{Kind: proxy.HTTP, Host: "h", Port: 1}
		if socks {
			o.Kind = proxy.SOCKS5
		}
		if password {
			o.User, o.Password = "u", "p"
		}
		said, rest, done, err := talk(t, o, string(answers), len(answers)+1)
		for _, step := range []int{1, 3} {
			said2, rest2, done2, err2 := talk(t, o, string(answers), step)
			require.Equal(t, err == nil, err2 == nil)
			if err != nil {
				var refusal *proxy.Error
				require.True(t, errors.Is(err, proxy.ErrMalformed) || errors.As(err, &refusal))
				require.Equal(t, err.Error(), err2.Error())
				continue
			}
			require.Equal(t, []any{said, rest, done}, []any{said2, rest2, done2})
		}
		if done {
			require.True(t, bytes.HasSuffix(answers, []byte(rest)))
		}
	})
}

// bareLF is a line's end that net/http takes and this package does not.
var bareLF = regexp.MustCompile(`(^|[^\r])\n`)

// What an HTTP proxy answers is what net/http reads of it: the same kind of status, and the same bytes behind the head. Of the
// fields nothing is used, so that what is wrong with these is no matter here.
func FuzzAnswerAgreesWithNetHTTP(f *testing.F) {
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\nhello"))
	f.Add([]byte("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno"))
	f.Add([]byte("HTTP/1.0 200\r\n\r\n\x16\x03\x01"))
	f.Add([]byte("HTTP/1.1  200 OK\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 +20 OK\r\n\r\n"))
	f.Fuzz(func(t *testing.T, answers []byte) {
		_, rest, done, err := talk(t, proxy.Options{Kind: proxy.HTTP, Host: "h", Port: 1}, string(answers), len(answers)+1)
		in := bufio.NewReader(bytes.NewReader(answers))
		at := 0 // where the answer begins that is read next
		for {
			answer, refused := http.ReadResponse(in, &http.Request{Method: http.MethodConnect})
			if refused != nil {
				break
			}
			left := len(answers) - at
			if answer.StatusCode < 100 || answer.ProtoMajor != 1 || bytes.HasPrefix(answers[at+8:], []byte("  ")) || bareLF.Match(answers[at:]) {
				return // net/http is not so strict
			}
			if answer.StatusCode < 200 {
				behind, _ := io.ReadAll(in)
				at = len(answers) - len(behind)
				in = bufio.NewReader(bytes.NewReader(behind))
				continue
			}
			if left > proxy.MaxAnswer {
				return
			}
			if answer.StatusCode >= 300 {
				var refusal *proxy.Error
				require.ErrorAs(t, err, &refusal)
				return
			}
			behind, _ := io.ReadAll(in)
			require.NoError(t, err)
			require.True(t, done)
			require.Equal(t, string(behind), rest)
			return
		}
		if !done {
			return
		}
		// net/http does not like a field: the line alone is a good one.
		line, _, _ := strings.Cut(string(answers[at:]), "\r\n")
		answer, refused := http.ReadResponse(bufio.NewReader(strings.NewReader(line+"\r\n\r\n")), nil)
		require.NoError(t, refused, "%q", line)
		require.Equal(t, 2, answer.StatusCode/100)
	})
}

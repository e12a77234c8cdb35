package http1_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/phalanx-php/phalanx/goengine/http1"
	"github.com/stretchr/testify/require"
)

func TestParseHeadFraming(t *testing.T) {
	type framing struct {
		length                                int64
		chunked, keepAlive, expect, upgrading bool
	}
	tests := []struct {
		name, in string
		want     framing
	}{
		{"no body, connection stays", request(), framing{keepAlive: true}},
		{"Content-Length", request("Content-Length: 12"), framing{length: 12, keepAlive: true}},
		{"Content-Length with leading zeros", request("content-length:  007 "), framing{length: 7, keepAlive: true}},
		{"Content-Length at the limit", request("Content-Length: 10485760"), framing{length: 10 << 20, keepAlive: true}},
		{"chunked", request("Transfer-Encoding: Chunked"), framing{chunked: true, keepAlive: true}},
		{"close", request("Connection: Close"), framing{}},
		{"close within a list", request("Connection: , foo,close ,bar"), framing{}},
		{"close in a second line wins", request("Connection: keep-alive", "Connection: close"), framing{}},
		{"a longer word is not close", request("Connection: closed, enclose"), framing{keepAlive: true}},
		{"HTTP/1.0 closes", bare("GET / HTTP/1.0"), framing{}},
		{"HTTP/1.0 that asks to stay", bare("GET / HTTP/1.0", "Connection: Keep-Alive"), framing{keepAlive: true}},
		{"HTTP/1.0 that asks for both", bare("GET / HTTP/1.0", "Connection: close, keep-alive"), framing{}},
		{"HTTP/1.0 with Content-Length", bare("POST / HTTP/1.0", "Content-Length: 3"), framing{length: 3}},
		{"Expect with a body", request("Expect: 100-Continue", "Content-Length: 1"), framing{length: 1, keepAlive: true, expect: true}},
		{"Expect with chunks", request("Transfer-Encoding: chunked", "Expect: 100-continue"), framing{chunked: true, keepAlive: true, expect: true}},
		{"Expect without a body has nothing to wait for", request("Expect: 100-continue", "Content-Length: 0"), framing{keepAlive: true}},
		{"Expect in HTTP/1.0 is ignored", bare("POST / HTTP/1.0", "Expect: 100-continue", "Content-Length: 1"), framing{length: 1}},
		{"upgrade", request("Upgrade: websocket", "Connection: upgrade"), framing{keepAlive: true, upgrading: true}},
		{"upgrade to something else", request("Upgrade: h2c", "Connection: upgrade"), framing{keepAlive: true}},
		{"Upgrade without Connection", request("Upgrade: websocket"), framing{keepAlive: true}},
		{"Connection without Upgrade", request("Connection: upgrade"), framing{keepAlive: true}},
		{"upgrade in HTTP/1.0 is ignored", bare("GET / HTTP/1.0", "Upgrade: websocket", "Connection: upgrade"), framing{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := parse(t, tt.in, nil)
			require.NoError(t, p.err)
			require.Equal(t, len(tt.in), p.n)
			h := p.head
			require.Equal(t, tt.want, framing{h.ContentLength, h.Chunked, h.KeepAlive, h.ExpectContinue, h.Upgrade})
		})
	}
}

func TestParseHeadRefusesFraming(t *testing.T) {
	length := func(v string) string { return request("Content-Length: " + v) }
	coding := func(v string) string { return request("Transfer-Encoding: " + v) }
	tests := []struct {
		name, in string
		err      *http1.Error
	}{
		{"empty Content-Length", length(""), http1.ErrContentLength},
		{"Content-Length with a plus sign", length("+1"), http1.ErrContentLength},
		{"negative Content-Length", length("-1"), http1.ErrContentLength},
		{"hexadecimal Content-Length", length("0x1"), http1.ErrContentLength},
		{"Content-Length with a space", length("1 2"), http1.ErrContentLength},
		{"Content-Length with a fraction", length("1.0"), http1.ErrContentLength},
		{"Content-Length as a list", length("1, 1"), http1.ErrContentLength},
		{"Content-Length in digits that are not ASCII", length("\xd9\xa1"), http1.ErrContentLength},
		{"Content-Length over 63 bits", length("9223372036854775808"), http1.ErrContentLength},
		{"Content-Length over 64 bits", length("18446744073709551617"), http1.ErrContentLength},
		{"Content-Length of very many zeros", length("00000000000000000001"), http1.ErrContentLength},
		{"two Content-Lengths", request("Content-Length: 1", "Content-Length: 2"), http1.ErrRepeatedLength},
		{"two equal Content-Lengths", request("Content-Length: 1", "Content-Length: 1"), http1.ErrRepeatedLength},
		{"body over the limit", length("10485761"), http1.ErrBodyTooLarge},
		{"largest Content-Length", length(strconv.Itoa(math.MaxInt64)), http1.ErrBodyTooLarge},

		{"Content-Length before Transfer-Encoding", request("Content-Length: 1", "Transfer-Encoding: chunked"), http1.ErrTwoFramings},
		{"Transfer-Encoding before Content-Length", request("Transfer-Encoding: chunked", "Content-Length: 0"), http1.ErrTwoFramings},
		{"two Transfer-Encodings", request("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), http1.ErrRepeatedCoding},
		{"Transfer-Encoding in HTTP/1.0", bare("GET / HTTP/1.0", "Transfer-Encoding: chunked"), http1.ErrCodingVersion},
		{"another coding", coding("gzip"), http1.ErrCoding},
		{"another coding before chunked", coding("gzip, chunked"), http1.ErrCoding},
		{"chunked twice", coding("chunked, chunked"), http1.ErrCoding},
		{"identity", coding("identity"), http1.ErrCoding},
		{"empty coding", coding(""), http1.ErrCoding},
		{"chunked with a vertical tab", coding("\x0bchunked"), http1.ErrFieldValue},
		{"chunked with text behind", coding("chunked x"), http1.ErrCoding},
		{"chunked in quotes", coding("\"chunked\""), http1.ErrCoding},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, parsed{err: tt.err}, parse(t, tt.in, nil))
		})
	}
}

func TestParseHeadLimits(t *testing.T) {
	lim := &http1.Limits{RequestLine: 20, HeaderBytes: 60, HeaderFields: 3, Body: 5}
	get := func(target int, lines ...string) string {
		return bare(append([]string{"GET " + strings.Repeat("/", target) + " HTTP/1.1"}, lines...)...)
	}
	tests := []struct {
		name, in string
		err      error
	}{
		{"request line at the limit", get(20-13, "Host: a"), nil},
		{"request line over the limit", get(21-13, "Host: a"), http1.ErrLineTooLong},
		{"request line over the limit, unfinished", get(100)[:22], http1.ErrLineTooLong},
		{"head at the limit", get(1, "Host: a", "A: "+strings.Repeat("b", 60-32)), nil},
		{"head over the limit", get(1, "Host: a", "A: "+strings.Repeat("b", 61-32)), http1.ErrHeadTooLarge},
		{"head over the limit, unfinished", get(1, "Host: a", "A: "+strings.Repeat("b", 90))[:60], http1.ErrHeadTooLarge},
		{"blank lines before do not count", "\r\n\r\n" + get(20-13, "Host: a", "A: "+strings.Repeat("b", 60-38)), nil},
		{"fields at the limit", get(1, "Host: a", "B: c", "D: e"), nil},
		{"fields over the limit", get(1, "Host: a", "B:", "D:", "F:"), http1.ErrTooManyFields},
		{"body at the limit", get(1, "Host: a", "Content-Length: 5"), nil},
		{"body over the limit", get(1, "Host: a", "Content-Length: 6"), http1.ErrBodyTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := parse(t, tt.in, lim)
			require.Equal(t, tt.err, p.err)
			if tt.err == nil {
				require.Equal(t, len(tt.in), p.n)
			}
		})
	}
	t.Run("zero limits refuse everything", func(t *testing.T) {
		require.Error(t, feed([]byte(benchRequest), &http1.Limits{}).err)
	})
	t.Run("defaults", func(t *testing.T) {
		long := []byte("GET /" + strings.Repeat("a", 8<<10) + " HTTP/1.1\r\n")
		require.Equal(t, http1.ErrLineTooLong, feed(long, nil).err)
		long = []byte(request("A: "+strings.Repeat("b", 8<<10), "C: "+strings.Repeat("d", 8<<10)))
		require.Equal(t, http1.ErrHeadTooLarge, feed(long, nil).err)
		require.Equal(t, http1.ErrHeadTooLarge, feed(long, nil, everyByte(long)...).err)
		many := []byte(request(strings.Split(strings.Repeat("A:,", 100), ",")[:100]...))
		require.Equal(t, http1.ErrTooManyFields, feed(many, nil).err)
	})
	t.Run("huge limits do not overflow", func(t *testing.T) {
		huge := &http1.Limits{RequestLine: math.MaxInt, HeaderBytes: math.MaxInt, HeaderFields: math.MaxInt, Body: math.MaxInt64}
		p := parse(t, benchRequest, huge)
		require.NoError(t, p.err)
		require.Equal(t, len(benchRequest), p.n)
	})
}

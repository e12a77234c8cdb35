package http1_test

import (
	"strings"
	"testing"

	"github.com/phalanx-php/phalanx/goengine/http1"
	"github.com/stretchr/testify/require"
)

const benchRequest = "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n"

func TestParseHeadRequestLine(t *testing.T) {
	tests := []struct {
		name, in       string
		method, target string
		minor          uint8
	}{
		{"plain request", benchRequest, "GET", "/", 1},
		{"any token is a method", bare("M-SEARCH! /a HTTP/1.1", "Host: a"), "M-SEARCH!", "/a", 1},
		{"methods are case-sensitive and kept as sent", bare("get / HTTP/1.1", "Host: a"), "get", "/", 1},
		{"HTTP/1.0 needs no Host", bare("GET /old HTTP/1.0"), "GET", "/old", 0},
		{"query and reserved characters stay raw", bare("GET /a%20b?c=d&e[]=|\"<>{}^`\\# HTTP/1.1", "Host: a"), "GET", "/a%20b?c=d&e[]=|\"<>{}^`\\#", 1},
		{"raw UTF-8 passes in a target", bare("GET /caf\xc3\xa9/\x80\xff HTTP/1.1", "Host: a"), "GET", "/caf\xc3\xa9/\x80\xff", 1},
		{"two slashes are a path", bare("GET //b/c HTTP/1.1", "Host: a"), "GET", "//b/c", 1},
		{"asterisk-form with OPTIONS", bare("OPTIONS * HTTP/1.1", "Host: a"), "OPTIONS", "*", 1},
		{"absolute-form whose authority equals Host", bare("GET http://A.example:80/x HTTP/1.1", "Host: a.EXAMPLE:80"), "GET", "http://A.example:80/x", 1},
		{"absolute-form of https without a path", bare("GET HTTPS://a?q HTTP/1.1", "Host: a"), "GET", "HTTPS://a?q", 1},
		{"absolute-form in HTTP/1.0 without Host", bare("GET http://[::1]:8080 HTTP/1.0"), "GET", "http://[::1]:8080", 0},
		{"an IPv6 address with every kind of digit", bare("GET / HTTP/1.1", "Host: [fFaA::09:1.2.3.4]:80"), "GET", "/", 1},
		{"a port of five digits", bare("GET / HTTP/1.1", "Host: a:65535"), "GET", "/", 1},
		{"one blank line before is skipped", "\r\n" + benchRequest, "GET", "/", 1},
		{"two blank lines before are skipped", "\r\n\r\n" + benchRequest, "GET", "/", 1},
		{"a method as long as allowed", bare(strings.Repeat("M", 32)+" / HTTP/1.1", "Host: a"), strings.Repeat("M", 32), "/", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := parse(t, tt.in, nil)
			require.NoError(t, p.err)
			require.Equal(t, len(tt.in), p.n)
			require.Equal(t, p.n, p.head.Len)
			require.Equal(t, len(tt.in)-len(strings.TrimLeft(tt.in, "\r\n")), p.head.Start)
			require.Equal(t, tt.method, string(p.head.Method.In([]byte(tt.in))))
			require.Equal(t, tt.target, string(p.head.Target.In([]byte(tt.in))))
			require.Equal(t, tt.minor, p.head.Minor)
		})
	}
}

func TestParseHeadRefusesRequestLines(t *testing.T) {
	line := func(l string) string { return bare(l, "Host: a") }
	tests := []struct {
		name, in string
		err      *http1.Error
	}{
		{"three blank lines before", "\r\n\r\n\r\n" + benchRequest, http1.ErrBlankLines},
		{"blank line of a line feed alone", "\n" + benchRequest, http1.ErrBareLF},
		{"blank line of a carriage return alone", "\r" + benchRequest, http1.ErrBareCR},
		{"space before the method", line(" GET / HTTP/1.1"), http1.ErrMethod},
		{"method with a separator", line("GE(T / HTTP/1.1"), http1.ErrMethod},
		{"method with a control byte", line("GE\x00T / HTTP/1.1"), http1.ErrMethod},
		{"method that is not ASCII", line("G\xc3\x89T / HTTP/1.1"), http1.ErrMethod},
		{"TLS hello instead of a request", "\x16\x03\x01\x02\x00\r\n\r\n", http1.ErrMethod},
		{"tab instead of a space", line("GET\t/ HTTP/1.1"), http1.ErrMethod},
		{"method longer than any", line(strings.Repeat("M", 33) + " / HTTP/1.1"), http1.ErrMethodTooLong},
		{"CONNECT", line("CONNECT a:443 HTTP/1.1"), http1.ErrConnect},
		{"two spaces after the method", line("GET  / HTTP/1.1"), http1.ErrTarget},
		{"two spaces after the target", line("GET /  HTTP/1.1"), http1.ErrVersion},
		{"space within the target", line("GET /a b HTTP/1.1"), http1.ErrVersion},
		{"tab within the target", line("GET /a\tb HTTP/1.1"), http1.ErrTargetByte},
		{"NUL within the target", line("GET /a\x00b HTTP/1.1"), http1.ErrTargetByte},
		{"DEL within the target", line("GET /a\x7fb HTTP/1.1"), http1.ErrTargetByte},
		{"control byte far into the target", line("GET /abcdefghijklmnopqrstuvwxyz\x01 HTTP/1.1"), http1.ErrTargetByte},
		{"carriage return within the target", line("GET /a\rb HTTP/1.1"), http1.ErrNoVersion},
		{"relative target", line("GET a HTTP/1.1"), http1.ErrTarget},
		{"asterisk-form without OPTIONS", line("GET * HTTP/1.1"), http1.ErrTarget},
		{"asterisk with more behind it", line("OPTIONS *a HTTP/1.1"), http1.ErrTarget},
		{"authority-form without CONNECT", line("GET a:443 HTTP/1.1"), http1.ErrTarget},
		{"absolute-form of another scheme", line("GET ftp://a/ HTTP/1.1"), http1.ErrTarget},
		{"absolute-form with an empty authority", line("GET http:///a HTTP/1.1"), http1.ErrTarget},
		{"absolute-form with user information", line("GET http://u:p@a/ HTTP/1.1"), http1.ErrTarget},
		{"absolute-form with a bad port", line("GET http://a:8x/ HTTP/1.1"), http1.ErrTarget},
		{"absolute-form that Host contradicts", line("GET http://b/ HTTP/1.1"), http1.ErrHostMismatch},
		{"absolute-form whose port Host lacks", line("GET http://a:80/ HTTP/1.1"), http1.ErrHostMismatch},
		{"HTTP/0.9 request", "GET /\r\n\r\n", http1.ErrNoVersion},
		{"line feed behind the target", "GET /\n\r\n\r\n", http1.ErrBareLF},
		{"line feed alone ends the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", http1.ErrBareLF},
		{"carriage return alone ends the request line", "GET / HTTP/1.1\rHost: a\r\n\r\n", http1.ErrBareCR},
		{"space behind the version", line("GET / HTTP/1.1 "), http1.ErrVersion},
		{"version in lower case", line("GET / http/1.1"), http1.ErrVersion},
		{"version of another protocol", line("GET / RTSP/1.0"), http1.ErrVersion},
		{"version without a dot", line("GET / HTTP/11"), http1.ErrVersion},
		{"version without a minor number", line("GET / HTTP/2"), http1.ErrVersion},
		{"version with two digits", line("GET / HTTP/1.10"), http1.ErrVersion},
		{"empty version", line("GET / "), http1.ErrVersion},
		{"HTTP/2.0", line("GET / HTTP/2.0"), http1.ErrVersionUnknown},
		{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", http1.ErrTarget},
		{"HTTP/1.2", line("GET / HTTP/1.2"), http1.ErrVersionUnknown},
		{"HTTP/0.9 spelt out", line("GET / HTTP/0.9"), http1.ErrVersionUnknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, parsed{err: tt.err}, parse(t, tt.in, nil))
		})
	}
}

// What is wrong from the start is refused before the peer has said more.
func TestParseHeadRefusesEarly(t *testing.T) {
	tests := []struct {
		name, in string
		err      *http1.Error
	}{
		{"first byte of a TLS hello", "\x16", http1.ErrMethod},
		{"control byte in a target", "GET /\x01", http1.ErrTargetByte},
		{"HTTP/0.9 line end", "GET /\r", http1.ErrNoVersion},
		{"other protocol", "GET / ICE/1.0\r", http1.ErrVersion},
		{"other version, line not ended", "GET / HTTP/2.0\r", http1.ErrVersionUnknown},
		{"control byte in a value", "GET / HTTP/1.1\r\nA: b\x00", http1.ErrFieldValue},
		{"line feed alone in a value", "GET / HTTP/1.1\r\nA: b\n", http1.ErrBareLF},
		{"folded line", "GET / HTTP/1.1\r\nA: b\r\n c\r\n", http1.ErrFold},
		{"space before the colon", "GET / HTTP/1.1\r\nA : b\r\n", http1.ErrSpaceBeforeSep},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := []byte(tt.in)
			require.Equal(t, parsed{err: tt.err}, feed(b, nil))
			require.Equal(t, parsed{err: tt.err}, feed(b, nil, everyByte(b)...))
		})
	}
}

func TestParseHeadLeavesTheRestAlone(t *testing.T) {
	for _, rest := range []string{"\x00\x00", "\r\n\r\n", "GET /", strings.Repeat("x", 20<<10)} {
		p := feed([]byte(benchRequest+rest), nil)
		require.NoError(t, p.err)
		require.Equal(t, len(benchRequest), p.n)
	}
}

func TestParseHeadWaitsForTheWholeHead(t *testing.T) {
	for cut := range len(benchRequest) {
		require.Equal(t, parsed{}, feed([]byte(benchRequest[:cut]), nil), "%q", benchRequest[:cut])
	}
}

func TestParseHeadCalledAgainWithNothingNew(t *testing.T) {
	var h http1.Head
	n, err := http1.ParseHead([]byte("GET / HT"), 8, nil, &h)
	require.NoError(t, err)
	require.Zero(t, n)
}

package http1_test

import (
	"strings"
	"testing"

	"github.com/phalanx-php/phalanx/goengine/http1"
	"github.com/stretchr/testify/require"
)

func TestParseHeadRefusesFields(t *testing.T) {
	tests := []struct {
		name, in string
		err      *http1.Error
	}{
		{"line feed alone ends a line", "GET / HTTP/1.1\r\nHost: a\nB: c\r\n\r\n", http1.ErrBareLF},
		{"line feed alone ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\nB: c\r\n\r\n", http1.ErrBareLF},
		{"carriage return within a value", request("A: b\rc"), http1.ErrBareCR},
		{"carriage return at the end of a value", request("A: b\r"), http1.ErrBareCR},
		{"carriage return alone before the blank line", request("\rA: b"), http1.ErrBareCR},
		{"obsolete folding with a space", request("A: b", " c"), http1.ErrFold},
		{"obsolete folding with a tab", request("A: b", "\tc"), http1.ErrFold},
		{"indented first line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", http1.ErrFold},
		{"space before the colon", request("A : b"), http1.ErrSpaceBeforeSep},
		{"tab before the colon", request("A\t: b"), http1.ErrSpaceBeforeSep},
		{"space in a name", request("A b: c"), http1.ErrSpaceBeforeSep},
		{"empty name", request(": b"), http1.ErrFieldName},
		{"separator in a name", request("A[b]: c"), http1.ErrFieldName},
		{"name that is not ASCII", request("\xc3\x84: c"), http1.ErrFieldName},
		{"control byte in a name", request("A\x00: c"), http1.ErrFieldName},
		{"line without a colon", request("Abc"), http1.ErrNoColon},
		{"NUL in a value", request("A: b\x00c"), http1.ErrFieldValue},
		{"NUL far into a value", request("A: abcdefghijklmnopqrstuvwxyz\x00"), http1.ErrFieldValue},
		{"escape in a value", request("A: \x1b[0m"), http1.ErrFieldValue},
		{"DEL in a value", request("A: b\x7f"), http1.ErrFieldValue},

		{"no Host in HTTP/1.1", bare("GET / HTTP/1.1"), http1.ErrNoHost},
		{"two Hosts", request("Host: b"), http1.ErrRepeatedHost},
		{"two equal Hosts", request("HOST: a"), http1.ErrRepeatedHost},
		{"two Hosts in HTTP/1.0", bare("GET / HTTP/1.0", "Host: a", "Host: a"), http1.ErrRepeatedHost},
		{"empty Host", bare("GET / HTTP/1.1", "Host:"), http1.ErrHost},
		{"Host with a space", bare("GET / HTTP/1.1", "Host: a b"), http1.ErrHost},
		{"Host with a path", bare("GET / HTTP/1.1", "Host: a/b"), http1.ErrHost},
		{"Host with user information", bare("GET / HTTP/1.1", "Host: u@a"), http1.ErrHost},
		{"Host as a list", bare("GET / HTTP/1.1", "Host: a,b/"), http1.ErrHost},
		{"Host that is not ASCII", bare("GET / HTTP/1.1", "Host: \xc3\xa4"), http1.ErrHost},
		{"Host with an empty port", bare("GET / HTTP/1.1", "Host: a:"), http1.ErrHost},
		{"Host with a port of letters", bare("GET / HTTP/1.1", "Host: a:b"), http1.ErrHost},
		{"Host with too long a port", bare("GET / HTTP/1.1", "Host: a:123456"), http1.ErrHost},
		{"Host with two ports", bare("GET / HTTP/1.1", "Host: a:1:2"), http1.ErrHost},
		{"Host of a port alone", bare("GET / HTTP/1.1", "Host: :80"), http1.ErrHost},
		{"Host with an open bracket", bare("GET / HTTP/1.1", "Host: [::1"), http1.ErrHost},
		{"Host with empty brackets", bare("GET / HTTP/1.1", "Host: []"), http1.ErrHost},
		{"Host with text behind the brackets", bare("GET / HTTP/1.1", "Host: [::1]a"), http1.ErrHost},
		{"Host with a name in brackets", bare("GET / HTTP/1.1", "Host: [name]"), http1.ErrHost},

		{"repeated Sec-WebSocket-Key", request("Sec-WebSocket-Key: a", "Sec-WebSocket-Key: a"), http1.ErrRepeatedKey},
		{"repeated Sec-WebSocket-Version", request("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8"), http1.ErrRepeatedKey},
		{"unknown expectation", request("Expect: 200-ok"), http1.ErrExpectation},
		{"empty expectation", request("Expect:"), http1.ErrExpectation},
		{"two expectations in one line", request("Expect: 100-continue, 100-continue"), http1.ErrExpectation},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, parsed{err: tt.err}, parse(t, tt.in, nil))
		})
	}
}

// Every byte is either allowed in a name, a value and a target or refused there.
func TestParseHeadChecksEveryByte(t *testing.T) {
	for i := range 256 {
		c := byte(i)
		control := c < 0x20 && c != '\t' || c == 0x7f
		token := c < 0x80 && strings.ContainsRune("!#$%&'*+-.^_`|~0123456789"+
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", rune(c))
		for _, pad := range []string{"", "1234567", "12345678", "123456789"} {
			s := pad + string([]byte{c}) + pad
			require.Equal(t, token || c == ':' && pad != "", feed([]byte(request(s+"z: v")), nil).err == nil, "name with %#x", c)
			require.Equal(t, !control, feed([]byte(request("N: "+s)), nil).err == nil, "value with %#x", c)
			require.Equal(t, !control && c > ' ',
				feed([]byte(bare("GET /"+s+" HTTP/1.1", "Host: a")), nil).err == nil, "target with %#x", c)
		}
	}
}

func TestParseHeadFindsValues(t *testing.T) {
	in := bare("GET /chat HTTP/1.1", "hOST:\t [2001:db8::1]:8080 \t", "Upgrade: h2c, WebSocket",
		"Connection: keep-alive , Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
		"Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: chat",
		"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
	p := parse(t, in, nil)
	require.NoError(t, p.err)
	require.True(t, p.head.Upgrade)
	require.True(t, p.head.KeepAlive)
	require.False(t, p.head.SeveralLists)
	for want, span := range map[string]http1.Span{
		"[2001:db8::1]:8080":       p.head.Host,
		"dGhlIHNhbXBsZSBub25jZQ==": p.head.SecWebSocketKey,
		"13":                       p.head.SecWebSocketVersion,
		"chat":                     p.head.SecWebSocketProtocol,
		"permessage-deflate; client_max_window_bits": p.head.SecWebSocketExtensions,
	} {
		require.Equal(t, want, string(span.In([]byte(in))))
	}

	in = request("Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b")
	p = parse(t, in, nil)
	require.NoError(t, p.err)
	require.True(t, p.head.SeveralLists, "only the first list has a span")
	require.Equal(t, "a", string(p.head.SecWebSocketProtocol.In([]byte(in))))
	require.Zero(t, p.head.SecWebSocketKey, "absent")
}

func TestAppendFields(t *testing.T) {
	in := bare("GET / HTTP/1.1", "Host: a", "Empty:", "Blank: \t ", "X-Long:\tone two\tthree  \t", "Utf8: \xc3\xa4")
	want := []string{"Host", "a", "Empty", "", "Blank", "", "X-Long", "one two\tthree", "Utf8", "\xc3\xa4"}
	for _, before := range []string{"", "\r\n\r\n"} {
		p := parse(t, before+in, nil)
		require.NoError(t, p.err)
		require.Equal(t, want, texts([]byte(before+in), http1.AppendFields(nil, []byte(before + in)[:p.n])))
		require.Equal(t, want, texts([]byte(in), http1.AppendFields(nil, []byte(before + in)[p.head.Start:p.n])))
	}
	require.Empty(t, http1.AppendFields(nil, []byte("GET / HTTP/1.1")), "no head")
	require.Empty(t, http1.AppendFields(nil, []byte("GET / HTTP/1.1\r\nHost")), "line cut short")
	require.Equal(t, []uint32{7}, http1.AppendFields([]uint32{7}, []byte(bare("GET / HTTP/1.0"))))
}

func texts(b []byte, spans []uint32) []string {
	var out []string
	for i := 0; i+1 < len(spans); i += 2 {
		out = append(out, string(b[spans[i]:spans[i]+spans[i+1]]))
	}
	return out
}

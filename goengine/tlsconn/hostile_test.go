package tlsconn_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/tlsconn/certtest"
)

// Numbers of extensions of a ClientHello.
const (
	serverName    = 0
	groups        = 10
	points        = 11
	signatures    = 13
	alpn          = 16
	sessionTicket = 35
	reneg         = 0xff01
)

// sized16 and sized8 put a length in front.
func sized16(s string) string {
	return string(binary.BigEndian.AppendUint16(nil, uint16(len(s)))) + s
}
func sized8(s string) string { return string([]byte{byte(len(s))}) + s }

func extension(number int, data string) string {
	return string(binary.BigEndian.AppendUint16(nil, uint16(number))) + sized16(data)
}

// hello is a ClientHello of TLS 1.2 with what every server wants and these extensions, in records of at most 16 KiB.
func hello(extensions ...string) string {
	all := extension(groups, "\x00\x02\x00\x1d") + extension(points, "\x01\x00") + extension(signatures, "\x00\x06\x04\x03\x08\x04\x04\x01") +
		strings.Join(extensions, "")
	body := "\x03\x03" + strings.Repeat("r", 32) + "\x00" + "\x00\x04\xc0\x2b\xc0\x2f" + "\x01\x00" + sized16(all)
	return records("\x01" + string([]byte{byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}) + body)
}

func records(message string) (all string) {
	for len(message) > 0 {
		n := min(len(message), 16<<10)
		all += "\x16\x03\x01" + sized16(message[:n])
		message = message[n:]
	}
	return all
}

// What a hostile peer may begin with is refused with an alert, or answered; nothing of it is told to the application.
func TestHostileHellos(t *testing.T) {
	a := certtest.New(t)
	config := open(t, false, opts{"local_cert": a.Issue("example.test"), "alpn_protocols": "http/1.1"})
	names := func(list ...string) string {
		var all string
		for _, name := range list {
			all += sized8(name)
		}
		return extension(alpn, sized16(all))
	}
	for _, tt := range []struct {
		name, in string
		answered bool
	}{
		{name: "an ordinary one", in: hello(), answered: true},
		{name: "a session ticket of 60,000 bytes that is nobody's", in: hello(extension(sessionTicket, strings.Repeat("t", 60_000))), answered: true},
		{name: "a session ticket whose length is wrong", in: hello(strings.Replace(extension(sessionTicket, "tick"), "\x00\x04", "\x00\xff", 1))},
		{name: "no protocol of ours", in: hello(names("spdy/1", "\x00\xff"))},
		{name: "ten thousand protocols, ours the last", in: hello(names(append(strings.Fields(strings.Repeat("abcd ", 10_000)), "http/1.1")...)), answered: true},
		{name: "an empty list of protocols", in: hello(extension(alpn, "\x00\x00"))},
		{name: "a protocol without a name", in: hello(names("", "http/1.1"))},
		{name: "protocols that go on behind their list", in: hello(extension(alpn, "\x00\x09\x08http/1.1x"))},
		{name: "a name of a server that is none", in: hello(extension(serverName, sized16("\x00"+sized16("a\x00b."))))},
		{name: "two names of servers", in: hello(extension(serverName, sized16("\x00"+sized16("a.test")+"\x00"+sized16("b.test"))))},
		{name: "an extension twice", in: hello(names("http/1.1"), names("http/1.1"))},
		{name: "a renegotiation from the start", in: hello(extension(reneg, sized8("verify data")))},
		{name: "longer than 64 KiB", in: records("\x01\x01\x00\x01" + strings.Repeat("x", 65537))},
		{name: "an empty one", in: records("\x01\x00\x00\x00")},
		{name: "another message first", in: records("\x14\x00\x00\x0c" + strings.Repeat("f", 12))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, step := range []int{1 << 20, 1000, 1} {
				if step == 1 && len(tt.in) > 1000 {
					continue
				}
				s := newEnd(t, config)
				s.deliver([]byte(tt.in), step)
				require.False(t, s.Established())
				require.Empty(t, s.got)
				answer := string(s.Unsent())
				require.GreaterOrEqual(t, len(answer), 7)
				if tt.answered {
					require.NoError(t, s.err)
					require.Equal(t, "\x16\x03\x03", answer[:3], "its ServerHello")
				} else {
					require.Error(t, s.err)
					require.Equal(t, byte(21), answer[0], "an alert")
				}
			}
		})
	}
}

package http1

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func remembered(l *Lines) (lines []string) {
	for _, k := range l.known {
		if k.length > 0 {
			lines = append(lines, string(k.text[:k.length]))
		}
	}
	return lines
}

// What the server has to know of a field is known of a remembered one too; credentials are not remembered.
func TestLinesAreRemembered(t *testing.T) {
	const head = "GET / HTTP/1.1\r\nHost:  a:80 \r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n" +
		"Accept: text/html\r\nCookie: session=0123456789\r\nAuthorization: Bearer 0123456789\r\n" +
		"Proxy-Authorization: Basic 012345\r\nX-Long: " + "0123456789012345678901234567890123456789" +
		"012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\r\n\r\n"
	h := Head{Lines: &Lines{}}
	for range 3 {
		n, err := ParseHead([]byte(head), 0, nil, &h)
		require.NoError(t, err)
		require.Equal(t, len(head), n)
		require.Equal(t, "a:80", string(h.Host.In([]byte(head))))
		require.True(t, h.Upgrade)
		require.True(t, h.KeepAlive)
	}
	require.ElementsMatch(t, []string{
		"Host:  a:80 \r\n", "Connection: keep-alive, Upgrade\r\n", "Accept: text/html\r\n",
	}, remembered(h.Lines))

	_, err := ParseHead([]byte("GET / HTTP/1.1\r\nHost:  a:80 \r\nHost:  a:80 \r\n\r\n0123456789"), 0, nil, &h)
	require.Equal(t, ErrRepeatedHost, err)
}

// One that comes again and again keeps its place; one that does not come any more loses it.
func TestLinesThatComeAgainStay(t *testing.T) {
	h := Head{Lines: &Lines{}}
	parse := func(line string) {
		head := []byte("GET / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n\r\n0123456789")
		_, err := ParseHead(head, 0, nil, &h)
		require.NoError(t, err)
	}
	const often = "Accept: often"
	for i := range 10_000 {
		parse(often)
		parse(fmt.Sprintf("X-%d: once", i))
		require.Contains(t, remembered(h.Lines), often+"\r\n")
	}
	for i := range 10_000 {
		parse(fmt.Sprintf("Y-%d: once", i))
	}
	require.NotContains(t, remembered(h.Lines), often+"\r\n")
}

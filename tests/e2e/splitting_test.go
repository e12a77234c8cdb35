package e2e_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Whatever of an answer an application sets to bytes that would end a line, no line of the peer's choice leaves.
func TestNoAPISplitsAResponse(t *testing.T) {
	t.Parallel()
	a := serve(t, "splitting.php", 2)
	for _, path := range strings.Fields(a.get(0, "/paths")) {
		t.Run(path, func(t *testing.T) {
			c := a.dial(0)
			require.NoError(t, c.SetDeadline(time.Now().Add(patience)))
			_, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			require.NoError(t, err)
			wire, err := io.ReadAll(c)
			require.NoError(t, err)
			require.True(t, strings.HasPrefix(string(wire), "HTTP/"), "%q", wire)
			requireOneHead(t, string(wire))
		})
	}
	t.Run("handshake", func(t *testing.T) {
		c := a.dial(1)
		require.NoError(t, c.SetDeadline(time.Now().Add(patience)))
		_, err := io.WriteString(c, handshake)
		require.NoError(t, err)
		require.NoError(t, c.CloseWrite())
		wire, err := io.ReadAll(c)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(wire), "HTTP/1.1 "), "%q", wire)
		requireOneHead(t, string(wire))
	})
}

// However a path is written, what is outside of the folder, hidden or PHP stays where it is.
func TestPublicFilesStayInTheirFolder(t *testing.T) {
	t.Parallel()
	a := serve(t, "splitting.php", 2)
	ask := func(path string) string {
		c := a.dial(0)
		require.NoError(t, c.SetDeadline(time.Now().Add(patience)))
		_, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		require.NoError(t, err)
		wire, err := io.ReadAll(c)
		require.NoError(t, err)
		require.NotContains(t, string(wire), "secret", path)
		return string(wire)
	}
	for _, path := range []string{"/open.txt", "/.well-known/open.txt", "/sub/open.txt", "/sub%2fopen.txt", "/open%2etxt", "/link3"} {
		require.Contains(t, ask(path), "\r\n\r\nopen", path)
	}
	for _, path := range []string{
		"/../outside", "/..%2foutside", "/%2e%2e/outside", "/%2e%2e%2foutside", "/sub/../../outside", "/..%5coutside", "/..\\outside",
		"/%252e%252e/outside", "/..%c0%afoutside", "//../outside", "/sub/..%00/../../outside", "/outside", "/open.txt%00", "/open.txt%00.png",
		"/.env", "/%2eenv", "/./.env", "/sub/.htaccess", "/.git/config", "/.git%2fconfig", "/.well-known/../.env", "/.well-known%2f../.env",
		"/app.php", "/app.PHP", "/app%2ephp", "/app.php/", "/app.php%00.txt", "/app.php%20", "/link0", "/link1", "/link2", "/", "/sub", "/sub/",
		"http://x/../outside", "http://x/.env",
	} {
		got := ask(path)
		require.True(t, strings.HasPrefix(got, "HTTP/1.1 404 ") || strings.HasPrefix(got, "HTTP/1.1 400 "), "%s: %q", path, got)
	}
}

func requireOneHead(t *testing.T, wire string) {
	t.Helper()
	for _, line := range strings.FieldsFunc(wire, func(r rune) bool { return r == '\r' || r == '\n' || r == 0 }) {
		require.False(t, strings.HasPrefix(strings.ToLower(line), "x-evil"), "%q", wire)
	}
	require.Equal(t, 1, strings.Count("\n"+wire, "\nHTTP/"), "%q", wire)
}

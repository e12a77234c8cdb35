package e2e_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFileResponses(t *testing.T) {
	a := serve(t, "files.php", 1)
	content := bytes.Repeat([]byte("0123456789"), 1<<18) // sendfile does not do it at once
	modified := time.Unix(1700000000, 0)
	const changed = "Tue, 14 Nov 2023 22:13:20 GMT"
	for name, data := range map[string][]byte{"f.bin": content, "s.txt": []byte("0123456789"), "empty.txt": nil} {
		path := filepath.Join(a.dir, name)
		require.NoError(t, os.WriteFile(path, data, 0o600))
		require.NoError(t, os.Chtimes(path, modified, modified))
	}
	require.NoError(t, os.Symlink("s.txt", filepath.Join(a.dir, "link.txt")))

	type headers map[string]string
	for _, tt := range []struct {
		name, method, path string
		send               headers
		status             int
		body               string
		want               headers // "" means absent
	}{
		{name: "all", path: "/s.txt", status: 200, body: "0123456789",
			want: headers{"Content-Type": "text/plain", "Last-Modified": changed, "Accept-Ranges": "bytes", "Content-Range": "", "Content-Length": "10"}},
		{name: "through a symbolic link", path: "/link.txt", status: 200, body: "0123456789"},
		{name: "empty", path: "/empty.txt", status: 200, want: headers{"Content-Length": "0"}},
		{name: "missing", path: "/missing", status: 404, body: "<h3>404 Not Found</h3>"},
		{name: "large", path: "/f.bin", status: 200, body: string(content),
			want: headers{"Content-Disposition": `attachment; filename="f.bin"`}},
		{name: "range", path: "/s.txt", send: headers{"Range": "bytes=2-4"}, status: 206, body: "234",
			want: headers{"Content-Range": "bytes 2-4/10", "Content-Length": "3", "Content-Type": "text/plain"}},
		{name: "last bytes", path: "/f.bin", send: headers{"Range": "bytes=-2000000"}, status: 206, body: string(content[len(content)-2000000:])},
		{name: "several ranges get all", path: "/s.txt", send: headers{"Range": "bytes=0-1,3-4"}, status: 200, body: "0123456789"},
		{name: "range that cannot be", path: "/s.txt", send: headers{"Range": "bytes=10-"}, status: 416,
			want: headers{"Content-Range": "bytes */10", "Content-Length": "0"}},
		{name: "not modified", path: "/s.txt", send: headers{"If-Modified-Since": changed}, status: 304,
			want: headers{"Last-Modified": changed, "Content-Length": "", "Content-Type": ""}},
		{name: "same version", path: "/s.txt?etag=a", send: headers{"If-None-Match": `"a"`}, status: 304,
			want: headers{"Etag": `"a"`, "Cache-Control": "max-age=5"}},
		{name: "another version", path: "/s.txt?etag=b", send: headers{"If-None-Match": `"a"`}, status: 200, body: "0123456789"},
		{name: "precondition fails", path: "/s.txt", send: headers{"If-Unmodified-Since": "Tue, 14 Nov 2023 22:13:19 GMT"}, status: 412},
		{name: "range of another version", path: "/s.txt?etag=b", send: headers{"Range": "bytes=2-4", "If-Range": `"a"`}, status: 200, body: "0123456789"},
		{name: "range of that version", path: "/s.txt?etag=a", send: headers{"Range": "bytes=2-4", "If-Range": `"a"`}, status: 206, body: "234"},
		{name: "HEAD", method: "HEAD", path: "/f.bin", status: 200, want: headers{"Content-Length": "2621440"}},
		{name: "HEAD, not modified", method: "HEAD", path: "/f.bin", send: headers{"If-Modified-Since": changed}, status: 304},
		{name: "HEAD knows no range", method: "HEAD", path: "/s.txt", send: headers{"Range": "bytes=2-4"}, status: 200, want: headers{"Content-Length": "10"}},
		{name: "POST neither", method: "POST", path: "/s.txt", send: headers{"Range": "bytes=2-4", "If-Modified-Since": changed}, status: 200, body: "0123456789"},
		{name: "the application's own part wins", path: "/s.txt?offset=1&length=2", send: headers{"Range": "bytes=5-6"}, status: 206, body: "12"},
		{name: "only answers of status 200", path: "/s.txt?status=404", send: headers{"Range": "bytes=5-6", "If-Modified-Since": changed}, status: 404, body: "0123456789"},
		{name: "answered later", path: "/s.txt?later=1", send: headers{"Range": "bytes=5-6"}, status: 206, body: "56"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.method == "" {
				tt.method = http.MethodGet
			}
			req, err := http.NewRequest(tt.method, a.url(0, tt.path), nil)
			require.NoError(t, err)
			for name, value := range tt.send {
				req.Header.Set(name, value)
			}
			resp, err := client.Do(req)
			require.NoError(t, err)
			defer func() { _ = resp.Body.Close() }()
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.Equal(t, tt.status, resp.StatusCode)
			require.True(t, tt.body == string(body), "%.100q", body)
			for name, value := range tt.want {
				require.Equal(t, value, resp.Header.Get(name), name)
			}
		})
	}

	t.Run("pipelined", func(t *testing.T) {
		c := a.dial(0)
		var wire strings.Builder
		parts := []string{"bytes=0-0", "bytes=5-2000004", "bytes=-1"}
		for _, part := range parts {
			wire.WriteString("GET /f.bin HTTP/1.1\r\nHost: h\r\nRange: " + part + "\r\n\r\n")
		}
		_, err := io.WriteString(c, wire.String())
		require.NoError(t, err)
		rd := bufio.NewReader(c)
		for _, want := range [][]byte{content[:1], content[5:2000005], content[len(content)-1:]} {
			resp, err := http.ReadResponse(rd, nil)
			require.NoError(t, err)
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.True(t, bytes.Equal(want, body))
		}
	})
	t.Run("whole where it is not certain which request is answered", func(t *testing.T) {
		c := a.dial(0)
		const request = "GET /s.txt?later=1 HTTP/1.1\r\nHost: h\r\nRange: bytes=5-6\r\n\r\n"
		_, err := io.WriteString(c, request+request)
		require.NoError(t, err)
		rd := bufio.NewReader(c)
		for range 2 {
			resp, err := http.ReadResponse(rd, nil)
			require.NoError(t, err)
			require.Equal(t, 200, resp.StatusCode)
			_, err = io.ReadAll(resp.Body)
			require.NoError(t, err)
		}
	})
}

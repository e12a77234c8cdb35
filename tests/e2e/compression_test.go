package e2e_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
)

func TestCompression(t *testing.T) {
	a := serve(t, "compression.php", 1)
	text := strings.Repeat("hello ", 100)
	ask := func(t *testing.T, method, path, accept string) (*http.Response, string) {
		t.Helper()
		req, err := http.NewRequest(method, a.url(0, path), nil)
		require.NoError(t, err)
		req.Header.Set("Accept-Encoding", accept)
		resp, err := client.Do(req)
		require.NoError(t, err)
		defer func() { _ = resp.Body.Close() }()
		var r io.Reader = resp.Body
		switch resp.Header.Get("Content-Encoding") {
		case "gzip":
			r, err = gzip.NewReader(r)
		case "br":
			r = brotli.NewReader(r)
		case "zstd":
			r, err = zstd.NewReader(r)
		}
		require.NoError(t, err)
		body, err := io.ReadAll(r)
		require.NoError(t, err)
		return resp, string(body)
	}
	for _, tt := range []struct{ path, accept, coding, vary, body string }{
		{"/string", "gzip", "gzip", "Accept-Encoding", text},
		{"/string", "gzip, deflate, br", "br", "Accept-Encoding", text},
		{"/string", "gzip, deflate, br, zstd", "zstd", "Accept-Encoding", text},
		{"/string", "gzip;q=1, br;q=0.5", "gzip", "Accept-Encoding", text},
		{"/string", "identity", "", "Accept-Encoding", text},
		{"/response", "br", "br", "Accept-Encoding", text},
		{"/later", "gzip", "gzip", "Accept-Encoding", text},
		{"/image", "gzip", "", "", text},
		{"/short", "gzip", "", "", "short"},
		{"/raw", "gzip", "", "", text},
		{"/chunks", "gzip", "gzip", "Accept-Encoding", "first second third"},
		{"/chunks", "br", "br", "Accept-Encoding", "first second third"},
		{"/chunks", "zstd", "zstd", "Accept-Encoding", "first second third"},
		{"/chunks", "identity", "", "Accept-Encoding", "first second third"},
		{"/events", "gzip", "gzip", "Accept-Encoding", "data: one\n\ndata: two\n\n"},
		{"/events", "zstd", "zstd", "Accept-Encoding", "data: one\n\ndata: two\n\n"},
		{"/invalid", "identity", "", "", "No such coding: deflate (there are gzip, br and zstd)"},
	} {
		t.Run(tt.path+" "+tt.accept, func(t *testing.T) {
			resp, body := ask(t, http.MethodGet, tt.path, tt.accept)
			require.Equal(t, tt.coding, resp.Header.Get("Content-Encoding"))
			require.Equal(t, tt.vary, resp.Header.Get("Vary"))
			require.Equal(t, tt.body, body)
			if tt.path == "/response" {
				require.Equal(t, `W/"a"`, resp.Header.Get("ETag"))
				require.Equal(t, 201, resp.StatusCode)
			}
		})
	}
	t.Run("files go as they are", func(t *testing.T) {
		resp, body := ask(t, http.MethodGet, "/file", "gzip")
		require.Empty(t, resp.Header.Get("Content-Encoding"))
		require.Contains(t, body, "Compressed answers")
	})
	t.Run("HEAD", func(t *testing.T) {
		resp, _ := ask(t, http.MethodHead, "/string", "gzip")
		require.Empty(t, resp.Header.Get("Content-Encoding"))
		require.EqualValues(t, 600, resp.ContentLength)
	})
}

package e2e_test

import (
	"bytes"
	"crypto/md5"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// curl runs the real one; what it says about itself (-v) is the second result.
func (a *app) curl(args ...string) (body []byte, told string) {
	a.t.Helper()
	cmd := exec.Command("curl", append([]string{"-v", "--silent", "--show-error", "--max-time", "15", "--noproxy", "*"}, args...)...)
	cmd.Dir = a.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	body, err := cmd.Output()
	require.NoError(a.t, err, "%s", stderr.String())
	return body, stderr.String()
}

func sum(data []byte) string { return fmt.Sprintf("%x", md5.Sum(data)) }

func TestCurl(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Fatal("there is no curl: tests/setup-debian.sh installs it")
	}
	a := serve(t, "http.php", 1)
	big := make([]byte, 5<<20)
	for i := range big {
		big[i] = byte(rand.Uint32())
	}
	require.NoError(t, os.WriteFile(filepath.Join(a.dir, "big"), big, 0o600))
	url := a.url(0, "")
	what := func(args ...string) (method string, length int, md5 string, told string) {
		t.Helper()
		body, told := a.curl(args...)
		var w struct {
			Method, MD5 string
			Length      int
		}
		require.NoError(t, json.Unmarshal(body, &w), "%s", body)
		return w.Method, w.Length, w.MD5, told
	}

	t.Run("GET", func(t *testing.T) {
		body, told := a.curl(url + "/?a=b")
		require.Equal(t, "hello", string(body))
		require.Contains(t, told, "< HTTP/1.1 200 OK")
	})
	t.Run("HTTP/1.0", func(t *testing.T) {
		body, _ := a.curl("--http1.0", url+"/")
		require.Equal(t, "hello", string(body))
	})
	t.Run("HEAD", func(t *testing.T) {
		body, told := a.curl("-I", url+"/", "--next", "-v", "--silent", "--max-time", "5", "-I", url+"/file-that-is-not-there")
		require.Contains(t, string(body), "200 OK")
		require.Contains(t, told, "Re-using existing connection", "an answer to HEAD has no body")
	})
	t.Run("POST of 5 MiB", func(t *testing.T) {
		method, length, md5, told := what("-X", "POST", "--data-binary", "@big", url+"/what")
		require.Equal(t, "POST", method)
		require.Equal(t, len(big), length)
		require.Equal(t, sum(big), md5)
		require.Contains(t, told, "> Expect: 100-continue")
		require.Contains(t, told, "< HTTP/1.1 100 Continue")
		require.NotContains(t, told, "Done waiting for 100-continue", "curl did not have to give up waiting")
	})
	t.Run("PUT of 5 MiB, echoed", func(t *testing.T) {
		body, _ := a.curl("-T", "big", "-H", "Expect:", url+"/what")
		require.Contains(t, string(body), sum(big))
	})
	t.Run("echo of 900 KiB", func(t *testing.T) {
		require.NoError(t, os.WriteFile(filepath.Join(a.dir, "part"), big[:900<<10], 0o600))
		body, _ := a.curl("--data-binary", "@part", url+"/echo")
		require.True(t, bytes.Equal(big[:900<<10], body))
	})
	t.Run("chunked", func(t *testing.T) {
		cmd := exec.Command("curl", "-v", "--silent", "--max-time", "15", "-T", "-", url+"/what")
		cmd.Stdin = bytes.NewReader(big)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err)
		require.Contains(t, string(out), "> Transfer-Encoding: chunked")
		require.Contains(t, string(out), sum(big))
	})
	t.Run("too large, refused before it is sent", func(t *testing.T) {
		require.NoError(t, os.Truncate(filepath.Join(a.dir, "big"), 11<<20))
		body, told := a.curl("--data-binary", "@big", url+"/what")
		require.NotContains(t, string(body), "md5")
		require.Contains(t, told, "< HTTP/1.1 413")
		require.NotContains(t, told, "100 Continue")
	})
	t.Run("keep-alive", func(t *testing.T) {
		body, told := a.curl(url+"/", url+"/small-that-is-not-there", url+"/what")
		require.Contains(t, string(body), "hellohello{")
		require.Equal(t, 2, strings.Count(told, "Re-using existing connection"))
	})
	t.Run("upload", func(t *testing.T) {
		content := big[:1<<20]
		require.NoError(t, os.WriteFile(filepath.Join(a.dir, "part"), content, 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(a.dir, "empty"), nil, 0o600))
		body, _ := a.curl("-F", "name=Ada Lovelace", "-F", "list[]=1", "-F", "list[]=2",
			"-F", "picture=@part;type=image/png;filename=grün.png", "-F", "none=@empty", url+"/upload")
		require.JSONEq(t, fmt.Sprintf(`{"post": {"name": "Ada Lovelace", "list": ["1", "2"]}, "files": {
			"picture": {"name": "grün.png", "size": 1048576, "error": 0, "type": "image/png", "md5": %q},
			"none": {"name": "empty", "size": 0, "error": 0, "type": "application/octet-stream", "md5": %q}}}`,
			sum(content), sum(nil)), string(body))
	})
	t.Run("download", func(t *testing.T) {
		for _, name := range []string{"file", "small"} {
			content := big
			if name == "small" {
				content = big[:1000]
			}
			require.NoError(t, os.WriteFile(filepath.Join(a.dir, name), content, 0o600))
			body, told := a.curl(url+"/"+name, url+"/"+name)
			require.True(t, bytes.Equal(append(content[:len(content):len(content)], content...), body), name)
			require.Contains(t, told, fmt.Sprintf("< Content-Length: %d", len(content)))
			require.Contains(t, told, "Re-using existing connection")
			body, told = a.curl("-I", url+"/"+name)
			require.Contains(t, told, fmt.Sprintf("< Content-Length: %d", len(content)))
			require.NotContains(t, told, "bytes remaining")
			require.Less(t, len(body), 1000)
		}
		body, told := a.curl(url + "/missing")
		require.Contains(t, told, "< HTTP/1.1 404")
		require.NotEmpty(t, body)
	})
	require.NotContains(t, a.Output(), "exited")
}

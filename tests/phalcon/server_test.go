// Package phalcon tests Phalcon applications on the binary's servers.
package phalcon

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// site is a server of testdata/server.php.
type site struct {
	*phalanxtest.Process
	t      *testing.T
	dir    string
	target string // where it moves uploads
	url    string
}

func prepare(t *testing.T, environment ...string) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir(), target: t.TempDir()}
	require.NoError(t, os.CopyFS(s.dir, os.DirFS("testdata")))
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "public", "large.txt"), bytes.Repeat([]byte("0123456789abcdef"), 1<<16), 0o600))
	port := phalanxtest.FreePorts(t, 1)[0]
	s.url = fmt.Sprintf("http://127.0.0.1:%d", port)
	s.Process = phalanxtest.Command(t)
	s.Cmd.Dir = s.dir
	s.Cmd.Env = append(s.Cmd.Env, fmt.Sprintf("PORT=%d", port), "TARGET="+s.target)
	s.Cmd.Env = append(s.Cmd.Env, environment...)
	return s
}

func serve(t *testing.T, environment ...string) *site {
	t.Helper()
	s := prepare(t, environment...)
	s.Cmd.Args = append(s.Cmd.Args, "server.php", "start")
	s.Start()
	s.WaitFor("Start success.")
	require.NoError(t, phalanxtest.Dial(t, strings.TrimPrefix(s.url, "http://")).Close())
	return s
}

type answer struct {
	status int
	header http.Header
	body   string
}

var client = &http.Client{
	Timeout:       phalanxtest.Patience,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func (s *site) do(method, path, contentType string, body io.Reader, header ...string) answer {
	req, err := http.NewRequest(method, s.url+path, body)
	if err != nil {
		s.t.Error(err)
		return answer{}
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer{body: err.Error()}
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Error(err)
	}
	return answer{resp.StatusCode, resp.Header, string(b)}
}

func (s *site) get(path string, header ...string) answer {
	return s.do(http.MethodGet, path, "", nil, header...)
}

func TestMicroIsServed(t *testing.T) {
	s := serve(t)
	a := s.get("/hello/w%C3%B6rld?a=1&b[]=2")
	require.Equal(t, 200, a.status, a.body)
	require.Contains(t, a.header.Get("Content-Type"), "application/json")
	require.JSONEq(t, `{"hello": "wörld", "query": {"a": "1", "b": ["2"]}}`, strings.ReplaceAll(a.body, `"w%C3%B6rld"`, `"wörld"`))

	a = s.get("/nothing/here")
	require.Equal(t, 404, a.status)

	a = s.get("/echo")
	require.Equal(t, 201, a.status)
	require.Equal(t, "echoed1", a.body)
	require.Equal(t, "c=v; HttpOnly; SameSite=Lax", a.header.Get("Set-Cookie"))

	a = s.do(http.MethodPut, "/raw", "application/x-www-form-urlencoded", strings.NewReader("a=b&c[]=d"))
	require.Equal(t, `a=b&c[]=d{"a":"b","c":["d"]}`, a.body)

	a = s.get("/who", "Proxy", "http://evil.example", "X-Forwarded-For", "6.6.6.6")
	require.JSONEq(t, fmt.Sprintf(`["127.0.0.1", %q, "http", "cli", {"SERVER_PROTOCOL": "HTTP/1.1", "SCRIPT_NAME": "/index.php"}]`,
		strings.TrimPrefix(s.url, "http://")), a.body)

	a = s.do(http.MethodHead, "/hello/x", "", nil)
	require.Equal(t, 404, a.status, "as upstream: the route is GET's alone")
	require.Empty(t, a.body)
}

func TestExitErrorsAndWarningsEndTheMessageAlone(t *testing.T) {
	s := serve(t)
	a := s.get("/exit")
	require.Equal(t, "gone, shut down", a.body)
	require.Equal(t, "yes", a.header.Get("X-Left"))

	a = s.get("/throw")
	require.Equal(t, 500, a.status)
	require.Equal(t, "<h1>Internal Server Error</h1>", a.body)
	require.Empty(t, a.header.Get("X-Lost"))
	s.WaitFor("LogicException: for the log only")
	require.JSONEq(t, `["x"]`, items(t, s.get("/add/x")), "the application that threw is gone with what it held")

	a = s.get("/warn")
	require.Equal(t, "fine", a.body)
	s.WaitFor("for the log too")

	// A fatal error takes the worker's script; the next one serves on.
	require.NotEqual(t, 200, s.get("/fatal").status)
	require.Eventually(t, func() bool { return s.get("/exit").body == "gone, shut down" }, phalanxtest.Patience, 20*time.Millisecond)
}

func TestDebugShowsWhatWasThrown(t *testing.T) {
	s := serve(t, "DEBUG=1")
	a := s.get("/throw")
	require.Equal(t, 500, a.status)
	require.Contains(t, a.body, "for the log only")
}

type added struct {
	Items  []string
	Visits int
	Own    bool
	URI    string
	Header string
}

func items(t *testing.T, a answer) string {
	t.Helper()
	var got added
	require.NoError(t, json.Unmarshal([]byte(a.body), &got), a.body)
	b, err := json.Marshal(got.Items)
	require.NoError(t, err)
	return string(b)
}

// Two users, one worker, in turn and at the same time: neither sees anything of the other.
func TestMessagesSeeNothingOfEachOther(t *testing.T) {
	s := serve(t)
	var last added
	for i := range 3 {
		a := s.get(fmt.Sprintf("/add/in-turn-%d", i))
		require.NoError(t, json.Unmarshal([]byte(a.body), &last), a.body)
		require.Equal(t, []string{fmt.Sprintf("in-turn-%d", i)}, last.Items)
	}
	require.Equal(t, 3, last.Visits, "what is named process-wide goes on")

	var wait sync.WaitGroup
	for i := range 40 {
		wait.Go(func() {
			item := fmt.Sprintf("item-%d", i)
			path := fmt.Sprintf("/add/%s?sleep=0.%02d", item, i*7%20)
			a := s.get(path)
			var got added
			if err := json.Unmarshal([]byte(a.body), &got); err != nil {
				t.Error(err, a.body)
				return
			}
			if len(got.Items) != 1 || got.Items[0] != item || !got.Own || got.URI != path || got.Header != item ||
				a.header.Get("X-Item") != item {
				t.Errorf("%s got %+v", path, got)
			}
		})
	}
	wait.Wait()
	require.NotEqual(t, "1", s.get("/made").body, "messages that waited have had applications of their own")
}

// PHP's own session files, whose lock would stop a worker's thread.
func TestSessionsOfInterleavedMessages(t *testing.T) {
	s := serve(t)
	first := strings.Fields(s.get("/session").body)
	require.Len(t, first, 2)
	require.Equal(t, "1", first[1])
	cookie := "PHPSESSID=" + first[0]
	var wait sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]bool{}
	for range 30 {
		wait.Go(func() {
			one := strings.Fields(s.get("/session", "Cookie", cookie).body)
			another := strings.Fields(s.get("/session").body)
			mu.Lock()
			defer mu.Unlock()
			if len(one) != 2 || one[0] != first[0] || len(another) != 2 || another[0] == first[0] || another[1] != "1" {
				t.Error(one, another)
				return
			}
			seen[one[1]] = true
		})
	}
	wait.Wait()
	require.Len(t, seen, 30, "each has counted once")
	require.Equal(t, first[0]+" 32", s.get("/session", "Cookie", cookie).body)
}

func TestFormsAndFiles(t *testing.T) {
	s := serve(t)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	require.NoError(t, w.WriteField("a[b]", "c"))
	for _, name := range []string{"one.txt", "../two.txt"} {
		part, err := w.CreateFormFile("files[]", name)
		require.NoError(t, err)
		_, err = io.WriteString(part, "content of "+name)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	a := s.do(http.MethodPost, "/form", w.FormDataContentType(), &form)
	require.JSONEq(t, `[{"a": {"b": "c"}}, [["files.0", "one.txt", 18, true, true], ["files.1", "two.txt", 21, true, true]]]`, a.body)
	content, err := os.ReadFile(filepath.Join(s.target, "two.txt"))
	require.NoError(t, err)
	require.Equal(t, "content of ../two.txt", string(content))

	a = s.get("/file")
	require.Equal(t, 1<<20, len(a.body))
	require.Contains(t, a.header.Get("Content-Disposition"), "a.txt")
}

func TestPublicFiles(t *testing.T) {
	s := serve(t)
	public := filepath.Join(s.dir, "public")
	require.NoError(t, os.WriteFile(filepath.Join(public, ".env"), []byte("secret"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(public, "x.php"), []byte("<?php secret"), 0o600))
	require.NoError(t, os.Symlink(filepath.Join(public, "x.php"), filepath.Join(public, "x.txt")))
	require.NoError(t, os.Symlink(filepath.Join(s.dir, "server.php"), filepath.Join(public, "outside.txt")))
	require.NoError(t, os.MkdirAll(filepath.Join(public, ".well-known"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(public, ".well-known", "a.txt"), []byte("known"), 0o600))

	require.Equal(t, "text/css", s.get("/style.css").header.Get("Content-Type"))
	require.Equal(t, "known", s.get("/.well-known/a.txt").body)
	for _, path := range []string{"/.env", "/x.php", "/x.PHP", "/x.txt", "/outside.txt", "/../server.php", "/%2e%2e/server.php",
		"/style.css%00.txt", "/..%5cserver.php", "/", "/.well-known/", "/.well-known/../.env"} {
		a := s.get(path)
		require.Equal(t, 404, a.status, path)
		require.NotContains(t, a.body, "secret", path)
	}
}

// The same script is a worker of FrankenPHP behind Caddy.
func TestServedByCaddy(t *testing.T) {
	s := prepare(t)
	caddyfile := fmt.Sprintf(`{
	auto_https off
	admin off
	frankenphp {
		worker {
			file %s/server.php
			num 1
		}
	}
}
%s {
	root * %s
	rewrite * /server.php
	php
}
`, s.dir, s.url, s.dir)
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "Caddyfile"), []byte(caddyfile), 0o600))
	s.Cmd.Args = append(s.Cmd.Args, "run", "--config", "Caddyfile")
	s.Cmd.Env = append(s.Cmd.Env, "XDG_DATA_HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
	s.Start()
	require.Eventually(t, func() bool { return s.get("/made").body == "1" }, phalanxtest.Patience, 20*time.Millisecond)
	for i := range 3 {
		require.JSONEq(t, fmt.Sprintf(`["item-%d"]`, i), items(t, s.get(fmt.Sprintf("/add/item-%d", i))))
	}
	require.Equal(t, 404, s.get("/nothing").status)
	require.Equal(t, 500, s.get("/throw").status)
	require.JSONEq(t, `["after"]`, items(t, s.get("/add/after")))
}

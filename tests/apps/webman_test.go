package apps

import (
	"bufio"
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// exchange is a request and what has to come back.
type exchange struct {
	name    string
	method  string // GET
	path    string
	headers map[string]string
	body    string
	status  int // 200
	want    string
	wanted  map[string]string // headers of the answer
	contain bool              // want is a part of the body
}

func (a *app) do(client *http.Client, e exchange) *http.Response {
	a.t.Helper()
	method := e.method
	if method == "" {
		method = http.MethodGet
	}
	r, err := http.NewRequest(method, a.url("/"), strings.NewReader(e.body))
	require.NoError(a.t, err)
	r.URL.Opaque = e.path // as it is, dots and all
	for name, value := range e.headers {
		r.Header.Set(name, value)
	}
	resp, err := client.Do(r)
	require.NoError(a.t, err, e.name)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(a.t, err, e.name)
	if e.status == 0 {
		e.status = http.StatusOK
	}
	require.Equal(a.t, e.status, resp.StatusCode, "%s: %s", e.name, body)
	if e.contain {
		require.Contains(a.t, string(body), e.want, e.name)
	} else {
		require.Equal(a.t, e.want, string(body), e.name)
	}
	for name, value := range e.wanted {
		require.Equal(a.t, value, resp.Header.Get(name), "%s: %s", e.name, name)
	}
	return resp
}

// The skeleton application: routes, controllers, middleware, views, static files, sessions, uploads, errors.
func TestWebman(t *testing.T) {
	a := prepare(t, "APPS_WEBMAN", "webman", 2)
	a.start("start.php")
	a.listening()
	client := &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	const by = "app\\controller\\TryController@"
	secret := map[string]string{"X-Key": "secret"}
	form := map[string]string{"X-Key": "secret", "Content-Type": "application/x-www-form-urlencoded"}

	for _, e := range []exchange{
		{name: "default controller", path: "/", contain: true, want: "<iframe", wanted: map[string]string{"X-Counted": "app\\controller\\IndexController@index"}},
		{name: "the skeleton's view", path: "/index/view", contain: true, want: "hello webman"},
		{name: "the skeleton's JSON", path: "/index/json", want: `{"code":0,"msg":"ok"}`, wanted: map[string]string{"Content-Type": "application/json"}},
		{name: "route with a parameter", path: "/hello/world", want: "hello world"},
		{name: "parameter that is encoded stays so", path: "/hello/%E4%BD%A0", want: "hello %E4%BD%A0"},
		{name: "route with another method", method: "POST", path: "/hello/world", status: 404, want: `{"no":"/hello/world"}`},
		{name: "route for all methods", method: "DELETE", path: "/any", want: "DELETE"},
		{name: "HEAD", method: "HEAD", path: "/any", want: "", wanted: map[string]string{"Content-Length": "4"}},
		{name: "middleware that refuses", path: "/api/item/5", status: 401, want: "no key"},
		{
			name: "middleware that changes request and answer", path: "/api/item/5", headers: secret,
			want: `{"id":5,"added":"by middleware","key":"hidden","url":"/api/item/7"}`, wanted: map[string]string{"X-Marked": "yes", "X-Counted": by + "item"},
		},
		{name: "parameter that does not fit", path: "/api/item/x", headers: secret, status: 404, want: `{"no":"/api/item/x"}`},
		{
			name: "form", method: "POST", path: "/api/item", headers: form, body: "a=1&b[]=2&b[]=3",
			status: 201, want: `{"all":{"added":"by middleware","a":"1","b":["2","3"]},"only":{"a":"1"}}`,
		},
		{
			name: "JSON body", method: "POST", path: "/api/item", headers: map[string]string{"X-Key": "secret", "Content-Type": "application/json"}, body: `{"a":{"b":[1,2]}}`,
			status: 201, want: `{"all":{"added":"by middleware","a":{"b":[1,2]}},"only":{"a":{"b":[1,2]}}}`,
		},
		{
			name: "all of the request", method: "POST", path: "/try/request?x=1&y[a]=2", body: "raw=1",
			headers: map[string]string{
				"X-Forwarded-For": "10.1.2.3", "Accept": "application/json", "Cookie": "a=b; c=d%20e", "Host": "example",
				"Content-Type": "application/x-www-form-urlencoded",
			},
			contain: true, want: `"get":{"x":"1","y":{"a":"2"}},"post":{"raw":"1"},"cookie":{"a":"b","c":"d%20e"},"raw":"raw=1","ajax":false,"json":true,"same":true,` +
				`"connection":"Workerman\\Connection\\TcpConnection","sapi":"cli","folder":true}`,
		},
		{name: "view", path: "/try/page", want: "<ul><li>&lt;a&gt;</li><li>b</li></ul>\n"},
		{name: "redirect", path: "/try/moved", status: 301, want: "", wanted: map[string]string{"Location": "/hello/there"}},
		{name: "no content", path: "/try/nothing", status: 204, want: ""},
		{name: "file", path: "/try/file", want: "some notes\n"},
		{name: "download", path: "/try/download", want: "some notes\n", wanted: map[string]string{"Content-Disposition": `attachment; filename="my notes.txt"`}},
		{name: "static file", path: "/notes.txt", want: "some notes\n", wanted: map[string]string{"Content-Type": "text/plain", "Content-Length": "11"}},
		{name: "exception", path: "/try/fail", status: 500, contain: true, want: "RuntimeException: it failed in "},
		{name: "exception as JSON", path: "/try/fail", headers: map[string]string{"Accept": "application/json"}, contain: true, want: `"msg": "it failed"`},
		{name: "warning", path: "/try/warn", status: 500, contain: true, want: "Undefined variable $undefined"},
		{name: "context of a request", path: "/try/context", want: "1"},
		{name: "context of the next one", path: "/try/context", want: "1"},
		{name: "no such path", path: "/none/such", status: 404, want: `{"no":"/none/such"}`},
		{name: "no such action", path: "/try/none", status: 404, want: `{"no":"/try/none"}`},
		{name: "above the root", path: "/../start.php", status: 404, want: `{"no":"/../start.php"}`},
	} {
		a.do(client, e)
	}

	t.Run("cookies", func(t *testing.T) {
		resp := a.do(client, exchange{path: "/try/cookie", want: "set"})
		require.Equal(t, []string{"one=a%20b; Max-Age=60; Path=/; HttpOnly", "two=2"}, resp.Header.Values("Set-Cookie"))
	})
	t.Run("a file that has not changed", func(t *testing.T) {
		for _, path := range []string{"/notes.txt", "/try/file"} {
			resp := a.do(client, exchange{path: path, want: "some notes\n"})
			since := map[string]string{"If-Modified-Since": resp.Header.Get("Last-Modified")}
			require.NotEmpty(t, since["If-Modified-Since"])
			a.do(client, exchange{path: path, headers: since, status: 304})
		}
	})
	t.Run("session", func(t *testing.T) {
		jar, err := cookiejar.New(nil)
		require.NoError(t, err)
		visitor := &http.Client{Timeout: patience, Jar: jar}
		a.do(visitor, exchange{path: "/try/login?user=ann", contain: true, want: `"all":{"user":"ann","visits":1}`})
		a.do(visitor, exchange{path: "/try/login?user=bob", contain: true, want: `"all":{"user":"bob","visits":2}`})
		a.do(visitor, exchange{path: "/try/logout", want: `{"was":"bob","all":[]}`})
		a.do(visitor, exchange{path: "/try/logout", want: `{"was":null,"all":[]}`})
	})
	t.Run("upload", func(t *testing.T) {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		require.NoError(t, w.WriteField("a", "1"))
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="paper"; filename="paper.txt"`}, "Content-Type": {"text/x-paper"},
		})
		require.NoError(t, err)
		_, err = io.WriteString(part, "on paper")
		require.NoError(t, err)
		require.NoError(t, w.Close())
		a.do(client, exchange{
			method: "POST", path: "/try/upload", headers: map[string]string{"Content-Type": w.FormDataContentType()}, body: body.String(),
			want: `{"name":"paper.txt","type":"text/x-paper","valid":true,"size":8,"post":{"a":"1"},"moved":"on paper"}`,
		})
	})
	t.Run("a process of another protocol", func(t *testing.T) {
		c := phalanxtest.Dial(t, a.Addr(1))
		_, err := io.WriteString(c, "abc\n")
		require.NoError(t, err)
		lines := bufio.NewScanner(c)
		for _, want := range []string{"hello", "cba"} {
			require.True(t, lines.Scan())
			require.Equal(t, want, lines.Text())
		}
		require.Eventually(t, func() bool {
			_, err := io.WriteString(c, "ticks\n")
			return err == nil && lines.Scan() && lines.Text() == "some"
		}, patience, poll)
	})
	t.Run("exit costs one worker", func(t *testing.T) {
		c := phalanxtest.Dial(t, a.Addr(0)) // the client would try again
		_, err := io.WriteString(c, "GET /try/leave HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		answer, err := io.ReadAll(c)
		require.NoError(t, err)
		if len(answer) > 0 { // Workerman closes the connection; we say so before
			require.Regexp(t, `^HTTP/1\.1 503 `, string(answer))
		}
		a.WaitFor("exit with status 768")
		a.do(client, exchange{path: "/hello/again", want: "hello again"})
	})
	t.Run("the file monitor reloads", func(t *testing.T) {
		before := strings.Count(a.Output(), "lines started: lines 0\n")
		a.edit("app/controller/TryController.php", "response('set')", "response('set anew')")
		later := time.Now().Add(2 * time.Second) // the monitor counts in seconds
		require.NoError(t, os.Chtimes(filepath.Join(a.Dir, "app/controller/TryController.php"), later, later))
		a.WaitFor("app/controller/TryController.php updated and reload\n")
		a.WaitFor("lines started: lines 0\n", before+1)
		require.Eventually(t, func() bool {
			resp, err := client.Get(a.url("/try/cookie"))
			if err != nil {
				return false
			}
			defer func() { _ = resp.Body.Close() }()
			body, err := io.ReadAll(resp.Body)
			return err == nil && string(body) == "set anew"
		}, patience, poll)
		require.NotContains(t, a.Output(), "Master process has gone away")
	})
	t.Run("commands", func(t *testing.T) {
		status, err := a.Command("start.php", "status").Run()
		require.NoError(t, err)
		require.Contains(t, status, "3 workers    4 processes\n")
		require.Regexp(t, `(?m)^webman +select +768 +1 *$`, status)
		_, err = a.Command("start.php", "stop").Run()
		require.NoError(t, err)
		a.WaitUntilEnded()
		require.Contains(t, a.Output(), "lines stopped\n")
		for _, file := range []string{"runtime/logs/workerman.log", "runtime/logs/webman-" + time.Now().In(shanghai(t)).Format("2006-01-02") + ".log"} {
			require.FileExists(t, filepath.Join(a.Dir, file))
		}
		require.NoFileExists(t, filepath.Join(a.Dir, "runtime/webman.pid"))
	})
}

// shanghai is the zone of the skeleton's configuration.
func shanghai(t *testing.T) *time.Location {
	t.Helper()
	location, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	return location
}

package apps

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"testing"

	"github.com/stretchr/testify/require"
)

// AdapterMan runs applications written for PHP-FPM: it puts an HTTP parser of its own in place of Workerman's, with
// class_alias(), and functions of its own in place of header(), setcookie(), session_start() ..., which its php.ini
// disables. The script is that of its own tests.
func TestAdapterMan(t *testing.T) {
	a := prepare(t, "APPS_ADAPTERMAN", "", 1)
	a.edit("tests/AdaptermanServer.php", "0.0.0.0:8080", a.Addr(0))
	a.Process = a.Command("-c", "cli-php.ini", "tests/AdaptermanServer.php", "start")
	a.Start()
	a.WaitFor("Start success.")
	a.listening()
	require.Contains(t, a.Output(), " OK\n")
	client := &http.Client{Timeout: patience}
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	for _, e := range []exchange{
		{name: "GET", path: "/get?a=1&b[]=2", want: `{"a":"1","b":["2"]}`, wanted: map[string]string{"Server": "workerman"}},
		{name: "POST", method: "POST", path: "/post", headers: form, body: "a=1&b[x]=3", want: `{"a":"1","b":{"x":"3"}}`},
		{name: "JSON", method: "POST", path: "/post", headers: map[string]string{"Content-Type": "application/json"}, body: `{"a":[1]}`, want: `{"a":[1]}`},
		{name: "another method", method: "PUT", path: "/method", body: "x", want: "PUT"},
		{name: "its own getallheaders()", path: "/headers", headers: map[string]string{"X-Test": "v"}, contain: true, want: `"X-Test":"v"`},
		{name: "address", path: "/server_ip", want: "127.0.0.1"},
		{name: "cookies that come", path: "/cookies", headers: map[string]string{"Cookie": "a=b"}, want: `{"a":"b"}`},
		{name: "a cookie that goes", path: "/cookies?set[a]=b%20c", want: `[]`, wanted: map[string]string{"Set-Cookie": "a=b%20c"}},
		{name: "status", path: "/none", status: 404, want: "404 Not Found"},
	} {
		a.do(client, e)
	}

	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="f"; filename="a.txt"`}, "Content-Type": {"text/plain"},
	})
	require.NoError(t, err)
	_, err = io.WriteString(part, "abc")
	require.NoError(t, err)
	require.NoError(t, w.Close())
	a.do(client, exchange{
		method: "POST", path: "/upload", headers: map[string]string{"Content-Type": w.FormDataContentType()}, body: body.String(),
		contain: true, want: `{"f":{"name":"a.txt","full_path":"a.txt","size":3,`,
	})
	r, err := http.NewRequest(http.MethodPost, a.url("/post"), io.NopCloser(bytes.NewReader([]byte("hello=1")))) // chunked
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := client.Do(r)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, `{"hello":"1"}`, string(answer))
}

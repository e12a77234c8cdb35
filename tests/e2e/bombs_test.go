package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Small requests that would be made into large things, or into things that take long to make.
func TestBombs(t *testing.T) {
	t.Parallel()
	a := serve(t, "bombs.php", 1)
	type counts struct{ Get, Post, Cookie, Header, File, PID, Memory int }
	ask := func(t *testing.T, request string) (int, counts) {
		t.Helper()
		c := a.dial(0)
		require.NoError(t, c.SetDeadline(time.Now().Add(patience)))
		go func() { _, _ = io.WriteString(c, request) }()
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		require.NoError(t, err)
		var got counts
		if resp.StatusCode == 200 {
			require.NoError(t, json.NewDecoder(resp.Body).Decode(&got))
		}
		return resp.StatusCode, got
	}
	get := func(target string, lines ...string) string {
		return "GET " + target + " HTTP/1.1\r\n" + strings.Join(append([]string{"Host: x"}, lines...), "\r\n") + "\r\n\r\n"
	}
	form := func(kind, body string) string {
		return fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", kind, len(body), body)
	}
	list := func(n int, format, between string) string {
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprintf(format, i)
		}
		return strings.Join(all, between)
	}
	const urlencoded, multipart = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
	part := "--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\nx\r\n"
	_, first := ask(t, get("/"))
	// Numbers whose low 16 bits are 0 land in one bucket of a PHP array.
	colliding := make([]string, 60000)
	for i := range colliding {
		colliding[i] = fmt.Sprintf("%d=", uint64(i)<<16)
	}
	for _, tt := range []struct {
		name, request string
		status        int
		most          counts
	}{
		{"10,000 cookies", get("/", "Cookie: "+list(10000, "c%d=1", "; ")), 431, counts{}},
		{"as many cookies as a head holds", get("/", "Cookie: "+list(2000, "c%d=1", ";")), 200, counts{Cookie: 2000}},
		{"10,000 headers", get("/", strings.Split(list(10000, "a%d: 1", ","), ",")...), 431, counts{}},
		{"a query of variables", get("/?" + list(1300, "%d&", "")), 200, counts{Get: 1000}},
		{"200,000 variables", form(urlencoded, list(200000, "v%d=1", "&")), 200, counts{Post: 1001}},
		{"variables that collide", form(urlencoded, strings.Join(colliding, "&")), 200, counts{Post: 1001}},
		{"deep nesting", form(urlencoded, "a"+strings.Repeat("[b]", 100000)+"=1"), 200, counts{Post: 70}},
		{"brackets that do not close", form(urlencoded, "a"+strings.Repeat("[", 100000)+"=1"), 200, counts{Post: 70}},
		{"a hundred thousand parts", form(multipart, strings.Repeat(fmt.Sprintf(part, "a[]"), 100000)+"--b--\r\n"), 200, counts{Post: 1025}},
		{"parts of other names", form(multipart, list(20000, strings.Replace(part, "%s", "n%d", 1), "")+"--b--\r\n"), 200, counts{Post: 1025}},
		{"a part's name that nests", form(multipart, fmt.Sprintf(part, "a"+strings.Repeat("[b]", 100000))+"--b--\r\n"), 200, counts{Post: 70}},
		{"a part with many header lines", form(multipart, "--b\r\n"+strings.Repeat("A: b\r\n", 100000)+"\r\nx\r\n--b--\r\n"), 200, counts{Post: 1}},
		{"no last boundary", form(multipart, strings.Repeat(fmt.Sprintf(part, "a[]"), 1000)), 200, counts{Post: 1025}},
		{"nothing but boundaries", form(multipart, strings.Repeat("--b\r\n", 500000)), 200, counts{Post: 1025}},
		{"a boundary of 8,000 bytes", form("multipart/form-data; boundary="+strings.Repeat("b", 8000), strings.Repeat("-", 1<<20)), 200, counts{}},
		{"a boundary of nothing", form("multipart/form-data; boundary=", strings.Repeat("--\r\n", 100000)), 200, counts{Post: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, got := ask(t, tt.request)
			require.Equal(t, tt.status, status)
			require.LessOrEqual(t, got.Get, tt.most.Get)
			require.LessOrEqual(t, got.Post, tt.most.Post)
			require.LessOrEqual(t, got.Cookie, tt.most.Cookie)
			require.Zero(t, got.File)
		})
	}
	_, last := ask(t, get("/"))
	require.Equal(t, first.PID, last.PID)
	require.Less(t, last.Memory, first.Memory+16, "MiB of PHP's memory, when all is over")
	require.NotContains(t, a.Output(), "exit with status")
}

package manual

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// exchange writes and expects exactly these bytes back.
func exchange(t *testing.T, c net.Conn, write, want string) {
	t.Helper()
	_, err := io.WriteString(c, write)
	require.NoError(t, err)
	got := make([]byte, len(want))
	n, err := io.ReadFull(c, got)
	require.NoError(t, err, "received %q", got[:n])
	require.Equal(t, want, string(got))
}

// get fetches a path; the connection is used once.
func (a *app) get(i int, path string) (*http.Response, string) {
	a.t.Helper()
	r, err := http.NewRequest(http.MethodGet, "http://"+a.Addr(i)+path, nil)
	require.NoError(a.t, err)
	return a.do(http.DefaultClient, r)
}

func (a *app) do(client *http.Client, r *http.Request) (*http.Response, string) {
	a.t.Helper()
	_ = a.Dial(portOf(a, r)).Close() // waits for the listener
	client.Timeout = patience
	resp, err := client.Do(r)
	require.NoError(a.t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(a.t, err)
	return resp, string(body)
}

func portOf(a *app, r *http.Request) int {
	for i := range a.Ports {
		if r.URL.Host == a.Addr(i) {
			return i
		}
	}
	return 0
}

func TestHTTPHello(t *testing.T) {
	a := start(t, "http-hello.php", 1)
	for range 8 {
		resp, body := a.get(0, "/")
		require.Equal(t, 200, resp.StatusCode)
		require.Equal(t, "hello world", body)
	}
	require.Regexp(t, `Workerman\[http-hello\.php\] start in DEBUG mode`, a.Output())
	require.Contains(t, a.Output(), fmt.Sprintf("http://%s", a.Addr(0)))

	c := a.Dial(0) // pipelined, over one connection
	_, err := io.WriteString(c, strings.Repeat("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 5))
	require.NoError(t, err)
	r := bufio.NewReader(c)
	for range 5 {
		resp, err := http.ReadResponse(r, nil)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Equal(t, "hello world", string(body))
	}
}

func TestHTTPRequest(t *testing.T) {
	a := start(t, "http-request.php", 1)
	for path, want := range map[string]string{
		"/get?name=ann": "ann", "/default": "tom", "/method": "GET", "/query?a=1&b=2": "a=1&b=2", "/version": "1.1",
		"/other?x": "/other?x", "/host": "127.0.0.1", "/ip": fmt.Sprintf("127.0.0.1 %d", a.Ports[0]),
	} {
		_, body := a.get(0, path)
		require.Equal(t, want, body, path)
	}
	url := "http://" + a.Addr(0)
	r, err := http.NewRequest(http.MethodPost, url+"/post", strings.NewReader("a=1&b[]=2"))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_, body := a.do(http.DefaultClient, r)
	require.Equal(t, "array (\n  'a' => '1',\n  'b' => \n  array (\n    0 => '2',\n  ),\n)", body)

	r, err = http.NewRequest(http.MethodPut, url+"/body", strings.NewReader("raw bytes"))
	require.NoError(t, err)
	_, body = a.do(http.DefaultClient, r)
	require.Equal(t, "raw bytes", body)

	r, err = http.NewRequest(http.MethodGet, url+"/header", nil)
	require.NoError(t, err)
	r.Header.Set("X-Test", "value")
	_, body = a.do(http.DefaultClient, r)
	require.Equal(t, "value", body)

	r, err = http.NewRequest(http.MethodGet, url+"/cookie", nil)
	require.NoError(t, err)
	r.AddCookie(&http.Cookie{Name: "name", Value: "ann"})
	_, body = a.do(http.DefaultClient, r)
	require.Equal(t, "ann", body)

	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("upload", "a.txt")
	require.NoError(t, err)
	_, err = io.WriteString(part, "the file")
	require.NoError(t, err)
	require.NoError(t, w.Close())
	r, err = http.NewRequest(http.MethodPost, url+"/file", &form)
	require.NoError(t, err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	_, body = a.do(http.DefaultClient, r)
	require.Equal(t, "the file", body)
}

func TestHTTPResponse(t *testing.T) {
	a := start(t, "http-response.php", 1)
	resp, body := a.get(0, "/404")
	require.Equal(t, 404, resp.StatusCode)
	require.Equal(t, "<h1>Sorry, the file does not exist</h1>", body)

	resp, body = a.get(0, "/headers")
	require.Equal(t, "this is body", body)
	require.Equal(t, "Header Value", resp.Header.Get("X-Header-One"))
	require.Equal(t, "Another", resp.Header.Get("X-Header-Two"))
	require.Equal(t, "text/plain", resp.Header.Get("Content-Type"))

	resp, _ = a.get(0, "/cookie")
	require.Equal(t, "name=tom", resp.Header.Get("Set-Cookie"))

	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := http.NewRequest(http.MethodGet, "http://"+a.Addr(0)+"/redirect", nil)
	require.NoError(t, err)
	resp, _ = a.do(client, r)
	require.Equal(t, 302, resp.StatusCode)
	require.Equal(t, "/test_location", resp.Header.Get("Location"))

	source, err := os.ReadFile("http-response.php")
	require.NoError(t, err)
	_, body = a.get(0, "/file")
	require.Equal(t, string(source), body)

	resp, body = a.get(0, "/chunked")
	require.Equal(t, []string{"chunked"}, resp.TransferEncoding)
	require.Equal(t, "hellofirst partsecond part", body)

	_, body = a.get(0, "/close")
	require.Equal(t, "this is the end", body)

	// A request that asks for it gets the connection closed, whatever kind of answer it had.
	for _, path := range []string{"/", "/headers", "/file", "/chunked"} {
		c := a.Dial(0)
		_, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		require.NoError(t, err)
		all, err := io.ReadAll(c)
		require.NoError(t, err, path)
		require.Contains(t, string(all), "HTTP/1.1 200 OK", path)
	}
}

func TestHTTPServerSentEvents(t *testing.T) {
	a := start(t, "http-sse.php", 1)
	_, body := a.get(0, "/")
	require.Equal(t, "ok", body)
	r, err := http.NewRequest(http.MethodGet, "http://"+a.Addr(0)+"/", nil)
	require.NoError(t, err)
	r.Header.Set("Accept", "text/event-stream")
	resp, err := (&http.Client{Timeout: patience, Transport: &http.Transport{}}).Do(r)
	require.NoError(t, err)
	require.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	lines := bufio.NewScanner(resp.Body)
	for _, want := range []string{"event: message", "data: hello", "id: 1"} {
		for lines.Scan() && lines.Text() != want {
		}
		require.Equal(t, want, lines.Text())
	}
	_ = resp.Body.Close()
	a.WaitFor("peer gone")
}

func TestHTTPSession(t *testing.T) {
	a := start(t, "http-session.php", 1)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := &http.Client{Jar: jar}
	for _, step := range [][2]string{{"/", "nobody"}, {"/set", "tom"}, {"/", "tom"}} {
		r, err := http.NewRequest(http.MethodGet, "http://"+a.Addr(0)+step[0], nil)
		require.NoError(t, err)
		_, body := a.do(client, r)
		require.Equal(t, step[1], body)
	}
	_, body := a.get(0, "/")
	require.Equal(t, "nobody", body, "another client has another session")
}

func TestTCPHello(t *testing.T) {
	a := start(t, "tcp-hello.php", 1)
	c := a.Dial(0)
	exchange(t, c, "tom", "hello tom")
	exchange(t, c, "ann", "hello ann")
	a.WaitFor("from " + c.LocalAddr().String())
}

func TestTCPProtocol(t *testing.T) {
	a := start(t, "tcp-protocol.php", 2)
	_, body := a.get(0, "/path")
	require.Equal(t, "hello /path", body)
	_, body = a.get(1, "/path")
	require.Equal(t, "other /path", body)
}

func TestTextAndFrame(t *testing.T) {
	a := start(t, "text-frame.php", 2)
	text := a.Dial(0)
	exchange(t, text, "abc\ndefg\n", "abc\n3\ndefg\n4\n")
	exchange(t, text, "cut", "")
	exchange(t, text, " off\n", "cut off\n7\n")
	frame := a.Dial(1)
	exchange(t, frame, "\x00\x00\x00\x07tom\x00\x00\x00\x07ann", "\x00\x00\x00\x0dhello tom\x00\x00\x00\x0dhello ann")
}

func TestUDP(t *testing.T) {
	a := start(t, "udp.php", 2)
	for i, want := range []string{"get tom from 127.0.0.1", "Hello tom\n"} {
		c, err := net.Dial("udp", a.Addr(i))
		require.NoError(t, err)
		defer func() { _ = c.Close() }()
		got := make([]byte, 100)
		n := 0
		require.Eventually(t, func() bool { // a datagram sent before the worker listens is lost
			_, _ = io.WriteString(c, []string{"tom", "tom\n"}[i])
			_ = c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
			n, err = c.Read(got)
			return err == nil
		}, patience, time.Millisecond)
		require.Equal(t, want, string(got[:n]))
	}
}

func TestUnix(t *testing.T) {
	a := start(t, "unix.php", 1)
	path := filepath.Join(a.Dir, "my.sock")
	var c net.Conn
	require.Eventually(t, func() bool {
		var err error
		c, err = net.Dial("unix", path)
		return err == nil
	}, patience, 5*time.Millisecond)
	require.NoError(t, c.SetDeadline(time.Now().Add(patience)))
	exchange(t, c, "tom", "hello tom")
	require.NoError(t, c.Close())
	a.Stop()
	require.NoFileExists(t, path)
}

func TestProtocols(t *testing.T) {
	a := start(t, "protocols.php", 4)
	json := a.Dial(0)
	exchange(t, json, `{"a":1}`+"\n"+`{"b":`, `{"code":0,"msg":"ok"}`+"\n")
	exchange(t, json, "2}\n", `{"code":0,"msg":"ok"}`+"\n")
	a.WaitFor(`{"a":1}`)
	a.WaitFor(`{"b":2}`)

	size := func(s string) string { return string(binary.BigEndian.AppendUint32(nil, uint32(len(s)+4))) + s }
	exchange(t, a.Dial(1), size("[1,2]"), size(`{"got":[1,2]}`))

	body := "<person><name>tom</name></person>"
	exchange(t, a.Dial(2), fmt.Sprintf("%010d%s", len(body)+10, body), "0000000028"+"<reply>tom</reply>")

	file := strings.Repeat("0123456789", 200_000) // a message far beyond one read
	head := binary.BigEndian.AppendUint32(nil, uint32(5+len("up.txt")+len(file)))
	up := a.Dial(3)
	exchange(t, up, string(head)+"\x06up.txt"+file, "upload success. size 2000000")

	// A length over the limit ends the connection before a byte of the body is stored.
	bad := a.Dial(3)
	_, err := io.WriteString(bad, "\x7f\xff\xff\xff\x01a")
	require.NoError(t, err)
	_, err = bad.Read(make([]byte, 1))
	require.Error(t, err)
	a.WaitFor("Protocol Protocols\\BinaryTransfer Error package. package_length=2147483647")
}

func TestTimers(t *testing.T) {
	a := start(t, "timers.php", 0)
	a.WaitFor("timers left: 0")
	out := a.Output()
	for text, times := range map[string]int{
		"closure ": 3, "method ": 3, "deleted": 1, "send mail to workerman: hello": 1, "static to workerman": 1,
		"\nslept": 1,
	} {
		require.Equal(t, times, strings.Count(out, text), text)
	}
}

func TestWorkerIDs(t *testing.T) {
	a := start(t, "worker-ids.php", 2)
	for _, line := range []string{
		"worker1->id=0", "worker1->id=1", "worker1->id=2", "worker2->id=0 of 1", "worker2->id=1 of 1",
	} {
		a.WaitFor(line)
	}
	_, body := a.get(0, "/")
	require.Equal(t, "hello http", body)
	c := a.connect(1)
	c.send("x")
	require.Equal(t, "hello websocket", c.next().text)
}

func TestInnerListen(t *testing.T) {
	a := start(t, "inner-listen.php", 2)
	exchange(t, a.Dial(0), "x\n", "hello\n\n")
	for range 4 {
		_, body := a.get(1, "/")
		require.Equal(t, "hello\n", body)
	}
}

func TestStopAll(t *testing.T) {
	a := start(t, "stop-all.php", 1)
	for round := range 2 {
		for n := range 3 {
			_, body := a.get(0, "/")
			require.Equal(t, fmt.Sprint("hello http ", n+1), body)
		}
		a.WaitFor("stopped 0", round+1)
		a.WaitFor("started 0", round+2)
	}
}

func TestReload(t *testing.T) {
	a := start(t, "reload.php", 2)
	generation := func(n string) {
		require.NoError(t, os.WriteFile(filepath.Join(a.Dir, "generation"), []byte(n), 0o600))
	}
	generation("1")
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
	a.WaitFor("master reloads")
	a.WaitFor("exited with 0")
	_, body := a.get(1, "/")
	require.Equal(t, "generation 1", body)

	stays := a.connect(0)
	generation("2")
	require.Eventually(t, func() bool { // one that comes while another ends may see the old code
		require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
		time.Sleep(50 * time.Millisecond)
		_, body := a.get(1, "/")
		return body == "generation 2"
	}, patience, 5*time.Millisecond)
	require.Equal(t, "worker reloading", stays.next().text)
	stays.send("still here")
	a.Stop()
	require.Contains(t, a.Output(), "master stops")
	require.Contains(t, a.Output(), "Workerman[reload.php] has been stopped")
}

func TestHeartbeat(t *testing.T) {
	a := start(t, "heartbeat.php", 1)
	stranger, friend := a.Dial(0), a.Dial(0)
	exchange(t, friend, "login\n", "welcome\n")
	exchange(t, stranger, "", "not logged in\n")
	exchange(t, friend, "", "no heartbeat\n")
	_, err := friend.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
}

func TestPauseAndResume(t *testing.T) {
	a := start(t, "pause-resume.php", 1)
	exchange(t, a.Dial(0), "1\n2\n3\n4\n", "1\n2\nresumed\n3\n4\n")
}

func TestCallbacks(t *testing.T) {
	a := start(t, "callbacks.php", 3)
	for i, want := range []string{"function", "object", "class"} {
		_, body := a.get(i, "/")
		require.Equal(t, want, body)
	}
}

func TestBuffers(t *testing.T) {
	a := start(t, "buffers.php", 1)
	c := a.Dial(0)
	_, err := io.WriteString(c, "go\n")
	require.NoError(t, err)
	a.WaitFor("bufferFull")
	_, err = io.WriteString(c, "again\n")
	require.NoError(t, err)
	a.WaitFor("error 2 send buffer full and drop package")
	r := bufio.NewReaderSize(c, 1<<16)
	line, err := r.ReadString('\n')
	require.NoError(t, err)
	require.Len(t, line, 16<<20+1)
	line, err = r.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "drained\n", line)
	a.WaitFor("buffer drain")
}

// Connections: a protocol of their own, who logs in, IPv6, a worker that ends after so many requests.
func TestConnections(t *testing.T) {
	a := start(t, "connections.php", 4)
	_, body := a.get(0, "/?name=ann")
	require.Equal(t, "hello ann", body)

	late := a.Dial(1)
	exchange(t, late, "", "too late\n")
	first, second := a.Dial(1), a.Dial(1)
	answer, others := bufio.NewReader(first), bufio.NewReader(second)
	for c, r := range map[net.Conn]*bufio.Reader{first: answer, second: others} {
		_, err := io.WriteString(c, "login\n")
		require.NoError(t, err)
		line, err := r.ReadString('\n')
		require.NoError(t, err)
		require.Regexp(t, `^welcome \d+ of \d 1000 2097152\n$`, line)
	}
	_, err := io.WriteString(first, "hi\n")
	require.NoError(t, err)
	for _, r := range []*bufio.Reader{answer, others} {
		line, err := r.ReadString('\n')
		require.NoError(t, err)
		require.Regexp(t, `^\d+ says to \d+: 6869\n$`, line)
	}
	_, err = io.WriteString(first, "destroy\n")
	require.NoError(t, err)
	rest, err := io.ReadAll(answer)
	require.NoError(t, err)
	require.Empty(t, rest)
	_, err = io.WriteString(second, strings.Repeat("x", 2000)) // more than defaultMaxPackageSize, without an end
	require.NoError(t, err)
	_, err = io.ReadAll(others)
	require.True(t, err == nil || errors.Is(err, syscall.ECONNRESET), "%v", err)

	for n := range 7 { // three for each life
		require.Eventually(t, func() bool {
			resp, err := http.Get(fmt.Sprintf("http://[::1]:%d/", a.Ports[2]))
			if err != nil {
				return false
			}
			defer func() { _ = resp.Body.Close() }()
			got, err := io.ReadAll(resp.Body)
			if err != nil || string(got) != fmt.Sprintf(`[%d,"[::1]","[::1]",true,false]`, n%3+1) {
				return false
			}
			return true
		}, patience, 10*time.Millisecond, "request %d", n)
	}

	flash := a.Dial(3)
	exchange(t, flash, "client", "policy for client\x00")
	rest, err = io.ReadAll(flash)
	require.NoError(t, err)
	require.Empty(t, rest)
}

package e2e_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// peer is the server that PHP's client talks to.
type peer struct {
	*httptest.Server
	waiting, gone atomic.Int64  // requests of /hang, and those that were given up
	now           atomic.Int64  // requests at the same time
	together      atomic.Int64  // requests of /together
	all           chan struct{} // closed when as many have come
	counted       atomic.Int64  // bytes of bodies that /count has read
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	p := &peer{all: make(chan struct{})}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *peer) serve(w http.ResponseWriter, r *http.Request) {
	p.now.Add(1)
	defer p.now.Add(-1)
	name, argument, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	number, _ := strconv.Atoi(argument)
	flush := w.(http.Flusher).Flush
	switch name {
	case "echo":
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"method": r.Method, "uri": r.RequestURI, "header": r.Header, "length": r.ContentLength,
			"chunked": len(r.TransferEncoding) > 0, "body": string(body)})
	case "length":
		w.Header().Set("Content-Length", "5")
	case "count":
		n, _ := io.Copy(counting{&p.counted}, r.Body)
		_, _ = fmt.Fprint(w, n)
	case "form":
		_ = r.ParseMultipartForm(1 << 20)
		files := []string{}
		for field, all := range r.MultipartForm.File {
			for _, f := range all {
				files = append(files, fmt.Sprintf("%s %s %s %d", field, f.Filename, f.Header.Get("Content-Type"), f.Size))
			}
		}
		slices.Sort(files)
		_ = json.NewEncoder(w).Encode(map[string]any{"fields": r.MultipartForm.Value, "files": files})
	case "status":
		w.WriteHeader(number)
		_, _ = io.WriteString(w, "the reason")
	case "together":
		if p.together.Add(1) == int64(number) {
			close(p.all)
		}
		select {
		case <-p.all:
		case <-r.Context().Done():
		}
	case "slow":
		time.Sleep(100 * time.Millisecond)
		_, _ = io.WriteString(w, "slow")
	case "bytes":
		for ; number > 0; number -= 1 << 16 {
			_, _ = w.Write(make([]byte, min(number, 1<<16)))
		}
	case "redirect":
		if number > 0 {
			http.Redirect(w, r, fmt.Sprintf("/redirect/%d", number-1), http.StatusFound)
		}
	case "cookie":
		http.SetCookie(w, &http.Cookie{Name: "c", Value: "1", Path: "/"})
	case "drip":
		for i := range 3 {
			_, _ = fmt.Fprintf(w, "drip%d", i)
			flush()
		}
	case "lines":
		_, _ = io.WriteString(w, "one\ntwo\r\nthree")
	case "events":
		_, _ = io.WriteString(w, "id: 1\ndata: hello\n\nevent: news\ndata: more\n\n")
	case "endless":
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				break
			}
		}
		p.gone.Add(1)
	case "hang":
		p.waiting.Add(1)
		if argument == "body" {
			_, _ = io.WriteString(w, "begun")
			flush()
		}
		<-r.Context().Done()
		p.gone.Add(1)
	default:
		_, _ = io.WriteString(w, "hello")
	}
}

// counting is a writer that only counts.
type counting struct{ n *atomic.Int64 }

func (c counting) Write(b []byte) (int, error) {
	c.n.Add(int64(len(b)))
	return len(b), nil
}

// script runs a script of testdata/httpclient to its end.
func (p *peer) script(t *testing.T, name string, env ...string) string {
	t.Helper()
	run := phalanxtest.Command(t, "testdata/httpclient/"+name)
	run.Cmd.Env = append(run.Cmd.Env, append(env, "SERVER="+p.URL)...)
	out, err := run.Run()
	require.NoError(t, err, out)
	return out
}

func TestHTTPClientFeatures(t *testing.T) {
	require.Equal(t, "all is well\n", newPeer(t).script(t, "features.php"))
}

func (p *peer) serve1(t *testing.T) *app {
	t.Helper()
	return serve(t, "httpclient/worker.php", 1, "SERVER="+p.URL)
}

// Calls of one worker wait side by side, and the worker serves others meanwhile.
func TestHTTPClientManyCallsAtOnce(t *testing.T) {
	p := newPeer(t)
	a := p.serve1(t)
	// The peer answers nobody before 250 are there; the client has 256 connections to a host.
	require.Regexp(t, `^500 [0-9.]+$`, a.get(0, "/many?n=500"))
}

// Bodies of 300 MB pass without being held in memory, and at PHP's pace.
func TestHTTPClientStreamsOfAnySize(t *testing.T) {
	p := newPeer(t)
	a := p.serve1(t)
	require.Equal(t, "1000000", a.get(0, "/down?n=1000000"))
	require.Equal(t, "1000000", a.get(0, "/up?n=1000000"))
	before := a.peakMemory()
	const size = 300 << 20
	patient := http.Client{Timeout: 3 * patience}
	for _, path := range []string{"/down", "/up"} {
		resp, err := patient.Get(a.url(0, fmt.Sprintf("%s?n=%d", path, size)))
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, strconv.Itoa(size), string(body))
	}
	patient.CloseIdleConnections()
	require.Less(t, a.peakMemory()-before, 40<<20)
}

// What nobody waits for any more lets go of its connection.
func TestHTTPClientGivesUp(t *testing.T) {
	p := newPeer(t)
	a := p.serve1(t)
	_, _ = a.tryGet(0, "/hang") // its time limit
	require.Equal(t, "begun", a.get(0, "/leave"))
	require.Eventually(t, func() bool { return p.gone.Load() == 2 }, patience, time.Millisecond)
	require.Eventually(t, func() bool { return strings.Contains(a.get(0, "/stats"), `"connectionsOpen":0`) }, patience, 10*time.Millisecond)

	// A worker that stops at once gives up as well.
	c := a.dial(0)
	_, err := io.WriteString(c, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	require.Eventually(t, func() bool { return p.waiting.Load() == 3 }, patience, time.Millisecond)
	a.Stop()
	require.Eventually(t, func() bool { return p.gone.Load() == 3 }, patience, time.Millisecond)
}

// A graceful reload waits for the calls under way; the next script uses the same connections.
func TestHTTPClientReload(t *testing.T) {
	p := newPeer(t)
	a := p.serve1(t)
	require.Equal(t, "slow", a.get(0, "/slow"))
	c := a.dial(0)
	_, err := io.WriteString(c, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	require.Eventually(t, func() bool { return p.now.Load() > 0 }, patience, time.Millisecond)
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR2))
	head := make([]byte, 15)
	_, err = io.ReadFull(c, head)
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 200 OK", string(head))
	require.Eventually(t, func() bool { return a.get(0, "/slow") == "slow" }, patience, 10*time.Millisecond)
	var stats struct{ ConnectionsOpened int }
	a.json("/stats", &stats)
	require.LessOrEqual(t, stats.ConnectionsOpened, 2, "a new script uses the connections that are there")
}

func TestWorkermanHTTPClient(t *testing.T) {
	p := newPeer(t)
	a := prepare(t, 0, "SERVER="+p.URL)
	a.start("httpclient/dropin.php", "start")
	for _, said := range []string{
		"answer: NULL", "get: 200 OK application/json GET workerman/http-client false",
		"post: POST /echo a=1&b=x+y application/x-www-form-urlencoded", "query: GET /echo?x=1&y=2  no type",
		"put: PUT /echo {} application/json", "error: RuntimeException 1", "bad: RuntimeException invalid url: nonsense",
		"late: 128 read HOST timeout after 1 seconds", "end: drip0drip1drip2", "redirected: 200",
		"redirects: 302 /redirect/1", `form: {"j":["1"]} file dropin.php application/octet-stream SIZE`, "queued: 2 2", "queue: 0",
		"waited: hello", "waited: k=v", "thrown: 1", "thrown: 0", "one by one: slow,slow,slow", "parallel 0: 200", "parallel 1: 404",
		"parallel bad: RuntimeException", "thrown: RuntimeException", "end of coroutines",
	} {
		a.WaitFor(said + "\n")
	}
	require.Regexp(t, `(?s)head: 200 \[\] chunked true\n.*piece: drip0.*end: drip0`, a.Output())
}

// PSR-18, with the messages of two implementations.
func TestPSR18Client(t *testing.T) {
	p := newPeer(t)
	clients := debian(t, "php-psr-http-client", "Psr/Http/Client/autoload.php")
	for name, messages := range map[string]string{
		`Nyholm\Psr7\Response`:     debian(t, "php-nyholm-psr7", "Nyholm/Psr7/autoload.php"),
		`GuzzleHttp\Psr7\Response`: debian(t, "php-guzzlehttp-psr7", "GuzzleHttp/Psr7/autoload.php"),
	} {
		require.Equal(t, "a client\n"+name+" 200 application/json PUT /echo?a=b text 4 1,2\n3000000\n302 500\n"+
			"network Phalanx\\Http\\Exception\\ConnectException of this request\n"+
			"request Phalanx\\Http\\Exception\\ResponseTooLargeException of this request\n"+
			"request Phalanx\\Http\\Exception\\InvalidRequestException of this request\n",
			p.script(t, "psr18.php", "MESSAGES="+messages+":"+clients))
	}
}

// debian is the autoload file of a Debian package, which is unpacked if need be.
func debian(t *testing.T, name, file string) string {
	t.Helper()
	folder, err := exec.Command("../php/debian-tool.sh", "bookworm", name).Output()
	require.NoError(t, err)
	return filepath.Join(strings.TrimSpace(string(folder)), "usr/share/php", file)
}

package e2e_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// peer is the server that PHP's client talks to.
type peer struct {
	*httptest.Server
	waiting, gone atomic.Int64 // requests of /hang, and those that were given up
	most, now     atomic.Int64 // requests at the same time
	counted       atomic.Int64 // bytes of bodies that /count has read
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	p := &peer{}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *peer) serve(w http.ResponseWriter, r *http.Request) {
	n := p.now.Add(1)
	defer p.now.Add(-1)
	for m := p.most.Load(); n > m && !p.most.CompareAndSwap(m, n); m = p.most.Load() {
	}
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

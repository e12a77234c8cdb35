package state

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// holding starts held.php with a Redis and a peer that gives each client a cookie and answers with those it has.
func holding(t *testing.T, plain string) *site {
	t.Helper()
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "visitor", Value: "known", Path: "/"})
		_, _ = io.WriteString(w, r.Header.Get("Cookie"))
	}))
	t.Cleanup(peer.Close)
	return start(t, "held.php", "PLAIN="+plain, "PEER="+peer.URL, "REDIS=redis://"+miniredis.RunT(t).Addr())
}

// take is a visit that takes all there is and uploads a file.
func (s *site) take(query string) (string, error) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("upload", "mine.txt")
	if err != nil {
		return "", err
	}
	_, _ = io.WriteString(part, strings.Repeat("mine", 1000))
	_ = w.Close()
	visitor := http.Client{Timeout: phalanxtest.Patience}
	resp, err := visitor.Post(s.url+"/take"+query, w.FormDataContentType(), &form)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, body)
	}
	return string(body), err
}

// taken checks what the visitor who took all had, and that nothing of it is left.
func (s *site) taken(body string, clean map[string]any) {
	s.t.Helper()
	had := read[map[string]any](s.t, body)
	require.Equal(s.t, true, had["inside"], "the test takes nothing")
	require.EqualValues(s.t, 1, had["rows"])
	require.EqualValues(s.t, 1, had["temporary"])
	require.Equal(s.t, true, had["locked"])
	require.Equal(s.t, "mine", had["elsewhere"])
	require.Equal(s.t, true, had["kept"])
	require.Equal(s.t, true, had["later"].(map[string]any)["inside"])
	require.NotEmpty(s.t, had["file"])
	require.Eventually(s.t, func() bool {
		_, err := os.Stat(had["file"].(string))
		return os.IsNotExist(err)
	}, phalanxtest.Patience, time.Millisecond, "the uploaded file is deleted")
	require.Eventually(s.t, func() bool { return s.look("/")["locked"] == false }, phalanxtest.Patience, time.Millisecond)
	require.Equal(s.t, clean, s.look("/"))
}

// What a message took of SQL, Redis, locks, cookies and files and has not given back is nobody's when it ends; in between, a
// visitor sees of it only that the lock is held.
func TestHeldIsLetGo(t *testing.T) {
	for name, plain := range map[string]string{"Sapi": "", "plain": "1"} {
		t.Run(name, func(t *testing.T) {
			s := holding(t, plain)
			s.look("/") // the remembering client has its cookie
			clean := s.look("/")
			require.Equal(t, map[string]any{
				"inside": false, "rows": 0.0, "table": nil, "locked": false, "refused": []any{"SELECT", "MULTI", "WATCH"}, "here": nil,
				"cookies":    "",
				"shared jar": "visitor=known", // it is one client with a jar: that is what it is for
			}, clean)
			for range 2 {
				body, err := s.take("")
				require.NoError(t, err)
				s.taken(body, clean)
			}

			type answer struct {
				body string
				err  error
			}
			done := make(chan answer, 1)
			go func() {
				body, err := s.take("?wait=1")
				done <- answer{body, err}
			}()
			var first answer
			locked := false
			for waiting := true; waiting; {
				seen := s.look("/")
				locked = locked || seen["locked"] == true
				seen["locked"] = false
				require.Equal(t, clean, seen)
				select {
				case first = <-done:
					waiting = false
				default:
				}
			}
			require.NoError(t, first.err)
			require.True(t, locked, "nobody looked while it was held")
			s.taken(first.body, clean)
			require.NotContains(t, s.Output(), "worker exit")
		})
	}
}

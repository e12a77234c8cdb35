package e2e_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// ask sends a cookie as it is, and gives the session's id and values, and the status.
func (a *app) ask(worker int, path, cookie string) (id string, values map[string]any, status int) {
	a.t.Helper()
	c := a.dial(worker)
	defer func() { _ = c.Close() }()
	request := "GET " + path + " HTTP/1.1\r\nHost: x\r\n"
	if cookie != "" {
		request += "Cookie: " + cookie + "\r\n"
	}
	_, err := io.WriteString(c, request+"\r\n")
	require.NoError(a.t, err)
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(a.t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(a.t, err)
	if resp.StatusCode != 200 {
		return "", nil, resp.StatusCode
	}
	answer := []any{&id, &values}
	require.NoError(a.t, json.Unmarshal(body, &answer), "%s", body)
	return id, values, resp.StatusCode
}

// Whatever a visitor calls a session, it is nobody else's, and no file elsewhere.
func TestSessionIDs(t *testing.T) {
	a := serve(t, "sessions.php", 2)
	planted := filepath.Join(a.dir, "planted")
	require.NoError(t, os.WriteFile(planted, []byte(`a:1:{s:4:"user";s:4:"evil";}`), 0o600))
	files := func(folder string) []string {
		var names []string
		entries, err := os.ReadDir(folder)
		require.NoError(t, err)
		for _, entry := range entries {
			names = append(names, entry.Name())
		}
		return names
	}
	for worker, sort := range []struct {
		name, folder string
		strict       bool
	}{{"Workerman's", "sessions", false}, {"PHP's", "native", true}} {
		t.Run(sort.name, func(t *testing.T) {
			victim, _, _ := a.ask(worker, "/add?user=ann", "")
			_, values, _ := a.ask(worker, "/", "PHPSID="+victim)
			require.Equal(t, map[string]any{"user": "ann"}, values, "so what follows fails for its own reason")
			before := files(a.dir)

			const invented = "inventedinventedinvented12345678"
			for name, id := range map[string]string{
				"a path":              "../../../../../../etc/passwd",
				"a path to a file":    "../planted",
				"an absolute path":    planted,
				"an encoded path":     "..%2fplanted",
				"a backslash":         `..\planted`,
				"dots":                "................",
				"an encoded NUL":      invented + "%00",
				"10 KB":               strings.Repeat("a", 10_000),
				"10 KB after another": victim + strings.Repeat("a", 10_000),
				"257 characters":      strings.Repeat("a", 257),
				"nothing":             "",
				"blanks":              "                    ",
				"a star":              "*" + victim[1:],
				"a question mark":     "?" + victim[1:],
				"bytes":               "\xff\xfe" + victim,
				"a tag":               "<script>alert(1)</script>",
				"short":               victim[:8],
			} {
				got, values, status := a.ask(worker, "/add?user=evil", "PHPSID="+id)
				require.Equal(t, 200, status, name)
				require.NotEqual(t, victim, got, name)
				require.NotEqual(t, id, got, name)
				require.Equal(t, map[string]any{"user": "evil"}, values, name)
				require.Regexp(t, `^[a-zA-Z0-9,-]{16,256}$`, got, name)
			}
			for name, id := range map[string]string{
				"invented": invented, "another's beginning": victim[:20], "another's and more": victim + "a",
				"another's in capitals": strings.ToUpper(victim) + "Z",
			} {
				got, values, status := a.ask(worker, "/", "PHPSID="+id)
				require.Equal(t, 200, status, name)
				require.Empty(t, values, name)
				if sort.strict {
					require.NotEqual(t, id, got, name)
				}
			}
			_, _, status := a.ask(worker, "/", "PHPSID="+victim+"\x00")
			require.Equal(t, 400, status)
			_, values, status = a.ask(worker, "/", "PHPSID[]="+victim)
			require.Equal(t, 200, status)
			require.Empty(t, values)

			require.Equal(t, before, files(a.dir), "no file is where no session is")
			for _, name := range files(filepath.Join(a.dir, sort.folder)) {
				require.Regexp(t, `^sess(ion)?_[a-zA-Z0-9,-]{16,256}$`, name)
			}
			_, values, _ = a.ask(worker, "/", "PHPSID="+victim)
			require.Equal(t, map[string]any{"user": "ann"}, values, "hers is as it was")

			// After a new id the old one is nobody's.
			fresh, values, _ := a.ask(worker, "/regenerate", "PHPSID="+victim)
			require.NotEqual(t, victim, fresh)
			require.Equal(t, map[string]any{"user": "ann"}, values)
			_, values, _ = a.ask(worker, "/", "PHPSID="+victim)
			require.Empty(t, values)
			_, values, _ = a.ask(worker, "/", "PHPSID="+fresh)
			require.Equal(t, map[string]any{"user": "ann"}, values)
		})
	}
	require.NotContains(t, a.Output(), "PHP Warning")
}

// PHP's own sessions are locked: of many requests of one session, in two workers, no change is lost.
func TestSessionChangesAreNotLost(t *testing.T) {
	a := serve(t, "sessions.php", 2)
	id, _, _ := a.ask(1, "/count", "")
	const clients, each = 10, 10
	done := make(chan error, clients)
	for range clients {
		go func() {
			client := http.Client{Timeout: patience}
			for range each {
				request, err := http.NewRequest(http.MethodGet, a.url(1, "/count"), nil)
				if err == nil {
					request.Header.Set("Cookie", "PHPSID="+id)
					var resp *http.Response
					if resp, err = client.Do(request); err == nil {
						_, err = io.Copy(io.Discard, resp.Body)
						_ = resp.Body.Close()
					}
				}
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range clients {
		require.NoError(t, <-done)
	}
	_, values, _ := a.ask(1, "/", "PHPSID="+id)
	require.InDelta(t, 1+clients*each, values["count"], 0)
}

// Package state tests that nothing of one visitor shows for the next one whom the same worker serves.
package state

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

type site struct {
	*phalanxtest.Process
	t   *testing.T
	url string
}

func serve(t *testing.T) *site {
	t.Helper()
	return start(t, "state.php")
}

func start(t *testing.T, script string, env ...string) *site {
	t.Helper()
	a := phalanxtest.Prepare(t, "testdata", 1, env...)
	s := &site{Process: a.Command(script, "start"), t: t, url: a.URL(0, "")}
	s.Start()
	s.WaitFor("Start success.")
	require.NoError(t, a.Dial(0).Close())
	return s
}

// visit is a visitor without cookies of an earlier visit.
func (s *site) visit(path string) (string, http.Header, error) {
	visitor := http.Client{Timeout: phalanxtest.Patience}
	resp, err := visitor.Get(s.url + path)
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return string(body), resp.Header, err
}

func read[T any](t *testing.T, body string) (seen T) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(body), &seen), "%s", body)
	return seen
}

func (s *site) look(path string) map[string]any {
	s.t.Helper()
	body, _, err := s.visit(path)
	require.NoError(s.t, err)
	return read[map[string]any](s.t, body)
}

// What a message can change and PHP's own servers put back at its end too.
func TestOneAfterTheOther(t *testing.T) {
	s := serve(t)
	clean := s.look("/")
	require.Equal(t, "9", clean["worker precision"], "the worker's own setting is what a message begins with")
	body, header, err := s.visit("/dirty")
	require.NoError(t, err)
	require.Contains(t, header, "X-Dirt-Last", "all of /dirty was carried out")
	require.Contains(t, header, "X-Dirt-Later")
	dirty := read[map[string]any](t, body)
	for key, value := range dirty {
		switch key {
		case "files", "input", "output", "Context", "reporting", "last error": // seen otherwise
		default:
			require.NotEqual(t, clean[key], value, "%s: the test changes nothing", key)
		}
	}
	body, header, err = s.visit("/")
	require.NoError(t, err)
	require.Equal(t, clean, read[map[string]any](t, body))
	for name := range header {
		require.NotContains(t, name, "Dirt")
	}
	first, _, err := s.visit("/seeded")
	require.NoError(t, err)
	again, _, err := s.visit("/seeded")
	require.NoError(t, err)
	require.Equal(t, first, again, "a seed decides the numbers of its message")
	one, _, err := s.visit("/random")
	require.NoError(t, err)
	two, _, err := s.visit("/random")
	require.NoError(t, err)
	require.NotEqual(t, one, two)
	_, _, err = s.visit("/seeded")
	require.NoError(t, err)
	other, _, err := s.visit("/random")
	require.NoError(t, err)
	require.NotEqual(t, one, other)
	require.NotContains(t, s.Output(), "worker exit")
}

// processWide can only be put back when the message that changed it ends.
var processWide = []string{"locale", "umask", "xml errors"}

// One visitor's message waits in its Fiber; the other one's is served in the meantime by the same thread.
func TestTwoAtOnce(t *testing.T) {
	s := serve(t)
	clean := s.look("/")
	for range 5 {
		type answer struct {
			body string
			err  error
		}
		done := make(chan answer, 1)
		go func() {
			body, _, err := s.visit("/both")
			done <- answer{body, err}
		}()
		var first answer
		for waiting := true; waiting; {
			seen := s.look("/")
			for _, key := range processWide {
				delete(seen, key)
			}
			want := maps.Clone(clean)
			for _, key := range processWide {
				delete(want, key)
			}
			require.Equal(t, want, seen)
			select {
			case first = <-done:
				waiting = false
			default:
			}
		}
		require.NoError(t, first.err)
		both := read[[]map[string]any](t, first.body)
		for _, key := range []string{"strtok"} { // each look takes a word
			delete(both[0], key)
			delete(both[1], key)
		}
		for _, key := range processWide { // the other one's end put them back
			delete(both[0], key)
			delete(both[1], key)
		}
		require.Equal(t, both[0], both[1], "what was its own is so still")
	}
	require.Equal(t, clean, s.look("/"))
}

// mayStay are static properties of our classes that may differ after a message, with the reason.
var mayStay = map[string]string{
	`Workerman\Connection\TcpConnection::$connections`:      "the connections that are open now",
	`Workerman\Connection\ConnectionInterface::$statistics`: "counts",
	`Workerman\Protocols\Http\Request::$headerCache`:        "headers by their bytes, as upstream",
}

// All static properties of all our classes that are loaded are after a message as they were before it.
func TestStaticsStay(t *testing.T) {
	s := serve(t)
	_, _, err := s.visit("/dirty") // loads what there is to load
	require.NoError(t, err)
	before := s.look("/statics")
	require.Greater(t, len(before), 10)
	for range 3 {
		_, _, err = s.visit("/dirty?secret=" + strings.Repeat("s", 50))
		require.NoError(t, err)
	}
	after := s.look("/statics")
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if mayStay[name] == "" {
			require.Equal(t, before[name], after[name], "%s: visitors share it", name)
		}
	}
}

// What belongs to the worker stays, as docs/state.md says: an application must know.
func TestWhatIsTheWorkersStays(t *testing.T) {
	s := serve(t)
	for what, made := range s.look("/kept") {
		require.Equal(t, false, made, what)
	}
	s.look("/keep")
	kept := s.look("/kept")
	require.Len(t, kept, 8)
	for what, made := range kept {
		require.Equal(t, true, made, "%s: docs/state.md says that it stays", what)
	}
}

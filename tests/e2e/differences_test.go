package e2e_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// slots asks until both slots have answered, and gives each one's answer as JSON.
func (a *app) slots(path string) [2]string {
	a.t.Helper()
	var mu sync.Mutex
	var answers [2]string
	require.Eventually(a.t, func() bool {
		var wg sync.WaitGroup
		for range 20 { // at once, so that one slot alone is not quick enough for all
			wg.Go(func() {
				body, err := a.tryGet(0, path)
				var answer struct {
					ID    int
					Value json.RawMessage
				}
				if err == nil && json.Unmarshal([]byte(body), &answer) == nil {
					mu.Lock()
					answers[answer.ID] = string(answer.Value)
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		return answers[0] != "" && answers[1] != ""
	}, patience, time.Millisecond)
	return answers
}

// Rows of docs/workerman.md that no other test holds.
func TestDifferences(t *testing.T) {
	a := serve(t, "differences.php", 4)

	t.Run("the start script runs in the supervisor and in each slot", func(t *testing.T) {
		require.Eventually(t, func() bool {
			return strings.Count(a.Output(), "above runAll(): script\n") == 1 && strings.Count(a.Output(), "above runAll(): slot\n") == 5
		}, patience, 5*time.Millisecond)
	})
	t.Run("a loop that is not the engine's is replaced", func(t *testing.T) {
		a.WaitFor(`Warning: ForeignLoop is not a loop of the engine, Workerman\Events\Select is used.`)
	})
	t.Run("onSignal does nothing in a worker", func(t *testing.T) {
		require.Equal(t, `"Workerman\\Events\\Selectfalse"`, a.slots("/signal")[0])
	})
	t.Run("a connection without a request is in no list", func(t *testing.T) {
		for range 10 {
			a.dial(0)
		}
		require.Eventually(t, func() bool { // those of tests before have to be gone
			var answer struct{ Value [2]int }
			a.json("/connections", &answer)
			return answer.Value == [2]int{1, 1}
		}, patience, 5*time.Millisecond)
	})
	t.Run("the engine counts its messages", func(t *testing.T) {
		a.slots("/") // figures are those of the last flush
		require.Equal(t, [2]string{"[0,true]", "[0,true]"}, a.slots("/counters"))
	})
	t.Run("the error handler of the start script stays", func(t *testing.T) {
		a.get(0, "/warning")
		a.WaitFor("my handler: seen")
	})
	t.Run("trailers are told", func(t *testing.T) {
		c := a.dial(0)
		_, err := io.WriteString(c, "POST /trailer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nA: b\r\nLast:  c d\r\n\r\n")
		require.NoError(t, err)
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Contains(t, string(body), `"value":{"a":"b","last":"c d"}`)
	})
	t.Run("umask is shared, the folder and getenv() are not", func(t *testing.T) {
		var changed struct{ ID int }
		a.json("/change", &changed)
		seen := a.slots("/environment")
		require.Equal(t, `["yes","yes",63,""]`, seen[changed.ID])
		require.Regexp(t, `^\[false,"yes",63,".+"\]$`, seen[1-changed.ID])
	})
	t.Run("onError tells of lost framing, and the limit of text is for a line", func(t *testing.T) {
		exchange(t, a.dial(1), strings.Repeat("short\n", 10)+strings.Repeat("x", 10), strings.Repeat("short\n", 10))
		a.WaitFor("onError 2 text: line reaches the limit")
		exchange(t, a.dial(2), "\x00\x00\x00\x05a\x00\x00\x00\x03", "\x00\x00\x00\x05a")
		a.WaitFor("onError 2 frame: length shorter than its own prefix")
	})
	t.Run("send() is false when encode() throws", func(t *testing.T) {
		exchange(t, a.dial(3), "x", "false")
		a.WaitFor("errorHandler: mute")
	})
	t.Run("a worker that stops knows it", func(t *testing.T) {
		require.NoError(t, a.Cmd.Process.Signal(syscall.SIGTERM))
		<-a.Ended
		require.Contains(t, a.Output(), "stopping 0: true\n")
		require.Contains(t, a.Output(), "stopping 1: true\n")
	})
}

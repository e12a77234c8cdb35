package manual

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The loops Fiber and Swoole run callbacks as coroutines; on the default loop the application makes its own.
func TestCoroutines(t *testing.T) {
	a := start(t, "coroutine.php", 3)
	a.WaitFor("started by a coroutine")
	for i := range a.Ports {
		for path, want := range map[string]string{
			"/channel": `["Task 1 Done","Task 2 Done"]`, "/wait-group": "All Task Done", "/barrier": "4 Tasks Done",
			"/parallel": "[1,2,3,4]", "/context": `[null,{"id":1,"name":"name"}]`, "/locker": "1",
		} {
			_, body := a.get(i, path)
			require.Equal(t, want, body, "worker %d, %s", i, path)
		}
	}
}

// A request that sleeps holds no other up: one after another, these would take 20 seconds.
func TestSleepingRequestsEndTogether(t *testing.T) {
	a := start(t, "coroutine.php", 3)
	for i := range a.Ports {
		_ = a.Dial(i).Close()
		begin := time.Now()
		for path, want := range map[string]string{"/sleep": "hello workerman", "/locker": "1"} {
			a.together(100, fmt.Sprintf("http://%s%s", a.Addr(i), path), want)
		}
		require.Less(t, time.Since(begin), 10*time.Second, "worker %d", i)
	}
}

// together sends n requests at once and expects the same answer to all.
func (a *app) together(n int, url, want string) {
	a.t.Helper()
	client := &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConns: 1}}
	defer client.CloseIdleConnections()
	answers := make([]string, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			resp, err := client.Get(url)
			if err != nil {
				answers[i] = err.Error()
				return
			}
			defer func() { _ = resp.Body.Close() }()
			body, err := io.ReadAll(resp.Body)
			answers[i] = string(body)
			if err != nil {
				answers[i] = err.Error()
			}
		})
	}
	wg.Wait()
	for _, answer := range answers {
		require.Equal(a.t, want, answer)
	}
}

package e2e_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type recycled struct {
	ID      int
	Script  string
	Request int
	Memory  int
}

// hammer has clients ask on connections that they keep, until done; every request must be answered.
func (a *app) hammer(clients int, path string, done func(recycled) bool) {
	a.t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failure error
	over := false
	deadline := time.Now().Add(patience)
	for range clients {
		wg.Go(func() {
			// A connection that is cut shows: a POST is not repeated by the client.
			client := &http.Client{Timeout: patience, Transport: &http.Transport{MaxConnsPerHost: 1}}
			defer client.CloseIdleConnections()
			for {
				var r recycled
				resp, err := client.Post(a.url(0, path), "text/plain", strings.NewReader("x"))
				if err == nil {
					var body []byte
					if body, err = io.ReadAll(resp.Body); err == nil {
						err = json.Unmarshal(body, &r)
					}
					_ = resp.Body.Close()
				}
				mu.Lock()
				if err != nil && failure == nil {
					failure = err
				}
				over = over || failure != nil || time.Now().After(deadline) || done(r)
				stop := over
				mu.Unlock()
				if stop {
					return
				}
			}
		})
	}
	wg.Wait()
	require.NoError(a.t, failure)
	require.False(a.t, time.Now().After(deadline), "not in time")
}

// A worker that has had its requests is followed by another, and no client notices.
func TestMaxRequests(t *testing.T) {
	a := prepare(t, 1, "MAX_REQUESTS=200")
	a.start("recycle.php", "start")
	a.WaitFor("started ", 3)
	before := a.serverPID()
	most := map[string]int{}
	a.hammer(8, "/", func(r recycled) bool {
		most[r.Script] = max(most[r.Script], r.Request)
		return len(most) > 15
	})
	lengths := map[int]bool{}
	for script, n := range most {
		require.LessOrEqual(t, n, 10*200, "%s goes on until its turn comes, but not longer", script)
		lengths[n] = true
	}
	require.Greater(t, len(lengths), 3, "not all in step")
	require.NotContains(t, a.Output(), "reloaded")
	require.NotContains(t, a.Output(), "terminated")
	require.Equal(t, before, a.serverPID())
}

func TestMaxAge(t *testing.T) {
	a := prepare(t, 1, "MAX_AGE=0.5")
	a.start("recycle.php", "start")
	a.WaitFor("started ", 3)
	scripts := map[string]bool{}
	a.hammer(3, "/", func(r recycled) bool {
		scripts[r.Script] = true
		return len(scripts) > 6
	})
	require.Eventually(t, func() bool {
		started, stopped := strings.Count(a.Output(), "started "), strings.Count(a.Output(), "stopped ")
		return stopped > 6 && started >= stopped
	}, patience, 5*time.Millisecond)
}

func TestMaxMemory(t *testing.T) {
	a := prepare(t, 1, "MAX_MEMORY=16000000")
	a.start("recycle.php", "start")
	a.WaitFor("started ", 3)
	scripts := map[string]int{}
	a.hammer(2, "/leak", func(r recycled) bool {
		scripts[r.Script] = max(scripts[r.Script], r.Memory)
		time.Sleep(time.Millisecond)
		return len(scripts) > 4
	})
	reached := 0
	for _, memory := range scripts {
		if memory >= 15<<20 {
			reached++
		}
	}
	require.GreaterOrEqual(t, reached, 2, "%v", scripts)
	require.NotContains(t, a.Output(), "Allowed memory size")
}

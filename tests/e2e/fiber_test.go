package e2e_test

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Fibers call into Go while both garbage collectors run, in four threads. Go has to find the stack it is on at each of
// these calls, whatever stack PHP has switched to.
func TestFibersCallIntoGo(t *testing.T) {
	a := serve(t, "fibers.php", 1, "GOGC=1", "GOMEMLIMIT=1MiB", "GODEBUG=gctrace=1")
	before := a.serverPID()

	// The kernel decides whose a connection is: ask until there is one of each slot's.
	clients := map[string]*bufio.ReadWriter{}
	for range 400 {
		c := a.dial(0)
		require.NoError(t, c.SetDeadline(time.Now().Add(5*patience))) // a busy machine takes a minute for 240,000 calls among collections
		rw := bufio.NewReadWriter(bufio.NewReaderSize(c, 1<<16), bufio.NewWriterSize(c, 0))
		_, err := io.WriteString(c, "who\n")
		require.NoError(t, err)
		slot, err := rw.ReadString('\n')
		require.NoError(t, err)
		clients[slot] = rw
		if len(clients) == 4 {
			break
		}
	}
	require.Len(t, clients, 4)
	results := make(chan string, 4)
	var wg sync.WaitGroup
	for slot, rw := range clients {
		wg.Go(func() {
			result := "failed"
			_, err := rw.WriteString("go\n")
			if err == nil {
				err = rw.Flush()
			}
			for err == nil && !strings.Contains(result, "calls") {
				result, err = rw.ReadString('\n')
			}
			if err != nil {
				result = fmt.Sprint(slot, err)
			}
			results <- result
		})
	}
	wg.Wait()
	for range 4 {
		result := <-results
		var calls, timers, cycles int
		_, err := fmt.Sscanf(result, "%d calls, %d timers, %d cycles", &calls, &timers, &cycles)
		require.NoError(t, err, result)
		require.GreaterOrEqual(t, calls, 60_000)
		require.Equal(t, (calls+4)/5, timers, "one call in five starts a timer, from the first on")
		require.Equal(t, (calls+1)/5, cycles, "one in five makes a cycle, from the fourth on")
	}
	collections := strings.Count(a.Output(), "\ngc ")
	t.Logf("%d collections by Go", collections)
	require.Greater(t, collections, 100)
	require.Equal(t, before, a.serverPID())
	require.NotContains(t, a.Output(), "exited with")
}

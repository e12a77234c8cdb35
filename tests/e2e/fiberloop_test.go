package e2e_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// However a callback ends its script, in its Fiber, the next one serves; and no stack stays behind.
func TestFiberLoopSurvivesTheEndsOfScripts(t *testing.T) {
	a := serve(t, "fiberloop.php", 1)
	pid := a.serverPID()
	mappings := func() int {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
		require.NoError(t, err)
		return strings.Count(string(text), "\n")
	}
	serves := func() {
		t.Helper()
		require.Eventually(t, func() bool {
			body, err := a.tryGet(0, "/?wait=1")
			return err == nil && body == "hello"
		}, patience, 5*time.Millisecond)
		require.Equal(t, "hello", a.get(0, "/"))
	}
	serves()
	var before int
	for round := range 4 {
		for _, path := range []string{"/exit", "/fatal", "/throw", "/exit?wait=1", "/fatal?wait=1", "/throw?wait=1"} {
			_, _ = a.tryGet(0, path) // how it is answered is told elsewhere
			serves()
		}
		if round == 0 {
			before = mappings()
		}
	}
	require.Equal(t, pid, a.serverPID(), "the server process is the same")
	require.Less(t, mappings(), before+24, "three rounds would leave 18 stacks of two mappings; a thread of Go's has some, too")
}

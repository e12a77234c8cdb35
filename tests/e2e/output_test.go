package e2e_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a script prints is seen, whenever it does so; buffers from above runAll() hold nothing back.
func TestOutput(t *testing.T) {
	a := prepare(t, 0)
	a.start("output.php", "start")
	a.WaitFor("buffered above in a slot\n")
	a.WaitFor("buffers in a worker: 0\n")
	a.WaitFor("title: true a title\n")
	a.Stop()
	out := a.Output()
	require.Contains(t, out, "shutdown function seen\n")
	require.Equal(t, 2, strings.Count(out, "destructor seen\n"), "of the worker's script and of the supervisor's")
}

// Package messaging tests messages, queues and buckets as PHP sees them, with the embedded server.
package messaging_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// The programs that docs/messaging.md shows are files, and they run.
func TestExamples(t *testing.T) {
	page, err := os.ReadFile("../../docs/messaging.md")
	require.NoError(t, err)
	for name, want := range map[string]string{
		"pubsub.php":   "orders.new: 19.9\n119\n",
		"queue.php":    "ada@example.org at attempt 2\nbob@example.org at attempt 2\n",
		"keyvalue.php": "dark\nsomebody was quicker\nvisits is 1\n",
		"election.php": "this one does it (term 1)\nanother one may\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("../../examples/messaging", name)
			program, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Contains(t, string(page), "```php\n"+string(program)+"```\n", "docs/messaging.md shows it")
			p := phalanxtest.Command(t, path)
			p.Cmd.Env = append(p.Cmd.Env, "PHALANX_NATS=embedded:"+t.TempDir())
			var stderr strings.Builder
			p.Cmd.Stderr = &stderr // the log
			out, err := p.Run()
			require.NoError(t, err, stderr.String())
			require.Equal(t, want, out)
		})
	}
}

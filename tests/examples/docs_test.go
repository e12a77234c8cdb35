package examples_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// The program that the documentation shows is a file, and it runs.
func TestHello(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	require.NoError(t, err)
	program, err := os.ReadFile(filepath.Join(examples, "hello.php"))
	require.NoError(t, err)
	for _, page := range []string{"README.md", "docs/getting-started.md"} {
		text, err := os.ReadFile(filepath.Join("../..", page))
		require.NoError(t, err)
		require.Contains(t, string(text), "```php\n"+string(program)+"```\n", "%s shows examples/hello.php", page)
	}

	port := phalanxtest.FreePorts(t, 1)[0]
	copied := filepath.Join(t.TempDir(), "hello.php")
	require.NoError(t, os.WriteFile(copied, []byte(strings.Replace(string(program), "8080", strconv.Itoa(port), 1)), 0o600))
	script, err := filepath.Rel(examples, copied)
	require.NoError(t, err)
	start(t, script).dial(t, port)
	res, body := request(t, "GET", fmt.Sprintf("http://127.0.0.1:%d", port), "", "")
	require.Equal(t, 200, res.StatusCode)
	require.Equal(t, "Hello, World!", body)
}

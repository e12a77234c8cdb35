package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

var program = regexp.MustCompile("(?s)```php\n(<\\?php\n.*?)```\n\n```\n(.*?)```\n")

// A program on one of these pages is a block that begins with <?php; the block behind it is what it prints.
func TestProgramsOfPages(t *testing.T) {
	for _, page := range []string{"metrics", "sql"} {
		t.Run(page, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("../../docs", page+".md"))
			require.NoError(t, err)
			programs := program.FindAllStringSubmatch(string(text), -1)
			require.NotEmpty(t, programs)
			for _, p := range programs {
				file := filepath.Join(t.TempDir(), "program.php")
				require.NoError(t, os.WriteFile(file, []byte(p[1]), 0o600))
				run := phalanxtest.Command(t, file)
				run.Cmd.Dir = t.TempDir()
				out, err := run.Run()
				require.NoError(t, err, out)
				require.Equal(t, p[2], out, p[1])
			}
		})
	}
}

package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

var program = regexp.MustCompile("(?s)```php\n(<\\?php\n.*?)```\n\n```\n(.*?)```\n")

// A program on a page is a block that begins with <?php and has a plain block behind it, which is what it prints.
func TestProgramsOfPages(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	require.NoError(t, err)
	api := exampleAPI(t)
	ran := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, p := range program.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(p[1], "runAll()") {
				continue // a server; what follows is how to start it
			}
			ran++
			t.Run(filepath.Base(page), func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "program.php")
				require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(p[1], "https://api.example.com", api)), 0o600))
				run := phalanxtest.Command(t, file)
				run.Cmd.Dir = t.TempDir()
				out, err := run.Run()
				require.NoError(t, err, out)
				require.Equal(t, p[2], out, p[1])
			})
		}
	}
	require.Greater(t, ran, 2)
}

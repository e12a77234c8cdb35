package watch

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseOptions(t *testing.T) {
	script := filepath.Join(t.TempDir(), "app.php")
	require.NoError(t, os.WriteFile(script, nil, 0o600))
	o, err := ParseOptions([]string{
		"-d", "xdebug.mode=debug", "-dmemory_limit=1G", "-n", "--ext=json,.sql", "--ignore", "*.gen.php", "--poll", script, "start", "-q", "--monitor=:9",
	})
	require.NoError(t, err)
	require.Equal(t, []string{"-d", "xdebug.mode=debug", "-dmemory_limit=1G", "-n"}, o.PHP)
	require.Equal(t, []string{"-q", "--monitor=:9"}, o.Args, "start is said anyway")
	require.Subset(t, o.Extensions, []string{"php", "json", "sql"})
	require.Equal(t, []string{"*.gen.php"}, o.Ignore)
	require.True(t, o.Poll)
}

// The project is what a composer.json above the script says, and folders in others are watched once.
func TestRoots(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	bin := filepath.Join(dir, "app", "bin")
	require.NoError(t, os.MkdirAll(bin, 0o700))
	script := filepath.Join(bin, "start.php")
	require.NoError(t, os.WriteFile(script, nil, 0o600))
	roots := func(paths ...string) []string {
		all, err := Options{Script: script, Paths: paths}.roots()
		require.NoError(t, err)
		return all
	}
	require.Equal(t, []string{bin}, roots())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "app", "composer.json"), nil, 0o600))
	require.Equal(t, []string{filepath.Join(dir, "app"), "/usr/share"}, roots(bin, "/usr/share", "/usr/share/doc"))
}

func TestReadErrors(t *testing.T) {
	tests := []struct {
		name, out string
		want      failure
	}{
		{
			name: "parse error", out: "PHP Parse error:  syntax error, unexpected end of file in /a b/x.php on line 7\n\nErrors parsing /a b/x.php\n",
			want: failure{Title: "Parse error", Message: "syntax error, unexpected end of file", File: "/a b/x.php", Line: 7},
		},
		{
			name: "exception", out: "hello\nPHP Fatal error:  Uncaught App\\Bad: two\nlines in /x.php:3\nStack trace:\n#0 {main}\n  thrown in /x.php on line 3\n",
			want: failure{Title: "Uncaught App\\Bad", Message: "two\nlines", File: "/x.php", Line: 3, Output: "Stack trace:\n#0 {main}"},
		},
		{
			name: "exception without a message", out: "Fatal error: Uncaught Exception in /x.php:3\nStack trace:\n#0 {main}\n  thrown in /x.php on line 3\n",
			want: failure{Title: "Uncaught Exception", File: "/x.php", Line: 3, Output: "Stack trace:\n#0 {main}"},
		},
		{
			name: "something else", out: "cannot connect\n",
			want: failure{Title: "The script failed", Message: "exit status 1", Output: "cannot connect"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, *read(tt.out, errors.New("exit status 1")))
		})
	}
}

// Comparison finds what has happened to a file, however.
func TestTreeFindsChanges(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	elsewhere := filepath.Join(t.TempDir(), "shared.php")
	require.NoError(t, os.WriteFile(elsewhere, nil, 0o600))
	a, b := write("a.php", "1"), write("src/b.php", "1")
	write("notes.txt", "")
	tree, err := newTree([]string{dir}, Options{Extensions: []string{"php"}})
	require.NoError(t, err)
	defer tree.close()
	tree.include([]string{a, elsewhere, filepath.Join(dir, "gone.php")})
	changed := func() []string {
		names, err := tree.changed()
		require.NoError(t, err)
		return names
	}
	require.Empty(t, changed())

	write("a.php", "22")
	require.Equal(t, []string{a}, changed())
	require.NoError(t, os.Rename(b, b+".old"))
	require.Equal(t, []string{b}, changed())
	require.NoError(t, os.WriteFile(elsewhere, []byte("new"), 0o600))
	require.Equal(t, []string{elsewhere}, changed())
	c := write("src/deep/er/c.php", "")
	require.Equal(t, []string{c}, changed())
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "src/deep")))
	require.Equal(t, []string{c}, changed())
	// Another file in its place, of the same size and time.
	info, err := os.Stat(a)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(a+".new", []byte("33"), 0o600))
	require.NoError(t, os.Chtimes(a+".new", info.ModTime(), info.ModTime()))
	require.NoError(t, os.Rename(a+".new", a))
	require.Equal(t, []string{a}, changed())
}

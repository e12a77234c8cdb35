package describe_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/component/describe"
)

func TestLoad(t *testing.T) {
	packages, err := describe.Load("testdata/shop", nil, ".", "./none")
	require.NoError(t, err)
	require.Len(t, packages, 1, "what registers nothing is left out")
	p := packages[0]
	require.Equal(t, "shop", p.Name)
	want, err := os.ReadFile("testdata/shop.txt")
	require.NoError(t, err)
	require.Equal(t, string(want), p.Text)
}

func TestWrite(t *testing.T) {
	p := describe.Package{Path: "example.com/a`b", Name: "a", Dir: t.TempDir(), Text: "type A\n\tSays `a`.\n"}
	file := filepath.Join(p.Dir, describe.File)
	require.True(t, p.Stale())
	require.NoError(t, p.Write())
	require.False(t, p.Stale())
	require.FileExists(t, file)
	p.Text = "type A\n"
	require.True(t, p.Stale())
	p.Text = ""
	require.True(t, p.Stale(), "there is nothing to say any more")
	require.NoError(t, p.Write())
	require.NoFileExists(t, file)
	require.False(t, p.Stale())
	require.NoError(t, p.Write())
}

func TestLoadOfWhatDoesNotCompile(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module broken\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.go"), []byte(
		"package broken\n\nimport _ \"github.com/phalanx-php/phalanx/goengine/component\"\n"), 0o644))
	_, err := describe.Load(dir, nil, ".")
	require.ErrorContains(t, err, "a.go:3:")
}

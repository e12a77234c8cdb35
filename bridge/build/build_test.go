package build_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/bridge/build"
)

// folder makes a module.
func folder(t *testing.T, name string, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	if name != "" {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("// A comment.\nmodule "+name+"\n\ngo 1.26.0\n"), 0o644))
	}
	for file, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644))
	}
	return dir
}

func TestParseModule(t *testing.T) {
	dir := folder(t, "example.com/a/v2", nil)
	for text, want := range map[string]build.Module{
		"example.com/a":                     {Path: "example.com/a"},
		"example.com/a@v1.2.3":              {Path: "example.com/a", Version: "v1.2.3"},
		"example.com/a@main":                {Path: "example.com/a", Version: "main"},
		"example.com/a/v2=" + dir:           {Path: "example.com/a/v2", Dir: dir},
		"example.com/a/v2@v2.0.1=" + dir:    {Path: "example.com/a/v2", Version: "v2.0.1", Dir: dir},
		"example.com/a/v2=" + dir + "/../a": {},
	} {
		m, err := build.ParseModule(text)
		if want.Path == "" {
			require.Error(t, err, text)
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, m, text)
	}
	for text, problem := range map[string]string{
		"":                                 "is no MODULE",
		"a b":                              "is no MODULE",
		"=" + dir:                          "is no MODULE",
		"example.com/a=":                   "no PATH",
		"./words":                          "name the module too",
		"example.com/a=" + dir:             "is example.com/a/v2, not example.com/a",
		"example.com/a=" + t.TempDir():     "run 'go mod init MODULE' there",
		"example.com/a=" + dir + "/go.mod": "not a directory",
	} {
		_, err := build.ParseModule(text)
		require.ErrorContains(t, err, problem, text)
	}
}

// What is missing is said before anything is compiled.
func TestRunSaysWhatIsMissing(t *testing.T) {
	words := build.Module{Path: "example.com/words", Dir: folder(t, "example.com/words", nil)}
	engine := build.Module{Path: build.Phalanx, Dir: "../.."}
	output := filepath.Join(t.TempDir(), "phalanx")
	run := func(o build.Options) error {
		o.Log = new(bytes.Buffer)
		return build.Run(o)
	}
	require.ErrorContains(t, run(build.Options{Output: t.TempDir()}), "is no file")
	require.ErrorContains(t, run(build.Options{Output: output, With: []build.Module{engine}}), "which components?")
	require.ErrorContains(t, run(build.Options{Output: output, With: []build.Module{words, words}}), "named twice")

	with := []build.Module{engine, words}
	// Without PHP in this process there is none to ask.
	require.ErrorContains(t, run(build.Options{Output: output, With: with}), "--php-config")
	php := folder(t, "", nil)
	config := filepath.Join(php, "php-config")
	require.NoError(t, os.WriteFile(config, []byte("#!/bin/sh\n[ $1 = --prefix ] && echo "+php+" || echo -I"+php+" -I"+php+"/main\n"), 0o755))
	require.ErrorContains(t, run(build.Options{Output: output, With: with, PHPConfig: config}), "PHP's headers are not where")
	require.NoError(t, os.MkdirAll(filepath.Join(php, "main"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(php, "main/php.h"), nil, 0o644))
	require.ErrorContains(t, run(build.Options{Output: output, With: with, PHPConfig: config}), "libphp.so: PHP must have been built with")

	t.Setenv("CC", "no-such-compiler")
	require.ErrorContains(t, run(build.Options{Output: output, With: with, PHPConfig: config}), "finds no no-such-compiler")
	t.Setenv("PATH", t.TempDir())
	require.ErrorContains(t, run(build.Options{Output: output, With: with, PHPConfig: config}), "go command, version 1.26")
	require.NoFileExists(t, output)
}

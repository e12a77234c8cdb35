package component_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// buildWith runs "phalanx build" without a network: all that it needs is on this machine.
func buildWith(t *testing.T, args ...string) (output string, err error) {
	t.Helper()
	cmd := exec.Command(phalanxtest.Binary(t), append([]string{"build"}, args...)...)
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "CGO_CFLAGS=", "CGO_LDFLAGS=")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// The example's page says what to do and what comes of it; this does it.
func TestBuildOfTheExample(t *testing.T) {
	const example = "../../examples/component"
	before, err := os.ReadDir(example)
	require.NoError(t, err)
	binary := filepath.Join(t.TempDir(), "phalanx-words")
	out, err := buildWith(t, "--with", "example.com/words="+example, "--output", binary)
	require.NoError(t, err, "%s", out)
	after, err := os.ReadDir(example)
	require.NoError(t, err)
	require.Len(t, after, len(before), "nothing is written into the module")

	page, err := os.ReadFile(example + "/README.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(page), "   prints\n\n   ```\n")
	require.True(t, found)
	shown, _, _ := strings.Cut(rest, "   ```\n")
	run := exec.Command(binary, "words.php")
	run.Dir = example
	printed, err := run.CombinedOutput()
	require.NoError(t, err, "%s", printed)
	require.Equal(t, strings.ReplaceAll(shown, "   ", ""), string(printed))

	stubs, err := exec.Command(binary, "stubs").Output()
	require.NoError(t, err)
	for _, part := range []string{
		"/** Counts words, without regard to case. */\n    class Counter implements \\Countable",
		"public function add(string $text): int", "@param int $maxBytes How much of the file is read.",
		"public function read(string $file, int $maxBytes = 1048576): int",
	} {
		require.Contains(t, string(stubs), part)
	}
}

func TestBuildSaysWhatIsWrong(t *testing.T) {
	module := func(source string) string {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/x\n\ngo 1.26.0\n"), 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "x.go"), []byte(source), 0o644))
		return dir
	}
	binary := filepath.Join(t.TempDir(), "phalanx-x")
	const head = "package x\n\nimport \"github.com/phalanx-php/phalanx/goengine/component\"\n\n"
	for source, problem := range map[string]string{
		"package x\n":                   "no package of example.com/x registers a component",
		head + "var _ component.Option": "x.go:6",
		head + "type T struct{}\n\nfunc (T) Bad(chan int) {}\n\nfunc init() { component.Register(`X`, func() *T { return nil }) }\n": "hide it with component.Hide(\"Bad\")",
	} {
		if problem == "x.go:6" {
			source += "\nfunc wrong(\n"
		}
		out, err := buildWith(t, "--with", "example.com/x="+module(source), "--output", binary)
		require.Error(t, err)
		require.Contains(t, out, problem)
		require.NoFileExists(t, binary)
	}
	out, err := buildWith(t, "--with", "./x")
	require.Error(t, err)
	require.Contains(t, out, "name the module too")
	out, err = buildWith(t, "--with", "example.com/x")
	require.Error(t, err)
	require.Contains(t, out, "--output FILE")
}

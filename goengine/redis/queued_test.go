package redis_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	returnType = regexp.MustCompile(`(?m)\): [a-zA-Z?|]+( \{)?$`)
	returnsDoc = regexp.MustCompile(`(?m)^     \* @return .*\n(     \*     .*\n)*`)
	emptyDoc   = regexp.MustCompile(`(     \*\n)+     \*/`)
)

// Pipelines and transactions have every command with the same parameters; what it returns is the pipeline. Their file is made
// of the traits that the other classes have: UPDATE=1 go test -run TestQueuedCommands ./goengine/redis
func TestQueuedCommands(t *testing.T) {
	const folder = "../../phpsrc/Phalanx/Redis"
	files, err := filepath.Glob(folder + "/Commands/*.php")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	slices.Sort(files)
	made := "<?php\n\ndeclare(strict_types=1);\n\nnamespace Phalanx\\Redis;\n\n/**\n * The commands, to be sent later. Made of Commands/*.php by " +
		"goengine/redis/queued_test.go.\n *\n * @internal part of Pipeline and Transaction\n */\ntrait QueuedCommands\n{\n" +
		"    abstract protected function queue(array $arguments, int $shape): static;\n"
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		_, body, found := strings.Cut(string(text), "abstract protected function send(array $arguments, int $shape): mixed;\n")
		require.True(t, found, name)
		body = strings.TrimSuffix(body, "}\n")
		body = returnsDoc.ReplaceAllString(body, "")
		body = emptyDoc.ReplaceAllString(body, "     */")
		body = returnType.ReplaceAllString(body, "): static$1")
		made += strings.ReplaceAll(body, "$this->send(", "$this->queue(")
	}
	made += "}\n"
	if os.Getenv("UPDATE") != "" {
		require.NoError(t, os.WriteFile(folder+"/QueuedCommands.php", []byte(made), 0o644))
	}
	have, err := os.ReadFile(folder + "/QueuedCommands.php")
	require.NoError(t, err)
	require.Equal(t, made, string(have), "run UPDATE=1 go test -run TestQueuedCommands ./goengine/redis")
}

package scaffold_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/bridge/scaffold"
)

func TestParseOptions(t *testing.T) {
	tests := []struct {
		name  string
		args  []string
		dir   string
		port  int
		fails string
	}{
		{name: "a name", args: []string{"shop"}, dir: "shop", port: 8080},
		{name: "a path and a port", args: []string{"--port", "9000", "apps/my-shop.2"}, dir: "apps/my-shop.2", port: 9000},
		{name: "a port behind", args: []string{"shop", "--port=9000"}, dir: "shop", port: 9000},
		{name: "none", fails: "which name?"},
		{name: "two", args: []string{"a", "b"}, fails: "b is too much"},
		{name: "upper case", args: []string{"My Shop"}, fails: `"My Shop" is no name for a package: lower case letters, digits, and single - . _ between them; how about my-shop?`},
		{name: "no letter", args: []string{"-"}, fails: "unknown option -"},
		{name: "a dot", args: []string{"a..b"}, fails: "how about a-b?"},
		{name: "no port", args: []string{"shop", "--port"}, fails: "--port wants a number"},
		{name: "a port too high for the room's", args: []string{"shop", "--port=65535"}, fails: "--port wants a number"},
		{name: "an option", args: []string{"--force", "shop"}, fails: "unknown option --force"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, err := scaffold.ParseOptions(tt.args)
			if tt.fails != "" {
				require.ErrorContains(t, err, tt.fails)
				return
			}
			require.NoError(t, err)
			require.Equal(t, scaffold.Options{Dir: tt.dir, Port: tt.port}, o)
		})
	}
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shop")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, ".git"), 0o700))
	files, err := scaffold.Write(scaffold.Options{Dir: dir, Port: 9000})
	require.NoError(t, err)
	require.Subset(t, files, []string{
		"server.php", "app.php", "src/Room.php", "tests/run.php", "Dockerfile", "composer.json", "README.md", ".gitignore", ".dockerignore",
		".editorconfig", "runtime/.gitignore", "public/index.html",
	})
	for _, file := range files {
		data, err := os.ReadFile(filepath.Join(dir, file))
		require.NoError(t, err)
		require.NotRegexp(t, regexp.MustCompile(`phalanx-app|808[01]`), string(data), file)
	}
	var composer struct {
		Name    string
		Require map[string]string
	}
	data, err := os.ReadFile(filepath.Join(dir, "composer.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &composer))
	require.Equal(t, "app/shop", composer.Name)
	version, err := os.ReadFile("../../phpsrc/Phalanx/Engine.php")
	require.NoError(t, err)
	require.Contains(t, string(version), "VERSION = '"+strings.TrimPrefix(composer.Require["phalanx/phalanx"], "^")+".")

	_, err = scaffold.Write(scaffold.Options{Dir: dir, Port: 9000})
	require.ErrorContains(t, err, "is there already and not empty")
	_, err = scaffold.Write(scaffold.Options{Dir: filepath.Join(dir, "README.md"), Port: 9000})
	require.ErrorContains(t, err, "is not a folder")
}

package docs_test

import (
	"encoding/json"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// runFragments has one process resolve the names in all fragments of PHP and run them: testdata/fragments.php.
func runFragments(t *testing.T, blocks []*block) {
	t.Helper()
	tool := exec.Command(filepath.Join(root, "tests/php/debian-tool.sh"), "trixie", "php-parser")
	tool.Stderr = os.Stderr
	parser, err := tool.Output()
	require.NoError(t, err)
	type job struct {
		Where    string `json:"where"`
		Line     int    `json:"line"`
		Preamble string `json:"preamble"`
		Code     string `json:"code"`
	}
	jobs := make([]job, 0, len(blocks))
	for _, b := range blocks {
		preamble, err := os.ReadFile(filepath.Join("testdata/fragments", strings.TrimSuffix(filepath.Base(b.page.name), ".md")+".php"))
		if err != nil && !os.IsNotExist(err) {
			require.NoError(t, err)
		}
		jobs = append(jobs, job{b.page.name, b.line, strings.TrimPrefix(string(preamble), "<?php\n"), b.text})
	}
	list, err := json.Marshal(jobs)
	require.NoError(t, err)
	run := phalanxtest.Command(t, mustAbs(t, "testdata/fragments.php"), strings.TrimSpace(string(parser))+"/usr/share/php")
	run.Cmd.Dir = t.TempDir()
	run.Cmd.Stdin = strings.NewReader(string(list))
	out, err := run.Run()
	if err != nil {
		t.Errorf("fragments of PHP: %v\n%s", err, out)
	}
	require.Contains(t, out, fmt.Sprintf("%d fragments", len(blocks)))
}

var (
	packageClause = regexp.MustCompile(`(?m)^package \w+\n`)
	importedName  = regexp.MustCompile(`\b(component|context|describe|errors|fmt|http|io|iter|messaging|os|shared|strings|sync|testing|time|url)\.[A-Z]`)
)

var imports = map[string]string{
	"component": "github.com/phalanx-php/phalanx/goengine/component",
	"describe":  "github.com/phalanx-php/phalanx/goengine/component/describe",
	"http":      "net/http",
	"messaging": "github.com/phalanx-php/phalanx/goengine/messaging",
	"shared":    "github.com/phalanx-php/phalanx/goengine/shared",
	"url":       "net/url",
}

// compile builds all blocks of Go, each a package. A block without a package clause gets one, the imports that it uses, and what
// testdata/go/PAGE.go declares. Functions without a body are taken as declared elsewhere.
func compile(t *testing.T, blocks []*block) {
	t.Helper()
	if len(blocks) == 0 {
		return
	}
	dir, err := os.MkdirTemp(mustAbs(t, "."), "blocks-") // inside the module, whose packages they import
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for i, b := range blocks {
		folder := filepath.Join(dir, fmt.Sprintf("block%d", i))
		require.NoError(t, os.Mkdir(folder, 0o755))
		text := b.text
		if !packageClause.MatchString(text) {
			file := fmt.Sprintf("package block%d\n", i)
			done := map[string]bool{}
			for _, m := range importedName.FindAllStringSubmatch(text, -1) {
				if path := imports[m[1]]; !done[m[1]] && !strings.Contains(text, "import ") {
					if path == "" {
						path = m[1]
					}
					file += fmt.Sprintf("import %q\n", path)
					done[m[1]] = true
				}
			}
			declared, err := os.ReadFile(filepath.Join("testdata/go", strings.TrimSuffix(filepath.Base(b.page.name), ".md")+".go"))
			if err == nil {
				own := strings.Replace(string(declared), "package preamble", fmt.Sprintf("package block%d", i), 1)
				for _, m := range regexp.MustCompile(`(?m)^type (\w+) `).FindAllStringSubmatch(text, -1) {
					own = regexp.MustCompile(`(?m)^type `+m[1]+` .*\n`).ReplaceAllString(own, "")
				}
				require.NoError(t, os.WriteFile(filepath.Join(folder, "preamble.go"), []byte(own), 0o600))
			}
			text = file + fmt.Sprintf("//line %s:%d\n", b.page.name, b.line+1) + text
		} else {
			text = fmt.Sprintf("//line %s:%d\n", b.page.name, b.line+1) + text
		}
		if _, err := format.Source([]byte(text)); err != nil {
			t.Errorf("%s: %v", b, err)
		}
		require.NoError(t, os.WriteFile(filepath.Join(folder, "block.go"), []byte(text), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(folder, "bodies.s"), nil, 0o600)) // lets functions have no body
	}
	build := exec.Command("go", "build", "-o", os.DevNull, "./tests/docs/"+filepath.Base(dir)+"/...")
	build.Dir = root
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("blocks of Go: %v\n%s", err, out)
	}
}

package workflows_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/policy/workflows"
)

const root = "../../.."

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	require.NoError(t, err)
	return string(text)
}

func TestWorkflows(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, ".github/workflows/*.yml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			require.Empty(t, workflows.Check(name, read(t, ".github/workflows/"+name)))
		})
	}
	yamls, err := filepath.Glob(filepath.Join(root, ".github/workflows/*.yaml"))
	require.NoError(t, err)
	require.Empty(t, yamls, "one ending, so that none is overlooked")
}

// A step calls make targets and scripts of this tree: they have to be there.
func TestWhatStepsCallIsThere(t *testing.T) {
	makefile := read(t, "Makefile")
	files, err := filepath.Glob(filepath.Join(root, ".github/workflows/*.yml"))
	require.NoError(t, err)
	targets, scripts := map[string]bool{}, map[string]bool{}
	for _, file := range files {
		text := read(t, ".github/workflows/"+filepath.Base(file))
		for _, m := range regexp.MustCompile(`(?:run:|&&|^\s+)\s*make ([a-z -]+)`).FindAllStringSubmatch(text, -1) {
			for _, target := range strings.Fields(m[1]) {
				targets[target] = true
			}
		}
		for _, m := range regexp.MustCompile(`(?:\.ci|docker|tests)/[a-z./-]+`).FindAllString(regexp.MustCompile(`(?m)^.*uses: .*$`).ReplaceAllString(text, ""), -1) {
			scripts[strings.TrimRight(m, "./")] = true
		}
	}
	require.GreaterOrEqual(t, len(targets), 4, targets)
	for target := range targets {
		require.Regexp(t, `(?m)^`+target+`:`, makefile)
	}
	for script := range scripts {
		if strings.Contains(script, "*") || strings.HasPrefix(script, "docker/php") {
			continue
		}
		require.FileExists(t, filepath.Join(root, script))
	}
}

// Dependabot looks after every module, and the actions.
func TestDependabotKnowsEveryModule(t *testing.T) {
	config := read(t, ".github/dependabot.yml")
	modules := 0
	require.NoError(t, filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if entry.IsDir() && slices.Contains([]string{"testdata", "build", "vendor", "node_modules"}, entry.Name()) {
			return filepath.SkipDir
		}
		if err == nil && entry.Name() == "go.mod" {
			modules++
			folder, err := filepath.Rel(root, filepath.Dir(path))
			require.NoError(t, err)
			require.Contains(t, config, `"/`+strings.TrimPrefix(folder, ".")+`"`)
		}
		return err
	}))
	require.Greater(t, modules, 2)
	var ecosystems []string
	for _, m := range regexp.MustCompile(`(?m)^  - package-ecosystem: (.*)$`).FindAllStringSubmatch(config, -1) {
		ecosystems = append(ecosystems, m[1])
	}
	// Each once: GitHub refuses the whole file for a second one of the same folder.
	require.ElementsMatch(t, []string{"gomod", "github-actions", "docker-compose", "composer"}, ecosystems)
}

// A called workflow is known by the name of its caller: a group of that name would wait for itself.
func TestACalledWorkflowHasAGroupOfItsOwn(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, ".github/workflows/*.yml"))
	require.NoError(t, err)
	callable := 0
	for _, file := range files {
		text := read(t, ".github/workflows/"+filepath.Base(file))
		if strings.Contains(text, "workflow_call:") {
			callable++
			require.NotContains(t, text, "group: ${{ github.workflow }}", file)
		}
	}
	require.Equal(t, 1, callable)
}

// What a release is made of is uploaded, and whatever can be run has its bill of materials.
func TestAReleaseHoldsAllThatIsMade(t *testing.T) {
	text := read(t, ".github/workflows/release.yml")
	for target, files := range map[string]string{"dist": "build/dist/*", "sbom": "build/sbom/*", "deb": "build/*.deb", "composer-package": "build/composer/*.zip"} {
		require.Regexp(t, `(?m)make [a-z -]*\b`+target+`\b`, text)
		require.Regexp(t, `(?m)^ +cp .*`+regexp.QuoteMeta(files)+`.* dist/$`, text)
	}
	_, attested, _ := strings.Cut(text, "subject-path: |")
	attested, _, found := strings.Cut(attested, "sbom-path:")
	require.True(t, found)
	for _, ending := range []string{"tar.gz", "deb", "zip"} {
		require.Contains(t, attested, "dist/*."+ending+"\n")
	}
}

const good = `name: release
on:
  push:
    tags: [v1]
permissions: {}
concurrency:
  group: g
jobs:
  test:
    permissions:
      contents: read
    uses: ./.github/workflows/test.yml
  release:
    needs: [test]
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    environment: release
    permissions:
      contents: write
      id-token: write
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - run: echo "$TAG"
        env:
          TAG: ${{ github.ref_name }}
`

// Each mistake is found, so that a green TestWorkflows says something.
func TestMistakesAreFound(t *testing.T) {
	require.Empty(t, workflows.Check("release.yml", good))
	for _, tt := range []struct{ name, old, new, want string }{
		{"an action by tag", "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7", "not pinned"},
		{"an action by a short commit", "@3d3c42e5aac5ba805825da76410c181273ba90b1", "@3d3c42e", "not pinned"},
		{"a commit nobody can read", " # v7.0.1", "", "wants its version"},
		{"the default rights", "permissions: {}\n", "", "default rights"},
		{"all rights", "permissions: {}", "permissions: write-all", "default rights"},
		{"a job that says nothing of rights", "    permissions:\n      contents: write\n      id-token: write\n", "", "does not say which rights"},
		{"a right too many", "      id-token: write\n", "      id-token: write\n      packages: write\n", "may write packages"},
		{"no end", "    timeout-minutes: 5\n", "", "no timeout"},
		{"whichever runner", "ubuntu-24.04", "ubuntu-latest", "fixed runner"},
		{"a container by tag", "    timeout-minutes: 5\n", "    timeout-minutes: 5\n    container: alpine:3\n", "neither pinned"},
		{"a stranger's text in a script", `echo "$TAG"`, `echo "${{ github.ref_name }}"`, "part of the script"},
		{"the token on the disk", "persist-credentials: false", "fetch-depth: 0", "persist-credentials"},
		{"rights for strangers", "  push:\n", "  pull_request_target:\n  push:\n", "strangers send"},
		{"a failure nobody sees", "      - run: echo", "      - continue-on-error: true\n        run: echo", "passed over"},
		{"a script off the net", `echo "$TAG"`, `curl -s https://example.com/x | bash`, "unseen"},
		{"variables of later steps", `echo "$TAG"`, `echo "A=$TAG" >>"$GITHUB_ENV"`, "LD_PRELOAD"},
		{"a cache in a release", "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5", "in a release"},
		{"a build where the signature is", `echo "$TAG"`, "make build", "right to sign"},
		{"nobody agrees to a signature", "    environment: release\n", "", "a person agrees"},
		{"a workflow of others", "./.github/workflows/test.yml", "somebody/theirs/.github/workflows/test.yml@3d3c42e5aac5ba805825da76410c181273ba90b1 # v1.0.0", "of others"},
		{"a workflow by a name that can move", "./.github/workflows/test.yml", "somebody/theirs/.github/workflows/test.yml@v1", "not pinned"},
		{"untested", "needs: [test]", "needs: [build]", "the tests have not passed"},
		{"no concurrency", "concurrency:\n  group: g\n", "", "concurrency"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Contains(t, good, tt.old)
			problems := workflows.Check("release.yml", strings.Replace(good, tt.old, tt.new, 1))
			require.Contains(t, strings.Join(problems, "\n"), tt.want)
		})
	}
}

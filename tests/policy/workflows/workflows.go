// Package workflows checks .github/workflows for what lets a stranger into a build: actions that can be changed behind the
// project's back, rights nobody needs, values of strangers in scripts, credentials left lying about.
package workflows

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"sigs.k8s.io/yaml"
)

type workflow struct {
	On          any            `json:"on"`
	Permissions any            `json:"permissions"`
	Env         map[string]any `json:"env"`
	Concurrency map[string]any `json:"concurrency"`
	Jobs        map[string]job `json:"jobs"`
	Name        string         `json:"name"`
	Defaults    map[string]any `json:"defaults"`
	RunName     string         `json:"run-name"`
}

type job struct {
	RunsOn      any            `json:"runs-on"`
	Container   any            `json:"container"`
	Permissions any            `json:"permissions"`
	Timeout     float64        `json:"timeout-minutes"`
	Environment any            `json:"environment"`
	Steps       []step         `json:"steps"`
	Uses        string         `json:"uses"`
	Needs       any            `json:"needs"`
	Secrets     any            `json:"secrets"`
	Env         map[string]any `json:"env"`
}

type step struct {
	Name            string         `json:"name"`
	Uses            string         `json:"uses"`
	Run             string         `json:"run"`
	With            map[string]any `json:"with"`
	Env             map[string]any `json:"env"`
	ContinueOnError any            `json:"continue-on-error"`
}

var (
	pinned   = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)
	usesLine = regexp.MustCompile(`(?m)^\s*(?:- )?uses: (\S+)(.*)$`)
	version  = regexp.MustCompile(`^ # v\d+\.\d+\.\d+$`)
	template = regexp.MustCompile(`\$\{\{(.*?)\}\}`)
)

// Debian's own images, by release: their digests change with every point release, and apt brings in newer packages at once.
var containers = []string{"debian:12", "debian:13"}

// Where a right to write is needed, and for what.
var writes = map[string][]string{
	"analysis.yml/codeql":     {"security-events"},
	"image.yml/image":         {"security-events"},
	"scorecard.yml/scorecard": {"id-token", "security-events"},
	"release.yml/image":       {"packages", "id-token", "attestations"},
	"release.yml/release":     {"contents", "id-token", "attestations"},
}

// Check says what is wrong with the workflow of that file name.
func Check(name, text string) (problems []string) {
	wrong := func(format string, args ...any) {
		problems = append(problems, name+": "+fmt.Sprintf(format, args...))
	}
	var w workflow
	// In YAML 1.1 "on" is a truth value, which GitHub does not mind.
	text = regexp.MustCompile(`(?m)^on:`).ReplaceAllString(text, `"on":`)
	if err := yaml.Unmarshal([]byte(text), &w); err != nil {
		wrong("%v", err)
		return problems
	}
	for _, m := range usesLine.FindAllStringSubmatch(text, -1) {
		if strings.HasPrefix(m[1], "./") {
			continue
		}
		if !pinned.MatchString(m[1]) {
			wrong("%s is not pinned to a commit", m[1])
		} else if !version.MatchString(m[2]) {
			wrong("%s wants its version beside it, for people and for Dependabot", m[1])
		}
	}
	events := map[string]any{}
	if m, ok := w.On.(map[string]any); ok {
		events = m
	} else {
		wrong("on: is not a table")
	}
	for _, dangerous := range []string{"pull_request_target", "workflow_run", "issue_comment"} {
		if _, ok := events[dangerous]; ok {
			wrong("%s runs with the project's rights on what strangers send", dangerous)
		}
	}
	if p, ok := w.Permissions.(map[string]any); !ok || len(p) != 0 {
		wrong("permissions: {} is missing at the top, so every job has the repository's default rights")
	}
	if w.Concurrency["group"] == nil {
		wrong("no concurrency group: a push storm fills all runners")
	}
	names := make([]string, 0, len(w.Jobs))
	for id := range w.Jobs {
		names = append(names, id)
	}
	sort.Strings(names)
	for _, id := range names {
		checkJob(name, id, w.Jobs[id], wrong)
	}
	return problems
}

func checkJob(file, id string, j job, wrong func(string, ...any)) {
	called := j.Uses != "" // a workflow, which has runners and limits of its own
	if called && !strings.HasPrefix(j.Uses, "./.github/workflows/") {
		wrong("job %s: calls %s, a workflow of others", id, j.Uses)
	}
	if !called && (j.Timeout < 1 || j.Timeout > 360) {
		wrong("job %s: no timeout-minutes", id)
	}
	rights, ok := j.Permissions.(map[string]any)
	if !ok || len(rights) == 0 && len(j.Steps) > 0 && j.Permissions == nil {
		wrong("job %s: does not say which rights it needs", id)
	}
	for right, level := range rights {
		if level == "write" && !slices.Contains(writes[file+"/"+id], right) {
			wrong("job %s: nobody has said why it may write %s", id, right)
		}
	}
	if _, named := j.RunsOn.(string); !called && !named || strings.HasSuffix(fmt.Sprint(j.RunsOn), "-latest") || strings.Contains(fmt.Sprint(j.RunsOn), "self-hosted") {
		wrong("job %s: runs-on %v is not one fixed runner of GitHub's", id, j.RunsOn)
	}
	if image, ok := j.Container.(string); j.Container != nil && (!ok || !strings.Contains(image, "@sha256:") && !slices.Contains(containers, image)) {
		wrong("job %s: container %v is neither pinned nor one of %v", id, j.Container, containers)
	}
	if j.Secrets == "inherit" {
		wrong("job %s: hands all secrets on", id)
	}
	signs := rights["id-token"] == "write"
	if signs && file == "release.yml" && j.Environment == nil {
		wrong("job %s: signs without an environment, which is where a person agrees", id)
	}
	if needs, _ := j.Needs.([]any); signs && file == "release.yml" && !slices.Contains(needs, any("test")) {
		wrong("job %s: signs what the tests have not passed", id)
	}
	for i, s := range j.Steps {
		at := fmt.Sprintf("job %s, step %d", id, i+1)
		if s.ContinueOnError != nil {
			wrong("%s: a failure is passed over", at)
		}
		for _, m := range template.FindAllStringSubmatch(s.Run, -1) {
			wrong("%s: ${{%s}} becomes part of the script whatever it holds: hand it over by env", at, m[1])
		}
		if strings.Contains(s.Run, "GITHUB_ENV") {
			wrong("%s: GITHUB_ENV lets a step set LD_PRELOAD for the next ones", at)
		}
		if regexp.MustCompile(`(curl|wget)[^\n]*\|\s*(ba)?sh`).MatchString(s.Run) {
			wrong("%s: runs what it downloads, unseen", at)
		}
		action, _, _ := strings.Cut(s.Uses, "@")
		switch action {
		case "actions/checkout":
			if s.With["persist-credentials"] != false {
				wrong("%s: the token stays in .git/config: persist-credentials: false", at)
			}
		case "actions/cache", "actions/setup-go":
			if file == "release.yml" {
				wrong("%s: a cache that other runs write to, in a release", at)
			}
		}
		if file == "release.yml" && (s.With["cache-from"] != nil || action == "docker/build-push-action" && s.With["no-cache"] != true) {
			wrong("%s: a cache that other runs write to, in a release", at)
		}
		if signs && strings.Contains(s.Run, "make ") {
			wrong("%s: compiles where the right to sign is", at)
		}
	}
}

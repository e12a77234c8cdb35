// Package policy checks the files in docker/ that no compiler reads: Dockerfiles, the compose file, Prometheus' and
// Grafana's settings. That the images work is what "make image-test" shows.
package policy

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/config"
	_ "github.com/prometheus/prometheus/discovery/dns"
	"github.com/prometheus/prometheus/model/rulefmt"
	promql "github.com/prometheus/prometheus/promql/parser"
	"github.com/stretchr/testify/require"
)

const root = "../../.."

// dockerfile parses one, with the warnings of BuildKit's linter.
func dockerfile(t *testing.T, text string) (stages []instructions.Stage, args []instructions.ArgCommand, warnings []string) {
	t.Helper()
	parsed, err := parser.Parse(strings.NewReader(text))
	require.NoError(t, err)
	for _, w := range parsed.Warnings {
		warnings = append(warnings, w.Short)
	}
	lint := linter.New(&linter.Config{Warn: func(rule, _, _, message string, _ []parser.Range) {
		warnings = append(warnings, rule+": "+message)
	}})
	stages, args, err = instructions.Parse(parsed.AST, lint)
	require.NoError(t, err)
	return stages, args, warnings
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	require.NoError(t, err)
	return string(text)
}

func dockerfiles(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, pattern := range []string{"docker/Dockerfile", "docker/*.Dockerfile", "tests/image/testdata/*.Dockerfile", "tests/image/*/Dockerfile",
		"tests/image/testdata/*/Dockerfile", "examples/*/Dockerfile"} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, path := range paths {
			path, err = filepath.Rel(root, path)
			require.NoError(t, err)
			found = append(found, path)
		}
	}
	require.Contains(t, found, "docker/Dockerfile")
	require.Contains(t, found, "docker/frankenphp.Dockerfile")
	return found
}

func TestDockerfilesAreWithoutWarnings(t *testing.T) {
	for _, path := range dockerfiles(t) {
		_, _, warnings := dockerfile(t, read(t, path))
		require.Empty(t, warnings, path)
	}
	_, _, warnings := dockerfile(t, "FROM a AS B\nMAINTAINER d\n")
	require.Len(t, warnings, 2, "the linter works: %v", warnings)
}

// What the two Dockerfiles copy is there and not kept from them.
func TestDockerfilesCopyWhatIsThere(t *testing.T) {
	patterns, err := ignorefile.ReadAll(strings.NewReader(read(t, ".dockerignore")))
	require.NoError(t, err)
	ignored, err := patternmatcher.New(patterns)
	require.NoError(t, err)
	copied := 0
	for _, path := range []string{"docker/Dockerfile", "docker/frankenphp.Dockerfile"} {
		stages, _, _ := dockerfile(t, read(t, path))
		for _, stage := range stages {
			for _, command := range stage.Commands {
				c, ok := command.(*instructions.CopyCommand)
				if !ok || c.From != "" {
					continue
				}
				for _, source := range c.SourcePaths {
					copied++
					_, err := os.Stat(filepath.Join(root, source))
					require.NoError(t, err, "%s: %s", path, c)
					if source == "." {
						continue
					}
					kept, err := ignored.MatchesOrParentMatches(filepath.Clean(source))
					require.NoError(t, err)
					require.False(t, kept, "%s: .dockerignore keeps %s away", path, source)
				}
			}
		}
	}
	require.Greater(t, copied, 8)
	// What a build needs, and what would make every build of the image a different one.
	for path, want := range map[string]bool{
		"go": false, "phpsrc/Workerman/Worker.php": false, "goengine/http1/http1.go": false, "php-ext/phalanx.stub.php": false,
		"docker/rootfs.sh": false, "LICENSE": false,
		".git/HEAD": true, "build/phalanx": true, "docs/docker.md": true, "docker/compose.yaml": true, "goengine/http1/http1_test.go": true,
		"goengine/http1/testdata/x": true,
	} {
		kept, err := ignored.MatchesOrParentMatches(path)
		require.NoError(t, err)
		require.Equal(t, want, kept, path)
	}
}

// The runtime is what is built when no target is named, and as operators want it.
func TestRuntimeImage(t *testing.T) {
	stages, args, _ := dockerfile(t, read(t, "docker/Dockerfile"))
	require.Equal(t, "BASE", args[0].Args[0].Key)
	require.Equal(t, "debian:trixie-slim", *args[0].Args[0].Value)
	names := []string{}
	for _, stage := range stages {
		names = append(names, stage.Name)
	}
	for _, target := range []string{"builder", "debian", "dev", "slim"} {
		require.Contains(t, names, target)
	}
	require.Equal(t, "runtime", stages[len(stages)-1].Name)
	for _, target := range []string{"runtime", "slim"} {
		t.Run(target, func(t *testing.T) { runtimeImage(t, stages, target) })
	}
}

// A release builds every target that docs/docker.md names, on a base that it names by its digest; the tree names a tag, for
// Dependabot leaves digests in arguments alone.
func TestReleaseBuildsEveryTargetOnANamedBase(t *testing.T) {
	stages, args, _ := dockerfile(t, read(t, "docker/Dockerfile"))
	for _, arg := range args {
		require.NotContains(t, *arg.Args[0].Value, "@sha256:", "it would grow old")
	}
	workflow := read(t, ".github/workflows/release.yml")
	found := regexp.MustCompile(`(?m)^ +target: \[(.+)\]$`).FindStringSubmatch(workflow)
	require.NotNil(t, found)
	targets := strings.Split(found[1], ", ")
	page := read(t, "docs/docker.md")
	for _, match := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| .* (?:[MG]B|MB less)").FindAllStringSubmatch(page, -1) {
		require.Contains(t, targets, match[1], "docs/docker.md names it")
	}
	require.Len(t, targets, 5)
	for _, target := range targets {
		require.True(t, slices.ContainsFunc(stages, func(s instructions.Stage) bool { return s.Name == target }), target)
		require.Contains(t, page, "| `"+target+"` |")
	}
	base := *args[0].Args[0].Value
	require.Contains(t, workflow, "imagetools inspect "+base+" ")
	require.Contains(t, workflow, "build-args: BASE="+base+"@${{ steps.base.outputs.digest }}")
}

// withBase has the commands of a stage after those of the stages it stands on.
func withBase(stages []instructions.Stage, name string) (commands []instructions.Command) {
	for _, stage := range stages {
		if stage.Name == name {
			return append(withBase(stages, stage.BaseName), stage.Commands...)
		}
	}
	return nil
}

func runtimeImage(t *testing.T, stages []instructions.Stage, target string) {
	seen := map[string]string{}
	environment, labels := map[string]string{}, map[string]string{}
	for _, command := range withBase(stages, target) {
		seen[command.Name()] = fmt.Sprint(command)
		switch c := command.(type) {
		case *instructions.RunCommand:
			t.Errorf("the runtime runs %v: it has nothing to run it with", c)
		case *instructions.UserCommand:
			require.Equal(t, "1000:1000", c.User)
		case *instructions.WorkdirCommand:
			require.Equal(t, "/app", c.Path)
		case *instructions.StopSignalCommand:
			require.Equal(t, "SIGTERM", c.Signal)
		case *instructions.EntrypointCommand:
			require.False(t, c.PrependShell)
			require.Equal(t, []string{"phalanx"}, []string(c.CmdLine))
		case *instructions.CmdCommand:
			require.False(t, c.PrependShell)
			require.Equal(t, []string{"server.php", "start"}, []string(c.CmdLine))
		case *instructions.HealthCheckCommand:
			require.Equal(t, []string{"CMD", "phalanx", "health"}, c.Health.Test)
		case *instructions.EnvCommand:
			for _, kv := range c.Env {
				environment[kv.Key] = kv.Value
			}
		case *instructions.LabelCommand:
			for _, kv := range c.Labels {
				labels[kv.Key] = kv.Value
			}
		}
	}
	for _, command := range []string{"USER", "WORKDIR", "STOPSIGNAL", "ENTRYPOINT", "CMD", "HEALTHCHECK", "EXPOSE"} {
		require.Contains(t, seen, command)
	}
	for _, label := range []string{"title", "description", "url", "source", "documentation", "licenses", "version", "revision"} {
		require.Contains(t, labels, "org.opencontainers.image."+label)
	}
	require.Equal(t, "0.0.0.0:9090", environment["PHALANX_MONITOR"])
}

func compose(t *testing.T) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{filepath.Join(root, "docker/compose.yaml")}, cli.WithInterpolation(true))
	require.NoError(t, err)
	project, err := options.LoadProject(t.Context()) // checks it against the specification's schema, and that what it names is there
	require.NoError(t, err)
	return project
}

func TestCompose(t *testing.T) {
	project := compose(t)
	require.ElementsMatch(t, []string{"app", "postgres", "redis", "nats", "prometheus", "grafana"}, project.ServiceNames())
	version := regexp.MustCompile(`:v?[0-9]+\.[0-9]+(\.[0-9]+)?(-[a-z]+)?$`)
	published := map[string]string{}
	for name, service := range project.Services {
		if name != "app" {
			require.Regexp(t, version, service.Image, "%s: an image without a version changes under the one who uses it", name)
		}
		for _, port := range service.Ports {
			require.Equal(t, "127.0.0.1", port.HostIP, "%s: passwords that everybody knows, for this machine alone", name)
			require.Empty(t, published[port.Published], "two services on port %s", port.Published)
			published[port.Published] = name
		}
		for _, volume := range service.Volumes {
			if volume.Type == types.VolumeTypeBind {
				require.FileExists(t, filepath.Join(volume.Source, map[string]string{
					"/app": "server.php", "/etc/prometheus": "prometheus.yml", "/etc/grafana/provisioning": "datasources/prometheus.yaml",
					"/var/lib/grafana/dashboards": "phalanx.json",
				}[volume.Target]), "%s: %s", name, volume.Target)
				require.True(t, volume.ReadOnly)
			}
		}
	}
	app := project.Services["app"]
	require.True(t, app.ReadOnly)
	require.Equal(t, []string{"/tmp"}, []string(app.Tmpfs))
	require.Equal(t, []string{"ALL"}, app.CapDrop)
	require.Equal(t, "runtime", app.Build.Target)
	require.FileExists(t, filepath.Join(app.Build.Context, app.Build.Dockerfile))
}

func TestPrometheus(t *testing.T) {
	path := filepath.Join(root, "docker/prometheus/prometheus.yml")
	settings, err := config.LoadFile(path, false, promslog.NewNopLogger())
	require.NoError(t, err)
	require.Len(t, settings.RuleFiles, 1)
	require.FileExists(t, settings.RuleFiles[0])
	scrapes, err := settings.GetScrapeConfigs()
	require.NoError(t, err)
	require.Equal(t, "phalanx", scrapes[0].JobName)

	rules, problems := rulefmt.ParseFile(settings.RuleFiles[0], false, model.UTF8Validation)
	require.Empty(t, problems)
	for _, rule := range rules.Groups[0].Rules {
		require.NotEmpty(t, rule.Annotations["summary"], rule.Alert)
		require.NotEmpty(t, rule.Annotations["description"], rule.Alert)
		require.Contains(t, []string{"warning", "critical"}, rule.Labels["severity"], rule.Alert)
	}
}

func TestDashboard(t *testing.T) {
	var board struct {
		UID        string
		Templating struct {
			List []struct{ Name string }
		}
		Panels []struct {
			ID      int
			Type    string
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	text := read(t, "docker/grafana/dashboards/phalanx.json")
	require.NoError(t, json.Unmarshal([]byte(text), &board))
	require.NotEmpty(t, board.UID)
	variables := []string{"__rate_interval"}
	for _, v := range board.Templating.List {
		variables = append(variables, v.Name)
	}
	ids, queries := map[int]bool{}, 0
	taken := map[[2]int]string{}
	for _, panel := range board.Panels {
		require.False(t, ids[panel.ID], "two panels %d", panel.ID)
		ids[panel.ID] = true
		require.LessOrEqual(t, panel.GridPos.X+panel.GridPos.W, 24, panel.Title)
		for x := range panel.GridPos.W {
			for y := range panel.GridPos.H {
				at := [2]int{panel.GridPos.X + x, panel.GridPos.Y + y}
				require.Empty(t, taken[at], "%s lies over %s", panel.Title, taken[at])
				taken[at] = panel.Title
			}
		}
		for _, target := range panel.Targets {
			queries++
			expression := regexp.MustCompile(`\$(\w+)`).ReplaceAllStringFunc(target.Expr, func(name string) string {
				require.True(t, slices.Contains(variables, name[1:]), "%s: no variable %s", panel.Title, name)
				if name == "$__rate_interval" {
					return "1m"
				}
				return "x"
			})
			_, err := promql.ParseExpr(expression)
			require.NoError(t, err, "%s: %s", panel.Title, expression)
		}
	}
	require.Greater(t, queries, 20)
}

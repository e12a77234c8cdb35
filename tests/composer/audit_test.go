package composer_test

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// repository is a Packagist of one package, acme/library 1.0.0. affected is the range of versions that have a known
// vulnerability; the status is that of its answers about advisories.
func repository(t *testing.T, affected string, status int) *httptest.Server {
	t.Helper()
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var answer any
		switch r.URL.Path {
		case "/packages.json":
			answer = map[string]any{
				"packages": []any{}, "metadata-url": "/p2/%package%.json", "available-packages": []string{"acme/library"},
				"security-advisories": map[string]any{"metadata": false, "api-url": server.URL + "/advisories"},
			}
		case "/p2/acme/library.json":
			answer = map[string]any{"packages": map[string]any{"acme/library": []any{map[string]any{
				"name": "acme/library", "version": "1.0.0", "version_normalized": "1.0.0.0", "type": "metapackage",
			}}}}
		case "/advisories":
			w.WriteHeader(status)
			advisories := map[string]any{}
			if r.FormValue("packages[]") == "acme/library" || r.FormValue("packages[0]") == "acme/library" {
				advisories["acme/library"] = []any{map[string]any{
					"advisoryId": "PKSA-test", "packageName": "acme/library", "remoteId": "1", "title": "Anybody may do anything", "link": nil,
					"cve": "CVE-2026-99999", "affectedVersions": affected, "source": "test", "reportedAt": "2026-01-02 03:04:05",
					"composerRepository": server.URL, "severity": "high", "sources": []any{map[string]any{"name": "test", "remoteId": "1"}},
				}}
			}
			answer = map[string]any{"advisories": advisories}
		default:
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_ = json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(server.Close)
	return server
}

// A finding fails the run, none passes, and an advisory service that cannot be asked is neither.
func TestTheAudit(t *testing.T) {
	folder, err := tool()
	require.NoError(t, err)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	nobody := "http://" + closed.Addr().String()
	demanding := `{"name": "test/application", "require": {"php": ">=8.4", "acme/library": "^1.0"}}`
	for _, tt := range []struct {
		name, manifest, packagist string
		status                    int
		says                      string
	}{
		{"a vulnerable version", demanding, repository(t, "<1.1", 200).URL, 3, "CVE-2026-99999"},
		{"one demanded for development", `{"require-dev": {"acme/library": "1.0.0"}}`, repository(t, "<1.1", 200).URL, 3, "at least one package has a known"},
		{"a version from before or after", demanding, repository(t, "<1.0|>=2.0", 200).URL, 0, "no known vulnerability"},
		{"nobody there", demanding, nobody, 69, nobody + " does not answer"},
		{"a repository whose advisories fail", demanding, repository(t, "<1.1", 400).URL, 69, "nothing is known"},
		{"nothing demanded, nobody asked", `{"require": {"php": ">=8.4", "ext-json": "*"}, "replace": {"acme/library": "1.0"}}`, nobody, 0, "nothing to audit"},
		{"this project", "", nobody, 0, "nothing to audit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cmd := exec.Command("../../docker/composer-audit.sh")
			cmd.Env = append(os.Environ(), "PACKAGIST="+tt.packagist, "COMPOSER_MAX_PARALLEL_HTTP=1",
				"COMPOSER_COMMAND="+phalanxtest.Binary(t)+" -d include_path=.:"+folder+"/usr/share/php "+folder+"/usr/bin/composer")
			if tt.manifest != "" {
				manifest := filepath.Join(t.TempDir(), "composer.json")
				require.NoError(t, os.WriteFile(manifest, []byte(tt.manifest), 0o644))
				cmd.Env = append(cmd.Env, "COMPOSER="+manifest)
			}
			out, _ := cmd.CombinedOutput()
			require.Equal(t, tt.status, cmd.ProcessState.ExitCode(), string(out))
			require.Contains(t, string(out), tt.says)
		})
	}

	cmd := exec.Command("../../docker/composer-audit.sh")
	cmd.Env = append(os.Environ(), "COMPOSER_COMMAND=/nowhere/composer")
	out, _ := cmd.CombinedOutput()
	require.Equal(t, 69, cmd.ProcessState.ExitCode(), string(out))
	require.Contains(t, string(out), "composer is missing")
}

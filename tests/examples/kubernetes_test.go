package examples_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile("../../" + path)
	require.NoError(t, err)
	return string(text)
}

// The application of docker/kubernetes/example, started with the Deployment's arguments and settings: the probes' paths
// answer, it writes nothing beside its script, and SIGTERM drains it.
func TestKubernetesExample(t *testing.T) {
	manifest := readFile(t, "docker/kubernetes/base/deployment.yaml")
	values := func(pattern string) (found []string) {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(manifest, -1) {
			found = append(found, m[1])
		}
		return found
	}
	arguments := values(`(?m)^            - (\S+)$`)
	require.Contains(t, arguments, "/app/app.php")
	code, temporary := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(code+"/app.php", []byte(readFile(t, "docker/kubernetes/example/app.php")), 0o444))

	ports := phalanxtest.FreePorts(t, 2)
	app, monitor := fmt.Sprintf("127.0.0.1:%d", ports[0]), fmt.Sprintf("127.0.0.1:%d", ports[1])
	p := phalanxtest.Command(t, code+"/app.php", "start", "--monitor="+monitor)
	require.Subset(t, arguments, []string{"start", "--monitor=0.0.0.0:9090"})
	for _, line := range strings.Split(readFile(t, "docker/kubernetes/base/settings.env"), "\n") {
		name, value, set := strings.Cut(line, "=")
		if !set || strings.HasPrefix(line, "#") {
			continue
		}
		if name == "DRAIN_DELAY" {
			value = "1.5"
		}
		p.Cmd.Env = append(p.Cmd.Env, name+"="+value)
	}
	p.Cmd.Env = append(p.Cmd.Env, "HOST=127.0.0.1", fmt.Sprintf("PORT=%d", ports[0]), "TMPDIR="+temporary)
	p.Start()

	paths := values(`(?m)path: (/live|/ready)$`)
	require.Len(t, paths, 3)
	answer := func(address, path string) string {
		resp, err := http.Get("http://" + address + path)
		if err != nil {
			return err.Error()
		}
		defer func() { _ = resp.Body.Close() }()
		body, _ := io.ReadAll(resp.Body)
		return string(body)
	}
	for _, path := range paths {
		require.Eventually(t, func() bool { return answer(monitor, path) == "ok\n" }, phalanxtest.Patience, 5*time.Millisecond, path)
	}
	require.Contains(t, answer(app, "/"), "Hello from ")
	require.Contains(t, answer(monitor, "/metrics"), `phalanx_slot_serving{id="1",worker="app"} 1`, "WORKERS is 2")

	require.NoError(t, p.Cmd.Process.Signal(syscall.SIGTERM))
	require.Eventually(t, func() bool { return strings.Contains(answer(monitor, "/ready"), "draining") }, phalanxtest.Patience, 5*time.Millisecond)
	require.Contains(t, answer(app, "/"), "Hello from ", "while /ready says no, requests that still come are served")
	p.WaitUntilEnded()
	require.NoError(t, p.Err)
	beside, err := os.ReadDir(code)
	require.NoError(t, err)
	require.Len(t, beside, 1, "the root file system is read-only")
}

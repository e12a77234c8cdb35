// Package caddy tests that the binary is Caddy with FrankenPHP too.
package caddy

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func binary(t *testing.T) string {
	t.Helper()
	path := os.Getenv("PHALANX")
	if path == "" {
		path = "../../build/phalanx"
	}
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	require.FileExists(t, path, "run 'make build' first")
	return path
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// start runs the binary until the test ends; it is told to stop and given time to.
func start(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command(binary(t), args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	cmd.Stdout, cmd.Stderr = log, log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(unix.SIGTERM)
		kill := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		kill.Stop()
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("it printed:\n%s", text)
		}
	})
}

func get(t *testing.T, url string) string {
	t.Helper()
	var body string
	require.Eventually(t, func() bool {
		resp, err := http.Get(url)
		if err != nil {
			return false
		}
		defer func() { _ = resp.Body.Close() }()
		b, err := io.ReadAll(resp.Body)
		body = string(b)
		return err == nil && resp.StatusCode == http.StatusOK
	}, 30*time.Second, 50*time.Millisecond)
	return body
}

const report = `<?php
echo json_encode([PHP_SAPI, extension_loaded('phalanx'), ini_get('opcache.jit'), ini_get('display_errors'), ini_get('memory_limit')]);
`

// The defaults of php.ini are the binary's, and a Caddyfile's are stronger.
func TestRunServesPHPWithACaddyfile(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "index.php"), []byte(report), 0o600))
	caddyfile := fmt.Sprintf(`{
	auto_https off
	admin off
	frankenphp {
		php_ini memory_limit 99M
	}
}
http://%s {
	root * %s
	php_server
}
`, addr, dir)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Caddyfile"), []byte(caddyfile), 0o600))
	start(t, dir, "run", "--config", "Caddyfile")
	require.JSONEq(t, `["frankenphp", true, "tracing", "0", "99M"]`, get(t, "http://"+addr+"/"))
}

func TestPHPServerServesAFolder(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "index.php"), []byte("<?php echo 'hello ', $_GET['name'];"), 0o600))
	start(t, dir, "php-server", "--listen", addr)
	require.Equal(t, "hello world", get(t, "http://"+addr+"/?name=world"))
}

func TestPHPCLIAndVersionAreFrankenPHPsAndCaddys(t *testing.T) {
	script := filepath.Join(t.TempDir(), "s.php")
	require.NoError(t, os.WriteFile(script, []byte("<?php echo $argv[1]; exit(3);"), 0o600))
	out, err := exec.Command(binary(t), "php-cli", script, "word").Output()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 3, exit.ExitCode())
	require.Equal(t, "word", string(out))

	out, err = exec.Command(binary(t), "version").Output()
	require.NoError(t, err)
	require.Regexp(t, `^v2\.\d+\.\d+`, string(out))
}

// Package caddy tests that the binary is Caddy with FrankenPHP too.
package caddy

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// start runs the binary until the test ends.
func start(t *testing.T, dir string, args ...string) *phalanxtest.Process {
	t.Helper()
	p := phalanxtest.Command(t, args...)
	p.Cmd.Dir = dir
	p.Cmd.Env = append(p.Cmd.Env, "XDG_DATA_HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
	p.Start()
	return p
}

func freeAddress(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("127.0.0.1:%d", phalanxtest.FreePorts(t, 1)[0])
}

// client gives up early: a request that is never answered fails its test rather than all of them.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: phalanxtest.Patience / 2}

func get(t *testing.T, url string) string {
	t.Helper()
	var body string
	require.Eventually(t, func() bool {
		resp, err := client.Get(url)
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

// Caddy may listen before PHP has started: whoever comes then is answered as soon as it has.
func TestRequestsWhileStartingAreAnswered(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "index.php"), []byte("<?php echo 'hello';"), 0o600))
	for range 8 { // the order is Caddy's choice, so several tries
		addr := freeAddress(t)
		p := start(t, dir, "php-server", "--listen", addr)
		require.NoError(t, phalanxtest.Dial(t, addr).Close()) // Caddy waits for one that is open and silent
		resp, err := client.Get("http://" + addr)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		p.Stop()
	}
}

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
	out, err := exec.Command(phalanxtest.Binary(t), "php-cli", script, "word").Output()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 3, exit.ExitCode())
	require.Equal(t, "word", string(out))

	out, err = exec.Command(phalanxtest.Binary(t), "version").Output()
	require.NoError(t, err)
	require.Regexp(t, `^v2\.\d+\.\d+`, string(out))
}

// Package caddy tests that the binary is Caddy with FrankenPHP too.
package caddy

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
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

const components = `<?php
declare(strict_types=1);
use Phalanx\Shared\{Cache, Counter};
use Phalanx\Sql\Database;
use function Phalanx\{all, timeout};
$cache = new Cache('caddy');
$counter = new Counter('caddy');
$db = new Database('sqlite:shop.sqlite');
echo json_encode(match ($_GET['do']) {
	'start' => 'started',
	'set' => [
		$cache->set('key', ['of' => 'a request', 'at' => [1, 2.5, null]]),
		$db->execute('CREATE TABLE article (id INTEGER PRIMARY KEY, name TEXT NOT NULL)')->affectedRows,
		$db->execute('INSERT INTO article (name) VALUES (:name)', ['name' => 'lamp'])->affectedRows,
	],
	'get' => [$cache->get('key'), $db->query('SELECT * FROM article')],
	'count' => $counter->add(),
	'together' => timeout(20.0, fn () => all([
		'a' => fn () => $db->value('SELECT 1 AS n'),
		'b' => fn () => $db->value('SELECT 2 AS n'),
	])),
	'left open' => [$db->begin(), $db->execute("INSERT INTO article (name) VALUES ('never')")],
	'wrong' => (function () use ($db) {
		try {
			return $db->query('SELECT 1 FROM nowhere');
		} catch (Phalanx\Sql\Exception $e) {
			return $e->getMessage();
		}
	})(),
});
`

// Components, and what they share, are those of all requests of the process.
func TestComponentsInRequests(t *testing.T) {
	for _, command := range []string{"run", "php-server"} {
		t.Run(command, func(t *testing.T) {
			dir, addr := t.TempDir(), freeAddress(t)
			require.NoError(t, os.WriteFile(filepath.Join(dir, "index.php"), []byte(components), 0o600))
			caddyfile := fmt.Sprintf("{\n\tauto_https off\n\tadmin off\n}\nhttp://%s {\n\troot * %s\n\tphp_server\n}\n", addr, dir)
			require.NoError(t, os.WriteFile(filepath.Join(dir, "Caddyfile"), []byte(caddyfile), 0o600))
			if command == "run" {
				start(t, dir, "run", "--config", "Caddyfile")
			} else {
				start(t, dir, "php-server", "--listen", addr)
			}
			get(t, "http://"+addr+"/?do=start") // Caddy may listen before FrankenPHP runs, and answer 500
			ask := func(what string) string {
				resp, err := client.Get("http://" + addr + "/?do=" + url.QueryEscape(what))
				require.NoError(t, err)
				defer func() { _ = resp.Body.Close() }()
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				return string(body)
			}
			require.JSONEq(t, `[true, 0, 1]`, ask("set"))
			const kept = `[{"of": "a request", "at": [1, 2.5, null]}, [{"id": 1, "name": "lamp"}]]`
			require.JSONEq(t, kept, ask("get"))
			require.JSONEq(t, `{"a": 1, "b": 2}`, ask("together"))
			require.Contains(t, ask("wrong"), "no such table")
			ask("left open")
			require.JSONEq(t, kept, ask("get"), "a transaction ends with its request")

			var wg sync.WaitGroup
			for range 4 { // several threads of PHP at a time
				wg.Go(func() {
					for range 10 {
						resp, err := client.Get("http://" + addr + "/?do=count")
						if err != nil {
							t.Error(err)
							return
						}
						_ = resp.Body.Close()
					}
				})
			}
			wg.Wait()
			require.Equal(t, "41", ask("count"))
		})
	}
}

package e2e_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// logged is how often each record is in the log and the files it was rotated to.
func (a *app) logged() map[string]int {
	a.t.Helper()
	files, err := filepath.Glob(filepath.Join(a.dir, "app.log*"))
	require.NoError(a.t, err)
	all := map[string]int{}
	for _, name := range files {
		if strings.HasSuffix(name, ".tmp") {
			continue // a compression that the end of the process broke off: the file it was made of is there
		}
		f, err := os.Open(name)
		require.NoError(a.t, err)
		var rd io.Reader = f
		if strings.HasSuffix(name, ".gz") {
			rd, err = gzip.NewReader(f)
			require.NoError(a.t, err)
		}
		for lines := bufio.NewScanner(rd); lines.Scan(); {
			var record struct{ Message, Channel, Level string }
			require.NoError(a.t, json.Unmarshal(lines.Bytes(), &record), lines.Text())
			require.Equal(a.t, "web info", record.Channel+" "+record.Level)
			all[record.Message]++
		}
		require.NoError(a.t, f.Close())
	}
	return all
}

// Ten thousand records of two server processes, which rotate one file, while workers reload, exit and fail and the
// application stops.
func TestNoRecordIsLost(t *testing.T) {
	a := prepare(t, 1)
	a.start("log.php", "start", "--processes=2")
	a.WaitFor("Start success.")
	// A connection for each request: on one that breaks Go would send a request again.
	fresh := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	const each = 50
	for n := 0; n < 10_000; n += each {
		path := "/"
		switch n {
		case 2000, 6000:
			require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
		case 4000:
			path = "/exit"
		case 8000:
			path = "/fatal"
		}
		resp, err := fresh.Get(a.url(0, fmt.Sprintf("%s?n=%d&times=%d", path, n, each)))
		if err == nil {
			_ = resp.Body.Close()
		}
		if path == "/" {
			require.NoError(t, err)
		}
	}
	a.Stop()
	got := a.logged()
	for n := range 10_000 {
		require.Equal(t, 1, got[fmt.Sprintf("record %d", n)], "record %d", n)
	}
	require.Len(t, got, 10_000)
	rotated, err := filepath.Glob(filepath.Join(a.dir, "app.log.*"))
	require.NoError(t, err)
	require.NotEmpty(t, rotated)
}

// A script's records are written when it ends, in whatever way it does.
func TestRecordsOfScripts(t *testing.T) {
	for name, end := range map[string]string{
		"at its end": "", "exit": "exit(3);", "an exception": "throw new Exception('no');",
		"a fatal error": "ini_set('memory_limit', '4M'); str_repeat('x', 100_000_000);",
	} {
		t.Run(name, func(t *testing.T) {
			a := prepare(t, 0)
			script := "<?php $log = new Phalanx\\Log('app.log', 'web', format: Phalanx\\Log\\Format::Json);" +
				"for ($i = 0; $i < 3000; $i++) { $log->info(\"record $i\"); }" + end
			require.NoError(t, os.WriteFile(filepath.Join(a.dir, "script.php"), []byte(script), 0o600))
			_, _ = a.Command("script.php").Run()
			require.Len(t, a.logged(), 3000)
		})
	}
}

// psr/log 1 and 3 are Debian's; of 2, which Debian never had, these are the signatures.
const psrLog2 = `namespace Psr\Log;
	class InvalidArgumentException extends \InvalidArgumentException {}
	interface LoggerInterface {
		public function emergency(string|\Stringable $message, array $context = []);
		public function alert(string|\Stringable $message, array $context = []);
		public function critical(string|\Stringable $message, array $context = []);
		public function error(string|\Stringable $message, array $context = []);
		public function warning(string|\Stringable $message, array $context = []);
		public function notice(string|\Stringable $message, array $context = []);
		public function info(string|\Stringable $message, array $context = []);
		public function debug(string|\Stringable $message, array $context = []);
		public function log($level, string|\Stringable $message, array $context = []);
	}`

func TestPsrLog(t *testing.T) {
	debian := func(release string) string {
		out, err := exec.Command("../php/debian-tool.sh", release, "php-psr-log").Output()
		require.NoError(t, err)
		return fmt.Sprintf(`spl_autoload_register(function ($class) {
			$file = %q . strtr($class, '\\', '/') . '.php';
			if (is_file($file)) { require $file; }
		});`, strings.TrimSpace(string(out))+"/usr/share/php/")
	}
	for version, source := range map[string]string{"1": debian("bookworm"), "2": psrLog2, "3": debian("bullseye"), "3, newer": debian("trixie")} {
		t.Run(version, func(t *testing.T) {
			a := prepare(t, 0)
			require.NoError(t, os.WriteFile(filepath.Join(a.dir, "psr.php"), []byte("<?php "+source), 0o600))
			out, err := a.Command("psrlog.php").Run()
			require.NoError(t, err, out)
			require.Regexp(t, `^(\[[^]]+\] lib\.(EMERGENCY|ALERT|CRITICAL|ERROR|WARNING|NOTICE|INFO|DEBUG): hello Ada \{"name":"Ada"\}\n){9}`+
				`refused: A level is .*; 'loud' given\n$`, out)
		})
	}
}

// A slow reader of standard output holds the application up and loses nothing.
func TestRecordsForASlowReader(t *testing.T) {
	a := prepare(t, 0)
	script := `<?php $log = new Phalanx\Log('stdout', maxQueueBytes: 2 << 20);
		for ($i = 0; $i < 100; $i++) { $log->info(str_repeat('x', 100_000)); }`
	require.NoError(t, os.WriteFile(filepath.Join(a.dir, "script.php"), []byte(script), 0o600))
	p := a.Command("script.php")
	rd, w, err := os.Pipe()
	require.NoError(t, err)
	p.Cmd.Stdout = w
	require.NoError(t, p.Cmd.Start())
	require.NoError(t, w.Close())
	time.Sleep(50 * time.Millisecond) // the pipe and the queue fill
	text, err := io.ReadAll(rd)
	require.NoError(t, err)
	require.NoError(t, p.Cmd.Wait())
	require.Equal(t, 100, strings.Count(string(text), "\n"))
}

// Package cli_test runs scripts with phalanx and with the php of the same build, and compares.
package cli_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var phalanx, php string

func TestMain(m *testing.M) {
	root, err := filepath.Abs("../..")
	if err != nil {
		panic(err)
	}
	phalanx = os.Getenv("PHALANX")
	if phalanx == "" {
		phalanx = filepath.Join(root, "build/phalanx")
	}
	out, err := exec.Command(filepath.Join(root, "docker/php/build.sh"), "--find").Output()
	if err != nil {
		panic("PHP is not built: " + err.Error())
	}
	php = filepath.Join(strings.TrimSpace(string(out)), "bin/php")
	os.Exit(m.Run())
}

type result struct {
	Status         int
	Stdout, Stderr string
}

// run runs one of the two in a folder with the test's files.
func run(t *testing.T, binary, dir, stdin string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, strings.NewReader(stdin), &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	r := result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
	// Each names itself.
	r.Stdout = strings.ReplaceAll(r.Stdout, binary, "BINARY")
	return r
}

var files = map[string]string{
	"env.php": `#!/usr/bin/env php
<?php
var_dump($argc, $argv, __FILE__ === realpath('env.php'), getcwd() === __DIR__, PHP_BINARY === readlink('/proc/self/exe'), PHP_SAPI, PHP_OS_FAMILY);
foreach (['PHP_SELF', 'SCRIPT_NAME', 'SCRIPT_FILENAME', 'PATH_TRANSLATED', 'DOCUMENT_ROOT', 'argc', 'argv'] as $k) {
    var_dump($_SERVER[$k]);
}
foreach (['display_errors', 'html_errors', 'implicit_flush', 'output_buffering', 'max_execution_time', 'max_input_time',
    'memory_limit', 'error_reporting', 'opcache.enable_cli', 'register_argc_argv'] as $k) {
    var_dump($k, ini_get($k));
}
var_dump(STDIN, STDOUT, STDERR, PHP_CLI_PROCESS_TITLE, stream_get_meta_data(STDOUT)['uri']);
`,
	"sub/cwd.php": "<?php echo getcwd() === dirname(__DIR__) ? 'not changed' : getcwd();",
	"bad.php":     "<?php echo 1 +;",
	"good.php":    "<?php echo 'good';",
	"warn.php":    "<?php echo $undefined; fwrite(STDERR, 'to stderr'); error_log('logged');",
	"run":         "<?php echo 'a file named like a command';",
	"my.ini":      "memory_limit=77M\nprecision=5\n",
}

func folder(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o755))
	}
	return dir
}

func TestSameAsPHP(t *testing.T) {
	tests := []struct {
		name  string
		args  []string
		stdin string
	}{
		{name: "arguments of a script", args: []string{"env.php", "a", "-b", "--c=d", "--", "-e"}},
		{name: "options end where the script begins", args: []string{"env.php", "-r", "-v", "-d", "x=y"}},
		{name: "script given with -f", args: []string{"-f", "env.php", "x"}},
		{name: "-- before a file makes it an argument", args: []string{"--", "env.php"}, stdin: "<?php var_dump($argv);"},
		{name: "the working directory stays", args: []string{"sub/cwd.php"}},
		{name: "file that is not there", args: []string{"none.php"}},
		{name: "argument that is no file", args: []string{"nonesuch"}},
		{name: "script from standard input", args: []string{"--", "x"}, stdin: "<?php var_dump($argv, __FILE__); exit(4);"},
		{name: "a single dash", args: []string{"-", "x"}, stdin: "<?php echo 1;"},
		{name: "-r", args: []string{"-r", "var_dump($argv, $argc, __FILE__);", "a", "--", "-b"}},
		{name: "-r reads standard input", args: []string{"-r", "echo strrev(stream_get_contents(STDIN));"}, stdin: "abc"},
		{name: "exit status", args: []string{"-r", "exit(3);"}},
		{name: "exit with a text", args: []string{"-r", "exit('bye');"}},
		{name: "a shutdown function has the last word on the status",
			args: []string{"-r", "register_shutdown_function(fn () => exit(7)); exit(1);"}},
		{name: "uncaught exception", args: []string{"-r", "throw new LogicException('no');"}},
		{name: "syntax error in -r", args: []string{"-r", "syntax error"}},
		{name: "syntax error in a file", args: []string{"bad.php"}},
		{name: "warnings, error_log and standard error", args: []string{"warn.php"}},
		{name: "memory limit", args: []string{"-d", "memory_limit=8M", "-r", "$x = str_repeat('x', 1 << 27);"}},
		{name: "endless recursion", args: []string{"-r", "function f($n) { return f($n + 1) + 1; } f(1);"}},
		{name: "-d with a space, without, and without a value",
			args: []string{"-d", "memory_limit=5M", "-dprecision=3", "-d", "log_errors", "-r",
				"var_dump(ini_get('memory_limit'), ini_get('precision'), ini_get('log_errors'));"}},
		{name: "-d wins over what the command line fixes", args: []string{"-d", "html_errors=1", "bad.php"}},
		{name: "-c names a php.ini, -d is stronger",
			args: []string{"-c", "my.ini", "-d", "precision=9", "-r", "echo ini_get('memory_limit'), ini_get('precision');"}},
		{name: "-n reads none", args: []string{"-n", "--ini"}},
		{name: "--ini", args: []string{"--ini"}},
		{name: "lint: good", args: []string{"-l", "good.php"}},
		{name: "lint: bad", args: []string{"-l", "bad.php"}},
		{name: "lint: several", args: []string{"-l", "bad.php", "good.php", "none.php", "env.php"}},
		{name: "lint: standard input", args: []string{"-l"}, stdin: "<?php echo 1;"},
		{name: "lint without messages", args: []string{"-d", "display_errors=0", "-l", "bad.php"}},
		{name: "--ri", args: []string{"--ri", "json"}},
		{name: "--ri of what is not there", args: []string{"--ri", "nonesuch"}},
		{name: "--rf", args: []string{"--rf", "strlen"}},
		{name: "--rc of what is not there", args: []string{"--rc", "Nonesuch"}},
		{name: "--rc", args: []string{"--rc", "ArrayAccess"}},
		{name: "-s", args: []string{"-s", "good.php"}},
		{name: "-w", args: []string{"-w", "env.php"}},
		{name: "headers are nowhere", args: []string{"-r", "header('A: b'); http_response_code(404); echo 'body';"}},
		{name: "getenv and putenv reach children",
			args: []string{"-r", "putenv('PHX_T=1'); echo getenv('PHX_T'), `echo $PHX_T`; putenv('PHX_T'); var_dump(getenv('PHX_T'));"}},
		{name: "output after STDOUT is closed", args: []string{"-r", "echo 'a'; fclose(STDOUT); echo 'b'; echo 'c';"}},
		{name: "children have no signal blocked",
			args: []string{"-r", "system('grep -E \"Sig(Blk|Ign)\" /proc/self/status'); proc_close(proc_open(['grep', 'SigBlk', '/proc/self/status'], [], $p));"}},
		{name: "fork, exit and wait",
			args: []string{"-r", "for ($i = 0; $i < 8; $i++) { if (!pcntl_fork()) { gc_collect_cycles(); exit($i); } } $s = []; while (pcntl_wait($st) > 0) { $s[] = pcntl_wexitstatus($st); } sort($s); echo json_encode($s);"}},
		{name: "a forked child that falls off the end",
			args: []string{"-r", "if (!pcntl_fork()) { echo 'child '; } else { pcntl_wait($st); var_dump($st); }"}},
		{name: "pcntl_alarm interrupts sleep",
			args: []string{"-r", "pcntl_async_signals(true); pcntl_signal(SIGALRM, fn () => print('alarm ')); pcntl_alarm(1); var_dump(sleep(20) > 10);"}},
		{name: "blocked signals wait",
			args: []string{"-r", "pcntl_sigprocmask(SIG_BLOCK, [SIGUSR1, SIGTERM]); posix_kill(getmypid(), SIGTERM); posix_kill(getmypid(), SIGUSR1); usleep(50000); echo pcntl_sigwaitinfo([SIGUSR1]), pcntl_sigtimedwait([SIGTERM], $i, 1), json_encode(pcntl_sigprocmask(SIG_UNBLOCK, [SIGTERM]));"}},
		{name: "a blocked signal's default action comes when it is let through",
			args: []string{"-r", "pcntl_sigprocmask(SIG_BLOCK, [SIGTERM]); posix_kill(getmypid(), SIGTERM); usleep(50000); echo 'alive'; pcntl_sigprocmask(SIG_UNBLOCK, [SIGTERM]); usleep(50000); echo 'dead';"}},
		{name: "broken pipe is no signal", args: []string{"-r", "var_dump(pcntl_signal_get_handler(SIGPIPE)); $p = popen('true', 'w'); usleep(100000); var_dump(@fwrite($p, 'x'));"}},
		{name: "process title", args: []string{"-r", "var_dump(cli_set_process_title('short')); echo cli_get_process_title(), ' ', rtrim(file_get_contents('/proc/self/cmdline'), \"\\0\"), ' ', getenv('HOME') !== false;"}},
		{name: "time limit", args: []string{"-r", "set_time_limit(1); while (true);"}},
		{name: "fibers and generators", args: []string{"-r", "$f = new Fiber(function () { $x = Fiber::suspend(1); echo $x; }); echo $f->start(); $f->resume(2);"}},
	}
	dir := folder(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := run(t, php, dir, tt.stdin, tt.args...)
			require.Equal(t, want, run(t, phalanx, dir, tt.stdin, tt.args...))
		})
	}
}

func TestShebangRunsAScript(t *testing.T) {
	dir := folder(t)
	path := filepath.Join(dir, "script")
	require.NoError(t, os.WriteFile(path, []byte("#!"+phalanx+"\n<?php echo __LINE__, $argv[1]; exit(6);"), 0o755))
	r := run(t, path, dir, "", "x")
	require.Equal(t, result{Status: 6, Stdout: "2x"}, r)
}

func TestModulesAreThoseOfPHPAndOurs(t *testing.T) {
	dir := t.TempDir()
	got, want := run(t, phalanx, dir, "", "-m"), run(t, php, dir, "", "-m")
	require.Contains(t, got.Stdout, "\nphalanx\n")
	require.Equal(t, want.Stdout, strings.NewReplacer("phalanx\n", "", "phalcon\n", "").Replace(got.Stdout))
	require.Contains(t, got.Stdout, "[Zend Modules]\nZend OPcache\n", "opcache is loaded, and off as php has it")
}

// The php.ini of AdapterMan, and others' who tune PHP-FPM, ask opcache for huge pages. It moved Go's code there, under the
// threads that ran in it. A write-protected cache is as little for threads: one protects it while another writes.
func TestOpcacheKeepsToWhatThreadsBear(t *testing.T) {
	dir := folder(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "huge.ini"), []byte("opcache.protect_memory=1\nopcache.huge_code_pages=1\nopcache.enable_cli=1\n"), 0o600))
	script := "echo opcache_get_status()['opcache_enabled'] ? 'on' : 'off', ' ', ini_get('opcache.huge_code_pages'), ini_get('opcache.protect_memory');"
	for _, args := range [][]string{
		{"-c", "huge.ini", "-r", script},
		{"-d", "opcache.enable_cli=1", "-d", "opcache.huge_code_pages=1", "-d", "opcache.protect_memory=1", "-r", script},
	} {
		require.Equal(t, result{Stdout: "on 00"}, run(t, phalanx, dir, "", args...), args)
	}
}

// Caddy's complaint about it is for who runs Caddy.
func TestNoHome(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), phalanx, "-r", "echo json_encode(array_keys(getenv()));")
	cmd.Env = []string{"A=1"}
	out, err := cmd.CombinedOutput()
	require.NoError(t, err)
	require.Equal(t, `["A"]`, string(out))
}

func TestVersion(t *testing.T) {
	dir := t.TempDir()
	got, want := run(t, phalanx, dir, "", "-v"), run(t, php, dir, "", "-v")
	require.Equal(t, strings.Fields(want.Stdout)[:3], strings.Fields(got.Stdout)[:3])
	require.Contains(t, got.Stdout, "Phalanx")
}

func TestHelpFitsOneScreen(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{{"help"}, {"-h"}, {"--help"}} {
		r := run(t, phalanx, dir, "", args...)
		require.Equal(t, 0, r.Status)
		require.Contains(t, r.Stdout, "phalanx FILE.php")
		lines := strings.Split(strings.TrimSuffix(r.Stdout, "\n"), "\n")
		require.LessOrEqual(t, len(lines), 24)
		for _, line := range lines {
			require.LessOrEqual(t, len(line), 80, line)
		}
	}
}

func TestCommandsWinOverFilesOfTheirName(t *testing.T) {
	dir := folder(t)
	require.NotContains(t, run(t, phalanx, dir, "", "run", "--help").Stdout, "named like")
	require.Equal(t, "a file named like a command", run(t, phalanx, dir, "", "./run").Stdout)
	require.Contains(t, run(t, phalanx, dir, "", "version").Stdout, "v2.")
	require.Contains(t, run(t, phalanx, dir, "", "php-server", "--help").Stdout, "--listen")
	require.Equal(t, "good", run(t, phalanx, dir, "", "php-cli", "good.php").Stdout)
}

func TestOptionsThatAreNotThereSaySo(t *testing.T) {
	dir := t.TempDir()
	for _, option := range []string{"-a", "-S", "-R"} {
		r := run(t, phalanx, dir, "", option, "x")
		require.Equal(t, 1, r.Status)
		require.NotEmpty(t, r.Stderr)
	}
}

func TestClassesNeedNoComposer(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "cache"))
	code := `echo (new ReflectionClass('Workerman\Timer'))->getFileName(), json_encode([spl_autoload_functions(), class_exists('Workerman\Nope')]);`
	r := run(t, phalanx, dir, "", "-r", code)
	require.Equal(t, 0, r.Status, r.Stdout)
	require.Contains(t, r.Stdout, filepath.Join(dir, "cache/phalanx/phpsrc-"))
	require.Contains(t, r.Stdout, "Workerman/Timer.php[[],false]")

	code = `spl_autoload_register(function ($c) { eval('namespace Workerman; class Timer { const OWN = 1; }'); }); echo Workerman\Timer::OWN;`
	require.Equal(t, "1", run(t, phalanx, dir, "", "-r", code).Stdout, "the script's own loader comes first")
}

func TestProtocolsLieBesideTheScript(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "app/Protocols"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "app/Protocols/Foo.php"),
		[]byte("<?php namespace Protocols; class Foo { const BAR = 'bar'; }"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "app/s.php"), []byte(`<?php echo Protocols\Foo::BAR;`), 0o644))
	require.Equal(t, "bar", run(t, phalanx, dir, "", "app/s.php").Stdout)
}

// A library that came first may have taken the thread's key that PHP's storage gets later: PHP's is not looked for before PHP has
// started. The address sanitizer found it, which takes that key.
func TestAKeyThatAnotherLibraryTook(t *testing.T) {
	library := filepath.Join(t.TempDir(), "key.so")
	source := `#include <pthread.h>
		#include <stdlib.h>
		__attribute__((constructor)) static void take(void)
		{
			pthread_key_t key;
			if (pthread_key_create(&key, NULL) != 0 || pthread_setspecific(key, (void *) 16) != 0) {
				abort();
			}
		}`
	cc := exec.Command("cc", "-shared", "-fPIC", "-o", library, "-xc", "-")
	cc.Stdin = strings.NewReader(source)
	out, err := cc.CombinedOutput()
	require.NoError(t, err, string(out))
	t.Setenv("LD_PRELOAD", library)
	require.Equal(t, result{Stdout: "it runs"}, run(t, phalanx, t.TempDir(), "", "-r", "echo 'it runs';"))
}

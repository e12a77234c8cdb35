package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// code replaces what the workers of process.php answer.
func (a *app) code(php string) {
	a.t.Helper()
	next := filepath.Join(a.dir, "next")
	require.NoError(a.t, os.WriteFile(next, []byte(php), 0o644))
	require.NoError(a.t, os.Rename(next, filepath.Join(a.dir, "load.inc")))
}

// A reload with code that cannot be loaded costs one worker, is said once, and ends when the code is right.
func TestReloadWithBrokenCode(t *testing.T) {
	for name, broken := range map[string]struct{ code, said string }{
		"syntax error":       {"<?php\nreturn 'v2;\n", "syntax error, unexpected"},
		"uncaught exception": {"<?php\nthrow new Exception('not today');\n", "Uncaught Exception: not today"},
		"fatal error":        {"<?php\nno_such_function();\n", "Call to undefined function no_such_function()"},
		"exit":               {"<?php\nexit(4);\n", "it ended before it came to Worker::runAll()"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := prepare(t, 1)
			a.code("<?php return 'v1';")
			a.start("boot.php", "start")
			a.WaitFor("started v1", 3)
			before := a.serverPID()

			a.code(broken.code)
			require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
			a.WaitFor("a worker cannot start: ")
			a.WaitFor("reload broken off")
			for range 20 {
				require.Equal(t, "v1", a.get(0, "/"), "the others go on")
			}
			require.Eventually(t, func() bool { return len(a.read("starts")) >= 3+3 }, patience, 5*time.Millisecond, "it is tried again")
			require.Equal(t, 1, strings.Count(a.Output(), "a worker cannot start"))
			if name != "exit" {
				require.Equal(t, 1+2, strings.Count(a.Output(), broken.said), "by PHP and in two log lines:\n%s", a.Output())
			}

			a.code("<?php return 'v2';")
			require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
			require.Eventually(t, func() bool {
				answers := map[string]bool{}
				for range 20 {
					body, _ := a.tryGet(0, "/") // a worker may be replaced just now
					answers[body] = true
				}
				return len(answers) == 1 && answers["v2"]
			}, patience, 50*time.Millisecond)
			a.WaitFor("started v2", 3)
			for range 20 {
				require.Equal(t, "v2", a.get(0, "/"))
			}
			require.Equal(t, before, a.serverPID())

			a.code(broken.code) // what was said before is news again
			require.Eventually(t, func() bool {
				_ = a.Cmd.Process.Signal(syscall.SIGUSR1) // one that comes while another runs follows it
				return strings.Count(a.Output(), "a worker cannot start") == 2
			}, patience, 100*time.Millisecond)
		})
	}
}

func (a *app) read(name string) string {
	text, _ := os.ReadFile(filepath.Join(a.dir, name))
	return string(text)
}

// Pauses between starts that fail grow.
func TestBrokenCodeIsTriedLessAndLess(t *testing.T) {
	a := prepare(t, 1)
	a.code("<?php return 'v1';")
	a.start("boot.php", "start")
	a.WaitFor("started v1", 3)
	a.code("<?php exit(1);")
	began := time.Now()
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
	require.Eventually(t, func() bool { return len(a.read("starts")) >= 3+5 }, patience, 5*time.Millisecond)
	// 0.25, 0.5, 1 and 2 seconds at least, and FrankenPHP's own.
	require.Greater(t, time.Since(began), 3700*time.Millisecond)
}

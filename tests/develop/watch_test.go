package develop_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// member joins the WebSocket server.
func (a *app) member() (ask func(string) string) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), 3*patience)
	a.t.Cleanup(cancel)
	c, _, err := websocket.Dial(ctx, fmt.Sprintf("ws://127.0.0.1:%d/", a.Ports[1]), nil)
	require.NoError(a.t, err)
	a.t.Cleanup(func() { _ = c.CloseNow() })
	return func(text string) string {
		a.t.Helper()
		require.NoError(a.t, c.Write(ctx, websocket.MessageText, []byte(text)))
		_, data, err := c.Read(ctx)
		require.NoError(a.t, err)
		return string(data)
	}
}

// However a file changes, the workers are replaced, and connections go on.
func TestWatchReloads(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]string{"told by the kernel": nil, "polling": {"--poll"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := watch(t, options...)
			kept, member := a.keepAlive(), a.member()
			require.Equal(t, "v1", kept.get("/"))
			require.Equal(t, "development", kept.get("/environment"))
			require.Equal(t, "v1", member("?"))

			a.version("v2") // replaced by another file
			a.WaitFor("reloaded in", 1)
			require.Equal(t, "v2", kept.get("/"), "on the connection from before")
			require.Equal(t, "v2", member("?"), "on the connection from before")

			path := filepath.Join(a.Dir, "src/version.php")
			require.NoError(t, os.WriteFile(path, []byte("<?php function version(): string { return 'v3'; }"), 0o600)) // overwritten
			a.WaitFor("reloaded in", 2)
			require.Equal(t, "v3", kept.get("/"))

			require.NoError(t, os.MkdirAll(filepath.Join(a.Dir, "src/new/deep"), 0o700)) // a folder that was not there
			a.write("src/new/deep/other.php", "<?php return 'v4';\n")
			a.WaitFor("reloaded in", 3)
			a.write("src/version.php", "<?php function version(): string { return require __DIR__ . '/new/deep/other.php'; }")
			a.WaitFor("reloaded in", 4)
			require.Equal(t, "v4", kept.get("/"))
			a.write("src/new/deep/other.php", "<?php return 'v5';\n")
			a.WaitFor("reloaded in", 5)
			require.Equal(t, "v5", kept.get("/"))

			a.write("src/spare.php", "<?php\n")
			a.WaitFor("reloaded in", 6)
			require.NoError(t, os.Remove(filepath.Join(a.Dir, "src/spare.php"))) // gone
			a.WaitFor("reloaded in", 7)
			require.Equal(t, "v5", kept.get("/"))
			require.Equal(t, "v5", member("?"))
		})
	}
}

// Code that cannot start is shown in the terminal and to who wants a page. What serves goes on serving.
func TestWatchKeepsCodeThatWorks(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ code, title, message, place string }{
		"syntax": {
			"<?php\n\nfunction version(): string\n{\n    return 'v2'\n}\n", "Parse error", `syntax error, unexpected token "}", expecting ";"`, "src/version.php:6",
		},
		"exception": {
			"<?php\n\nthrow new RuntimeException('no <database>');\n", "Uncaught RuntimeException", "no <database>", "src/version.php:3",
		},
		"fatal error": {
			"<?php\n\nfunction version(): string { return 'v2'; }\nfunction strlen() {}\n", "Fatal error", "Cannot redeclare function strlen()", "src/version.php:4",
		},
		"the end": {"<?php\n\nexit(0);\n", "No Worker::runAll()", "the script ended before it came to it, with status 0", "start.php"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := watch(t)
			kept, member := a.keepAlive(), a.member()
			a.write("src/version.php", tt.code)
			a.WaitFor("the code before goes on serving")
			require.Contains(t, a.Output(), tt.title+": "+tt.message+"\n  at "+tt.place+"\n")
			require.Equal(t, "v1", kept.get("/"))
			require.Equal(t, "v1", member("?"))

			resp, page := a.get("/", "Accept: text/html,*/*;q=0.8")
			require.Equal(t, 500, resp.StatusCode)
			require.Contains(t, page, "<h1>"+strings.NewReplacer("<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(tt.message)+"</h1>")
			require.Contains(t, page, `http-equiv="refresh"`)
			_, answer := a.get("/", "Accept: text/html", "X-Requested-With: XMLHttpRequest")
			require.Equal(t, "v1", answer)

			a.version("v3")
			a.WaitFor("reloaded in")
			require.Equal(t, "v3", kept.get("/"))
			_, page = a.get("/", "Accept: text/html")
			require.Equal(t, "v3", page)
		})
	}
}

// setting has the start script say more of the worker "web".
func (a *app) setting(code string) {
	a.t.Helper()
	script := a.read("start.php")
	before, rest, found := strings.Cut(script, "$web->name = 'web';")
	require.True(a.t, found)
	_, rest, _ = strings.Cut(rest, "\n")
	a.write("start.php", before+"$web->name = 'web'; "+code+"\n"+rest)
}

// supervisors are the processes of phalanx watch's application.
func (a *app) supervisors() []int {
	a.t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", a.Cmd.Process.Pid))
	require.NoError(a.t, err)
	var pids []int
	for _, list := range lists {
		children, _ := os.ReadFile(list) // a thread that has ended has no file
		for child := range strings.FieldsSeq(string(children)) {
			pid, err := strconv.Atoi(child)
			require.NoError(a.t, err)
			pids = append(pids, pid)
		}
	}
	return pids
}

// visitors connect all the time, until the test asks what became of them.
func (a *app) visitors() (served func() int) {
	ctx, cancel := context.WithCancel(a.t.Context())
	var all atomic.Int64
	var visitors errgroup.Group
	for range 3 {
		visitors.Go(func() error {
			client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
			for ctx.Err() == nil {
				resp, err := client.Get(a.url("/"))
				if err != nil {
					return err
				}
				_, err = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				if err != nil {
					return err
				}
				all.Add(1)
			}
			return nil
		})
	}
	return func() int {
		cancel()
		require.NoError(a.t, visitors.Wait())
		return int(all.Load())
	}
}

// What a reload cannot change has the supervisor replaced, and nobody who connects meanwhile is refused.
func TestWatchRestarts(t *testing.T) {
	t.Parallel()
	a := prepare(t, "testdata/app", "watch", "-c", "php.ini", "start.php")
	a.write("php.ini", "precision = 10\n")
	a.Start()
	a.WaitFor("Start success")
	a.awaits("v1")
	served := a.visitors()
	pidFile := "workerman.start.php.pid"
	for i, change := range []func(){
		func() { a.setting("$web->count = 3;") },
		func() { a.write("php.ini", "precision = 11\n") },
		func() { a.setting("$web->count = 2; $web->reusePort = true;"); a.version("v2") },
		func() {
			a.setting("$web->count = 2; Worker::$pidFile = __DIR__ . '/other.pid';")
			pidFile = "other.pid"
		},
	} {
		change()
		a.WaitFor("restarted in", i+1)
		require.Eventually(t, func() bool {
			pid, _ := os.ReadFile(filepath.Join(a.Dir, pidFile))
			all := a.supervisors()
			return len(all) == 1 && strconv.Itoa(all[0]) == strings.TrimSpace(string(pid))
		}, patience, 5*time.Millisecond, "who has been replaced stays")
	}
	require.Contains(t, a.Output(), "what Worker::runAll() tells the supervisor has changed: another one takes over")
	require.NotZero(t, served())
	a.awaits("v2")
	_, precision := a.get("/precision")
	require.Equal(t, "11", precision)
	require.NoFileExists(t, filepath.Join(a.Dir, "workerman.start.php.pid"))

	a.version("v3") // by a reload of the one that is there now
	a.WaitFor("reloaded in")
	a.awaits("v3")
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGINT))
	a.WaitUntilEnded()
	require.NoError(t, a.Err)
	require.Equal(t, 1, strings.Count(a.Output(), "has been stopped"))
	require.NoFileExists(t, filepath.Join(a.Dir, "other.pid"))
}

// An address that the next supervisor cannot have beside the running one takes a stop and a start; one that somebody else has
// leaves everything as it is.
func TestWatchRestartsWithOtherAddresses(t *testing.T) {
	t.Parallel()
	a := watch(t)
	kept := a.keepAlive()
	require.Equal(t, "v1", kept.get("/"))
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = taken.Close() }()
	script := a.read("start.php")
	address := func(host string, port any) {
		a.write("start.php", strings.Replace(script, "'http://127.0.0.1:' . getenv('PORT1')", fmt.Sprintf("'http://%s:%v'", host, port), 1))
	}
	address("127.0.0.1", taken.Addr().(*net.TCPAddr).Port)
	a.WaitFor("upgrade failed, this process goes on")
	a.WaitFor("the code before goes on serving")
	require.Equal(t, "v1", kept.get("/"))

	address("0.0.0.0", a.Ports[0])
	a.WaitFor("what Worker::runAll() tells the supervisor has changed: restarting")
	a.WaitFor("Start success", 2)
	a.awaits("v1")
	a.version("v2")
	a.WaitFor("reloaded in")
	a.awaits("v2")
}

// Connections from before a restart have as long as they need, unless everything is to stop.
func TestWatchStopsWithOldConnections(t *testing.T) {
	t.Parallel()
	a := watch(t)
	answer := make(chan error, 1)
	c := phalanxtest.Dial(t, a.Addr(0))
	_, err := io.WriteString(c, "GET /sleep HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	a.WaitFor("sleeps")
	go func() {
		_, err := io.ReadAll(c)
		answer <- err
	}()
	a.setting("$web->count = 2;")
	a.WaitFor("restarted in", 1)
	a.setting("$web->count = 3;")
	a.WaitFor("restarted in", 2)
	a.awaits("v1")
	select {
	case <-answer:
		require.Fail(t, "it was not let to its end")
	default:
	}
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGINT))
	a.WaitUntilEnded()
	<-answer
	require.NoError(t, a.Err)
}

// When phalanx watch is killed, the application stops, also one that has replaced another.
func TestWatchIsKilled(t *testing.T) {
	t.Parallel()
	for _, restarts := range []int{0, 2} {
		a := watch(t)
		for i := range restarts {
			a.setting(fmt.Sprintf("$web->count = %d;", 2+i))
			a.WaitFor("restarted in", i+1)
		}
		require.NoError(t, a.Cmd.Process.Kill())
		<-a.Ended
		require.Eventually(t, func() bool {
			_, err := os.Stat(filepath.Join(a.Dir, "workerman.start.php.pid"))
			return os.IsNotExist(err)
		}, patience, 5*time.Millisecond)
	}
}

// An application that cannot start at first, or ends, is started by the next change.
func TestWatchWaitsForTheFirstCodeThatWorks(t *testing.T) {
	t.Parallel()
	a := prepare(t, "testdata/app", "watch", "start.php")
	version := filepath.Join(a.Dir, "src/version.php")
	code, err := os.ReadFile(version)
	require.NoError(t, err)
	a.write("src/version.php", "<?php {")
	a.Start()
	a.WaitFor("waiting for a change")
	a.write("src/version.php", string(code))
	a.WaitFor("Start success")
	a.awaits("v1")

	pid, err := os.ReadFile(filepath.Join(a.Dir, "workerman.start.php.pid"))
	require.NoError(t, err)
	var supervisor int
	_, err = fmt.Sscan(string(pid), &supervisor)
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(supervisor, syscall.SIGKILL))
	a.WaitFor("the application has ended with status 137")
	a.version("v2")
	a.WaitFor("Start success", 2)
	a.awaits("v2")
}

// Files that applications write, and those of others, are no reason for a reload.
func TestWatchIgnores(t *testing.T) {
	t.Parallel()
	a := prepare(t, "testdata/app", "watch", "--ignore", "generated.php", "--ext", "json", "start.php")
	for _, dir := range []string{".git", "node_modules/x", "vendor/x/src", "vendor/composer", "build", "src/runtime"} {
		require.NoError(t, os.MkdirAll(filepath.Join(a.Dir, dir), 0o700))
	}
	a.write(".gitignore", "/build/\n*.cache.php\n")
	a.Start()
	a.WaitFor("Start success")
	for _, file := range []string{
		".git/x.php", "node_modules/x/x.php", "vendor/x/src/x.php", "runtime/x.php", "build/x.php", "src/x.cache.php", "src/generated.php",
		"data.sqlite", "app.log", "README.md", ".swp.php",
	} {
		a.write(file, "<?php\n")
	}
	for i, file := range []string{"vendor/composer/autoload_static.php", ".env", "src/config.json", "src/runtime/x.php"} {
		a.write(file, "")
		a.WaitFor("reloaded in", i+1)
	}
	var changed []string
	for line := range strings.SplitSeq(a.Output(), "\n") {
		if _, names, ok := strings.Cut(line, "changed: "); ok {
			changed = append(changed, names)
		}
	}
	require.Equal(t, []string{"vendor/composer/autoload_static.php", ".env", "src/config.json", "src/runtime/x.php"}, changed)
}

// When the kernel has no watches left, it says so and polls.
func TestWatchPollsWithoutInotify(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs a user namespace of its own with a limit of its own: run as root")
	}
	limit := "/proc/sys/user/max_inotify_watches"
	a := prepare(t, "testdata/app")
	// The limit is of a user namespace: this one alone has none left.
	a.Cmd.Path = "/usr/bin/unshare"
	a.Cmd.Args = []string{"unshare", "--user", "--map-root-user", "sh", "-c", "echo 1 >" + limit + " && exec \"$0\" watch start.php", phalanxtest.Binary(t)}
	if out, err := exec.Command("unshare", "--user", "--map-root-user", "sh", "-c", "echo 1 >"+limit).CombinedOutput(); err != nil {
		t.Skipf("no user namespace: %s", out)
	}
	a.Start()
	a.WaitFor("polling:")
	a.WaitFor("max_user_watches")
	a.WaitFor("Start success")
	a.version("v2")
	a.WaitFor("reloaded in")
	a.awaits("v2")
}

func TestWatchRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "app.php"), nil, 0o600))
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"nothing":         {nil, "which script?"},
		"no such file":    {[]string{"other.php"}, "there is no other.php"},
		"a folder":        {[]string{"/tmp"}, "/tmp is not a file"},
		"another command": {[]string{"app.php", "status"}, "status is no way to develop: phalanx app.php status"},
		"background":      {[]string{"app.php", "-d"}, "-d would start the workers in the background"},
		"unknown option":  {[]string{"--reload", "app.php"}, "unknown option --reload"},
		"no value":        {[]string{"--ignore"}, "--ignore wants a value"},
		"no such folder":  {[]string{"--path", "nowhere", "app.php"}, "--path: there is no folder nowhere"},
	} {
		t.Run(name, func(t *testing.T) {
			p := phalanxtest.Command(t, append([]string{"watch"}, tt.args...)...)
			p.Cmd.Dir = dir
			out, err := p.Run()
			require.Contains(t, out, "phalanx watch: "+tt.says)
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit)
			require.Equal(t, 64, exit.ExitCode())
		})
	}
	out, err := phalanxtest.Command(t, "watch", "--help").Run()
	require.NoError(t, err)
	require.Contains(t, out, "Usage: phalanx watch [OPTIONS] APP.php [ARGUMENTS]")
}

// terminal is a pseudo terminal: what a process prints to it can be read from the other side.
func terminal(t *testing.T) (theirs *os.File, printed func() string) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = master.Close() })
	require.NoError(t, unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	theirs, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = theirs.Close() })
	p := phalanxtest.Command(t)
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := master.Read(buf)
			if err != nil {
				return
			}
			_, _ = p.Write(buf[:n])
		}
	}()
	return theirs, p.Output
}

// Colours are for terminals, and not for those who do not want them.
func TestWatchColours(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		environment string
		coloured    bool
	}{"a terminal": {"NO_COLOR=", true}, "NO_COLOR": {"NO_COLOR=1", false}} {
		t.Run(name, func(t *testing.T) {
			a := prepare(t, "testdata/app", "watch", "start.php")
			theirs, printed := terminal(t)
			a.Cmd.Stdout, a.Cmd.Stderr = theirs, theirs
			a.Cmd.Env = append(a.Cmd.Env, tt.environment)
			a.Start()
			a.awaits("v1")
			a.get("/throw")
			a.write("src/version.php", "<?php {")
			require.Eventually(t, func() bool { return strings.Contains(printed(), "goes on serving") }, patience, 5*time.Millisecond)
			for _, text := range []string{"RuntimeException:", "Parse error:"} {
				require.Equal(t, tt.coloured, strings.Contains(printed(), "\033[1;31m"+text), printed())
				require.Contains(t, printed(), text)
			}
		})
	}
}

// Ctrl-C stops it at any moment: right after the start, while new code is tried, reloaded, or takes over.
func TestWatchStopsAtAnyMoment(t *testing.T) {
	t.Parallel()
	for said, change := range map[string]func(a *app){
		"files in": nil, "Ctrl+C": nil, "Start success": nil,
		"changed:": func(a *app) { a.version("v2") }, "reloading": func(a *app) { a.version("v2") },
		"takes over": func(a *app) { a.setting("$web->count = 2;") }, "upgrading": func(a *app) { a.setting("$web->count = 2;") },
		"has taken over": func(a *app) { a.setting("$web->count = 2;") }, "restarted in": func(a *app) { a.setting("$web->count = 2;") },
	} {
		t.Run(said, func(t *testing.T) {
			t.Parallel()
			a := prepare(t, "testdata/app", "watch", "start.php")
			a.Start()
			if change != nil {
				a.awaits("v1")
				change(a)
			}
			a.WaitFor(said)
			require.NoError(t, a.Cmd.Process.Signal(syscall.SIGINT))
			a.WaitUntilEnded()
			for i := range a.Ports {
				_, err := net.Dial("tcp", a.Addr(i))
				require.ErrorIs(t, err, syscall.ECONNREFUSED, "somebody goes on listening")
			}
		})
	}
}

// One Ctrl-C stops the application in good order, however it comes.
func TestWatchStops(t *testing.T) {
	t.Parallel()
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT} {
		t.Run(s.String(), func(t *testing.T) {
			a := watch(t)
			require.NoError(t, a.Cmd.Process.Signal(s))
			a.WaitUntilEnded()
			require.NoError(t, a.Err)
			require.Contains(t, a.Output(), "has been stopped")
			require.NoFileExists(t, filepath.Join(a.Dir, "workerman.start.php.pid"))
		})
	}
}

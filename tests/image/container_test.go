//go:build image

package image_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// The images that tests/image/run has built: PREFIX-runtime, PREFIX-builder and so on, in the storage that the options
// of buildah in PHALANX_IMAGE_BUILDAH name.
const prefix = "localhost/phalanx"

func buildah(t *testing.T, args ...string) string {
	t.Helper()
	command := append(strings.Fields(os.Getenv("PHALANX_IMAGE_BUILDAH")), args...)
	require.NotEmpty(t, command[0], "run tests/image/run")
	cmd := exec.Command(command[0], command[1:]...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	require.NoError(t, cmd.Run(), "%v\n%s%s", args, out.String(), errs.String())
	return strings.TrimSpace(out.String())
}

// settings are an image's, as an engine reads them.
type settings struct {
	User         string
	Env          []string
	Entrypoint   []string
	Cmd          []string
	WorkingDir   string
	StopSignal   string
	Labels       map[string]string
	ExposedPorts map[string]struct{}
	Healthcheck  *struct{ Test []string }
}

func inspect(t *testing.T, image string) settings {
	t.Helper()
	var found struct {
		Docker struct {
			Config settings `json:"config"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(buildah(t, "inspect", "--type", "image", image)), &found))
	return found.Docker.Config
}

// mounted is where the image's files are, until the test ends.
func mounted(t *testing.T, image string) string {
	t.Helper()
	id := buildah(t, "from", "--pull-never", image)
	t.Cleanup(func() { buildah(t, "rm", id) })
	return buildah(t, "mount", id)
}

// container runs as an engine would start it with --read-only --tmpfs /tmp, in a network of its own.
type container struct {
	*phalanxtest.Process
	t    *testing.T
	pid  int
	user string
}

type options struct {
	args        []string // instead of the image's command
	environment []string
	writable    bool
	user        string // instead of the image's
}

func run(t *testing.T, image string, o options) *container {
	t.Helper()
	config := inspect(t, image)
	args := config.Cmd
	if o.args != nil {
		args = o.args
	}
	user := config.User
	if o.user != "" {
		user = o.user
	}
	if user == "" || user == "root" {
		user = "0:0"
	}
	require.Regexp(t, `^\d+:\d+$`, user, "a number, so that Kubernetes can tell that it is not root")
	directory := config.WorkingDir
	if directory == "" {
		directory = "/"
	}
	c := &container{t: t, user: user}
	c.Process = inside(t, place{root: mounted(t, image), writable: o.writable, user: user, network: true, directory: directory,
		environment: slices.Concat(config.Env, o.environment)}, slices.Concat(config.Entrypoint, args)...)
	c.Start()
	c.pid = processOne(t, c.Process)
	t.Cleanup(func() { // unshare itself ends with its child only
		select {
		case <-c.Ended:
		default:
			_ = syscall.Kill(c.pid, syscall.SIGKILL)
		}
	})
	return c
}

// output is what a container's command prints until it ends, with status 0.
func output(t *testing.T, image string, o options) string {
	t.Helper()
	c := run(t, image, o)
	select {
	case <-c.Ended:
	case <-time.After(2 * time.Minute):
		require.Fail(t, "did not end")
	}
	require.NoError(t, c.Err, c.Output())
	return c.Output()
}

// exec runs a command in the container, as the engine's health check does.
func (c *container) exec(args ...string) (string, error) {
	uid, gid, _ := strings.Cut(c.user, ":")
	cmd := exec.Command("nsenter", append([]string{"--target", fmt.Sprint(c.pid), "--mount", "--pid", "--net", "--ipc", "--uts", "--root", "--wd",
		"--setuid", uid, "--setgid", gid}, args...)...)
	cmd.Env = c.Cmd.Env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// client speaks to the container's own network: a socket belongs to the network that its thread is in.
func (c *container) client() *http.Client {
	return &http.Client{Timeout: phalanxtest.Patience, Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(_ context.Context, _, address string) (conn net.Conn, err error) {
			other, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", c.pid))
			if err != nil {
				return nil, err
			}
			defer func() { _ = other.Close() }()
			done := make(chan struct{})
			go func() {
				defer close(done)
				runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
				if err = unix.Setns(int(other.Fd()), unix.CLONE_NEWNET); err == nil {
					conn, err = net.Dial("tcp", address)
				}
			}()
			<-done
			return conn, err
		}}}
}

// get waits for an answer with status 200.
func (c *container) get(url string) (body string) {
	c.t.Helper()
	require.Eventually(c.t, func() bool {
		resp, err := c.client().Get(url)
		if err != nil {
			return false
		}
		defer func() { _ = resp.Body.Close() }()
		b, err := io.ReadAll(resp.Body)
		body = string(b)
		return err == nil && resp.StatusCode == http.StatusOK
	}, 2*phalanxtest.Patience, 50*time.Millisecond, url)
	return body
}

func (c *container) signal(sig syscall.Signal) {
	c.t.Helper()
	require.NoError(c.t, syscall.Kill(c.pid, sig))
}

// megabytes of all files below a folder, those that are the same counted once.
func megabytes(t *testing.T, root string) float64 {
	t.Helper()
	out, err := exec.Command("du", "-s", "-B1", "--apparent-size", root).Output()
	require.NoError(t, err)
	var bytes float64
	_, err = fmt.Sscan(string(out), &bytes)
	require.NoError(t, err)
	return bytes / 1e6
}

func TestRuntimeSettings(t *testing.T) {
	c := inspect(t, prefix+"-runtime")
	require.Equal(t, "1000:1000", c.User)
	require.Equal(t, "/app", c.WorkingDir)
	require.Equal(t, "SIGTERM", c.StopSignal)
	require.Equal(t, []string{"phalanx"}, c.Entrypoint)
	require.Equal(t, []string{"server.php", "start"}, c.Cmd)
	require.Equal(t, []string{"CMD", "phalanx", "health"}, c.Healthcheck.Test)
	require.Contains(t, c.ExposedPorts, "8080/tcp")
	require.Contains(t, c.ExposedPorts, "9090/tcp")
	require.Equal(t, "Phalanx", c.Labels["org.opencontainers.image.title"])
	require.NotEmpty(t, c.Labels["org.opencontainers.image.source"])

	root := mounted(t, prefix+"-runtime")
	t.Logf("%.1f MB unpacked", megabytes(t, root))
	holdNoTools(t, root)
}

func TestRuntimeServes(t *testing.T) {
	c := run(t, prefix+"-runtime", options{})
	require.Contains(t, c.get("http://127.0.0.1:8080/"), "Phalanx runs.")
	require.Equal(t, "ok\n", c.get("http://127.0.0.1:9090/ready"))
	out, err := c.exec("phalanx", "health")
	require.NoError(t, err, out)
	require.Equal(t, "ok\n", out)
	out, err = c.exec("phalanx", "server.php", "status", "--json")
	require.NoError(t, err, out)
	require.Contains(t, out, `"state":"running"`)
	c.signal(syscall.SIGTERM)
	c.WaitUntilEnded()
	require.NoError(t, c.Err, "status 0")
}

func TestRuntimeModules(t *testing.T) {
	out := output(t, prefix+"-runtime", options{args: []string{"-m"}})
	for _, module := range []string{"phalanx", "phalcon", "Zend OPcache", "intl", "gd", "pdo_pgsql", "sodium", "curl", "pcntl"} {
		require.Contains(t, strings.Split(out, "\n"), module)
	}
	require.Contains(t, output(t, prefix+"-runtime", options{args: []string{"-v"}}), "ZTS")
	require.Contains(t, output(t, prefix+"-runtime", options{args: []string{"version"}}), "v2.")
}

// The slim one is the same without two extensions, below the size that docs/docker.md names.
func TestSlim(t *testing.T) {
	require.Equal(t, inspect(t, prefix+"-runtime"), inspect(t, prefix+"-slim"))
	lists := map[string][]string{}
	for _, target := range []string{"runtime", "slim"} {
		lists[target] = strings.Split(output(t, prefix+"-"+target, options{args: []string{"-m"}}), "\n")
	}
	require.Equal(t, slices.DeleteFunc(lists["runtime"], func(name string) bool { return name == "gd" || name == "intl" }), lists["slim"])

	out := output(t, prefix+"-slim", options{args: []string{"-r", `
		foreach (['IBM850', 'CP1252', 'SJIS', 'GB18030', 'KOI8-R', 'EUC-KR'] as $set) {
			iconv($set, 'UTF-8', 'a') === 'a' || print("$set ");
		}
		echo @iconv('IBM1047', 'UTF-8', 'a') === false ? 'no EBCDIC' : 'EBCDIC';`}})
	require.Equal(t, "no EBCDIC", out)

	c := run(t, prefix+"-slim", options{})
	require.Contains(t, c.get("http://127.0.0.1:8080/"), "Phalanx runs.")
	c.signal(syscall.SIGTERM)
	c.WaitUntilEnded()
	require.NoError(t, c.Err)

	root := mounted(t, prefix+"-slim")
	holdNoTools(t, root)
	size := megabytes(t, root)
	t.Logf("%.1f MB unpacked", size)
	require.Less(t, size, 150.0)
}

// FROM it, COPY an application.
func TestApplicationInAnImageOfItsOwn(t *testing.T) {
	buildah(t, "bud", "--format", "docker", "--build-arg", "PHALANX="+prefix+"-runtime", "-t", prefix+"-app", "testdata/app")
	c := run(t, prefix+"-app", options{})
	require.JSONEq(t, `{"user": 1000, "group": 1000, "one": "phalanx", "writable": ["/tmp"], "privileges": "0000000000000000"}`,
		c.get("http://127.0.0.1:8080/"))

	// A stop lets what is under way end, refuses what comes later, and is no failure.
	answer := make(chan string)
	go func() {
		resp, err := c.client().Get("http://127.0.0.1:8080/slow")
		if err != nil {
			answer <- err.Error()
			return
		}
		defer func() { _ = resp.Body.Close() }()
		body, _ := io.ReadAll(resp.Body)
		answer <- string(body)
	}()
	require.Eventually(t, func() bool {
		_, err := c.exec("sh", "-c", "test -e /tmp/slow")
		return err == nil
	}, phalanxtest.Patience, 20*time.Millisecond, "the slow request has come")
	c.signal(syscall.SIGTERM)
	require.Eventually(t, func() bool {
		resp, err := c.client().Get("http://127.0.0.1:9090/ready")
		if err != nil {
			return true
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusServiceUnavailable
	}, phalanxtest.Patience, 5*time.Millisecond)
	require.Equal(t, "done", <-answer)
	c.WaitUntilEnded()
	require.NoError(t, c.Err, c.Output())
}

// What does not live is told from what does.
func TestHealthOfTheContainer(t *testing.T) {
	c := run(t, prefix+"-runtime", options{args: []string{"-r", "sleep(60);"}})
	require.Eventually(t, func() bool {
		out, err := c.exec("phalanx", "health")
		return err != nil && strings.Contains(out, "connection refused")
	}, phalanxtest.Patience, 100*time.Millisecond)
	c.signal(syscall.SIGKILL)
	<-c.Ended
}

// The builder makes a binary with a component, which the runtime runs.
func TestBuilder(t *testing.T) {
	buildah(t, "bud", "--format", "docker", "--layers", "--build-arg", "PHALANX="+prefix, "-f", "testdata/component.Dockerfile",
		"-t", prefix+"-words", "../../examples/component")
	want, err := os.ReadFile("../../examples/component/README.md")
	require.NoError(t, err)
	out := output(t, prefix+"-words", options{args: []string{"words.php"}})
	require.Contains(t, out, "6 words, 4 different")
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		require.Contains(t, string(want), line)
	}
}

func TestDebian(t *testing.T) {
	c := run(t, prefix+"-debian", options{})
	require.Contains(t, c.get("http://127.0.0.1:8080/"), "Phalanx runs.")
	out, err := c.exec("sh", "-c", "id -u; apt-get --version | head -n 1; command -v gcc make go || echo no compiler")
	require.NoError(t, err, out)
	require.Regexp(t, `^1000\napt .*\nno compiler\n$`, out)
	c.signal(syscall.SIGTERM)
	c.WaitUntilEnded()
	require.NoError(t, c.Err)
	t.Logf("%.1f MB unpacked", megabytes(t, mounted(t, prefix+"-debian")))
}

func TestDev(t *testing.T) {
	modes := []string{"-r", `echo phpversion('xdebug'), ' ', json_encode(xdebug_info('mode')), "\n";`}
	require.Regexp(t, `^3\.\d+\.\d+ \[\]\n$`, output(t, prefix+"-dev", options{args: modes}))
	require.Regexp(t, `^3\.\d+\.\d+ \["coverage"\]\n$`, output(t, prefix+"-dev", options{args: modes, environment: []string{"XDEBUG_MODE=coverage"}}))

	c := run(t, prefix+"-dev", options{args: []string{"-r", "sleep(600);"}, writable: true})
	require.Eventually(t, func() bool {
		out, err := c.exec("composer", "--version")
		return err == nil && strings.Contains(out, "Composer version 2.")
	}, 3*phalanxtest.Patience, 100*time.Millisecond)
	out, err := c.exec("sh", "-c", `cd /tmp && echo '{"require": {"php": "^8.4", "ext-intl": "*"}}' >composer.json && composer install --no-interaction --no-ansi && git --version`)
	require.NoError(t, err, out)
	require.Contains(t, out, "Generating autoload files")
	c.signal(syscall.SIGKILL)
	<-c.Ended
}

// The development image's own command follows the files.
func TestDevWatches(t *testing.T) {
	c := run(t, prefix+"-dev", options{writable: true})
	require.Contains(t, c.get("http://127.0.0.1:8080/"), "Phalanx runs.")
	file := fmt.Sprintf("/proc/%d/root/app/server.php", c.pid)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), "Phalanx runs.", "Phalanx watches.", 1)), 0o644))
	require.Eventually(t, func() bool {
		return strings.Contains(c.get("http://127.0.0.1:8080/"), "Phalanx watches.")
	}, phalanxtest.Patience, 50*time.Millisecond)
	c.signal(syscall.SIGTERM)
	c.WaitUntilEnded()
	require.NoError(t, c.Err)
}

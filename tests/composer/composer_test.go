// Package composer_test installs the package with Composer, offline and by a path repository, and runs applications that
// way. Composer itself is run by the binary: there is no other PHP.
package composer_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// version is that of the classes and of the binary under test.
const version = "0.1.0"

// tool is Debian's composer with its libraries, unpacked.
var tool = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("../php/debian-tool.sh", "trixie", "composer").Output()
	return strings.TrimSpace(string(out)), err
})

// shared holds what several tests begin with: the dist, and an application in which it is installed.
var shared string

func TestMain(m *testing.M) {
	var err error
	if shared, err = os.MkdirTemp("", "composer-test"); err != nil {
		panic(err)
	}
	status := m.Run()
	_ = os.RemoveAll(shared)
	os.Exit(status)
}

var archive = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(shared, "dist")
	script := `mkdir "$1"; index=$(mktemp -u); export GIT_INDEX_FILE="$index"
		git read-tree HEAD && git add -A . && tree=$(git write-tree) && git archive --worktree-attributes "$tree" | tar x -C "$1"
		status=$?; rm -f "$index"; exit $status`
	cmd := exec.Command("bash", "-o", "pipefail", "-c", script, "dist", dir)
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return dir, err
})

// dist is what users get: git archive of the tree, changed files included. Not to be written to.
func dist(t *testing.T) string {
	t.Helper()
	dir, err := archive()
	require.NoError(t, err)
	return dir
}

func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	out, err := exec.Command("cp", "-a", dir, to).CombinedOutput()
	require.NoError(t, err, string(out))
	return to
}

// installed is an application that requires nothing but the package, which is there.
func installed(t *testing.T) *application {
	t.Helper()
	a := newApplication(t, map[string]string{"phalanx/phalanx": "^0.1"}, dist(t))
	first := filepath.Join(shared, "installed")
	if _, err := os.Stat(first); err != nil {
		a.install()
		require.NoError(t, os.Rename(copyOf(t, a.dir), first))
	}
	a.dir = copyOf(t, first)
	return a
}

// application is a folder with a composer.json that has path repositories of the packages named.
type application struct {
	t   *testing.T
	dir string
	env []string
}

func newApplication(t *testing.T, requires map[string]string, repositories ...string) *application {
	t.Helper()
	a := &application{t: t, dir: t.TempDir()}
	home := t.TempDir()
	a.env = append(os.Environ(), "COMPOSER_HOME="+home, "COMPOSER_ALLOW_SUPERUSER=1", "COMPOSER_DISABLE_NETWORK=1",
		"COMPOSER_NO_INTERACTION=1")
	sources := []any{map[string]any{"packagist.org": false}}
	for _, folder := range repositories {
		sources = append(sources, map[string]any{"type": "path", "url": folder, "options": map[string]any{
			"symlink": false, "versions": map[string]any{"phalanx/phalanx": version},
		}})
	}
	a.write("composer.json", map[string]any{
		"name": "test/application", "description": "A test.", "license": "MIT", "require": requires, "repositories": sources, "minimum-stability": "dev",
	})
	return a
}

func (a *application) write(name string, content any) {
	a.t.Helper()
	text, ok := content.(string)
	if !ok {
		b, err := json.MarshalIndent(content, "", "    ")
		require.NoError(a.t, err)
		text = string(b)
	}
	path := filepath.Join(a.dir, name)
	require.NoError(a.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(a.t, os.WriteFile(path, []byte(text), 0o755))
}

// library makes a package of its own and answers its folder.
func library(t *testing.T, content map[string]any, files map[string]string) string {
	t.Helper()
	a := &application{t: t, dir: t.TempDir()}
	a.write("composer.json", content)
	for name, text := range files {
		a.write(name, text)
	}
	return a.dir
}

// artifacts adds a folder of zips as a repository.
func (a *application) artifacts(folder string) {
	a.t.Helper()
	text, err := os.ReadFile(filepath.Join(a.dir, "composer.json"))
	require.NoError(a.t, err)
	var manifest map[string]any
	require.NoError(a.t, json.Unmarshal(text, &manifest))
	manifest["repositories"] = append(manifest["repositories"].([]any), map[string]any{"type": "artifact", "url": folder})
	a.write("composer.json", manifest)
}

// composer runs it and answers what it printed and its exit status.
func (a *application) composer(arguments ...string) (string, int) {
	a.t.Helper()
	folder, err := tool()
	require.NoError(a.t, err, "Debian's composer")
	options := []string{"-d", "include_path=.:" + folder + "/usr/share/php", folder + "/usr/bin/composer"}
	return a.run(phalanxtest.Binary(a.t), append(options, arguments...)...)
}

func (a *application) install() {
	a.t.Helper()
	out, status := a.composer("install", "--no-progress")
	require.Zero(a.t, status, out)
}

func (a *application) run(name string, arguments ...string) (string, int) {
	a.t.Helper()
	cmd := exec.Command(name, arguments...)
	cmd.Dir, cmd.Env = a.dir, a.env
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		require.NoError(a.t, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

const server = `<?php
require __DIR__ . '/vendor/autoload.php';
$worker = new Workerman\Worker('http://127.0.0.1:' . getenv('TEST_PORT'));
$worker->onMessage = fn ($c) => $c->send((new ReflectionClass(Workerman\Worker::class))->getFileName() . ' '
    . PHP_BINARY . ' ' . phpversion('phalcon') . ' ' . (new Phalcon\Support\Collection(['a' => 'Phalcon']))->get('a'));
Workerman\Worker::runAll();
`

// serve starts the server above by a command and answers what it says.
func (a *application) serve(name string, arguments ...string) string {
	a.t.Helper()
	port := phalanxtest.FreePorts(a.t, 1)[0]
	a.write("app.php", server)
	p := phalanxtest.Command(a.t)
	p.Cmd = exec.Command(name, append(arguments, "app.php", "start")...)
	p.Cmd.Dir, p.Cmd.Env = a.dir, append(a.env, "TEST_PORT="+strconv.Itoa(port))
	p.Cmd.Stdout, p.Cmd.Stderr = p, p
	p.Start()
	p.WaitFor("Press Ctrl+C to stop")
	resp, err := http.Get("http://127.0.0.1:" + strconv.Itoa(port))
	require.NoError(a.t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(a.t, err)
	p.Stop()
	return string(body)
}

// found is the only match of a pattern's group in a file of the tree.
func found(t *testing.T, file, pattern string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", file))
	require.NoError(t, err)
	all := regexp.MustCompile(pattern).FindAllSubmatch(text, -1)
	require.Len(t, all, 1, "%s in %s", pattern, file)
	return string(all[0][1])
}

func TestVersionsAgree(t *testing.T) {
	require.Equal(t, version, found(t, "phpsrc/Phalanx/Engine.php", `VERSION = '(.*)'`))
	require.Equal(t, version, found(t, "php-ext/phalanx.h", `PHX_VERSION "(.*)"`))
	require.Equal(t, found(t, "composer.json", `"workerman/workerman": "(.*)"`), found(t, "phpsrc/Workerman/Worker.php", ` VERSION = '(.*)'`))
	require.Equal(t, found(t, "composer.json", `"ext-phalcon": "(.*)"`), found(t, "php-ext/phalcon.c", `PHX_PHALCON_VERSION "(.*)"`))
	part := strings.Split(version, ".")
	minor, err := strconv.Atoi(part[1])
	require.NoError(t, err)
	fits := "<" + part[0] + "." + part[1] + " || >=" + part[0] + "." + strconv.Itoa(minor+1)
	for _, name := range []string{"ext-phalanx", "phalanx/binary-linux-amd64", "phalanx/binary-linux-arm64"} {
		require.Equal(t, fits, found(t, "composer.json", `"`+name+`": "(<.*)"`), name)
	}
}

func TestTheManifestIsValid(t *testing.T) {
	a := newApplication(t, nil)
	a.dir = filepath.Join("..", "..")
	out, status := a.composer("validate", "--strict", "--no-check-lock")
	require.Zero(t, status, out)
	require.Contains(t, out, "./composer.json is valid")
}

func TestTheDistHoldsWhatUsersNeed(t *testing.T) {
	dir := dist(t)
	var top []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if filepath.Dir(path) == dir {
			top = append(top, entry.Name())
		}
		if inside, _ := filepath.Rel(dir, path); err == nil && strings.HasPrefix(inside, "phpsrc/") && !entry.IsDir() {
			require.Equal(t, ".php", filepath.Ext(path), path)
		}
		return err
	}))
	require.Equal(t, []string{"CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md", "bin", "composer.json", "phpsrc"}, top)
	info, err := os.Stat(filepath.Join(dir, "bin/phalanx"))
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&0o100, "it can be executed")
	require.FileExists(t, filepath.Join(dir, "phpsrc/Phalanx/functions.php"))
}

// An application as those of Workerman and of Phalcon are: what they require is replaced and provided.
func TestAnApplicationIsInstalledAndServes(t *testing.T) {
	binary := phalanxtest.Binary(t)
	framework := library(t, map[string]any{
		"name": "acme/framework", "version": "2.1.0", "require": map[string]string{
			"workerman/workerman": "^5.1 || dev-master", "workerman/coroutine": "^1.1", "ext-phalcon": "^5.0",
		},
	}, nil)
	a := newApplication(t, map[string]string{"phalanx/phalanx": "^0.1", "acme/framework": "^2.1"}, dist(t), framework)
	a.install()
	require.NoDirExists(t, filepath.Join(a.dir, "vendor/workerman"))
	launcher := filepath.Join(a.dir, "vendor/bin/phalanx")
	ours := filepath.Join(a.dir, "vendor/phalanx/phalanx/phpsrc/Workerman/Worker.php") + " "

	t.Run("by the binary itself", func(t *testing.T) {
		b := *a
		b.t = t
		require.Equal(t, ours+binary+" 5.18.2 Phalcon", b.serve(binary), "Composer's classes come before those in the binary")
	})
	t.Run("by PHALANX_BINARY", func(t *testing.T) {
		b := *a
		b.t, b.env = t, append(a.env, "PHALANX_BINARY="+binary)
		require.Equal(t, ours+binary+" 5.18.2 Phalcon", b.serve(launcher))
	})
	t.Run("by PATH, in which it lies itself, and in front", func(t *testing.T) {
		folder := t.TempDir()
		require.NoError(t, os.Symlink(binary, filepath.Join(folder, "phalanx")))
		b := *a
		b.t, b.env = t, append(a.env, "PATH="+filepath.Dir(launcher)+":"+folder+":"+os.Getenv("PATH"))
		require.Equal(t, ours+binary+" 5.18.2 Phalcon", b.serve(launcher))
	})
}

// platform is this machine's, as Composer's package of the binary is called.
const platform = "linux-" + runtime.GOARCH

// binaryPackage is the platform package of the binary under test, as docker/composer/build.sh makes it: its folder, with
// the zip beside it.
var binaryPackage = sync.OnceValues(func() (string, error) {
	folder := filepath.Join(shared, "platform")
	cmd := exec.Command("../../docker/composer/build.sh", folder)
	cmd.Env = append(os.Environ(), "PHALANX="+os.Getenv("PHALANX"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return filepath.Join(folder, "phalanx-binary-"+platform+"-"+version), err
})

// The package that a release has for those who want the binary in vendor/ too, from a folder of zips.
func TestThePlatformPackage(t *testing.T) {
	phalanxtest.Binary(t)
	folder, err := binaryPackage()
	require.NoError(t, err)
	valid := newApplication(t, nil)
	valid.dir = folder
	// It says its version, which a package on Packagist would not: repositories of files have it from nowhere else.
	out, status := valid.composer("validate", "--strict", "--no-check-lock", "--no-check-version")
	require.Zero(t, status, out)
	for _, file := range []string{"LICENSE", "REQUIREMENTS"} {
		require.FileExists(t, filepath.Join(folder, file))
	}

	a := newApplication(t, map[string]string{"phalanx/phalanx": "^0.1", "phalanx/binary-" + platform: "^0.1"}, dist(t))
	a.artifacts(filepath.Dir(folder))
	a.install()
	binary := filepath.Join(a.dir, "vendor/phalanx/binary-"+platform, "bin/phalanx-"+platform)
	// Not what the build machine has installed: neither in PATH, nor its php.ini.
	a.env = append(a.env, "PHALANX_BINARY=", "PATH="+filepath.Join(a.dir, "vendor/bin")+":/usr/bin:/bin", "PHP_INI_SCAN_DIR=")
	ours := filepath.Join(a.dir, "vendor/phalanx/phalanx/phpsrc/Workerman/Worker.php") + " "
	require.Equal(t, ours+binary+" 5.18.2 Phalcon", a.serve("vendor/bin/phalanx"))
	out, status = a.run("vendor/bin/phalanx", "-r",
		"preg_match_all('~/\\S*(?:libphp|opcache)\\.so~', file_get_contents('/proc/self/maps'), $m); echo implode(' ', array_unique($m[0]));")
	require.Zero(t, status, out)
	libraries := filepath.Join(a.dir, "vendor/phalanx/binary-"+platform, "lib/phalanx")
	require.ElementsMatch(t, []string{libraries + "/libphp.so", libraries + "/opcache.so"}, strings.Fields(out), "its own, wherever it lies")
	out, status = a.run("vendor/bin/phalanx", "-n", "-r", "var_dump(function_exists('opcache_get_status'));")
	require.Zero(t, status, out)
	require.Equal(t, "bool(false)\n", out, "-n leaves out what an ini file would have named")

	t.Run("of a version that does not fit", func(t *testing.T) {
		next := copyOf(t, folder)
		manifest, err := os.ReadFile(filepath.Join(next, "composer.json"))
		require.NoError(t, err)
		text := strings.Replace(string(manifest), `"version": "`+version+`"`, `"version": "0.2.0"`, 1)
		require.NotEqual(t, string(manifest), text)
		require.NoError(t, os.WriteFile(filepath.Join(next, "composer.json"), []byte(text), 0o644))
		b := newApplication(t, map[string]string{"phalanx/phalanx": "^0.1", "phalanx/binary-" + platform: "*"}, dist(t), next)
		out, status := b.composer("install", "--no-progress")
		require.NotZero(t, status, out)
		require.Contains(t, out, "conflicts with phalanx/")
	})
	t.Run("of another machine", func(t *testing.T) {
		require.NoError(t, os.Rename(filepath.Join(a.dir, "vendor/phalanx/binary-"+platform), filepath.Join(a.dir, "vendor/phalanx/binary-linux-other")))
		out, status := a.run("vendor/bin/phalanx", "app.php", "start")
		require.Equal(t, 127, status, out)
		require.Contains(t, out, "vendor/phalanx/binary-linux-")
	})
}

func TestTheLauncherSaysWhatIsWrong(t *testing.T) {
	a := installed(t)
	other := filepath.Join(a.dir, "vendor/bin")
	tools := ":/usr/bin:/bin"
	plain := filepath.Join(a.dir, "plain")
	a.write("plain", "")
	require.NoError(t, os.Chmod(plain, 0o644))
	a.write("loop/phalanx", "#!/bin/sh\nexec "+other+"/phalanx \"$@\"\n")
	for _, tt := range []struct {
		name, path, binary string
		status             int
		text               string
	}{
		{"nothing there but itself", other + tools, "", 127, "vendor/bin/phalanx app.php start"},
		{"a name of nothing", tools, "/nowhere/phalanx", 127, "PHALANX_BINARY names /nowhere/phalanx, which does not exist"},
		{"a file that is no program", tools, plain, 126, "which cannot be executed"},
		{"a folder", tools, a.dir, 126, "which cannot be executed"},
		{"itself", tools, filepath.Join(other, "phalanx"), 127, "PHALANX_BINARY must name the binary itself"},
		{"somebody's wrapper of it", filepath.Join(a.dir, "loop") + tools, "", 127, "leads back to"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := *a
			b.t, b.env = t, append(a.env, "PATH="+tt.path, "PHALANX_BINARY="+tt.binary)
			out, status := b.run(filepath.Join(other, "phalanx"), "app.php", "start")
			require.Equal(t, tt.status, status, out)
			require.Contains(t, out, tt.text)
			require.True(t, strings.HasPrefix(out, "phalanx: "), out)
		})
	}
}

func TestClassesThatDoNotFitTheBinaryAreRefused(t *testing.T) {
	a := installed(t)
	path := filepath.Join(a.dir, "vendor/phalanx/phalanx/phpsrc/Phalanx/Engine.php")
	engine, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, tt := range []struct {
		classes string
		fit     bool
	}{{"0.1.9", true}, {"0.2.0", false}, {"1.1.0", false}, {"0.10.0", false}} {
		require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(engine), "'"+version+"'", "'"+tt.classes+"'", 1)), 0o644))
		a.write("plain.php", "<?php require 'vendor/autoload.php'; echo 'it runs';")
		out, status := a.run(phalanxtest.Binary(t), "plain.php")
		if tt.fit {
			require.Equal(t, "it runs", out, tt.classes)
			continue
		}
		require.Equal(t, 255, status, out)
		require.NotContains(t, out, "it runs")
		require.Contains(t, out, "are those of Phalanx "+tt.classes+", the binary "+phalanxtest.Binary(t)+" is "+version)
		require.Contains(t, out, `"composer require phalanx/phalanx:~0.1.0", or a binary `+tt.classes[:strings.LastIndex(tt.classes, ".")]+".x")
	}
}

func TestWhatComposerRefuses(t *testing.T) {
	phalcon := library(t, map[string]any{"name": "phalcon/phalcon", "version": "6.0.0"}, nil)
	a := newApplication(t, map[string]string{"phalanx/phalanx": "^0.1", "phalcon/phalcon": "^6.0"}, dist(t), phalcon)
	out, status := a.composer("install", "--no-progress")
	require.NotZero(t, status, out)
	require.Contains(t, out, "conflicts with phalcon/phalcon")

	// A later minor version, on this binary.
	next := copyOf(t, dist(t))
	manifest, err := os.ReadFile(filepath.Join(next, "composer.json"))
	require.NoError(t, err)
	text := strings.Replace(string(manifest), `"ext-phalanx": "<0.1 || >=0.2"`, `"ext-phalanx": "<0.2 || >=0.3"`, 1)
	require.NotEqual(t, string(manifest), text)
	require.NoError(t, os.WriteFile(filepath.Join(next, "composer.json"), []byte(text), 0o644))
	b := newApplication(t, map[string]string{"phalanx/phalanx": "*"}, next)
	out, status = b.composer("install", "--no-progress")
	require.NotZero(t, status, out)
	require.Contains(t, out, "ext-phalanx")
}

// Workerman's own package runs on PHP alone; who starts it with phalanx is told.
func TestUpstreamsWorkerIsNamed(t *testing.T) {
	upstream := library(t, map[string]any{
		"name": "workerman/workerman", "version": "5.2.2", "autoload": map[string]any{"psr-4": map[string]string{"Workerman\\": "src"}},
	}, map[string]string{"src/Worker.php": "<?php namespace Workerman; class Worker { static function runAll() { echo 'upstream'; } }"})
	a := newApplication(t, map[string]string{"workerman/workerman": "^5.2"}, upstream)
	a.install()
	a.write("app.php", "<?php require 'vendor/autoload.php'; Workerman\\Worker::runAll(); Workerman\\Worker::runAll();")
	out, status := a.run(phalanxtest.Binary(t), "app.php")
	require.Zero(t, status, out)
	require.Equal(t, 1, strings.Count(out, "phalanx: Workerman\\Worker is that of "+a.dir+"/vendor/workerman/workerman/src/Worker.php"), out)
	require.Contains(t, out, "upstreamupstream")
}

// Under the name php the binary is php: scripts with PHP's first line find one.
func TestTheBinaryAsPHP(t *testing.T) {
	a := newApplication(t, nil)
	require.NoError(t, os.Symlink(phalanxtest.Binary(t), filepath.Join(a.dir, "php")))
	a.write("run", "#!/usr/bin/env php\n<?php echo PHP_VERSION_ID > 80000 ? 'PHP' : 'what', ' ', implode(' ', $argv);")
	a.env = append(a.env, "PATH="+a.dir+":"+os.Getenv("PATH"))
	out, status := a.run("./run", "-v", "x")
	require.Zero(t, status, out)
	require.Equal(t, "PHP ./run -v x", out)
	out, status = a.run("env", "php", "run", "stubs")
	require.Zero(t, status, out)
	require.Equal(t, "PHP run stubs", out, "a file named like one of Caddy's commands")
}

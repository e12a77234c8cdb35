package build

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
)

// own is the Phalanx that this process is: the checkout that its binary lies in, else the version it was built as.
func own() (Module, error) {
	if exe, err := os.Executable(); err == nil {
		if exe, err = filepath.EvalSymlinks(exe); err == nil {
			for dir := filepath.Dir(exe); ; dir = filepath.Dir(dir) {
				if name, err := moduleName(dir); err == nil && name == Phalanx {
					return Module{Path: Phalanx, Dir: dir}, nil
				}
				if dir == filepath.Dir(dir) {
					break
				}
			}
		}
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		if v := versionIn(info); v != "" {
			return Module{Path: Phalanx, Version: v}, nil
		}
	}
	return Module{}, fmt.Errorf("this binary is no released version: name the source with --with %s=PATH", Phalanx)
}

var released = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$`)

// versionIn is a version of Phalanx that the go command can get; "" when the binary was built from a folder.
func versionIn(info *debug.BuildInfo) string {
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if m.Path == Phalanx && m.Replace == nil && released.MatchString(m.Version) {
			return m.Version
		}
	}
	return ""
}

// tools are what a build needs.
type tools struct{ env []string }

func findTools(phpConfig string) (*tools, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return nil, errors.New("a build needs the go command, version 1.26 or later, and finds none in PATH: https://go.dev/dl")
	}
	out, err := exec.Command("go", "env", "CC").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	cc := strings.Fields(string(out))
	if len(cc) == 0 {
		cc = []string{"cc"}
	}
	if _, err := exec.LookPath(cc[0]); err != nil {
		return nil, fmt.Errorf("a build needs a C compiler, and finds no %s in PATH: install gcc or clang, or name yours in CC", cc[0])
	}
	if phpConfig == "" {
		if phpConfig, err = ownPHPConfig(); err != nil {
			return nil, err
		}
	}
	includes, err := exec.Command(phpConfig, "--includes").Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", phpConfig, err)
	}
	prefix, err := exec.Command(phpConfig, "--prefix").Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", phpConfig, err)
	}
	flags, lib := strings.TrimSpace(string(includes)), filepath.Join(strings.TrimSpace(string(prefix)), "lib")
	if err := checkPHP(phpConfig, flags, lib); err != nil {
		return nil, err
	}
	return &tools{env: environment(flags, lib)}, nil
}

// checkPHP sees to it that the headers and the library are there.
func checkPHP(phpConfig, includes, lib string) error {
	for flag := range strings.FieldsSeq(includes) {
		header := filepath.Join(strings.TrimPrefix(flag, "-I"), "main", "php.h")
		if _, err := os.Stat(header); err == nil {
			includes = ""
			break
		}
	}
	if includes != "" {
		return fmt.Errorf("PHP's headers are not where %s says (%s): install them, or name another with --php-config", phpConfig, includes)
	}
	if _, err := os.Stat(filepath.Join(lib, "libphp.so")); err != nil {
		return fmt.Errorf("there is no %s: PHP must have been built with --enable-embed and --enable-zts, as docker/php/build.sh does",
			filepath.Join(lib, "libphp.so"))
	}
	return nil
}

// ownPHPConfig finds the php-config of the library that this process runs.
func ownPHPConfig() (string, error) {
	lib, err := mapped("libphp.so")
	if err != nil {
		return "", err
	}
	if lib != "" {
		file := filepath.Join(filepath.Dir(filepath.Dir(lib)), "bin", "php-config")
		if _, err := os.Stat(file); err == nil {
			return file, nil
		}
	}
	return "", fmt.Errorf("PHP's headers are not beside %s: build PHP with docker/php/build.sh of Phalanx's source, "+
		"and name its bin/php-config with --php-config", lib)
}

// mapped is the file of a library that this process has loaded.
func mapped(name string) (string, error) {
	f, err := os.Open("/proc/self/maps")
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	for s := bufio.NewScanner(f); s.Scan(); {
		if i := strings.IndexByte(s.Text(), '/'); i >= 0 && filepath.Base(s.Text()[i:]) == name {
			return s.Text()[i:], nil
		}
	}
	return "", nil
}

// environment is this process's with the flags of a build, which are those of the script "go" at the root. What the user
// set in CGO_CFLAGS, CGO_LDFLAGS and GOFLAGS comes behind them.
func environment(includes, lib string) []string {
	tags := defaultTags
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "-tags" {
				tags = s.Value
			}
		}
	}
	set := map[string]string{
		"CGO_ENABLED": "1",
		"CGO_CFLAGS":  "-O2 -g " + includes + " " + os.Getenv("CGO_CFLAGS"),
		"CGO_LDFLAGS": "-L" + lib + " -Wl,-rpath," + lib + " -Wl,-rpath,$ORIGIN/../lib/phalanx " + os.Getenv("CGO_LDFLAGS"),
		"GOFLAGS":     "-tags=" + tags + " " + os.Getenv("GOFLAGS") + " -mod=mod",
		"GOWORK":      "off",
	}
	env := os.Environ()
	for name, value := range set {
		env = append(env, name+"="+value)
	}
	return env
}

package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"
)

type kind int

const (
	golang kind = iota
	php
	debian
)

// A component is one thing of others that runs in the process.
type component struct {
	kind    kind
	name    string
	version string
	purl    string // https://github.com/package-url/purl-spec
	cpe     string // where vulnerability lists name it so
	sha256  string // of the file, where it is one file
	licence string // an SPDX expression, where it is known
	files   []string
}

type product struct {
	version    string
	sha256     string
	at         time.Time
	components []component
}

func (p *product) count(k kind) (n int) {
	for _, c := range p.components {
		if c.kind == k {
			n++
		}
	}
	return n
}

// inspect asks the binary, PHP beside it, the dynamic linker and dpkg.
func inspect(binary, version string) (*product, error) {
	if version == "" {
		return nil, errors.New("-version is missing")
	}
	sum, err := hash(binary)
	if err != nil {
		return nil, err
	}
	p := &product{version: version, sha256: sum}
	modules, err := goModules(binary)
	if err != nil {
		return nil, err
	}
	libraries, err := loaded(binary)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(libraries, func(path string) bool { return filepath.Base(path) == "libphp.so" })
	if at < 0 {
		return nil, fmt.Errorf("%s does not load libphp.so", binary)
	}
	libphp := libraries[at]
	phpParts, err := phpComponents(binary, libphp)
	if err != nil {
		return nil, err
	}
	packages, err := debianPackages(slices.Delete(libraries, at, at+1))
	if err != nil {
		return nil, err
	}
	p.components = slices.Concat(modules, phpParts, packages)
	return p, nil
}

func goModules(binary string) ([]component, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	release := strings.TrimPrefix(strings.Fields(info.GoVersion)[0], "go")
	found := []component{{kind: golang, name: "stdlib", version: release, purl: "pkg:golang/stdlib@" + release,
		cpe: "cpe:2.3:a:golang:go:" + release + ":*:*:*:*:*:*:*", licence: "BSD-3-Clause"}}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		found = append(found, component{kind: golang, name: m.Path, version: m.Version,
			purl: "pkg:golang/" + m.Path + "@" + strings.ReplaceAll(m.Version, "+", "%2B")})
	}
	if len(found) == 1 {
		return nil, fmt.Errorf("%s names no modules", binary)
	}
	return found, nil
}

// What "phpinfo" says of the libraries that PHP's source carries along, and their names elsewhere.
var bundled = []struct{ name, pattern, purl, cpe, licence string }{
	{"pcre2", `(?m)^PCRE Library Version => (\S+)`, "pkg:generic/pcre2@", "cpe:2.3:a:pcre:pcre2:", "BSD-3-Clause"},
	{"timelib", `(?m)^timelib version => (\S+)`, "pkg:generic/timelib@", "", "MIT"},
	{"libmbfl", `(?m)^libmbfl version => (\S+)`, "pkg:generic/libmbfl@", "", "LGPL-2.1-only"},
	{"timezone database", `(?m)^"Olson" Timezone Database Version => (\S+)`, "pkg:generic/tzdata@", "", ""},
}

func phpComponents(binary, libphp string) ([]component, error) {
	said, err := exec.Command(binary, "-n", "-i").Output()
	if err != nil {
		return nil, fmt.Errorf("%s -i: %w", binary, err)
	}
	version := regexp.MustCompile(`(?m)^PHP Version => (\d+\.\d+\.\d+)`).FindSubmatch(said)
	if version == nil {
		return nil, errors.New("PHP does not say its version")
	}
	sum, err := hash(libphp)
	if err != nil {
		return nil, err
	}
	v := string(version[1])
	found := []component{{kind: php, name: "php", version: v, purl: "pkg:generic/php@" + v,
		cpe: "cpe:2.3:a:php:php:" + v + ":*:*:*:*:*:*:*", sha256: sum, licence: "PHP-3.01", files: []string{filepath.Base(libphp)}}}
	for _, b := range bundled {
		m := regexp.MustCompile(b.pattern).FindSubmatch(said)
		if m == nil {
			return nil, fmt.Errorf("PHP does not say its version of %s", b.name)
		}
		c := component{kind: php, name: b.name, version: string(m[1]), purl: b.purl + string(m[1]), licence: b.licence}
		if b.cpe != "" {
			c.cpe = b.cpe + c.version + ":*:*:*:*:*:*:*"
		}
		found = append(found, c)
	}
	return found, nil
}

// loaded lists the files that the dynamic linker maps for a binary, those of libraries' own libraries included.
func loaded(binary string) ([]string, error) {
	said, err := exec.Command("ldd", binary).Output()
	if err != nil {
		return nil, fmt.Errorf("ldd %s: %w", binary, err)
	}
	if bytes.Contains(said, []byte("not found")) {
		return nil, fmt.Errorf("ldd: a library is missing:\n%s", said)
	}
	var paths []string
	for _, m := range regexp.MustCompile(`(?m)^\t(?:\S+ => )?(/\S+) \(0x`).FindAllStringSubmatch(string(said), -1) {
		paths = append(paths, m[1])
	}
	return paths, nil
}

func debianPackages(libraries []string) ([]component, error) {
	owners, err := owners(libraries)
	if err != nil {
		return nil, err
	}
	files := map[string][]string{}
	for path, name := range owners {
		files[name] = append(files[name], filepath.Base(path))
	}
	found, err := describe(slices.Sorted(maps.Keys(files)))
	if err != nil {
		return nil, err
	}
	for i, c := range found {
		found[i].files = files[c.name]
		sort.Strings(found[i].files)
	}
	return found, nil
}

// owners says which package each file is of. dpkg may know a file by a path with or without /usr, and not by links. It reads
// the lists of all packages for every question, so there is one.
func owners(libraries []string) (map[string]string, error) {
	asked := map[string]string{}
	for _, path := range libraries {
		candidates := []string{path}
		if resolved, err := filepath.EvalSymlinks(path); err == nil {
			candidates = append(candidates, resolved)
		}
		for _, c := range candidates {
			without := strings.TrimPrefix(c, "/usr")
			asked[without], asked["/usr"+without] = path, path
		}
	}
	// Its status says that it does not know some of them, which is certain.
	said, _ := exec.Command("dpkg-query", append([]string{"-S", "--"}, slices.Sorted(maps.Keys(asked))...)...).Output()
	found := map[string]string{}
	for _, line := range strings.Split(string(said), "\n") {
		if name, path, ok := strings.Cut(line, ": "); ok && asked[path] != "" {
			found[asked[path]], _, _ = strings.Cut(name, ":") // libssl3:amd64
		}
	}
	for _, path := range libraries {
		if found[path] == "" {
			return nil, fmt.Errorf("no Debian package has %s", path)
		}
	}
	return found, nil
}

func describe(names []string) ([]component, error) {
	format := "${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n"
	said, err := exec.Command("dpkg-query", append([]string{"-W", "-f", format}, names...)...).Output()
	if err != nil {
		return nil, fmt.Errorf("dpkg-query -W: %w", err)
	}
	release, err := os.ReadFile("/etc/os-release")
	if err != nil {
		return nil, err
	}
	distribution := ""
	if m := regexp.MustCompile(`(?m)^VERSION_ID="?([^"\n]+)`).FindSubmatch(release); m != nil {
		distribution = "&distro=debian-" + string(m[1])
	}
	escape := strings.NewReplacer("+", "%2B", ":", "%3A")
	found := make([]component, 0, len(names))
	for _, line := range strings.Split(strings.TrimSpace(string(said)), "\n") {
		fields := strings.Split(line, "\t")
		found = append(found, component{kind: debian, name: fields[0], version: fields[1],
			purl: fmt.Sprintf("pkg:deb/debian/%s@%s?arch=%s%s&upstream=%s", escape.Replace(fields[0]), escape.Replace(fields[1]),
				fields[2], distribution, escape.Replace(fields[3]+"@"+fields[4]))})
	}
	if len(found) != len(names) {
		return nil, fmt.Errorf("%d packages have %d descriptions: two architectures of one?", len(names), len(found))
	}
	return found, nil
}

func hash(path string) (string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]), nil
}

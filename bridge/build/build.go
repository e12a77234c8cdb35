// Package build makes a phalanx binary with components of other modules: what "phalanx build" does.
//
// It writes a main module of its own into a temporary folder, lets the go command compile it, and moves the binary to
// where it is wanted. Nothing is written into the modules it builds from. It runs go, a C compiler and php-config.
package build

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Phalanx is the path of the module that this package is of.
const Phalanx = "github.com/phalanx-php/phalanx"

// The Caddy modules and FrankenPHP features that would need further C libraries or stay unused, as in the script "go" at
// the root; what the running binary was built with goes before it.
const defaultTags = "nowatcher,nobrotli,nobadger,nomysql,nopgx"

// Module is a module that is built in: what --with names.
type Module struct {
	Path    string
	Version string // "" is the newest
	Dir     string // "" gets it as the go command gets modules
}

// Options say what to build.
type Options struct {
	With      []Module // one of them may be Phalanx itself, to name its version or folder
	Output    string
	PHPConfig string    // "" finds the one of the PHP that this process runs
	Log       io.Writer // what the commands say
	Keep      bool      // leave the temporary folder, and say where it is
}

// ParseModule reads MODULE[@VERSION][=PATH].
func ParseModule(text string) (m Module, err error) {
	m.Path, m.Dir, _ = strings.Cut(text, "=")
	m.Path, m.Version, _ = strings.Cut(m.Path, "@")
	switch {
	case m.Path == "" || strings.ContainsAny(m.Path, " \t\\"):
		return m, fmt.Errorf("%q is no MODULE[@VERSION][=PATH]", text)
	case strings.HasSuffix(text, "="):
		return m, fmt.Errorf("%q has no PATH behind the =", text)
	case strings.HasPrefix(m.Path, ".") || filepath.IsAbs(m.Path):
		return m, fmt.Errorf("%s is a folder: name the module too, as in --with example.com/module=%s", m.Path, m.Path)
	case m.Dir == "":
		return m, nil
	}
	if m.Dir, err = filepath.Abs(m.Dir); err != nil {
		return m, err
	}
	name, err := moduleName(m.Dir)
	if err != nil {
		return m, err
	}
	if name != m.Path {
		return m, fmt.Errorf("the module in %s is %s, not %s", m.Dir, name, m.Path)
	}
	return m, nil
}

// moduleName reads the name of the module in a folder.
func moduleName(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("%s has no go.mod: run 'go mod init MODULE' there", dir)
	}
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == "module" {
			return strings.Trim(f[1], `"`), nil
		}
	}
	return "", fmt.Errorf("%s names no module", filepath.Join(dir, "go.mod"))
}

// Run builds. Its errors say what is missing and how to get it.
func Run(o Options) error {
	if info, err := os.Stat(o.Output); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is there and is no file", o.Output)
	}
	engine, modules, err := split(o.With)
	if err != nil {
		return err
	}
	tools, err := findTools(o.PHPConfig)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "phalanx-build-")
	if err != nil {
		return err
	}
	if o.Keep {
		defer func() { _, _ = fmt.Fprintln(o.Log, "kept", dir) }()
	} else {
		defer func() { _ = os.RemoveAll(dir) }()
	}
	b := &builder{dir: dir, env: tools.env, log: o.Log}
	if err := b.module(append([]Module{engine}, modules...)); err != nil {
		return err
	}
	packages, err := b.packages(modules)
	if err != nil {
		return err
	}
	if err := b.main(packages); err != nil {
		return err
	}
	binary := filepath.Join(dir, "phalanx")
	if err := b.run("go", "build", "-ldflags", "-s -w", "-o", binary, "."); err != nil {
		return err
	}
	// Types that cannot be PHP's are found when the binary starts.
	if err := b.run(binary, "stubs", "--out", os.DevNull); err != nil {
		return fmt.Errorf("what was built does not start: %w", err)
	}
	return move(binary, o.Output)
}

// split finds where Phalanx itself comes from, beside the modules that are wanted.
func split(with []Module) (engine Module, modules []Module, err error) {
	for _, m := range with {
		if m.Path == Phalanx {
			engine = m
		} else if slices.ContainsFunc(modules, func(other Module) bool { return other.Path == m.Path }) {
			return engine, nil, fmt.Errorf("%s is named twice", m.Path)
		} else {
			modules = append(modules, m)
		}
	}
	if len(modules) == 0 {
		return engine, nil, errors.New("which components? Name their module with --with MODULE[@VERSION][=PATH]")
	}
	if engine.Path == "" {
		engine, err = own()
	}
	return engine, modules, err
}

// builder is one build's temporary module.
type builder struct {
	dir string
	env []string
	log io.Writer
}

func (b *builder) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env, cmd.Stderr = b.dir, b.env, b.log
	return cmd
}

func (b *builder) run(name string, args ...string) error {
	_, _ = fmt.Fprintln(b.log, filepath.Base(name), strings.Join(args, " "))
	cmd := b.command(name, args...)
	cmd.Stdout = b.log
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", filepath.Base(name), args[0], err)
	}
	return nil
}

func (b *builder) write(name, text string) error {
	return os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o644)
}

// module writes go.mod and go.sum, and gets what is not in a folder. The sums are those that the modules have noted.
func (b *builder) module(all []Module) error {
	var mod, sum strings.Builder
	mod.WriteString("module phalanx-build\n\ngo 1.26.0\n")
	var get []string
	for _, m := range all {
		if m.Dir == "" {
			version := m.Version
			if version == "" {
				version = "latest"
			}
			get = append(get, m.Path+"@"+version)
			continue
		}
		version := "v0.0.0"
		if strings.HasPrefix(m.Version, "v") {
			version = m.Version
		} else if i := strings.LastIndex(m.Path, "/v"); i >= 0 && strings.Trim(m.Path[i+2:], "0123456789") == "" {
			version = m.Path[i+1:] + ".0.0"
		}
		fmt.Fprintf(&mod, "\nrequire %s %s\n\nreplace %s => %q\n", m.Path, version, m.Path, m.Dir)
		text, err := os.ReadFile(filepath.Join(m.Dir, "go.sum"))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		sum.Write(text)
	}
	if err := errors.Join(b.write("go.mod", mod.String()), b.write("go.sum", sum.String())); err != nil {
		return err
	}
	if len(get) == 0 {
		return nil
	}
	return b.run("go", append([]string{"get"}, get...)...)
}

// packages are those of the modules that register components: all that import package component, and that others may
// import.
func (b *builder) packages(modules []Module) (found []string, err error) {
	for _, m := range modules {
		out, err := b.command("go", "list", "-f",
			`{{if ne .Name "main"}}{{.ImportPath}}{{range .Imports}} {{.}}{{end}}{{end}}`, m.Path+"/...").Output()
		if err != nil {
			return nil, fmt.Errorf("the packages of %s: %w", m.Path, err)
		}
		n := len(found)
		for line := range strings.Lines(string(out)) {
			words := strings.Fields(line)
			if len(words) > 0 && slices.Contains(words, Phalanx+"/goengine/component") && !internal(words[0]) {
				found = append(found, words[0])
			}
		}
		if len(found) == n {
			return nil, fmt.Errorf("no package of %s registers a component (main and internal packages are not looked at): "+
				"it imports %s/goengine/component and calls component.Register in an init function", m.Path, Phalanx)
		}
	}
	return found, nil
}

func internal(path string) bool { return slices.Contains(strings.Split(path, "/"), "internal") }

// main writes the program: the command, the components, and what their source says of them.
func (b *builder) main(packages []string) error {
	var text strings.Builder
	fmt.Fprintf(&text, "package main\n\nimport (\n\t%q\n\n", Phalanx+"/bridge/cmd")
	for _, p := range packages {
		fmt.Fprintf(&text, "\t_ %q\n", p)
	}
	text.WriteString(")\n\nfunc main() { cmd.Main() }\n")
	if err := b.write("main.go", text.String()); err != nil {
		return err
	}
	return b.run("go", append([]string{"run", Phalanx + "/goengine/component/describe/gen", "-main", "component_docs.go"}, packages...)...)
}

// move brings the binary to its place, which may be on another file system, and be a program that runs.
func move(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.CreateTemp(filepath.Dir(to), filepath.Base(to)+".")
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	err = errors.Join(err, out.Chmod(0o755), out.Close())
	if err == nil {
		err = os.Rename(out.Name(), to)
	}
	if err != nil {
		_ = os.Remove(out.Name())
	}
	return err
}

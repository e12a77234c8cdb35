// Package scaffold is "phalanx new NAME": it writes an application to begin with. The template is a working application
// itself, whose files are checked and tested as they are; only its name and its ports are replaced.
package scaffold

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

//go:embed all:template
var template embed.FS

// What is replaced in all files: the template's own name and ports.
const (
	templateName     = "phalanx-app"
	templatePort     = 8080
	templateRoomPort = 8081
)

// Usage is what "phalanx new --help" prints.
const Usage = `Usage: phalanx new [--port N] NAME

Writes an application into the folder NAME, which must not be there or be empty:
servers for a page with an HTTP API (Phalcon\Mvc\Micro, SQLite) and for a WebSocket
room, tests, a Dockerfile, a composer.json. It runs, and its tests run, with nothing
but this binary.

NAME may be a path; its last part, in lower case letters, digits, and single - . _
between them, is the application's name.

  --port N   the page's port (8080); the room has the next one
  --help     this text
`

// Options say what to write.
type Options struct {
	Dir  string // where; its last part is the name
	Port int
}

var validName = regexp.MustCompile(`^[a-z0-9]+([_.-][a-z0-9]+)*$`) // of Composer's packages

// ErrHelp says that the usage was asked for.
var ErrHelp = errors.New("help")

// ParseOptions reads the arguments behind "new".
func ParseOptions(args []string) (Options, error) {
	o := Options{Port: templatePort}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		name, value, hasValue := strings.Cut(arg, "=")
		switch {
		case arg == "--help" || arg == "-h":
			return o, ErrHelp
		case name == "--port":
			if !hasValue && len(args) > 0 {
				value, args = args[0], args[1:]
			}
			port, err := strconv.Atoi(value)
			if err != nil || port < 1 || port > 65534 {
				return o, fmt.Errorf("--port wants a number from 1 to 65534, not %q", value)
			}
			o.Port = port
		case strings.HasPrefix(arg, "-"):
			return o, fmt.Errorf("unknown option %s", arg)
		case o.Dir != "":
			return o, fmt.Errorf("%s is too much: one NAME", arg)
		default:
			o.Dir = arg
		}
	}
	if o.Dir == "" {
		return o, errors.New("which name? phalanx new NAME")
	}
	abs, err := filepath.Abs(o.Dir)
	if err != nil {
		return o, err
	}
	if name := filepath.Base(abs); !validName.MatchString(name) {
		hint := ""
		if better := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(name), "-"), "-"); better != "" {
			hint = "; how about " + better + "?"
		}
		return o, fmt.Errorf("%q is no name for a package: lower case letters, digits, and single - . _ between them%s", name, hint)
	}
	return o, nil
}

// Write writes the application and answers its files. What is there already is not touched: a folder with anything but .git in
// it is refused.
func Write(o Options) ([]string, error) {
	abs, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	switch entries, err := os.ReadDir(o.Dir); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("%s is not a folder that can be used: %w", o.Dir, err)
	case len(entries) > 1 || len(entries) == 1 && entries[0].Name() != ".git":
		return nil, fmt.Errorf("%s is there already and not empty", o.Dir)
	}
	fill := strings.NewReplacer(
		templateName, filepath.Base(abs), strconv.Itoa(templatePort), strconv.Itoa(o.Port), strconv.Itoa(templateRoomPort), strconv.Itoa(o.Port+1),
	)
	root, err := fs.Sub(template, "template")
	if err != nil {
		return nil, err
	}
	var files []string
	err = fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		to := filepath.Join(o.Dir, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(to, 0o777)
		}
		data, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		files = append(files, path)
		file, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
		if err != nil {
			return err
		}
		_, err = file.WriteString(fill.Replace(string(data)))
		return errors.Join(err, file.Close())
	})
	return files, err
}

// Main is the command with its arguments; binary is this program. It answers the exit status.
func Main(binary string, args []string) int {
	o, err := ParseOptions(args)
	switch {
	case errors.Is(err, ErrHelp):
		fmt.Print(Usage)
		return 0
	case err != nil:
		fmt.Fprintln(os.Stderr, "phalanx new:", err)
		return 64
	}
	files, err := Write(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "phalanx new:", err)
		return 73
	}
	phalanx := nameOf(binary)
	fmt.Printf(`%s: %d files. Next:

  cd %s
  %s watch server.php

and open http://127.0.0.1:%d. The tests:

  %s tests/run.php

README.md has the rest.
`, o.Dir, len(files), quote(o.Dir), phalanx, o.Port, phalanx)
	return 0
}

// nameOf is how a shell calls this binary.
func nameOf(binary string) string {
	if found, err := exec.LookPath("phalanx"); err == nil {
		a, errA := os.Stat(found)
		b, errB := os.Stat(binary)
		if errA == nil && errB == nil && os.SameFile(a, b) {
			return "phalanx"
		}
	}
	return quote(binary)
}

// quote writes a path as a shell wants it.
func quote(path string) string {
	if regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`).MatchString(path) && !strings.HasPrefix(path, "-") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

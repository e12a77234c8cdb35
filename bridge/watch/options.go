package watch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Usage is what "phalanx watch --help" prints.
const Usage = `Usage: phalanx watch [OPTIONS] APP.php [ARGUMENTS]

Runs "APP.php start ARGUMENTS" in the foreground, for development: the workers are
replaced when a file changes, connections go on, and errors are shown here and in
the browser. Ctrl+C stops it.

  --path DIR      also watch this folder; may be given again. Watched anyway: the
                  folder of the nearest composer.json above APP.php, else APP.php's own,
                  and every file that APP.php includes before Worker::runAll()
  --ext LIST      more endings of files that count, as in --ext json,sql. Known:
                  ` + extensionList + `
  --ignore NAME   a pattern as in .gitignore; may be given again. Ignored anyway: what
                  .gitignore files say, node_modules, vendor (except what Composer
                  writes), names with a dot first, and runtime, cache, logs, ... at the top
  --poll          look at the files again and again instead of asking the kernel, for
                  file systems that tell of no changes
  -d, -c, -n      as with php: an ini setting, where php.ini is, no php.ini
  --help          this text

It sets PHALANX_ENV=development. What it does not do: listen for you. An error in a file
leaves the code that works in place.
`

const extensionList = "php phtml inc volt twig latte tpl ini yaml yml toml neon env"

// Options say what to run and what to watch.
type Options struct {
	Binary     string   // phalanx itself
	PHP        []string // PHP's options, for before Script
	Script     string
	Args       []string // for behind "start"
	Paths      []string // more folders
	Ignore     []string // patterns
	Extensions []string // more of them
	Poll       bool

	children *children
}

// errHelp says that the usage was asked for.
var errHelp = errors.New("help")

// ParseOptions reads the arguments behind "watch".
func ParseOptions(args []string) (Options, error) {
	o := Options{Extensions: strings.Fields(extensionList), children: &children{known: map[int]bool{}}}
	value := func(name string) (string, error) {
		if len(args) == 0 || args[0] == "" {
			return "", fmt.Errorf("%s wants a value", name)
		}
		v := args[0]
		args = args[1:]
		return v, nil
	}
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		arg := args[0]
		args = args[1:]
		name, given, hasValue := strings.Cut(arg, "=")
		var err error
		switch {
		case arg == "--help" || arg == "-h":
			return o, errHelp
		case arg == "--poll":
			o.Poll = true
		case arg == "-n":
			o.PHP = append(o.PHP, arg)
		case arg == "-d" || arg == "-c":
			if given, err = value(arg); err == nil {
				o.PHP = append(o.PHP, arg, given)
			}
		case strings.HasPrefix(arg, "-d") || strings.HasPrefix(arg, "-c"):
			o.PHP = append(o.PHP, arg)
		case name == "--path" || name == "--ignore" || name == "--ext":
			if !hasValue {
				given, err = value(name)
			}
			switch name {
			case "--path":
				o.Paths = append(o.Paths, given)
			case "--ignore":
				o.Ignore = append(o.Ignore, given)
			case "--ext":
				for ext := range strings.FieldsFuncSeq(given, func(r rune) bool { return r == ',' || r == ' ' }) {
					o.Extensions = append(o.Extensions, strings.TrimPrefix(ext, "."))
				}
			}
		default:
			err = fmt.Errorf("unknown option %s", arg)
		}
		if err != nil {
			return o, err
		}
	}
	if len(args) == 0 {
		return o, errors.New("which script? Name the one that calls Worker::runAll(): phalanx watch APP.php")
	}
	o.Script, o.Args = args[0], args[1:]
	if len(o.Args) > 0 && o.Args[0] == "start" {
		o.Args = o.Args[1:]
	}
	if len(o.Args) > 0 && slices.Contains([]string{"stop", "restart", "reload", "status", "connections"}, o.Args[0]) {
		return o, fmt.Errorf("%s is no way to develop: phalanx %s %s", o.Args[0], o.Script, o.Args[0])
	}
	if slices.Contains(o.Args, "-d") {
		return o, errors.New("-d would start the workers in the background; here they are in the foreground")
	}
	info, err := os.Stat(o.Script)
	if err != nil {
		return o, fmt.Errorf("there is no %s", o.Script)
	}
	if !info.Mode().IsRegular() {
		return o, fmt.Errorf("%s is not a file", o.Script)
	}
	for _, dir := range o.Paths {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return o, fmt.Errorf("--path: there is no folder %s", dir)
		}
	}
	return o, nil
}

// roots are the folders to watch: the project's and those of --path.
func (o Options) roots() ([]string, error) {
	script, err := filepath.Abs(o.Script)
	if err != nil {
		return nil, err
	}
	if real, err := filepath.EvalSymlinks(script); err == nil {
		script = real
	}
	all := []string{projectOf(script)}
	for _, dir := range o.Paths {
		if dir, err = filepath.Abs(dir); err != nil {
			return nil, err
		}
		all = append(all, dir)
	}
	var roots []string
	for _, dir := range all {
		if !slices.ContainsFunc(roots, func(root string) bool { return isBelow(dir, root) }) {
			roots = append(roots, dir)
		}
	}
	return roots, nil
}

// projectOf is the folder of the nearest composer.json above a script, else the script's own.
func projectOf(script string) string {
	own := filepath.Dir(script)
	for dir := own; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "composer.json")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return own
		}
	}
}

// isBelow says whether path is dir or something in it.
func isBelow(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

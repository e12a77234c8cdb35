package watch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	gitignore "github.com/sabhiram/go-gitignore"
)

// Folders at the top of a project where applications write. Deeper down they may be anything.
var writtenAtTheTop = []string{"cache", "log", "logs", "runtime", "storage", "temp", "tmp", "var"}

// filter says which files count.
type filter struct {
	root       string
	extensions map[string]bool
	own        *gitignore.GitIgnore            // of --ignore
	files      map[string]*gitignore.GitIgnore // by folder: its .gitignore, nil for none
}

func newFilter(root string, o Options) *filter {
	f := &filter{root: root, extensions: map[string]bool{}, own: gitignore.CompileIgnoreLines(o.Ignore...)}
	for _, ext := range o.Extensions {
		f.extensions["."+ext] = true
	}
	f.forget()
	return f
}

// forget has .gitignore files read again.
func (f *filter) forget() { f.files = map[string]*gitignore.GitIgnore{} }

// enters says whether files below a folder may count.
func (f *filter) enters(dir string) bool {
	name, parent := filepath.Base(dir), filepath.Dir(dir)
	switch {
	case dir == f.root:
		return true
	case strings.HasPrefix(name, "."), name == "node_modules":
		return false
	case name == "vendor":
		return true // for what counts writes there
	case filepath.Base(parent) == "vendor":
		return name == "composer"
	case isVendors(dir):
		return false
	case parent == f.root && slices.Contains(writtenAtTheTop, name):
		return false
	}
	return !f.ignored(dir + "/")
}

// isVendors says whether a path is in a vendor folder.
func isVendors(path string) bool { return strings.Contains(path, "/vendor/") }

// counts says whether a file's change matters; its folder is one that enters() lets pass.
func (f *filter) counts(file string) bool {
	name := filepath.Base(file)
	switch {
	case strings.HasPrefix(name, ".env"):
		return f.own == nil || !f.own.MatchesPath(f.relative(f.root, file)) // git ignores it, and it is read all the same
	case strings.HasPrefix(name, "."), !f.extensions[filepath.Ext(name)]:
		return false
	case isVendors(strings.TrimPrefix(file, f.root)):
		return strings.HasSuffix(filepath.Dir(file), "/vendor/composer") // written by each command of Composer's that changes classes
	}
	return !f.ignored(file)
}

func (f *filter) relative(dir, path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, dir), "/")
}

// ignored asks --ignore and the .gitignore files from the root down to the path.
func (f *filter) ignored(path string) bool {
	if f.own.MatchesPath(f.relative(f.root, path)) {
		return true
	}
	for dir := filepath.Dir(strings.TrimSuffix(path, "/")); isBelow(dir, f.root); dir = filepath.Dir(dir) {
		if g := f.fileOf(dir); g != nil && g.MatchesPath(f.relative(dir, path)) {
			return true
		}
		if dir == f.root {
			break
		}
	}
	return false
}

func (f *filter) fileOf(dir string) *gitignore.GitIgnore {
	g, known := f.files[dir]
	if !known {
		if data, err := os.ReadFile(filepath.Join(dir, ".gitignore")); err == nil {
			g = gitignore.CompileIgnoreLines(strings.Split(string(data), "\n")...)
		}
		f.files[dir] = g
	}
	return g
}

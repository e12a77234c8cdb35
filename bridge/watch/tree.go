package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// pollEvery is how often files are looked at where the kernel does not tell of changes.
const pollEvery = 500 * time.Millisecond

// stamp tells versions of a file apart. Editors that replace the file give it another inode.
type stamp struct {
	size, modified int64
	inode          uint64
}

// tree knows the files that count below some folders. The kernel's events only say when to look again: what has changed is
// found by comparison, so that no way to write a file is missed and none counts twice.
type tree struct {
	filters []*filter
	extra   map[string]bool // files elsewhere
	known   map[string]stamp
	kernel  *fsnotify.Watcher // nil: polling
	folders map[string]bool   // that the kernel watches
}

// newTree looks for the first time. With an error that says why the kernel cannot watch, the tree is to be polled.
func newTree(roots []string, o Options) (*tree, error) {
	t := &tree{extra: map[string]bool{}, folders: map[string]bool{}}
	for _, root := range roots {
		t.filters = append(t.filters, newFilter(root, o))
	}
	var err error
	if !o.Poll {
		if t.kernel, err = fsnotify.NewWatcher(); err != nil {
			t.kernel, err = nil, explain(err)
		}
	}
	known, problem := t.scan()
	t.known = known
	return t, errors.Join(err, problem)
}

// explain adds what helps to the kernel's refusals.
func explain(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w: there are more folders than fs.inotify.max_user_watches allows (sysctl -w fs.inotify.max_user_watches=524288)", err)
	case errors.Is(err, syscall.EMFILE):
		return fmt.Errorf("%w: there are more watchers than fs.inotify.max_user_instances allows (sysctl -w fs.inotify.max_user_instances=512)", err)
	}
	return err
}

// changed looks again and answers which files differ, are new or are gone. An error says why from now on the tree is to be
// polled.
func (t *tree) changed() ([]string, error) {
	now, err := t.scan()
	var names []string
	for name, s := range now {
		if t.known[name] != s {
			names = append(names, name)
		}
	}
	for name := range t.known {
		if _, ok := now[name]; !ok {
			names = append(names, name)
		}
	}
	t.known = now
	sort.Strings(names)
	return names, err
}

// include counts files wherever they are.
func (t *tree) include(files []string) {
	for _, file := range files {
		if _, known := t.known[file]; known || t.extra[file] {
			continue
		}
		inside := false
		for _, f := range t.filters {
			inside = inside || isBelow(file, f.root) // its rules have left it out
		}
		if s, ok := stampOf(file); ok && !inside {
			t.extra[file], t.known[file] = true, s
			_ = t.follow(filepath.Dir(file))
		}
	}
}

func stampOf(path string) (stamp, bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return stamp{}, false
	}
	s := stamp{size: info.Size(), modified: info.ModTime().UnixNano()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		s.inode = st.Ino
	}
	return s, true
}

func (t *tree) scan() (map[string]stamp, error) {
	files := make(map[string]stamp, len(t.known))
	var problem error
	for _, f := range t.filters {
		f.forget()
		// Folders first: what changes in one while it is read is told of.
		_ = filepath.WalkDir(f.root, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil: // gone meanwhile, or not for us
				return nil
			case entry.IsDir():
				if !f.enters(path) {
					return filepath.SkipDir
				}
				problem = errors.Join(problem, t.follow(path))
			case f.counts(path):
				if s, ok := stampOf(path); ok {
					files[path] = s
				}
			}
			return nil
		})
	}
	for file := range t.extra {
		if s, ok := stampOf(file); ok {
			files[file] = s
		}
	}
	return files, problem
}

// follow has the kernel tell of what happens in a folder. When it will not, it is not asked again.
func (t *tree) follow(dir string) error {
	if t.kernel == nil || t.folders[dir] {
		return nil
	}
	err := t.kernel.Add(dir)
	if err == nil {
		t.folders[dir] = true
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil
	}
	_ = t.kernel.Close()
	t.kernel = nil
	return explain(err)
}

// hears says whether an event is a reason to look again. Log and database files in watched folders change all the time.
func (t *tree) hears(ev fsnotify.Event) bool {
	if ev.Has(fsnotify.Remove) || ev.Has(fsnotify.Rename) {
		delete(t.folders, ev.Name) // a folder's watch goes with it
	}
	if ev.Op == fsnotify.Chmod {
		return false
	}
	if t.extra[ev.Name] || filepath.Base(ev.Name) == ".gitignore" {
		return true
	}
	if _, known := t.known[ev.Name]; known {
		return true
	}
	for _, f := range t.filters {
		if !isBelow(ev.Name, f.root) {
			continue
		}
		if info, err := os.Stat(ev.Name); err == nil && info.IsDir() {
			return f.enters(ev.Name)
		}
		return f.counts(ev.Name) || t.had(ev.Name)
	}
	return false
}

// had says whether something known was below a folder.
func (t *tree) had(dir string) bool {
	for name := range t.known {
		if strings.HasPrefix(name, dir+"/") {
			return true
		}
	}
	return false
}

func (t *tree) close() {
	if t.kernel != nil {
		_ = t.kernel.Close()
	}
}

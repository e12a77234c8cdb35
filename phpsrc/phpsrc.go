// Package phpsrc carries the PHP classes inside the binary.
//
// PHP reads them as files, which opcache and error messages want: Folder writes them out once for
// each version of the classes.
package phpsrc

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

//go:embed Workerman Phalanx Phalcon
var files embed.FS

// OverrideEnv names a folder to use instead of what the binary carries, for work on the classes.
const OverrideEnv = "PHALANX_PHPSRC"

// Folder returns the folder that holds the classes, and makes it when it is not there. The folder
// and everything above it up to the cache belongs to this user alone: who can write there can run
// code as this user.
var Folder = sync.OnceValues(func() (string, error) {
	if dir := os.Getenv(OverrideEnv); dir != "" {
		return filepath.Abs(dir)
	}
	return Unpack(files, caches()...)
})

// caches lists where the classes may be kept, best first.
func caches() []string {
	var dirs []string
	if dir, err := os.UserCacheDir(); err == nil {
		dirs = append(dirs, filepath.Join(dir, "phalanx"))
	}
	return append(dirs, filepath.Join(os.TempDir(), fmt.Sprintf("phalanx-%d", os.Getuid())))
}

// Unpack writes the files into a folder named by their content, below the first of the caches that
// can be written, and returns it. A folder that is there already is checked and used; one that is
// not as it should be is written anew.
func Unpack(src fs.FS, caches ...string) (string, error) {
	name, err := nameOf(src)
	if err != nil {
		return "", err
	}
	var failed error
	for _, cache := range caches {
		dir, err := unpackInto(src, cache, name)
		if err == nil {
			return dir, nil
		}
		failed = errors.Join(failed, err)
	}
	return "", fmt.Errorf("phpsrc: no folder for the PHP classes: %w", failed)
}

func unpackInto(src fs.FS, cache, name string) (string, error) {
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return "", err
	}
	if err := private(cache); err != nil {
		return "", err
	}
	dir := filepath.Join(cache, name)
	if same(src, dir) {
		return dir, nil
	}
	tmp, err := os.MkdirTemp(cache, name+".")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	if err := copyAll(src, tmp); err != nil {
		return "", err
	}
	// Another process may be first: then its folder has the same content.
	if err := os.Rename(tmp, dir); err == nil || same(src, dir) {
		return dir, nil
	}
	// What is in the way is damaged. It is moved aside whole, as a process may be reading it.
	aside := tmp + ".old"
	if err := os.Rename(dir, aside); err != nil {
		return "", err
	}
	defer os.RemoveAll(aside)
	return dir, os.Rename(tmp, dir)
}

// private refuses a folder that others own or can write.
func private(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || int(st.Uid) != os.Geteuid() || info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s must be a folder of this user that others cannot write", dir)
	}
	return nil
}

func nameOf(src fs.FS) (string, error) {
	h := sha256.New()
	err := each(src, func(path string, data []byte) error {
		fmt.Fprintf(h, "%s %d\n", path, len(data))
		h.Write(data)
		return nil
	})
	return "phpsrc-" + hex.EncodeToString(h.Sum(nil))[:16], err
}

// same says whether dir is private and holds the files as they are in src.
func same(src fs.FS, dir string) bool {
	if private(dir) != nil {
		return false
	}
	return each(src, func(path string, data []byte) error {
		there, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil || string(there) != string(data) {
			return errors.New("different")
		}
		return nil
	}) == nil
}

func copyAll(src fs.FS, dir string) error {
	return each(src, func(path string, data []byte) error {
		file := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return err
		}
		return os.WriteFile(file, data, 0o600)
	})
}

func each(src fs.FS, do func(path string, data []byte) error) error {
	return fs.WalkDir(src, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(src, path)
		if err != nil {
			return err
		}
		return do(path, data)
	})
}

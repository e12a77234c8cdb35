package applog

import (
	"cmp"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// file is a log file. Its processes agree on rotation by a lock on the file itself; libraries for rotation know one process
// only, and would go on with a file that another one has moved away.
type file struct {
	path    string
	options *Options
	now     func() time.Time

	f       *os.File // nil: not open
	size    int64    // as last seen
	day     string   // of the file's last record
	tidying sync.WaitGroup
	tidy    sync.Mutex // one clean-up at a time
}

func newFile(path string, o *Options) *file { return &file{path: path, options: o, now: time.Now} }

func (f *file) each() bool { return false }

func (f *file) close() error {
	f.tidying.Wait()
	if f.f == nil {
		return nil
	}
	err := f.f.Close()
	f.f = nil
	return err
}

// write appends whole lines, to the file that has the path now. Those that do not fit into one file go to several.
func (f *file) write(lines []byte, _ Level) error {
	for len(lines) > 0 {
		if err := f.current(); err != nil {
			return err
		}
		n := len(lines)
		if limit := f.options.MaxBytes; limit > 0 && f.size+int64(n) > limit {
			n = fitting(lines, limit-f.size)
			if n == 0 && f.size > 0 {
				if err := f.rotate(f.full); err != nil {
					return err
				}
				continue
			}
			if n == 0 { // a line larger than the limit has a file of its own
				n = slices.Index(lines, '\n') + 1
			}
		}
		if f.options.Daily && f.size > 0 && f.day != f.today() {
			if err := f.rotate(f.old); err != nil {
				return err
			}
			continue
		}
		err := writeAll(int(f.f.Fd()), lines[:n])
		if f.rotates() {
			_ = unix.Flock(int(f.f.Fd()), unix.LOCK_UN)
		}
		if err != nil {
			return err
		}
		f.size += int64(n)
		f.day = f.today()
		lines = lines[n:]
	}
	return nil
}

// fitting is the length of the whole lines within room.
func fitting(lines []byte, room int64) int {
	if room <= 0 {
		return 0
	}
	room = min(room, int64(len(lines)))
	for n := int(room); n > 0; n-- {
		if lines[n-1] == '\n' {
			return n
		}
	}
	return 0
}

func (f *file) today() string { return f.now().Format(time.DateOnly) }

func (f *file) rotates() bool { return f.options.MaxBytes > 0 || f.options.Daily }

// current opens the file anew when it is not the one of the path any more: rotated by another process, moved away, deleted.
// One that rotates is locked, shared: whoever rotates or compresses it has to wait until it has been written.
func (f *file) current() error {
	for {
		if f.f != nil {
			if f.rotates() {
				if err := unix.Flock(int(f.f.Fd()), unix.LOCK_SH); err != nil {
					return os.NewSyscallError("flock", err)
				}
			}
			var at, open unix.Stat_t
			if unix.Stat(f.path, &at) == nil && unix.Fstat(int(f.f.Fd()), &open) == nil && at.Ino == open.Ino && at.Dev == open.Dev {
				f.size = open.Size
				return nil
			}
			_ = f.f.Close() // and with it the lock
			f.f = nil
		}
		if err := f.open(); err != nil {
			return err
		}
	}
}

func (f *file) open() error {
	permission := fs.FileMode(0o644)
	if f.options.Permission != 0 {
		permission = fs.FileMode(f.options.Permission)
	}
	opened, err := os.OpenFile(f.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND|syscall.O_CLOEXEC, permission)
	if err != nil {
		return err
	}
	info, err := opened.Stat()
	if err != nil {
		_ = opened.Close()
		return err
	}
	f.f, f.day = opened, info.ModTime().Format(time.DateOnly)
	return nil
}

// full and old say, of the file as it is under its lock, whether it has to be rotated.
func (f *file) full(info fs.FileInfo) bool {
	return info.Size() > 0 // what waits does not fit: it was asked about this very file
}

func (f *file) old(info fs.FileInfo) bool {
	return info.Size() > 0 && info.ModTime().Format(time.DateOnly) != f.today()
}

// rotate moves the file away, unless another process has, and has a new one opened.
func (f *file) rotate(due func(fs.FileInfo) bool) error {
	if err := unix.Flock(int(f.f.Fd()), unix.LOCK_EX); err != nil {
		return os.NewSyscallError("flock", err)
	}
	opened := f.f
	defer func() { _ = opened.Close() }() // and with it the lock
	f.f = nil
	mine, err := opened.Stat()
	if err != nil {
		return err
	}
	there, err := os.Stat(f.path)
	if err != nil || !os.SameFile(mine, there) || !due(there) {
		return nil // done already
	}
	if err := os.Rename(f.path, f.free()); err != nil {
		return err
	}
	f.tidying.Go(f.clean)
	return nil
}

const rotatedFormat = "20060102-150405.000000"

// free is a name for a rotated file that nobody has: app.log.20261122-034500.123456. Names are in the order of time.
func (f *file) free() string {
	for at := f.now(); ; at = at.Add(time.Microsecond) {
		name := f.path + "." + at.Format(rotatedFormat)
		_, err := os.Lstat(name)
		_, packed := os.Lstat(name + ".gz")
		if errors.Is(err, fs.ErrNotExist) && errors.Is(packed, fs.ErrNotExist) {
			return name
		}
	}
}

// clean removes rotated files that are too many or too old and compresses the others. What fails is tried at the next
// rotation.
func (f *file) clean() {
	f.tidy.Lock()
	defer f.tidy.Unlock()
	entries, err := os.ReadDir(filepath.Dir(f.path))
	if err != nil {
		return
	}
	type rotated struct {
		path string
		at   time.Time
	}
	var all []rotated
	prefix := filepath.Base(f.path) + "."
	for _, e := range entries {
		stamp, ok := strings.CutPrefix(e.Name(), prefix)
		if !ok || !e.Type().IsRegular() || len(stamp) < len(rotatedFormat) {
			continue
		}
		at, err := time.ParseInLocation(rotatedFormat, stamp[:len(rotatedFormat)], time.Local)
		if rest := stamp[len(rotatedFormat):]; err != nil || rest != "" && rest != ".gz" {
			continue // somebody else's
		}
		all = append(all, rotated{filepath.Join(filepath.Dir(f.path), e.Name()), at})
	}
	slices.SortFunc(all, func(a, b rotated) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.path, a.path)) })
	for i, r := range all {
		tooMany := f.options.Keep > 0 && i >= f.options.Keep
		tooOld := f.options.KeepFor > 0 && f.now().Sub(r.at) > f.options.KeepFor
		switch {
		case tooMany || tooOld:
			_ = os.Remove(r.path)
		case f.options.Compress && !strings.HasSuffix(r.path, ".gz"):
			if err := pack(r.path); err != nil {
				complain(f.path, err)
			}
		}
	}
}

// pack compresses a rotated file, under a lock: another process may be about to do the same, or may still write to it. Until the
// result is whole it has a name of its own.
func pack(path string) (err error) {
	from, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	if unix.Flock(int(from.Fd()), unix.LOCK_EX) != nil {
		return nil
	}
	info, err := from.Stat()
	if err != nil {
		return err
	}
	if there, err := os.Stat(path); err != nil || !os.SameFile(info, there) {
		return nil // another process has done it
	}
	temporary := path + ".gz.tmp"
	to, err := os.OpenFile(temporary, os.O_CREATE|os.O_WRONLY|os.O_TRUNC|syscall.O_CLOEXEC, info.Mode().Perm())
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temporary)
		}
	}()
	z := gzip.NewWriter(to)
	_, err = io.Copy(z, from)
	if err = cmp.Or(err, z.Close(), to.Close()); err != nil {
		return err
	}
	if err = os.Rename(temporary, path+".gz"); err != nil {
		return err
	}
	return os.Remove(path)
}

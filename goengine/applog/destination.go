package applog

import (
	"errors"
	"fmt"
	"log/syslog"
	"net"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// parse finds the destination of a name, and what all its names have in common. Nothing is opened yet.
func parse(name string, o *Options) (build func() destination, key string, err error) {
	scheme, rest, _ := strings.Cut(name, "://")
	switch {
	case name == "":
		return nil, "", errors.New("applog: a log needs a target: a file, 'stdout', 'stderr', 'syslog' or 'syslog://HOST:PORT'")
	case strings.ContainsRune(name, 0):
		return nil, "", errors.New("applog: the target's name holds a NUL byte")
	case name == "stdout":
		return newStream(1), name, nil
	case name == "stderr":
		return newStream(2), name, nil
	case name == "syslog":
		return func() destination { return &system{} }, name, nil
	case scheme == "syslog", scheme == "syslog+udp", scheme == "syslog+tcp":
		if _, _, err := net.SplitHostPort(rest); err != nil {
			return nil, "", fmt.Errorf("applog: %s: %w", name, err)
		}
		network := "udp"
		if scheme == "syslog+tcp" {
			network = "tcp"
		}
		return func() destination { return &system{network: network, address: rest} }, name, nil
	case strings.Contains(name, "://"):
		return nil, "", fmt.Errorf("applog: %s: a target is a file, 'stdout', 'stderr', 'syslog', 'syslog://HOST:PORT' or 'syslog+tcp://HOST:PORT'", name)
	}
	path, err := absolute(name)
	if err != nil {
		return nil, "", err
	}
	return func() destination { return newFile(path, o) }, path, nil
}

// stream is a standard stream, through a copy of its descriptor: PHP closes the standard streams when a script ends, and
// what has been logged is written after that.
type stream struct {
	fd   int
	copy *os.File // nil: none could be made
}

func newStream(fd int) func() destination {
	return func() destination {
		s := &stream{fd: fd}
		s.follow()
		return s
	}
}

// follow makes a new copy when the descriptor stands for something else, as after a daemon has redirected its output. A
// file that happens to have got the number of a closed stream is told from one by its flag.
func (s *stream) follow() {
	flags, err := unix.FcntlInt(uintptr(s.fd), unix.F_GETFD, 0)
	if err != nil || flags&unix.FD_CLOEXEC != 0 {
		return
	}
	if s.copy != nil {
		var is, was unix.Stat_t
		if unix.Fstat(s.fd, &is) != nil || unix.Fstat(int(s.copy.Fd()), &was) != nil || is.Ino == was.Ino && is.Dev == was.Dev {
			return
		}
	}
	fd, err := unix.FcntlInt(uintptr(s.fd), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return
	}
	_ = s.close()
	s.copy = os.NewFile(uintptr(fd), "standard stream")
}

func (s *stream) write(lines []byte, _ Level) error {
	s.follow()
	if s.copy == nil {
		return os.ErrClosed
	}
	return writeAll(int(s.copy.Fd()), lines)
}

func (s *stream) each() bool { return false }

func (s *stream) close() error {
	if s.copy == nil {
		return nil
	}
	return s.copy.Close()
}

// writeAll writes everything; a descriptor that somebody has made non-blocking is waited for.
func writeAll(fd int, b []byte) error {
	for len(b) > 0 {
		n, err := unix.Write(fd, b)
		switch {
		case err == unix.EAGAIN:
			if _, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, -1); err != nil && err != unix.EINTR {
				return os.NewSyscallError("poll", err)
			}
		case err == unix.EINTR:
		case err != nil:
			return os.NewSyscallError("write", err)
		default:
			b = b[n:]
		}
	}
	return nil
}

// system is syslog, the machine's or that of a network.
type system struct {
	network, address string
	w                *syslog.Writer
}

func (s *system) each() bool { return true }

func (s *system) close() error {
	if s.w == nil {
		return nil
	}
	return s.w.Close()
}

func (s *system) write(line []byte, level Level) (err error) {
	if s.w == nil {
		if s.w, err = syslog.Dial(s.network, s.address, syslog.LOG_USER|syslog.LOG_INFO, ""); err != nil {
			return err
		}
	}
	text := strings.TrimSuffix(string(line), "\n")
	switch level { // a writer that lost its connection connects again by itself
	case 0:
		return s.w.Emerg(text)
	case 1:
		return s.w.Alert(text)
	case 2:
		return s.w.Crit(text)
	case 3:
		return s.w.Err(text)
	case 4:
		return s.w.Warning(text)
	case 5:
		return s.w.Notice(text)
	case 6:
		return s.w.Info(text)
	}
	return s.w.Debug(text)
}

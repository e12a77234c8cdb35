package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// writeAll and readFull use raw system calls: the Go scheduler is not told, so that it does not wake
// other threads on the generator's processor. This thread is the only one with work to do.

func writeAll(fd int, b []byte) error {
	for len(b) > 0 {
		n, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
		switch {
		case errno == 0:
			b = b[n:]
		case errno == unix.EAGAIN:
			return fmt.Errorf("the server took no bytes for %v", ioTimeout)
		case errno != unix.EINTR:
			return os.NewSyscallError("write", errno)
		}
	}
	return nil
}

// readSome waits for a first byte.
func readSome(fd int, b []byte) (int, error) {
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
		switch {
		case errno == 0 && n == 0:
			return 0, io.EOF
		case errno == 0:
			return int(n), nil
		case errors.Is(errno, unix.EAGAIN):
			return 0, fmt.Errorf("nothing came in %v", ioTimeout)
		case errno != unix.EINTR:
			return 0, os.NewSyscallError("read", errno)
		}
	}
}

func readFull(fd int, b []byte) error {
	for got := 0; got < len(b); {
		n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&b[got])), uintptr(len(b)-got))
		switch {
		case errno == 0 && n == 0:
			return fmt.Errorf("after %d of %d bytes %q: %w", got, len(b), b[:min(got, 200)], io.ErrUnexpectedEOF)
		case errno == 0:
			got += int(n)
		case errors.Is(errno, unix.EAGAIN):
			return fmt.Errorf("no more than %d of %d bytes in %v: %q", got, len(b), ioTimeout, b[:min(got, 200)])
		case errno != unix.EINTR:
			return os.NewSyscallError("read", errno)
		}
	}
	return nil
}

package sqldb

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The descriptors do not block, so these calls return at once: telling Go's scheduler of each would cost more than the
// shorter ones take.

func rawReceive(fd int, p []byte, flags uintptr) (int, unix.Errno) {
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), unix.MSG_DONTWAIT|flags, 0, 0)
	return int(n), errno
}

func rawSend(fd int, p []byte) (int, unix.Errno) {
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT, 0, 0)
	return int(n), errno
}

package loop

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Readiness that a watch asks for and a Watched event reports, as bits.
const (
	Readable = 1
	Writable = 2
)

type watch struct{ mode int }

// Watch gives Watched events while a descriptor that is not the loop's own is ready; mode 0 ends
// it. The descriptor stays its owner's, who must end the watch before closing it.
func (l *Loop) Watch(fd, mode int) error {
	w := l.watches[fd]
	var flags uint32
	if mode&Readable != 0 {
		flags |= unix.EPOLLIN
	}
	if mode&Writable != 0 {
		flags |= unix.EPOLLOUT
	}
	data := uint64(tagWatch)<<tagShift | uint64(fd)
	switch {
	case mode == 0 && w == nil:
		return nil
	case mode == 0:
		delete(l.watches, fd)
		return l.control(unix.EPOLL_CTL_DEL, fd, 0, 0)
	case w == nil:
		if err := l.control(unix.EPOLL_CTL_ADD, fd, flags, data); err != nil {
			return fmt.Errorf("loop: %w", err)
		}
		l.watches[fd] = &watch{mode}
		return nil
	}
	w.mode = mode
	return l.control(unix.EPOLL_CTL_MOD, fd, flags, data)
}

func (l *Loop) watchReady(fd int, flags uint32) {
	w := l.watches[fd]
	if w == nil || !l.room(1) {
		return
	}
	ready := 0
	if flags&(unix.EPOLLIN|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		ready |= Readable
	}
	if flags&(unix.EPOLLOUT|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		ready |= Writable
	}
	if ready &= w.mode; ready != 0 {
		l.events = append(l.events, Event{Kind: Watched, Conn: uint64(fd), Arg: int32(ready)})
	}
}

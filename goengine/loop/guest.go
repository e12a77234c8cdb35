package loop

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// A guest is a descriptor that Go code beside the loop reads and writes on the loop's own thread, so that what arrives for
// a worker need not be handed over by another thread.

type guest struct {
	ready func(readable, writable bool)
	gone  func()
	write bool
}

// Attach has ready called, in Process, while a descriptor is readable, and gone when the script that runs on the loop
// ends or the loop is closed: it is not attached any more then. The descriptor does not block and stays its owner's, who
// detaches it before closing it. Nothing of this is an event, and no guest keeps a loop from being idle.
func (l *Loop) Attach(fd int, ready func(readable, writable bool), gone func()) error {
	if err := l.control(unix.EPOLL_CTL_ADD, fd, unix.EPOLLIN, uint64(tagGuest)<<tagShift|uint64(fd)); err != nil {
		return fmt.Errorf("loop: %w", err)
	}
	if l.guests == nil {
		l.guests = map[int]*guest{}
	}
	l.guests[fd] = &guest{ready: ready, gone: gone}
	return nil
}

// Writable says whether ready is to be called when the descriptor is writable as well.
func (l *Loop) Writable(fd int, wanted bool) error {
	g := l.guests[fd]
	if g == nil || g.write == wanted {
		return nil
	}
	flags := uint32(unix.EPOLLIN)
	if wanted {
		flags |= unix.EPOLLOUT
	}
	if err := l.control(unix.EPOLL_CTL_MOD, fd, flags, uint64(tagGuest)<<tagShift|uint64(fd)); err != nil {
		return fmt.Errorf("loop: %w", err)
	}
	g.write = wanted
	return nil
}

// Detach ends it.
func (l *Loop) Detach(fd int) {
	if l.guests[fd] != nil {
		delete(l.guests, fd)
		_ = l.control(unix.EPOLL_CTL_DEL, fd, 0, 0)
	}
}

// Later has f called by the next Flush, before connections are written to.
func (l *Loop) Later(f func()) { l.later = append(l.later, f) }

// Do has f called on the loop's thread. Any goroutine may ask for it.
func (l *Loop) Do(f func()) error { return l.Post(Post{Do: f}) }

func (l *Loop) guestReady(fd int, flags uint32) {
	if g := l.guests[fd]; g != nil {
		const broken = unix.EPOLLHUP | unix.EPOLLERR
		g.ready(flags&(unix.EPOLLIN|broken) != 0, flags&(unix.EPOLLOUT|broken) != 0)
	}
}

func (l *Loop) callLater() {
	for i := 0; i < len(l.later); i++ {
		l.later[i]()
		l.later[i] = nil
	}
	l.later = l.later[:0]
}

// dismissGuests tells all that their time is over.
func (l *Loop) dismissGuests() {
	for fd, g := range l.guests {
		l.Detach(fd)
		g.gone()
	}
	clear(l.later)
	l.later = l.later[:0]
}

package ext

// #include <stdlib.h>
// #include <sys/epoll.h>
// #include "../../php-ext/engine.h"
import "C"

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/timer"
)

// borrow views C's bytes for the length of a call.
func borrow(p *C.char, n C.size_t) []byte {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(p)), int(n))
}

// phx_loop_new makes a loop for the calling thread, which ends it with phx_loop_close. The events
// of each batch are at out.events: the array stays where it is for the loop's life.
//
//export phx_loop_new
func phx_loop_new(out *C.phx_loop_info) (st C.phx_status) {
	defer guard(&st)
	handle, err := openLoop()
	if err != nil {
		Log.WithError(err).Error("phalanx: no loop")
		return C.PHX_EINVAL
	}
	fillInfo(out, handle)
	return C.PHX_OK
}

// phx_loop_close closes the loop and all its sockets.
//
//export phx_loop_close
func phx_loop_close(h C.int64_t) (st C.phx_status) {
	defer guard(&st)
	remove(int64(h))
	return C.PHX_OK
}

// phx_loop_process takes what epoll_wait reported and answers how many events the batch has.
// Never blocks. A negative answer is a status.
//
//export phx_loop_process
func phx_loop_process(h C.int64_t, ready *C.struct_epoll_event, n C.int) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	return C.phx_status(len(l.Process(unsafe.Slice((*unix.EpollEvent)(unsafe.Pointer(ready)), int(n)))))
}

// phx_loop_flush applies the operations, writes, and answers how many nanoseconds the thread may
// wait: 0 not at all, -1 for ever.
//
//export phx_loop_flush
func phx_loop_flush(h C.int64_t, ops *C.char, n C.size_t) (wait C.int64_t) {
	defer func() {
		if r := recover(); r != nil {
			reportPanic(r)
			wait = 0
		}
	}()
	l := find(int64(h))
	if l == nil {
		return -1
	}
	l.Flush(borrow(ops, n))
	return C.int64_t(l.Timeout())
}

// phx_loop_drain has connections end by themselves, the others as well with all set, and answers
// how many are left.
//
//export phx_loop_drain
func phx_loop_drain(h C.int64_t, all C.int32_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	return C.phx_status(l.Drain(all != 0))
}

// phx_loop_apply applies operations in mid-batch.
//
//export phx_loop_apply
func phx_loop_apply(h C.int64_t, ops *C.char, n C.size_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	l.Apply(borrow(ops, n))
	return C.PHX_OK
}

// phx_loop_idle says whether nothing is left that could wake the loop.
//
//export phx_loop_idle
func phx_loop_idle(h C.int64_t) C.int32_t {
	if l := find(int64(h)); l != nil && !l.Idle() {
		return 0
	}
	return 1
}

// phx_stats_get fills one loop's figures (as of its last flush), or with loop 0 the process's.
//
//export phx_stats_get
func phx_stats_get(h C.int64_t, out *C.phx_stats) (st C.phx_status) {
	defer guard(&st)
	var s loop.Stats
	if h == 0 {
		var slots int
		s, slots = Stats()
		out.slots = C.int64_t(slots)
	} else if l := find(int64(h)); l != nil {
		s = l.Stats()
	}
	out.connections, out.accepted, out.closed = C.int64_t(s.Connections), C.int64_t(s.Accepted), C.int64_t(s.Closed)
	out.messages, out.timers = C.int64_t(s.Messages), C.int64_t(s.Timers)
	out.tls_handshakes, out.tls_resumed, out.tls_failed = C.int64_t(s.TLSHandshakes), C.int64_t(s.TLSResumed), C.int64_t(s.TLSFailed)
	out.bytes_read, out.bytes_written = C.int64_t(s.BytesRead), C.int64_t(s.BytesWritten)
	return C.PHX_OK
}

// phx_timer_add answers the timer's identifier, 0 when there is no loop.
//
//export phx_timer_add
func phx_timer_add(h C.int64_t, ns C.int64_t, repeat C.int32_t) C.uint64_t {
	l := find(int64(h))
	if l == nil {
		return 0
	}
	return C.uint64_t(l.AddTimer(time.Duration(ns), repeat != 0))
}

// phx_timer_del answers 1 when the timer was there.
//
//export phx_timer_del
func phx_timer_del(h C.int64_t, id C.uint64_t) C.int32_t {
	if l := find(int64(h)); l != nil && l.RemoveTimer(timer.ID(id)) {
		return 1
	}
	return 0
}

// phx_watch asks for PHX_WATCHED events of a descriptor: mode 1 readable, 2 writable, 0 none.
//
//export phx_watch
func phx_watch(h C.int64_t, fd, mode C.int32_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	return statusOf(l.Watch(int(fd), int(mode)))
}

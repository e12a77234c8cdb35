package ext

// #include "../../php-ext/engine.h"
import "C"

import (
	"time"
	"unsafe"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// adoptPatience bounds how long a slot's script waits for the end of the one before it, whose
// shutdown functions may take their time.
const adoptPatience = 10 * time.Second

// KeepLoops says whether the loop of a slot whose script has ended waits for the next one. The host
// sets it before PHP starts.
var KeepLoops = func() bool { return true }

// adoptSlot makes a loop the slot's: the one that the script before has left, or the script's own
// (0: it has none, and a new one is made).
func adoptSlot(key slotKey, own int64) (int64, error) {
	registry.mu.Lock()
	s := slotOf(key)
	if ended := s.ended; s.loop != 0 {
		registry.mu.Unlock()
		select {
		case <-ended:
		case <-time.After(adoptPatience):
			Log.WithField("worker", key.worker).WithField("slot", key.id).Error("phalanx: the script before does not end; its connections are lost to the next one")
		}
		registry.mu.Lock()
	}
	handle := s.parked
	s.parked = 0
	registry.mu.Unlock()
	switch {
	case handle != 0 && own != 0:
		remove(own)
	case handle == 0 && own != 0:
		handle = own
	case handle == 0:
		var err error
		if handle, err = openLoop(); err != nil {
			return 0, err
		}
	}
	registry.mu.Lock()
	defer registry.mu.Unlock()
	s.loop, s.ended = handle, make(chan struct{})
	return handle, nil
}

// endSlot is told that the script of a slot's loop has ended; keep says that the loop goes on. It
// answers false when the loop is no slot's, or the slot has another one now.
func endSlot(handle int64, keep bool) bool {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	for _, s := range registry.slots {
		if s.loop != handle {
			continue
		}
		s.loop = 0
		if keep {
			s.parked, s.handle = handle, 0
		}
		close(s.ended)
		return true
	}
	return false
}

func slotLoop(handle int64) bool {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	for _, s := range registry.slots {
		if s.loop == handle {
			return true
		}
	}
	return false
}

// phx_slot_adopt fills in the loop that serves a slot; info.loop is the script's own so far, 0 none.
// It waits for the slot's script before this one to end, ten seconds at most.
//
//export phx_slot_adopt
func phx_slot_adopt(worker, id C.int32_t, info *C.phx_loop_info) (st C.phx_status) {
	defer guard(&st)
	handle, err := adoptSlot(slotKey{int(worker), int(id)}, int64(info.loop))
	if err != nil {
		Log.WithError(err).Error("phalanx: no loop")
		return C.PHX_EINVAL
	}
	fillInfo(info, handle)
	return C.PHX_OK
}

func fillInfo(out *C.phx_loop_info, handle int64) {
	l := find(handle)
	out.loop = C.int64_t(handle)
	out.epfd = C.int32_t(l.FD())
	// Pinned by the loop until Close.
	*(*uintptr)(unsafe.Pointer(&out.events)) = uintptr(unsafe.Pointer(l.EventArray()))
}

// phx_loop_park lets a slot's loop wait for the next script. rest are the events of the last batch
// that have not been told. PHX_EINVAL: the loop is to be closed instead.
//
//export phx_loop_park
func phx_loop_park(h C.int64_t, rest *C.phx_event, n C.int32_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil || !slotLoop(int64(h)) {
		return C.PHX_EINVAL
	}
	if !KeepLoops() {
		endSlot(int64(h), false)
		return C.PHX_EINVAL
	}
	var events []loop.Event
	if n > 0 {
		events = unsafe.Slice((*loop.Event)(unsafe.Pointer(rest)), int(n))
	}
	l.Park(events)
	if !endSlot(int64(h), true) {
		return C.PHX_EINVAL
	}
	return C.PHX_OK
}

// phx_loop_hold stops reading from the connections that outlive the script.
//
//export phx_loop_hold
func phx_loop_hold(h C.int64_t) (st C.phx_status) {
	defer guard(&st)
	if l := find(int64(h)); l != nil {
		l.Hold()
	}
	return C.PHX_OK
}

// phx_loop_settle closes what the script before had and this one has not asked for.
//
//export phx_loop_settle
func phx_loop_settle(h C.int64_t) (st C.phx_status) {
	defer guard(&st)
	if l := find(int64(h)); l != nil {
		l.Settle()
	}
	return C.PHX_OK
}

// phx_loop_unanswered tells how many connections wait for an answer, and how many cannot outlive the
// script.
//
//export phx_loop_unanswered
func phx_loop_unanswered(h C.int64_t, others *C.int64_t) C.int64_t {
	l := find(int64(h))
	if l == nil {
		return 0
	}
	waiting, rest := l.Unanswered()
	*others = C.int64_t(rest)
	return C.int64_t(waiting)
}

// phx_event_hold keeps an event of this batch for the next script; 0: it is this one's.
//
//export phx_event_hold
func phx_event_hold(h C.int64_t, ev *C.phx_event) C.int32_t {
	if l := find(int64(h)); l != nil && l.HoldEvent((*loop.Event)(unsafe.Pointer(ev))) {
		return 1
	}
	return 0
}

// phx_listener_kept writes which connections came with a listener of the script before, at most
// room of them, and answers how many there are.
//
//export phx_listener_kept
func phx_listener_kept(h C.int64_t, id C.int32_t, out *C.uint64_t, room C.size_t) C.int64_t {
	l := find(int64(h))
	if l == nil {
		return 0
	}
	kept := l.Kept(int(id))
	if room > 0 {
		copy(unsafe.Slice((*uint64)(unsafe.Pointer(out)), int(room)), kept)
	}
	return C.int64_t(len(kept))
}

// phx_conn_memo answers the length of the old script's note about a connection and copies what fits
// the room. -1: there is none.
//
//export phx_conn_memo
func phx_conn_memo(h C.int64_t, conn C.uint64_t, memo *C.char, room C.size_t) C.int64_t {
	l := find(int64(h))
	if l == nil {
		return -1
	}
	note, ok := l.Memo(uint64(conn))
	if !ok {
		return -1
	}
	copy(borrow(memo, room), note)
	return C.int64_t(len(note))
}

// phx_conn_resumed tells what a script has to know of a connection that it inherits.
//
//export phx_conn_resumed
func phx_conn_resumed(h C.int64_t, conn C.uint64_t, out *C.phx_resumed) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	i, ok := l.Info(uint64(conn))
	if !ok {
		return C.PHX_ECLOSED
	}
	flag := func(set bool) C.uint8_t {
		if set {
			return 1
		}
		return 0
	}
	*out = C.phx_resumed{
		max_send: C.int64_t(i.MaxSend), max_package: C.int64_t(i.MaxPackage), proto: C.int32_t(i.Proto),
		paused: flag(i.Paused), blocked: flag(i.Pending > 0), full: flag(i.Pending >= i.MaxSend),
		ready: flag(i.Ready),
	}
	return C.PHX_OK
}

// phx_conn_set_memo leaves a note about a connection for the next script.
//
//export phx_conn_set_memo
func phx_conn_set_memo(h C.int64_t, conn C.uint64_t, memo *C.char, n C.size_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	return statusOf(l.SetMemo(uint64(conn), borrow(memo, n)))
}

// phx_loop_mark answers a number that scripts of a loop leave for each other, and sets it unless it
// is negative.
//
//export phx_loop_mark
func phx_loop_mark(h, number C.int64_t) C.int64_t {
	l := find(int64(h))
	if l == nil {
		return 0
	}
	if number >= 0 {
		l.Mark = int64(number)
	}
	return C.int64_t(l.Mark)
}

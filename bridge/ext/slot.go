package ext

// #include "../../php-ext/engine.h"
import "C"

import (
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

type slotKey struct{ worker, id int }

type slot struct {
	handle  int64 // 0: its script has not come to its loop yet
	pending string
	thread  int
	memory  int64         // bytes PHP has allocated, as last told
	vitals  *C.phx_vitals // of the thread that served it last
	fails   uint64        // messages that could not be sent, of all its scripts
	before  loop.Stats    // of loops that are closed
	pulse   loop.Pulse
	status  int // PHP's exit status of the last script

	loop   int64         // of the script that runs, once it has one; handle follows when it enters
	parked int64         // between two scripts
	ended  chan struct{} // closed when loop becomes 0
}

// SlotEntered is called, on the slot's PHP thread, when a slot's script has come to its loop. The
// host sets it before PHP starts.
var SlotEntered = func(worker, id, thread int) {}

// SlotSays is called, on the slot's PHP thread, with what its script has to say to the supervisor.
// The host sets it before PHP starts.
var SlotSays = func(worker, id int, what, message string) {}

// SlotUses is called, on the slot's PHP thread, when the memory that its PHP has allocated has
// changed a good deal. The host sets it before PHP starts.
var SlotUses = func(worker, id int, bytes int64) {}

// SlotControl hands a slot's loop a command: "stop", "graceful", "reload" or "reload-graceful".
// One that comes before the slot's script has entered its loop waits for it.
func SlotControl(worker, id int, command string) error {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	s := slotOf(slotKey{worker, id})
	l := find(s.handle)
	if l == nil {
		s.pending = command
		return nil
	}
	if command == "stop" || command == "reload" {
		callers.stop(s.handle) // who waits for Go hears that there is nothing to wait for
	}
	return l.Post(loop.Post{Data: []byte(command)})
}

// SlotAsk hands a slot's loop a wish, if its script is there to hear it.
func SlotAsk(worker, id int, wish string) {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	if l := find(slotOf(slotKey{worker, id}).handle); l != nil {
		_ = l.Post(loop.Post{Data: []byte(wish)}) // a slot whose inbox is full has other worries
	}
}

// SlotReset forgets a command that waits for a slot and its last exit status, before its script
// starts anew.
func SlotReset(worker, id int) {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	s := slotOf(slotKey{worker, id})
	s.pending, s.status = "", 0
}

func slotOf(key slotKey) *slot {
	if registry.slots == nil {
		registry.slots = map[slotKey]*slot{}
	}
	s := registry.slots[key]
	if s == nil {
		s = &slot{}
		registry.slots[key] = s
	}
	return s
}

func enterSlot(handle int64, key slotKey, thread int) {
	defer SlotEntered(key.worker, key.id, thread)
	registry.mu.Lock()
	defer registry.mu.Unlock()
	s := slotOf(key)
	s.handle, s.thread = handle, thread
	if s.pending != "" {
		if l := find(handle); l != nil {
			_ = l.Post(loop.Post{Data: []byte(s.pending)})
		}
		s.pending = ""
	}
}

func noteSlot(handle, memory int64, status int) {
	registry.mu.Lock()
	key, ok := servedBy(handle)
	if ok {
		if s := registry.slots[key]; memory < 0 {
			s.status = status
		} else {
			s.memory = memory
		}
	}
	registry.mu.Unlock()
	if ok && memory >= 0 {
		SlotUses(key.worker, key.id, memory)
	}
}

// phx_slot_enter makes the loop the one that serves a slot, on the calling thread, and answers the
// thread's identifier. vitals stay in place for the thread's life.
//
//export phx_slot_enter
func phx_slot_enter(h C.int64_t, worker, id C.int32_t, vitals *C.phx_vitals) (st C.phx_status) {
	defer guard(&st)
	thread := unix.Gettid()
	key := slotKey{int(worker), int(id)}
	keepThread(key, vitals)
	enterSlot(int64(h), key, thread)
	return C.phx_status(thread)
}

// phx_slot_note keeps what PHP knows of the slot whose loop this is: the bytes it has allocated
// and, when its script ends (memory < 0), the exit status.
//
//export phx_slot_note
func phx_slot_note(h C.int64_t, memory C.int64_t, status C.int32_t) (st C.phx_status) {
	defer guard(&st)
	noteSlot(int64(h), int64(memory), int(status))
	return C.PHX_OK
}

// phx_slot_tell hands on what a slot's script has to say to the supervisor.
//
//export phx_slot_tell
func phx_slot_tell(h C.int64_t, what *C.char, whatLen C.size_t, message *C.char, messageLen C.size_t) (st C.phx_status) {
	defer guard(&st)
	registry.mu.Lock()
	key, ok := servedBy(int64(h))
	registry.mu.Unlock()
	if !ok {
		return C.PHX_ECLOSED
	}
	SlotSays(key.worker, key.id, string(borrow(what, whatLen)), string(borrow(message, messageLen)))
	return C.PHX_OK
}

// phx_slot_send_failed counts a message that could not be sent.
//
//export phx_slot_send_failed
func phx_slot_send_failed(h C.int64_t) (st C.phx_status) {
	defer guard(&st)
	registry.mu.Lock()
	defer registry.mu.Unlock()
	if key, ok := servedBy(int64(h)); ok {
		registry.slots[key].fails++
	}
	return C.PHX_OK
}

// servedBy says which slot a loop serves. Called with registry.mu held.
func servedBy(handle int64) (slotKey, bool) {
	for key, s := range registry.slots {
		if s.handle == handle && handle > 0 {
			return key, true
		}
	}
	return slotKey{}, false
}

// SlotFigures are what is known of one slot.
type SlotFigures struct {
	loop.Stats
	Thread     int   // 0 while its script starts
	LastThread int   // the one that served it last
	Memory     int64 // bytes PHP has allocated
	SendFails  uint64
	Pulse      loop.Pulse
	Fibers     int64 // of the thread that served it last
}

// FiguresOf answers for one slot.
func FiguresOf(worker, id int) SlotFigures {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	s := slotOf(slotKey{worker, id})
	f := SlotFigures{Memory: s.memory, LastThread: s.thread, SendFails: s.fails, Stats: s.before, Pulse: s.pulse}
	if s.vitals != nil {
		f.Fibers = int64(s.vitals.fibers)
	}
	if find(s.handle) != nil {
		f.Thread = s.thread
	}
	// Between two scripts the loop waits, and its figures go on.
	for _, handle := range []int64{s.handle, s.loop, s.parked} {
		if l := find(handle); l != nil {
			now := l.Stats()
			addStats(&f.Stats, now)
			f.Connections, f.Timers = now.Connections, now.Timers
			f.Pulse.Add(l.Pulse())
			break
		}
	}
	return f
}

// addStats adds what only grows.
func addStats(sum *loop.Stats, s loop.Stats) {
	sum.Accepted += s.Accepted
	sum.Closed += s.Closed
	sum.Messages += s.Messages
	sum.BytesRead += s.BytesRead
	sum.BytesWritten += s.BytesWritten
	sum.TLSHandshakes += s.TLSHandshakes
	sum.TLSResumed += s.TLSResumed
	sum.TLSFailed += s.TLSFailed
}

// SlotAfterMessages has call called once the slot's script has had n more messages. To be called on
// the slot's thread; call is called there too and must not block.
func SlotAfterMessages(worker, id int, n uint64, call func()) {
	registry.mu.Lock()
	l := find(slotOf(slotKey{worker, id}).handle)
	registry.mu.Unlock()
	if l != nil {
		l.AfterMessages(n, call)
	}
}

// ExitStatus is what a slot's last script ended with, when it did not end by returning from its loop.
func ExitStatus(worker, id int) int {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	return slotOf(slotKey{worker, id}).status
}

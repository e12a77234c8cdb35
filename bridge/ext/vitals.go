package ext

// #include "../../php-ext/engine.h"
// extern void phx_vitals_ask(phx_vitals *v, int32_t what);
// extern void phx_vitals_nudge(const phx_vitals *v);
// extern size_t phx_stack_write(const phx_vitals *v, char *out, size_t room);
import "C"

import (
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// stackPatience is how long a thread at work has for writing its stack down; one that has not by then is in a function
// of PHP's own, or in Go, and its stack keeps still.
const stackPatience = 200 * time.Millisecond

// threads are the PHP threads that have served a slot. They never end.
var threads struct {
	mu  sync.Mutex // guards all
	all []*Thread
}

// Thread is a PHP thread that serves slots, one after the other.
type Thread struct {
	vitals *C.phx_vitals
	slot   atomic.Pointer[slotKey] // of its present script, or its last
	asking sync.Mutex              // one asks at a time
}

// keepThread notes that the thread of these vitals serves a slot now.
func keepThread(key slotKey, vitals *C.phx_vitals) {
	registry.mu.Lock()
	slotOf(key).vitals = vitals
	registry.mu.Unlock()
	threads.mu.Lock()
	defer threads.mu.Unlock()
	for _, t := range threads.all {
		if t.vitals == vitals {
			t.slot.Store(&key)
			return
		}
	}
	t := &Thread{vitals: vitals}
	t.slot.Store(&key)
	threads.all = append(threads.all, t)
}

// Threads answers those that there are.
func Threads() []*Thread {
	threads.mu.Lock()
	defer threads.mu.Unlock()
	return append([]*Thread(nil), threads.all...)
}

func load(p *C.uint32_t) uint32 { return atomic.LoadUint32((*uint32)(unsafe.Pointer(p))) }

// Slot is whose script it runs, or ran last.
func (t *Thread) Slot() (worker, id int) {
	key := t.slot.Load()
	return key.worker, key.id
}

// ID is the kernel's number of the thread.
func (t *Thread) ID() int { return int(t.vitals.thread) }

// Alive says whether a slot's script runs, its shutdown functions included.
func (t *Thread) Alive() bool { return load(&t.vitals.alive) != 0 }

// Looping says whether the script is in its loop.
func (t *Thread) Looping() bool { return load(&t.vitals.looping) != 0 }

// At answers a number that changes with each callback, and whether there is one: false while the thread waits for
// events.
func (t *Thread) At() (step uint32, busy bool) {
	return load(&t.vitals.step), load(&t.vitals.busy) != 0 && t.Alive()
}

// Ended counts the times that Fail has struck.
func (t *Thread) Ended() uint32 { return load(&t.vitals.ended) }

// Fail ends the thread's script with a fatal error as soon as PHP comes to its next instruction, if it is at that step
// still.
func (t *Thread) Fail(step uint32, why string) {
	t.asking.Lock()
	defer t.asking.Unlock()
	v := t.vitals
	room := unsafe.Slice((*byte)(unsafe.Pointer(&v.why[0])), len(v.why))
	room[copy(room[:len(room)-1], why)] = 0
	atomic.StoreUint32((*uint32)(unsafe.Pointer(&v.step_asked)), step)
	C.phx_vitals_ask(v, C.PHX_ASK_END)
}

// Nudge has a call of the kernel return that the thread is in, if it is one that signals interrupt.
func (t *Thread) Nudge() { C.phx_vitals_nudge(t.vitals) }

// Stack answers where the thread's PHP is: a line for each function, the innermost first, without arguments. "" when
// it runs no script. Blocks for a moment.
func (t *Thread) Stack() string {
	t.asking.Lock()
	defer t.asking.Unlock()
	v := t.vitals
	before := load(&v.answered)
	if _, busy := t.At(); busy {
		C.phx_vitals_ask(v, C.PHX_ASK_STACK)
		for deadline := time.Now().Add(stackPatience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
			if load(&v.answered) != before {
				return C.GoStringN(&v.stack[0], C.int(v.stack_len))
			}
			if _, busy := t.At(); !busy {
				break
			}
		}
	}
	if !t.Alive() {
		return ""
	}
	text := make([]byte, C.PHX_STACK_SIZE)
	n := C.phx_stack_write(v, (*C.char)(unsafe.Pointer(&text[0])), C.size_t(len(text)))
	return string(text[:n])
}

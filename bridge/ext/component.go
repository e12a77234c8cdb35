package ext

// #include <stdlib.h>
// #include <stdint.h>
// #include "../../php-ext/engine.h"
// #include "../../php-ext/calls.h"
import "C"

import (
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/loop"
)

// Components are the classes that PHP gets. They are frozen before PHP starts: Freeze.
var Components = component.Default()

// phx_component_schema answers the description of all classes; the caller frees it.
//
//export phx_component_schema
func phx_component_schema(n *C.size_t) *C.char {
	if err := Components.Freeze(); err != nil {
		Log.Error(err) // the command has frozen them before: this is a test, or another main package
	}
	b := Components.Schema(nil)
	*n = C.size_t(len(b))
	return (*C.char)(C.CBytes(b))
}

// room is the caller's memory for an answer, as a slice to append to.
func room(a *C.phx_reply) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(a.data)), int(a.cap))[:0:int(a.cap)]
}

// deliver makes bytes that were appended to the caller's room its answer. Those that did not fit are copied out of Go's
// memory.
func deliver(a *C.phx_reply, b []byte) {
	a.len = C.size_t(len(b))
	if len(b) > int(a.cap) {
		a.more = (*C.char)(C.CBytes(b))
	}
}

// phx_component_fast calls a method whose parameters and result are scalars and strings. The strings are borrowed.
//
//export phx_component_fast
func phx_component_fast(method C.uint32_t, handle C.uint64_t, argc C.uint32_t, in, out *C.phx_slot, a *C.phx_reply) (outcome C.int32_t) {
	defer func() {
		if r := recover(); r != nil {
			reportPanic(r)
			outcome = C.PHX_EINTERNAL
		}
	}()
	buf := unsafe.Slice((*byte)(unsafe.Pointer(a.data)), int(a.cap))
	o, rest := Components.Fast(uint32(method), uint64(handle), int(argc), (*[3]component.Slot)(unsafe.Pointer(in)),
		(*component.Slot)(unsafe.Pointer(out)), buf)
	if rest != nil {
		a.len = C.size_t(len(rest))
		a.more = (*C.char)(C.CBytes(rest))
	}
	return C.int32_t(o)
}

// phx_component_call calls any other method without a context. args are borrowed.
//
//export phx_component_call
func phx_component_call(method C.uint32_t, handle C.uint64_t, caller C.int64_t, args *C.char, n C.size_t, a *C.phx_reply) (outcome C.int32_t) {
	defer func() {
		if r := recover(); r != nil {
			reportPanic(r)
			outcome = C.PHX_EINTERNAL
		}
	}()
	o, b := Components.Call(uint32(method), uint64(handle), borrow(args, n), room(a), callers.find(int64(caller)))
	deliver(a, b)
	return C.int32_t(o)
}

// phx_component_release ends a handle. Panics of the component's own clean-up are logged.
//
//export phx_component_release
func phx_component_release(handle C.uint64_t) (st C.phx_status) {
	defer guard(&st)
	Components.Release(uint64(handle))
	return C.PHX_OK
}

// phx_component_same says whether two handles stand for one Go value.
//
//export phx_component_same
func phx_component_same(x, y C.uint64_t) (st C.phx_status) {
	defer guard(&st)
	if Components.Same(uint64(x), uint64(y)) {
		return 1
	}
	return 0
}

// callers are the PHP threads that wait, or may be asked.
var callers callerTable

type callerTable struct {
	mu    sync.Mutex // guards everything but reads of table
	table atomic.Pointer[[]*thread]
	free  []int64
}

type thread struct {
	*component.Caller
	loop int64 // handle; guarded by callerTable.mu
}

func (t *callerTable) find(handle int64) *component.Caller {
	all := t.table.Load()
	if all == nil || handle <= 0 || handle > int64(len(*all)) || (*all)[handle-1] == nil {
		return nil
	}
	return (*all)[handle-1].Caller
}

func (t *callerTable) add(c *component.Caller) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	var table []*thread
	if all := t.table.Load(); all != nil {
		table = append(table, *all...)
	}
	var handle int64
	if n := len(t.free); n > 0 {
		handle = t.free[n-1]
		t.free = t.free[:n-1]
		table[handle-1] = &thread{Caller: c}
	} else {
		table = append(table, &thread{Caller: c})
		handle = int64(len(table))
	}
	t.table.Store(&table)
	return handle
}

func (t *callerTable) remove(handle int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	table := append([]*thread(nil), *t.table.Load()...)
	table[handle-1] = nil
	t.table.Store(&table)
	t.free = append(t.free, handle)
}

// attach notes which loop a thread has; 0: none.
func (t *callerTable) attach(handle, loop int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	(*t.table.Load())[handle-1].loop = loop
}

// stop ends the calls of the thread that has a loop.
func (t *callerTable) stop(loop int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if all := t.table.Load(); all != nil {
		for _, th := range *all {
			if th != nil && th.loop == loop {
				th.Stop()
			}
		}
	}
}

// phx_caller_new makes the calling thread's caller; wake is an eventfd that is written when the thread, asleep in a call,
// has mail. The bell is C's memory, and stays there until phx_caller_close.
//
//export phx_caller_new
func phx_caller_new(wake C.int, bell *C.phx_bell) (handle C.int64_t) {
	defer func() {
		if r := recover(); r != nil {
			reportPanic(r)
			handle = 0
		}
	}()
	fd := int(wake)
	return C.int64_t(callers.add(Components.NewCaller(unix.Gettid(), (*component.Bell)(unsafe.Pointer(bell)), func() {
		one := [8]byte{1}
		_, _ = unix.Write(fd, one[:]) // full: it is awake already
	})))
}

// phx_caller_attach says which loop wakes the thread while it does not wait in a call; 0: none.
//
//export phx_caller_attach
func phx_caller_attach(handle, loopHandle C.int64_t) (st C.phx_status) {
	defer guard(&st)
	c := callers.find(int64(handle))
	if c == nil {
		return C.PHX_ECLOSED
	}
	callers.attach(int64(handle), int64(loopHandle))
	var wake func()
	var own component.Loop
	if l := find(int64(loopHandle)); l != nil {
		wake, own = func() { wakeLoop(l) }, l
	}
	c.Attach(wake, own)
	return C.PHX_OK
}

func wakeLoop(l *loop.Loop) {
	if err := l.Wake(); err != nil && err != loop.ErrClosed {
		Log.WithError(err).Error("phalanx: a worker does not hear of a call's end")
	}
}

// phx_caller_close ends a script's calls.
//
//export phx_caller_close
func phx_caller_close(handle C.int64_t) (st C.phx_status) {
	defer guard(&st)
	if c := callers.find(int64(handle)); c != nil {
		c.Close()
		callers.remove(int64(handle))
	}
	return C.PHX_OK
}

// phx_caller_take writes up to n messages and answers how many.
//
//export phx_caller_take
func phx_caller_take(handle C.int64_t, mail *C.phx_mail, n C.int32_t) (st C.phx_status) {
	defer guard(&st)
	c := callers.find(int64(handle))
	if c == nil {
		return 0
	}
	return C.phx_status(c.Take(unsafe.Slice((*component.Mail)(unsafe.Pointer(mail)), int(n))))
}

// phx_call_start begins a call of a method with a context; limit is in nanoseconds, 0: none; fiber is the calling Fiber's
// number as an object, 0: none calls; waits is 1 for a Fiber that the loop resumes. args are borrowed.
//
//export phx_call_start
func phx_call_start(handle C.int64_t, method C.uint32_t, object C.uint64_t, args *C.char, n C.size_t, limit C.int64_t, fiber C.uint32_t, waits C.int32_t, a *C.phx_reply, id *C.uint64_t) (outcome C.int32_t) {
	defer func() {
		if r := recover(); r != nil {
			reportPanic(r)
			outcome = C.PHX_EINTERNAL
		}
	}()
	c := callers.find(int64(handle))
	if c == nil {
		return C.PHX_EINTERNAL
	}
	o, number, b := c.StartIn(int(fiber), waits != 0, uint32(method), uint64(object), borrow(args, n), room(a), time.Duration(limit))
	deliver(a, b)
	*id = C.uint64_t(number)
	return C.int32_t(o)
}

// phx_call_result gives what a call answered that is done.
//
//export phx_call_result
func phx_call_result(handle C.int64_t, id C.uint64_t, a *C.phx_reply) (outcome C.int32_t) {
	defer func() {
		if r := recover(); r != nil {
			reportPanic(r)
			outcome = C.PHX_EINTERNAL
		}
	}()
	c := callers.find(int64(handle))
	if c == nil {
		return C.PHX_EINTERNAL
	}
	o, b := c.Result(uint64(id), room(a))
	deliver(a, b)
	return C.int32_t(o)
}

// phx_call_cancel ends a call that nobody waits for any more.
//
//export phx_call_cancel
func phx_call_cancel(handle C.int64_t, id C.uint64_t) (st C.phx_status) {
	defer guard(&st)
	if c := callers.find(int64(handle)); c != nil {
		c.Cancel(uint64(id))
	}
	return C.PHX_OK
}

// phx_callable_question gives the arguments of a callable's call; PHX_NO_OBJECT when nobody waits for it.
//
//export phx_callable_question
func phx_callable_question(handle C.int64_t, number C.uint64_t, a *C.phx_reply) (outcome C.int32_t) {
	defer func() {
		if r := recover(); r != nil {
			reportPanic(r)
			outcome = C.PHX_NO_OBJECT
		}
	}()
	c := callers.find(int64(handle))
	if c == nil {
		return C.PHX_NO_OBJECT
	}
	b, ok := c.Question(uint64(number), room(a))
	if !ok {
		return C.PHX_NO_OBJECT
	}
	deliver(a, b)
	return C.PHX_DONE
}

// phx_callable_answer ends a callable's call with its value. The bytes are borrowed.
//
//export phx_callable_answer
func phx_callable_answer(handle C.int64_t, number C.uint64_t, value *C.char, n C.size_t) (st C.phx_status) {
	defer guard(&st)
	if c := callers.find(int64(handle)); c != nil {
		c.Answer(uint64(number), borrow(value, n))
	}
	return C.PHX_OK
}

// phx_callable_thrown ends a callable's call with its exception; id is the number PHP keeps that under. The texts are
// borrowed.
//
//export phx_callable_thrown
func phx_callable_thrown(handle C.int64_t, number C.uint64_t, class *C.char, classLen C.size_t, message *C.char, messageLen C.size_t, id C.uint64_t) (st C.phx_status) {
	defer guard(&st)
	if c := callers.find(int64(handle)); c != nil {
		c.AnswerThrown(uint64(number), string(borrow(class, classLen)), string(borrow(message, messageLen)), uint64(id))
	}
	return C.PHX_OK
}

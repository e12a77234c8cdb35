package component

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// handles keeps the Go values that PHP objects stand for. Looking one up takes no lock: the object that owns the handle
// is PHP's, on one thread, which also releases it.
type handles struct {
	mu    sync.Mutex // guards free, used and making of chunks
	free  []uint32
	used  uint32
	chunk atomic.Pointer[[]*chunk]
	live  atomic.Int64
}

const chunkSize = 512

type chunk [chunkSize]entry

type entry struct {
	generation atomic.Uint32 // odd: in use
	class      *Class
	value      any
	pointer    unsafe.Pointer // value's, when that is a pointer
}

// add keeps a value and answers its handle, never 0: a generation above, an index in the low 32 bits.
func (h *handles) add(class *Class, value any) uint64 {
	var pointer unsafe.Pointer
	if class.pointer {
		pointer = (*[2]unsafe.Pointer)(unsafe.Pointer(&value))[1] // the data word of an interface that holds a pointer
	}
	return h.put(class, value, pointer)
}

// addFar keeps what stands for another process's value: it has no pointer, and its methods none to be called with.
func (h *handles) addFar(class *Class, value *farObject) uint64 { return h.put(class, value, nil) }

func (h *handles) put(class *Class, value any, pointer unsafe.Pointer) uint64 {
	h.mu.Lock()
	var index uint32
	if n := len(h.free); n > 0 {
		index = h.free[n-1]
		h.free = h.free[:n-1]
	} else {
		index = h.used
		h.used++
		if index%chunkSize == 0 {
			var all []*chunk
			if old := h.chunk.Load(); old != nil {
				all = append(all, *old...)
			}
			all = append(all, new(chunk))
			h.chunk.Store(&all)
		}
	}
	h.mu.Unlock()
	e := h.at(index)
	e.class, e.value, e.pointer = class, value, pointer
	h.live.Add(1)
	return uint64(e.generation.Add(1))<<32 | uint64(index)
}

func (h *handles) at(index uint32) *entry {
	return &(*(*h.chunk.Load())[index/chunkSize])[index%chunkSize]
}

// get finds an entry; nil when the handle is stale or was never given out.
func (h *handles) get(handle uint64) *entry {
	all := h.chunk.Load()
	index := uint32(handle)
	if all == nil || int(index/chunkSize) >= len(*all) {
		return nil
	}
	e := &(*(*all)[index/chunkSize])[index%chunkSize]
	if g := e.generation.Load(); g != uint32(handle>>32) || g%2 == 0 {
		return nil
	}
	return e
}

// remove forgets a value and answers it.
func (h *handles) remove(handle uint64) (*Class, any) {
	e := h.get(handle)
	if e == nil {
		return nil, nil
	}
	class, value := e.class, e.value
	e.class, e.value, e.pointer = nil, nil, nil
	generation := e.generation.Add(1)
	h.live.Add(-1)
	if generation < ^uint32(0)-1 { // an index whose generations are used up is not used again
		h.mu.Lock()
		h.free = append(h.free, uint32(handle))
		h.mu.Unlock()
	}
	return class, value
}

package ext

// #include <stdlib.h>
// #include "../../php-ext/engine.h"
import "C"

import (
	"maps"
	"sync"
)

// GetOnce answers a value that is made once for the application, or true when the caller is to
// make it; PutOnce gives it, or nil when it could not be made. In a server process the host sets both
// before PHP starts; elsewhere this process is the application.
var (
	GetOnce = own.get
	PutOnce = own.put
)

var own onceValues

// onceValues are those of a process that is no server process. Its one PHP thread makes them, so
// nobody waits.
type onceValues struct {
	mu     sync.Mutex // guards values
	values map[string][]byte
}

func (o *onceValues) get(name string) ([]byte, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	value, ok := o.values[name]
	return value, !ok
}

func (o *onceValues) put(name string, value []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.values == nil {
		o.values = map[string][]byte{}
	}
	if value != nil {
		o.values[name] = value
	}
}

func (o *onceValues) all() map[string][]byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return maps.Clone(o.values)
}

// phx_once_get answers a value of n bytes that the caller frees; NULL: the caller is to make it.
// May wait for another slot.
//
//export phx_once_get
func phx_once_get(name *C.char, nameLen C.size_t, n *C.size_t) *C.char {
	value, doMake := GetOnce(string(borrow(name, nameLen)))
	if doMake {
		return nil
	}
	*n = C.size_t(len(value))
	return (*C.char)(C.CBytes(append(value[:len(value):len(value)], 0)))
}

// phx_once_put gives a value; made 0: it could not be made.
//
//export phx_once_put
func phx_once_put(name *C.char, nameLen C.size_t, value *C.char, n C.size_t, made C.int32_t) (st C.phx_status) {
	defer guard(&st)
	var bytes []byte
	if made != 0 {
		bytes = append([]byte{}, borrow(value, n)...)
	}
	PutOnce(string(borrow(name, nameLen)), bytes)
	return C.PHX_OK
}

package ext

// #include "../../php-ext/engine.h"
import "C"

import (
	"errors"
	"runtime/debug"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// statusOf translates the engine's sentinels; one row for each.
func statusOf(err error) C.phx_status {
	switch {
	case err == nil:
		return C.PHX_OK
	case errors.Is(err, loop.ErrClosed):
		return C.PHX_ECLOSED
	case errors.Is(err, loop.ErrFull):
		return C.PHX_EFULL
	case errors.Is(err, loop.ErrProtocol):
		return C.PHX_EPROTO
	}
	return C.PHX_EINVAL
}

// guard keeps a panic from unwinding into C: it is logged and the call answers PHX_EINTERNAL.
func guard(st *C.phx_status) {
	if r := recover(); r != nil {
		reportPanic(r)
		*st = C.PHX_EINTERNAL
	}
}

func reportPanic(r any) {
	Log.WithField("stack", string(debug.Stack())).Errorf("phalanx: the engine panicked: %v", r)
}

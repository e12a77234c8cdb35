package host

// #include "host.h"
import "C"

import (
	"context"
	"unsafe"
)

// Web gives PHP under Caddy this binary's defaults of php.ini. Files and the Caddyfile's php_ini
// directive are stronger.
func Web() {
	C.phx_web_setup()
	if waiting == nil {
		waiting = make(chan request)
	}
}

// Caddy starts its applications in no fixed order, so a request may come before FrankenPHP has its
// threads. FrankenPHP 1.12.6 makes the channel such requests wait in only then, and one that came
// earlier waits in a nil channel for good (github.com/php/frankenphp/pull/2612, which is in no
// version that has a Caddy module). FrankenPHP keeps the channel it finds.
//
//go:linkname waiting github.com/dunglas/frankenphp.regularRequestChan
var waiting chan request

// request has the shape of FrankenPHP's contextHolder, the channel's element.
type request struct {
	ctx   context.Context
	state unsafe.Pointer
}

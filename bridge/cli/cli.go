// Package cli runs PHP scripts as the php command does, inside the phalanx binary.
//
// The runner is C (run.c): it starts PHP with a SAPI named "cli" on a thread of its own. It
// cannot share a process with FrankenPHP's server, which starts PHP by itself; the two have
// their environment for scripts in common (sapi.c).
package cli

/*
#cgo CFLAGS: -D_GNU_SOURCE -Wall -Wno-unused-parameter
#cgo LDFLAGS: -lphp -ldl
#include <stdlib.h>
#include "cli.h"
*/
import "C"

import (
	"os"
	"unsafe"

	_ "github.com/dunglas/frankenphp" // keeps the list of the extensions compiled in
)

// registerExtensions makes PHP's start load every extension given to
// frankenphp.RegisterExtension. FrankenPHP calls it in its own ways to start PHP only.
//
//go:linkname registerExtensions github.com/dunglas/frankenphp.registerExtensions
func registerExtensions()

// Main runs php's command line with args, args[0] being the program's name, and returns the
// exit status. It may be called once in a process and returns when the script has ended.
// versionLine is printed by -v below PHP's own lines.
func Main(args []string, versionLine string) int {
	registerExtensions()
	SetBinary()
	C.phx_cli_version_line = C.CString(versionLine)
	C.phx_cli_help = C.CString(Help)

	argv := make([]*C.char, len(args)+1)
	for i, arg := range args {
		argv[i] = C.CString(arg) // kept: PHP refers to them until the process ends
	}
	return int(C.phx_cli_main(C.int(len(args)), cArray(argv)))
}

// SetBinary tells PHP the path of this binary, which becomes PHP_BINARY.
func SetBinary() {
	if path, err := os.Executable(); err == nil {
		C.phx_cli_binary = C.CString(path)
	}
}

// cArray copies pointers into C memory, which PHP's getopt may permute and keeps.
func cArray(pointers []*C.char) **C.char {
	array := (**C.char)(C.calloc(C.size_t(len(pointers)), C.size_t(unsafe.Sizeof(pointers[0]))))
	copy(unsafe.Slice(array, len(pointers)), pointers)
	return array
}

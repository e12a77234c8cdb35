package cli

// #include <stdlib.h>
// #include "cli.h"
import "C"

import (
	"unsafe"

	"github.com/phalanx-php/phalanx/goengine/supervisor"
)

// Describe adds this command line's settings of php.ini to the orders for a server process, so
// that -d, -c and -n hold for the workers too. PHP must have been started by Main.
func Describe(spec *supervisor.Spec) {
	entries := C.phx_cli_ini_entries()
	defer C.free(unsafe.Pointer(entries))
	spec.Settings = C.GoString(entries)
	if C.phx_cli_ini_path != nil {
		spec.INIPath = C.GoString(C.phx_cli_ini_path)
	}
	spec.NoINI = C.phx_cli_ini_ignore != 0
}

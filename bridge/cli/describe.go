package cli

// #include <stdlib.h>
// #include "cli.h"
import "C"

import (
	"os"
	"path/filepath"
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

// ScriptFolder is the folder of the start file that PHALANX_APP names, else of the script that runs, else the working
// directory. The script must have begun.
func ScriptFolder() string {
	script := os.Getenv("PHALANX_APP")
	if script == "" {
		script = C.GoString(C.phx_cli_script())
	}
	path, err := filepath.EvalSymlinks(script)
	if script == "" || err != nil {
		dir, _ := os.Getwd()
		return dir
	}
	if path, err = filepath.Abs(path); err != nil {
		return "."
	}
	return filepath.Dir(path)
}

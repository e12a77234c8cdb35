package cli

// #include <stdlib.h>
import "C"

import (
	"os"

	"github.com/phalanx-php/phalanx/goengine/supervisor"
)

// Go's environment is the one that the process was started with: what init.c has added to C's is brought over.
func init() {
	name := C.CString(supervisor.InitEnv)
	value := C.getenv(name)
	if value != nil {
		_ = os.Setenv(supervisor.InitEnv, C.GoString(value))
	}
}

package ext

import "C"

import (
	"sync"

	"github.com/phalanx-php/phalanx/phpsrc"
)

// phx_phpsrc_folder answers the folder of the classes the binary carries, NULL when there is
// none to be had (logged once). The string is kept for ever. The first call may write files.
//
//export phx_phpsrc_folder
func phx_phpsrc_folder() *C.char { return phpsrcFolder() }

var phpsrcFolder = sync.OnceValue(func() *C.char {
	dir, err := phpsrc.Folder()
	if err != nil {
		Log.Error(err)
		return nil
	}
	return C.CString(dir)
})

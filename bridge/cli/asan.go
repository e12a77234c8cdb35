//go:build phalanx_asan

package cli

// #cgo CFLAGS: -fsanitize=address -fno-omit-frame-pointer
import "C"

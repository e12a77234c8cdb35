//go:build phalanx_asan

package host

// #cgo CFLAGS: -fsanitize=address -fno-omit-frame-pointer
// #cgo LDFLAGS: -fsanitize=address
import "C"

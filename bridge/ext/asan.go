//go:build phalanx_asan

// C with the address sanitizer, here and in the packages beside it: tests/run asan.

package ext

// #cgo CFLAGS: -fsanitize=address -fno-omit-frame-pointer
// #cgo LDFLAGS: -fsanitize=address
import "C"

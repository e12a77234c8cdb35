package http1

import (
	"encoding/binary"
	"math/bits"
)

// The scanners read eight bytes at a time: subtracting in every byte lane at once sets the
// lane's top bit where the byte is below a bound. A borrow can mark lanes above a marked one
// wrongly, never below it, and the lowest mark is the first byte in memory (little-endian).
const (
	lanes = 0x0101010101010101
	tops  = 0x8080808080808080
)

// controls marks the bytes below min and DEL; min is at most 0x80.
func controls(x uint64, min uint64) uint64 {
	del := x ^ lanes*0x7f
	return ((x-lanes*min)&^x | (del-lanes)&^del) & tops
}

// scanValue returns the index of the first byte at or after i that is neither visible, space,
// tab nor obs-text (RFC 9110, 5.5), or len(b).
func scanValue(b []byte, i int) int {
	for i <= len(b)-8 {
		m := controls(binary.LittleEndian.Uint64(b[i:]), 0x20)
		if m == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(m) >> 3
		if b[i] != '\t' { // the one control that a value may hold
			return i
		}
		i++
	}
	for i < len(b) && valueByte[b[i]] {
		i++
	}
	return i
}

// scanTarget returns the index of the first byte at or after i that is a control or a space,
// or len(b). Bytes from 0x80 on pass, as some browsers send targets in raw UTF-8.
func scanTarget(b []byte, i int) int {
	for ; i <= len(b)-8; i += 8 {
		if m := controls(binary.LittleEndian.Uint64(b[i:]), 0x21); m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for i < len(b) && b[i] > 0x20 && b[i] != 0x7f {
		i++
	}
	return i
}

// equalFold compares with a lower-case word of letters, digits and hyphens. Setting bit 5
// folds letters; the other bytes it maps onto the word's are controls, which neither a name
// nor a value that was scanned can hold.
func equalFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	n := len(b) - 8
	for i := 0; i < n; i += 8 {
		if binary.LittleEndian.Uint64(b[i:])|lanes*0x20 != word(lower[i:]) {
			return false
		}
	}
	if n >= 0 { // the last eight bytes, read already or not
		return binary.LittleEndian.Uint64(b[n:])|lanes*0x20 == word(lower[n:])
	}
	for i := range b {
		if b[i]|0x20 != lower[i] {
			return false
		}
	}
	return true
}

// word is binary.LittleEndian.Uint64 for a string.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func isDigit(c byte) bool { return c-'0' <= 9 }

func isLetter(c byte) bool { return c|0x20-'a' <= 'z'-'a' }

// Tables indexed by byte.
var (
	tokenByte [256]bool // tchar (RFC 9110, 5.6.2)
	valueByte [256]bool // field-vchar, space and tab (RFC 9110, 5.5)
	hostByte  [256]bool // reg-name: unreserved, sub-delims, "%" (RFC 3986, 3.2.2)
)

func init() {
	for i := range 256 {
		c := byte(i)
		alnum := isDigit(c) || isLetter(c)
		tokenByte[c] = alnum || isOneOf(c, "!#$%&'*+-.^_`|~")
		valueByte[c] = c >= 0x20 && c != 0x7f || c == '\t'
		hostByte[c] = alnum || isOneOf(c, "-._~!$&'()*+,;=%")
	}
}

func isOneOf(c byte, set string) bool {
	for i := range len(set) {
		if set[i] == c {
			return true
		}
	}
	return false
}

package ws

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// AppendFrame appends an unmasked frame, as a server sends it. firstByte is FIN, RSV bits and
// opcode and goes out as it is: Fin|OpText for a text in one frame. The length takes its
// shortest form. A control frame's payload must not exceed MaxControlPayload.
func AppendFrame(dst []byte, firstByte byte, payload []byte) []byte {
	return append(appendHeader(dst, firstByte, 0, len(payload)), payload...)
}

// AppendMaskedFrame appends a masked frame, as a client sends it. key must come from a strong
// random source and be a new one for each frame (RFC 6455, 5.3). payload is not changed.
func AppendMaskedFrame(dst []byte, firstByte byte, payload []byte, key [4]byte) []byte {
	dst = append(appendHeader(dst, firstByte, maskBit, len(payload)), key[:]...)
	start := len(dst)
	dst = append(dst, payload...)
	unmask(dst[start:], key)
	return dst
}

// AppendClose appends an unmasked close frame. A code that may not be sent, CloseNoStatus among
// them, gives a frame without payload. reason is cut to 123 bytes, between characters; bytes in
// it that are not UTF-8 become U+FFFD.
func AppendClose(dst []byte, code int, reason string) []byte {
	var payload [MaxControlPayload]byte
	return AppendFrame(dst, Fin|OpClose, AppendClosePayload(payload[:0], code, reason))
}

// AppendClosePayload appends what a close frame carries, for a client to mask; see AppendClose.
func AppendClosePayload(dst []byte, code int, reason string) []byte {
	if !ValidCloseCode(code) {
		return dst
	}
	dst = binary.BigEndian.AppendUint16(dst, uint16(code))
	if !utf8.ValidString(reason) {
		reason = strings.ToValidUTF8(reason, "\uFFFD")
	}
	if end := MaxControlPayload - 2; len(reason) > end {
		for !utf8.RuneStart(reason[end]) {
			end--
		}
		reason = reason[:end]
	}
	return append(dst, reason...)
}

func appendHeader(dst []byte, firstByte, mask byte, n int) []byte {
	switch {
	case n <= MaxControlPayload:
		return append(dst, firstByte, mask|byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, firstByte, mask|126), uint16(n))
	default:
		return binary.BigEndian.AppendUint64(append(dst, firstByte, mask|127), uint64(n))
	}
}

// unmask applies the masking key to p in place; doing it twice restores p (RFC 6455, 5.3).
func unmask(p []byte, key [4]byte) {
	k32 := binary.LittleEndian.Uint32(key[:])
	k := uint64(k32)<<32 | uint64(k32)
	for len(p) >= 32 {
		q := p[:32]
		binary.LittleEndian.PutUint64(q, binary.LittleEndian.Uint64(q)^k)
		binary.LittleEndian.PutUint64(q[8:], binary.LittleEndian.Uint64(q[8:])^k)
		binary.LittleEndian.PutUint64(q[16:], binary.LittleEndian.Uint64(q[16:])^k)
		binary.LittleEndian.PutUint64(q[24:], binary.LittleEndian.Uint64(q[24:])^k)
		p = p[32:]
	}
	for len(p) >= 8 {
		binary.LittleEndian.PutUint64(p, binary.LittleEndian.Uint64(p)^k)
		p = p[8:]
	}
	for i := range p {
		p[i] ^= byte(k)
		k = bits.RotateLeft64(k, -8)
	}
}

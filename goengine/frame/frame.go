// Package frame implements the length-prefixed "frame" protocol.
//
// A frame is a 4-byte big-endian length that counts itself, then the body. The codec keeps
// no state and does no I/O: a loop calls it with whatever bytes have arrived. Behaviour follows
// Workerman\Protocols\Frame 5.2.2, except that a length below 4, which upstream waits on for
// ever (0) or takes for an empty message (1 to 3), is an error.
package frame

import (
	"encoding/binary"
	"errors"
	"math"
)

// DefaultLimit is upstream's TcpConnection::$defaultMaxPackageSize, in bytes.
const DefaultLimit = 10 << 20

// MaxBody is the longest body whose length the prefix can express.
const MaxBody = math.MaxUint32 - prefix

const prefix = 4

var (
	// ErrMalformed reports a length that does not even cover the prefix.
	ErrMalformed = errors.New("frame: length shorter than its own prefix")
	// ErrTooLarge reports a length over the limit.
	ErrTooLarge = errors.New("frame: length over the limit")
)

// Decode returns the first frame's body and how many bytes of buf to discard; n is 0 with
// a nil error while the frame is incomplete. body aliases buf and lives until those bytes
// are discarded. limit (> 0) bounds the whole frame in bytes and is checked before the body
// arrives. After ErrMalformed or ErrTooLarge the framing is lost: close the connection.
func Decode(buf []byte, limit int) (body []byte, n int, err error) {
	if len(buf) < prefix {
		return nil, 0, nil
	}
	// 64 bits wide, so that a length of 4 GiB does not turn negative where int has 32.
	size := int64(binary.BigEndian.Uint32(buf))
	if size < prefix {
		return nil, 0, ErrMalformed
	}
	if size > int64(limit) {
		return nil, 0, ErrTooLarge
	}
	if size > int64(len(buf)) {
		return nil, 0, nil
	}
	return buf[prefix:size:size], int(size), nil
}

// Append appends body as one frame to dst. A body longer than MaxBody has no frame; the caller
// keeps below it (the send buffer's limit does).
func Append(dst, body []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(prefix+len(body)))
	return append(dst, body...)
}

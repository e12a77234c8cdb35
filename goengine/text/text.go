// Package text implements the newline-terminated "text" protocol.
//
// A message is everything up to a "\n"; carriage returns in front of that newline belong to
// the terminator. The codec keeps no state and does no I/O: a loop calls it with whatever
// bytes have arrived. Behaviour follows Workerman\Protocols\Text 5.2.2.
package text

import (
	"bytes"
	"errors"
)

// DefaultLimit is upstream's TcpConnection::$defaultMaxPackageSize, in bytes.
const DefaultLimit = 10 << 20

// ErrTooLarge reports a line that reaches the limit.
var ErrTooLarge = errors.New("text: line reaches the limit")

// Decode returns the first line without its terminator and how many bytes of buf to discard;
// n is 0 with a nil error while no newline has arrived. body aliases buf and lives until those
// bytes are discarded.
//
// from says how many bytes at the front of buf an earlier call has already searched in vain, so
// that a slow line is not read again and again: 0 at first and after a line was discarded,
// len(buf) of the last call after n was 0.
//
// A line, its terminator included, must be shorter than limit (> 0); an unfinished line that
// can no longer be is refused without waiting for the rest. After ErrTooLarge close the
// connection.
func Decode(buf []byte, from, limit int) (body []byte, n int, err error) {
	// Whatever lies at limit-1 or behind it is not worth a search: a newline there is too late.
	window := buf[:min(len(buf), max(limit-1, 0))]
	from = min(max(from, 0), len(window))
	i := bytes.IndexByte(window[from:], '\n')
	if i < 0 {
		if len(buf) >= limit {
			return nil, 0, ErrTooLarge
		}
		return nil, 0, nil
	}
	end := from + i
	n = end + 1
	// Upstream trims with rtrim("\r\n"): every carriage return in front of the newline goes.
	for end > 0 && buf[end-1] == '\r' {
		end--
	}
	return buf[:end:end], n, nil
}

// Append appends body and a newline to dst. A newline inside body is not escaped: the peer
// reads two messages.
func Append(dst, body []byte) []byte {
	return append(append(dst, body...), '\n')
}

package http1

// What a chunked body may carry besides data. Extension bytes are allowed in proportion to
// the data, so that a peer cannot keep the server busy with a body that is mostly extensions.
const (
	maxSizeDigits     = 16
	maxExtensionLine  = 1 << 10
	freeExtension     = 16 << 10 // for the whole body, plus one byte per byte of data
	maxTrailerBytes   = 8 << 10
	maxTrailerFields  = 32
	keptTrailerBuffer = 1 << 10 // Reset lets go of more
)

// Chunked decodes the chunked transfer coding (RFC 9112, 7.1). The zero value is ready for a
// body; Reset makes it ready for the next one. It belongs to one connection.
type Chunked struct {
	// Trailers holds the trailer fields as they came, each line with its CRLF and all of them
	// valid once Decode says done. It lives until Reset. See AppendTrailers.
	Trailers []byte

	size      uint64 // of the current chunk, while its digits come; then what is missing of it
	total     int64  // bytes of body so far
	extension int64  // extension bytes so far
	err       *Error // once refused, always refused
	line      int    // extension bytes in this line, or where the current trailer line starts
	fields    int    // trailer lines so far
	digits    uint8
	state     chunkState
}

type chunkState uint8

const (
	chunkDigits chunkState = iota
	chunkExtension
	chunkSizeLF
	chunkData
	chunkDataCR
	chunkDataLF
	chunkTrailer
	chunkDone
)

// Reset forgets the body that was decoded.
func (c *Chunked) Reset() {
	kept := c.Trailers[:0]
	if cap(kept) > keptTrailerBuffer {
		kept = nil
	}
	*c = Chunked{Trailers: kept}
}

// Total returns how many bytes of body have been decoded since Reset.
func (c *Chunked) Total() int64 { return c.total }

// Decode reads src, appends the body bytes it finds to dst and returns dst and how many bytes
// of src it has used: all of them, unless the body ends before (done) or is refused (err, of
// type *[Error]). The body may come in any pieces. limit bounds the body from its first byte
// on, and is checked against a chunk's size before its data arrives. After done or an error,
// Decode uses nothing more and answers the same until Reset.
func (c *Chunked) Decode(dst, src []byte, limit int64) (out []byte, n int, done bool, err error) {
	dst, n, e := c.decode(dst, src, limit)
	if e != nil {
		c.err = e
		return dst, n, false, e
	}
	return dst, n, c.state == chunkDone, nil
}

func (c *Chunked) decode(dst, src []byte, limit int64) ([]byte, int, *Error) {
	if c.err != nil {
		return dst, 0, c.err
	}
	for i := 0; i < len(src); {
		b := src[i]
		switch c.state {
		case chunkDigits: // no sign, no whitespace, no "0x" (RFC 9112, 7.1)
			if digit := hexValue[b]; digit < 16 {
				if c.digits == maxSizeDigits {
					return dst, i, ErrChunkSize
				}
				c.digits++
				c.size = c.size<<4 | uint64(digit)
				break
			}
			if c.digits == 0 || b != '\r' && b != ';' {
				return dst, i, sizeError(b)
			}
			if limit < c.total || c.size > uint64(limit-c.total) {
				return dst, i, ErrBodyTooLarge
			}
			c.state = chunkSizeLF
			if b == ';' {
				c.state, c.line = chunkExtension, 0
			}

		case chunkExtension: // understood and ignored (RFC 9112, 7.1.1)
			end := scanValue(src, i)
			c.line += end - i
			c.extension += int64(end - i)
			if c.line > maxExtensionLine || c.extension > freeExtension+c.total {
				return dst, i, ErrExtensions
			}
			if i = end; i == len(src) {
				return dst, i, nil
			}
			switch src[i] {
			case '\r':
				c.state = chunkSizeLF
			case '\n':
				return dst, i, ErrBareLF
			default:
				return dst, i, ErrChunkExtension
			}

		case chunkSizeLF:
			if b != '\n' {
				return dst, i, ErrBareCR // RFC 9112, 2.2
			}
			c.digits = 0
			c.state = chunkData
			if c.size == 0 {
				c.state, c.line = chunkTrailer, 0
			}

		case chunkData:
			part := src[i:]
			if uint64(len(part)) > c.size {
				part = part[:c.size]
			}
			dst = append(dst, part...)
			i += len(part)
			c.size -= uint64(len(part))
			c.total += int64(len(part))
			if c.size == 0 {
				c.state = chunkDataCR
			}
			continue

		case chunkDataCR:
			if b != '\r' {
				return dst, i, ErrChunkEnd // RFC 9112, 7.1
			}
			c.state = chunkDataLF

		case chunkDataLF:
			if b != '\n' {
				return dst, i, ErrChunkEnd
			}
			c.state = chunkDigits

		case chunkTrailer:
			n, err := c.trailer(src[i:])
			i += n
			if err != nil {
				return dst, i, err
			}
			continue

		case chunkDone:
			return dst, i, nil
		}
		i++
	}
	return dst, len(src), nil
}

// sizeError says why the byte b cannot follow the digits of a chunk size.
func sizeError(b byte) *Error {
	if b == '\n' {
		return ErrBareLF
	}
	return ErrChunkSize
}

// hexValue maps a hexadecimal digit to its value and every other byte to 16.
var hexValue [256]uint8

func init() {
	for i := range 256 {
		hexValue[i] = 16
	}
	for i, c := range "0123456789abcdef" {
		hexValue[c] = uint8(i)
		if i > 9 {
			hexValue[c-'a'+'A'] = uint8(i)
		}
	}
}

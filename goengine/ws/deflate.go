package ws

import (
	"bytes"
	"errors"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/valyala/bytebufferpool"
)

var (
	errExtension = &CloseError{CloseMandatoryExtension, "extensions that were not offered"}
	errDeflate   = &CloseError{CloseInvalidPayload, "compressed data is broken"}
	errInflated  = &CloseError{CloseTooLarge, "inflated message over the limit"}
)

// Deflate is permessage-deflate on one connection, or on many that keep nothing between messages.
// Compressors and decompressors are pooled, for they take some 100 KiB each; what a connection owns
// is at most its two windows. Owned by the loop.
type Deflate struct {
	deflateParams
	level, threshold int
	onDemand         bool

	sent, received []byte // the last bytes that both ends have seen, with takeover
}

// tail is what a sender cuts off (RFC 7692, 7.2.1), and then an empty last block, at which a
// decompressor sees the end.
const tail = "\x00\x00\xff\xff" + "\x01\x00\x00\xff\xff"

// Wants says whether a message should go out compressed.
func (d *Deflate) Wants(first byte, payload []byte) bool {
	return first&0x08 == 0 && (first&Rsv1 != 0 || !d.onDemand && len(payload) >= d.threshold)
}

// Shared says that nothing is kept between messages sent: one compressed frame serves any number of
// connections.
func (d *Deflate) Shared() bool { return !d.sendTakeover }

// AppendFrame appends a data frame as AppendFrame does, compressed if that is wanted and, without
// takeover, saves anything. first is without effect on compression but for Rsv1, which asks for it.
func (d *Deflate) AppendFrame(dst []byte, first byte, payload []byte) []byte {
	c, out := d.compress(first, payload)
	if c == nil {
		return AppendFrame(dst, first&^Rsv1, payload)
	}
	defer c.put()
	return AppendFrame(dst, first|Rsv1, out)
}

// AppendMaskedFrame is AppendFrame for a client; see the function of that name.
func (d *Deflate) AppendMaskedFrame(dst []byte, first byte, payload []byte, key [4]byte) []byte {
	c, out := d.compress(first, payload)
	if c == nil {
		return AppendMaskedFrame(dst, first&^Rsv1, payload, key)
	}
	defer c.put()
	return AppendMaskedFrame(dst, first|Rsv1, out, key)
}

// compress returns a nil compressor when the payload is to go out as it is; else out lives until
// the compressor is put back.
func (d *Deflate) compress(first byte, payload []byte) (*compressor, []byte) {
	if !d.Wants(first, payload) {
		return nil, nil
	}
	c := getCompressor(d.level, d.sendBits)
	err := c.deflate(payload, d.sent, d.sendBits)
	out := bytes.TrimSuffix(c.out, []byte(tail[:4]))
	// With takeover it goes out even if it has grown: what comes next may refer to it.
	if err != nil || !d.sendTakeover && len(out) >= len(payload) && len(payload) > 0 {
		c.put()
		return nil, nil
	}
	if d.sendTakeover {
		d.sent = appendWindow(d.sent, payload, d.sendBits)
	}
	return c, out
}

// inflate appends a message's plain bytes to dst. It stops as soon as they pass limit, whatever the
// rest would come to, so memory is bounded by the limit and not by the ratio.
func (d *Deflate) inflate(dst *bytebufferpool.ByteBuffer, payload []byte, limit int64) error {
	in := inflaters.Get().(*inflater)
	defer inflaters.Put(in)
	in.data = append(append(in.data[:0], payload...), tail...)
	in.src.Reset(in.data)
	window := d.received
	for {
		if err := in.r.(flate.Resetter).Reset(&in.src, window); err != nil {
			return errDeflate
		}
		if err := in.readAll(dst, limit); err != nil {
			return err
		}
		// A block that says it is the last one ends neither the message nor the window (7.2.3.4).
		if in.src.Len() < len(tail) {
			break
		}
		window = dst.B[max(0, len(dst.B)-1<<maxWindowBits):]
	}
	if cap(in.data) > 1<<20 {
		in.data = nil // one large message does not keep its memory for ever
	}
	if d.recvTakeover {
		d.received = appendWindow(d.received, dst.B, d.recvBits)
	}
	return nil
}

// appendWindow keeps the last 1<<bits bytes.
func appendWindow(window, data []byte, bits uint8) []byte {
	size := 1 << bits
	if len(data) >= size {
		return append(window[:0], data[len(data)-size:]...)
	}
	if over := len(window) + len(data) - size; over > 0 {
		window = window[:copy(window, window[over:])]
	}
	return append(window, data...)
}

// compressor writes into its own buffer.
type compressor struct {
	w    *flate.Writer
	out  []byte
	pool *sync.Pool
}

func (c *compressor) Write(p []byte) (int, error) {
	c.out = append(c.out, p...)
	return len(p), nil
}

// deflate writes to c.out what refers to window and to itself.
func (c *compressor) deflate(payload, window []byte, bits uint8) error {
	c.out = c.out[:0]
	if len(payload) < 128 {
		// The Writer looks for no repetitions in so little, this one does. No reference may reach
		// further back than the peer's window.
		window = window[max(0, len(window)+len(payload)-1<<bits):]
		return flate.StatelessDeflate(c, payload, false, window)
	}
	c.w.ResetDict(c, window)
	if _, err := c.w.Write(payload); err != nil {
		return err
	}
	return c.w.Flush()
}

func (c *compressor) put() {
	if cap(c.out) > 1<<20 {
		c.out = nil
	}
	c.pool.Put(c)
}

var compressors struct {
	byLevel [10]sync.Pool            // with the largest window
	byBits  [maxWindowBits]sync.Pool // with smaller ones, which have but one level
}

func getCompressor(level int, bits uint8) *compressor {
	pool := &compressors.byLevel[level]
	if bits < maxWindowBits {
		pool = &compressors.byBits[bits]
	}
	if c, ok := pool.Get().(*compressor); ok {
		return c
	}
	c := &compressor{pool: pool}
	var err error
	if bits < maxWindowBits {
		c.w, err = flate.NewWriterWindow(c, 1<<bits)
	} else {
		c.w, err = flate.NewWriter(c, level)
	}
	if err != nil {
		panic(err) // level and bits have been bounded
	}
	return c
}

type inflater struct {
	r    io.ReadCloser
	src  bytes.Reader
	data []byte
}

var inflaters = sync.Pool{New: func() any { return &inflater{r: flate.NewReader(bytes.NewReader(nil))} }}

// readAll appends what r yields to dst, growing it as bytes come and never beyond the limit.
func (in *inflater) readAll(dst *bytebufferpool.ByteBuffer, limit int64) error {
	for {
		if len(dst.B) == cap(dst.B) {
			size := int64(max(2*cap(dst.B), 4*len(in.data), 512))
			grown := make([]byte, len(dst.B), min(size, max(limit, int64(len(dst.B)))+1))
			copy(grown, dst.B)
			dst.B = grown
		}
		n, err := in.r.Read(dst.B[len(dst.B):cap(dst.B)])
		dst.B = dst.B[:len(dst.B)+n]
		switch {
		case int64(len(dst.B)) > limit:
			return errInflated
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return errDeflate
		}
	}
}

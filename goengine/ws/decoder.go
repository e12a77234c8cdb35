package ws

import (
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/valyala/bytebufferpool"
)

// Made once: a hostile frame costs no allocation.
var (
	errRSV          = &CloseError{CloseProtocolError, "reserved bit set without an extension"}
	errOpcode       = &CloseError{CloseProtocolError, "unknown opcode"}
	errControlFin   = &CloseError{CloseProtocolError, "fragmented control frame"}
	errControlSize  = &CloseError{CloseProtocolError, "control frame longer than 125 bytes"}
	errNoStart      = &CloseError{CloseProtocolError, "continuation without a message"}
	errInterleaved  = &CloseError{CloseProtocolError, "new message inside a fragmented one"}
	errUnmasked     = &CloseError{CloseProtocolError, "unmasked frame from a client"}
	errMasked       = &CloseError{CloseProtocolError, "masked frame from a server"}
	errNotMinimal   = &CloseError{CloseProtocolError, "length not in its shortest form"}
	errNegative     = &CloseError{CloseProtocolError, "length with its top bit set"}
	errCloseSize    = &CloseError{CloseProtocolError, "close frame with one byte"}
	errCloseCode    = &CloseError{CloseProtocolError, "invalid close code"}
	errCloseUTF8    = &CloseError{CloseInvalidPayload, "close reason is not UTF-8"}
	errTextUTF8     = &CloseError{CloseInvalidPayload, "text is not UTF-8"}
	errFrameSize    = &CloseError{CloseTooLarge, "frame over the limit"}
	errMessageSize  = &CloseError{CloseTooLarge, "message over the limit"}
	errFragmentSize = &CloseError{CloseTooLarge, "too many fragments"}
)

const (
	maskBit = 0x80
	// Longest header: two bytes, 64-bit length, masking key.
	maxHeader = 14
)

// Decoder turns one connection's bytes into messages. The zero value is a server's decoder with
// the default limits. It is owned by the connection's loop and holds no buffer between messages.
type Decoder struct {
	Limits  *Limits  // nil: the defaults
	Deflate *Deflate // nil: no compressed messages were agreed on
	Client  bool     // this end is the client: the peer's frames must come unmasked (RFC 6455, 5.1)

	op         byte  // opcode of the message under way, 0 between messages
	compressed bool  // and whether it is
	text       uint8 // utf8 state behind what has arrived of it
	fragments  int32 // frames of the message under way
	// What is known of the frame at the front: > 0 see Want; < 0 so many bytes of a text's payload
	// are unmasked and checked.
	front    int
	assembly *bytebufferpool.ByteBuffer
}

// Next takes the first complete message from the front of buf. It returns how many bytes to
// discard and ok=true with the message; control frames come out in between the fragments of
// another message, as they arrive. With ok=false more bytes are needed; n may still be > 0, as
// complete fragments are moved to the decoder's own buffer.
//
// Payloads are unmasked in place, those of texts as they arrive: what is left in buf must come
// again as it is. m.Data aliases buf for a plain message in one frame and lives until those bytes
// are discarded; a fragmented or compressed message aliases the assembly buffer, which the next
// call of Next, with no bytes if need be, or of Close hands back to the pool, unless Detach has
// taken it. Plain messages in one frame cost no allocation.
//
// err is a *CloseError. Limits are decided from the header, before the payload arrives, and bad
// UTF-8 with the byte that breaks it (but a compressed text's at its end). The framing is lost
// then: answer with the code, call Close and read no further. The same holds behind an OpClose
// message (RFC 6455, 5.5.1): Next does not remember it.
func (d *Decoder) Next(buf []byte) (m Message, n int, ok bool, err error) {
	if d.assembly != nil && d.op == 0 {
		d.Close() // the message returned last time
	}
	d.front = min(d.front, 0)
	for {
		front := buf[n:]
		head, size, err := d.header(front)
		if err != nil {
			return Message{}, n, false, err
		}
		if head == 0 {
			return Message{}, n, false, nil
		}
		first := front[0]
		text := d.isText(first)
		if end := head + size; len(front) < end {
			if !text {
				d.front = end - len(front)
			} else if len(front) > head && !d.take(front[:head], front[head:], first) {
				return Message{}, n, false, errTextUTF8
			}
			return Message{}, n, false, nil
		}
		n += head + size
		payload := front[head : head+size : head+size]
		if text {
			if !d.take(front[:head], payload, first) || first&Fin != 0 && d.text != utf8Accept {
				return Message{}, n, false, errTextUTF8
			}
			d.front = 0
		} else if !d.Client {
			unmask(payload, [4]byte(front[head-4:head]))
		}
		switch {
		case first&0x08 != 0:
			op := first & 0x0f
			if op == OpClose {
				if err := checkClose(payload); err != nil {
					return Message{}, n, false, err
				}
			}
			return Message{Op: op, Data: payload}, n, true, nil
		case first == Fin|OpText || first == Fin|OpBinary:
			return Message{Op: first & 0x0f, Data: payload}, n, true, nil
		case first&(Fin|Rsv1) == Fin|Rsv1:
			m, err := d.inflated(first&0x0f, payload)
			return m, n, err == nil, err
		}
		d.fragment(first, payload)
		if first&Fin != 0 {
			m, err := d.assembled()
			return m, n, err == nil, err
		}
	}
}

// isText says whether a frame's payload is text as it stands.
func (d *Decoder) isText(first byte) bool {
	switch first & 0x0f {
	case OpText:
		return first&Rsv1 == 0
	case OpContinuation:
		return d.op == OpText && !d.compressed
	}
	return false
}

// take unmasks and checks what is new of a text frame's payload; false: it is not UTF-8.
func (d *Decoder) take(head, payload []byte, first byte) bool {
	seen := -d.front
	if !d.Client {
		key := [4]byte(head[len(head)-4:])
		if at := seen & 3; at != 0 {
			key = [4]byte{key[at], key[(at+1)&3], key[(at+2)&3], key[(at+3)&3]}
		}
		unmask(payload[seen:], key)
	}
	if seen == 0 && first&0x0f == OpText {
		d.text = utf8Accept
	}
	d.text = advanceUTF8(d.text, payload[seen:])
	d.front = -len(payload)
	return d.text != utf8Reject
}

// Want returns how many bytes are still missing from the frame at the front of what Next left
// in place; 0 while its length is unknown, and for texts, which are checked as they arrive.
func (d *Decoder) Want() int { return max(d.front, 0) }

// Close hands the assembly buffer back to the pool and forgets a message under way.
func (d *Decoder) Close() {
	if d.assembly != nil {
		bytebufferpool.Put(d.assembly)
		d.assembly = nil
	}
	d.op, d.front = 0, 0
}

// Detach hands over the buffer that the last message's data aliases, nil if that is the caller's.
func (d *Decoder) Detach() *bytebufferpool.ByteBuffer {
	b := d.assembly
	if d.op == 0 {
		d.assembly = nil
		return b
	}
	return nil
}

// fragment moves one frame of a fragmented message to the assembly buffer.
func (d *Decoder) fragment(first byte, payload []byte) {
	if op := first & 0x0f; op != OpContinuation {
		d.op, d.fragments, d.compressed = op, 0, first&Rsv1 != 0
	}
	d.fragments++
	if len(payload) > 0 {
		if d.assembly == nil {
			d.assembly = bytebufferpool.Get()
		}
		d.assembly.B = append(d.assembly.B, payload...)
	}
}

// assembled is the message whose last frame has come.
func (d *Decoder) assembled() (m Message, err error) {
	m.Op, d.op = d.op, 0
	if !d.compressed {
		if d.assembly != nil {
			m.Data = d.assembly.B
		}
		return m, nil
	}
	packed := d.assembly
	d.assembly, d.compressed = nil, false
	if packed == nil {
		return d.inflated(m.Op, nil)
	}
	defer bytebufferpool.Put(packed)
	return d.inflated(m.Op, packed.B)
}

// inflated is the message of compressed bytes, in the assembly buffer.
func (d *Decoder) inflated(op byte, packed []byte) (Message, error) {
	d.assembly = bytebufferpool.Get()
	if err := d.Deflate.inflate(d.assembly, packed, d.limits().message()); err != nil {
		return Message{}, err
	}
	if op == OpText && !validUTF8(d.assembly.B) {
		return Message{}, errTextUTF8
	}
	return Message{Op: op, Data: d.assembly.B}, nil
}

// header checks the frame header at the front of buf and returns its length and the payload's;
// head is 0 while they are unknown, and the masking key may be yet to come when they are known. Each rule is applied as soon as its byte is there,
// so the outcome does not depend on how the network cuts the bytes.
func (d *Decoder) header(buf []byte) (head, size int, err error) {
	if len(buf) == 0 {
		return 0, 0, nil
	}
	if err := d.checkFirst(buf[0]); err != nil {
		return 0, 0, err
	}
	if len(buf) < 2 {
		return 0, 0, nil
	}
	length := uint64(buf[1] &^ maskBit)
	if masked := buf[1]&maskBit != 0; masked == d.Client {
		if masked {
			return 0, 0, errMasked
		}
		return 0, 0, errUnmasked // RFC 6455, 5.1
	}
	control := buf[0]&0x08 != 0
	if control && length > MaxControlPayload {
		return 0, 0, errControlSize // RFC 6455, 5.5
	}
	head = 2
	switch length {
	case 126:
		if len(buf) < 4 {
			return 0, 0, nil
		}
		head, length = 4, uint64(binary.BigEndian.Uint16(buf[2:]))
		if length < 126 {
			return 0, 0, errNotMinimal // RFC 6455, 5.2
		}
	case 127:
		if len(buf) < 10 {
			return 0, 0, nil
		}
		head, length = 10, binary.BigEndian.Uint64(buf[2:])
		if length > math.MaxInt64 {
			return 0, 0, errNegative
		}
		if length <= math.MaxUint16 {
			return 0, 0, errNotMinimal
		}
	}
	if !control {
		if err := d.checkSize(int64(length)); err != nil {
			return 0, 0, err
		}
	}
	if !d.Client {
		head += 4
	}
	return head, int(length), nil
}

// checkFirst applies the rules on FIN, RSV and opcode (RFC 6455, 5.2 and 5.4).
func (d *Decoder) checkFirst(first byte) error {
	if first&(Rsv1|Rsv2|Rsv3) != 0 {
		// RFC 7692, 6: on the first frame of a message, and on no control frame.
		op := first & 0x0f
		if d.Deflate == nil || first&(Rsv2|Rsv3) != 0 || op != OpText && op != OpBinary {
			return errRSV
		}
	}
	switch first & 0x0f {
	case OpText, OpBinary:
		if d.op != 0 {
			return errInterleaved
		}
	case OpContinuation:
		if d.op == 0 {
			return errNoStart
		}
		if most := d.limits().fragments(); int64(d.fragments) >= most {
			// Large messages may come in many frames, empty frames may not come for ever.
			if d.assembly == nil || int64(d.fragments) >= most+int64(len(d.assembly.B)/bytesPerFragment) {
				return errFragmentSize
			}
		}
	case OpClose, OpPing, OpPong:
		if first&Fin == 0 {
			return errControlFin
		}
	default:
		return errOpcode
	}
	return nil
}

func checkClose(payload []byte) error {
	if len(payload) == 0 {
		return nil
	}
	if len(payload) == 1 {
		return errCloseSize // RFC 6455, 5.5.1
	}
	code, reason := ParseClose(payload)
	if !ValidCloseCode(code) {
		return errCloseCode
	}
	if !utf8.Valid(reason) {
		return errCloseUTF8
	}
	return nil
}

package http1

import (
	"encoding/binary"
	"math"
)

type flags uint16

const (
	seenLength flags = 1 << iota
	seenCoding
	otherCoding
	otherExpectation
	askedClose
	askedKeepAlive
	askedUpgrade
	askedWebSocket
	askedContinue
)

// knownLengths has the bits of the name lengths that note knows.
const knownLengths = 1<<4 | 1<<6 | 1<<7 | 1<<10 | 1<<14 | 1<<17 | 1<<21 | 1<<22 | 1<<24

// parseFields parses field lines from i up to and with the blank line, notes in h what it
// needs, and returns where the blank line ends; 0 while it has not come.
func parseFields(buf []byte, i, maxFields int, h *Head) (int, *Error) {
	for fields := 0; i < len(buf); {
		if buf[i] == '\r' {
			if i+1 == len(buf) {
				return 0, nil
			}
			if buf[i+1] != '\n' {
				return 0, ErrBareCR
			}
			return i + 2, nil
		}

		var known *knownField
		if h.Lines != nil && i <= len(buf)-lineKey {
			known = h.Lines.place(buf[i:])
			if known.is(buf[i:]) {
				if fields++; fields > maxFields {
					return 0, ErrTooManyFields
				}
				if known.valueLength != 0 {
					if h.Host.Off != 0 {
						return 0, ErrRepeatedHost
					}
					h.Host = Span{uint32(i) + uint32(known.value), uint32(known.valueLength)}
				}
				h.flags |= known.flags
				i += int(known.length)
				continue
			}
		}

		colon := i
		for colon < len(buf) && tokenByte[buf[colon]] {
			colon++
		}
		if colon == len(buf) {
			return 0, nil
		}
		if buf[colon] != ':' || colon == i {
			return 0, nameError(buf[colon], colon == i)
		}
		if fields++; fields > maxFields {
			return 0, ErrTooManyFields
		}

		value := colon + 1
		for value < len(buf) && isBlank(buf[value]) {
			value++
		}
		line := scanValue(buf, value)
		if line >= len(buf)-1 {
			if line < len(buf) && buf[line] != '\r' {
				return 0, valueError(buf[line])
			}
			return 0, nil
		}
		if buf[line] != '\r' || buf[line+1] != '\n' {
			return 0, valueError(buf[line])
		}

		end := line
		for end > value && isBlank(buf[end-1]) {
			end--
		}
		if n := colon - i; n <= 24 && knownLengths>>n&1 != 0 {
			if err := h.note(buf[i:colon], buf[value:end], value); err != nil {
				return 0, err
			}
		}
		if known != nil {
			known.remember(buf[i:line+2], colon-i, value-i, end-i)
		}
		i = line + 2
	}
	return 0, nil
}

// nameError says why a field line is wrong whose name ends at the byte c.
func nameError(c byte, empty bool) *Error {
	switch {
	case c == '\n':
		return ErrBareLF // RFC 9112, 2.2
	case c == '\r':
		return ErrNoColon
	case isBlank(c) && empty:
		return ErrFold // RFC 9112, 5.2; before the first field: 2.2
	case isBlank(c):
		return ErrSpaceBeforeSep // RFC 9112, 5.1
	}
	return ErrFieldName // RFC 9110, 5.1
}

// valueError says why a field value cannot end at the byte c (RFC 9110, 5.5).
func valueError(c byte) *Error {
	switch c {
	case '\r':
		return ErrBareCR
	case '\n':
		return ErrBareLF
	}
	return ErrFieldValue
}

// note keeps what the server itself has to know of a field whose value starts at off.
func (h *Head) note(name, value []byte, off int) *Error {
	switch len(name) {
	case 4:
		if binary.LittleEndian.Uint32(name)|0x20202020 == 'h'|'o'<<8|'s'<<16|'t'<<24 {
			if h.Host.Off != 0 {
				return ErrRepeatedHost // RFC 9112, 3.2
			}
			if !validHost(value) {
				return ErrHost
			}
			h.Host = Span{uint32(off), uint32(len(value))}
		}
	case 6:
		if equalFold(name, "expect") {
			// RFC 9110, 10.1.1
			if equalFold(value, "100-continue") {
				h.flags |= askedContinue
			} else {
				h.flags |= otherExpectation
			}
		}
	case 7:
		if equalFold(name, "upgrade") && hasItem(value, "websocket") {
			h.flags |= askedWebSocket
		}
	case 10:
		if equalFold(name, "connection") {
			h.noteConnection(value)
		}
	case 14:
		if equalFold(name, "content-length") {
			return h.noteLength(value)
		}
	case 17:
		if equalFold(name, "transfer-encoding") {
			if h.flags&seenCoding != 0 {
				return ErrRepeatedCoding
			}
			h.flags |= seenCoding
			if !equalFold(value, "chunked") {
				h.flags |= otherCoding
			}
		} else if equalFold(name, "sec-websocket-key") {
			return once(&h.SecWebSocketKey, value, off)
		}
	case 21:
		if equalFold(name, "sec-websocket-version") {
			return once(&h.SecWebSocketVersion, value, off)
		}
	case 22:
		if equalFold(name, "sec-websocket-protocol") {
			h.noteList(&h.SecWebSocketProtocol, value, off)
		}
	case 24:
		if equalFold(name, "sec-websocket-extensions") {
			h.noteList(&h.SecWebSocketExtensions, value, off)
		}
	}
	return nil
}

// once keeps the value of a field that RFC 6455, 11.3 allows once.
func once(s *Span, value []byte, off int) *Error {
	if s.Off != 0 {
		return ErrRepeatedKey
	}
	*s = Span{uint32(off), uint32(len(value))}
	return nil
}

func (h *Head) noteList(s *Span, value []byte, off int) {
	if s.Off != 0 {
		h.SeveralLists = true
		return
	}
	*s = Span{uint32(off), uint32(len(value))}
}

// noteLength takes digits alone: no sign, no list, no second line even if equal. RFC 9112,
// 6.3 would let equal values pass, which only ever served attacks.
func (h *Head) noteLength(value []byte) *Error {
	if h.flags&seenLength != 0 {
		return ErrRepeatedLength
	}
	h.flags |= seenLength
	if len(value) == 0 || len(value) > 19 { // 19 digits cannot overflow 64 bits
		return ErrContentLength
	}
	var n uint64
	for _, c := range value {
		if !isDigit(c) {
			return ErrContentLength
		}
		n = n*10 + uint64(c-'0')
	}
	if n > math.MaxInt64 {
		return ErrContentLength
	}
	h.ContentLength = int64(n)
	return nil
}

func (h *Head) noteConnection(value []byte) {
	if equalFold(value, "keep-alive") {
		h.flags |= askedKeepAlive
		return
	}
	if hasItem(value, "close") {
		h.flags |= askedClose
	}
	if hasItem(value, "keep-alive") {
		h.flags |= askedKeepAlive
	}
	if hasItem(value, "upgrade") {
		h.flags |= askedUpgrade
	}
}

// hasItem looks for a word in a comma-separated list (RFC 9110, 5.6.1), case-insensitively.
func hasItem(list []byte, lower string) bool {
	for i := 0; i < len(list); i++ {
		from := i
		for i < len(list) && list[i] != ',' {
			i++
		}
		to := i
		for from < to && isBlank(list[from]) {
			from++
		}
		for to > from && isBlank(list[to-1]) {
			to--
		}
		if equalFold(list[from:to], lower) {
			return true
		}
	}
	return false
}

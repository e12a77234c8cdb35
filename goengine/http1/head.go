package http1

import "bytes"

// maxBlankLines is how many blank lines may stand before a request. RFC 9112, 2.2 asks to
// ignore at least one: some old clients send one after a body.
const maxBlankLines = 2

// ParseHead parses the request head at the front of buf into h and returns its length, which
// is also h.Len; 0 and nil mean that the head is incomplete and h holds nothing of use.
//
// from tells how many bytes of the same head an earlier call has seen (0 at first): the head
// may then arrive byte by byte without being read again each time. The Head of the earlier
// call is not needed. nil limits mean [DefaultLimits]; they hold while the head is incomplete
// too. Errors are of type *[Error]. Bytes after the head are not looked at.
//
// The result does not depend on how the bytes were cut, except that an error may be reported
// some bytes earlier or later. ParseHead keeps no reference to buf and allocates nothing.
func ParseHead(buf []byte, from int, lim *Limits, h *Head) (int, error) {
	if lim == nil {
		lim = &DefaultLimits
	}
	if from > 0 && !worthParsing(buf, from, lim) {
		return 0, nil
	}
	n, err := parseHead(buf, lim, h)
	if err != nil {
		return 0, err
	}
	return n, nil
}

// parseHead reads from left to right and reports the first offence, so that more bytes behind
// an offence never change which one is reported.
func parseHead(buf []byte, lim *Limits, h *Head) (int, *Error) {
	*h = Head{Lines: h.Lines}
	start, err := skipBlankLines(buf)
	if err != nil || start == len(buf) || buf[start] == '\r' {
		return 0, err
	}
	h.Start = start

	// A head is parsed within its limits only: what is not complete by then is too long,
	// whether or not the peer has sent more.
	whole := len(buf)-start >= lim.HeaderBytes
	if whole {
		buf = buf[:start+max(lim.HeaderBytes, 0)]
	}
	line, tooLong := buf, len(buf)-start-2 >= lim.RequestLine
	if tooLong {
		line = buf[:start+max(lim.RequestLine, 0)+2]
	}
	pos, err := parseRequestLine(line, start, h)
	switch {
	case err != nil:
		return 0, err
	case pos == 0 && tooLong:
		return 0, ErrLineTooLong // RFC 9112, 3
	case pos != 0:
		pos, err = parseFields(buf, pos, lim.HeaderFields, h)
		if err != nil {
			return 0, err
		}
	}
	if pos == 0 {
		if whole {
			return 0, ErrHeadTooLarge // RFC 6585, 5
		}
		return 0, nil
	}
	h.Len = pos
	if err := h.conclude(buf, lim); err != nil {
		return 0, err
	}
	return pos, nil
}

// skipBlankLines returns where the first byte of the request line is or will be.
func skipBlankLines(buf []byte) (int, *Error) {
	i := 0
	for i < len(buf) && buf[i] == '\r' {
		switch {
		case i == 2*maxBlankLines:
			return 0, ErrBlankLines
		case i+1 == len(buf):
			return i, nil
		case buf[i+1] != '\n':
			return 0, ErrBareCR
		}
		i += 2
	}
	if i < len(buf) && buf[i] == '\n' {
		return 0, ErrBareLF
	}
	return i, nil
}

// worthParsing tells whether the bytes after from can complete the head, break a limit or
// break a rule that is cheap to check; if not, the head needs no parsing yet. What it lets
// wait, the parse at the end of the head finds.
func worthParsing(buf []byte, from int, lim *Limits) bool {
	if from >= len(buf) {
		return false
	}
	start, err := skipBlankLines(buf)
	if err != nil || from <= start || len(buf)-start >= lim.HeaderBytes {
		return true
	}
	if from-start-2 < lim.RequestLine && len(buf)-start-2 >= lim.RequestLine {
		return true
	}
	// Inside a line nothing happens before a control byte; that is what keeps a long line
	// that comes in small pieces from being read over and over.
	if valueByte[buf[from-1]] && scanValue(buf, from) == len(buf) {
		return false
	}
	line := start + bytes.LastIndexByte(buf[start:from], '\n') + 1
	if line == start {
		return true // the request line ends
	}
	var h Head
	end, err := parseFields(buf, line, lim.HeaderFields, &h)
	return end != 0 || err != nil
}

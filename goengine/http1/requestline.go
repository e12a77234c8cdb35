package http1

import (
	"encoding/binary"
)

// maxMethod is longer than every registered method; RFC 9112, 3 suggests 501 beyond.
const maxMethod = 32

const (
	http11 = 'H' | 'T'<<8 | 'T'<<16 | 'P'<<24 | '/'<<32 | '1'<<40 | '.'<<48 | '1'<<56
	http10 = http11 - 1<<56
)

// parseRequestLine returns where the line after the request line starts, 0 while the request
// line is incomplete. There is exactly one space between its parts (RFC 9112, 3).
func parseRequestLine(buf []byte, i int, h *Head) (int, *Error) {
	// Method: a token (RFC 9110, 9.1).
	j, bound := i, min(len(buf), i+maxMethod+1)
	for j < bound && tokenByte[buf[j]] {
		j++
	}
	if j-i > maxMethod {
		return 0, ErrMethodTooLong
	}
	if j == len(buf) {
		return 0, nil
	}
	if buf[j] != ' ' || j == i {
		return 0, ErrMethod
	}
	h.Method = span(i, j)
	// An origin server that opens no tunnels does not implement CONNECT (RFC 9110, 9.3.6),
	// and its authority-form is therefore never a valid target.
	if j-i == 7 && string(buf[i:j]) == "CONNECT" {
		return 0, ErrConnect
	}

	i = j + 1
	j = scanTarget(buf, i)
	if j == len(buf) {
		return 0, nil
	}
	if buf[j] != ' ' {
		return 0, targetError(buf[j])
	}
	h.Target = span(i, j)
	if buf[i] != '/' {
		if err := h.checkTarget(buf); err != nil {
			return 0, err
		}
	}

	i = j + 1
	if i > len(buf)-10 {
		return 0, checkVersion(buf[i:])
	}
	switch binary.LittleEndian.Uint64(buf[i:]) {
	case http11:
		h.Minor = 1
	case http10:
	default:
		return 0, checkVersion(buf[i : i+10])
	}
	if buf[i+8] != '\r' || buf[i+9] != '\n' {
		return 0, checkVersion(buf[i : i+10])
	}
	return i + 10, nil
}

func targetError(c byte) *Error {
	switch c {
	case '\r':
		return ErrNoVersion // HTTP/0.9 is not spoken
	case '\n':
		return ErrBareLF // RFC 9112, 2.2
	}
	return ErrTargetByte
}

// checkTarget checks a target that is not in origin-form (RFC 9112, 3.2).
func (h *Head) checkTarget(buf []byte) *Error {
	target := h.Target.In(buf)
	if string(target) == "*" { // asterisk-form
		if string(h.Method.In(buf)) == "OPTIONS" {
			return nil
		}
		return ErrTarget
	}
	// absolute-form, which a server must take (RFC 9112, 3.2.2)
	var skip int
	switch {
	case len(target) > 7 && equalFold(target[:4], "http") && string(target[4:7]) == "://":
		skip = 7
	case len(target) > 8 && equalFold(target[:5], "https") && string(target[5:8]) == "://":
		skip = 8
	default:
		return ErrTarget
	}
	end := skip
	for end < len(target) && target[end] != '/' && target[end] != '?' {
		end++
	}
	if !validHost(target[skip:end]) { // also refuses user information (RFC 9110, 4.2.4)
		return ErrTarget
	}
	off := int(h.Target.Off)
	h.authority = span(off+skip, off+end)
	return nil
}

// checkVersion names what is wrong with the first bytes of "HTTP/1.1" CR LF, or returns nil
// when they are a beginning of it (RFC 9112, 2.3).
func checkVersion(b []byte) *Error {
	const form = "HTTP/0.0\r\n"
	for i := 0; i < len(b) && i < len(form); i++ {
		if i == 8 && (b[5] != '1' || b[7] > '1') {
			return ErrVersionUnknown
		}
		if ok := b[i] == form[i] || form[i] == '0' && isDigit(b[i]); !ok {
			if b[i] == '\n' {
				return ErrBareLF
			}
			if i == 9 {
				return ErrBareCR
			}
			return ErrVersion
		}
	}
	return nil
}

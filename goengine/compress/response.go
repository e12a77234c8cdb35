package compress

import (
	"bytes"
	"strconv"
)

// head is what is found in a response's head.
type head struct {
	status       int
	contentType  []byte
	etag, vary   []byte // values
	length       int    // -1: not said
	chunked      bool
	never        bool // encoded already, a part, or not to be changed
	event        bool // server-sent events
	variesAlways bool
}

func parse(b []byte) (h head) {
	line, rest, _ := bytes.Cut(b, []byte("\r\n"))
	if len(line) >= 12 {
		h.status, _ = strconv.Atoi(string(line[9:12]))
	}
	h.length = -1
	for len(rest) > 2 {
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		is := func(s string) bool { return bytes.EqualFold(name, []byte(s)) }
		switch {
		case is("Content-Type"):
			h.contentType = value
			kind, _, _ := bytes.Cut(value, []byte(";"))
			h.event = bytes.EqualFold(bytes.TrimSpace(kind), []byte("text/event-stream"))
		case is("Content-Length"):
			if n, err := strconv.Atoi(string(value)); err == nil {
				h.length = n
			}
		case is("Content-Encoding"), is("Content-Range"):
			h.never = true
		case is("Transfer-Encoding"):
			h.chunked = true
		case is("Cache-Control"): // RFC 9111, 5.2.2.6
			h.never = h.never || bytes.Contains(bytes.ToLower(value), []byte("no-transform"))
		case is("ETag"):
			h.etag = value
		case is("Vary"):
			h.vary = value
			h.variesAlways = h.variesAlways || string(value) == "*" || bytes.Contains(bytes.ToLower(value), []byte("accept-encoding"))
		}
	}
	return h
}

// eligible says whether what a response carries may be compressed, whoever asks for it.
func (o *Options) eligible(h *head) bool {
	return !h.never && h.status >= 200 && h.status != 204 && h.status != 205 && h.status != 206 && h.status != 304 &&
		o.hasType(h.contentType)
}

// AppendResponse appends a whole response to dst, its body in the coding that was negotiated with
// the client if it is worth it, with the fields that belong to that. What must not be compressed is
// appended as it is.
func (o *Options) AppendResponse(dst, response []byte, c Coding) []byte {
	end := bytes.Index(response, []byte("\r\n\r\n"))
	if end < 0 {
		return append(dst, response...)
	}
	end += 4
	h := parse(response[:end])
	body := response[end:]
	if !o.eligible(&h) || h.chunked || h.event || h.length != len(body) || len(body) < o.MinLength {
		return append(dst, response...)
	}
	if c == Identity {
		return append(h.appendHead(dst, response[:end], c, -1), body...)
	}
	e := NewEncoder(c, o.Levels[c])
	defer e.Close()
	// The length stands before the body: room for as many digits as the plain one has.
	start := len(dst)
	dst = h.appendHead(dst, response[:end], c, len(body))
	at := len(dst)
	dst = e.End(e.Append(dst, body, false))
	if n := len(dst) - at; n < len(body) {
		shorter := h.appendHead(dst[:start], response[:end], c, n)
		return shorter[:len(shorter)+copy(dst[len(shorter):], dst[at:])]
	}
	return append(h.appendHead(dst[:start], response[:end], Identity, -1), body...)
}

// appendHead appends a head with the fields of a coding; a length below 0 leaves it as it is.
func (h *head) appendHead(dst, b []byte, c Coding, length int) []byte {
	line, rest, _ := bytes.Cut(b, []byte("\r\n"))
	dst = append(append(dst, line...), "\r\n"...)
	for len(rest) > 2 {
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		name, _, _ := bytes.Cut(line, []byte(":"))
		switch {
		case length >= 0 && bytes.EqualFold(name, []byte("Content-Length")):
			dst = append(dst, "Content-Length: "...)
			dst = strconv.AppendInt(dst, int64(length), 10)
		case c != Identity && bytes.EqualFold(name, []byte("ETag")) && bytes.HasPrefix(h.etag, []byte(`"`)):
			dst = append(append(dst, "ETag: W/"...), h.etag...) // equivalent, not the same bytes (RFC 9110, 8.8.1)
		case c != Identity && bytes.EqualFold(name, []byte("Accept-Ranges")):
			dst = append(dst, "Accept-Ranges: none"...)
		default:
			dst = append(dst, line...)
		}
		dst = append(dst, "\r\n"...)
	}
	if c != Identity {
		dst = append(append(append(dst, "Content-Encoding: "...), c.String()...), "\r\n"...)
	}
	if !h.variesAlways {
		dst = append(dst, "Vary: Accept-Encoding\r\n"...)
	}
	return append(dst, "\r\n"...)
}

// AppendStreamHead appends the head of a response whose body follows in pieces, chunks or
// server-sent events, and gives the encoder for them; nil when they go as they are.
func (o *Options) AppendStreamHead(dst, b []byte, c Coding) ([]byte, *Encoder) {
	h := parse(b)
	if !o.eligible(&h) || !h.chunked && !h.event || h.length >= 0 {
		return append(dst, b...), nil
	}
	dst = h.appendHead(dst, b, c, -1)
	return dst, NewEncoder(c, o.Levels[c])
}

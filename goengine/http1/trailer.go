package http1

import "bytes"

// trailer takes bytes of the trailer section up to the end of a line at most, and moves on to
// chunkDone behind the blank line. The lines obey the rules of header lines (RFC 9112, 7.1.2).
func (c *Chunked) trailer(src []byte) (int, *Error) {
	n := bytes.IndexByte(src, '\n') + 1
	whole := n != 0
	if !whole {
		n = len(src)
	}
	if room := maxTrailerBytes - len(c.Trailers); n > room+2 { // the blank line is not kept
		return 0, ErrTrailerTooLarge
	}
	c.Trailers = append(c.Trailers, src[:n]...)
	line := c.Trailers[c.line:]
	if len(c.Trailers) > maxTrailerBytes && !bytes.HasPrefix([]byte("\r\n"), line) {
		return 0, ErrTrailerTooLarge
	}

	if !whole {
		return n, nil
	}

	if forbiddenTrailer(line[:max(bytes.IndexByte(line, ':'), 0)]) {
		return n, ErrTrailerName
	}
	var h Head
	end, err := parseFields(line, 0, 1, &h)
	if err != nil {
		return n, err
	}
	if end != 0 { // blank
		c.Trailers = c.Trailers[:c.line]
		c.state = chunkDone
		return n, nil
	}
	if c.fields++; c.fields > maxTrailerFields {
		return n, ErrTrailerTooLarge
	}
	c.line = len(c.Trailers)
	return n, nil
}

// forbiddenTrailer tells whether a field has to do with framing, routing or the connection
// and thus comes too late behind the body (RFC 9110, 6.5.1). Whoever merged it into the
// header fields would see another message than was framed.
func forbiddenTrailer(name []byte) bool {
	for _, word := range [...]string{
		"content-length", "transfer-encoding", "host", "connection", "upgrade", "trailer", "te",
		"expect", "keep-alive", "content-encoding", "content-range", "content-type",
	} {
		if equalFold(name, word) {
			return true
		}
	}
	return false
}

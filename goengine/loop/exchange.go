package loop

import (
	"bytes"
	"strconv"

	"github.com/phalanx-php/phalanx/goengine/http1"
)

// exchange is what an HTTP connection needs when its requests and responses do not simply take
// turns. Most connections never have one.
type exchange struct {
	refused *http1.Error // the answer to a broken request, behind the responses still owed
	invite  bool         // so waits a 100 (Continue)
	raw     rawResponse  // what the application sends byte by byte
	stream  *bodyStream  // what is compressed of it
}

func (c *conn) refused() bool { return c.x != nil && c.x.refused != nil }

func (c *conn) exchange() *exchange {
	if c.x == nil {
		c.x = new(exchange)
	}
	return c.x
}

// theirTurn answers for the engine once no response is owed to an earlier request; true means
// that the connection ends.
func (l *Loop) theirTurn(c *conn) bool {
	if c.x.refused != nil {
		l.reply(c, http1.AppendError(nil, c.x.refused))
		l.closeAfterOutput(c, DefaultLinger)
		return true
	}
	if c.x.invite {
		c.x.invite = false
		l.reply(c, http1.Continue)
	}
	return false
}

// rawResponse follows a response that the application sends as raw bytes in several pieces: a
// head, then a body or chunks. Only its framing is looked at, to know where it ends.
type rawResponse struct {
	on     bool
	drop   bool  // it answers a HEAD: what follows the head is not sent
	left   int64 // bytes of body, or of chunk data with its CRLF, that are to come
	chunks bool
	state  rawChunk
}

type rawChunk uint8

const (
	rawSize rawChunk = iota
	rawExtension
	rawTrailer // at the start of a trailer line
	rawTrailerLine
)

var responsePrefix = []byte("HTTP/1.")

// sendRaw notes what raw bytes of the application mean for the exchange and answers those to be
// sent. Bytes that are no response, nor the rest of one, go as they are.
func (l *Loop) sendRaw(c *conn, data []byte) []byte {
	if c.x != nil && c.x.raw.on && !(c.x.raw.drop && bytes.HasPrefix(data, responsePrefix)) {
		return l.continueRaw(c, data)
	}
	if c.inflight == 0 || !bytes.HasPrefix(data, responsePrefix) {
		return data
	}
	end := bytes.Index(data, []byte("\r\n\r\n"))
	if end < 0 {
		return data // who writes a head piece by piece closes the connection too
	}
	end += 4
	body := data[end:]
	status, length, chunked := responseFraming(data[:end])
	if status < 200 {
		return data // the final response follows, or another protocol
	}
	r := &c.exchange().raw
	*r = rawResponse{left: max(length, 0), chunks: chunked}
	switch {
	case c.heads&1 != 0:
		r.on, r.drop = chunked || length > 0, true
		if r.on {
			r.consume(body)
		}
		data = data[:end]
	case status == 204 || status == 304: // no body (RFC 9110, 6.4.1)
	case chunked || length >= 0:
		r.on = true
		if !r.consume(body) {
			return c.sayClose(data, end)
		}
	default:
		return data // it ends with the connection
	}
	data = c.sayClose(data, end)
	l.responded(c)
	return data
}

func (l *Loop) continueRaw(c *conn, data []byte) []byte {
	r := &c.x.raw
	drop := r.drop
	if r.consume(data) && !drop {
		l.responded(c)
	}
	if drop {
		return nil
	}
	return data
}

// consume follows body bytes; true when the response ends with them.
func (r *rawResponse) consume(data []byte) bool {
	for {
		if r.left > 0 {
			n := min(int64(len(data)), r.left)
			r.left -= n
			if data = data[n:]; r.left > 0 {
				return false
			}
		}
		if !r.chunks {
			r.on = false
			return true
		}
		line, rest, whole := bytes.Cut(data, []byte("\n"))
		switch r.state {
		case rawSize, rawExtension:
			if r.state == rawSize {
				for _, b := range line {
					digit := int64(hexDigit(b))
					if digit < 0 || r.size() > 1<<50 {
						r.state = rawExtension
						break
					}
					r.left = -(r.size()<<4 | digit) // negative while its digits come
				}
			}
			if !whole {
				return false
			}
			if r.left = r.size(); r.left == 0 {
				r.state = rawTrailer
			} else {
				r.left += 2 // the CRLF behind the data
				r.state = rawSize
			}
		case rawTrailer, rawTrailerLine:
			if r.state == rawTrailer && whole && (len(line) == 0 || line[0] == '\r') {
				r.on = false
				return true
			}
			if !whole {
				if len(line) > 0 && line[0] != '\r' {
					r.state = rawTrailerLine
				}
				return false
			}
			r.state = rawTrailer
		}
		data = rest
	}
}

// size is that of the chunk whose digits are being read.
func (r *rawResponse) size() int64 { return -min(r.left, 0) }

func hexDigit(b byte) int {
	switch {
	case b >= '0' && b <= '9':
		return int(b - '0')
	case b|0x20 >= 'a' && b|0x20 <= 'f':
		return int(b|0x20-'a') + 10
	}
	return -1
}

// responseFraming reads a response's status and where its body ends; length is -1 when it does
// not say.
func responseFraming(head []byte) (status int, length int64, chunked bool) {
	line, rest, _ := bytes.Cut(head, []byte("\r\n"))
	if len(line) >= 12 {
		status, _ = strconv.Atoi(string(line[9:12]))
	}
	length = -1
	for len(rest) > 2 {
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if n, err := strconv.ParseInt(string(value), 10, 63); err == nil {
				length = n
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = bytes.EqualFold(value, []byte("chunked"))
		}
	}
	return status, length, chunked
}

var (
	saysKeepAlive = []byte("\r\nConnection: keep-alive\r\n")
	saysClose     = []byte("\r\nConnection: close\r\n")
)

// sayClose has a response's head, which ends at end, tell the truth when the connection closes
// behind it (RFC 9112, 9.6).
func (c *conn) sayClose(response []byte, end int) []byte {
	if !c.closeRsp || c.inflight > 1 {
		return response
	}
	at := bytes.Index(response[:end], saysKeepAlive)
	if at < 0 {
		return response
	}
	changed := make([]byte, 0, len(response))
	changed = append(append(changed, response[:at]...), saysClose...)
	return append(changed, response[at+len(saysKeepAlive):]...)
}

// wholeResponse prepares a response that comes in one piece: a HEAD gets no body (RFC 9110,
// 9.3.2), for it would be read as the next response.
func (c *conn) wholeResponse(response []byte) []byte {
	if c.x != nil {
		c.x.raw = rawResponse{}
	}
	if c.heads&1 == 0 && !c.closeRsp {
		return response
	}
	end := bytes.Index(response, []byte("\r\n\r\n")) + 4
	if end < 4 {
		return response
	}
	if c.heads&1 != 0 {
		response = response[:end]
	}
	return c.sayClose(response, end)
}

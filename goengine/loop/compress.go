package loop

import (
	"bytes"
	"strconv"

	"github.com/phalanx-php/phalanx/goengine/compress"
	"github.com/phalanx-php/phalanx/goengine/http1"
)

// Compressed in the argument of SendResponse and SendRaw says that a response may be compressed;
// the low bits hold the compress.Coding that was negotiated with the client.
const Compressed = 0x80

// maxStreams bounds the responses of a loop that are compressed piece by piece at one time: each
// costs some hundred KiB for as long as it lasts. Others go as they are.
const maxStreams = 256

// bodyStream compresses what follows a head: chunks, or server-sent events.
type bodyStream struct {
	enc     *compress.Encoder
	chunked bool
	dec     http1.Chunked // of the application's chunks
	plain   []byte
}

// SetCompression says what the responses sent with Compressed are compressed like.
func (l *Loop) SetCompression(o compress.Options) { l.compression = o }

// Compression is what SetCompression has said.
func (l *Loop) Compression() compress.Options { return l.compression }

// appendResponse appends a whole response.
func (l *Loop) appendResponse(dst []byte, c *conn, arg byte, response []byte) []byte {
	if c.x != nil {
		l.endStream(c)
	}
	head := c.heads&1 != 0
	response = c.wholeResponse(response)
	l.responded(c)
	if arg&Compressed == 0 || head {
		return append(dst, response...)
	}
	return l.compression.AppendResponse(dst, response, compress.Coding(arg&^Compressed))
}

// appendRaw appends raw bytes of an HTTP connection.
func (l *Loop) appendRaw(dst []byte, c *conn, arg byte, data []byte) []byte {
	c.partial = c.inflight > 0
	head := c.heads&1 != 0
	data = l.sendRaw(c, data)
	if c.x != nil && c.x.stream != nil {
		if arg&Compressed == 0 {
			return l.appendStreamed(dst, c, data)
		}
		l.endStream(c) // another response begins
	}
	end := bytes.Index(data, []byte("\r\n\r\n")) + 4
	if arg&Compressed == 0 || head || end < 4 {
		return append(dst, data...)
	}
	coding := compress.Coding(arg &^ Compressed)
	if l.streams >= maxStreams {
		coding = compress.Identity
	}
	dst, enc := l.compression.AppendStreamHead(dst, data[:end], coding)
	if enc == nil {
		return append(dst, data[end:]...)
	}
	l.streams++
	c.exchange().stream = &bodyStream{enc: enc, chunked: bytes.Contains(bytes.ToLower(data[:end]), []byte("\r\ntransfer-encoding:"))}
	return l.appendStreamed(dst, c, data[end:])
}

// appendStreamed appends pieces of a compressed body; each can be decoded when it arrives.
func (l *Loop) appendStreamed(dst []byte, c *conn, data []byte) []byte {
	s := c.x.stream
	if len(data) == 0 {
		return dst
	}
	if !s.chunked {
		return s.enc.Append(dst, data, true)
	}
	var done bool
	var err error
	s.plain, _, done, err = s.dec.Decode(s.plain[:0], data, 1<<62)
	if err != nil {
		l.log.WithError(err).WithField("remote", c.remote).Error("loop: a compressed response has a malformed chunk; closing")
		l.endStream(c)
		l.endAfterFlush(c)
		return dst
	}
	if len(s.plain) > 0 {
		dst = appendChunk(dst, func(b []byte) []byte { return s.enc.Append(b, s.plain, !done) })
	}
	if done {
		dst = appendChunk(dst, s.enc.End)
		dst = append(dst, "0\r\n"...)
		dst = append(append(dst, s.dec.Trailers...), "\r\n"...)
		l.endStream(c)
	}
	return dst
}

// appendChunk appends what write appends, if anything, as one chunk.
func appendChunk(dst []byte, write func([]byte) []byte) []byte {
	const room = "0000000\r\n" // a size may begin with zeros (RFC 9112, 7.1)
	start := len(dst)
	dst = write(append(dst, room...))
	n := len(dst) - start - len(room)
	if n == 0 {
		return dst[:start]
	}
	digits := strconv.AppendInt(nil, int64(n), 16)
	copy(dst[start+len(room)-2-len(digits):], digits)
	return append(dst, "\r\n"...)
}

// finishStream appends the end of events that the application closes.
func (l *Loop) finishStream(c *conn) {
	if c.x != nil && c.x.stream != nil {
		if !c.x.stream.chunked {
			l.reply(c, c.x.stream.enc.End(nil))
		}
		l.endStream(c)
	}
}

// endStream gives the encoder back.
func (l *Loop) endStream(c *conn) {
	if c.x.stream != nil {
		l.streams--
		c.x.stream.enc.Close()
		c.x.stream = nil
	}
}

package loop

import (
	"bytes"
	"strings"

	"github.com/valyala/bytebufferpool"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

// wsHandshake is what the answer to a WebSocket handshake needs of it.
type wsHandshake struct {
	key    [24]byte
	offers []byte // Sec-WebSocket-Extensions
}

const (
	extensionsField = "sec-websocket-extensions"
	maxOffers       = 1 << 10 // bytes; longer lists of extensions are not read
	maxPacked       = 64 << 10
)

// deflateState is the loop's part of permessage-deflate.
type deflateState struct {
	onDemand ws.DeflateOptions // where only the application announces it

	// The last message that was compressed for a connection that keeps nothing between messages, so
	// that one which goes to many is compressed once.
	by      *ws.Deflate
	first   byte
	in, out []byte
}

// newHandshake takes a key of 24 bytes, as ws.Handshake.Check has seen it, and the request's head.
func newHandshake(key, head []byte) *wsHandshake {
	h := &wsHandshake{key: [24]byte(key)}
	for line := range bytes.Lines(head) {
		name, value, ok := bytes.Cut(line, []byte{':'})
		if !ok || len(name) != len(extensionsField) || !strings.EqualFold(string(name), extensionsField) {
			continue
		}
		if len(h.offers)+len(value) > maxOffers {
			break
		}
		if len(h.offers) > 0 {
			h.offers = append(h.offers, ',') // RFC 6455, 9.1
		}
		h.offers = append(h.offers, bytes.TrimSpace(value)...)
	}
	return h
}

// agree settles whether messages may be compressed, and returns the handshake's headers with the
// answer to the client's offers. What the application announces itself goes before.
func (l *Loop) agree(c *conn, headers []string) []string {
	options := c.listener.opts.Deflate
	offers := c.ws.shake.offers
	announced := false
	kept := headers[:0]
	for _, line := range headers {
		name, value, ok := strings.Cut(line, ":")
		if ok && strings.EqualFold(strings.Trim(name, " \t"), extensionsField) {
			if options == nil {
				options = &l.deflate.onDemand
				options.OnDemand = true
			}
			if announced {
				continue
			}
			announced = true
			if c.ws.dec.Deflate = options.Announced(value, offers); c.ws.dec.Deflate == nil {
				continue
			}
		}
		kept = append(kept, line)
	}
	if !announced && options != nil && len(offers) > 0 {
		var answer string
		if c.ws.dec.Deflate, answer = options.Answer(offers); c.ws.dec.Deflate != nil {
			kept = append(kept, "Sec-WebSocket-Extensions: "+answer)
		}
	}
	return kept
}

// appendFrame appends a WebSocket frame with this first byte, in which RSV1 asks for compression.
// As a client this end masks.
func (l *Loop) appendFrame(dst []byte, c *conn, first byte, data []byte) []byte {
	if c.client {
		if c.ws != nil && c.ws.dec.Deflate != nil {
			return c.ws.dec.Deflate.AppendMaskedFrame(dst, first, data, l.maskKey())
		}
		return ws.AppendMaskedFrame(dst, first&^ws.Rsv1, data, l.maskKey())
	}
	if c.ws == nil || c.ws.dec.Deflate == nil {
		return ws.AppendFrame(dst, first&^ws.Rsv1, data)
	}
	d := c.ws.dec.Deflate
	if !d.Wants(first, data) || !d.Shared() || len(data) > maxPacked {
		return d.AppendFrame(dst, first, data)
	}
	s := &l.deflate
	if s.by != d || s.first != first || !bytes.Equal(s.in, data) {
		s.by, s.first, s.in = d, first, append(s.in[:0], data...)
		s.out = d.AppendFrame(s.out[:0], first, data)
	}
	return append(dst, s.out...)
}

// keepBuffer makes a buffer's bytes live until the next batch, where C may read them.
func (l *Loop) keepBuffer(b *bytebufferpool.ByteBuffer) []byte {
	if len(b.B) > copyLimit {
		l.hold(b)
		return b.B
	}
	data := l.keep(b.B)
	bytebufferpool.Put(b)
	return data
}

package loop

import (
	crand "crypto/rand"
	"encoding/binary"
	"errors"
	"math/rand/v2"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

// ExpectWebSocket says with which key (Sec-WebSocket-Key) an outgoing connection's handshake has
// been sent, and what it offers (Sec-WebSocket-Extensions). The answer comes as a Handshake event: Opcode 0, and AcceptWebSocket opens the frames;
// or Opcode 1, refused, and Data goes on behind the answer's Aux bytes with the reason.
func (l *Loop) ExpectWebSocket(id ID, key, offers []byte) error {
	c := l.lookup(id)
	if c == nil {
		return ErrClosed
	}
	if c.proto != WebSocket || !c.client || c.wsOpen || len(key) != 24 {
		return ErrProtocol
	}
	c.ws = &wsState{shake: &wsHandshake{key: [24]byte(key), offers: append([]byte(nil), offers...)}}
	l.limitTime(c, c.listener.opts.Limits.BodyTime)
	return nil
}

// decodeAnswer takes a server's answer to our handshake.
func (l *Loop) decodeAnswer(c *conn, buf []byte) int {
	n, err := ws.AnswerEnd(buf, int(c.scanned))
	if err == nil && n == 0 {
		c.scanned = int32(len(buf))
		return 0
	}
	c.scanned, c.deadline, c.awaits = 0, 0, true
	if err == nil {
		var key, offers []byte
		if c.ws != nil && c.ws.shake != nil {
			key, offers = c.ws.shake.key[:], c.ws.shake.offers
		}
		var deflate *ws.Deflate
		if deflate, err = ws.CheckAnswer(buf[:n], key, offers); deflate != nil {
			c.ws.dec.Deflate = deflate
		}
	}
	ev := Event{Kind: Handshake, Proto: WebSocket, Arg: c.from(), Conn: c.id, Aux: uint64(n), Data: buf[:n]}
	if err != nil {
		reason := err.Error()
		var refused *ws.AnswerError
		if errors.As(err, &refused) {
			reason = refused.Reason
		}
		ev.Opcode = 1
		ev.Data = l.keep(append(append([]byte(nil), buf[:n]...), reason...))
		n = len(buf) // what follows belongs to nothing
	}
	l.events = append(l.events, ev)
	return n
}

// openFrames begins with the frames behind an accepted answer.
func (l *Loop) openFrames(c *conn) {
	c.ws.shake = nil
	c.ws.dec.Client = true
	c.awaits, c.wsOpen = false, true
}

// maskKey is a new masking key (RFC 6455, 5.3).
func (l *Loop) maskKey() (key [4]byte) {
	if l.mask == nil {
		var seed [32]byte
		_, _ = crand.Read(seed[:]) // never fails: the process ends first
		l.mask = rand.NewChaCha8(seed)
	}
	binary.LittleEndian.PutUint32(key[:], uint32(l.mask.Uint64()))
	return key
}

// appendClose appends a close frame as this end sends it.
func (l *Loop) appendClose(dst []byte, c *conn, code int, reason string) []byte {
	var payload [ws.MaxControlPayload]byte
	return l.appendFrame(dst, c, ws.Fin|ws.OpClose, ws.AppendClosePayload(payload[:0], code, reason))
}

package ws_test

import (
	"errors"
	"fmt"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

var key = [4]byte{0x37, 0xfa, 0x21, 0x3d}

const fin = ws.Fin

// masked is a frame as a client sends it.
func masked(first byte, payload string) string {
	return string(ws.AppendMaskedFrame(nil, first, []byte(payload), key))
}

// unmasked is a frame as a server sends it.
func unmasked(first byte, payload string) string {
	return string(ws.AppendFrame(nil, first, []byte(payload)))
}

var opNames = map[byte]string{
	ws.OpText: "text", ws.OpBinary: "binary", ws.OpPing: "ping", ws.OpPong: "pong", ws.OpClose: "close",
}

// feed gives the pieces to d as a loop would and returns the messages that came out and the
// close code of the error that ended it, 0 for none. It stops behind a close, as a loop does.
func feed(d *ws.Decoder, pieces ...string) (messages []string, code int) {
	var buf []byte
	for _, piece := range pieces {
		buf = append(buf, piece...)
		for {
			m, n, ok, err := d.Next(buf)
			var ce *ws.CloseError
			if errors.As(err, &ce) {
				return messages, ce.Code
			}
			if err != nil || n > len(buf) {
				panic(fmt.Sprint("foreign error or too much consumed: ", err, n, len(buf)))
			}
			if ok {
				messages = append(messages, opNames[m.Op]+":"+string(m.Data))
			}
			buf = buf[n:]
			if !ok {
				break
			}
			if m.Op == ws.OpClose {
				return messages, 0
			}
		}
	}
	return messages, 0
}

// bytewise cuts s into pieces of one byte.
func bytewise(s string) []string {
	pieces := make([]string, len(s))
	for i := range pieces {
		pieces[i] = s[i : i+1]
	}
	return pieces
}

package ws_test

import (
	"bufio"
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

const clientKey = "dGhlIHNhbXBsZSBub25jZQ==" // RFC 6455, 1.3
const clientAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

func TestCheckAnswer(t *testing.T) {
	const good = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Accept: " + clientAccept + "\r\n"
	tests := []struct{ name, head, key, err string }{
		{"accepted", good + "\r\n", clientKey, ""},
		{"accepted without a reason phrase", strings.Replace(good, " Switching Protocols", "", 1) + "\r\n", clientKey, ""},
		{"field names in lower case", strings.Replace(strings.Replace(good, "Upgrade:", "upgrade:", 1), "Sec-WebSocket-Accept", "sec-websocket-accept", 1) + "\r\n", clientKey, ""},
		{"two Connection fields", good + "Connection: x\r\n\r\n", clientKey, ""},
		{"wrong accept", good + "\r\n", "AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Accept not match"},
		{"no accept", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", clientKey, "Sec-WebSocket-Accept not found"},
		{"accept twice", good + "Sec-WebSocket-Accept: x\r\n\r\n", clientKey, "handshake answer repeats a field"},
		{"other status", strings.Replace(good, "101", "200", 1) + "\r\n", clientKey, "handshake answered with status 200"},
		{"no upgrade", strings.Replace(good, "Upgrade: WebSocket\r\n", "", 1) + "\r\n", clientKey, "handshake answer does not upgrade to websocket"},
		{"connection says something else", strings.Replace(good, ", Upgrade", "", 1) + "\r\n", clientKey, "handshake answer does not upgrade to websocket"},
		{"extension that was not offered", good + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", clientKey, "handshake answer chooses an extension that was not asked for"},
		{"not asked for", good + "\r\n", "", "data before the handshake"},
		{"folded line", good + " folded\r\n\r\n", clientKey, "malformed handshake answer"},
		{"space before the colon", good + "A : b\r\n\r\n", clientKey, "malformed handshake answer"},
		{"bare line feed", good + "A: b\nC: d\r\n\r\n", clientKey, "malformed handshake answer"},
		{"not HTTP", "SSH-2.0\r\n\r\n", clientKey, "malformed handshake answer"},
		{"a control byte behind the status", strings.Replace(good, "HTTP/1.1 101 ", "HTTP/1.1 101 \x01", 1) + "\r\n", clientKey, "malformed handshake answer"},
		{"extensions twice", good + "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", clientKey, "handshake answer repeats a field"},
		{"a version and nothing else", "HTTP/1.1\r\n\r\n", clientKey, "malformed handshake answer"},
		{"status of four digits", "HTTP/1.1 1010 x\r\n\r\n", clientKey, "malformed handshake answer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, err := ws.AnswerEnd([]byte(tt.head+"rest"), 0)
			require.NoError(t, err)
			require.Equal(t, len(tt.head), n)
			_, err = ws.CheckAnswer([]byte(tt.head), []byte(tt.key), nil)
			if tt.err == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, "ws: "+tt.err)
		})
	}
}

func TestAnswerEndBoundsTheAnswer(t *testing.T) {
	n, err := ws.AnswerEnd(bytes.Repeat([]byte("a"), ws.MaxAnswer-1), 0)
	require.NoError(t, err)
	require.Zero(t, n)
	_, err = ws.AnswerEnd(bytes.Repeat([]byte("a"), ws.MaxAnswer), 100)
	require.Error(t, err)
}

// What is accepted net/http reads as the same answer, wherever the bytes were cut.
func FuzzCheckAnswer(f *testing.F) {
	f.Add([]byte("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "+clientAccept+"\r\n\r\nabc"), uint16(20))
	f.Add([]byte("HTTP/1.1 403 x\r\n\r\n"), uint16(3))
	f.Fuzz(func(t *testing.T, in []byte, at uint16) {
		n, err := ws.AnswerEnd(in, 0)
		if cut := int(at) % (len(in) + 1); err == nil {
			if early, err := ws.AnswerEnd(in[:cut], 0); err == nil && early == 0 {
				again, err := ws.AnswerEnd(in, cut)
				require.NoError(t, err)
				require.Equal(t, n, again)
			} else {
				require.NoError(t, err)
				require.Equal(t, n, early)
			}
		}
		if err != nil || n == 0 {
			return
		}
		_, err = ws.CheckAnswer(in[:n], []byte(clientKey), nil)
		var refused *ws.AnswerError
		if err != nil {
			require.True(t, errors.As(err, &refused))
			return
		}
		answer, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(in[:n])), nil)
		require.NoError(t, err)
		require.Equal(t, 101, answer.StatusCode)
		require.Equal(t, clientAccept, answer.Header.Get("Sec-WebSocket-Accept"))
	})
}

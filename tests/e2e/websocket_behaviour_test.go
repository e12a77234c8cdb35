package e2e_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What a client gets, and the application sees, is what Workerman 5.2.2 made of the same bytes. docs/workerman.md has the
// differences: close frames, refusals, broken frames.
func TestWebSocketBehaviour(t *testing.T) {
	a := serve(t, "wsbehaviour.php", 2)
	const accepted = "HTTP/1.1 101 Switching Protocol\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
	get := func(path string) string { return strings.Replace(handshake, "/chat", path, 1) }
	const opened = "connect NULL, GET / [] ESTABLISHED, connected 81"
	const upTo = "connect NULL, GET "
	for _, tt := range []struct {
		name, write, wire, log string
		port                   int
	}{
		{name: "a query", write: get("/a/b?x=1&y[]=2"), wire: accepted + "\r\n", log: upTo + `/a/b?x=1&y[]=2 {"x":"1","y":["2"]} ESTABLISHED, connected 81`},
		{
			name: "headers, one of which would forge others", write: get("/headers"),
			wire: accepted + "X-One: 1\r\nSec-WebSocket-Protocol: chat\r\n\r\n", log: upTo + "/headers [] ESTABLISHED, connected 81",
		},
		{
			name: "sent before the handshake is answered", write: get("/early"), wire: accepted + "\r\n\x81\x05early",
			log: upTo + "/early [] ESTABLISHED, sent NULL, connected 81",
		},
		{name: "refused", write: get("/deny"), wire: "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", log: upTo + "/deny [] ESTABLISHED"},
		{name: "refused without a word", write: get("/close"), log: upTo + "/close [] ESTABLISHED"},
		{
			name: "binary from the handshake on", write: get("/binary") + frame(text, "x"), wire: accepted + "\r\n\x82\x01x",
			log: upTo + "/binary [] ESTABLISHED, connected 82, message 78, sent true",
		},
		{name: "a welcome", write: get("/connected"), wire: accepted + "\r\n\x81\x07welcome", log: upTo + "/connected [] ESTABLISHED, connected 81"},
		{
			name: "messages that come with the handshake", write: get("/") + frame(text, "a") + frame(text, "b"),
			wire: accepted + "\r\n\x81\x01a\x81\x01b", log: opened + ", message 61, sent true, message 62, sent true",
		},
		{
			name: "nothing behind close()", write: get("/") + frame(text, "close") + frame(text, "x"), wire: accepted + "\r\n",
			log: opened + ", message 636c6f7365",
		},
		{
			name: "close() with a last message", write: get("/") + frame(text, "close with"), wire: accepted + "\r\n\x81\x03bye",
			log: opened + ", message 636c6f73652077697468",
		},
		{name: "end()", write: get("/") + frame(text, "end"), wire: accepted + "\r\n\x81\x04last", log: opened + ", message 656e64, sent NULL"},
		{name: "destroy()", write: get("/") + frame(text, "destroy"), wire: accepted + "\r\n", log: opened + ", message 64657374726f79"},
		{
			name: "an array", write: get("/") + frame(text, "array"), wire: accepted + "\r\n\x81\x10" + `{"a":1,"b":"ü"}`,
			log: opened + ", message 6172726179, sent true",
		},
		{name: "raw bytes", write: get("/") + frame(text, "raw"), wire: accepted + "\r\n\x81\x03raw", log: opened + ", message 726177, sent true"},
		{
			name: "what the connection is", write: get("/") + frame(text, "status"),
			wire: accepted + "\r\n\x81\x2dESTABLISHED Workerman\\Protocols\\Websocket tcp", log: opened + ", message 737461747573, sent true",
		},
		{name: "an empty message", write: get("/") + frame(text, ""), wire: accepted + "\r\n\x81\x00", log: opened + ", message , sent true"},
		{
			name: "a binary message, answered as text", write: get("/") + frame(binBit, "\xff\x00\xfe"), wire: accepted + "\r\n\x81\x03\xff\x00\xfe",
			log: opened + ", message ff00fe, sent true",
		},
		{
			name: "fragments", write: get("/") + frame(0x01, "a") + frame(0x00, "b") + frame(last, "c"), wire: accepted + "\r\n\x81\x03abc",
			log: opened + ", message 616263, sent true",
		},
		{name: "a ping", write: get("/") + frame(ping, "abc"), wire: accepted + "\r\n\x8a\x03abc", log: opened},
		{name: "a ping, with a callback", write: get("/") + frame(ping, "abc"), wire: accepted + "\r\n\x8a\x07not abc", log: opened + ", ping abc 8a", port: 1},
		{name: "a pong", write: get("/") + frame(pong, "abc"), wire: accepted + "\r\n", log: opened, port: 0},
		{name: "a pong, with a callback", write: get("/") + frame(pong, "abc"), wire: accepted + "\r\n", log: opened + ", pong abc", port: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := a.dial(tt.port)
			_, err := io.WriteString(c, tt.write)
			require.NoError(t, err)
			got := make([]byte, len(tt.wire))
			n, err := io.ReadFull(c, got)
			require.NoError(t, err, "%q", got[:n])
			require.Equal(t, tt.wire, string(got))
			seen := len(a.Output())
			require.NoError(t, c.CloseWrite())
			rest, err := io.ReadAll(c)
			require.NoError(t, err)
			require.Empty(t, rest)
			// It may have been closed, and told, before the last byte was read here.
			require.Eventually(t, func() bool { return strings.Contains(a.Output()[max(0, seen-len(tt.log)-3):], "["+tt.log) }, patience, 5*time.Millisecond)
		})
	}
}

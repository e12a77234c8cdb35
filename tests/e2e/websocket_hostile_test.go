package e2e_test

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// growth is by how many bytes the server process's memory peaked above what it had when watching began. Bounds held
// against it are generous: what they are to catch is several times as much.
func (a *app) growth() func() int {
	a.t.Helper()
	pid := a.serverPID()
	status := func(field string) int {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		require.NoError(a.t, err)
		_, rest, ok := strings.Cut(string(text), field+":")
		require.True(a.t, ok)
		var kib int
		_, err = fmt.Sscanf(rest, "%d kB", &kib)
		require.NoError(a.t, err)
		return kib << 10
	}
	// 5 sets the peak back to what is in memory now (proc_pid_clear_refs(5)).
	require.NoError(a.t, os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0))
	before := status("VmRSS")
	return func() int { return status("VmHWM") - before }
}

const mebibyte = 1 << 20

// pour writes text over and over until size bytes are out or the peer has closed.
func pour(c net.Conn, text string, size int) {
	block := strings.Repeat(text, 1+(64<<10)/len(text))
	for sent := 0; sent < size; sent += len(block) {
		if _, err := io.WriteString(c, block); err != nil {
			return
		}
	}
}

// Peers that send what wants answers and read none: what waits for them is bounded, and the others are served.
func TestFloodsFromWhoDoesNotRead(t *testing.T) {
	a := serve(t, "protocols.php", protocolPorts)
	pid := a.get(portHTTP, "/pid")
	for name, tt := range map[string]struct {
		port         int
		first, flood string
	}{
		"pings":                {portWebSocket, handshake, frame(ping, strings.Repeat("p", 125))},
		"empty pings":          {portWebSocket, handshake, frame(ping, "")},
		"messages":             {portWebSocket, handshake, frame(text, strings.Repeat("m", 1000))},
		"messages of nothing":  {portWebSocket, handshake, frame(text, "")},
		"lines":                {portText, "", strings.Repeat("l", 1000) + "\n"},
		"lines of nothing":     {portText, "", "\n"},
		"frames":               {portFrame, "", "\x00\x00\x04\x00" + strings.Repeat("f", 1020)},
		"requests":             {portHTTP, "", "GET /" + strings.Repeat("r", 1000) + " HTTP/1.1\r\nHost: x\r\n\r\n"},
		"bytes of no protocol": {portTCP, "", strings.Repeat("b", 1000)},
	} {
		t.Run(name, func(t *testing.T) {
			grown := a.growth()
			const peers, each = 4, 32 * mebibyte
			flooded := make(chan struct{}, peers)
			for range peers {
				c := a.dial(tt.port)
				defer func() { _ = c.Close() }()
				go func() {
					_, _ = io.WriteString(c, tt.first)
					size := each
					if len(tt.flood) < 10 {
						size /= 32 // so many messages of nothing would take minutes
					}
					pour(c, tt.flood, size)
					flooded <- struct{}{}
				}()
			}
			for range peers {
				<-flooded
			}
			require.Equal(t, pid, a.get(portHTTP, "/pid"), "others are served, by the same process")
			require.Less(t, grown(), 64*mebibyte)
			require.NotContains(t, a.Output(), "worker exit")
		})
	}
}

// What a peer announces takes no memory before it comes.
func TestAnnouncedIsNotStored(t *testing.T) {
	a := serve(t, "protocols.php", protocolPorts)
	pid := a.get(portHTTP, "/pid")
	grown := a.growth()
	const peers = 300
	for _, tt := range []struct {
		port  int
		bytes string
	}{
		{portWebSocket, handshake + "\x82\xff\x00\x00\x00\x00\x00\x9f\xff\x00\x00\x00\x00\x00begins"},
		{portWebSocket, handshake + "\x01\xff\x00\x00\x00\x00\x00\x9f\xff\x00\x00\x00\x00\x00begins"},
		{portWebSocket, handshake[:len(handshake)-2]},
		{portFrame, "\x00\x9f\xff\xffbegins"},
		{portText, "a line that begins"},
		{portHTTP, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\nbegins"},
		{portHTTP, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n900000\r\nbegins"},
	} {
		for range peers {
			c := a.dial(tt.port)
			_, err := io.WriteString(c, tt.bytes)
			require.NoError(t, err)
		}
	}
	require.Equal(t, pid, a.get(portHTTP, "/pid"))
	require.Less(t, grown(), 200*mebibyte, "%d peers announced 10 MiB each", 7*peers)
	require.NotContains(t, a.Output(), "worker exit")
}

// A bomb is stopped while it inflates: 75 MiB would come of it, the limit is 100,000 bytes.
func TestInflateBombs(t *testing.T) {
	a := serve(t, "websocket.php", websocketPorts)
	bomb := deflated(t, strings.Repeat("\x00", 75*mebibyte))
	require.Less(t, len(bomb), 100_000)
	a.deflatePeer(t, portLimited).ended0(t)
	grown := a.growth()
	for range 20 {
		for _, write := range []string{frame(0xc2, bomb), frame(0x42, bomb[:50_000]) + frame(last, bomb[50_000:])} {
			p := a.deflatePeer(t, portLimited)
			p.send(write)
			p.ended(1009)
		}
	}
	require.Less(t, grown(), 48*mebibyte)
	require.NotContains(t, a.Output(), "worker exit")
}

// ended0 closes in good order.
func (p *rawPeer) ended0(t *testing.T) {
	t.Helper()
	p.send(frame(bye, ""))
	p.ended(noCode)
}

func TestWebSocketWildFrames(t *testing.T) {
	a := serve(t, "websocket.php", websocketPorts)
	for _, tt := range []struct {
		name, write string
		end         int
	}{
		{"5 bytes, their length in 16 bits", "\x82\xfe\x00\x05\x00\x00\x00\x00hello", 1002},
		{"5 bytes, their length in 64 bits", "\x82\xff\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x00hello", 1002},
		{"65,535 bytes, their length in 64 bits", "\x82\xff\x00\x00\x00\x00\x00\x00\xff\xff", 1002},
		{"length with its top bit", "\x82\xff\x80\x00\x00\x00\x00\x00\x00\x01", 1002},
		{"the longest length", "\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff", 1009},
		{"lengths that overflow together", frame(0x02, "a") + "\x80\xff\x7f\xff\xff\xff\xff\xff\xff\xff", 1009},
		{"ping with its length in 16 bits", "\x89\xfe\x00\x01", 1002},
		{"close with its length in 64 bits", "\x88\xff", 1002},
		{"ten thousand closes", strings.Repeat(frame(bye, code(1000, "")), 10_000), 1000},
		{"a close, then a message of 10 MiB", frame(bye, code(1000, "")) + frame(binBit, strings.Repeat("a", 10*mebibyte)), 1000},
		{"fragments of nothing", frame(0x01, "") + strings.Repeat(frame(0x00, ""), 5_000), 1009},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := a.rawPeer(t, portPlain)
			go func() { _, _ = io.WriteString(p, tt.write) }()
			p.ended(tt.end)
		})
	}
	require.NotContains(t, a.Output(), "worker exit")
}

func TestWebSocketHostileHandshakes(t *testing.T) {
	a := serve(t, "protocols.php", protocolPorts)
	with := func(field string) string { return strings.Replace(handshake, "\r\n\r\n", "\r\n"+field+"\r\n\r\n", 1) }
	change := func(old, by string) string {
		require.Contains(t, handshake, old)
		return strings.Replace(handshake, old, by, 1)
	}
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	for _, tt := range []struct {
		name, request string
		status        int
	}{
		{"two keys", with("Sec-WebSocket-Key: " + key), 400},
		{"two versions", with("Sec-WebSocket-Version: 13"), 400},
		{"a list of versions", change("Version: 13", "Version: 13, 8"), 426},
		{"version 013", change("Version: 13", "Version: 013"), 426},
		{"no version", change("Sec-WebSocket-Version: 13\r\n", ""), 400},
		{"key of 15 bytes", change(key, "dGhlIHNhbXBsZSBub25j"), 400},
		{"key of 17 bytes", change(key, "dGhlIHNhbXBsZSBub25jZTE="), 400},
		{"key that is not base64", change(key, "dGhlIHNhbXBsZSBub25j!!=="), 400},
		{"a huge key", change(key, strings.Repeat("A", 10_000)), 400},
		{"no upgrade", change("Upgrade: websocket\r\n", ""), 400},
		{"upgrade to something else", change("Upgrade: websocket", "Upgrade: h2c"), 400},
		{"connection that keeps alive", change("Connection: Upgrade", "Connection: keep-alive"), 400},
		{"HTTP/1.0", change("HTTP/1.1", "HTTP/1.0"), 400},
		{"with a body", with("Content-Length: 5") + "hello", 400},
		{"with a chunked body", with("Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n", 400},
		{"a field of 17 KiB", with("Cookie: " + strings.Repeat("c", 17_000)), 431},
		{"101 fields", with(strings.TrimSuffix(strings.Repeat("A: b\r\n", 100), "\r\n")), 431},
		{"a path of 9 KiB", change("/chat", "/"+strings.Repeat("c", 9_000)), 414},
		{"NUL in a field", with("Origin: a\x00b"), 400},
		{"folded", with("Origin: a\r\n b"), 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := a.dial(portWebSocket)
			_, err := io.WriteString(c, tt.request+frame(text, "evil"))
			require.NoError(t, err)
			r := bufio.NewReader(c)
			resp, err := http.ReadResponse(r, nil)
			require.NoError(t, err)
			require.Equal(t, tt.status, resp.StatusCode)
			_, err = io.Copy(io.Discard, resp.Body)
			require.NoError(t, err)
			_, err = r.ReadByte()
			require.ErrorIs(t, err, io.EOF, "nothing of what followed was taken for a frame")
		})
	}
	require.NotContains(t, a.Output(), "worker exit")
}

// Offers that make no sense are declined; then a compressed frame is one with a reserved bit.
func TestWebSocketHostileOffers(t *testing.T) {
	a := serve(t, "websocket.php", websocketPorts)
	for _, offer := range []string{
		"permessage-deflate; server_max_window_bits=16", "permessage-deflate; server_max_window_bits=7",
		"permessage-deflate; server_max_window_bits=08", "permessage-deflate; server_max_window_bits",
		"permessage-deflate; server_max_window_bits=+9", "permessage-deflate; client_max_window_bits=99999999999999999999",
		"permessage-deflate; client_max_window_bits=15; client_max_window_bits=15",
		"permessage-deflate; server_no_context_takeover=1", "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
		"permessage-deflate; unknown", "permessage-deflate; =", "permessage-deflate;;", "x-webkit-deflate-frame", "permessage", ";", "=",
		strings.Repeat("permessage-deflate; unknown, ", 400), "permessage-deflate" + strings.Repeat("; a=b", 2_000),
	} {
		t.Run(offer[:min(len(offer), 60)], func(t *testing.T) {
			c := a.dial(portDeflate)
			p := &rawPeer{t, c, bufio.NewReader(c)}
			p.send(strings.Replace(handshake, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: "+offer+"\r\n\r\n", 1))
			resp, err := http.ReadResponse(p.r, nil)
			require.NoError(t, err)
			require.Equal(t, 101, resp.StatusCode)
			require.Empty(t, resp.Header.Values("Sec-WebSocket-Extensions"))
			p.send(frame(text, "plain"))
			p.expect(gotFrame{text, "plain"})
			p.send(frame(0xc1, "\xf2\x48\xcd\xc9\xc9\x07\x00"))
			p.ended(1002)
		})
	}
}

// Lines without an end and frames of wild lengths end the connection, and nothing reaches the application.
func TestTextAndFrameHostile(t *testing.T) {
	a := serve(t, "protocols.php", protocolPorts)
	pid := a.get(portHTTP, "/pid")
	grown := a.growth()
	for _, tt := range []struct {
		name, write string
		port        int
	}{
		{"a line without an end", strings.Repeat("a", 11*mebibyte), portText},
		{"a line of 10 MiB", strings.Repeat("a", 10*mebibyte) + "\n", portText},
		{"a frame of 0 bytes", "\x00\x00\x00\x00", portFrame},
		{"a frame shorter than its length", "\x00\x00\x00\x03", portFrame},
		{"a frame of 4 GiB", "\xff\xff\xff\xff", portFrame},
		{"a frame of 2 GiB", "\x80\x00\x00\x00", portFrame},
		{"a frame over 10 MiB", "\x00\xa0\x00\x01", portFrame},
		{"a good frame, then a wild one", "\x00\x00\x00\x05a\xff\xff\xff\xff", portFrame},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := a.dial(tt.port)
			go func() { _, _ = io.WriteString(c, tt.write) }()
			got, _ := io.ReadAll(c) // what it was sent and has not read makes the end a reset
			require.LessOrEqual(t, len(got), len("\x00\x00\x00\x09got a"))
		})
	}
	require.Less(t, grown(), 200*mebibyte)
	require.Equal(t, pid, a.get(portHTTP, "/pid"))
	require.NotContains(t, a.Output(), "worker exit")
}

// Half a handshake is answered 408 in time, however it trickles in.
func TestWebSocketSlowHandshake(t *testing.T) {
	t.Parallel()
	a := serve(t, "protocols.php", protocolPorts)
	c := a.dial(portWebSocket)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; i < len(handshake)-2; i++ {
			if _, err := io.WriteString(c, handshake[i:i+1]); err != nil {
				return
			}
			time.Sleep(200 * time.Millisecond)
		}
	}()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	require.Equal(t, 408, resp.StatusCode)
	_ = c.Close()
	<-done
}

// hostileServer answers every connection with talk.
func hostileServer(t *testing.T, talk func(c net.Conn, r *bufio.Reader)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				_ = c.SetDeadline(time.Now().Add(patience))
				talk(c, bufio.NewReader(c))
			}()
		}
	}()
	return l.Addr().String()
}

// serverFrame is a frame as a server sends it.
func serverFrame(first byte, payload string) string {
	f := frame(first, payload)
	head := len(f) - len(payload) - 4
	return f[:1] + string(f[1]&0x7f) + f[2:head] + payload
}

// Servers that are hostile to our clients: the worker sees an end or an error, in bounded memory, and goes on.
func TestHostileServers(t *testing.T) {
	bomb := deflated(t, strings.Repeat("\x00", 300*mebibyte))
	accepted := func(r *bufio.Reader, extra string) string {
		req, err := http.ReadRequest(r)
		if err != nil {
			return ""
		}
		return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
			acceptKey(req.Header.Get("Sec-WebSocket-Key")) + "\r\n" + extra + "\r\n"
	}
	says := func(extra, bytes string) func(net.Conn, *bufio.Reader) {
		return func(c net.Conn, r *bufio.Reader) {
			_, _ = io.WriteString(c, accepted(r, extra)+bytes)
			_, _ = io.Copy(io.Discard, r)
		}
	}
	a := serve(t, "outgoing.php", 1)
	connect := func(t *testing.T, options map[string]any) (log []string) {
		t.Helper()
		text, err := json.Marshal(options)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal([]byte(a.get(0, "/?options="+url.QueryEscape(string(text)))), &log))
		return log
	}
	connect(t, map[string]any{"address": "text://" + hostileServer(t, func(net.Conn, *bufio.Reader) {})}) // all is loaded
	const deflate = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n"
	for _, tt := range []struct {
		name, scheme string
		talk         func(net.Conn, *bufio.Reader)
		websocket    bool
		set          map[string]any
	}{
		{name: "a masked frame", scheme: "ws", talk: says("", frame(text, "hi")), websocket: true},
		{name: "a reserved bit", scheme: "ws", talk: says("", serverFrame(0xc1, "hi")), websocket: true},
		{name: "a frame of 2^62 bytes", scheme: "ws", talk: says("", "\x82\x7f\x40\x00\x00\x00\x00\x00\x00\x00"), websocket: true},
		{name: "fragments without end", scheme: "ws", talk: func(c net.Conn, r *bufio.Reader) {
			_, _ = io.WriteString(c, accepted(r, "")+serverFrame(0x01, "a"))
			pour(c, serverFrame(0x00, "a"), 100*mebibyte)
		}, websocket: true},
		{
			name: "a bomb of 300 MiB", scheme: "ws", talk: says(deflate, serverFrame(0xc2, bomb)), websocket: true,
			set: map[string]any{"headers": map[string]string{"Sec-WebSocket-Extensions": "permessage-deflate"}},
		},
		{name: "text that is not UTF-8", scheme: "ws", talk: says("", serverFrame(text, "\xff")), websocket: true},
		{name: "an answer without end", scheme: "ws", talk: func(c net.Conn, r *bufio.Reader) {
			_, _ = io.WriteString(c, "HTTP/1.1 101 x\r\n")
			pour(c, "A: b\r\n", 100*mebibyte)
		}},
		{name: "compression that was not asked for", scheme: "ws", talk: says(deflate, serverFrame(0xc2, bomb))},
		{name: "frames before the answer", scheme: "ws", talk: func(c net.Conn, r *bufio.Reader) {
			pour(c, serverFrame(text, "hi"), mebibyte)
		}},
		{name: "the wrong key", scheme: "ws", talk: func(c net.Conn, r *bufio.Reader) {
			_, _ = io.WriteString(c, strings.Replace(accepted(r, ""), "Accept: ", "Accept: AAAA", 1)+serverFrame(text, "hi"))
		}},
		{name: "a line without end", scheme: "text", talk: func(c net.Conn, _ *bufio.Reader) { pour(c, "a", 100*mebibyte) }},
		{name: "a frame of 4 GiB", scheme: "frame", talk: func(c net.Conn, _ *bufio.Reader) { pour(c, "\xff", 100*mebibyte) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			grown := a.growth()
			log := connect(t, map[string]any{"address": tt.scheme + "://" + hostileServer(t, tt.talk), "set": tt.set})
			require.Equal(t, "close", log[len(log)-1])
			require.Equal(t, tt.websocket, strings.Contains(strings.Join(log, ","), "websocket"))
			for _, line := range log {
				require.NotContains(t, line, "message", "nothing of it reached the application")
			}
			require.Less(t, grown(), 100*mebibyte)
			require.NotContains(t, a.Output(), "worker exit")
		})
	}
	// One that pings for ever and reads nothing: its pongs are bounded.
	t.Run("pings without end", func(t *testing.T) {
		grown := a.growth()
		poured := make(chan struct{})
		address := hostileServer(t, func(c net.Conn, r *bufio.Reader) {
			_, _ = io.WriteString(c, accepted(r, ""))
			pour(c, serverFrame(ping, strings.Repeat("p", 125)), 50*mebibyte)
			close(poured)
		})
		// That it has closed may show when a pong is written.
		log := slices.DeleteFunc(connect(t, map[string]any{"address": "ws://" + address}), func(line string) bool { return strings.HasPrefix(line, "error ") })
		require.Equal(t, []string{"connect", "websocket", "close"}, log)
		<-poured
		require.Less(t, grown(), 32*mebibyte)
	})
}

func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

package e2e_test

import (
	"bufio"
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/lxzan/gws"
	"github.com/stretchr/testify/require"
)

// The cases of the Autobahn test suite's server side by their numbers, against the binary: what is
// sent and what must come back follow from RFC 6455 and 7692.

// Ports of testdata/websocket.php.
const (
	portPlain = iota
	portDeflate
	portTakeover
	portSmallWindow
	portAnnounced
	portLimited
	websocketPorts
)

// Opcodes, FIN set.
const (
	text   = 0x81
	binBit = 0x82
	last   = 0x80 // the end of a fragmented message
	bye    = 0x88
	ping   = 0x89
	pong   = 0x8a
)

// rawPeer is a client that sends whatever it is told to.
type rawPeer struct {
	t *testing.T
	*net.TCPConn
	r *bufio.Reader
}

func (a *app) rawPeer(t *testing.T, port int) *rawPeer {
	t.Helper()
	c, err := net.Dial("tcp", a.addr(port))
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(patience)))
	p := &rawPeer{t, c.(*net.TCPConn), bufio.NewReader(c)}
	p.send(handshake)
	resp, err := http.ReadResponse(p.r, nil)
	require.NoError(t, err)
	require.Equal(t, 101, resp.StatusCode)
	return p
}

func (p *rawPeer) send(s string) {
	p.t.Helper()
	_, err := io.WriteString(p, s)
	require.NoError(p.t, err)
}

// chop sends in pieces. The kernel may join them again; each is on its way before the next is written.
func (p *rawPeer) chop(s string, size int) {
	p.t.Helper()
	for len(s) > 0 {
		n := min(size, len(s))
		p.send(s[:n])
		s = s[n:]
	}
}

// frame reads one frame; io.EOF when the server has closed.
func (p *rawPeer) frame() (first byte, payload string, err error) {
	var h [10]byte
	if _, err = io.ReadFull(p.r, h[:2]); err != nil {
		return 0, "", err
	}
	n := int(h[1])
	switch h[1] {
	case 126:
		_, err = io.ReadFull(p.r, h[2:4])
		n = int(binary.BigEndian.Uint16(h[2:]))
	case 127:
		_, err = io.ReadFull(p.r, h[2:])
		n = int(binary.BigEndian.Uint64(h[2:]))
	}
	if err != nil {
		return 0, "", err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(p.r, b)
	return h[0], string(b), err
}

type gotFrame struct {
	first   byte
	payload string
}

func (p *rawPeer) expect(want ...gotFrame) {
	p.t.Helper()
	for i, w := range want {
		first, payload, err := p.frame()
		require.NoError(p.t, err, "frame %d", i)
		require.Equal(p.t, fmt.Sprintf("%#x", w.first), fmt.Sprintf("%#x", first), "frame %d: %.80q", i, payload)
		require.True(p.t, w.payload == payload, "frame %d: %.80q, not %.80q", i, payload, w.payload)
	}
}

// ended expects a close frame with this code (0: without one), then the end of the connection.
func (p *rawPeer) ended(code int) {
	p.t.Helper()
	first, payload, err := p.frame()
	require.NoError(p.t, err)
	require.Equal(p.t, fmt.Sprintf("%#x", bye), fmt.Sprintf("%#x", first), "%.80q", payload)
	if code == 0 {
		require.Empty(p.t, payload)
	} else {
		require.GreaterOrEqual(p.t, len(payload), 2)
		require.Equal(p.t, code, int(binary.BigEndian.Uint16([]byte(payload))))
	}
	_, _, err = p.frame()
	require.ErrorIs(p.t, err, io.EOF, "the connection ends, and is not reset")
}

func code(n int, reason string) string {
	return string(binary.BigEndian.AppendUint16(nil, uint16(n))) + reason
}

// wsCase sends write and expects the frames, then an end with close, unless that is keepOpen.
type wsCase struct {
	name, write string
	want        []gotFrame
	close       int
}

const (
	keepOpen = -1
	noCode   = 0
)

func wsCases() (cases []wsCase) {
	add := func(name, write string, end int, want ...gotFrame) {
		cases = append(cases, wsCase{name, write, want, end})
	}
	// 1: lengths, at the borders of their encodings.
	for i, n := range []int{0, 125, 126, 127, 128, 65535, 65536} {
		stars, bytes := strings.Repeat("*", n), strings.Repeat("\xfe", n)
		add(fmt.Sprintf("1.1.%d a text of %d bytes", i+1, n), frame(text, stars), keepOpen, gotFrame{text, stars})
		add(fmt.Sprintf("1.2.%d %d bytes", i+1, n), frame(binBit, bytes), keepOpen, gotFrame{binBit, bytes})
	}
	// 2: pings and pongs.
	full := strings.Repeat("\xfe", 125)
	add("2.1 an empty ping", frame(ping, ""), keepOpen, gotFrame{pong, ""})
	add("2.2 a ping", frame(ping, "Hello, world!"), keepOpen, gotFrame{pong, "Hello, world!"})
	add("2.3 a ping that is no text", frame(ping, "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"), keepOpen, gotFrame{pong, "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"})
	add("2.4 a full ping", frame(ping, full), keepOpen, gotFrame{pong, full})
	add("2.5 a ping that is too long", frame(ping, full+"\xfe"), 1002)
	add("2.7 an unasked empty pong", frame(pong, ""), keepOpen)
	add("2.8 an unasked pong", frame(pong, "unsolicited"), keepOpen)
	add("2.9 an unasked pong, then a ping", frame(pong, "unsolicited")+frame(ping, "p"), keepOpen, gotFrame{pong, "p"})
	var pings string
	var pongs []gotFrame
	for i := range 10 {
		pings += frame(ping, fmt.Sprint("payload-", i))
		pongs = append(pongs, gotFrame{pong, fmt.Sprint("payload-", i)})
	}
	add("2.10 ten pings", pings, keepOpen, pongs...)
	// 3: reserved bits.
	for i, first := range []byte{text | 0x10, text | 0x20, text | 0x30, text | 0x40, binBit | 0x50, ping | 0x60, bye | 0x70} {
		add(fmt.Sprintf("3.%d first byte %#x", i+1, first), frame(text, "before")+frame(first, "")+frame(ping, ""), 1002, gotFrame{text, "before"})
	}
	// 4: reserved opcodes.
	for group, ops := range [][]byte{{3, 4, 5, 6, 7}, {11, 12, 13, 14, 15}} {
		for i, op := range ops {
			payload := []string{"", "reserved"}[i%2]
			add(fmt.Sprintf("4.%d.%d opcode %d", group+1, i+1, op), frame(text, "before")+frame(0x80|op, payload)+frame(ping, ""), 1002, gotFrame{text, "before"})
		}
	}
	// 5: fragments.
	add("5.1 a ping in two fragments", frame(0x09, "frag1")+frame(last, "frag2"), 1002)
	add("5.2 a pong in two fragments", frame(0x0a, "frag1")+frame(last, "frag2"), 1002)
	add("5.3 a text in two fragments", frame(0x01, "frag1")+frame(last, "frag2"), keepOpen, gotFrame{text, "frag1frag2"})
	add("5.6 a ping between them", frame(0x01, "frag1")+frame(ping, "p")+frame(last, "frag2"), keepOpen, gotFrame{pong, "p"}, gotFrame{text, "frag1frag2"})
	for i, first := range []byte{0x80, 0x00} {
		add(fmt.Sprintf("5.%d a continuation of nothing, first byte %#x", 9+3*i, first), frame(first, "no message")+frame(text, "Hello, world!"), 1002)
	}
	add("5.15 a message, then a continuation of nothing", frame(0x01, "a")+frame(last, "b")+frame(0x00, "c")+frame(0x01, "d")+frame(last, "e"), 1002, gotFrame{text, "ab"})
	add("5.16 continuations of nothing before texts", strings.Repeat(frame(0x00, "x")+frame(0x01, "y")+frame(last, "z"), 2), 1002)
	add("5.17 the end of nothing before texts", strings.Repeat(frame(0x80, "x")+frame(0x01, "y")+frame(last, "z"), 2), 1002)
	add("5.18 a text within a text", frame(0x01, "frag1")+frame(text, "frag2"), 1002)
	add("5.19 five fragments and two pings",
		frame(0x01, "1")+frame(0x00, "2")+frame(ping, "p1")+frame(0x00, "3")+frame(0x00, "4")+frame(ping, "p2")+frame(last, "5"),
		keepOpen, gotFrame{pong, "p1"}, gotFrame{pong, "p2"}, gotFrame{text, "12345"})
	// 6: UTF-8.
	greek := "Hello-µ@ßöäüàá-UTF-8!!"
	kosme := "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"
	add("6.1.1 an empty text", frame(text, ""), keepOpen, gotFrame{text, ""})
	add("6.1.2 empty fragments", frame(0x01, "")+frame(0x00, "")+frame(last, ""), keepOpen, gotFrame{text, ""})
	add("6.1.3 one fragment that is not empty", frame(0x01, "")+frame(0x00, "middle")+frame(last, ""), keepOpen, gotFrame{text, "middle"})
	add("6.2.1 a text", frame(text, greek), keepOpen, gotFrame{text, greek})
	add("6.2.2 cut between characters", frame(0x01, greek[:14])+frame(last, greek[14:]), keepOpen, gotFrame{text, greek})
	add("6.2.3 cut everywhere", frameEach(greek), keepOpen, gotFrame{text, greek})
	add("6.2.4 Greek, cut everywhere", frameEach(kosme), keepOpen, gotFrame{text, kosme})
	add("6.3.1 a surrogate", frame(text, kosme+"\xed\xa0\x80edited"), 1007)
	add("6.3.2 a surrogate, cut everywhere", frameEach(kosme+"\xed\xa0\x80edited"), 1007)
	add("6.4.1 the second fragment is wrong", frame(0x01, kosme)+frame(0x00, "\xf4\x90\x80\x80"), 1007)
	add("6.4.2 the second fragment goes wrong at its end", frame(0x01, kosme+"\xf4")+frame(0x00, "\x90"), 1007)
	for name, s := range map[string]string{
		"6.5.1 ASCII": "\x00\x01 ~\x7f", "6.6 two bytes": "\xc2\x80\xdf\xbf", "6.6 three bytes": "\xe0\xa0\x80\xef\xbf\xbf",
		"6.6 four bytes": "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "6.7 around the surrogates": "\xed\x9f\xbf\xee\x80\x80",
		"6.9 the replacement character": "\xef\xbf\xbd", "6.22 noncharacters": "\xef\xbf\xbe\xef\xbf\xbf\xf0\x9f\xbf\xbe\xf3\xaf\xbf\xbf",
		"6.23 specials": "\xef\xbf\xb9\xef\xbf\xba\xef\xbf\xbb\xef\xbf\xbc",
	} {
		add(name, frame(text, s), keepOpen, gotFrame{text, s})
	}
	for name, s := range map[string]string{
		"6.8 five bytes": "\xf8\x88\x80\x80\x80", "6.8 six bytes": "\xfc\x84\x80\x80\x80\x80", "6.10 too large": "\xf4\x90\x80\x80",
		"6.11 five bytes, the last": "\xfb\xbf\xbf\xbf\xbf", "6.12 a continuation alone": "\x80", "6.12 the last continuation": "\xbf",
		"6.12 many continuations": strings.Repeat("\x80\xbf", 7), "6.13 starts without a continuation": "\xc0 \xc1 \xc2 \xdf ",
		"6.14 cut two bytes": "\xdf", "6.14 cut three bytes": "\xef\xbf", "6.14 cut four bytes": "\xf0\x80\x80", "6.15 cut ones in a row": "\xc0\xe0\x80\xf0\x80\x80",
		"6.16 impossible bytes": "\xfe", "6.16 the other one": "\xff", "6.17 an overlong slash": "\xc0\xaf", "6.17 of three bytes": "\xe0\x80\xaf",
		"6.17 of four bytes": "\xf0\x80\x80\xaf", "6.18 the longest overlong one": "\xc1\xbf", "6.18 of three": "\xe0\x9f\xbf", "6.18 of four": "\xf0\x8f\xbf\xbf",
		"6.19 an overlong NUL": "\xc0\x80", "6.20 a low surrogate": "\xed\xb0\x80", "6.20 a high one": "\xed\xaf\xbf", "6.21 a pair": "\xed\xa0\x80\xed\xb0\x80",
	} {
		add(name, frame(text, s), 1007)
		add(name+", cut everywhere", frameEach(s), 1007)
	}
	// 7: closing.
	add("7.1.1 a message, then a close", frame(text, "Hello")+frame(bye, code(1000, "")), 1000, gotFrame{text, "Hello"})
	add("7.1.2 two closes", frame(bye, code(1000, ""))+frame(bye, code(1000, "")), 1000)
	add("7.1.3 a ping behind the close", frame(bye, code(1000, ""))+frame(ping, ""), 1000)
	add("7.1.4 a text behind the close", frame(bye, code(1000, ""))+frame(text, "no"), 1000)
	add("7.1.5 a close between fragments", frame(0x01, "a")+frame(bye, code(1000, ""))+frame(last, "b"), 1000)
	long := strings.Repeat("BAsd7&jh23", 26*1024)
	add("7.1.6 a close behind a long message", frame(text, long)+frame(bye, code(1000, ""))+frame(ping, ""), 1000, gotFrame{text, long})
	add("7.3.1 an empty close", frame(bye, ""), noCode)
	add("7.3.2 half a code", frame(bye, "\x03"), 1002)
	add("7.3.3 a code", frame(bye, code(1000, "")), 1000)
	add("7.3.4 a reason", frame(bye, code(1000, "Hello World!")), 1000)
	add("7.3.5 the longest reason", frame(bye, code(1000, strings.Repeat("*", 123))), 1000)
	add("7.3.6 a reason that is too long", frame(bye, code(1000, strings.Repeat("*", 124))), 1002)
	add("7.5.1 a reason that is not UTF-8", frame(bye, code(1000, kosme+"\xed\xa0\x80edited")), 1007)
	for _, n := range []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999} {
		add(fmt.Sprint("7.7 code ", n), frame(bye, code(n, "")), n)
	}
	for _, n := range []int{0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535} {
		add(fmt.Sprint("7.9 code ", n), frame(bye, code(n, "")), 1002)
	}
	return cases
}

// frameEach makes a text whose fragments are single bytes.
func frameEach(s string) string {
	all, first := "", byte(0x01)
	for i := range len(s) {
		all += frame(first, s[i:i+1])
		first = 0x00
	}
	return all + frame(last, "")
}

func TestWebSocketCases(t *testing.T) {
	a := serve(t, "websocket.php", websocketPorts)
	for _, c := range wsCases() {
		for _, size := range []int{1 << 30, 1} {
			if size == 1 && len(c.write) > 2000 {
				size = 997
			}
			t.Run(fmt.Sprintf("%s, %d", c.name, size), func(t *testing.T) {
				p := a.rawPeer(t, portPlain)
				// The server may have closed before all is written.
				go func() {
					for rest := c.write; len(rest) > 0; rest = rest[min(size, len(rest)):] {
						if _, err := io.WriteString(p, rest[:min(size, len(rest))]); err != nil {
							return
						}
					}
				}()
				p.expect(c.want...)
				if c.close == keepOpen {
					p.send(frame(bye, code(1000, "")))
					p.ended(1000)
				} else {
					p.ended(c.close)
				}
			})
		}
	}
	require.NotContains(t, a.Output(), "worker exit")
}

// 6.4.3 and 6.4.4: wrong text ends the connection at once, though its frame is yet to come.
func TestWebSocketWrongTextFailsFast(t *testing.T) {
	a := serve(t, "websocket.php", websocketPorts)
	p := a.rawPeer(t, portPlain)
	whole := frame(text, "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90\x80\x80edited")
	p.send(whole[:6+12])
	p.send(whole[6+12 : 6+13])
	p.ended(1007)
}

// 9 and 10: large messages, in frames and in pieces, and many small ones.
func TestWebSocketLargeMessages(t *testing.T) {
	a := serve(t, "websocket.php", websocketPorts)
	for _, size := range []int{64 << 10, 1 << 20, 4 << 20, 16 << 20} {
		for _, first := range []byte{text, binBit} {
			payload := strings.Repeat("BAsd7&jh", size/8)
			for _, pieces := range []struct{ name, write string }{
				{"one frame", frame(first, payload)},
				{"fragments", inFragments(first, payload, max(1300, size/1000))},
			} {
				t.Run(fmt.Sprintf("%s of %d bytes, first byte %#x", pieces.name, size, first), func(t *testing.T) {
					p := a.rawPeer(t, portPlain)
					go func() { _, _ = io.WriteString(p, pieces.write) }()
					p.expect(gotFrame{first, payload})
				})
			}
		}
	}
	t.Run("9.3.1 four mebibytes in frames of 64 bytes", func(t *testing.T) {
		p := a.rawPeer(t, portPlain)
		payload := strings.Repeat("BAsd7&jh", 4<<20/8)
		go func() { _, _ = io.WriteString(p, inFragments(text, payload, 64)) }()
		p.expect(gotFrame{text, payload})
	})
	t.Run("9.5 a mebibyte in pieces of 64 bytes", func(t *testing.T) {
		p := a.rawPeer(t, portPlain)
		payload := strings.Repeat("BAsd7&jh", 1<<17)
		go p.chop(frame(text, payload), 64)
		p.expect(gotFrame{text, payload})
	})
	t.Run("9.7 a thousand messages", func(t *testing.T) {
		p := a.rawPeer(t, portPlain)
		for i := range 1000 {
			payload := strings.Repeat("*", i)
			p.send(frame(text, payload))
			p.expect(gotFrame{text, payload})
		}
	})
	t.Run("10.1.1 fragments of 1300 bytes", func(t *testing.T) {
		p := a.rawPeer(t, portPlain)
		payload := strings.Repeat("*", 65536)
		p.send(inFragments(text, payload, 1300))
		p.expect(gotFrame{text, payload})
	})
}

func inFragments(first byte, payload string, size int) string {
	var all strings.Builder
	for first &= 0x7f; len(payload) > size; payload = payload[size:] {
		all.WriteString(frame(first, payload[:size]))
		first = 0
	}
	all.WriteString(frame(first|0x80, payload))
	return all.String()
}

// Floods are answered up to a limit.
func TestWebSocketFloods(t *testing.T) {
	a := serve(t, "websocket.php", websocketPorts)
	p := a.rawPeer(t, portPlain)
	const n = 50_000
	go func() { _, _ = io.WriteString(p, strings.Repeat(frame(ping, "x"), n)) }()
	for range 20 * 60 { // Limits::$pingRate
		p.expect(gotFrame{pong, "x"})
	}
	p.ended(1008)
	p = a.rawPeer(t, portPlain)
	go func() { _, _ = io.WriteString(p, frame(0x01, "")+strings.Repeat(frame(0x00, ""), n)) }()
	p.ended(1009)
	p = a.rawPeer(t, portPlain)
	go func() {
		_, _ = io.WriteString(p, frame(0x01, "")+strings.Repeat(frame(0x00, "a")+frame(ping, ""), 500)+frame(last, ""))
	}()
	for range 500 {
		p.expect(gotFrame{pong, ""})
	}
	p.expect(gotFrame{text, strings.Repeat("a", 500)})
}

// sizes are those of the suite's cases 12 and 13.
var sizes = []int{0, 16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072}

func sample(n int, seed int) string {
	const prose = "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness. "
	s := strings.Repeat(fmt.Sprint(seed, " ")+prose, n/len(prose)+1)
	return s[:n]
}

// 12 and 13, with the clients of two other projects.
func TestWebSocketDeflateCoder(t *testing.T) {
	a := serve(t, "websocket.php", websocketPorts)
	for _, mode := range []websocket.CompressionMode{websocket.CompressionNoContextTakeover, websocket.CompressionContextTakeover} {
		for port := range portAnnounced {
			t.Run(fmt.Sprintf("mode %d, port %d", mode, port), func(t *testing.T) {
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				defer cancel()
				c, resp, err := websocket.Dial(ctx, "ws://"+a.addr(port)+"/", &websocket.DialOptions{CompressionMode: mode, CompressionThreshold: 1})
				require.NoError(t, err)
				defer func() { _ = c.CloseNow() }()
				require.Equal(t, port != portPlain, resp.Header.Get("Sec-WebSocket-Extensions") != "")
				c.SetReadLimit(1 << 20)
				for round := range 30 {
					for _, n := range sizes {
						want := sample(n, round)
						require.NoError(t, c.Write(ctx, websocket.MessageText, []byte(want)))
						_, got, err := c.Read(ctx)
						require.NoError(t, err)
						require.True(t, want == string(got))
					}
				}
				require.NoError(t, c.Close(websocket.StatusNormalClosure, ""))
			})
		}
	}
}

func TestWebSocketDeflateGWS(t *testing.T) {
	a := serve(t, "websocket.php", websocketPorts)
	for _, deflate := range []gws.PermessageDeflate{
		{Enabled: true, Threshold: 1},
		{Enabled: true, Threshold: 1, ServerContextTakeover: true},
		{Enabled: true, Threshold: 1, ClientContextTakeover: true},
		{Enabled: true, Threshold: 1, ServerContextTakeover: true, ClientContextTakeover: true},
		{Enabled: true, Threshold: 1, ServerContextTakeover: true, ClientContextTakeover: true, ServerMaxWindowBits: 9, ClientMaxWindowBits: 10},
		{Enabled: true, Threshold: 1, ServerMaxWindowBits: 12, ClientMaxWindowBits: 12},
	} {
		for port := portDeflate; port < portAnnounced; port++ {
			t.Run(fmt.Sprintf("%+v, port %d", deflate, port), func(t *testing.T) {
				e := &echoes{got: make(chan string, 1)}
				c, resp, err := gws.NewClient(e, &gws.ClientOption{Addr: "ws://" + a.addr(port), PermessageDeflate: deflate})
				require.NoError(t, err)
				defer func() { _ = c.NetConn().Close() }()
				require.Contains(t, resp.Header.Get("Sec-WebSocket-Extensions"), "permessage-deflate")
				go c.ReadLoop()
				for round := range 20 {
					for _, n := range sizes {
						want := sample(n, round)
						require.NoError(t, c.WriteString(want))
						select {
						case got := <-e.got:
							require.True(t, want == got)
						case <-time.After(patience):
							require.Fail(t, "no answer")
						}
					}
				}
			})
		}
	}
}

// deflatePeer has agreed on compression without takeover.
func (a *app) deflatePeer(t *testing.T, port int) *rawPeer {
	t.Helper()
	c, err := net.Dial("tcp", a.addr(port))
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(patience)))
	p := &rawPeer{t, c.(*net.TCPConn), bufio.NewReader(c)}
	p.send(strings.Replace(handshake, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", 1))
	resp, err := http.ReadResponse(p.r, nil)
	require.NoError(t, err)
	require.Contains(t, resp.Header.Get("Sec-WebSocket-Extensions"), "permessage-deflate; server_no_context_takeover")
	return p
}

func TestWebSocketDeflateAnnouncedByTheApplication(t *testing.T) {
	a := serve(t, "websocket.php", websocketPorts)
	p := a.deflatePeer(t, portAnnounced)
	for _, tt := range []struct {
		message string
		first   byte
	}{
		{sample(1000, 1), text}, {"T" + sample(1000, 1), 0xc1}, {"B" + sample(1000, 1), 0xc2}, {sample(1000, 2), text},
	} {
		p.send(frame(text, tt.message))
		first, payload, err := p.frame()
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("%#x", tt.first), fmt.Sprintf("%#x", first))
		require.Equal(t, first&0x40 != 0, len(payload) < len(tt.message)/2)
	}
	plain := a.rawPeer(t, portAnnounced) // has not offered it
	plain.send(frame(text, "T"+sample(1000, 1)))
	plain.expect(gotFrame{text, "T" + sample(1000, 1)})
}

func TestWebSocketDeflateRefusals(t *testing.T) {
	a := serve(t, "websocket.php", websocketPorts)
	bomb := deflated(t, strings.Repeat("\x00", 200<<20))
	for _, tt := range []struct {
		name, write string
		end         int
	}{
		{"a compressed ping", frame(0xc9, ""), 1002},
		{"a compressed continuation", frame(0x41, "\xf2\x48") + frame(0xc0, "\xcd"), 1002},
		{"another reserved bit", frame(0xe1, ""), 1002},
		{"no DEFLATE data", frame(0xc1, "\xff\xff\xff\xff"), 1007},
		{"not UTF-8", frame(0xc1, deflated(t, "abc\xff")), 1007},
		{"a bomb of 200 MiB", frame(0xc1, bomb[:min(len(bomb), 90_000)]), 1009},
		{"a bomb in fragments", frame(0x42, bomb[:40_000]) + frame(last, bomb[40_000:90_000]), 1009},
		{"one byte over the limit", frame(0xc2, deflated(t, strings.Repeat("a", 100_001))), 1009},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := a.deflatePeer(t, portLimited)
			p.send(frame(0xc1, "\xf2\x48\xcd\xc9\xc9\x07\x00"))
			p.expect(gotFrame{text, "got 5"})
			p.send(frame(0xc2, deflated(t, strings.Repeat("a", 100_000))))
			p.expect(gotFrame{text, "got 100000"})
			p.send(tt.write)
			p.ended(tt.end)
		})
	}
	require.NotContains(t, a.Output(), "worker exit")
}

// A server that compresses on nobody's behalf treats RSV1 as any reserved bit.
func TestWebSocketDeflateNotOffered(t *testing.T) {
	a := serve(t, "websocket.php", websocketPorts)
	p := a.rawPeer(t, portDeflate)
	p.send(frame(text, sample(5000, 1)))
	p.expect(gotFrame{text, sample(5000, 1)})
	p.send(frame(0xc1, "\xf2\x48\xcd\xc9\xc9\x07\x00"))
	p.ended(1002)
}

func deflated(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	require.NoError(t, err)
	_, err = io.WriteString(w, s)
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	return strings.TrimSuffix(b.String(), "\x00\x00\xff\xff")
}

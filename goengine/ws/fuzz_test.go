package ws_test

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/lxzan/gws"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

var wireSeeds = []string{
	masked(fin|ws.OpText, "Hello") + masked(fin|ws.OpBinary, "\xff\x00"),
	masked(ws.OpText, "\xe2") + masked(fin|ws.OpPing, "p") + masked(ws.OpContinuation, "\x82") + masked(fin, "\xac"),
	masked(ws.OpBinary, "0123456789") + masked(ws.OpContinuation, "0123456789012345") + masked(fin, "x"),
	masked(fin|ws.OpClose, "\x03\xe8bye"),
	masked(fin|ws.OpText, string(bytes.Repeat([]byte("x"), 200))),
	unmasked(fin|ws.OpText, "Hello") + unmasked(fin|ws.OpPong, ""),
	"\x82\xff\x00\x00\x00\x00\x00\x01\x00\x00",
}

var fuzzLimits = &ws.Limits{Frame: 300, Message: 400, Fragments: 4}

// However the network cuts the bytes, the same messages and the same error come out.
func FuzzDecodeSplit(f *testing.F) {
	for _, seed := range wireSeeds {
		f.Add(seed, uint16(3), uint16(7), false)
		f.Add(seed, uint16(9), uint16(1), true)
	}
	f.Fuzz(func(t *testing.T, in string, at, then uint16, client bool) {
		a := int(at) % (len(in) + 1)
		b := a + int(then)%(len(in)-a+1)
		whole := ws.Decoder{Limits: fuzzLimits, Client: client}
		split := ws.Decoder{Limits: fuzzLimits, Client: client}
		messages, code := feed(&whole, in)
		splitMessages, splitCode := feed(&split, in[:a], in[a:b], in[b:])
		require.Equal(t, messages, splitMessages)
		require.Equal(t, code, splitCode)
		whole.Close()
		split.Close()
	})
}

// What the encoders wrote, the decoder reads, in whatever fragments it was sent.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("grüße"), uint16(3), uint32(0x37fa213d), true, false)
	f.Add(bytes.Repeat([]byte("€"), 30000), uint16(65535), uint32(0), true, true)
	f.Add([]byte{}, uint16(0), uint32(1), false, true)
	f.Fuzz(func(t *testing.T, payload []byte, at uint16, mask uint32, text, client bool) {
		frame := func(dst []byte, first byte, p []byte) []byte {
			if client {
				return ws.AppendFrame(dst, first, p)
			}
			return ws.AppendMaskedFrame(dst, first, p, [4]byte{byte(mask >> 24), byte(mask >> 16), byte(mask >> 8), byte(mask)})
		}
		op := ws.OpBinary
		if text {
			op = ws.OpText
		}
		cut := int(at) % (len(payload) + 1)
		wire := frame(nil, fin|op, payload)
		wire = frame(wire, op, payload[:cut])
		wire = frame(wire, fin|ws.OpPing, payload[:min(cut, 125)])
		wire = frame(wire, fin|ws.OpContinuation, payload[cut:])

		d := ws.Decoder{Client: client}
		defer d.Close()
		for _, want := range []ws.Message{{Op: op, Data: payload}, {Op: ws.OpPing, Data: payload[:min(cut, 125)]}, {Op: op, Data: payload}} {
			m, n, ok, err := d.Next(wire)
			if text && !utf8.Valid(payload) {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, want.Op, m.Op)
			require.True(t, bytes.Equal(want.Data, m.Data))
			wire = wire[n:]
		}
		require.Empty(t, wire)
	})
}

// Another implementation sees the same messages. It is more lenient (unknown opcodes, lengths
// not in their shortest form, UTF-8 only at the end), so it may go on where we refuse.
func FuzzDecodeAgainstGWS(f *testing.F) {
	for _, seed := range wireSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		limit := &ws.Limits{Frame: 400, Message: 400, Fragments: -1}
		d := ws.Decoder{Limits: limit}
		defer d.Close()
		messages, code := feed(&d, string(in))
		theirs, panicked := gwsMessages(t, in, 400)
		if code == 0 {
			require.Nil(t, panicked)
			require.Equal(t, messages, theirs)
			return
		}
		require.GreaterOrEqual(t, len(theirs), len(messages))
		require.Equal(t, messages, append([]string(nil), theirs[:len(messages)]...))
	})
}

// gwsMessages gives in to a gws server connection. gws 1.8.9 panics on a length with its top bit
// set, which it takes for a negative one.
func gwsMessages(t *testing.T, in []byte, limit int) (messages []string, panicked any) {
	rec := new(recorder)
	up := gws.NewUpgrader(rec, &gws.ServerOption{CheckUtf8Enabled: true, ReadMaxPayloadSize: limit})
	conn := &memConn{in: bytes.NewReader(in)}
	req := &http.Request{Method: http.MethodGet, Header: http.Header{
		"Sec-Websocket-Version": {"13"}, "Connection": {"Upgrade"}, "Upgrade": {"websocket"},
		"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
	}}
	socket, err := up.UpgradeFromConn(conn, bufio.NewReader(conn), req)
	require.NoError(t, err)
	defer func() { messages, panicked = rec.messages, recover() }()
	socket.ReadLoop()
	return nil, nil
}

type recorder struct {
	gws.BuiltinEventHandler
	messages []string
}

func (r *recorder) OnMessage(_ *gws.Conn, m *gws.Message) {
	r.messages = append(r.messages, opNames[byte(m.Opcode)]+":"+string(m.Bytes()))
}
func (r *recorder) OnPing(_ *gws.Conn, p []byte) { r.messages = append(r.messages, "ping:"+string(p)) }
func (r *recorder) OnPong(_ *gws.Conn, p []byte) { r.messages = append(r.messages, "pong:"+string(p)) }
func (r *recorder) OnClose(_ *gws.Conn, err error) {
	if ce, ok := err.(*gws.CloseError); ok {
		payload := append([]byte{byte(ce.Code >> 8), byte(ce.Code)}, ce.Reason...)
		if ce.Code == 0 {
			payload = nil
		}
		r.messages = append(r.messages, "close:"+string(payload))
	}
}

// memConn is a connection on which everything has arrived and nothing is read by the peer.
type memConn struct{ in *bytes.Reader }

func (c *memConn) Read(p []byte) (int, error)       { return c.in.Read(p) }
func (c *memConn) Write(p []byte) (int, error)      { return len(p), nil }
func (c *memConn) Close() error                     { return nil }
func (c *memConn) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c *memConn) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (c *memConn) SetDeadline(time.Time) error      { return nil }
func (c *memConn) SetReadDeadline(time.Time) error  { return nil }
func (c *memConn) SetWriteDeadline(time.Time) error { return nil }

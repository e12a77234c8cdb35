package loop_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/ws"
)

const deflateHandshake = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
	"Sec-Websocket-Extensions: x-other\r\nSEC-WEBSOCKET-EXTENSIONS:permessage-deflate; client_max_window_bits\r\n\r\n"

// deflateServer echoes, and accepts handshakes with these headers.
func deflateServer(t *testing.T, headers ...string) *driver {
	return drive(t, func(l *loop.Loop, ev *loop.Event) {
		switch ev.Kind {
		case loop.Handshake:
			_ = l.AcceptWebSocket(ev.Conn, append([]string(nil), headers...))
		case loop.Message:
			_ = l.Send(ev.Conn, loop.SendMessage, ev.Data)
		}
	})
}

// open does the handshake and returns the answer's field.
func (d *driver) open(opts loop.ListenOptions, request string) (p *peer, extensions string) {
	d.t.Helper()
	opts.Proto = loop.WebSocket
	p = d.connect(opts)
	p.write(request)
	d.settle()
	head, _ := p.read()
	require.True(d.t, strings.HasPrefix(head, "HTTP/1.1 101 "), head)
	for line := range strings.Lines(head) {
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "sec-websocket-extensions") {
			extensions += strings.TrimSpace(value)
		}
	}
	return p, extensions
}

func TestDeflateIsAgreedOnAndUsed(t *testing.T) {
	d := deflateServer(t)
	p, answer := d.open(loop.ListenOptions{Deflate: &ws.DeflateOptions{}}, deflateHandshake)
	require.Equal(t, "permessage-deflate; server_no_context_takeover; client_no_context_takeover", answer)
	client, err := (&ws.DeflateOptions{}).Accepted([]byte(answer))
	require.NoError(t, err)

	long := strings.Repeat("something that repeats itself, ", 400)
	dec := ws.Decoder{Client: true, Deflate: client}
	for _, message := range []string{long, "short", long} {
		p.write(string(client.AppendMaskedFrame(nil, ws.Fin|ws.Rsv1|ws.OpText, []byte(message), [4]byte{1, 2, 3, 4})))
		d.settle()
		wire, _ := p.read()
		require.Equal(t, len(message) > 256, wire[0]&ws.Rsv1 != 0)
		require.LessOrEqual(t, len(wire), len(message)/10+7)
		m, n, ok, err := dec.Next([]byte(wire))
		require.NoError(t, err)
		require.True(t, ok && n == len(wire))
		require.Equal(t, message, string(m.Data))
	}
}

func TestDeflateIsOnlyForThoseWhoOfferIt(t *testing.T) {
	d := deflateServer(t)
	_, answer := d.open(loop.ListenOptions{Deflate: &ws.DeflateOptions{}}, strings.Replace(deflateHandshake, ":permessage-deflate;", ": x-", 1))
	require.Empty(t, answer)
	_, answer = d.open(loop.ListenOptions{}, deflateHandshake)
	require.Empty(t, answer, "and only where it is wanted")
	_, answer = d.open(loop.ListenOptions{Deflate: &ws.DeflateOptions{}},
		strings.Replace(deflateHandshake, "x-other", "x-other; a="+strings.Repeat("b", 2000), 1))
	require.Empty(t, answer, "a list that is too long is not read")
}

// An application that announces the extension itself decides with each message, as with Workerman.
func TestDeflateAnnouncedByTheApplication(t *testing.T) {
	d := deflateServer(t, "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover")
	p, answer := d.open(loop.ListenOptions{}, deflateHandshake)
	require.Equal(t, "permessage-deflate; server_no_context_takeover; client_no_context_takeover", answer)
	long := strings.Repeat("something that repeats itself, ", 40)
	d.Flush(loop.AppendOp(nil, loop.SendFrame, ws.Fin|ws.OpText, p.id, []byte(long)))
	d.Flush(loop.AppendOp(nil, loop.SendFrame, ws.Fin|ws.Rsv1|ws.OpText, p.id, []byte(long)))
	wire, _ := p.read()
	plain := ws.AppendFrame(nil, ws.Fin|ws.OpText, []byte(long))
	require.True(t, strings.HasPrefix(wire, string(plain)))
	require.Equal(t, ws.Fin|ws.Rsv1|ws.OpText, wire[len(plain)])

	p, answer = d.open(loop.ListenOptions{}, handshake)
	require.Empty(t, answer, "the client has offered nothing")
	d.Flush(loop.AppendOp(nil, loop.SendFrame, ws.Fin|ws.Rsv1|ws.OpText, p.id, []byte(long)))
	wire, _ = p.read()
	require.Equal(t, string(plain), wire)
}

func TestABroadcastIsCompressedAlikeForAll(t *testing.T) {
	options := &ws.DeflateOptions{}
	d := deflateServer(t)
	var peers []*peer
	for range 3 {
		p, _ := d.open(loop.ListenOptions{Deflate: options}, deflateHandshake)
		peers = append(peers, p)
	}
	one := bytes.Repeat([]byte("one and the same for all, "), 20)
	other := bytes.Repeat([]byte("one and another for all, "), 20)
	var ops []byte
	for _, p := range peers {
		ops = loop.AppendOp(ops, loop.SendMessage, 0, p.id, one)
		ops = loop.AppendOp(ops, loop.SendFrame, ws.Fin|ws.OpBinary, p.id, other)
	}
	d.Flush(ops)
	for _, p := range peers {
		client, err := (&ws.DeflateOptions{}).Accepted([]byte("permessage-deflate; server_no_context_takeover"))
		require.NoError(t, err)
		wire, _ := p.read()
		dec := ws.Decoder{Client: true, Deflate: client}
		m, n, ok, err := dec.Next([]byte(wire))
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, string(one), string(m.Data))
		require.Equal(t, ws.OpText, m.Op)
		m, _, ok, err = dec.Next([]byte(wire[n:]))
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, string(other), string(m.Data))
		require.Equal(t, ws.OpBinary, m.Op)
	}
}

// Text that is wrong ends the connection before its frame is whole.
func TestBrokenTextIsRefusedWhileItArrives(t *testing.T) {
	d := deflateServer(t)
	p, _ := d.open(loop.ListenOptions{}, handshake)
	p.write("\x81\xff\x00\x00\x00\x00\x00\x01\x00\x00" + "\x00\x00\x00\x00" + strings.Repeat("a", 70))
	d.settle()
	wire, end := p.read()
	require.Empty(t, wire)
	require.False(t, end)
	p.write("\xff")
	d.settle()
	wire, _ = p.read()
	require.Equal(t, "\x88", wire[:1])
	require.Equal(t, "\x03\xef", wire[2:4]) // 1007
}

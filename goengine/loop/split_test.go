package loop_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// outcome is what one connection's bytes have led to.
type outcome struct {
	events  []string
	written string
	end     bool
}

// answer reacts to every message with something that depends on it.
func (o *outcome) answer(l *loop.Loop, ev *loop.Event) {
	switch ev.Kind {
	case loop.Full, loop.Drain: // depend on the kernel's buffers
		return
	case loop.Handshake:
		_ = l.AcceptWebSocket(ev.Conn, nil)
	case loop.Message:
		if ev.Proto == loop.HTTP {
			_ = l.Send(ev.Conn, loop.SendMessage, fmt.Append(nil, len(ev.Data)))
		} else {
			_ = l.Send(ev.Conn, loop.SendMessage, ev.Data)
		}
	}
	o.events = append(o.events, fmt.Sprintf("%d %d %d %q", ev.Kind, ev.Opcode, ev.Aux, ev.Data))
}

func (o *outcome) take(p *peer) {
	s, end := p.read()
	o.written += s
	o.end = o.end || end
}

// run sends pieces over a connection of its own and closes our half.
func (d *driver) run(proto loop.Proto, pieces ...string) *outcome {
	o := &outcome{}
	d.handler = o.answer
	p := d.connect(loop.ListenOptions{Proto: proto, MaxPackage: 4096, Control: true})
	defer p.close()
	for _, s := range pieces {
		_ = unix.Sendto(p.fd, []byte(s), unix.MSG_NOSIGNAL, nil) // a connection that is closed already takes nothing
		d.settle()
		o.take(p)
	}
	_ = unix.Shutdown(p.fd, unix.SHUT_WR)
	d.settle()
	o.take(p)
	// Whether a 100 comes depends on how fast the body did.
	o.written = strings.ReplaceAll(o.written, "HTTP/1.1 100 Continue\r\n\r\n", "")
	return o
}

// However the network cuts the bytes, the application sees the same and the peer gets the same.
func FuzzSplit(f *testing.F) {
	seeds := map[loop.Proto][]string{
		loop.Text:  {"one\ntwo\r\nthree", strings.Repeat("x", 4096) + "\n"},
		loop.Frame: {"\x00\x00\x00\x07one\x00\x00\x00\x04\x00\x00\x00\x06ab", "\x00\x00\x00\x05a\x00\x00\x00\x03", "\x00\x00\x00\x05a\xff\xff\xff\xff"},
		loop.HTTP: {
			"GET /a HTTP/1.1\r\nHost: h\r\n\r\nPOST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /c HTTP/1.0\r\n\r\nGET /d HTTP/1.1\r\nHost: h\r\n\r\n",
			"POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: x\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\nBAD\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: h\r\n\r\nPOST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999\r\n\r\n",
		},
		loop.WebSocket: {
			handshake + "\x81\x85\x00\x00\x00\x00hello\x89\x82\x01\x02\x03\x04ii\x88\x82\x00\x00\x00\x00\x03\xe8",
			handshake + "\x01\x82\x00\x00\x00\x00\xc3\xa4\x8a\x80\x00\x00\x00\x00\x80\x81\x00\x00\x00\x00b\x82\xfe\x00\x7e\x01\x01\x01\x01" + strings.Repeat("z", 126) + "\x81\x01x",
			handshake + "\x81\x83\x00\x00\x00\x00\xff\xfe\xfd",
		},
	}
	protos := []loop.Proto{loop.Text, loop.Frame, loop.HTTP, loop.WebSocket}
	for i, proto := range protos {
		for _, s := range seeds[proto] {
			f.Add(uint8(i), []byte(s), uint16(len(s)/3), uint16(len(s)*2/3), uint8(1))
		}
	}
	d := drive(f, silent)
	f.Fuzz(func(t *testing.T, which uint8, in []byte, a, b uint16, times uint8) {
		proto := protos[int(which)%len(protos)]
		s := strings.Repeat(string(in), int(times)%8+1)
		if len(s) > 16<<10 {
			t.Skip("fits the socket's buffer with its echo")
		}
		d.t = t
		if proto == loop.WebSocket && a%8 != 0 {
			s = handshake + strings.TrimPrefix(s, handshake)
		}
		s += "\r\n\r\n" // http1 may leave an offence unsaid until the line or the head is whole
		i, j := int(a)%(len(s)+1), int(b)%(len(s)+1)
		i, j = min(i, j), max(i, j)
		require.Equal(t, d.run(proto, s), d.run(proto, s[:i], s[i:j], s[j:]))
	})
}

// The same, cut at every place.
func TestCutsAtEveryPlace(t *testing.T) {
	for proto, in := range map[loop.Proto]string{
		loop.Text:      "one\ntwo\r\nthree\n",
		loop.HTTP:      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: x\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
		loop.WebSocket: handshake + "\x01\x82\x00\x00\x00\x00\xc3\xa4\x8a\x80\x00\x00\x00\x00\x80\x81\x00\x00\x00\x00b\x88\x82\x00\x00\x00\x00\x03\xe8",
	} {
		d := drive(t, silent)
		whole := d.run(proto, in)
		for i := range in {
			require.Equal(t, whole, d.run(proto, in[:i], in[i:]), "%s cut at %d", proto, i)
		}
	}
}

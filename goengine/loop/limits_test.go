package loop_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

const handshake = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

func silent(*loop.Loop, *loop.Event) {}

func TestHeaderTimeLimitRunsThoughBytesTrickleIn(t *testing.T) {
	for _, proto := range []loop.Proto{loop.HTTP, loop.WebSocket} {
		t.Run(proto.String(), func(t *testing.T) {
			d := drive(t, silent)
			p := d.connect(loop.ListenOptions{Proto: proto})
			p.write("GET /")
			d.settle()
			for range 9 {
				p.write("a")
				d.pass(time.Second)
			}
			got, _ := p.read()
			require.Empty(t, got, "the limit has not passed")
			d.pass(2 * time.Second)
			got, end := p.read()
			require.True(t, strings.HasPrefix(got, "HTTP/1.1 408 "), got)
			require.True(t, end)
		})
	}
}

func TestBodyTimeLimitCountsFromTheLastByte(t *testing.T) {
	for _, tt := range []struct{ name, head, piece string }{
		{"with its length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n", "x"},
		{"chunked", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := drive(t, silent)
			p := httpPeer(d, loop.Limits{BodyRate: -1})
			p.write(tt.head)
			for range 5 {
				p.write(tt.piece)
				d.pass(loop.BodyTimeout - 2*time.Second)
				got, end := p.read()
				require.Empty(t, got)
				require.False(t, end)
			}
			d.pass(4 * time.Second)
			got, end := p.read()
			require.True(t, strings.HasPrefix(got, "HTTP/1.1 408 "), got)
			require.True(t, end)
		})
	}
}

func TestIdleKeepAliveConnectionsEndWithoutAWord(t *testing.T) {
	for _, before := range []string{"", "GET / HTTP/1.1\r\nHost: h\r\n\r\n"} {
		d := drive(t, echo)
		p := d.connect(loop.ListenOptions{Proto: loop.HTTP})
		p.write(before)
		d.settle()
		got, _ := p.read()
		require.Equal(t, before != "", strings.HasPrefix(got, "HTTP/1.1 200 "))
		d.pass(loop.KeepAliveTimeout - time.Second)
		_, end := p.read()
		require.False(t, end)
		d.pass(3 * time.Second)
		got, end = p.read()
		require.Empty(t, got)
		require.True(t, end)
		require.Zero(t, d.Connections())
	}
}

// However long the application takes, and whatever of the next request has come meanwhile: a 408
// would be taken for the answer to the request that is being served.
func TestARequestThatIsServedHasNoTimeLimit(t *testing.T) {
	for _, behind := range []string{"", "GET /next HTTP"} {
		t.Run("with '"+behind+"' behind it", func(t *testing.T) {
			d := drive(t, silent)
			p := d.connect(loop.ListenOptions{Proto: loop.HTTP})
			p.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n" + behind)
			d.pass(time.Hour)
			got, end := p.read()
			require.Empty(t, got)
			require.False(t, end)
			require.NoError(t, d.Send(p.id, loop.SendMessage, []byte("late")))
			d.settle()
			got, _ = p.read()
			require.True(t, strings.HasSuffix(got, "late"), got)
			d.pass(loop.KeepAliveTimeout + 2*time.Second)
			got, end = p.read()
			require.True(t, end, "the next request is limited again")
			require.Equal(t, behind != "", strings.HasPrefix(got, "HTTP/1.1 408 "), got)
		})
	}
}

func TestAnOpenWebSocketHasNoTimeLimit(t *testing.T) {
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Handshake {
			_ = l.AcceptWebSocket(ev.Conn, nil)
		}
	})
	p := d.connect(loop.ListenOptions{Proto: loop.WebSocket})
	p.write(handshake + "\x81") // and a frame that never ends
	d.pass(time.Hour)
	got, end := p.read()
	require.True(t, strings.HasPrefix(got, "HTTP/1.1 101 "))
	require.False(t, end)
}

// The peer never closes; the time to linger may be longer than the wheel's turn.
func TestALingeringConnectionEnds(t *testing.T) {
	for _, linger := range []time.Duration{time.Second, time.Minute, 10 * time.Minute} {
		d := drive(t, silent)
		p := d.connect(loop.ListenOptions{Proto: loop.Text, Announce: true})
		d.settle()
		require.NoError(t, d.CloseConn(p.id, linger))
		d.settle()
		d.pass(linger - time.Second)
		_, end := p.read()
		require.True(t, end, "our FIN comes at once")
		require.Equal(t, 1, d.Connections())
		d.pass(3 * time.Second)
		require.Zero(t, d.Connections())
	}
}

// A download may take as long as it takes, if the peer takes it.
func TestALargeAnswerIsNotCutOff(t *testing.T) {
	d := drive(t, silent)
	p := httpPeer(d, loop.Limits{})
	p.write(aGet)
	d.settle()
	const size = 4 << 20
	require.NoError(t, d.Send(p.id, loop.SendMessage, make([]byte, size)))
	d.settle()
	got := 0
	for passed := time.Duration(0); got < size; passed += 20 * time.Second {
		require.Less(t, passed, time.Hour)
		for room := 64 << 10; room > 0; {
			s, ok := p.next()
			if !ok {
				break
			}
			require.NotEmpty(t, s, "cut off after %s and %d bytes", passed, got)
			got += len(s)
			room -= len(s)
		}
		d.pass(20 * time.Second)
	}
	_, end := p.read()
	require.False(t, end)
	d.pass(loop.KeepAliveTimeout + 2*time.Second) // when all is written it is idle like any other
	_, end = p.read()
	require.True(t, end)
}

func TestAReaderThatTricklesIsReset(t *testing.T) {
	for name, tt := range map[string]struct {
		rate int
		gone bool
	}{"with a rate": {1 << 20, true}, "without one": {-1, false}} {
		t.Run(name, func(t *testing.T) {
			d := drive(t, silent)
			p := httpPeer(d, loop.Limits{SendRate: tt.rate})
			p.write(aGet)
			d.settle()
			require.NoError(t, d.Send(p.id, loop.SendMessage, make([]byte, 8<<20)))
			d.settle()
			for range 5 {
				_, _ = unix.Read(p.fd, make([]byte, 64<<10))
				d.pass(loop.SendTimeout + time.Second)
			}
			require.Equal(t, tt.gone, d.Connections() == 0)
			require.Equal(t, tt.gone, d.counts()["send_time"] == 1)
		})
	}
}

// A connection that is to close waits for its reader no longer than others.
func TestAClosingConnectionDoesNotWaitForEver(t *testing.T) {
	d := drive(t, silent)
	p := d.connect(loop.ListenOptions{Proto: loop.Text, Announce: true})
	require.NoError(t, d.Send(p.id, loop.SendMessage, make([]byte, 8<<20)))
	d.settle()
	d.pass(10 * time.Minute)
	require.Equal(t, 1, d.Connections(), "an open one of a protocol without limits may wait")
	require.NoError(t, d.CloseConn(p.id, time.Second))
	d.settle()
	d.pass(loop.SendTimeout + 2*time.Second)
	require.Zero(t, d.Connections())
}

func TestSendTimeOfOneOwnIsForAllProtocols(t *testing.T) {
	d := drive(t, silent)
	p := d.connect(loop.ListenOptions{Proto: loop.Text, Announce: true, Limits: loop.Limits{SendTime: 5 * time.Second}})
	require.NoError(t, d.Send(p.id, loop.SendMessage, make([]byte, 8<<20)))
	d.settle()
	d.pass(4 * time.Second)
	require.Equal(t, 1, d.Connections())
	d.pass(4 * time.Second)
	require.Zero(t, d.Connections())
}

// While the worker was busy with something else it read nothing: the peer is not late.
func TestTimeThatTheLoopSpendsElsewhereIsNotThePeers(t *testing.T) {
	for name, text := range map[string][2]string{
		"a head":          {"GET / HTTP/1.1\r\nHost:", " h\r\n\r\n"},
		"a body":          {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nb", "c"},
		"a first request": {"", aGet},
	} {
		t.Run(name, func(t *testing.T) {
			d := drive(t, echo)
			p := httpPeer(d, loop.Limits{})
			p.write(text[0])
			d.settle()
			p.write(text[1])
			d.now += 5 * time.Minute // a callback, say
			d.settle()
			got, end := p.read()
			require.True(t, strings.HasPrefix(got, "HTTP/1.1 200 "), got)
			require.False(t, end)
		})
	}
}

// However long a pipeline is, and whichever of its requests are HEAD: at most 64 wait for answers, all
// are answered in their order, and a peer that does not take the answers is not read from.
func TestAPipelineWaitsForItsReader(t *testing.T) {
	told := 0
	body := strings.Repeat("b", 16<<10)
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Message {
			told++
			require.NoError(t, l.Send(ev.Conn, loop.SendMessage, []byte(body)))
		}
	})
	p := httpPeer(d, loop.Limits{})
	var requests strings.Builder
	for n := range 1000 {
		method := "GET"
		if n%7 == 3 {
			method = "HEAD"
		}
		requests.WriteString(method + " / HTTP/1.1\r\nHost: h\r\n\r\n")
	}
	p.write(requests.String())
	d.settle()
	require.Less(t, told, 400)
	var wire strings.Builder
	for {
		got, end := p.read()
		require.False(t, end)
		wire.WriteString(got)
		if got == "" {
			break
		}
		d.settle()
	}
	require.Equal(t, 1000, told)
	r := bufio.NewReader(strings.NewReader(wire.String()))
	for n := range 1000 {
		request := &http.Request{Method: "GET"}
		if n%7 == 3 {
			request.Method = "HEAD"
		}
		resp, err := http.ReadResponse(r, request)
		require.NoError(t, err, n)
		got, err := io.ReadAll(resp.Body)
		require.NoError(t, err, n)
		require.True(t, request.Method == "HEAD" || len(got) == len(body), n)
	}
	_, err := r.ReadByte()
	require.ErrorIs(t, err, io.EOF)
}

// A peer that has said all it has to say ends its half; what waited is answered all the same.
func TestAHaltedPipelineIsAnsweredBehindTheEnd(t *testing.T) {
	d := drive(t, echo)
	p := httpPeer(d, loop.Limits{Pipeline: 3})
	p.write(strings.Repeat(aGet, 20))
	p.finish()
	d.settle()
	got, end := p.read()
	require.Equal(t, 20, strings.Count(got, "HTTP/1.1 200 "))
	require.True(t, end)
}

// With as many connections as may be, who waits for nothing makes room for who has something to ask.
func TestIdleConnectionsMakeRoom(t *testing.T) {
	d := drive(t, echo)
	_, address := d.listening(loop.ListenOptions{Proto: loop.HTTP, Limits: loop.Limits{Connections: 3, Group: t.Name()}})
	ask := func(c net.Conn) {
		_, err := c.Write([]byte(aGet))
		require.NoError(t, err)
		d.until("an answer", func() bool {
			_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
			n, _ := c.Read(make([]byte, 4096))
			return n > 0
		})
	}
	var all []net.Conn
	for n := range 3 {
		c := dial(t, address)
		d.until("its acceptance", d.accepted(n+1))
		ask(c)
		all = append(all, c)
		d.now += 2 * time.Second
	}
	ask(dial(t, address))
	require.Equal(t, 3, d.Connections())
	requireClosed(t, d, all[0])
	ask(all[1])
	ask(all[2])
	require.Equal(t, uint64(1), d.counts()["connections"])
}

func TestAddressesThatCountTogether(t *testing.T) {
	d := drive(t, silent)
	_, address := d.listening(loop.ListenOptions{Proto: loop.Text, Limits: loop.Limits{
		PerAddress: 1, Group: t.Name(), Exempt: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/30")},
	}})
	for n := range 5 {
		_ = dial(t, address)
		d.until("an exempt address has as many as it likes", d.accepted(n+1))
	}
	for _, tt := range []struct {
		one, other string
		same       bool
	}{
		{"192.0.2.1", "192.0.2.1", true}, {"192.0.2.1", "192.0.2.2", false},
		{"2001:db8::1", "2001:db8::ffff:2", true}, {"2001:db8::1", "2001:db8:0:1::1", false},
		{"::ffff:192.0.2.1", "192.0.2.1", true}, {"fe80::1%eth0", "fe80::2%eth0", true},
	} {
		require.Equal(t, tt.same, loop.Network(netip.MustParseAddr(tt.one)) == loop.Network(netip.MustParseAddr(tt.other)), tt)
	}
}

// Pings and pongs count alike, over a minute, and what the application may lift.
func TestPingRate(t *testing.T) {
	const aPing, aPong = "\x89\x80\x00\x00\x00\x00", "\x8a\x80\x00\x00\x00\x00"
	open := func(t *testing.T, limits loop.Limits) (*driver, *peer) {
		d := drive(t, silent)
		d.handler = func(l *loop.Loop, ev *loop.Event) {
			if ev.Kind == loop.Handshake {
				_ = l.AcceptWebSocket(ev.Conn, nil)
			}
		}
		p := d.connect(loop.ListenOptions{Proto: loop.WebSocket, Limits: limits})
		p.write(handshake)
		d.settle()
		_, _ = p.read()
		return d, p
	}
	t.Run("over each minute", func(t *testing.T) {
		d, p := open(t, loop.Limits{PingRate: 1})
		for range 3 {
			p.write(strings.Repeat(aPing+aPong, 30))
			d.settle()
			got, end := p.read()
			require.Equal(t, strings.Repeat("\x8a\x00", 30), got)
			require.False(t, end)
			d.pass(time.Minute)
		}
		p.write(strings.Repeat(aPong, 60))
		d.settle()
		_, end := p.read()
		require.False(t, end)
		d.pass(58 * time.Second)
		p.write(aPong)
		d.settle()
		got, end := p.read()
		require.Equal(t, "\x88\x10\x03\xf0too many pings", got)
		require.True(t, end)
	})
	t.Run("no rate", func(t *testing.T) {
		d, p := open(t, loop.Limits{PingRate: -1})
		for range 100 {
			p.write(strings.Repeat(aPing, 100))
			d.settle()
			got, end := p.read()
			require.Equal(t, strings.Repeat("\x8a\x00", 100), got)
			require.False(t, end)
		}
	})
}

// The frames of a message are the listener's to bound, whatever other listeners have.
func TestFragments(t *testing.T) {
	d := drive(t, silent)
	var got []int
	d.handler = func(l *loop.Loop, ev *loop.Event) {
		switch ev.Kind {
		case loop.Handshake:
			_ = l.AcceptWebSocket(ev.Conn, nil)
		case loop.Message:
			got = append(got, len(ev.Data))
		}
	}
	narrow := d.connect(loop.ListenOptions{Proto: loop.WebSocket, Limits: loop.Limits{Fragments: 2}})
	wide := d.connect(loop.ListenOptions{Proto: loop.WebSocket})
	three := "\x02\x81\x00\x00\x00\x00a\x00\x81\x00\x00\x00\x00b\x80\x81\x00\x00\x00\x00c"
	for _, p := range []*peer{wide, narrow, wide} {
		if p == narrow || len(got) == 0 {
			p.write(handshake)
			d.settle()
			_, _ = p.read()
		}
		p.write(three)
		d.settle()
	}
	require.Equal(t, []int{3, 3}, got)
	answer, end := narrow.read()
	require.Equal(t, "\x88\x14\x03\xf1too many fragments", answer)
	require.True(t, end)
}

// Who connects for TLS and says nothing, or goes no further, keeps no place from others.
func TestHalfOpenTLSMakesRoom(t *testing.T) {
	for name, said := range map[string]string{"nothing": "", "the start of a ClientHello": "\x16\x03\x01\x00\x04\x01\x00\xff\xff"} {
		t.Run(name, func(t *testing.T) {
			d := drive(t, silent)
			config, _ := tlsConfig(t)
			_, address := d.listening(loop.ListenOptions{Proto: loop.HTTP, TLS: config, Limits: loop.Limits{Connections: 2, Group: t.Name()}})
			half := dial(t, address)
			_, err := io.WriteString(half, said)
			require.NoError(t, err)
			d.until("the first", d.accepted(1))
			d.pass(time.Second) // it is the older one
			other := dial(t, address)
			_, err = io.WriteString(other, said)
			require.NoError(t, err)
			d.until("the second", d.accepted(2))
			d.settle()
			whole := tls.Client(dial(t, address), &tls.Config{InsecureSkipVerify: true})
			require.NoError(t, d.do(whole.Handshake))
			requireClosed(t, d, half)
			require.Equal(t, 2, d.Connections())
			require.Equal(t, uint64(1), d.counts()["connections"])
		})
	}
}

// A ClientHello that trickles has the time of a whole handshake, not more with each byte.
func TestAClientHelloThatTricklesIsCutOff(t *testing.T) {
	d := drive(t, silent)
	p := d.connect(loop.ListenOptions{Proto: loop.HTTP, TLS: certified(t)})
	for _, b := range []byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc") {
		p.write(string(b))
		d.pass(time.Second)
		_, end := p.read()
		require.False(t, end)
	}
	d.pass(3 * time.Second)
	_, end := p.read()
	require.True(t, end)
	require.Equal(t, map[string]uint64{"handshake_time": 1}, d.counts())
}

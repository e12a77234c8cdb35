package loop_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/tlsconn"
	"github.com/phalanx-php/phalanx/goengine/tlsconn/certtest"
)

// tlsConfig makes a self-signed certificate for example.test and opens a configuration with it.
func tlsConfig(t testing.TB) (server *tlsconn.Config, certFile string) {
	t.Helper()
	certFile = certtest.New(t).Issue("example.test", certtest.SelfSigned)
	return openTLS(t, false, map[string]any{"local_cert": certFile}), certFile
}

func openTLS(t testing.TB, client bool, options map[string]any) *tlsconn.Config {
	t.Helper()
	b, err := json.Marshal(options)
	require.NoError(t, err)
	o, _, err := tlsconn.ParseOptions(b, client, func(s string) string { return s })
	require.NoError(t, err)
	config, err := tlsconn.Open(o, quiet())
	require.NoError(t, err)
	return config
}

// secured is a peer that speaks TLS through crypto/tls, turned by hand: its calls block, so they
// run on a goroutine while the driver turns the loop.
type secured struct {
	*tls.Conn
	d *driver
}

func (d *driver) dialTLS(p *peer, config *tls.Config) *secured {
	d.t.Helper()
	f := os.NewFile(uintptr(p.fd), "peer")
	p.fd = -1
	raw, err := net.FileConn(f)
	require.NoError(d.t, err)
	require.NoError(d.t, f.Close())
	d.t.Cleanup(func() { _ = raw.Close() })
	if config == nil {
		config = &tls.Config{InsecureSkipVerify: true}
	}
	return &secured{tls.Client(raw, config), d}
}

// do runs what blocks while the loop turns.
func (d *driver) do(f func() error) error {
	d.t.Helper()
	done := make(chan error, 1)
	go func() { done <- f() }()
	var err error
	d.until("the peer is done", func() bool {
		select {
		case err = <-done:
			return true
		default:
			return false
		}
	})
	return err
}

func (s *secured) shake() {
	s.d.t.Helper()
	require.NoError(s.d.t, s.d.do(s.Handshake))
}

func (s *secured) ask(text string, n int) string {
	s.d.t.Helper()
	buf := make([]byte, n)
	require.NoError(s.d.t, s.d.do(func() error {
		if _, err := io.WriteString(s, text); err != nil {
			return err
		}
		_, err := io.ReadFull(s, buf)
		return err
	}))
	return string(buf)
}

func TestTLSCarriesMessages(t *testing.T) {
	config, _ := tlsConfig(t)
	d := drive(t, echo)
	p := d.connect(loop.ListenOptions{Proto: loop.Text, TLS: config})
	id := p.id
	s := d.dialTLS(p, nil)
	s.shake()
	require.Equal(t, "hello\n", s.ask("hello\n", 6))
	long := strings.Repeat("x", 1<<20) + "\n"
	require.Equal(t, long, s.ask(long, len(long)))
	info, ok := d.Info(id)
	require.True(t, ok)
	require.EqualValues(t, 6+len(long), info.BytesRead)
	require.EqualValues(t, 6+len(long), info.BytesWritten)
	require.EqualValues(t, 1, d.Stats().TLSHandshakes)
	require.NoError(t, s.CloseWrite())
	require.NoError(t, d.do(func() error { // a close_notify of its own, then FIN
		if _, err := s.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			return errors.Join(errors.New("no end"), err)
		}
		return nil
	}))
	d.until("closed", func() bool { return d.Connections() == 0 })
}

func TestTLSByteByByte(t *testing.T) {
	config, _ := tlsConfig(t)
	d := drive(t, echo)
	p := d.connect(loop.ListenOptions{Proto: loop.Text, TLS: config})
	client := openTLS(t, true, map[string]any{"verify_peer": false, "verify_peer_name": false})
	hands := &tlsconn.Hands{}
	c := tlsconn.New(client, hands)
	defer c.Close()
	require.NoError(t, c.Start())
	var got []byte
	sent := false
	for round := 0; string(got) != "one\ntwo\n" && round < 20; round++ {
		if c.Established() && !sent {
			require.NoError(t, c.Seal([]byte("one\ntw")))
			require.NoError(t, c.Seal([]byte("o\n")))
			sent = true
		}
		out := bytes.Clone(c.Unsent())
		c.Sent(len(out))
		for i := range out {
			p.write(string(out[i : i+1]))
			d.turn(0)
		}
		d.settle()
		in, _ := p.read()
		dst := make([]byte, c.Kept()+len(in))
		n, err := c.Receive(dst, []byte(in))
		require.NoError(t, err)
		got = append(got, dst[:n]...)
	}
	require.Equal(t, "one\ntwo\n", string(got))
}

func TestWhatIsSentBeforeTheHandshakeWaitsForIt(t *testing.T) {
	config, _ := tlsConfig(t)
	var r recorder
	d := drive(t, func(l *loop.Loop, ev *loop.Event) { r.note(ev) })
	p := d.connect(loop.ListenOptions{Proto: loop.Raw, TLS: config, Announce: true})
	require.NoError(t, d.Send(p.id, loop.SendRaw, []byte("welcome")))
	d.settle()
	text, _ := p.read()
	require.Empty(t, text)
	id := p.id
	s := d.dialTLS(p, nil)
	buf := make([]byte, 7)
	require.NoError(t, d.do(func() error { _, err := io.ReadFull(s, buf); return err }))
	require.Equal(t, "welcome", string(buf))
	d.settle()
	require.Equal(t, 1, r.count(loop.Drain))
	require.Zero(t, r.count(loop.Secure)) // nobody asked
	require.NoError(t, d.Send(id, loop.SendRaw, []byte("bye")))
	require.NoError(t, d.CloseConn(id, time.Second))
	rest := ""
	require.NoError(t, d.do(func() error { b, err := io.ReadAll(s); rest = string(b); return err }))
	require.Equal(t, "bye", rest)
}

func TestAPlainRequestOnATLSPortIsRefused(t *testing.T) {
	config, _ := tlsConfig(t)
	var r recorder
	d := drive(t, func(l *loop.Loop, ev *loop.Event) { r.note(ev) })
	p := d.connect(loop.ListenOptions{Proto: loop.HTTP, TLS: config})
	p.write("GET / HTTP/1.1\r\nHost: example.test\r\n\r\n")
	d.settle()
	text, end := p.read()
	require.True(t, end)
	require.NotContains(t, text, "HTTP")
	p.close()
	d.settle()
	require.Zero(t, d.Connections())
	require.EqualValues(t, 1, d.Stats().TLSFailed)
	require.Empty(t, r.kinds)
}

func TestAHandshakeHasATimeLimit(t *testing.T) {
	config, _ := tlsConfig(t)
	d := drive(t, silent)
	p := d.connect(loop.ListenOptions{Proto: loop.Raw, TLS: config})
	d.pass(loop.HandshakeTimeout - time.Second)
	_, end := p.read()
	require.False(t, end)
	d.pass(4 * time.Second)
	_, end = p.read()
	require.True(t, end)
	p.close()
	d.settle()
	require.Zero(t, d.Connections())
}

func TestAnEstablishedRawConnectionHasNone(t *testing.T) {
	config, _ := tlsConfig(t)
	d := drive(t, echo)
	p := d.connect(loop.ListenOptions{Proto: loop.Raw, TLS: config})
	s := d.dialTLS(p, nil)
	s.shake()
	require.Equal(t, "x", s.ask("x", 1))
	d.pass(time.Hour)
	require.Equal(t, "y", s.ask("y", 1))
}

func TestTLSFromTheMiddleOfAConnection(t *testing.T) {
	server, cert := tlsConfig(t)
	client := openTLS(t, true, map[string]any{"cafile": cert, "peer_name": "example.test"})
	var r recorder
	d := drive(t, nil)
	sides := map[loop.ID]loop.ID{}
	d.handler = func(l *loop.Loop, ev *loop.Event) {
		r.note(ev)
		if ev.Kind == loop.Message && string(ev.Data) == "STARTTLS" {
			_ = l.Send(ev.Conn, loop.SendMessage, []byte("go on"))
			l.Apply(nil)
			l.Flush(nil)
			require.NoError(t, l.StartTLS(ev.Conn, server))
		} else if ev.Kind == loop.Message && string(ev.Data) == "go on" {
			require.NoError(t, l.StartTLS(ev.Conn, client))
			require.ErrorIs(t, l.StartTLS(ev.Conn, client), loop.ErrProtocol)
			_ = l.Send(ev.Conn, loop.SendMessage, []byte("in secret"))
		}
	}
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	require.NoError(t, err)
	a, err := d.Adopt(fds[0], loop.ListenOptions{Proto: loop.Text})
	require.NoError(t, err)
	b, err := d.Adopt(fds[1], loop.ListenOptions{Proto: loop.Text})
	require.NoError(t, err)
	sides[a] = b
	require.NoError(t, d.Send(a, loop.SendMessage, []byte("STARTTLS")))
	d.settle()
	require.Equal(t, 2, r.count(loop.Secure), r.data)
	require.Equal(t, []string{"STARTTLS", "go on", "in secret"}, r.messages())
	require.EqualValues(t, 2, d.Stats().TLSHandshakes)
}

func TestAFailedHandshakeIsTold(t *testing.T) {
	server, _ := tlsConfig(t)
	client := openTLS(t, true, map[string]any{"peer_name": "example.test"}) // whose authority nobody knows
	var r recorder
	d := drive(t, func(l *loop.Loop, ev *loop.Event) { r.note(ev) })
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	require.NoError(t, err)
	a, err := d.Adopt(fds[0], loop.ListenOptions{Proto: loop.Text})
	require.NoError(t, err)
	_, err = d.Adopt(fds[1], loop.ListenOptions{Proto: loop.Text, TLS: server, Announce: true})
	require.NoError(t, err)
	require.NoError(t, d.StartTLS(a, client))
	_ = d.Send(a, loop.SendMessage, []byte("never to be read"))
	d.settle()
	d.pass(5 * time.Second)
	require.Equal(t, 2, r.count(loop.Secure), r.data)
	require.Equal(t, 2, r.count(loop.Close))
	require.Zero(t, r.count(loop.Message))
	require.Contains(t, strings.Join(r.data, " "), "unknown authority")
	require.Zero(t, d.Connections())
}

func TestAFileGoesThroughTLSInItsPlace(t *testing.T) {
	config, _ := tlsConfig(t)
	d := drive(t, silent)
	p := d.connect(loop.ListenOptions{Proto: loop.Raw, TLS: config})
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<18) // 4 MiB
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	// Before the handshake, so that everything waits; what is sent behind it comes behind it.
	_, err := d.SendFile(p.id, []byte("head:"), path, 3, int64(len(content)-10))
	require.NoError(t, err)
	_, err = d.SendFile(p.id, []byte(":head:"), path, 5, 10)
	require.NoError(t, err)
	_, _, err = d.Write(p.id, loop.SendRaw, 0, []byte(":tail"))
	require.NoError(t, err)
	id := p.id
	s := d.dialTLS(p, nil)
	want := "head:" + string(content[3:len(content)-7]) + ":head:" + string(content[5:15]) + ":tail"
	got := make([]byte, len(want))
	require.NoError(t, d.do(func() error { _, err := io.ReadFull(s, got); return err }))
	require.True(t, want == string(got))
	info, _ := d.Info(id)
	require.Zero(t, info.Pending)
	require.EqualValues(t, len(want), info.BytesWritten)
}

func TestASlowReaderHoldsBackNoMoreThanTheLimit(t *testing.T) {
	config, _ := tlsConfig(t)
	var r recorder
	d := drive(t, func(l *loop.Loop, ev *loop.Event) { r.note(ev) })
	p := d.connect(loop.ListenOptions{Proto: loop.Raw, TLS: config, Announce: true, MaxSendBuffer: 1 << 20})
	id := p.id
	s := d.dialTLS(p, nil)
	s.shake()
	chunk := make([]byte, 100_000)
	total := 0
	for {
		_, full, err := d.Write(id, loop.SendRaw, 0, chunk)
		if errors.Is(err, loop.ErrFull) {
			break
		}
		require.NoError(t, err)
		total += len(chunk)
		if full {
			_, _, err = d.Write(id, loop.SendRaw, 0, chunk)
			require.ErrorIs(t, err, loop.ErrFull)
			break
		}
	}
	d.settle()
	require.NotZero(t, r.count(loop.Full))
	require.NoError(t, d.do(func() error { _, err := io.CopyN(io.Discard, s, int64(total)); return err }))
	d.settle()
	require.Equal(t, 1, r.count(loop.Drain))
}

func TestClosingInTheMidstOfAHandshake(t *testing.T) {
	config, _ := tlsConfig(t)
	hello := func() string {
		c := tlsconn.New(openTLS(t, true, map[string]any{"verify_peer": false, "verify_peer_name": false}), &tlsconn.Hands{})
		require.NoError(t, c.Start())
		return string(c.Unsent())
	}()
	for name, end := range map[string]func(*driver, *peer){
		"by destroy":  func(d *driver, p *peer) { require.NoError(t, d.Destroy(p.id)) },
		"by close":    func(d *driver, p *peer) { require.NoError(t, d.CloseConn(p.id, time.Second)) },
		"by the peer": func(_ *driver, p *peer) { p.close() },
		"by its half": func(_ *driver, p *peer) { p.finish() },
		"by the loop": func(d *driver, _ *peer) {},
	} {
		t.Run(name, func(t *testing.T) {
			d := drive(t, silent)
			p := d.connect(loop.ListenOptions{Proto: loop.Raw, TLS: config})
			p.write(hello)
			d.settle()
			flight, _ := p.read()
			require.NotEmpty(t, flight)
			end(d, p)
			d.settle()
			if name != "by the loop" {
				p.close()
				d.settle()
				d.pass(3 * time.Second)
				require.Zero(t, d.Connections())
			}
		})
	}
}

// The peer's bytes may have been changed on their way until TLS has begun: nothing that was sent
// behind the command may count as sent through TLS (CVE-2011-0411).
func TestNothingGetsInBeforeTLS(t *testing.T) {
	server, _ := tlsConfig(t)
	for _, proto := range []loop.Proto{loop.Text, loop.User} {
		var r recorder
		secure := false
		d := drive(t, func(l *loop.Loop, ev *loop.Event) {
			switch {
			case ev.Kind == loop.Message && secure:
				l.Undecode(ev) // as php-ext/conn.c does for the rest of the batch
			case ev.Kind == loop.Message || ev.Kind == loop.Data:
				r.note(ev)
				secure = true
				require.NoError(t, l.StartTLS(ev.Conn, server))
				if ev.Kind == loop.Data {
					l.Consume(ev.Conn, 9)
				}
			default:
				r.note(ev)
			}
		})
		p := d.connect(loop.ListenOptions{Proto: proto})
		p.write("STARTTLS\nEVIL\nMORE EVIL")
		d.settle()
		p.close()
		d.settle()
		require.Equal(t, []loop.Kind{r.kinds[0], loop.Secure, loop.Close}, r.kinds, proto)
		require.Contains(t, r.data[1], "does not look like a TLS handshake")
		require.Zero(t, d.Connections())
	}
}

func TestTLSWaitsForWhatTheApplicationConsumes(t *testing.T) {
	server, _ := tlsConfig(t)
	c := tlsconn.New(openTLS(t, true, map[string]any{"verify_peer": false, "verify_peer_name": false}), &tlsconn.Hands{})
	require.NoError(t, c.Start())
	var seen []string
	d := drive(t, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Data {
			seen = append(seen, string(ev.Data[:min(len(ev.Data), 9)]))
			if strings.HasPrefix(string(ev.Data), "STARTTLS\n") {
				require.NoError(t, l.StartTLS(ev.Conn, server))
				l.Consume(ev.Conn, 9)
			} else {
				l.Consume(ev.Conn, len(ev.Data))
			}
		}
	})
	p := d.connect(loop.ListenOptions{Proto: loop.User})
	p.write("STARTTLS\n" + string(c.Unsent())) // a peer in a hurry
	d.settle()
	in, _ := p.read()
	dst := make([]byte, len(in))
	_, err := c.Receive(dst, []byte(in))
	require.NoError(t, err)
	c.Sent(0)
	require.True(t, c.Established())
	require.Equal(t, []string{"STARTTLS\n"}, seen)
}

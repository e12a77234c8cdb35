package tlsconn_test

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/tlsconn"
	"github.com/phalanx-php/phalanx/goengine/tlsconn/certtest"
)

// end is one side of a connection in memory and what it has received.
type end struct {
	*tlsconn.Conn
	got []byte
	err error
}

func newEnd(t testing.TB, cfg *tlsconn.Config) *end {
	hands := &tlsconn.Hands{}
	e := &end{Conn: tlsconn.New(cfg, hands)}
	t.Cleanup(func() {
		e.Close()
		hands.Close()
	})
	return e
}

// deliver hands over bytes, step at a time.
func (e *end) deliver(b []byte, step int) {
	for len(b) > 0 && e.err == nil {
		n := min(step, len(b))
		dst := make([]byte, e.Kept()+n)
		m, err := e.Receive(dst, b[:n])
		e.got, e.err, b = append(e.got, dst[:m]...), err, b[n:]
	}
}

// converse carries bytes to and fro until nobody has anything to say.
func converse(a, b *end, step int) {
	for a.err == nil && b.err == nil && len(a.Unsent())+len(b.Unsent()) > 0 {
		for _, p := range [][2]*end{{a, b}, {b, a}} {
			out := bytes.Clone(p[0].Unsent())
			p[0].Sent(len(out))
			p[1].deliver(out, step)
		}
	}
}

func connect(t testing.TB, client, server opts, step int) (c, s *end) {
	t.Helper()
	c, s = newEnd(t, open(t, true, client)), newEnd(t, open(t, false, server))
	c.err = c.Start()
	converse(c, s, step)
	return c, s
}

func established(t testing.TB, step int) (c, s *end) {
	t.Helper()
	a := certtest.New(t)
	c, s = connect(t, opts{"cafile": a.CAFile(), "peer_name": "example.test"}, opts{"local_cert": a.Issue("example.test")}, step)
	require.NoError(t, c.err)
	require.NoError(t, s.err)
	require.True(t, c.Established())
	require.True(t, s.Established())
	return c, s
}

func TestHandshakeAndDataHoweverTheBytesAreCut(t *testing.T) {
	for _, step := range []int{1, 2, 7, 100, 1400, 1 << 20} {
		c, s := established(t, step)
		text := make([]byte, 100_000)
		_, _ = rand.NewChaCha8([32]byte{1}).Read(text)
		require.NoError(t, c.Seal(text))
		require.NoError(t, s.Seal(text[:1]))
		require.NoError(t, s.Seal(nil))
		require.NoError(t, s.Seal(text[1:]))
		converse(c, s, step)
		require.NoError(t, errors.Join(c.err, s.err))
		require.True(t, bytes.Equal(text, s.got), step)
		require.True(t, bytes.Equal(text, c.got), step)
		require.Zero(t, c.Kept()+s.Kept())
		s.CloseNotify()
		converse(c, s, step)
		require.ErrorIs(t, c.err, io.EOF)
	}
}

func TestDataBehindTheLastFlightOfTheHandshakeIsNotLost(t *testing.T) {
	a := certtest.New(t)
	c := newEnd(t, open(t, true, opts{"cafile": a.CAFile(), "peer_name": "example.test"}))
	s := newEnd(t, open(t, false, opts{"local_cert": a.Issue("example.test")}))
	require.NoError(t, c.Start())
	for !c.Established() {
		out := bytes.Clone(c.Unsent())
		c.Sent(len(out))
		s.deliver(out, len(out))
		out = bytes.Clone(s.Unsent())
		s.Sent(len(out))
		c.deliver(out, len(out))
	}
	require.False(t, s.Established())
	require.NoError(t, c.Seal([]byte("at once")))
	c.CloseNotify()
	out := bytes.Clone(c.Unsent())
	s.deliver(out, len(out))
	require.True(t, s.Established())
	require.Equal(t, "at once", string(s.got))
	require.ErrorIs(t, s.err, io.EOF)
}

func TestWhatIsNoTLSIsRefused(t *testing.T) {
	a := certtest.New(t)
	for name, in := range map[string]string{
		"a plain request": "GET / HTTP/1.1\r\nHost: example.test\r\n\r\n",
		"SSL 2":           "\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10",
		"zeros":           string(make([]byte, 100)),
		"a long record":   "\x16\x03\x01\xff\xff" + string(make([]byte, 100)),
	} {
		t.Run(name, func(t *testing.T) {
			s := newEnd(t, open(t, false, opts{"local_cert": a.Issue("example.test")}))
			s.deliver([]byte(in), 3)
			require.Error(t, s.err)
			require.False(t, s.Established())
			require.Empty(t, s.got)
		})
	}
}

func TestAnEstablishedConnectionRefusesWhatIsNoRecord(t *testing.T) {
	_, s := established(t, 1<<20)
	s.deliver([]byte("GET / HTTP/1.1\r\n\r\n"), 100)
	require.ErrorIs(t, s.err, tlsconn.ErrRecord)
	_, s = established(t, 1<<20)
	s.deliver([]byte("\x17\x03\x03\xff\xffxxxx"), 100)
	require.ErrorIs(t, s.err, tlsconn.ErrRecord)
}

func TestAForgedRecordEndsTheConnectionWithAnAlert(t *testing.T) {
	c, s := established(t, 1<<20)
	require.NoError(t, c.Seal([]byte("good")))
	require.NoError(t, c.Seal([]byte("evil")))
	out := bytes.Clone(c.Unsent())
	out[len(out)-1] ^= 1
	s.deliver(out, len(out))
	require.Equal(t, "good", string(s.got))
	require.ErrorContains(t, s.err, "bad record MAC")
	require.NotEmpty(t, s.Unsent())
}

func TestAnEndInTheHandshakeFailsIt(t *testing.T) {
	a := certtest.New(t)
	c := newEnd(t, open(t, true, opts{"peer_name": "example.test"}))
	require.NoError(t, c.Start())
	s := newEnd(t, open(t, false, opts{"local_cert": a.Issue("example.test")}))
	s.deliver(c.Unsent(), 100)
	require.ErrorIs(t, s.End(), io.EOF)
	require.ErrorIs(t, c.End(), io.EOF)
	untouched := newEnd(t, open(t, false, opts{"local_cert": a.Issue("example.test")}))
	require.ErrorIs(t, untouched.End(), io.EOF)
}

func TestAHandshakeWithoutEndIsCutOff(t *testing.T) {
	a := certtest.New(t)
	s := newEnd(t, open(t, false, opts{"local_cert": a.Issue("example.test")}))
	// Empty handshake records bring the handshake nowhere; a ClientHello may be 64 KiB.
	for range 100 {
		s.deliver(append([]byte("\x16\x03\x01\x40\x00\x01\x00\xff\xff"), make([]byte, 16384-4)...), 1<<20)
	}
	require.Error(t, s.err)
}

func TestAnIdleConnectionKeepsNoRecordBuffer(t *testing.T) {
	require.True(t, tlsconn.Releasable, "crypto/tls has changed: see release.go")
	c, s := established(t, 1<<20)
	require.NoError(t, c.Seal(make([]byte, 1<<20)))
	converse(c, s, 1<<20)
	require.Len(t, s.got, 1<<20)
	require.Zero(t, s.RecordBuffer())
	require.NoError(t, c.Seal([]byte("and on")))
	converse(c, s, 1<<20)
	require.Equal(t, "and on", string(s.got[1<<20:]))
}

func TestResumption(t *testing.T) {
	a := certtest.New(t)
	server := opts{"local_cert": a.Issue("resume.test")}
	for name, method := range map[string]int{"1.2": 1 << 5, "1.3": 1 << 6} {
		client := opts{"cafile": a.CAFile(), "peer_name": "resume.test", "crypto_method": method}
		c, s := connect(t, client, server, 1<<20)
		require.NoError(t, errors.Join(c.err, s.err))
		require.False(t, s.State().DidResume, name)
		c, s = connect(t, client, server, 1<<20)
		require.NoError(t, errors.Join(c.err, s.err))
		require.True(t, s.State().DidResume, name)
		require.True(t, c.State().DidResume, name)
		server["no_ticket"] = true
		_, s = connect(t, client, server, 1<<20)
		require.False(t, s.State().DidResume, name)
		delete(server, "no_ticket")
	}
}

func TestWhoIsBelieved(t *testing.T) {
	a, stranger := certtest.New(t), certtest.New(t)
	good := a.Issue("good.test")
	text, err := os.ReadFile(good)
	require.NoError(t, err)
	block, _ := pem.Decode(text)
	sha1Of, sha256Of := sha1.Sum(block.Bytes), sha256.Sum256(block.Bytes)
	digest := hex.EncodeToString
	onlyCN := a.Issue("common.test", certtest.OnlyCommonName)
	expired := a.Issue("expired.test", certtest.Expired)
	self := a.Issue("self.test", certtest.SelfSigned)
	oldSelf := a.Issue("oldself.test", certtest.SelfSigned, certtest.Expired)
	ip := a.Issue("127.0.0.1")
	for _, tt := range []struct {
		name   string
		cert   string
		client opts
		server opts
		err    string
	}{
		{name: "an authority's", cert: good, client: opts{"peer_name": "good.test"}},
		{name: "an address", cert: ip, client: opts{"peer_name": "127.0.0.1"}},
		{name: "another name", cert: good, client: opts{"peer_name": "bad.test"}, err: "not bad.test"},
		{name: "another name, not looked at", cert: good, client: opts{"peer_name": "bad.test", "verify_peer_name": false}},
		{name: "no name to compare", cert: good, client: opts{}, err: "no peer_name"},
		{name: "a common name only", cert: onlyCN, client: opts{"peer_name": "common.test"}},
		{name: "another authority's", cert: good, client: opts{"peer_name": "good.test", "cafile": stranger.CAFile()}, err: "unknown authority"},
		{name: "another authority's, not looked at", cert: good, client: opts{"cafile": stranger.CAFile(), "verify_peer": false, "verify_peer_name": false}},
		{name: "expired", cert: expired, client: opts{"peer_name": "expired.test"}, err: "expired"},
		{name: "self-signed", cert: self, client: opts{"peer_name": "self.test"}, err: "unknown authority"},
		{name: "self-signed, allowed", cert: self, client: opts{"peer_name": "self.test", "allow_self_signed": true}},
		{name: "self-signed, allowed, expired", cert: oldSelf, client: opts{"peer_name": "oldself.test", "allow_self_signed": true}, err: "expired"},
		{name: "a wrong fingerprint", cert: good, client: opts{"peer_fingerprint": "00112233445566778899aabbccddeeff00112233"}, err: "fingerprint"},
		{
			name: "the right fingerprint, whatever the name", cert: good,
			client: opts{"peer_fingerprint": opts{"sha1": digest(sha1Of[:]), "sha256": digest(sha256Of[:])}, "verify_peer": false},
		},
		{
			name: "a client that shows nothing", cert: good, client: opts{"peer_name": "good.test"},
			server: opts{"verify_peer": true}, err: "certificate",
		},
		{
			name: "a client's of the authority", cert: good, client: opts{"peer_name": "good.test", "local_cert": good},
			server: opts{"verify_peer": true},
		},
		{
			name: "a client's of another authority", cert: good, client: opts{"peer_name": "good.test", "local_cert": stranger.Issue("evil.test")},
			server: opts{"verify_peer": true}, err: "unknown authority",
		},
		{
			name: "a client's by its name", cert: good, client: opts{"peer_name": "good.test", "local_cert": good},
			server: opts{"verify_peer": true, "verify_peer_name": true, "peer_name": "other.test"}, err: "other.test",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := opts{"local_cert": tt.cert, "cafile": a.CAFile()}
			for k, v := range tt.server {
				server[k] = v
			}
			if tt.client["cafile"] == nil {
				tt.client["cafile"] = a.CAFile()
			}
			for range 2 { // the second time it may be a resumed session
				c, s := connect(t, tt.client, server, 1<<20)
				if tt.err == "" {
					require.NoError(t, errors.Join(c.err, s.err))
					require.True(t, s.Established())
				} else {
					require.ErrorContains(t, errors.Join(c.err, s.err), tt.err)
				}
			}
		})
	}
}

// A server that only wants to know who it is takes any certificate, and none.
func TestCapturedCertificates(t *testing.T) {
	a := certtest.New(t)
	server := opts{"local_cert": a.Issue("good.test"), "capture_peer_cert": true}
	client := opts{"verify_peer": false, "verify_peer_name": false}
	c, s := connect(t, client, server, 1<<20)
	require.NoError(t, errors.Join(c.err, s.err))
	require.Empty(t, s.State().PeerCertificates)
	client["local_cert"] = a.Issue("self.test", certtest.SelfSigned)
	c, s = connect(t, client, server, 1<<20)
	require.NoError(t, errors.Join(c.err, s.err))
	require.Len(t, s.State().PeerCertificates, 1)
}

func TestTooManyHandshakesAtOnce(t *testing.T) {
	a := certtest.New(t)
	config := open(t, false, opts{"local_cert": a.Issue("a.test")})
	hello := newEnd(t, open(t, true, opts{"verify_peer": false, "verify_peer_name": false}))
	require.NoError(t, hello.Start())
	hands := &tlsconn.Hands{Limit: 2}
	defer hands.Close()
	var ends []*end
	for i := range 4 {
		s := &end{Conn: tlsconn.New(config, hands)}
		s.deliver(hello.Unsent(), 1<<20)
		if i == 2 {
			require.ErrorIs(t, s.err, tlsconn.ErrBusy)
			ends[0].Close() // makes room
		} else {
			require.NoError(t, s.err)
		}
		ends = append(ends, s)
	}
	for _, s := range ends {
		s.Close()
	}
}

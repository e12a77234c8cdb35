package loop_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/tlsconn"
)

// caller is a TLS client turned by hand, whose flights are sent when the test says so.
type caller struct {
	*tlsconn.Conn
	p   *peer
	got string
}

func (s *script) call(address string) *caller {
	s.t.Helper()
	c := &caller{p: s.dial(address)}
	c.Conn = tlsconn.New(openTLS(s.t, true, map[string]any{"verify_peer": false, "verify_peer_name": false}), &tlsconn.Hands{})
	require.NoError(s.t, c.Start())
	s.t.Cleanup(c.Close)
	return c
}

func (c *caller) send() {
	out := bytes.Clone(c.Unsent())
	c.Sent(len(out))
	c.p.write(string(out))
}

func (c *caller) receive() (end bool) {
	in, end := c.p.read()
	dst := make([]byte, c.Kept()+len(in))
	n, err := c.Receive(dst, []byte(in))
	c.got += string(dst[:n])
	return end || err != nil
}

// A handshake is tied to the thread, a loop is not: those under way end before it is parked.
func TestHandshakesAndTheNextScript(t *testing.T) {
	config, _ := tlsConfig(t)
	s := scripts(t)
	opts := loop.ListenOptions{Proto: loop.Text, Keep: true, TLS: config}
	_, address := s.listen(opts)
	silent, half, done, open := s.call(address), s.call(address), s.call(address), s.call(address)

	open.send()
	s.until("a flight", func() bool { open.receive(); return open.Established() })
	require.NoError(t, open.Seal([]byte("one\ntw")))
	open.send()
	s.until("a line", func() bool { return len(s.told) == 1 })
	half.send()
	done.send()
	s.until("a flight", func() bool { done.receive(); return done.Established() })
	require.NoError(t, done.Seal([]byte("said at once\n")))
	done.send() // arrives while the loop is being parked

	s.told = nil
	s.Park(nil)
	require.Empty(t, s.told)
	require.Equal(t, uint64(2), s.Stats().TLSHandshakes, "done and open")

	id, ok := s.Inherit("main", opts)
	require.True(t, ok)
	require.NotZero(t, id)
	s.until("what was said", func() bool { return len(s.told) == 1 })
	require.Contains(t, s.told[0], "said at once")
	require.NoError(t, open.Seal([]byte("o\n")))
	open.send()
	s.until("what was said", func() bool { return len(s.told) == 2 })
	require.Contains(t, s.told[1], "two")
	silent.send()
	s.until("a flight", func() bool { silent.receive(); return silent.Established() })
	s.until("the end of what did not end", half.receive)
	require.EqualValues(t, 1, s.Stats().TLSFailed)
	half.p.close()
	s.until("its connection gone", func() bool { return s.Connections() == 3 })
}

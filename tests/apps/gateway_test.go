package apps

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
)

// browser is a client that talks WebSocket.
type browser struct {
	t   *testing.T
	ctx context.Context
	*websocket.Conn
}

func (a *app) browser(path string) *browser {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	a.t.Cleanup(cancel)
	var c *websocket.Conn
	require.Eventually(a.t, func() bool {
		var err error
		c, _, err = websocket.Dial(ctx, "ws://"+a.Addr(0)+path, nil)
		return err == nil
	}, patience, poll)
	a.t.Cleanup(func() { _ = c.CloseNow() })
	return &browser{t: a.t, ctx: ctx, Conn: c}
}

func (b *browser) say(text string) {
	b.t.Helper()
	require.NoError(b.t, b.Write(b.ctx, websocket.MessageText, []byte(text)))
}

func (b *browser) hears(text string) {
	b.t.Helper()
	_, got, err := b.Read(b.ctx)
	require.NoError(b.t, err, "nothing instead of %q", text)
	require.Equal(b.t, text, string(got))
}

// portsInRow finds n ports of which the numbers follow each other.
func portsInRow(t *testing.T, n int) int {
	t.Helper()
	for first := 21000; first < 60000; first += n {
		var open []net.Listener
		for i := range n {
			l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(first+i))
			if err != nil {
				break
			}
			open = append(open, l)
		}
		for _, l := range open {
			_ = l.Close()
		}
		if len(open) == n {
			return first
		}
	}
	t.Fatal("no ports are free")
	return 0
}

// connected is a client that a business worker has greeted; a gateway that none has found yet closes the connection.
func (a *app) connected(port int) *speaker {
	a.t.Helper()
	var s *speaker
	require.Eventually(a.t, func() bool {
		s = a.speaker(port)
		return s.r.Scan() && s.r.Text() == "connected"
	}, patience, poll)
	return s
}

// GatewayWorker: gateways of two protocols, business workers, groups, users, sessions; reload.
func TestGatewayWorker(t *testing.T) {
	a := prepare(t, "APPS_GATEWAYWORKER", "gateway", 3)
	a.Ports = append(a.Ports, portsInRow(t, 4)) // each gateway takes one more, counting from here
	a.start("start.php")
	a.WaitFor("business 0 started\n")
	a.WaitFor("business 1 started\n")

	var ann *browser
	require.Eventually(t, func() bool {
		ann = a.browser("/?room=7")
		_, text, err := ann.Read(ann.ctx)
		return err == nil && string(text) == "connected"
	}, patience, poll)
	ann.hears("handshake 7")
	bob := a.connected(1)
	for _, hello := range []string{"bind ann", "join red"} {
		ann.say(hello)
	}
	ann.hears("bound ann")
	ann.hears("joined red 1")
	bob.say("bind bob")
	bob.hears("bound bob")
	bob.say("join red")
	bob.hears("joined red 2")
	bob.say("join blue")
	bob.hears("joined blue 1")

	ann.say("user bob hello bob")
	bob.hears("hello bob")
	bob.say("user ann hello ann")
	ann.hears("hello ann")
	ann.say("group red to red")
	ann.hears("to red")
	bob.hears("to red")
	ann.say("others red not me")
	bob.hears("not me")
	ann.say("group blue to blue")
	bob.hears("to blue")
	bob.say("all everybody")
	ann.hears("all: everybody")
	bob.hears("all: everybody")
	ann.say("who bob")
	ann.hears(fmt.Sprintf(`{"me":"ann","ip":"127.0.0.1","port":%d,"online":1,"count":2,"groups":2,"uids":2}`, a.Ports[0]))
	bob.say("set a-note")
	bob.hears(`session {"uid":"bob","note":"a-note"}`)
	bob.say("leave red")
	bob.hears("left red")
	ann.say("group red only me")
	ann.hears("only me")
	big := strings.Repeat("0123456789", 20000)
	bob.say("user ann " + big)
	ann.SetReadLimit(1 << 20)
	ann.hears(big)

	// A reload renews the business workers; clients stay.
	require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
	a.WaitFor("business 0 started\n", 2)
	a.WaitFor("business 1 started\n", 2)
	a.WaitFor("business 1 stopped\n")
	require.Eventually(t, func() bool { // the new ones have to meet the gateways
		ann.say("who bob")
		ann.hears(fmt.Sprintf(`{"me":"ann","ip":"127.0.0.1","port":%d,"online":1,"count":2,"groups":2,"uids":2}`, a.Ports[0]))
		return true
	}, patience, poll)

	carol := a.connected(1)
	carol.say("bind carol")
	carol.hears("bound carol")
	ann.say("kick carol")
	carol.hears("kicked")
	require.False(t, carol.r.Scan())
	ann.hears("gone carol")
	bob.hears("gone carol")
	a.WaitFor("closed carol\n")

	require.NoError(t, ann.Close(websocket.StatusNormalClosure, ""))
	bob.hears("gone ann")
	bob.say("who ann")
	bob.hears(fmt.Sprintf(`{"me":"bob","ip":"127.0.0.1","port":%d,"online":0,"count":1,"groups":1,"uids":1}`, a.Ports[1]))
	bob.say("fail") // ends one business worker, as an exception does in Workerman
	a.WaitFor("RuntimeException: event failed")
	a.WaitFor("exit with status 64000")
}

package hub_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/hub"
	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/socket"
)

const patience = 10 * time.Second

func quiet() *logrus.Logger {
	log := logrus.New()
	log.SetOutput(io.Discard)
	return log
}

// worker is a loop with a goroutine of its own. A client that sends a line "VERB NAME" has it done to its own connection;
// the answer is the connection's name.
type worker struct {
	hub  *hub.Hub
	seat *hub.Seat
	addr string
}

func work(t *testing.T, h *hub.Hub, opts loop.ListenOptions) *worker {
	t.Helper()
	w := &worker{hub: h, seat: h.Add()}
	l, err := loop.New(loop.Config{Logger: quiet(), Gone: w.seat.Gone})
	require.NoError(t, err)
	w.seat.Take(l)
	fd, err := socket.Listen("tcp://127.0.0.1:0", socket.Options{Backlog: 1024})
	require.NoError(t, err)
	opts.Announce = true
	id, err := l.Listen(fd, opts)
	require.NoError(t, err)
	addr, _, err := l.ListenerAddr(id)
	require.NoError(t, err)
	w.addr = addr.String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = l.Run(ctx, loop.HandlerFunc(w.handle))
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		w.seat.Remove()
		l.Close()
	})
	return w
}

func (w *worker) handle(l *loop.Loop, ev *loop.Event) {
	if ev.Kind != loop.Message {
		return
	}
	verb, name, _ := strings.Cut(string(ev.Data), " ")
	me := w.seat.ID(ev.Conn)
	if verb != "name" {
		if err := w.hub.Do(w.seat, &hub.Command{Verb: verb, To: hub.Target{Conn: me}, Name: name}); err != nil {
			me = err.Error()
		}
	}
	_ = l.Send(ev.Conn, loop.SendMessage, []byte(me))
}

type client struct {
	net.Conn
	rd   *bufio.Reader
	name string
}

func dial(t *testing.T, w *worker) *client {
	t.Helper()
	conn, err := net.Dial("tcp", w.addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	c := &client{Conn: conn, rd: bufio.NewReader(conn)}
	c.name = c.do(t, "name")
	return c
}

func (c *client) do(t *testing.T, what string) string {
	t.Helper()
	_, err := io.WriteString(c, what+"\n")
	require.NoError(t, err)
	return c.line(t)
}

func (c *client) line(t *testing.T) string {
	t.Helper()
	s, err := c.rd.ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSuffix(s, "\n")
}

var lines = loop.ListenOptions{Proto: loop.Text}

func send(to hub.Target, text string, except ...string) *hub.Command {
	return &hub.Command{Verb: hub.Send, To: to, Data: []byte(text), Except: hub.Except{Conns: except}}
}

// everywhere is the same application in one process, and in two.
func everywhere(t *testing.T, test func(t *testing.T, h *hub.Hub, a, b *worker)) {
	t.Run("one process", func(t *testing.T) {
		h := hub.New(quiet())
		test(t, h, work(t, h, lines), work(t, h, lines))
	})
	t.Run("two processes", func(t *testing.T) {
		s := hub.NewSwitch(quiet())
		t.Cleanup(s.Close)
		one, two := hub.New(quiet()), hub.New(quiet())
		plug(t, s, one, 1)
		plug(t, s, two, 2)
		test(t, one, work(t, one, lines), work(t, two, lines))
	})
	t.Run("two machines", func(t *testing.T) {
		w := newWires(t)
		var hubs []*hub.Hub
		for node := range uint32(2) {
			s, h := hub.NewSwitch(logrus.New()), hub.New(logrus.New())
			t.Cleanup(s.Close)
			w.join(s, node+1)
			plug(t, s, h, uint64(node+1)<<32+1)
			hubs = append(hubs, h)
		}
		test(t, hubs[0], work(t, hubs[0], lines), work(t, hubs[1], lines))
	})
}

// plug connects a hub to a switch.
func plug(t *testing.T, s *hub.Switch, h *hub.Hub, number uint64) {
	t.Helper()
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	ours, err := net.Dial("unix", l.Addr().String())
	require.NoError(t, err)
	theirs, err := l.Accept()
	require.NoError(t, err)
	s.Serve(theirs, number, true)
	h.Connect(number, hub.Attach(ours, h))
}

func TestMessagesReachConnectionsOfAllWorkers(t *testing.T) {
	everywhere(t, func(t *testing.T, h *hub.Hub, a, b *worker) {
		one, two, three := dial(t, a), dial(t, b), dial(t, b)
		for _, c := range []*client{one, two, three} {
			require.Equal(t, c.name, c.do(t, "join room"))
		}
		require.Equal(t, three.name, three.do(t, "join other"))
		one.do(t, "bind ada")
		three.do(t, "bind ada")
		two.do(t, "bind bob")

		require.NoError(t, h.Do(nil, send(hub.Target{Conn: two.name}, "one")))
		require.Equal(t, "one", two.line(t))
		require.NoError(t, h.Do(nil, send(hub.Target{User: "ada"}, "a user")))
		require.Equal(t, []string{"a user", "a user"}, []string{one.line(t), three.line(t)})
		require.NoError(t, h.Do(nil, send(hub.Target{Groups: []string{"room"}}, "a group, but", two.name)))
		require.Equal(t, []string{"a group, but", "a group, but"}, []string{one.line(t), three.line(t)})
		require.NoError(t, h.Do(nil, send(hub.Target{Groups: []string{"room", "other"}}, "groups")))
		require.NoError(t, h.Do(nil, send(hub.Target{}, "all")))
		for _, c := range []*client{one, two, three} {
			require.Equal(t, []string{"groups", "all"}, []string{c.line(t), c.line(t)})
		}
		but := send(hub.Target{}, "all but")
		but.Except = hub.Except{Users: []string{"bob"}, Groups: []string{"other"}}
		require.NoError(t, h.Do(nil, but))
		require.Equal(t, "all but", one.line(t))

		answer, err := h.Ask(&hub.Query{About: hub.Groups})
		require.NoError(t, err)
		require.Equal(t, map[string]int{"room": 3, "other": 1}, answer.Counts)
		answer, err = h.Ask(&hub.Query{About: hub.List, To: hub.Target{User: "ada"}})
		require.NoError(t, err)
		require.ElementsMatch(t, []string{one.name, three.name}, answer.Names)
		answer, err = h.Ask(&hub.Query{About: hub.GroupsOf, To: hub.Target{Conn: three.name}})
		require.NoError(t, err)
		require.Equal(t, []string{"room", "other"}, answer.Names)
		answer, err = h.Ask(&hub.Query{About: hub.UserOf, To: hub.Target{Conn: three.name}})
		require.NoError(t, err)
		require.Equal(t, []string{"ada"}, answer.Names)

		// From afar, in order: out of one group, a message to that group, a message to another.
		to := hub.Target{Conn: three.name}
		require.NoError(t, h.Do(nil, &hub.Command{Verb: hub.Leave, To: to, Name: "other"}))
		require.NoError(t, h.Do(nil, send(hub.Target{Groups: []string{"other"}}, "nobody")))
		require.NoError(t, h.Do(nil, send(hub.Target{Groups: []string{"room"}}, "last")))
		require.Equal(t, "last", three.line(t))
		require.NoError(t, h.Do(nil, &hub.Command{Verb: hub.Close, To: to, Data: []byte("bye")}))
		rest, err := io.ReadAll(three.rd)
		require.NoError(t, err)
		require.Equal(t, "bye\n", string(rest))
		_ = three.Close()
		require.Eventually(t, func() bool {
			answer, err := h.Ask(&hub.Query{About: hub.Count, To: hub.Target{Groups: []string{"room"}}})
			return err == nil && answer.Count == 2
		}, patience, time.Millisecond)
		require.ErrorIs(t, h.Do(nil, send(hub.Target{Conn: "nonsense"}, "")), hub.ErrNone)
	})
}

// One sender's messages to one connection keep their order, also when many senders, joins and leaves go on.
func TestOrderOfOneSender(t *testing.T) {
	everywhere(t, func(t *testing.T, h *hub.Hub, a, b *worker) {
		const senders, messages = 4, 500
		listeners := []*client{dial(t, a), dial(t, b)}
		for _, c := range listeners {
			c.do(t, "join room")
		}
		restless := dial(t, b)
		var wg sync.WaitGroup
		var stop atomic.Bool
		wg.Go(func() {
			for !stop.Load() {
				_, _ = io.WriteString(restless, "join room\nleave room\n")
				time.Sleep(100 * time.Microsecond)
			}
		})
		wg.Go(func() { _, _ = io.Copy(io.Discard, restless) })
		var sending sync.WaitGroup
		for s := range senders {
			sending.Go(func() {
				for n := range messages {
					to := hub.Target{Groups: []string{"room"}}
					if n%3 == 0 {
						to = hub.Target{}
					}
					if err := h.Do(nil, send(to, fmt.Sprintf("%d %d", s, n))); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for _, c := range listeners {
			next := [senders]int{}
			for range senders * messages {
				var s, n int
				_, err := fmt.Sscanf(c.line(t), "%d %d", &s, &n)
				require.NoError(t, err)
				require.Equal(t, next[s], n)
				next[s]++
			}
		}
		sending.Wait()
		stop.Store(true)
		_ = restless.Close()
		wg.Wait()
	})
}

func TestASlowReceiverLosesItsOwnMessagesOnly(t *testing.T) {
	h := hub.New(quiet())
	opts := lines
	opts.MaxSendBuffer = 64 << 10
	w := work(t, h, opts)
	fast, slow := dial(t, w), dial(t, w)
	_ = slow // reads nothing
	message := strings.Repeat("x", 16<<10)
	dropped := func() uint64 {
		a, err := h.Ask(&hub.Query{About: hub.Figures})
		require.NoError(t, err)
		return a.Dropped
	}
	for dropped() == 0 {
		require.NoError(t, h.Do(nil, send(hub.Target{}, message)))
		require.Equal(t, message, fast.line(t))
	}
}

// A script beside the server: a peer without connections.
func TestAScriptBesideTheServer(t *testing.T) {
	s := hub.NewSwitch(quiet())
	t.Cleanup(s.Close)
	pidFile := filepath.Join(t.TempDir(), "workerman.app.php.pid")
	require.NoError(t, s.Listen(hub.SocketPath(pidFile)))
	h := hub.New(quiet())
	plug(t, s, h, 7)
	w := work(t, h, lines)
	c := dial(t, w)
	for _, name := range []string{pidFile, filepath.Join(filepath.Dir(pidFile), "app.php"), hub.SocketPath(pidFile)} {
		path, err := hub.FindSocket(name)
		require.NoError(t, err)
		peer, err := hub.Dial(path)
		require.NoError(t, err)
		beside := hub.New(quiet())
		beside.Connect(0, peer)
		require.NoError(t, beside.Do(nil, &hub.Command{Verb: hub.Join, To: hub.Target{Conn: c.name}, Name: "room"}))
		require.NoError(t, beside.Do(nil, send(hub.Target{Groups: []string{"room"}}, "hello")))
		peer.Close() // what it has said is not lost
		require.Equal(t, "hello", c.line(t))
	}
	_, err := hub.FindSocket(filepath.Join(t.TempDir(), "none.php"))
	require.ErrorContains(t, err, "no server of")
	long := filepath.Join(t.TempDir(), strings.Repeat("long", 40)+".pid")
	require.Less(t, len(hub.SocketPath(long)), 108)
}

// A process that does not answer is missed after a while, and said to be; one that dies at once.
func TestAnswersThatDoNotCome(t *testing.T) {
	s := hub.NewSwitch(quiet())
	t.Cleanup(s.Close)
	h := hub.New(quiet())
	plug(t, s, h, 1)
	mute, theirs := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, mute) }()
	s.Serve(theirs, 2, true)
	work(t, h, lines)
	_, err := h.Ask(&hub.Query{About: hub.Count})
	require.ErrorIs(t, err, hub.ErrUnanswered)

	asked := make(chan error)
	go func() {
		_, err := h.Ask(&hub.Query{About: hub.Count})
		asked <- err
	}()
	_ = mute.Close()
	require.NoError(t, <-asked, "a process that has gone has no connections")
}

// What a process does not read is refused, counted, and in nobody's way.
func TestAProcessThatDoesNotReadIsInNobodysWay(t *testing.T) {
	s := hub.NewSwitch(quiet())
	t.Cleanup(s.Close)
	h, other := hub.New(quiet()), hub.New(quiet())
	plug(t, s, h, 1)
	plug(t, s, other, 3)
	c := dial(t, work(t, other, lines))
	stuck, theirs := net.Pipe()
	t.Cleanup(func() { _ = stuck.Close() })
	s.Serve(theirs, 2, true)
	message := strings.Repeat("x", 4<<20)
	for s.Lost() == 0 {
		require.NoError(t, h.Do(nil, send(hub.Target{}, message)))
		require.Equal(t, message, c.line(t))
	}
	a, err := h.Ask(&hub.Query{About: hub.Figures})
	require.NotZero(t, a.Lost, "%v", err)
}

// wires are Uplinks without a network.
type wires struct {
	mu       sync.Mutex // guards the others
	switches map[uint32]*hub.Switch
	frames   chan func() // in their order
	cut      bool
}

type wire struct {
	all *wires
	own uint32
}

func newWires(t *testing.T) *wires {
	w := &wires{switches: map[uint32]*hub.Switch{}, frames: make(chan func(), 1000)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for deliver := range w.frames {
			deliver()
		}
	}()
	t.Cleanup(func() { close(w.frames); <-done })
	return w
}

func (w *wires) join(s *hub.Switch, node uint32) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.switches[node] = s
	s.Join(node, wire{w, node})
}

func (w wire) Send(node uint32, frame []byte) error {
	w.all.mu.Lock()
	defer w.all.mu.Unlock()
	if w.all.cut {
		return nil // on its way for ever
	}
	for other, s := range w.all.switches {
		if other != w.own && (node == 0 || node == other) {
			w.all.frames <- func() { s.Receive(w.own, frame) }
		}
	}
	return nil
}

func (w wire) Nodes() (list []uint32, reachable bool) {
	w.all.mu.Lock()
	defer w.all.mu.Unlock()
	for other := range w.all.switches {
		if other != w.own {
			list = append(list, other)
		}
	}
	return list, true
}

func (w wire) Lives(node uint32) bool {
	w.all.mu.Lock()
	defer w.all.mu.Unlock()
	return w.all.switches[node] != nil && !w.all.cut
}

// What a node that is gone knew does not count, and it is waited for in vain only until that is known.
func TestANodeThatIsGoneDoesNotCount(t *testing.T) {
	w := newWires(t)
	a, b := hub.New(logrus.New()), hub.New(logrus.New())
	first, second := hub.NewSwitch(logrus.New()), hub.NewSwitch(logrus.New())
	w.join(first, 7)
	w.join(second, 8)
	plug(t, first, a, 7<<32+1)
	plug(t, second, b, 8<<32+1)
	answer, err := a.Ask(&hub.Query{About: hub.Count})
	require.NoError(t, err)
	require.Zero(t, answer.Count)
	w.mu.Lock()
	w.cut = true
	w.mu.Unlock()
	asked := make(chan error, 1)
	go func() { _, err := a.Ask(&hub.Query{About: hub.Count}); asked <- err }()
	require.Eventually(t, func() bool {
		first.Left(8)
		select {
		case err := <-asked:
			require.NoError(t, err)
			return true
		default:
			return false
		}
	}, 20*time.Second, time.Millisecond)
	first.Close()
	second.Close()
}

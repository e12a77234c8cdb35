package loop_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/sirupsen/logrus"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/socket"
)

// server runs a loop with one listener until the test ends.
type server struct {
	*loop.Loop
	addr string
	id   int
}

func quiet() *logrus.Logger {
	l := logrus.New()
	l.SetOutput(io.Discard)
	return l
}

func serve(t testing.TB, opts loop.ListenOptions, h loop.HandlerFunc) *server {
	t.Helper()
	return serveOn(t, "tcp://127.0.0.1:0", opts, h)
}

func serveOn(t testing.TB, address string, opts loop.ListenOptions, h loop.HandlerFunc) *server {
	t.Helper()
	fd, err := socket.Listen(address, socket.Options{})
	require.NoError(t, err)
	l, err := loop.New(loop.Config{Logger: quiet()})
	require.NoError(t, err)
	id, err := l.Listen(fd, opts)
	require.NoError(t, err)
	addr, _, err := l.ListenerAddr(id)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = l.Run(ctx, h)
		l.Close()
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return &server{Loop: l, addr: addr.String(), id: id}
}

func (s *server) dial(t testing.TB) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	return c.(*net.TCPConn)
}

func echo(l *loop.Loop, ev *loop.Event) {
	if ev.Kind == loop.Message {
		_ = l.Send(ev.Conn, loop.SendMessage, ev.Data)
	}
}

func TestRawEchoesWhatComes(t *testing.T) {
	c := serve(t, loop.ListenOptions{Proto: loop.Raw}, echo).dial(t)
	_, err := c.Write([]byte("hello"))
	require.NoError(t, err)
	buf := make([]byte, 5)
	_, err = io.ReadFull(c, buf)
	require.NoError(t, err)
	require.Equal(t, "hello", string(buf))
}

// Messages come out whole however they are cut on the way, in every protocol with framing.
func TestMessagesSurviveAnyCut(t *testing.T) {
	big := strings.Repeat("x", 300_000)
	tests := []struct {
		name     string
		proto    loop.Proto
		in, want string
	}{
		{"text", loop.Text, "one\ntwo\r\nthree\n", "one\ntwo\nthree\n"},
		{"text, longer than a read", loop.Text, big + "\nend\n", big + "\nend\n"},
		{"frame", loop.Frame, "\x00\x00\x00\x07one\x00\x00\x00\x04\x00\x00\x00\x06ab", "\x00\x00\x00\x07one\x00\x00\x00\x04\x00\x00\x00\x06ab"},
	}
	for _, tt := range tests {
		for _, cut := range []int{1, 2, 3, 7, 4096, 1 << 20} {
			if len(tt.in) > 1000 && cut < 1000 {
				continue
			}
			t.Run(fmt.Sprintf("%s in pieces of %d", tt.name, cut), func(t *testing.T) {
				c := serve(t, loop.ListenOptions{Proto: tt.proto}, echo).dial(t)
				go func() {
					for in := []byte(tt.in); len(in) > 0; in = in[min(cut, len(in)):] {
						if _, err := c.Write(in[:min(cut, len(in))]); err != nil {
							return
						}
					}
				}()
				got := make([]byte, len(tt.want))
				_, err := io.ReadFull(c, got)
				require.NoError(t, err)
				require.Equal(t, tt.want, string(got))
			})
		}
	}
}

func body(data []byte) []byte {
	_, b, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	return b
}

func TestHTTPServesNetHTTPsClient(t *testing.T) {
	s := serve(t, loop.ListenOptions{Proto: loop.HTTP}, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Message {
			_ = l.Send(ev.Conn, loop.SendMessage, append([]byte("got "), body(ev.Data)...))
		}
	})
	for _, size := range []int{0, 1, 5000, 2 << 20} {
		for _, chunked := range []bool{false, true} {
			payload := strings.Repeat("b", size)
			var rd io.Reader = strings.NewReader(payload)
			if chunked {
				rd = io.MultiReader(rd) // hides the length
			}
			resp, err := http.Post("http://"+s.addr+"/path?q=1", "text/plain", rd)
			require.NoError(t, err)
			got, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			require.NoError(t, err)
			require.Equal(t, "got "+payload, string(got))
			require.Equal(t, 200, resp.StatusCode)
		}
	}
}

// The limit of a body is the listener's, however the body comes.
func TestHTTPTakesBodiesUpToTheListenersLimit(t *testing.T) {
	const size = 12 << 20 // more than the default
	s := serve(t, loop.ListenOptions{Proto: loop.HTTP, MaxPackage: 13 << 20}, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Message {
			_ = l.Send(ev.Conn, loop.SendMessage, fmt.Append(nil, len(body(ev.Data))))
		}
	})
	for _, hidden := range []bool{false, true} {
		var rd io.Reader = bytes.NewReader(make([]byte, size))
		if hidden {
			rd = io.MultiReader(rd)
		}
		resp, err := http.Post("http://"+s.addr, "application/octet-stream", rd)
		require.NoError(t, err)
		got, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(size), string(got))
	}
}

func TestHTTPPipelineIsAnsweredInOrder(t *testing.T) {
	s := serve(t, loop.ListenOptions{Proto: loop.HTTP}, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Message {
			_ = l.Send(ev.Conn, loop.SendMessage, bytes.Fields(ev.Data)[1])
		}
	})
	c := s.dial(t)
	const n = 1000 // more than one batch takes of one connection
	go func() {
		for i := range n {
			_, _ = fmt.Fprintf(c, "GET /%d HTTP/1.1\r\nHost: x\r\n\r\n", i)
		}
	}()
	rd := bufio.NewReader(c)
	for i := range n {
		resp, err := http.ReadResponse(rd, nil)
		require.NoError(t, err)
		got, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("/%d", i), string(got))
	}
}

// Each refusal has its status, comes after the answers that are due, and ends the connection.
func TestHTTPRefusals(t *testing.T) {
	tests := []struct {
		name, in string
		status   int
	}{
		{"bare LF", "GET / HTTP/1.1\nHost: x\n\n", 400},
		{"two Content-Lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", 400},
		{"Content-Length with Transfer-Encoding", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
		{"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
		{"obs-fold", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400},
		{"bad chunk size", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n", 400},
		{"body over the limit", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413},
		{"chunked body over the limit", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n", 413},
		{"request line over the limit", "GET /" + strings.Repeat("a", 9000) + " HTTP/1.1\r\n", 414},
		{"headers over the limit", "GET / HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("a", 17000), 431},
		{"too many fields", "GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("A: b\r\n", 101) + "\r\n", 431},
		{"HTTP/2", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, loop.ListenOptions{Proto: loop.HTTP}, echo).dial(t)
			_, err := io.WriteString(c, "GET /first HTTP/1.1\r\nHost: x\r\n\r\n"+tt.in)
			require.NoError(t, err)
			rd := bufio.NewReader(c)
			first, err := http.ReadResponse(rd, nil)
			require.NoError(t, err)
			require.Equal(t, 200, first.StatusCode)
			_, _ = io.Copy(io.Discard, first.Body)
			second, err := http.ReadResponse(rd, nil)
			require.NoError(t, err)
			require.Equal(t, tt.status, second.StatusCode)
			require.True(t, second.Close)
			_, _ = io.Copy(io.Discard, second.Body)
			_, err = rd.ReadByte()
			require.ErrorIs(t, err, io.EOF)
		})
	}
}

func TestHTTPClosesWhenTheRequestAsksForIt(t *testing.T) {
	c := serve(t, loop.ListenOptions{Proto: loop.HTTP}, echo).dial(t)
	_, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /ignored HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	got, err := io.ReadAll(c)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(got), "HTTP/1.1 200"))
	require.Contains(t, string(got), "Connection: close")
}

func TestHTTPChunkedBodyComesWithItsLength(t *testing.T) {
	s := serve(t, loop.ListenOptions{Proto: loop.HTTP}, echo)
	c := s.dial(t)
	_, err := io.WriteString(c, "POST /x HTTP/1.1\r\nHost: h\r\ntransfer-encoding: chunked\r\nA: b\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
	require.NoError(t, err)
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, "POST /x HTTP/1.1\r\nHost: h\r\nA: b\r\nContent-Length: 11        \r\n\r\nhello world", string(got))
}

// RFC 9110, 9.3.2: whichever way the answer is given, a HEAD request gets the head alone, and only it.
func TestHTTPHeadGetsNoBody(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(path, []byte("content"), 0o600))
	const whole = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"
	s := serve(t, loop.ListenOptions{Proto: loop.HTTP}, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind != loop.Message {
			return
		}
		switch string(bytes.Fields(ev.Data)[1]) {
		case "/body":
			_ = l.Send(ev.Conn, loop.SendMessage, []byte("content"))
		case "/response":
			_ = l.Send(ev.Conn, loop.SendResponse, []byte(whole+"content"))
		case "/written":
			l.Apply(nil)
			_, _, _ = l.Write(ev.Conn, loop.SendResponse, 0, []byte(whole+"content"))
		case "/file":
			_, _ = l.SendFile(ev.Conn, []byte(whole), path, 0, 0)
		}
	})
	for _, target := range []string{"/body", "/response", "/written", "/file"} {
		t.Run(target, func(t *testing.T) {
			c := s.dial(t)
			rd := bufio.NewReader(c)
			for _, method := range []string{"HEAD", "GET", "HEAD", "HEAD", "GET"} {
				_, err := fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: h\r\n\r\n", method, target)
				require.NoError(t, err)
				resp, err := http.ReadResponse(rd, &http.Request{Method: method})
				require.NoError(t, err)
				got, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				require.EqualValues(t, 7, resp.ContentLength)
				require.Equal(t, map[string]string{"HEAD": "", "GET": "content"}[method], string(got))
			}
		})
	}
}

// A client may close its half as soon as it has asked: the answer still comes.
func TestHTTPAnswersAHalfClosedClient(t *testing.T) {
	c := serve(t, loop.ListenOptions{Proto: loop.HTTP}, echo).dial(t)
	_, err := io.WriteString(c, "GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	require.NoError(t, c.CloseWrite())
	got, err := io.ReadAll(c)
	require.NoError(t, err)
	require.Contains(t, string(got), "GET /x")
}

func TestHTTPContinueInvitesTheBody(t *testing.T) {
	c := serve(t, loop.ListenOptions{Proto: loop.HTTP}, echo).dial(t)
	_, err := io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
	require.NoError(t, err)
	rd := bufio.NewReader(c)
	line, err := rd.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 100 Continue\r\n", line)
	_, err = io.WriteString(c, "abc")
	require.NoError(t, err)
	_, _ = rd.ReadString('\n')
	resp, err := http.ReadResponse(rd, nil)
	require.NoError(t, err)
	require.Equal(t, 200, resp.StatusCode)
}

// What the peer does not take waits: the application is told, and told again when all has gone.
func TestBackPressure(t *testing.T) {
	var mu sync.Mutex
	seen := map[loop.Kind]int{}
	full := 0
	s := serve(t, loop.ListenOptions{Proto: loop.Raw, MaxSendBuffer: 1 << 20}, func(l *loop.Loop, ev *loop.Event) {
		mu.Lock()
		seen[ev.Kind]++
		if ev.Kind == loop.Full && ev.Arg == 1 {
			full++
		}
		mu.Unlock()
		if ev.Kind == loop.Message {
			_ = l.Send(ev.Conn, loop.SendRaw, make([]byte, 32<<20))
		}
	})
	c := s.dial(t)
	_, err := c.Write([]byte("go"))
	require.NoError(t, err)
	n, err := io.CopyN(io.Discard, c, 32<<20)
	require.NoError(t, err)
	require.EqualValues(t, 32<<20, n)
	require.Eventually(t, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return seen[loop.Drain] == 1
	}, 5*time.Second, time.Millisecond)
	mu.Lock()
	defer mu.Unlock()
	require.Equal(t, 1, seen[loop.Full])
	require.Equal(t, 1, full)
}

func TestPauseLeavesBytesWithThePeer(t *testing.T) {
	var mu sync.Mutex
	var got []byte
	s := serve(t, loop.ListenOptions{Proto: loop.Text}, func(l *loop.Loop, ev *loop.Event) {
		switch ev.Kind {
		case loop.Message:
			mu.Lock()
			got = append(got, ev.Data...)
			mu.Unlock()
			_ = l.Pause(ev.Conn)
			l.AddTimer(10*time.Millisecond, false)
		case loop.Timer:
			_ = l.Resume(1 << 32) // the first connection's handle
		}
	})
	c := s.dial(t)
	_, err := io.WriteString(c, "a\nb\nc\n")
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return string(got) == "abc"
	}, 5*time.Second, time.Millisecond)
}

func TestHandshakeIsAnsweredBeforeTheFirstFrame(t *testing.T) {
	s := serve(t, loop.ListenOptions{Proto: loop.WebSocket, Control: true}, func(l *loop.Loop, ev *loop.Event) {
		switch {
		case ev.Kind == loop.Handshake:
			_ = l.AcceptWebSocket(ev.Conn, nil)
			_ = l.Send(ev.Conn, loop.SendMessage, []byte("welcome"))
		case ev.Kind == loop.Control && ev.Opcode == 9:
			_ = l.Send(ev.Conn, loop.SendMessage, append([]byte("ping "), ev.Data...))
		}
	})
	c := s.dial(t)
	_, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x89\x82\x00\x00\x00\x00hi")
	require.NoError(t, err)
	rd := bufio.NewReader(c)
	for {
		line, err := rd.ReadString('\n')
		require.NoError(t, err)
		if line == "\r\n" {
			break
		}
	}
	for _, want := range []string{"\x81\x07welcome", "\x81\x07ping hi"} {
		got := make([]byte, len(want))
		_, err = io.ReadFull(rd, got)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
}

func TestCloseWritesWhatIsQueuedFirst(t *testing.T) {
	s := serve(t, loop.ListenOptions{Proto: loop.Text}, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Message {
			_ = l.Send(ev.Conn, loop.SendMessage, bytes.Repeat([]byte("z"), 8<<20))
			l.Apply(nil)
			_ = l.CloseConn(ev.Conn, time.Second)
		}
	})
	c := s.dial(t)
	_, err := io.WriteString(c, "bye\nignored\n")
	require.NoError(t, err)
	got, err := io.ReadAll(c)
	require.NoError(t, err)
	require.Len(t, got, 8<<20+1)
}

func TestSendFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	content := bytes.Repeat([]byte("0123456789"), 1<<19)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	s := serve(t, loop.ListenOptions{Proto: loop.Text}, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Message {
			_, err := l.SendFile(ev.Conn, []byte("head:"), path, 5, 0)
			if err == nil {
				_ = l.CloseConn(ev.Conn, time.Second)
			}
		}
	})
	c := s.dial(t)
	_, err := io.WriteString(c, "file\n")
	require.NoError(t, err)
	got, err := io.ReadAll(c)
	require.NoError(t, err)
	require.True(t, bytes.Equal(append([]byte("head:"), content[5:]...), got))
}

func TestWebSocketWithAnIndependentClient(t *testing.T) {
	s := serve(t, loop.ListenOptions{Proto: loop.WebSocket}, func(l *loop.Loop, ev *loop.Event) {
		switch ev.Kind {
		case loop.Handshake:
			_ = l.AcceptWebSocket(ev.Conn, []string{"X-Test: yes"})
		case loop.Message:
			_ = l.Send(ev.Conn, loop.SendMessage, ev.Data)
		}
	})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c, resp, err := websocket.Dial(ctx, "ws://"+s.addr, nil)
	require.NoError(t, err)
	require.Equal(t, "yes", resp.Header.Get("X-Test"))
	c.SetReadLimit(8 << 20)
	for _, size := range []int{0, 1, 125, 126, 65535, 65536, 3 << 20} {
		msg := strings.Repeat("ü", size/2)
		require.NoError(t, c.Write(ctx, websocket.MessageText, []byte(msg)))
		kind, got, err := c.Read(ctx)
		require.NoError(t, err)
		require.Equal(t, websocket.MessageText, kind)
		require.Equal(t, msg, string(got))
	}
	require.NoError(t, c.Close(websocket.StatusNormalClosure, "done"))
}

func TestWebSocketRefusesAPlainRequest(t *testing.T) {
	s := serve(t, loop.ListenOptions{Proto: loop.WebSocket}, echo)
	resp, err := http.Get("http://" + s.addr)
	require.NoError(t, err)
	_ = resp.Body.Close()
	require.Equal(t, 400, resp.StatusCode)
}

func TestDatagrams(t *testing.T) {
	s := serveOn(t, "udp://127.0.0.1:0", loop.ListenOptions{Datagram: true}, func(l *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Datagram {
			to, err := net.ResolveUDPAddr("udp", string(ev.Data[:ev.Aux]))
			if err == nil {
				_ = l.SendTo(int(ev.Arg), append([]byte("re: "), ev.Data[ev.Aux:]...), to.AddrPort())
			}
		}
	})
	c, err := net.Dial("udp", s.addr)
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	require.NoError(t, c.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = c.Write([]byte("ping"))
	require.NoError(t, err)
	buf := make([]byte, 100)
	n, err := c.Read(buf)
	require.NoError(t, err)
	require.Equal(t, "re: ping", string(buf[:n]))
}

func TestUnixAndIPv6(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.sock")
	serveOn(t, "unix://"+path, loop.ListenOptions{Proto: loop.Text}, echo)
	six := serveOn(t, "tcp://[::1]:0", loop.ListenOptions{Proto: loop.Text}, echo)
	for _, to := range [][2]string{{"unix", path}, {"tcp", six.addr}} {
		c, err := net.Dial(to[0], to[1])
		require.NoError(t, err)
		_, err = io.WriteString(c, "x\n")
		require.NoError(t, err)
		buf := make([]byte, 2)
		_, err = io.ReadFull(c, buf)
		require.NoError(t, err)
		require.Equal(t, "x\n", string(buf))
		_ = c.Close()
	}
}

// A handle is void once Close was delivered, also when its slot serves another connection.
func TestHandlesAreNeverReused(t *testing.T) {
	var mu sync.Mutex
	seen := map[loop.ID]bool{}
	closed := 0
	s := serve(t, loop.ListenOptions{Proto: loop.Text, Announce: true}, func(l *loop.Loop, ev *loop.Event) {
		mu.Lock()
		defer mu.Unlock()
		switch ev.Kind {
		case loop.Accept:
			if seen[ev.Conn] {
				t.Errorf("handle %x given twice", ev.Conn)
			}
			seen[ev.Conn] = true
		case loop.Close:
			closed++
			if info, ok := l.Info(ev.Conn); !ok || !info.Closing {
				t.Errorf("handle %x tells nothing while its Close is handled", ev.Conn)
			}
			if l.Send(ev.Conn, loop.SendRaw, []byte("x")) == nil {
				t.Errorf("handle %x still sends", ev.Conn)
			}
		}
	})
	for range 50 {
		c := s.dial(t)
		require.NoError(t, c.Close())
	}
	require.Eventually(t, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return closed == 50 && len(seen) == 50
	}, 5*time.Second, time.Millisecond)
}

func TestPostReachesTheLoopFromOtherGoroutines(t *testing.T) {
	got := make(chan string, 1000)
	s := serve(t, loop.ListenOptions{}, func(_ *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Posted && ev.Data != nil {
			got <- string(ev.Data)
		}
	})
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			for range 100 {
				_ = s.Post(loop.Post{Data: []byte("hi")})
			}
		})
	}
	wg.Wait()
	for range 1000 {
		require.Equal(t, "hi", <-got)
	}
}

package examples_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

func portVariable(port int) string { return "PORT=" + strconv.Itoa(port) }

// request sends one request and returns the response with its body.
func request(t *testing.T, method, url, contentType, body string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	client := http.Client{Timeout: patience}
	res, err := client.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res, string(data)
}

func TestHTTP(t *testing.T) {
	port := phalanxtest.FreePorts(t, 1)[0]
	start(t, "http.php", portVariable(port)).dial(t, port)
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	for _, tt := range []struct {
		path, body string
		status     int
	}{
		{"/", "Hello, World!", 200},
		{"/hello?name=Ada", "Hello, Ada!", 200},
		{"/hello?name[]=Ada", "Hello, stranger!", 200},
		{"/json?a=1", `{"method":"GET","query":{"a":"1"}}`, 200},
		{"/nowhere", "Not found\n", 404},
	} {
		t.Run(tt.path, func(t *testing.T) {
			res, body := request(t, "GET", base+tt.path, "", "")
			require.Equal(t, tt.status, res.StatusCode)
			require.Equal(t, tt.body, body)
		})
	}
}

func TestTCPEcho(t *testing.T) {
	port := phalanxtest.FreePorts(t, 1)[0]
	s := start(t, "tcp-echo.php", portVariable(port))
	conn := s.dial(t, port)
	_, err := conn.Write([]byte("bytes\x00\xff"))
	require.NoError(t, err)
	got := make([]byte, 7)
	_, err = io.ReadFull(conn, got)
	require.NoError(t, err)
	require.Equal(t, "bytes\x00\xff", string(got))
	conn.Close()
	s.WaitFor("closed: " + conn.LocalAddr().String())
}

func TestUDP(t *testing.T) {
	port := phalanxtest.FreePorts(t, 1)[0]
	s := start(t, "udp.php", portVariable(port))
	conn, err := net.Dial("udp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	require.NoError(t, err)
	defer conn.Close()
	answer := make([]byte, 100)
	// Datagrams are lost until the server has bound its socket.
	for deadline := time.Now().Add(patience); ; {
		_, _ = conn.Write([]byte("hello"))
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
		n, err := conn.Read(answer)
		if err == nil {
			require.Regexp(t, `^\d\d:\d\d:\d\d\n$`, string(answer[:n]))
			return
		}
		require.True(t, time.Now().Before(deadline), "no answer: %v\n%s", err, s.Output())
		time.Sleep(20 * time.Millisecond)
	}
}

func TestTimer(t *testing.T) {
	s := start(t, "timer.php")
	s.WaitFor("no more ticks")
	require.Contains(t, s.Output(), "half a second has passed\ntick 1\ntick 2\ntick 3\n")
}

func TestCustomProtocol(t *testing.T) {
	port := phalanxtest.FreePorts(t, 1)[0]
	s := start(t, "custom-protocol/start.php", portVariable(port))

	conn := s.dial(t, port)
	lines := bufio.NewReader(conn)
	// One message in pieces, then two in one piece.
	for _, part := range []string{`{"add":[1`, `,2,3`, "]}\n", "[]\n{\"add\":[0.5]}\n"} {
		_, err := conn.Write([]byte(part))
		require.NoError(t, err)
	}
	for _, want := range []string{`{"sum":6}`, `{"error":"send {\"add\": [numbers]}"}`, `{"sum":0.5}`} {
		line, err := lines.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, want+"\n", line)
	}

	t.Run("a line without end is cut off", func(t *testing.T) {
		conn := s.dial(t, port)
		_, _ = conn.Write([]byte(strings.Repeat("x", 70_000)))
		n, err := conn.Read(make([]byte, 1))
		require.Zero(t, n)
		require.Error(t, err)
		require.NotErrorIs(t, err, context.DeadlineExceeded)
	})
}

// room is a client of a chat.
type room struct {
	t  *testing.T
	ws *websocket.Conn
}

func join(t *testing.T, port int, header http.Header) *room {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ws, _, err := websocket.Dial(ctx, fmt.Sprintf("ws://127.0.0.1:%d", port), &websocket.DialOptions{HTTPHeader: header})
	require.NoError(t, err)
	t.Cleanup(func() { _ = ws.CloseNow() })
	return &room{t, ws}
}

func (r *room) say(text string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	require.NoError(r.t, r.ws.Write(ctx, websocket.MessageText, []byte(text)))
}

func (r *room) hear() string {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	_, data, err := r.ws.Read(ctx)
	require.NoError(r.t, err)
	return string(data)
}

func TestRooms(t *testing.T) {
	port := phalanxtest.FreePorts(t, 1)[0]
	s := start(t, "rooms.php", portVariable(port))
	s.dial(t, port).Close()
	ada, bob := join(t, port, nil), join(t, port, nil)
	for user, m := range map[string]*room{"ada": ada, "bob": bob} {
		m.say(`{"do": "login", "user": "` + user + `"}`)
		m.say(`{"do": "enter", "room": "tea"}`)
		require.Equal(t, user+" came in", m.hear())
		if user == "ada" {
			continue
		}
		m.say("nonsense")
		require.Equal(t, "What?", m.hear())
	}
	talk := func(text string) { // until one hears the other: who came second was heard by the first
		ada.say(`{"do": "say", "room": "tea", "text": "` + text + `"}`)
		for bob.hear() != "ada: "+text {
		}
	}
	talk("Hello")
	bob.say(`{"do": "whisper", "user": "ada", "text": "psst"}`)
	for ada.hear() != "bob whispers: psst" {
	}
	require.Equal(t, "heard", bob.hear())
	bob.say(`{"do": "whisper", "user": "eve", "text": "psst"}`)
	require.Equal(t, "nobody there", bob.hear())

	require.NoError(t, s.Cmd.Process.Signal(syscall.SIGUSR1))
	require.Equal(t, "new code", ada.hear())
	require.Equal(t, "new code", bob.hear())
	talk("Hello again")
	shell := phalanxtest.Command(t, "-r", `Phalanx\Connections::sendToAll("Tea is ready");`)
	shell.Cmd.Env = append(shell.Cmd.Env, "PHALANX_APP="+s.Cmd.Args[1])
	out, err := shell.Run()
	require.NoError(t, err, out)
	require.Equal(t, "Tea is ready", ada.hear())
	require.Equal(t, "Tea is ready", bob.hear())
}

func TestWebSocketChat(t *testing.T) {
	port := phalanxtest.FreePorts(t, 1)[0]
	start(t, "websocket-chat.php", portVariable(port)).dial(t, port).Close()

	ada := join(t, port, nil)
	adaIn := ada.hear()
	require.Regexp(t, `^#\d+ came in$`, adaIn)
	grace := join(t, port, nil)
	graceIn := ada.hear()
	require.Equal(t, graceIn, grace.hear())

	grace.say("hällo")
	want := strings.TrimSuffix(graceIn, " came in") + ": hällo"
	require.Equal(t, want, ada.hear())
	require.Equal(t, want, grace.hear())

	require.NoError(t, grace.ws.Close(websocket.StatusNormalClosure, ""))
	require.Equal(t, strings.TrimSuffix(graceIn, " came in")+" left", ada.hear())
}

func TestClients(t *testing.T) {
	target, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer target.Close()
	go func() {
		for {
			c, err := target.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(c, c)
				_ = c.Close()
			}()
		}
	}()
	asked := make(chan string, 10)
	feed := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		_, data, err := c.Read(r.Context())
		if err == nil {
			asked <- r.Header.Get("X-Client") + " " + string(data)
			_ = c.Write(r.Context(), websocket.MessageText, []byte("news"))
		}
		_ = c.Close(websocket.StatusGoingAway, "") // it connects again
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = feed.Serve(l) }()
	defer feed.Close()

	port := phalanxtest.FreePorts(t, 1)[0]
	s := start(t, "clients.php", portVariable(port), "TARGET="+target.Addr().String(), "FEED=ws://"+l.Addr().String()+"/")
	c := s.dial(t, port)
	sent := strings.Repeat("through the proxy ", 50_000)
	go func() { _, _ = io.WriteString(c, sent) }()
	got := make([]byte, len(sent))
	_, err = io.ReadFull(c, got)
	require.NoError(t, err)
	require.Equal(t, sent, string(got))
	s.WaitFor("feed: news", 2)
	require.Equal(t, "example subscribe", <-asked)
}

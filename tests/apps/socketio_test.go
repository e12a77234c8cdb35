package apps

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// poller is a Socket.IO client of protocol 3 that polls; b64 asks for packets as text.
type poller struct {
	t       *testing.T
	url     string
	waiting []string
}

func (p *poller) request(method, body string) string {
	p.t.Helper()
	r, err := http.NewRequest(method, p.url, bytes.NewReader([]byte(body)))
	require.NoError(p.t, err)
	if body != "" {
		r.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	}
	client := &http.Client{Timeout: patience}
	resp, err := client.Do(r)
	require.NoError(p.t, err)
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	require.Equal(p.t, http.StatusOK, resp.StatusCode, "%s", answer)
	return string(answer)
}

func (p *poller) say(packet string) {
	p.t.Helper()
	require.Equal(p.t, "ok", p.request(http.MethodPost, strconv.Itoa(len(packet))+":"+packet))
}

// hears gives the next packet, "LENGTH:PACKET" as it comes.
func (p *poller) hears() string {
	p.t.Helper()
	for len(p.waiting) == 0 {
		rest := p.request(http.MethodGet, "")
		for rest != "" {
			length, packet, found := strings.Cut(rest, ":")
			require.True(p.t, found, rest)
			n, err := strconv.Atoi(length)
			require.NoError(p.t, err, rest)
			p.waiting = append(p.waiting, packet[:n])
			rest = packet[n:]
		}
	}
	next := p.waiting[0]
	p.waiting = p.waiting[1:]
	return next
}

// visitor opens a session.
func (a *app) visitor() *poller {
	a.t.Helper()
	p := &poller{t: a.t, url: a.url("/socket.io/?EIO=3&transport=polling&b64=1")}
	open := p.hears()
	sid := regexp.MustCompile(`^0\{"sid":"([^"]+)","upgrades":\["websocket"\]`).FindStringSubmatch(open)
	require.NotNil(a.t, sid, open)
	p.url += "&sid=" + sid[1]
	require.Equal(a.t, "40", p.hears())
	return p
}

// phpsocket.io: clients that poll. Its WebSocket classes are for Workerman 4: they do not load with 5, here and there.
func TestSocketIO(t *testing.T) {
	a := prepare(t, "APPS_SOCKETIO", "socketio", 1)
	a.start("app.php")
	a.speaker(0) // waits for the listener
	ann, bob := a.visitor(), a.visitor()

	bob.say(`42["say","hello"]`)
	for _, p := range []*poller{ann, bob} {
		require.Equal(t, `42["said",{"text":"hello"}]`, p.hears())
	}
	ann.say(`42["join","red"]`)
	require.Equal(t, `42["joined","red"]`, ann.hears())
	bob.say(`42["room","red","to red"]`)
	require.Equal(t, `42["room","to red"]`, ann.hears())
	ann.say(`42["others","from ann"]`)
	require.Equal(t, `42["others","from ann"]`, bob.hears())
	bob.say(`427["ask","abc"]`)
	require.Equal(t, `437["cba"]`, bob.hears())

	waiting := make(chan string, 1) // an answer that comes when there is one
	go func() {
		resp, err := http.Get(bob.url)
		if err != nil {
			waiting <- err.Error()
			return
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			waiting <- err.Error()
			return
		}
		waiting <- string(body)
	}()
	words := strings.Repeat("x", 500) // it cannot put a body together
	ann.say(`42["say","` + words + `"]`)
	want := `42["said",{"text":"` + words + `"}]`
	select {
	case got := <-waiting:
		require.Equal(t, strconv.Itoa(len(want))+":"+want, got)
	case <-time.After(patience):
		require.Fail(t, "nothing came")
	}
	require.Equal(t, want, ann.hears())
	leave := phalanxtest.Dial(t, a.Addr(0)) // it is not answered
	_, err := fmt.Fprintf(leave, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\n2:41", strings.TrimPrefix(ann.url, a.url("")))
	require.NoError(t, err)
	a.WaitFor("disconnected\n")
}

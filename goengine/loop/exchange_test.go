package loop_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

const get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

// An answer that comes later than its batch must not find that a later request's refusal, or the
// invitation of its body, went out before it.
func TestWhatTheEngineAnswersWaitsForEarlierResponses(t *testing.T) {
	for _, behind := range []struct{ name, in, want string }{
		{"refused head", "BAD\r\n\r\n", "HTTP/1.1 400 "},
		{"refused body", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n", "HTTP/1.1 413 "},
		{"refused chunk", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "HTTP/1.1 400 "},
		{"invited body", "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n", "HTTP/1.1 100 "},
	} {
		t.Run(behind.name, func(t *testing.T) {
			d := drive(t, silent)
			p := d.connect(loop.ListenOptions{Proto: loop.HTTP})
			p.write(get + get + behind.in)
			d.settle()
			if behind.want != "HTTP/1.1 100 " {
				p.write(get) // not read any more
			}
			d.settle()
			got, end := p.read()
			require.Empty(t, got)
			require.False(t, end)

			require.NoError(t, d.Send(p.id, loop.SendMessage, []byte("first")))
			d.settle()
			got, end = p.read()
			require.True(t, strings.HasSuffix(got, "first"), got)
			require.False(t, end)

			require.NoError(t, d.Send(p.id, loop.SendMessage, []byte("second")))
			d.settle()
			got, end = p.read()
			require.Contains(t, got, "second"+behind.want)
			require.Equal(t, behind.want != "HTTP/1.1 100 ", end)
		})
	}
}

// A peer that goes away while its refusal waits is noticed.
func TestAPeerMayLeaveBeforeItsRefusal(t *testing.T) {
	d := drive(t, silent)
	p := d.connect(loop.ListenOptions{Proto: loop.HTTP})
	p.write(get + "BAD\r\n\r\n")
	d.settle()
	p.close()
	d.until("the end", func() bool { return d.Connections() == 0 })
}

// A response that the application writes as raw bytes ends the exchange like any other, in
// whatever pieces it comes.
func TestRawResponsesEndTheExchange(t *testing.T) {
	const length = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	for _, tt := range []struct {
		name, method string
		pieces       []string
		open, sent   bool // the exchange is not over; all is sent
	}{
		{name: "whole", pieces: []string{length}, sent: true},
		{name: "body in pieces", pieces: []string{length[:len(length)-3], "l", "lo"}, sent: true},
		{name: "body missing", pieces: []string{length[:len(length)-3], "l"}, open: true, sent: true},
		{name: "no body", pieces: []string{"HTTP/1.1 204 No Content\r\n\r\n"}, sent: true},
		{name: "interim", pieces: []string{"HTTP/1.1 103 Early Hints\r\n\r\n"}, open: true, sent: true},
		{name: "ends with the connection", pieces: []string{"HTTP/1.1 200 OK\r\n\r\nhello"}, open: true, sent: true},
		{name: "no response", pieces: []string{"hello"}, open: true, sent: true},
		{name: "chunks", pieces: []string{chunked, "3\r\nabc\r\n", "a;x=y\r\n0123456789\r\n", "0\r\n\r\n"}, sent: true},
		{name: "chunks with trailers", pieces: []string{chunked + "3\r\nabc\r\n0\r\nA: b", "\r", "\n\r", "\n"}, sent: true},
		{name: "chunks cut anywhere", pieces: strings.Split(chunked+"|1|0|\r|\n0123456|789abcdef\r|\n0|\r\n|\r\n", "|"), sent: true},
		{name: "last chunk missing", pieces: []string{chunked, "9\r\n\r\n0\r\n\r\nab\r\n"}, open: true, sent: true},
		{name: "HEAD with a body", method: "HEAD", pieces: []string{length}},
		{name: "HEAD with a body to come", method: "HEAD", pieces: []string{length[:len(length)-3], "l", "lo"}},
		{name: "HEAD with chunks", method: "HEAD", pieces: []string{chunked, "3\r\nabc\r\n", "0\r\n\r\n"}},
		{name: "HEAD without a body", method: "HEAD", pieces: []string{length[:len(length)-5]}, sent: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := drive(t, silent)
			p := d.connect(loop.ListenOptions{Proto: loop.HTTP})
			request := get
			if tt.method != "" {
				request = strings.Replace(get, "GET", tt.method, 1)
			}
			p.write(request)
			d.settle()
			for i, piece := range tt.pieces {
				if i%2 == 0 { // both ways to the socket
					require.NoError(t, d.Send(p.id, loop.SendRaw, []byte(piece)))
				} else {
					_, _, err := d.Write(p.id, loop.SendRaw, 0, []byte(piece))
					require.NoError(t, err)
				}
				d.settle()
			}
			got, _ := p.read()
			all := strings.Join(tt.pieces, "")
			if !tt.sent {
				all = all[:strings.Index(all, "\r\n\r\n")+4]
			}
			require.Equal(t, all, got)

			d.pass(2 * loop.KeepAliveTimeout)
			_, end := p.read()
			require.Equal(t, !tt.open, end, "the time without a request is limited")
		})
	}
}

func TestAFollowingResponseEndsWhatAHeadDrops(t *testing.T) {
	d := drive(t, silent)
	p := d.connect(loop.ListenOptions{Proto: loop.HTTP})
	p.write(strings.Replace(get, "GET", "HEAD", 1) + get + get)
	d.settle()
	require.NoError(t, d.Send(p.id, loop.SendRaw, []byte("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")))
	require.NoError(t, d.Send(p.id, loop.SendRaw, []byte("HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\na")))
	require.NoError(t, d.Send(p.id, loop.SendMessage, []byte("b")))
	d.settle()
	got, _ := p.read()
	rd := bufio.NewReader(strings.NewReader(got))
	for _, want := range []struct{ method, body string }{{"HEAD", ""}, {"GET", "a"}, {"GET", "b"}} {
		resp, err := http.ReadResponse(rd, &http.Request{Method: want.method})
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Equal(t, want.body, string(body))
	}
}

// RFC 9112, 9.6: who is about to close says so, whatever the application wrote.
func TestResponsesSayThatTheConnectionCloses(t *testing.T) {
	const response = "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi"
	for _, op := range []loop.Op{loop.SendResponse, loop.SendRaw} {
		d := drive(t, silent)
		p := d.connect(loop.ListenOptions{Proto: loop.HTTP})
		p.write(get + "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
		d.settle()
		require.NoError(t, d.Send(p.id, op, []byte(response)))
		require.NoError(t, d.Send(p.id, op, []byte(response)))
		d.settle()
		got, end := p.read()
		require.Equal(t, response+strings.Replace(response, "keep-alive", "close", 1), got)
		require.True(t, end)
	}
}

func TestTrailersComeBesideTheRequest(t *testing.T) {
	var head, body, extra string
	d := drive(t, func(_ *loop.Loop, ev *loop.Event) {
		if ev.Kind == loop.Message {
			h, b, x := ev.Request()
			head, body, extra = string(h), string(b), string(x)
		}
	})
	p := d.connect(loop.ListenOptions{Proto: loop.HTTP})
	p.write("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\nC: d\r\n\r\n")
	d.settle()
	require.Equal(t, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3         \r\n\r\n", head)
	require.Equal(t, "abc", body)
	require.Equal(t, "\x00\x00\x00\x0cA: b\r\nC: d\r\n", extra)
}

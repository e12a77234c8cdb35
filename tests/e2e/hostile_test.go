package e2e_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The ports of testdata/protocols.php.
const (
	portHTTP = iota
	portWebSocket
	portText
	portFrame
	portTCP
	portUDP
	protocolPorts
)

// seen is what the worker's onMessage was given.
func (a *app) seen() string {
	a.t.Helper()
	text, err := os.ReadFile(filepath.Join(a.dir, "seen"))
	if !os.IsNotExist(err) {
		require.NoError(a.t, err)
	}
	return string(text)
}

type refusal struct {
	name, request string
	status        int
}

// refusals are requests and the status that each gets.
var refusals = []refusal{
	{"line feed alone after the request line", "GET /evil HTTP/1.1\nHost: x\r\n\r\n", 400},
	{"line feed alone after a header", "GET /evil HTTP/1.1\r\nHost: x\n\r\n", 400},
	{"line feed alone at the end", "GET /evil HTTP/1.1\r\nHost: x\r\n\n", 400},
	{"carriage return in a value", "GET /evil HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", 400},
	{"folded header", "GET /evil HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400},
	{"folded before the first header", "GET /evil HTTP/1.1\r\n Host: x\r\n\r\n", 400},
	{"zero byte in a value", "GET /evil HTTP/1.1\r\nHost: x\r\nA: b\x00c\r\n\r\n", 400},
	{"zero byte in the target", "GET /evil\x00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"space before the colon", "GET /evil HTTP/1.1\r\nHost : x\r\n\r\n", 400},
	{"header without a colon", "GET /evil HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n", 400},
	{"header without a name", "GET /evil HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n", 400},
	{"bad token in a header's name", "GET /evil HTTP/1.1\r\nHost: x\r\nA(b): c\r\n\r\n", 400},
	{"bad token as method", "G@T /evil HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"two spaces in the request line", "GET  /evil HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"HTTP/0.9", "GET /evil\r\n\r\n", 400},
	{"no host", "GET /evil HTTP/1.1\r\n\r\n", 400},
	{"two hosts", "GET /evil HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400},
	{"two equal lengths", "POST /evil HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
	{"two lengths", "POST /evil HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
	{"a list of lengths", "POST /evil HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc", 400},
	{"signed length", "POST /evil HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc", 400},
	{"hexadecimal length", "POST /evil HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\nabc", 400},
	{"endless length", "POST /evil HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400},
	{"length and chunked", "POST /evil HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
	{"chunked and length", "POST /evil HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
	{"chunked in HTTP/1.0", "POST /evil HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
	{"chunked twice", "POST /evil HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
	{"chunk size of nothing", chunked("\r\nabc\r\n0\r\n\r\n"), 400},
	{"chunk size with 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400},
	{"chunk size with a sign", chunked("-1\r\nabc\r\n0\r\n\r\n"), 400},
	{"chunk size with a space before it", chunked(" 3\r\nabc\r\n0\r\n\r\n"), 400},
	{"chunk size ended by line feed alone", chunked("3\nabc\r\n0\r\n\r\n"), 400},
	{"chunk longer than it says", chunked("3\r\nabcd\r\n0\r\n\r\n"), 400},
	{"chunk ended by line feed alone", chunked("3\r\nabc\n0\r\n\r\n"), 400},
	{"framing in the trailer", chunked("0\r\nContent-Length: 5\r\n\r\n"), 400},
	{"chunk of 2^64 bytes", chunked("10000000000000003\r\nabc\r\n0\r\n\r\n"), 400},
	{"body over 10 MiB announced", "POST /evil HTTP/1.1\r\nHost: x\r\nContent-Length: 10485761\r\n\r\n", 413},
	{"chunk over 10 MiB announced", chunked("a00001\r\n"), 413},
	{"request line over 8 KiB", "GET /evil" + strings.Repeat("a", 9000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
	{"request line without end", "GET /evil" + strings.Repeat("a", 9000), 414},
	{"headers over 16 KiB", "GET /evil HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("A: "+strings.Repeat("b", 1000)+"\r\n", 17) + "\r\n", 431},
	{"header without end", "GET /evil HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("b", 17000), 431},
	{"101 headers", "GET /evil HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("A: b\r\n", 100) + "\r\n", 431},
	{"transfer coding that is not there", "POST /evil HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
	{"CONNECT", "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n", 501},
	{"HTTP/2.0", "GET /evil HTTP/2.0\r\nHost: x\r\n\r\n", 505},
	{"HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
	{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + strings.Repeat("\x00\xff", 100), 400},
}

func chunked(body string) string {
	return "POST /evil HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body
}

// Each refusal has its status and ends the connection; what was hostile never reaches onMessage, nor does what came
// behind it, and what was good before it is answered first. However the network cuts the bytes, all this holds.
func TestHTTPRefusals(t *testing.T) {
	a := serve(t, "protocols.php", protocolPorts)
	pid := a.get(portHTTP, "/pid")
	for _, tt := range slices.Concat(refusals, smuggling) {
		t.Run(tt.name, func(t *testing.T) {
			const before, behind = "GET /before HTTP/1.1\r\nHost: x\r\n\r\n", "GET /evil-behind HTTP/1.1\r\nHost: x\r\n\r\n"
			for how, write := range map[string]func(c net.Conn, bytes string){
				"at once": func(c net.Conn, bytes string) { _, _ = io.WriteString(c, bytes) },
				"one byte at a time": func(c net.Conn, bytes string) {
					_ = c.(*net.TCPConn).SetNoDelay(true)
					if len(bytes) > 1000 { // the ends are what matters
						_, _ = io.WriteString(c, bytes[:len(bytes)-500])
						bytes = bytes[len(bytes)-500:]
					}
					for i := range len(bytes) {
						if _, err := io.WriteString(c, bytes[i:i+1]); err != nil {
							return
						}
					}
				},
			} {
				c := a.dial(portHTTP)
				written := make(chan struct{})
				go func() {
					write(c, before+tt.request+behind)
					_ = c.CloseWrite() // what is not complete now never will be
					close(written)
				}()
				r := bufio.NewReader(c)
				resp, err := http.ReadResponse(r, nil)
				require.NoError(t, err, how)
				require.Equal(t, 200, resp.StatusCode, how)
				_, err = io.Copy(io.Discard, resp.Body)
				require.NoError(t, err, how)
				resp, err = http.ReadResponse(r, nil)
				require.NoError(t, err, how)
				require.Equal(t, tt.status, resp.StatusCode, how)
				require.True(t, resp.Close, "%s: the answer says that it is the last", how)
				_, err = io.Copy(io.Discard, resp.Body)
				require.NoError(t, err, how)
				_, err = r.ReadByte()
				require.ErrorIs(t, err, io.EOF, "%s: nothing follows, and the connection is not reset", how)
				<-written
			}
		})
	}
	require.Equal(t, strings.Fields(pid)[2], strings.Fields(a.get(portHTTP, "/pid"))[2])
	require.NotContains(t, a.seen(), "evil")
	require.NotContains(t, a.Output(), "worker exit")
}

// The shortest of the time limits that a client can reach: a head that does not end.
func TestHTTPSlowHead(t *testing.T) {
	t.Parallel()
	a := serve(t, "protocols.php", protocolPorts)
	c := a.dial(portHTTP)
	began := time.Now()
	_, err := io.WriteString(c, "GET /evil HTTP/1.1\r\nHost: x\r\n")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() { // bytes that trickle in win no time
		defer close(done)
		for {
			if _, err := io.WriteString(c, "A: b\r\n"); err != nil {
				return
			}
			time.Sleep(500 * time.Millisecond)
		}
	}()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	require.Equal(t, 408, resp.StatusCode)
	require.InDelta(t, 10, time.Since(began).Seconds(), 2)
	<-done
	require.NotContains(t, a.seen(), "evil")
}

func TestHTTPPipeline(t *testing.T) {
	a := serve(t, "protocols.php", protocolPorts)
	var requests strings.Builder
	for n := range 100 {
		switch n % 3 {
		case 0:
			fmt.Fprintf(&requests, "GET /%d HTTP/1.1\r\nHost: x\r\n\r\n", n)
		case 1:
			fmt.Fprintf(&requests, "POST /%d HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", n, n, strings.Repeat("b", n))
		case 2:
			fmt.Fprintf(&requests, "PUT /%d HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", n, n, strings.Repeat("c", n))
		}
	}
	all := requests.String()
	for name, piece := range map[string]int{"at once": len(all), "in pieces of 7": 7, "one byte at a time": 1} {
		t.Run(name, func(t *testing.T) {
			c := a.dial(portHTTP)
			go func() {
				for rest := all; rest != ""; {
					n := min(piece, len(rest))
					if _, err := io.WriteString(c, rest[:n]); err != nil {
						return
					}
					rest = rest[n:]
				}
			}()
			r := bufio.NewReader(c)
			for n := range 100 {
				resp, err := http.ReadResponse(r, nil)
				require.NoError(t, err)
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				length := n
				if n%3 == 0 {
					length = 0
				}
				require.True(t, strings.HasPrefix(string(body), fmt.Sprintf("/%d %d ", n, length)), "%q", body)
			}
		})
	}
}

// Garbage at every port, from clients that go away as they please, while good clients are served.
func TestGarbage(t *testing.T) {
	a := serve(t, "protocols.php", protocolPorts)
	pid := a.get(portHTTP, "/pid")
	end := time.Now().Add(4 * time.Second)
	var wg sync.WaitGroup
	var thrown atomic.Int64
	starts := [protocolPorts]string{
		portHTTP:      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
		portWebSocket: handshake,
		portFrame:     "\x00\x00\x00\x09",
	}
	for port := range protocolPorts {
		for worker := range 2 {
			wg.Go(func() {
				random := rand.New(rand.NewPCG(uint64(port), uint64(worker)))
				network := "tcp"
				if port == portUDP {
					network = "udp"
				}
				for time.Now().Before(end) {
					c, err := net.Dial(network, a.addr(port))
					if err != nil {
						continue
					}
					_ = c.SetDeadline(time.Now().Add(200 * time.Millisecond))
					if random.IntN(2) == 0 {
						_, _ = io.WriteString(c, starts[port])
					}
					for range random.IntN(6) {
						garbage := make([]byte, random.IntN(3000))
						for i := range garbage {
							garbage[i] = byte(random.Uint32())
						}
						_, _ = c.Write(garbage)
					}
					switch tcp, ok := c.(*net.TCPConn); {
					case ok && random.IntN(3) == 0:
						_ = tcp.SetLinger(0) // a reset
					case ok && random.IntN(2) == 0:
						_ = tcp.CloseWrite()
						_, _ = io.Copy(io.Discard, io.LimitReader(c, 4096))
					}
					_ = c.Close()
					thrown.Add(1)
				}
			})
		}
	}
	served := 0
	for time.Now().Before(end) {
		require.Equal(t, pid, strings.Replace(a.get(portHTTP, "/good"), "/good", "/pid", 1), "the same process as ever")
		exchange(t, a.dial(portText), "good\n", "got good\n")
		exchange(t, a.dial(portFrame), "\x00\x00\x00\x08good", "\x00\x00\x00\x0cgot good")
		exchange(t, a.dial(portTCP), "good", "good")
		ws := a.dial(portWebSocket)
		_, err := io.WriteString(ws, handshake)
		require.NoError(t, err)
		resp, err := http.ReadResponse(bufio.NewReader(ws), nil)
		require.NoError(t, err)
		require.Equal(t, 101, resp.StatusCode)
		served++
	}
	wg.Wait()
	t.Logf("%d bad clients, %d rounds of good ones", thrown.Load(), served)
	require.NotContains(t, a.Output(), "worker exit")
	require.Positive(t, served)

	datagram, err := net.Dial("udp", a.addr(portUDP))
	require.NoError(t, err)
	defer func() { _ = datagram.Close() }()
	answer := make([]byte, 16)
	require.Eventually(t, func() bool {
		_, _ = io.WriteString(datagram, "good")
		_ = datagram.SetReadDeadline(time.Now().Add(time.Second))
		n, err := datagram.Read(answer)
		return err == nil && bytes.Equal(answer[:n], []byte("good"))
	}, patience, time.Millisecond)
}

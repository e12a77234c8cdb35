package fault_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What a request of load may come to.
const (
	answered    = "200"
	unavailable = "503"    // the slot that had it was ended
	cut         = "closed" // the connection was closed, or never opened, before an answer
	hung        = "hung"   // nothing at all within patience
)

// load is clients that ask for / again and again over connections that are kept.
type load struct {
	over    chan struct{}
	clients sync.WaitGroup
	mu      sync.Mutex
	counts  map[string]int
}

// startLoad starts n clients of a port.
func (a *app) startLoad(n, port int) *load {
	l := &load{over: make(chan struct{}), counts: map[string]int{}}
	for range n {
		l.clients.Go(func() { l.client(a.Addr(port)) })
	}
	return l
}

func (l *load) client(address string) {
	var c net.Conn
	var rd *bufio.Reader
	for {
		select {
		case <-l.over:
			if c != nil {
				_ = c.Close()
			}
			return
		default:
		}
		var result string
		if c == nil {
			var err error
			if c, err = net.DialTimeout("tcp", address, patience); err != nil {
				l.count(outcome(err))
				time.Sleep(poll)
				c = nil
				continue
			}
			rd = bufio.NewReader(c)
		}
		result, more := ask(c, rd, "/")
		l.count(result)
		if !more {
			_ = c.Close()
			c = nil
		}
		time.Sleep(time.Millisecond) // leaves the machine to others
	}
}

func (l *load) count(result string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts[result]++
}

// answers is how many requests have been answered with 200 so far.
func (l *load) answers() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts[answered]
}

// awaitMore waits for n more answers.
func (l *load) awaitMore(t testing.TB, n int) {
	t.Helper()
	want := l.answers() + n
	require.Eventually(t, func() bool { return l.answers() >= want }, patience, poll, "the load stands still")
}

// end stops the clients and answers how many requests came to what.
func (l *load) end() map[string]int {
	close(l.over)
	l.clients.Wait()
	return l.counts
}

func outcome(err error) string {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return hung
	}
	return cut
}

// ask sends a request and says what came of it, and whether the connection goes on.
func ask(c net.Conn, rd *bufio.Reader, path string) (result string, more bool) {
	_ = c.SetDeadline(time.Now().Add(2 * patience))
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path); err != nil {
		return outcome(err), false
	}
	resp, err := http.ReadResponse(rd, nil)
	if err != nil {
		return outcome(err), false
	}
	_, err = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return outcome(err), false
	}
	return fmt.Sprint(resp.StatusCode), !resp.Close
}

// askOnce is ask over a connection of its own.
func (a *app) askOnce(port int, path string) string {
	a.t.Helper()
	c, err := net.DialTimeout("tcp", a.Addr(port), patience)
	if err != nil {
		return outcome(err)
	}
	defer func() { _ = c.Close() }()
	result, _ := ask(c, bufio.NewReader(c), path)
	return result
}

// talker is a connection that is to outlive what happens to others.
type talker struct {
	net.Conn
	rd *bufio.Reader
	n  int
}

func (a *app) talker(port int) *talker {
	a.t.Helper()
	c := a.Dial(port)
	return &talker{Conn: c, rd: bufio.NewReader(c)}
}

// talk is answered as ever.
func (k *talker) talk(t testing.TB) {
	t.Helper()
	k.n++
	require.NoError(t, k.SetDeadline(time.Now().Add(patience)))
	_, err := fmt.Fprintf(k, "%d\n", k.n)
	require.NoError(t, err)
	line, err := k.rd.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf("text %d\n", k.n), line)
}

package e2e_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// limited serves limits.php; its monitor is on the third port.
func limited(t *testing.T) (a *app, reached func(worker, limit string) string) {
	a = serve(t, "limits.php", 3)
	return a, func(worker, limit string) string {
		resp, err := http.Get("http://" + a.addr(2) + "/metrics")
		require.NoError(t, err)
		defer func() { _ = resp.Body.Close() }()
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		_, rest, ok := strings.Cut(string(text), fmt.Sprintf("\nphalanx_limit_reached_total{limit=%q,worker=%q} ", limit, worker))
		require.True(t, ok, "%s", text)
		n, _, _ := strings.Cut(rest, "\n")
		return n
	}
}

// from connects from an address of its own.
func (a *app) from(ip string, port int) net.Conn {
	a.t.Helper()
	c, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}).Dial("tcp", a.addr(port))
	require.NoError(a.t, err)
	a.t.Cleanup(func() { _ = c.Close() })
	require.NoError(a.t, c.SetDeadline(time.Now().Add(patience)))
	return c
}

// What a script sets in $worker->limits holds, and what it stops is in the metrics.
func TestLimitsOfAWorker(t *testing.T) {
	t.Parallel()
	a, reached := limited(t)
	for _, tt := range []struct {
		limit, request, answer string
	}{
		{"request_line", "GET /" + strings.Repeat("a", 50) + " HTTP/1.1\r\n", "HTTP/1.1 414 "},
		{"head", "GET / HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("b", 80), "HTTP/1.1 431 "},
		{"header_fields", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\nC: d\r\nE: f\r\n\r\n", "HTTP/1.1 431 "},
		{"head_time", "GET / HTTP", "HTTP/1.1 408 "},
		{"body_time", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc", "HTTP/1.1 408 "},
		{"idle_time", "", ""},
	} {
		t.Run(tt.limit, func(t *testing.T) {
			c := a.from("127.0.0.1", 0)
			_, err := io.WriteString(c, tt.request)
			require.NoError(t, err)
			got, err := io.ReadAll(c)
			require.NoError(t, err)
			require.True(t, strings.HasPrefix(string(got), tt.answer) && (tt.answer != "" || len(got) == 0), "%s", got)
			_ = c.Close()
			require.Eventually(t, func() bool { return reached("web", tt.limit) == "1" }, patience, 5*time.Millisecond)
		})
	}
	t.Run("send_time", func(t *testing.T) {
		c := a.from("127.0.0.1", 0)
		_, err := io.WriteString(c, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		require.Eventually(t, func() bool { return reached("web", "send_time") == "1" }, patience, 5*time.Millisecond)
		n, err := io.Copy(io.Discard, c)
		require.Error(t, err, "reset after %d bytes", n)
	})
}

func TestConnectionsByAddress(t *testing.T) {
	t.Parallel()
	a, reached := limited(t)
	ask := func(c net.Conn) (string, error) {
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			return "", err
		}
		body, err := io.ReadAll(resp.Body)
		return string(body), err
	}
	// All slots count together, whichever has the connection.
	slots, held := map[string]bool{}, []net.Conn{}
	for len(held) < 4 {
		c := a.from("127.0.0.2", 0)
		body, err := ask(c)
		require.NoError(t, err)
		slots[body] = true
		held = append(held, c)
	}
	_, err := ask(a.from("127.0.0.2", 0))
	require.Error(t, err)
	require.NotEqual(t, "0", reached("web", "connections_per_address"))
	_, err = ask(a.from("127.0.0.3", 0))
	require.NoError(t, err, "another address")
	for range 8 {
		_, err = ask(a.from("127.0.0.4", 0))
		require.NoError(t, err, "one that is exempt")
	}
	for _, c := range held {
		_ = c.Close()
	}
	require.Eventually(t, func() bool {
		_, err := ask(a.from("127.0.0.2", 0))
		return err == nil
	}, patience, 5*time.Millisecond)
}

func TestConnectionsOfAWorker(t *testing.T) {
	t.Parallel()
	a, reached := limited(t)
	var held []net.Conn
	for range 3 {
		c := a.from("127.0.0.1", 1)
		exchange(t, c, "x\n", "x\n")
		held = append(held, c)
	}
	c := a.from("127.0.0.1", 1)
	_, err := io.WriteString(c, "x\n")
	_, read := c.Read(make([]byte, 1))
	require.True(t, err != nil || read != nil, "one too many")
	require.Equal(t, "1", reached("text", "connections"))
	_ = held[0].Close()
	require.Eventually(t, func() bool {
		c := a.from("127.0.0.1", 1)
		_, _ = io.WriteString(c, "x\n")
		n, _ := c.Read(make([]byte, 1))
		return n == 1
	}, patience, 5*time.Millisecond)
}

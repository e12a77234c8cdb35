package manual

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Outgoing connections: tasks, a proxy, a client that comes back, ws, wss and UDP clients.
func TestAsync(t *testing.T) {
	a := prepare(t, 7)
	certificate(t, a.Dir)
	a.Process = a.Command("async.php", "start")
	a.Start()
	a.WaitFor("Start success.")
	for _, said := range []string{
		"connected\n", "behind the proxy /asked 0\n", "connection closed\n", "error code 1\n", "came back: visit 3\n",
		`ws client: task complete {"done":"send_mail"}` + "\n", "ws client: wss heard send_mail\n", "udp heard hi\n", "udp closed\n",
	} {
		a.WaitFor(said)
	}

	c := a.connect(1)
	require.NoError(t, c.conn.WriteString("resize"))
	select {
	case m := <-c.inbox:
		require.Equal(t, `task complete {"done":"resize"}`, m.text)
	case <-time.After(patience):
		require.Fail(t, "no answer")
	}

	a.Dial(2)
	body := strings.Repeat("x", 3<<19) // more than one buffer, both ways open
	resp, err := (&http.Client{Timeout: patience}).Post("http://"+a.Addr(2)+"/through", "text/plain", strings.NewReader(body))
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, "behind the proxy /through 1572864", string(answer))
}

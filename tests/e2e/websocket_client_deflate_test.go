package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/lxzan/gws"
)

// echoServer is a server that nothing of Phalanx is in. It counts the messages that came.
type echoServer struct {
	gws.BuiltinEventHandler
	seen atomic.Int32
}

func (e *echoServer) OnMessage(c *gws.Conn, m *gws.Message) {
	e.seen.Add(1)
	_ = c.WriteMessage(m.Opcode, m.Bytes())
	_ = m.Close()
}

func TestWebSocketClientDeflate(t *testing.T) {
	for _, offer := range []string{
		"permessage-deflate; client_max_window_bits",
		"permessage-deflate; server_no_context_takeover; client_no_context_takeover",
		"permessage-deflate; server_max_window_bits=10; client_max_window_bits=10",
	} {
		for _, deflate := range []gws.PermessageDeflate{
			{Enabled: true, Threshold: 1},
			{Enabled: true, Threshold: 1, ServerContextTakeover: true, ClientContextTakeover: true},
			{},
		} {
			t.Run(fmt.Sprintf("%s, %+v", offer, deflate), func(t *testing.T) {
				e := &echoServer{}
				upgrader := gws.NewUpgrader(e, &gws.ServerOption{PermessageDeflate: deflate, ParallelEnabled: false})
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if socket, err := upgrader.Upgrade(w, r); err == nil {
						socket.ReadLoop()
					}
				}))
				defer server.Close()
				a := serve(t, "wsdeflate.php", 0, "PEER=ws"+strings.TrimPrefix(server.URL, "http"), "OFFER="+offer)
				a.WaitFor("all came back")
			})
		}
	}
}

package examples_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

type demo struct {
	base     string
	chatPort int
}

func startDemo(t *testing.T) demo {
	t.Helper()
	ports := phalanxtest.FreePorts(t, 2)
	s := start(t, "demo/start.php",
		fmt.Sprintf("PHALANX_DEMO_ADDRESS=127.0.0.1:%d", ports[0]),
		"PHALANX_DEMO_CHAT_PORT="+strconv.Itoa(ports[1]),
		"PHALANX_DEMO_DATABASE="+t.TempDir()+"/demo.sqlite",
	)
	s.dial(t, ports[0]).Close()
	s.dial(t, ports[1]).Close()
	return demo{fmt.Sprintf("http://127.0.0.1:%d", ports[0]), ports[1]}
}

// object decodes a JSON object.
func object(t *testing.T, text string) map[string]any {
	t.Helper()
	var decoded map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &decoded), text)
	return decoded
}

func TestDemo(t *testing.T) {
	d := startDemo(t)
	if !t.Run("page", d.page) {
		return // nothing works: do not wait for each of the others
	}
	t.Run("guestbook", d.guestbook)
	t.Run("refusals", d.refusals)
	t.Run("chat", d.chat)
	t.Run("chat from a foreign page", d.foreignPage)
}

func (d demo) page(t *testing.T) {
	res, body := request(t, "GET", d.base+"/", "", "")
	require.Equal(t, 200, res.StatusCode)
	require.Contains(t, body, `<script type="module" src="/js/main.js">`)
	require.Contains(t, res.Header.Get("Content-Security-Policy"), "connect-src 'self' ws://127.0.0.1:"+strconv.Itoa(d.chatPort))
	for _, path := range []string{"/app.css", "/icon.svg", "/js/main.js", "/js/chat.js", "/js/dom.js", "/js/link.js"} {
		res, body := request(t, "GET", d.base+path, "", "")
		require.Equal(t, 200, res.StatusCode, path)
		require.NotEmpty(t, body, path)
	}
}

func (d demo) guestbook(t *testing.T) {
	res, body := request(t, "POST", d.base+"/api/notes", "application/json", `{"author":" Ada ","text":"<b>hello</b>"}`)
	require.Equal(t, 201, res.StatusCode, body)
	note := object(t, body)
	require.Equal(t, "Ada", note["author"])
	require.Equal(t, "<b>hello</b>", note["text"])

	_, body = request(t, "GET", d.base+"/api/notes", "", "")
	require.Equal(t, []any{note}, object(t, body)["notes"])

	place := d.base + res.Header.Get("Location")
	res, body = request(t, "DELETE", place, "", "")
	require.Equal(t, 204, res.StatusCode, body)
	res, _ = request(t, "DELETE", place, "", "")
	require.Equal(t, 404, res.StatusCode)
}

func (d demo) refusals(t *testing.T) {
	for _, tt := range []struct {
		name, method, path, contentType, body string
		status                                int
	}{
		{"not JSON", "POST", "/api/notes", "application/json", "{", 400},
		{"not an object", "POST", "/api/notes", "application/json", "1", 400},
		{"a form", "POST", "/api/notes", "application/x-www-form-urlencoded", "author=a&text=b", 415},
		{"fields of the wrong type", "POST", "/api/notes", "application/json", `{"author":[],"text":1}`, 422},
		{"too long", "POST", "/api/notes", "application/json", `{"author":"a","text":"` + strings.Repeat("é", 281) + `"}`, 422},
		{"control characters", "POST", "/api/notes", "application/json", `{"author":"a","text":"\u001b[2J"}`, 422},
		{"limit that is no number", "GET", "/api/notes?limit=x", "", "", 422},
		{"unknown method", "PUT", "/api/notes", "application/json", "{}", 405},
		{"unknown address", "GET", "/api/nothing", "", "", 404},
		{"file outside the folder", "GET", "/..%2fstart.php", "", "", 404},
		{"number beyond the range", "DELETE", "/api/notes/99999999999999999999", "", "", 404},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res, body := request(t, tt.method, d.base+tt.path, tt.contentType, tt.body)
			require.Equal(t, tt.status, res.StatusCode, body)
			require.Equal(t, "application/json", res.Header.Get("Content-Type"))
			refusal := object(t, body)["error"].(map[string]any)
			require.EqualValues(t, tt.status, refusal["status"])
			require.NotEmpty(t, refusal["message"])
		})
	}
}

// hearType skips messages until one of a type comes: figures arrive in between, once a second.
func (r *room) hearType(kind string) map[string]any {
	r.t.Helper()
	for {
		if message := object(r.t, r.hear()); message["type"] == kind {
			return message
		}
	}
}

func (d demo) chat(t *testing.T) {
	origin := http.Header{"Origin": {d.base}}
	ada, grace := join(t, d.chatPort, origin), join(t, d.chatPort, origin)
	ada.say(`{"type":"hello","name":"Ada"}`)
	require.Empty(t, ada.hearType("welcome")["history"])
	grace.say(`{"type":"hello","name":"  Grace\n  "}`)
	grace.hearType("welcome")

	grace.say(`{"type":"say","text":"<script>alert(1)</script>"}`)
	said := ada.hearType("said")
	require.Equal(t, "Grace", said["name"])
	require.Equal(t, "<script>alert(1)</script>", said["text"])

	// Each worker reports once a second; the first figures may lack some.
	figures := ada.hearType("figures")
	for range 5 {
		if len(figures["workers"].([]any)) < 3 {
			figures = ada.hearType("figures")
		}
	}
	require.Len(t, figures["workers"], 3)
	require.GreaterOrEqual(t, figures["connections"], 2.0)
	require.Greater(t, figures["resident"], 0.0)

	for range 10 {
		ada.say(`{"type":"say","text":"again"}`)
	}
	require.Contains(t, ada.hearType("refused")["message"], "Not so fast")

	late := join(t, d.chatPort, origin)
	late.say(`{"type":"hello","name":""}`)
	history := late.hearType("welcome")["history"].([]any)
	require.Equal(t, said, history[0])
}

func (d demo) foreignPage(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, _, err := websocket.Dial(ctx, fmt.Sprintf("ws://127.0.0.1:%d", d.chatPort),
		&websocket.DialOptions{HTTPHeader: http.Header{"Origin": {"http://attacker.example"}}})
	require.Error(t, err)
}

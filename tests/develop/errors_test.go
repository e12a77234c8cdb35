package develop_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
)

// An exception that nobody catches answers the request at hand, in the form that the client wants.
func TestErrorsAnswer(t *testing.T) {
	t.Parallel()
	for name, fibers := range map[string]string{"plain loop": "FIBERS=", "Fibers": "FIBERS=1"} {
		t.Run(name, func(t *testing.T) {
			a := prepare(t, "testdata/app", "watch", "start.php")
			a.Cmd.Env = append(a.Cmd.Env, fibers, "APP_SECRET=s3cret-of-the-environment")
			a.Start()
			a.awaits("v1")

			resp, page := a.ask("POST", "/throw?api_key=s3cret-key&page=7", "user=ada&password=s3cret-password&card[number]=s3cret-card",
				"Accept: text/html,application/xhtml+xml", "Content-Type: application/x-www-form-urlencoded", "User-Agent: <b>agent</b>",
				"Authorization: Bearer s3cret-bearer", "Cookie: theme=s3cret-cookie; x=s3cret-too", "X-Api-Token: s3cret-header")
			require.Equal(t, 500, resp.StatusCode)
			require.Equal(t, "text/html; charset=utf-8", resp.Header.Get("Content-Type"))
			require.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
			require.Contains(t, resp.Header.Get("Content-Security-Policy"), "default-src 'none'")
			for _, want := range []string{
				"RuntimeException", "<h1>cannot sell &lt;script&gt;alert(1)&lt;/script&gt;</h1>", "/src/Shop.php:13", "InvalidArgumentException",
				"throw new RuntimeException(&quot;cannot sell $what&quot;, 0, $e);", "Shop-&gt;sell(string, array)", "/start.php:22",
				"&lt;b&gt;agent&lt;/b&gt;", "<td>page</td><td>7</td>", "<td>user</td><td>ada</td>", "<td>password</td><td>[hidden]</td>",
				"<td>theme</td><td>[hidden]</td>", "<td>authorization</td><td>[hidden]</td>",
			} {
				require.Contains(t, page, want)
			}
			for _, secret := range []string{"s3cret", "hunter1", "<script>", "phalanx_loop_run"} {
				require.NotContains(t, page, secret)
			}

			resp, text := a.get("/throw", "Accept: */*")
			require.Equal(t, 500, resp.StatusCode)
			require.Equal(t, "text/plain; charset=utf-8", resp.Header.Get("Content-Type"))
			require.True(t, strings.HasPrefix(text, "RuntimeException: cannot sell <script>alert(1)</script>\n  in GET /throw\n  at "), text)
			require.Contains(t, text, ">   13 |             throw new RuntimeException(")
			require.NotContains(t, text, "\033")

			for _, header := range []string{"Accept: application/json", "Accept: application/problem+json"} {
				resp, text = a.get("/throw", header)
				require.Equal(t, "application/json; charset=utf-8", resp.Header.Get("Content-Type"))
				var answer struct {
					Error struct {
						Type, Message, File string
						Line                int
						Trace               []struct{ Call string }
						Previous            struct{ Type string }
					}
				}
				require.NoError(t, json.Unmarshal([]byte(text), &answer))
				require.Equal(t, "RuntimeException", answer.Error.Type)
				require.Equal(t, 13, answer.Error.Line)
				require.Equal(t, "Shop->sell(string, array)", answer.Error.Trace[0].Call)
				require.Equal(t, "InvalidArgumentException", answer.Error.Previous.Type)
			}

			// The connection goes on, and so does the worker.
			kept := a.keepAlive()
			require.Contains(t, kept.get("/late"), "cannot sell late")
			require.Contains(t, kept.get("/throw"), "cannot sell")
			require.Equal(t, "v1", kept.get("/"))
			require.NotContains(t, a.Output(), "exit with status")
			require.Contains(t, a.Output(), "\nRuntimeException: cannot sell late\n  in GET /late\n  at ")
		})
	}
}

// What ends the script answers the request as well.
func TestErrorsThatEndTheScript(t *testing.T) {
	t.Parallel()
	a := watch(t)
	a.write("runtime/broken.txt", "<?php\n\nfunction strlen() {}\n") // found by the compiler, as the request comes to it
	for path, want := range map[string]string{
		"/fatal":   "Allowed memory size of 16777216 bytes exhausted",
		"/include": "Cannot redeclare function strlen()",
		"/exit":    "exit or die was called while requests waited for an answer",
		"/timer":   "of a timer",
	} {
		t.Run(path, func(t *testing.T) {
			kept := a.keepAlive()
			require.Contains(t, kept.get(path), want)
			require.Equal(t, "v1", kept.get("/"), "the next script has the connection")
			require.Contains(t, a.Output(), want)
			resp, page := a.get(path, "Accept: text/html")
			require.Equal(t, 500, resp.StatusCode)
			require.Contains(t, page, "<!DOCTYPE html>")
			require.Contains(t, page, want)
		})
	}

	ctx := t.Context()
	c, _, err := websocket.Dial(ctx, fmt.Sprintf("ws://127.0.0.1:%d/", a.Ports[1]), nil)
	require.NoError(t, err)
	defer func() { _ = c.CloseNow() }()
	require.NoError(t, c.Write(ctx, websocket.MessageText, []byte("throw")))
	a.WaitFor("\nLogicException: of a WebSocket\n  at ")
	require.NoError(t, c.Write(ctx, websocket.MessageText, []byte("?")))
	_, data, err := c.Read(ctx)
	require.NoError(t, err)
	require.Equal(t, "v1", string(data))
}

// A worker that cannot begin says why to everybody who asks, until the code is better.
func TestErrorsOfTheStart(t *testing.T) {
	t.Parallel()
	a := watch(t)
	script := a.read("start.php")
	a.write("start.php", strings.Replace(script, "$web->name = 'web';",
		"$web->name = 'web';\n$web->onWorkerStart = static fn () => throw new LogicException('no queue');", 1))
	a.WaitFor("reloaded in", 1)
	resp, text := a.get("/")
	require.Equal(t, 500, resp.StatusCode)
	require.Contains(t, text, "LogicException: no queue")
	require.Contains(t, text, "The worker waits for a change of the code.")
	require.Contains(t, a.Output(), "LogicException: no queue\n  at ")
	a.write("start.php", script)
	a.WaitFor("reloaded in", 2)
	a.awaits("v1")
}

// Applications of Phalcon answer their own errors; in development they do it as well as a plain worker.
func TestErrorsOfPhalcon(t *testing.T) {
	t.Parallel()
	a := prepare(t, "testdata", "watch", "phalcon.php")
	a.Start()
	a.awaits("served")
	resp, page := a.get("/throw", "Accept: text/html")
	require.Equal(t, 500, resp.StatusCode)
	require.Contains(t, page, "<h1>of a route</h1>")
	require.Contains(t, page, "DomainException")
	a.WaitFor("DomainException: of a route\n  in GET /throw\n")
	resp, _ = a.get("/nowhere", "Accept: text/html")
	require.Equal(t, 404, resp.StatusCode)

	b := prepare(t, "testdata", "watch", "phalcon.php")
	b.Cmd.Env = append(b.Cmd.Env, "FAIL=1")
	b.Start()
	b.WaitFor("Start success")
	_, text := b.get("/")
	require.Contains(t, text, "RuntimeException: no application")
}

// "start" never shows an error to a visitor, whatever the environment says.
func TestProductionShowsNothing(t *testing.T) {
	t.Parallel()
	for _, script := range []string{"app/start.php", "phalcon.php"} {
		t.Run(script, func(t *testing.T) {
			a := prepare(t, "testdata", script, "start")
			a.Cmd.Env = append(a.Cmd.Env, "PHALANX_ENV=development")
			a.Start()
			a.WaitFor("Start success")
			resp, body := a.get("/throw", "Accept: text/html")
			require.Contains(t, []int{500, 503}, resp.StatusCode)
			for _, secret := range []string{"Exception", "of a route", "cannot sell", ".php"} {
				require.NotContains(t, body, secret)
			}
			a.WaitFor("Exception: ") // the terminal and the log have it
		})
	}
}

package develop_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// create has "phalanx new" write an application; steps are the commands that it names then.
func create(t *testing.T, port int) (dir string, steps []string) {
	t.Helper()
	home := t.TempDir()
	p := phalanxtest.Command(t, "new", "shop", fmt.Sprintf("--port=%d", port))
	p.Cmd.Dir = home
	out, err := p.Run()
	require.NoError(t, err, out)
	require.Contains(t, out, fmt.Sprintf("http://127.0.0.1:%d", port))
	for line := range strings.SplitSeq(out, "\n") {
		if step, ok := strings.CutPrefix(line, "  "); ok {
			steps = append(steps, step)
		}
	}
	return filepath.Join(home, "shop"), steps
}

// twoPorts finds a free port whose neighbour is free too.
func twoPorts(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := phalanxtest.FreePorts(t, 1)[0]
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+1))
		if err == nil {
			_ = l.Close()
			return port
		}
	}
	require.Fail(t, "no two free ports")
	return 0
}

// The application that "phalanx new" writes serves its API and its room, by the commands that it names.
func TestNewApplication(t *testing.T) {
	t.Parallel()
	port := twoPorts(t)
	dir, steps := create(t, port)
	require.Len(t, steps, 3)
	require.Equal(t, "cd shop", steps[0])
	require.Equal(t, phalanxtest.Binary(t)+" watch server.php", steps[1])
	a := &app{&phalanxtest.App{Process: phalanxtest.Command(t), Dir: dir, Ports: []int{port, port + 1}}, t}
	a.Cmd.Path, a.Cmd.Args, a.Cmd.Dir = "/bin/sh", []string{"sh", "-c", "exec " + steps[1]}, dir
	a.Start()
	a.WaitFor("Start success")

	require.Eventually(t, func() bool {
		resp, err := http.Get(a.url("/"))
		if err == nil {
			_ = resp.Body.Close()
		}
		return err == nil && resp.StatusCode == 200
	}, patience, 5*time.Millisecond)
	_, page := a.get("/")
	require.Contains(t, page, "<title>shop</title>")
	for _, file := range regexp.MustCompile(`"/(app\.\w+)"`).FindAllStringSubmatch(page, -1) {
		resp, _ := a.get("/" + file[1])
		require.Equal(t, 200, resp.StatusCode, file[1])
	}

	ada := a.enter("Ada")
	require.Equal(t, map[string]any{"type": "joined", "name": "Ada", "people": 1.0}, ada.hear())
	bob := a.enter("Bob")
	require.Equal(t, map[string]any{"type": "joined", "name": "Bob", "people": 2.0}, ada.hear())
	require.Equal(t, map[string]any{"type": "joined", "name": "Bob", "people": 2.0}, bob.hear())
	bob.say(`{"do": "say", "text": "Hello"}`)
	require.Equal(t, "Hello", ada.hear()["text"])
	require.Equal(t, "Hello", bob.hear()["text"])

	asJSON := "Content-Type: application/json"
	resp, text := a.ask("POST", "/api/notes", `{"title": "Tea", "text": "at five"}`, asJSON)
	require.Equal(t, 201, resp.StatusCode)
	require.Equal(t, "/api/notes/1", resp.Header.Get("Location"))
	require.JSONEq(t, `{"id": 1, "title": "Tea", "text": "at five"}`, text)
	require.Equal(t, "Tea", ada.hear()["title"], "the room is told")
	resp, text = a.ask("PUT", "/api/notes/1", `{"title": "Tea", "text": "at six"}`, asJSON)
	require.Equal(t, 200, resp.StatusCode)
	require.JSONEq(t, `{"id": 1, "title": "Tea", "text": "at six"}`, text)
	_, text = a.get("/api/notes")
	require.JSONEq(t, `[{"id": 1, "title": "Tea", "text": "at six"}]`, text)
	resp, text = a.ask("POST", "/api/notes", `{"title": ""}`, asJSON)
	require.Equal(t, 422, resp.StatusCode)
	require.Equal(t, "application/problem+json", strings.Split(resp.Header.Get("Content-Type"), ";")[0])
	require.JSONEq(t, `{"status": 422, "title": "This is no note", "errors": {"title": "A note needs a title"}}`, text)
	resp, _ = a.ask("DELETE", "/api/notes/1", "")
	require.Equal(t, 204, resp.StatusCode)
	for _, path := range []string{"/api/notes/1", "/api/nowhere"} {
		resp, text = a.get(path)
		require.Equal(t, 404, resp.StatusCode)
		require.True(t, json.Valid([]byte(text)), text)
	}

	// New code, and the people are still there.
	require.Equal(t, "note", ada.hear()["type"])
	require.Equal(t, "removed", ada.hear()["type"])
	room := a.read("src/Room.php")
	a.write("src/Room.php", strings.Replace(room, "'text' => $text]", "'text' => strtoupper($text)]", 1))
	a.WaitFor("reloaded in")
	bob.say(`{"do": "say", "text": "Hello again"}`)
	require.Equal(t, map[string]any{"type": "said", "name": "Bob", "text": "HELLO AGAIN"}, ada.hear())
}

// Its tests run with the binary alone, and with PHPUnit.
func TestNewApplicationsTests(t *testing.T) {
	t.Parallel()
	dir, steps := create(t, 8080)
	p := phalanxtest.Command(t)
	p.Cmd.Path, p.Cmd.Args, p.Cmd.Dir = "/bin/sh", []string{"sh", "-c", steps[2]}, dir
	out, err := p.Run()
	require.NoError(t, err, out)
	require.Regexp(t, `(?m)^7 passed, 0 failed$`, out)

	// They can fail.
	notes := filepath.Join(dir, "src/Notes.php")
	code, err := os.ReadFile(notes)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(notes, []byte(strings.Replace(string(code), "ORDER BY id DESC", "ORDER BY id", 1)), 0o600))
	p = phalanxtest.Command(t, "tests/run.php")
	p.Cmd.Dir = dir
	out, err = p.Run()
	require.Error(t, err)
	require.Contains(t, out, `FAILED App\Tests\NotesTest::testKeepsNotesNewestFirst`)
	require.NoError(t, os.WriteFile(notes, code, 0o600))

	runner, err := filepath.Abs("../php/phpunit.sh")
	require.NoError(t, err)
	cmd := exec.Command(runner, "--no-configuration", "--bootstrap", filepath.Join(dir, "autoload.php"), filepath.Join(dir, "tests"))
	cmd.Env = append(os.Environ(), "PHP="+phalanxtest.Binary(t))
	text, err := cmd.CombinedOutput()
	require.NoError(t, err, string(text))
	require.Contains(t, string(text), "OK (7 tests")
	left, err := os.ReadDir(filepath.Join(dir, "runtime"))
	require.NoError(t, err)
	require.Len(t, left, 1, "beside .gitignore: tests leave the application's data alone")
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(home, "file"), nil, 0o600))
	for name, tt := range map[string]struct {
		args   []string
		status int
		says   string
	}{
		"no name":  {nil, 64, "phalanx new: which name? phalanx new NAME\n"},
		"bad name": {[]string{"My App"}, 64, "how about my-app?"},
		"in use":   {[]string{filepath.Base(home)}, 73, "is there already and not empty"},
		"help":     {[]string{"--help"}, 0, "Usage: phalanx new [--port N] NAME"},
	} {
		t.Run(name, func(t *testing.T) {
			p := phalanxtest.Command(t, append([]string{"new"}, tt.args...)...)
			p.Cmd.Dir = filepath.Dir(home)
			out, _ := p.Run()
			require.Contains(t, out, tt.says)
			require.Equal(t, tt.status, p.Cmd.ProcessState.ExitCode())
		})
	}
}

// guest is somebody in the room.
type guest struct {
	t    *testing.T
	ctx  context.Context
	conn *websocket.Conn
}

func (a *app) enter(name string) *guest {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), 3*patience)
	a.t.Cleanup(cancel)
	conn, _, err := websocket.Dial(ctx, fmt.Sprintf("ws://127.0.0.1:%d/", a.Ports[1]), nil)
	require.NoError(a.t, err)
	a.t.Cleanup(func() { _ = conn.CloseNow() })
	g := &guest{a.t, ctx, conn}
	g.say(fmt.Sprintf(`{"do": "join", "name": %q}`, name))
	return g
}

func (g *guest) say(text string) {
	g.t.Helper()
	require.NoError(g.t, g.conn.Write(g.ctx, websocket.MessageText, []byte(text)))
}

func (g *guest) hear() (message map[string]any) {
	g.t.Helper()
	_, data, err := g.conn.Read(g.ctx)
	require.NoError(g.t, err)
	require.NoError(g.t, json.Unmarshal(data, &message))
	return message
}

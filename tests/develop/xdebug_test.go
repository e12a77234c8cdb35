package develop_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// xdebug is PHP's extension, built from Debian's source on first use; XDEBUG_SO names another build.
func xdebug(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("XDEBUG_SO"); path != "" {
		return path
	}
	script, err := filepath.Abs("../../docker/php/extension.sh")
	require.NoError(t, err)
	out, err := exec.Command(script, "xdebug").Output()
	if err != nil {
		t.Skipf("no Xdebug: %s said %s", script, err.(*exec.ExitError).Stderr)
	}
	return strings.TrimSpace(string(out))
}

// session is one of Xdebug's connections to an editor (DBGp).
type session struct {
	t    *testing.T
	conn net.Conn
	rd   *bufio.Reader
	next int

	breakpoint string
}

// packet is what Xdebug says.
type packet struct {
	XMLName  xml.Name
	ID       int    `xml:"transaction_id,attr"`
	Status   string `xml:"status,attr"`
	Language string `xml:"language,attr"`
	Error    string `xml:"error>message"`
	Message  struct {
		Line int    `xml:"lineno,attr"`
		File string `xml:"filename,attr"`
	} `xml:"message"`
	Breakpoint string `xml:"id,attr"`
	Property   struct {
		Text string `xml:",chardata"`
	} `xml:"property"`
}

func (s *session) read() (packet, error) {
	length, err := s.rd.ReadString(0)
	if err != nil {
		return packet{}, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(length, "\x00"))
	if err != nil {
		return packet{}, err
	}
	text := make([]byte, n+1)
	if _, err := io.ReadFull(s.rd, text); err != nil {
		return packet{}, err
	}
	decoder := xml.NewDecoder(strings.NewReader(string(text[:n])))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var p packet
	return p, decoder.Decode(&p)
}

func (s *session) send(command string, args ...any) (id int) {
	s.t.Helper()
	s.next++
	_, err := fmt.Fprintf(s.conn, "%s -i %d%s\x00", command, s.next, fmt.Sprint(args...))
	require.NoError(s.t, err)
	return s.next
}

// run lets the script go on to its end, and lets go of it then.
func (s *session) run() {
	defer func() { _ = s.conn.Close() }()
	s.next++
	if _, err := fmt.Fprintf(s.conn, "run -i %d\x00", s.next); err == nil {
		for p, err := s.read(); err == nil && p.ID != s.next; {
			p, err = s.read()
		}
	}
}

// answer waits for what a command has come to.
func (s *session) answer(id int) packet {
	s.t.Helper()
	for {
		p, err := s.read()
		require.NoError(s.t, err)
		if p.ID == id {
			require.Empty(s.t, p.Error)
			return p
		}
	}
}

func (s *session) value(name string) string {
	s.t.Helper()
	p := s.answer(s.send("property_get", " -n ", name))
	text, err := base64.StdEncoding.DecodeString(p.Property.Text)
	require.NoError(s.t, err)
	return string(text)
}

// A breakpoint in a worker's callback holds the request until the editor lets it go on; each worker has a session of its own, and
// so has the supervisor.
func TestXdebugStopsInAWorker(t *testing.T) {
	t.Parallel()
	so := xdebug(t)
	for name, fibers := range map[string]string{"plain loop": "FIBERS=", "Fibers": "FIBERS=1"} {
		t.Run(name, func(t *testing.T) {
			editor, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			defer func() { _ = editor.Close() }()
			a := prepare(t, "testdata", "-d", "zend_extension="+so, "-d", "xdebug.start_with_request=yes", "-d", "xdebug.client_host=127.0.0.1",
				"-d", fmt.Sprintf("xdebug.client_port=%d", editor.Addr().(*net.TCPAddr).Port), "debug.php", "start")
			a.Cmd.Env = append(a.Cmd.Env, "XDEBUG_MODE=debug", fibers)
			script := filepath.Join(a.Dir, "debug.php")
			before, _, _ := strings.Cut(a.read("debug.php"), "// the breakpoint")
			line := 1 + strings.Count(before, "\n")

			// One of them stops; which, the kernel decides by whom it gives the connection.
			type stop struct {
				s *session
				p packet
			}
			stops := make(chan stop, 4)
			runs := make(chan int, 4)
			go func() {
				for n := 1; ; n++ {
					conn, err := editor.Accept()
					if err != nil {
						return
					}
					_ = conn.SetDeadline(time.Now().Add(3 * patience))
					go func() {
						s := &session{t: t, conn: conn, rd: bufio.NewReader(conn)}
						if p, err := s.read(); err != nil || p.Language != "PHP" {
							return
						}
						s.breakpoint = s.answer(s.send("breakpoint_set", " -t line -f file://", script, " -n ", line)).Breakpoint
						id := s.send("run")
						runs <- n
						for {
							p, err := s.read()
							if err != nil {
								return
							}
							switch {
							case p.ID != id:
							case p.Status == "break":
								stops <- stop{s, p}
								return
							default: // the script has ended, and waits for the editor to let go
								_ = conn.Close()
								return
							}
						}
					}()
				}
			}()
			a.Start()
			for range 3 { // the supervisor and two workers
				select {
				case <-runs:
				case <-time.After(patience):
					require.Fail(t, "too few sessions", a.Output())
				}
			}
			a.WaitFor("Start success")

			type answer struct{ status, body string }
			type guest struct {
				at      stop
				answers chan answer
			}
			guests := map[string]guest{}
			for _, name := range []string{"Ada", "Bob"} { // the other worker serves Bob: the first one waits for the editor
				answers := make(chan answer, 1)
				go func() {
					resp, body := a.get("/?name=" + name)
					answers <- answer{resp.Status, body}
				}()
				select {
				case at := <-stops:
					guests[name] = guest{at, answers}
				case <-time.After(patience):
					require.Fail(t, "the breakpoint was not hit", a.Output())
				}
			}
			for name, g := range guests {
				s := g.at.s
				require.Equal(t, line, g.at.p.Message.Line)
				require.Equal(t, "file://"+script, g.at.p.Message.File)
				require.Equal(t, name, s.value("$name"))
				require.Equal(t, "Hello, "+name, s.value("$answer"))
				select {
				case early := <-g.answers:
					require.Fail(t, "answered while it stood at the breakpoint", "%v", early)
				default:
				}
				s.answer(s.send("breakpoint_remove", " -d ", s.breakpoint))
				go s.run()
				require.Equal(t, answer{"200 OK", "Hello, " + name}, <-g.answers)
			}
			_, body := a.get("/?name=Eve")
			require.Equal(t, "Hello, Eve", body)
		})
	}
}

// Other modes work too; code coverage begins where the application says so, a worker being one request to Xdebug.
func TestXdebugsModes(t *testing.T) {
	t.Parallel()
	so := xdebug(t)
	for mode, want := range map[string]struct{ covered, jit bool }{
		"off":      {jit: true},
		"debug":    {},
		"coverage": {covered: true},
		"develop":  {},
	} {
		t.Run(mode, func(t *testing.T) {
			a := prepare(t, "testdata", "-d", "zend_extension="+so, "-d", "xdebug.start_with_request=no", "-d", "opcache.jit=tracing", "debug.php", "start")
			a.Cmd.Env = append(a.Cmd.Env, "XDEBUG_MODE="+mode)
			a.Start()
			a.WaitFor("Start success")
			var state struct {
				Modes   []string
				JIT     bool
				Covered []int
			}
			_, body := a.get("/state")
			require.NoError(t, json.Unmarshal([]byte(body), &state), body)
			require.Equal(t, want.jit, state.JIT)
			require.Equal(t, want.covered, len(state.Covered) > 0)
			_, dump := a.get("/dump")
			require.Equal(t, mode == "develop", strings.HasPrefix(dump, filepath.Join(a.Dir, "debug.php")+":"), "var_dump() says its place: %s", dump)
			if mode != "off" {
				require.Equal(t, []string{mode}, state.Modes)
			}
		})
	}
}

// What a worker's script writes is complete when the script has ended, by a reload or by the stop; each has a file of its own where the
// name says so.
func TestXdebugsFilesHaveTheirEnd(t *testing.T) {
	t.Parallel()
	so := xdebug(t)
	for mode, tt := range map[string]struct {
		name string
		end  string
	}{
		"profile": {"profiler_output_name=out.%p.%u", `(?m)^fn=\(\d+\) [^\n]*greet$(?s:.*)\nsummary: \d+ \d+\n*\z`},
		"trace":   {"trace_output_name=out.%p.%u", `greet\((?s:.*)\nTRACE END +\[[^\n]*\]\n*\z`},
	} {
		for _, fibers := range []string{"", "1"} {
			t.Run(mode+" FIBERS="+fibers, func(t *testing.T) {
				a := prepare(t, "testdata", "-d", "zend_extension="+so, "-d", "xdebug.start_with_request=yes", "-d", "xdebug.use_compression=0",
					"-d", "xdebug.output_dir=.", "-d", "xdebug."+tt.name, "debug.php", "start")
				a.Cmd.Env = append(a.Cmd.Env, "XDEBUG_MODE="+mode, "FIBERS="+fibers, "COUNT=1")
				a.Start()
				a.WaitFor("Start success")
				complete := func() (n int) {
					files, err := filepath.Glob(filepath.Join(a.Dir, "out.*"))
					require.NoError(t, err)
					for _, file := range files {
						text, err := os.ReadFile(file)
						require.NoError(t, err)
						if regexp.MustCompile(tt.end).Match(text) {
							n++
						}
					}
					return n
				}
				_, body := a.get("/?name=Ada")
				require.Equal(t, "Hello, Ada", body)
				require.Zero(t, complete(), "the script goes on")
				require.NoError(t, a.Cmd.Process.Signal(syscall.SIGUSR1))
				require.Eventually(t, func() bool { return complete() == 1 }, patience, 10*time.Millisecond)
				_, body = a.get("/?name=Bob")
				require.Equal(t, "Hello, Bob", body)
				a.Stop()
				require.Equal(t, 2, complete())
			})
		}
	}
}

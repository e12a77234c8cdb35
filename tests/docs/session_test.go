package docs_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
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

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// session runs the blocks of a page one after another in a folder of its own, as a reader would. Ports are free ones.
type session struct {
	t     *testing.T
	dir   string
	state string            // what the played programs remember (commands_test.go)
	cwd   string            // where the last commands ended
	env   []string          // of commands
	ports map[string]string // the page's => free ones
	api   string            // what the pages call https://api.example.com
	files int
}

func runPage(t *testing.T, blocks []*block) {
	s := &session{t: t, dir: t.TempDir(), state: t.TempDir(), ports: map[string]string{}, api: exampleAPI(t)}
	s.cwd = s.dir
	app, err := os.ReadFile("testdata/app.php")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "app.php"), []byte(s.local(string(app))), 0o600))
	s.env = playedPrograms(t, s.dir, s.state)
	t.Cleanup(s.endServers)
	printed, by := "", kind(unknown)
	for _, b := range blocks {
		k := classify(b)
		switch k {
		case program:
			printed = s.program(b)
		case commands:
			printed = s.commands(b, b.text)
		case transcript:
			s.transcript(b)
		case config:
			if b.file != "" {
				require.NoError(t, os.WriteFile(filepath.Join(s.cwd, b.file), []byte(s.local(b.text)), 0o600))
			}
			continue
		case output:
			want := s.local(b.text)
			if !matches(strings.TrimRight(want, "\n"), strings.TrimRight(printed, "\n"), by == commands) {
				t.Errorf("%s: the page says that this is printed:\n%s\nbut it is\n%s", b, want, printed)
			}
			continue
		}
		by = k
	}
}

var address = regexp.MustCompile(`((?:127\.0\.0\.1|0\.0\.0\.0|localhost|\[::1?\]):|/dev/tcp/127\.0\.0\.1/)(\d{2,5})\b`)

// local puts free ports and the local API's address into a page's text.
func (s *session) local(text string) string {
	text = address.ReplaceAllStringFunc(text, func(found string) string {
		at := strings.LastIndexAny(found, ":/")
		if s.ports[found[at+1:]] == "" {
			s.ports[found[at+1:]] = strconv.Itoa(phalanxtest.FreePorts(s.t, 1)[0])
		}
		return found[:at+1] + s.ports[found[at+1:]]
	})
	return strings.ReplaceAll(text, "https://api.example.com", s.api)
}

// program writes a program into the folder and runs it, unless it is a server that commands start.
func (s *session) program(b *block) string {
	name := b.file
	if !strings.HasSuffix(name, ".php") {
		s.files++
		name = fmt.Sprintf("program%d.php", s.files)
	}
	path := filepath.Join(s.cwd, name)
	require.NoError(s.t, os.WriteFile(path, []byte(s.local(b.text)), 0o600))
	if isExample(b.text) {
		return "" // a file of examples/, which has a test of its own
	}
	isServer := strings.Contains(b.text, "runAll()")
	for next := b.next; next != nil; next = next.next {
		if k := classify(next); (k == commands || k == config) && strings.Contains(next.text, name) {
			return "" // the commands run it
		}
	}
	if isServer {
		return s.commands(b, "phalanx "+name+" start")
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	run := exec.CommandContext(ctx, phalanxtest.Binary(s.t), path)
	run.Dir = s.cwd
	out, err := run.CombinedOutput()
	printed := string(out)
	if err != nil {
		s.t.Errorf("%s: %v\n%s", b, err, printed)
		return ""
	}
	if b.next == nil || classify(b.next) != output {
		if strings.Contains(printed, "Warning: ") || strings.Contains(printed, "Deprecated: ") {
			s.t.Errorf("%s: %s", b, printed)
		}
		return printed
	}
	if want := s.local(b.next.text); !matches(strings.TrimRight(want, "\n"), strings.TrimRight(printed, "\n"), false) {
		s.t.Errorf("%s: the page says that it prints\n%s\nbut it prints\n%s", b, want, printed)
	}
	return s.local(b.next.text) // compared above
}

// isExample says whether this is a file of examples/ that a test names.
func isExample(text string) bool {
	found := false
	_ = filepath.WalkDir(filepath.Join(root, "examples"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".php" || found {
			return err
		}
		source, err := os.ReadFile(path)
		if err == nil && string(source) == text {
			tests, _ := exec.Command("grep", "-rlF", "--include=*_test.go", `"`+filepath.Base(path)+`"`,
				filepath.Join(root, "tests/examples"), filepath.Join(root, "tests/messaging"), filepath.Join(root, "tests/services")).Output()
			found = len(tests) > 0
		}
		return err
	})
	return found
}

// commands runs lines in bash and gives what they print.
func (s *session) commands(b *block, text string) string {
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	after := filepath.Join(s.state, "after")
	script := "set -e\ntrap 'pwd > " + after + "; env -0 > " + after + ".env' EXIT\n" + s.local(text)
	shell := exec.CommandContext(ctx, "/bin/bash", "-c", script)
	shell.Dir, shell.Env = s.cwd, s.env
	var printed strings.Builder
	shell.Stdout, shell.Stderr = &printed, &printed
	shell.Cancel = func() error { return shell.Process.Signal(syscall.SIGTERM) }
	shell.WaitDelay = 10 * time.Second // what a server in the background prints goes to a file
	if err := shell.Run(); err != nil {
		s.t.Errorf("%s: %v\n%s\n%s", b, err, text, printed.String())
	}
	if cwd, err := os.ReadFile(after); err == nil {
		s.cwd = strings.TrimSpace(string(cwd))
	}
	if env, err := os.ReadFile(after + ".env"); err == nil {
		s.env = strings.Split(strings.TrimSuffix(string(env), "\x00"), "\x00")
	}
	return printed.String()
}

// transcript runs each command that follows "$ " and compares what stands below it.
func (s *session) transcript(b *block) {
	for _, one := range strings.Split("\n"+b.text, "\n$ ")[1:] {
		command, want, _ := strings.Cut(one, "\n")
		for strings.HasSuffix(command, "\\") {
			more, rest, _ := strings.Cut(want, "\n")
			command, want = command+"\n"+more, rest
		}
		want = s.local(want)
		if got := s.commands(b, command); !matches(strings.TrimRight(want, "\n"), strings.TrimRight(got, "\n"), true) {
			s.t.Errorf("%s: $ %s\nthe page says that it prints\n%s\nbut it prints\n%s", b, command, want, got)
		}
	}
}

// endServers stops what the page's commands have started and left running.
func (s *session) endServers() {
	for _, running := range startedServers(s.state) {
		if running.daemon {
			stop := phalanxtest.Command(s.t, running.script, "stop")
			stop.Cmd.Dir = running.dir
			if out, err := stop.Run(); err != nil {
				s.t.Errorf("%s stop: %v\n%s", running.script, err, out)
			}
			continue
		}
		if err := running.end(); err != nil {
			log, _ := os.ReadFile(running.log)
			s.t.Errorf("%s: %v\n%s", running.script, err, log)
		}
	}
}

// exampleAPI is the address of what the pages call https://api.example.com.
func exampleAPI(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := http.Server{Handler: exampleHandler()}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return "http://" + l.Addr().String()
}

// checkSyntax is what can be done with a program that needs what is not here.
func checkSyntax(t *testing.T, b *block) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "program.php")
	require.NoError(t, os.WriteFile(file, []byte(b.text), 0o600))
	if out, err := exec.Command(phalanxtest.Binary(t), "-l", file).CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", b, err, out)
	}
}

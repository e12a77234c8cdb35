package docs_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// The commands of a page find, on their PATH, the programs named here and no others: a command that a page shows for the
// first time fails until somebody has decided whether a test may run it.

// patience bounds every wait; nothing takes it unless something is broken, or the machine has much else to do.
const patience = 2 * time.Minute

// tools run as they are: they read and write files of the page's folder, or wait.
var tools = strings.Fields("awk base64 cat chmod cmp cp curl cut date diff dirname echo env false find grep head jq kill ln ls " +
	"mkdir mktemp mv node nproc openssl printf ps pwd rm sed seq sha256sum sleep sort tail tar tee test touch tr true uname uniq wc xargs")

// played are programs that this test binary plays, called by their names: they check their arguments and change nothing.
var played = map[string]func(args []string) int{
	"phalanx":    playPhalanx,
	"git":        playGit,
	"make":       playMake,
	"docker":     playDocker,
	"kubectl":    playKubectl,
	"curl":       playCurl,
	"go":         playNothing,
	"apt":        playNothing,
	"apt-get":    playNothing,
	"composer":   playComposer,
	"cosign":     playNothing,
	"dpkg":       playNothing,
	"gh":         playNothing,
	"helm":       playNothing,
	"journalctl": playNothing,
	"npx":        playNothing,
	"pg_dump":    playNothing,
	"rr":         playNothing,
	"sysctl":     playNothing,
	"systemctl":  playNothing,
	"ulimit":     playNothing,
	"wrk":        playNothing,
	"xdg-open":   playNothing,
}

func TestMain(m *testing.M) {
	played["sudo"] = playSudo // which looks into played itself
	if play := played[filepath.Base(os.Args[0])]; play != nil {
		os.Exit(play(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// playedPrograms is the environment of a page's commands.
func playedPrograms(t *testing.T, dir, state string) []string {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	bin := filepath.Join(state, "bin")
	require.NoError(t, os.Mkdir(bin, 0o755))
	for _, tool := range tools {
		if path, err := exec.LookPath(tool); err == nil && played[tool] == nil {
			require.NoError(t, os.Symlink(path, filepath.Join(bin, tool)))
		}
	}
	for name := range played {
		require.NoError(t, os.Symlink(self, filepath.Join(bin, filepath.Base(name))))
	}
	env := []string{"PATH=" + bin, "HOME=" + dir, "TERM=dumb", "LANG=C.UTF-8",
		"DOCS_BINARY=" + phalanxtest.Binary(t), "DOCS_ROOT=" + mustAbs(t, root), "DOCS_STATE=" + state, "DOCS_PATH=" + os.Getenv("PATH")}
	for _, name := range []string{"PHALANX_PHPSRC", "XDG_CACHE_HOME", "TMPDIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

func playNothing([]string) int { return 0 }

func complain(format string, args ...any) int {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	return 1
}

// running is a server that a command has started.
type running struct {
	pid         int
	script, dir string
	log         string
	daemon      bool
}

func startedServers(state string) []running {
	lines, _ := os.ReadFile(filepath.Join(state, "servers"))
	var all []running
	for line := range strings.Lines(string(lines)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		pid, _ := strconv.Atoi(f[0])
		if pid < 0 { // the end of one of them
			all = slices.DeleteFunc(all, func(r running) bool { return r.pid == -pid })
			continue
		}
		all = append(all, running{pid: pid, script: f[1], dir: f[2], log: f[3], daemon: pid == 0})
	}
	return all
}

func remember(r running) error {
	file, err := os.OpenFile(filepath.Join(os.Getenv("DOCS_STATE"), "servers"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = fmt.Fprintf(file, "%d\t%s\t%s\t%s\n", r.pid, r.script, r.dir, r.log)
	return err
}

func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !bytes.Contains(stat, []byte(") Z "))
}

// end is Ctrl-C.
func (r running) end() error {
	if r.pid == 0 || !alive(r.pid) {
		return nil
	}
	if err := syscall.Kill(r.pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	for deadline := time.Now().Add(patience); alive(r.pid); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			_ = syscall.Kill(-r.pid, syscall.SIGKILL)
			return errors.New("does not stop")
		}
	}
	return nil
}

// playPhalanx runs the binary. A server in the foreground is left running until the page ends, or until the page starts the same
// one again, before which a reader has typed Ctrl-C.
func playPhalanx(args []string) int {
	binary := os.Getenv("DOCS_BINARY")
	foreground := len(args) > 0 && slices.Contains([]string{"run", "php-server", "file-server", "watch"}, args[0])
	script := ""
	if len(args) > 0 && strings.HasSuffix(args[0], ".php") {
		script = args[0]
	}
	if script != "" && len(args) > 1 {
		daemon := slices.Contains(args, "-d")
		foreground = !daemon && slices.Contains([]string{"start", "restart"}, args[1])
		if daemon && slices.Contains([]string{"status", "connections"}, args[1]) {
			args = slices.DeleteFunc(args, func(arg string) bool { return arg == "-d" }) // once instead of for ever
		} else if daemon {
			script, dir := mustLink(script), mustWD()
			if err := remember(running{script: script, dir: dir}); err != nil {
				return complain("%v", err)
			}
		}
	}
	if len(args) > 1 && args[0] == "new" && !slices.Contains(args, "--port") {
		args = slices.Insert(args, 1, "--port", strconv.Itoa(twoPorts())) // the page's own may be taken here
	}
	switch {
	case len(args) > 0 && slices.Contains([]string{"reverse-proxy", "build", "upgrade"}, args[0]):
		return optionsOf(binary, args)
	case foreground || script != "" && len(args) > 1 && slices.Contains([]string{"start", "restart"}, args[1]):
		for _, r := range startedServers(os.Getenv("DOCS_STATE")) {
			if r.pid > 0 && r.script == script {
				if err := r.end(); err != nil {
					return complain("%s: %v", script, err)
				}
				_ = remember(running{pid: -r.pid, script: script})
			}
		}
	}
	if !foreground {
		run := exec.Command(binary, args...)
		run.Stdin, run.Stdout, run.Stderr = os.Stdin, os.Stdout, os.Stderr
		if err := run.Run(); err != nil || !slices.Contains(args, "-d") || script == "" || args[1] != "start" && args[1] != "restart" {
			return statusOf(err)
		}
		return waitForDaemon(binary, script)
	}
	log, err := os.CreateTemp(os.Getenv("DOCS_STATE"), "log-")
	if err != nil {
		return complain("%v", err)
	}
	run := exec.Command(binary, args...)
	run.Stdout, run.Stderr = log, log
	run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := run.Start(); err != nil {
		return complain("%v", err)
	}
	if err := remember(running{pid: run.Process.Pid, script: script, dir: mustWD(), log: log.Name()}); err != nil {
		return complain("%v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- run.Wait() }()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		printed, _ := os.ReadFile(log.Name())
		select {
		case err := <-ended:
			return complain("phalanx %s ended at once (%v):\n%s", strings.Join(args, " "), err, printed)
		default:
		}
		if bytes.Contains(printed, []byte("Ctrl+C")) || bytes.Contains(printed, []byte("serving initial configuration")) ||
			bytes.Contains(printed, []byte("serving PHP app")) {
			return 0
		}
		if time.Now().After(deadline) {
			return complain("phalanx %s does not serve:\n%s", strings.Join(args, " "), printed)
		}
	}
}

// twoPorts is a port that is free, as the next one is.
func twoPorts() int {
	for range 100 {
		first, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			continue
		}
		port := first.Addr().(*net.TCPAddr).Port
		second, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port+1)))
		_ = first.Close()
		if err == nil {
			_ = second.Close()
			return port
		}
	}
	return 8080
}

// waitForDaemon: "start -d" comes back before its server is there, and the next command may want it.
func waitForDaemon(binary, script string) int {
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		out, err := exec.Command(binary, script, "status", "--json").CombinedOutput()
		if err == nil {
			return 0
		}
		if time.Now().After(deadline) {
			return complain("%s start -d: %v\n%s", script, err, out)
		}
	}
}

func mustWD() string {
	dir, _ := os.Getwd()
	return dir
}

func mustLink(script string) string {
	if path, err := filepath.Abs(script); err == nil {
		return path
	}
	return script
}

func statusOf(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return complain("%v", err)
}

var optionName = regexp.MustCompile(`--?[a-z][a-z-]*`)

// optionsOf looks the options of a command up in its help, in place of running it.
func optionsOf(binary string, args []string) int {
	help, err := exec.Command(binary, args[0], "--help").CombinedOutput()
	if err != nil {
		return complain("phalanx %s --help: %v\n%s", args[0], err, help)
	}
	known := map[string]bool{}
	for _, name := range optionName.FindAllString(string(help), -1) {
		known[strings.TrimLeft(name, "-")] = true
	}
	for _, arg := range args[1:] {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if strings.HasPrefix(arg, "-") && !known[name] {
			return complain("phalanx %s has no option %s:\n%s", args[0], arg, help)
		}
	}
	return 0
}

// checkUsage looks the options of a command's usage up in its help, or for a script's commands in phalanx's own.
func checkUsage(t *testing.T, b *block) {
	t.Helper()
	binary := phalanxtest.Binary(t)
	general, err := exec.Command(binary, "help").CombinedOutput()
	require.NoError(t, err)
	for line := range strings.Lines(b.text) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] != "phalanx" {
			continue
		}
		if !strings.Contains(string(general), "phalanx "+fields[1]+" ") {
			t.Errorf("%s: phalanx help does not know %q", b, fields[1])
			continue
		}
		help := general
		if fields[1] == "build" {
			help, _ = exec.Command(binary, fields[1], "--help").CombinedOutput()
		}
		for _, option := range optionName.FindAllString(line, -1) {
			if name := strings.TrimLeft(option, "-"); strings.HasPrefix(option, "--") && !strings.Contains(string(help), "-"+name) {
				t.Errorf("%s: the help of phalanx %s does not know %s", b, fields[1], option)
			}
		}
	}
}

// playGit: a clone is a folder with what a reader of the page uses of it.
func playGit(args []string) int {
	if len(args) < 2 || args[0] != "clone" {
		return 0
	}
	u, err := url.Parse(args[1])
	if err != nil || u.Scheme != "https" || u.Host != "github.com" {
		return complain("git clone: %s", args[1])
	}
	name, source := strings.TrimSuffix(filepath.Base(u.Path), ".git"), os.Getenv("DOCS_ROOT")
	if name != "phalanx" {
		return complain("git clone: not this repository: %s", args[1])
	}
	if err := os.MkdirAll(filepath.Join(name, "build"), 0o755); err != nil {
		return complain("%v", err)
	}
	self, _ := os.Executable()
	if err := os.Symlink(self, filepath.Join(name, "build", "phalanx")); err != nil {
		return complain("%v", err)
	}
	if err := os.CopyFS(filepath.Join(name, "examples"), os.DirFS(filepath.Join(source, "examples"))); err != nil {
		return complain("%v", err)
	}
	if err := os.Symlink(filepath.Join(source, "Makefile"), filepath.Join(name, "Makefile")); err != nil {
		return complain("%v", err)
	}
	if err := os.Symlink(self, filepath.Join(name, "go")); err != nil {
		return complain("%v", err)
	}
	return 0
}

// playComposer puts vendor/bin/phalanx where the package would.
func playComposer(args []string) int {
	if len(args) < 2 || args[0] != "require" || !strings.HasPrefix(args[1], "phalanx/phalanx") {
		return 0
	}
	self, _ := os.Executable()
	if err := os.MkdirAll("vendor/bin", 0o755); err != nil {
		return complain("%v", err)
	}
	if err := os.Symlink(self, "vendor/bin/phalanx"); err != nil && !errors.Is(err, os.ErrExist) {
		return complain("%v", err)
	}
	return 0
}

// playMake asks make whether it knows the targets, and runs nothing.
func playMake(args []string) int {
	run := exec.Command("make", append([]string{"-n", "-C", os.Getenv("DOCS_ROOT")}, args...)...)
	run.Env = append(os.Environ(), "PATH="+os.Getenv("DOCS_PATH"))
	run.Path, run.Err = lookPath("make")
	if out, err := run.CombinedOutput(); err != nil {
		return complain("make %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return 0
}

func lookPath(name string) (string, error) {
	for _, dir := range filepath.SplitList(os.Getenv("DOCS_PATH")) {
		if path := filepath.Join(dir, name); isFile(path) {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// playSudo: the command behind it has to be one that a page may show.
func playSudo(args []string) int {
	for len(args) > 0 && (strings.HasPrefix(args[0], "-") || strings.Contains(args[0], "=")) {
		if args[0] == "-u" && len(args) > 1 {
			args = args[1:]
		}
		args = args[1:]
	}
	if len(args) == 0 || played[args[0]] == nil && !slices.Contains(append(tools, "useradd", "install", "modprobe"), args[0]) {
		return complain("sudo: what is %q?", strings.Join(args, " "))
	}
	return 0
}

// fileArguments checks that the files that a command's options name are in the repository.
func fileArguments(args []string, options ...string) int {
	for i, arg := range args {
		name, value, joined := strings.Cut(arg, "=")
		if !slices.Contains(options, name) {
			continue
		}
		if !joined && i+1 < len(args) {
			value = args[i+1]
		}
		if value == "-" || strings.Contains(value, "://") {
			continue
		}
		if _, err := os.Stat(value); err == nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(os.Getenv("DOCS_ROOT"), value)); err != nil {
			return complain("%s: there is no %s", name, value)
		}
	}
	return 0
}

// playDocker looks files and targets up in the repository.
func playDocker(args []string) int {
	if status := fileArguments(args, "-f", "--file", "--env-file"); status != 0 || len(args) == 0 || args[0] != "build" {
		return status
	}
	file, target := "Dockerfile", ""
	for i := 0; i+1 < len(args); i++ {
		switch args[i] {
		case "-f", "--file":
			file = args[i+1]
		case "--target":
			target = args[i+1]
		}
	}
	if target == "" {
		return 0
	}
	source, err := os.ReadFile(filepath.Join(os.Getenv("DOCS_ROOT"), file))
	if err != nil {
		return complain("docker build: %v", err)
	}
	if !regexp.MustCompile(`(?mi)^FROM .* AS ` + regexp.QuoteMeta(target) + `$`).Match(source) {
		return complain("docker build: %s has no target %s", file, target)
	}
	return 0
}

func playKubectl(args []string) int {
	return fileArguments(args, "-f", "--filename", "-k", "--kustomize")
}

// playCurl asks this machine only.
func playCurl(args []string) int {
	for _, arg := range args {
		if u, err := url.Parse(arg); err == nil && u.Host != "" && u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost" {
			return 0
		}
	}
	path, err := lookPath("curl")
	if err != nil {
		return complain("curl: %v", err)
	}
	run := exec.Command(path, append([]string{"-sS", "--max-time", "20"}, args...)...)
	run.Stdin, run.Stdout, run.Stderr = os.Stdin, os.Stdout, os.Stderr
	return statusOf(run.Run())
}

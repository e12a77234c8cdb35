package watch

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// trialPatience bounds how long a script may take to come to Worker::runAll().
	trialPatience = 30 * time.Second
	// maxLinted bounds how many changed files have their syntax checked; more have changed with a branch, not by an editor.
	maxLinted = 200
	// TrialEnv names the file into which Worker::runAll() writes its settings instead of running.
	TrialEnv = "PHALANX_TRIAL"
)

// failure is why new code cannot be used.
type failure struct {
	Title   string `json:"title"`   // "Parse error", "Uncaught RuntimeException"
	Message string `json:"message"` // without a place
	File    string `json:"file"`    // "" when no place is known
	Line    int    `json:"line"`
	Output  string `json:"output"` // what PHP has said of it besides
}

// verdict is what came of a trial.
type verdict struct {
	failure  *failure
	settings string   // what the supervisor has to be started anew for when it differs
	files    []string // included before Worker::runAll()
}

// judge checks the syntax of changed files, then runs the script up to Worker::runAll(). The context's end makes the verdict void.
func judge(ctx context.Context, o Options, changed []string) verdict {
	if f := lint(ctx, o, changed); f != nil {
		return verdict{failure: f}
	}
	return try(ctx, o)
}

func lint(ctx context.Context, o Options, changed []string) *failure {
	var files []string
	for _, file := range changed {
		switch filepath.Ext(file) {
		case ".php", ".phtml", ".inc":
			if _, err := os.Stat(file); err == nil {
				files = append(files, file)
			}
		}
	}
	if len(files) == 0 || len(files) > maxLinted {
		return nil
	}
	out, err := php(ctx, o, nil, append([]string{"-l"}, files...))
	if err == nil || ctx.Err() != nil {
		return nil
	}
	return read(out, err)
}

func try(ctx context.Context, o Options) verdict {
	folder, err := os.MkdirTemp("", "phalanx-trial")
	if err != nil {
		return verdict{failure: &failure{Title: "No trial", Message: err.Error()}}
	}
	defer func() { _ = os.RemoveAll(folder) }()
	report := filepath.Join(folder, "report")
	limited, cancel := context.WithTimeout(ctx, trialPatience)
	defer cancel()
	out, err := php(limited, o, []string{TrialEnv + "=" + report}, append([]string{o.Script, "start"}, o.Args...))
	if ctx.Err() != nil {
		return verdict{}
	}
	var said struct {
		Settings json.RawMessage `json:"settings"`
		Files    []string        `json:"files"`
	}
	data, missing := os.ReadFile(report)
	if missing == nil && json.Unmarshal(data, &said) == nil {
		return verdict{settings: string(said.Settings), files: said.Files}
	}
	switch {
	case errors.Is(limited.Err(), context.DeadlineExceeded):
		return verdict{failure: &failure{
			Title: "No Worker::runAll()", Message: "the script did not come to it in " + trialPatience.String(), File: o.Script, Output: out,
		}}
	case err == nil:
		return verdict{failure: &failure{
			Title: "No Worker::runAll()", Message: "the script ended before it came to it, with status 0", File: o.Script, Output: out,
		}}
	}
	return verdict{failure: read(out, err)}
}

// php runs PHP with its errors on standard output, and answers what it printed.
func php(ctx context.Context, o Options, env, args []string) (string, error) {
	args = append([]string{"-d", "display_errors=1", "-d", "log_errors=0", "-d", "html_errors=0", "-d", "xdebug.mode=off"}, args...)
	cmd := exec.CommandContext(ctx, o.Binary, append(append([]string(nil), o.PHP...), args...)...)
	cmd.Env = append(append(os.Environ(), env...), Environment, "XDEBUG_MODE=off")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is not its failure
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := o.children.start(cmd); err != nil {
		return "", err
	}
	defer o.children.forget(cmd.Process.Pid)
	err := cmd.Wait()
	return out.String(), err
}

var (
	errorLine = regexp.MustCompile(`(?ms)^(?:PHP )?((?:Parse|Fatal|Recoverable fatal) error): +(.*?) in (\S[^\n]*?) on line (\d+)$`)
	uncaught  = regexp.MustCompile(`(?ms)^(?:PHP )?Fatal error: +(Uncaught [^\s:]+)(?:: (.*?))? in (\S[^\n]*?):(\d+)\n(Stack trace:\n.*?)\n  thrown in `)
)

// read finds what PHP has to say of an error in what it printed.
func read(out string, err error) *failure {
	if m := uncaught.FindStringSubmatch(out); m != nil {
		line, _ := strconv.Atoi(m[4])
		return &failure{Title: m[1], Message: m[2], File: m[3], Line: line, Output: m[5]}
	}
	if m := errorLine.FindStringSubmatch(out); m != nil {
		line, _ := strconv.Atoi(m[4])
		return &failure{Title: m[1], Message: m[2], File: m[3], Line: line}
	}
	return &failure{Title: "The script failed", Message: err.Error(), Output: strings.TrimSpace(out)}
}

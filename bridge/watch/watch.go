// Package watch is development mode, "phalanx watch APP.php": it runs an application and has its workers replaced when a
// file has changed and the new code has proved to start.
//
// It is a process of its own in front of the supervisor. New code is judged before anything running is told of it: the
// syntax of the files that have changed is checked, then the start script runs as far as Worker::runAll() in a process of
// its own. Code that fails there is shown, and what runs goes on. Else the supervisor reloads, which cuts no HTTP connection
// and none of workers that keep theirs. Where the script says something else to the supervisor than at the start (addresses,
// numbers of workers, ...), or an ini file has changed, the supervisor is replaced by another one, which has its sockets.
package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/phalanx-php/phalanx/goengine/supervisor"
	"github.com/phalanx-php/phalanx/phpsrc"
)

const (
	// settle is how long nothing has to happen before files are looked at: editors write in several steps.
	settle = 60 * time.Millisecond
	// settleLimit bounds the wait when something happens all the time.
	settleLimit = time.Second
	// restless is how often the same file may change, each time within restlessTime, before it is pointed out.
	restless     = 6
	restlessTime = 3 * time.Second
	// startLimit is how long an application that starts is waited for before newer code has it stopped.
	startLimit = 5 * time.Second
)

// Main is the command with its arguments; binary is what runs PHP. It answers the exit status.
func Main(binary string, args []string) int {
	o, err := ParseOptions(args)
	switch {
	case errors.Is(err, errHelp):
		fmt.Print(Usage)
		return 0
	case err != nil:
		fmt.Fprintln(os.Stderr, "phalanx watch:", err)
		fmt.Fprintln(os.Stderr, "See phalanx watch --help")
		return 64
	}
	o.Binary = binary
	folder, err := os.MkdirTemp("", "phalanx-watch")
	if err != nil {
		fmt.Fprintln(os.Stderr, "phalanx watch:", err)
		return 73
	}
	defer func() { _ = os.RemoveAll(folder) }()
	roots, err := o.roots()
	if err != nil {
		fmt.Fprintln(os.Stderr, "phalanx watch:", err)
		return 66
	}
	w := &watcher{o: o, terminal: newTerminal(os.Stdout), folder: folder, app: newApp(o, folder)}
	return w.run(roots)
}

type watcher struct {
	o        Options
	terminal terminal
	folder   string
	tree     *tree
	app      *app
	look     *time.Timer // when to look at the files
	lookBy   time.Time   // it is not put off beyond this; zero: nothing has happened

	changed  []string // since the last code that could be used
	verdicts chan verdict
	cancel   context.CancelFunc // of the trial under way; nil: none

	settings  string      // of the running supervisor
	next      string      // those of the newest code
	coming    string      // those of the supervisor that is to replace it
	ready     bool        // it takes reloads
	limit     *time.Timer // for a start after which the code has changed
	reloadAt  time.Time   // a reload runs since then
	upgradeAt time.Time   // the supervisor is being replaced since then
	again     bool        // the code has changed once more
	restart   bool        // it is being stopped, to start anew
	ending    bool        // it is being stopped, for good
	unquietly map[string]*pulse
}

// pulse is how a file has changed again and again.
type pulse struct {
	times int
	last  time.Time
}

func (w *watcher) run(roots []string) int {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2)
	w.verdicts = make(chan verdict)
	w.unquietly = map[string]*pulse{}
	w.look = time.NewTimer(time.Hour)
	w.look.Stop()
	w.limit = time.NewTimer(time.Hour)
	w.limit.Stop()
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGCHLD)
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()

	tree, err := newTree(roots, w.o)
	w.tree = tree
	defer tree.close()
	w.polls(err)
	w.terminal.say("%d files in %s", len(tree.known), w.terminal.list(roots))
	w.judge()

	for {
		var events chan fsnotify.Event
		var errs chan error
		if tree.kernel != nil {
			events, errs = tree.kernel.Events, tree.kernel.Errors
		}
		select {
		case ev, ok := <-events:
			if ok && tree.hears(ev) {
				w.soon()
			}
		case <-errs: // the queue has overflown: nobody knows what has been missed
			w.soon()
		case <-poll.C:
			if tree.kernel == nil {
				w.lookNow()
			}
		case <-w.look.C:
			w.lookNow()
		case v := <-w.verdicts:
			w.cancel()
			w.cancel = nil
			w.decide(v)
		case <-w.limit.C:
			w.terminal.say("it has not started yet: restarting")
			w.stopToRestart()
		case news := <-w.app.news:
			if status, over := w.heard(news); over {
				return status
			}
		case <-ends:
			w.o.children.reap()
		case s := <-signals:
			if status, over := w.signalled(s); over {
				return status
			}
		}
	}
}

// polls says so when the kernel does not watch.
func (w *watcher) polls(err error) {
	switch {
	case err != nil:
		w.terminal.say("%s %v", w.terminal.paint("1;33", "polling:"), err)
	case w.o.Poll:
		w.terminal.say("polling every %s", pollEvery)
	}
}

// soon looks at the files when nothing more has happened for a moment.
func (w *watcher) soon() {
	now := time.Now()
	if w.lookBy.IsZero() {
		w.lookBy = now.Add(settleLimit)
	}
	w.look.Reset(max(min(settle, w.lookBy.Sub(now)), 0))
}

func (w *watcher) lookNow() {
	w.lookBy = time.Time{}
	changed, err := w.tree.changed()
	if err != nil {
		w.polls(err)
	}
	if len(changed) == 0 || w.ending {
		return
	}
	w.terminal.say("changed: %s", w.terminal.list(changed))
	w.pointOut(changed)
	for _, file := range changed {
		if !slices.Contains(w.changed, file) {
			w.changed = append(w.changed, file)
		}
	}
	w.judge()
}

// pointOut names files that change whenever the workers have started: most likely they write them.
func (w *watcher) pointOut(changed []string) {
	now := time.Now()
	for _, file := range changed {
		p := w.unquietly[file]
		if p == nil || now.Sub(p.last) > restlessTime {
			p = &pulse{}
			w.unquietly[file] = p
		}
		p.times++
		p.last = now
		if p.times == restless {
			w.terminal.say("%s changes again and again; if the application writes it: phalanx watch --ignore %s",
				w.terminal.short(file), filepath.Base(file))
		}
	}
}

// judge has the code judged as it is now.
func (w *watcher) judge() {
	if w.cancel != nil {
		w.cancel()
		<-w.verdicts
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	changed := slices.Clone(w.changed)
	go func() { w.verdicts <- judge(ctx, w.o, changed) }()
}

func (w *watcher) decide(v verdict) {
	if w.ending {
		return
	}
	w.say(v.failure)
	if v.failure != nil {
		if w.app.runs() {
			w.terminal.say("the code before goes on serving")
		} else {
			w.terminal.say("waiting for a change")
		}
		return
	}
	w.changed = nil
	w.tree.include(theirs(v.files))
	w.next = v.settings
	switch {
	case !w.app.runs():
		w.start()
	case w.restart:
		// It is on its way out, and starts with the newest settings.
	case !w.ready:
		w.again = true
		w.limit.Reset(startLimit)
	case !w.reloadAt.IsZero() || !w.upgradeAt.IsZero():
		w.again = true
	default:
		w.use()
	}
}

// use has the newest code run.
func (w *watcher) use() {
	w.again = false
	switch {
	case w.next == w.settings:
		w.reload()
	case inTheWay(w.settings, w.next):
		w.terminal.say("what Worker::runAll() tells the supervisor has changed: restarting")
		w.stopToRestart()
	default:
		w.terminal.say("what Worker::runAll() tells the supervisor has changed: another one takes over")
		w.upgradeAt, w.coming = time.Now(), w.next
		w.app.signal(supervisor.UpgradeSignal)
	}
}

// inTheWay says whether the running supervisor has sockets that keep the next one from opening its own: two addresses that differ
// and have the same port.
func inTheWay(running, next string) bool {
	for _, one := range addresses(next) {
		for _, other := range addresses(running) {
			if one != other && port(one) != "" && port(one) == port(other) && !slices.Contains(addresses(running), one) {
				return true
			}
		}
	}
	return false
}

// addresses are those that settings name, as "tcp://127.0.0.1:80".
func addresses(settings string) []string {
	var s struct {
		Workers []struct {
			Listen string `json:"listen"`
		} `json:"workers"`
		Monitor string `json:"monitor"`
	}
	if json.Unmarshal([]byte(settings), &s) != nil {
		return nil
	}
	var all []string
	for _, w := range s.Workers {
		if w.Listen != "" {
			all = append(all, w.Listen)
		}
	}
	if s.Monitor != "" {
		all = append(all, "tcp://"+s.Monitor)
	}
	return all
}

// port is the transport and the port of an address, "" that of a path.
func port(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	if scheme == "unix" {
		return ""
	}
	return scheme + rest[strings.LastIndexByte(rest, ':')+1:]
}

// theirs leaves out the classes that the binary brings.
func theirs(files []string) []string {
	own, err := phpsrc.Folder()
	if err != nil || os.Getenv(phpsrc.OverrideEnv) != "" {
		return files
	}
	return slices.DeleteFunc(files, func(file string) bool { return isBelow(file, own) })
}

// say shows a failure here and has workers show it to browsers; nil: there is none any more.
func (w *watcher) say(f *failure) {
	file := filepath.Join(w.folder, brokenFile)
	if f == nil {
		_ = os.Remove(file)
		return
	}
	w.terminal.fail(f)
	if text, err := json.Marshal(f); err == nil && os.WriteFile(file+".new", text, 0o600) == nil {
		_ = os.Rename(file+".new", file)
	}
}

func (w *watcher) start() {
	w.forget()
	w.settings = w.next
	if err := w.app.start(); err != nil {
		w.terminal.say("%s cannot be started: %v", w.o.Binary, err)
	}
}

// forget is for when nothing runs: nothing is under way then.
func (w *watcher) forget() {
	w.ready, w.restart, w.again, w.reloadAt, w.upgradeAt = false, false, false, time.Time{}, time.Time{}
	w.limit.Stop()
}

func (w *watcher) stopToRestart() {
	w.limit.Stop()
	w.restart = true
	w.app.signal(syscall.SIGINT)
}

func (w *watcher) reload() {
	w.reloadAt = time.Now()
	w.app.signal(syscall.SIGUSR1)
}

// heard is told what the application has to say of its state; over means that this process ends too.
func (w *watcher) heard(n news) (status int, over bool) {
	switch n.what {
	case "ended":
		if w.app.hasEnded(n.status) {
			return w.ended(n.status)
		}
	case "main":
		if w.app.isMain(n.pid) && !w.upgradeAt.IsZero() {
			w.settings = w.coming
		}
	case "ready", "failed":
		if !w.restart && !w.ending {
			w.settled(n.what == "failed")
		}
	}
	return 0, false
}

// settled is told that the application has started, or has come to the end of a reload or of an upgrade.
func (w *watcher) settled(failed bool) {
	if failed && w.upgradeAt.IsZero() {
		return // it was not asked for here
	}
	since, what := w.reloadAt, "reloaded"
	if !w.upgradeAt.IsZero() {
		since, what = w.upgradeAt, "restarted"
	}
	switch {
	case failed:
		w.terminal.say("the code before goes on serving")
	case !since.IsZero():
		w.terminal.say("%s in %s", w.terminal.paint("32", what), time.Since(since).Round(time.Millisecond))
	}
	w.ready, w.reloadAt, w.upgradeAt = true, time.Time{}, time.Time{}
	w.limit.Stop()
	if w.again {
		w.use()
	}
}

// ended is told of the application's end.
func (w *watcher) ended(status int) (int, bool) {
	restart := w.restart
	w.forget()
	switch {
	case w.ending:
		return status, true
	case restart:
		w.start()
	default:
		w.terminal.say("%s with status %d; it is started again with the next change", w.terminal.paint("1;31", "the application has ended"), status)
	}
	return 0, false
}

// signalled passes signals on.
func (w *watcher) signalled(s os.Signal) (status int, over bool) {
	if s == syscall.SIGUSR1 || s == syscall.SIGUSR2 {
		w.judge() // as if something had changed
		return 0, false
	}
	w.ending = true
	if w.cancel != nil {
		w.cancel()
	}
	if !w.app.runs() {
		return 0, true
	}
	w.app.signal(s)
	return 0, false
}

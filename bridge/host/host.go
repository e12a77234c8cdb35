// Package host is the server process: it runs the slots of an application's workers on the PHP
// threads of FrankenPHP, as its supervisor says.
//
// Each slot is one message to an extension worker: the worker's script runs to
// frankenphp_handle_request(), gets the slot with the message, serves it in its loop and returns
// when the slot ends; FrankenPHP then runs the script afresh for the next message.
package host

/*
#cgo CFLAGS: -D_GNU_SOURCE -Wall -Wno-unused-parameter
#cgo LDFLAGS: -lphp
#include <stdlib.h>
#include "host.h"
*/
import "C"

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
	"unsafe"

	"github.com/dunglas/frankenphp"
	"github.com/sirupsen/logrus"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/bridge/cli"
	"github.com/phalanx-php/phalanx/bridge/ext"
	"github.com/phalanx-php/phalanx/goengine/cron"
	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/messaging"
	"github.com/phalanx-php/phalanx/goengine/metrics"
	"github.com/phalanx-php/phalanx/goengine/services"
	"github.com/phalanx-php/phalanx/goengine/supervisor"
	"github.com/phalanx-php/phalanx/goengine/tlsconn"
)

// reloadPatience bounds how long a reload waits for one slot before it goes on with the next.
const reloadPatience = 10 * time.Second

// failPause is how long a slot that failed as soon as it began has to wait, as with Workerman.
const failPause = time.Second

// host is the state of the process.
type host struct {
	log     logrus.FieldLogger
	control *os.File
	spec    supervisor.Spec
	workers frankenphp.Workers
	become  *supervisor.Credential // nil: stay who we are

	up     chan struct{} // closed when FrankenPHP has made the worker
	upOnce sync.Once

	recycle chan struct{} // wakes the recycler
	out     sync.Mutex    // guards writes to control
	boots   boots
	onces   *onces
	untold  sync.WaitGroup // slots that came to their loop and whose end has not been told

	mu        sync.Mutex // guards all below
	slots     []*slot
	parked    map[int]bool // PHP threads whose script has ended for good
	stopping  bool         // no slot is served again
	ready     bool         // each slot has come to its loop once
	reloading bool
}

// slot is one thread's worth of a worker.
type slot struct {
	worker, id int
	fds        []int // its listening sockets
	generation int
	exits      int
	failures   int // exits with a status other than 0
	recycled   int
	due        bool      // it has had as many messages as its worker allows
	expires    time.Time // when its worker's maxAge is over; zero: never
	endBy      time.Time // a callback that goes on for longer is broken off, for the slot is to be replaced; zero: it is not
	ended      time.Time // the last script
	started    time.Time
	entered    chan struct{} // closed when the present script has come to its loop
	thread     int           // that serves it, once entered
	serving    bool          // its script is on its way, runs, or has shutdown functions to run
}

// Main serves until the supervisor says stop, or is gone. It answers the exit status.
func Main() int {
	fd, err := strconv.Atoi(os.Getenv(supervisor.ControlEnv))
	if err != nil {
		fmt.Fprintln(os.Stderr, "phalanx: "+supervisor.ControlEnv+" is for the supervisor's use")
		return 64
	}
	_ = os.Unsetenv(supervisor.ControlEnv)
	if err := ext.JoinOthers(os.Getenv(supervisor.HubEnv)); err != nil {
		fmt.Fprintln(os.Stderr, "phalanx:", err)
		return 70
	}
	_ = os.Unsetenv(supervisor.HubEnv)
	// The supervisor has the signals; a terminal sends its Ctrl-C to every process. They are caught
	// and forgotten rather than ignored: what PHP starts would inherit that.
	unheard := make(chan os.Signal, 1)
	signal.Notify(unheard, unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT, unix.SIGTSTP, unix.SIGUSR1, unix.SIGUSR2, unix.SIGIO,
		supervisor.UpgradeSignal)
	unix.CloseOnExec(fd)
	h := &host{
		log: logrus.StandardLogger(), up: make(chan struct{}), parked: map[int]bool{}, boots: newBoots(),
		control: os.NewFile(uintptr(fd), "control"),
	}
	serving = h
	rd := bufio.NewReader(h.control)
	var first supervisor.Command
	if err := read(rd, &first); err != nil || first.Cmd != "start" || first.Spec == nil {
		fmt.Fprintln(os.Stderr, "phalanx: no orders from the supervisor:", err)
		return 70
	}
	h.onces = newOnces(first.Spec.Once)
	h.spec, h.become = *first.Spec, first.Credential
	messaging.Home = func() string { return filepath.Dir(h.spec.Script) }
	cron.Group = func() string { return first.Group }
	if first.Tickets != nil {
		tlsconn.SeedTickets(*first.Tickets)
	}
	for _, p := range first.Places {
		h.slots = append(h.slots, &slot{worker: p.Worker, id: p.ID, fds: p.FDs, entered: make(chan struct{}), ended: time.Now()})
		for _, fd := range p.FDs {
			unix.CloseOnExec(fd) // children of PHP's do not inherit listening sockets
		}
	}
	h.recycle = make(chan struct{}, 1)
	go h.obey(rd)
	go h.recycler()
	go h.watchdog()
	if err := h.serve(); err != nil {
		fmt.Fprintln(os.Stderr, "phalanx:", err)
		return 70
	}
	select {} // obey and stopped end the process
}

func read(rd *bufio.Reader, cmd *supervisor.Command) error {
	text, err := rd.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(text, cmd)
}

// obey carries out the supervisor's commands. Without a supervisor there is nothing to serve for.
func (h *host) obey(rd *bufio.Reader) {
	for {
		var cmd supervisor.Command
		if err := read(rd, &cmd); err != nil {
			if !errors.Is(err, io.EOF) {
				fmt.Fprintln(os.Stderr, "phalanx: control channel:", err)
			}
			services.Close()
			os.Exit(71)
		}
		switch cmd.Cmd {
		case "reload":
			go h.reload(cmd.Graceful)
		case "stop":
			command := "stop"
			if cmd.Graceful {
				command = "graceful"
			}
			h.stop(command)
		case "drain", "retire":
			h.stop(cmd.Cmd)
		case "once":
			h.answerOnce(cmd)
		case "ask":
			for _, s := range h.slots {
				ext.SlotAsk(s.worker, s.id, cmd.Wish)
			}
		case "status":
			h.send(supervisor.StatusReport(cmd.Seq, h.status(), runtime.NumGoroutine()))
		case "stacks":
			go func(seq int) { h.send(supervisor.StatusReport(seq, h.stacks(), runtime.NumGoroutine())) }(cmd.Seq)
		case "metrics":
			go h.sendMetrics(cmd.Seq) // collectors may take their time
		}
	}
}

func (h *host) send(r supervisor.Report) {
	b, err := json.Marshal(r)
	if err != nil {
		return
	}
	h.out.Lock()
	defer h.out.Unlock()
	_, _ = h.control.Write(append(b, '\n')) // a supervisor that is gone is seen by obey
}

func (h *host) sendMetrics(seq int) {
	s, err := metrics.Default().Snapshot()
	if err != nil {
		h.log.WithError(err).Error("phalanx: not all metrics could be read")
	}
	h.send(supervisor.MetricsReport(seq, s))
}

// serve starts PHP and one goroutine for each slot.
func (h *host) serve() error {
	argv := append([]string{h.spec.Script}, h.spec.Argv[min(1, len(h.spec.Argv)):]...)
	if len(h.spec.Argv) > 0 {
		argv[0] = h.spec.Argv[0]
	}
	setup(h.spec.Script, argv, h.spec.INIPath, h.spec.NoINI)
	ext.Register()
	ext.SlotEntered = h.entered
	ext.GetOnce, ext.PutOnce = h.getOnce, h.putOnce
	ext.SlotUses = func(worker, _ int, bytes int64) {
		if limit := h.spec.Workers[worker].MaxMemory; limit > 0 && bytes >= limit {
			h.wakeRecycler()
		}
	}
	ext.SlotSays = func(worker, id int, what, message string) {
		h.send(supervisor.Report{Event: supervisor.Event{
			Type: supervisor.SlotSays, Worker: worker, ID: id, PID: unix.Gettid(), What: what, Message: message,
		}})
	}
	ext.KeepLoops = func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return !h.stopping
	}

	n := len(h.slots)
	workers, option := frankenphp.WithExtensionWorkers("m#phalanx", h.spec.Script, n,
		frankenphp.WithWorkerMaxFailures(-1),
		frankenphp.WithWorkerOnReady(h.threadReady))
	h.workers = workers
	for _, s := range h.slots {
		go h.run(s)
	}
	return frankenphp.Init(option,
		frankenphp.WithNumThreads(n+1),
		frankenphp.WithPhpIni(settings(h.spec.Settings)),
		frankenphp.WithLogger(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))))
}

// settings turns lines of php.ini into FrankenPHP's form, which knows each name once: it writes
// lines again, so a name that comes several times ("extension") has its further lines in its value.
func settings(lines string) map[string]string {
	set := map[string]string{}
	for line := range strings.SplitSeq(lines, "\n") {
		if name, value, ok := strings.Cut(line, "="); ok {
			name, value = strings.TrimSpace(name), strings.TrimSpace(value)
			if before, ok := set[name]; ok {
				value = before + "\n" + name + "=" + value
			}
			set[name] = value
		}
	}
	return set
}

func setup(script string, argv []string, iniPath string, noINI bool) {
	cli.SetBinary()
	array := (**C.char)(C.calloc(C.size_t(len(argv)+1), C.size_t(unsafe.Sizeof((*C.char)(nil)))))
	for i, arg := range argv {
		unsafe.Slice(array, len(argv))[i] = C.CString(arg) // kept: every script's $argv is made of it
	}
	var path *C.char
	if iniPath != "" {
		path = C.CString(iniPath)
	}
	ignore := C.int(0)
	if noINI {
		ignore = 1
	}
	C.phx_host_setup(C.CString(script), C.int(len(argv)), array, path, ignore)
}

// threadReady runs on a PHP thread each time before it runs the script.
func (h *host) threadReady(int) {
	ext.MarkThread(true)
	supervisor.RestoreTimerSlack()
	h.upOnce.Do(func() { // the others wait here
		if err := become(h.become); err != nil {
			fmt.Fprintln(os.Stderr, "phalanx:", err)
			os.Exit(77)
		}
		close(h.up)
		h.send(supervisor.Up(os.Getpid()))
	})
	h.abandonOnces()
	h.pause()
	h.mu.Lock()
	if !h.stopping {
		h.mu.Unlock()
		return
	}
	// The script has ended, its shutdown functions and destructors have run: that was all.
	h.parked[unix.Gettid()] = true
	h.endIfOver()
	select {}
}

// endIfOver ends the process when no script has anything left to do. It is called with mu held and
// releases it.
func (h *host) endIfOver() {
	over := h.stopping
	for _, s := range h.slots {
		over = over && (!s.serving || h.parked[s.thread])
	}
	over = over || h.stopping && len(h.parked) >= len(h.slots) // none of them came to its loop
	h.mu.Unlock()
	if over {
		h.stopped()
	}
}

func (h *host) stopped() {
	told := make(chan struct{})
	go func() {
		h.untold.Wait() // all threads are parked: no slot begins any more
		close(told)
	}()
	select {
	case <-told:
	case <-time.After(time.Second):
	}
	services.Close()
	h.send(supervisor.Report{Event: supervisor.Event{Type: "ending", PID: os.Getpid()}})
	os.Exit(0)
}

// run serves one slot again and again.
func (h *host) run(s *slot) {
	for {
		h.mu.Lock()
		if h.stopping {
			h.mu.Unlock()
			return
		}
		s.generation++
		s.serving, s.thread, s.endBy = true, 0, time.Time{}
		generation := s.generation
		ext.SlotReset(s.worker, s.id) // under the lock: a stop comes before and is seen, or its command stays
		h.mu.Unlock()
		began := time.Now()
		answer, err := h.deliver(s, generation)
		status := 255
		switch code := answer.(type) {
		case int64:
			status = int(code)
		case nil:
			// The script did not return: a fatal error, or exit().
			status = ext.ExitStatus(s.worker, s.id)
		}
		if err != nil {
			h.log.WithError(err).Error("phalanx: a slot could not be served")
		}
		h.mu.Lock()
		s.exits++
		s.ended = time.Now()
		if status != 0 {
			s.failures++
		}
		entered := isClosed(s.entered)
		s.entered = make(chan struct{})
		if !h.stopping || answer == nil || !entered {
			s.serving = false // at a stop, a script that returned goes on to its shutdown functions
		}
		h.mu.Unlock()
		h.send(supervisor.Report{Event: supervisor.Event{
			Type: supervisor.SlotExit, Worker: s.worker, ID: s.id, Status: (status & 0xff) << 8,
			PID: ext.FiguresOf(s.worker, s.id).LastThread,
		}})
		if entered {
			h.untold.Done()
		}
		h.mu.Lock()
		h.endIfOver()
		if (status != 0 || answer == nil) && time.Since(began) < failPause {
			time.Sleep(failPause) // what fails, or calls exit(), at once would do so again and again
		}
	}
}

// deliver hands a slot to the next script that asks for one, and waits for its end.
func (h *host) deliver(s *slot, generation int) (any, error) {
	<-h.up
	fds := []any{}
	for _, fd := range s.fds {
		fds = append(fds, int64(fd))
	}
	return h.workers.SendMessage(context.Background(), map[string]any{
		"worker": int64(s.worker), "id": int64(s.id), "generation": int64(generation), "fds": fds,
	}, nil)
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// entered is told by the extension, on the slot's thread.
func (h *host) entered(worker, id, thread int) {
	h.mu.Lock()
	s := h.find(worker, id)
	if s == nil || isClosed(s.entered) {
		h.mu.Unlock()
		return
	}
	s.started, s.thread = time.Now(), thread
	close(s.entered)
	h.untold.Add(1)
	all := !h.ready
	for _, other := range h.slots {
		all = all && !other.started.IsZero()
	}
	h.ready = h.ready || all
	s.limits(&h.spec.Workers[worker])
	h.mu.Unlock()
	h.send(supervisor.SlotStart(worker, id, thread))
	if all {
		h.send(supervisor.Report{Event: supervisor.Event{Type: supervisor.Ready, PID: os.Getpid()}})
	}
}

func (h *host) find(worker, id int) *slot {
	for _, s := range h.slots {
		if s.worker == worker && s.id == id {
			return s
		}
	}
	return nil
}

// reload replaces the slots one by one; one that comes while another runs is ignored.
func (h *host) reload(graceful bool) {
	h.mu.Lock()
	if h.reloading || h.stopping {
		h.mu.Unlock()
		return
	}
	h.reloading = true
	slots := h.slots
	h.mu.Unlock()
	over := supervisor.Event{Type: supervisor.Reloaded, PID: os.Getpid()}
	defer func() {
		h.mu.Lock()
		h.reloading = false
		h.mu.Unlock()
		h.send(supervisor.Report{Event: over})
	}()
	began := time.Now()
	h.boots.retry()
	command := "reload"
	if graceful {
		command = "reload-graceful"
	}
	for _, s := range slots {
		reloadable := h.spec.Workers[s.worker].Reloadable
		h.mu.Lock()
		generation, stopping := s.generation, h.stopping
		if reloadable && !graceful {
			s.endBy = time.Now().Add(h.spec.StopPatience())
		}
		h.mu.Unlock()
		if stopping {
			return
		}
		if !reloadable {
			ext.SlotAsk(s.worker, s.id, command) // it hears of it, and what it has begun goes on
			continue
		}
		if err := ext.SlotControl(s.worker, s.id, command); err != nil {
			h.log.WithError(err).WithField("slot", s.id).Error("phalanx: a slot does not hear of the reload")
			continue
		}
		h.awaitReplacement(s, generation, began)
		if reason := h.boots.failedSince(began); reason != "" {
			over.Message = reason // the other slots keep the code that works
			return
		}
	}
}

// awaitReplacement waits until a script of a later generation has come to the slot's loop, or a script
// fails before.
func (h *host) awaitReplacement(s *slot, generation int, began time.Time) {
	for deadline := time.Now().Add(reloadPatience); time.Now().Before(deadline); {
		h.mu.Lock()
		later, entered, stopping := s.generation > generation, s.entered, h.stopping
		h.mu.Unlock()
		if stopping || (later && isClosed(entered)) || h.boots.failedSince(began) != "" {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// stop ends the slots by the command "stop", "graceful" or "drain"; the process ends when their
// scripts have.
func (h *host) stop(command string) {
	h.mu.Lock()
	h.stopping = true
	slots := h.slots
	h.mu.Unlock()
	h.boots.retry() // those that pause have nothing to wait for
	for _, s := range slots {
		_ = ext.SlotControl(s.worker, s.id, command)
	}
	h.mu.Lock()
	h.endIfOver() // no slot may be at work: those that failed pause
}

func (h *host) status() []supervisor.Slot {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]supervisor.Slot, 0, len(h.slots))
	for _, s := range h.slots {
		f := ext.FiguresOf(s.worker, s.id)
		slot := supervisor.Slot{
			Worker: s.worker, ID: s.id, PID: f.Thread, Exits: s.exits, Failures: s.failures, Recycled: s.recycled,
			Serving: isClosed(s.entered), Memory: f.Memory, Fibers: f.Fibers, Connections: f.Connections, Timers: f.Timers, Messages: f.Messages,
			SendFails: f.SendFails, Accepted: f.Accepted, BytesRead: f.BytesRead, BytesWritten: f.BytesWritten,
			AcceptErrors: f.Pulse.AcceptErrors, Refused: f.Pulse.Refused, BusySeconds: f.Pulse.Busy.Seconds(), Turns: f.Pulse.Turns[:],
		}
		for limit, n := range f.Pulse.Limits {
			if n > 0 {
				if slot.Limits == nil {
					slot.Limits = map[string]uint64{}
				}
				slot.Limits[loop.LimitNames[limit]] = n
			}
		}
		if slot.Serving {
			slot.Started, slot.BusyFor = s.started.Unix(), f.Pulse.Since.Seconds()
		} else {
			slot.StartingFor = time.Since(s.ended).Seconds()
		}
		all = append(all, slot)
	}
	return all
}

package supervisor_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/supervisor"
)

// TestMain makes this binary a server process too: the supervisor starts it as one.
func TestMain(m *testing.M) {
	if fd, err := strconv.Atoi(os.Getenv(supervisor.ControlEnv)); err == nil {
		f := &fake{control: os.NewFile(uintptr(fd), "control")}
		os.Exit(f.serve())
	}
	os.Exit(m.Run())
}

// What a fake server process does, as Spec.Script.
const (
	serves   = "serves"   // all that it is told
	silent   = "silent"   // never says that it is up
	crashes  = "crashes"  // ends before it is up
	stubborn = "stubborn" // does not stop
	gated    = "gated"    // serves, but crashes while the file PidFile is there
	stuck    = "stuck"    // as gated, does not stop, and has a thread that nothing ends when it is told to reload
	hangs    = "hangs"    // serves, but does not come up while the file PidFile is there
)

// fake is a server process without PHP.
type fake struct {
	control *os.File
	places  []supervisor.Place
	spec    supervisor.Spec
}

func (f *fake) send(r supervisor.Report) {
	b, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	_, _ = f.control.Write(append(b, '\n'))
}

func (f *fake) eachSlot(do func(worker, id int)) {
	for _, p := range f.places {
		do(p.Worker, p.ID)
	}
}

func (f *fake) serve() int {
	rd := bufio.NewReader(f.control)
	for {
		var cmd supervisor.Command
		text, err := rd.ReadBytes('\n')
		if err != nil || json.Unmarshal(text, &cmd) != nil {
			return 71
		}
		switch cmd.Cmd {
		case "start":
			f.spec, f.places = *cmd.Spec, cmd.Places
			if status := f.start(); status != 0 {
				return status
			}
		case "reload":
			if f.spec.Script == stuck {
				f.send(supervisor.Report{Event: supervisor.Event{Type: supervisor.Stuck, PID: 1}})
				f.send(supervisor.Report{Event: supervisor.Event{Type: supervisor.Stuck, PID: 1}})
			}
			f.send(supervisor.Report{Event: supervisor.Event{Type: supervisor.SlotExit, Message: fmt.Sprint("reload ", cmd.Graceful)}})
			f.send(supervisor.Report{Event: supervisor.Event{Type: supervisor.Reloaded, PID: os.Getpid()}})
		case "status":
			f.send(supervisor.StatusReport(cmd.Seq, []supervisor.Slot{{Worker: 1, ID: 2, PID: 3, Memory: 4}}, 0))
		case "drain":
			f.send(supervisor.Report{Event: supervisor.Event{Type: supervisor.SlotExit, Message: "drain"}})
			if f.spec.Script != stubborn && f.spec.Script != stuck {
				return 0
			}
		case "stop":
			if f.spec.Script == stubborn || f.spec.Script == stuck {
				continue
			}
			// More than fits one read, and the process ends with it.
			for range 100 {
				f.eachSlot(func(w, id int) {
					f.send(supervisor.Report{Event: supervisor.Event{Type: supervisor.SlotExit, Worker: w, ID: id, Message: fmt.Sprint("stop ", cmd.Graceful)}})
				})
			}
			return 0
		}
	}
}

func (f *fake) start() int {
	switch f.spec.Script {
	case silent:
		return 0
	case crashes:
		return 3
	case hangs:
		if _, err := os.Stat(f.spec.PidFile); err == nil {
			return 0
		}
	case gated, stuck:
		if _, err := os.Stat(f.spec.PidFile); err == nil {
			return 3
		}
	}
	f.send(supervisor.Up(os.Getpid()))
	f.eachSlot(func(w, id int) { f.send(supervisor.SlotStart(w, id, 100*w+id+1)) })
	accepts := map[int]bool{}
	for _, p := range f.places {
		for _, fd := range p.FDs {
			if !accepts[fd] {
				go f.accept(fmt.Sprintf("worker %d socket %d process %d", p.Worker, p.ID, os.Getpid()), fd)
			}
			accepts[fd] = true
		}
	}
	f.send(supervisor.Report{Event: supervisor.Event{Type: supervisor.Ready, PID: os.Getpid()}})
	return 0
}

// accept greets whoever connects.
func (f *fake) accept(greeting string, fd int) {
	l, err := net.FileListener(os.NewFile(uintptr(fd), "listener"))
	if err != nil {
		panic(err)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = io.WriteString(c, greeting)
		_ = c.Close()
	}
}

// app is a supervisor under test.
type app struct {
	*supervisor.Supervisor
	t    *testing.T
	over bool // Stopped has come
}

func options() supervisor.Options {
	log := logrus.New()
	log.SetOutput(io.Discard)
	return supervisor.Options{Args: []string{"fake"}, Logger: log}
}

func start(t *testing.T, spec supervisor.Spec) *app {
	t.Helper()
	s, err := supervisor.Start(spec, options())
	require.NoError(t, err)
	a := &app{Supervisor: s, t: t}
	t.Cleanup(func() {
		if !a.over {
			a.Stop(false)
			a.Stop(false)
			a.await(supervisor.Stopped)
		}
	})
	return a
}

// await waits for an event of a kind and answers it with those before it.
func (a *app) await(kind string) (ev supervisor.Event, before []supervisor.Event) {
	a.t.Helper()
	for {
		ev, ok := a.Wait(20 * time.Second)
		if !ok {
			a.t.Fatalf("no event %s, but %+v", kind, before)
		}
		a.over = a.over || ev.Type == supervisor.Stopped
		if ev.Type == kind {
			return ev, before
		}
		before = append(before, ev)
	}
}

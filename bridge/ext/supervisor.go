package ext

// #include <unistd.h>
// #include "../../php-ext/engine.h"
import "C"

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/cron"
	"github.com/phalanx-php/phalanx/goengine/hub"
	"github.com/phalanx-php/phalanx/goengine/messaging"
	"github.com/phalanx-php/phalanx/goengine/monitor"
	"github.com/phalanx-php/phalanx/goengine/supervisor"
)

// CommandLine adds to a supervisor's orders what only the binary's command line knows. The
// command sets it.
var CommandLine = func(*supervisor.Spec) {}

// HandBackSignal has Go's runtime handle a signal again that the script may have handled until now. The command sets it.
var HandBackSignal func(unix.Signal)

// Invocation is how this process was started, and Predecessor the supervisor that it is to replace, nil: none. The command
// sets them before PHP starts.
var (
	Invocation  supervisor.Invocation
	Predecessor *supervisor.Predecessor
)

// Inherit takes over what the predecessor leaves, before the script runs.
func Inherit(p *supervisor.Predecessor) {
	Predecessor = p
	for name, value := range p.Once {
		own.put(name, value)
	}
}

// running is this process's one supervisor.
var running struct {
	mu sync.Mutex // guards s
	s  *supervisor.Supervisor
}

func current() *supervisor.Supervisor {
	running.mu.Lock()
	defer running.mu.Unlock()
	return running.s
}

// phx_supervisor_listen takes the orders as JSON, and the script's working directory, and binds the
// sockets. On failure the reason is in text.
//
//export phx_supervisor_listen
func phx_supervisor_listen(spec *C.char, n C.size_t, cwd *C.char, text *C.char, textLen *C.int32_t) (st C.phx_status) {
	defer guard(&st)
	if err := listen(borrow(spec, n), C.GoString(cwd)); err != nil {
		*textLen = put(text, err.Error())
		return C.PHX_EINVAL
	}
	return C.PHX_OK
}

func listen(spec []byte, cwd string) error {
	running.mu.Lock()
	defer running.mu.Unlock()
	if running.s != nil {
		return errors.New("the workers of this process have been started already")
	}
	var orders supervisor.Spec
	if err := json.Unmarshal(spec, &orders); err != nil {
		return err
	}
	CommandLine(&orders)
	orders.Once = own.all()
	messaging.Application = func() string { return orders.Script }
	messaging.Home = func() string { return filepath.Dir(orders.Script) } // as in its server processes
	var m *monitor.Monitor
	if orders.Monitor != "" {
		stuck := time.Duration(orders.StuckTimeout * float64(time.Second))
		opts := monitor.Options{StuckAfter: stuck, Logger: Log}
		var err error
		if l := inheritedListener(orders.Monitor); l != nil {
			m = monitor.New(l, opts)
		} else if m, err = monitor.Listen(orders.Monitor, opts); err != nil {
			return err
		}
	}
	s, err := supervisor.New(orders, supervisor.Options{
		Args: []string{"phalanx", "server", orders.Script}, Env: environment(), Dir: cwd, Logger: Log,
		Predecessor: Predecessor, Again: Invocation,
		TakenOver: func() {
			if m != nil {
				m.Serve(current()) // until then the predecessor answers
			}
		},
		Left: func() {
			if m != nil {
				m.Close()
			}
		},
		Leave: func() []*os.File {
			if m != nil {
				if f := m.Copy(); f != nil {
					return []*os.File{f}
				}
			}
			return nil
		},
		Cluster: func(s *hub.Switch, node uint32) (io.Closer, error) {
			return messaging.JoinCluster(orders.Cluster, orders.ClusterName, s, node, Log)
		},
	})
	running.s = s
	if m != nil {
		switch {
		case err != nil:
			m.Close()
		case Predecessor == nil:
			m.Serve(s)
		}
	}
	return err
}

func inheritedListener(address string) net.Listener {
	if Predecessor == nil {
		return nil
	}
	return Predecessor.Listen(address)
}

// phx_supervisor_start starts the server process. On failure the reason is in text.
//
//export phx_supervisor_start
func phx_supervisor_start(text *C.char, textLen *C.int32_t) (st C.phx_status) {
	defer guard(&st)
	s := current()
	if s == nil {
		return C.PHX_ECLOSED
	}
	cron.Forget() // this script starts those that will run the jobs
	if err := s.Launch(); err != nil {
		*textLen = put(text, err.Error())
		return C.PHX_EINVAL
	}
	s.Notify(HandBackSignal)
	return C.PHX_OK
}

// environment is C's, which putenv() in the script has changed; Go's is a copy from the start.
func environment() []string {
	var env []string
	for p := C.environ; *p != nil; p = (**C.char)(unsafe.Add(unsafe.Pointer(p), unsafe.Sizeof(*p))) {
		env = append(env, C.GoString(*p))
	}
	return env
}

// phx_supervisor_wait answers the next event as JSON that the caller frees; NULL when none came
// within the time (negative: no limit), with the status PHX_OK. Blocks.
//
//export phx_supervisor_wait
func phx_supervisor_wait(ns C.int64_t, st *C.phx_status) *C.char {
	defer guard(st)
	s := current()
	if s == nil {
		*st = C.PHX_ECLOSED
		return nil
	}
	*st = C.PHX_OK
	ev, ok := s.Wait(time.Duration(ns))
	if !ok {
		return nil
	}
	b, err := json.Marshal(ev)
	if err != nil {
		*st = C.PHX_EINTERNAL
		return nil
	}
	return C.CString(string(b))
}

// phx_supervisor_tell: 0 reload, 1 stop, 2 upgrade.
//
//export phx_supervisor_tell
func phx_supervisor_tell(what, graceful C.int32_t) (st C.phx_status) {
	defer guard(&st)
	s := current()
	if s == nil {
		return C.PHX_ECLOSED
	}
	switch what {
	case 0:
		s.Reload(graceful != 0)
	case 1:
		s.Stop(graceful != 0)
	default:
		s.Upgrade()
	}
	return C.PHX_OK
}

// phx_supervisor_drain stops after a time in which everything is served but nothing is ready.
//
//export phx_supervisor_drain
func phx_supervisor_drain(ns C.int64_t) (st C.phx_status) {
	defer guard(&st)
	s := current()
	if s == nil {
		return C.PHX_ECLOSED
	}
	s.Drain(time.Duration(ns))
	return C.PHX_OK
}

// phx_supervisor_ask has every slot's script hear a wish.
//
//export phx_supervisor_ask
func phx_supervisor_ask(wish *C.char, n C.size_t) (st C.phx_status) {
	defer guard(&st)
	s := current()
	if s == nil {
		return C.PHX_ECLOSED
	}
	s.Ask(string(borrow(wish, n)))
	return C.PHX_OK
}

// phx_supervisor_status answers the state as JSON that the caller frees, NULL when nothing runs;
// with stacks each slot says where its PHP is. Blocks for two seconds at most.
//
//export phx_supervisor_status
func phx_supervisor_status(stacks C.int32_t) *C.char {
	s := current()
	if s == nil {
		return nil
	}
	var st supervisor.Status
	if stacks != 0 {
		st = s.Stacks()
	} else {
		st = s.Status()
	}
	if st.Slots == nil {
		st.Slots = []supervisor.Slot{}
	}
	if st.Inherited == nil {
		st.Inherited = []int{}
	}
	b, err := json.Marshal(map[string]any{
		"inherited": st.Inherited, "pid": st.PID, "started": float64(st.Started.UnixMilli()) / 1000, "state": st.State, "reloads": st.Reloads,
		"reloads_failed": st.ReloadsFailed, "servers": st.Servers, "slots": st.Slots,
	})
	if err != nil {
		return nil
	}
	return C.CString(string(b))
}

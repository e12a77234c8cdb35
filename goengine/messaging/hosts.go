package messaging

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/phalanx-php/phalanx/goengine/hub"
)

// Application is the start script when this process is its supervisor; "" elsewhere. The binary sets it.
var Application = func() string { return "" }

// AskSupervisor calls what the supervisor serves; nil where there is none. The binary sets it before PHP starts.
var AskSupervisor func(name string, question []byte) ([]byte, error)

// hosts are the embedded servers of this process, by folder.
var hosts struct {
	mu     sync.Mutex // guards the others; held while a server starts
	open   map[string]*host
	wanted map[string]Embedded // how each was first asked for
}

func init() { hub.Serve("messaging", serve) }

// serve is the supervisor's: it runs the server that one of its server processes needs.
func serve(question []byte, trusted bool) ([]byte, error) {
	var e Embedded
	if err := json.Unmarshal(question, &e); err != nil {
		return nil, err
	}
	if !trusted && e.Folder != DefaultFolder() {
		if own, err := ParseServer(""); err != nil || own.Embedded != e {
			return nil, fmt.Errorf("messaging: workers of another user use the default folder, or the one that %s names when the application starts", ServerEnv)
		}
	}
	at, err := locate(e)
	if err != nil {
		return nil, err
	}
	return json.Marshal(at)
}

// resolve finds the server of a folder, or starts it: in the supervisor when there is one, else in this process.
func resolve(e Embedded) (endpoint, error) {
	if AskSupervisor == nil {
		return locate(e)
	}
	question, err := json.Marshal(e)
	if err != nil {
		return endpoint{}, err
	}
	answer, err := AskSupervisor("messaging", question)
	if err != nil {
		return endpoint{}, err
	}
	var at endpoint
	err = json.Unmarshal(answer, &at)
	return at, err
}

// locate is resolve within this process.
func locate(e Embedded) (endpoint, error) {
	hosts.mu.Lock()
	defer hosts.mu.Unlock()
	if before, ok := hosts.wanted[e.Folder]; ok && before != e {
		return endpoint{}, fmt.Errorf("messaging: the embedded server of %s has been asked for with other options in this process", e.Folder)
	}
	if h := hosts.open[e.Folder]; h != nil {
		return h.endpoint, nil
	}
	application := Application()
	for attempt := 0; ; attempt++ {
		h, err := openHost(e, application, logrus.StandardLogger())
		if err == nil {
			if hosts.open == nil {
				hosts.open, hosts.wanted = map[string]*host{}, map[string]Embedded{}
			}
			hosts.open[e.Folder], hosts.wanted[e.Folder] = h, e
			return h.endpoint, nil
		}
		if !errors.Is(err, ErrInUse) {
			return endpoint{}, err
		}
		at, err := readEndpoint(e.Folder)
		switch {
		case err == nil && application != "" && at.Application != "" && at.Application != application && alive(at.PID):
			return endpoint{}, fmt.Errorf("messaging: the data folder %s is used by %s (process %d): name another with embedded:/folder or in %s",
				e.Folder, at.Application, at.PID, ServerEnv)
		case err == nil && at.PID != os.Getpid() && alive(at.PID):
			return at, nil
		case attempt == 100:
			return endpoint{}, fmt.Errorf("%w: %s, and does not say where its server is", ErrInUse, e.Folder)
		}
		time.Sleep(50 * time.Millisecond) // it is starting, or ending
	}
}

// Close ends what this process has: connections once what they hold has been sent, then the embedded servers, whose data
// is on the disk after it. It is for the end of the process.
func Close() {
	closeConnections()
	hosts.mu.Lock()
	defer hosts.mu.Unlock()
	for folder, h := range hosts.open {
		h.close()
		delete(hosts.open, folder)
	}
	clear(hosts.wanted)
}

func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	return err == nil && !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

package host

import (
	"sync"

	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/supervisor"
)

// onces asks the supervisor for values that are made once for the application.
type onces struct {
	mu     sync.Mutex // guards all below
	seq    int
	asked  map[int]chan supervisor.Command
	values map[string][]byte
	makers map[string]int // PHP thread that makes one at the moment
}

func newOnces(values map[string][]byte) *onces {
	o := &onces{asked: map[int]chan supervisor.Command{}, values: values, makers: map[string]int{}}
	if o.values == nil {
		o.values = map[string][]byte{}
	}
	return o
}

// get answers a value, or true when the calling thread is to make it and to put it. Waits while
// another slot makes it.
func (h *host) getOnce(name string) (value []byte, doMake bool) {
	h.onces.mu.Lock()
	if value, ok := h.onces.values[name]; ok {
		h.onces.mu.Unlock()
		return value, false
	}
	h.onces.seq++
	seq, answer := h.onces.seq, make(chan supervisor.Command, 1)
	h.onces.asked[seq] = answer
	h.onces.mu.Unlock()
	h.send(supervisor.AskOnce(name, seq))
	cmd := <-answer // without a supervisor the process ends
	h.onces.mu.Lock()
	defer h.onces.mu.Unlock()
	if cmd.Make {
		h.onces.makers[name] = unix.Gettid()
		return nil, true
	}
	h.onces.values[name] = cmd.Value
	return cmd.Value, false
}

// putOnce gives the supervisor a value; nil: it could not be made.
func (h *host) putOnce(name string, value []byte) {
	h.onces.mu.Lock()
	delete(h.onces.makers, name)
	if value != nil {
		h.onces.values[name] = value
	}
	h.onces.mu.Unlock()
	h.send(supervisor.PutOnce(name, value))
}

// answerOnce is the supervisor's answer.
func (h *host) answerOnce(cmd supervisor.Command) {
	h.onces.mu.Lock()
	defer h.onces.mu.Unlock()
	if answer := h.onces.asked[cmd.Seq]; answer != nil {
		delete(h.onces.asked, cmd.Seq)
		answer <- cmd // has room
	}
}

// abandonOnces lets others make what the calling thread's last script has not: it ended before.
func (h *host) abandonOnces() {
	h.onces.mu.Lock()
	var left []string
	for name, tid := range h.onces.makers {
		if tid == unix.Gettid() {
			left = append(left, name)
		}
	}
	h.onces.mu.Unlock()
	for _, name := range left {
		h.putOnce(name, nil)
	}
}

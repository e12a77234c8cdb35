package host

// #include "host.h"
import "C"

import (
	"fmt"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/supervisor"
)

// A script that fails before it comes to Worker::runAll() is run again after a pause that doubles
// each time, up to maxBootPause; a reload, which may bring better code, ends the pause.
const (
	minBootPause = 250 * time.Millisecond
	maxBootPause = 30 * time.Second
	maxSaid      = 100 // messages of failing scripts that are remembered, so as not to be repeated
)

// boots knows which PHP threads run a script that has not come to Worker::runAll() yet.
type boots struct {
	mu      sync.Mutex // guards all below
	threads map[int]*boot
	failing int             // threads whose last script failed
	said    map[string]bool // since the last time that none failed
	reason  string          // of the last failure
	last    time.Time       // when the script began that failed last
	again   chan struct{}   // closed to end pauses
}

type boot struct {
	booting  bool
	began    time.Time
	failures int // in a row
	reason   string
}

func newBoots() boots {
	return boots{threads: map[int]*boot{}, said: map[string]bool{}, again: make(chan struct{})}
}

// begin notes that the calling thread is about to run the script. When its last one has failed it
// answers how long to wait and, if that is news, why.
func (b *boots) begin() (pause time.Duration, again <-chan struct{}, news string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	tid := unix.Gettid()
	t := b.threads[tid]
	if t == nil {
		t = &boot{}
		b.threads[tid] = t
	}
	if t.booting {
		if t.failures == 0 {
			b.failing++
		}
		t.failures++
		if t.began.After(b.last) {
			b.last = t.began
		}
		if t.reason == "" {
			t.reason = "it ended before it came to Worker::runAll()"
		}
		b.reason = t.reason
		if b.note("failed: " + t.reason) {
			news = t.reason
		}
		pause = min(minBootPause<<min(t.failures-1, 10), maxBootPause)
	}
	t.booting, t.reason = true, ""
	return pause, b.again, news
}

// note answers whether something has not been said yet. Called with mu held.
func (b *boots) note(text string) bool {
	if b.said[text] {
		return false
	}
	if len(b.said) < maxSaid {
		b.said[text] = true
	}
	return true
}

// came notes that the script of the calling thread has come to Worker::runAll().
func (b *boots) came() {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.threads[unix.Gettid()]
	if t == nil || !t.booting {
		return
	}
	t.booting = false
	if t.failures > 0 {
		t.failures = 0
		if b.failing--; b.failing == 0 {
			clear(b.said)
		}
	}
}

// retry ends the pauses of failing scripts.
func (b *boots) retry() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.again)
	b.again = make(chan struct{})
	for _, t := range b.threads {
		t.failures = min(t.failures, 1)
	}
}

// areFailing says whether scripts that cannot start are being tried again.
func (b *boots) areFailing() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.failing > 0
}

// began notes that the calling thread's pause is over.
func (b *boots) began() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.threads[unix.Gettid()].began = time.Now()
}

// failedSince says why a script has failed that began after a point in time, "" when none has.
// FrankenPHP has a failure known up to a second late.
func (b *boots) failedSince(t time.Time) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.last.After(t) {
		return b.reason
	}
	return ""
}

// complained is told of an error message of a script on its way to Worker::runAll(), and answers
// whether it is to be shown: what one slot has said, or the same one before, is not repeated.
func (b *boots) complained(message string, fatal bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.threads[unix.Gettid()]; t != nil && fatal {
		t.reason = message
	}
	news := b.note(message)
	return news || (!fatal && b.failing == 0)
}

// pause keeps the calling PHP thread from running a script that has failed, for a while.
func (h *host) pause() {
	pause, again, news := h.boots.begin()
	if news != "" {
		h.send(supervisor.Report{Event: supervisor.Event{
			Type: supervisor.SlotFailed, PID: unix.Gettid(),
			Message: fmt.Sprintf("%s; trying again with pauses of up to %s", news, maxBootPause),
		}})
	}
	defer h.boots.began()
	if pause == 0 {
		return
	}
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-t.C:
	case <-again:
	}
}

// serving is the process's host, for what PHP's threads have to tell it.
var serving *host

// phx_host_booted is told when the calling thread's script has come to Worker::runAll().
//
//export phx_host_booted
func phx_host_booted() { serving.boots.came() }

// phx_host_complained is told of an error message of a script on its way there, and answers 1 when
// it is to be shown.
//
//export phx_host_complained
func phx_host_complained(message *C.char, n C.size_t, fatal C.int) C.int {
	if serving.boots.complained(string(unsafe.Slice((*byte)(unsafe.Pointer(message)), int(n))), fatal != 0) {
		return 1
	}
	return 0
}

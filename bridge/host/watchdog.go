package host

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/phalanx-php/phalanx/bridge/ext"
	"github.com/phalanx-php/phalanx/goengine/supervisor"
)

const (
	watchEvery   = 100 * time.Millisecond // how often the watchdog looks; a shorter time limit has it look more often
	failPatience = 2 * time.Second        // from the time limit to the fatal error
	maxStrikes   = 3
	endPatience  = 5 * time.Second // from the fatal error to the end of the script: its shutdown functions
)

// watched is what the watchdog knows of a thread.
type watched struct {
	step     uint32
	since    time.Time // when it was first seen at this step
	told     bool      // that it has been there for longer than stuckTimeout
	failing  time.Time // since when its script is to end; zero: it is not
	struck   uint32    // Thread.Ended() before
	strikes  int       // fatal errors that it has got: its shutdown functions may hang too
	ending   time.Time // since when its script ends, having got the fatal error
	hopeless bool      // the supervisor has been asked for another process
	reason   string
}

// watchdog looks whether callbacks come to an end. It measures how long a thread has been seen at the same callback, so callbacks
// need take no time themselves.
func (h *host) watchdog() {
	every := watchEvery
	for i := range h.spec.Workers {
		if limit := h.limitOf(i); limit > 0 {
			every = min(every, max(limit/10, time.Millisecond))
		}
	}
	all := map[*ext.Thread]*watched{}
	for range time.Tick(every) {
		for _, t := range ext.Threads() {
			w := all[t]
			if w == nil {
				w = &watched{}
				all[t] = w
			}
			h.look(t, w, time.Now())
		}
	}
}

// limitOf is how long a message of a worker may take, 0: any time.
func (h *host) limitOf(worker int) time.Duration {
	return time.Duration(h.spec.Workers[worker].MessageTimeout * float64(time.Second))
}

// look is the watchdog's look at one thread.
func (h *host) look(t *ext.Thread, w *watched, now time.Time) {
	step, busy := t.At()
	if !busy {
		*w = watched{step: step}
		return
	}
	if w.since.IsZero() || step != w.step {
		*w = watched{step: step, since: now}
		return
	}
	took := now.Sub(w.since)
	worker, id := t.Slot()
	if stuck := time.Duration(h.spec.StuckTimeout * float64(time.Second)); stuck > 0 && took > stuck && !w.told {
		w.told = true
		go h.tellStack(t, fmt.Sprintf("has not come back to its loop for %s", took.Round(time.Millisecond)))
	}
	limit := h.limitOf(worker)
	switch {
	case w.hopeless:
	case !w.ending.IsZero():
		if now.Sub(w.ending) > endPatience {
			if w.strikes < maxStrikes {
				h.beginToFail(t, w, now, "has not come to its end")
			} else {
				h.giveUp(t, w, "does not end")
			}
		}
	case !w.failing.IsZero():
		h.fail(t, w, now)
	case h.isOverdue(worker, id):
		w.reason = "Worker reload: a callback has not come to its end within the stop time-out"
		h.beginToFail(t, w, now, "is to be reloaded and is still in a callback")
	case limit > 0 && took >= limit && t.Looping():
		w.reason = fmt.Sprintf("Worker message timeout of %s exceeded", limit)
		h.beginToFail(t, w, now, fmt.Sprintf("is over its message timeout of %s", limit))
	}
}

// beginToFail has the stack written down, then the script ended.
func (h *host) beginToFail(t *ext.Thread, w *watched, now time.Time, what string) {
	w.told = true
	w.failing, w.ending, w.struck = now, time.Time{}, t.Ended()
	h.tellStack(t, what) // before anything unwinds it
	t.Fail(w.step, w.reason)
}

// fail sees to it that the fatal error strikes.
func (h *host) fail(t *ext.Thread, w *watched, now time.Time) {
	if t.Ended() != w.struck {
		w.ending = now
		w.strikes++
		return
	}
	if now.Sub(w.failing) > failPatience {
		h.giveUp(t, w, "cannot be interrupted")
		return
	}
	t.Fail(w.step, w.reason) // PHP may have lost it, as a signal's handler clears the flag that all share
	t.Nudge()
}

// giveUp leaves the thread to its fate: the supervisor starts another process and ends this one.
func (h *host) giveUp(t *ext.Thread, w *watched, why string) {
	w.hopeless = true
	h.tellStack(t, why+": another server process takes over")
	h.send(supervisor.Report{Event: supervisor.Event{Type: supervisor.Stuck, PID: t.ID()}})
}

// tellStack has the supervisor's script log where a thread's PHP is.
func (h *host) tellStack(t *ext.Thread, what string) {
	worker, id := t.Slot()
	stack := t.Stack()
	if stack == "" {
		stack = "(no function of PHP: what a script that has ended held is being released)\n"
	}
	h.send(supervisor.Report{Event: supervisor.Event{
		Type: supervisor.SlotSays, Worker: worker, ID: id, PID: t.ID(), What: "stuck",
		Message: fmt.Sprintf("worker[%s:%d] slot %d %s, at:\n%s", h.spec.Workers[worker].Name, t.ID(), id, what, indent(stack)),
	}})
}

func indent(lines string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(lines, "\n"), "\n", "\n    ")
}

// isOverdue says whether a slot should have ended by now because of a reload.
func (h *host) isOverdue(worker, id int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.find(worker, id)
	return s != nil && !s.endBy.IsZero() && time.Now().After(s.endBy)
}

// stacks is status with what each slot does now.
func (h *host) stacks() []supervisor.Slot {
	all := h.status()
	var wg sync.WaitGroup
	for _, t := range ext.Threads() {
		worker, id := t.Slot()
		for i := range all {
			if s := &all[i]; s.Worker == worker && s.ID == id && t.Alive() {
				wg.Go(func() { s.Stack = t.Stack() })
			}
		}
	}
	wg.Wait()
	return all
}

package host

import (
	"math/rand/v2"
	"time"

	"github.com/phalanx-php/phalanx/bridge/ext"
	"github.com/phalanx-php/phalanx/goengine/supervisor"
)

// recycleLook is how often ages are looked at.
const recycleLook = 250 * time.Millisecond

// limits says when a script that begins now is to be followed by the next. Slots that began together
// do not end together: each has between nine tenths of the limit and all of it.
func (s *slot) limits(w *supervisor.Worker) {
	share := 0.9 + 0.1*rand.Float64()
	s.due, s.expires = false, time.Time{}
	if w.MaxAge > 0 {
		s.expires = time.Now().Add(time.Duration(share * w.MaxAge * float64(time.Second)))
	}
	if w.MaxRequests > 0 {
		generation := s.generation
		ext.SlotAfterMessages(s.worker, s.id, max(uint64(share*float64(w.MaxRequests)), 1), func() {
			serving.mu.Lock()
			defer serving.mu.Unlock()
			if s.generation == generation {
				s.due = true
				serving.wakeRecycler()
			}
		})
	}
}

func (h *host) wakeRecycler() {
	select {
	case h.recycle <- struct{}{}:
	default:
	}
}

// recycler renews slots that have reached a limit, one after the other. While a script fails to start
// none is: it would be lost as well.
func (h *host) recycler() {
	wanted := false
	for i := range h.spec.Workers {
		w := &h.spec.Workers[i]
		wanted = wanted || w.MaxAge > 0 || w.MaxMemory > 0 || w.MaxRequests > 0
	}
	if !wanted {
		return
	}
	look := time.NewTicker(recycleLook)
	defer look.Stop()
	for {
		select {
		case <-look.C:
		case <-h.recycle:
		}
		for _, s := range h.slots {
			if h.isDue(s) {
				h.renew(s)
			}
		}
	}
}

func (h *host) isDue(s *slot) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopping || h.reloading || !isClosed(s.entered) || h.boots.areFailing() {
		return false
	}
	w := &h.spec.Workers[s.worker]
	return s.due || !s.expires.IsZero() && time.Now().After(s.expires) ||
		w.MaxMemory > 0 && ext.FiguresOf(s.worker, s.id).Memory >= w.MaxMemory
}

// renew has a slot's script end and waits for the next one.
func (h *host) renew(s *slot) {
	began := time.Now()
	h.mu.Lock()
	generation := s.generation
	s.recycled++
	s.due, s.expires = false, time.Time{}
	h.mu.Unlock()
	if err := ext.SlotControl(s.worker, s.id, "recycle"); err != nil {
		h.log.WithError(err).WithField("slot", s.id).Error("phalanx: a slot cannot be recycled")
		return
	}
	h.awaitReplacement(s, generation, began)
}

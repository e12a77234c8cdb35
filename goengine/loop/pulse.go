package loop

import (
	"sync/atomic"
	"time"
)

// TurnBounds are the upper bounds of Pulse.Turns' classes; the last class has none.
var TurnBounds = [...]time.Duration{
	time.Millisecond, 5 * time.Millisecond, 25 * time.Millisecond, 100 * time.Millisecond,
	500 * time.Millisecond, 2500 * time.Millisecond, 10 * time.Second,
}

// Pulse says how a loop gets on. A turn is one batch, from what is ready to what is written: what
// becomes ready meanwhile waits until its end.
type Pulse struct {
	Turns [len(TurnBounds) + 1]uint64 // how many took how long
	Busy  time.Duration               // all turns together
	Since time.Duration               // how long the present turn has taken; 0 while the loop waits

	AcceptErrors uint64            // times that connections could not be accepted: no descriptors, no memory
	Refused      uint64            // requests and frames that broke a rule or passed a limit
	Limits       [NumLimits]uint64 // how often each limit was reached
}

// Add adds another loop's, or another part of the same one's life.
func (p *Pulse) Add(q Pulse) {
	for i := range p.Turns {
		p.Turns[i] += q.Turns[i]
	}
	p.Busy += q.Busy
	p.Since = max(p.Since, q.Since)
	p.AcceptErrors += q.AcceptErrors
	p.Refused += q.Refused
	for i, n := range q.Limits {
		p.Limits[i] += n
	}
}

// pulse is written by the loop's thread, and may be read by others.
type pulse struct {
	turns [len(TurnBounds) + 1]atomic.Uint64
	busy  atomic.Int64
	began atomic.Int64 // when the present turn began, 0 between turns

	acceptErrors, refused atomic.Uint64
	limits                [NumLimits]atomic.Uint64
}

// begin notes that the loop is at work.
func (p *pulse) begin(now time.Duration) { p.began.Store(max(int64(now), 1)) }

// end notes that the loop is about to wait.
func (p *pulse) end(now time.Duration) {
	began := p.began.Load()
	if began == 0 {
		return
	}
	p.began.Store(0)
	took := now - time.Duration(began)
	i := 0
	for i < len(TurnBounds) && took > TurnBounds[i] {
		i++
	}
	p.turns[i].Store(p.turns[i].Load() + 1) // there is but one writer
	p.busy.Store(p.busy.Load() + int64(took))
}

// Pulse answers as of now. Any goroutine may call it.
func (l *Loop) Pulse() Pulse {
	var p Pulse
	for i := range p.Turns {
		p.Turns[i] = l.pulse.turns[i].Load()
	}
	p.Busy = time.Duration(l.pulse.busy.Load())
	p.AcceptErrors, p.Refused = l.pulse.acceptErrors.Load(), l.pulse.refused.Load()
	for i := range p.Limits {
		p.Limits[i] = l.pulse.limits[i].Load()
	}
	if began := l.pulse.began.Load(); began != 0 {
		p.Since = max(l.clock()-time.Duration(began), 1)
	}
	return p
}

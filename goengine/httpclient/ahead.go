package httpclient

import "sync"

// maxAhead is how much of a stream is read before somebody asks for it. Then the server waits.
const maxAhead = 256 << 10

// ahead reads a body on a goroutine of its own, so that PHP, for which each call has its price, gets what has arrived
// meanwhile and not what one packet held.
type ahead struct {
	from *incoming
	mu   sync.Mutex // guards all below
	some *sync.Cond // more has been read, or taken; or it ends
	buf  []byte
	err  error // what ended it; io.EOF at the end of the body
}

func newAhead(from *incoming) *ahead {
	a := &ahead{from: from}
	a.some = sync.NewCond(&a.mu)
	go a.run()
	return a
}

func (a *ahead) run() {
	piece := make([]byte, 32<<10)
	for {
		n, err := a.from.Read(piece)
		a.mu.Lock()
		a.buf = append(a.buf, piece[:n]...)
		if a.err == nil {
			a.err = err
		}
		a.some.Broadcast()
		for len(a.buf) >= maxAhead && a.err == nil && !a.from.closed() {
			a.some.Wait()
		}
		ended := a.err != nil
		a.mu.Unlock()
		if ended {
			return
		}
	}
}

// take appends what has been read to rest, and waits while that is nothing. The error comes with the last bytes.
func (a *ahead) take(rest []byte) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.buf) == 0 && a.err == nil {
		a.some.Wait()
	}
	if len(rest) == 0 {
		rest, a.buf = a.buf, nil
	} else {
		rest = append(rest, a.buf...)
		a.buf = a.buf[:0]
	}
	a.some.Broadcast()
	return rest, a.err
}

// stop ends it for this reason.
func (a *ahead) stop(cause error) {
	_ = a.from.Close()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err == nil {
		a.err = cause
	}
	a.some.Broadcast()
}

// wake makes a goroutine that waits for room see that nobody will make any.
func (a *ahead) wake() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.some.Broadcast()
}

// aheadReader reads what an ahead has.
type aheadReader struct {
	a    *ahead
	rest []byte
	err  error
}

func (r *aheadReader) Read(b []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.rest, r.err = r.a.take(nil)
		if len(r.rest) == 0 {
			return 0, r.err
		}
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

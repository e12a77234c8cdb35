// Package applog writes an application's log: Phalanx\Log. A record is queued by the thread that logs and formatted and
// written by a goroutine, one for each target of the process, in one write for all that waits.
//
// A target is a file, a standard stream or syslog. Several processes may write to one file: each appends whole lines, and
// a file that another one, or logrotate, has moved away is opened anew.
package applog

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/phalanx-php/phalanx/goengine/atexit"
)

// Level is a severity of RFC 5424: 0 is an emergency, 7 debugging.
type Level int

var levelNames = [...]string{"emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"}

func (l Level) String() string {
	if l < 0 || int(l) >= len(levelNames) {
		return "unknown"
	}
	return levelNames[l]
}

// Format is how a record becomes a line.
type Format string

// The formats.
const (
	Line   Format = "line"   // [2026-11-22T03:45:00.123456+00:00] app.ERROR: message {"context":1}
	JSON   Format = "json"   // {"time":"...","level":"error","channel":"app","message":"...","context":{...}}
	Logfmt Format = "logfmt" // time="..." level=error channel=app msg="..." key=value
	Plain  Format = "plain"  // the message alone, for those who format themselves
)

// Full says what a record meets that finds the queue full.
type Full string

// The choices.
const (
	Block Full = "block" // the thread that logs waits
	Drop  Full = "drop"  // the record is dropped and counted; the log says how many
)

// Limits.
const (
	MaxTargets      = 100     // of a process
	MaxRecordBytes  = 1 << 20 // message and context; a longer message is cut, a longer context replaced
	DefaultMaxQueue = 8 << 20 // bytes
	recordOverhead  = 200     // bytes that a queued record takes besides its texts
)

// Options are a target's. All loggers of one target share them.
type Options struct {
	MaxBytes   int64         // a file is rotated before it would grow past this; 0: never
	Daily      bool          // a file is rotated when the day, in local time, has changed
	Keep       int           // rotated files to keep; 0: all
	KeepFor    time.Duration // how long to keep them; 0: for ever
	Compress   bool          // rotated files, by gzip
	Permission int           // of new files; 0: 0644
	MaxQueue   int64         // bytes that may wait
	Full       Full
}

func (o *Options) check() error {
	switch {
	case o.MaxBytes < 0, o.Keep < 0, o.KeepFor < 0:
		return errors.New("applog: limits of rotation are not negative; 0 is none")
	case o.MaxQueue < 2*MaxRecordBytes:
		return fmt.Errorf("applog: the queue takes %d bytes at least", 2*MaxRecordBytes)
	case o.Full != Block && o.Full != Drop:
		return fmt.Errorf("applog: %q is no policy for a full queue", o.Full)
	}
	return nil
}

// record is a message on its way.
type record struct {
	time    time.Time
	level   Level
	channel string
	message string
	context string // a JSON object, or ""
	format  Format
}

func (r *record) size() int64 {
	return int64(len(r.channel)+len(r.message)+len(r.context)) + recordOverhead
}

// destination takes what has been formatted. Its methods are called by one goroutine.
type destination interface {
	// write appends lines. level is that of the gravest.
	write(lines []byte, level Level) error
	// each says that lines go one by one, with their level.
	each() bool
	close() error
}

// target is a destination with its queue.
type target struct {
	name    string
	options Options
	to      destination

	mu      sync.Mutex // guards all below
	room    *sync.Cond // there is room again
	work    *sync.Cond // there is something to write, or an end
	queue   []record
	spare   []record // the other of two slices that take turns
	bytes   int64    // of queue, and of what is being written
	added   uint64   // records so far
	done    uint64   // of these: written, or lost to an error
	waiting []waiter
	dropped uint64 // for want of room, not told yet
	closed  bool
	ended   chan struct{}
}

// waiter waits until so many records are done.
type waiter struct {
	until uint64
	ready chan struct{}
}

var targets struct {
	mu   sync.Mutex // guards all
	all  map[string]*target
	exit sync.Once
}

// open finds the target of a name, or makes it.
func open(name string, o Options) (*target, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	build, key, err := parse(name, &o)
	if err != nil {
		return nil, err
	}
	targets.mu.Lock()
	defer targets.mu.Unlock()
	if t := targets.all[key]; t != nil {
		if t.options != o {
			return nil, fmt.Errorf("applog: %s is open already with other options; all loggers of a target share them, and they last until the process ends", name)
		}
		return t, nil
	}
	if len(targets.all) >= MaxTargets {
		return nil, fmt.Errorf("applog: %s: the process writes to %d targets already, which is the limit", name, MaxTargets)
	}
	if targets.all == nil {
		targets.all = map[string]*target{}
	}
	targets.exit.Do(func() { atexit.Do(Flush) })
	t := newTarget(key, o, build())
	targets.all[key] = t
	return t, nil
}

func newTarget(name string, o Options, to destination) *target {
	t := &target{name: name, options: o, to: to, ended: make(chan struct{})}
	t.room, t.work = sync.NewCond(&t.mu), sync.NewCond(&t.mu)
	go t.run()
	return t
}

// Flush waits until all that has been logged so far, to all targets, is written.
func Flush(ctx context.Context) {
	targets.mu.Lock()
	var all []*target
	for _, t := range targets.all {
		all = append(all, t)
	}
	targets.mu.Unlock()
	for _, t := range all {
		_ = t.flush(ctx)
	}
}

// put queues a record.
func (t *target) put(r record) {
	if len(r.message) > MaxRecordBytes {
		r.message = r.message[:MaxRecordBytes] + "..."
	}
	if len(r.context) > MaxRecordBytes {
		r.context = fmt.Sprintf(`{"dropped":"a context of %d bytes"}`, len(r.context))
	}
	size := r.size()
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.bytes+size > t.options.MaxQueue && !t.closed {
		if t.options.Full == Drop {
			t.dropped++
			count.dropped.WithLabelValues(t.name).Inc()
			return
		}
		t.room.Wait()
	}
	if t.closed {
		return
	}
	t.bytes += size
	t.added++
	if t.queue = append(t.queue, r); len(t.queue) == 1 {
		t.work.Signal()
	}
}

// flush waits until what has been put is written.
func (t *target) flush(ctx context.Context) error {
	t.mu.Lock()
	if t.done >= t.added || t.closed {
		t.mu.Unlock()
		return nil
	}
	w := waiter{t.added, make(chan struct{})}
	t.waiting = append(t.waiting, w)
	t.mu.Unlock()
	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// close writes what waits and ends the goroutine.
func (t *target) close() {
	t.mu.Lock()
	t.closed = true
	t.work.Signal()
	t.room.Broadcast()
	t.mu.Unlock()
	<-t.ended
}

// run writes until the target is closed.
func (t *target) run() {
	defer close(t.ended)
	registerCounts()
	var buf []byte
	for {
		t.mu.Lock()
		for len(t.queue) == 0 && !t.closed {
			t.work.Wait()
		}
		if len(t.queue) == 0 {
			t.mu.Unlock()
			_ = t.to.close()
			return
		}
		batch := t.queue
		t.queue, t.spare = t.spare[:0], nil
		dropped := t.dropped
		t.dropped = 0
		t.mu.Unlock()

		buf = t.write(batch, dropped, buf[:0])
		if cap(buf) > 1<<20 {
			buf = nil
		}

		size := int64(0)
		for i := range batch {
			size += batch[i].size()
		}
		n := uint64(len(batch))
		clear(batch) // their texts are garbage now
		t.mu.Lock()
		t.bytes -= size
		t.done += n
		if cap(batch) <= 4096 {
			t.spare = batch
		}
		rest := t.waiting[:0]
		for _, w := range t.waiting {
			if w.until <= t.done {
				close(w.ready)
			} else {
				rest = append(rest, w)
			}
		}
		t.waiting = rest
		t.room.Broadcast()
		t.mu.Unlock()
	}
}

// write formats a batch and hands it to the destination in pieces of bounded size.
func (t *target) write(batch []record, dropped uint64, buf []byte) []byte {
	const piece = 256 << 10
	gravest := Level(7)
	from := 0
	out := func(upto int) {
		if len(buf) == 0 {
			return
		}
		if err := t.to.write(buf, gravest); err != nil {
			count.failed.WithLabelValues(t.name).Add(float64(upto - from))
			complain(t.name, err)
		} else {
			count.written.WithLabelValues(t.name).Add(float64(upto - from))
		}
		buf, gravest, from = buf[:0], 7, upto
	}
	if dropped > 0 {
		r := &batch[0]
		buf = appendRecord(buf, &record{
			time: r.time, level: 4, channel: "phalanx", format: r.format,
			message: fmt.Sprintf("%d records were dropped: the queue was full", dropped),
		})
		gravest = 4
		if t.to.each() {
			out(0)
		}
	}
	for i := range batch {
		r := &batch[i]
		buf = appendRecord(buf, r)
		gravest = min(gravest, r.level)
		if t.to.each() || len(buf) >= piece {
			out(i + 1)
		}
	}
	out(len(batch))
	return buf
}

// absolute makes paths of one file equal.
func absolute(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("applog: %w", err)
	}
	return path, nil
}

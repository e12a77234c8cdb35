package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"
)

// The load generator is a process of its own, on a processor of its own, that takes one job after the
// other from standard input and answers on standard output. Raw blocking system calls on one thread
// keep it cheap; the Go scheduler and collector have nothing to do meanwhile.

type loadJob struct {
	Op     string // "open", "run", "once", "close"
	Addr   [4]byte
	Port   int
	Conns  int
	Depth  int  // requests in one write
	Varied bool // each request has a header value that no other had
	// A run ends after MaxRequests or MaxTime, at the end of a batch.
	MaxRequests int
	MaxTime     time.Duration
	Answer      answer
}

type loadResult struct {
	Error    string
	Requests int
	Wall     time.Duration
	CPU      time.Duration // the generator's own
}

const (
	variedHeader = "X-Request-Id: "
	variedDigits = 16
	ioTimeout    = 10 * time.Second
)

// makeRequest is the request of both forms of load, so that their lengths are equal.
func makeRequest() []byte {
	return []byte("GET / HTTP/1.1\r\n" +
		"Host: 127.0.0.1\r\n" +
		"User-Agent: phalanx-bench/1\r\n" +
		"Accept: text/html,*/*;q=0.8\r\n" +
		variedHeader + "0000000000000000\r\n" +
		"\r\n")
}

// batch is the bytes written to a connection at once.
type batch struct {
	bytes  []byte
	stride int // length of one request
	digits int // where its number stands
	next   uint64
}

func newBatch(depth int) *batch {
	one := makeRequest()
	b := &batch{stride: len(one), digits: len(one) - len("\r\n\r\n") - variedDigits}
	for range depth {
		b.bytes = append(b.bytes, one...)
	}
	return b
}

// vary gives every request in the batch a number of its own.
func (b *batch) vary() {
	const hex = "0123456789abcdef"
	for at := b.digits; at < len(b.bytes); at += b.stride {
		b.next++
		n := b.next
		for i := variedDigits - 1; i >= 0 && n > 0; i-- {
			b.bytes[at+i] = hex[n&15]
			n >>= 4
		}
	}
}

// generate is the generator's main function.
func generate(in io.Reader, out io.Writer) error {
	runtime.LockOSThread()
	debug.SetGCPercent(-1)
	g := &generator{start: uint64(time.Now().UnixNano())}
	decoder, encoder := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var job loadJob
		if err := decoder.Decode(&job); err != nil {
			g.close()
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		res, err := g.do(job)
		if err != nil {
			res.Error = err.Error()
		}
		runtime.GC() // between jobs, where it disturbs nobody
		if err := encoder.Encode(res); err != nil {
			return err
		}
	}
}

type generator struct {
	fds   []int
	buf   []byte
	start uint64 // numbers go on from here, so that no two runs use the same
}

func (g *generator) do(job loadJob) (loadResult, error) {
	switch job.Op {
	case "open":
		return loadResult{}, g.open(job)
	case "run":
		return g.run(job)
	case "once":
		return g.once(job)
	case "close":
		g.close()
		return loadResult{}, nil
	}
	return loadResult{}, fmt.Errorf("unknown operation %q", job.Op)
}

func (g *generator) open(job loadJob) error {
	for range job.Conns {
		// One source address has some 28,000 ports; a few addresses leave room for those in TIME_WAIT.
		source := [4]byte{127, 0, 0, byte(2 + len(g.fds)/4000)}
		fd, err := connect(source, job.Addr, job.Port)
		if err != nil {
			return fmt.Errorf("connection %d: %w", len(g.fds)+1, err)
		}
		g.fds = append(g.fds, fd)
	}
	return nil
}

func connect(source, addr [4]byte, port int) (int, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	timeout := unix.NsecToTimeval(int64(ioTimeout))
	err = errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1),
		unix.SetsockoptInt(fd, unix.SOL_TCP, unix.TCP_NODELAY, 1),
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout),
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &timeout),
		unix.Bind(fd, &unix.SockaddrInet4{Addr: source}),
	)
	if err == nil {
		err = os.NewSyscallError("connect", unix.Connect(fd, &unix.SockaddrInet4{Addr: addr, Port: port}))
	}
	if err != nil {
		return -1, errors.Join(err, unix.Close(fd))
	}
	return fd, nil
}

func (g *generator) close() {
	for _, fd := range g.fds {
		_ = unix.Close(fd) // nothing is lost: all answers have been read
	}
	g.fds = nil
}

// run sends batches in lockstep: one write on each connection, then all answers.
func (g *generator) run(job loadJob) (res loadResult, err error) {
	b := newBatch(job.Depth)
	b.next = g.start
	want := job.Answer.repeat(job.Depth)
	g.buf = make([]byte, len(want.Bytes))
	begin, cpu := time.Now(), threadCPU()
	for res.Requests < job.MaxRequests && time.Since(begin) < job.MaxTime && err == nil {
		err = g.lockstep(g.fds, b, job.Varied, want)
		res.Requests += len(g.fds) * job.Depth
	}
	res.Wall, res.CPU = time.Since(begin), threadCPU()-cpu
	g.start = b.next
	if err == nil {
		err = g.quiet()
	}
	return res, err
}

// once makes one request on every connection, in small groups: no server is asked to hold more.
func (g *generator) once(job loadJob) (res loadResult, err error) {
	const group = 64
	b := newBatch(1)
	b.next = g.start
	g.buf = make([]byte, len(job.Answer.Bytes))
	for from := 0; from < len(g.fds) && err == nil; from += group {
		err = g.lockstep(g.fds[from:min(from+group, len(g.fds))], b, job.Varied, job.Answer)
	}
	res.Requests = len(g.fds)
	g.start = b.next
	if err == nil {
		err = g.quiet()
	}
	return res, err
}

func (g *generator) lockstep(fds []int, b *batch, varied bool, want answer) error {
	for i, fd := range fds {
		if varied {
			b.vary()
		}
		if err := writeAll(fd, b.bytes); err != nil {
			return fmt.Errorf("connection %d: %w", i, err)
		}
	}
	// The last connection first: by the time it is answered the others mostly are too, so the server
	// wakes this thread once in a batch and not once for each answer, which would be charged to it.
	last := len(fds) - 1
	if err := g.read(last, fds[last], want); err != nil {
		return err
	}
	for i, fd := range fds[:last] {
		if err := g.read(i, fd, want); err != nil {
			return err
		}
	}
	return nil
}

func (g *generator) read(i, fd int, want answer) error {
	if err := readFull(fd, g.buf); err != nil {
		return fmt.Errorf("connection %d: %w", i, err)
	}
	if err := want.check(g.buf); err != nil {
		return fmt.Errorf("connection %d: %w", i, err)
	}
	return nil
}

// quiet checks that no connection has more to say than was asked for, and that none is closed.
func (g *generator) quiet() error {
	time.Sleep(5 * time.Millisecond)
	var one [1]byte
	for i, fd := range g.fds {
		n, _, err := unix.Recvfrom(fd, one[:], unix.MSG_DONTWAIT|unix.MSG_PEEK)
		switch {
		case err == nil && n == 0:
			return fmt.Errorf("connection %d: closed by the server", i)
		case err == nil:
			return fmt.Errorf("connection %d: more bytes than the answers asked for", i)
		case !errors.Is(err, unix.EAGAIN):
			return fmt.Errorf("connection %d: %w", i, os.NewSyscallError("recv", err))
		}
	}
	return nil
}

// threadCPU is the calling thread's processor time.
func threadCPU() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}

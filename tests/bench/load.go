package main

import (
	"crypto/tls"
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
	Op     string // "open", "run", "once", "loop", "close"
	Load   string
	Addr   [4]byte
	Port   int
	Conns  int
	Depth  int  // messages in one write
	Varied bool // http: each request has a header value that no other had
	// A run ends after MaxRequests or MaxTime, at the end of a batch.
	MaxRequests int
	MaxTime     time.Duration
	Answer      answer // http: learnt from the server's first one
	Path        string // of the closed loop
}

func (j loadJob) traffic() *traffic { return trafficOf(j.Load, j.Varied, j.Answer) }

type loadResult struct {
	Error    string
	Requests int // answers, of which a broadcast has many
	Late     int // answers of the closed loop that came when its time was over, not counted above
	Wall     time.Duration
	CPU      time.Duration // the generator's own
}

const ioTimeout = 30 * time.Second // a stepped server is slow

// makeRequest is the request of both forms of the http load, so that their lengths are equal.
func makeRequest() []byte {
	return []byte("GET / HTTP/1.1\r\n" +
		"Host: 127.0.0.1\r\n" +
		"User-Agent: phalanx-bench/1\r\n" +
		"Accept: text/html,*/*;q=0.8\r\n" +
		"X-Request-Id: " + noNumber + "\r\n" +
		"\r\n")
}

// generate is the generator's main function.
func generate(in io.Reader, out io.Writer) error {
	runtime.LockOSThread()
	debug.SetGCPercent(-1)
	g := &generator{next: uint64(time.Now().UnixNano())}
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
	fds     []int
	secure  []*tls.Conn // over them, for the load that has TLS
	buf     []byte
	next    uint64 // the next message's number: no two runs use the same
	speaker int
}

func (g *generator) do(job loadJob) (loadResult, error) {
	switch job.Op {
	case "open":
		return loadResult{}, g.open(job)
	case "run":
		return g.run(job)
	case "once":
		return g.once(job)
	case "loop":
		return g.closedLoop(job)
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
		if job.Load == loadTLS {
			c, err := secure(fd)
			if err != nil {
				return fmt.Errorf("connection %d: %w", len(g.fds), err)
			}
			g.secure = append(g.secure, c)
		}
	}
	if job.Path != "" {
		return nil
	}
	return g.greet(job.traffic())
}

// greet does the load's handshake, if it has one, on all connections.
func (g *generator) greet(t *traffic) error {
	if t.greeting == nil {
		return nil
	}
	hello := &batch{traffic: t, depth: 0, bytes: t.greeting, want: answer{Bytes: t.welcome}}
	if err := g.inGroups(hello); err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	return g.quiet()
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
	g.fds, g.secure = nil, nil
}

// run sends batches in lockstep: one write on each connection, then all answers.
func (g *generator) run(job loadJob) (res loadResult, err error) {
	b := newBatch(job.traffic(), job.Depth)
	step := g.lockstep
	if b.toAll {
		step = g.broadcast
	}
	begin, cpu := time.Now(), threadCPU()
	for res.Requests < job.MaxRequests && time.Since(begin) < job.MaxTime && err == nil {
		err = step(g.fds, 0, b)
		res.Requests += len(g.fds) * job.Depth
	}
	res.Wall, res.CPU = time.Since(begin), threadCPU()-cpu
	if err == nil {
		err = g.quiet()
	}
	return res, err
}

// once makes one request on every connection.
func (g *generator) once(job loadJob) (res loadResult, err error) {
	res.Requests = len(g.fds)
	if err = g.inGroups(newBatch(job.traffic(), 1)); err == nil {
		err = g.quiet()
	}
	return res, err
}

// inGroups asks few connections at a time: no server has to hold more.
func (g *generator) inGroups(b *batch) (err error) {
	const group = 64
	for from := 0; from < len(g.fds) && err == nil; from += group {
		err = g.lockstep(g.fds[from:min(from+group, len(g.fds))], from, b)
	}
	return err
}

// lockstep writes a batch on each of fds, which are the connections from first on, then reads all answers.
func (g *generator) lockstep(fds []int, first int, b *batch) error {
	start := g.next
	g.next += uint64(len(fds) * b.depth)
	for i, fd := range fds {
		b.fill(start+uint64(i*b.depth), uint64(first+i))
		if err := g.write(first+i, fd, b.bytes); err != nil {
			return fmt.Errorf("connection %d: %w", first+i, err)
		}
	}
	answered := func(i int) error {
		b.expect(start+uint64(i*b.depth), uint64(first+i))
		return g.read(first+i, fds[i], b.want)
	}
	// The last connection first: by the time it is answered the others mostly are too, so the server
	// wakes this thread once in a batch and not once for each answer, which would be charged to it.
	last := len(fds) - 1
	if err := answered(last); err != nil {
		return err
	}
	for i := range fds[:last] {
		if err := answered(i); err != nil {
			return err
		}
	}
	return nil
}

// broadcast has one connection after the other speak, and all of them hear it.
func (g *generator) broadcast(fds []int, _ int, b *batch) error {
	g.speaker = (g.speaker + 1) % len(fds)
	b.fill(g.next, uint64(g.speaker))
	b.expect(g.next, uint64(g.speaker))
	g.next += uint64(b.depth)
	if err := writeAll(fds[g.speaker], b.bytes); err != nil {
		return fmt.Errorf("connection %d: %w", g.speaker, err)
	}
	last := len(fds) - 1 // first, as in lockstep
	if err := g.read(last, fds[last], b.want); err != nil {
		return err
	}
	for i, fd := range fds[:last] {
		if err := g.read(i, fd, b.want); err != nil {
			return err
		}
	}
	return nil
}

func (g *generator) write(i, fd int, p []byte) error {
	if g.secure != nil {
		_, err := g.secure[i].Write(p)
		return err
	}
	return writeAll(fd, p)
}

func (g *generator) read(i, fd int, want answer) error {
	if cap(g.buf) < len(want.Bytes) {
		g.buf = make([]byte, len(want.Bytes))
	}
	g.buf = g.buf[:len(want.Bytes)]
	var err error
	if g.secure != nil {
		_, err = io.ReadFull(g.secure[i], g.buf)
	} else {
		err = readFull(fd, g.buf)
	}
	if err != nil {
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

package httpclient

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// maxValue is the largest body that crosses to PHP as one value; a larger one is read in pieces.
const maxValue = 16 << 20

// receive takes the body as the request wants it.
func (x *exchange) receive(resp *http.Response) *failure {
	if x.decompress && x.method != http.MethodHead && resp.StatusCode != http.StatusNoContent && resp.StatusCode != http.StatusNotModified {
		resp.Body = decoded(resp)
	}
	x.head(resp)
	if x.maxBytes > 0 && resp.ContentLength > x.maxBytes && x.method != http.MethodHead {
		_ = resp.Body.Close()
		return &failure{class: classTooLarge, err: ErrTooLarge}
	}
	in := &incoming{from: resp.Body, max: x.maxBytes, idle: x.idle}
	switch {
	case x.r.Stream:
		x.stream = &Stream{in: in, x: x}
		x.reply.Stream = x.stream
		return nil
	case x.r.Sink != "":
		_, err := save(in, x.r.Sink)
		return x.failed(err)
	}
	body, err := in.all(resp.ContentLength)
	if err != nil {
		return x.failed(err)
	}
	x.reply.Timings[5] = time.Since(x.started).Seconds()
	if len(body) > maxValue {
		x.reply.Stream = &Stream{in: &incoming{from: &buffered{rest: body}}, x: x, whole: true}
		return nil
	}
	x.reply.Body = string(body)
	return nil
}

// failed makes a failure of a body's error.
func (x *exchange) failed(err error) *failure {
	if err == nil {
		return nil
	}
	var path *os.PathError
	if errors.As(err, &path) {
		return &failure{class: classRequest, err: err}
	}
	return classify(err, context.Cause(x.ctx), true, &x.t.s)
}

// incoming is a body with its limits.
type incoming struct {
	from io.ReadCloser
	max  int64 // bytes; 0: none
	idle time.Duration

	read  int64
	mu    sync.Mutex // guards timer, late and shut
	timer *time.Timer
	late  bool
	shut  bool
}

func (in *incoming) Read(b []byte) (int, error) {
	in.arm()
	n, err := in.from.Read(b)
	if late := in.disarm(); late && err != nil {
		err = &limitError{"idle", in.idle}
	}
	in.read += int64(n)
	counters.received.Add(int64(n))
	if in.max > 0 && in.read > in.max {
		_ = in.Close()
		return 0, ErrTooLarge
	}
	if err != nil {
		_ = in.Close()
	}
	return n, err
}

func (in *incoming) arm() {
	if in.idle == 0 {
		return
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.shut {
		return
	}
	if in.timer == nil {
		in.timer = time.AfterFunc(in.idle, func() {
			in.mu.Lock()
			in.late = true
			in.mu.Unlock()
			_ = in.from.Close()
		})
		return
	}
	in.timer.Reset(in.idle)
}

func (in *incoming) disarm() bool {
	if in.idle == 0 {
		return false
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.timer != nil {
		in.timer.Stop()
	}
	return in.late
}

// Close ends a read that waits.
func (in *incoming) Close() error {
	in.mu.Lock()
	if in.shut = true; in.timer != nil {
		in.timer.Stop()
	}
	in.mu.Unlock()
	return in.from.Close()
}

func (in *incoming) closed() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.shut
}

// all reads the whole body.
func (in *incoming) all(length int64) ([]byte, error) {
	defer func() { _ = in.Close() }()
	if length == 0 {
		return nil, nil
	}
	if length > 0 {
		// What is announced may never come: room is made as it does.
		buf := make([]byte, 0, min(length, 1<<20)+1)
		return in.grow(buf)
	}
	return in.grow(make([]byte, 0, 2<<10))
}

func (in *incoming) grow(buf []byte) ([]byte, error) {
	for {
		n, err := in.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
	}
}

// buffered is a body that is in memory already.
type buffered struct {
	mu   sync.Mutex
	rest []byte
}

func (b *buffered) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

func (b *buffered) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rest = nil
	return nil
}

// save writes a body into a file, which appears when it is complete.
func save(in io.ReadCloser, path string) (n int64, err error) {
	defer func() { _ = in.Close() }()
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err = f.Chmod(mode(path)); err != nil {
		return 0, err
	}
	if n, err = io.CopyBuffer(struct{ io.Writer }{f}, in, make([]byte, 64<<10)); err != nil {
		return 0, err
	}
	if err = f.Close(); err != nil {
		return 0, err
	}
	return n, os.Rename(f.Name(), path)
}

// mode is that of the file that is there, or of a new one.
func mode(path string) os.FileMode {
	if info, err := os.Stat(path); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}

// Stream is a response's body that is read while it arrives: what is not read yet waits at the server. It is closed when
// it ends, with Close, and when PHP lets go of it. One goroutine at a time reads.
type Stream struct {
	in    *incoming
	x     *exchange
	whole bool // it is in memory already
	// reading is ahead for Close, which waits for no reader.
	reading atomic.Pointer[ahead]

	mu    sync.Mutex // guards all below; held while reading
	ahead *ahead
	rest  []byte // read, not handed out
	ended bool
	err   error
	sse   sse
}

// maxRead bounds one read.
const maxRead = 1 << 20

// Read gives what has arrived, at least one byte, at most this many; null at the end.
func (s *Stream) Read(ctx context.Context, bytes int) (*string, error) {
	if bytes < 1 {
		return nil, invalid("at least one byte is read")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rest) == 0 {
		if err := s.fill(ctx); err != nil {
			return nil, err
		}
	}
	if len(s.rest) == 0 {
		return nil, nil
	}
	n := min(bytes, len(s.rest), maxRead)
	text := string(s.rest[:n])
	s.rest = s.rest[n:]
	return &text, nil
}

// Line gives the next line without its end (LF or CR LF); null at the end. A line longer than maxBytes is an exception.
func (s *Stream) Line(ctx context.Context, maxBytes int) (*string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.line(ctx, maxBytes)
}

func (s *Stream) line(ctx context.Context, maxBytes int) (*string, error) {
	for at := 0; ; {
		for ; at < len(s.rest); at++ {
			if s.rest[at] == '\n' {
				line := s.rest[:at]
				s.rest = s.rest[at+1:]
				if n := len(line); n > 0 && line[n-1] == '\r' {
					line = line[:n-1]
				}
				text := string(line)
				return &text, nil
			}
		}
		if len(s.rest) > maxBytes {
			s.stop()
			f := &failure{class: classTooLarge, err: errors.New("a line of the response is longer than allowed")}
			s.err = f.exception(s.x.method, visible(s.x.url), nil)
			return nil, s.err
		}
		if s.ended || s.err != nil {
			if s.err != nil || len(s.rest) == 0 {
				return nil, s.err
			}
			text := string(s.rest)
			s.rest = nil
			return &text, nil
		}
		if err := s.fill(ctx); err != nil {
			return nil, err
		}
	}
}

// fill takes what has been read into rest. It is called with mu held. A context that ends closes the stream: half a body
// is no use.
func (s *Stream) fill(ctx context.Context) error {
	if s.ended || s.err != nil {
		return s.err
	}
	if s.ahead == nil {
		s.ahead = newAhead(s.in)
		s.reading.Store(s.ahead)
	}
	stop := context.AfterFunc(ctx, func() { s.ahead.stop(context.Cause(ctx)) })
	defer stop()
	got, err := s.ahead.take(s.rest)
	s.rest = got
	switch {
	case err == io.EOF:
		s.ended = true
		s.stop()
	case err != nil:
		f := classify(err, context.Cause(ctx), true, &s.x.t.s)
		s.err = f.exception(s.x.method, visible(s.x.url), nil)
		s.stop()
		if len(got) == 0 {
			return s.err
		}
	}
	return nil
}

func (s *Stream) stop() { s.Close() }

// SaveTo writes the rest of the body into a file, which appears when it is complete, and tells how many bytes that were.
func (s *Stream) SaveTo(ctx context.Context, path string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return 0, s.err
	}
	stop := context.AfterFunc(ctx, func() { _ = s.in.Close() })
	defer stop()
	in := struct {
		io.Reader
		io.Closer
	}{io.MultiReader(&buffered{rest: s.rest}, s.source()), s.in}
	s.rest = nil
	n, err := save(in, path)
	s.ended = true
	s.stop()
	if err != nil {
		f := s.x.failed(err)
		if cause := context.Cause(ctx); cause != nil {
			f = classify(err, cause, true, &s.x.t.s)
		}
		s.err = f.exception(s.x.method, visible(s.x.url), nil)
		return 0, s.err
	}
	return n, nil
}

// source is what has not been taken yet. It is called with mu held.
func (s *Stream) source() io.Reader {
	if s.ahead == nil {
		return s.in
	}
	return &aheadReader{a: s.ahead}
}

// Close lets go of the connection. What has not arrived yet is not waited for.
func (s *Stream) Close() {
	_ = s.in.Close()
	if a := s.reading.Load(); a != nil {
		a.wake()
	}
	if !s.whole {
		s.x.cancel(nil)
	}
}

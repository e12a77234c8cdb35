package httpclient

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

// payload is a request's body.
type payload interface {
	// open gives the body from its beginning; the second time only when it is repeatable, else ErrOnce.
	open(ctx context.Context) (io.ReadCloser, error)
	size() int64 // -1: not known
	repeatable() bool
}

// payloadOf makes the body of a request; nil when it has none. It may add a Content-Type to h.
func payloadOf(r *Request, producers []Producer, h http.Header) (payload, error) {
	n := 0
	for _, there := range []bool{r.Body != nil, r.File != "", r.Producer != 0, r.Multipart != nil} {
		if there {
			n++
		}
	}
	switch {
	case n > 1:
		return nil, invalid("a request has one body")
	case r.Body != nil:
		return textPayload(*r.Body), nil
	case r.File != "":
		return newFile(r.File)
	case r.Producer != 0:
		return newProducer(r.Producer, producers, r.Length)
	case r.Multipart != nil:
		m, err := newMultipart(r.Multipart, producers)
		if err == nil {
			h.Set("Content-Type", m.contentType)
		}
		return m, err
	}
	return nil, nil
}

func newProducer(number int, all []Producer, length *int64) (payload, error) {
	if number < 1 || number > len(all) {
		return nil, invalid("there is no producer %d", number)
	}
	p := &producer{next: all[number-1], length: -1}
	if length != nil {
		p.length = *length
	}
	return p, nil
}

type textPayload string

func (p textPayload) open(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(string(p))), nil
}
func (p textPayload) size() int64      { return int64(len(p)) }
func (p textPayload) repeatable() bool { return true }

// filePayload is a regular file as long as it was when the request began.
type filePayload struct {
	path   string
	length int64
}

func newFile(path string) (*filePayload, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, invalid("the file cannot be sent: %v", err)
	}
	if !info.Mode().IsRegular() {
		return nil, invalid("%s is no regular file: open it and give the resource", path)
	}
	return &filePayload{path, info.Size()}, nil
}

func (p *filePayload) open(context.Context) (io.ReadCloser, error) {
	f, err := os.Open(p.path)
	if err != nil {
		return nil, &bodyError{err}
	}
	return &limitedFile{file: f, left: p.length}, nil
}
func (p *filePayload) size() int64      { return p.length }
func (p *filePayload) repeatable() bool { return true }

// limitedFile gives the length that was announced. A file that has become shorter breaks the request. It hides the file:
// sendfile() would go round the limit.
type limitedFile struct {
	file *os.File
	left int64
}

func (f *limitedFile) Read(b []byte) (int, error) {
	if f.left == 0 {
		return 0, io.EOF
	}
	n, err := f.file.Read(b[:min(int64(len(b)), f.left)])
	f.left -= int64(n)
	if err == io.EOF && f.left > 0 {
		err = &bodyError{fmt.Errorf("%s has become shorter: %w", f.file.Name(), io.ErrUnexpectedEOF)}
	}
	return n, err
}

func (f *limitedFile) Close() error { return f.file.Close() }

// producer asks PHP for the next piece until it gets null.
type producer struct {
	next    Producer
	length  int64
	started atomic.Bool // something has been read: that is gone
}

func (p *producer) open(ctx context.Context) (io.ReadCloser, error) {
	if p.started.Load() {
		return nil, ErrOnce
	}
	return &pieces{ctx: ctx, from: p, left: p.length}, nil
}
func (p *producer) size() int64      { return p.length }
func (p *producer) repeatable() bool { return !p.started.Load() }

// pieces reads what a producer gives.
type pieces struct {
	ctx   context.Context
	from  *producer
	piece string
	left  int64 // that were announced; -1: none were
	err   error
}

func (r *pieces) Read(b []byte) (int, error) {
	for r.piece == "" && r.err == nil {
		r.piece, r.err = r.pull()
	}
	if r.piece == "" {
		return 0, r.err
	}
	n := copy(b, r.piece)
	r.piece = r.piece[n:]
	return n, nil
}

// pull gets the next piece. Whether there are more than announced is found out before the last ones are sent: after that
// the request would be complete.
func (r *pieces) pull() (string, error) {
	s, err := r.ask()
	switch {
	case err != nil || r.left < 0:
		return s, err
	case s == "" && r.left > 0:
		return "", nil
	}
	if r.left -= int64(len(s)); r.left == 0 {
		more, err := "", error(nil)
		for more == "" && err == nil {
			more, err = r.ask()
		}
		if err != io.EOF && err != nil {
			return "", err
		}
		if more != "" {
			r.left = -1
		} else {
			return s, io.EOF
		}
	}
	if r.left < 0 {
		return "", &bodyError{errors.New("more bytes than the length that was given")}
	}
	return s, nil
}

func (r *pieces) ask() (string, error) {
	r.from.started.Store(true)
	s, err := r.from.next(r.ctx)
	switch {
	case err != nil:
		return "", &bodyError{err}
	case s != nil:
		return *s, nil
	case r.left > 0:
		return "", &bodyError{fmt.Errorf("%d bytes fewer than the length that was given: %w", r.left, io.ErrUnexpectedEOF)}
	}
	return "", io.EOF
}

func (r *pieces) Close() error { return nil }

// Part is a part of multipart/form-data. Its content is Contents, a file, or what a producer gives (as Request.Producer).
type Part struct {
	Name     string
	Filename string // "" with File: the file's name
	Type     string // Content-Type; "" for a field, application/octet-stream for a file
	Contents string
	File     string
	Producer int
	Length   *int64
}

// multipart is a sequence of payloads.
type multipart struct {
	contentType string
	heads       []string // before each part
	parts       []payload
	tail        string
}

// quoted writes a name as browsers do (WHATWG HTML, multipart form data).
var quoted = strings.NewReplacer("\r", "%0D", "\n", "%0A", `"`, "%22")

func newMultipart(parts []Part, producers []Producer) (*multipart, error) {
	var random [16]byte
	_, _ = rand.Read(random[:])
	boundary := hex.EncodeToString(random[:])
	m := &multipart{contentType: "multipart/form-data; boundary=" + boundary, tail: "--" + boundary + "--\r\n"}
	end := ""
	for _, p := range parts {
		var content payload = textPayload(p.Contents)
		switch {
		case p.File != "":
			f, err := newFile(p.File)
			if err != nil {
				return nil, err
			}
			content = f
			if p.Filename == "" {
				p.Filename = p.File[strings.LastIndexByte(p.File, '/')+1:]
			}
		case p.Producer != 0:
			var err error
			if content, err = newProducer(p.Producer, producers, p.Length); err != nil {
				return nil, err
			}
		}
		var b strings.Builder
		b.WriteString(end + "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + quoted.Replace(p.Name) + `"`)
		if p.Filename != "" {
			b.WriteString(`; filename="` + quoted.Replace(p.Filename) + `"`)
			if p.Type == "" {
				p.Type = "application/octet-stream"
			}
		}
		b.WriteString("\r\n")
		if p.Type != "" {
			if strings.ContainsAny(p.Type, "\r\n\x00") {
				return nil, invalid("the type of part %s has control characters", strconv.Quote(cut(p.Name, 50)))
			}
			b.WriteString("Content-Type: " + p.Type + "\r\n")
		}
		b.WriteString("\r\n")
		m.heads = append(m.heads, b.String())
		m.parts = append(m.parts, content)
		end = "\r\n"
	}
	m.tail = end + m.tail
	return m, nil
}

func (m *multipart) size() int64 {
	n := int64(len(m.tail))
	for i, p := range m.parts {
		s := p.size()
		if s < 0 {
			return -1
		}
		n += int64(len(m.heads[i])) + s
	}
	return n
}

func (m *multipart) repeatable() bool {
	for _, p := range m.parts {
		if !p.repeatable() {
			return false
		}
	}
	return true
}

func (m *multipart) open(ctx context.Context) (io.ReadCloser, error) {
	if !m.repeatable() {
		return nil, ErrOnce
	}
	return &multipartReader{ctx: ctx, m: m}, nil
}

// multipartReader opens a part when its turn comes.
type multipartReader struct {
	ctx  context.Context
	m    *multipart
	at   int // the part that is next
	text io.Reader
	open io.ReadCloser
}

func (r *multipartReader) Read(b []byte) (int, error) {
	for {
		if r.text != nil {
			if n, err := r.text.Read(b); err == nil {
				return n, nil
			}
			r.text = nil
		}
		if r.open != nil {
			n, err := r.open.Read(b)
			if err != io.EOF {
				return n, err
			}
			_ = r.open.Close()
			if r.open = nil; n > 0 {
				return n, nil
			}
		}
		switch {
		case r.at < len(r.m.parts):
			open, err := r.m.parts[r.at].open(r.ctx)
			if err != nil {
				return 0, err
			}
			r.text, r.open = strings.NewReader(r.m.heads[r.at]), open
			r.at++
		case r.at == len(r.m.parts):
			r.text = strings.NewReader(r.m.tail)
			r.at++
		default:
			return 0, io.EOF
		}
	}
}

func (r *multipartReader) Close() error {
	if r.open != nil {
		return r.open.Close()
	}
	return nil
}

// Package formdata takes a multipart/form-data body apart while it arrives, so that large files go
// to disk and not into memory.
//
// It does no more than that: of the body everything is kept as it came but the contents of files
// that were spooled, and it is told where in the kept bytes each of those belongs. Put back there,
// they make the body again, byte for byte. What a form means, and what is wrong with a malformed
// one, is left to the parser of the application (Workerman\Protocols\Http\Request), which finds
// parts in the same way.
package formdata

import (
	"bytes"
	"errors"
	"os"
)

// Limits of what is looked at. A body beyond them is kept like any other.
const (
	MaxBoundary = 200      // bytes
	MaxPartHead = 16 << 10 // bytes of one part's header lines
)

// DefaultMemory is Options.Memory where that is not set.
const DefaultMemory = 1 << 20

// DefaultKept is Options.Kept where that is not set.
const DefaultKept = 16 << 20

// ErrTooLarge says that what is not a file passes Options.Kept.
var ErrTooLarge = errors.New("formdata: fields over the limit")

// Options hold a parser's limits. The zero value gives the documented defaults.
type Options struct {
	Dir      string // of the files; "" is the system's for temporary files
	Memory   int    // bytes of a body that may be in memory before its files go to disk
	Kept     int    // bytes that are not those of spooled files, over which Write refuses
	MaxParts int    // parts behind this many are kept, whatever they are (1024)
}

// Spool is a file's content that was written to disk.
type Spool struct {
	Offset int    // where it belongs in the kept bytes
	Size   int64  // as sent by the peer
	Path   string // "" when it could not be written; then it is lost
}

// Parser takes one body. It belongs to one connection.
type Parser struct {
	opts   Options
	delim  []byte // CR LF "--" boundary
	state  state
	kept   int    // bytes kept so far
	parts  int    // begun so far
	head   []byte // of the part that begins
	held   []byte // end of the content so far that may be the beginning of a delimiter
	start  int    // where the part's content begins in the kept bytes
	fresh  bool   // nothing of the content has been looked at
	isFile bool
	file   *os.File
	size   int64 // of the content so far
	spools []Spool
	failed bool // the file could not be written: its content is dropped
	join   []byte
}

type state uint8

const (
	opening  state = iota // the first delimiter, which has no line end before it
	partHead              // up to the empty line
	content
	closing // the two bytes behind a delimiter
	rest    // nothing is looked at any more
)

// New makes a parser for a body with this boundary; nil when there is none, or a long one.
func New(boundary []byte, opts Options) *Parser {
	if len(boundary) == 0 || len(boundary) > MaxBoundary {
		return nil
	}
	if opts.Memory <= 0 {
		opts.Memory = DefaultMemory
	}
	if opts.Kept <= 0 {
		opts.Kept = DefaultKept
	}
	if opts.MaxParts <= 0 {
		opts.MaxParts = 1024
	}
	return &Parser{opts: opts, delim: append([]byte("\r\n--"), boundary...)}
}

// Boundary finds the boundary in a Content-Type field's value as the application's parser does;
// nil when the body is no form.
func Boundary(contentType []byte) []byte {
	const form, name = "multipart/form-data", "boundary="
	if len(contentType) < len(form) || !bytes.EqualFold(contentType[:len(form)], []byte(form)) {
		return nil
	}
	_, value, ok := bytes.Cut(contentType, []byte(name))
	if !ok {
		return nil
	}
	value = bytes.TrimPrefix(value, []byte(`"`))
	if i := bytes.IndexAny(value, "; \t\v\f"); i >= 0 {
		value = value[:i]
	}
	return bytes.TrimRight(value, `"`)
}

// Write takes the next bytes of the body, in any pieces, and appends to dst what is kept of them;
// dst must be what the last call answered. Files are written as a side effect. The one error is
// ErrTooLarge.
func (p *Parser) Write(dst, src []byte) ([]byte, error) {
	for len(src) > 0 {
		var n int
		switch p.state {
		case opening, closing:
			dst, n = p.fixed(dst, src)
		case partHead:
			dst, n = p.header(dst, src)
		case content:
			dst, n = p.body(dst, src)
		default:
			n = len(src)
			dst = p.keep(dst, src)
		}
		if p.kept > p.opts.Kept {
			return dst, ErrTooLarge
		}
		src = src[n:]
	}
	return dst, nil
}

// Spools answers where spooled files belong, in the order of their offsets, once the body is
// complete; dst gets what was held back. The files are the caller's from now on.
func (p *Parser) Spools(dst []byte) ([]byte, []Spool) {
	if p.state == content { // the body ends in the middle of a part: no delimiter follows
		dst = p.add(dst, p.held)
		p.held = nil
		p.end()
	}
	spools := p.spools
	p.spools = nil
	return dst, spools
}

// Close removes the files of a body that was not completed.
func (p *Parser) Close() {
	if p.file != nil {
		p.end()
	}
	for _, s := range p.spools {
		if s.Path != "" {
			_ = os.Remove(s.Path)
		}
	}
	p.spools = nil
}

func (p *Parser) keep(dst, src []byte) []byte {
	p.kept += len(src)
	return append(dst, src...)
}

// fixed takes the opening delimiter with its line end, or the two bytes behind another one.
func (p *Parser) fixed(dst, src []byte) ([]byte, int) {
	want := len(p.delim) // "--" boundary CR LF
	if p.state == closing {
		want = 2
	}
	n := min(want-len(p.head), len(src))
	p.head = append(p.head, src[:n]...)
	dst = p.keep(dst, src[:n])
	if len(p.head) < want {
		return dst, n
	}
	ok := bytes.HasSuffix(p.head, []byte("\r\n")) && (p.state == closing || bytes.HasPrefix(p.head, p.delim[2:]))
	p.head = p.head[:0]
	p.state = rest
	if p.parts++; ok && p.parts <= p.opts.MaxParts {
		p.state = partHead
	}
	return dst, n
}

func (p *Parser) header(dst, src []byte) ([]byte, int) {
	seen := max(len(p.head)-3, 0)
	before := len(p.head)
	p.head = append(p.head, src...)
	end := bytes.Index(p.head[seen:], []byte("\r\n\r\n"))
	n := len(src)
	if end >= 0 {
		end += seen + 4
		n = end - before
		p.head = p.head[:end]
	}
	dst = p.keep(dst, src[:n])
	if len(p.head) > MaxPartHead || bytes.Contains(p.head, p.delim) {
		p.state, p.head = rest, nil
		return dst, n
	}
	if end >= 0 {
		p.isFile = bytes.Contains(bytes.ToLower(p.head), []byte(`filename="`))
		p.state, p.head, p.start, p.size, p.fresh = content, p.head[:0], len(dst), 0, true
	}
	return dst, n
}

// body takes content up to the next delimiter.
func (p *Parser) body(dst, src []byte) ([]byte, int) {
	if p.fresh {
		// The empty line's own end may begin a delimiter: then the part is malformed.
		n := min(len(p.delim)-2-len(p.held), len(src))
		p.held = append(p.held, src[:n]...)
		switch {
		case !bytes.HasPrefix(p.delim[2:], p.held):
			p.fresh = false
		case len(p.held) == len(p.delim)-2:
			dst = p.keep(dst, p.held)
			p.held, p.state = nil, rest
		}
		return dst, n
	}
	if len(p.held) == 0 {
		if i := bytes.Index(src, p.delim); i >= 0 {
			return p.delimiter(p.add(dst, src[:i])), i + len(p.delim)
		}
		k := p.overlap(src)
		p.held = append(p.held, src[len(src)-k:]...)
		return p.add(dst, src[:len(src)-k]), len(src)
	}
	n := min(len(src), len(p.delim))
	p.join = append(append(p.join[:0], p.held...), src[:n]...)
	if i := bytes.Index(p.join, p.delim); i >= 0 {
		used := i + len(p.delim) - len(p.held)
		p.held = p.held[:0]
		return p.delimiter(p.add(dst, p.join[:i])), used
	}
	if n == len(p.delim) { // no delimiter begins in what was held
		dst = p.add(dst, p.held)
		p.held = p.held[:0]
		return dst, 0
	}
	k := p.overlap(p.join)
	dst = p.add(dst, p.join[:len(p.join)-k])
	p.held = append(p.held[:0], p.join[len(p.join)-k:]...)
	return dst, n
}

// overlap is how many bytes at the end of b may be the beginning of a delimiter.
func (p *Parser) overlap(b []byte) int {
	for from := max(len(b)-len(p.delim)+1, 0); ; {
		i := bytes.IndexByte(b[from:], '\r')
		if i < 0 {
			return 0
		}
		if from += i; bytes.HasPrefix(p.delim, b[from:]) {
			return len(b) - from
		}
		from++
	}
}

// add takes content: it stays in memory while the whole body may, else a file's goes to disk.
func (p *Parser) add(dst, src []byte) []byte {
	p.size += int64(len(src))
	if p.file == nil && !p.failed {
		if len(src) == 0 || !p.isFile || p.kept+len(src) <= p.opts.Memory {
			return p.keep(dst, src)
		}
		var err error
		if p.file, err = os.CreateTemp(p.opts.Dir, "phalanx.upload.*"); err != nil { // mode 0600
			p.failed = true
		}
		p.write(dst[p.start:])
		p.kept -= len(dst) - p.start
		dst = dst[:p.start]
	}
	p.write(src)
	return dst
}

func (p *Parser) write(b []byte) {
	if p.failed || len(b) == 0 {
		return
	}
	if _, err := p.file.Write(b); err != nil {
		p.fail()
	}
}

// fail gives a file up, on a full disk for instance.
func (p *Parser) fail() {
	_ = p.file.Close()
	_ = os.Remove(p.file.Name())
	p.file, p.failed = nil, true
}

func (p *Parser) delimiter(dst []byte) []byte {
	p.end()
	p.state, p.head = closing, p.head[:0]
	return p.keep(dst, p.delim)
}

// end notes where the content of a part belongs that is not in memory.
func (p *Parser) end() {
	if p.file == nil && !p.failed {
		return
	}
	path := ""
	if p.file != nil {
		path = p.file.Name()
		if err := p.file.Close(); err != nil {
			_ = os.Remove(path)
			path = ""
		}
	}
	p.spools = append(p.spools, Spool{Offset: p.start, Size: p.size, Path: path})
	p.file, p.failed = nil, false
}

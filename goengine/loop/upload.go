package loop

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"strconv"

	"github.com/valyala/bytebufferpool"

	"github.com/phalanx-php/phalanx/goengine/formdata"
	"github.com/phalanx-php/phalanx/goengine/http1"
)

// bodyState is a request's body that is taken apart while it arrives: a chunked one, or a form
// whose files may go to disk.
type bodyState struct {
	body *bytebufferpool.ByteBuffer // the head, then what is kept of the body
	head int
	form *formdata.Parser // nil: all of the body is kept

	chunked bool
	dec     http1.Chunked
	left    int64 // not chunked: bytes that are to come

	keepAlive bool
}

// SetUploads says where files of forms are put and how many bytes of a form may be in memory
// before they are; dir "" is the system's folder for temporary files. Requests that are under way
// keep what they began with.
func (l *Loop) SetUploads(dir string, memory int) {
	l.form.Dir, l.form.Memory = dir, memory
}

// formOf makes a parser for a form; nil when the body is none, or so short that it is not worth it.
func (l *Loop) formOf(head []byte, length int64) *formdata.Parser {
	memory := int64(l.form.Memory)
	if memory <= 0 {
		memory = formdata.DefaultMemory
	}
	if length <= memory {
		return nil
	}
	var contentType []byte
	for _, line := range bytes.SplitAfter(head, []byte("\n"))[1:] {
		name, value, _ := bytes.Cut(line, []byte(":"))
		if bytes.EqualFold(name, []byte("Content-Type")) {
			if contentType != nil {
				return nil // the application may take either
			}
			contentType = bytes.Trim(value, " \t\r\n")
		}
	}
	boundary := formdata.Boundary(contentType)
	if boundary == nil {
		return nil
	}
	return formdata.New(boundary, l.form)
}

// startForm begins a form with a Content-Length; false leaves the body to be kept as a whole.
func (l *Loop) startForm(c *conn, head []byte, h *http1.Head) bool {
	form := l.formOf(head, h.ContentLength)
	if form == nil {
		return false
	}
	b := bytebufferpool.Get()
	b.B = append(b.B[:0], head...)
	c.chunk = &bodyState{body: b, head: len(head), form: form, left: h.ContentLength, keepAlive: h.KeepAlive}
	l.continueBody(c, h)
	return true
}

func (l *Loop) startChunks(c *conn, head []byte, h *http1.Head) {
	b := bytebufferpool.Get()
	b.B = appendPlainHead(b.B[:0], head)
	// How long it is nobody says, so a form may be a large one.
	form := l.formOf(head, int64(c.maxPackage))
	c.chunk = &bodyState{body: b, head: len(b.B), form: form, chunked: true, keepAlive: h.KeepAlive}
	l.continueBody(c, h)
}

// decodeBody uses up bytes of a body that is taken apart.
func (l *Loop) decodeBody(c *conn, buf []byte) int {
	s := c.chunk
	n, done, err := s.take(l, buf, int64(c.maxPackage-s.head))
	if err != nil {
		l.refuse(c, err)
		return 0
	}
	if !done {
		l.progress(c)
		return n
	}
	c.chunk = nil
	var spools []formdata.Spool
	if s.form != nil {
		s.body.B, spools = s.form.Spools(s.body.B)
		for _, f := range spools {
			if f.Path != "" {
				l.uploads[f.Path] = struct{}{}
			}
		}
	}
	if s.chunked {
		copy(s.body.B[s.head-len(lengthRoom)-2:], strconv.AppendInt(nil, s.dec.Total(), 10))
	}
	end := len(s.body.B)
	if len(s.dec.Trailers) > 0 || len(spools) > 0 {
		s.body.B = appendExtra(s.body.B, s.dec.Trailers, spools)
	}
	l.hold(s.body)
	l.request(c, s.body.B, s.head, len(s.body.B)-end, s.keepAlive)
	return n
}

var errFormTooLarge = &http1.Error{Status: 413, Reason: "fields of the form too large"}

// take takes what there is of the body.
func (s *bodyState) take(l *Loop, buf []byte, limit int64) (n int, done bool, err error) {
	switch {
	case !s.chunked:
		n = int(min(int64(len(buf)), s.left))
		s.left -= int64(n)
		done = s.left == 0
		s.body.B, err = s.form.Write(s.body.B, buf[:n])
	case s.form == nil:
		s.body.B, n, done, err = s.dec.Decode(s.body.B, buf, limit)
	default:
		l.unchunked, n, done, err = s.dec.Decode(l.unchunked[:0], buf, limit)
		if err == nil {
			s.body.B, err = s.form.Write(s.body.B, l.unchunked)
		}
	}
	if errors.Is(err, formdata.ErrTooLarge) {
		err = errFormTooLarge
	}
	return n, done, err
}

// drop lets go of a body that will not be completed, and removes its files.
func (s *bodyState) drop() {
	if s.form != nil {
		s.form.Close()
	}
}

// ReleaseUpload removes a file that came with a request, if it is still where the engine put it.
// Every request with files is to be followed by it; what is forgotten, RemoveUploads removes.
func (l *Loop) ReleaseUpload(path string) {
	if _, ok := l.uploads[path]; ok {
		delete(l.uploads, path)
		_ = os.Remove(path)
	}
}

// RemoveUploads removes what has not been released: for the end of a script. Files of requests that
// were taken back stay: the next script will be told of them.
func (l *Loop) RemoveUploads() {
	if len(l.uploads) == 0 {
		return
	}
	waiting := map[string]struct{}{}
	for _, c := range l.conns {
		if c != nil && c.back != nil {
			for i := range c.back.messages {
				c.back.messages[i].eachUpload(func(path string) { waiting[path] = struct{}{} })
			}
		}
	}
	for path := range l.uploads {
		if _, ok := waiting[path]; !ok {
			l.ReleaseUpload(path)
		}
	}
}

// eachUpload names the files that a request came with.
func (e *Event) eachUpload(do func(path string)) {
	if e.Proto != HTTP || e.Kind != Message || e.Aux>>32 == 0 {
		return
	}
	_, _, extra := e.Request()
	for at := 4 + int(binary.BigEndian.Uint32(extra)); at < len(extra); {
		n := int(binary.BigEndian.Uint32(extra[at+16:]))
		if at += 20; n > 0 {
			do(string(extra[at : at+n]))
		}
		at += n
	}
}

// appendExtra appends what belongs to a request and is not in its bytes: the trailer fields, each
// line with its CRLF, behind their length (32 bits), then for each file on disk where its content
// belongs in head and body (64 bits), its size (64), and its path behind its length (32; 0 when it
// could not be written). Workerman\Protocols\Http\Request reads it.
func appendExtra(dst, trailers []byte, spools []formdata.Spool) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(trailers)))
	dst = append(dst, trailers...)
	for _, s := range spools {
		dst = binary.BigEndian.AppendUint64(dst, uint64(s.Offset))
		dst = binary.BigEndian.AppendUint64(dst, uint64(s.Size))
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(s.Path)))
		dst = append(dst, s.Path...)
	}
	return dst
}

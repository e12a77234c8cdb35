// Package compress encodes what HTTP carries as gzip, Brotli or Zstandard, and decides when that
// may be done (RFC 9110, 8.4 and 12.5.3).
//
// Functions over bytes without I/O. Encoders come from pools that all loops share.
package compress

import (
	"bytes"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Coding is a content coding.
type Coding uint8

// The codings.
const (
	Identity Coding = iota
	Gzip
	Brotli
	Zstd
	codings
)

var names = [...]string{Identity: "identity", Gzip: "gzip", Brotli: "br", Zstd: "zstd"}

// String is the coding's name in header fields.
func (c Coding) String() string {
	if int(c) < len(names) {
		return names[c]
	}
	return "unknown"
}

// Levels, each on its library's own scale: 1 to 9, 0 to 11 and 1 to 22 (of which four differ).
const (
	DefaultGzip   = 5
	DefaultBrotli = 4
	DefaultZstd   = 3
)

// zstdWindow bounds what a client must hold to decode (RFC 9659 allows 8 MiB), and what a stream
// costs here.
const zstdWindow = 1 << 20

type sink struct{ b []byte }

func (s *sink) Write(p []byte) (int, error) {
	s.b = append(s.b, p...)
	return len(p), nil
}

// writer is what the three libraries have in common.
type writer interface {
	Write(p []byte) (int, error)
	Flush() error
	Close() error
}

// Encoder makes one stream. It belongs to who got it until Close.
type Encoder struct {
	coding Coding
	level  int
	out    sink
	w      writer
}

type pool struct {
	coding Coding
	level  int
}

var pools sync.Map // of pool to *sync.Pool

// NewEncoder gives an encoder for one stream. Levels out of range become the nearest.
func NewEncoder(c Coding, level int) *Encoder {
	switch c {
	case Gzip:
		level = min(max(level, 1), 9)
	case Brotli:
		level = min(max(level, 0), 11)
	case Zstd:
		level = int(zstd.EncoderLevelFromZstd(level))
	default:
		return nil
	}
	p, ok := pools.Load(pool{c, level})
	if !ok {
		p, _ = pools.LoadOrStore(pool{c, level}, new(sync.Pool))
	}
	if e, ok := p.(*sync.Pool).Get().(*Encoder); ok {
		e.reset()
		return e
	}
	e := &Encoder{coding: c, level: level}
	switch c {
	case Gzip:
		e.w, _ = gzip.NewWriterLevel(&e.out, level)
	case Brotli:
		e.w = brotli.NewWriterLevel(&e.out, level)
	case Zstd: // the options are valid
		e.w, _ = zstd.NewWriter(&e.out, zstd.WithEncoderLevel(zstd.EncoderLevel(level)), zstd.WithWindowSize(zstdWindow),
			zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	}
	return e
}

func (e *Encoder) reset() {
	switch w := e.w.(type) {
	case *gzip.Writer:
		w.Reset(&e.out)
	case *brotli.Writer:
		w.Reset(&e.out)
	case *zstd.Encoder:
		w.Reset(&e.out)
	}
}

// Append appends src, encoded, to dst. With flush all of src can be decoded from what has been
// appended so far; without it some may be held back. Writing to memory does not fail.
func (e *Encoder) Append(dst, src []byte, flush bool) []byte {
	e.out.b = dst
	_, _ = e.w.Write(src)
	if flush {
		_ = e.w.Flush()
	}
	dst, e.out.b = e.out.b, nil
	return dst
}

// End appends the end of the stream.
func (e *Encoder) End(dst []byte) []byte {
	e.out.b = dst
	_ = e.w.Close()
	dst, e.out.b = e.out.b, nil
	return dst
}

// Close gives the encoder back.
func (e *Encoder) Close() {
	e.out.b = nil
	if p, ok := pools.Load(pool{e.coding, e.level}); ok {
		p.(*sync.Pool).Put(e)
	}
}

// Options say what is compressed, and how. The zero value compresses nothing.
type Options struct {
	Offered   []Coding // in the server's order of preference
	MinLength int      // bytes of the shortest body that is worth it
	Types     []string // content types; one that ends with "*" is a prefix
	Levels    [codings]int
}

// DefaultTypes are compressed where Options.Types does not say otherwise: the rest is compressed by
// itself, mostly.
var DefaultTypes = []string{
	"text/*", "application/json", "application/javascript", "application/xml", "application/xhtml+xml",
	"application/rss+xml", "application/atom+xml", "application/ld+json", "application/manifest+json",
	"application/problem+json", "application/vnd.api+json", "application/graphql-response+json", "application/wasm",
	"application/x-javascript", "image/svg+xml", "image/bmp", "image/x-icon", "font/ttf", "font/otf",
	"application/vnd.ms-fontobject",
}

// Default is what Options are where nothing else is asked for, but the offer.
func Default() Options {
	return Options{MinLength: 1024, Types: DefaultTypes,
		Levels: [codings]int{Gzip: DefaultGzip, Brotli: DefaultBrotli, Zstd: DefaultZstd}}
}

// Parse finds a coding by its name.
func Parse(name string) (Coding, bool) {
	for c := Gzip; c < codings; c++ {
		if names[c] == name {
			return c, true
		}
	}
	return Identity, false
}

// Negotiate picks one of the codings on offer for an Accept-Encoding field: the one that the client
// likes best and, of several, the first. Identity when it wants none of them, or says nothing.
func Negotiate(accept []byte, offered []Coding) Coding {
	var quality [codings]int // thousandths; -1 not named
	for i := range quality {
		quality[i] = -1
	}
	others := -1
	for len(accept) > 0 {
		var item []byte
		item, accept, _ = bytes.Cut(accept, []byte(","))
		name, params, weighed := bytes.Cut(item, []byte(";"))
		q := 1000
		if weighed {
			q = weight(params)
		}
		name = bytes.TrimSpace(name)
		if string(name) == "*" {
			others = q
			continue
		}
		if bytes.EqualFold(name, []byte("x-gzip")) { // RFC 9110, 8.4.1.3
			name = []byte("gzip")
		}
		for c := Identity; c < codings; c++ {
			if bytes.EqualFold(name, []byte(names[c])) {
				quality[c] = q
			}
		}
	}
	best, most := Identity, 0
	for _, c := range offered {
		q := quality[c]
		if q < 0 {
			q = others
		}
		if q > most {
			best, most = c, q
		}
	}
	if quality[Identity] > most { // the client would rather have it as it is
		return Identity
	}
	return best
}

// weight reads ";q=0.5" in thousandths; what is malformed counts as 0.
func weight(params []byte) int {
	name, value, _ := bytes.Cut(params, []byte("="))
	value = bytes.TrimSpace(value)
	if !bytes.EqualFold(bytes.TrimSpace(name), []byte("q")) || len(value) == 0 || len(value) > 5 {
		return 0
	}
	if len(value) > 1 && value[1] != '.' {
		return 0
	}
	q := 0
	for i := range 5 {
		if i == 1 {
			continue
		}
		digit := byte('0')
		if i < len(value) {
			digit = value[i]
		}
		if digit < '0' || digit > '9' {
			return 0
		}
		q = q*10 + int(digit-'0')
	}
	return min(q, 1000)
}

func (o *Options) hasType(contentType []byte) bool {
	contentType, _, _ = bytes.Cut(contentType, []byte(";"))
	contentType = bytes.TrimSpace(contentType)
	for _, t := range o.Types {
		if n := len(t) - 1; n >= 0 && t[n] == '*' {
			if len(contentType) >= n && bytes.EqualFold(contentType[:n], []byte(t[:n])) {
				return true
			}
		} else if bytes.EqualFold(contentType, []byte(t)) {
			return true
		}
	}
	return false
}

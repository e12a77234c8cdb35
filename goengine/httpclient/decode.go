package httpclient

import (
	"bufio"
	"compress/flate"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// acceptEncoding is what a request says that leaves decompression to this package.
const acceptEncoding = "gzip, br, zstd, deflate"

// zstdWindow bounds the memory of a Zstandard decoder (RFC 8878, 3.1.1.1.2 recommends 8 MiB).
const zstdWindow = 8 << 20

// decoded undoes a response's Content-Encoding. A coding that is not known, or several, are left as they are.
func decoded(resp *http.Response) io.ReadCloser {
	coding := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding")))
	var open func(io.Reader) (io.ReadCloser, error)
	switch coding {
	case "gzip", "x-gzip":
		open = openGzip
	case "br":
		open = openBrotli
	case "zstd":
		open = openZstd
	case "deflate":
		open = openDeflate
	default:
		return resp.Body
	}
	if len(resp.Header["Content-Encoding"]) > 1 || resp.ContentLength == 0 {
		return resp.Body
	}
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	resp.ContentLength = -1
	return &decoder{from: resp.Body, open: open, coding: coding}
}

// decoder begins with the first read, since that waits for the network.
type decoder struct {
	from   io.ReadCloser
	open   func(io.Reader) (io.ReadCloser, error)
	coding string
	mu     sync.Mutex // guards text: a reader may be closed while it reads
	text   io.ReadCloser
	err    error
}

func (d *decoder) Read(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil {
		return 0, d.err
	}
	if d.text == nil {
		in := bufio.NewReader(d.from)
		if _, d.err = in.Peek(1); d.err != nil {
			return 0, d.err // no body at all, or a broken one
		}
		if d.text, d.err = d.open(in); d.err != nil {
			return 0, d.failed()
		}
	}
	n, err := d.text.Read(b)
	if err != nil {
		if d.err = err; err != io.EOF {
			return n, d.failed()
		}
		d.drop()
	}
	return n, err
}

func (d *decoder) failed() error {
	d.err = fmt.Errorf("decompressing (%s): %w", d.coding, d.err)
	return d.err
}

// drop gives the decoder's memory back. It is called with mu held.
func (d *decoder) drop() {
	if d.text != nil {
		_ = d.text.Close()
		d.text = nil
	}
}

// Close ends a read that waits.
func (d *decoder) Close() error {
	err := d.from.Close()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err == nil {
		d.err = http.ErrBodyReadAfterClose
	}
	d.drop()
	return err
}

// pooled is a decoder that goes back to its pool.
type pooled[R io.Reader] struct {
	r    R
	pool *sync.Pool
}

func (p *pooled[R]) Read(b []byte) (int, error) { return p.r.Read(b) }
func (p *pooled[R]) Close() error               { p.pool.Put(p.r); return nil }

var gzips, brotlis sync.Pool

func openGzip(in io.Reader) (io.ReadCloser, error) {
	if r, ok := gzips.Get().(*gzip.Reader); ok {
		if err := r.Reset(in); err != nil {
			gzips.Put(r)
			return nil, err
		}
		return &pooled[*gzip.Reader]{r, &gzips}, nil
	}
	r, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	return &pooled[*gzip.Reader]{r, &gzips}, nil
}

func openBrotli(in io.Reader) (io.ReadCloser, error) {
	r, ok := brotlis.Get().(*brotli.Reader)
	if !ok {
		r = brotli.NewReader(nil)
	}
	if err := r.Reset(in); err != nil {
		return nil, err
	}
	return &pooled[*brotli.Reader]{r, &brotlis}, nil
}

// openZstd keeps no decoder: one that is not closed holds on to its window.
func openZstd(in io.Reader) (io.ReadCloser, error) {
	r, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, err
	}
	return r.IOReadCloser(), nil
}

// openDeflate takes both what RFC 9110, 8.4.1.2 says (zlib) and what some servers send instead (bare deflate).
func openDeflate(in io.Reader) (io.ReadCloser, error) {
	b := in.(*bufio.Reader)
	if head, err := b.Peek(2); err == nil && head[0]&0x0f == 8 && (uint(head[0])<<8|uint(head[1]))%31 == 0 {
		return zlib.NewReader(b)
	}
	return flate.NewReader(b), nil
}

package cmd

import (
	"fmt"
	"strconv"

	"github.com/andybalholm/brotli"
	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp/encode"
)

// brotliEncoder is "encode br" of a Caddyfile, as FrankenPHP's own Caddyfile has it: Caddy has no encoder of that name,
// FrankenPHP's images have one that needs a C library.
type brotliEncoder struct {
	Quality *int `json:"quality,omitempty"` // 0 to 11; nil is defaultBrotliQuality
}

// defaultBrotliQuality is what pays for an answer that is compressed while somebody waits for it.
const defaultBrotliQuality = 4

// registerBrotli does so unless a module that was built in has the name.
func registerBrotli() {
	if _, err := caddy.GetModule("http.encoders.br"); err != nil {
		caddy.RegisterModule(brotliEncoder{})
	}
}

// CaddyModule says what it is.
func (brotliEncoder) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.encoders.br", New: func() caddy.Module { return new(brotliEncoder) }}
}

// UnmarshalCaddyfile reads "br [QUALITY]".
func (e *brotliEncoder) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	if !d.NextArg() {
		return nil
	}
	quality, err := strconv.Atoi(d.Val())
	if err != nil {
		return d.Errf("br: the quality is a number, not %q", d.Val())
	}
	e.Quality = &quality
	return nil
}

// Provision sets what was left out.
func (e *brotliEncoder) Provision(caddy.Context) error {
	if e.Quality == nil {
		quality := defaultBrotliQuality
		e.Quality = &quality
	}
	return nil
}

// Validate refuses what the encoder does not know.
func (e *brotliEncoder) Validate() error {
	if *e.Quality < brotli.BestSpeed || *e.Quality > brotli.BestCompression {
		return fmt.Errorf("br: the quality is %d to %d, not %d", brotli.BestSpeed, brotli.BestCompression, *e.Quality)
	}
	return nil
}

// AcceptEncoding is its name in requests.
func (*brotliEncoder) AcceptEncoding() string { return "br" }

// NewEncoder makes one, which Caddy keeps and resets.
func (e *brotliEncoder) NewEncoder() encode.Encoder { return brotli.NewWriterLevel(nil, *e.Quality) }

var (
	_ encode.Encoding       = (*brotliEncoder)(nil)
	_ caddy.Provisioner     = (*brotliEncoder)(nil)
	_ caddy.Validator       = (*brotliEncoder)(nil)
	_ caddyfile.Unmarshaler = (*brotliEncoder)(nil)
)

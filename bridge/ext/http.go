package ext

// #include "../../php-ext/engine.h"
import "C"

import (
	"strings"

	"github.com/phalanx-php/phalanx/goengine/compress"
	"github.com/phalanx-php/phalanx/goengine/loop"
)

// phx_upload_options says where files of forms are put, and how many bytes of a form may be in
// memory before they are (0: the engine's default).
//
//export phx_upload_options
func phx_upload_options(h C.int64_t, dir *C.char, n C.size_t, memory C.int64_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	l.SetUploads(string(borrow(dir, n)), int(memory))
	return C.PHX_OK
}

// phx_upload_release removes a file that came with a request, unless it has been moved away.
//
//export phx_upload_release
func phx_upload_release(h C.int64_t, path *C.char, n C.size_t) (st C.phx_status) {
	defer guard(&st)
	if l := find(int64(h)); l != nil {
		l.ReleaseUpload(string(borrow(path, n)))
	}
	return C.PHX_OK
}

// phx_uploads_end removes the files of requests whose script ends without having let go of them.
//
//export phx_uploads_end
func phx_uploads_end(h C.int64_t) (st C.phx_status) {
	defer guard(&st)
	if l := find(int64(h)); l != nil {
		l.RemoveUploads()
	}
	return C.PHX_OK
}

// phx_http_compression says how responses that are sent with a coding are compressed: codings and
// types are separated by commas, no types stands for the usual ones. On a refusal text says why.
//
//export phx_http_compression
func phx_http_compression(h C.int64_t, codings *C.char, nCodings C.size_t, minLength C.int64_t, types *C.char, nTypes C.size_t, gzip, brotli, zstd C.int32_t, text *C.char, textLen *C.int32_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	o := compress.Default()
	o.MinLength = max(int(minLength), 0)
	for _, name := range strings.Split(string(borrow(codings, nCodings)), ",") {
		coding, ok := compress.Parse(name)
		if !ok {
			*textLen = put(text, "No such coding: "+name+" (there are gzip, br and zstd)")
			return C.PHX_EINVAL
		}
		o.Offered = append(o.Offered, coding)
	}
	if nTypes > 0 {
		o.Types = strings.Split(string(borrow(types, nTypes)), ",")
	}
	o.Levels[compress.Gzip], o.Levels[compress.Brotli], o.Levels[compress.Zstd] = int(gzip), int(brotli), int(zstd)
	l.SetCompression(o)
	return C.PHX_OK
}

// phx_http_coding negotiates: the answer is the argument of PHX_SEND_RESPONSE and PHX_SEND_RAW.
//
//export phx_http_coding
func phx_http_coding(h C.int64_t, accept *C.char, n C.size_t) C.int32_t {
	l := find(int64(h))
	if l == nil {
		return 0
	}
	return loop.Compressed | C.int32_t(compress.Negotiate(borrow(accept, n), l.Compression().Offered))
}

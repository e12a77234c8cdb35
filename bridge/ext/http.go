package ext

// #include "../../php-ext/engine.h"
import "C"

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

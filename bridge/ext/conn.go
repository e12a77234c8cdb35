package ext

// #include "../../php-ext/engine.h"
import "C"

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/socket"
	"github.com/phalanx-php/phalanx/goengine/ws"
)

// put writes text into C's room for it, cut to fit, and answers its length.
func put(dst *C.char, text string) C.int32_t {
	room := borrow(dst, C.PHX_TEXT_SIZE)
	return C.int32_t(copy(room, text))
}

// phx_listen serves an inherited descriptor (fd >= 0) or binds an address. It answers the
// listener's identifier; on failure a status and the reason in text.
//
//export phx_listen
func phx_listen(h C.int64_t, fd C.int32_t, addr *C.char, addrLen C.size_t, o *C.phx_listen_options, text *C.char, textLen *C.int32_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	opts := loop.ListenOptions{
		Proto: loop.Proto(o.proto), MaxSendBuffer: int(o.max_send), MaxPackage: int(o.max_package),
		Announce: o.announce != 0, Control: true, Keep: o.keep != 0,
	}
	limits, err := loop.ParseLimits(string(borrow(o.limits, o.limits_len)))
	if err != nil {
		*textLen = put(text, err.Error())
		return C.PHX_EINVAL
	}
	opts.Limits = limits
	if o.tls != nil {
		config, err := tlsConfig(o.tls, false)
		if err != nil {
			*textLen = put(text, err.Error())
			return C.PHX_EINVAL
		}
		opts.TLS = config
	}
	if o.deflate != 0 {
		opts.Deflate = &ws.DeflateOptions{
			Level: int(o.deflate_level), Threshold: int(o.deflate_threshold),
			Takeover: o.deflate_takeover != 0, WindowBits: int(o.deflate_bits),
		}
	}
	sock, address := int(fd), string(borrow(addr, addrLen))
	if opts.Key = address; sock >= 0 {
		opts.Key = "fd:" + strconv.Itoa(sock)
	}
	if id, ok := l.Inherit(opts.Key, opts); ok {
		return C.phx_status(id)
	}
	if sock >= 0 {
		// The slot's host keeps its own: the listener must outlive the script.
		dup, err := socket.Dup(sock)
		if err != nil {
			*textLen = put(text, err.Error())
			return C.PHX_EINVAL
		}
		sock = dup
	} else {
		var err error
		if sock, err = socket.Listen(address, socket.Options{Backlog: int(o.backlog), ReusePort: o.reuse_port != 0}); err != nil {
			*textLen = put(text, err.Error())
			return C.PHX_EINVAL
		}
	}
	opts.Datagram = socket.IsDatagram(sock)
	id, err := l.Listen(sock, opts)
	if err != nil {
		socket.Close(sock)
		*textLen = put(text, err.Error())
		return C.PHX_EINVAL
	}
	if opts.Datagram {
		o.proto = -1
	}
	return C.phx_status(id)
}

// phx_listener_op: 0 pause, 1 resume, 2 close.
//
//export phx_listener_op
func phx_listener_op(h C.int64_t, id, op C.int32_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	switch op {
	case 0:
		return statusOf(l.PauseListener(int(id)))
	case 1:
		return statusOf(l.ResumeListener(int(id)))
	}
	l.CloseListener(int(id))
	return C.PHX_OK
}

// phx_listener_address writes the bound address and answers its length; *fd gets the descriptor.
//
//export phx_listener_address
func phx_listener_address(h C.int64_t, id C.int32_t, text *C.char, fd *C.int32_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	addr, sock, err := l.ListenerAddr(int(id))
	if err != nil {
		return statusOf(err)
	}
	*fd = C.int32_t(sock)
	if addr.IsValid() {
		return put(text, addr.String())
	}
	return put(text, socket.UnixPath(sock))
}

// phx_udp_send sends a datagram.
//
//export phx_udp_send
func phx_udp_send(h C.int64_t, id C.int32_t, data *C.char, n C.size_t, remote *C.char, remoteLen C.size_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	var to netip.AddrPort // a connected socket knows its peer
	if remoteLen > 0 {
		var err error
		if to, err = netip.ParseAddrPort(strings.TrimSpace(string(borrow(remote, remoteLen)))); err != nil {
			return C.PHX_EINVAL
		}
	}
	return statusOf(l.SendTo(int(id), borrow(data, n), to))
}

// phx_conn_write sends at once; the data is borrowed.
//
//export phx_conn_write
func phx_conn_write(h C.int64_t, conn C.uint64_t, op, arg C.int32_t, data *C.char, n C.size_t, out *C.phx_sent) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	pending, full, err := l.Write(uint64(conn), loop.Op(op), byte(arg), borrow(data, n))
	fill(out, pending, full)
	return statusOf(err)
}

// phx_conn_send_file sends head and a part of a file.
//
//export phx_conn_send_file
func phx_conn_send_file(h C.int64_t, conn C.uint64_t, head *C.char, headLen C.size_t, path *C.char, pathLen C.size_t, off, n C.int64_t, out *C.phx_sent) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	pending, err := l.SendFile(uint64(conn), borrow(head, headLen), string(borrow(path, pathLen)), int64(off), int64(n))
	fill(out, pending, errors.Is(err, loop.ErrFull))
	return statusOf(err)
}

func fill(out *C.phx_sent, pending int, full bool) {
	out.pending = C.int64_t(pending)
	out.full = 0
	if full {
		out.full = 1
	}
}

// phx_conn_close closes after what is queued is written; linger is in nanoseconds.
//
//export phx_conn_close
func phx_conn_close(h C.int64_t, conn C.uint64_t, linger C.int64_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	return statusOf(l.CloseConn(uint64(conn), time.Duration(linger)))
}

// phx_conn_op: 0 destroy, 1 pause, 2 resume.
//
//export phx_conn_op
func phx_conn_op(h C.int64_t, conn C.uint64_t, op C.int32_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	switch op {
	case 0:
		return statusOf(l.Destroy(uint64(conn)))
	case 1:
		return statusOf(l.Pause(uint64(conn)))
	}
	return statusOf(l.Resume(uint64(conn)))
}

// phx_conn_defer takes back a message of this batch until its connection is resumed; with undecode,
// because the protocol it was decoded by is no longer the connection's.
//
//export phx_conn_defer
func phx_conn_defer(h C.int64_t, ev *C.phx_event, undecode C.int32_t) (st C.phx_status) {
	defer guard(&st)
	if l := find(int64(h)); l != nil && undecode != 0 {
		l.Undecode((*loop.Event)(unsafe.Pointer(ev)))
	} else if l != nil {
		l.Defer((*loop.Event)(unsafe.Pointer(ev)))
	}
	return C.PHX_OK
}

// phx_conn_user tells about a User connection's input: n bytes are used up, and the next event is
// not worth while before want bytes are there.
//
//export phx_conn_user
func phx_conn_user(h C.int64_t, conn C.uint64_t, n, want C.int64_t) (st C.phx_status) {
	defer guard(&st)
	if l := find(int64(h)); l != nil {
		if n > 0 {
			l.Consume(uint64(conn), int(n))
		}
		if want > 0 {
			l.Want(uint64(conn), int(want))
		}
	}
	return C.PHX_OK
}

// phx_conn_set changes the protocol (>= 0) or the limits (> 0).
//
//export phx_conn_set
func phx_conn_set(h C.int64_t, conn C.uint64_t, proto C.int32_t, maxSend, maxPackage C.int64_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	if proto >= 0 {
		return statusOf(l.SetProtocol(uint64(conn), loop.Proto(proto)))
	}
	return statusOf(l.SetLimits(uint64(conn), int(maxSend), int(maxPackage)))
}

// phx_conn_stat answers one figure: see phalanx_conn_stat() in the stub; 5 is the descriptor, 6 the protocol.
//
//export phx_conn_stat
func phx_conn_stat(h C.int64_t, conn C.uint64_t, what C.int32_t) C.int64_t {
	var i loop.Info
	ok := false
	if l := find(int64(h)); l != nil {
		i, ok = l.Info(uint64(conn))
	}
	switch what {
	case 0:
		return C.int64_t(i.Pending)
	case 1:
		return C.int64_t(i.BytesRead)
	case 2:
		return C.int64_t(i.BytesWritten)
	case 3:
		return C.int64_t(i.Unconsumed)
	case 4:
		switch {
		case !ok:
			return 0
		case i.Closing:
			return 2
		}
		return 1
	case 5:
		if l := find(int64(h)); l != nil {
			return C.int64_t(l.Share(uint64(conn)))
		}
		return -1
	case 6:
		return C.int64_t(i.Proto)
	}
	return 0
}

// phx_conn_address writes "ip:port", or a unix socket's path, and answers the length.
//
//export phx_conn_address
func phx_conn_address(h C.int64_t, conn C.uint64_t, remote C.int32_t, text *C.char) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	i, ok := l.Info(uint64(conn))
	if !ok {
		return C.PHX_ECLOSED
	}
	addr := i.Remote
	if remote == 0 {
		var err error
		if addr, err = l.LocalAddr(uint64(conn)); err != nil {
			return statusOf(err)
		}
	}
	if addr.IsValid() {
		return put(text, addr.String())
	}
	if remote == 0 {
		return put(text, socket.UnixPath(i.FD))
	}
	return 0
}

// phx_conn_ws_accept answers a handshake; headers are lines separated by line feeds.
//
//export phx_conn_ws_accept
func phx_conn_ws_accept(h C.int64_t, conn C.uint64_t, headers *C.char, n C.size_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	var lines []string
	if n > 0 {
		lines = strings.Split(string(borrow(headers, n)), "\n")
	}
	return statusOf(l.AcceptWebSocket(uint64(conn), lines))
}

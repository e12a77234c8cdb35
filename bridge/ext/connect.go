package ext

// #include "../../php-ext/engine.h"
import "C"

import (
	"time"

	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/proxy"
)

func str(s C.phx_str) string { return string(borrow(s.data, s.len)) }

// phx_connect starts a connection; *id gets its handle. On failure text says why.
//
//export phx_connect
func phx_connect(h C.int64_t, o *C.phx_connect_options, id *C.uint64_t, text *C.char, textLen *C.int32_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	opts := loop.ConnectOptions{
		Network: str(o.network), Address: str(o.address), Bind: str(o.bind), Timeout: time.Duration(o.timeout_ns),
		Proto: loop.Proto(o.proto), MaxSendBuffer: int(o.max_send), MaxPackage: int(o.max_package),
	}
	var err error
	if o.proxy != C.PHX_NO_PROXY {
		kind := proxy.SOCKS5
		if o.proxy == C.PHX_HTTP_PROXY {
			kind = proxy.HTTP
		}
		opts.Via, err = proxy.New(proxy.Options{
			Kind: kind, Host: str(o.host), Port: uint16(o.port),
			User: str(o.user), Password: str(o.password), Authorization: str(o.authorization),
		})
	}
	var conn loop.ID
	if err == nil {
		conn, err = l.Connect(opts)
	}
	if err != nil {
		*textLen = put(text, err.Error())
		return C.PHX_EINVAL
	}
	*id = C.uint64_t(conn)
	return C.PHX_OK
}

// phx_adopt serves a descriptor through one of the loop's own; pending has been read from it.
//
//export phx_adopt
func phx_adopt(h C.int64_t, fd C.int32_t, o *C.phx_connect_options, pending *C.char, n C.size_t, id *C.uint64_t, text *C.char, textLen *C.int32_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	conn, err := l.AdoptFD(int(fd), loop.AdoptOptions{
		Proto: loop.Proto(o.proto), MaxSendBuffer: int(o.max_send), MaxPackage: int(o.max_package),
		Pending: borrow(pending, n),
	})
	if err != nil {
		*textLen = put(text, err.Error())
		return C.PHX_EINVAL
	}
	*id = C.uint64_t(conn)
	return C.PHX_OK
}

// phx_conn_ws_expect says with which key a handshake has been sent, and which extensions it offers.
//
//export phx_conn_ws_expect
func phx_conn_ws_expect(h C.int64_t, conn C.uint64_t, key *C.char, n C.size_t, offers *C.char, offersLen C.size_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	return statusOf(l.ExpectWebSocket(uint64(conn), borrow(key, n), borrow(offers, offersLen)))
}

// phx_udp_connect makes a datagram socket with one peer and answers the listener's identifier.
//
//export phx_udp_connect
func phx_udp_connect(h C.int64_t, o *C.phx_connect_options, text *C.char, textLen *C.int32_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	id, err := l.ConnectDatagram(loop.DatagramOptions{
		Network: str(o.network), Address: str(o.address), Bind: str(o.bind), Broadcast: o.broadcast != 0,
	})
	if err != nil {
		*textLen = put(text, err.Error())
		return C.PHX_EINVAL
	}
	return C.phx_status(id)
}

// phx_lookup looks a name up; a PHX_RESOLVED event with the answered identifier follows.
//
//export phx_lookup
func phx_lookup(h C.int64_t, host *C.char, n C.size_t) C.uint64_t {
	if l := find(int64(h)); l != nil {
		return C.uint64_t(l.Lookup(string(borrow(host, n)), 0))
	}
	return 0
}

// phx_lookup_cancel ends a lookup without an event.
//
//export phx_lookup_cancel
func phx_lookup_cancel(h C.int64_t, id C.uint64_t) (st C.phx_status) {
	defer guard(&st)
	if l := find(int64(h)); l != nil {
		l.CancelLookup(uint64(id))
	}
	return C.PHX_OK
}

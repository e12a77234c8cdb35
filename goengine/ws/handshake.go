package ws

import (
	"bytes"
	"crypto/sha1" // RFC 6455 prescribes SHA-1; it proves no secret here
	"encoding/base64"
	"strconv"
	"strings"
)

// keyGUID is what RFC 6455, 1.3, appends to the client's key.
const keyGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// Handshake is the part of a request that decides whether it may become a WebSocket. Values are
// without surrounding white space; a field sent more than once is joined with commas, which
// Version and Key then fail on, as they should. The slices are only read.
type Handshake struct {
	Method     []byte // "GET"
	Upgrade    []byte // has the token "websocket"
	Connection []byte // has the token "Upgrade"
	Version    []byte // Sec-WebSocket-Version
	Key        []byte // Sec-WebSocket-Key
}

// HandshakeError says why a handshake was refused and with which HTTP status: 400 or 426.
type HandshakeError struct {
	Status int
	Reason string
	// Versions asks for a Sec-WebSocket-Version: 13 field in the answer (RFC 6455, 4.4).
	Versions bool
}

func (e *HandshakeError) Error() string {
	return "ws: " + e.Reason + " (HTTP status " + strconv.Itoa(e.Status) + ")"
}

var (
	errMethod     = &HandshakeError{Status: 400, Reason: "handshake is not a GET request"}
	errNoVersion  = &HandshakeError{Status: 400, Reason: "no Sec-WebSocket-Version", Versions: true}
	errVersion    = &HandshakeError{Status: 426, Reason: "Sec-WebSocket-Version is not 13", Versions: true}
	errKey        = &HandshakeError{Status: 400, Reason: "Sec-WebSocket-Key is not 16 bytes in base64"}
	errUpgrade    = &HandshakeError{Status: 400, Reason: "Upgrade does not say websocket"}
	errConnection = &HandshakeError{Status: 400, Reason: "Connection does not say Upgrade"}
)

// Check applies RFC 6455, 4.2.1. The error is a *HandshakeError: answer with AppendRefusal and
// close the connection.
func (h *Handshake) Check() error {
	switch {
	case string(h.Method) != "GET":
		return errMethod
	case len(h.Version) == 0:
		return errNoVersion
	case string(h.Version) != "13":
		return errVersion
	case !validKey(h.Key):
		return errKey
	case !hasToken(h.Upgrade, "websocket"):
		return errUpgrade
	case !hasToken(h.Connection, "upgrade"):
		return errConnection
	}
	return nil
}

// AcceptKey appends the Sec-WebSocket-Accept value for a client's key: base64(SHA-1(key+GUID)).
func AcceptKey(dst, key []byte) []byte {
	var in [64]byte // holds every valid key, so that none allocates
	sum := sha1.Sum(append(append(in[:0], key...), keyGUID...))
	return base64.StdEncoding.AppendEncode(dst, sum[:])
}

// AppendAccept appends the answer that accepts a handshake, its fields in upstream's order and
// then extra ("Name: value", without line end). As upstream does, it leaves out an extra line
// with CR or LF in it, which would let a value forge further fields, and also an empty line or
// one with a NUL.
func AppendAccept(dst, key []byte, extra []string) []byte {
	dst = append(dst, "HTTP/1.1 101 Switching Protocol\r\n"+
		"Upgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\n"+
		"Connection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: "...)
	dst = append(AcceptKey(dst, key), "\r\n"...)
	for _, line := range extra {
		if line == "" || strings.ContainsAny(line, "\r\n\x00") {
			continue
		}
		dst = append(append(dst, line...), "\r\n"...)
	}
	return append(dst, "\r\n"...)
}

// AppendRefusal appends the answer that refuses a handshake; the connection closes behind it.
func AppendRefusal(dst []byte, e *HandshakeError) []byte {
	if e.Status == 426 {
		dst = append(dst, "HTTP/1.1 426 Upgrade Required\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n"...)
	} else {
		dst = append(dst, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"...)
	}
	if e.Versions {
		dst = append(dst, "Sec-WebSocket-Version: 13\r\n"...)
	}
	return append(dst, "Content-Length: 0\r\n\r\n"...)
}

func validKey(key []byte) bool {
	if len(key) != 24 {
		return false
	}
	var raw [18]byte
	n, err := base64.StdEncoding.Decode(raw[:], key)
	return err == nil && n == 16
}

// hasToken reports whether the comma-separated list holds token, which is in lower case.
func hasToken(list []byte, token string) bool {
	for item := range bytes.SplitSeq(list, []byte{','}) {
		item = bytes.Trim(item, " \t")
		if len(item) == len(token) && strings.EqualFold(string(item), token) {
			return true
		}
	}
	return false
}

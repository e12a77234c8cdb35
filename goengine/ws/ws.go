// Package ws implements WebSocket framing (RFC 6455) and the server's side of the handshake.
//
// The decoder turns the bytes that have arrived into messages and enforces the framing rules;
// encoders append to the caller's slice. Nothing here does I/O, reads a clock or draws random
// numbers. What to do with a message, such as answering a ping or a close, is the caller's part.
// permessage-deflate (RFC 7692) is the one extension; without it all RSV bits must be 0.
package ws

import "strconv"

// Opcodes (RFC 6455, 5.2).
const (
	OpContinuation byte = 0x0
	OpText         byte = 0x1
	OpBinary       byte = 0x2
	OpClose        byte = 0x8
	OpPing         byte = 0x9
	OpPong         byte = 0xa
)

// Bits of a frame's first byte; AppendFrame takes Fin|OpText and the like.
const (
	Fin  byte = 0x80
	Rsv1 byte = 0x40
	Rsv2 byte = 0x20
	Rsv3 byte = 0x10
)

// Close codes (RFC 6455, 7.4.1, and the IANA registry).
const (
	CloseNormal             = 1000
	CloseGoingAway          = 1001
	CloseProtocolError      = 1002
	CloseUnsupportedData    = 1003
	CloseNoStatus           = 1005 // never sent: stands for a close frame without a code
	CloseAbnormal           = 1006 // never sent: stands for a connection lost without a close frame
	CloseInvalidPayload     = 1007
	ClosePolicyViolation    = 1008
	CloseTooLarge           = 1009
	CloseMandatoryExtension = 1010
	CloseInternalError      = 1011
	CloseServiceRestart     = 1012
	CloseTryAgainLater      = 1013
	CloseBadGateway         = 1014
	CloseTLSHandshake       = 1015 // never sent: stands for a failed TLS handshake
)

// MaxControlPayload is how many bytes a ping, pong or close may carry (RFC 6455, 5.5).
const MaxControlPayload = 125

// CloseError says why a peer's bytes were refused and with which code to close the connection.
// Values are shared: read only.
type CloseError struct {
	Code   int
	Reason string
}

func (e *CloseError) Error() string {
	return "ws: " + e.Reason + " (close code " + strconv.Itoa(e.Code) + ")"
}

// Message is one complete message. Op is OpText, OpBinary, OpPing, OpPong or OpClose. For
// OpClose Data is the raw payload, already checked: see ParseClose.
type Message struct {
	Op   byte
	Data []byte
}

// ValidCloseCode reports whether a close frame may carry code (RFC 6455, 7.4).
func ValidCloseCode(code int) bool {
	switch {
	case code >= 1000 && code <= 1003, code >= 1007 && code <= 1014, code >= 3000 && code <= 4999:
		return true
	}
	return false
}

// ParseClose splits the payload of an OpClose message that Decoder.Next has returned. An empty
// payload gives CloseNoStatus. reason aliases payload.
func ParseClose(payload []byte) (code int, reason []byte) {
	if len(payload) < 2 {
		return CloseNoStatus, nil
	}
	return int(payload[0])<<8 | int(payload[1]), payload[2:]
}

package http1

import (
	"slices"
	"strconv"
)

const (
	keepAliveHead = "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: "
	closeHead     = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: "
	errorHead     = "Connection: close\r\nContent-Type: text/plain;charset=utf-8\r\nContent-Length: "

	maxDigits = 20
)

// AppendBodyResponse appends the 200 response that upstream's Http::encode (5.2.2) makes of a
// plain string: the same fields in the same order. With keepAlive false the response says
// that the connection closes.
func AppendBodyResponse(dst, body []byte, keepAlive bool) []byte {
	head := keepAliveHead
	if !keepAlive {
		head = closeHead
	}
	dst = slices.Grow(dst, len(head)+maxDigits+4+len(body))
	dst = append(dst, head...)
	dst = strconv.AppendInt(dst, int64(len(body)), 10)
	dst = append(dst, "\r\n\r\n"...)
	return append(dst, body...)
}

// AppendError appends the whole response for a refused request: it closes the connection and
// its body is one line of text saying what is wrong.
func AppendError(dst []byte, e *Error) []byte {
	dst = append(dst, statusLine(e.Status)...)
	dst = append(dst, errorHead...)
	dst = strconv.AppendInt(dst, int64(len(e.Reason)+1), 10)
	dst = append(dst, "\r\n\r\n"...)
	dst = append(dst, e.Reason...)
	return append(dst, '\n')
}

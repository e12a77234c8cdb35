package proxy

import (
	"bytes"
	"net"
	"strconv"
	"strings"
)

func askHTTP(n *Negotiation, dst, _ []byte) ([]byte, int, error) {
	n.step = readStatus
	target := net.JoinHostPort(n.o.Host, strconv.Itoa(int(n.o.Port))) // brackets an IPv6 address
	dst = append(dst, "CONNECT "+target+" HTTP/1.1\r\nHost: "+target+"\r\n"...)
	if n.o.Authorization != "" {
		dst = append(dst, "Proxy-Authorization: "+n.o.Authorization+"\r\n"...)
	}
	return append(dst, "Proxy-Connection: keep-alive\r\n\r\n"...), 0, nil
}

// readStatus takes the answer's head. A 2xx answer has no body (RFC 9110, 9.3.6); another one's
// does not matter.
func readStatus(n *Negotiation, dst, in []byte) ([]byte, int, error) {
	const prefix = "HTTP/1."
	if !bytes.HasPrefix(in, []byte(prefix)[:min(len(prefix), len(in))]) {
		return dst, 0, ErrMalformed
	}
	end := bytes.Index(in[n.seen:], []byte("\r\n\r\n"))
	if end < 0 {
		if len(in) > MaxAnswer {
			return dst, 0, ErrMalformed
		}
		n.seen = max(len(in)-3, 0)
		return dst, 0, nil
	}
	size := n.seen + end + 4
	if size > MaxAnswer {
		return dst, 0, ErrMalformed
	}
	line, _, _ := bytes.Cut(in[:size], []byte("\r\n"))
	fields := strings.SplitN(string(line), " ", 3)
	if len(fields) < 2 || len(fields[0]) != len(prefix)+1 || len(fields[1]) != 3 {
		return dst, 0, ErrMalformed
	}
	if minor := fields[0][len(prefix)]; minor < '0' || minor > '9' {
		return dst, 0, ErrMalformed
	}
	code, err := strconv.Atoi(fields[1])
	if err != nil || code < 100 {
		return dst, 0, ErrMalformed
	}
	switch {
	case code < 200: // an interim answer; the final one follows
		n.seen = 0
		return dst, size, nil
	case code < 300:
		n.done = true
		return dst, size, nil
	}
	reason := ""
	if len(fields) == 3 {
		reason = strings.ToValidUTF8(strings.Map(printable, fields[2]), "")
	}
	if reason == "" {
		reason = "Proxy CONNECT failed"
	}
	return dst, 0, &Error{"Proxy CONNECT failed: " + fields[1] + " " + reason}
}

// printable drops what must not reach a terminal or a log.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

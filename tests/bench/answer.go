package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

const (
	body = "Hello, World!"
	// workermanAnswer is what Workerman 5.2.2 sends for a string given to TcpConnection::send().
	workermanAnswer = "HTTP/1.1 200 OK\r\n" +
		"Connection: keep-alive\r\n" +
		"Content-Type: text/html;charset=utf-8\r\n" +
		"Content-Length: 13\r\n" +
		"\r\n" + body
)

// span is a half-open range of bytes.
type span struct{ From, To int }

// answer is what every response of a server must look like: these bytes, except in Free, where any
// byte may stand (the value of a Date header).
type answer struct {
	Bytes []byte
	Free  []span
}

// repeat is n such answers in a row.
func (a answer) repeat(n int) answer {
	r := answer{Bytes: bytes.Repeat(a.Bytes, n)}
	for i := range n {
		for _, s := range a.Free {
			at := i * len(a.Bytes)
			r.Free = append(r.Free, span{at + s.From, at + s.To})
		}
	}
	return r
}

// check compares all of got, which may be several answers when a was made by repeat.
func (a answer) check(got []byte) error {
	if len(got) != len(a.Bytes) {
		return fmt.Errorf("answer of %d bytes, want %d", len(got), len(a.Bytes))
	}
	at := 0
	for _, s := range a.Free {
		if !bytes.Equal(got[at:s.From], a.Bytes[at:s.From]) {
			return a.mismatch(got)
		}
		at = s.To
	}
	if !bytes.Equal(got[at:], a.Bytes[at:]) {
		return a.mismatch(got)
	}
	return nil
}

func (a answer) mismatch(got []byte) error {
	at := 0
	for at < len(got) && (got[at] == a.Bytes[at] || a.free(at)) {
		at++
	}
	from, to := max(0, at-20), min(len(got), at+40)
	return fmt.Errorf("wrong bytes at %d: got %q, want %q", at, got[from:to], a.Bytes[from:to])
}

func (a answer) free(at int) bool {
	for _, s := range a.Free {
		if at >= s.From && at < s.To {
			return true
		}
	}
	return false
}

// parseAnswer makes the pattern from one response that has been seen whole.
func parseAnswer(raw []byte) (answer, error) {
	res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
	if err != nil {
		return answer{}, err
	}
	content, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, err
	}
	if res.StatusCode != http.StatusOK || string(content) != body || len(res.TransferEncoding) > 0 {
		return answer{}, fmt.Errorf("unexpected answer %q", raw)
	}
	a := answer{Bytes: raw}
	const date = "\r\ndate: "
	if at := strings.Index(strings.ToLower(string(raw)), date); at >= 0 {
		from := at + len(date)
		to := from + bytes.IndexByte(raw[from:], '\r')
		a.Free = append(a.Free, span{from, to})
	}
	return a, nil
}

// probe asks once and returns the response's exact bytes. Only those of http may vary.
func probe(addr, load string) (raw []byte, err error) {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return nil, err
	}
	if load == loadTLS {
		conn = tls.Client(conn, clientTLS)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return nil, err
	}
	t := trafficOf(load, false, answer{})
	if load == loadHTTP {
		return ask(conn, t.message, func(got []byte) bool { return bytes.HasSuffix(got, []byte("\r\n\r\n"+body)) })
	}
	for _, step := range []struct{ out, in []byte }{{t.greeting, t.welcome}, {t.message, t.answer.Bytes}} {
		raw, err = ask(conn, step.out, func(got []byte) bool { return len(got) >= len(step.in) })
		if err == nil {
			err = answer{Bytes: step.in}.check(raw)
		}
		if err != nil {
			return nil, err
		}
	}
	return raw, nil
}

// ask writes out, if there is any, and reads until done.
func ask(conn net.Conn, out []byte, done func([]byte) bool) ([]byte, error) {
	if len(out) == 0 {
		return nil, nil
	}
	if _, err := conn.Write(out); err != nil {
		return nil, err
	}
	buf := make([]byte, 16<<10)
	n := 0
	for n < len(buf) && !done(buf[:n]) {
		m, err := conn.Read(buf[n:])
		if n += m; err != nil {
			return nil, fmt.Errorf("answer broken off after %q: %w", buf[:n], err)
		}
	}
	return buf[:n], nil
}

package ws

import (
	"bytes"
	"strconv"
	"strings"
)

// MaxAnswer bounds a server's answer to a handshake, in bytes.
const MaxAnswer = 16 << 10

// AnswerError says why a server's answer does not open a WebSocket.
type AnswerError struct{ Reason string }

func (e *AnswerError) Error() string { return "ws: " + e.Reason }

// The first two are in upstream's words.
var (
	errAcceptMissing  = &AnswerError{"Sec-WebSocket-Accept not found"}
	errAcceptWrong    = &AnswerError{"Sec-WebSocket-Accept not match"}
	errAnswerSize     = &AnswerError{"handshake answer too large"}
	errAnswerLine     = &AnswerError{"malformed handshake answer"}
	errNotUpgraded    = &AnswerError{"handshake answer does not upgrade to websocket"}
	errNotAskedFor    = &AnswerError{"handshake answer chooses an extension that was not asked for"}
	errAnswerTwice    = &AnswerError{"handshake answer repeats a field"}
	errAnswerNotAsked = &AnswerError{"data before the handshake"}
)

// AnswerEnd finds the end of a handshake's answer: its length with the empty line, 0 while it is
// incomplete. scanned bytes at the front have been searched before in vain.
func AnswerEnd(buf []byte, scanned int) (int, error) {
	from := min(max(scanned-3, 0), len(buf))
	end := bytes.Index(buf[from:min(len(buf), MaxAnswer)], []byte("\r\n\r\n"))
	switch {
	case end >= 0:
		return from + end + 4, nil
	case len(buf) >= MaxAnswer:
		return 0, errAnswerSize
	}
	return 0, nil
}

// CheckAnswer applies RFC 6455, 4.1, to a whole answer, the empty line included, for the key that
// was sent; an empty key stands for a handshake that was not. The error is an *AnswerError. Which
// of the offered sub-protocols was chosen is the application's to check. offers is the request's
// Sec-WebSocket-Extensions; the answer is what came of an offer of permessage-deflate, nil for none.
func CheckAnswer(head, key, offers []byte) (*Deflate, error) {
	extensions, err := checkAnswer(head, key)
	if err != nil || len(extensions) == 0 {
		return nil, err
	}
	options := OfferedDeflate(offers)
	if options == nil {
		return nil, errNotAskedFor
	}
	d, err := options.Accepted(extensions)
	if err != nil {
		return nil, errNotAskedFor
	}
	return d, nil
}

func checkAnswer(head, key []byte) (extensions []byte, err error) {
	if len(key) == 0 {
		return nil, errAnswerNotAsked
	}
	line, rest, _ := bytes.Cut(head, []byte("\r\n"))
	status, ok := parseStatus(line)
	if !ok {
		return nil, errAnswerLine
	}
	var accept, upgrade, connection []byte
	found := 0
	for {
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		if len(line) == 0 {
			break
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || !plain(name, true) || !plain(value, false) {
			return nil, errAnswerLine
		}
		value = bytes.Trim(value, " \t")
		switch strings.ToLower(string(name)) {
		case "sec-websocket-accept":
			found++
			accept = value
		case "upgrade":
			upgrade = value
		case "connection":
			connection = append(append(connection, ','), value...)
		case "sec-websocket-extensions":
			if extensions = append(extensions, value...); len(extensions) > len(value) {
				return nil, errAnswerTwice
			}
		}
	}
	switch {
	case found == 0:
		return nil, errAcceptMissing
	case found > 1:
		return nil, errAnswerTwice
	case string(accept) != string(AcceptKey(nil, key)):
		return nil, errAcceptWrong
	case status != 101:
		return nil, &AnswerError{"handshake answered with status " + strconv.Itoa(status)}
	case !hasToken(upgrade, "websocket") || !hasToken(connection, "upgrade"):
		return nil, errNotUpgraded
	}
	return extensions, nil
}

func parseStatus(line []byte) (int, bool) {
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.")) || line[8] != ' ' || len(line) > 12 && line[12] != ' ' {
		return 0, false
	}
	status, err := strconv.ParseUint(string(line[9:12]), 10, 16)
	return int(status), err == nil && status >= 100 && plain(line, false)
}

// plain says whether b has no control characters but tabs and, in a name, no white space either.
func plain(b []byte, name bool) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' || c == 0x7f || name && (c == ' ' || c == '\t') {
			return false
		}
	}
	return !name || len(b) > 0
}

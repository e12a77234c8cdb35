// Package proxy is a client's talk with a SOCKS5 or an HTTP proxy until it has opened a tunnel
// (RFC 1928 and 1929; RFC 9110, 9.3.6).
//
// A Negotiation does no I/O: a loop writes what it says and hands it what the proxy answers. It
// reads not a byte more than the answer has: what follows belongs to the tunnel.
package proxy

import (
	"errors"
	"strings"
)

// Kind is the proxy's protocol.
type Kind uint8

// The kinds of proxies.
const (
	SOCKS5 Kind = iota + 1
	HTTP
)

// MaxAnswer bounds an HTTP proxy's answer, in bytes.
const MaxAnswer = 16 << 10

var (
	// ErrTarget refuses a target that cannot be named to the proxy.
	ErrTarget = errors.New("proxy: the target's host is empty, longer than 255 bytes or not printable")
	// ErrCredentials refuses a user or password longer than 255 bytes, or an authorization with control characters.
	ErrCredentials = errors.New("proxy: the credentials do not fit the protocol")
	// ErrMalformed reports an answer that breaks the proxy's protocol.
	ErrMalformed = errors.New("proxy: malformed answer")
)

// Error is a proxy's refusal, in words for a log.
type Error struct{ Reason string }

func (e *Error) Error() string { return e.Reason }

// Options say which tunnel to ask for.
type Options struct {
	Kind Kind
	Host string // a name, which the proxy resolves, or an address, IPv6 with or without brackets
	Port uint16
	// User and Password are SOCKS5's; without both no authentication is offered.
	User, Password string
	// Authorization is the value of Proxy-Authorization, "" for none.
	Authorization string
}

// Negotiation is one talk, from the first byte to the tunnel.
type Negotiation struct {
	o    Options
	step func(n *Negotiation, dst, in []byte) (out []byte, used int, err error)
	done bool
	seen int // bytes of an HTTP answer already searched
}

// New checks the options and begins a talk.
func New(o Options) (*Negotiation, error) {
	if strings.HasPrefix(o.Host, "[") && strings.HasSuffix(o.Host, "]") {
		o.Host = o.Host[1 : len(o.Host)-1]
	}
	if o.Host == "" || len(o.Host) > 255 || unprintable(o.Host, ' ') {
		return nil, ErrTarget
	}
	if len(o.User) > 255 || len(o.Password) > 255 || unprintable(o.Authorization, ' '-1) {
		return nil, ErrCredentials
	}
	n := &Negotiation{o: o, step: greet}
	if o.Kind == HTTP {
		n.step = askHTTP
	}
	return n, nil
}

// unprintable says whether s has bytes up to and including limit, or DEL.
func unprintable(s string, limit byte) bool {
	for i := range len(s) {
		if s[i] <= limit || s[i] == 0x7f {
			return true
		}
	}
	return false
}

// Next takes the bytes that have come and are not used yet, none at first. It appends to dst what
// is to be sent and answers how many bytes of in are used up; done: the tunnel is open, and the
// rest of in is its first bytes. More bytes are needed when nothing is used and nothing is said.
// After an error, an *Error or ErrMalformed, close the connection.
func (n *Negotiation) Next(dst, in []byte) (out []byte, used int, done bool, err error) {
	for !n.done {
		var u int
		said := len(dst)
		if dst, u, err = n.step(n, dst, in[used:]); err != nil {
			return dst, used, false, err
		}
		used += u
		if u == 0 && len(dst) == said {
			return dst, used, false, nil
		}
	}
	return dst, used, true, nil
}

package ws

import (
	"bytes"
	"strconv"
	"strings"
)

const deflateName = "permessage-deflate"

// Window sizes are powers of two, given by their exponent (RFC 7692, 7.1.2).
const (
	minWindowBits = 8
	maxWindowBits = 15
)

// DeflateOptions say what this end is ready to do about permessage-deflate (RFC 7692). The zero
// value compresses fast and keeps nothing between messages: a connection then costs no memory.
// Read only once in use; owned by one loop.
type DeflateOptions struct {
	// Level is 1 (fastest, the default) to 9.
	Level int
	// Threshold: messages of fewer bytes go out as they are. 0 means DefaultDeflateThreshold,
	// a negative number that none does.
	Threshold int
	// Takeover keeps a window of what was sent and of what was received between messages: better
	// compression of small messages that resemble each other, for up to twice the window's memory.
	Takeover bool
	// WindowBits bounds both windows where the peer has them bounded, 9 to 15. 0 means 15, or
	// DefaultTakeoverBits with Takeover.
	WindowBits int
	// OnDemand compresses only what is sent as compressed (Rsv1), whatever its length.
	OnDemand bool

	shared map[deflateParams]*Deflate // those that keep nothing
}

const (
	// DefaultDeflateThreshold: below it compression saves less than its frame's share of a packet.
	DefaultDeflateThreshold = 256
	// DefaultTakeoverBits is a window of 4 KiB.
	DefaultTakeoverBits = 12
)

// deflateParams is what both ends have agreed on, from this end's view.
type deflateParams struct {
	sendBits, recvBits         uint8
	sendTakeover, recvTakeover bool
}

func (o *DeflateOptions) bits() uint8 {
	switch {
	case o.WindowBits == 0 && o.Takeover:
		return DefaultTakeoverBits
	case o.WindowBits == 0:
		return maxWindowBits
	}
	return uint8(min(max(o.WindowBits, 9), maxWindowBits))
}

// Answer chooses from a client's Sec-WebSocket-Extensions (several fields joined by commas) the
// first offer of permessage-deflate that can be met, and returns the field's value for the answer.
// nil: there is none; then leave the field out.
func (o *DeflateOptions) Answer(offers []byte) (*Deflate, string) {
	for name, params := range extensions(offers) {
		if !strings.EqualFold(name, deflateName) {
			continue
		}
		offer, ok := parseDeflate(params, true)
		if !ok {
			continue // RFC 7692, 7: decline it
		}
		return o.accept(offer)
	}
	return nil, ""
}

func (o *DeflateOptions) accept(offer deflateOffer) (*Deflate, string) {
	p := deflateParams{sendBits: o.bits(), recvBits: maxWindowBits}
	p.sendTakeover = o.Takeover && !offer.serverNoTakeover
	p.recvTakeover = o.Takeover && !offer.clientNoTakeover
	answer := deflateName
	if !p.sendTakeover {
		answer += "; server_no_context_takeover"
	}
	if !p.recvTakeover {
		answer += "; client_no_context_takeover"
	}
	if offer.serverBits > 0 || p.sendBits < maxWindowBits {
		if offer.serverBits > 0 {
			p.sendBits = min(p.sendBits, offer.serverBits)
		}
		answer += "; server_max_window_bits=" + strconv.Itoa(int(p.sendBits))
	}
	if offer.clientBits > 0 && p.recvTakeover { // only then does a smaller one save memory
		if p.recvBits = min(o.bits(), offer.clientBits); p.recvBits < maxWindowBits {
			answer += "; client_max_window_bits=" + strconv.Itoa(int(p.recvBits))
		}
	}
	return o.deflate(p), answer
}

// Offer is the value of a client's Sec-WebSocket-Extensions.
func (o *DeflateOptions) Offer() string {
	offer := deflateName
	if !o.Takeover {
		offer += "; server_no_context_takeover; client_no_context_takeover"
	}
	if bits := o.bits(); bits < maxWindowBits {
		offer += "; server_max_window_bits=" + strconv.Itoa(int(bits))
	}
	return offer + "; client_max_window_bits"
}

// OfferedDeflate makes options of an offer that an application has written itself, as a client's
// Sec-WebSocket-Extensions; nil: it does not offer permessage-deflate.
func OfferedDeflate(offers []byte) *DeflateOptions {
	for name, params := range extensions(offers) {
		if offer, ok := parseDeflate(params, true); ok && strings.EqualFold(name, deflateName) {
			o := &DeflateOptions{Takeover: !offer.serverNoTakeover || !offer.clientNoTakeover, WindowBits: maxWindowBits}
			if offer.serverBits > 0 {
				o.WindowBits = int(offer.serverBits)
			}
			return o
		}
	}
	return nil
}

// Accepted reads a server's answer to Offer. nil without an error: the server will not compress.
// With an error the connection must fail (RFC 7692, 5.1).
func (o *DeflateOptions) Accepted(answer []byte) (*Deflate, error) {
	if len(bytes.TrimSpace(answer)) == 0 {
		return nil, nil
	}
	var agreed *deflateOffer
	for name, params := range extensions(answer) {
		a, ok := parseDeflate(params, false)
		if !ok || agreed != nil || !strings.EqualFold(name, deflateName) {
			return nil, errExtension
		}
		agreed = &a
	}
	if agreed == nil {
		return nil, errExtension
	}
	// Servers should confirm what they were asked (7.1.1.1, 7.1.2.1), and some do not: what they will
	// do can be read all the same, for the memory of a larger window.
	p := deflateParams{sendBits: o.bits(), recvBits: maxWindowBits}
	p.sendTakeover = o.Takeover && !agreed.clientNoTakeover
	p.recvTakeover = !agreed.serverNoTakeover
	if agreed.clientBits > 0 {
		p.sendBits = min(p.sendBits, agreed.clientBits)
	}
	if agreed.serverBits > 0 {
		p.recvBits = agreed.serverBits
	}
	return o.deflate(p), nil
}

// Announced is for a server whose application has written the answer to a handshake itself: it does
// what the answer says, if that names permessage-deflate and the client has offered it. nil: leave
// the application's field out, the client would not understand it.
func (o *DeflateOptions) Announced(answer string, offers []byte) *Deflate {
	offered := false
	for name := range extensions(offers) {
		offered = offered || strings.EqualFold(name, deflateName)
	}
	if !offered {
		return nil
	}
	for name, params := range extensions([]byte(answer)) {
		a, ok := parseDeflate(params, false)
		if !ok || !strings.EqualFold(name, deflateName) {
			return nil
		}
		p := deflateParams{sendBits: maxWindowBits, recvBits: maxWindowBits}
		p.sendTakeover, p.recvTakeover = !a.serverNoTakeover, !a.clientNoTakeover
		if a.serverBits > 0 {
			p.sendBits = a.serverBits
		}
		if a.clientBits > 0 {
			p.recvBits = a.clientBits
		}
		return o.deflate(p)
	}
	return nil
}

// deflate makes the state of a connection; those that keep nothing between messages share one.
func (o *DeflateOptions) deflate(p deflateParams) *Deflate {
	d := o.shared[p]
	if d == nil {
		d = &Deflate{deflateParams: p, level: o.Level, threshold: o.Threshold, onDemand: o.OnDemand}
		d.level = min(max(d.level, 1), 9)
		if d.threshold == 0 {
			d.threshold = DefaultDeflateThreshold
		}
		if !p.sendTakeover && !p.recvTakeover {
			if o.shared == nil {
				o.shared = map[deflateParams]*Deflate{}
			}
			o.shared[p] = d
		}
	}
	return d
}

// deflateOffer holds the parameters of RFC 7692, 7.1; 0 bits: not there.
type deflateOffer struct {
	serverNoTakeover, clientNoTakeover bool
	serverBits, clientBits             uint8
}

// parseDeflate answers false for parameters that are unknown, repeated or have a wrong value. A
// client may offer client_max_window_bits without a value, which stands for 15.
func parseDeflate(params []parameter, offer bool) (o deflateOffer, ok bool) {
	for _, p := range params {
		switch strings.ToLower(p.name) {
		case "server_no_context_takeover":
			if o.serverNoTakeover || p.hasValue {
				return o, false
			}
			o.serverNoTakeover = true
		case "client_no_context_takeover":
			if o.clientNoTakeover || p.hasValue {
				return o, false
			}
			o.clientNoTakeover = true
		case "server_max_window_bits":
			bits, ok := p.windowBits()
			if o.serverBits > 0 || !ok {
				return o, false
			}
			o.serverBits = bits
		case "client_max_window_bits":
			bits, ok := p.windowBits()
			if offer && !p.hasValue {
				bits, ok = maxWindowBits, true
			}
			if o.clientBits > 0 || !ok {
				return o, false
			}
			o.clientBits = bits
		default:
			return o, false
		}
	}
	return o, true
}

type parameter struct {
	name, value string
	hasValue    bool
}

// windowBits is a decimal number from 8 to 15 without leading zeros.
func (p parameter) windowBits() (uint8, bool) {
	n, err := strconv.ParseUint(p.value, 10, 8)
	if err != nil || n < minWindowBits || n > maxWindowBits || p.value[0] == '0' || p.value[0] == '+' {
		return 0, false
	}
	return uint8(n), true
}

// extensions goes through the elements of a Sec-WebSocket-Extensions field (RFC 6455, 9.1). Quoted
// values must be tokens too, so neither commas nor semicolons hide in them.
func extensions(field []byte) func(func(string, []parameter) bool) {
	return func(yield func(string, []parameter) bool) {
		for element := range strings.SplitSeq(string(field), ",") {
			name, rest, more := strings.Cut(element, ";")
			if name = strings.Trim(name, " \t"); name == "" {
				continue
			}
			var params []parameter
			for more {
				var item string
				item, rest, more = strings.Cut(rest, ";")
				key, value, has := strings.Cut(item, "=")
				value = strings.Trim(value, " \t")
				if n := len(value); n >= 2 && value[0] == '"' && value[n-1] == '"' {
					value = value[1 : n-1]
				}
				params = append(params, parameter{strings.Trim(key, " \t"), value, has})
			}
			if !yield(name, params) {
				return
			}
		}
	}
}

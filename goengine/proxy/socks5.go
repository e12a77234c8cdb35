package proxy

import (
	"net/netip"
	"strconv"
)

const (
	socksVersion = 5
	authVersion  = 1 // of RFC 1929

	methodNone     = 0
	methodPassword = 2

	addrIPv4 = 1
	addrName = 3
	addrIPv6 = 4
)

// Replies of RFC 1928, 6.
var socksReplies = [...]string{
	1: "general failure", 2: "not allowed by the proxy's rules", 3: "network unreachable", 4: "host unreachable",
	5: "connection refused", 6: "TTL expired", 7: "command not supported", 8: "address type not supported",
}

func greet(n *Negotiation, dst, _ []byte) ([]byte, int, error) {
	n.step = readMethod
	if n.o.User == "" && n.o.Password == "" {
		return append(dst, socksVersion, 1, methodNone), 0, nil
	}
	return append(dst, socksVersion, 2, methodNone, methodPassword), 0, nil
}

func readMethod(n *Negotiation, dst, in []byte) ([]byte, int, error) {
	if len(in) > 0 && in[0] != socksVersion {
		return dst, 0, ErrMalformed
	}
	if len(in) < 2 {
		return dst, 0, nil
	}
	withPassword := n.o.User != "" || n.o.Password != ""
	switch {
	case in[1] == methodPassword && withPassword:
		n.step = readAuth
		dst = append(dst, authVersion, byte(len(n.o.User)))
		dst = append(append(dst, n.o.User...), byte(len(n.o.Password)))
		return append(dst, n.o.Password...), 2, nil
	case in[1] == methodNone:
		return n.ask(dst), 2, nil
	}
	return dst, 0, &Error{"SOCKS5 authentication method negotiation failed"}
}

func readAuth(n *Negotiation, dst, in []byte) ([]byte, int, error) {
	if len(in) < 2 {
		return dst, 0, nil
	}
	if in[1] != 0 {
		return dst, 0, &Error{"SOCKS5 authentication failed"}
	}
	return n.ask(dst), 2, nil
}

// ask appends the CONNECT command.
func (n *Negotiation) ask(dst []byte) []byte {
	n.step = readReply
	dst = append(dst, socksVersion, 1, 0)
	if ip, err := netip.ParseAddr(n.o.Host); err == nil && ip.Zone() == "" {
		kind := byte(addrIPv6)
		if ip.Is4() {
			kind = addrIPv4
		}
		dst = append(append(dst, kind), ip.AsSlice()...)
	} else {
		dst = append(append(dst, addrName, byte(len(n.o.Host))), n.o.Host...)
	}
	return append(dst, byte(n.o.Port>>8), byte(n.o.Port))
}

func readReply(n *Negotiation, dst, in []byte) ([]byte, int, error) {
	if len(in) > 0 && in[0] != socksVersion {
		return dst, 0, ErrMalformed
	}
	if len(in) < 2 {
		return dst, 0, nil
	}
	if code := in[1]; code != 0 { // some proxies send no more than this
		reason := "reply " + strconv.Itoa(int(code))
		if int(code) < len(socksReplies) {
			reason = socksReplies[code]
		}
		return dst, 0, &Error{"SOCKS5 connect failed: " + reason}
	}
	if len(in) < 5 {
		return dst, 0, nil
	}
	size := 6 // version, reply, reserved, address type, port
	switch in[3] {
	case addrIPv4:
		size += 4
	case addrIPv6:
		size += 16
	case addrName:
		size += 1 + int(in[4])
	default:
		return dst, 0, ErrMalformed
	}
	if len(in) < size {
		return dst, 0, nil
	}
	n.done = true
	return dst, size, nil
}

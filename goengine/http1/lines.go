package http1

import "encoding/binary"

const (
	lineKey    = 16  // bytes that a line is found by: most differ in these
	knownLine  = 120 // bytes of the longest line that is remembered, with its end
	linesBits  = 6
	lineMisses = 8 // a remembered line stays for so many others of its place
)

// Lines remembers field lines that were found right. A client sends most of its fields with each request, and clients
// alike send the same: to compare such a line costs a fraction of reading it again. The zero value is ready; it belongs
// to one goroutine. What says who a visitor is (cookies, credentials) is not kept.
type Lines struct {
	known [1 << linesBits]knownField
}

type knownField struct {
	length uint8 // 0: free
	misses uint8 // since it was last met; more than 255 begin anew, which does no harm
	// of a Host line: where its value is
	value, valueLength uint8
	flags              flags // what a Connection line asks for
	text               [knownLine]byte
}

// place is that of the line at the front of buf, which has lineKey bytes.
func (l *Lines) place(buf []byte) *knownField {
	const odd, other = 0x9e3779b97f4a7c15, 0xff51afd7ed558ccd
	return &l.known[(binary.LittleEndian.Uint64(buf)*odd^binary.LittleEndian.Uint64(buf[8:]))*other>>(64-linesBits)]
}

// is says whether the line is the one at the front of buf.
func (k *knownField) is(buf []byte) bool {
	n := int(k.length)
	if n == 0 || n > len(buf) || string(buf[:n]) != string(k.text[:n]) {
		k.misses++
		return false
	}
	k.misses = 0
	return true
}

// remember keeps a line that parseFields has found right; colon and value are where these are in it, and end is where
// the value ends.
func (k *knownField) remember(line []byte, colon, value, end int) {
	if len(line) > knownLine || k.length != 0 && k.misses < lineMisses {
		return
	}
	known := knownField{length: uint8(len(line))}
	switch name := line[:colon]; {
	case equalFold(name, "host"):
		known.value, known.valueLength = uint8(value), uint8(end-value)
	case equalFold(name, "connection"):
		var h Head
		h.noteConnection(line[value:end])
		known.flags = h.flags
	case equalFold(name, "cookie"), equalFold(name, "authorization"), equalFold(name, "proxy-authorization"), noted(name):
		return
	}
	copy(known.text[:], line)
	*k = known
}

// noted says whether note does something about fields of that name.
func noted(name []byte) bool {
	for _, n := range [...]string{"expect", "upgrade", "content-length", "transfer-encoding", "sec-websocket-key",
		"sec-websocket-version", "sec-websocket-protocol", "sec-websocket-extensions"} {
		if equalFold(name, n) {
			return true
		}
	}
	return false
}

package tlsconn

// Sizes of TLS records (RFC 8446, 5.1 and 5.2; RFC 5246, 6.2.3).
const (
	recordHeader = 5
	maxRecord    = recordHeader + 16384 + 2048 // of TLS 1.2, which allows more overhead than 1.3
)

// recordLen is the length of the record at the front of buf, 0 while its header is incomplete; it
// may be more than there is yet. ok is false when no record begins so.
func recordLen(buf []byte) (n int, ok bool) {
	// change_cipher_spec, alert, handshake, application_data; the major version of all of TLS is 3.
	if len(buf) > 0 && (buf[0] < 20 || buf[0] > 23) || len(buf) > 1 && buf[1] != 3 {
		return 0, false
	}
	if len(buf) < recordHeader {
		return 0, true
	}
	n = recordHeader + int(buf[3])<<8 + int(buf[4])
	return n, n <= maxRecord
}

// complete is how many bytes at the front of buf are whole records. ok is false when what follows
// them can never be one.
func complete(buf []byte) (off int, ok bool) {
	for {
		n, ok := recordLen(buf[off:])
		if !ok || n == 0 || n > len(buf)-off {
			return off, ok
		}
		off += n
	}
}

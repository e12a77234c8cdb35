package http1

// conclude checks what only the whole head can tell and fills in the framing.
func (h *Head) conclude(buf []byte, lim *Limits) *Error {
	if h.Host.Off == 0 {
		if h.Minor != 0 {
			return ErrNoHost // RFC 9112, 3.2
		}
	} else if h.authority.Off != 0 && !sameHost(h.authority.In(buf), h.Host.In(buf)) {
		// RFC 9112, 3.2 has clients send the same and 3.2.2 has the target win. A handler
		// that looks at Host alone would act on the wrong one.
		return ErrHostMismatch
	}

	f := h.flags
	if f&(seenCoding|otherExpectation) != 0 {
		switch {
		case f&seenCoding == 0:
		case h.Minor == 0:
			return ErrCodingVersion // RFC 9112, 6.1
		case f&seenLength != 0:
			return ErrTwoFramings // RFC 9112, 6.3
		case f&otherCoding != 0:
			return ErrCoding // RFC 9112, 6.1
		default:
			h.Chunked = true
		}
		if f&otherExpectation != 0 {
			return ErrExpectation // RFC 9110, 10.1.1
		}
	}
	if h.ContentLength > lim.Body {
		return ErrBodyTooLarge // RFC 9110, 15.5.14
	}

	// RFC 9112, 9.3. HTTP/1.0 has no upgrades and no interim responses (RFC 9110, 7.8 and
	// 10.1.1).
	if h.Minor != 0 {
		h.KeepAlive = f&askedClose == 0
		h.Upgrade = f&(askedUpgrade|askedWebSocket) == askedUpgrade|askedWebSocket
		h.ExpectContinue = f&askedContinue != 0 && (h.Chunked || h.ContentLength > 0)
	} else {
		h.KeepAlive = f&(askedClose|askedKeepAlive) == askedKeepAlive
	}
	return nil
}

// validHost checks uri-host [":" port] (RFC 9110, 7.2). An empty host is refused, as no http
// URI has one (RFC 9110, 4.2.1), and so is a colon without a port.
func validHost(b []byte) bool {
	i := 0
	if len(b) > 0 && b[0] == '[' { // IPv6 literal (RFC 3986, 3.2.2)
		for i = 1; i < len(b) && (isHex(b[i]) || b[i] == ':' || b[i] == '.'); i++ {
		}
		if i < 3 || i == len(b) || b[i] != ']' {
			return false
		}
		i++
	} else {
		for i < len(b) && hostByte[b[i]] {
			i++
		}
		if i == 0 {
			return false
		}
	}
	if i == len(b) {
		return true
	}
	port := b[i+1:]
	if b[i] != ':' || len(port) == 0 || len(port) > 5 {
		return false
	}
	for _, c := range port {
		if !isDigit(c) {
			return false
		}
	}
	return true
}

func isHex(c byte) bool { return isDigit(c) || c|0x20-'a' <= 'f'-'a' }

func sameHost(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && (a[i]|0x20 != b[i]|0x20 || !isLetter(a[i])) {
			return false
		}
	}
	return true
}

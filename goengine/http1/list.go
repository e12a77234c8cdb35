package http1

import "bytes"

// AppendFields appends, for each field of a head that [ParseHead] accepted, four numbers:
// offset and length of the name, offset and length of the value without surrounding
// whitespace. head is buf[:h.Len] (or buf[h.Start:h.Len]), and the offsets count from its
// front. The same bytes that ParseHead has not accepted give a meaningless list, never a
// panic.
func AppendFields(dst []uint32, head []byte) []uint32 {
	start := 0
	for start+1 < len(head) && head[start] == '\r' && head[start+1] == '\n' {
		start += 2
	}
	line := bytes.IndexByte(head[start:], '\n')
	if line < 0 {
		return dst
	}
	return appendFields(dst, head, start+line+1)
}

// AppendTrailers does the same for [Chunked.Trailers].
func AppendTrailers(dst []uint32, trailers []byte) []uint32 {
	return appendFields(dst, trailers, 0)
}

func appendFields(dst []uint32, b []byte, i int) []uint32 {
	for i < len(b) && b[i] != '\r' {
		colon := i
		for colon < len(b) && tokenByte[b[colon]] {
			colon++
		}
		value := colon + 1
		for value < len(b) && isBlank(b[value]) {
			value++
		}
		if value > len(b) {
			break
		}
		line := scanValue(b, value)
		end := line
		for end > value && isBlank(b[end-1]) {
			end--
		}
		dst = append(dst, uint32(i), uint32(colon-i), uint32(value), uint32(end-value))
		i = line + 2
	}
	return dst
}

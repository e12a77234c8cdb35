package ws

import "encoding/binary"

// UTF-8 is checked by an automaton whose state is the position of a 6-bit field: utf8Next holds
// for each byte a word in which the field at a state's position is the state that follows. A
// step is one load and one shift, without a branch, whatever the script; and the state carries
// over from one fragment to the next. States in the middle of a sequence know what may follow,
// so overlong forms, surrogates and code points over U+10FFFF fail at their second byte.
const (
	utf8Reject = 0 // stays so: position 0 of every word is 0
	utf8Accept = 6 // between characters
	utf8Need1  = 12
	utf8Need2  = 18
	utf8Need3  = 24
	utf8E0     = 30 // A0..BF may follow: no overlong forms
	utf8ED     = 36 // 80..9F may follow: no surrogates
	utf8F0     = 42 // 90..BF may follow: no overlong forms
	utf8F4     = 48 // 80..8F may follow: nothing over U+10FFFF

	utf8Mask = 63
	highBits = 0x8080808080808080
)

var utf8Next = func() (next [256]uint64) {
	set := func(state uint, from, to int, then uint64) {
		for b := from; b <= to; b++ {
			next[b] |= then << state
		}
	}
	set(utf8Accept, 0x00, 0x7f, utf8Accept)
	set(utf8Accept, 0xc2, 0xdf, utf8Need1)
	set(utf8Accept, 0xe0, 0xe0, utf8E0)
	set(utf8Accept, 0xe1, 0xec, utf8Need2)
	set(utf8Accept, 0xed, 0xed, utf8ED)
	set(utf8Accept, 0xee, 0xef, utf8Need2)
	set(utf8Accept, 0xf0, 0xf0, utf8F0)
	set(utf8Accept, 0xf1, 0xf3, utf8Need3)
	set(utf8Accept, 0xf4, 0xf4, utf8F4)
	set(utf8Need1, 0x80, 0xbf, utf8Accept)
	set(utf8Need2, 0x80, 0xbf, utf8Need1)
	set(utf8Need3, 0x80, 0xbf, utf8Need2)
	set(utf8E0, 0xa0, 0xbf, utf8Need1)
	set(utf8ED, 0x80, 0x9f, utf8Need1)
	set(utf8F0, 0x90, 0xbf, utf8Need2)
	set(utf8F4, 0x80, 0x8f, utf8Need2)
	return next
}()

func validUTF8(p []byte) bool { return advanceUTF8(utf8Accept, p) == utf8Accept }

// advanceUTF8 returns the state behind p: utf8Reject when p breaks the encoding, utf8Accept when
// it ends between two characters.
func advanceUTF8(state uint8, p []byte) uint8 {
	s := uint64(state)
	for len(p) >= 8 {
		w := binary.LittleEndian.Uint64(p)
		if w&highBits == 0 && s&utf8Mask == utf8Accept {
			p = p[8:]
			for len(p) >= 32 {
				q := p[:32]
				if (binary.LittleEndian.Uint64(q)|binary.LittleEndian.Uint64(q[8:])|
					binary.LittleEndian.Uint64(q[16:])|binary.LittleEndian.Uint64(q[24:]))&highBits != 0 {
					break
				}
				p = p[32:]
			}
			continue
		}
		s = utf8Next[byte(w)] >> (s & utf8Mask)
		s = utf8Next[byte(w>>8)] >> (s & utf8Mask)
		s = utf8Next[byte(w>>16)] >> (s & utf8Mask)
		s = utf8Next[byte(w>>24)] >> (s & utf8Mask)
		s = utf8Next[byte(w>>32)] >> (s & utf8Mask)
		s = utf8Next[byte(w>>40)] >> (s & utf8Mask)
		s = utf8Next[byte(w>>48)] >> (s & utf8Mask)
		s = utf8Next[byte(w>>56)] >> (s & utf8Mask)
		p = p[8:]
	}
	for _, b := range p {
		s = utf8Next[b] >> (s & utf8Mask)
	}
	return uint8(s & utf8Mask)
}

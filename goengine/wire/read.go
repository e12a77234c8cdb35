package wire

import "encoding/binary"

// ReadBytes reads a string; the bytes alias the buffer. False: the next value is none, and nothing is read.
func (d *Decoder) ReadBytes() ([]byte, bool) {
	if tag, err := d.Peek(); err != nil || tag != TagString {
		return nil, false
	}
	at := d.at
	d.at++
	b, err := d.bytes()
	if err != nil {
		d.at = at
		return nil, false
	}
	return b, true
}

// ReadInt reads an int. False: the next value is none, and nothing is read.
func (d *Decoder) ReadInt() (int64, bool) {
	if tag, err := d.Peek(); err != nil || tag != TagInt || d.Left() < 9 {
		return 0, false
	}
	n := int64(binary.LittleEndian.Uint64(d.buf[d.at+1:]))
	d.at += 9
	return n, true
}

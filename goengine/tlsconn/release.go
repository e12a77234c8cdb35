package tlsconn

import (
	"bytes"
	"crypto/tls"
	"reflect"
	"unsafe"
)

// crypto/tls keeps the buffer of the largest record that a connection has ever received, 16 KiB
// for one that has once uploaded something, and offers no way to give it back. Where its fields
// are as expected they are emptied; otherwise a connection keeps that buffer, which costs memory
// and nothing else. TestAnIdleConnectionKeepsNoRecordBuffer fails when a new Go moves them.
var rawInputAt, inputAt, handAt, releasable = layout()

const keepRecord = 1 << 10 // bytes that an idle connection may keep: less is not worth a new allocation

func layout() (rawInput, input, hand uintptr, ok bool) {
	t := reflect.TypeFor[tls.Conn]()
	offset := func(name string, want reflect.Type) uintptr {
		f, found := t.FieldByName(name)
		ok = ok && found && f.Type == want
		return f.Offset
	}
	ok = true
	rawInput = offset("rawInput", reflect.TypeFor[bytes.Buffer]())
	input = offset("input", reflect.TypeFor[bytes.Reader]())
	hand = offset("hand", reflect.TypeFor[bytes.Buffer]())
	return rawInput, input, hand, ok
}

// release drops the buffers of a connection that has nothing in them.
func release(c *tls.Conn) {
	if !releasable {
		return
	}
	at := unsafe.Pointer(c)
	raw, in := (*bytes.Buffer)(unsafe.Add(at, rawInputAt)), (*bytes.Reader)(unsafe.Add(at, inputAt))
	if raw.Cap() > keepRecord && raw.Len() == 0 && in.Len() == 0 {
		in.Reset(nil) // it views raw's memory
		*raw = bytes.Buffer{}
	}
	if hand := (*bytes.Buffer)(unsafe.Add(at, handAt)); hand.Len() == 0 && hand.Cap() > keepRecord {
		*hand = bytes.Buffer{}
	}
}

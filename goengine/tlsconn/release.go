package tlsconn

import (
	"bytes"
	"crypto/tls"
	"reflect"
	"unsafe"
)

// crypto/tls keeps, for each connection, the buffer of the largest record it has ever received,
// 16 KiB for one that has once uploaded something, and offers no way to give it back. Where its
// fields are as expected, connections that share a Hands share one buffer; otherwise each keeps its
// own, which costs memory and nothing else. TestAnIdleConnectionKeepsNoRecordBuffer fails when a
// new Go moves them.
var rawInputAt, inputAt, handAt, releasable = layout()

const (
	sharedRecord = maxRecord + 2<<10 // crypto/tls wants some room behind a record
	keepMessage  = 1 << 10           // bytes that a connection may keep for handshake messages
)

func layout() (rawInput, input, hand uintptr, ok bool) {
	t := reflect.TypeFor[tls.Conn]()
	ok = true
	offset := func(name string, want reflect.Type) uintptr {
		f, found := t.FieldByName(name)
		ok = ok && found && f.Type == want
		return f.Offset
	}
	rawInput = offset("rawInput", reflect.TypeFor[bytes.Buffer]())
	input = offset("input", reflect.TypeFor[bytes.Reader]())
	hand = offset("hand", reflect.TypeFor[bytes.Buffer]())
	return rawInput, input, hand, ok
}

func buffers(c *tls.Conn) (raw, hand *bytes.Buffer, input *bytes.Reader) {
	at := unsafe.Pointer(c)
	return (*bytes.Buffer)(unsafe.Add(at, rawInputAt)), (*bytes.Buffer)(unsafe.Add(at, handAt)), (*bytes.Reader)(unsafe.Add(at, inputAt))
}

// lend gives a connection the shared buffer, until reclaim.
func (p *Hands) lend(c *tls.Conn) {
	if !releasable {
		return
	}
	if raw, _, input := buffers(c); raw.Len() == 0 && input.Len() == 0 {
		if p.record == nil {
			p.record = make([]byte, sharedRecord)
		}
		input.Reset(nil) // it may view the memory of raw
		*raw = *bytes.NewBuffer(p.record[:0])
	}
}

// reclaim takes the shared buffer back from a connection that has worked off its input.
func (p *Hands) reclaim(c *tls.Conn) {
	if !releasable {
		return
	}
	raw, hand, input := buffers(c)
	if raw.Len() > 0 || input.Len() > 0 {
		p.record = nil // still in use: it stays the connection's
		return
	}
	input.Reset(nil)
	*raw = bytes.Buffer{}
	if hand.Len() == 0 && hand.Cap() > keepMessage {
		*hand = bytes.Buffer{}
	}
}

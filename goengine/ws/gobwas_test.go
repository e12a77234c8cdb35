package ws_test

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gobwas/httphead"
	gobwas "github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
	"github.com/gobwas/ws/wsutil"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

// gobwas/ws with all its checks on and ours agree on every byte sequence, in both directions: the same messages, the
// same frame refused. What we do otherwise, on purpose:
//
//   - a length that is not in its shortest form is refused here (RFC 6455, 5.2), there it is read;
//   - what is wrong is refused here with the first byte that tells, there when the frame's header or payload is whole;
//   - close codes 1012 to 1014, which IANA has registered since, and from 5000 on: see closeDiffers.
func FuzzDecodeAgainstGobwas(f *testing.F) {
	for _, seed := range wireSeeds {
		f.Add([]byte(seed), false)
	}
	for _, seed := range []string{
		unmasked(ws.OpText, "a") + unmasked(fin|ws.OpClose, "\x03\xf4"), unmasked(fin|ws.OpClose, "\x13\x88"),
		unmasked(fin|ws.OpClose, "\x13\x88\xff"), unmasked(fin|ws.OpClose, "\x03\xf5\xff"),
		unmasked(fin|ws.OpText, "\xed\xa0\x80"), "\x82\x7e\x00\x05hello", "\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x01a",
		unmasked(ws.OpText, "\xf4") + unmasked(fin|ws.OpPing, "") + unmasked(fin, "\x8f\xbf\xbf"),
	} {
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, in []byte, client bool) {
		// Ours unmasks in place.
		decode := func(in []byte) ([]string, int) {
			d := ws.Decoder{Limits: &ws.Limits{Frame: 400, Message: 400, Fragments: -1}, Client: client}
			defer d.Close()
			return feed(&d, string(in))
		}
		messages, code := decode(in)
		if at := firstNotMinimal(in); at >= 0 {
			before, codeBefore := decode(in[:at])
			require.Equal(t, before, messages)
			if codeBefore == 0 && !endsWithClose(before) {
				require.NotZero(t, code, "a length that is not in its shortest form")
			}
			in, code = in[:at], codeBefore
		}
		theirs, refused := gobwasMessages(in, client)
		if n := len(theirs) - 1; n >= 0 && closeDiffers(theirs[n]) {
			if n == len(messages) {
				// The reason may be wrong beside the code: either is refused first.
				require.True(t, code == ws.CloseProtocolError || code == ws.CloseInvalidPayload && !utf8.ValidString(theirs[n][len("close:")+2:]), code)
				theirs = theirs[:n]
			}
		}
		if code != 0 && !refused {
			// Whatever follows, theirs must not make a message of what was refused here. Ones, as zeros would make short lengths.
			theirs, _ = gobwasMessages(append(bytes.Clone(in), bytes.Repeat([]byte{0xff}, 1000)...), client)
			if n := len(messages) + 1; len(theirs) > n {
				theirs = theirs[:n]
			}
			if n := len(theirs) - 1; n == len(messages) && closeDiffers(theirs[n]) {
				theirs = theirs[:n]
			}
		}
		require.Equal(t, append([]string{}, messages...), append([]string{}, theirs...))
		if refused {
			require.NotZero(t, code)
		}
	})
}

func endsWithClose(messages []string) bool {
	return len(messages) > 0 && strings.HasPrefix(messages[len(messages)-1], "close:")
}

// closeDiffers names the close frames that gobwasMessages lets pass for us to decide.
func closeDiffers(message string) bool {
	payload, ok := strings.CutPrefix(message, "close:")
	if !ok || len(payload) < 2 {
		return false
	}
	code := int(payload[0])<<8 | int(payload[1])
	return code >= 1012 && code <= 1014 || code >= 5000
}

// firstNotMinimal is where the first frame begins whose length is not in its shortest form; -1: there is none.
func firstNotMinimal(in []byte) int {
	r := bytes.NewReader(append(bytes.Clone(in), 0, 0, 0, 0)) // the mask may be yet to come
	for {
		at := int(r.Size()) - r.Len()
		h, err := gobwas.ReadHeader(r)
		if err != nil {
			return -1
		}
		size := int(r.Size()) - r.Len() - at
		if h.Masked {
			size -= 4
		}
		if at+size > len(in) {
			return -1
		}
		if size > 2 && (h.Length < 126 || size > 4 && h.Length <= math.MaxUint16) {
			return at
		}
		if h.Length > int64(r.Len()) {
			return -1
		}
		_, _ = r.Seek(h.Length, io.SeekCurrent)
	}
}

var errClosed = errors.New("closed")

func gobwasMessages(in []byte, client bool) (messages []string, refused bool) {
	control := func(h gobwas.Header, r io.Reader) error {
		payload, err := io.ReadAll(r)
		if err != nil || int64(len(payload)) < h.Length {
			return errors.Join(err, io.ErrUnexpectedEOF)
		}
		message := opNames[byte(h.OpCode)] + ":" + string(payload)
		if h.OpCode == gobwas.OpClose && len(payload) > 0 && !closeDiffers(message) {
			if err := gobwas.CheckCloseFrameData(gobwas.ParseCloseFrameData(payload)); err != nil {
				return err
			}
		}
		messages = append(messages, message)
		if h.OpCode == gobwas.OpClose {
			return errClosed
		}
		return nil
	}
	r := &wsutil.Reader{
		Source: bytes.NewReader(in), State: gobwas.StateServerSide, CheckUTF8: true, OnIntermediate: control,
		MaxFrameSize: 400, MaxMessageSize: 400,
	}
	if client {
		r.State = gobwas.StateClientSide
	}
	for {
		h, err := r.NextFrame()
		if err == nil && h.OpCode.IsControl() {
			err = control(h, r)
		} else if err == nil {
			var payload []byte
			if payload, err = io.ReadAll(r); err == nil {
				messages = append(messages, opNames[byte(h.OpCode)]+":"+string(payload))
			}
		}
		if err != nil {
			return messages, !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, errClosed)
		}
	}
}

// What gobwas/ws makes of messages, we read, and what we make of them, it reads.
func FuzzEncodeAgainstGobwas(f *testing.F) {
	f.Add([]byte("grüße"), []byte("p"), uint16(3), uint32(0x37fa213d))
	f.Add(bytes.Repeat([]byte("€"), 30000), []byte{}, uint16(65535), uint32(0))
	f.Fuzz(func(t *testing.T, payload, other []byte, at uint16, mask uint32) {
		cut := int(at) % (len(payload) + 1)
		other = other[:min(len(other), ws.MaxControlPayload)]
		key := [4]byte{byte(mask >> 24), byte(mask >> 16), byte(mask >> 8), byte(mask)}
		for _, client := range []bool{false, true} { // the side that reads
			var wire bytes.Buffer
			for _, frame := range []gobwas.Frame{
				gobwas.NewFrame(gobwas.OpBinary, true, payload), gobwas.NewFrame(gobwas.OpBinary, false, payload[:cut]),
				gobwas.NewPingFrame(other), gobwas.NewFrame(gobwas.OpContinuation, true, payload[cut:]),
			} {
				if !client {
					frame = gobwas.MaskFrameWith(frame, key)
				}
				require.NoError(t, gobwas.WriteFrame(&wire, frame))
			}
			ours := []byte{}
			for _, frame := range []struct {
				first   byte
				payload []byte
			}{{fin | ws.OpBinary, payload}, {ws.OpBinary, payload[:cut]}, {fin | ws.OpPing, other}, {fin, payload[cut:]}} {
				if client {
					ours = ws.AppendFrame(ours, frame.first, frame.payload)
				} else {
					ours = ws.AppendMaskedFrame(ours, frame.first, frame.payload, key)
				}
			}
			require.True(t, bytes.Equal(wire.Bytes(), ours), "both write the same bytes")
			d := ws.Decoder{Client: client}
			messages, code := feed(&d, wire.String())
			require.Zero(t, code)
			require.Equal(t, []string{"binary:" + string(payload), "ping:" + string(other), "binary:" + string(payload)}, messages)
			d.Close()
		}
	})
}

// compress/flate, as gobwas/wsflate drives it, and our inflating agree, up to a block that says it is the last: there
// it stops, and RFC 7692, 7.2.3.4, goes on.
func FuzzInflateAgainstGobwas(f *testing.F) {
	for _, seed := range []string{
		"\xf2\x48\xcd\xc9\xc9\x07\x00", "\xf3\x48\xcd\xc9\xc9\x07\x00\x00", "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
		"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", "\x00", "", "\xff\xff", "\x4a\x84\x01\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		const limit = 1 << 20
		d := serverDecoder(t, &ws.Limits{Frame: math.MaxInt32, Message: limit})
		defer d.Close()
		messages, code := feed(d, masked(fin|compressed|ws.OpBinary, string(packed)))

		// wsflate 1.5.0 reads a zero byte too many behind a source that has ReadByte.
		src := struct{ io.Reader }{bytes.NewReader(packed)}
		r := wsflate.NewReader(src, func(r io.Reader) wsflate.Decompressor { return flate.NewReader(r) })
		theirs, err := io.ReadAll(io.LimitReader(r, limit+1))
		if code == 0 {
			ours := strings.TrimPrefix(messages[0], "binary:")
			require.NoError(t, err, "%q", ours)
			require.True(t, strings.HasPrefix(ours, string(theirs)))
			if !saysLast(packed, theirs) {
				require.Equal(t, ours, string(theirs))
			}
			return
		}
		if err == nil && len(theirs) <= limit && !saysLast(packed, theirs) {
			require.Fail(t, "refused here only", "%d: %q", code, theirs)
		}
	})
}

// saysLast reports whether a block of packed is marked as the last one: then compress/flate needs no empty block at the
// end to come to the same bytes.
func saysLast(packed, inflated []byte) bool {
	plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	return err == nil && bytes.Equal(plain, inflated)
}

// What either end compresses, the other reads.
func FuzzDeflateAgainstGobwas(f *testing.F) {
	f.Add([]byte("grüße, grüße"), uint8(0), uint8(1))
	f.Add(bytes.Repeat([]byte("ab"), 30000), uint8(2), uint8(6))
	f.Add([]byte{}, uint8(3), uint8(9))
	f.Fuzz(func(t *testing.T, payload []byte, bits, level uint8) {
		server, _ := pair(t, ws.DeflateOptions{WindowBits: 9 + int(bits)%7, Level: 1 + int(level)%9, Threshold: -1})
		wire := server.AppendFrame(nil, fin|compressed|ws.OpBinary, payload)
		sent := bytes.NewReader(wire)
		header, err := gobwas.ReadHeader(sent)
		require.NoError(t, err)
		frame := gobwas.Frame{Header: header, Payload: wire[len(wire)-sent.Len():]}
		require.EqualValues(t, len(frame.Payload), header.Length)
		if frame, err = wsflate.DecompressFrame(frame); err == nil || len(payload) > 0 {
			require.NoError(t, err)
			require.True(t, bytes.Equal(payload, frame.Payload))
		}

		frame, err = wsflate.CompressFrame(gobwas.NewBinaryFrame(payload))
		require.NoError(t, err)
		var theirs bytes.Buffer
		require.NoError(t, gobwas.WriteFrame(&theirs, gobwas.MaskFrameWith(frame, key)))
		d := serverDecoder(t, nil)
		defer d.Close()
		messages, code := feed(d, theirs.String())
		require.Zero(t, code)
		require.Equal(t, []string{"binary:" + string(payload)}, messages)
	})
}

// Whatever a client offers: what we answer is well-formed for gobwas too, promises no more than was offered, and both
// ends then understand each other.
func FuzzOffers(f *testing.F) {
	for _, seed := range []string{
		"permessage-deflate", "permessage-deflate; client_max_window_bits; server_max_window_bits=9",
		`permessage-deflate; server_max_window_bits="10"; client_max_window_bits=8`, "permessage-deflate; server_max_window_bits=16",
		"permessage-deflate; server_no_context_takeover; server_no_context_takeover, permessage-deflate; client_no_context_takeover",
		"x, permessage-deflate;;=, permessage-deflate; client_max_window_bits=15; client_max_window_bits=15", ",,;",
	} {
		f.Add([]byte(seed), true, uint8(12))
		f.Add([]byte(seed), false, uint8(0))
	}
	f.Fuzz(func(t *testing.T, offers []byte, takeover bool, bits uint8) {
		o := ws.DeflateOptions{Takeover: takeover, WindowBits: int(bits) % 16, Threshold: -1}
		server, answer := o.Answer(offers)
		require.Equal(t, server == nil, answer == "")
		if ours := ws.OfferedDeflate(offers); server == nil && ours != nil {
			require.Fail(t, "an offer that a client would understand was declined", "%q", offers)
		}
		if server == nil {
			return
		}
		options, ok := httphead.ParseOptions([]byte(answer), nil)
		require.True(t, ok && len(options) == 1, "%q", answer)
		var p wsflate.Parameters
		require.NoError(t, p.Parse(options[0]), "%q", answer)
		if p.ClientMaxWindowBits.Defined() {
			require.Contains(t, strings.ToLower(string(offers)), "client_max_window_bits", "only who offers it may be bounded")
		}
		client, err := (&ws.DeflateOptions{Takeover: true, WindowBits: 15, Threshold: -1}).Accepted([]byte(answer))
		require.NoError(t, err, "%q", answer)
		fromClient, fromServer := ws.Decoder{Deflate: server}, ws.Decoder{Deflate: client, Client: true}
		defer fromClient.Close()
		defer fromServer.Close()
		for _, payload := range []string{strings.Repeat("The same again. ", 3000), "The same again. ", strings.Repeat("b", 300)} {
			messages, code := feed(&fromClient, string(client.AppendMaskedFrame(nil, fin|ws.OpText, []byte(payload), key)))
			require.Zero(t, code, "%q", answer)
			require.Equal(t, []string{"text:" + payload}, messages)
			messages, code = feed(&fromServer, string(server.AppendFrame(nil, fin|ws.OpText, []byte(payload))))
			require.Zero(t, code, "%q", answer)
			require.Equal(t, []string{"text:" + payload}, messages)
		}
	})
}

package ws_test

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

// pair is a server's and a client's end of one agreement.
func pair(t testing.TB, o ws.DeflateOptions) (server, client *ws.Deflate) {
	t.Helper()
	peer := o
	server, answer := o.Answer([]byte(peer.Offer()))
	require.NotNil(t, server)
	client, err := peer.Accepted([]byte(answer))
	require.NoError(t, err)
	return server, client
}

// deflated is what compress/flate makes of a message, as RFC 7692, 7.2.1 wants it.
func deflated(t testing.TB, payload string) string {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, 9)
	require.NoError(t, err)
	_, err = io.WriteString(w, payload)
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	return strings.TrimSuffix(out.String(), "\x00\x00\xff\xff")
}

// serverDecoder is the decoder of a server that keeps nothing between messages.
func serverDecoder(t testing.TB, l *ws.Limits) *ws.Decoder {
	server, _ := pair(t, ws.DeflateOptions{})
	return &ws.Decoder{Limits: l, Deflate: server}
}

const compressed = ws.Rsv1

func TestInflatedMessages(t *testing.T) {
	long := strings.Repeat("grüße ", 5000)
	tests := []struct {
		name, in string
		messages []string
	}{
		{name: "RFC 7692, 7.2.3.1", in: masked(fin|compressed|ws.OpText, "\xf2\x48\xcd\xc9\xc9\x07\x00"), messages: []string{"text:Hello"}},
		{
			name:     "in two frames",
			in:       masked(compressed|ws.OpText, "\xf2\x48\xcd") + masked(fin, "\xc9\xc9\x07\x00"),
			messages: []string{"text:Hello"},
		},
		{
			name:     "a block without compression, 7.2.3.3",
			in:       masked(fin|compressed|ws.OpText, "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"),
			messages: []string{"text:Hello"},
		},
		{
			name:     "a block that says it is the last, 7.2.3.4",
			in:       masked(fin|compressed|ws.OpText, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"),
			messages: []string{"text:Hello"},
		},
		{
			name:     "two blocks, 7.2.3.5",
			in:       masked(fin|compressed|ws.OpText, "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"),
			messages: []string{"text:Hello"},
		},
		{name: "an empty one, 7.2.3.6", in: masked(fin|compressed|ws.OpText, "\x00"), messages: []string{"text:"}},
		{name: "an empty one in two frames", in: masked(compressed|ws.OpBinary, "") + masked(fin, "\x00"), messages: []string{"binary:"}},
		{
			name:     "plain ones in between",
			in:       masked(fin|ws.OpText, "a") + masked(fin|compressed|ws.OpText, deflated(t, "b")) + masked(ws.OpText, "c") + masked(fin, "d"),
			messages: []string{"text:a", "text:b", "text:cd"},
		},
		{
			name: "a ping between the frames",
			in: masked(compressed|ws.OpText, deflated(t, long)[:20]) + masked(fin|ws.OpPing, "p") +
				masked(fin, deflated(t, long)[20:]),
			messages: []string{"ping:p", "text:" + long},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			messages, code := feed(serverDecoder(t, nil), tt.in)
			require.Zero(t, code)
			require.Equal(t, tt.messages, messages)
			messages, code = feed(serverDecoder(t, nil), bytewise(tt.in)...)
			require.Zero(t, code, "one byte at a time")
			require.Equal(t, tt.messages, messages, "one byte at a time")
		})
	}
}

func TestServerRefusesCompressed(t *testing.T) {
	limits := &ws.Limits{Frame: 1000, Message: 1000}
	tests := []struct {
		name, in string
		code     int
	}{
		{name: "RSV1 on a continuation", in: masked(compressed|ws.OpText, "a") + "\x40", code: 1002},
		{name: "RSV1 on a ping", in: "\xc9", code: 1002},
		{name: "RSV1 on a close", in: "\xc8", code: 1002},
		{name: "RSV2 with RSV1", in: "\xe1", code: 1002},
		{name: "RSV3 with RSV1", in: "\xd1", code: 1002},
		{name: "no DEFLATE data", in: masked(fin|compressed|ws.OpText, "\xff\xff\xff"), code: 1007},
		{name: "data cut short", in: masked(fin|compressed|ws.OpText, deflated(t, strings.Repeat("abc", 300))[:4]), code: 1007},
		{name: "a reference to what was never sent", in: masked(fin|compressed|ws.OpText, "\x4a\x84\x01\x00"), code: 1007},
		{name: "no bytes, not even an empty block", in: masked(compressed|ws.OpText, "") + masked(fin, ""), code: 1007},
		{name: "not UTF-8", in: masked(fin|compressed|ws.OpText, deflated(t, "a\xff")), code: 1007},
		{name: "one byte over the limit", in: masked(fin|compressed|ws.OpText, deflated(t, strings.Repeat("a", 1001))), code: 1009},
		{
			name: "over the limit in fragments",
			in:   masked(compressed|ws.OpText, deflated(t, strings.Repeat("a", 1001))[:3]) + masked(fin, deflated(t, strings.Repeat("a", 1001))[3:]),
			code: 1009,
		},
		{name: "a frame over the limit as it comes", in: masked(fin|compressed|ws.OpText, strings.Repeat("a", 1001)), code: 1009},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, code := feed(serverDecoder(t, limits), tt.in)
			require.Equal(t, tt.code, code)
			_, code = feed(serverDecoder(t, limits), bytewise(tt.in)...)
			require.Equal(t, tt.code, code, "one byte at a time")
		})
	}
	d := serverDecoder(t, limits)
	messages, code := feed(d, masked(fin|compressed|ws.OpText, deflated(t, strings.Repeat("a", 1000))))
	require.Zero(t, code, "the limit itself")
	require.Len(t, messages, 1)
}

// A bomb costs memory up to the limit, however much it would come to.
func TestInflatingStopsAtTheLimit(t *testing.T) {
	bomb := masked(fin|compressed|ws.OpBinary, deflated(t, strings.Repeat("\x00", 256<<20)))
	const limit = 1 << 20
	d := serverDecoder(t, &ws.Limits{Frame: limit, Message: limit})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, code := feed(d, bomb)
	runtime.ReadMemStats(&after)
	require.Equal(t, 1009, code)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4*limit+2*len(bomb)))
}

func TestDeflateRoundTrip(t *testing.T) {
	random := make([]byte, 100_000)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(random)
	payloads := []string{
		"", "a", "Hello", strings.Repeat("a", 125), strings.Repeat("grüße aus Köln, ", 20), strings.Repeat("0123456789", 10_000),
		string(random), string(random[:40]) + strings.Repeat("x", 70_000) + string(random[:40]),
		`{"type":"message","from":"ada","text":"hello"}`, `{"type":"message","from":"bob","text":"hello there"}`,
	}
	for _, o := range []ws.DeflateOptions{
		{}, {Threshold: -1}, {Threshold: -1, Level: 6}, {Threshold: -1, Level: 9}, {Threshold: -1, Takeover: true},
		{Threshold: -1, Takeover: true, WindowBits: 15}, {Threshold: -1, Takeover: true, WindowBits: 9}, {Threshold: -1, WindowBits: 9},
		{OnDemand: true},
	} {
		t.Run(fmt.Sprintf("%+v", o), func(t *testing.T) {
			server, client := pair(t, o)
			fromClient := ws.Decoder{Deflate: server}
			fromServer := ws.Decoder{Deflate: client, Client: true}
			for range 3 {
				for _, p := range payloads {
					wire := client.AppendMaskedFrame(nil, fin|ws.OpBinary, []byte(p), key)
					messages, code := feed(&fromClient, string(wire))
					require.Zero(t, code)
					require.Equal(t, []string{"binary:" + p}, messages)

					wire = server.AppendFrame(nil, fin|compressed|ws.OpBinary, []byte(p))
					if server.Shared() {
						require.LessOrEqual(t, len(wire), len(p)+10, "compression that gains nothing is left out")
					}
					messages, code = feed(&fromServer, string(wire))
					require.Zero(t, code)
					require.Equal(t, []string{"binary:" + p}, messages)
				}
			}
		})
	}
}

func TestWhatIsCompressed(t *testing.T) {
	long := []byte(strings.Repeat("a", 300))
	byDefault, _ := pair(t, ws.DeflateOptions{})
	onDemand, _ := pair(t, ws.DeflateOptions{OnDemand: true})
	packed := func(d *ws.Deflate, first byte, p []byte) bool { return d.AppendFrame(nil, first, p)[0]&compressed != 0 }

	require.True(t, packed(byDefault, fin|ws.OpText, long))
	require.False(t, packed(byDefault, fin|ws.OpText, long[:255]), "below the threshold")
	require.True(t, packed(byDefault, fin|compressed|ws.OpText, long[:60]), "asked for")
	require.False(t, packed(byDefault, fin|compressed|ws.OpText, []byte("abc")), "it would be longer")
	require.False(t, packed(byDefault, fin|ws.OpPong, long[:100]))
	require.False(t, packed(onDemand, fin|ws.OpText, long))
	require.True(t, packed(onDemand, fin|compressed|ws.OpText, long))
}

// With takeover a message like the one before costs little.
func TestTakeoverRefersToEarlierMessages(t *testing.T) {
	server, _ := pair(t, ws.DeflateOptions{Takeover: true, Threshold: -1})
	for i := range 3 {
		p := fmt.Appendf(nil, `{"type":"message","from":"ada","number":%d}`, i)
		require.Equal(t, i > 0, len(server.AppendFrame(nil, fin|ws.OpText, p)) < len(p)/2, "a short one that resembles the last")
	}
	p := []byte(strings.Repeat("some words that are said again, ", 8) + "and something else altogether 0123456789 ABCDEF")
	first := len(server.AppendFrame(nil, fin|ws.OpText, p))
	require.Less(t, len(server.AppendFrame(nil, fin|ws.OpText, p)), first/2)
}

// A window of 2^bits bytes is enough for who reads what AppendFrame wrote.
func TestSmallWindowsAreKeptTo(t *testing.T) {
	for bits := 9; bits <= 15; bits++ {
		for _, takeover := range []bool{false, true} {
			server, _ := pair(t, ws.DeflateOptions{WindowBits: bits, Takeover: takeover, Threshold: -1})
			r := rand.New(rand.NewPCG(3, uint64(bits)))
			words := strings.Fields("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu")
			for range 20 {
				var text strings.Builder
				for text.Len() < 1+r.IntN(3<<bits) {
					text.WriteString(words[r.IntN(len(words))])
				}
				wire := server.AppendFrame(nil, fin|ws.OpText, []byte(text.String()))
				if wire[0]&compressed != 0 {
					require.LessOrEqual(t, furthest(t, payloadOf(wire)), 1<<bits)
				}
			}
		}
	}
}

func payloadOf(frame []byte) []byte {
	switch frame[1] {
	case 126:
		return frame[4:]
	case 127:
		return frame[10:]
	}
	return frame[2:]
}

func FuzzInflate(f *testing.F) {
	f.Add([]byte("\xf2\x48\xcd\xc9\xc9\x07\x00"), uint16(3), false)
	f.Add([]byte("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"), uint16(1), true)
	f.Add([]byte("\xf3\x48\xcd\xc9\xc9\x07\x00\xf3\x48\xcd\xc9\xc9\x07\x00"), uint16(9), true)
	f.Fuzz(func(t *testing.T, packed []byte, at uint16, takeover bool) {
		const limit = 1 << 16
		cut := int(at) % (len(packed) + 1)
		one := masked(fin|compressed|ws.OpBinary, string(packed))
		two := masked(compressed|ws.OpBinary, string(packed[:cut])) + masked(fin, string(packed[cut:]))
		decode := func(in string) ([]string, int) {
			server, _ := pair(t, ws.DeflateOptions{Takeover: takeover})
			d := ws.Decoder{Deflate: server, Limits: &ws.Limits{Frame: limit, Message: limit}}
			defer d.Close()
			return feed(&d, in)
		}
		messages, code := decode(one)
		for _, m := range messages {
			require.LessOrEqual(t, len(m), limit+len("binary:"))
		}
		split, splitCode := decode(two)
		require.Equal(t, messages, split)
		require.Equal(t, code, splitCode)
	})
}

// What one end compresses the other reads, in any order of messages and with any agreement.
func FuzzDeflateRoundTrip(f *testing.F) {
	f.Add([]byte("grüße"), []byte("grüße, grüße"), uint8(0), uint8(1), true)
	f.Add(bytes.Repeat([]byte("ab"), 300), []byte(""), uint8(12), uint8(6), false)
	f.Fuzz(func(t *testing.T, a, b []byte, bits, level uint8, takeover bool) {
		server, client := pair(t, ws.DeflateOptions{WindowBits: 9 + int(bits)%7, Level: 1 + int(level)%9, Takeover: takeover, Threshold: -1})
		d := ws.Decoder{Deflate: server}
		defer d.Close()
		var wire []byte
		for _, p := range [][]byte{a, b, a} {
			wire = client.AppendMaskedFrame(wire, fin|ws.OpBinary, p, key)
		}
		messages, code := feed(&d, string(wire))
		require.Zero(t, code)
		require.Equal(t, []string{"binary:" + string(a), "binary:" + string(b), "binary:" + string(a)}, messages)
	})
}

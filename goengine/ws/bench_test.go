package ws_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

func BenchmarkNext(b *testing.B) {
	for _, n := range []int{16, 125, 1024, 65536} {
		b.Run("text/"+strconv.Itoa(n), func(b *testing.B) { benchNext(b, masked(fin|ws.OpText, strings.Repeat("x", n))) })
	}
	b.Run("binary/65536", func(b *testing.B) { benchNext(b, masked(fin|ws.OpBinary, strings.Repeat("x", 65536))) })
	b.Run("cjk/65536", func(b *testing.B) { benchNext(b, masked(fin|ws.OpText, strings.Repeat("汉", 65536/3))) })
	b.Run("fragments/4x1024", func(b *testing.B) {
		p := strings.Repeat("x", 1024)
		benchNext(b, masked(ws.OpText, p)+masked(0, p)+masked(0, p)+masked(fin, p))
	})
}

// benchNext includes the copy into place that a read from the socket would be.
func benchNext(b *testing.B, wire string) {
	var d ws.Decoder
	buf := make([]byte, len(wire))
	b.SetBytes(int64(len(wire)))
	b.ReportAllocs()
	for b.Loop() {
		copy(buf, wire)
		if _, n, ok, err := d.Next(buf); n != len(buf) || !ok || err != nil {
			b.Fatal(n, ok, err)
		}
	}
}

func BenchmarkAppendFrame(b *testing.B) {
	payload, dst := make([]byte, 1024), make([]byte, 0, 2048)
	b.ReportAllocs()
	for b.Loop() {
		dst = ws.AppendFrame(dst[:0], fin|ws.OpText, payload)
	}
}

func BenchmarkUnmask(b *testing.B) {
	p := make([]byte, 65536)
	b.SetBytes(int64(len(p)))
	for b.Loop() {
		ws.Unmask(p, key)
	}
}

func BenchmarkUTF8(b *testing.B) {
	for name, text := range map[string]string{
		"ascii": strings.Repeat("x", 65536), "german": strings.Repeat("Grüße aus Köln. ", 3640),
		"cjk": strings.Repeat("汉字", 10922), "emoji": strings.Repeat("😀", 16384),
	} {
		p := []byte(text)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(p)))
			for b.Loop() {
				if ws.AdvanceUTF8(ws.UTF8Accept, p) != ws.UTF8Accept {
					b.Fatal("refused")
				}
			}
		})
	}
}

func BenchmarkAppendAccept(b *testing.B) {
	dst := make([]byte, 0, 512)
	b.ReportAllocs()
	for b.Loop() {
		dst = ws.AppendAccept(dst[:0], []byte(sampleKey), nil)
	}
}

package ws_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

func BenchmarkDeflate(b *testing.B) {
	for _, o := range []ws.DeflateOptions{{Threshold: -1}, {Threshold: -1, Takeover: true}} {
		for _, n := range []int{100, 1000, 10_000} {
			p := []byte(strings.Repeat(`{"id":4711,"name":"Ada Lovelace","roles":["editor","admin"],"text":"something"},`, n/80+1)[:n])
			b.Run(fmt.Sprintf("takeover=%v/%d", o.Takeover, n), func(b *testing.B) {
				server, client := pair(b, o)
				d := ws.Decoder{Deflate: server}
				var wire []byte
				b.ReportAllocs()
				for b.Loop() {
					wire = client.AppendMaskedFrame(wire[:0], fin|ws.OpText, p, key)
					if _, _, ok, err := d.Next(wire); !ok || err != nil {
						b.Fatal(ok, err)
					}
				}
				b.ReportMetric(float64(len(wire)), "wire-bytes")
			})
		}
	}
}

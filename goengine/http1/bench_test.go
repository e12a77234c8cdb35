package http1_test

import (
	"testing"

	"github.com/phalanx-php/phalanx/goengine/http1"
)

func BenchmarkParseHead(b *testing.B) {
	in := []byte(benchRequest)
	lim := http1.DefaultLimits
	var h http1.Head
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if n, err := http1.ParseHead(in, 0, &lim, &h); n != len(in) || err != nil {
			b.Fatal(n, err)
		}
	}
}

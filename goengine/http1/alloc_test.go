//go:build !race

package http1_test

import (
	"testing"

	"github.com/phalanx-php/phalanx/goengine/http1"
	"github.com/stretchr/testify/require"
)

// The race detector's own memory would count; without it these paths are free of garbage.
func TestHotPathsDoNotAllocate(t *testing.T) {
	in := []byte(benchRequest)
	bad := []byte(request("Content-Length: x"))
	chunks := []byte("5\r\nhello\r\n0\r\nA: b\r\n\r\n")
	spans := make([]uint32, 0, 64)
	out := make([]byte, 0, 1024)
	c := http1.Chunked{Trailers: make([]byte, 0, 64)}
	h := http1.Head{Lines: &http1.Lines{}}
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if n, err := http1.ParseHead(in, 0, nil, &h); n == 0 || err != nil {
			t.Fatal(err)
		}
		for cut := 1; cut <= len(in); cut++ {
			_, _ = http1.ParseHead(in[:cut], cut-1, nil, &h)
		}
		if _, err := http1.ParseHead(bad, 0, nil, &h); err != http1.ErrContentLength {
			t.Fatal(err)
		}
		_ = http1.AppendFields(spans, in)
		c.Reset()
		if _, _, done, err := c.Decode(out, chunks, 16); !done || err != nil {
			t.Fatal(err)
		}
		_ = http1.AppendBodyResponse(out, in, true)
		_ = http1.AppendError(out, http1.ErrNoHost)
	}))
}

package http1_test

import (
	"testing"

	"github.com/phalanx-php/phalanx/goengine/http1"
	"github.com/stretchr/testify/require"
)

// parsed is everything ParseHead has to say about an input.
type parsed struct {
	n    int
	head http1.Head
	err  error
}

// feed gives ParseHead the input up to each cut in turn, as a loop would that reads the
// connection piece by piece, and returns the first answer that is not "incomplete".
func feed(in []byte, lim *http1.Limits, cuts ...int) parsed {
	from := 0
	for _, cut := range append(cuts, len(in)) {
		if cut <= from && cut != len(in) {
			continue
		}
		var p parsed
		p.n, p.err = http1.ParseHead(in[:cut:cut], from, lim, &p.head)
		if p.err != nil {
			p.head = http1.Head{}
			return p
		}
		if p.n != 0 {
			return p
		}
		from = cut
	}
	return parsed{}
}

func everyByte(in []byte) []int {
	cuts := make([]int, len(in))
	for i := range cuts {
		cuts[i] = i
	}
	return cuts
}

// parse parses the input whole, then in every other way of cutting it in two and byte by
// byte, and insists on the same answer.
func parse(t *testing.T, in string, lim *http1.Limits) parsed {
	t.Helper()
	b := []byte(in)
	whole := feed(b, lim)
	for cut := range b {
		require.Equal(t, whole, feed(b, lim, cut), "cut at %d", cut)
	}
	require.Equal(t, whole, feed(b, lim, everyByte(b)...), "byte by byte")
	return whole
}

// request makes a request of header lines behind a plain request line and Host.
func request(lines ...string) string {
	return bare(append([]string{"GET / HTTP/1.1", "Host: a"}, lines...)...)
}

func bare(lines ...string) string {
	in := ""
	for _, line := range lines {
		in += line + "\r\n"
	}
	return in + "\r\n"
}

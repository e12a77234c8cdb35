package ws_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// furthest reads DEFLATE data (RFC 1951) and returns the longest distance back that it refers to.
// Decompressors with a large window would not notice a distance that is too long for a small one.
func furthest(t *testing.T, data []byte) int {
	t.Helper()
	b := bitReader{t: t, data: data}
	most := 0
	for b.at < 8*len(b.data)-10 || b.at == 0 {
		final, kind := b.bits(1), b.bits(2)
		switch kind {
		case 0:
			b.at = (b.at + 7) &^ 7
			if b.at/8+4 > len(data) {
				return most // the empty block at the end, of which the sender cuts off the length
			}
			n := b.bits(16)
			b.bits(16)
			b.at += 8 * n
		case 1:
			lengths := slices.Concat(slices.Repeat([]int{8}, 144), slices.Repeat([]int{9}, 112), slices.Repeat([]int{7}, 24), slices.Repeat([]int{8}, 8))
			most = max(most, b.block(codeOf(lengths), codeOf(slices.Repeat([]int{5}, 30))))
		case 2:
			literals, distances := b.tables()
			most = max(most, b.block(literals, distances))
		default:
			require.Fail(t, "no such block")
		}
		if final == 1 {
			break
		}
	}
	return most
}

type bitReader struct {
	t    *testing.T
	data []byte
	at   int // bits
}

func (b *bitReader) bits(n int) (v int) {
	for i := range n {
		require.Less(b.t, b.at/8, len(b.data), "data ends")
		v |= int(b.data[b.at/8]>>(b.at%8)&1) << i
		b.at++
	}
	return v
}

// huffman maps a code with its length to its symbol.
type huffman map[[2]int]int

func codeOf(lengths []int) huffman {
	h, code := huffman{}, 0
	for n := 1; n <= 15; n++ {
		for symbol, length := range lengths {
			if length == n {
				h[[2]int{n, code}] = symbol
				code++
			}
		}
		code <<= 1
	}
	return h
}

func (b *bitReader) symbol(h huffman) int {
	code := 0
	for n := 1; n <= 15; n++ {
		code = code<<1 | b.bits(1)
		if s, ok := h[[2]int{n, code}]; ok {
			return s
		}
	}
	require.Fail(b.t, "no such code")
	return 0
}

func (b *bitReader) tables() (literals, distances huffman) {
	nl, nd, nc := b.bits(5)+257, b.bits(5)+1, b.bits(4)+4
	lengths := make([]int, 19)
	for _, at := range []int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}[:nc] {
		lengths[at] = b.bits(3)
	}
	h := codeOf(lengths)
	var all []int
	for len(all) < nl+nd {
		switch s := b.symbol(h); s {
		case 16:
			all = append(all, slices.Repeat(all[len(all)-1:], 3+b.bits(2))...)
		case 17:
			all = append(all, make([]int, 3+b.bits(3))...)
		case 18:
			all = append(all, make([]int, 11+b.bits(7))...)
		default:
			all = append(all, s)
		}
	}
	return codeOf(all[:nl]), codeOf(all[nl:])
}

func (b *bitReader) block(literals, distances huffman) (most int) {
	for {
		s := b.symbol(literals)
		switch {
		case s == 256:
			return most
		case s > 256:
			extra := 0
			if s >= 265 && s < 285 {
				extra = (s - 261) / 4
			}
			b.bits(extra)
			d := b.symbol(distances)
			distance := d + 1
			if d >= 4 {
				n := d/2 - 1
				distance = (2+d%2)<<n + 1 + b.bits(n)
			}
			most = max(most, distance)
		}
	}
}

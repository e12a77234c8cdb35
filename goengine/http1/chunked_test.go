package http1_test

import (
	"strings"
	"testing"

	"github.com/phalanx-php/phalanx/goengine/http1"
	"github.com/stretchr/testify/require"
)

// decoded is everything Chunked has to say about an input.
type decoded struct {
	body, trailers string
	n              int
	done           bool
	err            error
}

// decode gives Chunked the input in the pieces between the cuts.
func decode(c *http1.Chunked, in []byte, limit int64, cuts ...int) (d decoded) {
	c.Reset()
	var body []byte
	for _, cut := range append(cuts, len(in)) {
		for d.n < cut && !d.done && d.err == nil {
			var n int
			body, n, d.done, d.err = c.Decode(body, in[d.n:cut:cut], limit)
			d.n += n
		}
	}
	d.body = string(body)
	if d.err != nil {
		return decoded{err: d.err} // how far it came depends on the pieces
	}
	if d.done {
		d.trailers = string(c.Trailers)
	}
	return d
}

// decodeAll decodes the input whole, cut in two everywhere and byte by byte, and insists on
// the same answer.
func decodeAll(t *testing.T, in string, limit int64) decoded {
	t.Helper()
	b := []byte(in)
	var c http1.Chunked
	whole := decode(&c, b, limit)
	for cut := range b {
		require.Equal(t, whole, decode(&c, b, limit, cut), "cut at %d", cut)
	}
	require.Equal(t, whole, decode(&c, b, limit, everyByte(b)...), "byte by byte")
	return whole
}

func TestChunked(t *testing.T) {
	tests := []struct {
		name, in, body, trailers string
	}{
		{name: "empty body", in: "0\r\n\r\n"},
		{name: "several chunks", in: "5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n", body: "hello, world"},
		{name: "sizes in both cases, with leading zeros", in: "00A\r\n0123456789\r\na\r\n0123456789\r\n000\r\n\r\n", body: "01234567890123456789"},
		{name: "line ends within data", in: "4\r\n\r\n\r\n\r\n0\r\n\r\n", body: "\r\n\r\n"},
		{name: "extensions are skipped", in: "1;a=b;c=\"d e\"\r\nx\r\n0;last\r\n\r\n", body: "x"},
		{name: "trailers", in: "1\r\nx\r\n0\r\nA: b\r\nX-Sum:\t1 \r\n\r\n", body: "x", trailers: "A: b\r\nX-Sum:\t1 \r\n"},
		{name: "body at the limit", in: "10\r\n0123456789abcdef\r\n4\r\nghij\r\n0\r\n\r\n", body: "0123456789abcdefghij"},
		{name: "as many trailers as allowed", in: "0\r\n" + strings.Repeat("a: b\r\n", 32) + "\r\n", trailers: strings.Repeat("a: b\r\n", 32)},
		{
			name: "extensions of exactly 16 KiB and a byte for each byte of data", body: strings.Repeat("x", 17),
			in: strings.Repeat("1;"+strings.Repeat("e", 1024)+"\r\nx\r\n", 16) + "1;" + strings.Repeat("e", 16) + "\r\nx\r\n0\r\n\r\n",
		},
		{name: "extension line at the limit", in: "0;" + strings.Repeat("e", 1024) + "\r\n\r\n"},
		{name: "trailers at the limit", in: "0\r\nA: " + strings.Repeat("b", 8192-5) + "\r\n\r\n", trailers: "A: " + strings.Repeat("b", 8192-5) + "\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := decoded{tt.body, tt.trailers, len(tt.in), true, nil}
			check := decodeAll
			if len(tt.in) > 2000 {
				check = func(_ *testing.T, in string, limit int64) decoded {
					return decode(new(http1.Chunked), []byte(in), limit, everyByte([]byte(in))...)
				}
			}
			require.Equal(t, want, check(t, tt.in, 20))
			require.Equal(t, want, decode(new(http1.Chunked), []byte(tt.in+"GET / HTTP/1.1\r\n"), 20), "next request left alone")
		})
	}
}

func TestChunkedRefuses(t *testing.T) {
	tests := []struct {
		name, in string
		err      *http1.Error
	}{
		{"size missing", "\r\n", http1.ErrChunkSize},
		{"size of an extension alone", ";a\r\n", http1.ErrChunkSize},
		{"plus sign", "+5\r\n", http1.ErrChunkSize},
		{"minus sign", "-5\r\n", http1.ErrChunkSize},
		{"prefix", "0x5\r\n", http1.ErrChunkSize},
		{"underscore", "1_0\r\n", http1.ErrChunkSize},
		{"space before the size", " 5\r\n", http1.ErrChunkSize},
		{"space behind the size", "5 \r\n", http1.ErrChunkSize},
		{"space before an extension", "5 ;a\r\n", http1.ErrChunkSize},
		{"letter beyond f", "g\r\n", http1.ErrChunkSize},
		{"17 digits", "00000000000000005\r\nhello", http1.ErrChunkSize},
		{"size that would overflow", "10000000000000000\r\n", http1.ErrChunkSize},
		{"largest size", "ffffffffffffffff\r\n", http1.ErrBodyTooLarge},
		{"size over the limit", "11\r\n", http1.ErrBodyTooLarge},
		{"sum over the limit", "10\r\n0123456789abcdef\r\n1\r\n", http1.ErrBodyTooLarge},
		{"sum that would overflow", "1\r\nx\r\n7fffffffffffffff\r\n", http1.ErrBodyTooLarge},
		{"line feed alone behind the size", "5\nhello\r\n", http1.ErrBareLF},
		{"carriage return alone behind the size", "5\rhello\r\n", http1.ErrBareCR},
		{"control byte in an extension", "5;a\x00\r\n", http1.ErrChunkExtension},
		{"line feed alone in an extension", "5;a\nhello\r\n", http1.ErrBareLF},
		{"carriage return in an extension", "5;a\rb\r\n", http1.ErrBareCR},
		{"extension line too long", "5;" + strings.Repeat("a", 1025) + "\r\n", http1.ErrExtensions},
		{"data longer than its size", "5\r\nhello!\r\n", http1.ErrChunkEnd},
		{"data shorter than its size", "5\r\nhell\r\n0\r\n\r\n", http1.ErrChunkEnd},
		{"line feed alone behind data", "5\r\nhello\n0\r\n\r\n", http1.ErrChunkEnd},
		{"carriage return alone behind data", "5\r\nhello\r0\r\n\r\n", http1.ErrChunkEnd},
		{"line feed alone at the end", "0\r\n\n", http1.ErrBareLF},
		{"carriage return alone at the end", "0\r\n\rx\n", http1.ErrBareCR},
		{"trailer without a colon", "0\r\nabc\r\n\r\n", http1.ErrNoColon},
		{"trailer with a space before the colon", "0\r\na : b\r\n\r\n", http1.ErrSpaceBeforeSep},
		{"folded trailer", "0\r\na: b\r\n c\r\n\r\n", http1.ErrFold},
		{"trailer with a control byte", "0\r\na: \x00\r\n\r\n", http1.ErrFieldValue},
		{"trailer ended by a line feed alone", "0\r\na: b\n\r\n", http1.ErrBareLF},
		{"Content-Length as a trailer", "0\r\nContent-length: 5\r\n\r\n", http1.ErrTrailerName},
		{"Transfer-Encoding as a trailer", "0\r\nTransfer-Encoding: chunked\r\n\r\n", http1.ErrTrailerName},
		{"Host as a trailer", "0\r\nHost: b\r\n\r\n", http1.ErrTrailerName},
		{"Connection as a trailer", "0\r\nX: y\r\nCONNECTION: close\r\n\r\n", http1.ErrTrailerName},
		{"too many trailers", "0\r\n" + strings.Repeat("a: b\r\n", 33) + "\r\n", http1.ErrTrailerTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, decoded{err: tt.err}, decodeAll(t, tt.in, 16))
		})
	}
}

func TestChunkedBoundsTheWhole(t *testing.T) {
	long := func(unit string, n int) []byte { return []byte(strings.Repeat(unit, n)) }
	tests := []struct {
		name string
		in   []byte
		err  *http1.Error
	}{
		{"many extensions on little data", long("1;"+strings.Repeat("a", 1000)+"\r\nx\r\n", 20), http1.ErrExtensions},
		{"endless extension", append([]byte("1;"), long("a", 9000)...), http1.ErrExtensions},
		{"endless trailer line", append([]byte("0\r\na: "), long("a", 9000)...), http1.ErrTrailerTooLarge},
		{"trailer line one byte over", append([]byte("0\r\na: "), append(long("a", 8192-4), "\r\n\r\n"...)...), http1.ErrTrailerTooLarge},
		{"long trailer lines", append([]byte("0\r\n"), long("a: "+strings.Repeat("b", 1000)+"\r\n", 9)...), http1.ErrTrailerTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c http1.Chunked
			require.Equal(t, decoded{err: tt.err}, decode(&c, tt.in, 1<<20))
			require.Equal(t, decoded{err: tt.err}, decode(&c, tt.in, 1<<20, everyByte(tt.in)...))
		})
	}

	// Signed uploads carry an extension of some 85 bytes on every chunk.
	chunk := "100;chunk-signature=" + strings.Repeat("f", 64) + "\r\n" + strings.Repeat("x", 256) + "\r\n"
	signed := decode(new(http1.Chunked), append(long(chunk, 1000), "0\r\n\r\n"...), 1<<20)
	require.NoError(t, signed.err)
	require.True(t, signed.done)
}

func TestChunkedStaysWhereItEnded(t *testing.T) {
	var c http1.Chunked
	_, _, done, err := c.Decode(nil, []byte("1\r\nx\r\n0\r\n\r\n"), 16)
	require.NoError(t, err)
	require.True(t, done)
	require.EqualValues(t, 1, c.Total())
	_, n, done, err := c.Decode(nil, []byte("5\r\n"), 16)
	require.NoError(t, err)
	require.True(t, done)
	require.Zero(t, n)

	c.Reset()
	_, _, done, err = c.Decode(nil, []byte("g"), 16)
	require.ErrorIs(t, err, http1.ErrChunkSize)
	require.False(t, done)
	_, n, _, err = c.Decode(nil, []byte("5\r\n"), 16)
	require.ErrorIs(t, err, http1.ErrChunkSize)
	require.Zero(t, n)
}

func TestAppendTrailers(t *testing.T) {
	var c http1.Chunked
	_, _, done, err := c.Decode(nil, []byte("0\r\nA: b\r\nEmpty:\r\n\r\n"), 16)
	require.NoError(t, err)
	require.True(t, done)
	require.Equal(t, []string{"A", "b", "Empty", ""}, texts(c.Trailers, http1.AppendTrailers(nil, c.Trailers)))
	require.Empty(t, http1.AppendTrailers(nil, nil))
}

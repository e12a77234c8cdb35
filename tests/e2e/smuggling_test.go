package e2e_test

import (
	"bufio"
	"crypto/md5"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func posted(fields ...string) string {
	return "POST /evil HTTP/1.1\r\nHost: x\r\n" + strings.Join(fields, "\r\n") + "\r\n\r\n"
}

// body is one that ends at once for who reads chunks, and is a request of its own for who reads none.
const body = "0\r\n\r\nGET /evil-inside HTTP/1.1\r\nHost: x\r\n\r\n"

// smuggling is what two servers in a row read differently, if one of them lets it pass: TestHTTPRefusals sends it.
var smuggling = []refusal{
	// Content-Length
	{"lengths that differ in case of their name", posted("Content-Length: 5", "CONTENT-LENGTH: 5") + body, 400},
	{"two lengths far apart", posted("Content-Length: 0", "A: b", "Content-Length: 44") + body, 400},
	{"two lengths in HTTP/1.0", "POST /evil HTTP/1.0\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n" + body, 400},
	{"two lengths of a GET", "GET /evil HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n" + body, 400},
	{"list of lengths without a space", posted("Content-Length: 5,5") + body, 400},
	{"list that begins empty", posted("Content-Length: ,5") + body, 400},
	{"list that ends empty", posted("Content-Length: 5,") + body, 400},
	{"negative length", posted("Content-Length: -5") + body, 400},
	{"minus nothing", posted("Content-Length: -0") + body, 400},
	{"no length", posted("Content-Length:") + body, 400},
	{"a length of spaces", posted("Content-Length:  \t ") + body, 400},
	{"space within a length", posted("Content-Length: 5 5") + body, 400},
	{"tab within a length", posted("Content-Length: 5\t5") + body, 400},
	{"vertical tab before a length", posted("Content-Length: \v5") + body, 400},
	{"form feed behind a length", posted("Content-Length: 5\f") + body, 400},
	{"zero byte behind a length", posted("Content-Length: 5\x00") + body, 400},
	{"no-break space before a length", posted("Content-Length: \xa05") + body, 400},
	{"length in quotes", posted(`Content-Length: "5"`) + body, 400},
	{"length with a fraction", posted("Content-Length: 5.0") + body, 400},
	{"length with an exponent", posted("Content-Length: 5e0") + body, 400},
	{"length with an underscore", posted("Content-Length: 4_4") + body, 400},
	{"octal length", posted("Content-Length: 0o5") + body, 400},
	{"length with a unit", posted("Content-Length: 5b") + body, 400},
	{"length in Arabic digits", posted("Content-Length: \xd9\xa5") + body, 400},
	{"length in wide digits", posted("Content-Length: \xef\xbc\x95") + body, 400},
	{"length of 2^63", posted("Content-Length: 9223372036854775808") + body, 400},
	{"length of 2^64 and 5", posted("Content-Length: 18446744073709551621") + body, 400},
	{"length of 2^32 and 5", posted("Content-Length: 4294967301"), 413},
	{"folded length", posted("Content-Length:\r\n 5") + body, 400},
	{"length folded behind another header", posted("A: b\r\n Content-Length: 5") + body, 400},
	{"space before a length's colon", posted("Content-Length : 5") + body, 400},
	{"length behind a carriage return", posted("A: b\rContent-Length: 5") + body, 400},
	{"length behind a line feed", posted("A: b\nContent-Length: 5") + body, 400},
	{"zero byte in a length's name", posted("Content\x00-Length: 5") + body, 400},

	// Transfer-Encoding, and both
	{"no length and chunked", posted("Content-Length: 0", "Transfer-Encoding: chunked") + body, 400},
	{"length and identity", posted("Content-Length: 5", "Transfer-Encoding: identity") + body, 400},
	{"length and a coding of nobody's", posted("Transfer-Encoding: xchunked", "Content-Length: 5") + body, 400},
	{"length and an empty coding", posted("Content-Length: 5", "Transfer-Encoding:") + body, 400},
	{"length of nothing and chunked", posted("Content-Length:", "Transfer-Encoding: chunked") + body, 400},
	{"two lengths and chunked", posted("Content-Length: 5", "Transfer-Encoding: chunked", "Content-Length: 5") + body, 400},
	{"chunked in HTTP/1.0 that stays", "POST /evil HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n" + body, 400},
	{"length and chunked in HTTP/1.0", "POST /evil HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + body, 400},
	{"chunked, then identity in a line of its own", posted("Transfer-Encoding: chunked", "Transfer-Encoding: identity") + body, 400},
	{"identity, then chunked in a line of its own", posted("Transfer-Encoding: identity", "Transfer-Encoding: chunked") + body, 400},
	{"chunked twice in a list", posted("Transfer-Encoding: chunked, chunked") + body, 501},
	{"chunked, identity", posted("Transfer-Encoding: chunked, identity") + body, 501},
	{"identity, chunked", posted("Transfer-Encoding: identity, chunked") + body, 501},
	{"identity", posted("Transfer-Encoding: identity") + body, 501},
	{"gzip", posted("Transfer-Encoding: gzip") + body, 501},
	{"xchunked", posted("Transfer-Encoding: xchunked") + body, 501},
	{"chunkedx", posted("Transfer-Encoding: chunkedx") + body, 501},
	{"chunke", posted("Transfer-Encoding: chunke") + body, 501},
	{"chunked and a comma", posted("Transfer-Encoding: chunked,") + body, 501},
	{"a comma and chunked", posted("Transfer-Encoding: ,chunked") + body, 501},
	{"chunked with a parameter", posted("Transfer-Encoding: chunked;q=1") + body, 501},
	{"chunked in quotes", posted(`Transfer-Encoding: "chunked"`) + body, 501},
	{"chunked behind a no-break space", posted("Transfer-Encoding: \xa0chunked") + body, 501},
	{"chunked with a Kelvin sign", posted("Transfer-Encoding: chun\xe2\x84\xaaed") + body, 501},
	{"chunked behind a vertical tab", posted("Transfer-Encoding:\vchunked") + body, 400},
	{"chunked before a vertical tab", posted("Transfer-Encoding: chunked\v") + body, 400},
	{"chunked before a form feed", posted("Transfer-Encoding: chunked\f") + body, 400},
	{"chunked behind a zero byte", posted("Transfer-Encoding: \x00chunked") + body, 400},
	{"chunked before a carriage return", posted("Transfer-Encoding: chunked\r") + body, 400},
	{"chunked in a folded line", posted("Transfer-Encoding:\r\n chunked") + body, 400},
	{"chunked folded with a tab", posted("Transfer-Encoding: chunked\r\n\t, identity") + body, 400},
	{"space before a coding's colon", posted("Transfer-Encoding : chunked") + body, 400},
	{"tab before a coding's colon", posted("Transfer-Encoding\t: chunked") + body, 400},
	{"vertical tab before a coding's colon", posted("Transfer-Encoding\v: chunked") + body, 400},
	{"coding behind a space", posted("A: b", " Transfer-Encoding: chunked") + body, 400},
	{"coding behind a carriage return", posted("A: b\rTransfer-Encoding: chunked") + body, 400},
	{"coding behind a line feed", posted("A: b\nTransfer-Encoding: chunked") + body, 400},
	{"zero byte in a coding's name", posted("Transfer-Encoding\x00: chunked") + body, 400},
	{"coding's name in quotes", posted(`"Transfer-Encoding": chunked`) + body, 400},
	{"coding with a space for the dash", posted("Transfer Encoding: chunked") + body, 400},

	// Ends of lines and zero bytes
	{"end of the head by line feeds", "GET /evil HTTP/1.1\nHost: x\n\n", 400},
	{"carriage return in the method", "GE\rT /evil HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"zero byte in the method", "GET\x00 /evil HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"carriage return in the target", "GET /evil\r HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"line feed in the target", "GET /evil\n HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"zero byte in the version", "GET /evil HTTP/1.1\x00\r\nHost: x\r\n\r\n", 400},
	{"carriage return alone behind the version", "GET /evil HTTP/1.1\rHost: x\r\n\r\n", 400},
	{"two carriage returns", "GET /evil HTTP/1.1\r\r\nHost: x\r\n\r\n", 400},
	{"carriage return in a name", posted("A\rB: c"), 400},
	{"line feed in a name", posted("A\nB: c"), 400},
	{"zero byte in a name", posted("A\x00B: c"), 400},
	{"an end of the head within a value", posted("A: b\n\nGET /evil-inside HTTP/1.1"), 400},
	{"an end of the head by carriage returns", posted("A: b\r\rGET /evil-inside HTTP/1.1"), 400},
	{"blank lines without end", "\r\n\r\n\r\nGET /evil HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"line feed before the request", "\nGET /evil HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"space before the request", " GET /evil HTTP/1.1\r\nHost: x\r\n\r\n", 400},

	// Chunks
	{"chunk size with a plus", chunked("+3\r\nabc\r\n0\r\n\r\n"), 400},
	{"chunk size with an underscore", chunked("0_3\r\nabc\r\n0\r\n\r\n"), 400},
	{"chunk size with a space behind it", chunked("3 \r\nabc\r\n0\r\n\r\n"), 400},
	{"chunk size with a tab behind it", chunked("3\t\r\nabc\r\n0\r\n\r\n"), 400},
	{"chunk size with a vertical tab", chunked("\v3\r\nabc\r\n0\r\n\r\n"), 400},
	{"chunk size with a zero byte", chunked("3\x00\r\nabc\r\n0\r\n\r\n"), 400},
	{"chunk size with a suffix", chunked("3h\r\nabc\r\n0\r\n\r\n"), 400},
	{"chunk size with a comma", chunked("3,0\r\nabc\r\n0\r\n\r\n"), 400},
	{"chunk size in wide digits", chunked("\xef\xbc\x93\r\nabc\r\n0\r\n\r\n"), 400},
	{"chunk size of 17 digits", chunked("00000000000000003\r\nabc\r\n0\r\n\r\n"), 400},
	{"chunk of 2^63 bytes", chunked("8000000000000003\r\nabc\r\n0\r\n\r\n"), 413},
	{"chunk of 2^32 bytes", chunked("100000003\r\nabc\r\n0\r\n\r\n"), 413},
	{"chunk that makes the sum 2^64", chunked("3\r\nabc\r\nfffffffffffffffd\r\n"), 413},
	{"chunk size ended by a carriage return alone", chunked("3\rabc\r\n0\r\n\r\n"), 400},
	{"chunk shorter than it says", chunked("5\r\nabc\r\n0\r\n\r\n"), 400},
	{"chunk ended by nothing", chunked("3\r\nabc0\r\n\r\n"), 400},
	{"chunk ended by a carriage return alone", chunked("3\r\nabc\r0\r\n\r\n"), 400},
	{"chunk ended by two carriage returns", chunked("3\r\nabc\r\r\n0\r\n\r\n"), 400},
	{"last chunk with a sign", chunked("-0\r\n\r\n"), 400},
	{"last chunk of nothing", chunked("3\r\nabc\r\n\r\n"), 400},
	{"body ended by a line feed alone", chunked("0\r\n\n"), 400},
	{"body ended by a carriage return alone", chunked("0\r\n\r"), 400},
	{"line feed in an extension", chunked("3;a\nabc\r\n0\r\n\r\n"), 400},
	{"carriage return in an extension", chunked("3;a\rb\r\nabc\r\n0\r\n\r\n"), 400},
	{"zero byte in an extension", chunked("3;a\x00b\r\nabc\r\n0\r\n\r\n"), 400},
	{"line feed in an extension's quotes", chunked("3;a=\"\n\"\r\nabc\r\n0\r\n\r\n"), 400},
	{"space before an extension", chunked("3 ;a\r\nabc\r\n0\r\n\r\n"), 400},
	{"extension over 1 KiB", chunked("3;" + strings.Repeat("a", 1100) + "\r\nabc\r\n0\r\n\r\n"), 400},

	// Trailers
	{"coding in the trailer", chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400},
	{"host in the trailer", chunked("0\r\nHost: y\r\n\r\n"), 400},
	{"connection in the trailer", chunked("0\r\nA: b\r\nconnection: close\r\n\r\n"), 400},
	{"upgrade in the trailer", chunked("0\r\nUpgrade: websocket\r\n\r\n"), 400},
	{"expectation in the trailer", chunked("0\r\nExpect: 100-continue\r\n\r\n"), 400},
	{"type in the trailer", chunked("0\r\nContent-Type: text/html\r\n\r\n"), 400},
	{"trailer of trailers", chunked("0\r\nTrailer: Content-Length\r\n\r\n"), 400},
	{"folded trailer", chunked("0\r\nA: b\r\n c\r\n\r\n"), 400},
	{"space before a trailer's colon", chunked("0\r\nContent-Length : 5\r\n\r\n"), 400},
	{"trailer ended by a line feed alone", chunked("0\r\nA: b\n\r\n"), 400},
	{"carriage return in a trailer", chunked("0\r\nA: b\rc\r\n\r\n"), 400},
	{"zero byte in a trailer", chunked("0\r\nA: \x00\r\n\r\n"), 400},
	{"trailer without a colon", chunked("0\r\nGET /evil-inside HTTP/1.1\r\n\r\n"), 400},
	{"33 trailers", chunked("0\r\n" + strings.Repeat("A: b\r\n", 33) + "\r\n"), 431},

	// Targets and hosts
	{"authority form", "GET x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n", 400},
	{"asterisk form of a GET", "GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"asterisk and more", "OPTIONS */evil HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"target without a slash", "GET evil HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"space in the target", "GET /evil x HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"absolute form of another host", "GET http://y/evil HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"absolute form of another port", "GET http://x:81/evil HTTP/1.1\r\nHost: x:80\r\n\r\n", 400},
	{"absolute form without a host", "GET http:///evil HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"absolute form with a user", "GET http://y@x/evil HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"absolute form with a backslash", "GET http://x\\@y/evil HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"absolute form of another scheme", "GET file:///evil HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	{"absolute form, no Host", "GET http://x/evil HTTP/1.1\r\n\r\n", 400},
	{"two hosts that differ", "GET /evil HTTP/1.1\r\nHost: x\r\nHOST: y\r\n\r\n", 400},
	{"two hosts in HTTP/1.0", "GET /evil HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", 400},
	{"two hosts, one of them empty", "GET /evil HTTP/1.1\r\nHost: x\r\nHost:\r\n\r\n", 400},
	{"empty host", "GET /evil HTTP/1.1\r\nHost:\r\n\r\n", 400},
	{"host with a comma and a path", "GET /evil HTTP/1.1\r\nHost: x, y/z\r\n\r\n", 400},
	{"host with a user", "GET /evil HTTP/1.1\r\nHost: x@y\r\n\r\n", 400},
	{"host with two ports", "GET /evil HTTP/1.1\r\nHost: x:80:81\r\n\r\n", 400},
	{"folded host", "GET /evil HTTP/1.1\r\nHost:\r\n x\r\n\r\n", 400},
	{"space before the host's colon", "GET /evil HTTP/1.1\r\nHost : y\r\nHost: x\r\n\r\n", 400},

	// Versions
	{"HTTP/0.9 spelt out", "GET /evil HTTP/0.9\r\nHost: x\r\n\r\n", 505},
	{"HTTP/1.2", "GET /evil HTTP/1.2\r\nHost: x\r\n\r\n", 505},
	{"HTTP/3.0", "GET /evil HTTP/3.0\r\nHost: x\r\n\r\n", 505},
	{"HTTP/1.10", "GET /evil HTTP/1.10\r\nHost: x\r\n\r\n", 400},
	{"HTTP/1.01", "GET /evil HTTP/1.01\r\nHost: x\r\n\r\n", 400},
	{"HTTP/11", "GET /evil HTTP/11\r\nHost: x\r\n\r\n", 400},
	{"http/1.1", "GET /evil http/1.1\r\nHost: x\r\n\r\n", 400},
	{"space in the version", "GET /evil HTTP/ 1.1\r\nHost: x\r\n\r\n", 400},
	{"space behind the version", "GET /evil HTTP/1.1 \r\nHost: x\r\n\r\n", 400},
	{"another protocol", "GET /evil ICAP/1.0\r\nHost: x\r\n\r\n", 400},
	{"tabs in the request line", "GET\t/evil\tHTTP/1.1\r\nHost: x\r\n\r\n", 400},
}

// What may be said in several ways is read in one: of the bytes sent, PHP sees exactly these requests and bodies.
func TestHTTPFramings(t *testing.T) {
	a := serve(t, "protocols.php", protocolPorts)
	const inside = "GET /evil-inside HTTP/1.1\r\nHost: x\r\n\r\n"
	length := fmt.Sprint(len(inside))
	taken := func(fields ...string) string {
		return "POST /taken HTTP/1.1\r\nHost: x\r\n" + strings.Join(fields, "\r\n") + "\r\n\r\n"
	}
	coded := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(inside), inside)
	for _, tt := range []struct {
		name, request, seen, body string
		closed                    bool
	}{
		{"a request as a body", taken("Content-Length: "+length) + inside, "POST /taken", inside, false},
		{"zeros before a length", taken("Content-Length: 000"+length) + inside, "POST /taken", inside, false},
		{"spaces and tabs around a length", taken("Content-Length:\t "+length+" \t") + inside, "POST /taken", inside, false},
		{"no space before a length", taken("content-LENGTH:"+length) + inside, "POST /taken", inside, false},
		{"body of a GET", "GET /taken HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n" + inside, "GET /taken", inside, false},
		{"body of OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n" + inside, "OPTIONS *", inside, false},
		{"no body", "POST /taken HTTP/1.1\r\nHost: x\r\n\r\n", "POST /taken", "", false},
		{"chunked", taken("Transfer-Encoding: chunked") + coded, "POST /taken", inside, false},
		{"Chunked", taken("Transfer-Encoding: Chunked") + coded, "POST /taken", inside, false},
		{"tabs around CHUNKED", taken("TRANSFER-encoding:\tCHUNKED\t ") + coded, "POST /taken", inside, false},
		{"other names are no framing", taken("Content_Length: 3", "Transfer_Encoding: chunked", "X-Transfer-Encoding: chunked",
			"Content-Lengths: 4", "Transfer-Encodin: chunked", "Content-Length: "+length) + inside, "POST /taken", inside, false},
		{"TE is no framing", taken("TE: chunked, trailers", "Content-Length: "+length) + inside, "POST /taken", inside, false},
		{"Connection names no framing away", taken("Connection: Content-Length, Transfer-Encoding", "Content-Length: "+length) + inside,
			"POST /taken", inside, false},
		{"zeros before a chunk size", taken("Transfer-Encoding: chunked") + "0000000000000003\r\nabc\r\n0000\r\n\r\n", "POST /taken", "abc", false},
		{"a request as an extension", taken("Transfer-Encoding: chunked") + "3;GET /evil-inside HTTP/1.1\r\nabc\r\n0;a=\"b;c\"\r\n\r\n",
			"POST /taken", "abc", false},
		{"trailers", taken("Transfer-Encoding: chunked", "Trailer: A") + "3\r\nabc\r\n0\r\nA: GET /evil-inside HTTP/1.1\r\n\r\n",
			"POST /taken", "abc", false},
		{"blank lines before", "\r\n\r\nGET /taken HTTP/1.1\r\nHost: x\r\n\r\n", "GET /taken", "", false},
		{"absolute form", "GET http://X/taken HTTP/1.1\r\nHost: x\r\n\r\n", "GET ", "", false},
		{"HTTP/1.0", "POST /taken HTTP/1.0\r\nContent-Length: " + length + "\r\n\r\n" + inside, "POST /taken", inside, true},
		{"HTTP/1.0 that stays", "POST /taken HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: " + length + "\r\n\r\n" + inside,
			"POST /taken", inside, false},
		{"close", taken("Connection: close", "Content-Length: "+length) + inside, "POST /taken", inside, true},
		{"close in a list", taken("Connection: x, Close", "Transfer-Encoding: chunked") + coded, "POST /taken", inside, true},
		{"upgrade to HTTP/2", "GET /taken HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n" +
			"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n", "GET /taken", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_ = os.Remove(filepath.Join(a.dir, "seen"))
			c := a.dial(portHTTP)
			_, err := io.WriteString(c, tt.request+"GET /behind HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			require.NoError(t, err)
			r := bufio.NewReader(c)
			answers := 2
			if tt.closed {
				answers = 1
			}
			for range answers {
				resp, err := http.ReadResponse(r, nil)
				require.NoError(t, err)
				require.Equal(t, 200, resp.StatusCode)
				_, err = io.Copy(io.Discard, resp.Body)
				require.NoError(t, err)
			}
			_, err = r.ReadByte()
			require.ErrorIs(t, err, io.EOF)
			lines := strings.Split(strings.TrimSpace(a.seen()), "\n")
			require.Len(t, lines, answers, "%q", lines)
			require.Regexp(t, fmt.Sprintf("^http %s.* %x$", strings.ReplaceAll(tt.seen, "*", `\*`), md5.Sum([]byte(tt.body))), lines[0])
			if !tt.closed {
				require.Regexp(t, "^http GET /behind ", lines[1])
			}
		})
	}
}

// Package http1 implements the server side of the HTTP/1.1 wire format: it parses request
// heads and chunked bodies and writes responses.
//
// The codec does no I/O and starts no goroutine: a loop calls it with whatever bytes have
// arrived. It reads the grammar of RFC 9112 and RFC 9110 strictly, because every leniency in
// framing is a chance that a proxy in front sees other message borders than the server does
// (request smuggling). What it refuses, it refuses with an [Error] that says which status to
// answer; after an error the framing is lost and the connection has to be closed.
package http1

// Limits bounds what a peer may send. The zero value allows nothing; start from a copy of
// [DefaultLimits].
type Limits struct {
	RequestLine  int   // bytes of the request line without its CRLF; more is 414
	HeaderBytes  int   // bytes of the whole head: request line, fields, blank line; more is 431
	HeaderFields int   // field lines; more is 431
	Body         int64 // bytes of the decoded body; more is 413
}

// DefaultLimits is what [ParseHead] applies when it is given no limits.
var DefaultLimits = Limits{
	RequestLine:  8 << 10,
	HeaderBytes:  16 << 10,
	HeaderFields: 100,
	Body:         10 << 20, // upstream's TcpConnection::$defaultMaxPackageSize
}

// Continue is the interim response for a request with [Head.ExpectContinue]. It is sent
// before the body is read, unless some of the body has arrived already (RFC 9110, 10.1.1).
var Continue = []byte("HTTP/1.1 100 Continue\r\n\r\n")

// Span is a part of the buffer that was parsed. The zero Span means "absent": no part of a
// head that can be absent starts at offset 0.
type Span struct{ Off, Len uint32 }

// In returns the bytes of the span; they alias buf.
func (s Span) In(buf []byte) []byte { return buf[s.Off : s.Off+s.Len : s.Off+s.Len] }

func span(from, to int) Span { return Span{uint32(from), uint32(to - from)} }

// Head is a parsed request head. All spans count from the front of the buffer given to
// [ParseHead], so they stay right when the buffer moves or grows.
type Head struct {
	Method, Target Span
	Len            int   // bytes to discard before the body: skipped blank lines and the head
	Start          int   // where the request line starts, after skipped blank lines
	ContentLength  int64 // bytes of the body; 0 when there is none and when Chunked

	Minor   uint8 // the version is HTTP/1.Minor; 0 or 1
	Chunked bool  // the body is chunked; see the type Chunked

	// KeepAlive tells whether the peer expects another request to be read (RFC 9112, 9.3).
	KeepAlive bool
	// ExpectContinue tells that the peer holds back a body until it sees Continue.
	ExpectContinue bool
	// Upgrade tells that the peer asks to go on with the WebSocket protocol. Whether the
	// rest of the handshake is right (GET, key, version) is for the WebSocket code to check.
	Upgrade bool

	flags flags

	// Field values that routing and the WebSocket handshake need, without surrounding
	// whitespace. Protocol and Extensions may come in several lines: the spans hold the
	// first, SeveralLists tells that there are more (AppendFields finds them).
	Host                   Span
	SecWebSocketKey        Span
	SecWebSocketVersion    Span
	SecWebSocketProtocol   Span
	SecWebSocketExtensions Span
	SeveralLists           bool

	// Lines may be set before parsing, and stays; nil: each line is read anew.
	Lines *Lines

	authority Span // of an absolute-form target
}

package http1

// Error is why a message was refused. Every error of this package is one of the preallocated
// values below, so errors.Is and == tell them apart and refusing costs no memory.
type Error struct {
	Status int    // the status to answer
	Reason string // one line for the peer and the log; never holds bytes of the peer
}

func (e *Error) Error() string { return "http1: " + e.Reason }

// What the parsers refuse, and what the loop that calls them refuses on its own account
// (ErrTimeout).
var (
	ErrBlankLines      = &Error{400, "too many blank lines before the request"}
	ErrMethod          = &Error{400, "malformed method"}
	ErrTarget          = &Error{400, "malformed request target"}
	ErrTargetByte      = &Error{400, "illegal byte in the request target"}
	ErrNoVersion       = &Error{400, "request line without a version"}
	ErrVersion         = &Error{400, "malformed HTTP version"}
	ErrBareCR          = &Error{400, "carriage return without line feed"}
	ErrBareLF          = &Error{400, "line feed without carriage return"}
	ErrFold            = &Error{400, "folded or indented header line"}
	ErrSpaceBeforeSep  = &Error{400, "whitespace between header name and colon"}
	ErrFieldName       = &Error{400, "malformed header name"}
	ErrNoColon         = &Error{400, "header line without a colon"}
	ErrFieldValue      = &Error{400, "control character in a header value"}
	ErrNoHost          = &Error{400, "missing Host header"}
	ErrRepeatedHost    = &Error{400, "more than one Host header"}
	ErrHost            = &Error{400, "malformed Host header"}
	ErrHostMismatch    = &Error{400, "Host header differs from the request target"}
	ErrContentLength   = &Error{400, "malformed Content-Length"}
	ErrRepeatedLength  = &Error{400, "more than one Content-Length"}
	ErrTwoFramings     = &Error{400, "both Content-Length and Transfer-Encoding"}
	ErrRepeatedCoding  = &Error{400, "more than one Transfer-Encoding"}
	ErrCodingVersion   = &Error{400, "Transfer-Encoding in an HTTP/1.0 request"}
	ErrRepeatedKey     = &Error{400, "repeated WebSocket handshake header"}
	ErrChunkSize       = &Error{400, "malformed chunk size"}
	ErrChunkExtension  = &Error{400, "malformed chunk extension"}
	ErrExtensions      = &Error{400, "chunk extensions too large"}
	ErrChunkEnd        = &Error{400, "chunk data not followed by a line end"}
	ErrTrailerName     = &Error{400, "header not allowed as a trailer"}
	ErrTimeout         = &Error{408, "the request took too long"}
	ErrBodyTooLarge    = &Error{413, "body too large"}
	ErrLineTooLong     = &Error{414, "request line too long"}
	ErrExpectation     = &Error{417, "unknown expectation"}
	ErrHeadTooLarge    = &Error{431, "header section too large"}
	ErrTooManyFields   = &Error{431, "too many header fields"}
	ErrTrailerTooLarge = &Error{431, "trailer section too large"}
	ErrMethodTooLong   = &Error{501, "method too long"}
	ErrConnect         = &Error{501, "CONNECT is not implemented"}
	ErrCoding          = &Error{501, "transfer coding not implemented"}
	ErrUnanswered      = &Error{503, "the worker was replaced before it had answered"}
	ErrVersionUnknown  = &Error{505, "HTTP version not supported"}
)

// statusLine holds the phrases of RFC 9110, 15 for the statuses above.
func statusLine(status int) string {
	switch status {
	case 408:
		return "HTTP/1.1 408 Request Timeout\r\n"
	case 413:
		return "HTTP/1.1 413 Content Too Large\r\n"
	case 414:
		return "HTTP/1.1 414 URI Too Long\r\n"
	case 417:
		return "HTTP/1.1 417 Expectation Failed\r\n"
	case 431:
		return "HTTP/1.1 431 Request Header Fields Too Large\r\n"
	case 501:
		return "HTTP/1.1 501 Not Implemented\r\n"
	case 503:
		return "HTTP/1.1 503 Service Unavailable\r\n"
	case 505:
		return "HTTP/1.1 505 HTTP Version Not Supported\r\n"
	default:
		return "HTTP/1.1 400 Bad Request\r\n"
	}
}

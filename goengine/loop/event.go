package loop

// Kind says what an Event is about.
type Kind uint8

// The kinds of events. C has the same list (php-ext/engine.h).
const (
	Accept    Kind = iota + 1 // a connection, on a listener that asked to be told; Arg: listener
	Message                   // a whole message; Arg: listener; for HTTP see Event.Request; else Aux is the engine's
	Data                      // protocol User: all that is pending; answer with Consume
	Handshake                 // a WebSocket handshake to answer with AcceptWebSocket; as Message
	Close                     // the connection is gone; its identifier is void after this batch
	Failed                    // a peer or protocol error, before Close; Arg: code; Data: text
	Full                      // bytes wait in the send buffer; Aux: how many; Arg 1: the limit is reached
	Drain                     // the send buffer is empty again
	Secure                    // the end of a TLS handshake; Arg 1: established, 0: failed, and Data says why
	Delivery                  // protocol User: a message of Deliver, which the application encodes and sends; as Message
	Control                   // a WebSocket control frame, for listeners that ask for them; Opcode says which
	Datagram                  // Arg: listener; the first Aux bytes are the peer's address
	Timer                     // Conn: the timer's identifier
	Posted                    // from Post; Arg and Data as given
	Watched                   // a watched descriptor; Conn: descriptor; Arg: 1 readable, 2 writable, or both
)

// Events of outgoing connections.
const (
	Connected     Kind = 32 + iota // the connection is there
	ConnectFailed                  // it is not, and its identifier is void after this batch; Arg: code; Data: why; Opcode 1: the resolver or a proxy says so
)

// Resolved answers Lookup.
const Resolved Kind = 48

// Codes of Failed events, as Workerman's ConnectionInterface has them.
const (
	CodeConnectFail = 1
	CodeSendFail    = 2
)

// Event is one thing that happened. Its layout is read by C: keep php-ext/engine.h in step.
type Event struct {
	Kind   Kind
	Opcode uint8 // WebSocket: the message's opcode
	Proto  Proto
	_      uint8
	Arg    int32
	Conn   ID
	Aux    uint64
	Data   []byte // lives until the next Process
}

// Proto is a connection's protocol.
type Proto uint8

// The protocols that the engine speaks. User is one that is written in PHP.
const (
	Raw Proto = iota
	Text
	Frame
	HTTP
	WebSocket
	User
)

var protoNames = [...]string{"raw", "text", "frame", "http", "websocket", "user"}

func (p Proto) String() string {
	if int(p) < len(protoNames) {
		return protoNames[p]
	}
	return "unknown"
}

// ParseProto finds a protocol by its name.
func ParseProto(name string) (Proto, bool) {
	for i, n := range protoNames {
		if n == name {
			return Proto(i), true
		}
	}
	return 0, false
}

// Request takes an HTTP Message apart: Data is the head, the body and, seldom, what the engine
// tells besides; Aux has the length of the head in its low half and that of the extra in its high.
func (e *Event) Request() (head, body, extra []byte) {
	n, end := int(uint32(e.Aux)), len(e.Data)-int(e.Aux>>32)
	return e.Data[:n], e.Data[n:end], e.Data[end:]
}

package loop

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/phalanx-php/phalanx/goengine/http1"
	"github.com/phalanx-php/phalanx/goengine/tlsconn"
	"github.com/phalanx-php/phalanx/goengine/ws"
)

// The defaults of Limits that are not those of a protocol's package.
const (
	HeaderTimeout    = 10 * time.Second
	BodyTimeout      = 60 * time.Second
	KeepAliveTimeout = 75 * time.Second
	HandshakeTimeout = 10 * time.Second
	SendTimeout      = 60 * time.Second
	MinRate          = 240 // bytes a second
	PingRate         = 20  // a second
)

// Limits are what the peers of a listener may do, besides ListenOptions.MaxPackage and MaxSendBuffer.
// Zero stands for the default. A negative time, rate or number of connections stands for none.
type Limits struct {
	RequestLine  int // bytes; 8 KiB
	Head         int // bytes of a request's head, request line included; 16 KiB
	HeaderFields int // 100
	Pipeline     int // requests of a connection that wait for their answers: further ones wait to be read; 64, and no more

	HeadTime      time.Duration // from a head's first byte to its last
	BodyTime      time.Duration // between two reads of a body
	BodyRate      int           // bytes a second of a body, over each minute
	IdleTime      time.Duration // without a request
	HandshakeTime time.Duration // of TLS
	Handshakes    int           // of TLS that are under way in the loop, whatever the listener; 4,096
	// SendTime is how often one looks at a peer that does not take what is for it, and SendRate how many
	// bytes a second it must have taken since the last look. The default time is for HTTP and for
	// connections that are to close; a time that is given is for open connections of all protocols.
	SendTime time.Duration
	SendRate int
	PingRate int // pings and pongs a second that a WebSocket's other end may send, over each minute; 20
	// Fragments is how many frames a WebSocket message may have beside one for each 64 bytes; 1,024.
	Fragments int

	Connections int // of the listeners of this Group in the process; none
	PerAddress  int // of these, from one IPv4 address or one IPv6 network of 64 bits; none
	// Exempt are the addresses, such as those of proxies, that PerAddress does not hold for.
	Exempt []netip.Prefix
	// Group names the listeners whose connections count together, such as those of a worker's slots.
	Group string
}

// maxInflight is how many requests conn.heads has bits for.
const maxInflight = 64

// rateWindow is over how long BodyRate and PingRate are averages.
const rateWindow = time.Minute

func orDefault[T int | time.Duration](v *T, d T) {
	if *v == 0 {
		*v = d
	}
}

func (m *Limits) setDefaults() {
	orDefault(&m.RequestLine, http1.DefaultLimits.RequestLine)
	orDefault(&m.Head, http1.DefaultLimits.HeaderBytes)
	orDefault(&m.HeaderFields, http1.DefaultLimits.HeaderFields)
	orDefault(&m.Pipeline, maxInflight)
	m.Pipeline = min(m.Pipeline, maxInflight)
	orDefault(&m.HeadTime, HeaderTimeout)
	orDefault(&m.BodyTime, BodyTimeout)
	orDefault(&m.BodyRate, MinRate)
	orDefault(&m.IdleTime, KeepAliveTimeout)
	orDefault(&m.HandshakeTime, HandshakeTimeout)
	orDefault(&m.Handshakes, tlsconn.DefaultLimit)
	orDefault(&m.SendRate, MinRate)
	orDefault(&m.PingRate, PingRate)
	orDefault(&m.Fragments, ws.DefaultMaxFragments)
}

// http are the limits of the parser. A body is bounded by its connection's maxPackage.
func (m *Limits) http() http1.Limits {
	return http1.Limits{RequestLine: m.RequestLine, HeaderBytes: m.Head, HeaderFields: m.HeaderFields, Body: math.MaxInt64}
}

// sendTime is for how long output may wait.
func (c *conn) sendTime() time.Duration {
	t := c.listener.opts.Limits.SendTime
	if t == 0 && (c.proto == HTTP && !c.client || c.status == ending) {
		return SendTimeout
	}
	return t
}

// A setting of ParseLimits: one of these is not nil.
type limitSetting struct {
	number *int
	least  int
	time   *time.Duration
}

// settings are the names that PHP has for the fields.
func (m *Limits) settings() map[string]limitSetting {
	return map[string]limitSetting{
		"requestLine":  {number: &m.RequestLine, least: 16},
		"head":         {number: &m.Head, least: 16},
		"headerFields": {number: &m.HeaderFields, least: 1},
		"pipeline":     {number: &m.Pipeline, least: 1},

		"headTime":      {time: &m.HeadTime},
		"bodyTime":      {time: &m.BodyTime},
		"idleTime":      {time: &m.IdleTime},
		"sendTime":      {time: &m.SendTime},
		"handshakeTime": {time: &m.HandshakeTime},

		"bodyRate":              {number: &m.BodyRate, least: -1},
		"sendRate":              {number: &m.SendRate, least: -1},
		"pingRate":              {number: &m.PingRate, least: -1},
		"fragments":             {number: &m.Fragments, least: 1},
		"handshakes":            {number: &m.Handshakes, least: 1},
		"connections":           {number: &m.Connections, least: -1},
		"connectionsPerAddress": {number: &m.PerAddress, least: -1},
	}
}

// ParseLimits reads lines "name=value" as Phalanx\Limits writes them: the names of its properties,
// times in seconds, "exempt" with networks separated by commas. A name without a line keeps its default.
func ParseLimits(text string) (Limits, error) {
	var m Limits
	settings := m.settings()
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		set := settings[name]
		var err error
		switch {
		case name == "group":
			m.Group = value
		case name == "exempt":
			m.Exempt, err = parseNetworks(value)
		case set.time != nil:
			var seconds float64
			if seconds, err = strconv.ParseFloat(value, 64); err == nil && (math.IsNaN(seconds) || seconds == 0 || seconds > 1e9) {
				err = errors.New("not a number of seconds above 0")
			}
			*set.time = time.Duration(seconds * float64(time.Second))
			if seconds < 0 {
				*set.time = -1
			}
		case set.number != nil:
			if *set.number, err = strconv.Atoi(value); err == nil && (*set.number < set.least || *set.number == 0 || *set.number > math.MaxInt32) {
				err = fmt.Errorf("not a number from %d on", max(set.least, 1))
			}
		default:
			err = errors.New("there is no such limit")
		}
		if err != nil {
			return Limits{}, fmt.Errorf("limit %s (%q): %w", name, value, err)
		}
	}
	return m, nil
}

func parseNetworks(list string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for one := range strings.SplitSeq(list, ",") {
		if one == "" {
			continue
		}
		if network, err := netip.ParsePrefix(one); err == nil {
			all = append(all, network.Masked())
			continue
		}
		addr, err := netip.ParseAddr(one)
		if err != nil {
			return nil, errors.New("not an address or network")
		}
		all = append(all, netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()))
	}
	return all, nil
}

// A Limit is one whose reaching is counted: see Pulse.Limits.
type Limit uint8

// The limits that are counted. LimitNames has their names.
const (
	LimitRequestLine Limit = iota
	LimitHead
	LimitHeaderFields
	LimitMethod
	LimitBody
	LimitChunkExtensions
	LimitTrailers
	LimitForm
	LimitHeadTime
	LimitBodyTime
	LimitBodyRate
	LimitIdleTime
	LimitSendTime
	LimitHandshakeTime
	LimitHandshakeSize
	LimitHandshakes
	LimitMessage
	LimitWebSocketMessage
	LimitPingRate
	LimitSendBuffer
	LimitPipeline
	LimitConnections
	LimitPerAddress
	LimitConnectTime
	LimitAnswerTime
	LimitInbox
	NumLimits

	noLimit = NumLimits // a rule was broken, no limit reached
)

// LimitNames are what metrics and docs/limits.md call the limits.
var LimitNames = [NumLimits]string{
	LimitRequestLine:      "request_line",
	LimitHead:             "head",
	LimitHeaderFields:     "header_fields",
	LimitMethod:           "method",
	LimitBody:             "body",
	LimitChunkExtensions:  "chunk_extensions",
	LimitTrailers:         "trailers",
	LimitForm:             "form",
	LimitHeadTime:         "head_time",
	LimitBodyTime:         "body_time",
	LimitBodyRate:         "body_rate",
	LimitIdleTime:         "idle_time",
	LimitSendTime:         "send_time",
	LimitHandshakeTime:    "handshake_time",
	LimitHandshakeSize:    "handshake_size",
	LimitHandshakes:       "handshakes",
	LimitMessage:          "message",
	LimitWebSocketMessage: "websocket_message",
	LimitPingRate:         "ping_rate",
	LimitSendBuffer:       "send_buffer",
	LimitPipeline:         "pipeline",
	LimitConnections:      "connections",
	LimitPerAddress:       "connections_per_address",
	LimitConnectTime:      "connect_time",
	LimitAnswerTime:       "answer_time",
	LimitInbox:            "inbox",
}

func (m Limit) String() string { return LimitNames[m] }

// limitOf says which limit a request has passed that is refused with this error.
func limitOf(err *http1.Error) Limit {
	switch err {
	case http1.ErrLineTooLong:
		return LimitRequestLine
	case http1.ErrHeadTooLarge:
		return LimitHead
	case http1.ErrTooManyFields:
		return LimitHeaderFields
	case http1.ErrMethodTooLong:
		return LimitMethod
	case http1.ErrBodyTooLarge:
		return LimitBody
	case http1.ErrExtensions:
		return LimitChunkExtensions
	case http1.ErrTrailerTooLarge:
		return LimitTrailers
	case errFormTooLarge:
		return LimitForm
	}
	return noLimit
}

// reached counts. Any goroutine may call it.
func (l *Loop) reached(m Limit) {
	if m < NumLimits {
		l.pulse.limits[m].Add(1)
	}
}

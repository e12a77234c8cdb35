package ws

import "math"

const (
	// DefaultMaxBytes bounds a frame's payload and a message; upstream's
	// TcpConnection::$defaultMaxPackageSize.
	DefaultMaxBytes = 10 << 20
	// DefaultMaxFragments bounds the frames of one message that carry next to nothing.
	DefaultMaxFragments = 1024
	// bytesPerFragment allows one more frame for so many bytes of a message.
	bytesPerFragment = 64
)

// Limits bounds what a peer may send. In each field 0 means the default and a negative number
// means no limit. One value may serve any number of decoders as long as nobody changes it.
type Limits struct {
	Frame     int64 // bytes of payload in one frame
	Message   int64 // bytes of payload in all frames of one message
	Fragments int   // frames in one message, and one more for each 64 bytes in it
}

var defaultLimits Limits

func (d *Decoder) limits() *Limits {
	if d.Limits == nil {
		return &defaultLimits
	}
	return d.Limits
}

func (l *Limits) frame() int64   { return bound(l.Frame, DefaultMaxBytes) }
func (l *Limits) message() int64 { return bound(l.Message, DefaultMaxBytes) }
func (l *Limits) fragments() int64 {
	return min(bound(int64(l.Fragments), DefaultMaxFragments), math.MaxInt32)
}

func bound(limit, byDefault int64) int64 {
	switch {
	case limit == 0:
		return byDefault
	case limit < 0:
		return math.MaxInt64
	}
	return limit
}

// checkSize holds a data frame's payload against the limits.
func (d *Decoder) checkSize(length int64) error {
	l := d.limits()
	// The second half keeps header and payload together within an int, limit or no limit.
	if length > l.frame() || length > math.MaxInt-maxHeader {
		return errFrameSize
	}
	var have int64
	if d.assembly != nil {
		have = int64(len(d.assembly.B))
	}
	if length > l.message()-have {
		return errMessageSize
	}
	return nil
}

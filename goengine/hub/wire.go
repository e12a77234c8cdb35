package hub

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A frame between processes is
//
//	size uint32 (of what follows) | kind uint8 | seq uint32 | length of the head uint32 | head (JSON) | data
//
// in network byte order.
const (
	frameHead  = 13
	maxFrame   = 64 << 20
	kindTell   = 1 // head: Command, data: its message
	kindAsk    = 2 // head: Query
	kindAnswer = 3 // head: reply
	kindCall   = 4 // head: the name of a service, data: its question
	kindResult = 5 // head: why it failed, "": data has the answer
)

var errFrame = errors.New("hub: malformed frame")

type wireFrame struct {
	kind byte
	seq  uint32
	head []byte
	data []byte
	all  []byte // the frame itself
}

// reply is what a process, or the supervisor for several, answers.
type reply struct {
	Answers []Answer `json:"answers"`
	Missing int      `json:"missing,omitempty"` // processes that have not answered
}

func encodeFrame(kind byte, seq uint32, head any, data []byte) ([]byte, error) {
	text, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	size := frameHead - 4 + len(text) + len(data)
	if size > maxFrame {
		return nil, fmt.Errorf("hub: a message of %d bytes is too large for another process", len(data))
	}
	b := make([]byte, 4, 4+size)
	binary.BigEndian.PutUint32(b, uint32(size))
	b = append(b, kind)
	b = binary.BigEndian.AppendUint32(b, seq)
	b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
	return append(append(b, text...), data...), nil
}

// readFrame reads one frame; its memory is the caller's.
func readFrame(rd *bufio.Reader) (*wireFrame, error) {
	var prefix [4]byte
	if _, err := io.ReadFull(rd, prefix[:]); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(prefix[:])
	if size < frameHead-4 || size > maxFrame {
		return nil, errFrame
	}
	all := make([]byte, 4+size)
	copy(all, prefix[:])
	if _, err := io.ReadFull(rd, all[4:]); err != nil {
		return nil, err
	}
	head := binary.BigEndian.Uint32(all[9:])
	if head > size-(frameHead-4) {
		return nil, errFrame
	}
	return &wireFrame{
		kind: all[4], seq: binary.BigEndian.Uint32(all[5:]),
		head: all[frameHead : frameHead+head], data: all[frameHead+head:], all: all,
	}, nil
}

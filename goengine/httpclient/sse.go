package httpclient

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// maxEventBytes bounds an event of a stream.
const maxEventBytes = 1 << 20

// Event is a server-sent event (WHATWG HTML, 9.2).
type Event struct {
	Type  string // "message" when the server names none
	Data  string
	ID    string         // the last one that the server has given
	Retry *time.Duration // how long the server asks a client to wait before it connects again
}

// sse is what an event stream remembers between events.
type sse struct {
	id    string
	retry *time.Duration
	begun bool
}

// Event waits for the next server-sent event; null at the end.
func (s *Stream) Event(ctx context.Context) (*Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind, data, some, size := "", []string(nil), false, 0
	for {
		line, err := s.line(ctx, maxEventBytes)
		if err != nil || line == nil {
			return nil, err // an event that is not ended by an empty line is none
		}
		text := *line
		if !s.sse.begun {
			s.sse.begun, text = true, strings.TrimPrefix(text, "\ufeff")
		}
		if text == "" {
			if !some {
				kind = ""
				continue
			}
			if kind == "" {
				kind = "message"
			}
			e := &Event{Type: kind, Data: strings.Join(data, "\n"), ID: s.sse.id, Retry: s.sse.retry}
			return e, nil
		}
		name, value, _ := strings.Cut(text, ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "event":
			kind = value
		case "data":
			data, some = append(data, value), true
			if size += len(value) + 1; size > maxEventBytes {
				s.stop()
				f := &failure{class: classTooLarge, err: ErrTooLarge}
				s.err = f.exception(s.x.method, visible(s.x.url), nil)
				return nil, s.err
			}
		case "id":
			if !strings.Contains(value, "\x00") {
				s.sse.id = value
			}
		case "retry":
			if ms, err := strconv.ParseUint(value, 10, 31); err == nil {
				d := time.Duration(ms) * time.Millisecond
				s.sse.retry = &d
			}
		}
	}
}

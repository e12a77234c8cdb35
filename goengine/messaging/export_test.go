package messaging

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

// AddressOf is where other clients reach an embedded server.
func AddressOf(t *testing.T, server string) string {
	s, err := ParseServer(server)
	require.NoError(t, err)
	at, err := readEndpoint(s.Embedded.Folder)
	require.NoError(t, err)
	return "nats://" + at.Address
}

// EncodeValue and DecodeValue are those of JSON.
func EncodeValue(v any) ([]byte, error) { return appendJSON(nil, v, 0) }
func DecodeValue(b []byte) (any, error) { return decodeValue(b, true) }

// ServerOf is what the queue's server is named by.
func (q *Queue) ServerOf() string { return q.settings.Name() }

// Pauses are those after the first n tries.
func Pauses(o *ConsumeOptions, n int) (all []time.Duration) {
	for i := range n {
		all = append(all, o.pause(i+1))
	}
	return all
}

// TakeAndDie takes a job and never says what became of it, as a process that was killed.
func TakeAndDie(c *Conn, q *Queue, taken chan struct{}) {
	consumer, err := c.js.Consumer(context.Background(), q.stream(ready), consumerName)
	if err != nil {
		panic(err)
	}
	for {
		batch, err := consumer.Fetch(1, jetstream.FetchMaxWait(time.Second))
		if err != nil {
			panic(err)
		}
		for range batch.Messages() {
			close(taken)
			return
		}
	}
}

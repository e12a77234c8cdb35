package messaging

import (
	"testing"

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

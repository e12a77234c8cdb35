package http1_test

import (
	"testing"

	"github.com/phalanx-php/phalanx/goengine/http1"
	"github.com/stretchr/testify/require"
)

const benchRequest = "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n"

func TestParseHead(t *testing.T) {
	var h http1.Head
	n, err := http1.ParseHead([]byte(benchRequest+"rest"), 0, nil, &h)
	require.NoError(t, err)
	require.Equal(t, len(benchRequest), n)
	require.Equal(t, "127.0.0.1:8080", string(h.Host.In([]byte(benchRequest))))
}

package http1_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/phalanx-php/phalanx/goengine/http1"
	"github.com/stretchr/testify/require"
)

// The bytes are those of Http::encode('Hello, World!') in Workerman 5.2.2.
func TestAppendBodyResponse(t *testing.T) {
	require.Equal(t, "before"+
		"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: 13\r\n\r\nHello, World!",
		string(http1.AppendBodyResponse([]byte("before"), []byte("Hello, World!"), true)))
	require.Equal(t,
		"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: 0\r\n\r\n",
		string(http1.AppendBodyResponse(nil, nil, false)))
}

func TestAppendError(t *testing.T) {
	require.Equal(t, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain;charset=utf-8\r\n"+
		"Content-Length: 20\r\n\r\nmissing Host header\n", string(http1.AppendError(nil, http1.ErrNoHost)))

	for _, e := range []*http1.Error{
		http1.ErrTarget, http1.ErrTimeout, http1.ErrBodyTooLarge, http1.ErrLineTooLong, http1.ErrExpectation,
		http1.ErrHeadTooLarge, http1.ErrCoding, http1.ErrVersionUnknown,
	} {
		res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(http1.AppendError(nil, e))), nil)
		require.NoError(t, err)
		require.Equal(t, e.Status, res.StatusCode)
		require.NotEmpty(t, res.Status)
		require.True(t, res.Close)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.Equal(t, e.Reason+"\n", string(body))
		require.Equal(t, "http1: "+e.Reason, e.Error())
	}
}

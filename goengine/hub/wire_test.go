package hub

import (
	"bufio"
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever comes, a frame is read as it was written or refused.
func FuzzReadFrame(f *testing.F) {
	good, err := encodeFrame(kindTell, 7, &Command{Verb: Send}, []byte("data"))
	require.NoError(f, err)
	f.Add(good)
	f.Add([]byte{0, 0, 0, 9, 1, 0, 0, 0, 0, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 4 && (in[0] != 0 || in[1] != 0) {
			in[0], in[1] = 0, 0 // sizes that take long to make room for
		}
		frame, err := readFrame(bufio.NewReader(bytes.NewReader(in)))
		if err != nil {
			return
		}
		require.True(t, bytes.HasPrefix(in, frame.all))
		require.Len(t, frame.all, frameHead+len(frame.head)+len(frame.data))
	})
}

package messaging

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A password never shows in an error or a name, and what an embedded server is told is within its bounds.
func FuzzParseServer(f *testing.F) {
	for _, s := range []string{"a:4222,b", "a?x=1", "[::1", "%zz", "a,tls://b", "", "a,c:d@b"} {
		f.Add("nats", s)
	}
	for _, s := range []string{"/folder?max_store=1", "?sync=always&max_payload=64m", "?listen=:1&token=0123456789abcdef", "?sync=NaN", "?max_memory=9223372036854775807g"} {
		f.Add("embedded", s)
	}
	f.Fuzz(func(t *testing.T, scheme, rest string) {
		const secret = "Zq9Zq9Zq9"
		if !strings.HasPrefix(scheme, "embedded") && !strings.Contains(scheme+rest, secret) {
			s, err := ParseServer(scheme + "://user:" + secret + "@" + rest)
			if err != nil {
				require.NotContains(t, err.Error(), secret)
			} else {
				require.NotContains(t, s.Name(), secret)
				require.NotEmpty(t, s.URLs)
				require.Empty(t, s.Embedded)
				if !strings.Contains(rest, "@") {
					require.Equal(t, [2]string{"user", secret}, [2]string{s.User, s.Password})
				}
			}
		}

		s, err := ParseServer("embedded:" + rest)
		if err != nil {
			return
		}
		e := s.Embedded
		require.True(t, filepath.IsAbs(e.Folder))
		require.Positive(t, e.MaxMemory)
		require.Positive(t, e.MaxStore)
		require.Positive(t, e.MaxPayload)
		require.LessOrEqual(t, e.MaxPayload, int64(maxPayloadLimit))
		require.GreaterOrEqual(t, e.Sync, time.Duration(0))
		require.LessOrEqual(t, e.Sync, time.Hour)
		require.True(t, e.Listen == "" || len(e.Token) >= 16, "it listens for others without a token")
	})
}

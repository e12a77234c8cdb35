package httpclient_test

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/httpclient"
)

func TestMain(m *testing.M) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "NO_PROXY", "no_proxy"} {
		_ = os.Unsetenv(name)
	}
	goleak.VerifyTestMain(m)
}

// client makes a Transport whose connections end with the test.
func client(t *testing.T, change func(*httpclient.Settings)) *httpclient.Transport {
	t.Helper()
	s := httpclient.Defaults
	s.RetryDelay = time.Millisecond
	if change != nil {
		change(&s)
	}
	c, err := httpclient.New(s)
	require.NoError(t, err)
	t.Cleanup(func() {
		c.CloseIdle()
		httpclient.Release(c)
	})
	return c
}

// server serves until the test ends, and waits for its connections to be gone.
func server(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func get(t *testing.T, c *httpclient.Transport, url string, r httpclient.Request) httpclient.Reply {
	t.Helper()
	reply, err := c.Send(context.Background(), "GET", url, r)
	require.NoError(t, err)
	return reply
}

// exception is what PHP would get.
func exception(t *testing.T, err error) *component.Exception {
	t.Helper()
	require.Error(t, err)
	var e *component.Exception
	require.True(t, errors.As(err, &e), "%T: %v", err, err)
	return e
}

func fails(t *testing.T, err error, class string) *component.Exception {
	t.Helper()
	e := exception(t, err)
	require.Equal(t, `Phalanx\Http\Exception\`+class, e.Class, "%v", err)
	return e
}

func header(r httpclient.Reply, name string) string {
	for i := 0; i < len(r.Headers); i += 2 {
		if http.CanonicalHeaderKey(r.Headers[i]) == http.CanonicalHeaderKey(name) {
			return r.Headers[i+1]
		}
	}
	return ""
}

func ptr[T any](v T) *T { return &v }

// marshalKey is the private key of a test server.
func marshalKey(s *httptest.Server) ([]byte, error) {
	return x509.MarshalPKCS8PrivateKey(s.TLS.Certificates[0].PrivateKey)
}

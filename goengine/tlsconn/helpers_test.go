package tlsconn_test

import (
	"encoding/json"
	"io"
	"testing"

	"github.com/sirupsen/logrus"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/tlsconn"
)

type opts map[string]any

func parse(t testing.TB, client bool, o opts) (tlsconn.Options, []string, error) {
	t.Helper()
	b, err := json.Marshal(o)
	require.NoError(t, err)
	return tlsconn.ParseOptions(b, client, func(s string) string { return s })
}

func open(t testing.TB, client bool, o opts) *tlsconn.Config {
	t.Helper()
	parsed, unknown, err := parse(t, client, o)
	require.NoError(t, err)
	require.Empty(t, unknown)
	config, err := tlsconn.Open(parsed, quiet())
	require.NoError(t, err)
	return config
}

func quiet() *logrus.Logger {
	log := logrus.New()
	log.SetOutput(io.Discard)
	return log
}

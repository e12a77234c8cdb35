//go:build image

package image_test

import (
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/require"
)

const frankenphp = prefix + "-frankenphp"

// What users of FrankenPHP's images do goes on working.
func TestFrankenPHPAsItIs(t *testing.T) {
	before, after := inspect(t, "localhost/standin-frankenphp-runner"), inspect(t, frankenphp)
	before.Labels, after.Labels = nil, nil
	require.Equal(t, before, after, "the settings are the official image's")

	c := run(t, frankenphp, options{environment: []string{"SERVER_NAME=:80"}, writable: true})
	page := `{"sapi":"frankenphp","ini":true,"phalanx":true,"opcache":true}`
	require.Contains(t, c.get("http://127.0.0.1/"), page)
	require.NotEmpty(t, c.get("http://127.0.0.1:2019/metrics"), "what the image's health check asks")
	out, err := c.exec("sh", "-c", `echo '<?php echo str_repeat("much of the same ", 500);' >public/long.php`)
	require.NoError(t, err, out)
	req, err := http.NewRequest(http.MethodGet, "http://127.0.0.1/long.php", nil)
	require.NoError(t, err)
	req.Header.Set("Accept-Encoding", "br")
	resp, err := c.client().Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	require.Equal(t, "br", resp.Header.Get("Content-Encoding"))
	body, err := io.ReadAll(brotli.NewReader(resp.Body))
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("much of the same ", 500), string(body))
	require.Contains(t, resp.Header.Get("Server"), "FrankenPHP")
	for want, args := range map[string][]string{
		"FrankenPHP v1.":             {"frankenphp", "version"},
		"CGO_ENABLED=1":              {"frankenphp", "build-info"},
		"frankenphp":                 {"frankenphp", "list-modules"},
		"PHP 8.4":                    {"php", "-v"},
		"with Phalanx":               {"phalanx", "-v"},
		"Valid configuration":        {"frankenphp", "validate", "--config", "/etc/frankenphp/Caddyfile"},
		"docker-php-ext-opcache.ini": {"php", "--ini"},
		"cli\n":                      {"frankenphp", "php-cli", "-r", `echo PHP_SAPI, "\n";`},
		"the phalanx binary\n":       {"phalanx", "-r", `echo PHP_BINARY === '/usr/local/bin/frankenphp' ? "the phalanx binary\n" : PHP_BINARY;`},
	} {
		out, err := c.exec(args...)
		require.NoError(t, err, "%v: %s", args, out)
		require.Contains(t, out, want, "%v", args)
	}
	c.signal(syscall.SIGTERM)
	c.WaitUntilEnded()
	require.NoError(t, c.Err)
}

func TestFrankenPHPWorkers(t *testing.T) {
	c := run(t, frankenphp, options{writable: true, environment: []string{"SERVER_NAME=:80",
		"FRANKENPHP_CONFIG=worker {\n\tfile ./public/worker.php\n\tnum 1\n\twatch\n}"}})
	require.Equal(t, "request 1", c.get("http://127.0.0.1/worker.php"))
	require.Equal(t, "request 2", c.get("http://127.0.0.1/worker.php"))
	c.signal(syscall.SIGTERM)
	c.WaitUntilEnded()
	require.NoError(t, c.Err)
}

// The binary may bind port 80 for users other than root, as the official one.
func TestFrankenPHPAsAnotherUser(t *testing.T) {
	c := run(t, frankenphp, options{writable: true, user: "1000:1000",
		environment: []string{"SERVER_NAME=:80", "XDG_CONFIG_HOME=/tmp/config", "XDG_DATA_HOME=/tmp/data"}})
	require.Contains(t, c.get("http://127.0.0.1/"), `"sapi":"frankenphp"`)
	c.signal(syscall.SIGTERM)
	c.WaitUntilEnded()
	require.NoError(t, c.Err)
}

// And a Workerman server is one command.
func TestFrankenPHPRunsWorkerman(t *testing.T) {
	c := run(t, frankenphp, options{writable: true, args: []string{"phalanx", "server.php", "start"}})
	require.Regexp(t, `^Workerman 5\.`, c.get("http://127.0.0.1:8080/"))
	c.signal(syscall.SIGTERM)
	c.WaitUntilEnded()
	require.NoError(t, c.Err)
}

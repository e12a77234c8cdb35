package cmd

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHealthURL(t *testing.T) {
	for address, url := range map[string]string{
		":9090":                         "http://127.0.0.1:9090/live",
		"0.0.0.0:9090":                  "http://127.0.0.1:9090/live",
		"[::]:9090":                     "http://[::1]:9090/live",
		"10.1.2.3:9090":                 "http://10.1.2.3:9090/live",
		"monitor:9090":                  "http://monitor:9090/live",
		"http://127.0.0.1:2019/metrics": "http://127.0.0.1:2019/metrics",
	} {
		require.Equal(t, url, healthURL(address, "/live"), address)
	}
}

func TestWhomTheArgumentsAreFor(t *testing.T) {
	for _, tt := range []struct {
		args []string
		mode int
	}{
		{[]string{"phalanx", "server.php", "start"}, phpMode},
		{[]string{"phalanx", "./run"}, phpMode},
		{[]string{"phalanx", "run"}, caddyMode},
		{[]string{"phalanx", "help"}, helpMode},
		{[]string{"phalanx", "health"}, healthMode},
		{[]string{"/usr/local/bin/frankenphp", "run", "--config", "/etc/frankenphp/Caddyfile"}, caddyMode},
		{[]string{"frankenphp", "help"}, caddyMode},
		{[]string{"frankenphp"}, caddyMode},
		{[]string{"frankenphp", "build-info"}, caddyMode},
		{[]string{"/usr/local/bin/php", "version"}, phpMode},
	} {
		require.Equal(t, tt.mode, mode(tt.args), "%v", tt.args)
	}
}

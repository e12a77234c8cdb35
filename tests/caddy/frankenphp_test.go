package caddy

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// What a Caddyfile for FrankenPHP's official images uses: their defaults, settings from the environment, Brotli, Mercure.
const officialStyle = `{
	skip_install_trust
	{$CADDY_GLOBAL_OPTIONS}

	frankenphp {
		{$FRANKENPHP_CONFIG}
	}
}

{$CADDY_EXTRA_CONFIG}

{$SERVER_NAME:localhost} {
	root {$SERVER_ROOT:public/}
	encode zstd br gzip

	mercure {
		publisher_jwt "at least 256 bits of a secret key" HS256
		anonymous
	}

	{$CADDY_SERVER_EXTRA_DIRECTIVES}

	php_server
}

import Caddyfile.d/*.caddyfile
`

func TestCalledFrankenPHP(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "public"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "public", "index.php"),
		[]byte(`<?php header('Content-Type: text/html'); echo str_repeat('much of the same ', 500);`), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "public", "worker.php"),
		[]byte(`<?php while (frankenphp_handle_request(static function (): void { echo 'from a worker'; })); `), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Caddyfile"), []byte(officialStyle), 0o600))
	link := filepath.Join(dir, "frankenphp")
	require.NoError(t, os.Symlink(phalanxtest.Binary(t), link))

	p := phalanxtest.Command(t, "run", "--config", filepath.Join(dir, "Caddyfile"), "--adapter", "caddyfile")
	p.Cmd.Path, p.Cmd.Args[0], p.Cmd.Dir = link, "frankenphp", dir
	p.Cmd.Env = append(p.Cmd.Env, "XDG_DATA_HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir(),
		"SERVER_NAME=http://"+addr, "CADDY_GLOBAL_OPTIONS=admin off\nauto_https off",
		"FRANKENPHP_CONFIG=worker "+filepath.Join(dir, "public", "worker.php")+" 1")
	p.Start()
	require.Equal(t, "from a worker", get(t, "http://"+addr+"/worker.php"))

	req, err := http.NewRequest(http.MethodGet, "http://"+addr+"/", nil)
	require.NoError(t, err)
	req.Header.Set("Accept-Encoding", "br")
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	require.Equal(t, "br", resp.Header.Get("Content-Encoding"))
	body, err := io.ReadAll(brotli.NewReader(resp.Body))
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("much of the same ", 500), string(body))

	// The hub is there: a subscription stays open and says what it is.
	events := &http.Client{Timeout: 0, Transport: &http.Transport{ResponseHeaderTimeout: phalanxtest.Patience}}
	resp, err = events.Get("http://" + addr + "/.well-known/mercure?topic=a")
	require.NoError(t, err)
	require.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	require.NoError(t, resp.Body.Close())
}

func TestCommandsOfFrankenPHP(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "frankenphp")
	require.NoError(t, os.Symlink(phalanxtest.Binary(t), link))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.php"), []byte(`<?php echo PHP_SAPI, ' ', $argv[1];`), 0o600))
	for want, args := range map[string][]string{
		"http.encoders.br": {"list-modules"},
		"frankenphp":       {"list-modules"},
		"php-server":       {"help"},
		"cli x":            {"php-cli", "a.php", "x"},
		"go":               {"build-info"},
	} {
		p := phalanxtest.Command(t, args...)
		p.Cmd.Path, p.Cmd.Args[0], p.Cmd.Dir = link, "frankenphp", dir
		out, err := p.Run()
		require.NoError(t, err, "%v: %s", args, out)
		require.Contains(t, out, want, "%v", args)
	}
}

func TestBrotliIsConfigured(t *testing.T) {
	dir := t.TempDir()
	for quality, want := range map[string]string{"": "Valid configuration", " 11": "Valid configuration", " 12": "br: the quality is 0 to 11, not 12", " x": "the quality is a number"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "Caddyfile"), []byte(":1 {\n\tencode {\n\t\tbr"+quality+"\n\t}\n}\n"), 0o600))
		p := phalanxtest.Command(t, "validate", "--config", filepath.Join(dir, "Caddyfile"), "--adapter", "caddyfile")
		p.Cmd.Dir = dir
		out, _ := p.Run()
		require.Contains(t, out, want)
	}
}

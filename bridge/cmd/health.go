package cmd

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"
)

// monitorEnv is where a server's monitor listens when neither its command line nor its script says so.
const monitorEnv = "PHALANX_MONITOR"

// health is "phalanx health [--ready] [HOST:PORT or URL]": asks a running server's monitor, for the health check of a
// container that has no curl. It answers the exit status: 0 when it lives, 1 when not, as a container's engine wants.
func health(args []string) int {
	flags := flag.NewFlagSet("phalanx health", flag.ContinueOnError)
	ready := flags.Bool("ready", false, "ask whether it is ready for traffic instead of whether it lives")
	timeout := flags.Duration("timeout", 4*time.Second, "how long to wait for the answer")
	if err := flags.Parse(args); err != nil {
		if err == flag.ErrHelp {
			return 0
		}
		return 64
	}
	address := os.Getenv(monitorEnv)
	if flags.NArg() > 0 {
		address = flags.Arg(0)
	}
	if flags.NArg() > 1 || address == "" {
		fmt.Fprintln(os.Stderr, "phalanx health: name the monitor's address: phalanx health 127.0.0.1:9090, or set "+monitorEnv)
		return 64
	}
	path := "/live"
	if *ready {
		path = "/ready"
	}
	ctx, cancel := context.WithTimeout(context.Background(), *timeout)
	defer cancel()
	status, body, err := ask(ctx, healthURL(address, path))
	if err != nil {
		fmt.Fprintln(os.Stderr, "phalanx health:", err)
		return 1
	}
	if status != http.StatusOK {
		fmt.Fprintf(os.Stderr, "phalanx health: %d %s\n%s", status, http.StatusText(status), body)
		return 1
	}
	// A monitor says ok; of another URL (Caddy's figures) the status is what counts.
	if !strings.Contains(address, "://") {
		fmt.Print(body)
	}
	return 0
}

// healthURL is a URL as it is, or a path of the monitor that was told to listen on address.
func healthURL(address, path string) string {
	if strings.Contains(address, "://") {
		return address
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "http://" + address + path // the request says what is wrong with it
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip == netip.IPv4Unspecified() {
		host = "127.0.0.1"
	} else if err == nil && ip == netip.IPv6Unspecified() {
		host = "::1"
	}
	return "http://" + net.JoinHostPort(host, port) + path
}

// ask gets a URL, through no proxy: a server is asked about itself.
func ask(ctx context.Context, url string) (status int, body string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	client := &http.Client{
		Transport:     &http.Transport{Proxy: nil, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return resp.StatusCode, string(text), err
}

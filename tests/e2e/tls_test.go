package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/tlsconn/certtest"
)

// Ports of tls.php.
const (
	portHTTPS = iota
	portWSS
	portMutual
	portSTARTTLS
	tlsPorts
)

// secureApp is a running tls.php and the authority of its certificates.
type secureApp struct {
	*app
	ca *certtest.Authority
}

func prepareTLS(t *testing.T, environment ...string) *secureApp {
	t.Helper()
	ca := certtest.New(t)
	s := &secureApp{ca: ca}
	s.certificate("localhost")
	ca.Issue("sni.test")
	s.app = prepare(t, tlsPorts, append(environment, "CERTS="+ca.Dir)...)
	return s
}

// certificate issues the servers' certificate, which says who it is by its common name.
func (s *secureApp) certificate(commonName string) {
	cert := s.ca.Issue("localhost", func(c *x509.Certificate, _ *certtest.How) {
		c.Subject.CommonName = commonName
		c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	})
	if filepath.Base(cert) != "localhost.pem" {
		panic(cert)
	}
}

func serveTLS(t *testing.T, environment ...string) *secureApp {
	t.Helper()
	s := prepareTLS(t, environment...)
	s.start("tls.php", "start")
	s.WaitFor("Start success.")
	for i := range tlsPorts {
		_ = s.dial(i).Close()
	}
	return s
}

func (s *secureApp) config() *tls.Config {
	return &tls.Config{RootCAs: s.ca.Pool(), ServerName: "localhost", MinVersion: tls.VersionTLS12}
}

func (s *secureApp) dialTLS(i int, config *tls.Config) *tls.Conn {
	s.t.Helper()
	c := tls.Client(s.dial(i), config)
	require.NoError(s.t, c.Handshake())
	return c
}

func (s *secureApp) client() *http.Client {
	transport := &http.Transport{TLSClientConfig: s.config(), DisableKeepAlives: true}
	return &http.Client{Transport: transport, Timeout: patience}
}

func (s *secureApp) https(path string) string {
	return fmt.Sprintf("https://%s%s", s.addr(portHTTPS), path)
}

// shown is the common name in the certificate that a new connection gets.
func (s *secureApp) shown() string {
	s.t.Helper()
	c := s.dialTLS(portHTTPS, s.config())
	defer func() { _ = c.Close() }()
	return c.ConnectionState().PeerCertificates[0].Subject.CommonName
}

func TestTLSWithCurl(t *testing.T) {
	s := serveTLS(t)
	port := s.ports[portHTTPS]
	curl := func(args ...string) (string, error) {
		out, err := exec.Command("curl", append([]string{
			"-sS", "--max-time", "30", "--cacert", s.ca.CAFile(),
			"--resolve", fmt.Sprintf("localhost:%d:127.0.0.1", port), "--resolve", fmt.Sprintf("sni.test:%d:127.0.0.1", port),
			"--resolve", fmt.Sprintf("wrong.test:%d:127.0.0.1", port),
		}, args...)...).CombinedOutput()
		return string(out), err
	}
	for _, host := range []string{"localhost", "sni.test"} {
		out, err := curl(fmt.Sprintf("https://%s:%d/tls", host, port))
		require.NoError(t, err, out)
		var info struct {
			Protocol, Transport string
			ServerName          string `json:"server_name"`
			PeerCertificates    []string
		}
		require.NoError(t, json.Unmarshal([]byte(out), &info), out)
		require.Equal(t, "TLSv1.3", info.Protocol)
		require.Equal(t, "ssl", info.Transport)
		require.Equal(t, host, info.ServerName)
		require.Empty(t, info.PeerCertificates)
	}
	socket, err := curl(fmt.Sprintf("https://localhost:%d/socket", port))
	require.NoError(t, err)
	require.JSONEq(t, "[true, false]", socket, "getSocket() knows the peer, and nothing of TLS")
	out, err := curl("--tls-max", "1.2", fmt.Sprintf("https://localhost:%d/tls", port))
	require.NoError(t, err, out)
	require.Contains(t, out, "TLSv1.2")
	for _, args := range [][]string{
		{fmt.Sprintf("https://wrong.test:%d/", port)}, // not the name in the certificate
		{"--tls-max", "1.1", fmt.Sprintf("https://localhost:%d/", port)},
		{fmt.Sprintf("http://localhost:%d/", port)}, // plain text
	} {
		out, err = curl(args...)
		require.Error(t, err, out)
	}
	out, err = curl(fmt.Sprintf("https://localhost:%d/", port))
	require.NoError(t, err)
	require.Equal(t, "hello", out)

	// 50 MB each way, as a body and as a file.
	big := make([]byte, 50_000_000)
	_, _ = rand.Read(big)
	file := filepath.Join(s.dir, "file")
	require.NoError(t, os.WriteFile(file, big, 0o600))
	for _, args := range [][]string{{"--data-binary", "@" + file, "/echo"}, {"/file"}, {"--limit-rate", "200M", "/file"}} {
		last := len(args) - 1
		args[last] = fmt.Sprintf("https://localhost:%d%s", port, args[last])
		to := filepath.Join(s.dir, "received")
		out, err = curl(append(args, "-o", to)...)
		require.NoError(t, err, out)
		received, err := os.ReadFile(to)
		require.NoError(t, err)
		require.True(t, bytes.Equal(big, received), args)
	}
}

// Tickets of one server process and slot resume sessions in all others.
// A client of TLS 1.2 that asks to negotiate anew, which costs the server much more than it, is refused.
func TestTLSRenegotiationIsRefused(t *testing.T) {
	s := serveTLS(t)
	client := exec.Command("openssl", "s_client", "-tls1_2", "-CAfile", s.ca.CAFile(), "-connect", s.addr(portHTTPS))
	said, err := client.StdinPipe()
	require.NoError(t, err)
	var out bytes.Buffer
	client.Stdout, client.Stderr = &out, &out
	require.NoError(t, client.Start())
	kill := time.AfterFunc(patience, func() { _ = client.Process.Kill() })
	defer kill.Stop()
	_, err = io.WriteString(said, "R\n") // s_client's word for it; its input stays open
	require.NoError(t, err)
	require.Error(t, client.Wait(), out.String())
	require.Contains(t, out.String(), "Verify return code: 0 (ok)")
	require.Regexp(t, `RENEGOTIATING[\s\S]*(unexpected message|no renegotiation)`, out.String())
	resp, err := s.client().Get(s.https("/tls"))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
}

func TestTLSResumption(t *testing.T) {
	s := serveTLS(t, "PROCESSES=2")
	for name, version := range map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13} {
		config := s.config()
		config.MinVersion, config.MaxVersion = version, version
		config.ClientSessionCache = tls.NewLRUClientSessionCache(8)
		type answer struct {
			pid     string
			resumed bool
			err     error
		}
		ask := func() (a answer) {
			c, err := tls.Dial("tcp", s.addr(portHTTPS), config)
			if err != nil {
				return answer{err: err}
			}
			defer func() { _ = c.Close() }()
			if _, a.err = io.WriteString(c, "GET /pid HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); a.err != nil {
				return a
			}
			body, err := io.ReadAll(c)
			_, pid, _ := strings.Cut(string(body), "\r\n\r\n")
			return answer{pid, c.ConnectionState().DidResume, err}
		}
		first := ask()
		require.NoError(t, first.err)
		require.False(t, first.resumed, name)
		pids := map[string]bool{first.pid: true}
		// One connection after the other may all go to whoever was woken last; several at once do not.
		for i := 0; i < 5 || i < 100 && len(pids) < 2; i++ {
			answers := make([]answer, 4)
			var all sync.WaitGroup
			for j := range answers {
				all.Go(func() { answers[j] = ask() })
			}
			all.Wait()
			for _, a := range answers {
				require.NoError(t, a.err)
				require.True(t, a.resumed, name)
				pids[a.pid] = true
			}
		}
		require.Len(t, pids, 2, name)
	}

	openssl := func(input string, args ...string) string {
		cmd := exec.Command("openssl", append([]string{"s_client", "-connect", s.addr(portHTTPS), "-CAfile", s.ca.CAFile()}, args...)...)
		in, err := cmd.StdinPipe()
		require.NoError(t, err)
		out := &lockedBuffer{}
		cmd.Stdout, cmd.Stderr = out, out
		require.NoError(t, cmd.Start())
		_, err = io.WriteString(in, input)
		require.NoError(t, err)
		require.Eventually(t, func() bool {
			return input == "" || strings.Contains(out.String(), "hello") || strings.Contains(out.String(), "ERROR") ||
				strings.Contains(out.String(), "error:")
		}, patience, 5*time.Millisecond)
		_ = in.Close()
		_ = cmd.Wait()
		return out.String()
	}
	ask := "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
	session := filepath.Join(s.dir, "session")
	for _, version := range []string{"-tls1_2", "-tls1_3"} {
		require.Contains(t, openssl(ask, version, "-sess_out", session), "New, TLSv1")
		require.Contains(t, openssl(ask, version, "-sess_in", session), "Reused, TLSv1")
	}
	var stats struct {
		Handshakes int `json:"tls_handshakes"`
		Resumed    int `json:"tls_resumed"`
		Failed     int `json:"tls_failed"`
	}
	plain := s.dial(portHTTPS)
	_, err := io.WriteString(plain, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	require.NoError(t, err)
	rest, _ := io.ReadAll(plain)
	require.NotContains(t, string(rest), "HTTP")
	require.Eventually(t, func() bool { // of one process or the other
		require.NoError(t, json.Unmarshal([]byte(s.body("/stats")), &stats))
		return stats.Failed > 0
	}, patience, time.Millisecond)
	require.Positive(t, stats.Resumed)
	require.GreaterOrEqual(t, stats.Handshakes, stats.Resumed) // as of some moment, in one process

	// "R" asks for renegotiation, which nobody needs and attackers like.
	out := openssl("R\n", "-tls1_2")
	require.Regexp(t, regexp.MustCompile(`(?i)no renegotiation|unexpected message|alert`), out)
	require.Equal(t, "hello", s.body("/"))
}

func (s *secureApp) body(path string) string {
	s.t.Helper()
	resp, err := s.client().Get(s.https(path))
	require.NoError(s.t, err)
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	return string(b)
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func TestTLSWebSocket(t *testing.T) {
	s := serveTLS(t)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, _, err := websocket.Dial(ctx, "wss://"+s.addr(portWSS)+"/", &websocket.DialOptions{HTTPClient: s.client()})
	require.NoError(t, err)
	defer func() { _ = c.CloseNow() }()
	c.SetReadLimit(64 << 20)
	_, data, err := c.Read(ctx)
	require.NoError(t, err)
	require.Equal(t, "welcome", string(data))
	for _, text := range []string{"", "hello", strings.Repeat("x", 1<<20)} {
		require.NoError(t, c.Write(ctx, websocket.MessageText, []byte(text)))
		_, data, err = c.Read(ctx)
		require.NoError(t, err)
		require.True(t, text == string(data))
	}
	// TLS outlives the script.
	s.WaitFor("websockets begin")
	require.NoError(t, s.Cmd.Process.Signal(syscall.SIGUSR1))
	s.WaitFor("websockets begin", 2)
	require.NoError(t, c.Write(ctx, websocket.MessageText, []byte("still there")))
	_, data, err = c.Read(ctx)
	require.NoError(t, err)
	require.Equal(t, "still there", string(data))
	require.NoError(t, c.Close(websocket.StatusNormalClosure, ""))
}

func TestTLSClientsWithCertificates(t *testing.T) {
	s := serveTLS(t)
	config := s.config()
	pair, err := tls.LoadX509KeyPair(filepath.Join(s.ca.Dir, "localhost.pem"), filepath.Join(s.ca.Dir, "localhost.pem"))
	require.NoError(t, err)
	config.Certificates = []tls.Certificate{pair}
	c := s.dialTLS(portMutual, config)
	exchange(t, c, "hello\n", "greeting\nhello\n")
	exchange(t, c, "close\n", "bye\n")
	rest, err := io.ReadAll(c) // a close_notify, or this were an unexpected end
	require.NoError(t, err)
	require.Empty(t, rest)
	s.WaitFor("mutual closed")

	for name, certificates := range map[string][]tls.Certificate{"none": nil, "self-signed": {s.foreign()}} {
		config := s.config()
		config.Certificates = certificates
		c := tls.Client(s.dial(portMutual), config)
		err := c.Handshake() // in TLS 1.3 the client has done its part before it hears of the refusal
		if err == nil {
			_, err = c.Read(make([]byte, 1))
		}
		require.Error(t, err, name)
		require.NotErrorIs(t, err, os.ErrDeadlineExceeded, name)
	}
	s.WaitFor("SSL handshake error: ")
	s.WaitFor("mutual closed", 3+tlsPorts-tlsPorts)
}

func (s *secureApp) foreign() tls.Certificate {
	path := certtest.New(s.t).Issue("evil.test", certtest.SelfSigned)
	pair, err := tls.LoadX509KeyPair(path, path)
	require.NoError(s.t, err)
	return pair
}

func TestStartTLSByTransport(t *testing.T) {
	s := serveTLS(t)
	raw := s.dial(portSTARTTLS)
	exchange(t, raw, "hello\n", "tcp: hello\n")
	exchange(t, raw, "STARTTLS\n", "tcp: STARTTLS\n")
	c := tls.Client(raw, s.config())
	require.NoError(t, c.Handshake())
	exchange(t, c, "hello\n", "ssl: hello\n")

	// What was slipped in before TLS began is not answered.
	raw = s.dial(portSTARTTLS)
	exchange(t, raw, "STARTTLS\nslipped in\n", "tcp: STARTTLS\n")
	rest, err := io.ReadAll(raw)
	require.NoError(t, err)
	require.NotContains(t, string(rest), "slipped in")
}

// PHP's own client, with what it says about the certificate.
func TestTLSWithPHPStreams(t *testing.T) {
	s := serveTLS(t)
	script := filepath.Join(s.dir, "client.php")
	require.NoError(t, os.WriteFile(script, []byte(`<?php
$context = stream_context_create(['ssl' => ['cafile' => $argv[2], 'peer_name' => $argv[3]]]);
$c = @stream_socket_client("tls://$argv[1]", $code, $error, 10, STREAM_CLIENT_CONNECT, $context);
if (!$c) {
    exit("refused\n");
}
fwrite($c, "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n");
echo stream_get_contents($c), stream_get_meta_data($c)['crypto']['protocol'], "\n";
`), 0o600))
	for name, want := range map[string]string{"localhost": "hello", "wrong.test": "refused"} {
		out, err := s.Command(script, s.addr(portHTTPS), s.ca.CAFile(), name).Run()
		require.NoError(t, err, out)
		require.Contains(t, out, want)
	}
}

// Fifty clients hear nothing of a new certificate but its name; one that cannot be used changes nothing.
func TestTLSCertificateReload(t *testing.T) {
	s := serveTLS(t)
	var stop, failed atomic.Bool
	var wg sync.WaitGroup
	var firstError atomic.Value
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for !stop.Load() {
				c, err := tls.Dial("tcp", s.addr(portHTTPS), s.config())
				if err == nil {
					err = c.Close()
				}
				if err != nil && !failed.Swap(true) {
					firstError.Store(err)
				}
			}
		}()
	}
	require.Equal(t, "localhost", s.shown())
	old := s.dialTLS(portHTTPS, s.config())
	reader := bufio.NewReader(old)

	s.certificate("looked at")
	require.Eventually(t, func() bool { return s.shown() == "looked at" }, patience, 50*time.Millisecond)
	s.WaitFor("certificates loaded anew")

	s.ca.Write("localhost.pem") // empty
	s.WaitFor("old certificates stay")
	require.Equal(t, "looked at", s.shown())

	ask := func() {
		_, err := io.WriteString(old, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		require.NoError(t, err)
		resp, err := http.ReadResponse(reader, nil)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Equal(t, "hello", string(body))
	}
	ask()
	s.certificate("told")
	require.NoError(t, s.Cmd.Process.Signal(syscall.SIGUSR1))
	require.Eventually(t, func() bool { return s.shown() == "told" }, patience, 10*time.Millisecond)
	s.WaitFor("reloading")
	ask() // the connection and its session have lived through all that
	stop.Store(true)
	wg.Wait()
	require.False(t, failed.Load(), firstError.Load())
}

// A slot that is replaced while handshakes are under way leaves nothing behind.
func TestReloadDuringHandshakes(t *testing.T) {
	s := serveTLS(t)
	hello := clientHello(t)
	for range 3 {
		var open []net.Conn
		for range 20 {
			c := s.dial(portHTTPS)
			_, err := c.Write(hello)
			require.NoError(t, err)
			_, err = c.Read(make([]byte, 1)) // the server's flight: its handshake waits for ours
			require.NoError(t, err)
			open = append(open, c)
		}
		before := strings.Count(s.Output(), "reloading")
		require.Eventually(t, func() bool { // one that comes while another runs may see the old files
			require.NoError(t, s.Cmd.Process.Signal(syscall.SIGUSR1))
			return strings.Count(s.Output(), "reloading") > before
		}, patience, 50*time.Millisecond)
		for _, c := range open {
			_, err := io.Copy(io.Discard, c)
			require.False(t, errors.Is(err, os.ErrDeadlineExceeded))
		}
		require.Eventually(t, func() bool {
			resp, err := s.client().Get(s.https("/"))
			if err != nil {
				return false
			}
			_ = resp.Body.Close()
			return true
		}, patience, 5*time.Millisecond)
	}
	require.NotContains(t, s.Output(), "panic")
}

// clientHello is the first flight of a client.
func clientHello(t *testing.T) []byte {
	t.Helper()
	a, b := net.Pipe()
	go func() { _ = tls.Client(a, &tls.Config{ServerName: "localhost"}).Handshake() }()
	buf := make([]byte, 16<<10)
	n, err := b.Read(buf)
	require.NoError(t, err)
	for int(buf[3])<<8+int(buf[4])+5 > n {
		m, err := b.Read(buf[n:])
		require.NoError(t, err)
		n += m
	}
	_ = b.Close()
	return buf[:n]
}

func TestTLSThatCannotBeServedIsReportedAtTheStart(t *testing.T) {
	for name, spoil := range map[string]func(s *secureApp){
		"no file":       func(s *secureApp) { require.NoError(t, os.Remove(filepath.Join(s.ca.Dir, "localhost.pem"))) },
		"an empty file": func(s *secureApp) { s.ca.Write("localhost.pem") },
	} {
		for _, options := range [][]string{{"start"}, {"start", "-d"}} {
			t.Run(name+" "+strings.Join(options, " "), func(t *testing.T) {
				s := prepareTLS(t)
				spoil(s)
				s.Cmd.Args = append(append(s.Cmd.Args, "tls.php"), options...)
				out, _ := s.Run()
				require.Contains(t, out, "ssl options: local_cert: ")
				require.Contains(t, out, "localhost.pem")
				require.NotContains(t, out, "Start success")
			})
		}
	}
}

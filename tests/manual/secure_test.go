package manual

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lxzan/gws"
	"github.com/stretchr/testify/require"
)

// certificate writes server.pem and server.key for 127.0.0.1, and gives who trusts them.
func certificate(t *testing.T, dir string) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	for name, block := range map[string]*pem.Block{
		"server.pem": {Type: "CERTIFICATE", Bytes: der}, "server.key": {Type: "PRIVATE KEY", Bytes: secret},
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600))
	}
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

func TestSecure(t *testing.T) {
	a := prepare(t, 3)
	trust := certificate(t, a.Dir)
	a.Process = a.Command("secure.php", "start")
	a.Start()
	a.WaitFor("Start success.")
	a.Dial(0) // waits for the listener

	client := &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: trust}}
	for range 3 {
		resp, err := client.Get("https://" + a.Addr(0) + "/there")
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, "hello /there ssl", string(body))
	}

	a.Dial(1)
	ws := &browserOverTLS{inbox: make(chan string, 1)}
	conn, _, err := gws.NewClient(ws, &gws.ClientOption{Addr: "wss://" + a.Addr(1) + "/", TlsConfig: trust, HandshakeTimeout: patience})
	require.NoError(t, err)
	defer func() { _ = conn.NetConn().Close() }()
	go conn.ReadLoop()
	require.NoError(t, conn.WriteString("hello"))
	select {
	case text := <-ws.inbox:
		require.Equal(t, "wss hello", text)
	case <-time.After(patience):
		require.Fail(t, "no answer")
	}

	c, err := tls.Dial("tcp", a.Addr(2), trust)
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	require.NoError(t, c.SetDeadline(time.Now().Add(patience)))
	exchange(t, c, "abc\ndef\n", "cba\nfed\n")
}

type browserOverTLS struct {
	gws.BuiltinEventHandler
	inbox chan string
}

func (b *browserOverTLS) OnMessage(_ *gws.Conn, m *gws.Message) {
	b.inbox <- m.Data.String()
	_ = m.Close()
}

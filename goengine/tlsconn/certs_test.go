package tlsconn_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/tlsconn"
)

// authority signs certificates for tests; its own is self-signed.
type authority struct {
	t    testing.TB
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{t: t, dir: t.TempDir()}
	a.key = newKey(t)
	a.cert = a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, a.key, nil)
	return a
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

var serial int64

func (a *authority) sign(template *x509.Certificate, key crypto.Signer, by *authority) *x509.Certificate {
	a.t.Helper()
	serial++
	template.SerialNumber = big.NewInt(serial)
	if template.NotAfter.IsZero() {
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	require.NoError(a.t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(a.t, err)
	return cert
}

func (a *authority) file(name string, blocks ...*pem.Block) string {
	a.t.Helper()
	var b []byte
	for _, block := range blocks {
		b = append(b, pem.EncodeToMemory(block)...)
	}
	path := filepath.Join(a.dir, name)
	require.NoError(a.t, os.WriteFile(path, b, 0o600))
	return path
}

func (a *authority) caFile() string { return a.file("ca.pem", certBlock(a.cert)) }

func certBlock(c *x509.Certificate) *pem.Block {
	return &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}
}

func keyBlock(t testing.TB, key crypto.Signer) *pem.Block {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return &pem.Block{Type: "PRIVATE KEY", Bytes: der}
}

// issue writes NAME.pem, a certificate for name with its key, and answers its path.
func (a *authority) issue(name string, change func(*x509.Certificate)) string {
	a.t.Helper()
	key := newKey(a.t)
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(name); ip != nil {
		template.DNSNames, template.IPAddresses = nil, []net.IP{ip}
	}
	by := a
	if change != nil {
		change(template)
		if template.Issuer.CommonName == "self" {
			by = nil
		}
	}
	return a.file(name+".pem", certBlock(a.sign(template, key, by)), keyBlock(a.t, key))
}

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

func quiet() logrus.FieldLogger {
	log := logrus.New()
	log.SetOutput(io.Discard)
	return log
}

// Package certtest makes certificates for tests.
package certtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Authority signs certificates and keeps them in a folder of the test's own.
type Authority struct {
	Dir  string
	t    testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// New makes an authority whose own certificate, in ca.pem, is self-signed.
func New(t testing.TB) *Authority {
	t.Helper()
	a := &Authority{Dir: t.TempDir(), t: t, key: Key(t)}
	a.cert = a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, a.key, nil)
	a.Write("ca.pem", CertBlock(a.cert))
	return a
}

// CAFile is the path of the authority's certificate.
func (a *Authority) CAFile() string { return filepath.Join(a.Dir, "ca.pem") }

// Pool holds the authority's certificate.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// Key makes a key.
func Key(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

func (a *Authority) sign(template *x509.Certificate, key crypto.Signer, by *Authority) *x509.Certificate {
	a.t.Helper()
	var err error
	template.SerialNumber, err = rand.Int(rand.Reader, big.NewInt(1<<62))
	require.NoError(a.t, err)
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

// Write writes blocks to a file of that name, replacing it at once, and answers its path.
func (a *Authority) Write(name string, blocks ...*pem.Block) string {
	a.t.Helper()
	var b []byte
	for _, block := range blocks {
		b = append(b, pem.EncodeToMemory(block)...)
	}
	path := filepath.Join(a.Dir, name)
	require.NoError(a.t, os.WriteFile(path+".new", b, 0o600))
	require.NoError(a.t, os.Rename(path+".new", path))
	return path
}

// CertBlock is a certificate in PEM form.
func CertBlock(c *x509.Certificate) *pem.Block { return &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw} }

// KeyBlock is a key in PEM form.
func KeyBlock(t testing.TB, key crypto.Signer) *pem.Block {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return &pem.Block{Type: "PRIVATE KEY", Bytes: der}
}

// Change changes what a certificate is to say.
type Change func(c *x509.Certificate, o *How)

// How a certificate is signed.
type How struct{ Self bool }

// SelfSigned is for a certificate that no authority has signed.
func SelfSigned(_ *x509.Certificate, o *How) { o.Self = true }

// Expired is for a certificate of last year.
func Expired(c *x509.Certificate, _ *How) {
	c.NotBefore = time.Now().AddDate(-1, 0, 0)
	c.NotAfter = c.NotBefore.AddDate(0, 1, 0)
}

// OnlyCommonName is for a certificate without alternative names.
func OnlyCommonName(c *x509.Certificate, _ *How) { c.DNSNames = nil }

// Make makes a certificate for a name or an address, for servers and clients.
func (a *Authority) Make(name string, changes ...Change) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key := Key(a.t)
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(name); ip != nil {
		template.DNSNames, template.IPAddresses = nil, []net.IP{ip}
	}
	by, how := a, How{}
	for _, change := range changes {
		change(template, &how)
	}
	if how.Self {
		by = nil
	}
	return a.sign(template, key, by), key
}

// Issue writes NAME.pem, a certificate with its key, and answers its path.
func (a *Authority) Issue(name string, changes ...Change) string {
	a.t.Helper()
	cert, key := a.Make(name, changes...)
	return a.Write(name+".pem", CertBlock(cert), KeyBlock(a.t, key))
}

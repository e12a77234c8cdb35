package tlsconn

import (
	"bytes"
	"crypto/md5"  // #nosec G501 -- a fingerprint that the user has chosen
	"crypto/sha1" // #nosec G505 -- likewise
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

var digests = map[string]func([]byte) []byte{
	"md5":    func(b []byte) []byte { d := md5.Sum(b); return d[:] },  // #nosec G401
	"sha1":   func(b []byte) []byte { d := sha1.Sum(b); return d[:] }, // #nosec G401
	"sha256": func(b []byte) []byte { d := sha256.Sum256(b); return d[:] },
}

// roots reads cafile and capath; nil without either, which means the system's.
func (o *Options) roots() (*x509.CertPool, error) {
	if o.CAFile == "" && o.CAPath == "" {
		return nil, nil
	}
	pool := x509.NewCertPool()
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, optionError("cafile", "%v", err)
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, optionError("cafile", "%s holds no certificate in PEM form", o.CAFile)
		}
	}
	if o.CAPath != "" {
		entries, err := os.ReadDir(o.CAPath)
		if err != nil {
			return nil, optionError("capath", "%v", err)
		}
		for _, e := range entries {
			if pem, err := os.ReadFile(filepath.Join(o.CAPath, e.Name())); err == nil {
				pool.AppendCertsFromPEM(pem) // folders of certificates also hold lists of revoked ones, hashes, ...
			}
		}
	}
	return pool, nil
}

// verifies says whether a peer's certificate must be there and stand up to a check.
func (o *Options) verifies() bool {
	return o.VerifyPeer || o.VerifyPeerName || len(o.Fingerprints) > 0
}

// verifier checks the peer's certificate as PHP does: the chain, then a fingerprint, which makes
// the name irrelevant, then the name. It runs for resumed sessions too.
func (o *Options) verifier(roots *x509.CertPool, name string) func(tls.ConnectionState) error {
	if !o.verifies() {
		return nil
	}
	return func(s tls.ConnectionState) error {
		if len(s.PeerCertificates) == 0 {
			return errors.New("could not get peer certificate")
		}
		leaf := s.PeerCertificates[0]
		if o.VerifyPeer {
			if err := o.verifyChain(roots, s.PeerCertificates); err != nil {
				return err
			}
		}
		if len(o.Fingerprints) > 0 {
			for algorithm, want := range o.Fingerprints {
				if hex.EncodeToString(digests[algorithm](leaf.Raw)) != want {
					return errors.New("peer_fingerprint match failure")
				}
			}
			return nil
		}
		if o.VerifyPeerName {
			return verifyName(leaf, name)
		}
		return nil
	}
}

func (o *Options) verifyChain(roots *x509.CertPool, certs []*x509.Certificate) error {
	leaf := certs[0]
	usage := x509.ExtKeyUsageClientAuth
	if o.Client {
		usage = x509.ExtKeyUsageServerAuth
	}
	opts := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool(), KeyUsages: []x509.ExtKeyUsage{usage}}
	for _, c := range certs[1:] {
		opts.Intermediates.AddCert(c)
	}
	if roots == nil && !o.Client {
		opts.Roots = x509.NewCertPool() // a public authority must not decide who is a client here
	}
	chains, err := leaf.Verify(opts)
	var unknown x509.UnknownAuthorityError
	if errors.As(err, &unknown) && o.AllowSelfSigned && selfSigned(leaf) {
		if now := time.Now(); now.Before(leaf.NotBefore) || now.After(leaf.NotAfter) {
			return x509.CertificateInvalidError{Cert: leaf, Reason: x509.Expired}
		}
		return nil
	}
	if err != nil {
		return err
	}
	for _, chain := range chains {
		if len(chain)-1 <= o.VerifyDepth {
			return nil
		}
	}
	return fmt.Errorf("certificate chain too long (verify_depth %d)", o.VerifyDepth)
}

func selfSigned(c *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, c.RawSubject) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// verifyName compares with the certificate's alternative names and, where none fits, with its
// common name, which PHP still does.
func verifyName(leaf *x509.Certificate, name string) error {
	if name == "" {
		return errors.New("no peer_name to compare the peer certificate's name with")
	}
	err := leaf.VerifyHostname(name)
	if err == nil {
		return nil
	}
	if cn := leaf.Subject.CommonName; cn != "" {
		if strings.EqualFold(cn, name) {
			return nil
		}
		byName := &x509.Certificate{DNSNames: []string{cn}}
		if byName.VerifyHostname(name) == nil {
			return nil
		}
	}
	return err
}

package httpclient

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"os"
	"strings"
)

// sessions is how many TLS sessions a pool remembers.
const sessions = 256

func tlsConfig(s *Settings) (*tls.Config, error) {
	c := &tls.Config{
		ServerName:         s.ServerName,
		InsecureSkipVerify: !s.Verify,
		ClientSessionCache: tls.NewLRUClientSessionCache(sessions),
	}
	switch s.MinTLS {
	case "1.2":
		c.MinVersion = tls.VersionTLS12
	case "1.3":
		c.MinVersion = tls.VersionTLS13
	default:
		return nil, invalid("minTls is '1.2' or '1.3', not %q", cut(s.MinTLS, 10))
	}
	if s.CAFile != "" {
		pem, err := os.ReadFile(s.CAFile)
		if err != nil {
			return nil, invalid("caFile cannot be read: %v", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, invalid("caFile %s holds no certificate in PEM", s.CAFile)
		}
	}
	if s.CertFile != "" {
		key := s.KeyFile
		if key == "" {
			key = s.CertFile
		}
		pair, err := tls.LoadX509KeyPair(s.CertFile, key)
		if err != nil {
			return nil, invalid("the client's certificate cannot be used: %v", err)
		}
		c.Certificates = []tls.Certificate{pair}
	} else if s.KeyFile != "" {
		return nil, invalid("keyFile without certFile")
	}
	if len(s.Pins) > 0 {
		pins := map[[sha256.Size]byte]bool{}
		for _, pin := range s.Pins {
			sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(strings.TrimPrefix(pin, "sha256//"), "sha256/"))
			if err != nil || len(sum) != sha256.Size {
				return nil, invalid("a pin is 'sha256/' and the base64 of the SHA-256 of a public key (SubjectPublicKeyInfo)")
			}
			pins[[sha256.Size]byte(sum)] = true
		}
		c.VerifyConnection = func(cs tls.ConnectionState) error { return pinned(cs, pins) }
	}
	return c, nil
}

// pinned wants a pinned key in a chain that was verified, or, without verification, the server's own key.
func pinned(cs tls.ConnectionState, pins map[[sha256.Size]byte]bool) error {
	chains := cs.VerifiedChains
	if len(chains) == 0 && len(cs.PeerCertificates) > 0 {
		chains = [][]*x509.Certificate{cs.PeerCertificates[:1]}
	}
	for _, chain := range chains {
		for _, c := range chain {
			if pins[sha256.Sum256(c.RawSubjectPublicKeyInfo)] {
				return nil
			}
		}
	}
	return ErrPin
}

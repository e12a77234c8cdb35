package tlsconn

import (
	"crypto"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"go.step.sm/crypto/pemutil"
)

// load reads a certificate chain and its key; the key may be encrypted (PKCS#8 or the older form
// that OpenSSL calls traditional).
func (k KeyPair) load() (*tls.Certificate, error) {
	chain, err := os.ReadFile(k.Cert)
	if err != nil {
		return nil, optionError("local_cert", "%v", err)
	}
	option, path, keys := "local_pk", k.Key, chain
	if path == "" {
		option, path = "local_cert", k.Cert
	} else if keys, err = os.ReadFile(path); err != nil {
		return nil, optionError(option, "%v", err)
	}
	plain, err := decrypted(keys, k.Passphrase)
	if err != nil {
		return nil, optionError(option, "%s: %v", path, err)
	}
	cert, err := tls.X509KeyPair(chain, plain)
	if err != nil {
		return nil, optionError("local_cert", "%s and its key %s: %v", k.Cert, path, err)
	}
	return &cert, nil
}

// decrypted is the first private key of a PEM file, as PEM that crypto/tls reads.
func decrypted(data []byte, passphrase string) ([]byte, error) {
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, errors.New("holds no private key in PEM form")
		}
		if !strings.HasSuffix(block.Type, "PRIVATE KEY") {
			continue
		}
		if block.Type != "ENCRYPTED PRIVATE KEY" && !strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
			return pem.EncodeToMemory(block), nil
		}
		if passphrase == "" {
			return nil, errors.New("the private key is encrypted: give its passphrase")
		}
		key, err := pemutil.ParseKey(pem.EncodeToMemory(block), pemutil.WithPassword([]byte(passphrase)))
		if err != nil {
			return nil, fmt.Errorf("the private key does not open with this passphrase: %w", err)
		}
		if _, ok := key.(crypto.Signer); !ok {
			return nil, errors.New("the key is not one for signatures")
		}
		out, err := pemutil.Serialize(key, pemutil.WithPKCS8(true))
		if err != nil {
			return nil, err
		}
		return pem.EncodeToMemory(out), nil
	}
}

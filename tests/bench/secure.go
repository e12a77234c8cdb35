package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// clientTLS: what is compared is the cost of records on a kept connection, not whose certificate it is.
var clientTLS = &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}

// secure does the handshake on a blocking socket.
func secure(fd int) (*tls.Conn, error) {
	c := tls.Client(rawConn(fd), clientTLS)
	return c, c.Handshake()
}

// rawConn is a blocking socket for crypto/tls. Time limits are the socket's own.
type rawConn int

func (c rawConn) Read(p []byte) (int, error)       { return readSome(int(c), p) }
func (c rawConn) Write(p []byte) (int, error)      { return len(p), writeAll(int(c), p) }
func (c rawConn) Close() error                     { return nil } // the generator closes the descriptor
func (c rawConn) LocalAddr() net.Addr              { return nil }
func (c rawConn) RemoteAddr() net.Addr             { return nil }
func (c rawConn) SetDeadline(time.Time) error      { return nil }
func (c rawConn) SetReadDeadline(time.Time) error  { return nil }
func (c rawConn) SetWriteDeadline(time.Time) error { return nil }

// makeCertificate writes cert.pem and key.pem, which app/tls.php serves with.
func makeCertificate(dir string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return errors.Join(
		writePEM(filepath.Join(dir, "cert.pem"), "CERTIFICATE", cert),
		writePEM(filepath.Join(dir, "key.pem"), "PRIVATE KEY", private),
	)
}

func writePEM(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}

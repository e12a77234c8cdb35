package tlsconn

import (
	"bytes"
	"unsafe"
)

// Releasable says whether crypto/tls's buffers are where release.go expects them.
var Releasable = releasable

// RecordBuffer is the size of the buffer that crypto/tls keeps.
func (c *Conn) RecordBuffer() int {
	return (*bytes.Buffer)(unsafe.Add(unsafe.Pointer(c.tls), rawInputAt)).Cap()
}

// Complete is complete.
func Complete(b []byte) (int, bool) { return complete(b) }

// LookNow makes the next connection look at the files.
func (c *Config) LookNow() { c.look.Store(0) }

// CommonName is that of the certificate in use.
func (c *Config) CommonName() string {
	return c.current.Load().tls.Certificates[0].Leaf.Subject.CommonName
}

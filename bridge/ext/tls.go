package ext

// #include <stdlib.h>
// #include "../../php-ext/engine.h"
import "C"

import (
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"path/filepath"

	"github.com/phalanx-php/phalanx/goengine/tlsconn"
)

// tlsOptions reads a context's SSL options. They cross as JSON, which is not often.
func tlsOptions(o *C.phx_tls_options, client bool) (tlsconn.Options, error) {
	cwd := C.GoString(o.cwd)
	opts, unknown, err := tlsconn.ParseOptions(borrow(o.json, o.len), client, func(path string) string {
		if filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(cwd, path) // each PHP thread has a directory of its own
	})
	if len(unknown) > 0 {
		Log.WithField("options", unknown).Warn("tls: unknown ssl context options have no effect")
	}
	return opts, err
}

func tlsConfig(o *C.phx_tls_options, client bool) (*tlsconn.Config, error) {
	opts, err := tlsOptions(o, client)
	if err != nil {
		return nil, err
	}
	return tlsconn.Open(opts, Log)
}

// phx_tls_check says whether a server could be made with these options; if not, why is in text.
//
//export phx_tls_check
func phx_tls_check(o *C.phx_tls_options, text *C.char, textLen *C.int32_t) (st C.phx_status) {
	defer guard(&st)
	opts, err := tlsOptions(o, false)
	if err == nil {
		err = tlsconn.Check(opts)
	}
	if err != nil {
		*textLen = put(text, err.Error())
		return C.PHX_EINVAL
	}
	return C.PHX_OK
}

// phx_conn_tls starts TLS on an open connection; the end of the handshake is a PHX_SECURE event.
// With PHX_EINVAL the reason is in text.
//
//export phx_conn_tls
func phx_conn_tls(h C.int64_t, conn C.uint64_t, o *C.phx_tls_options, server C.int32_t, text *C.char, textLen *C.int32_t) (st C.phx_status) {
	defer guard(&st)
	l := find(int64(h))
	if l == nil {
		return C.PHX_ECLOSED
	}
	config, err := tlsConfig(o, server == 0)
	if err != nil {
		*textLen = put(text, err.Error())
		return C.PHX_EINVAL
	}
	return statusOf(l.StartTLS(uint64(conn), config))
}

// phx_conn_tls_info describes an established connection's TLS as JSON that the caller frees; NULL
// without TLS.
//
//export phx_conn_tls_info
func phx_conn_tls_info(h C.int64_t, conn C.uint64_t) *C.char {
	l := find(int64(h))
	if l == nil {
		return nil
	}
	c, ok := l.TLSInfo(uint64(conn))
	if !ok {
		return nil
	}
	s := c.State()
	certs := []string{}
	for _, cert := range s.PeerCertificates {
		certs = append(certs, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})))
	}
	b, err := json.Marshal(map[string]any{
		"protocol": tlsVersions[s.Version], "cipher": tls.CipherSuiteName(s.CipherSuite), "alpn": s.NegotiatedProtocol,
		"server_name": s.ServerName, "resumed": s.DidResume, "peer_certificates": certs,
	})
	if err != nil {
		return nil
	}
	return C.CString(string(b))
}

// tlsVersions as PHP's stream_get_meta_data()['crypto']['protocol'] names them.
var tlsVersions = map[uint16]string{
	tls.VersionTLS10: "TLSv1", tls.VersionTLS11: "TLSv1.1", tls.VersionTLS12: "TLSv1.2", tls.VersionTLS13: "TLSv1.3",
}

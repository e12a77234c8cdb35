package tlsconn

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// Options are what PHP's SSL context options say (https://www.php.net/manual/context.ssl.php).
// Paths are absolute.
type Options struct {
	Client bool // which side of the connection

	Cert       string // PEM: the chain and, unless Key is given, its key
	Key        string
	Passphrase string
	SNI        map[string]KeyPair // server: by host name, of which the first label may be *

	VerifyPeer      bool
	VerifyPeerName  bool
	AllowSelfSigned bool
	PeerName        string
	CAFile, CAPath  string
	VerifyDepth     int
	Fingerprints    map[string]string // by algorithm: md5, sha1 or sha256; hexadecimal
	CaptureCert     bool              // server: ask for a certificate, whatever it is

	MinVersion, MaxVersion uint16
	CipherSuites           []uint16 // of TLS 1.2 and before; nil: crypto/tls's own choice
	ALPN                   []string
	NoTickets              bool
}

// KeyPair is a certificate's files.
type KeyPair struct{ Cert, Key, Passphrase string }

// DefaultVerifyDepth is PHP's OPENSSL_DEFAULT_STREAM_VERIFY_DEPTH.
const DefaultVerifyDepth = 9

// ErrOptions is what all errors about options wrap.
var ErrOptions = errors.New("ssl options")

func optionError(name, format string, args ...any) error {
	return fmt.Errorf("%w: %s: %s", ErrOptions, name, fmt.Sprintf(format, args...))
}

// Options that mean nothing here, because what they switch off does not exist: compression, DHE
// suites, renegotiation; capture_peer_cert_chain because certificates are always kept.
var withoutEffect = map[string]bool{
	"disable_compression": true, "single_dh_use": true, "single_ecdh_use": true, "dh_param": true, "rsa_keysize": true,
	"honor_cipher_order": true, "reneg_limit": true, "reneg_window": true, "reneg_limit_callback": true,
	"capture_peer_cert_chain": true, "capture_session_meta": true, "SNI_server_name": true, "ecdh_curve": true,
	// What PHP itself writes into a context.
	"peer_certificate": true, "peer_certificate_chain": true, "session_meta": true,
}

// parser reads options one by one and keeps the first error.
type parser struct {
	values map[string]any
	path   func(string) string
	err    error
}

func (p *parser) fail(name, format string, args ...any) {
	if p.err == nil {
		p.err = optionError(name, format, args...)
	}
}

// truth is PHP's idea of it.
func truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case float64:
		return v != 0
	case string:
		return v != "" && v != "0"
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}

func (p *parser) boolean(name string, otherwise bool) bool {
	if v, ok := p.values[name]; ok && v != nil {
		return truth(v)
	}
	return otherwise
}

func (p *parser) text(name string) string {
	switch v := p.values[name].(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	p.fail(name, "must be a string")
	return ""
}

func (p *parser) file(name string) string {
	if s := p.text(name); s != "" {
		return p.path(s)
	}
	return ""
}

func (p *parser) number(name string, otherwise int) int {
	switch v := p.values[name].(type) {
	case nil:
		return otherwise
	case float64:
		return int(v)
	case string:
		if n, err := strconv.Atoi(v); err == nil {
			return n
		}
	}
	p.fail(name, "must be a number")
	return otherwise
}

// ParseOptions reads the options of a PHP context's 'ssl' part, as JSON. path makes a relative path
// absolute. unknown are the names that mean nothing to anybody; PHP takes no notice of them either.
func ParseOptions(data []byte, client bool, path func(string) string) (o Options, unknown []string, err error) {
	values := map[string]any{}
	if s := strings.TrimSpace(string(data)); s != "" && s != "[]" {
		if err := json.Unmarshal(data, &values); err != nil {
			return o, nil, fmt.Errorf("%w: %w", ErrOptions, err)
		}
	}
	p := &parser{values: values, path: path}
	o = Options{
		Client: client, Cert: p.file("local_cert"), Key: p.file("local_pk"), Passphrase: p.text("passphrase"),
		// A server that verified by default would ask every visitor for a certificate.
		VerifyPeer: p.boolean("verify_peer", client), VerifyPeerName: p.boolean("verify_peer_name", client),
		AllowSelfSigned: p.boolean("allow_self_signed", false), PeerName: p.text("peer_name"),
		CAFile: p.file("cafile"), CAPath: p.file("capath"), VerifyDepth: p.number("verify_depth", DefaultVerifyDepth),
		CaptureCert: p.boolean("capture_peer_cert", false), NoTickets: p.boolean("no_ticket", false),
	}
	if !client && p.boolean("SNI_enabled", true) {
		p.sni(&o)
	}
	p.fingerprints(&o)
	p.versions(&o)
	if list := p.text("ciphers"); list != "" {
		o.CipherSuites = p.ciphers(list)
	}
	for _, name := range strings.Split(p.text("alpn_protocols"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			o.ALPN = append(o.ALPN, name)
		}
	}
	if level := p.number("security_level", 1); level < 0 || level > 5 {
		p.fail("security_level", "must be between 0 and 5")
	} else if level > 2 {
		p.fail("security_level", "levels above 2 are not known here: choose the versions and ciphers themselves")
	}
	if !client && p.err == nil && o.Cert == "" && len(o.SNI) == 0 {
		p.fail("local_cert", "a server needs a certificate: the path of a PEM file")
	}
	known := map[string]bool{}
	for _, name := range []string{
		"local_cert", "local_pk", "passphrase", "verify_peer", "verify_peer_name", "allow_self_signed", "peer_name", "cafile", "capath",
		"verify_depth", "capture_peer_cert", "no_ticket", "SNI_enabled", "SNI_server_certs", "peer_fingerprint", "crypto_method",
		"min_proto_version", "max_proto_version", "ciphers", "alpn_protocols", "security_level",
	} {
		known[name] = true
	}
	for name := range values {
		if !known[name] && !withoutEffect[name] {
			unknown = append(unknown, name)
		}
	}
	sort.Strings(unknown)
	return o, unknown, p.err
}

func (p *parser) sni(o *Options) {
	v := p.values["SNI_server_certs"]
	if v == nil {
		return
	}
	hosts, ok := v.(map[string]any)
	if list, isList := v.([]any); isList && len(list) == 0 {
		return
	}
	if !ok {
		p.fail("SNI_server_certs", "must be an array of host name => path, or => ['local_cert' => path, 'local_pk' => path]")
		return
	}
	o.SNI = map[string]KeyPair{}
	for host, v := range hosts {
		inner := &parser{path: p.path}
		switch v := v.(type) {
		case string:
			inner.values = map[string]any{"local_cert": v}
		case map[string]any:
			inner.values = v
		}
		pair := KeyPair{inner.file("local_cert"), inner.file("local_pk"), inner.text("passphrase")}
		if pair.Passphrase == "" {
			pair.Passphrase = o.Passphrase
		}
		if pair.Cert == "" || inner.err != nil {
			p.fail("SNI_server_certs", "%s has no path of a certificate", host)
		}
		o.SNI[strings.ToLower(host)] = pair
	}
}

func (p *parser) fingerprints(o *Options) {
	switch v := p.values["peer_fingerprint"].(type) {
	case nil:
	case string:
		algorithm := map[int]string{32: "md5", 40: "sha1", 64: "sha256"}[len(v)]
		if algorithm == "" {
			p.fail("peer_fingerprint", "must be 32, 40 or 64 hexadecimal digits")
		}
		o.Fingerprints = map[string]string{algorithm: strings.ToLower(v)}
	case map[string]any:
		o.Fingerprints = map[string]string{}
		for algorithm, digest := range v {
			s, ok := digest.(string)
			if _, known := digests[strings.ToLower(algorithm)]; !ok || !known {
				p.fail("peer_fingerprint", "must hold md5, sha1 or sha256 => hexadecimal digits")
			}
			o.Fingerprints[strings.ToLower(algorithm)] = strings.ToLower(s)
		}
	default:
		p.fail("peer_fingerprint", "must be a string or an array")
	}
}

// Bits of STREAM_CRYPTO_METHOD_* and STREAM_CRYPTO_PROTO_*; the lowest of the former marks a client.
var versionBits = []struct {
	bit     int
	version uint16
}{{1 << 3, tls.VersionTLS10}, {1 << 4, tls.VersionTLS11}, {1 << 5, tls.VersionTLS12}, {1 << 6, tls.VersionTLS13}}

// versions: those before TLS 1.2 are spoken only when asked for by name.
func (p *parser) versions(o *Options) {
	o.MinVersion, o.MaxVersion = tls.VersionTLS12, tls.VersionTLS13
	if method := p.number("crypto_method", 0); method&^1 != 0 {
		o.MinVersion, o.MaxVersion = 0, 0
		for _, v := range versionBits {
			if method&v.bit == 0 {
				continue
			}
			if o.MinVersion == 0 {
				o.MinVersion = v.version
			}
			o.MaxVersion = v.version
		}
		// TLS_ANY and the like mean whatever is good, not that 1.0 is wanted.
		if method&(1<<5|1<<6) != 0 && method&(1<<3) != 0 {
			o.MinVersion = tls.VersionTLS12
		}
		if o.MaxVersion == 0 {
			p.fail("crypto_method", "SSL 2 and SSL 3 are not supported")
		}
	}
	bound := func(name string, to *uint16) {
		bit := p.number(name, 0)
		if bit == 0 {
			return
		}
		for _, v := range versionBits {
			if bit == v.bit {
				*to = v.version
				return
			}
		}
		p.fail(name, "must be a STREAM_CRYPTO_PROTO_TLSv1_* constant")
	}
	bound("min_proto_version", &o.MinVersion)
	bound("max_proto_version", &o.MaxVersion)
	if p.err == nil && o.MinVersion > o.MaxVersion {
		p.fail("min_proto_version", "no TLS version is left")
	}
}

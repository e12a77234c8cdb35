package tlsconn

import (
	"crypto/tls"
	"slices"
	"strings"
)

// OpenSSL's names of the suites of TLS 1.2 and before that crypto/tls has. Those of TLS 1.3 cannot
// be chosen and are all on.
var opensslSuites = map[string]uint16{
	"ECDHE-ECDSA-AES128-GCM-SHA256": tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	"ECDHE-ECDSA-AES256-GCM-SHA384": tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	"ECDHE-ECDSA-CHACHA20-POLY1305": tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	"ECDHE-RSA-AES128-GCM-SHA256":   tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	"ECDHE-RSA-AES256-GCM-SHA384":   tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	"ECDHE-RSA-CHACHA20-POLY1305":   tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	"ECDHE-ECDSA-AES128-SHA256":     tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
	"ECDHE-ECDSA-AES128-SHA":        tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
	"ECDHE-ECDSA-AES256-SHA":        tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
	"ECDHE-RSA-AES128-SHA256":       tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
	"ECDHE-RSA-AES128-SHA":          tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
	"ECDHE-RSA-AES256-SHA":          tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
	"AES128-GCM-SHA256":             tls.TLS_RSA_WITH_AES_128_GCM_SHA256,
	"AES256-GCM-SHA384":             tls.TLS_RSA_WITH_AES_256_GCM_SHA384,
	"AES128-SHA256":                 tls.TLS_RSA_WITH_AES_128_CBC_SHA256,
	"AES128-SHA":                    tls.TLS_RSA_WITH_AES_128_CBC_SHA,
	"AES256-SHA":                    tls.TLS_RSA_WITH_AES_256_CBC_SHA,
}

// Names that mean many suites: crypto/tls's own choice stands for them.
var suiteGroups = map[string]bool{
	"DEFAULT": true, "ALL": true, "HIGH": true, "COMPLEMENTOFDEFAULT": true, "ECDHE": true, "EECDH": true, "AESGCM": true,
	"CHACHA20": true, "TLSv1.2": true, "TLSv1.3": true, "MEDIUM": true, "kECDHE": true, "kEECDH": true, "AES": true,
}

// ciphers reads an OpenSSL cipher list. Suites named one by one are taken; names of groups bring
// crypto/tls's own choice; suites that crypto/tls has not (DHE, CCM, ...) and exclusions, which
// mostly exclude what it has not, are passed over. A list that leaves nothing is an error.
func (p *parser) ciphers(list string) (suites []uint16) {
	own, excluded := false, map[uint16]bool{}
	for _, name := range strings.FieldsFunc(list, func(r rune) bool { return r == ':' || r == ',' || r == ' ' || r == ';' }) {
		if strings.HasPrefix(name, "@") {
			continue
		}
		bare := strings.TrimLeft(name, "!-+")
		id, named := opensslSuites[bare]
		if strings.HasPrefix(name, "!") || strings.HasPrefix(name, "-") {
			if named {
				excluded[id] = true
			}
			continue
		}
		group, _, _ := strings.Cut(bare, "+")
		switch {
		case named && !slices.Contains(suites, id):
			suites = append(suites, id)
		case suiteGroups[group] || strings.HasPrefix(name, "TLS_"):
			own = true
		}
	}
	if own && len(suites) == 0 && len(excluded) == 0 {
		return nil
	}
	if own {
		for _, s := range tls.CipherSuites() {
			if slices.Contains(s.SupportedVersions, tls.VersionTLS12) && !slices.Contains(suites, s.ID) {
				suites = append(suites, s.ID)
			}
		}
	}
	suites = slices.DeleteFunc(suites, func(id uint16) bool { return excluded[id] })
	if len(suites) == 0 {
		p.fail("ciphers", "none of the suites in %q is supported", list)
	}
	return suites
}

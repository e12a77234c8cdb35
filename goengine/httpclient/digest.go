package httpclient

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"
)

// digest answers the challenge of a 401 (RFC 7616), "" when there is none that it knows. The protection is "auth"; a
// challenge for "auth-int" alone is not answered.
func digest(challenges []string, a *Auth, method, uri string) string {
	best := map[string]string(nil)
	for _, header := range challenges {
		for _, c := range splitChallenges(header) {
			p := digestParams(c)
			if p == nil || newHash(p["algorithm"]) == nil || !offersAuth(p) {
				continue
			}
			if best == nil || strings.HasPrefix(strings.ToUpper(p["algorithm"]), "SHA-256") {
				best = p
			}
		}
	}
	if best == nil {
		return ""
	}
	var random [16]byte
	_, _ = rand.Read(random[:])
	return answer(best, a, method, uri, hex.EncodeToString(random[:]))
}

func answer(p map[string]string, a *Auth, method, uri, cnonce string) string {
	sum := func(parts ...string) string {
		h := newHash(p["algorithm"])()
		h.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(h.Sum(nil))
	}
	first := sum(a.User, p["realm"], a.Password)
	if strings.HasSuffix(strings.ToLower(p["algorithm"]), "-sess") {
		first = sum(first, p["nonce"], cnonce)
	}
	second := sum(method, uri)
	b := &strings.Builder{}
	pair := func(name, value string, quoted bool) {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		if quoted {
			value = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
		}
		b.WriteString(name + "=" + value)
	}
	pair("username", a.User, true)
	pair("realm", p["realm"], true)
	pair("nonce", p["nonce"], true)
	pair("uri", uri, true)
	if p["qop"] != "" {
		const count = "00000001"
		pair("response", sum(first, p["nonce"], count, cnonce, "auth", second), true)
		pair("qop", "auth", false)
		pair("nc", count, false)
		pair("cnonce", cnonce, true)
	} else {
		pair("response", sum(first, p["nonce"], second), true)
	}
	if p["algorithm"] != "" {
		pair("algorithm", p["algorithm"], false)
	}
	if p["opaque"] != "" {
		pair("opaque", p["opaque"], true)
	}
	return "Digest " + b.String()
}

func newHash(algorithm string) func() hash.Hash {
	switch strings.ToUpper(algorithm) {
	case "", "MD5", "MD5-SESS":
		return md5.New
	case "SHA-256", "SHA-256-SESS":
		return sha256.New
	}
	return nil
}

func offersAuth(p map[string]string) bool {
	if p["qop"] == "" {
		return true
	}
	for _, q := range strings.Split(p["qop"], ",") {
		if strings.EqualFold(strings.TrimSpace(q), "auth") {
			return true
		}
	}
	return false
}

// splitChallenges cuts a WWW-Authenticate field where a scheme begins: a word, a space and a parameter.
func splitChallenges(s string) []string {
	var all []string
	start := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			for i++; i < len(s) && s[i] != '"'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
			continue
		}
		if s[i] != ',' {
			continue
		}
		rest := strings.TrimLeft(s[i+1:], " \t")
		word := strings.IndexAny(rest, " =,\t")
		if word > 0 && (rest[word] == ' ' || rest[word] == '\t') && !strings.HasPrefix(strings.TrimLeft(rest[word:], " \t"), "=") {
			all = append(all, s[start:i])
			start = i + 1
		}
	}
	return append(all, s[start:])
}

// digestParams reads a Digest challenge; nil when it is none.
func digestParams(c string) map[string]string {
	c = strings.TrimLeft(c, " \t")
	if len(c) < 7 || !strings.EqualFold(c[:7], "Digest ") {
		return nil
	}
	p := map[string]string{}
	for s := c[7:]; ; {
		s = strings.TrimLeft(s, " \t,")
		name, rest, found := strings.Cut(s, "=")
		if !found {
			break
		}
		name, rest = strings.ToLower(strings.TrimSpace(name)), strings.TrimLeft(rest, " \t")
		value := ""
		if strings.HasPrefix(rest, `"`) {
			var b strings.Builder
			i := 1
			for ; i < len(rest) && rest[i] != '"'; i++ {
				if rest[i] == '\\' && i+1 < len(rest) {
					i++
				}
				b.WriteByte(rest[i])
			}
			value, s = b.String(), rest[min(i+1, len(rest)):]
		} else {
			end := strings.IndexByte(rest, ',')
			if end < 0 {
				end = len(rest)
			}
			value, s = strings.TrimSpace(rest[:end]), rest[end:]
		}
		p[name] = value
	}
	if p["nonce"] == "" {
		return nil
	}
	return p
}

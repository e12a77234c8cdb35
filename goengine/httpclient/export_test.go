package httpclient

import "context"

// Release is what happens when PHP's object is gone.
func Release(t *Transport) { t.release() }

// Public says whether the guard of settings lets an address pass.
func Public(s Settings, address string) (bool, error) {
	g, err := newGuard(&s)
	if err != nil {
		return false, err
	}
	return g.control(context.Background(), "tcp", address, nil) == nil, nil
}

// Digest answers a challenge.
func Digest(challenge string, a *Auth, method, uri, cnonce string) string {
	for _, c := range splitChallenges(challenge) {
		if p := digestParams(c); p != nil {
			return answer(p, a, method, uri, cnonce)
		}
	}
	return ""
}

// SplitChallenges and DigestParams are fuzzed.
var (
	SplitChallenges = splitChallenges
	DigestParams    = digestParams
	RetryAfter      = retryAfter
)

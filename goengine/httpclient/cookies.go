package httpclient

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"
)

// What a jar takes: more is forgotten, as browsers do it.
const (
	maxCookieSites   = 1000
	maxCookiesOfSite = 180
	maxCookieBytes   = 4096
)

// CookieJar keeps the cookies of one client, by RFC 6265 and with the public suffix list. It is safe for several
// goroutines.
type CookieJar struct {
	mu    sync.Mutex // guards all below
	jar   *cookiejar.Jar
	sites map[string]map[string]bool // registrable domain => cookies
}

// NewCookieJar makes an empty jar.
func NewCookieJar() *CookieJar {
	j := &CookieJar{}
	j.Clear()
	return j
}

// Clear forgets all cookies.
func (j *CookieJar) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.jar, _ = cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // it never fails
	j.sites = map[string]map[string]bool{}
}

// Set keeps a cookie as if the URL's server had sent it in a Set-Cookie field, for example
// "id=1; Path=/; Secure; Max-Age=60".
func (j *CookieJar) Set(target, cookie string) error {
	u, err := parseURL(target)
	if err != nil {
		return err
	}
	c, err := http.ParseSetCookie(cookie)
	if err != nil {
		return invalid("%q is no cookie as in Set-Cookie", cut(cookie, 50))
	}
	j.SetCookies(u, []*http.Cookie{c})
	return nil
}

// Get tells the cookies that a request of this URL would have: names and values.
func (j *CookieJar) Get(target string) (map[string]string, error) {
	u, err := parseURL(target)
	if err != nil {
		return nil, err
	}
	cookies := map[string]string{}
	for _, c := range j.Cookies(u) {
		cookies[c.Name] = c.Value
	}
	return cookies, nil
}

// Cookies are those for a request.
func (j *CookieJar) Cookies(u *url.URL) []*http.Cookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.jar.Cookies(u)
}

// SetCookies keeps those of a response, as far as there is room.
func (j *CookieJar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	host := strings.ToLower(u.Hostname())
	site, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		site = host
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	known := j.sites[site]
	if known == nil && len(j.sites) >= maxCookieSites {
		return
	}
	var kept []*http.Cookie
	for _, c := range cookies {
		if len(c.Name)+len(c.Value)+len(c.Path) > maxCookieBytes {
			continue
		}
		key := host + "\x00" + c.Domain + "\x00" + c.Path + "\x00" + c.Name
		switch {
		case c.MaxAge < 0 || !c.Expires.IsZero() && c.MaxAge == 0 && c.Expires.Before(time.Now()):
			delete(known, key)
		case !known[key] && len(known) >= maxCookiesOfSite:
			continue
		default:
			if known == nil {
				known = map[string]bool{}
				j.sites[site] = known
			}
			known[key] = true
		}
		kept = append(kept, c)
	}
	j.jar.SetCookies(u, kept)
}

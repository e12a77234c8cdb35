package examples_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

const secretKey = "A key of more than 32 bytes, for this test!"

// shop is examples/security, running.
type shop struct {
	server
	t    *testing.T
	base string
	data string
}

func startShop(t *testing.T, environment ...string) *shop {
	t.Helper()
	port := phalanxtest.FreePorts(t, 1)[0]
	s := &shop{t: t, base: fmt.Sprintf("http://127.0.0.1:%d", port), data: t.TempDir()}
	secret := filepath.Join(s.data, "secret")
	require.NoError(t, os.WriteFile(secret, []byte(secretKey+"\n"), 0o600))
	s.server = start(t, "security/start.php", append([]string{fmt.Sprintf("ADDRESS=127.0.0.1:%d", port), "DATA=" + s.data,
		"SECRET_FILE=" + secret, "TMPDIR=" + t.TempDir()}, environment...)...)
	s.dial(t, port)
	return s
}

// visitor is a browser: it keeps cookies and follows no redirects.
type visitor struct {
	*shop
	client http.Client
}

func (s *shop) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	require.NoError(s.t, err)
	return &visitor{s, http.Client{Jar: jar, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

func (v *visitor) do(request *http.Request) (*http.Response, string) {
	v.t.Helper()
	res, err := v.client.Do(request)
	require.NoError(v.t, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	require.NoError(v.t, err)
	return res, string(body)
}

func (v *visitor) get(path string) (int, string) {
	v.t.Helper()
	request, err := http.NewRequestWithContext(v.t.Context(), "GET", v.base+path, nil)
	require.NoError(v.t, err)
	res, body := v.do(request)
	return res.StatusCode, body
}

// send posts exactly these fields.
func (v *visitor) send(path string, fields ...string) (*http.Response, string) {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	request, err := http.NewRequestWithContext(v.t.Context(), "POST", v.base+path, strings.NewReader(form.Encode()))
	require.NoError(v.t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(request)
}

// csrf is the token of the page's form.
func (v *visitor) csrf() string {
	v.t.Helper()
	_, page := v.get("/")
	m := regexp.MustCompile(`name="csrf" value="([0-9a-f]{64})"`).FindStringSubmatch(page)
	require.NotNil(v.t, m, page)
	return m[1]
}

// submit posts as the page's own form does.
func (v *visitor) submit(path string, fields ...string) (int, string) {
	v.t.Helper()
	res, body := v.send(path, append(fields, "csrf", v.csrf())...)
	return res.StatusCode, body
}

func (v *visitor) session() string {
	at, err := url.Parse(v.base)
	require.NoError(v.t, err)
	for _, c := range v.client.Jar.Cookies(at) {
		if c.Name == "sid" {
			return c.Value
		}
	}
	return ""
}

func (s *shop) loggedIn(name, password string) *visitor {
	s.t.Helper()
	v := s.visitor()
	status, body := v.submit("/login", "name", name, "password", password)
	require.Equal(s.t, http.StatusSeeOther, status, body)
	return v
}

func (s *shop) ada() *visitor  { return s.loggedIn("ada", "correct horse") }
func (s *shop) root() *visitor { return s.loggedIn("root", "battery staple") }

func TestSecurityAuthentication(t *testing.T) {
	s := startShop(t)
	v := s.visitor()
	status, _ := v.submit("/notes", "text", "x")
	require.Equal(t, http.StatusUnauthorized, status)

	wrong, first := v.submit("/login", "name", "ada", "password", "wrong")
	nobody, second := v.submit("/login", "name", "nobody", "password", "wrong")
	require.Equal(t, []any{http.StatusForbidden, first}, []any{nobody, second}, "who is registered does not show")
	require.Equal(t, http.StatusForbidden, wrong)
	status, _ = v.submit("/login", "name[]", "ada", "password[]", "x")
	require.Equal(t, http.StatusUnprocessableEntity, status)

	// Guessing ends soon, and for the right password too; other accounts go on.
	for range 10 {
		status, _ = v.submit("/login", "name", "ada", "password", "guess")
	}
	require.Equal(t, http.StatusTooManyRequests, status)
	res, _ := v.send("/login", "name", "ada", "password", "correct horse", "csrf", v.csrf())
	require.Equal(t, http.StatusTooManyRequests, res.StatusCode)
	require.NotEmpty(t, res.Header.Get("Retry-After"))
	require.NotEmpty(t, s.root().session())
}

func TestSecuritySessions(t *testing.T) {
	s := startShop(t)
	at, err := url.Parse(s.base)
	require.NoError(t, err)

	// Fixation: a stranger plants an id in ada's browser. After her login it is worth nothing.
	const planted = "plantedbyastranger0123456789"
	v := s.visitor()
	v.client.Jar.SetCookies(at, []*http.Cookie{{Name: "sid", Value: planted}})
	status, _ := v.submit("/login", "name", "ada", "password", "correct horse")
	require.Equal(t, http.StatusSeeOther, status)
	require.NotEqual(t, planted, v.session())
	stranger := s.visitor()
	stranger.client.Jar.SetCookies(at, []*http.Cookie{{Name: "sid", Value: planted}})
	_, page := stranger.get("/")
	require.NotContains(t, page, "<h1>ada</h1>")
	_, page = v.get("/")
	require.Contains(t, page, "<h1>ada</h1>")

	// After the logout the old id is nobody's, also for who has copied it.
	old := v.session()
	status, _ = v.submit("/logout")
	require.Equal(t, http.StatusSeeOther, status)
	stranger.client.Jar.SetCookies(at, []*http.Cookie{{Name: "sid", Value: old}})
	_, page = stranger.get("/")
	require.NotContains(t, page, "<h1>ada</h1>")

	// An id that leads out of the folder of sessions is no id.
	request, err := http.NewRequestWithContext(t.Context(), "GET", s.base+"/", nil)
	require.NoError(t, err)
	request.Header.Set("Cookie", "sid=../../../../etc/passwd")
	res, _ := s.visitor().do(request)
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Regexp(t, `^sid=[0-9a-f]{32,}`, res.Header.Get("Set-Cookie"))
}

func TestSecurityCookieBehindTLS(t *testing.T) {
	s := startShop(t, "TLS=1")
	request, err := http.NewRequestWithContext(t.Context(), "GET", s.base+"/", nil)
	require.NoError(t, err)
	res, _ := s.visitor().do(request)
	cookie := res.Cookies()[0]
	require.Equal(t, "__Host-sid", cookie.Name)
	require.True(t, cookie.Secure && cookie.HttpOnly && cookie.Path == "/" && cookie.Domain == "", cookie)
	require.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
}

func TestSecurityCSRF(t *testing.T) {
	s := startShop(t)
	v, other := s.ada(), s.root()
	token := v.csrf()
	for _, tt := range []struct {
		name   string
		fields []string
	}{
		{"none", nil},
		{"empty", []string{"csrf", ""}},
		{"somebody else's", []string{"csrf", other.csrf()}},
		{"an array", []string{"csrf[]", token}},
		{"cut short", []string{"csrf", token[:63]}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res, _ := v.send("/notes", append([]string{"text", "x"}, tt.fields...)...)
			require.Equal(t, http.StatusForbidden, res.StatusCode)
		})
	}
	res, _ := v.send("/notes", "text", "x", "csrf", token)
	require.Equal(t, http.StatusCreated, res.StatusCode)
	res, _ = s.visitor().send("/login", "name", "ada", "password", "correct horse")
	require.Equal(t, http.StatusForbidden, res.StatusCode, "a login by force is one too")
}

func TestSecurityAuthorisation(t *testing.T) {
	s := startShop(t)
	ada, root := s.ada(), s.root()
	status, _ := ada.get("/admin")
	require.Equal(t, http.StatusForbidden, status)
	status, _ = root.get("/admin")
	require.Equal(t, http.StatusOK, status)

	_, note := root.submit("/notes", "text", "root's")
	note = strings.TrimSpace(note)
	status, _ = ada.submit("/notes/delete", "id", note)
	require.Equal(t, http.StatusNotFound, status, "not 403: that it is there is not said either")
	_, page := ada.get("/")
	require.NotContains(t, page, "root&#039;s")
	_, page = root.get("/")
	require.Contains(t, page, `id="n`+note)
	_, mine := ada.submit("/notes", "text", "ada's")
	status, _ = root.submit("/notes/delete", "id", strings.TrimSpace(mine))
	require.Equal(t, http.StatusNoContent, status)
}

func TestSecurityInjection(t *testing.T) {
	s := startShop(t)
	ada, root := s.ada(), s.root()
	status, _ := root.submit("/notes", "text", "a secret of root")
	require.Equal(t, http.StatusCreated, status)

	// SQL: values never become part of a statement.
	for _, words := range []string{"' OR '1'='1", "%' OR 1=1 --", "'; DROP TABLE note; --", "%"} {
		_, page := ada.get("/?q=" + url.QueryEscape(words))
		require.NotContains(t, page, "a secret", words)
	}
	_, page := root.get("/?q=secret")
	require.Contains(t, page, "a secret of root", "the table is still there")
	status, _ = ada.submit("/login", "name", "root' --", "password", "x")
	require.Equal(t, http.StatusForbidden, status)

	// HTML: what was written is shown, not carried out.
	const script = `<script>alert(1)</script>"'&`
	status, _ = ada.submit("/notes", "text", script)
	require.Equal(t, http.StatusCreated, status)
	for _, path := range []string{"/", "/?q=" + url.QueryEscape("<script>")} {
		_, page = ada.get(path)
		require.NotContains(t, page, "<script>")
		require.Contains(t, page, "&lt;script&gt;alert(1)")
	}

	// Types, lengths, control characters, bytes that are no UTF-8.
	for _, text := range []string{"", "   ", strings.Repeat("x", 201), "nul\x00x", "\xff\xfe", "bell\a"} {
		status, _ = ada.submit("/notes", "text", text)
		require.Equal(t, http.StatusUnprocessableEntity, status, "%q", text)
	}
	for _, id := range []string{"1 OR 1=1", "0", "-1", "1e3", "99999999999999999999"} {
		status, _ = ada.submit("/notes/delete", "id", id)
		require.Equal(t, http.StatusUnprocessableEntity, status, id)
	}
	status, _ = ada.submit("/notes", "text[]", "x")
	require.Equal(t, http.StatusUnprocessableEntity, status)
}

func TestSecurityTokens(t *testing.T) {
	s := startShop(t)
	_, token := s.ada().submit("/token")
	me := func(token string) (int, string) {
		request, err := http.NewRequestWithContext(t.Context(), "GET", s.base+"/api/me", nil)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+token)
		res, body := s.visitor().do(request)
		return res.StatusCode, body
	}
	status, body := me(token)
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, `{"name":"ada","role":"author"}`, body)

	parts := strings.Split(token, ".")
	text := func(v any) string {
		plain, err := json.Marshal(v)
		require.NoError(t, err)
		return base64.RawURLEncoding.EncodeToString(plain)
	}
	claims := func(change func(map[string]any)) string {
		plain, err := base64.RawURLEncoding.DecodeString(parts[1])
		require.NoError(t, err)
		var c map[string]any
		require.NoError(t, json.Unmarshal(plain, &c))
		change(c)
		return text(c)
	}
	signed := func(header, payload, key string) string {
		mac := hmac.New(sha512.New, []byte(key))
		mac.Write([]byte(header + "." + payload))
		return header + "." + payload + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	promoted := claims(func(c map[string]any) { c["role"] = "administrator" })
	weak := text(map[string]any{"typ": "JWT", "alg": "HS256"})
	mac := hmac.New(sha256.New, []byte(secretKey))
	mac.Write([]byte(weak + "." + promoted))

	status, body = me(signed(parts[0], promoted, secretKey))
	require.Equal(t, http.StatusOK, status, "who has the key can: so the others below fail for their own reasons")
	require.Contains(t, body, "administrator")
	for _, tt := range []struct{ name, token string }{
		{"claims changed", parts[0] + "." + promoted + "." + parts[2]},
		{"another key", signed(parts[0], promoted, "guessed")},
		{"no signature", text(map[string]any{"typ": "JWT", "alg": "none"}) + "." + promoted + "."},
		{"no signature, and the old one", text(map[string]any{"typ": "JWT", "alg": "none"}) + "." + promoted + "." + parts[2]},
		{"another algorithm, right key", weak + "." + promoted + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))},
		{"too old", signed(parts[0], claims(func(c map[string]any) { c["exp"] = time.Now().Add(-time.Minute).Unix() }), secretKey)},
		{"for another audience", signed(parts[0], claims(func(c map[string]any) { c["aud"] = []string{"other"} }), secretKey)},
		{"of another issuer", signed(parts[0], claims(func(c map[string]any) { c["iss"] = "other" }), secretKey)},
		{"a word", "x"},
		{"three words", "x.y.z"},
		{"nothing", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, body := me(tt.token)
			require.Equal(t, http.StatusUnauthorized, status, body)
		})
	}
}

func TestSecurityUploads(t *testing.T) {
	s := startShop(t)
	v := s.ada()
	var picture bytes.Buffer
	require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2, 2))))
	upload := func(name, kind string, content []byte) (int, string) {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		require.NoError(t, form.WriteField("csrf", v.csrf()))
		part, err := form.CreatePart(map[string][]string{
			"Content-Disposition": {`form-data; name="avatar"; filename="` + name + `"`}, "Content-Type": {kind}})
		require.NoError(t, err)
		_, err = part.Write(content)
		require.NoError(t, err)
		require.NoError(t, form.Close())
		request, err := http.NewRequestWithContext(t.Context(), "POST", s.base+"/avatar", &body)
		require.NoError(t, err)
		request.Header.Set("Content-Type", form.FormDataContentType())
		res, answer := v.do(request)
		return res.StatusCode, answer
	}
	status, name := upload("../../../shell.php", "image/png", picture.Bytes())
	require.Equal(t, http.StatusCreated, status, name)
	require.Regexp(t, `^[0-9a-f]{32}\.png\n$`, name)
	stored, err := os.ReadDir(filepath.Join(s.data, "uploads"))
	require.NoError(t, err)
	require.Len(t, stored, 1)
	status, _ = upload("a.png", "image/png", []byte("<?php system('id');"))
	require.Equal(t, http.StatusUnsupportedMediaType, status)
	status, _ = upload("a.svg", "image/svg+xml", []byte("<svg onload='alert(1)'/>"))
	require.Equal(t, http.StatusUnsupportedMediaType, status)
	status, _ = upload("a.png", "image/png", append(picture.Bytes(), make([]byte, 100_000)...))
	require.Equal(t, http.StatusRequestEntityTooLarge, status)
	stored, err = os.ReadDir(filepath.Join(s.data, "uploads"))
	require.NoError(t, err)
	require.Len(t, stored, 1)
}

func TestSecurityErrorsAndHeaders(t *testing.T) {
	s := startShop(t)
	v := s.ada()
	request, err := http.NewRequestWithContext(t.Context(), "GET", s.base+"/nowhere", nil)
	require.NoError(t, err)
	res, _ := v.do(request)
	require.Contains(t, res.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
	require.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"))
	require.Equal(t, "no-store", res.Header.Get("Cache-Control"))

	// A failure of the program's own: the log has it, the visitor learns nothing of tables, files and lines.
	said, err := phalanxtest.Command(t, "-r", `(new PDO("sqlite:$argv[1]"))->exec("DROP TABLE note");`, "--",
		filepath.Join(s.data, "security.sqlite")).Run()
	require.NoError(t, err, said)
	request, err = http.NewRequestWithContext(t.Context(), "GET", s.base+"/", nil)
	require.NoError(t, err)
	res, body := v.do(request)
	require.Equal(t, http.StatusInternalServerError, res.StatusCode)
	require.Equal(t, "Something went wrong\n", body)
	require.Contains(t, res.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
	s.WaitFor("no such table: note")
	require.NotContains(t, s.Output(), secretKey)
}

// A key that everybody can read, and one that can be guessed, stop the start of a worker.
func TestSecuritySecrets(t *testing.T) {
	for _, tt := range []struct {
		name, content string
		mode          os.FileMode
		want          string
	}{
		{"for everybody", secretKey, 0o644, "not for everybody to read"},
		{"short", "1234", 0o600, "less than 32 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "secret")
			require.NoError(t, os.WriteFile(file, []byte(tt.content), tt.mode))
			program := `require "../../examples/security/src/Secret.php";
				try { new Shop\Secret($argv[1], ""); } catch (RuntimeException $e) { echo $e->getMessage(); }`
			said, err := phalanxtest.Command(t, "-r", program, "--", file).Run()
			require.NoError(t, err)
			require.Contains(t, said, tt.want)
		})
	}
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte(secretKey), 0o600))
	said, err := phalanxtest.Command(t, "-r", `require "../../examples/security/src/Secret.php"; var_dump(new Shop\Secret($argv[1], ""));
		echo json_encode(new Shop\Secret($argv[1], ""));`, "--", file).Run()
	require.NoError(t, err)
	require.NotContains(t, said, secretKey)
	require.Contains(t, said, "(hidden)")
}

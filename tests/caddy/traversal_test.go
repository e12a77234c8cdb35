package caddy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// ask sends the path as it is, which http.Client would tidy up.
func ask(t *testing.T, addr, path string) (status int, body string) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	require.NoError(t, c.SetDeadline(time.Now().Add(phalanxtest.Patience)))
	_, err = io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: "+addr+"\r\nConnection: close\r\n\r\n")
	require.NoError(t, err)
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err, path)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err, path)
	return resp.StatusCode, string(text)
}

// No spelling of a path leads out of the served folder, and none shows the source of a script.
func TestPathsStayInTheFolder(t *testing.T) {
	const source, secret = "only-in-the-source", "outside-the-folder"
	for _, command := range []string{"run", "php-server"} {
		t.Run(command, func(t *testing.T) {
			top, addr := t.TempDir(), freeAddress(t)
			dir := filepath.Join(top, "public")
			for name, content := range map[string]string{
				"secret.txt":           secret,
				"secret.php":           "<?php echo '" + secret + "'; // " + source,
				"public-2/secret.txt":  secret,
				"public/index.php":     "<?php echo 'index'; // " + source,
				"public/sub/page.php":  "<?php echo 'page'; // " + source,
				"public/sub/plain.txt": "plain",
				"public/UPPER.PHP":     "<?php echo 'upper'; // " + source,
			} {
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(top, name)), 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(top, name), []byte(content), 0o600))
			}
			require.NoError(t, os.Symlink("../secret.php", filepath.Join(dir, "link.php")))
			if command == "run" {
				caddyfile := fmt.Sprintf("{\n\tauto_https off\n\tadmin off\n}\nhttp://%s {\n\troot * %s\n\tphp_server\n}\n", addr, dir)
				require.NoError(t, os.WriteFile(filepath.Join(top, "Caddyfile"), []byte(caddyfile), 0o600))
				start(t, top, "run", "--config", "Caddyfile")
			} else {
				start(t, top, "php-server", "--root", dir, "--listen", addr)
			}
			require.Equal(t, "index", get(t, "http://"+addr+"/"))
			ask := func(path string) string {
				status, body := ask(t, addr, path)
				require.Less(t, status, 500, path)
				return body
			}
			require.Equal(t, "plain", ask("/sub/plain.txt"))
			require.Equal(t, "page", ask("/sub/page.php"))
			require.Equal(t, "page", ask("/sub/page.php/secret.txt"))

			// A symbolic link is followed, as Caddy does: who may make one in the folder decides. It is run all the same.
			require.Equal(t, secret, ask("/link.php"))

			ups := []string{"../", "..%2f", "..%2F", "%2e%2e/", "%2e%2e%2f", ".%2e/", "%2e./", "..%5c", `..\`, "..%252f", "..;/", ".../",
				"....//", "%c0%ae%c0%ae/", "..%c0%af", "..%00/", "/../", "./../", "sub/../../", "sub/%2e%2e/%2e%2e/", "%2f../"}
			for _, up := range ups {
				for _, file := range []string{"secret.txt", "secret.php", "public-2/secret.txt"} {
					for _, path := range []string{"/" + up + file, "/sub/" + up + up + file, "/index.php/" + up + up + file, "/" + strings.Repeat(up, 12) + strings.TrimPrefix(top, "/") + "/" + file} {
						body := ask(path)
						require.NotContains(t, body, secret, path)
						require.NotContains(t, body, source, path)
					}
				}
			}
			for _, path := range []string{"/" + top + "/secret.txt", "/file://" + top + "/secret.txt", "/public-2/secret.txt"} {
				require.NotContains(t, ask(path), secret, path)
			}
			for _, script := range []string{"/index", "/sub/page", "/UPPER", "/link"} {
				for _, end := range []string{".php", ".php/", ".php/.", ".php/x", ".php//", ".php%20", ".php%00", ".php%00.txt", ".php.", ".php%2e", ".php::$DATA",
					".php%0a", ".php%2f", ".php%5c", `.php\`, ".php;.txt", ".php?", ".php%3f", ".php%23", ".ph%70", ".%70hp", ".PHP", ".Php", ".phP/x",
					"%2ephp", ".php/../page.php", ".php/x/../../page.php", ".php~", ".php.txt", ".p\xc4\xa5p", ".phps"} {
					require.NotContains(t, ask(script+end), source, "%s%s", script, end)
				}
			}
		})
	}
}

// Caddy shows what begins with a dot, unless told otherwise: this is what docs/configuration.md says to tell it.
func TestHiddenFilesWithTheMatcherOfTheDocs(t *testing.T) {
	const matcher, answer = "@hidden path */.*", "respond @hidden 404"
	text, err := os.ReadFile("../../docs/configuration.md")
	require.NoError(t, err)
	require.Contains(t, string(text), "`"+matcher+"`")
	require.Contains(t, string(text), "`"+answer+"`")
	for _, told := range []bool{true, false} {
		dir, addr := t.TempDir(), freeAddress(t)
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "public/.git"), 0o755))
		for _, name := range []string{".env", ".git/config"} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "public", name), []byte("hidden"), 0o600))
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, "public/index.php"), []byte("<?php echo 'index';"), 0o600))
		rules := ""
		if told {
			rules = matcher + "\n\t" + answer + "\n\t"
		}
		caddyfile := fmt.Sprintf("{\n\tauto_https off\n\tadmin off\n}\nhttp://%s {\n\troot * %s\n\t%sphp_server\n}\n",
			addr, filepath.Join(dir, "public"), rules)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "Caddyfile"), []byte(caddyfile), 0o600))
		start(t, dir, "run", "--config", "Caddyfile")
		require.Equal(t, "index", get(t, "http://"+addr+"/"))
		for _, path := range []string{"/.env", "/%2eenv", "/x/../.env", "//.env", "/.git/config", "/.git%2fconfig"} {
			status, body := ask(t, addr, path)
			if told {
				require.Equal(t, http.StatusNotFound, status, path)
				require.Empty(t, body, path)
			} else {
				require.Equal(t, "hidden", body, path)
			}
		}
	}
}

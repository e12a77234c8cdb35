package services_test

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/backend"
	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// pdoDiffers are the tests of testdata/pdo.php whose outcome is known to be another one than PDO's. docs/pdo.md has the
// reasons.
var pdoDiffers = map[string][]string{
	"pgsql":  {"mixed", "rowCount of insert", "codes of a statement"},
	"mysql":  {"no values"},
	"sqlite": {"mixed", "meta beyond", "codes of a statement"},
}

// The same script on PDO and on Phalanx\Sql\Pdo prints the same.
func TestPdoBehavesAsPDO(t *testing.T) {
	for _, kind := range []string{"pgsql", "mysql", "sqlite"} {
		t.Run(kind, func(t *testing.T) {
			want := runPDOScript(t, `PDO`, kind)
			got := runPDOScript(t, `Phalanx\Sql\Pdo`, kind)
			require.Greater(t, len(want), 200)
			require.Len(t, got, len(want))
			for i := range want {
				name, _, _ := strings.Cut(want[i], "\n")
				_, name, _ = strings.Cut(name, " ")
				known := false
				for _, differs := range pdoDiffers[kind] {
					known = known || differs == name
				}
				if known {
					require.NotEqual(t, want[i], got[i], "known to differ, and does not: %s", name)
				} else {
					require.Equal(t, want[i], got[i])
				}
			}
		})
	}
}

var pdoStatementName = regexp.MustCompile(`prepared statement "\w+"`)

// runPDOScript gives what each test of the script has printed.
func runPDOScript(t *testing.T, class, kind string) []string {
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "test.db")
	if kind != "sqlite" {
		u, err := url.Parse(os.Getenv(backend.Kinds[kind]))
		require.NoError(t, err)
		dsn = fmt.Sprintf("%s:host=%s;port=%s;dbname=%s", kind, u.Hostname(), u.Port(), backend.Database)
		if kind == "mysql" {
			dsn += ";charset=utf8mb4"
		}
	}
	cmd := exec.Command(phalanxtest.Binary(t), "testdata/pdo.php", class, dsn, backend.User, backend.Password)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s%s", out, stderr.String())
	require.Empty(t, stderr.String())
	text := pdoStatementName.ReplaceAllString(string(out), "prepared statement")
	var tests []string
	for line := range strings.Lines(text) {
		if line[0] != ' ' || len(tests) == 0 {
			tests = append(tests, line)
			continue
		}
		tests[len(tests)-1] += line
	}
	return tests
}

// A password is in no exception, trace or dump.
func TestPdoKeepsPasswords(t *testing.T) {
	const program = `foreach (['pgsql://me:hush-hush@127.0.0.1:1/x', 'mysql://me:hush-hush@127.0.0.1:1/x', 'pgsql://me:hush-hush@127.0.0.1:99999/x',
			'pgsql:host=127.0.0.1;port=1;password=hush-hush', 'mysql:host=127.0.0.1;port=1;nonsense=1'] as $dsn) {
			foreach ([fn () => new Phalanx\Sql\Pdo($dsn, 'me', 'hush-hush'), fn () => Phalanx\Sql\Pdo::connect($dsn, null, 'hush-hush')] as $do) {
				try {
					$do();
				} catch (PDOException $e) {
					$text = $e . print_r($e, true) . $e->getTraceAsString();
					echo get_class($e), ' ', str_contains($text, 'hush') ? "has it: $text" : 'has it not', "\n";
				}
			}
		}
		$db = new Phalanx\Sql\Pdo('sqlite::memory:', 'me', 'hush-hush');
		echo str_contains(print_r($db, true) . var_export($db->query('SELECT 1'), true), 'hush') ? 'has it' : 'has it not';`
	out, err := phalanxtest.Command(t, "-d", "zend.exception_ignore_args=0", "-r", program).Run()
	require.NoError(t, err, out)
	require.Equal(t, strings.Repeat("PDOException has it not\n", 10)+"has it not", out)
}

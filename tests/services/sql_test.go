package services_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// sqlDSNs are the databases that the suites run on.
func sqlDSNs(t *testing.T) map[string]string {
	return map[string]string{
		"PostgreSQL": os.Getenv("PHALANX_TEST_PGSQL"),
		"MySQL":      os.Getenv("PHALANX_TEST_MYSQL"),
		"SQLite":     "sqlite:" + filepath.Join(t.TempDir(), "test.sqlite"),
		"memory":     "sqlite::memory:",
	}
}

// runSQL runs a script of testdata/sql, which prints what is wrong, then "done".
func runSQL(t *testing.T, script string, args ...string) {
	t.Helper()
	run := phalanxtest.Command(t, append([]string{filepath.Join("testdata", "sql", script)}, args...)...)
	out, err := run.Run()
	require.NoError(t, err, out)
	require.Equal(t, "done\n", out)
}

func TestSQL(t *testing.T) {
	for name, dsn := range sqlDSNs(t) {
		t.Run(name, func(t *testing.T) { runSQL(t, "suite.php", dsn) })
	}
}

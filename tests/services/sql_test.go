package services_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/sirupsen/logrus/hooks/test"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/sqldb"
	"github.com/phalanx-php/phalanx/goengine/wire"
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

func TestSQLFibers(t *testing.T) {
	for name, dsn := range sqlDSNs(t) {
		if name != "memory" {
			t.Run(name, func(t *testing.T) { runSQL(t, "fibers.php", dsn) })
		}
	}
}

func TestSQLPipeline(t *testing.T) {
	for name, dsn := range sqlDSNs(t) {
		if name == "PostgreSQL" || name == "MySQL" {
			t.Run(name, func(t *testing.T) { runSQL(t, "pipeline.php", dsn) })
		}
	}
}

// The same from Go, where the race detector looks on.
func TestSQLPipelineOfGoroutines(t *testing.T) {
	settings := sqldb.DefaultSettings
	settings.Name = t.Name()
	p, err := sqldb.NewPool(os.Getenv("PHALANX_TEST_PGSQL"), settings)
	require.NoError(t, err)
	ctx := context.Background()
	for range 30 {
		var group sync.WaitGroup
		for i := range 100 {
			group.Go(func() {
				ctx := ctx
				if i%10 == 0 {
					limited, cancel := context.WithTimeout(ctx, time.Duration(i)*20*time.Microsecond)
					defer cancel()
					ctx = limited
				}
				rows, err := p.Run(ctx, "SELECT 1000 / ?::int", []any{int64(i % 50)}, int(sqldb.Value))
				var e *component.Exception
				switch {
				case ctx.Err() != nil:
				case i%50 == 0:
					require.ErrorAs(t, err, &e)
					require.Equal(t, "22012", e.Properties["sqlState"])
				default:
					require.NoError(t, err)
					require.Equal(t, wire.AppendInt(nil, int64(1000/(i%50))), []byte(rows))
				}
			})
		}
		group.Wait()
	}
}

func TestSQLiteBesidePDO(t *testing.T) {
	runSQL(t, "both.php", "sqlite:"+filepath.Join(t.TempDir(), "both.sqlite"))
}

// Nothing is left at the servers when a script has ended in the middle of everything.
func TestSQLLeavesNothing(t *testing.T) {
	const script = `<?php
		$db = new Phalanx\Sql\Database($argv[1], applicationName: 'leaving');
		$db->begin();
		$db->value('SELECT 1');
		$stream = (new Phalanx\Sql\Database($argv[1], applicationName: 'leaving'))->stream('SELECT 1 UNION ALL SELECT 2', batch: 1);
		$stream->current();
		echo "done\n";`
	file := filepath.Join(t.TempDir(), "leaving.php")
	require.NoError(t, os.WriteFile(file, []byte(script), 0o600))
	for kind, count := range map[string]string{
		"PHALANX_TEST_PGSQL": "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'leaving'",
		"PHALANX_TEST_MYSQL": "SELECT count(*) FROM information_schema.processlist WHERE id <> CONNECTION_ID()",
	} {
		out, err := phalanxtest.Command(t, file, os.Getenv(kind)).Run()
		require.NoError(t, err, out)
		require.Equal(t, "done\n", out)
		settings := sqldb.DefaultSettings
		settings.Name = t.Name() + kind
		p, err := sqldb.NewPool(os.Getenv(kind), settings)
		require.NoError(t, err)
		require.Eventually(t, func() bool {
			rows, err := p.Run(context.Background(), count, nil, int(sqldb.Value))
			require.NoError(t, err)
			return string(rows) == string(wire.AppendInt(nil, 0))
		}, time.Minute, 20*time.Millisecond)
	}
}

func TestSQLSlowStatementsAreLogged(t *testing.T) {
	logger, seen := test.NewNullLogger()
	old := sqldb.Log
	defer func() { sqldb.Log = old }()
	sqldb.Log = logger
	settings := sqldb.DefaultSettings
	settings.SlowQuery = time.Nanosecond
	p, err := sqldb.NewPool(os.Getenv("PHALANX_TEST_PGSQL"), settings)
	require.NoError(t, err)
	_, err = p.Run(context.Background(), "SELECT   ?::text", []any{"secret value"}, int(sqldb.Value))
	require.NoError(t, err)
	require.Equal(t, "SELECT ?::text", seen.LastEntry().Data["sql"])
	text, err := seen.LastEntry().String()
	require.NoError(t, err)
	require.NotContains(t, text, "s3cret")
	require.NotContains(t, text, "secret value")
}

package services_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/backend"
	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// openServer is testdata/sqlopen.php with a database of its own.
type openServer struct {
	t             *testing.T
	db            *backend.Server
	at            *replicated // carries statements out at db
	p             *phalanxtest.Process
	port, monitor int
}

func startOpenServer(t *testing.T, kind, fibers string) *openServer {
	t.Helper()
	ports := phalanxtest.FreePorts(t, 2)
	s := &openServer{t: t, db: backend.New(t, kind), at: &replicated{t: t}, port: ports[0], monitor: ports[1]}
	s.at.direct(s.db, "CREATE TABLE left_open (name varchar(20))", "CREATE TABLE door (passed int)", "INSERT INTO door VALUES (0)")
	s.p = phalanxtest.Command(t, "testdata/sqlopen.php", "start")
	s.p.Cmd.Env = append(s.p.Cmd.Env, "PORT="+strconv.Itoa(s.port), "MONITOR="+strconv.Itoa(s.monitor),
		"PHALANX_TEST_DSN="+s.db.URL(), "STATE="+t.TempDir(), "FIBERS="+fibers)
	s.p.Start()
	eventually(t, "it answers", func() bool { body, err := s.get(s.port, "/"); return err == nil && body == "outside" })
	return s
}

func (s *openServer) get(port int, path string) (string, error) {
	client := http.Client{Timeout: phalanxtest.Patience, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get("http://127.0.0.1:" + strconv.Itoa(port) + path)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}

func (s *openServer) answers(want, path string) {
	s.t.Helper()
	body, err := s.get(s.port, path)
	require.NoError(s.t, err)
	require.Equal(s.t, want, body)
}

// figure reads one of the primary's from /metrics.
func (s *openServer) figure(name string) string {
	s.t.Helper()
	text, err := s.get(s.monitor, "/metrics")
	require.NoError(s.t, err)
	m := regexp.MustCompile(`(?m)^` + name + `\{database="[^"]*"(?:,role="primary")?\} (\S+)$`).FindStringSubmatch(text)
	require.NotNil(s.t, m, "no %s in\n%s", name, text)
	require.NotContains(s.t, text, backend.Password)
	require.NotContains(s.t, text, "s3cret")
	return m[1]
}

func (s *openServer) rows() int { return askServer(s.t, s.db, "select count(*) from left_open") }

// transactions are those that are open at the server and have changed something.
func (s *openServer) transactions() int {
	if s.db.Kind == "pgsql" {
		return askServer(s.t, s.db, "select count(*) from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()")
	}
	time.Sleep(150 * time.Millisecond) // InnoDB brings the table up to date when nobody has read it for a tenth of a second, and only then
	return askServer(s.t, s.db, "select count(*) from information_schema.innodb_trx where trx_rows_modified > 0")
}

// lock takes the row that /hold needs; the function it gives lets it go.
func (s *openServer) lock() func() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), phalanxtest.Patience)
	const update = "UPDATE door SET passed = passed + 100"
	if s.db.Kind == "pgsql" {
		conn, err := pgx.Connect(ctx, strings.Replace(s.db.URL(), "pgsql:", "postgres:", 1))
		require.NoError(s.t, err)
		_, err = conn.Exec(ctx, "BEGIN")
		require.NoError(s.t, err)
		_, err = conn.Exec(ctx, update)
		require.NoError(s.t, err)
		return func() { _ = conn.Close(ctx); cancel() }
	}
	db := openMySQL(s.t, s.db)
	tx, err := db.BeginTx(ctx, nil)
	require.NoError(s.t, err)
	_, err = tx.ExecContext(ctx, update)
	require.NoError(s.t, err)
	return func() { _ = tx.Rollback(); _ = db.Close(); cancel() }
}

// What a callback outside Fibers, or a Fiber, has begun and not ended is rolled back when it returns or throws: the next one
// is outside, and the figures tell.
func TestSQLTransactionsOfCallbacksAreRolledBack(t *testing.T) {
	for _, kind := range sqlServers {
		for mode, fibers := range map[string]string{"callbacks": "0", "fibers": "1"} {
			t.Run(kind+" "+mode, func(t *testing.T) {
				s := startOpenServer(t, kind, fibers)
				for range 3 {
					s.answers("inside", "/forget")
					eventually(t, "it is rolled back", func() bool { return s.transactions() == 0 })
					s.answers("outside", "/")
				}
				require.Zero(t, s.rows())
				eventually(t, "the figures", func() bool {
					return s.figure("phalanx_sql_rollbacks_total") == "3" && s.figure("phalanx_sql_connections_in_use") == "0"
				})
				require.Equal(t, "3", s.figure("phalanx_sql_transactions_total"))
				require.Equal(t, "3", s.figure("phalanx_sql_queries_total"))
				require.Equal(t, "0", s.figure("phalanx_sql_failures_total"))
				require.Equal(t, "6", s.figure("phalanx_sql_connections_max"))
				require.Equal(t, s.figure("phalanx_sql_connections_idle"), s.figure("phalanx_sql_connections_created_total"))
				s.answers("inside", "/throw") // which ends the worker
				eventually(t, "it is rolled back", func() bool { return s.transactions() == 0 })
				eventually(t, "another worker", func() bool { body, err := s.get(s.port, "/"); return err == nil && body == "outside" })
				s.p.Stop()
				require.Zero(t, s.rows())
				eventually(t, "none is left after a stop", func() bool { return connections(t, s.db) == 0 })
			})
		}
	}
}

// A graceful reload lets a transaction that is under way end; a stop that cannot wait rolls it back.
func TestSQLTransactionIsOpenWhileWorkersGo(t *testing.T) {
	for _, kind := range sqlServers {
		t.Run(kind, func(t *testing.T) {
			s := startOpenServer(t, kind, "1")
			unlock := s.lock()
			held := make(chan string, 1)
			hold := func() { body, err := s.get(s.port, "/hold"); held <- fmt.Sprint(body, err) }
			go hold()
			eventually(t, "the transaction is open", func() bool { return s.transactions() == 2 })
			require.NoError(t, s.p.Cmd.Process.Signal(syscall.SIGUSR2))
			s.p.WaitFor("reloading")
			require.Equal(t, 2, s.transactions())
			unlock()
			require.Equal(t, "outside<nil>", <-held)
			require.Equal(t, 1, s.rows())
			eventually(t, "the new script answers", func() bool { body, err := s.get(s.port, "/"); return err == nil && body == "outside" })

			unlock = s.lock()
			go hold()
			eventually(t, "the transaction is open", func() bool { return s.transactions() == 2 })
			s.p.Stop()
			eventually(t, "only the test's own is open", func() bool { return s.transactions() == 1 })
			unlock()
			<-held
			require.Equal(t, 1, s.rows(), "rolled back")
			eventually(t, "none is left after a stop", func() bool { return connections(t, s.db) == 0 })
		})
	}
}

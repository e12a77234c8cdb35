package services_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/backend"
	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

var sqlServers = []string{"pgsql", "mysql"}

// askServer asks the server itself for a number, over a connection that is closed behind it.
func askServer(t *testing.T, s *backend.Server, query string) (n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), phalanxtest.Patience)
	defer cancel()
	if s.Kind == "pgsql" {
		conn, err := pgx.Connect(ctx, strings.Replace(s.URL(), "pgsql:", "postgres:", 1))
		require.NoError(t, err)
		defer func() { _ = conn.Close(ctx) }()
		require.NoError(t, conn.QueryRow(ctx, query).Scan(&n))
		return n
	}
	db := openMySQL(t, s)
	defer func() { _ = db.Close() }()
	require.NoError(t, db.QueryRowContext(ctx, query).Scan(&n))
	return n
}

func openMySQL(t *testing.T, s *backend.Server) *sql.DB {
	t.Helper()
	config := mysql.NewConfig()
	config.User, config.Passwd, config.Net, config.Addr, config.DBName = backend.User, backend.Password, "tcp", s.Address(), backend.Database
	connector, err := mysql.NewConnector(config)
	require.NoError(t, err)
	return sql.OpenDB(connector)
}

// connections are those of others than the one that asks.
func connections(t *testing.T, s *backend.Server) int {
	t.Helper()
	if s.Kind == "pgsql" {
		return askServer(t, s, "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()")
	}
	return askServer(t, s, "select count(*) from information_schema.processlist where user = '"+backend.User+"' and id <> connection_id()")
}

// sleeping are the statements of the scripts that sleep.
func sleeping(t *testing.T, s *backend.Server) int {
	t.Helper()
	if s.Kind == "pgsql" {
		return askServer(t, s, "select count(*) from pg_stat_activity where query like '%pg_sleep(60)%' and state = 'active' and pid <> pg_backend_pid()")
	}
	return askServer(t, s, "select count(*) from information_schema.processlist where info like '%SLEEP(60)%' and id <> connection_id()")
}

func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	require.Eventually(t, f, phalanxtest.Patience, 20*time.Millisecond, what)
}

// fault is a script that runs, and whom the test tells when to go on.
type fault struct {
	*phalanxtest.Process
	in *os.File
}

func startFault(t *testing.T, s *backend.Server, address, scenario string) *fault {
	t.Helper()
	url := strings.Replace(s.URL(), s.Address(), address, 1)
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	return startScript(t, "testdata/sqlfaults.php", scenario, url,
		fmt.Sprintf("%s:host=127.0.0.1;port=%s;dbname=%s", s.Kind, port, backend.Database), backend.User, backend.Password)
}

// startScript starts a script that waits for lines.
func startScript(t *testing.T, args ...string) *fault {
	t.Helper()
	p := phalanxtest.Command(t, args...)
	r, w, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = r.Close(), w.Close() })
	p.Cmd.Stdin = r
	p.Start()
	return &fault{p, w}
}

func (f *fault) goOn(t *testing.T) {
	t.Helper()
	_, err := f.in.WriteString("\n")
	require.NoError(t, err)
}

// ends waits for the end and gives what was printed after the lines so far.
func (f *fault) ends(t *testing.T, want string) {
	t.Helper()
	f.WaitUntilEnded()
	require.Equal(t, want+"done\n", f.Output())
}

func TestSQLServerIsKilledWhileStatementsRun(t *testing.T) {
	for _, kind := range sqlServers {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := backend.New(t, kind)
			f := startFault(t, s, s.Address(), "killed")
			f.WaitFor("running")
			eventually(t, "five statements run", func() bool { return sleeping(t, s) == 5 })
			require.NoError(t, s.Kill())
			f.WaitFor("down: ConnectionException")
			require.NoError(t, s.Start())
			f.goOn(t)
			f.ends(t, "running\n{\"ConnectionException\":5}\ndown: ConnectionException\nup: {\"1\":20}\n"+
				"connections within bounds: true\n")
		})
	}
}

func TestSQLTransactionEndsWithItsConnection(t *testing.T) {
	for _, kind := range sqlServers {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := backend.New(t, kind)
			f := startFault(t, s, s.Address(), "transaction")
			f.WaitFor("open")
			require.NoError(t, s.Kill())
			require.NoError(t, s.Start())
			f.goOn(t)
			f.ends(t, "open\nConnectionException\nrows: 0\nopen: false\n")
		})
	}
}

func TestSQLServerIsRestartedWhileConnectionsAreIdle(t *testing.T) {
	for _, kind := range sqlServers {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := backend.New(t, kind)
			f := startFault(t, s, s.Address(), "idle")
			f.WaitFor("idle: 8")
			require.NoError(t, s.Stop())
			require.NoError(t, s.Start())
			f.goOn(t)
			f.ends(t, "idle: 8\nwrites: {\"1\":20}\nreads: {\"1\":20}\npdo: 1\nrows: 21\n")
		})
	}
}

func TestSQLServerOfSharedConnections(t *testing.T) {
	for _, kind := range sqlServers {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := backend.New(t, kind)
			p := newBreaker(t, s.Address())
			f := startFault(t, s, p.address(), "shared")
			f.WaitFor("shared, idle")
			require.NoError(t, s.Stop())
			require.NoError(t, s.Start())
			f.goOn(t)
			f.WaitFor("shared, stall")
			p.stall(true)
			f.goOn(t)
			f.WaitFor("asked")
			require.NoError(t, s.Kill())
			p.stall(false)
			f.WaitFor("ConnectionException")
			require.NoError(t, s.Start())
			f.goOn(t)
			f.ends(t, "shared, idle\n{\"7\":20}\nshared, stall\nasked\n{\"ConnectionException\":20}\nup: {\"7\":20}\nshared\n")
		})
	}
}

func TestSQLPoolIsExhausted(t *testing.T) {
	for _, kind := range sqlServers {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := backend.New(t, kind)
			f := startFault(t, s, s.Address(), "exhausted")
			f.ends(t, "exhausted: true\nafter: 1\n")
			eventually(t, "none is left", func() bool { return connections(t, s) == 0 })
		})
	}
}

// A statement that takes too long ends here and at the server.
func TestSQLStatementTakesTooLong(t *testing.T) {
	for _, kind := range sqlServers {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := backend.New(t, kind)
			f := startFault(t, s, s.Address(), "slow")
			f.WaitFor("ask")
			eventually(t, "none runs at the server", func() bool { return sleeping(t, s) == 0 })
			require.LessOrEqual(t, connections(t, s), 8)
			f.goOn(t)
			f.ends(t, "TimeoutException\nQueryTimeout\n{\"QueryTimeout\":4}\nafter: 12\nask\n")
		})
	}
}

func TestSQLServerHangs(t *testing.T) {
	for _, kind := range sqlServers {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := backend.New(t, kind)
			p := newBreaker(t, s.Address())
			f := startFault(t, s, p.address(), "hangs")
			f.WaitFor("hang")
			p.stall(true)
			f.goOn(t)
			f.WaitFor("go on")
			p.stall(false)
			f.goOn(t)
			f.WaitUntilEnded()
			lines := strings.Split(f.Output(), "\n")
			require.Equal(t, "QueryTimeout", lines[1], "the connection that was there")
			require.Contains(t, []string{"ConnectionException", "QueryTimeout"}, lines[2], "one that is to be made")
			require.Equal(t, []string{"go on", "after: 1", "done", ""}, lines[3:])
		})
	}
}

func TestSQLConnectionIsResetInAResult(t *testing.T) {
	for _, kind := range sqlServers {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := backend.New(t, kind)
			p := newBreaker(t, s.Address())
			f := startFault(t, s, p.address(), "reset")
			f.WaitFor("cut")
			p.cutAfter(300 << 10)
			f.goOn(t)
			f.WaitFor("mend")
			p.cutAfter(0)
			f.goOn(t)
			f.ends(t, "cut\nConnectionException\nConnectionException\nmend\nafter: 20000\n")
		})
	}
}

func TestThousandFibersOverTenConnections(t *testing.T) {
	for _, kind := range sqlServers {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := backend.New(t, kind)
			f := startFault(t, s, s.Address(), "fibers")
			f.ends(t, "{\"right\":1000}\nsums: [1000,1000]\nconnections: 10\n")
			eventually(t, "none is left", func() bool { return connections(t, s) == 0 })
		})
	}
}

// To each coroutine a Pdo is a connection of its own.
func TestPdoOfManyFibers(t *testing.T) {
	for _, kind := range sqlServers {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := backend.New(t, kind)
			f := startFault(t, s, s.Address(), "pdofibers")
			// Of 500 rows 167 are in a transaction that deletes them; the 84 of them with an even number are rolled back.
			f.ends(t, "{\"transaction\":167,\"own row\":333}\nleft: 417\ntransaction: false\n"+
				"{\"forgotten\":20}\nstill: 417\n")
		})
	}
}

// No connection is left behind, whichever way the server ends.
func TestSQLServerEndsWithoutLeavingConnections(t *testing.T) {
	for _, kind := range sqlServers {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := backend.New(t, kind)
			port := phalanxtest.FreePorts(t, 1)[0]
			start := func() *phalanxtest.Process {
				p := phalanxtest.Command(t, "testdata/sqlserver.php", "start")
				p.Cmd.Env = append(p.Cmd.Env, "PORT="+strconv.Itoa(port), "PHALANX_TEST_DSN="+s.URL(), "STATE="+t.TempDir())
				p.Start()
				return p
			}
			get := func(path string) (string, error) {
				client := http.Client{Timeout: phalanxtest.Patience, Transport: &http.Transport{DisableKeepAlives: true}}
				res, err := client.Get("http://127.0.0.1:" + strconv.Itoa(port) + path)
				if err != nil {
					return "", err
				}
				defer func() { _ = res.Body.Close() }()
				body, err := io.ReadAll(res.Body)
				return string(body), err
			}
			answers := func() { // for a server that starts, or starts again
				eventually(t, "it answers", func() bool { body, err := get("/"); return err == nil && body == "2" })
			}
			load := func() {
				var all sync.WaitGroup
				for range 20 {
					all.Go(func() {
						body, err := get("/")
						require.NoError(t, err)
						require.Equal(t, "2", body)
					})
				}
				all.Wait()
			}

			p := start()
			answers()
			load()
			_, err := get("/begin")
			require.NoError(t, err)
			load()
			require.LessOrEqual(t, connections(t, s), 6)
			if kind == "pgsql" {
				eventually(t, "a transaction that nobody has is rolled back", func() bool {
					return askServer(t, s, "select count(*) from pg_stat_activity where state like 'idle in transaction%'") == 0
				})
			}

			require.NoError(t, p.Cmd.Process.Signal(syscall.SIGUSR2)) // a graceful reload: what runs goes on
			for range 5 {
				load()
			}
			require.LessOrEqual(t, connections(t, s), 6)

			go func() { _, _ = get("/slow") }() // it is under way when all ends
			eventually(t, "a statement runs", func() bool { return sleeping(t, s) == 1 })
			p.Stop()
			eventually(t, "none is left after a stop", func() bool { return connections(t, s) == 0 })

			p = start()
			answers()
			load()
			children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", p.Cmd.Process.Pid, p.Cmd.Process.Pid))
			require.NoError(t, err)
			for _, child := range strings.Fields(string(children)) {
				pid, err := strconv.Atoi(child)
				require.NoError(t, err)
				require.NoError(t, syscall.Kill(pid, syscall.SIGKILL)) // the server process: another one follows
			}
			answers()
			load()
			eventually(t, "only the new process's", func() bool { return connections(t, s) <= 6 })
			go func() { _, _ = get("/slow") }()
			eventually(t, "a statement runs", func() bool { return sleeping(t, s) >= 1 })
			p.Kill()
			if kind == "pgsql" {
				// PostgreSQL notices that a client is gone when it has something to say to it.
				askServer(t, s, "select count(pg_terminate_backend(pid)) from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()")
			}
			eventually(t, "none is left after kill -9", func() bool { return connections(t, s) == 0 })
		})
	}
}

// breaker is a proxy that can stall, and reset connections after some bytes of the server's.
type breaker struct {
	t        *testing.T
	listener net.Listener
	target   string
	stalled  atomic.Bool
	limit    atomic.Int64
	mu       sync.Mutex // guards conns
	conns    []net.Conn
}

func newBreaker(t *testing.T, target string) *breaker {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	b := &breaker{t: t, listener: l, target: target}
	t.Cleanup(func() {
		_ = l.Close()
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, c := range b.conns {
			_ = c.Close()
		}
	})
	go b.serve()
	return b
}

func (b *breaker) address() string    { return b.listener.Addr().String() }
func (b *breaker) stall(on bool)      { b.stalled.Store(on) }
func (b *breaker) cutAfter(bytes int) { b.limit.Store(int64(bytes)) }

func (b *breaker) serve() {
	for {
		near, err := b.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp4", b.target)
		if err != nil {
			_ = near.Close()
			continue
		}
		b.mu.Lock()
		b.conns = append(b.conns, near, far)
		b.mu.Unlock()
		go b.pass(far, near, false)
		go b.pass(near, far, true)
	}
}

func (b *breaker) pass(to, from net.Conn, answers bool) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buf := make([]byte, 16<<10)
	passed := int64(0)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		for b.stalled.Load() {
			time.Sleep(5 * time.Millisecond)
		}
		if limit := b.limit.Load(); answers && limit > 0 {
			if passed += int64(n); passed > limit {
				_ = to.(*net.TCPConn).SetLinger(0) // the end is a reset
				return
			}
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

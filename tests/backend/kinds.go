package backend

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
)

func preparePostgreSQL(dir string) (*Server, error) {
	folders := "/usr/lib/postgresql/*/bin"
	postgres, err := find("postgres", "postgresql", folders)
	if err != nil {
		return nil, err
	}
	initdb, err := find("initdb", "postgresql", folders)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	credential, err := unprivileged("postgres", dir)
	if err != nil {
		return nil, err
	}
	data, secret := filepath.Join(dir, "data"), filepath.Join(dir, "password")
	if err := os.WriteFile(secret, []byte(Password), 0o644); err != nil {
		return nil, err
	}
	if err := run(credential, dir, initdb, "-D", data, "-U", User, "--pwfile", secret, "--auth", "scram-sha-256",
		"--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"); err != nil {
		return nil, err
	}
	return &Server{
		Kind: "pgsql", Port: port, Dir: dir, binary: postgres, user: credential, quit: syscall.SIGINT, ready: askPostgreSQL,
		args: []string{
			"-D", data, "-p", strconv.Itoa(port), "-k", dir, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off",
			"-c", "full_page_writes=off", "-c", "max_connections=200",
			"-c", "wal_level=logical",
		},
	}, nil
}

// askPostgreSQL makes the database when it is not there.
func askPostgreSQL(ctx context.Context, s *Server) error {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(User, Password), Host: s.Address(), Path: "postgres"}
	conn, err := pgx.Connect(ctx, u.String())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	var there bool
	if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", Database).Scan(&there); err != nil || there {
		return err
	}
	_, err = conn.Exec(ctx, "create database "+Database)
	return err
}

func prepareMariaDB(dir string) (*Server, error) {
	server, err := find("mariadbd", "mariadb-server-core", "/usr/sbin")
	if err != nil {
		return nil, err
	}
	install, err := find("mariadb-install-db", "mariadb-server-core")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	credential, err := unprivileged("mysql", dir)
	if err != nil {
		return nil, err
	}
	data, setup, tmp := filepath.Join(dir, "data"), filepath.Join(dir, "setup.sql"), filepath.Join(dir, "tmp")
	// A server that starts removes what it finds of temporary tables in this folder: in /tmp they would be another server's.
	if err := run(credential, dir, "mkdir", "-p", tmp); err != nil {
		return nil, err
	}
	if err := run(credential, dir, install, "--no-defaults", "--datadir="+data, "--tmpdir="+tmp, "--skip-test-db",
		"--auth-root-authentication-method=normal"); err != nil {
		return nil, err
	}
	// The server runs this file at each start; each statement is on a line of its own.
	statements := fmt.Sprintf("create database if not exists %[1]s character set utf8mb4;\n"+
		"create or replace user '%[2]s'@'%%' identified by '%[3]s';\ngrant all on *.* to '%[2]s'@'%%';\n",
		Database, User, Password)
	if err := os.WriteFile(setup, []byte(statements), 0o644); err != nil {
		return nil, err
	}
	return &Server{
		Kind: "mysql", Port: port, Dir: dir, binary: server, user: credential, quit: syscall.SIGTERM, ready: askMariaDB,
		args: []string{
			"--no-defaults", "--datadir=" + data, "--tmpdir=" + tmp, "--bind-address=127.0.0.1", "--port=" + strconv.Itoa(port),
			"--socket=" + filepath.Join(dir, "socket"), "--pid-file=" + filepath.Join(dir, "pid"), "--init-file=" + setup,
			"--innodb-flush-log-at-trx-commit=2", "--skip-log-bin", "--max-connections=200", "--skip-name-resolve",
		},
	}, nil
}

func askMariaDB(ctx context.Context, s *Server) error {
	config := mysql.NewConfig()
	config.User, config.Passwd, config.Net, config.Addr, config.DBName = User, Password, "tcp", s.Address(), Database
	config.Logger = &mysql.NopLogger{}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return err
	}
	conn, err := connector.Connect(ctx)
	if err != nil {
		return err
	}
	return conn.Close()
}

func prepareRedis(dir string) (*Server, error) {
	server, err := find("redis-server", "redis-tools")
	if err != nil {
		// Debian's redis-tools has the same program under another name, and starts no service when it is installed.
		var missing error
		if server, missing = exec.LookPath("redis-check-rdb"); missing != nil {
			return nil, err
		}
		link := filepath.Join(dir, "redis-server") // the program looks at the name it is called by
		if err := os.Symlink(server, link); err != nil {
			return nil, err
		}
		server = link
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	return &Server{
		Kind: "redis", Port: port, Dir: dir, binary: server, quit: syscall.SIGTERM, ready: askRedis,
		args: []string{"--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--dir", dir, "--save", "", "--appendonly", "no",
			"--requirepass", Password},
	}, nil
}

func askRedis(ctx context.Context, s *Server) error {
	return ask(ctx, s, fmt.Sprintf("*2\r\n$4\r\nAUTH\r\n$%d\r\n%s\r\n*1\r\n$4\r\nPING\r\n", len(Password), Password), "+OK", "+PONG")
}

func prepareNATS(dir string) (*Server, error) {
	server, err := find("nats-server", "nats-server", "/usr/sbin")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	return &Server{
		Kind: "nats", Port: port, Dir: dir, binary: server, quit: syscall.SIGTERM, ready: askNATS,
		args: []string{"-a", "127.0.0.1", "-p", strconv.Itoa(port), "-js", "-sd", filepath.Join(dir, "data"),
			"--user", User, "--pass", Password},
	}, nil
}

func askNATS(ctx context.Context, s *Server) error { return ask(ctx, s, "", "INFO ") }

// ask sends a request and wants lines that begin with these.
func ask(ctx context.Context, s *Server, request string, answers ...string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Address())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if deadline, bounded := ctx.Deadline(); bounded {
		_ = conn.SetDeadline(deadline)
	}
	if _, err := conn.Write([]byte(request)); err != nil {
		return err
	}
	lines := bufio.NewReader(conn)
	for _, want := range answers {
		line, err := lines.ReadString('\n')
		if err != nil {
			return err
		}
		if !strings.HasPrefix(line, want) {
			return fmt.Errorf("it says %q", line)
		}
	}
	return nil
}

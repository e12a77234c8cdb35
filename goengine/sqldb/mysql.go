package sqldb

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// quietLogger drops what the driver would print: it says the same in its errors.
type quietLogger struct{}

func (quietLogger) Print(...any) {}

func mysqlConfig(d *DSN, s *Settings) (*mysql.Config, error) {
	cfg := mysql.NewConfig()
	cfg.User, cfg.Passwd, cfg.DBName = d.User, d.Password, d.Database
	cfg.Net, cfg.Addr = "tcp", net.JoinHostPort(d.Host, strconv.Itoa(d.Port))
	if strings.HasPrefix(d.Host, "/") {
		cfg.Net, cfg.Addr = "unix", d.Host
	}
	cfg.Logger = quietLogger{}
	cfg.CheckConnLiveness = false // the pool looks
	cfg.Timeout = s.ConnectTimeout
	cfg.MaxAllowedPacket = maxResult
	cfg.ConnectionAttributes = "program_name:" + strings.NewReplacer(",", " ", ":", " ").Replace(s.ApplicationName)
	charset := d.Params["charset"]
	if charset == "" {
		charset = "utf8mb4"
	}
	options := []mysql.Option{mysql.Charset(charset, d.Params["collation"])}
	if c := d.Params["compress"]; c == "1" || c == "true" {
		options = append(options, mysql.EnableCompression(true))
	}
	if err := cfg.Apply(options...); err != nil {
		return nil, &Error{Kind: Usage, SQLState: "HY024", Message: "the DSN's parameters: " + err.Error()}
	}
	cfg.Params = map[string]string{}
	for _, key := range []string{"time_zone", "sql_mode"} {
		if v := d.Params[key]; v != "" {
			cfg.Params[key] = "'" + strings.ReplaceAll(v, "'", "''") + "'"
		}
	}
	return cfg, mysqlTLS(cfg, d)
}

// mysqlTLS reads the parameters that PostgreSQL's DSNs have as well.
func mysqlTLS(cfg *mysql.Config, d *DSN) error {
	mode := d.Params["sslmode"]
	if mode == "" && (d.Params["sslrootcert"] != "" || d.Params["sslcert"] != "") {
		mode = "verify-full"
	}
	t := &tls.Config{ServerName: d.Host, MinVersion: tls.VersionTLS12}
	switch mode {
	case "", "disable":
		return nil
	case "prefer":
		t.InsecureSkipVerify, cfg.AllowFallbackToPlaintext = true, true
	case "require":
		t.InsecureSkipVerify = true
	case "verify-ca", "verify-full":
	default:
		return &Error{Kind: Usage, SQLState: "HY024", Message: "sslmode is disable, prefer, require, verify-ca or verify-full"}
	}
	if file := d.Params["sslrootcert"]; file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return &Error{Kind: Usage, SQLState: "HY024", Message: "sslrootcert: " + err.Error()}
		}
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(pem) {
			return &Error{Kind: Usage, SQLState: "HY024", Message: "sslrootcert has no certificate in PEM"}
		}
	}
	if cert, key := d.Params["sslcert"], d.Params["sslkey"]; cert != "" || key != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return &Error{Kind: Usage, SQLState: "HY024", Message: "sslcert and sslkey: " + err.Error()}
		}
		t.Certificates = []tls.Certificate{pair}
	}
	if mode == "verify-ca" { // the chain, not the name
		t.InsecureSkipVerify = true
		roots := t.RootCAs
		t.VerifyConnection = func(cs tls.ConnectionState) error {
			o := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
			for _, c := range cs.PeerCertificates[1:] {
				o.Intermediates.AddCert(c)
			}
			_, err := cs.PeerCertificates[0].Verify(o)
			return err
		}
	}
	cfg.TLS = t
	return nil
}

// mysqlKind is MySQL's part of a native connection.
type mysqlKind struct {
	cfg *mysql.Config
	net net.Conn
	id  int64 // of the connection at the server

	shaken *shaken
}

// mysqlConn is a connection to MySQL or MariaDB.
type mysqlConn struct {
	*native
	kind *mysqlKind
	init []string
}

func dialMySQL(outer context.Context, cfg *mysql.Config, s *Settings) (conn, error) {
	ctx, cancel := context.WithTimeout(outer, s.ConnectTimeout)
	defer cancel()
	kind := &mysqlKind{cfg: cfg}
	own := cfg.Clone()
	own.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		kind.net, kind.shaken = c, &shaken{Conn: c}
		return kind.shaken, nil
	}
	connector, err := mysql.NewConnector(own)
	if err != nil {
		return nil, &Error{Kind: Usage, SQLState: "HY024", Message: "the DSN: " + err.Error()}
	}
	c, err := connector.Connect(ctx)
	if err != nil {
		if cause := ended(outer); cause != nil {
			return nil, cause
		}
		return nil, mysqlConnectError(err)
	}
	m := &mysqlConn{native: &native{c: c, kind: kind, prepared: newLRU[*nativeStmt](max(1, s.StatementCache))}, kind: kind, init: s.Init}
	if err := m.begin(ctx); err != nil {
		m.close()
		return nil, err
	}
	return m, nil
}

func (m *mysqlConn) begin(ctx context.Context) error {
	out := &sink{shape: Lists}
	st := &Statement{Reads: true}
	if _, _, err := m.query(ctx, &query{st: st, text: "SELECT CONNECTION_ID()"}, out); err != nil {
		return err
	}
	for i := range 8 { // list, list, int
		m.kind.id |= int64(out.buf[len(out.buf)-8+i]) << (8 * i)
	}
	m.prepared.all(func(st *nativeStmt) { _ = st.s.Close() })
	m.prepared.clear()
	for _, sql := range m.init {
		if err := m.simple(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

func mysqlConnectError(err error) error {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		e := mysqlError(my)
		e.Kind = Connection
		return e
	}
	return &Error{Kind: Connection, SQLState: "08001", Message: "cannot connect: " + plain(err)}
}

func mysqlError(my *mysql.MySQLError) *Error {
	e := &Error{SQLState: string(my.SQLState[:]), Code: int64(my.Number), Message: my.Message}
	if e.SQLState == "\x00\x00\x00\x00\x00" {
		e.SQLState = "HY000"
	}
	e.Kind = kindOf(e.SQLState)
	switch my.Number {
	case 1062, 1169, 1586:
		e.Kind = Unique
	case 1216, 1217, 1451, 1452:
		e.Kind = ForeignKey
	case 1048, 1364, 1263:
		e.Kind = NotNull
	case 3819, 4025:
		e.Kind = Check
	case 1205, 1213:
		e.Kind = Deadlock
	case 1317, 1969, 3024:
		e.Kind = TimedOut
	case 1040, 1053, 1203, 2006, 2013:
		e.Kind = Connection
	}
	return e
}

func (k *mysqlKind) param(v any) (driver.Value, error) {
	if t, ok := v.(time.Time); ok {
		return t.Format("2006-01-02 15:04:05.999999"), nil // what the clock shows: columns have no zone
	}
	return nativeParam(v)
}

func (k *mysqlKind) fail(err error) error {
	var my *mysql.MySQLError
	switch {
	case errors.As(err, &my):
		return mysqlError(my)
	case errors.Is(err, mysql.ErrInvalidConn):
		return &Error{Kind: Connection, SQLState: "08006", Message: "the connection broke"}
	case errors.Is(err, mysql.ErrPktTooLarge):
		return &Error{Kind: Usage, SQLState: "HY001", Message: fmt.Sprintf("a value is larger than %d bytes, or than the server's max_allowed_packet", maxResult)}
	}
	return &Error{Kind: Failed, SQLState: "HY000", Message: err.Error()}
}

// stop has the server kill the statement, over a connection of its own, and closes ours when that does not end it.
func (k *mysqlKind) stop() {
	_ = k.net.SetDeadline(time.Now().Add(cancelTimeout))
	ctx, cancel := context.WithTimeout(context.Background(), cancelTimeout)
	defer cancel()
	if k.kill(ctx) != nil {
		_ = k.net.SetDeadline(time.Unix(1, 0))
	}
}

func (k *mysqlKind) kill(ctx context.Context) error {
	connector, err := mysql.NewConnector(k.cfg)
	if err != nil {
		return err
	}
	c, err := connector.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	_, err = c.(driver.ExecerContext).ExecContext(ctx, "KILL QUERY "+strconv.FormatInt(k.id, 10), nil)
	return err
}

func (k *mysqlKind) columns(rows driver.Rows, names []string) []string {
	types := make([]string, len(names))
	if t, ok := rows.(driver.RowsColumnTypeDatabaseTypeName); ok {
		for i := range types {
			types[i] = t.ColumnTypeDatabaseTypeName(i)
		}
	}
	return types
}

// unpreparable says whether the server cannot prepare a statement of this kind.
func unpreparable(err error) bool {
	var my *mysql.MySQLError
	return errors.As(err, &my) && my.Number == 1295
}

// simple runs statements one after another: the server takes one at a time.
func (m *mysqlConn) simple(ctx context.Context, sql string) error {
	for _, one := range split(sql, MySQL) {
		if err := m.native.simple(ctx, one); err != nil {
			return err
		}
		m.note(one)
	}
	return nil
}

func (m *mysqlConn) query(ctx context.Context, q *query, out *sink) (Result, bool, error) {
	r, columns, err := m.native.query(ctx, q, out)
	if err != nil {
		var e *Error
		if errors.As(err, &e) && e.Code == 1213 {
			m.inTx = false // the server has rolled back
		}
	} else if q.st.Control {
		m.note(q.text)
	}
	return r, columns, err
}

// note keeps track of whether a transaction is open: the driver does not tell what the server says of it.
func (m *mysqlConn) note(sql string) {
	l := lexer{sql: sql, dialect: MySQL}
	l.run()
	switch l.first {
	case "BEGIN", "START":
		m.inTx = true
	case "COMMIT":
		m.inTx = false
	case "ROLLBACK":
		if l.second != "TO" && l.third != "TO" {
			m.inTx = false
		}
	}
}

func (m *mysqlConn) open() bool { return m.inTx }

// reset says that a session cannot be used again: the driver does not know COM_RESET_CONNECTION. A new one costs less than
// finding out what a statement has left behind.
func (m *mysqlConn) reset(context.Context) error { return errNoReset }

var errNoReset = errors.New("sqldb: the session cannot be reset")

func (m *mysqlConn) alive() bool { return !m.broken() && quiet(m.kind.net) }

func (m *mysqlConn) close() {
	if m.broken() {
		_ = m.kind.net.SetDeadline(time.Unix(1, 0)) // nobody is to wait for what it still sends
	}
	m.native.close()
	_ = m.kind.net.Close()
}

// split cuts a script at its semicolons.
func split(sql string, dialect Dialect) []string {
	var all []string
	l := lexer{sql: sql, dialect: dialect}
	from := 0
	l.semicolon = func(at int) {
		if part := strings.TrimSpace(sql[from:at]); part != "" {
			all = append(all, part)
		}
		from = at + 1
	}
	l.run()
	if part := strings.TrimSpace(sql[from:]); part != "" {
		all = append(all, part)
	}
	return all
}

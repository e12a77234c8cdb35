package sqldb

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// DSN says which database, in one of two spellings:
//
//	pgsql://user:password@host:5432/name?sslmode=require      a URL; also postgres://, postgresql://, mysql://, mariadb://
//	pgsql:host=localhost;port=5432;dbname=name;user=app       PDO's
//	sqlite:/path/to/file, sqlite:relative, sqlite::memory:, sqlite:///path
//
// A host that begins with "/" is a unix socket (PostgreSQL: its folder), as is the parameter unix_socket.
type DSN struct {
	Dialect  Dialect
	User     string
	Password string
	Host     string // or the path of a unix socket
	Port     int
	Database string // SQLite: the file, or ":memory:"
	Params   map[string]string
}

// DefaultSQLite is the file of `new Database()` where the environment names nothing else.
const DefaultSQLite = "sqlite:database.sqlite"

// EnvironmentDSN names the database that is used when a script names none.
const EnvironmentDSN = "PHALANX_DATABASE"

var errDSN = errors.New(`a DSN is like "pgsql://user:password@host/name", "mysql:host=localhost;dbname=name" or "sqlite:/path/to/file"`)

// ParseDSN reads a DSN; "" is that of the environment. Errors never hold what was given: it may be a password.
func ParseDSN(text string) (*DSN, error) {
	if text == "" {
		if text = os.Getenv(EnvironmentDSN); text == "" {
			text = DefaultSQLite
		}
	}
	scheme, rest, ok := strings.Cut(text, ":")
	if !ok {
		return nil, errDSN
	}
	d := &DSN{Params: map[string]string{}}
	switch strings.ToLower(scheme) {
	case "pgsql", "postgres", "postgresql":
		d.Dialect = PostgreSQL
	case "mysql", "mariadb":
		d.Dialect = MySQL
	case "sqlite", "sqlite3":
		return d, d.sqlite(rest)
	default:
		return nil, fmt.Errorf("%q is no kind of database: pgsql, mysql and sqlite are", scheme)
	}
	var err error
	if strings.HasPrefix(rest, "//") {
		err = d.url(text)
	} else {
		err = d.pairs(rest)
	}
	if err != nil {
		return nil, err
	}
	return d, d.finish()
}

func (d *DSN) sqlite(rest string) error {
	d.Dialect = SQLite
	path, query, _ := strings.Cut(rest, "?")
	if strings.HasPrefix(path, "//") {
		path = path[2:] // sqlite:///path is absolute
		if path != "" && path[0] != '/' && path != ":memory:" {
			return errors.New(`a SQLite URL has three slashes before an absolute path: "sqlite:///path"; "sqlite:path" is relative`)
		}
	}
	if path == "" {
		path = ":memory:"
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return errors.New("the DSN's parameters cannot be read")
	}
	for k := range values {
		d.Params[k] = values.Get(k)
	}
	if path != ":memory:" {
		if path, err = filepath.Abs(path); err != nil {
			return err
		}
	}
	d.Database = path
	return nil
}

func (d *DSN) url(text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return errors.New("the DSN is no URL: characters such as @ : / ? # in a user or password are written in percent encoding")
	}
	d.User = u.User.Username()
	d.Password, _ = u.User.Password()
	d.Host = u.Hostname()
	d.Database = strings.TrimPrefix(u.Path, "/")
	if d.Port, err = portOf(u.Port()); err != nil {
		return err
	}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return errors.New("the DSN's parameters cannot be read")
	}
	for k := range values {
		if err := d.set(k, values.Get(k)); err != nil {
			return err
		}
	}
	return nil
}

// pairs reads PDO's "host=...;dbname=...".
func (d *DSN) pairs(text string) error {
	for _, pair := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' }) {
		key, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok {
			return errDSN
		}
		if err := d.set(strings.TrimSpace(key), value); err != nil {
			return err
		}
	}
	return nil
}

func portOf(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 65535 {
		return 0, errors.New("the DSN's port is a number up to 65535")
	}
	return n, nil
}

func (d *DSN) set(key, value string) (err error) {
	switch strings.ToLower(key) {
	case "host", "hostaddr", "unix_socket":
		d.Host = value
	case "port":
		d.Port, err = portOf(value)
	case "dbname", "database":
		d.Database = value
	case "user", "username":
		d.User = value
	case "password":
		d.Password = value
	default:
		d.Params[key] = value
	}
	return err
}

// known are the parameters that mean something, for each dialect; PostgreSQL takes its server's settings besides.
var known = map[Dialect][]string{
	MySQL: {"charset", "collation", "sslmode", "sslrootcert", "sslcert", "sslkey", "compress", "time_zone", "sql_mode"},
}

func (d *DSN) finish() error {
	if d.Host == "" {
		d.Host = "localhost"
	}
	if d.Port == 0 {
		d.Port = map[Dialect]int{PostgreSQL: 5432, MySQL: 3306}[d.Dialect]
	}
	if list := known[d.Dialect]; list != nil {
		for key := range d.Params {
			if !slices.Contains(list, key) {
				return fmt.Errorf("the DSN's parameter %q is unknown: there are %s", key, strings.Join(list, ", "))
			}
		}
	}
	return nil
}

// String is the DSN without its password, for messages.
func (d *DSN) String() string {
	if d.Dialect == SQLite {
		return "sqlite:" + d.Database
	}
	host := d.Host
	if !strings.HasPrefix(host, "/") {
		host = net.JoinHostPort(d.Host, strconv.Itoa(d.Port))
	}
	user := d.User
	if user != "" {
		user = url.PathEscape(user) + "@"
	}
	return fmt.Sprintf("%s://%s%s/%s", d.Dialect, user, host, d.Database)
}

// key tells pools apart: all that makes another connection. Each part is quoted, so that no two DSNs have the same.
func (d *DSN) key() string {
	b := fmt.Appendf(nil, "%d %q %q %q %d %q", d.Dialect, d.User, d.Password, d.Host, d.Port, d.Database)
	for _, k := range slices.Sorted(maps.Keys(d.Params)) {
		b = fmt.Appendf(b, " %q=%q", k, d.Params[k])
	}
	return string(b)
}

package redis

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// Options are the named arguments of new Phalanx\Redis(). Clients with the same DSN and options share their connections.
type Options struct {
	component.Options
	Timeout          time.Duration // for an answer; commands that block by themselves have theirs
	ConnectTimeout   time.Duration
	ClientName       string // as CLIENT LIST shows it
	Protocol         int    // 2, 3, or 0 for 3 where the server has it
	Connections      int    // that commands are pipelined over, to each server; a power of two
	MaxDedicated     int    // connections for blocking commands, pinned ones and subscriptions
	CacheBytes       int    // of the cache on this side, for each connection; 0: none
	ReplicaReads     bool   // commands that only read go to replicas, in a cluster or with Sentinel
	SentinelUser     string
	SentinelPassword string
	TLSCa            string // a file; "": the system's
	TLSCert          string // a file, with TLSKey, for servers that ask
	TLSKey           string
	TLSServerName    string
	TLSVerify        bool
}

// The defaults of Options, which docs/redis.md repeats.
var defaults = Options{
	Timeout: 5 * time.Second, ConnectTimeout: 5 * time.Second, Connections: 1, MaxDedicated: 128, TLSVerify: true,
}

// mode is what stands at the other end.
type mode int

const (
	single mode = iota
	sentinel
	cluster
)

// target is a DSN taken apart.
type target struct {
	mode      mode
	addresses []string // host:port, or one path of a socket
	unix      bool
	tls       bool
	user      string
	password  string
	database  int
	master    string
}

// parseDSN takes a DSN apart. Its errors do not quote it: there may be a password in it.
//
//	redis://[user:password@]host[:port][/database]        rediss:// with TLS
//	unix://[user:password@]/path/to/redis.sock[?db=N]
//	redis-sentinel://[user:password@]host[:port],...[/database]?master=NAME    rediss-sentinel://
//	redis-cluster://[user:password@]host[:port],...       rediss-cluster://
func parseDSN(dsn string) (t target, err error) {
	scheme, rest, found := strings.Cut(dsn, "://")
	if !found {
		return t, errors.New("the DSN has no scheme; it is like redis://user:password@127.0.0.1:6379/0")
	}
	port := "6379"
	switch scheme {
	case "redis", "valkey":
	case "rediss", "valkeys":
		t.tls = true
	case "redis-sentinel", "rediss-sentinel":
		t.mode, t.tls, port = sentinel, scheme == "rediss-sentinel", "26379"
	case "redis-cluster", "rediss-cluster":
		t.mode, t.tls = cluster, scheme == "rediss-cluster"
	case "unix", "redis+unix":
		t.unix = true
	default:
		return t, fmt.Errorf("the scheme %q is not known: redis, rediss, unix, redis-sentinel, rediss-sentinel, "+
			"redis-cluster and rediss-cluster are", printable(scheme))
	}
	rest, rawQuery, _ := strings.Cut(rest, "?")
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return t, errors.New("what follows the DSN's question mark is no query string")
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		user, password, both := strings.Cut(rest[:at], ":")
		rest = rest[at+1:]
		u, err := url.PathUnescape(user)
		p, err2 := url.PathUnescape(password)
		if err != nil || err2 != nil {
			return t, errors.New("the DSN's user or password is not encoded as in URLs (rawurlencode() does that)")
		}
		if t.user, t.password = u, p; !both { // redis://password@host, as some write it
			t.user, t.password = "", u
		}
	}
	path := ""
	if t.unix {
		if path, err = url.PathUnescape(rest); err != nil || !strings.HasPrefix(path, "/") {
			return t, errors.New("unix:// wants the path of a socket, from the root: unix:///run/redis/redis.sock")
		}
		t.addresses = []string{path}
	} else {
		var hosts string
		hosts, path, _ = strings.Cut(rest, "/")
		for _, host := range strings.Split(hosts, ",") {
			address, err := hostPort(host, port)
			if err != nil {
				return t, err
			}
			t.addresses = append(t.addresses, address)
		}
		if t.mode == single && len(t.addresses) > 1 {
			return t, errors.New("several hosts are for redis-sentinel:// and redis-cluster://")
		}
		if err := t.setDatabase(path); err != nil {
			return t, err
		}
	}
	for name, values := range query {
		switch {
		case name == "db":
			err = t.setDatabase(values[0])
		case name == "master" && t.mode == sentinel:
			t.master = values[0]
		default:
			err = fmt.Errorf("%q is nothing that this DSN can say; time-outs and the like are named arguments", printable(name))
		}
		if err != nil {
			return t, err
		}
	}
	if t.mode == sentinel && t.master == "" {
		return t, errors.New("redis-sentinel:// wants the name of the master: ?master=mymaster")
	}
	if t.mode == cluster && t.database != 0 {
		return t, errors.New("a Redis cluster has database 0 only")
	}
	return t, nil
}

func (t *target) setDatabase(text string) error {
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return errors.New("the DSN's database is no number from 0 on")
	}
	t.database = n
	return nil
}

// hostPort completes an address.
func hostPort(host, port string) (string, error) {
	if h, p, err := net.SplitHostPort(host); err == nil {
		host, port = h, p
	} else {
		host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
		if strings.Contains(host, ":") && net.ParseIP(host) == nil {
			return "", errors.New("the DSN's host is no name, no address and no host:port")
		}
	}
	if host == "" {
		host = "127.0.0.1"
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || strings.ContainsAny(host, " \t\r\n%@/") {
		return "", errors.New("the DSN's host is no name, no address and no host:port")
	}
	return net.JoinHostPort(host, port), nil
}

// printable is a part of a DSN that may be shown: letters only, so that no password slips in.
func printable(s string) string {
	if len(s) > 20 || strings.ContainsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && r != '-' && r != '_' && r != '+' }) {
		return "..."
	}
	return s
}

// String is the DSN without user and password, for messages.
func (t target) String() string {
	scheme := [...]string{single: "redis", sentinel: "redis-sentinel", cluster: "redis-cluster"}[t.mode]
	if t.tls {
		scheme = strings.Replace(scheme, "redis", "rediss", 1)
	}
	if t.unix {
		scheme = "unix"
	}
	s := scheme + "://" + strings.Join(t.addresses, ",")
	if t.database != 0 && !t.unix {
		s += "/" + strconv.Itoa(t.database)
	}
	return s
}

// check says what is wrong with options.
func (o *Options) check() error {
	switch {
	case o.Timeout <= 0, o.ConnectTimeout <= 0:
		return errors.New("$timeout and $connectTimeout are seconds, more than 0")
	case o.Protocol != 0 && o.Protocol != 2 && o.Protocol != 3:
		return errors.New("$protocol is 2 or 3, or 0 for the newest that the server has")
	case o.Protocol == 2 && o.CacheBytes > 0:
		return errors.New("$cacheBytes needs protocol 3")
	case o.Connections < 1 || o.Connections > 256 || o.Connections&(o.Connections-1) != 0:
		return errors.New("$connections is a power of two from 1 to 256")
	case o.MaxDedicated < 1 || o.MaxDedicated > 10000:
		return errors.New("$maxDedicated is from 1 to 10000")
	case o.CacheBytes < 0:
		return errors.New("$cacheBytes is not negative")
	case strings.ContainsAny(o.ClientName, " \r\n"):
		return errors.New("$clientName has no spaces and no line feeds")
	case (o.TLSCert == "") != (o.TLSKey == ""):
		return errors.New("$tlsCert and $tlsKey go together")
	}
	return nil
}

// key is the same for clients that may share connections.
func key(dsn string, o Options) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%+v", dsn, o))
	return string(sum[:])
}

// client makes rueidis' options.
func (t target) client(o Options) (rueidis.ClientOption, error) {
	c := rueidis.ClientOption{
		InitAddress: t.addresses, Username: t.user, Password: t.password, SelectDB: t.database, ClientName: o.ClientName,
		ClientSetInfo: []string{"phalanx", "1"},
		Dialer:        net.Dialer{Timeout: o.ConnectTimeout},
		DisableCache:  o.CacheBytes == 0, CacheSizeEachConn: o.CacheBytes, AlwaysRESP2: o.Protocol == 2,
		BlockingPoolSize: o.MaxDedicated + 1, BlockingPoolCleanup: time.Minute, BlockingPoolMinSize: 0,
		RingScaleEachConn: 10, ReadBufferEachConn: 64 << 10, WriteBufferEachConn: 64 << 10,
	}
	for n := o.Connections; n > 1; n >>= 1 {
		c.PipelineMultiplex++
	}
	if c.PipelineMultiplex == 0 && t.mode != cluster {
		c.PipelineMultiplex = -1 // one connection; 0 would be rueidis' default
	}
	if t.tls {
		config, err := t.tlsConfig(o)
		if err != nil {
			return c, err
		}
		c.TLSConfig = config
	}
	switch t.mode {
	case single:
		c.ForceSingleClient = true
		if t.unix {
			c.DialCtxFn = func(ctx context.Context, path string, d *net.Dialer, _ *tls.Config) (net.Conn, error) {
				return d.DialContext(ctx, "unix", path)
			}
		}
	case sentinel:
		c.Sentinel = rueidis.SentinelOption{MasterSet: t.master, Username: o.SentinelUser, Password: o.SentinelPassword,
			Dialer: c.Dialer, ClientName: o.ClientName, TLSConfig: c.TLSConfig}
	case cluster:
		c.ShuffleInit = true
	}
	if o.ReplicaReads && t.mode != single {
		c.SendToReplicas = func(cmd rueidis.Completed) bool { return cmd.IsReadOnly() }
	}
	return c, nil
}

func (t target) tlsConfig(o Options) (*tls.Config, error) {
	host, _, _ := net.SplitHostPort(t.addresses[0])
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host, InsecureSkipVerify: !o.TLSVerify}
	if t.mode != single {
		c.ServerName = "" // of several servers; the dialer puts in each one's
	}
	if o.TLSServerName != "" {
		c.ServerName = o.TLSServerName
	}
	if o.TLSCa != "" {
		pem, err := os.ReadFile(o.TLSCa)
		if err != nil {
			return nil, fmt.Errorf("$tlsCa: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("$tlsCa: %s has no certificate in PEM format", o.TLSCa)
		}
	}
	if o.TLSCert != "" {
		pair, err := tls.LoadX509KeyPair(o.TLSCert, o.TLSKey)
		if err != nil {
			return nil, fmt.Errorf("$tlsCert and $tlsKey: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

package messaging

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/sirupsen/logrus"
	"golang.org/x/sys/unix"
)

// Limits of connections.
const (
	maxConnections  = 64       // of one process, each to another server or with other credentials
	reconnectBuffer = 16 << 20 // bytes that may wait while there is no connection
	reconnectWait   = 100 * time.Millisecond
	maxReconnect    = 2 * time.Second // between two attempts
	pingInterval    = 20 * time.Second
	closeTime       = 3 * time.Second // to send what waits, at the end of the process
)

// ErrNotConnected answers what needs the server while there is no connection to it.
var ErrNotConnected = errors.New("messaging: not connected")

// Conn is a connection of this process to a server, shared by all that use the server. It comes back by itself for as long
// as the process lives; what is published meanwhile waits, up to reconnectBuffer bytes.
type Conn struct {
	settings Settings
	nc       *nats.Conn
	js       jetstream.JetStream
	log      logrus.FieldLogger

	mu        sync.Mutex // guards all below
	token     string     // of the embedded server that was dialled last
	lastError error
	since     time.Time // of the present state

	slow   atomic.Uint64 // messages that subscriptions did not take
	warned atomic.Int64
}

var connections struct {
	mu  sync.Mutex // guards all; not held while connecting
	all map[Settings]*opening
}

type opening struct {
	done chan struct{}
	conn *Conn
	err  error
}

// Connect answers the process's connection with these settings, and makes it when there is none. An external server that
// cannot be reached is no error: the connection is made when it can.
func Connect(s Settings) (*Conn, error) {
	registerFigures()
	connections.mu.Lock()
	o := connections.all[s]
	if o != nil && isDone(o.done) && o.conn != nil && o.conn.nc.IsClosed() {
		o = nil // the server has sent us away for good; perhaps not any more
		delete(connections.all, s)
	}
	if o == nil {
		if len(connections.all) >= maxConnections {
			connections.mu.Unlock()
			return nil, fmt.Errorf("messaging: this process uses %d servers already, that is the limit", maxConnections)
		}
		if connections.all == nil {
			connections.all = map[Settings]*opening{}
		}
		o = &opening{done: make(chan struct{})}
		connections.all[s] = o
		connections.mu.Unlock()
		o.conn, o.err = open(s, logrus.StandardLogger())
		if o.err != nil {
			connections.mu.Lock()
			if connections.all[s] == o {
				delete(connections.all, s) // the next one tries again
			}
			connections.mu.Unlock()
		}
		close(o.done)
		return o.conn, o.err
	}
	connections.mu.Unlock()
	<-o.done
	return o.conn, o.err
}

func isDone(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func closeConnections() {
	connections.mu.Lock()
	all := connections.all
	connections.all = nil
	connections.mu.Unlock()
	for _, o := range all {
		<-o.done
		if o.conn != nil {
			o.conn.Close()
		}
	}
}

// Close sends what waits, for three seconds at most, and closes the connection.
func (c *Conn) Close() {
	if c.nc.IsConnected() {
		_ = c.nc.FlushTimeout(closeTime)
	}
	c.nc.Close()
}

func open(s Settings, log logrus.FieldLogger, more ...nats.Option) (*Conn, error) {
	c := &Conn{settings: s, log: log, since: time.Now()}
	opts := []nats.Option{
		nats.Name("phalanx"), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true), nats.ReconnectBufSize(reconnectBuffer),
		nats.Timeout(s.Timeout), nats.PingInterval(pingInterval), nats.MaxPingsOutstanding(2),
		nats.CustomReconnectDelay(func(attempts int) time.Duration {
			return min(reconnectWait<<min(attempts, 6), maxReconnect)
		}),
		nats.PermissionErrOnSubscribe(true), nats.IgnoreAuthErrorAbort(),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { c.refused(err) }),
		nats.ErrorHandler(c.failed),
		nats.DisconnectErrHandler(func(nc *nats.Conn, err error) {
			if !nc.IsClosed() {
				c.state(err, "lost the connection; trying again")
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { c.state(nil, "connected again") }),
		nats.ConnectHandler(func(*nats.Conn) { c.state(nil, "") }),
	}
	urls := s.URLs
	if s.Embedded.Folder == "" {
		opts = append(opts, nats.SkipHostLookup(), nats.SetCustomDialer(dialer{s.Timeout}))
	} else {
		urls = "nats://127.0.0.1:4222" // a name only: the dialer knows
		opts = append(opts, nats.SetCustomDialer(c), nats.TokenHandler(c.lastToken), nats.IgnoreDiscoveredServers())
		if _, err := resolve(s.Embedded); err != nil { // no use to go on trying
			return nil, err
		}
	}
	switch {
	case s.Credentials != "":
		if _, err := os.Stat(s.Credentials); err != nil {
			return nil, fmt.Errorf("messaging: the credentials cannot be read: %w", err)
		}
		opts = append(opts, nats.UserCredentials(s.Credentials))
	case s.User != "":
		opts = append(opts, nats.UserInfo(s.User, s.Password))
	case s.Token != "":
		opts = append(opts, nats.Token(s.Token))
	}
	if s.TLSCA != "" || s.TLSCert != "" || strings.HasPrefix(urls, "tls:") || strings.HasPrefix(urls, "wss:") {
		config, err := s.tls()
		if err != nil {
			return nil, err
		}
		opts = append(opts, nats.Secure(config))
	}
	nc, err := nats.Connect(urls, append(opts, more...)...)
	if err != nil {
		return nil, fmt.Errorf("messaging: no connection to %s: %w", s.Name(), err)
	}
	c.nc = nc
	if c.js, err = jetstream.New(nc, jetstream.WithDefaultTimeout(s.Timeout), jetstream.WithPublishAsyncMaxPending(4096)); err != nil {
		nc.Close()
		return nil, fmt.Errorf("messaging: %w", err)
	}
	return c, nil
}

func (s *Settings) tls() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.TLSCA != "" {
		pem, err := os.ReadFile(s.TLSCA)
		if err != nil {
			return nil, fmt.Errorf("messaging: tlsCa: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("messaging: tlsCa: %s has no certificate", s.TLSCA)
		}
	}
	if s.TLSCert != "" {
		pair, err := tls.LoadX509KeyPair(s.TLSCert, s.TLSKey)
		if err != nil {
			return nil, fmt.Errorf("messaging: tlsCert, tlsKey: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// dialer looks a server's name up within the time of the attempt, which the client itself does for as long as the resolver takes,
// while whoever asks for the connection's state waits. Of several addresses a random one is the first.
type dialer struct{ timeout time.Duration }

func (d dialer) Dial(network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), d.timeout)
	defer cancel()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addresses, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return nil, err
	}
	rand.Shuffle(len(addresses), func(i, j int) { addresses[i], addresses[j] = addresses[j], addresses[i] })
	each := net.Dialer{Timeout: d.timeout / time.Duration(len(addresses))}
	for _, one := range addresses {
		var c net.Conn
		if c, err = each.DialContext(ctx, network, net.JoinHostPort(one, port)); err == nil {
			return c, nil
		}
	}
	return nil, err
}

// Dial leads to the embedded server, wherever it runs by now; that process may have died, and another taken over.
func (c *Conn) Dial(string, string) (net.Conn, error) {
	at, err := resolve(c.settings.Embedded)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.token = at.Token
	c.mu.Unlock()
	return net.DialTimeout("tcp", at.Address, c.settings.Timeout)
}

func (c *Conn) lastToken() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.token
}

func (c *Conn) state(err error, what string) {
	c.mu.Lock()
	c.lastError, c.since = err, time.Now()
	c.mu.Unlock()
	if what == "" {
		return
	}
	entry := c.log.WithField("server", c.settings.Name())
	if err != nil {
		entry.WithError(err).Warn("messaging: " + what)
	} else {
		entry.Info("messaging: " + what)
	}
}

// refused is told of each attempt that failed; the log has the first one of those that failed for one reason.
func (c *Conn) refused(err error) {
	c.mu.Lock()
	again := c.lastError != nil && err != nil && c.lastError.Error() == err.Error()
	c.lastError = err
	c.mu.Unlock()
	if !again {
		c.log.WithError(err).WithField("server", c.settings.Name()).Warn("messaging: no connection; trying again")
	}
}

// failed is told of what went wrong outside a call.
func (c *Conn) failed(_ *nats.Conn, sub *nats.Subscription, err error) {
	entry := c.log.WithError(err).WithField("server", c.settings.Name())
	if sub != nil {
		entry = entry.WithField("subject", sub.Subject)
	}
	now := time.Now().Unix()
	if errors.Is(err, nats.ErrSlowConsumer) {
		c.slow.Add(1)
		if last := c.warned.Load(); now <= last || !c.warned.CompareAndSwap(last, now) {
			return
		}
		entry.Warn("messaging: a subscription's handler is too slow; messages are dropped (Subscription::$dropped)")
		return
	}
	c.mu.Lock()
	c.lastError = err
	c.mu.Unlock()
	entry.Error("messaging: the server refused")
}

// notConnected explains an error that came because there is no connection, or because the embedded server has no room on its disk:
// it does not answer then.
func (c *Conn) notConnected(err error) error {
	if err != nil && c.settings.Embedded.Folder != "" && (errors.Is(err, nats.ErrTimeout) || errors.Is(err, context.DeadlineExceeded)) {
		var disk unix.Statfs_t
		if unix.Statfs(c.settings.Embedded.Folder, &disk) == nil && disk.Bavail*uint64(disk.Bsize) < room {
			return fmt.Errorf("messaging: the disk of %s is full: %w", c.settings.Embedded.Folder, err)
		}
	}
	if err == nil || c.nc.IsConnected() {
		return err
	}
	if errors.Is(err, nats.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrNoResponders) ||
		errors.Is(err, nats.ErrReconnectBufExceeded) || errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, nats.ErrDisconnected) ||
		errors.Is(err, jetstream.ErrNoStreamResponse) {
		c.mu.Lock()
		defer c.mu.Unlock()
		why := ""
		if c.lastError != nil {
			why = ": " + c.lastError.Error()
		}
		return fmt.Errorf("%w to %s for %s%s (%w)", ErrNotConnected, c.settings.Name(), time.Since(c.since).Round(time.Millisecond), why, err)
	}
	return err
}

// withDefault bounds a wait that nobody has bounded.
func (c *Conn) withDefault(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, c.settings.Timeout)
}

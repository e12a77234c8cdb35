package tlsconn

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/sirupsen/logrus"
	"golang.org/x/sys/unix"
)

// LookInterval is how often, at most, a configuration in use looks whether its files have changed.
const LookInterval = 5 * time.Second

const (
	maxConfigs     = 256 // that are remembered
	clientSessions = 64  // that a client's configuration remembers
)

// Config is what connections are made by. All with the same options share one, in whatever thread:
// its certificates, session tickets and remembered sessions. It follows its files: new ones are
// used for new connections; files that cannot be used are reported and the old ones stay.
type Config struct {
	*shared
	name string // client: of the peer
}

type shared struct {
	opts    Options
	id      string
	log     logrus.FieldLogger
	current atomic.Pointer[loaded]
	look    atomic.Int64 // Unix nanoseconds of the next look at the files
	epoch   atomic.Int64 // of the ticket keys in use

	mu     sync.Mutex // guards what follows
	stamps []stamp    // of the files as of the last attempt to load them
}

// loaded is what the files and options came to.
type loaded struct {
	tls   *tls.Config
	roots *x509.CertPool
}

var configs struct {
	mu   sync.Mutex // guards byID; taken before a shared's mu
	byID map[string]*shared
}

// Open answers the configuration for these options. The first time the files must be good; later
// ones that are not are reported to log, and what was loaded before stays in use.
func Open(o Options, log logrus.FieldLogger) (*Config, error) {
	name := o.PeerName
	if o.Client {
		o.PeerName = "" // so that a client of many servers does not have a configuration for each
	}
	id, err := json.Marshal(o)
	if err != nil {
		return nil, errors.Join(ErrOptions, err)
	}
	configs.mu.Lock()
	defer configs.mu.Unlock()
	if s := configs.byID[string(id)]; s != nil {
		s.reload()
		return &Config{s, name}, nil
	}
	s := &shared{opts: o, id: string(id), log: log}
	s.stamps = o.stamps()
	l, err := s.load()
	if err != nil {
		return nil, err
	}
	s.use(l)
	if configs.byID == nil {
		configs.byID = map[string]*shared{}
	}
	if len(configs.byID) >= maxConfigs {
		for id, s := range configs.byID {
			if s.opts.Client { // those in use stay in use, but are no longer found
				delete(configs.byID, id)
			}
		}
	}
	configs.byID[s.id] = s
	return &Config{s, name}, nil
}

// Check says whether a configuration could be opened, without remembering it.
func Check(o Options) error {
	_, err := (&shared{opts: o}).load()
	return err
}

func (s *shared) use(l *loaded) {
	if !s.opts.Client {
		epoch := ticketEpoch(time.Now())
		l.tls.SetSessionTicketKeys(tickets.keys(epoch, s.id))
		s.epoch.Store(epoch)
	}
	s.look.Store(time.Now().Add(LookInterval).UnixNano())
	s.current.Store(l)
}

// reload loads the files anew if they have changed.
func (s *shared) reload() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.stamps()
	if equal(now, s.stamps) {
		return
	}
	s.stamps = now
	l, err := s.load()
	if err != nil {
		s.log.WithError(err).Error("tls: the changed certificate files cannot be used; the old certificates stay")
		return
	}
	s.use(l)
	s.log.WithField("local_cert", s.opts.Cert).Info("tls: certificates loaded anew")
}

// conn makes a connection over t, by the configuration as it is now.
func (c *Config) conn(t *transport) *tls.Conn {
	now := time.Now()
	if due := c.look.Load(); now.UnixNano() > due && c.look.CompareAndSwap(due, now.Add(LookInterval).UnixNano()) {
		go c.reload() // reading files and opening keys may take a while
	}
	l := c.current.Load()
	if !c.opts.Client {
		if epoch := ticketEpoch(now); c.epoch.Swap(epoch) != epoch {
			l.tls.SetSessionTicketKeys(tickets.keys(epoch, c.id))
		}
		return tls.Server(t, l.tls)
	}
	config := l.tls.Clone()
	if config.ServerName = c.name; c.name == "" {
		config.ClientSessionCache = nil // sessions are remembered by name
	}
	config.VerifyConnection = c.opts.verifier(l.roots, c.name)
	return tls.Client(t, config)
}

func (s *shared) load() (*loaded, error) {
	o := &s.opts
	roots, err := o.roots()
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		MinVersion: o.MinVersion, MaxVersion: o.MaxVersion, CipherSuites: o.CipherSuites, NextProtos: o.ALPN,
		SessionTicketsDisabled: o.NoTickets,
		// Small records at first would save a reader some waiting, and cost each response more of them.
		DynamicRecordSizingDisabled: true,
	}
	if o.Cert != "" {
		cert, err := KeyPair{o.Cert, o.Key, o.Passphrase}.load()
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{*cert}
	}
	if o.Client {
		// VerifyConnection does what PHP's options ask for; it runs for resumed sessions too.
		config.InsecureSkipVerify = true // #nosec G402
		config.ClientSessionCache = tls.NewLRUClientSessionCache(clientSessions)
		return &loaded{config, roots}, nil
	}
	switch {
	case o.verifies():
		config.ClientAuth, config.ClientCAs = tls.RequireAnyClientCert, roots
	case o.CaptureCert:
		config.ClientAuth = tls.RequestClientCert
	}
	config.VerifyConnection = o.verifier(roots, o.PeerName)
	if len(o.SNI) > 0 {
		if config.GetCertificate, err = o.byName(); err != nil {
			return nil, err
		}
	}
	return &loaded{config, roots}, nil
}

// byName loads the certificates of SNI_server_certs; for other names there is local_cert's.
func (o *Options) byName() (func(*tls.ClientHelloInfo) (*tls.Certificate, error), error) {
	certs := make(map[string]*tls.Certificate, len(o.SNI))
	for host, pair := range o.SNI {
		cert, err := pair.load()
		if err != nil {
			return nil, optionError("SNI_server_certs", "%s: %v", host, err)
		}
		certs[host] = cert
	}
	return func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		name := strings.ToLower(hello.ServerName)
		if cert := certs[name]; cert != nil {
			return cert, nil
		}
		if _, domain, ok := strings.Cut(name, "."); ok {
			if cert := certs["*."+domain]; cert != nil {
				return cert, nil
			}
		}
		return nil, nil // crypto/tls takes local_cert, and refuses the name without one
	}, nil
}

// stamp tells whether a file is the same as before.
type stamp struct {
	path        string
	device, ino uint64
	size        int64
	changed     unix.Timespec
}

// stamps of all files that the options name. One that cannot be looked at has an empty stamp.
func (o *Options) stamps() []stamp {
	paths := []string{o.Cert, o.Key, o.CAFile, o.CAPath}
	for _, pair := range o.SNI {
		paths = append(paths, pair.Cert, pair.Key)
	}
	var all []stamp
	for _, path := range paths {
		if path == "" {
			continue
		}
		s := stamp{path: path}
		if info, err := os.Stat(path); err == nil { // through links: tools for certificates swap those
			if st, ok := info.Sys().(*syscall.Stat_t); ok {
				s.device, s.ino, s.size, s.changed = uint64(st.Dev), st.Ino, st.Size, unix.Timespec(st.Mtim)
			}
		}
		all = append(all, s)
	}
	return all
}

func equal(a, b []stamp) bool {
	known := make(map[string]stamp, len(b))
	for _, s := range b {
		known[s.path] = s
	}
	for _, s := range a {
		if known[s.path] != s {
			return false
		}
	}
	return true
}

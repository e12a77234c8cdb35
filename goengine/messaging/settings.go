package messaging

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ServerEnv names the server that is used where none is named: an address or "embedded:...".
const ServerEnv = "PHALANX_NATS"

// Limits and defaults of the embedded server.
const (
	DefaultMaxMemory  = 256 << 20 // bytes of streams that are kept in memory
	DefaultMaxStore   = 10 << 30  // bytes of streams in files
	DefaultMaxPayload = 8 << 20   // bytes of one message
	DefaultSync       = time.Second
	maxPayloadLimit   = 64 << 20
)

// Embedded says how the embedded server is run.
type Embedded struct {
	Folder     string // absolute
	MaxMemory  int64
	MaxStore   int64
	MaxPayload int64
	Sync       time.Duration // how often what was written is synchronised with the disk; 0: each message, before it is acknowledged
	Listen     string        // host:port for clients of other machines; "": a free port of 127.0.0.1
	Token      string        // what clients authenticate with; "": a random one
}

// Settings say which server is meant, and how it is reached. They are comparable: equal settings share a connection.
type Settings struct {
	Embedded    Embedded // Folder "": an external server
	URLs        string   // of external servers, comma-separated, without user and password
	User        string
	Password    string
	Token       string
	Credentials string // path of a .creds file
	TLSCA       string // paths of PEM files
	TLSCert     string
	TLSKey      string
	Timeout     time.Duration // to connect
}

// DefaultTimeout bounds an attempt to connect.
const DefaultTimeout = 5 * time.Second

// Home tells the folder that the application's data folder is in. The binary sets it.
var Home = func() string {
	dir, _ := os.Getwd()
	return dir
}

// DefaultFolder is the embedded server's unless another is named.
func DefaultFolder() string { return filepath.Join(Home(), "phalanx-data", "messaging") }

// ParseServer reads what a server is named by: "" (PHALANX_NATS, else the embedded server), "embedded:/folder?options", or
// the addresses of an external server, "nats://user:password@a:4222,b,c" (or tls://, ws://, wss://). Its errors do not
// show passwords.
func ParseServer(server string) (Settings, error) {
	s := Settings{Timeout: DefaultTimeout}
	if server == "" {
		if server = os.Getenv(ServerEnv); server == "" {
			server = "embedded:"
		}
	}
	if rest, ok := strings.CutPrefix(server, "embedded"); ok && (rest == "" || rest[0] == ':' || rest[0] == '?') {
		return s, parseEmbedded(&s.Embedded, strings.TrimPrefix(rest, ":"))
	}
	scheme := "nats"
	var hosts []string
	for i, part := range strings.Split(server, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if name, _, ok := strings.Cut(part, "://"); ok {
			if i == 0 {
				scheme = name
			}
		} else {
			part = scheme + "://" + part
		}
		u, err := url.Parse(part)
		if err != nil || u.Host == "" {
			return s, fmt.Errorf("messaging: server %d of the list is no address: it is like nats://user:password@host:4222 "+
				"(special characters of a password are percent-encoded)", i+1)
		}
		switch u.Scheme {
		case "nats", "tls", "ws", "wss":
		default:
			return s, fmt.Errorf("messaging: %q is no scheme of NATS: use nats, tls, ws or wss, or embedded:/folder", u.Scheme)
		}
		if u.User != nil {
			user := u.User.Username()
			password, ok := u.User.Password()
			if ok {
				s.User, s.Password = user, password
			} else {
				s.Token = user
			}
			u.User = nil
		}
		hosts = append(hosts, u.String())
	}
	if len(hosts) == 0 {
		return s, errors.New("messaging: there is no server in the list")
	}
	s.URLs = strings.Join(hosts, ",")
	return s, nil
}

func parseEmbedded(e *Embedded, text string) error {
	e.MaxMemory, e.MaxStore, e.MaxPayload, e.Sync = DefaultMaxMemory, DefaultMaxStore, DefaultMaxPayload, DefaultSync
	folder, query, _ := strings.Cut(text, "?")
	if folder == "" {
		folder = DefaultFolder()
	}
	path, err := filepath.Abs(folder)
	if err != nil {
		return fmt.Errorf("messaging: %w", err)
	}
	e.Folder = path
	values, err := url.ParseQuery(query)
	if err != nil {
		return errors.New("messaging: the options behind embedded:/folder? are malformed")
	}
	for name := range values {
		value := values.Get(name)
		switch name {
		case "max_memory":
			e.MaxMemory, err = parseBytes(value)
		case "max_store":
			e.MaxStore, err = parseBytes(value)
		case "max_payload":
			if e.MaxPayload, err = parseBytes(value); err == nil && e.MaxPayload > maxPayloadLimit {
				err = errors.New("at most 64m")
			}
		case "sync":
			if value == "always" {
				e.Sync = 0
				break
			}
			var seconds float64
			if seconds, err = strconv.ParseFloat(value, 64); err == nil && !(seconds >= 0.01 && seconds <= 3600) {
				err = errors.New("seconds from 0.01 to 3600, or always")
			}
			e.Sync = time.Duration(seconds * float64(time.Second))
		case "listen":
			_, _, err = net.SplitHostPort(value)
			e.Listen = value
		case "token":
			e.Token = value
		default:
			return fmt.Errorf("messaging: the embedded server has no option %q; there are max_memory, max_store, max_payload, sync, listen and token", name)
		}
		if err != nil {
			return fmt.Errorf("messaging: the embedded server's option %s is not right: %w", name, err)
		}
	}
	if e.Listen != "" && len(e.Token) < 16 {
		return errors.New("messaging: an embedded server that listens for others needs a token of 16 characters or more")
	}
	return nil
}

// parseBytes reads "1048576", "512k", "64m" or "10g".
func parseBytes(text string) (int64, error) {
	unit := int64(1)
	if n := len(text); n > 0 {
		switch text[n-1] {
		case 'k', 'K':
			unit = 1 << 10
		case 'm', 'M':
			unit = 1 << 20
		case 'g', 'G':
			unit = 1 << 30
		}
		if unit > 1 {
			text = text[:n-1]
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || n > (1<<62)/unit {
		return 0, errors.New("it is a number of bytes, like 1048576, 512k, 64m or 10g")
	}
	return n * unit, nil
}

// Name is what a server is called in messages and figures: never with a password.
func (s *Settings) Name() string {
	if s.Embedded.Folder != "" {
		return "embedded:" + s.Embedded.Folder
	}
	return s.URLs
}

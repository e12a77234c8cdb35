package messaging

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/sirupsen/logrus"
	"golang.org/x/sys/unix"
)

const (
	startTime = 60 * time.Second // for the embedded server to read its data
	roomEvery = time.Second      // how often a disk that was full is tried
	room      = 256 << 10        // what it has to take before it counts as having room
	stateFile = "server.json"
	lockFile  = "lock"
)

// ErrInUse answers that another process runs the server of a folder.
var ErrInUse = errors.New("messaging: another process has the data folder")

// endpoint is where the server of a folder is, as its process writes it beside the data, readable for its user alone.
type endpoint struct {
	Address     string `json:"address"`
	Token       string `json:"token"`
	PID         int    `json:"pid"`
	Application string `json:"application,omitempty"` // the start script of the supervisor that runs it; "": a script's
}

// host is an embedded server that this process runs.
type host struct {
	endpoint endpoint // guarded by hosts.mu once it is open, as server is
	lock     *os.File
	server   *server.Server

	broken chan struct{} // has one when the server could not write
	closed chan struct{}
}

// openHost starts the server of a folder: ErrInUse when another process has it. log gets its warnings and errors.
func openHost(e Embedded, application string, log logrus.FieldLogger) (*host, error) {
	if err := os.MkdirAll(e.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("messaging: the data folder cannot be made: %w%s (name another with embedded:/folder or in %s)", err, who(err), ServerEnv)
	}
	lock, err := os.OpenFile(filepath.Join(e.Folder, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("messaging: the data folder cannot be used: %w%s", err, who(err))
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = lock.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, ErrInUse
		}
		return nil, fmt.Errorf("messaging: the data folder cannot be locked: %w", os.NewSyscallError("flock", err))
	}
	h := &host{lock: lock, broken: make(chan struct{}, 1), closed: make(chan struct{})}
	if err := h.start(e, application, log); err != nil {
		h.close()
		return nil, err
	}
	go h.mend(e, application, log)
	return h, nil
}

// mend starts the server anew after a write that failed, when the disk has room. Until then the server refuses what is to go to the
// stream at hand, and it would go on to do so: whoever has room is not asked again. Clients come back by themselves.
func (h *host) mend(e Embedded, application string, log logrus.FieldLogger) {
	for {
		select {
		case <-h.closed:
			return
		case <-h.broken:
		}
		for again := true; again; {
			select {
			case <-h.closed:
				return
			case <-time.After(roomEvery):
			}
			if hasRoom(e.Folder) {
				again = !h.restart(e, application, log)
			}
		}
	}
}

// restart answers whether the server is there again, or no longer wanted.
func (h *host) restart(e Embedded, application string, log logrus.FieldLogger) bool {
	hosts.mu.Lock()
	defer hosts.mu.Unlock()
	select {
	case <-h.closed:
		return true
	default:
	}
	if h.server != nil {
		h.server.Shutdown()
		h.server.WaitForShutdown()
	}
	select {
	case <-h.broken: // said by the server that has ended
	default:
	}
	if err := h.start(e, application, log); err != nil {
		log.WithError(err).Error("messaging: embedded server: it does not start again after a write that failed; trying again")
		return false
	}
	log.WithField("folder", e.Folder).Warn("messaging: embedded server: what is written comes to the disk again")
	return true
}

// hasRoom says whether a folder takes what is written.
func hasRoom(folder string) bool {
	f, err := os.CreateTemp(folder, ".room-*")
	if err != nil {
		return false
	}
	defer func() { _, _ = f.Close(), os.Remove(f.Name()) }()
	if _, err := f.Write(make([]byte, room)); err != nil {
		return false
	}
	return f.Sync() == nil
}

// who names the user that may not, for the one who has mounted a volume that is another's.
func who(err error) string {
	if !errors.Is(err, os.ErrPermission) {
		return ""
	}
	return fmt.Sprintf(" for user %d, group %d", os.Geteuid(), os.Getegid())
}

func (h *host) start(e Embedded, application string, log logrus.FieldLogger) error {
	before, _ := readEndpoint(e.Folder) // the same token and, where it is free, port: clients come back by themselves
	token := e.Token
	if token == "" {
		token = before.Token
	}
	if token == "" {
		var b [24]byte
		_, _ = rand.Read(b[:])
		token = hex.EncodeToString(b[:])
	}
	addresses := []string{"127.0.0.1:-1"}
	if e.Listen != "" {
		addresses = []string{e.Listen}
	} else if hostName, port, err := net.SplitHostPort(before.Address); err == nil && hostName == "127.0.0.1" && isFree(before.Address) {
		addresses = []string{"127.0.0.1:" + port, "127.0.0.1:-1"}
	}
	var err error
	for _, address := range addresses {
		if h.server, err = startServer(e, address, token, &serverLog{log: log, broken: h.broken}); err == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	address := h.server.Addr().(*net.TCPAddr)
	if address.IP.IsUnspecified() {
		address.IP = net.IPv4(127, 0, 0, 1)
	}
	h.endpoint = endpoint{Address: address.String(), Token: token, PID: os.Getpid(), Application: application}
	return writeEndpoint(e.Folder, h.endpoint)
}

func isFree(address string) bool {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return false
	}
	return l.Close() == nil
}

func startServer(e Embedded, address, token string, l *serverLog) (*server.Server, error) {
	hostName, portText, _ := net.SplitHostPort(address)
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, fmt.Errorf("messaging: the embedded server cannot listen on %s: no port", address)
	}
	interval := e.Sync
	if interval == 0 {
		interval = DefaultSync
	}
	opts := &server.Options{
		ServerName: "phalanx", Host: hostName, Port: port, Authorization: token,
		JetStream: true, StoreDir: e.Folder, JetStreamMaxMemory: e.MaxMemory, JetStreamMaxStore: e.MaxStore,
		MaxPayload: int32(e.MaxPayload), MaxPending: max(64<<20, 4*e.MaxPayload), SyncInterval: interval, SyncAlways: e.Sync == 0,
		NoSigs: true, DisableJetStreamBanner: true,
	}
	s, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("messaging: the embedded server does not start: %w", err)
	}
	s.SetLoggerV2(l, false, false, false)
	go s.Start() // reads the data first, which may take a while
	for deadline := time.Now().Add(startTime); !s.ReadyForConnections(50 * time.Millisecond); {
		if err := l.fatal(); err != nil || time.Now().After(deadline) {
			s.Shutdown()
			s.WaitForShutdown()
			if err == nil {
				err = fmt.Errorf("it was not ready within %s", startTime)
			}
			return nil, fmt.Errorf("messaging: the embedded server does not start: %w", err)
		}
	}
	return s, nil
}

// close ends the server: what it was told is on the disk then.
func (h *host) close() {
	close(h.closed)
	if h.server != nil {
		h.server.Shutdown()
		h.server.WaitForShutdown()
	}
	_ = h.lock.Close()
}

func readEndpoint(folder string) (endpoint, error) {
	var at endpoint
	b, err := os.ReadFile(filepath.Join(folder, stateFile))
	if err == nil {
		err = json.Unmarshal(b, &at)
	}
	return at, err
}

// writeEndpoint replaces the file as a whole: others may read it at any time.
func writeEndpoint(folder string, at endpoint) error {
	b, err := json.Marshal(at)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, ".server-*") // with mode 0600
	if err != nil {
		return fmt.Errorf("messaging: %w", err)
	}
	_, err = f.Write(b)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(folder, stateFile))
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("messaging: %w", err)
	}
	return nil
}

// serverLog passes on the server's warnings and errors.
type serverLog struct {
	log    logrus.FieldLogger
	broken chan<- struct{} // gets one when a write has failed

	mu  sync.Mutex // guards err
	err error
}

func (l *serverLog) fatal() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

func (l *serverLog) Noticef(string, ...any) {}
func (l *serverLog) Debugf(string, ...any)  {}
func (l *serverLog) Tracef(string, ...any)  {}
func (l *serverLog) Warnf(format string, v ...any) {
	l.log.Warn("messaging: embedded server: " + fmt.Sprintf(format, v...))
}

// Errorf is the one place where the server says that it could not write, and so does not take any more.
func (l *serverLog) Errorf(format string, v ...any) {
	text := fmt.Sprintf(format, v...)
	l.log.Error("messaging: embedded server: " + text)
	if strings.Contains(strings.ToLower(text), "critical write error") {
		select {
		case l.broken <- struct{}{}:
		default:
		}
	}
}

// Fatalf is said by a server that cannot go on; it returns, and so must not end the process.
func (l *serverLog) Fatalf(format string, v ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.err = fmt.Errorf(format, v...)
	}
}

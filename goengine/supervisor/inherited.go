package supervisor

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/sirupsen/logrus"
	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/socket"
)

// Variables by which a service manager hands over sockets (sd_listen_fds(3)); the first is descriptor 3.
const (
	listenPID   = "LISTEN_PID"
	listenFDs   = "LISTEN_FDS"
	listenNames = "LISTEN_FDNAMES"
)

// inherited is a socket that another process has bound: a service manager, or the supervisor that this one replaces.
type inherited struct {
	file    *os.File
	name    string
	foreign bool // the service manager's: it keeps the socket, and it is not ours to shut down or to remove
}

// inheritance are the sockets that nobody has taken yet.
type inheritance []inherited

// activated finds a service manager's sockets in an environment, and takes the variables out: they are not for children.
func activated(env []string, log logrus.FieldLogger) (inheritance, []string) {
	set := map[string]string{}
	var rest []string
	for _, setting := range env {
		name, value, _ := strings.Cut(setting, "=")
		if name == listenPID || name == listenFDs || name == listenNames {
			set[name] = value
		} else {
			rest = append(rest, setting)
		}
	}
	if set[listenFDs] == "" {
		return nil, rest
	}
	log = log.WithField(listenFDs, set[listenFDs])
	if set[listenPID] != strconv.Itoa(os.Getpid()) {
		log.WithField(listenPID, set[listenPID]).Warn("supervisor: the sockets are for another process (with -d a script " +
			"runs in another one than was started), the addresses are bound anew")
		return nil, rest
	}
	n, err := strconv.Atoi(set[listenFDs])
	if err != nil || n < 1 || n > 1<<16 {
		log.Warn("supervisor: that is no number of sockets, the addresses are bound anew")
		return nil, rest
	}
	names := strings.Split(set[listenNames], ":")
	var in inheritance
	for i := range n {
		name := ""
		if i < len(names) {
			name = names[i]
		}
		in = in.add(3+i, name, true, log)
	}
	return in, rest
}

func (in inheritance) add(fd int, name string, foreign bool, log logrus.FieldLogger) inheritance {
	if err := socket.Adopt(fd); err != nil {
		log.WithError(err).WithFields(logrus.Fields{"fd": fd, "name": name}).Warn("supervisor: an inherited descriptor is of no use")
		return in
	}
	return append(in, inherited{os.NewFile(uintptr(fd), socket.Address(fd)), name, foreign})
}

// take answers up to n of the sockets that are bound at an address, which are the caller's then, and whether they are the
// service manager's.
func (in *inheritance) take(address string, n int) (files []*os.File, foreign bool) {
	var rest inheritance
	for _, one := range *in {
		if len(files) < n && controls(one.file, func(fd int) bool { return socket.Serves(fd, address) }) {
			files = append(files, one.file)
			foreign = one.foreign
		} else {
			rest = append(rest, one)
		}
	}
	*in = rest
	return files, foreign
}

// drop closes what nobody has taken. For the service manager's that is a mistake, and the log says so.
func (in *inheritance) drop(workers []Worker, log logrus.FieldLogger) {
	var addresses []string
	for _, w := range workers {
		if w.Listen != "" {
			addresses = append(addresses, w.Listen)
		}
	}
	for _, one := range *in {
		if one.foreign {
			log.WithFields(logrus.Fields{"socket": one.file.Name(), "name": one.name, "workers": strings.Join(addresses, " ")}).
				Warn("supervisor: an inherited socket is no worker's address, nobody serves it")
		}
		_ = one.file.Close()
	}
	*in = nil
}

// controls calls do with a file's descriptor, which stays in non-blocking mode.
func controls(f *os.File, do func(fd int) bool) bool {
	raw, err := f.SyscallConn()
	if err != nil {
		return false
	}
	answer := false
	return raw.Control(func(fd uintptr) { answer = do(int(fd)) }) == nil && answer
}

// UpgradeEnv tells a process that it is to replace its parent, a supervisor: "LAST:PARENT", the last descriptor that is
// meant for it and its parent's process id. Descriptor 3 leads to the parent, 4 is a file with what it leaves behind, the
// sockets follow.
const UpgradeEnv = "PHALANX_UPGRADE"

// estate is what a supervisor leaves to the one that replaces it.
type estate struct {
	Sockets []legacy          `json:"sockets"`
	Once    map[string][]byte `json:"once"`
	Tickets []byte            `json:"tickets"` // a tlsconn.TicketSeed
	PidFile string            `json:"pidFile"`
}

type legacy struct {
	Name    string `json:"name"`
	Foreign bool   `json:"foreign"`
}

// Predecessor is the supervisor that this process is to replace.
type Predecessor struct {
	Once map[string][]byte // values that have been made once for all

	conn    net.Conn
	pidFile string
	tickets []byte
	sockets inheritance
}

// FindPredecessor looks whether this process has been started to replace its parent; nil: it has not. To be called once,
// before anything is started that could inherit the descriptors.
func FindPredecessor(log logrus.FieldLogger) (*Predecessor, error) {
	text, ok := os.LookupEnv(UpgradeEnv)
	if !ok {
		return nil, nil
	}
	var last, parent int
	if _, err := fmt.Sscanf(text, "%d:%d", &last, &parent); err != nil || parent != os.Getppid() {
		_ = os.Unsetenv(UpgradeEnv) // a script's child
		return nil, nil
	}
	for fd := 3; fd <= last; fd++ {
		unix.CloseOnExec(fd)
	}
	f := os.NewFile(3, "predecessor")
	conn, err := net.FileConn(f)
	_ = f.Close()
	if err != nil {
		return nil, fmt.Errorf("supervisor: no way to the process to replace: %w", err)
	}
	will := os.NewFile(4, "estate")
	defer func() { _ = will.Close() }()
	var e estate
	if err := json.NewDecoder(will).Decode(&e); err != nil {
		return nil, fmt.Errorf("supervisor: what the process to replace leaves cannot be read: %w", err)
	}
	p := &Predecessor{Once: e.Once, conn: conn, pidFile: e.PidFile, tickets: e.Tickets}
	for i, l := range e.Sockets {
		p.sockets = p.sockets.add(5+i, l.Name, l.Foreign, log)
	}
	return p, nil
}

// Listen answers the predecessor's listener of an address; nil: it has none.
func (p *Predecessor) Listen(address string) net.Listener {
	files, _ := p.sockets.take("tcp://"+address, 1)
	if len(files) == 0 {
		return nil
	}
	defer func() { _ = files[0].Close() }() // the listener has a duplicate
	l, err := net.FileListener(files[0])
	if err != nil {
		return nil
	}
	return l
}

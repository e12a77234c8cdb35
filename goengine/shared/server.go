package shared

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/phalanx-php/phalanx/goengine/component"
	"github.com/phalanx-php/phalanx/goengine/hub"
)

//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen

// ServerException is thrown when the server does not run, or does not answer.
const ServerException = `Phalanx\Shared\ServerException`

// Subjects of questions to server processes.
const (
	aboutList  = "shared"
	aboutCalls = "components"
)

// BesideServers says that this process runs one script, which may go beside a server. The command sets it.
var BesideServers = false

// Process is a server process with what it has.
type Process struct {
	Process   int        `json:"process"` // from 0
	PID       int        `json:"pid"`
	Instances []Instance `json:"instances"`

	number uint64 // the hub's
}

// Processes asks a running server, named by its start file, pid file or socket, what its processes have.
func Processes(server string) ([]Process, error) {
	peer, err := dial(server)
	if err != nil {
		return nil, err
	}
	defer peer.Close()
	return processes(peer)
}

func dial(server string) (*hub.Peer, error) {
	path, err := hub.FindSocket(server)
	if err != nil {
		return nil, err
	}
	return hub.Dial(path)
}

func processes(peer *hub.Peer) ([]Process, error) {
	answers, err := peer.Ask(&hub.Query{About: aboutList, Local: true})
	if err != nil {
		return nil, err
	}
	list := []Process{}
	for _, a := range answers {
		p := Process{PID: a.PID, number: a.Process}
		if err := json.Unmarshal(a.Data, &p.Instances); err != nil {
			return nil, fmt.Errorf("shared: a server process answers otherwise: run both with the same binary: %w", err)
		}
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b Process) int { return cmp.Compare(a.number, b.number) })
	for i := range list {
		list[i].Process = i
	}
	return list, nil
}

// Server is a running server, for a script beside it: after connect() the classes of Phalanx\Shared, and
// Phalanx\RateLimiter, are what the server has.
type Server struct{}

var beside struct {
	mu   sync.Mutex // guards all below
	peer *hub.Peer
	far  *component.Far
}

type serverOptions struct {
	component.Options
	// Process is which of several server processes, counted from 0 in the order of their start.
	Process int
}

// Connect makes what this script opens from now on that of a running server, which is named by its start file, its pid
// file or its socket. With several server processes it is one of them.
func Connect(server string, o serverOptions) error {
	if !BesideServers {
		return errors.New("Phalanx\\Shared\\Server is for scripts of the command line: a worker has its server's memory already")
	}
	beside.mu.Lock()
	defer beside.mu.Unlock()
	if beside.peer != nil {
		return errors.New("this script is connected to a server already")
	}
	peer, err := dial(server)
	if err != nil {
		return err
	}
	list, err := processes(peer)
	if err == nil && (o.Process < 0 || o.Process >= len(list)) {
		err = fmt.Errorf("the server has %d processes, counted from 0: there is no process %d", len(list), o.Process)
	}
	if err != nil {
		peer.Close()
		return err
	}
	to := hub.Target{Process: list[o.Process].number}
	var name [16]byte
	_, _ = rand.Read(name[:])
	far, err := component.Default().Beside(hex.EncodeToString(name[:]), ServerException, func(question []byte) ([]byte, error) {
		answers, err := peer.Ask(&hub.Query{About: aboutCalls, To: to, Local: true, Data: question})
		if err == nil && len(answers) != 1 {
			err = errors.New("the server process is gone")
		}
		if err != nil {
			return nil, err
		}
		return answers[0].Data, nil
	})
	if err != nil {
		peer.Close()
		return err
	}
	beside.peer, beside.far = peer, far
	return nil
}

// Disconnect makes what this script opens from now on its own again. What it has of the server is of no use any more.
func Disconnect() {
	beside.mu.Lock()
	defer beside.mu.Unlock()
	if beside.peer != nil {
		beside.far.Close()
		beside.peer.Close()
		beside.peer, beside.far = nil, nil
	}
}

// Listing says what the processes of a running server have: names and figures.
func Listing(server string) ([]ProcessInfo, error) {
	list, err := Processes(server)
	infos := []ProcessInfo{}
	for _, p := range list {
		info := ProcessInfo{Process: p.Process, PID: p.PID, Instances: []InstanceInfo{}}
		for _, in := range p.Instances {
			figures := component.Map{}
			for _, f := range in.Figures {
				figures.Set(f.Name, f.Value)
			}
			info.Instances = append(info.Instances, InstanceInfo{in.Kind, in.Name, &figures})
		}
		infos = append(infos, info)
	}
	return infos, err
}

// ProcessInfo is a server process as PHP sees it.
type ProcessInfo struct {
	Process   int
	PID       int
	Instances []InstanceInfo
}

// InstanceInfo is what it has under a name.
type InstanceInfo struct {
	Kind    string
	Name    string
	Figures *component.Map
}

func init() {
	component.RegisterType[*Server](`Phalanx\Shared\Server`, component.ThrowsBy(ServerException),
		component.Static("connect", Connect), component.Static("disconnect", Disconnect), component.Static("list", Listing))
	desk := component.Default().NewDesk(time.Now)
	hub.Inform(aboutCalls, desk.Answer)
	hub.Inform(aboutList, func([]byte) []byte {
		text, _ := json.Marshal(List()) // strings and ints
		return text
	})
}

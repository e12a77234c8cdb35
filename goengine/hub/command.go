package hub

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// Verbs of Command.
const (
	Send     = "send"
	Join     = "join"
	Leave    = "leave"
	LeaveAll = "leaveAll"
	Disband  = "disband"
	Bind     = "bind" // an empty user unbinds
	Close    = "close"
)

// Target says which connections a Command is for: one, a user's, those of groups, or, when nothing
// is named, all.
type Target struct {
	Conn   string   `json:"conn,omitempty"`
	User   string   `json:"user,omitempty"`
	Groups []string `json:"groups,omitempty"`

	// Process is one server process, of a question that is not about connections; 0: all.
	Process uint64 `json:"process,omitempty"`
}

// Except names connections that a Command for many leaves out.
type Except struct {
	Conns  []string `json:"conns,omitempty"`
	Users  []string `json:"users,omitempty"`
	Groups []string `json:"groups,omitempty"`
}

func (e *Except) empty() bool { return len(e.Conns)+len(e.Users)+len(e.Groups) == 0 }

// Command is something done to connections, wherever they are.
type Command struct {
	Verb   string    `json:"verb"`
	To     Target    `json:"to"`
	Except Except    `json:"except"`
	Name   string    `json:"name,omitempty"` // the group of Join, Leave and Disband, the user of Bind
	Form   loop.Form `json:"form,omitempty"`
	Data   []byte    `json:"-"` // Send's message; Close's last one, empty: none. Never changed
}

// connID is a connection's name in the whole application: which process, which loop of it, which
// connection there. None is used again while the supervisor lives.
//
// In a cluster the upper half of process is the node's number, else 0.
type connID struct {
	process uint64
	seat    uint32
	id      loop.ID
}

func (c connID) String() string { return fmt.Sprintf("%x-%x-%x", c.process, c.seat, c.id) }

func parseID(s string) (c connID, ok bool) {
	process, rest, ok1 := strings.Cut(s, "-")
	seat, id, ok2 := strings.Cut(rest, "-")
	p, err1 := strconv.ParseUint(process, 16, 64)
	n, err2 := strconv.ParseUint(seat, 16, 32)
	i, err3 := strconv.ParseUint(id, 16, 64)
	return connID{p, uint32(n), i}, ok1 && ok2 && err1 == nil && err2 == nil && err3 == nil
}

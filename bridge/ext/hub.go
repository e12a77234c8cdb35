package ext

// #include <stdlib.h>
// #include "../../php-ext/engine.h"
import "C"

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"

	"github.com/sirupsen/logrus"

	"github.com/phalanx-php/phalanx/goengine/hub"
	"github.com/phalanx-php/phalanx/goengine/loop"
	"github.com/phalanx-php/phalanx/goengine/messaging"
)

// Hub reaches the connections of all loops of this process and, once it is connected, of the others.
var Hub = hub.New(logrus.StandardLogger())

// JoinOthers connects a server process with what the supervisor has put into its environment
// (supervisor.HubEnv); nothing there: there are no others.
func JoinOthers(way string) error {
	if way == "" {
		return nil
	}
	var fd int
	var number uint64
	if _, err := fmt.Sscanf(way, "%d:%d", &fd, &number); err != nil {
		return fmt.Errorf("the way to the other server processes is unclear: %w", err)
	}
	f := os.NewFile(uintptr(fd), "hub")
	conn, err := net.FileConn(f) // a duplicate
	_ = f.Close()
	if err != nil {
		return err
	}
	peer := hub.Attach(conn, Hub)
	Hub.Connect(number, peer)
	messaging.AskSupervisor = peer.Call
	return nil
}

var verbs = [...]string{hub.Send, hub.Join, hub.Leave, hub.LeaveAll, hub.Disband, hub.Bind, hub.Close}

func seatOf(handle int64) *hub.Seat {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	return registry.seats[handle]
}

// phx_hub_id writes a connection's name in the whole application and answers its length.
//
//export phx_hub_id
func phx_hub_id(h C.int64_t, conn C.uint64_t, out *C.char) (st C.phx_status) {
	defer guard(&st)
	l, seat := find(int64(h)), seatOf(int64(h))
	if l == nil || seat == nil || !l.Has(uint64(conn)) {
		return 0
	}
	return put(out, seat.ID(uint64(conn)))
}

// phx_hub_do carries out a command; h is the calling thread's loop, 0 none. What the loop's thread
// has queued must have been applied.
//
//export phx_hub_do
func phx_hub_do(h C.int64_t, c *C.phx_hub_command) (st C.phx_status) {
	defer guard(&st)
	if int(c.verb) < 0 || int(c.verb) >= len(verbs) {
		return C.PHX_EINVAL
	}
	cmd := &hub.Command{Verb: verbs[c.verb], Name: str(c.name), Form: loop.Form(c.form)}
	if c.data.len > 0 {
		cmd.Data = append([]byte(nil), borrow(c.data.data, c.data.len)...) // it may wait in inboxes
	}
	switch c.kind {
	case 0:
		cmd.To.Conn = str(c.to)
		if cmd.To.Conn == "" {
			return C.PHX_ECLOSED
		}
	case 1:
		cmd.To.User = str(c.to)
	case 2:
		cmd.To.Groups = []string{str(c.to)}
	case 3:
		if err := json.Unmarshal(borrow(c.to.data, c.to.len), &cmd.To.Groups); err != nil || len(cmd.To.Groups) == 0 {
			return C.PHX_EINVAL
		}
	}
	if c.except.len > 0 {
		if err := json.Unmarshal(borrow(c.except.data, c.except.len), &cmd.Except); err != nil {
			return C.PHX_EINVAL
		}
	}
	err := Hub.Do(seatOf(int64(h)), cmd)
	if errors.Is(err, hub.ErrNone) {
		return C.PHX_ECLOSED
	}
	return statusOf(err)
}

// phx_hub_ask answers a question as JSON that the caller frees; on failure *st says so, and the
// answer is the reason.
//
//export phx_hub_ask
func phx_hub_ask(question C.phx_str, st *C.phx_status) (answer *C.char) {
	defer func() {
		if r := recover(); r != nil {
			reportPanic(r)
			*st = C.PHX_EINTERNAL
			answer = nil
		}
	}()
	*st = C.PHX_EINVAL
	var q hub.Query
	if err := json.Unmarshal(borrow(question.data, question.len), &q); err != nil {
		return C.CString(err.Error())
	}
	a, err := Hub.Ask(&q)
	if err != nil {
		return C.CString(err.Error())
	}
	b, err := json.Marshal(a)
	if err != nil {
		return C.CString(err.Error())
	}
	*st = C.PHX_OK
	return C.CString(string(b))
}

// phx_hub_connect leads a plain script to a running server. On failure the reason is in text.
//
//export phx_hub_connect
func phx_hub_connect(name C.phx_str, out *C.char, outLen *C.int32_t) (st C.phx_status) {
	defer guard(&st)
	path, err := hub.FindSocket(str(name))
	if err == nil {
		var peer *hub.Peer
		if peer, err = hub.Dial(path); err == nil {
			Hub.Connect(0, peer)
			return C.PHX_OK
		}
	}
	*outLen = put(out, err.Error())
	return C.PHX_EINVAL
}

// Package hub reaches connections from anywhere: it knows the loops of a process, which connections
// of theirs are in which groups and belong to which users, and passes commands on to the loops and,
// over a Link, to the other processes of the application.
//
// A command for the caller's own loop is carried out at once. Any other loop gets it in its inbox,
// one entry for each message however many connections it is for, and all share the message's bytes.
// Commands of one sender reach a loop in their order. Nothing here waits for another thread, but
// for Ask with a Link.
package hub

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// ErrNone answers a command for a connection that does not exist (any more).
var ErrNone = errors.New("hub: no such connection")

// Link leads to the other processes of the application.
type Link interface {
	// Tell passes a command on. It does not wait; an error means that it could not be queued.
	Tell(cmd *Command) error
	// Ask has the others answer, and waits for that.
	Ask(q *Query) ([]Answer, error)
}

// Hub is a process's. All methods may be called from any goroutine.
type Hub struct {
	log logrus.FieldLogger

	mu      sync.RWMutex // guards all below
	seats   []*Seat
	next    uint32
	process uint64
	link    Link

	lost    atomic.Uint64 // commands that a loop or a link did not take
	dropped atomic.Uint64 // messages for connections whose send buffer was full
	warned  atomic.Int64  // when a loss was last logged, in Unix seconds
}

// New makes a hub without loops.
func New(log logrus.FieldLogger) *Hub { return &Hub{log: log} }

// Connect gives the hub its process's number and the way to the others.
func (h *Hub) Connect(process uint64, link Link) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.process, h.link = process, link
}

// Seat is a loop's place in the hub.
type Seat struct {
	hub    *Hub
	number uint32
	loop   *loop.Loop
	room   *room
}

// Add makes a seat; its loop is given with Take, because a loop's configuration has the seat's Gone.
func (h *Hub) Add() *Seat {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next++
	return &Seat{hub: h, number: h.next, room: newRoom()}
}

// Take gives the seat its loop: from now on commands reach it.
func (s *Seat) Take(l *loop.Loop) {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.loop = l
	s.hub.seats = append(append([]*Seat(nil), s.hub.seats...), s)
}

// Remove ends a seat with its loop.
func (s *Seat) Remove() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	left := make([]*Seat, 0, len(s.hub.seats))
	for _, other := range s.hub.seats {
		if other != s {
			left = append(left, other)
		}
	}
	s.hub.seats = left
}

// Gone is the loop's Config.Gone.
func (s *Seat) Gone(id loop.ID) { s.room.gone(id) }

// ID is a connection's name in the whole application.
func (s *Seat) ID(id loop.ID) string {
	s.hub.mu.RLock()
	defer s.hub.mu.RUnlock()
	return connID{s.hub.process, s.number, id}.String()
}

func (h *Hub) state() (seats []*Seat, process uint64, link Link) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.seats, h.process, h.link
}

// Do carries a command out: at once where from, the caller's own seat or nil, has the connections,
// and elsewhere as soon as their loops come to it. An error means that some of them do not get it:
// ErrNone, or loop.ErrFull when a loop, or the way to another process, has too much waiting already.
func (h *Hub) Do(from *Seat, cmd *Command) error {
	if cmd.To.Conn == "" {
		err := h.Deliver(from, cmd)
		if _, _, link := h.state(); link != nil {
			if e := h.passOn(link, cmd); e != nil {
				err = e
			}
		}
		return err
	}
	id, ok := parseID(cmd.To.Conn)
	_, process, link := h.state()
	switch {
	case !ok:
		return ErrNone
	case id.process == process:
		return h.Deliver(from, cmd)
	case link == nil:
		return ErrNone
	}
	return h.passOn(link, cmd)
}

func (h *Hub) passOn(link Link, cmd *Command) error {
	err := link.Tell(cmd)
	if err != nil {
		h.lose(err)
	}
	return err
}

// Deliver is Do for the connections of this process alone.
func (h *Hub) Deliver(from *Seat, cmd *Command) error {
	seats, process, _ := h.state()
	if cmd.To.Conn != "" {
		id, ok := parseID(cmd.To.Conn)
		if !ok || id.process != process {
			return ErrNone
		}
		for _, s := range seats {
			if s.number == id.seat {
				return s.give(from, cmd)
			}
		}
		return ErrNone
	}
	var err error
	for _, s := range seats {
		if e := s.give(from, cmd); e != nil {
			err = e
		}
	}
	return err
}

func (s *Seat) give(from *Seat, cmd *Command) error {
	if s == from {
		return s.run(cmd)
	}
	err := s.loop.Post(loop.Post{Do: func() { _ = s.run(cmd) }, Size: len(cmd.Data)})
	if errors.Is(err, loop.ErrFull) {
		s.hub.lose(err)
	} else if errors.Is(err, loop.ErrClosed) {
		return nil // it ends, with its connections
	}
	return err
}

// lose counts a command that is lost, and says so in the log once a second.
func (h *Hub) lose(err error) {
	n := h.lost.Add(1)
	now := time.Now().Unix()
	if last := h.warned.Load(); now > last && h.warned.CompareAndSwap(last, now) {
		h.log.WithError(err).WithField("lost", n).Warn("hub: a worker or process does not take messages fast enough; they are lost")
	}
}

// run carries a command out on the loop's thread.
func (s *Seat) run(cmd *Command) error {
	targets := s.targets(cmd)
	switch cmd.Verb {
	case Send:
		_, dropped := s.loop.Deliver(targets, cmd.Form, cmd.Data)
		s.hub.dropped.Add(uint64(dropped))
	case Close:
		if len(cmd.Data) > 0 {
			s.loop.Deliver(targets, cmd.Form, cmd.Data)
		}
		for _, id := range targets {
			_ = s.loop.Dismiss(id)
		}
	case Disband:
		s.room.disband(cmd.Name)
		return nil
	default:
		for _, id := range targets {
			s.change(id, cmd)
		}
	}
	if cmd.To.Conn != "" && len(targets) == 0 {
		return ErrNone
	}
	return nil
}

func (s *Seat) change(id loop.ID, cmd *Command) {
	switch cmd.Verb {
	case Join:
		if s.loop.Track(id) {
			s.room.join(id, cmd.Name)
		}
	case Bind:
		if s.loop.Track(id) {
			s.room.bind(id, cmd.Name)
		}
	case Leave:
		s.room.leave(id, cmd.Name)
	case LeaveAll:
		s.room.leaveAll(id)
	}
}

// targets are the connections of this loop that a command is for. The list is not to be changed.
func (s *Seat) targets(cmd *Command) []loop.ID {
	var list []loop.ID
	switch {
	case cmd.To.Conn != "":
		id, _ := parseID(cmd.To.Conn)
		if s.loop.Has(id.id) {
			list = []loop.ID{id.id}
		}
		return list
	case cmd.To.User != "":
		list = ids(s.room.users, cmd.To.User)
	case len(cmd.To.Groups) == 1:
		list = ids(s.room.groups, cmd.To.Groups[0])
	case len(cmd.To.Groups) > 1:
		seen := map[loop.ID]bool{}
		for _, group := range cmd.To.Groups {
			for _, id := range ids(s.room.groups, group) {
				if !seen[id] {
					seen[id] = true
					list = append(list, id)
				}
			}
		}
	default:
		list = s.loop.Everyone(nil)
	}
	if cmd.Verb != Send || !cmd.Except.empty() {
		list = s.without(list, &cmd.Except) // a copy: what is done to them may change the groups
	}
	return list
}

func (s *Seat) without(list []loop.ID, e *Except) []loop.ID {
	out := map[loop.ID]bool{}
	_, process, _ := s.hub.state()
	for _, name := range e.Conns {
		if id, ok := parseID(name); ok && id.process == process && id.seat == s.number {
			out[id.id] = true
		}
	}
	for _, user := range e.Users {
		for _, id := range ids(s.room.users, user) {
			out[id] = true
		}
	}
	for _, group := range e.Groups {
		for _, id := range ids(s.room.groups, group) {
			out[id] = true
		}
	}
	left := make([]loop.ID, 0, len(list))
	for _, id := range list {
		if !out[id] {
			left = append(left, id)
		}
	}
	return left
}

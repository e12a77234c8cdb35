package hub

import (
	"slices"
	"sync"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// room holds the groups and users of one loop's connections. The loop's thread writes, others read.
type room struct {
	mu      sync.RWMutex // guards all below; the loop's thread reads without it, being the only writer
	groups  map[string]*set
	users   map[string]*set
	members map[loop.ID]*member
}

type member struct {
	groups []string
	user   string // "": none
}

// set lists connections; the order of joining is not kept.
type set struct {
	ids []loop.ID
	at  map[loop.ID]int
}

func newRoom() *room {
	return &room{groups: map[string]*set{}, users: map[string]*set{}, members: map[loop.ID]*member{}}
}

func (r *room) member(id loop.ID) *member {
	m := r.members[id]
	if m == nil {
		m = &member{}
		r.members[id] = m
	}
	return m
}

func add(sets map[string]*set, name string, id loop.ID) {
	s := sets[name]
	if s == nil {
		s = &set{at: map[loop.ID]int{}}
		sets[name] = s
	}
	if _, ok := s.at[id]; !ok {
		s.at[id] = len(s.ids)
		s.ids = append(s.ids, id)
	}
}

func remove(sets map[string]*set, name string, id loop.ID) {
	s := sets[name]
	if s == nil {
		return
	}
	at, ok := s.at[id]
	if !ok {
		return
	}
	last := s.ids[len(s.ids)-1]
	s.ids[at], s.at[last] = last, at
	s.ids = s.ids[:len(s.ids)-1]
	if delete(s.at, id); len(s.ids) == 0 {
		delete(sets, name)
	}
}

func (r *room) join(id loop.ID, group string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := r.member(id); !slices.Contains(m.groups, group) {
		m.groups = append(m.groups, group)
		add(r.groups, group, id)
	}
}

func (r *room) leave(id loop.ID, group string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := r.members[id]; m != nil {
		m.groups = slices.DeleteFunc(m.groups, func(g string) bool { return g == group })
		remove(r.groups, group, id)
		r.forget(id, m)
	}
}

// bind gives a connection a user; one it had before is replaced. "" takes it away.
func (r *room) bind(id loop.ID, user string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.member(id)
	if m.user != "" {
		remove(r.users, m.user, id)
	}
	if m.user = user; user != "" {
		add(r.users, user, id)
	}
	r.forget(id, m)
}

func (r *room) leaveAll(id loop.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := r.members[id]; m != nil {
		for _, group := range m.groups {
			remove(r.groups, group, id)
		}
		m.groups = nil
		r.forget(id, m)
	}
}

// disband empties a group.
func (r *room) disband(group string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.groups[group]
	if s == nil {
		return
	}
	for _, id := range s.ids {
		if m := r.members[id]; m != nil {
			m.groups = slices.DeleteFunc(m.groups, func(g string) bool { return g == group })
			r.forget(id, m)
		}
	}
	delete(r.groups, group)
}

// gone forgets a connection that has ended.
func (r *room) gone(id loop.ID) {
	r.leaveAll(id)
	r.bind(id, "")
}

func (r *room) forget(id loop.ID, m *member) {
	if len(m.groups) == 0 && m.user == "" {
		delete(r.members, id)
	}
}

func ids(sets map[string]*set, name string) []loop.ID {
	if s := sets[name]; s != nil {
		return s.ids
	}
	return nil
}

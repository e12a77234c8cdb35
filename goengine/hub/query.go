package hub

import (
	"slices"
	"sync"

	"github.com/phalanx-php/phalanx/goengine/loop"
)

// Subjects of Query.
const (
	Count    = "count"    // how many connections: of a user, a group, or all
	List     = "list"     // their names; of all: those that are in a group or belong to a user
	Groups   = "groups"   // all groups, with how many connections they have
	Users    = "users"    // all users, as Groups
	GroupsOf = "groupsOf" // the groups of a connection
	UserOf   = "userOf"   // the user of a connection
	Figures  = "figures"  // what was lost and dropped
)

// Query is a question about connections, wherever they are.
type Query struct {
	About string `json:"about"`
	To    Target `json:"to"`

	// Local is set for a subject of Inform, and Data is its question: it stays on this machine, and is answered to
	// processes of the same user.
	Local bool   `json:"local,omitempty"`
	Data  []byte `json:"data,omitempty"`
}

// Answer is a process's. Of which fields there is something depends on the question.
type Answer struct {
	Count   int            `json:"count,omitempty"`
	Names   []string       `json:"names,omitempty"`
	Counts  map[string]int `json:"counts,omitempty"`
	Lost    uint64         `json:"lost,omitempty"`
	Dropped uint64         `json:"dropped,omitempty"`
	Process uint64         `json:"process,omitempty"` // of a subject of Inform, as all below
	PID     int            `json:"pid,omitempty"`
	Data    []byte         `json:"data,omitempty"`
}

var informers struct {
	mu    sync.Mutex // guards about
	about map[string]func(question []byte) []byte
}

// Inform has this process, as a server process, answer questions about something else than connections; init functions
// call it. Each question has a goroutine, and two seconds until nobody waits for its answer any more.
func Inform(about string, answer func(question []byte) []byte) {
	informers.mu.Lock()
	defer informers.mu.Unlock()
	if informers.about == nil {
		informers.about = map[string]func([]byte) []byte{}
	}
	informers.about[about] = answer
}

func informer(about string) func([]byte) []byte {
	informers.mu.Lock()
	defer informers.mu.Unlock()
	return informers.about[about]
}

func (a *Answer) add(b *Answer) {
	a.Count += b.Count
	a.Names = append(a.Names, b.Names...)
	for name, n := range b.Counts {
		if a.Counts == nil {
			a.Counts = map[string]int{}
		}
		a.Counts[name] += n
	}
	a.Lost += b.Lost
	a.Dropped += b.Dropped
}

// Ask answers for the whole application. With an error the answer lacks what some processes know.
func (h *Hub) Ask(q *Query) (Answer, error) {
	answer := h.Know(q)
	_, process, link := h.state()
	if link == nil {
		return answer, nil
	}
	if q.To.Conn != "" {
		if id, ok := parseID(q.To.Conn); !ok || id.process == process {
			return answer, nil
		}
	}
	others, err := link.Ask(q)
	for i := range others {
		answer.add(&others[i])
	}
	return answer, err
}

// Know answers for this process.
func (h *Hub) Know(q *Query) Answer {
	var answer Answer
	seats, process, _ := h.state()
	if q.About == Figures {
		return Answer{Lost: h.lost.Load(), Dropped: h.dropped.Load()}
	}
	for _, s := range seats {
		a := s.know(q, process)
		answer.add(&a)
	}
	return answer
}

func (s *Seat) know(q *Query, process uint64) (a Answer) {
	s.room.mu.RLock()
	defer s.room.mu.RUnlock()
	switch q.About {
	case Groups, Users:
		sets := s.room.groups
		if q.About == Users {
			sets = s.room.users
		}
		a.Counts = make(map[string]int, len(sets))
		for name, set := range sets {
			a.Counts[name] = len(set.ids)
		}
		return a
	case GroupsOf, UserOf:
		id, ok := parseID(q.To.Conn)
		if m := s.room.members[id.id]; ok && id.process == process && id.seat == s.number && m != nil {
			if q.About == GroupsOf {
				a.Names = slices.Clone(m.groups)
			} else if m.user != "" {
				a.Names = []string{m.user}
			}
		}
		return a
	}
	list := s.members(&q.To)
	if q.About == Count {
		if a.Count = len(list); q.To.User == "" && len(q.To.Groups) == 0 {
			a.Count = int(s.loop.Stats().Connections)
		}
		return a
	}
	a.Names = make([]string, len(list))
	for i, id := range list {
		a.Names[i] = connID{process, s.number, id}.String()
	}
	return a
}

func (s *Seat) members(to *Target) []loop.ID {
	switch {
	case to.User != "":
		return ids(s.room.users, to.User)
	case len(to.Groups) > 0:
		return ids(s.room.groups, to.Groups[0])
	}
	list := make([]loop.ID, 0, len(s.room.members))
	for id := range s.room.members {
		list = append(list, id)
	}
	return list
}

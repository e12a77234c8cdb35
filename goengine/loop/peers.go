package loop

import (
	"net/netip"
	"sync"
)

// peers count the connections of one group of listeners, which may be those of several loops. A
// connection that no limit is for is not counted.
type peers struct {
	mu    sync.Mutex // guards all below
	total int
	by    map[netip.Addr]int
}

var groups struct {
	mu sync.Mutex // guards of
	of map[string]*peers
}

// peersOf finds the group by its name, for the life of the process: names are those of workers.
func peersOf(group string) *peers {
	groups.mu.Lock()
	defer groups.mu.Unlock()
	if groups.of == nil {
		groups.of = map[string]*peers{}
	}
	p := groups.of[group]
	if p == nil {
		p = &peers{by: map[netip.Addr]int{}}
		groups.of[group] = p
	}
	return p
}

// enter counts a connection, unless that would pass a limit, which it answers then.
func (p *peers) enter(m *Limits, from netip.Addr) Limit {
	free := m.PerAddress <= 0 || !from.IsValid() || m.exempts(from)
	from = network(from)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case !free && p.by[from] >= m.PerAddress:
		return LimitPerAddress
	case m.Connections > 0 && p.total >= m.Connections:
		return LimitConnections
	}
	p.total++
	p.by[from]++
	return noLimit
}

func (p *peers) leave(from netip.Addr) {
	from = network(from)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total--
	if p.by[from]--; p.by[from] <= 0 {
		delete(p.by, from)
	}
}

// network is whom an address stands for: of an IPv6 network of 64 bits one machine may have all
// addresses. The zero Addr is a unix socket's peer.
func network(a netip.Addr) netip.Addr {
	a = a.Unmap()
	if a.Is6() {
		return netip.PrefixFrom(a.WithZone(""), 64).Masked().Addr()
	}
	return a
}

func (m *Limits) exempts(a netip.Addr) bool {
	for _, n := range m.Exempt {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

// bounded says whether connections are counted at all.
func (m *Limits) bounded() bool { return m.Connections > 0 || m.PerAddress > 0 }

// admit counts a connection that a listener has accepted; false: it is one too many. The one that
// has been idle for longest goes in its place, if there is one here.
func (l *Loop) admit(lst *listener, from netip.Addr) bool {
	m := &lst.opts.Limits
	if !m.bounded() {
		return true
	}
	over := lst.peers.enter(m, from)
	if over == LimitConnections {
		l.reached(over)
		if !l.dismissIdle(lst) {
			return false
		}
		return lst.peers.enter(m, from) == noLimit
	}
	if over != noLimit {
		l.reached(over)
		return false
	}
	return true
}

// idleLook bounds how many connections dismissIdle looks at, so that a flood costs little more than
// to close what it brings.
const idleLook = 512

// dismissIdle closes the HTTP connection that waits for longest for a request, of those that it looks
// at and of the listeners of this loop that count with lst; lst nil: whatever its listener.
func (l *Loop) dismissIdle(lst *listener) bool {
	var oldest *conn
	for range min(idleLook, len(l.conns)) {
		l.idleAt = (l.idleAt + 1) % len(l.conns)
		c := l.conns[l.idleAt]
		if c == nil || c.status != open || !c.idle() || lst != nil && (c.peers == nil || c.peers != lst.peers) {
			continue
		}
		if oldest == nil || c.deadline < oldest.deadline {
			oldest = c
		}
	}
	if oldest == nil || l.unread(oldest) {
		return false
	}
	l.finish(oldest)
	return true
}

// idle says that an HTTP connection waits for a request, and for nothing else; or for its peer's part of a TLS handshake,
// which has little time: who connects and says nothing keeps no place from those who do.
func (c *conn) idle() bool {
	return c.proto == HTTP && c.incoming() && c.inflight == 0 && c.in == nil && c.chunk == nil && c.back == nil &&
		c.deadline != 0 && !c.paused && c.pending() == 0
}

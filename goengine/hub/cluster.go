package hub

import (
	"bufio"
	"bytes"
	"encoding/json"
)

// Uplink leads from a machine's Switch to those of other machines, the nodes of a cluster. Its methods do not wait.
type Uplink interface {
	// Send passes a frame to a node, or to all others when node is 0. An error means that it is lost.
	Send(node uint32, frame []byte) error
	// Nodes are the other ones that live; false when they cannot be reached at the moment.
	Nodes() ([]uint32, bool)
	// Lives says whether a node has been heard of lately.
	Lives(node uint32) bool
}

// nodeOf is the node that has a process; 0: there is no cluster.
func nodeOf(process uint64) uint32 { return uint32(process >> 32) }

// Join makes the switch a node. It is called before the first process is served; the numbers of processes have the node's in
// their upper half.
func (s *Switch) Join(node uint32, up Uplink) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.node, s.up = node, up
}

// Receive takes a frame that another node has sent.
func (s *Switch) Receive(node uint32, frame []byte) {
	f, err := readFrame(bufio.NewReaderSize(bytes.NewReader(frame), 16))
	if err != nil {
		s.log.WithError(err).WithField("node", node).Warn("hub: what another machine sends cannot be read")
		return
	}
	switch f.kind {
	case kindTell:
		s.tellLocal(nil, f)
	case kindAsk:
		var q Query
		if json.Unmarshal(f.head, &q) == nil && !q.Local {
			s.gather(&gathering{seq: f.seq, node: node}, &q, false)
		}
	case kindAnswer:
		var r reply
		if json.Unmarshal(f.head, &r) != nil {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if g := s.pending[f.seq]; g != nil && g.nodes[node] {
			g.answers = append(g.answers, r.Answers...)
			g.failed += r.Missing
			delete(g.nodes, node)
			s.concludeIfComplete(f.seq, g)
		}
	}
}

// Left says that a node is gone: nobody waits for its answers.
func (s *Switch) Left(node uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for seq, g := range s.pending {
		if g.nodes[node] {
			delete(g.nodes, node)
			s.concludeIfComplete(seq, g)
		}
	}
}

// tellNodes passes a command on to those nodes that it may concern.
func (s *Switch) tellNodes(f *wireFrame, to *Target) {
	s.mu.Lock()
	up, own := s.up, s.node
	s.mu.Unlock()
	if up == nil {
		return
	}
	var node uint32
	if to.Conn != "" {
		id, ok := parseID(to.Conn)
		if node = nodeOf(id.process); !ok || node == 0 || node == own {
			return
		}
	}
	if err := up.Send(node, f.all); err != nil {
		s.lose(err, 0)
	}
}

// askNodes has other nodes answer too. It is called with mu held.
func (s *Switch) askNodes(g *gathering, q *Query, frame []byte) {
	if s.up == nil {
		return
	}
	nodes, reachable := s.up.Nodes()
	var to uint32
	if q.To.Conn != "" {
		id, ok := parseID(q.To.Conn)
		if to = nodeOf(id.process); !ok || to == 0 || to == s.node {
			return
		}
		if !s.up.Lives(to) {
			nodes = nil // its connections are gone with it
		} else {
			nodes = []uint32{to}
		}
	}
	if !reachable {
		g.failed++
		return
	}
	if len(nodes) == 0 {
		return
	}
	if s.up.Send(to, frame) != nil {
		g.failed += len(nodes)
		return
	}
	g.nodes = make(map[uint32]bool, len(nodes))
	for _, node := range nodes {
		g.nodes[node] = true
	}
}

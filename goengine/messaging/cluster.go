package messaging

import (
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/sirupsen/logrus"

	"github.com/phalanx-php/phalanx/goengine/hub"
)

const (
	heartbeat    = 500 * time.Millisecond // at which nodes tell that they live
	nodeLife     = 2 * time.Second        // after which one that is not heard of is gone
	clusterQueue = 65536                  // messages of other nodes that wait to be dealt out
)

// What nodes send each other is the sender's number (4 bytes, network byte order), then one of these, then a frame of hub.
const (
	sayFrame = 'f'
	sayHello = 'h' // I live; answer, I am new
	sayAlive = 'a'
	sayBye   = 'b'
)

// Cluster joins the connections of several machines: a Link between the Switches of their supervisors. A broadcast is
// published once, and each node gets it once. Who is in which group only the node knows that has the connection: one that is
// gone takes its memberships with it.
type Cluster struct {
	conn   *Conn
	hub    *hub.Switch
	node   uint32
	prefix string
	in     chan *nats.Msg
	stop   chan struct{}
	done   sync.WaitGroup

	mu    sync.Mutex // guards nodes
	nodes map[uint32]time.Time
}

var clusterName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// JoinCluster connects a switch with those that have the same server and name. node is not 0 and nobody else's. A server
// that cannot be reached yet is no error.
func JoinCluster(server, name string, s *hub.Switch, node uint32, log logrus.FieldLogger) (*Cluster, error) {
	if !clusterName.MatchString(name) {
		return nil, fmt.Errorf("messaging: %q is no name of a cluster: up to 64 letters of ASCII, digits, - and _ are", name)
	}
	settings, err := ParseServer(server)
	if err != nil {
		return nil, err
	}
	c := &Cluster{
		hub: s, node: node, prefix: "phalanx.hub." + name + ".", in: make(chan *nats.Msg, clusterQueue), stop: make(chan struct{}),
		nodes: map[uint32]time.Time{},
	}
	// Nothing waits for a connection: others come back at other times, and would get some of it and some not.
	if c.conn, err = open(settings, log, nats.NoEcho(), nats.ReconnectBufSize(-1), nats.Name("phalanx connections")); err != nil {
		return nil, err
	}
	// One channel for both, so that what a node sends stays in its order.
	for _, subject := range []string{c.prefix + "all", c.subject(node)} {
		if _, err := c.conn.nc.ChanSubscribe(subject, c.in); err != nil {
			c.conn.Close()
			return nil, fmt.Errorf("messaging: joining the cluster %s: %w", name, err)
		}
	}
	s.Join(node, c)
	_ = c.say(0, sayHello, nil)
	c.done.Add(2)
	go c.listen()
	go c.beat()
	return c, nil
}

func (c *Cluster) subject(node uint32) string {
	if node == 0 {
		return c.prefix + "all"
	}
	return fmt.Sprintf("%snode.%08x", c.prefix, node)
}

func (c *Cluster) say(node uint32, what byte, frame []byte) error {
	b := make([]byte, 5, 5+len(frame))
	binary.BigEndian.PutUint32(b, c.node)
	b[4] = what
	return c.conn.nc.Publish(c.subject(node), append(b, frame...))
}

// Send is hub.Uplink's.
func (c *Cluster) Send(node uint32, frame []byte) error {
	err := c.say(node, sayFrame, frame)
	if errors.Is(err, nats.ErrMaxPayload) {
		return fmt.Errorf("messaging: a message of %d bytes is too large for other machines: the server's max_payload is %d", len(frame), c.conn.nc.MaxPayload())
	}
	return c.conn.notConnected(err)
}

// Nodes is hub.Uplink's.
func (c *Cluster) Nodes() ([]uint32, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]uint32, 0, len(c.nodes))
	for node := range c.nodes {
		list = append(list, node)
	}
	return list, c.conn.nc.IsConnected()
}

// Lives is hub.Uplink's.
func (c *Cluster) Lives(node uint32) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	heard, ok := c.nodes[node]
	return ok && time.Since(heard) < nodeLife
}

func (c *Cluster) listen() {
	defer c.done.Done()
	for {
		select {
		case m := <-c.in:
			c.take(m.Data)
		case <-c.stop:
			return
		}
	}
}

func (c *Cluster) take(data []byte) {
	if len(data) < 5 {
		return // not a node's
	}
	node, what := binary.BigEndian.Uint32(data), data[4]
	if node == 0 || node == c.node {
		return
	}
	if what == sayBye {
		c.forget(node)
		return
	}
	c.mu.Lock()
	_, known := c.nodes[node]
	c.nodes[node] = time.Now()
	c.mu.Unlock()
	if !known {
		c.conn.log.WithField("node", fmt.Sprintf("%08x", node)).Info("messaging: another machine has joined the connections' cluster")
	}
	switch what {
	case sayHello:
		_ = c.say(node, sayAlive, nil)
	case sayFrame:
		c.hub.Receive(node, data[5:])
	}
}

func (c *Cluster) forget(node uint32) {
	c.mu.Lock()
	_, known := c.nodes[node]
	delete(c.nodes, node)
	c.mu.Unlock()
	if known {
		c.conn.log.WithField("node", fmt.Sprintf("%08x", node)).Info("messaging: a machine has left the connections' cluster")
		c.hub.Left(node)
	}
}

// beat tells others that this node lives, and forgets those that do not.
func (c *Cluster) beat() {
	defer c.done.Done()
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	connected := c.conn.nc.StatusChanged(nats.CONNECTED)
	defer c.conn.nc.RemoveStatusListener(connected)
	for {
		select {
		case <-connected:
			_ = c.say(0, sayHello, nil)
		case <-tick.C:
			if c.conn.nc.IsConnected() { // nothing is to pile up
				_ = c.say(0, sayAlive, nil)
			}
			c.mu.Lock()
			var silent []uint32
			for node, heard := range c.nodes {
				if time.Since(heard) > nodeLife {
					silent = append(silent, node)
				}
			}
			c.mu.Unlock()
			for _, node := range silent {
				c.forget(node)
			}
		case <-c.stop:
			return
		}
	}
}

// Close leaves the cluster.
func (c *Cluster) Close() error {
	if c.conn.nc.IsConnected() {
		_ = c.say(0, sayBye, nil)
	}
	close(c.stop)
	c.done.Wait()
	c.conn.Close()
	return nil
}

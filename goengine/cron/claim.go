package cron

import (
	"context"
	"crypto/rand"
	"net"
	"sync"

	"github.com/phalanx-php/phalanx/goengine/messaging"
)

// Group names the processes of which one runs a job: those of one supervisor, which gives them the name before any script
// runs. It is a secret, so that other users of the machine cannot take a job's name. A process of its own is a group of its own.
var Group = sync.OnceValue(rand.Text)

// claim says whether this process is the one that runs a job. Who first listens on the job's name is; the kernel frees the name
// when the process dies. With a server for messages who has that claim takes part in an election with other machines.
type claim struct {
	name   string // of the socket
	job    string
	server string // for messages; "": this machine alone

	mu       sync.Mutex // guards all below
	listener net.Listener
	elected  bool
	stop     context.CancelFunc
	done     chan struct{}
}

func newClaim(job, server string) *claim {
	return &claim{name: "@phalanx-cron-" + Group() + "-" + key(job), job: job, server: server}
}

// mine takes the claim when nobody has it, and answers whether this process is to run the job.
func (c *claim) mine() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.listener == nil {
		l, err := net.Listen("unix", c.name)
		if err != nil {
			return false
		}
		c.listener = l
		if c.server != "" {
			c.campaign()
		}
	}
	return c.server == "" || c.elected
}

// campaign takes part in the election. It is called with mu held.
func (c *claim) campaign() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	c.stop, c.done = cancel, done
	go func() {
		defer close(done)
		conn, err := connect(c.server)
		if err == nil {
			err = messaging.Elect(ctx, conn, "cron."+key(c.job), messaging.LeaseOptions{}, func(leading context.Context, _ uint64) {
				c.lead(true)
				<-leading.Done()
				c.lead(false)
			})
		}
		if err != nil && ctx.Err() == nil {
			log.WithError(err).WithField("job", c.job).Error("cron: the job does not run: no election can be held")
		}
	}()
}

func connect(server string) (*messaging.Conn, error) {
	s, err := messaging.ParseServer(server)
	if err != nil {
		return nil, err
	}
	return messaging.Connect(s)
}

func (c *claim) lead(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.elected = on
}

// release gives the claim to whoever asks next.
func (c *claim) release() {
	c.mu.Lock()
	l, stop, done := c.listener, c.stop, c.done
	c.listener, c.stop, c.done, c.elected = nil, nil, nil, false
	c.mu.Unlock()
	if stop != nil {
		stop()
		<-done
	}
	if l != nil {
		_ = l.Close()
	}
}

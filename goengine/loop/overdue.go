package loop

import (
	"time"

	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/http1"
)

// overdue ends what has taken too long.
func (l *Loop) overdue(c *conn) {
	deadline := c.deadline
	c.deadline = 0
	switch {
	case c.sending:
		l.judgeReader(c)
	case c.status == lingering || c.status == ending:
		l.finish(c)
	case c.paused:
		l.setLimit(c, HandshakeTimeout) // nobody reads what the peer may have said
	case l.unread(c):
		// The loop was busy with something else while the limit passed: what has come is decoded before.
		l.setLimit(c, time.Second)
	case c.handshaking():
		l.tlsBroke(c, errHandshakeTime)
	case c.client:
		l.reached(LimitAnswerTime)
		l.finish(c)
	case c.in == nil && c.chunk == nil:
		l.reached(LimitIdleTime)
		l.finish(c) // without a word
	case c.inHead:
		l.reached(LimitHeadTime)
		l.refuse(c, http1.ErrTimeout)
	default:
		l.judgeBody(c, deadline)
	}
}

// unread says whether bytes of the peer wait in the kernel.
func (l *Loop) unread(c *conn) bool {
	if c.fd < 0 || c.status != open {
		return false
	}
	n, err := unix.IoctlGetInt(int(c.fd), unix.TIOCINQ)
	return err == nil && n > 0
}

// limitBody limits the time to the next read of a body, and to when its rate is judged.
func (l *Loop) limitBody(c *conn) {
	m := &c.listener.opts.Limits
	if c.window == 0 {
		c.window, c.mark = secondOf(l.now+rateWindow), int64(c.bytesRead)
	}
	t := m.BodyTime
	if left := time.Duration(c.window)*time.Second - l.now; m.BodyRate > 0 && (t <= 0 || left < t) {
		t = max(left, 1)
	}
	l.limitTime(c, t)
}

// judgeBody refuses a body that comes too slowly: none of it for too long, or too little in a minute.
func (l *Loop) judgeBody(c *conn, deadline second) {
	came := int64(c.bytesRead) - c.mark
	least := int64(c.listener.opts.Limits.BodyRate) * int64(rateWindow/time.Second)
	switch {
	case least <= 0 || deadline < c.window || came == 0:
		l.reached(LimitBodyTime)
	case came < least:
		l.reached(LimitBodyRate)
	default:
		c.window = 0
		l.limitBody(c)
		return
	}
	l.refuse(c, http1.ErrTimeout)
}

// awaitWrite waits until the kernel takes more, and limits how long that may be.
func (l *Loop) awaitWrite(c *conn) {
	l.watchFor(c, c.blockedOutput())
	if t := c.sendTime(); t > 0 && !c.sending && c.status < lingering {
		l.setLimit(c, t)
		c.sending, c.mark, c.window = true, l.acknowledged(c), 0
	}
}

// acknowledged is how many bytes the peer has of what was written: what the kernel holds for it does
// not count, for that is much and moves by fits and starts.
func (l *Loop) acknowledged(c *conn) int64 {
	held, err := unix.IoctlGetInt(int(c.fd), unix.TIOCOUTQ)
	if err != nil {
		held = 0
	}
	return int64(c.bytesWritten) - int64(c.wirePending()) - int64(held)
}

// judgeReader ends a connection whose peer takes too little of what waits for it.
func (l *Loop) judgeReader(c *conn) {
	t := c.sendTime()
	now := l.acknowledged(c)
	if c.handshaking() && c.status == open && c.wirePending() == 0 {
		c.sending = false
		l.reached(LimitHandshakeTime)
		l.tlsBroke(c, errHandshakeTime)
		return
	}
	least := max(int64(c.listener.opts.Limits.SendRate)*int64(t/time.Second), 1)
	if t <= 0 || now-c.mark >= least {
		c.mark = now
		l.setLimit(c, t)
		return
	}
	l.reached(LimitSendTime)
	l.log.WithField("remote", c.remote).WithField("waiting", c.pending()).Debug("loop: the peer does not read")
	// With a reset: the kernel would keep what it holds for minutes.
	_ = unix.SetsockoptLinger(int(c.fd), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	l.finish(c)
}

// taken goes on when all output is written.
func (l *Loop) taken(c *conn) {
	if c.sending {
		c.sending = false
		l.restLimit(c)
	}
	if c.halted {
		l.readOn(c)
	}
}

// restLimit starts the time limit that fits what the connection is about.
func (l *Loop) restLimit(c *conn) {
	m := &c.listener.opts.Limits
	switch {
	case c.status != open: // its end limits itself
		l.limitTime(c, 0)
	case c.handshaking():
		l.limitTime(c, m.HandshakeTime)
	case c.client || c.proto != HTTP && (c.proto != WebSocket || c.wsOpen) || c.inflight > 0 || c.awaits:
		l.limitTime(c, 0)
	case c.in == nil && c.chunk == nil:
		l.limitTime(c, m.IdleTime)
	case c.need > 0 || c.chunk != nil:
		l.limitBody(c)
	default:
		c.inHead = true
		l.limitTime(c, m.HeadTime)
	}
}

// full says that an HTTP connection is to have answers, and its peer to take them, before more is read.
func (c *conn) full() bool {
	return int(c.inflight) >= c.listener.opts.Limits.Pipeline || c.out != nil && c.waiting() >= c.maxSend
}

// readOn decodes again once there is room for answers.
func (l *Loop) readOn(c *conn) {
	if !c.halted || c.proto == HTTP && c.full() {
		return
	}
	c.halted = false
	if c.in != nil || c.eof {
		l.enqueue(c)
	}
	if !c.paused && !c.eof && c.status == open && !c.awaits {
		l.watchFor(c, c.interest|unix.EPOLLIN|unix.EPOLLRDHUP)
	}
}

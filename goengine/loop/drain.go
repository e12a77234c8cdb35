package loop

import (
	"time"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

// drainGrace is how long an idle HTTP connection is left open while the loop drains: a request
// that is on its way by then is still answered, and the answer says that the connection closes.
const drainGrace = time.Second

// Drain has connections end by themselves, as far as their protocols have a way: HTTP ones with
// the response that is owed or with the next one, which says so, and a second or two later if no
// request comes. With all set, the others are closed as well: WebSockets with code 1001 (going away),
// the rest unless a part of a message has come. What is queued is written before. Listeners are to be
// closed before. It answers how many connections that came by a listener are left; a later call
// closes what has become fit for it.
func (l *Loop) Drain(all bool) int {
	first := !l.draining
	l.draining = true
	left := 0
	for _, c := range l.conns {
		if c == nil || c.status == closed || !c.incoming() {
			continue
		}
		left++
		switch {
		case c.status != open:
		case c.proto == HTTP:
			if first {
				l.drainHTTP(c)
			}
		case !all:
		case c.proto == WebSocket && c.wsOpen:
			l.reply(c, ws.AppendClose(nil, ws.CloseGoingAway, ""))
			l.closeAfterOutput(c, c.linger)
		case c.in == nil && !c.awaits:
			l.closeAfterOutput(c, c.linger)
		}
	}
	return left
}

func (l *Loop) drainHTTP(c *conn) {
	switch {
	case c.inflight > 0:
		c.closeRsp = true // what came behind and is not decoded will not be: the peer asks elsewhere
	case c.in == nil && c.chunk == nil:
		l.limitTime(c, drainGrace)
	}
}

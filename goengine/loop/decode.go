package loop

import (
	"bytes"
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/frame"
	"github.com/phalanx-php/phalanx/goengine/http1"
	"github.com/phalanx-php/phalanx/goengine/text"
	"github.com/phalanx-php/phalanx/goengine/ws"
)

// decode turns what arrived into events and returns how many bytes are used up. The events alias
// buf. Bytes left over stay with the connection; if they hold more messages it is on the backlog.
func (l *Loop) decode(c *conn, buf []byte) int {
	if c.status != open || c.refused() {
		return len(buf) // what follows a refusal or a close is not ours to read
	}
	off := 0
	for count := 0; off < len(buf) && c.status == open && !c.paused && !c.awaits; count++ {
		if c.proto == HTTP && c.full() {
			c.halted = true
			l.reached(LimitPipeline)
			break
		}
		if c.closeRsp && c.proto == HTTP {
			return len(buf) // nothing follows a last request (RFC 9112, 9.6)
		}
		if count >= maxPerConn || !l.room(2) {
			l.enqueue(c)
			break
		}
		l.ahead = count > 0
		n := l.decodeOne(c, buf[off:])
		if n == 0 {
			l.progress(c)
			break
		}
		off += n
	}
	if c.status != open || c.refused() {
		return len(buf)
	}
	return off
}

// decodeOne uses up one message (or part of one) and returns its length, 0 while it is incomplete.
func (l *Loop) decodeOne(c *conn, buf []byte) int {
	switch c.proto {
	case Raw:
		l.message(c, buf, 0)
		return len(buf)
	case Text:
		body, n, err := text.Decode(buf, int(c.scanned), c.maxPackage)
		if err != nil {
			l.violation(c, err)
			return 0
		}
		if n == 0 {
			c.scanned = int32(len(buf))
			return 0
		}
		c.scanned = 0
		l.message(c, body, uint64(n)) // the line end may be of several bytes: see wire
		return n
	case Frame:
		body, n, err := frame.Decode(buf, c.maxPackage)
		if err != nil {
			l.violation(c, err)
			return 0
		}
		if n > 0 {
			l.message(c, body, 0)
		}
		return n
	case HTTP:
		return l.decodeHTTP(c, buf)
	case WebSocket:
		if !c.wsOpen && c.client {
			return l.decodeAnswer(c, buf)
		}
		if !c.wsOpen {
			return l.decodeHandshake(c, buf)
		}
		return l.decodeFrame(c, buf)
	default: // User: the application decodes; it says by Consume what it has used
		if len(buf) > c.maxPackage+readSize {
			l.violation(c, errInput)
			return 0
		}
		if c.told == l.turn {
			l.enqueue(c) // the application is yet to say what it uses of the first
			return 0
		}
		c.told = l.turn
		l.events = append(l.events, Event{Kind: Data, Proto: User, Arg: c.from(), Conn: c.id, Data: buf})
		c.announced = true
		l.stats.messages++
		return 0
	}
}

var errInput = errors.New("loop: input over the limit")

func (l *Loop) message(c *conn, data []byte, aux uint64) {
	c.announced = true
	l.stats.messages++
	l.events = append(l.events, Event{Kind: Message, Proto: c.proto, Arg: c.from(), Conn: c.id, Aux: aux, Data: data})
}

// progress adjusts the time limit of a message that is on its way. While a request before it is
// being served there is none: a refusal would be taken for that one's response.
func (l *Loop) progress(c *conn) {
	if c.proto != HTTP && (c.proto != WebSocket || c.wsOpen) || c.inflight > 0 {
		return
	}
	switch {
	case c.need > 0 || c.chunk != nil:
		c.inHead = false
		l.limitBody(c)
	case !c.inHead: // from the first byte on, however slowly the rest comes
		c.inHead = true
		l.limitTime(c, c.listener.opts.Limits.HeadTime)
	}
}

// violation ends a connection whose framing is lost; there is nothing to say to the peer. Behind a
// message that is yet to be told it is too early to say: that one may change the protocol.
func (l *Loop) violation(c *conn, err error) {
	if l.ahead {
		l.enqueue(c)
		return
	}
	l.pulse.refused.Add(1)
	if errors.Is(err, text.ErrTooLarge) || errors.Is(err, frame.ErrTooLarge) || errors.Is(err, errInput) {
		l.reached(LimitMessage)
	}
	l.log.WithError(err).WithField("remote", c.remote).Debug("loop: framing lost")
	if c.announced {
		l.events = append(l.events, Event{Kind: Failed, Proto: c.proto, Conn: c.id, Arg: CodeSendFail, Data: l.keep([]byte(err.Error()))})
	}
	l.endAfterFlush(c)
}

// refuse answers a request that breaks the rules with its status and closes, after the responses
// to the requests before it.
func (l *Loop) refuse(c *conn, err error) {
	var he *http1.Error
	if !errors.As(err, &he) {
		he = &http1.Error{Status: 400, Reason: "bad request"}
	}
	l.pulse.refused.Add(1)
	l.reached(limitOf(he))
	l.log.WithField("status", he.Status).WithField("remote", c.remote).Debug("loop: " + he.Reason)
	if c.inflight > 0 { // its turn comes with the last response owed
		c.exchange().refused = he
		l.watchFor(c, c.interest&^(unix.EPOLLIN|unix.EPOLLRDHUP))
		return
	}
	l.reply(c, http1.AppendError(nil, he))
	l.closeAfterOutput(c, DefaultLinger)
}

// parseHead parses the head at the front of buf into l.head and answers its length; 0 while it is
// incomplete, and when it was refused.
func (l *Loop) parseHead(c *conn, buf []byte) int {
	n, err := http1.ParseHead(buf, int(c.scanned), &c.listener.http, &l.head)
	if err != nil {
		l.refuse(c, err)
		return 0
	}
	c.scanned = 0
	if n == 0 {
		c.scanned = int32(len(buf))
	}
	return n
}

func (l *Loop) decodeHTTP(c *conn, buf []byte) int {
	if c.chunk != nil {
		return l.decodeBody(c, buf)
	}
	h := &l.head
	n := l.parseHead(c, buf)
	if n == 0 {
		return 0
	}
	if h.Chunked {
		l.startChunks(c, buf[h.Start:n], h)
		return n
	}
	if h.ContentLength > int64(c.maxPackage)-int64(n) {
		l.refuse(c, http1.ErrBodyTooLarge)
		return 0
	}
	total := n + int(h.ContentLength)
	if total > len(buf) {
		if l.startForm(c, buf[h.Start:n], h) {
			return n
		}
		l.continueBody(c, h)
		c.need = int32(total)
		return 0
	}
	l.request(c, buf[h.Start:total], n-h.Start, 0, h.KeepAlive)
	return total
}

// request delivers a complete request, of which the first head bytes are its head and the last
// extra bytes what Event.Request tells. The time limit rests until the response is on its way.
func (l *Loop) request(c *conn, data []byte, head, extra int, keepAlive bool) {
	if bytes.HasPrefix(data, []byte("HEAD ")) {
		c.heads |= 1 << min(c.inflight, 63)
	}
	c.inflight++
	c.inHead, c.sent100, c.window = false, false, 0
	c.closeRsp = !keepAlive || l.draining
	if !c.sending {
		c.deadline = 0
	}
	l.message(c, data, uint64(head)|uint64(extra)<<32)
}

// continueBody invites the body that a client holds back (RFC 9110, 10.1.1).
func (l *Loop) continueBody(c *conn, h *http1.Head) {
	if h.ExpectContinue && !c.sent100 {
		c.sent100 = true
		if c.inflight > 0 {
			c.exchange().invite = true
			return
		}
		l.reply(c, http1.Continue)
	}
}

// lengthRoom is what stands for a body's length until it is known; the rest of it stays white space.
const lengthRoom = "          \r\n"

// appendPlainHead copies a head with the Transfer-Encoding replaced by a Content-Length, as the
// body that follows is decoded (RFC 9112, 7.1.3).
func appendPlainHead(dst, head []byte) []byte {
	for len(head) > 2 {
		end := bytes.IndexByte(head, '\n') + 1
		line := head[:end]
		if name, _, ok := bytes.Cut(line, []byte(":")); !ok || !bytes.EqualFold(name, []byte("Transfer-Encoding")) {
			dst = append(dst, line...)
		}
		head = head[end:]
	}
	dst = append(dst, "Content-Length: "...)
	dst = append(dst, lengthRoom...)
	return append(dst, "\r\n"...)
}

var errHandshakeBody = &http1.Error{Status: 400, Reason: "a WebSocket handshake has no body"}

func (l *Loop) decodeHandshake(c *conn, buf []byte) int {
	h := &l.head
	n := l.parseHead(c, buf)
	if n == 0 {
		return 0
	}
	if h.Chunked || h.ContentLength > 0 {
		l.refuse(c, errHandshakeBody)
		return 0
	}
	span := func(s http1.Span) []byte { return buf[s.Off : s.Off+s.Len] }
	hs := ws.Handshake{Method: span(h.Method), Key: span(h.SecWebSocketKey), Version: span(h.SecWebSocketVersion)}
	if h.Upgrade {
		hs.Upgrade, hs.Connection = []byte("websocket"), []byte("upgrade")
	}
	if err := hs.Check(); err != nil {
		var he *ws.HandshakeError
		if !errors.As(err, &he) {
			he = &ws.HandshakeError{Status: 400, Reason: err.Error()}
		}
		l.reply(c, ws.AppendRefusal(nil, he))
		l.closeAfterOutput(c, DefaultLinger)
		return 0
	}
	c.inHead, c.awaits = false, true
	l.limitTime(c, 0)
	c.ws = &wsState{shake: newHandshake(hs.Key, buf[h.Start:n])}
	c.announced = true
	l.events = append(l.events, Event{Kind: Handshake, Proto: WebSocket, Arg: c.from(), Conn: c.id, Aux: uint64(n - h.Start), Data: buf[h.Start:n]})
	return n
}

func (l *Loop) decodeFrame(c *conn, buf []byte) int {
	c.ws.dec.Limits = l.wsLimits(c)
	m, n, ok, err := c.ws.dec.Next(buf)
	if err != nil {
		code, reason := ws.CloseProtocolError, "protocol error"
		var ce *ws.CloseError
		if errors.As(err, &ce) {
			code, reason = ce.Code, ce.Reason
		}
		l.pulse.refused.Add(1)
		if code == ws.CloseTooLarge {
			l.reached(LimitWebSocketMessage)
		}
		l.reply(c, l.appendClose(nil, c, code, reason))
		l.closeAfterOutput(c, DefaultLinger)
		return 0
	}
	if !ok {
		if want := c.ws.dec.Want(); want > 0 && n == 0 {
			c.need = int32(len(buf) + want)
		}
		return n
	}
	if (m.Op == ws.OpPing || m.Op == ws.OpPong) && !l.pingAllowed(c) {
		l.pulse.refused.Add(1)
		l.reached(LimitPingRate)
		l.reply(c, l.appendClose(nil, c, ws.ClosePolicyViolation, "too many pings"))
		l.closeAfterOutput(c, DefaultLinger)
		return 0
	}
	switch m.Op {
	case ws.OpPing:
		if !l.controlFrame(c, m) {
			l.reply(c, l.appendFrame(nil, c, 0x80|ws.OpPong, m.Data))
		}
	case ws.OpPong:
		l.controlFrame(c, m)
	case ws.OpClose:
		l.controlFrame(c, m)
		l.reply(c, l.appendFrame(nil, c, 0x80|ws.OpClose, m.Data[:min(len(m.Data), 2)]))
		l.closeAfterOutput(c, DefaultLinger)
	default:
		data := m.Data
		if b := c.ws.dec.Detach(); b != nil { // assembled or inflated: an idle connection keeps no buffer
			data = l.keepBuffer(b)
		}
		l.message(c, data, 0)
		l.events[len(l.events)-1].Opcode = m.Op
	}
	return n
}

// controlFrame tells the application, if its listener wants to know.
func (l *Loop) controlFrame(c *conn, m ws.Message) bool {
	if c.listener.opts.Control {
		l.events = append(l.events, Event{Kind: Control, Proto: WebSocket, Opcode: m.Op, Conn: c.id, Data: m.Data})
	}
	return c.listener.opts.Control
}

// pingAllowed counts a ping or a pong, which cost no memory and yet work, and an answer.
func (l *Loop) pingAllowed(c *conn) bool {
	rate := int64(c.listener.opts.Limits.PingRate)
	if now := int64(l.now / time.Second); now-c.ws.since >= int64(rateWindow/time.Second) {
		c.ws.since, c.ws.pings = now, 0
	}
	c.ws.pings++
	return rate < 0 || c.ws.pings <= rate*int64(rateWindow/time.Second)
}

// wsLimits are shared by all connections with the same limits.
func (l *Loop) wsLimits(c *conn) *ws.Limits {
	fragments := c.listener.opts.Limits.Fragments
	if l.wsLim.Message != int64(c.maxPackage) || l.wsLim.Fragments != fragments {
		l.wsLim = ws.Limits{Frame: int64(c.maxPackage), Message: int64(c.maxPackage), Fragments: fragments}
	}
	return &l.wsLim
}

// AcceptWebSocket answers a handshake with 101; each header is a line "Name: value". On an outgoing
// connection it takes the server's answer, which needs none.
func (l *Loop) AcceptWebSocket(id ID, headers []string) error {
	c := l.lookup(id)
	if c == nil {
		return ErrClosed
	}
	if c.proto != WebSocket || !c.awaits {
		return ErrProtocol
	}
	if c.client {
		l.openFrames(c)
		l.acceptedWebSocket(c)
		return nil
	}
	// At once: frames that the application sends from now on come behind it.
	accept := ws.AppendAccept(nil, c.ws.shake.key[:], l.agree(c, headers))
	c.ws.shake = nil
	if c.out == nil {
		l.writeNow(c, accept)
	} else {
		c.out.B = append(c.out.B, accept...)
	}
	if c.status == closed {
		return ErrClosed
	}
	c.awaits, c.wsOpen = false, true
	l.acceptedWebSocket(c)
	return nil
}

// acceptedWebSocket reads on.
func (l *Loop) acceptedWebSocket(c *conn) {
	if !c.paused && !c.eof {
		l.watchFor(c, c.interest|unix.EPOLLIN|unix.EPOLLRDHUP)
	}
	if c.in != nil {
		l.enqueue(c)
	}
}

// from is the listener a connection came through, which knows how to make its object.
func (c *conn) from() int32 { return int32(c.listener.id) }

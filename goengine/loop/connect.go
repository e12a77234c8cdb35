package loop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/phalanx-php/phalanx/goengine/proxy"
	"github.com/phalanx-php/phalanx/goengine/socket"
	"github.com/phalanx-php/phalanx/goengine/timer"
)

const (
	// DefaultConnectTimeout bounds all of a Connect: name, addresses, proxy.
	DefaultConnectTimeout = 60 * time.Second
	// minAttempt is what the first of several addresses gets of the time at least.
	minAttempt = 2 * time.Second
	// queueRetry is how long to wait for room in a unix listener's full queue.
	queueRetry = 10 * time.Millisecond
)

// Resolver finds a host's addresses, in the order to try them. *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// ConnectOptions say whom to connect to and how the connection is served. Zero limits mean the
// defaults.
type ConnectOptions struct {
	Network       string        // "tcp" or "unix"
	Address       string        // "host:port", "[::1]:port", a path
	Bind          string        // local "ip:port", "" any; see socket.ConnectOptions
	Timeout       time.Duration // of all until Connected; 0: DefaultConnectTimeout
	Proto         Proto
	MaxSendBuffer int                // bytes
	MaxPackage    int                // bytes
	Via           *proxy.Negotiation // Address is a proxy's; this talk asks it for the tunnel
}

// dial is a connection on its way.
type dial struct {
	opts    ConnectOptions
	addrs   []netip.AddrPort // yet to be tried
	addr    netip.AddrPort   // being tried
	end     time.Duration    // of all attempts
	timer   timer.ID         // of this attempt, in Loop.dials
	retry   bool             // the timer is for another try of the same address
	cancel  context.CancelFunc
	talking bool   // with the proxy
	answer  []byte // of the proxy, not used yet
	reason  error  // why the last attempt failed
	said    bool   // by the resolver or the proxy, not by the kernel
}

// outgoing stands for the listener of connections that came through none.
var outgoing = func() (lst listener) {
	opts := ListenOptions{Control: true}
	opts.setDefaults()
	lst.set(opts)
	return lst
}()

// incoming says whether the connection came through a listener.
func (c *conn) incoming() bool { return c.listener != nil && c.listener != &outgoing }

var (
	errConnectTimeout = errors.New("timed out")
	errProxyClosed    = errors.New("the proxy closed the connection")
)

// Connect starts a connection. Connected or ConnectFailed follows, never in this call, unless the
// connection is destroyed first; what is sent meanwhile is queued, as far as the send buffer's
// limit allows. Names are looked up on a goroutine; the addresses are tried in the resolver's order.
//
// An error tells at once that a literal address or a path cannot be connected to; then no event
// follows and there is no connection.
func (l *Loop) Connect(o ConnectOptions) (ID, error) {
	if o.Timeout <= 0 {
		o.Timeout = DefaultConnectTimeout
	}
	if o.MaxSendBuffer <= 0 {
		o.MaxSendBuffer = DefaultMaxSendBuffer
	}
	if o.MaxPackage <= 0 {
		o.MaxPackage = DefaultMaxPackage
	}
	d := &dial{opts: o, end: l.clock() + o.Timeout}
	host := ""
	switch o.Network {
	case "unix":
	case "tcp":
		var port uint16
		var err error
		if host, port, err = splitAddress(o.Address); err != nil {
			return 0, err
		}
		if ip, err := netip.ParseAddr(host); err == nil {
			host = ""
			d.addrs = []netip.AddrPort{netip.AddrPortFrom(ip, port)}
		}
	default:
		return 0, fmt.Errorf("loop: cannot connect to a %q address", o.Network)
	}
	c := l.newConn(&outgoing, netip.AddrPort{})
	c.proto, c.maxSend, c.maxPackage = o.Proto, o.MaxSendBuffer, min(o.MaxPackage, maxMessage)
	c.status, c.fd, c.client, c.announced, c.dial = connecting, -1, true, true, d
	l.stats.open++
	if host != "" {
		l.dialTimer(c, d.end)
		l.resolve(d, c.id, host)
		return c.id, nil
	}
	l.attempt(c)
	if c.status == closed {
		l.freeSlot(uint32(c.id))
		return 0, d.reason
	}
	return c.id, nil
}

// splitAddress reads "host:port".
func splitAddress(address string) (string, uint16, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, fmt.Errorf("%s is not host:port", strconv.Quote(address))
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || host == "" {
		return "", 0, fmt.Errorf("%s is not host:port", strconv.Quote(address))
	}
	return host, uint16(port), nil
}

// resolve looks a name up on a goroutine, which comes back through the inbox.
func (l *Loop) resolve(d *dial, id ID, host string) {
	ctx, cancel := context.WithTimeout(context.Background(), d.opts.Timeout)
	d.cancel = cancel
	_, port, _ := splitAddress(d.opts.Address)
	resolver := l.resolver
	go func() {
		addrs, err := resolver.LookupNetIP(ctx, "ip", host)
		l.postFunc(func() {
			c := l.lookup(id)
			if c == nil || c.dial != d {
				return // destroyed since
			}
			if err != nil {
				d.reason, d.said = lookupError(host, err), true
			}
			for _, addr := range addrs {
				d.addrs = append(d.addrs, netip.AddrPortFrom(addr.Unmap(), port))
			}
			l.attempt(c)
			if c.status == closed {
				l.connectFailed(c, d.reason)
			}
		})
	}()
}

// lookupError says it in getaddrinfo's words, as PHP's streams do.
func lookupError(host string, err error) error {
	reason := "Temporary failure in name resolution"
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		reason = "Name or service not known"
	}
	return fmt.Errorf("php_network_getaddresses: getaddrinfo for %s failed: %s", host, reason)
}

// attempt tries the next address. When none is left the connection is closed, without an event,
// and dial.reason says why.
func (l *Loop) attempt(c *conn) {
	d := c.dial
	d.talking, d.answer = false, nil
	for {
		l.closeSocket(c)
		now := l.clock()
		until := d.end
		var fd int
		var err error
		if d.opts.Network == "unix" {
			if fd, err = socket.ConnectUnix(d.opts.Address, false); errors.Is(err, unix.EAGAIN) && now < d.end {
				d.retry = true
				l.dialTimer(c, now+queueRetry)
				return
			}
		} else {
			if len(d.addrs) == 0 || now >= d.end {
				if d.reason == nil {
					d.reason = errConnectTimeout
				}
				if now >= d.end {
					l.reached(LimitConnectTime)
				}
				l.dialClosed(c)
				return
			}
			d.addr = d.addrs[0]
			if n := time.Duration(len(d.addrs)); n > 1 {
				until = min(until, now+max((d.end-now)/n, minAttempt))
			}
			d.addrs = d.addrs[1:]
			fd, _, err = socket.Connect("tcp", d.addr, socket.ConnectOptions{Bind: d.opts.Bind})
		}
		if err == nil {
			c.fd, c.interest = int32(fd), unix.EPOLLOUT
			if err = l.control(unix.EPOLL_CTL_ADD, fd, c.interest, c.id); err == nil {
				l.dialTimer(c, until)
				return // connected already or not: the kernel tells when it is writable
			}
		}
		d.reason = plainError(err)
		if d.opts.Network == "unix" {
			l.dialClosed(c)
			return
		}
	}
}

// plainError says what the kernel says, without the names of system calls.
func plainError(err error) error {
	var errno unix.Errno
	var call *os.SyscallError
	if errors.As(err, &errno) && errors.As(err, &call) && error(call) == err {
		text := errno.Error()
		return errors.New(strings.ToUpper(text[:1]) + text[1:])
	}
	return err
}

// dialTimer (re)starts the timer of an attempt.
func (l *Loop) dialTimer(c *conn, at time.Duration) {
	if l.dials == nil {
		l.dials = timer.New()
		l.dialing = map[timer.ID]ID{}
	}
	l.endDialTimer(c.dial)
	c.dial.timer = l.dials.Add(at)
	l.dialing[c.dial.timer] = c.id
}

func (l *Loop) endDialTimer(d *dial) {
	if d.timer != 0 {
		l.dials.Remove(d.timer)
		delete(l.dialing, d.timer)
		d.timer = 0
	}
}

// expireDials looks after connections whose attempt has taken too long.
func (l *Loop) expireDials() {
	for l.dials != nil {
		id, ok := l.dials.Due(l.now)
		if !ok {
			return
		}
		c := l.lookup(l.dialing[id])
		l.dials.Remove(id)
		delete(l.dialing, id)
		if c == nil || c.dial == nil || c.dial.timer != id {
			continue
		}
		c.dial.timer = 0
		if !c.dial.retry {
			c.dial.reason = errConnectTimeout
		}
		c.dial.retry = false
		l.attemptAgain(c)
	}
}

// attemptAgain goes on with the next address, or tells that there is none.
func (l *Loop) attemptAgain(c *conn) {
	l.attempt(c)
	if c.status == closed {
		l.connectFailed(c, c.dial.reason)
	}
}

// dialReady is what epoll tells of a connection on its way.
func (l *Loop) dialReady(c *conn, flags uint32) {
	d := c.dial
	if d.talking {
		l.negotiate(c)
		return
	}
	errno, err := unix.GetsockoptInt(int(c.fd), unix.SOL_SOCKET, unix.SO_ERROR)
	switch {
	case err == nil && errno != 0:
		d.reason = plainError(os.NewSyscallError("connect", unix.Errno(errno)))
		l.attemptAgain(c)
		return
	case flags&unix.EPOLLOUT == 0:
		return
	}
	if _, err := unix.Getpeername(int(c.fd)); err != nil {
		d.reason = plainError(os.NewSyscallError("connect", unix.ENOTCONN))
		l.attemptAgain(c)
		return
	}
	if d.opts.Via == nil {
		l.connected(c)
		return
	}
	d.talking = true
	l.negotiate(c)
}

// negotiate goes on with the talk with a proxy. Of the socket no byte is taken that is the tunnel's.
func (l *Loop) negotiate(c *conn) {
	d := c.dial
	had := len(d.answer)
	var buf [4 << 10]byte
	n, _, err := unix.Recvfrom(int(c.fd), buf[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
	switch {
	case errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR):
		n = 0
	case n == 0 || errors.Is(err, unix.ECONNRESET): // reset: it closed without reading what we said
		l.proxyFailed(c, errProxyClosed)
		return
	case err != nil:
		l.proxyFailed(c, plainError(os.NewSyscallError("recvfrom", err)))
		return
	}
	d.answer = append(d.answer, buf[:n]...)
	out, used, done, err := d.opts.Via.Next(nil, d.answer)
	if err != nil {
		l.proxyFailed(c, err)
		return
	}
	// What is not used of an answer that is not whole stays in d.answer; what follows the last
	// answer stays in the socket.
	take := n
	if done {
		take = max(used-had, 0)
	}
	for left := take; left > 0; {
		got, errno := rawRead(c.fd, buf[:left])
		if errno != 0 || got == 0 {
			l.proxyFailed(c, errProxyClosed)
			return
		}
		left -= got
	}
	d.answer = append(d.answer[:0], d.answer[min(used, len(d.answer)):]...)
	if len(out) > 0 {
		// A fresh connection's buffer takes some hundred bytes.
		if sent, errno := rawWrite(c.fd, out); errno != 0 || sent != len(out) {
			l.proxyFailed(c, errProxyClosed)
			return
		}
	}
	if done {
		l.connected(c)
		return
	}
	if c.interest != unix.EPOLLIN|unix.EPOLLRDHUP {
		c.interest = unix.EPOLLIN | unix.EPOLLRDHUP
		_ = l.control(unix.EPOLL_CTL_MOD, int(c.fd), c.interest, c.id)
	}
}

// proxyFailed ends a connection whose proxy would not: its other addresses would not either.
func (l *Loop) proxyFailed(c *conn, err error) {
	d := c.dial
	d.reason, d.addrs, d.said = err, nil, true
	l.dialClosed(c)
	l.connectFailed(c, err)
}

// connected makes the connection like any other.
func (l *Loop) connected(c *conn) {
	d := c.dial
	l.endDial(c)
	c.status, c.remote = open, d.addr
	flags := uint32(unix.EPOLLIN | unix.EPOLLRDHUP)
	if c.paused {
		flags = 0
	}
	if c.pending() > 0 {
		flags |= unix.EPOLLOUT // so that Drain is told when it is written
	}
	l.watchFor(c, flags)
	l.tell(Event{Kind: Connected, Proto: c.proto, Conn: c.id})
	if c.pending() > 0 {
		l.continueWrite(c)
	}
}

// tell adds an event to this batch, or to the next one when others wait.
func (l *Loop) tell(ev Event) {
	if len(l.queued) > 0 || !l.room(1) {
		l.queued = append(l.queued, ev)
		return
	}
	l.events = append(l.events, ev)
}

// endDial drops what only a connection on its way has.
func (l *Loop) endDial(c *conn) {
	if d := c.dial; d != nil {
		l.endDialTimer(d)
		if d.cancel != nil {
			d.cancel()
		}
		c.dial = nil
	}
}

// dialClosed closes a connection that did not come about. Its dial stays for the reason.
func (l *Loop) dialClosed(c *conn) {
	d := c.dial
	l.closeFD(c)
	c.dropBuffers()
	c.dial = d
}

// connectFailed tells why; the identifier is void after that event.
func (l *Loop) connectFailed(c *conn, reason error) {
	ev := Event{Kind: ConnectFailed, Proto: c.proto, Conn: c.id, Arg: CodeConnectFail, Data: []byte(reason.Error())}
	if c.dial.said {
		ev.Opcode = 1
	}
	c.dial = nil
	l.queued = append(l.queued, ev)
}

// closeSocket closes the last attempt's descriptor.
func (l *Loop) closeSocket(c *conn) {
	if c.fd >= 0 {
		_ = unix.Close(int(c.fd))
		c.fd = -1
	}
}

// postFunc runs f on the loop, from any goroutine, whatever the inbox holds. After Close it does
// nothing.
func (l *Loop) postFunc(f func()) {
	l.inbox.mu.Lock()
	defer l.inbox.mu.Unlock()
	if l.inbox.closed {
		return
	}
	l.inbox.posts = append(l.inbox.posts, Post{Do: f})
	if err := l.wake(); err != nil {
		l.log.WithError(err).Error("loop: cannot wake")
	}
}

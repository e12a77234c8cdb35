package supervisor

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// What systemd says about the connection to it: the socket on which it wants to hear how the service fares (sd_notify(3)),
// how often at least, in microseconds, and from which process (sd_watchdog_enabled(3)).
const (
	notifyEnv      = "NOTIFY_SOCKET"
	watchdogEnv    = "WATCHDOG_USEC"
	watchdogPIDEnv = "WATCHDOG_PID"
)

// notifier tells systemd; without a socket it tells nobody.
type notifier struct {
	socket   string
	watchdog time.Duration // 0: nobody waits for signs of life
}

// takeNotifier finds the socket in an environment, and takes it out with what belongs to it: they are not for children.
func takeNotifier(env []string) (notifier, []string) {
	var n notifier
	var rest []string
	pid := strconv.Itoa(os.Getpid())
	forPID := pid // without the variable it is whoever hears of it
	for _, setting := range env {
		name, value, _ := strings.Cut(setting, "=")
		switch name {
		case notifyEnv:
			n.socket = value
		case watchdogEnv:
			usec, _ := strconv.ParseInt(value, 10, 64)
			n.watchdog = max(time.Duration(usec)*time.Microsecond, 0)
		case watchdogPIDEnv:
			forPID = value
		default:
			rest = append(rest, setting)
		}
	}
	if forPID != pid {
		n.watchdog = 0
	}
	return n, rest
}

// environment is what takeNotifier takes out, for the process that takes over from this one.
func (n notifier) environment() []string {
	if n.socket == "" {
		return nil
	}
	env := []string{notifyEnv + "=" + n.socket}
	if n.watchdog > 0 {
		env = append(env, fmt.Sprintf("%s=%d", watchdogEnv, n.watchdog.Microseconds()))
	}
	return env
}

// tell never blocks for long and has nobody to report failures to.
func (n notifier) tell(lines ...string) {
	if n.socket == "" {
		return
	}
	name := n.socket
	if strings.HasPrefix(name, "@") {
		name = "\x00" + name[1:] // an abstract one
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		return
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(time.Second))
	_, _ = c.Write([]byte(strings.Join(lines, "\n")))
}

func (n notifier) ready() {
	n.tell("READY=1", fmt.Sprintf("MAINPID=%d", os.Getpid()), "STATUS=serving")
}

func (n notifier) reloading() {
	var now unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &now)
	n.tell("RELOADING=1", fmt.Sprintf("MONOTONIC_USEC=%d", now.Nano()/1000), "STATUS=reloading")
}

// UpgradeNews is by which a service manager hears of an upgrade that has failed: "failed".
const UpgradeNews = "X_PHALANX_UPGRADE"

func (n notifier) upgradeFailed(reason string) {
	n.tell("STATUS=upgrade failed: "+strings.ReplaceAll(reason, "\n", " "), UpgradeNews+"=failed")
}

func (n notifier) stopping(how string) { n.tell("STOPPING=1", "STATUS="+how) }

// keepAlive gives signs of life, at half of the interval that systemd waits for them. A sign wants the lock: while
// something holds it, nothing else is done here either, and systemd is right to begin anew.
func (s *Supervisor) keepAlive() {
	ticker := time.NewTicker(max(s.notify.watchdog/2, time.Millisecond))
	defer ticker.Stop()
	for {
		select {
		case <-s.released:
			return
		case <-ticker.C:
		}
		s.mu.Lock()
		n := s.notify
		s.mu.Unlock()
		if n.socket == "" {
			return // a successor gives them
		}
		n.tell("WATCHDOG=1")
	}
}

package supervisor

import (
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// notifyEnv names the socket on which systemd wants to hear how the service fares (sd_notify(3)).
const notifyEnv = "NOTIFY_SOCKET"

// notifier tells systemd; without a socket it tells nobody.
type notifier string

// takeNotifier finds the socket in an environment, and takes it out: it is not for children.
func takeNotifier(env []string) (notifier, []string) {
	var n notifier
	var rest []string
	for _, setting := range env {
		if socket, ok := strings.CutPrefix(setting, notifyEnv+"="); ok {
			n = notifier(socket)
		} else {
			rest = append(rest, setting)
		}
	}
	return n, rest
}

// tell never blocks for long and has nobody to report failures to.
func (n notifier) tell(lines ...string) {
	if n == "" {
		return
	}
	name := string(n)
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

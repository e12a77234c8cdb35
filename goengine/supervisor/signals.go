package supervisor

import (
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// Signals are those that become events: Workerman's, with their meanings left to the application.
var Signals = []os.Signal{
	unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGTSTP, unix.SIGQUIT,
	unix.SIGUSR1, unix.SIGUSR2, unix.SIGABRT, unix.SIGIO, UpgradeSignal,
}

// UpgradeSignal is SIGRTMIN+1 as the C library counts: it asks for Upgrade.
const UpgradeSignal = unix.Signal(35)

// Notify makes this process's signals events of the supervisor, and ignores SIGPIPE. Where handlers of others have taken the
// place of those of Go's runtime, which would not notice, handBack puts the runtime's back at once: there is no moment in which
// a signal is nobody's. nil: nobody has taken them.
func (s *Supervisor) Notify(handBack func(unix.Signal)) {
	ch := make(chan os.Signal, 64)
	done := make(chan struct{})
	// On a thread of Go's: on the script's own thread a handler counts as the script's and would
	// run there, where nobody takes it while the script waits for events.
	go func() {
		signal.Notify(ch, Signals...)
		for _, sig := range Signals {
			if handBack != nil {
				handBack(sig.(unix.Signal))
			}
		}
		signal.Ignore(unix.SIGPIPE)
		close(done)
	}()
	<-done
	go func() {
		for sig := range ch {
			if n, ok := sig.(unix.Signal); ok {
				s.emit(Event{Type: Signal, Signal: int(n)})
			}
		}
	}()
}

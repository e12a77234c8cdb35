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

// Notify makes this process's signals events of the supervisor, and ignores SIGPIPE.
func (s *Supervisor) Notify() {
	ch := make(chan os.Signal, 64)
	done := make(chan struct{})
	// On a thread of Go's: on the script's own thread a handler counts as the script's and would
	// run there, where nobody takes it while the script waits for events.
	go func() {
		// The script's runner has put the handlers back to what the process was started with, behind
		// the back of Go's runtime. Ignoring first makes the runtime install its own again.
		signal.Ignore(Signals...)
		signal.Ignore(unix.SIGPIPE)
		signal.Notify(ch, Signals...)
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

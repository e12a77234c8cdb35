package apps

import "testing"

// revolt/event-loop on the loop Fiber, where Workerman needs it.
func TestRevolt(t *testing.T) {
	a := prepare(t, "APPS_REVOLT", "revolt", 1)
	a.start("app.php")
	for _, said := range []string{
		"one driver", "queued", "deferred", "three times", "resumed", "slept", "through a stream", "timers of Workerman: 1", "waited in a callback",
	} {
		a.WaitFor(said + "\n")
	}
	slow, quick := a.speaker(0), a.speaker(0)
	slow.say("0.3")
	quick.say("0.001") // the worker serves others
	quick.hears("after 0.001")
	slow.hears("after 0.3")
	quick.say("throw")
	a.WaitFor("Exception: of a callback")
	a.WaitFor("exit with status 64000") // as what any callback throws
	a.WaitFor("one driver\n", 2)
	a.speaker(0).say("0.001")
}

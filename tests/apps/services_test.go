package apps

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/tests/phalanxtest"
)

// workerman/crontab: rules to the second.
func TestCrontab(t *testing.T) {
	a := prepare(t, "APPS_CRONTAB", "crontab", 0)
	if wait := time.Duration(60-time.Now().Second()) * time.Second; wait > patience/2 && testing.Short() {
		t.Skipf("crontab waits %s for the next minute", wait)
	}
	a.start("app.php")
	a.WaitFor(`rules [["*\/1 * * * * *","often",1],["1-3 * * * * *","",2]]` + "\n")
	// Rules are read at the beginning of each minute.
	require.Eventually(t, func() bool { return len(a.lines("some seconds")) == 3 }, 90*time.Second, poll)
	// Crontab counts whole seconds: started at the end of one, it may come to the minute's first a moment too late.
	for i := 1; i < 4; i++ {
		a.WaitFor(fmt.Sprintf("every second at %d\n", i))
	}
}

// workerman/globaldata: variables that workers share.
func TestGlobalData(t *testing.T) {
	a := prepare(t, "APPS_GLOBALDATA", "globaldata", 1)
	a.start("app.php")
	a.WaitFor(`[false,[1,2,3],null,true,false,[5,6,7],[true,false,"first"],true]` + "\n")
	a.WaitFor("worker 0 has counted\n")
	a.WaitFor("worker 1 has counted\n")
	a.WaitFor("400 steps\n", 2)
}

// speaker is a client that talks lines.
type speaker struct {
	t *testing.T
	net.Conn
	r *bufio.Scanner
}

func (a *app) speaker(port int) *speaker {
	a.t.Helper()
	c := phalanxtest.Dial(a.t, a.Addr(port))
	return &speaker{t: a.t, Conn: c, r: bufio.NewScanner(c)}
}

func (s *speaker) say(line string) {
	s.t.Helper()
	_, err := io.WriteString(s, line+"\n")
	require.NoError(s.t, err)
}

func (s *speaker) hears(line string) {
	s.t.Helper()
	require.True(s.t, s.r.Scan(), "nothing instead of %q: %v", line, s.r.Err())
	require.Equal(s.t, line, s.r.Text())
}

// workerman/channel: messages between workers.
func TestChannel(t *testing.T) {
	a := prepare(t, "APPS_CHANNEL", "channel", 2)
	a.start("app.php")
	for id := range 3 {
		a.WaitFor(fmt.Sprintf("worker %d is connected\n", id))
	}
	var all []*speaker
	for range 9 { // of several workers
		all = append(all, a.speaker(0))
	}
	time.Sleep(100 * time.Millisecond) // all are accepted; the test of what all hear would fail else
	for _, words := range []string{"hello", "again"} {
		all[4].say("say " + words)
		for _, s := range all {
			s.hears("chat: " + words)
		}
	}
	all[0].say("to 1")
	a.WaitFor("worker 1 got a note\n")
	for id := range 3 {
		a.WaitFor(fmt.Sprintf("worker %d heard of 1\n", id))
	}
	all[0].say("to 1") // nobody
	all[0].say("jobs")
	for job := 1; job <= 6; job++ {
		a.WaitFor(fmt.Sprintf("job %d done\n", job))
	}
	require.Len(t, a.lines("worker 1 got a note"), 1)
	require.Len(t, a.lines("job 1 done"), 1)
}

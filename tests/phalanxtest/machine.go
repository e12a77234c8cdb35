package phalanxtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Machine is an application of its own, one of a cluster (testdata/machine.php).
type Machine struct {
	*Process
	t    testing.TB
	Port int
}

// StartMachine starts one with two server processes, which reaches others by a NATS server.
func StartMachine(t testing.TB, server string) *Machine {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	m := &Machine{t: t, Port: FreePorts(t, 1)[0]}
	m.Process = Command(t, filepath.Join(filepath.Dir(file), "testdata/machine.php"), "start", "--processes=2")
	m.Cmd.Env = append(m.Cmd.Env, "MACHINE_SERVER="+server, fmt.Sprintf("MACHINE_PORT=%d", m.Port), "MACHINE_FOLDER="+t.TempDir())
	m.Start()
	m.WaitFor("serves", 2)
	return m
}

// Member is a client of a machine.
type Member struct {
	t    testing.TB
	conn net.Conn
	rd   *bufio.Reader
	ID   string
}

// Member connects one.
func (m *Machine) Member() *Member {
	m.t.Helper()
	c := Dial(m.t, fmt.Sprintf("127.0.0.1:%d", m.Port))
	member := &Member{t: m.t, conn: c, rd: bufio.NewReader(c)}
	member.ID = member.Call("id", "$me").(string)
	return member
}

// Line is the next one that it gets.
func (m *Member) Line() string {
	m.t.Helper()
	line, err := m.rd.ReadString('\n')
	require.NoError(m.t, err)
	return strings.TrimSuffix(line, "\n")
}

// Try calls a method of Phalanx\Connections; the error is what it has thrown.
func (m *Member) Try(method string, arguments ...any) (any, error) {
	m.t.Helper()
	text, err := json.Marshal(append([]any{method}, arguments...))
	require.NoError(m.t, err)
	require.NoError(m.t, m.conn.SetDeadline(time.Now().Add(Patience)))
	_, err = m.conn.Write(append(text, '\n'))
	require.NoError(m.t, err)
	answer := m.Line()
	if failure, ok := strings.CutPrefix(answer, "! "); ok {
		return nil, fmt.Errorf("%s", failure)
	}
	var result any
	require.NoError(m.t, json.Unmarshal([]byte(strings.TrimPrefix(answer, "= ")), &result), answer)
	return result, nil
}

// Call is Try of what has to succeed.
func (m *Member) Call(method string, arguments ...any) any {
	m.t.Helper()
	result, err := m.Try(method, arguments...)
	require.NoError(m.t, err)
	return result
}

// Await calls a method until it answers so.
func (m *Member) Await(want any, method string, arguments ...any) {
	m.t.Helper()
	var last any
	require.Eventually(m.t, func() bool {
		var err error
		last, err = m.Try(method, arguments...)
		return err == nil && fmt.Sprint(last) == fmt.Sprint(want)
	}, Patience, poll, "%s(%v) is not %v but %v", method, arguments, want, last)
}

// OneCluster is what holds of connections on several machines, however their NATS server is run. Each call of start is
// another machine.
func OneCluster(t *testing.T, start func() *Machine) {
	machines := []*Machine{start(), start(), start()}
	var members []*Member
	for _, m := range machines {
		for range 2 {
			members = append(members, m.Member())
		}
	}
	first, last := members[0], members[5]
	ids := map[string]bool{}
	for i, m := range members {
		ids[m.ID] = true
		require.Equal(t, true, m.Call("join", "$me", "room"))
		m.Call("bindUser", "$me", fmt.Sprintf("user-%d", i%3))
	}
	require.Len(t, ids, 6, "names are unique")
	for _, m := range members {
		m.Await(6, "count", "room")
	}
	first.Await(6, "count")
	first.Await("user-2", "userOf", last.ID)

	first.Call("sendToGroup", "room", "to all", []string{first.ID})
	for _, m := range members[1:] {
		require.Equal(t, "to all", m.Line())
	}
	last.Call("sendTo", first.ID, "to one")
	require.Equal(t, "to one", first.Line())
	for i := range 100 { // one after another, by both ways
		if i%2 == 0 {
			last.Call("sendTo", first.ID, fmt.Sprint(i))
		} else {
			last.Call("sendToUser", "user-0", fmt.Sprint(i))
		}
	}
	for i := range 100 {
		require.Equal(t, fmt.Sprint(i), first.Line())
	}
	for i := range 50 {
		require.Equal(t, fmt.Sprint(2*i+1), members[3].Line(), "the user's other connection, on another machine")
	}
	last.Call("leave", members[1].ID, "room")
	first.Await(5, "count", "room")
	require.ElementsMatch(t, []any{members[2].ID, members[5].ID}, first.Call("ofUser", "user-2"))
	last.Call("close", members[1].ID, "bye")
	require.Equal(t, "bye", members[1].Line())

	machines[2].Kill()
	first.Await(3, "count", "room")
	first.Await(false, "isOnline", "user-4")
	require.ElementsMatch(t, []any{members[2].ID}, first.Call("ofUser", "user-2"))
	fourth := start().Member()
	fourth.Call("join", "$me", "room")
	first.Await(4, "count", "room")
	require.NotContains(t, ids, fourth.ID)
	first.Call("disband", "room")
	fourth.Await(0, "count", "room")
}

package hub_test

import (
	"net"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/hub"
)

// Questions about something else than connections are answered by each server process of this machine, or by one, to
// processes of the same user.
func TestQuestionsAboutSomethingElse(t *testing.T) {
	hub.Inform("echo", func(question []byte) []byte { return append([]byte("echo "), question...) })
	s := hub.NewSwitch(quiet())
	t.Cleanup(s.Close)
	plug(t, s, hub.New(quiet()), 1)
	plug(t, s, hub.New(quiet()), 2)
	path := filepath.Join(t.TempDir(), "sock")
	require.NoError(t, s.Listen(path))
	script, err := hub.Dial(path)
	require.NoError(t, err)
	t.Cleanup(script.Close)

	answers, err := script.Ask(&hub.Query{About: "echo", Local: true, Data: []byte("all")})
	require.NoError(t, err)
	require.Len(t, answers, 2)
	require.ElementsMatch(t, []uint64{1, 2}, []uint64{answers[0].Process, answers[1].Process})
	require.Equal(t, "echo all", string(answers[0].Data))
	answers, err = script.Ask(&hub.Query{About: "echo", Local: true, To: hub.Target{Process: 2}, Data: []byte("one")})
	require.NoError(t, err)
	require.Len(t, answers, 1)
	require.EqualValues(t, 2, answers[0].Process)

	answers, err = script.Ask(&hub.Query{About: "echo", Data: []byte("not marked as one that stays here")})
	require.NoError(t, err)
	for _, a := range answers {
		require.Empty(t, a.Data)
	}
	ours, theirs := net.Pipe()
	s.Serve(theirs, 3, false)
	other := hub.Attach(ours, hub.New(quiet()))
	t.Cleanup(other.Close)
	answers, err = other.Ask(&hub.Query{About: "echo", Local: true, Data: []byte("of another user")})
	require.ErrorIs(t, err, hub.ErrUnanswered)
	require.Empty(t, answers)
}
